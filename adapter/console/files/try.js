// The tester's page: a request and its answer beside each other, what is wrong at its line, scripted outcomes, the
// trace, and the notifications that arrive at the adapter's own listener.

import { askAgain, exchange } from './api.js';
import { chip, counted, h, labelled, say, show } from './dom.js';
import { kActions, kKinds } from './codes.js';
import { watch } from './refresh.js';

const kFhir = 'application/fhir+json';
const kBackport = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-';
const kSamples = ['row-09-a1-deferoxamine-overload', 'row-10-prescription-too-old', 'row-13-not-met-adult',
  'row-02-insulin-pump', 'tidewater-three-items', 'broken-05-first-entry-not-claim'];
const kBases = ['/fhir', '/pas/2.2.1/fhir', '/pas/2.0.1/fhir'];
const kEvery = 3000;  // ms between looks at the listener
const kTraced = 20;   // exchanges shown
const kListed = 200;  // characters of an issue that is told whole at its line

const samples = document.getElementById('main').dataset.samples;
const box = crypto.randomUUID();  // of this page at the listener

const pretty = (text) => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};
const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
};

const request = h('textarea', { id: 'request', spellcheck: 'false', 'aria-label': 'Request' });
const answer = h('div', { id: 'answer', class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Answer' },
  h('p', { class: 'empty' }, 'The answer appears here.'));
const base = h('select', {}, kBases.map((path) => h('option', {}, path)));
const left = h('span', { id: 'left' });
const trace = h('div', { id: 'trace' });
const arrivals = h('ol', { id: 'arrivals' });
const nothing = h('p', { class: 'empty' }, 'Nothing has arrived yet.');

const kSeverities = { fatal: 'bad', error: 'bad', warning: 'warn', information: 'plain' };

// The issues of an OperationOutcome, {severity, text, line}; 0 where it tells no place.
const issuesOf = (outcome) => (outcome.issue || []).map((issue) => ({
  severity: issue.severity,
  text: [issue.expression?.[0], issue.details?.text].filter(Boolean).join(' '),
  line: Number(/line (\d+), column/.exec(issue.diagnostics || '')?.[1] || 0),
}));

// The request with each issue at its line, below a list of them that leads there.
function marked(text, issues) {
  const lines = h('pre', { class: 'lines', tabindex: '0' }, text.split('\n').map((line, index) => {
    const here = issues.filter((issue) => issue.line === index + 1);
    return [h('code', { class: here.length ? `fault ${kSeverities[here[0].severity]}` : '' }, line || ' '),
      here.map((issue) => h('span', { class: `fault-text ${kSeverities[issue.severity]}` }, `${issue.severity}: ${issue.text}`))];
  }));
  const goTo = (line) => {
    lines.scrollTop = lines.querySelectorAll('code')[line - 1].offsetTop - lines.offsetTop;
    lines.focus({ preventScroll: true });
  };
  return [h('ul', { class: 'issues' }, issues.map((issue) => h('li', {}, chip(issue.severity, kSeverities[issue.severity]), ' ',
    issue.line && issue.text.length > kListed ? `${issue.text.slice(0, kListed)}… ` : `${issue.text} `,
    issue.line > 0 && h('button', { type: 'button', class: 'link', onclick: () => goTo(issue.line) }, `line ${issue.line}`)))), lines];
}

function decisions(bundle) {
  const response = bundle.entry?.[0]?.resource;
  if (response?.resourceType !== 'ClaimResponse') return null;
  return h('ul', {}, (response.item || []).map((item) => {
    const inner = item.adjudication?.[0]?.extension?.find((each) => each.url.endsWith('reviewAction'))?.extension || [];
    const code = inner.find((each) => each.url.endsWith('reviewActionCode'))?.valueCodeableConcept?.coding?.[0]?.code || '';
    return h('li', {}, `Item ${item.itemSequence}: `, chip(`${code} ${kActions[code] || ''}`, kKinds[code] || 'plain'));
  }));
}

async function send(operation) {
  const text = request.value;
  const start = performance.now();
  const got = await exchange(`${base.value}/${operation}`, { method: 'POST', body: text, type: kFhir });
  const ms = (performance.now() - start).toFixed(1);
  const body = parsed(got.text);
  const isOutcome = body.resourceType === 'OperationOutcome';
  answer.replaceChildren(
    h('p', {}, chip(`HTTP ${got.status}`, got.status < 300 ? 'good' : 'bad'), ` in ${ms} ms, as this page saw it`),
    ...(isOutcome ? marked(text, issuesOf(body)) : []),
    decisions(body) || '',
    h('details', { open: !isOutcome }, h('summary', {}, 'The body of the answer'), h('pre', { tabindex: '0' }, pretty(got.text))));
  const first = answer.querySelector('.fault');
  if (first) first.parentNode.scrollTop = first.offsetTop - first.parentNode.offsetTop;
  say(`HTTP ${got.status} in ${ms} ms`, got.status >= 400);
  await Promise.all([showTrace(), showLeft()]);
}

async function showLeft(got) {
  const state = parsed((got || await exchange('/test/script')).text);
  left.textContent = state.outcomesLeft === undefined ? state.detail || ''
    : `${counted(state.outcomesLeft, 'outcome')} ${state.outcomesLeft === 1 ? 'waits' : 'wait'}`;
}

const time = (text) => new Date(text).toLocaleTimeString(undefined, { timeStyle: 'medium' });
const bodyText = (text) => h('pre', { tabindex: '0' }, text ? pretty(text) : 'nothing');

const traced = (each) => h('details', {},
  h('summary', {}, h('span', { class: 'number' }, time(each.at)), ` ${each.method} ${each.target.split('?')[0]} `,
    chip(each.status || 'dropped', each.status >= 200 && each.status < 400 ? 'good' : 'bad'),
    h('span', { class: 'number' }, ` ${(each.microseconds / 1000).toFixed(1)} ms`)),
  h('div', { class: 'pair' }, h('section', {}, h('h3', {}, 'Request'), bodyText(each.request)), h('section', {}, h('h3', {}, 'Answer'), bodyText(each.response))));

// Here and below what is shown stays the element that it is, open where it was opened.
async function showTrace() {
  const { exchanges = [] } = parsed((await exchange('/test/trace')).text);
  const key = (each) => `${each.at} ${each.target} ${each.microseconds}`;
  const there = new Set([...trace.children].map((each) => each.dataset.key));
  if (!exchanges.length) return trace.replaceChildren(h('p', { class: 'empty' }, 'Nothing was exchanged yet.'));
  trace.querySelector('.empty')?.remove();
  for (const each of exchanges.slice(-kTraced).filter((one) => !there.has(key(one)))) {
    const shown = traced(each);
    shown.dataset.key = key(each);
    trace.prepend(shown);
  }
  while (trace.children.length > kTraced) trace.lastChild.remove();
  return undefined;
}

function arrival(each) {
  const entries = parsed(each.body).entry || [];
  const type = entries[0]?.resource?.parameter?.find((parameter) => parameter.name === 'type')?.valueCode || 'notification';
  return h('li', {}, `${time(each.at)}: ${type}`,
    decisions({ entry: entries.slice(1).map((entry) => entry.resource?.entry?.[0] || entry) }),
    h('details', {}, h('summary', {}, 'The body'), bodyText(each.body)));
}

// The listener keeps the newest; those that are shown stay, so that only what came is read out.
async function showArrivals(signal) {
  const { data } = await askAgain(`/test/notifications/${box}`, undefined, signal);
  const known = new Set([...arrivals.children].map((each) => each.dataset.key));
  const key = (each) => `${each.at} ${each.body.length}`;
  for (const each of data.arrivals.filter((one) => !known.has(key(one)))) {
    const shown = arrival(each);
    shown.dataset.key = key(each);
    arrivals.append(shown);
  }
  nothing.hidden = arrivals.children.length > 0;
}

async function script(event) {
  event.preventDefault();
  const data = new FormData(event.target);
  const outcome = data.get('then') ? { first: 'A4', then: data.get('then'), afterSeconds: Number(data.get('after')) } : data.get('first');
  await showLeft(await exchange('/test/script', { method: 'POST', body: JSON.stringify({ outcomes: [outcome] }) }));
}

async function subscribe(event) {
  event.preventDefault();
  const organization = new FormData(event.target).get('organization').trim();
  const body = {
    resourceType: 'Subscription', status: 'requested', reason: 'The page of the tester',
    criteria: 'http://hl7.org/fhir/us/davinci-pas/SubscriptionTopic/PASSubscriptionTopic',
    _criteria: { extension: [{ url: `${kBackport}filter-criteria`, valueString: `org-identifier=${organization}` }] },
    channel: {
      type: 'rest-hook', endpoint: `${location.origin}/test/notifications/${box}`, payload: kFhir,
      _payload: { extension: [{ url: `${kBackport}payload-content`, valueCode: 'full-resource' }] },
    },
  };
  const got = await exchange(`${base.value}/Subscription`, { method: 'POST', body: JSON.stringify(body), type: kFhir });
  say(got.status === 201 ? 'Subscribed: the handshake arrives below.'
    : `Not subscribed: ${parsed(got.text).issue?.[0]?.details?.text || `HTTP ${got.status}`}`, got.status !== 201);
}

// The NPI of the organization that asks, for the subscription's field.
function requestor(text) {
  const entries = parsed(text).entry || [];
  const claim = entries.map((entry) => entry.resource).find((resource) => resource?.resourceType === 'Claim');
  const provider = entries.find((entry) => entry.fullUrl?.endsWith(claim?.provider?.reference || '-'))?.resource;
  return provider?.identifier?.find((identifier) => identifier.system?.endsWith('us-npi'))?.value || '';
}

async function choose(name) {
  request.value = pretty((await exchange(`${samples}${name}.json`)).text);
  organization.value = requestor(request.value);
}

const options = (values) => values.map(([value, text]) => h('option', { value }, text));
const outcomes = Object.entries(kActions).filter(([code]) => ['A1', 'A2', 'A3', 'A4', 'A6'].includes(code)).map(([code, text]) => [code, `${code} ${text}`]);
const organization = h('input', { name: 'organization', required: true });

show(h('h1', {}, 'Try the adapter'),
  h('div', { class: 'row' },
    labelled('Sample', h('select', { id: 'sample', onchange: (event) => choose(event.target.value) }, options(kSamples.map((name) => [name, name])))),
    labelled('Base', base),
    h('button', { type: 'button', class: 'primary', id: 'submit', onclick: () => send('Claim/$submit') }, 'Submit'),
    h('button', { type: 'button', id: 'validate', onclick: () => send('$validate') }, 'Validate only')),
  h('div', { class: 'pair' },
    h('section', { class: 'card' }, h('h2', {}, 'Request'), request),
    h('section', { class: 'card' }, h('h2', {}, 'Answer'), answer)),
  h('div', { class: 'pair' },
    h('section', { class: 'card' }, h('h2', {}, 'Scripted outcomes'),
      h('form', { class: 'row', onsubmit: script },
        labelled('The next submission', h('select', { name: 'first' }, options(outcomes))),
        labelled('or pended, then', h('select', { name: 'then' }, options([['', 'nothing']].concat(outcomes)))),
        labelled('after seconds', h('input', { name: 'after', type: 'number', min: '0', max: '86400', value: '5' })),
        h('button', {}, 'Queue it')),
      h('p', { 'aria-live': 'polite' }, left, ' ', h('button', {
        type: 'button', onclick: async () => {
          await showLeft(await exchange('/test/script', { method: 'DELETE' }));
          await showTrace();
        },
      }, 'Forget all'))),
    h('section', { class: 'card' }, h('h2', {}, 'Notifications'),
      h('form', { class: 'row', onsubmit: subscribe }, labelled('Organization (NPI)', organization), h('button', {}, 'Subscribe this page')),
      h('div', { 'aria-live': 'polite' }, nothing, arrivals))),
  h('section', { class: 'card' }, h('h2', {}, 'Trace'), trace));
choose(kSamples[0]).then(() => Promise.all([showLeft(), showTrace()]));
watch(showArrivals, kEvery);
