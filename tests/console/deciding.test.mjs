// Deciding: in part, by keyboard alone, without what a denial needs, and while more arrives.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { expectAccessible, launch, openPage, post, sample, shoot, startAdapter, startListener, submit, subscription } from './fixture.mjs';

const kOrganization = '2093401281';  // that asks in the samples

let adapter;
let browser;
let page;
let listener;

before(async () => {
  adapter = await startAdapter();
  browser = await launch();
  page = await openPage(browser);
  listener = await startListener();
  const told = await post(`${adapter.url}/fhir/Subscription`, subscription(kOrganization, listener.url));
  assert.equal(told.status, 201, JSON.stringify(told.body));
});
after(async () => {
  await browser?.close();
  await adapter?.stop();
  listener?.stop();
  assert.deepEqual(page?.complaints.filter((text) => !text.startsWith('Failed to load')), [], 'what the browser complained of');
});

// A new request made of that sample: its Bundle and the id of its case.
async function pended(name) {
  const bundle = await sample(name);
  bundle.entry[0].resource.identifier[0].value += `-${Math.random()}`;
  return { bundle, id: await submit(adapter, bundle) };
}

async function openConsole(fragment) {
  await page.goto('about:blank');
  await page.goto(`${adapter.admin}/console#${fragment}`);
  await page.waitForSelector('h1');
}

const saysDecided = () => page.waitForFunction(() => document.getElementById('status').textContent.startsWith('Decided'));
const previewed = () => page.getByRole('button', { name: 'Preview the answer' }).click();

test('an item is certified in part, and the submitter is told of quantity and period', async () => {
  const { id } = await pended('row-13-not-met-adult');
  await openConsole(`case/${id}`);
  await page.selectOption('#item-1', 'A2');
  await page.getByLabel('Your name').fill('Reviewer 7');
  await page.getByLabel('Quantity').fill('2');
  await page.getByLabel('From').fill('2026-04-01');
  await page.getByLabel('Until').fill('2026-05-31');
  await page.getByLabel('Note for the provider').fill('Two months, then tell us of the effect.');
  await shoot(page, 'in-part');
  await expectAccessible(page);
  await previewed();
  await page.waitForSelector('#confirm');
  assert.match(await page.textContent('#preview'), /A2 Certified - partial.*Two months, then tell us of the effect\./s);
  await expectAccessible(page);
  await page.click('#confirm');
  await saysDecided();
  const heard = await listener.next((body) => JSON.stringify(body).includes('Two months, then tell us'));
  const bundle = heard.entry.map((entry) => entry.resource).find((resource) => resource.resourceType === 'Bundle');
  const response = bundle.entry[0].resource;
  const [item] = response.item;
  assert.match(JSON.stringify(item.adjudication), /"A2"/);
  const extension = (name) => item.extension.find((each) => each.url.endsWith(name));
  const detail = extension('/extension-itemAuthorizedDetail').extension.find((each) => each.url === 'quantity');
  assert.equal(detail.valueQuantity.value, 2);
  assert.deepEqual(extension('/extension-itemPreAuthPeriod').valuePeriod, { start: '2026-04-01', end: '2026-05-31' });
});

test('a denial with a reason and no note is refused kindly, and what was chosen stays', async () => {
  const { id } = await pended('row-13-not-met-adult');
  await openConsole(`case/${id}`);
  await page.selectOption('#item-1', 'A3');
  await page.selectOption('#decision label:has-text("Reason") select', '0F');
  await page.getByLabel('Your name').fill('Reviewer 7');
  await previewed();
  await page.waitForSelector('#preview [role=alert]');
  assert.match(await page.textContent('#preview'), /Not yet.*a denial needs a reason and a note/s);
  assert.equal(await page.inputValue('#decision label:has-text("Reason") select'), '0F');
  await shoot(page, 'refused');
  await expectAccessible(page);
  assert.equal((await (await fetch(`${adapter.admin}/admin/cases/${id}`)).json()).revision, 1, 'nothing was stored');
});

test('a case is found, read and decided by keyboard alone', async () => {
  const { id } = await pended('row-02-insulin-pump');
  await openConsole('queue');
  await page.waitForSelector('.queue tbody tr');
  const press = async (...keys) => { for (const key of keys) await page.keyboard.press(key); };
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent);
  await press('?');
  assert.ok(await page.locator('dialog[open]').isVisible());
  await shoot(page, 'keys');
  await press('Escape');
  await page.waitForSelector('dialog[open]', { state: 'detached' });
  await press('/');
  await page.waitForFunction(() => document.activeElement.id === 'search');
  await page.keyboard.type('E0784');
  await press('Enter', 'j', 'k', 'Enter');
  await page.waitForSelector('#decision');
  assert.ok(page.url().endsWith(`#case/${id}`), page.url());
  await press('d');
  assert.equal(await focused(), 'item-1');
  await press('ArrowDown');
  assert.equal(await page.inputValue('#item-1'), 'A1');
  await press('Tab');
  assert.equal(await focused(), 'item-1-note');
  await press('Tab');
  await page.keyboard.type('Reviewer 9');
  await press('Enter');
  await page.waitForSelector('#confirm');
  assert.equal(await focused(), 'confirm', 'what comes next has the focus');
  await press('Enter');
  await saysDecided();
  const now = await (await fetch(`${adapter.admin}/admin/cases/${id}`)).json();
  assert.equal(now.items[0].action, 'A1');
  assert.equal(now.history.at(-1).actor, 'Reviewer 9');
});

test('information arrives while the page is open: nothing is overwritten, and the queue tells of it', async () => {
  const { bundle, id } = await pended('row-10-two-documents-missing');
  const record = await (await fetch(`${adapter.admin}/admin/cases/${id}`)).json();
  const [wanted] = record.items[0].state.decision.documents;
  await openConsole(`case/${id}`);
  await page.selectOption('#item-1', 'A1');
  await page.getByLabel('Your name').fill('Reviewer 7');
  const urlOf = (type) => bundle.entry.find((entry) => entry.resource.resourceType === type).fullUrl;
  const coding = [{ system: 'http://loinc.org', code: wanted.loinc }];
  const sent = await post(`${adapter.url}/fhir/$submit-attachment`, {
    resourceType: 'Parameters', parameter: [
      { name: 'TrackingId', valueIdentifier: { value: `${id}-attachments` } },
      { name: 'AttachTo', valueCode: 'preauth' },
      { name: 'MemberId', valueIdentifier: { value: record.memberId } },
      { name: 'Attachment', part: [
        { name: 'LineItem', valueString: '1' }, { name: 'Code', valueCodeableConcept: { coding } },
        { name: 'Content', resource: {
          resourceType: 'DocumentReference', id: 'later', status: 'current', docStatus: 'preliminary', type: { coding },
          subject: { reference: urlOf('Patient') }, date: '2026-02-20T10:00:00-05:00', author: [{ reference: urlOf('Practitioner') }],
          content: [{ attachment: { contentType: 'text/plain', data: Buffer.from('A page that came later.').toString('base64') } }],
        } }] }],
  });
  assert.equal(sent.status, 200, JSON.stringify(sent.body));
  await previewed();
  await page.waitForSelector('#changed section');
  assert.match(await page.textContent('#changed'), /has changed.*Nothing of yours was stored.*information arrived/s);
  await shoot(page, 'arrived');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Load the case as it is now' }).click();
  await page.waitForFunction(() => document.getElementById('main').textContent.includes('A page that came later.'));
  assert.match(await page.locator('summary', { hasText: 'arrived' }).textContent(), /DocumentReference/, 'it is marked among the documents');
  await page.getByRole('button', { name: 'a message of the EHR' }).click();
  assert.match(await page.evaluate(() => document.activeElement.parentNode.textContent), /A page that came later\./);
  await page.keyboard.press('u');
  await page.waitForSelector(`tr[data-id="${id}"]`);
  assert.match(await page.textContent(`tr[data-id="${id}"]`), /information arrived/);
  await shoot(page, 'queue-arrived');
  await expectAccessible(page);
});
