// Why an item was decided as it was: the criteria with their truth, and the inputs with what they came from.

import { chip, h, table } from './dom.js';
import { revealEntry } from './documents.js';

const kTruth = { met: ['met', 'good'], 'not met': ['not met', 'bad'], unknown: ['unknown', 'warn'] };
const truth = (value) => chip(...(kTruth[value] || [value, 'plain']));
const kUnits = { a: 'years', mo: 'months', wk: 'weeks', d: 'days', h: 'hours' };  // UCUM
const shownValue = (value) => (Array.isArray(value) ? value.map(shownValue).join(' and ') || 'none'
  : value !== null && typeof value === 'object'
    ? ([value.code, value.code && value.display].filter(Boolean).join(' ') || Object.entries(value).filter(([name]) => name !== 'source')
      .map(([name, inner]) => `${name} ${shownValue(inner)}`).join(', '))
    : value === true ? 'yes' : value === false ? 'no' : String(value));

const measured = (input) => shownValue(input.value) + (input.unit ? ` ${kUnits[input.unit] || input.unit}` : '');

function inputText(input) {
  if (!input) return '';
  if (input.state !== 'known') return `${input.name}: ${input.state}`;
  return `${input.name} = ${measured(input)}`;
}

function evidence(nodes, inputs) {
  if (!nodes || !nodes.length) return null;
  return h('ul', { class: 'tree' }, nodes.map((node) => h('li', {},
    truth(node.truth), ' ', node.of ? `${node.of} of` : node.condition,
    (node.reads || []).map((name) => h('small', {}, inputText(inputs.get(name)) || name)),
    evidence(node.conditions, inputs), evidence(node.elements, inputs))));
}

function criterion(data, inputs) {
  return h('details', { open: data.truth !== 'met' },
    h('summary', {}, truth(data.truth), ' ', h('strong', {}, data.id), ' ', data.title,
      h('small', {}, data.citation)),
    data.missing?.length > 0 && h('p', { class: 'missing' }, `Could still change it: ${data.missing.join(', ')}`),
    evidence(data.evidence, inputs));
}

// The element that `path` names, from the Bundle.
export function elementAt(bundle, path) {
  let at = bundle;
  for (const [, name, index] of path.matchAll(/\.([A-Za-z_]+)|\[(\d+)\]/g)) {
    at = at?.[name ?? Number(index)];
  }
  return at;
}

// A path breaks behind its dots, not in a word.
const broken = (path) => path.split('.').flatMap((part, index) => (index ? ['.', h('wbr'), part] : [part]));

function source(path, bundle) {
  const entry = /^Bundle\.entry\[(\d+)\]/.exec(path);
  if (!entry) return path === 'store' ? 'earlier requests' : path;  // providers.csv:5
  const element = elementAt(bundle, path);
  const type = bundle.entry?.[entry[1]]?.resource?.resourceType || 'entry';
  const value = element === undefined || element?.resourceType ? '' : `: ${shownValue(element)}`;
  const rest = path.replace(/^Bundle\.entry\[\d+\]\.resource\.?/, '');
  return h('button', { type: 'button', class: 'link', title: path, onclick: () => revealEntry(Number(entry[1])) },
    broken(`${type}${rest ? `.${rest}` : ''}`), h('small', {}, value.slice(0, 160)));
}

function inputRow(input, bundle) {
  return h('tr', {},
    h('th', { scope: 'row' }, input.name),
    h('td', {}, input.state === 'known' ? measured(input) : chip(input.state, 'warn'), input.note && h('small', {}, input.note)),
    h('td', {}, (input.sources || []).map((path) => h('div', {}, source(path, bundle)))));
}

// Of one decision record of a policy.
export function explanation(record, bundle) {
  const inputs = new Map((record.inputs || []).map((input) => [input.name, input]));
  const row = (record.rows || []).filter((each) => each.row === record.decision.row);
  return h('section', { class: 'card' },
    h('h3', {}, 'Criteria'),
    h('p', {}, `${record.policy.title}, revision ${record.policy.revision}. `, h('small', {}, record.policy.source)),
    row.map((each) => h('p', {}, 'Decided by the row ', h('strong', {}, each.title || each.row), '.')),
    record.decision.recommendation && h('p', {}, 'The policy recommends: ', h('strong', {}, record.decision.recommendation)),
    (record.criteria || []).map((each) => criterion(each, inputs)),
    !record.criteria?.length && h('p', { class: 'empty' }, 'This policy asks for no criteria.'),
    h('h3', {}, 'Inputs'),
    inputs.size ? h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Inputs' },
      table(['Input', 'Value', 'Where it came from'], [...inputs.values()].map((input) => inputRow(input, bundle)), { class: 'inputs stack' }))
      : h('p', { class: 'empty' }, 'The policy read no inputs.'),
    (record.damagedDocuments || []).map((each) => h('p', { class: 'missing' }, `${each.path}: ${each.message}`)));
}
