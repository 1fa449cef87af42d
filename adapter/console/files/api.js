// The adapter's JSON, with the reviewer's token when the adapter asks for one. The token lives in this tab alone
// (sessionStorage), and goes nowhere but into the header of requests to this origin.

import { h, show, say } from './dom.js';
import { alone } from './refresh.js';

const kToken = 'pas-token';

export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail || `The adapter answered ${status}.`);
    this.status = status;
    this.mistakes = problem.mistakes || [];
    this.body = problem;
  }
}

async function send(path, { method = 'GET', body, type = 'application/json', tag, signal } = {}) {
  const headers = {};
  const token = sessionStorage.getItem(kToken);
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers['Content-Type'] = type;
  if (tag) headers['If-None-Match'] = tag;
  try {
    const response = await fetch(path, { method, headers, body, signal, cache: 'no-store', credentials: 'omit' });
    return { status: response.status, tag: response.headers.get('ETag'), text: await response.text() };
  } catch {
    throw new Refused(0, { detail: 'The adapter does not answer.' });
  }
}

// The answer with its text, whatever its status; a token is asked for when one is wanted.
export const exchange = (path, options) => alone(async () => {
  for (;;) {
    const hadToken = Boolean(sessionStorage.getItem(kToken));
    const answer = await send(path, options);
    if (answer.status !== 401) return answer;
    await askForToken(hadToken);
  }
});

function dataOf(answer) {
  let data = {};
  try {
    data = JSON.parse(answer.text || '{}');
  } catch {
    throw new Refused(answer.status, { detail: `The adapter answered ${answer.status} without JSON.` });
  }
  if (answer.status >= 400) throw new Refused(answer.status, data);
  return data;
}

export const ask = async (path, body) => dataOf(await exchange(path, body === undefined
  ? {} : { method: 'POST', body: JSON.stringify(body) }));

// What is at the path, {tag, data}; `before`, which was there, when it is the same. With a signal the page asks by
// itself, and asks for no token.
export async function askAgain(path, before, signal) {
  const options = { tag: before?.tag, signal };
  const answer = signal ? await send(path, options) : await exchange(path, options);
  return answer.status === 304 ? before : { tag: answer.tag, data: dataOf(answer) };
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
