// Narrow windows, keys that can be turned off, and what a person needs to read without knowing FHIR.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { expectAccessible, launch, openPage, sample, shoot, startAdapter, submit } from './fixture.mjs';

let adapter;
let browser;
let page;
const ids = {};

before(async () => {
  adapter = await startAdapter('--test-mode');
  browser = await launch();
  page = await openPage(browser, { viewport: { width: 400, height: 900 } });
  for (const name of ['row-13-not-met-adult', 'row-10-two-documents-missing', 'tidewater-three-items']) ids[name] = await submit(adapter, await sample(name));
});
after(async () => {
  await browser?.close();
  await adapter?.stop();
  assert.deepEqual(page?.complaints, [], 'what the browser complained of');
});

async function openConsole(fragment, selector) {
  await page.goto('about:blank');
  await page.goto(`${adapter.admin}/console#${fragment}`);
  await page.waitForSelector(selector);
}

// At the width of a telephone nothing is scrolled sideways: not the page, no table.
async function expectFits(name) {
  for (const colorScheme of ['dark', 'light']) {
    await page.emulateMedia({ colorScheme });
    await shoot(page, `${name}-400-${colorScheme}`);
  }
  const wide = await page.evaluate(() => [document.documentElement, ...document.querySelectorAll('.scroll, .card')]
    .filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => `${each.tagName}.${each.className}: ${each.scrollWidth} of ${each.clientWidth}`));
  assert.deepEqual(wide, [], `${name} is too wide`);
  await expectAccessible(page);
}

test('every page fits a narrow window', async () => {
  await openConsole('queue', '.queue tbody tr');
  await expectFits('queue');
  assert.ok(await page.getByRole('row').count() >= 4, 'a table to whoever cannot see it');
  await openConsole(`case/${ids['row-13-not-met-adult']}`, '#decision');
  await expectFits('case');
  await page.getByRole('button', { name: 'To the decision' }).click();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'item-1');
  await openConsole('overview', '.chart');
  await expectFits('overview');
  await page.goto(`${adapter.url}/try`);
  await page.waitForFunction(() => document.getElementById('request')?.value.includes('"Claim"'));
  await page.click('#submit');
  await page.waitForSelector('#trace details');
  await page.locator('#trace summary').first().click();
  await expectFits('try');
});

test('a preview tells what is asked for, and going back keeps the focus', async () => {
  await openConsole(`case/${ids['row-10-two-documents-missing']}`, '#decision');
  await page.selectOption('#item-1', 'A4');
  await expectAccessible(page);
  await page.getByRole('checkbox', { name: /52044-5/ }).uncheck();
  await page.getByLabel('Your name').fill('Reviewer 7');
  await page.getByRole('button', { name: 'Preview the answer' }).click();
  await page.waitForSelector('#confirm');
  const told = await page.textContent('#preview');
  assert.match(told, /Asked for: signed prescription for the pump \(52063-5\)/);
  assert.doesNotMatch(told, /Asked for: clinical documentation/);
  assert.equal(await page.locator('#preview td').first().evaluate((cell) => getComputedStyle(cell).display), 'block', 'its cells are stacked');
  await expectFits('preview');
  await page.getByRole('button', { name: 'Go back' }).click();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Preview the answer');
});

test('inputs are told in words, and lead to what they came from alone', async () => {
  await openConsole(`case/${ids['row-13-not-met-adult']}`, '#decision');
  const row = (name) => page.locator('.inputs tr', { has: page.locator('th', { hasText: new RegExp(`^${name}$`) }) }).first();
  assert.match(await row('member.age').textContent(), /\d+ years/);
  assert.match(await row('drug').textContent(), /2193 ceftriaxone/, 'a code with its words');
  assert.match(await row('device.rental.firstMonth').textContent(), /earlier requests/);
  assert.equal(await row('device.rental.firstMonth').locator('button').count(), 0, 'of what is no resource of the request');
  await openConsole(`case/${ids['row-10-two-documents-missing']}`, '#decision');
  assert.match(await row('clinicalDocument').textContent(), /none/);
});

test('a sort keeps the focus, and the way to the content keeps the page', async () => {
  await openConsole('queue', '.queue tbody tr');
  await page.getByRole('button', { name: 'Member' }).click();
  assert.match(await page.evaluate(() => document.activeElement.textContent), /Member/);
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press('Tab');
  await page.locator('.skip').focus();
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  assert.ok(page.url().endsWith('#queue'));
});

test('single keys can be turned off, and stay off', async () => {
  await openConsole('queue', '.queue tbody tr');
  await page.getByRole('button', { name: 'Keys' }).click();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Close');
  await expectAccessible(page);
  await page.getByLabel('These keys are on').uncheck();
  await page.keyboard.press('Escape');
  await openConsole('queue', '.queue tbody tr');
  const chosen = () => page.getAttribute('tr[aria-selected=true]', 'data-id');
  const before = await chosen();
  await page.keyboard.press('j');
  await page.keyboard.press('?');
  assert.equal(await chosen(), before);
  assert.equal(await page.locator('dialog[open]').count(), 0);
  await page.getByRole('button', { name: 'Keys' }).click();
  await page.getByLabel('These keys are on').check();
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  assert.notEqual(await chosen(), before);
  assert.equal(await page.evaluate(() => localStorage.length), 0);
});
