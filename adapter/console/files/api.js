// The adapter's JSON, with the reviewer's token when the adapter asks for one. The token lives in this tab alone
// (sessionStorage), and goes nowhere but into the header of requests to this origin.

import { h, show, say } from './dom.js';

const kToken = 'pas-token';

export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail || `The adapter answered ${status}.`);
    this.status = status;
    this.mistakes = problem.mistakes || [];
    this.body = problem;
  }
}

// The answer with its text, whatever its status; a token is asked for when one is wanted.
export async function exchange(path, { method = 'GET', body, type = 'application/json' } = {}) {
  for (;;) {
    const headers = {};
    const token = sessionStorage.getItem(kToken);
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body !== undefined) headers['Content-Type'] = type;
    const response = await fetch(path, { method, headers, body, cache: 'no-store', credentials: 'omit' });
    if (response.status === 401) {
      await askForToken(Boolean(token));
      continue;
    }
    return { status: response.status, text: await response.text() };
  }
}

export async function ask(path, body) {
  const answer = await exchange(path, body === undefined
    ? {} : { method: 'POST', body: JSON.stringify(body) });
  let data = {};
  try {
    data = JSON.parse(answer.text || '{}');
  } catch {
    throw new Refused(answer.status, { detail: `The adapter answered ${answer.status} without JSON.` });
  }
  if (answer.status >= 400) throw new Refused(answer.status, data);
  return data;
}

export const forgetToken = () => sessionStorage.removeItem(kToken);

let asking;

// One form for all requests that wait for it.
function askForToken(isRefused) {
  forgetToken();
  if (asking) return asking;
  const main = document.getElementById('main');
  const before = [...main.childNodes];
  asking = new Promise((resolve) => {
    const input = h('input', { type: 'password', autocomplete: 'off', required: true, id: 'token' });
    const form = h('form', {
      class: 'card narrow', onsubmit: (event) => {
        event.preventDefault();
        sessionStorage.setItem(kToken, input.value.trim());
        show(before);
        say('');
        asking = undefined;
        resolve();
      },
    },
    h('h1', {}, 'Access token'),
    h('p', {}, 'This adapter answers known clients only. Paste a bearer token; it is kept in this tab until it is closed.'),
    h('label', { class: 'field', for: 'token' }, h('span', {}, 'Token'), input),
    h('button', { class: 'primary' }, 'Go on'));
    show(form);
    input.focus();
    say(isRefused ? 'The token was refused or has ended: paste another.' : 'A token is wanted.', isRefused);
  });
  return asking;
}
