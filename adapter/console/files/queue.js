// What waits for a decision: filter, search, sort, and by keyboard.

import { ask } from './api.js';
import { chip, h, labelled, say, show } from './dom.js';
import { deadline, instant, isExpedited, span } from './codes.js';

const kPage = 200;
const kMost = 1000;  // rows; a longer queue is narrowed by payer first

const state = { cases: [], text: '', payer: '', urgency: '', sort: 'due', down: false, chosen: '', isCut: false };

const codes = (record) => record.items.filter((item) => item.action === 'A4').map((item) => item.procedureCode);
const member = (record) => [record.member.initials || '—', record.member.age === undefined ? '' : `${record.member.age}\u00a0y`]
  .filter(Boolean).join(', ');
const note = (record) => (record.items.find((item) => item.action === 'A4')?.state?.decision?.notes || [''])[0];

const kColumns = {
  due: { title: 'Deadline', value: (record) => deadline(record).left },
  age: { title: 'Age', value: (record) => record.ageSeconds },
  payer: { title: 'Payer, policy', value: (record) => `${record.payer} ${record.policy || ''}` },
  member: { title: 'Member', value: member },
  code: { title: 'Code', value: (record) => codes(record).join() },
  why: { title: 'Why it waits', value: note },
};

function shown() {
  const words = state.text.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = state.cases.filter((record) => {
    if (state.payer && record.payer !== state.payer) return false;
    const kind = deadline(record).kind;
    if (state.urgency === 'late' && kind !== 'bad') return false;
    if (state.urgency === 'soon' && kind !== 'bad' && kind !== 'warn') return false;
    if (state.urgency === 'expedited' && !isExpedited(record)) return false;
    const text = [record.id, record.payer, record.policy, record.client, record.memberId, member(record),
      ...codes(record), note(record)].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const { value } = kColumns[state.sort];
  rows.sort((a, b) => {
    const [left, right] = [value(a), value(b)];
    return (left < right ? -1 : left > right ? 1 : 0) * (state.down ? -1 : 1);
  });
  return rows;
}

function row(record) {
  const due = deadline(record);
  return h('tr', {
    'data-id': record.id, 'aria-selected': record.id === state.chosen ? 'true' : 'false',
    onclick: () => { location.hash = `case/${record.id}`; },
  },
  h('td', {}, chip(due.text, due.kind), isExpedited(record) && [' ', chip('expedited', 'bad')]),
  h('td', { class: 'number' }, span(record.ageSeconds)),
  h('td', {}, record.payer, h('small', {}, record.policy || 'no policy')),
  h('td', {}, member(record), h('small', {}, record.memberId)),
  h('td', {}, h('a', { href: `#case/${record.id}` }, codes(record).join(', ') || 'case')),
  h('td', { class: 'wide' }, note(record), record.lastChange?.action === 'information'
    && h('small', {}, chip('information arrived', 'wait'), ` ${instant(record.lastChange.at)}`)));
}

function heading(name) {
  const column = kColumns[name];
  const sorted = state.sort === name ? (state.down ? 'descending' : 'ascending') : 'none';
  return h('th', { scope: 'col', 'aria-sort': sorted },
    h('button', {
      type: 'button', class: 'sort', onclick: () => {
        state.down = state.sort === name && !state.down;
        state.sort = name;
        draw();
      },
    }, column.title, sorted === 'none' ? '' : state.down ? ' ↓' : ' ↑'));
}

function draw() {
  const rows = shown();
  if (!rows.some((record) => record.id === state.chosen)) state.chosen = rows[0]?.id || '';
  document.getElementById('rows').replaceChildren(
    h('table', { class: 'queue' },
      h('caption', {}, `${rows.length} of ${state.cases.length} cases${state.isCut ? ', the newest' : ''}`),
      h('thead', {}, h('tr', {}, Object.keys(kColumns).map(heading))),
      h('tbody', {}, rows.map(row))),
    ...(rows.length ? [] : [h('p', { class: 'empty' }, state.cases.length
      ? 'No case fits what is searched for.' : 'Nothing waits for a reviewer.')]));
}

async function load() {
  state.cases = [];
  let before = '';
  do {
    const page = await ask(`/admin/queue?limit=${kPage}${before === '' ? '' : `&before=${before}`}`);
    state.cases.push(...page.cases);
    before = page.before ?? '';
  } while (before !== '' && state.cases.length < kMost);
  state.isCut = before !== '';
}

export async function open() {
  await load();
  const payers = [...new Set(state.cases.map((record) => record.payer))].sort();
  const redraw = (name) => (event) => {
    state[name] = event.target.value;
    draw();
  };
  const select = (name, options) => h('select', { onchange: redraw(name) },
    options.map(([value, text]) => h('option', { value, selected: state[name] === value }, text)));
  show(h('h1', {}, 'Queue'),
    h('form', {
      class: 'filters', role: 'search', onsubmit: (event) => {
        event.preventDefault();
        document.activeElement.blur();  // to the rows, whose keys are no text
      },
    },
    labelled('Search', h('input', { type: 'search', id: 'search', value: state.text, oninput: redraw('text') })),
    labelled('Payer', select('payer', [['', 'all'], ...payers.map((payer) => [payer, payer])])),
    labelled('Urgency', select('urgency', [['', 'all'], ['late', 'late'], ['soon', 'late or soon'],
      ['expedited', 'expedited']]))),
    h('div', { id: 'rows', class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Cases' }));
  draw();
  document.title = `Queue (${state.cases.length})`;
  say(`${state.cases.length} cases, loaded ${instant(new Date().toISOString())}.`);
}

export function onKey(key, target) {
  if (key === '/') {
    document.getElementById('search').focus();
    return true;
  }
  if (key === 'Enter' && state.chosen && !target.closest('a, button')) {
    location.hash = `case/${state.chosen}`;
    return true;
  }
  if (key !== 'j' && key !== 'k') return false;
  const rows = shown();
  const at = rows.findIndex((record) => record.id === state.chosen);
  const next = rows[Math.min(Math.max(at + (key === 'j' ? 1 : -1), 0), rows.length - 1)];
  if (next) {
    state.chosen = next.id;
    draw();
    document.querySelector('tr[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
    say(`${codes(next).join(', ')}, ${member(next)}, ${deadline(next).text}`);
  }
  return true;
}
