// Decisions by day, and what waits by its age: two charts, each with its figures as a table.

import { ask } from './api.js';
import { counted, h, say, show, svg, table } from './dom.js';
import { kActions, kKinds } from './codes.js';

const kWidth = 640;
const kHeight = 220;
const kFoot = 28;
const kTop = 18;
const kLeft = 40;
const kAges = [[24, 'under 1 d'], [48, '1 to 2 d'], [72, '2 to 3 d'], [120, '3 to 5 d'], [168, '5 to 7 d'], [Infinity, 'over 7 d']];

const waits = (number) => `${counted(number, 'case')} ${number === 1 ? 'waits' : 'wait'}`;

// `bars`: [{label, parts: [{kind, value, title}]}], each bar a stack.
function chart(title, bars) {
  const most = Math.max(1, ...bars.map((bar) => bar.parts.reduce((sum, part) => sum + part.value, 0)));
  const step = (kWidth - kLeft) / Math.max(1, bars.length);
  const scale = (kHeight - kFoot - kTop) / most;
  const every = Math.ceil(bars.length / 8);
  return svg('svg', { viewBox: `0 0 ${kWidth} ${kHeight}`, role: 'img', 'aria-label': title, class: 'chart' },
    [0, Math.ceil(most / 2), most].map((value) => [
      svg('line', { x1: kLeft, x2: kWidth, y1: kHeight - kFoot - value * scale, y2: kHeight - kFoot - value * scale, class: 'grid' }),
      svg('text', { x: kLeft - 6, y: kHeight - kFoot - value * scale + 4, 'text-anchor': 'end' }, String(value))]),
    bars.map((bar, index) => {
      let base = kHeight - kFoot;
      return [bar.parts.filter((part) => part.value > 0).map((part) => {
        const height = part.value * scale;
        base -= height;
        return svg('rect', { x: kLeft + index * step + step * 0.15, y: base, width: step * 0.7, height, class: `fill-${part.kind}` },
          svg('title', {}, part.title));
      }),
      index % every === 0 && svg('text', { x: kLeft + (index + 0.5) * step, y: kHeight - 8, 'text-anchor': 'middle' }, bar.label)];
    }));
}

function ageBars(waiting) {
  let from = 0;
  return kAges.map(([to, label]) => {
    const value = waiting.filter((each) => each.hours >= from && each.hours < to).reduce((sum, each) => sum + each.cases, 0);
    from = to;
    return { label, parts: [{ kind: to <= 72 ? 'good' : to <= 168 ? 'warn' : 'bad', value, title: `${label}: ${value}` }] };
  });
}

function draw(figures) {
  const actions = [...new Set(figures.days.flatMap((day) => Object.keys(day.items)))].sort();
  const days = figures.days.map((day) => ({
    label: day.day.slice(5),
    parts: actions.map((action) => ({
      kind: kKinds[action] || 'plain', value: day.items[action] || 0, title: `${day.day}: ${day.items[action] || 0} ${kActions[action] || action}`,
    })),
  }));
  const ages = ageBars(figures.waiting);
  const waiting = figures.waiting.reduce((sum, each) => sum + each.cases, 0);
  show(h('h1', {}, 'Overview'),
    h('p', { class: 'facts' }, `${waits(waiting)}, ${figures.late} of them past their deadline.`),
    h('section', { class: 'card' }, h('h2', {}, 'Items answered, by day'),
      chart('Items answered by day, stacked by decision', days),
      h('p', { class: 'legend' }, actions.map((action) => h('span', {}, h('span', { class: `dot fill-${kKinds[action] || 'plain'}` }), `${action} ${kActions[action] || ''}`))),
      figures.isPartial && h('p', { class: 'empty' }, 'Of the newest cases only: there are more than are counted.'),
      h('details', {}, h('summary', {}, 'The figures'), h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Decisions by day' },
        table(['Day', ...actions], figures.days.map((day) => h('tr', {}, h('th', { scope: 'row' }, day.day),
          actions.map((action) => h('td', { class: 'number' }, day.items[action] || 0)))))))),
    h('section', { class: 'card' }, h('h2', {}, 'What waits, by age'), chart('Pended cases by age', ages),
      h('details', {}, h('summary', {}, 'The figures'), table(['Age', 'Cases'], ages.map((bar) => h('tr', {},
        h('th', { scope: 'row' }, bar.label), h('td', { class: 'number' }, bar.parts[0].value)))))));
  document.title = 'Overview';
  say(`${waits(waiting)}.`);
}

export async function load() {
  const figures = await ask('/admin/statistics?days=14');
  return () => draw(figures);
}
