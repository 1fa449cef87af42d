// The reviewer's console: from $submit by API to a decision by clicks to the notification.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { expectAccessible, launch, openPage, post, sample, shoot, startAdapter, startListener, submit, subscription } from './fixture.mjs';

const kOrganization = '2093401281';  // that asks in the sample
const kEvil = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';

let adapter;
let browser;
let page;

before(async () => {
  adapter = await startAdapter();
  browser = await launch();
  page = await openPage(browser);
});
after(async () => {
  await browser?.close();
  await adapter?.stop();
  assert.deepEqual(page?.complaints.filter((text) => !text.startsWith('Failed to load')), [], 'what the browser complained of');
  assert.deepEqual([...(page?.hosts || [])], [new URL(adapter.admin).host], 'no other host is asked');
});

const openConsole = async (fragment = 'queue') => {
  await page.goto('about:blank');
  await page.goto(`${adapter.admin}/console#${fragment}`);
  await page.waitForSelector('h1');
};

test('the static files are strict and kept', async () => {
  const first = await fetch(`${adapter.admin}/console`);
  const html = await first.text();
  const policy = first.headers.get('content-security-policy');
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe|http:|\*/);
  const again = await fetch(`${adapter.admin}/console`, { headers: { 'If-None-Match': first.headers.get('etag') } });
  assert.equal(again.status, 304);
  const script = /src="([^"]+)"/.exec(html)[1];
  const asset = await fetch(adapter.admin + script);
  assert.match(asset.headers.get('cache-control'), /immutable/);
  assert.equal((await fetch(adapter.admin + script.replace(/[0-9a-f]{16}/, '0000000000000000'))).status, 404);
});

test('the queue is searched, sorted and walked by keyboard', async () => {
  for (const name of ['row-13-not-met-adult', 'row-02-insulin-pump', 'tidewater-three-items', 'row-10-prescription-too-old']) {
    const bundle = await sample(name);
    if (name === 'row-02-insulin-pump') bundle.entry[0].resource.priority = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/processpriority', code: 'stat' }] };
    await submit(adapter, bundle);
  }
  await openConsole();
  await page.waitForSelector('.queue tbody tr');
  assert.equal(await page.locator('.queue tbody tr').count(), 4);
  assert.match(await page.locator('.queue tbody tr').first().textContent(), /expedited/, 'the soonest deadline is first');
  await shoot(page, 'queue');
  await page.emulateMedia({ colorScheme: 'dark' });
  await shoot(page, 'queue-dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.evaluate(() => document.getElementById('main').append(...['good', 'warn', 'bad', 'wait', 'plain'].map((kind) => {
    const chip = document.createElement('span');
    chip.className = `chip ${kind}`;
    chip.textContent = kind;
    return chip;
  })));
  await expectAccessible(page);
  const rows = page.locator('.queue tbody tr');
  await page.getByLabel('Payer').selectOption('tidewater');
  assert.equal(await rows.count(), 1);
  await page.getByLabel('Payer').selectOption('');
  await page.getByLabel('Urgency').selectOption('expedited');
  assert.equal(await rows.count(), 1);
  await page.getByLabel('Urgency').selectOption('');
  const members = () => page.locator('.queue td:nth-child(4)').allTextContents();
  await page.getByRole('button', { name: 'Member' }).click();
  const upward = await members();
  assert.deepEqual(upward, [...upward].sort());
  await page.getByRole('button', { name: 'Member' }).click();
  assert.deepEqual(await members(), upward.reverse());
  await page.getByRole('button', { name: 'Deadline' }).click();
  await page.keyboard.press('/');
  await page.keyboard.type('E0784');
  assert.equal(await rows.count(), 2);
  await page.fill('#search', '');
  await page.keyboard.press('Escape');
  const chosen = () => page.getAttribute('tr[aria-selected=true]', 'data-id');
  const first = await chosen();
  await page.keyboard.press('j');
  const second = await chosen();
  assert.notEqual(second, first);
  await page.keyboard.press('Enter');
  await page.waitForSelector('#decision');
  assert.ok(page.url().endsWith(`#case/${second}`), 'the address names the case by its id alone');
  await page.keyboard.press('u');
  await page.waitForSelector('.queue');
});

test('a case is denied by clicks, and the submitter is told', async () => {
  const listener = await startListener();
  const told = await post(`${adapter.url}/fhir/Subscription`, subscription(kOrganization, listener.url));
  assert.equal(told.status, 201, JSON.stringify(told.body));
  await listener.next((body) => JSON.stringify(body).includes('"handshake"'));
  const bundle = await sample('row-13-not-met-adult');
  bundle.entry[0].resource.identifier[0].value += '-denied';
  const id = await submit(adapter, bundle);
  await openConsole(`case/${id}`);
  await page.waitForSelector('#decision');
  assert.match(await page.textContent('main'), /not met/);
  assert.ok(await page.locator('.tree li').count() > 3, 'the criteria have a tree');
  await shoot(page, 'case');
  await page.getByRole('button', { name: /^(Claim|DocumentReference|Patient)\./ }).first().click();
  await shoot(page, 'source');
  await expectAccessible(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  await shoot(page, 'case-dark');
  await page.emulateMedia({ colorScheme: 'light' });

  await page.selectOption('#item-1', 'A3');
  await page.getByLabel('Your name').fill('Reviewer 7');
  await page.getByRole('button', { name: 'Preview the answer' }).click();
  await page.waitForSelector('#preview [role=alert]');
  assert.match(await page.textContent('#preview'), /a denial needs a reason and a note/);
  await page.selectOption('#decision label:has-text("Reason") select', '0F');
  await page.getByLabel('Note for the provider').fill('The criteria of section D are not met.');
  await page.getByRole('button', { name: 'Preview the answer' }).click();
  await page.waitForSelector('#confirm');
  assert.match(await page.textContent('#preview'), /A3 Not certified.*0F.*The criteria of section D are not met\./s);
  await page.locator('#confirm').scrollIntoViewIfNeeded();
  await shoot(page, 'preview');
  const before = await (await fetch(`${adapter.admin}/admin/cases/${id}`)).json();
  assert.equal(before.revision, 1, 'a preview stores nothing');
  await page.click('#confirm');
  await page.waitForFunction(() => document.getElementById('status').textContent.startsWith('Decided'));
  await shoot(page, 'decided');
  const heard = JSON.stringify(await listener.next((body) => JSON.stringify(body).includes('event-notification')));
  assert.ok(heard.includes('The criteria of section D are not met.') && heard.includes('"A3"'), heard);
  listener.stop();
});

test('information is asked for with the missing pieces chosen already', async () => {
  const bundle = await sample('row-10-prescription-too-old');
  bundle.entry[0].resource.identifier[0].value += '-asked';
  const id = await submit(adapter, bundle);
  await openConsole(`case/${id}`);
  await page.selectOption('#item-1', 'A4');
  const boxes = page.locator('#decision fieldset fieldset input[type=checkbox]');
  assert.ok(await boxes.count() > 0);
  assert.ok(await boxes.first().isChecked());
  await page.getByLabel('Your name').fill('Reviewer 7');
  await shoot(page, 'ask');
  await page.getByRole('button', { name: 'Preview the answer' }).click();
  await page.click('#confirm');
  await page.waitForFunction(() => document.getElementById('status').textContent.startsWith('Decided'));
  assert.match(await page.textContent('main'), /a reviewer decided/);
});

test('a change by someone else is told kindly, and nothing is overwritten', async () => {
  const bundle = await sample('row-02-insulin-pump');
  bundle.entry[0].resource.identifier[0].value += '-raced';
  const id = await submit(adapter, bundle);
  await openConsole(`case/${id}`);
  await page.selectOption('#item-1', 'A6');
  await page.getByLabel('Quantity').fill('1');
  await page.getByLabel('Your name').fill('Reviewer 7');
  await page.getByRole('button', { name: 'Preview the answer' }).click();
  await page.waitForSelector('#confirm');
  const other = await post(`${adapter.admin}/admin/cases/${id}/decision`,
    { revision: 1, reviewer: { name: 'Reviewer 8' }, items: [{ sequence: 1, action: 'A1' }] });
  assert.equal(other.status, 200);
  await page.click('#confirm');
  await page.waitForSelector('#changed section');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Load the case as it is now');
  assert.match(await page.textContent('#changed'), /has changed.*a reviewer decided, by Reviewer 8.*Item 1 is now A1/s);
  await shoot(page, 'conflict');
  await page.getByRole('button', { name: 'Load the case as it is now' }).click();
  await page.waitForFunction(() => document.body.textContent.includes('No item of this case waits'));
});

test('what a request holds never becomes markup', async () => {
  const bundle = await sample('row-13-not-met-adult');
  const claim = bundle.entry[0].resource;
  claim.identifier[0].value += '-evil';
  const ccda = `<ClinicalDocument xmlns="urn:hl7-org:v3"><title>Summary ${kEvil.replace(/</g, '&lt;')}</title><component><structuredBody>`
    + `<component><section><title>Plan</title><text><paragraph>Rest.</paragraph><list><item>One</item></list>`
    + '<table><tr><th>Day</th></tr><tr><td>Monday</td></tr></table><script xmlns="http://www.w3.org/1999/xhtml">window.hacked=1</script>'
    + '</text></section></component></structuredBody></component></ClinicalDocument>';
  const document = (index, contentType, text) => ({
    fullUrl: `urn:uuid:00000000-0000-4000-8000-00000000000${index}`,
    resource: {
      resourceType: 'DocumentReference', id: `evil-${index}`, status: 'current', description: kEvil,
      content: [{ attachment: { contentType, title: kEvil, data: Buffer.from(text).toString('base64') } }],
    },
  });
  const answer = await post(`${adapter.url}/fhir/Claim/$submit`, bundle);
  assert.equal(answer.status, 200);
  const id = answer.body.entry[0].resource.id;
  // As the page gets it, whatever validation would let through.
  await page.route('**/request', async (route) => {
    const response = await route.fetch();
    const material = await response.json();
    material.bundle.entry.push(document(1, 'text/plain', kEvil), document(2, 'application/xml', ccda), document(3, 'text/html', kEvil));
    await route.fulfill({ response, json: material });
  });
  await openConsole(`case/${id}`);
  await page.waitForSelector('.document');
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  assert.equal(await page.locator('main img, main script').count(), 0);
  assert.doesNotMatch(await page.textContent('.document section'), /hacked/);
  assert.match(await page.textContent('.document'), /Plan.*Rest\..*One.*Day.*Monday/s);
  await page.locator('.document').scrollIntoViewIfNeeded();
  await shoot(page, 'documents');
  await page.unroute('**/request');
});

test('the overview draws decisions by day and pends by age', async () => {
  await openConsole('overview');
  await page.waitForSelector('.chart rect');
  assert.equal(await page.locator('.chart').count(), 2);
  assert.match(await page.textContent('main'), /past their deadline/);
  await shoot(page, 'overview');
  await expectAccessible(page);
});
