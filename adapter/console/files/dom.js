// Elements made from data: text only ever becomes text, so nothing of a request can become markup.

const kSvg = 'http://www.w3.org/2000/svg';

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'value' || name === 'checked' || name === 'disabled') element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  for (const child of children.flat(Infinity)) {
    if (child !== undefined && child !== null && child !== false) element.append(child);
  }
  return element;
}

export const h = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
export const svg = (tag, attributes = {}, ...children) => fill(document.createElementNS(kSvg, tag), attributes, children);

export function show(...children) {
  const main = document.getElementById('main');
  main.replaceChildren(...children.flat(Infinity).filter((child) => child));
  return main;
}

// Read out by a screen reader, and shown under the bar.
export function say(text, isBad = false) {
  const status = document.getElementById('status');
  status.textContent = text;
  status.classList.toggle('bad', isBad);
}

// What came by itself, at the foot of the window, where it moves nothing that is read or typed; nothing takes it away.
export function notice(...children) {
  document.getElementById('changed').replaceChildren(...children);
}

export const counted = (number, noun) => `${number} ${noun}${number === 1 ? '' : 's'}`;

// A narrow window stacks its cells, each with its column's title (console.css); the roles keep it a table then.
export function table(head, rows, attributes = {}) {
  for (const row of rows.flat(Infinity)) {
    row.setAttribute('role', 'row');
    [...row.cells].forEach((cell, index) => {
      cell.setAttribute('role', cell.localName === 'th' ? 'rowheader' : 'cell');
      cell.dataset.title = head[index] || '';
    });
  }
  return h('table', { role: 'table', ...attributes },
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, head.map((title) => h('th', { scope: 'col', role: 'columnheader' }, title)))),
    h('tbody', { role: 'rowgroup' }, rows));
}

export function labelled(text, control, hint) {
  return h('label', { class: 'field' }, h('span', {}, text), control, hint && h('small', {}, hint));
}

export const chip = (text, kind) => h('span', { class: `chip ${kind}` }, text);
