// The resources of a request and its attachments, shown in place. An attachment is decoded to text and shown as text;
// a C-CDA is read as XML and its sections are made anew from their words; nothing of it is ever taken as HTML. A PDF
// is given to the browser's own viewer, as a PDF and nothing else, beside the text that the policy reads of it.

import { instant } from './codes.js';
import { chip, h, table } from './dom.js';

const kMostText = 200000;  // characters of one attachment
const kPdf = 'application/pdf';

let viewed = [];  // the URLs of the PDFs of the case that is shown

function bytesOf(data) {
  const binary = atob(data.replace(/\s+/g, ''));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

// Rows of a FHIR element: [path, text].
function rowsOf(value, path, rows) {
  if (value === null || value === undefined) return rows;
  if (Array.isArray(value)) {
    value.forEach((each, index) => rowsOf(each, value.length > 1 ? `${path} ${index + 1}` : path, rows));
  } else if (typeof value === 'object') {
    const text = oneLine(value);
    if (text) rows.push([path, text]);
    else {
      for (const [name, inner] of Object.entries(value)) {
        if (name === 'resourceType' || name === 'meta' || name === 'data') continue;
        rowsOf(inner, path ? `${path} › ${name}` : name, rows);
      }
    }
  } else rows.push([path, String(value)]);
  return rows;
}

const isOnly = (value, names) => Object.keys(value).every((name) => names.includes(name));

// Of the data types that a person reads in one line; nothing for the rest.
function oneLine(value) {
  if (value.coding && isOnly(value, ['coding', 'text'])) return value.text || value.coding.map(oneLine).join('; ');
  if (value.code && isOnly(value, ['system', 'code', 'display', 'version'])) return [value.code, value.display].filter(Boolean).join(' ');
  if (value.value !== undefined && isOnly(value, ['value', 'unit', 'system', 'code', 'comparator'])) {
    return [value.comparator, value.value, value.unit || (typeof value.value === 'number' ? value.code : '')].filter(Boolean).join(' ');
  }
  if (value.reference && isOnly(value, ['reference', 'display', 'type'])) return value.display || value.reference;
  if (value.family && isOnly(value, ['family', 'given', 'use', 'text', 'prefix', 'suffix'])) return [...(value.given || []), value.family].join(' ');
  if ((value.start || value.end) && isOnly(value, ['start', 'end'])) return `${value.start || '…'} to ${value.end || '…'}`;
  if (value.url && Object.keys(value).length === 2) {
    const [inner] = Object.entries(value).filter(([name]) => name.startsWith('value')).map(([, each]) => each);
    if (inner === undefined) return '';
    const text = typeof inner === 'object' ? oneLine(inner) : String(inner);
    return text && `${value.url.split('/').pop()}: ${text}`;
  }
  return '';
}

export const fhirTable = (resource) => table(['Element', 'Value'],
  rowsOf(resource, '', []).map(([path, text]) => h('tr', {}, h('th', { scope: 'row' }, path), h('td', {}, text))),
  { class: 'fhir' });

const words = (node) => node.textContent.replace(/\s+/g, ' ').trim();

// A block of a C-CDA's narrative (its table, list and paragraph elements), made anew.
function narrative(node) {
  return [...node.childNodes].map((child) => {
    if (child.nodeType === Node.TEXT_NODE) return words(child) && h('span', {}, `${words(child)} `);
    if (child.nodeType !== Node.ELEMENT_NODE || child.namespaceURI !== node.namespaceURI) return null;
    const rows = (kind) => [...child.getElementsByTagName('tr')].map((row) => [...row.children].filter((cell) => cell.localName === kind));
    switch (child.localName) {
      case 'table':
        return h('table', {}, rows('th').filter((row) => row.length).map((row) => h('tr', {}, row.map((cell) => h('th', {}, words(cell))))),
          rows('td').filter((row) => row.length).map((row) => h('tr', {}, row.map((cell) => h('td', {}, words(cell))))));
      case 'list':
        return h('ul', {}, [...child.children].filter((item) => item.localName === 'item').map((item) => h('li', {}, words(item))));
      case 'paragraph':
        return h('p', {}, words(child));
      case 'br':
        return h('br');
      default:
        return narrative(child);
    }
  });
}

function clinicalDocument(xml) {
  const parsed = new DOMParser().parseFromString(xml, 'application/xml');
  const root = parsed.documentElement;
  if (parsed.getElementsByTagName('parsererror').length || root.localName !== 'ClinicalDocument') return null;
  const child = (node, name) => [...node.children].find((each) => each.localName === name);
  const title = child(root, 'title');
  const sections = [...root.getElementsByTagNameNS('*', 'section')];
  return h('article', { class: 'document' }, h('h4', {}, title ? words(title) : 'Clinical document'),
    sections.map((section) => {
      const text = child(section, 'text');
      const heading = child(section, 'title');
      return h('section', {}, h('h5', {}, heading ? words(heading) : 'Section'),
        text ? narrative(text) : h('p', { class: 'empty' }, 'No text.'));
    }));
}

const isPdf = (bytes) => String.fromCharCode(...bytes.subarray(0, 5)) === '%PDF-';

// The Blob's type lets the browser take the bytes for a PDF alone, whatever they are; in a sandboxed frame Chromium
// would show none.
function viewer(bytes, title) {
  const url = URL.createObjectURL(new Blob([bytes], { type: kPdf }));
  viewed.push(url);
  return h('iframe', { class: 'viewer', src: `${url}#navpanes=0&view=FitH`, title, loading: 'lazy' });
}

function attachment(item, extracted) {
  if (!item.data) return h('p', { class: 'empty' }, item.url ? `Elsewhere, not fetched: ${item.url}` : 'No data.');
  let bytes;
  try {
    bytes = bytesOf(item.data);
  } catch {
    return h('p', { class: 'missing' }, 'The data is not base64.');
  }
  const type = (item.contentType || '').split(';')[0];
  const url = () => URL.createObjectURL(new Blob([bytes], { type: type === kPdf ? type : 'application/octet-stream' }));
  const save = h('button', {
    type: 'button', 'aria-label': `Save a copy: ${item.title || 'Attachment'}`, onclick: () => {
      const link = h('a', { href: url(), download: `attachment${type === kPdf ? '.pdf' : '.bin'}` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    },
  }, 'Save a copy');
  const title = item.title || 'Attachment';
  const head = h('p', {}, h('strong', {}, title), ` ${type || 'no type'}, ${bytes.length} bytes `, save);
  const text = () => new TextDecoder().decode(bytes).slice(0, kMostText);
  if (type.includes('xml')) return [head, clinicalDocument(text()) || h('pre', { tabindex: '0' }, text())];
  if (type.includes('json')) {
    try {
      return [head, fhirTable(JSON.parse(text()))];
    } catch {
      return [head, h('pre', { tabindex: '0' }, text())];
    }
  }
  if (type.startsWith('text/')) return [head, h('pre', { tabindex: '0' }, text())];
  const told = extracted?.text ? h('pre', { tabindex: '0' }, extracted.text)
    : h('p', { class: 'empty' }, extracted?.problem || 'It has no text that can be shown.');
  const isShown = type === kPdf && isPdf(bytes) && navigator.pdfViewerEnabled;
  return [head, isShown ? h('div', { class: 'pair' }, viewer(bytes, title), told) : told];
}

const attachmentsOf = (resource) => {
  if (resource.resourceType === 'DocumentReference') return (resource.content || []).map((each) => each.attachment || {});
  if (resource.resourceType === 'Binary') return [resource];
  return (resource.presentedForm || []).concat((resource.payload || []).map((each) => each.contentAttachment).filter(Boolean));
};

function nameOf(resource) {
  const concept = resource.type || resource.code || resource.medicationCodeableConcept || resource.codeCodeableConcept;
  const text = concept && !Array.isArray(concept) && typeof concept === 'object' ? oneLine(concept) : '';
  const name = Array.isArray(resource.name) ? oneLine(resource.name[0] || {}) : typeof resource.name === 'string' ? resource.name : '';
  return name || text || resource.description || '';
}

// By its place in the Bundle, what the EHR sent for the case later: {id, at}.
export const arrivedAs = (material) => new Map(material.arrivals.map((arrival) => [
  (material.bundle.entry || []).findIndex((entry) => entry.fullUrl?.endsWith(arrival.id)), arrival]));

export function resources(material) {
  const arrived = arrivedAs(material);
  viewed.forEach(URL.revokeObjectURL);
  viewed = [];
  const texts = new Map(material.texts.map((each) => [each.source, each]));
  return (material.bundle.entry || []).map((entry, index) => {
    const resource = entry.resource || {};
    const attached = attachmentsOf(resource);
    return h('details', { id: `entry-${index}`, open: attached.length > 0 },
      h('summary', {}, h('strong', {}, resource.resourceType || 'Entry'), ' ', nameOf(resource),
        arrived.has(index) && [' ', chip(`arrived ${instant(arrived.get(index).at)}`, 'wait')]),
      attached.map((each) => h('div', { class: 'attachment' }, attachment(each, texts.get(`Bundle.entry[${index}].resource`)))),
      attached.length ? h('details', {}, h('summary', {}, 'What the resource says of it'), fhirTable(resource)) : fhirTable(resource));
  });
}

export function revealEntry(index) {
  const details = document.getElementById(`entry-${index}`);
  if (!details) return;
  details.open = true;
  details.scrollIntoView({ block: 'start' });
  details.querySelector('summary').focus();
}
