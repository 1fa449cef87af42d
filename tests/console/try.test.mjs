// The tester's page: submit, faults at their lines, scripted outcomes, notifications at the listener; and that it is
// not there without the test mode.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { expectAccessible, launch, openPage, shoot, startAdapter } from './fixture.mjs';

let adapter;
let browser;
let page;

before(async () => {
  adapter = await startAdapter('--test-mode');
  browser = await launch();
  page = await openPage(browser);
  await page.goto(`${adapter.url}/try`);
  await page.waitForFunction(() => document.getElementById('request')?.value.includes('"Claim"'));
});
after(async () => {
  await browser?.close();
  await adapter?.stop();
  assert.deepEqual(page?.complaints.filter((text) => !text.startsWith('Failed to load')), []);
  assert.deepEqual([...(page?.hosts || [])], [new URL(adapter.url).host]);
});

test('a sample is submitted and its answer stands beside it', async () => {
  await page.click('#submit');
  await page.waitForSelector('#answer .chip');
  assert.match(await page.textContent('#answer'), /HTTP 200 in [\d.]+ ms.*Item 1: A1 Certified in total/s);
  const [sent, got] = await Promise.all(['#request', '#answer'].map((id) => page.locator(id).boundingBox()));
  assert.ok(sent.x + sent.width <= got.x && sent.y < got.y + got.height && got.y < sent.y + sent.height, 'beside each other');
  await page.waitForSelector('#trace details');
  assert.match(await page.textContent('#trace'), /POST \/fhir\/Claim\/\$submit.*200.* ms/s);
  await shoot(page, 'try');
  await expectAccessible(page);
});

test('faults stand at their lines', async () => {
  await page.selectOption('#sample', 'broken-05-first-entry-not-claim');
  await page.waitForFunction(() => !document.getElementById('request').value.slice(0, 400).includes('"Claim"'));
  await page.click('#submit');
  await page.waitForSelector('.fault-text');
  assert.match(await page.textContent('#answer'), /HTTP 400/);
  const [line] = await page.locator('.lines code.fault').evaluateAll((marked) => marked.map((each) => [...each.parentNode.querySelectorAll('code')].indexOf(each)));
  const text = (await page.inputValue('#request')).split('\n');
  assert.match(text.slice(line, line + 2).join(' '), /"resource": \{ +"resourceType": "Organization"/, 'what stands first in place of the Claim');
  assert.ok(await page.locator('.fault').first().isVisible());
  await shoot(page, 'try-faults');
  await expectAccessible(page);
});

test('what is no error is not told as one, and a fault without a place stands above the lines', async () => {
  await page.selectOption('#sample', 'row-09-a1-deferoxamine-overload');
  await page.waitForFunction(() => document.getElementById('request').value.includes('row-09'));
  await page.click('#validate');
  await page.waitForFunction(() => document.getElementById('answer').textContent.includes('HTTP 200'));
  assert.ok(await page.locator('.fault.plain').count() > 0, 'information');
  assert.equal(await page.locator('.fault.bad, .fault-text.bad').count(), 0);
  const last = page.locator('.issues button').last();
  const line = Number((await last.textContent()).split(' ')[1]);
  await last.click();
  const isSeen = await page.locator('.lines code').nth(line - 1).evaluate((code) => {
    const [inner, outer] = [code, code.parentNode].map((each) => each.getBoundingClientRect());
    return inner.top >= outer.top - 1 && inner.top < outer.bottom;
  });
  assert.ok(isSeen, `line ${line} is led to`);
  await shoot(page, 'try-valid');
  await expectAccessible(page);
  await page.fill('#request', '{"resourceType": "Bundle",');
  await page.click('#submit');
  await page.waitForFunction(() => document.getElementById('answer').textContent.includes('HTTP 400'));
  assert.match(await page.textContent('.issues'), /error The body is not JSON.*line 1/s);
  const outcome = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'transient', details: { text: 'Try again.' } }] };
  await page.route('**/fhir/Claim/$submit', (route) => route.fulfill({ status: 503, json: outcome }));
  await page.click('#submit');
  await page.waitForFunction(() => document.querySelector('.issues').textContent.includes('Try again.'));
  await page.unroute('**/fhir/Claim/$submit');
  assert.equal(await page.locator('.fault').count(), 0, 'no line is blamed');
});

test('what was opened of trace and notifications stays open when more comes', async () => {
  await page.locator('#trace summary').first().click();
  const shown = await page.locator('#trace details').count();
  await page.click('#submit');
  await page.waitForFunction((count) => document.querySelectorAll('#trace details').length === count + 1, shown);
  assert.equal(await page.locator('#trace details[open]').count(), 1);
  await shoot(page, 'try-trace');
  await expectAccessible(page);
});

test('an outcome is scripted, and its notification arrives on the page', async () => {
  await page.selectOption('#sample', 'row-13-not-met-adult');
  await page.waitForFunction(() => document.querySelector('[name=organization]').value !== '');
  await page.waitForFunction(() => document.getElementById('request').value.includes('"Claim"'));
  await page.getByRole('button', { name: 'Subscribe this page' }).click();
  await page.waitForFunction(() => document.getElementById('arrivals').textContent.includes('handshake'));
  await page.selectOption('[name=then]', 'A1');
  await page.fill('[name=after]', '1');
  await page.getByRole('button', { name: 'Queue it' }).click();
  await page.waitForFunction(() => document.getElementById('left').textContent.startsWith('1 '));
  await page.click('#submit');
  await page.waitForFunction(() => document.getElementById('answer').textContent.includes('A4 Pended'));
  await page.waitForFunction(() => document.getElementById('arrivals').textContent.includes('A1 Certified in total'));
  await page.locator('#arrivals summary').first().click();
  await page.waitForResponse((response) => response.url().includes('/test/notifications/'));
  await page.waitForTimeout(100);
  assert.equal(await page.locator('#arrivals details[open]').count(), 1, 'the next look leaves it open');
  await page.locator('#arrivals').scrollIntoViewIfNeeded();
  await shoot(page, 'try-notified');
  await expectAccessible(page);
});

test('the page is there in test mode only', async () => {
  const plain = await startAdapter();
  assert.equal((await fetch(`${plain.url}/try`)).status, 404);
  assert.equal((await fetch(`${plain.url}/console`)).status, 404, 'on the admin listener alone');
  await plain.stop();
});
