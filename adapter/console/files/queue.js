// What waits for a decision: filter, search, sort, and by keyboard; it keeps itself up to date.

import { askAgain } from './api.js';
import { chip, counted, h, labelled, say, show } from './dom.js';
import { ageOf, deadline, instant, isExpedited, span } from './codes.js';
import { steadily, still } from './hands.js';
import { watch } from './refresh.js';

const kPage = 200;
const kMost = 1000;  // rows; a longer queue is narrowed by payer first

const state = {
  cases: [], text: '', payer: '', urgency: '', sort: 'due', down: false, chosen: '', isCut: false, at: new Date(),
  pages: new Map(),  // by path, as they were answered last
  rows: [],          // the ids that are shown, in their order
  news: new Set(),   // the ids that came while the queue was shown
};

const codes = (record) => record.items.filter((item) => item.action === 'A4').map((item) => item.procedureCode);
const member = (record) => [record.member.initials || '—', record.member.age === undefined ? '' : `${record.member.age}\u00a0y`]
  .filter(Boolean).join(', ');
const note = (record) => (record.items.find((item) => item.action === 'A4')?.state?.decision?.notes || [''])[0];

const kColumns = {
  due: { title: 'Deadline', value: (record) => deadline(record).left },
  age: { title: 'Age', value: (record) => ageOf(record) },
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
  const cell = (attributes, ...children) => h('td', { role: 'cell', ...attributes }, ...children);
  return h('tr', {
    role: 'row', 'data-id': record.id, 'aria-selected': record.id === state.chosen ? 'true' : 'false',
    onclick: () => { location.hash = `case/${record.id}`; },
  },
  cell({}, chip(due.text, due.kind), isExpedited(record) && [' ', chip('expedited', 'bad')]),
  cell({ class: 'number' }, span(ageOf(record))),
  cell({}, record.payer, h('small', {}, record.policy || 'no policy')),
  cell({}, member(record), h('small', {}, record.memberId)),
  cell({}, h('a', { href: `#case/${record.id}` }, codes(record).join(', ') || 'case')),
  cell({ class: 'wide' }, note(record), state.news.has(record.id) && h('small', {}, chip('new', 'wait')),
    record.lastChange?.action === 'information' && h('small', {}, chip('information arrived', 'wait'), ` ${instant(record.lastChange.at)}`)));
}

function heading(name) {
  return h('th', { role: 'columnheader', scope: 'col', 'data-name': name },
    h('button', {
      type: 'button', class: 'sort', onclick: () => {
        state.down = state.sort === name && !state.down;
        state.sort = name;
        draw();
      },
    }, kColumns[name].title, h('span', {})));
}

function choose(id) {
  state.chosen = id;
  for (const each of document.querySelectorAll('#rows tr[data-id]')) each.setAttribute('aria-selected', String(each.dataset.id === id));
}

// Rows that are there stay the elements that they are, with the focus and the pointer on them.
function drawRows(body, records) {
  const there = new Map([...body.rows].map((each) => [each.dataset.id, each]));
  const wanted = records.map((record) => {
    const made = row(record);
    const old = there.get(record.id);
    if (!old) return made;
    there.delete(record.id);
    [...made.cells].forEach((cell, index) => {
      if (!old.cells[index].isEqualNode(cell)) old.cells[index].replaceWith(cell);
    });
    return old;
  });
  for (const gone of there.values()) gone.remove();
  let at = body.firstChild;
  for (const each of wanted) {
    if (each === at) at = at.nextSibling;
    else body.insertBefore(each, at);
  }
}

function draw() {
  const records = shown();
  const [head, body] = document.querySelectorAll('#rows thead, #rows tbody');
  const ids = records.map((record) => record.id);
  const place = Math.max(state.rows.indexOf(state.chosen), 0);
  const hadFocus = document.activeElement.closest('#rows tr[data-id]');
  steadily(body, (each) => ids.includes(each.dataset.id), () => drawRows(body, records));
  state.rows = ids;
  choose(ids.includes(state.chosen) ? state.chosen : ids[Math.min(place, ids.length - 1)] || '');
  if (hadFocus && !hadFocus.isConnected) body.querySelector('tr[aria-selected=true] a')?.focus({ preventScroll: true });
  for (const each of head.querySelectorAll('th')) {
    const isSorted = each.dataset.name === state.sort;
    each.setAttribute('aria-sort', isSorted ? (state.down ? 'descending' : 'ascending') : 'none');
    each.querySelector('span').textContent = isSorted ? (state.down ? ' ↓' : ' ↑') : '';
  }
  document.querySelector('#rows caption').textContent = `${ids.length} of ${counted(state.cases.length, 'case')}`
    + `${state.isCut ? ', the newest' : ''}, as of ${state.at.toLocaleTimeString(undefined, { timeStyle: 'short' })}`;
  const empty = document.querySelector('#rows .empty');
  empty.hidden = ids.length > 0;
  empty.textContent = state.cases.length ? 'No case fits what is searched for.' : 'Nothing waits for a reviewer.';
  document.title = `Queue (${state.cases.length})`;
}

// A page that has not changed is not sent again.
async function fetchCases(signal) {
  const cases = [];
  const pages = new Map();
  let before = '';
  do {
    const path = `/admin/queue?limit=${kPage}${before === '' ? '' : `&before=${before}`}`;
    const page = await askAgain(path, state.pages.get(path), signal);
    pages.set(path, page);
    cases.push(...page.data.cases);
    before = page.data.before ?? '';
  } while (before !== '' && cases.length < kMost);
  return { cases, pages, isCut: before !== '', at: new Date() };
}

function offerPayers() {
  const select = document.getElementById('payer');
  const offered = new Set([...select.options].map((option) => option.value));
  const payers = new Set([...state.cases.map((record) => record.payer), state.payer]);
  select.append(...[...payers].filter((payer) => !offered.has(payer)).sort()
    .map((payer) => h('option', { value: payer, selected: payer === state.payer }, payer)));
}

async function refresh(signal) {
  const now = await fetchCases(signal);
  await still(signal);
  const known = new Set(state.cases.map((record) => record.id));
  // Of a queue that is cut, older cases come into sight when newer ones are decided.
  const oldest = state.isCut ? state.cases.at(-1).receivedAt : '';
  const came = now.cases.filter((record) => !known.has(record.id) && record.receivedAt >= oldest);
  for (const record of came) state.news.add(record.id);
  const { chosen } = state;
  Object.assign(state, now);
  offerPayers();
  draw();
  const hidden = came.filter((record) => !state.rows.includes(record.id)).length;
  const told = [came.length && `${counted(came.length, 'new case')}${hidden ? `, ${hidden} outside of what is searched for` : ''}.`,
    chosen && !state.cases.some((record) => record.id === chosen) && 'The chosen case waits no more.'].filter(Boolean);
  if (told.length) say(told.join(' '));
}

function drawPage() {
  const redraw = (name) => (event) => {
    state[name] = event.target.value;
    draw();
  };
  const select = (id, options) => h('select', { id, onchange: redraw(id) },
    options.map(([value, text]) => h('option', { value, selected: state[id] === value }, text)));
  show(h('h1', {}, 'Queue'),
    h('form', {
      class: 'filters', role: 'search', onsubmit: (event) => {
        event.preventDefault();
        document.activeElement.blur();  // to the rows, whose keys are no text
      },
    },
    labelled('Search', h('input', { type: 'search', id: 'search', value: state.text, oninput: redraw('text') })),
    labelled('Payer', select('payer', [['', 'all']])),
    labelled('Urgency', select('urgency', [['', 'all'], ['late', 'late'], ['soon', 'late or soon'],
      ['expedited', 'expedited']]))),
    h('div', { id: 'rows', class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Cases' },
      h('table', { class: 'queue', role: 'table' }, h('caption', {}),
        h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, Object.keys(kColumns).map(heading))),
        h('tbody', { role: 'rowgroup' })),
      h('p', { class: 'empty' })));
  offerPayers();
  draw();
  document.querySelector('tr[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  say(`${counted(state.cases.length, 'case')}.`);
  watch(refresh);
}

export async function load() {
  const now = await fetchCases();
  return () => {
    state.news.clear();
    Object.assign(state, now);
    drawPage();
  };
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
    choose(next.id);
    document.querySelector('tr[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
    say(`${codes(next).join(', ')}, ${member(next)}, ${deadline(next).text}`);
  }
  return true;
}
