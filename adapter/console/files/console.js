// Which page is shown: by the fragment of the address, which names a case at most by its id. And the keys.

import { h, notice, say, show } from './dom.js';
import { forgetToken, Refused } from './api.js';
import { watch } from './refresh.js';
import * as queue from './queue.js';
import * as reviewed from './case.js';
import * as overview from './overview.js';

const kPages = { queue, case: reviewed, overview };
const kKeys = 'pas-keys';  // 'off' for whoever dictates, or brushes keys unmeant (WCAG 2.1.4)
let page = queue;
let opened = 0;

function tellFailure(error) {
  const another = () => {
    forgetToken();
    return open();
  };
  show(h('h1', {}, 'It did not work'), h('p', {}, error.message),
    h('p', { class: 'row' }, h('button', { type: 'button', onclick: open }, 'Try again'),
      error.status === 403 && h('button', { type: 'button', onclick: another }, 'Use another token')));
  say(error.message, true);
  if (!(error instanceof Refused)) throw error;
}

// A page is loaded before anything of it is shown; one that was left meanwhile is not shown at all.
async function open() {
  const [name, id] = (location.hash.slice(1) || 'queue').split('/');
  const mine = opened += 1;
  page = kPages[name] || queue;
  for (const link of document.querySelectorAll('nav a')) {
    const isHere = link.hash === `#${name === 'case' ? 'queue' : name}`;
    if (isHere) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  watch();
  notice();
  say('');
  try {
    const draw = await page.load(id, open);
    if (mine === opened) draw();
  } catch (error) {
    if (mine === opened) tellFailure(error);
  }
}

const main = document.getElementById('main');
const keys = document.getElementById('keys');
const isOn = document.getElementById('single-keys');
const isTyping = (target) => target.closest('input, textarea, select, dialog[open]') !== null;

isOn.checked = localStorage.getItem(kKeys) !== 'off';
isOn.addEventListener('change', () => (isOn.checked ? localStorage.removeItem(kKeys) : localStorage.setItem(kKeys, 'off')));

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape' && event.target.matches('input[type=search]')) return event.target.blur();
  if (isTyping(event.target) || !isOn.checked) return undefined;
  if (event.key === '?') return keys.showModal();
  if (event.key === 'r') return open();
  if (event.key === 'u') {
    location.hash = 'queue';
    return undefined;
  }
  if (page.onKey && page.onKey(event.key, event.target)) event.preventDefault();
  return undefined;
});
document.getElementById('help').addEventListener('click', () => keys.showModal());
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();  // the fragment names the page
  main.focus();
});
addEventListener('hashchange', async () => {
  await open();
  main.focus({ preventScroll: true });
});
open();
