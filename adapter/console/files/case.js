// One case: what is asked for, why it waits, the documents, what happened, and the decision.

import { ask, askAgain } from './api.js';
import { chip, h, say, show, table } from './dom.js';
import { ageOf, deadline, instant, isExpedited, kActions, kHappened, kKinds, kReasons, span } from './codes.js';
import { explanation } from './criteria.js';
import { arrivedAs, resources, revealEntry } from './documents.js';
import { watchCase } from './changes.js';
import { decisionForm } from './decide.js';

function head(record, material) {
  const due = deadline(record);
  const patient = material.bundle.entry?.map((entry) => entry.resource).find((resource) => resource?.resourceType === 'Patient') || {};
  const initials = [patient.name?.[0]?.given?.[0], patient.name?.[0]?.family].filter(Boolean).map((part) => `${[...part][0]}.`).join(' ');
  return [h('h1', {}, `Case of ${initials || 'a member'}, ${record.items.map((item) => item.procedureCode).join(', ')}`),
    h('p', { class: 'facts' },
      chip(record.status, record.status === 'pended' ? 'wait' : 'plain'), ' ',
      record.status === 'pended' && [chip(due.text, due.kind), ' '], isExpedited(record) && [chip('expedited', 'bad'), ' '],
      `${record.payer}, member ${record.memberId}, born ${patient.birthDate || '?'}, received ${instant(record.receivedAt)} `
      + `(${span(ageOf(record))} ago) from ${record.client}, version ${record.version}, revision ${record.revision}`),
    record.replacedBy && h('p', { class: 'card notice' }, 'An update has taken the place of this case: ',
      h('a', { href: `#case/${record.replacedBy}` }, 'open it')),
    record.priorId && h('p', {}, h('a', { href: `#case/${record.priorId}` }, 'The case that this one updates'))];
}

function itemRow(item) {
  const asked = item.state?.item || {};
  const decided = item.state?.decision || {};
  return h('tr', {},
    h('th', { scope: 'row' }, item.sequence),
    h('td', {}, item.procedureCode, h('small', {}, asked.productOrService?.coding?.[0]?.display || '')),
    h('td', {}, asked.quantity ? `${asked.quantity.value} ${asked.quantity.unit || asked.quantity.code || ''}` : '',
      h('small', {}, asked.servicedPeriod ? `${asked.servicedPeriod.start || '…'} to ${asked.servicedPeriod.end || '…'}` : asked.servicedDate || '')),
    h('td', {}, chip(`${item.action} ${kActions[item.action] || ''}`, kKinds[item.action] || 'plain'),
      h('small', {}, item.reason ? `${item.reason} ${kReasons[item.reason] || ''}` : '')),
    h('td', {}, (decided.notes || []).map((note) => h('div', {}, note))));
}

function history(record, material) {
  const reviews = record.records.filter((each) => each.reviewer);
  const rows = [
    ...record.history.map((entry) => [entry.at, kHappened[entry.action] || entry.action, `revision ${entry.revision}`, entry.actor]),
    ...[...arrivedAs(material)].map(([index, arrival]) => [arrival.at, index < 0 ? 'a message of the EHR'
      : h('button', { type: 'button', class: 'link', onclick: () => revealEntry(index) }, 'a message of the EHR'), arrival.id, '']),
  ].sort((a, b) => (a[0] < b[0] ? -1 : 1));
  return h('section', { class: 'card' }, h('h2', {}, 'History'),
    table(['When', 'What', 'By'], rows.map(([at, what, which, by]) => h('tr', {},
      h('td', {}, instant(at)), h('td', {}, what, h('small', {}, which)), h('td', {}, by))), { class: 'history stack' }),
    reviews.length > 0 && [h('h3', {}, 'Earlier reviews'), h('ul', {}, reviews.map((each) => h('li', {},
      `Item ${each.itemSequence}: ${each.decision.action} ${kActions[each.decision.action] || ''}, by ${each.reviewer.actor}. `,
      (each.decision.notes || []).join(' '))))]);
}

function draw(record, material, reload) {
  const explained = record.items.map((item) => ({
    item, why: record.records.filter((each) => each.policy && each.itemSequence === item.sequence).pop(),
  }));
  const waiting = record.items.filter((item) => item.action === 'A4');
  show(h('p', { class: 'row' }, h('a', { href: '#queue' }, '← Queue'),
    waiting.length > 0 && h('button', { type: 'button', class: 'link', id: 'to-decision', onclick: toDecision }, 'To the decision')),
  head(record, material),
  h('section', { class: 'card' }, h('h2', {}, 'Items'),
    h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Items' },
      table(['Item', 'Service', 'Asked for', 'Now', 'Notes'], record.items.map(itemRow), { class: 'stack' }))),
  h('div', { class: 'columns' },
    h('div', {},
      explained.map(({ item, why }) => [h('h2', {}, `Item ${item.sequence}: ${item.procedureCode}`),
        why ? explanation(why, material.bundle)
          : h('p', { class: 'card empty' }, 'No policy was applied to this item.')]),
      h('section', { class: 'card' }, h('h2', {}, 'Documents and data'), resources(material))),
    h('div', { class: 'side' },
      h('section', { class: 'card' }, h('h2', {}, 'Decide'), decisionForm(record, reload)),
      history(record, material))));
  document.title = `Case, ${record.items.map((item) => item.procedureCode).join(', ')}`;
  say(`To decide: ${waiting.length} of ${record.items.length}.`);
  document.getElementById('main').focus();
  scrollTo(0, 0);
}

export async function load(id, reload) {
  const path = `/admin/cases/${encodeURIComponent(id)}`;
  const [told, material] = await Promise.all([askAgain(path), ask(`${path}/request`)]);
  return () => {
    draw(told.data, material, reload);
    watchCase(path, told, reload);
  };
}

function toDecision() {
  document.querySelector('#decision select')?.focus();
}

export function onKey(key) {
  if (key !== 'd') return false;
  toDecision();
  return true;
}
