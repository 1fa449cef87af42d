// Which page is shown: by the fragment of the address, which names a case at most by its id. And the keys.

import { h, say, show } from './dom.js';
import { forgetToken, Refused } from './api.js';
import * as queue from './queue.js';
import * as reviewed from './case.js';
import * as overview from './overview.js';

const kPages = { queue, case: reviewed, overview };
let page = queue;

async function open() {
  const [name, id] = (location.hash.slice(1) || 'queue').split('/');
  if (name === 'main') return;
  page = kPages[name] || queue;
  for (const link of document.querySelectorAll('nav a')) {
    const isHere = link.hash === `#${name === 'case' ? 'queue' : name}`;
    if (isHere) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  say('');
  try {
    await page.open(id);
  } catch (error) {
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
}

const keys = document.getElementById('keys');
const isTyping = (target) => target.closest('input, textarea, select, dialog[open]') !== null;

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape' && event.target.matches('input[type=search]')) return event.target.blur();
  if (isTyping(event.target)) return undefined;
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
addEventListener('hashchange', open);
open();
