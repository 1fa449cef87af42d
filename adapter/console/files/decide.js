// Deciding a case's items: what is wanted for each, the ClaimResponse as it would be sent, and only then the decision.

import { ask, Refused } from './api.js';
import { chip, h, labelled, say, table } from './dom.js';
import { tellChange } from './changes.js';
import { kDenials, kKinds, kReasons } from './codes.js';
import { fhirTable } from './documents.js';

const kChoices = [['', 'leave it pended'], ['A1', 'Certify'], ['A2', 'Certify in part'],
  ['A6', 'Modify'], ['A3', 'Deny'], ['A4', 'Ask for information']];
const kReviewer = 'pas-reviewer';  // name and NPI, for this tab

// What was written and not sent, as long as the page is there: by case, {name of a control: its value}.
const drafts = new Map();

function keep(draft, control) {
  draft[control.name] = control.type === 'checkbox' ? control.checked : control.value;
}

function restore(draft, form) {
  for (const [name, value] of Object.entries(draft)) {
    const control = form.elements.namedItem(name);
    if (!control) continue;
    if (control.type === 'checkbox') control.checked = value;
    else control.value = value;
    if (control.matches('select')) control.dispatchEvent(new Event('change'));
  }
}

// Notes on items that wait no more: no control takes them.
function leftNotes(draft, items) {
  const isLeft = ([name, value]) => value && name.endsWith('-note') && !items.some((item) => name === `${item.sequence}-note`);
  return Object.entries(draft).filter(isLeft).map(([name, value]) => h('div', { class: 'left' },
    h('h3', {}, `What you had written on item ${parseInt(name, 10)}`), h('pre', { tabindex: '0' }, value)));
}

function itemForm(item) {
  const asked = item.state?.decision || {};
  const requested = item.state?.item || {};
  const id = `item-${item.sequence}`;
  const name = (part) => `${item.sequence}-${part}`;
  const fields = {
    note: h('textarea', { rows: '3', id: `${id}-note`, name: name('note') }),
    reason: h('select', { name: name('reason') }, h('option', { value: '' }, 'choose a reason'),
      kDenials.map((code) => h('option', { value: code }, `${code} ${kReasons[code]}`))),
    quantity: h('input', { name: name('quantity'), type: 'number', min: '0', step: 'any', value: requested.quantity?.value ?? '' }),
    validFrom: h('input', { name: name('from'), type: 'date', value: requested.servicedPeriod?.start || requested.servicedDate || '' }),
    validTo: h('input', { name: name('to'), type: 'date', value: requested.servicedPeriod?.end || '' }),
  };
  const chosen = (part) => h('input', { name: name(part), type: 'checkbox', checked: true });
  const documents = (asked.documents || []).map((document) => ({ document, box: chosen(document.loinc) }));
  const questions = (asked.questions || []).map((question) => ({ question, box: chosen(question) }));
  const other = { loinc: h('input', { name: name('loinc'), placeholder: '34117-2' }), title: h('input', { name: name('title'), placeholder: 'History and physical note' }) };
  const box = (each, text) => h('label', { class: 'check' }, each.box, ' ', text);
  const authorized = h('div', { class: 'row' }, labelled(`Quantity${requested.quantity?.unit ? ` (${requested.quantity.unit})` : ''}`, fields.quantity),
    labelled('From', fields.validFrom), labelled('Until', fields.validTo));
  const parts = {
    A2: authorized,
    A6: authorized,
    A3: labelled('Reason', fields.reason, 'A denial needs a reason and a note that the provider can act on.'),
    A4: h('fieldset', {}, h('legend', {}, 'What is missing'),
      documents.map((each) => box(each, `${each.document.title} (${each.document.loinc})`)),
      questions.map((each) => box(each, `Question ${each.question}`)),
      h('div', { class: 'row' }, labelled('Another document, LOINC', other.loinc), labelled('its title', other.title))),
  };
  const action = h('select', {
    id, name: name('action'), onchange: () => {
      for (const part of Object.values(parts)) part.hidden = part !== parts[action.value];
      noteField.hidden = !action.value;
    },
  }, kChoices.map(([value, text]) => h('option', { value }, text)));
  const noteField = labelled('Note for the provider', fields.note);
  noteField.hidden = true;
  for (const part of Object.values(parts)) part.hidden = true;
  const code = requested.productOrService?.coding?.[0];
  const element = h('fieldset', { class: 'item' },
    h('legend', {}, `Item ${item.sequence}: ${item.procedureCode}`), h('p', { class: 'service' }, code?.display || ''),
    h('label', { class: 'field', for: id }, h('span', {}, 'Decision'), action), [...new Set(Object.values(parts))], noteField);

  const read = () => {
    const wanted = { sequence: item.sequence, action: action.value };
    if (fields.note.value.trim()) wanted.note = fields.note.value.trim();
    if (action.value === 'A3' && fields.reason.value) wanted.reason = fields.reason.value;
    if (parts[action.value] === authorized) {
      if (fields.quantity.value !== '') wanted.quantity = Number(fields.quantity.value);
      if (fields.validFrom.value) wanted.validFrom = fields.validFrom.value;
      if (fields.validTo.value) wanted.validTo = fields.validTo.value;
    }
    if (action.value === 'A4') {
      wanted.documents = documents.filter((each) => each.box.checked).map((each) => {
        const { loinc, title, reportType, modifier } = each.document;
        return { loinc, title, reportType, modifier };
      });
      if (other.loinc.value.trim() || other.title.value.trim()) {
        wanted.documents.push({ loinc: other.loinc.value.trim(), title: other.title.value.trim() });
      }
      wanted.questions = questions.filter((each) => each.box.checked).map((each) => each.question);
    }
    return wanted;
  };
  return { element, read, isDecided: () => action.value !== '' };
}

const reviewActions = (response) => (response.item || []).map((item) => {
  const inner = item.adjudication?.[0]?.extension?.find((each) => each.url.endsWith('reviewAction'))?.extension || [];
  const coding = (name) => inner.find((each) => each.url.endsWith(name))?.valueCodeableConcept?.coding?.[0];
  return {
    sequence: item.itemSequence, action: coding('reviewActionCode'), reason: coding('reasonCode'),
    number: inner.find((each) => each.url === 'number')?.valueString,
    notes: (item.noteNumber || []).map((number) => response.processNote?.find((note) => note.number === number)?.text),
  };
});

// What the Task of the answer asks for of an item: documents and questionnaires.
const askedFor = (bundle, sequence) => bundle.entry.map((entry) => entry.resource).filter((resource) => resource.resourceType === 'Task')
  .flatMap((task) => task.input || [])
  .filter((input) => input.extension?.some((each) => each.url.endsWith('serviceLineNumber') && each.valuePositiveInt === sequence))
  .map((input) => input.valueCodeableConcept?.coding?.[0] || { display: input.valueCanonical });

function summary(bundle) {
  const response = bundle.entry[0].resource;
  const name = (coding) => (coding ? `${coding.code} ${coding.display || ''}` : '');
  return [table(['Item', 'Decision', 'Notes'], reviewActions(response).map((item) => h('tr', {},
    h('th', { scope: 'row' }, item.sequence),
    h('td', {}, chip(name(item.action), kKinds[item.action?.code] || 'plain'), h('small', {}, name(item.reason)), h('small', {}, item.number)),
    h('td', {}, item.notes.map((note) => h('div', {}, note)),
      askedFor(bundle, item.sequence).map((coding) => h('div', {}, `Asked for: ${coding.display || ''}${coding.code ? ` (${coding.code})` : ''}`))))), { class: 'stack' }),
  h('details', {}, h('summary', {}, 'The whole ClaimResponse'), fhirTable(response))];
}

export function decisionForm(record, reload) {
  const waiting = record.items.filter((item) => item.action === 'A4' && !record.replacedBy);
  const draft = drafts.get(record.id) || {};
  const left = leftNotes(draft, waiting);
  if (!waiting.length) return [h('p', { class: 'empty' }, 'No item of this case waits for a decision.'), left];
  const items = waiting.map(itemForm);
  const kept = JSON.parse(sessionStorage.getItem(kReviewer) || '{}');
  const name = h('input', { name: 'reviewer', required: true, autocomplete: 'name', value: kept.name || '' });
  const npi = h('input', { name: 'npi', inputmode: 'numeric', pattern: '[0-9]{10}', maxlength: '10', value: kept.npi || '' });
  const result = h('div', { id: 'preview', 'aria-live': 'polite' });
  const previewing = h('button', { class: 'primary' }, 'Preview the answer');
  const body = () => {
    const reviewer = { name: name.value.trim() };
    if (npi.value.trim()) reviewer.npi = npi.value.trim();
    sessionStorage.setItem(kReviewer, JSON.stringify(reviewer));
    return { revision: record.revision, reviewer, items: items.filter((item) => item.isDecided()).map((item) => item.read()) };
  };
  const attempt = async (work) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.status === 409) {
        result.replaceChildren();
        tellChange(record, await ask(`/admin/cases/${record.id}`), reload).focus();
        return;
      }
      const mistakes = error.mistakes.length ? error.mistakes : [error.message];
      result.replaceChildren(h('div', { class: 'card notice', role: 'alert' }, h('h3', {}, 'Not yet'),
        h('ul', {}, mistakes.map((mistake) => h('li', {}, mistake)))));
    }
  };
  const preview = () => attempt(async () => {
    const wanted = body();
    const answer = await ask(`/admin/cases/${record.id}/preview`, wanted);
    const send = h('button', {
      type: 'button', class: 'primary', id: 'confirm', onclick: () => attempt(async () => {
        send.disabled = true;
        await ask(`/admin/cases/${record.id}/decision`, wanted);
        drafts.delete(record.id);
        await reload();
        say('Decided. Whoever subscribed will be told.');
      }).finally(() => { send.disabled = false; }),
    }, 'Send this decision');
    const back = () => {
      result.replaceChildren();
      previewing.focus();
    };
    result.replaceChildren(h('div', { class: 'card' }, h('h3', {}, 'What the provider will get'),
      summary(answer),
      h('p', { class: 'row' }, send, h('button', { type: 'button', onclick: back }, 'Go back'))));
    result.scrollIntoView({ block: 'nearest' });
    send.focus();
  });
  const form = h('form', {
    id: 'decision', onsubmit: (event) => {
      event.preventDefault();
      preview();
    }, oninput: (event) => {
      result.replaceChildren();
      keep(draft, event.target);
      drafts.set(record.id, draft);
    },
  },
  items.map((item) => item.element),
  h('div', { class: 'row' }, labelled('Your name', name), labelled('Your NPI, if you have one', npi)),
  h('p', {}, previewing), result);
  restore(draft, form);
  return [form, left];
}
