// The pages keep themselves up to date, and nothing that is read, chosen or typed is moved or lost by it.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { expectAccessible, launch, openPage, post, sample, shoot, startAdapter, submit } from './fixture.mjs';

const kEvery = 15000;  // ms, as in refresh.js

let adapter;
let browser;
let page;
let asked;  // paths of the admin API with their status

async function pended(name = 'row-13-not-met-adult') {
  const bundle = await sample(name);
  bundle.entry[0].resource.identifier[0].value += `-${Math.random()}`;
  return submit(adapter, bundle);
}

async function openConsole(fragment, selector) {
  await page.goto(`${adapter.admin}/console#${fragment}`);
  await page.waitForSelector(selector);
  asked.length = 0;
}

// The hands rest, the time of a look comes, and its answer is there.
async function afterLook() {
  const answered = page.waitForResponse((response) => response.url().includes('/admin/'));
  await page.clock.runFor(kEvery + 100);
  await answered;
  await page.waitForTimeout(100);
}

const setHidden = (isHidden) => page.evaluate((value) => {
  Object.defineProperty(document, 'hidden', { value, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}, isHidden);
const shownIds = () => page.locator('#rows tr[data-id]').evaluateAll((rows) => rows.map((row) => row.dataset.id));
const decide = (id, more = {}) => post(`${adapter.admin}/admin/cases/${id}/decision`,
  { revision: 1, reviewer: { name: 'Reviewer 8' }, items: [{ sequence: 1, action: 'A1' }], ...more });

before(async () => {
  adapter = await startAdapter();
  browser = await launch();
});
beforeEach(async () => {
  await page?.context().close();
  page = await openPage(browser, { viewport: { width: 1280, height: 500 } });
  await page.clock.install();
  asked = [];
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (pathname.startsWith('/admin/')) asked.push(`${pathname} ${response.status()}`);
  });
});
after(async () => {
  await browser?.close();
  await adapter?.stop();
});

test('new cases come into the queue by themselves, and nothing moves', async () => {
  for (let i = 0; i < 12; ++i) await pended();
  await openConsole('queue', '#rows tr[data-id]');
  await page.evaluate(() => {
    window.said = [];
    new MutationObserver(() => window.said.push(document.getElementById('status').textContent))
      .observe(document.getElementById('status'), { childList: true });
  });
  await page.getByRole('button', { name: 'Age' }).click();
  await page.fill('#search', 'E0780');
  await page.keyboard.press('Enter');
  for (let i = 0; i < 7; ++i) await page.keyboard.press('j');
  const chosen = await page.getAttribute('tr[aria-selected=true]', 'data-id');
  await page.focus('tr[aria-selected=true] a');
  const place = () => page.locator('tr[aria-selected=true]').evaluate((row) => row.getBoundingClientRect().top);
  const top = await place();
  await page.evaluate(() => { window.said.length = 0; });

  const ids = [await pended(), await pended()];
  const other = await pended('row-02-insulin-pump');
  await afterLook();
  await page.waitForFunction(() => window.said.length > 0);
  assert.deepEqual(await page.evaluate(() => window.said), ['3 new cases, 1 outside of what is searched for.']);
  const now = await shownIds();
  assert.ok(ids.every((id) => now.includes(id)) && !now.includes(other), 'the search holds');
  assert.ok(now.indexOf(ids[1]) < now.indexOf(chosen), 'they were put above the chosen one, by age');
  assert.equal(await page.getAttribute('tr[aria-selected=true]', 'data-id'), chosen);
  assert.equal(await page.evaluate(() => document.activeElement.closest('tr')?.dataset.id), chosen, 'the focus stays');
  assert.ok(Math.abs(await place() - top) < 1, `the row stays where it was: ${top}, ${await place()}`);
  assert.equal(await page.inputValue('#search'), 'E0780');
  assert.equal(await page.getAttribute('th[aria-sort=ascending]', 'data-name'), 'age');
  assert.match(await page.textContent(`tr[data-id="${ids[0]}"]`), /new/);
  await shoot(page, 'queue-new');

  asked.length = 0;
  await afterLook();
  assert.deepEqual(asked, ['/admin/queue 304'], 'what has not changed is not sent again');
  assert.equal(await page.evaluate(() => window.said.length), 1, 'nothing new is not told');
});

test('a case that waits no more goes, and its neighbour is chosen', async () => {
  await openConsole('queue', '#rows tr[data-id]');
  const [first, second] = await shownIds();
  await page.focus(`tr[data-id="${first}"] a`);
  assert.equal((await decide(first)).status, 200);
  await afterLook();
  await page.waitForSelector(`tr[data-id="${first}"]`, { state: 'detached' });
  assert.equal(await page.getAttribute('tr[aria-selected=true]', 'data-id'), second);
  assert.equal(await page.evaluate(() => document.activeElement.closest('tr')?.dataset.id), second, 'the focus is not lost');
  assert.equal(await page.textContent('#status'), 'The chosen case waits no more.');
});

test('rows wait for a hand that moves', async () => {
  await openConsole('queue', '#rows tr[data-id]');
  const before = (await shownIds()).length;
  await pended();
  await page.clock.runFor(kEvery - 500);
  await page.mouse.move(300, 300);
  const answered = page.waitForResponse((response) => response.url().includes('/admin/queue'));
  await page.clock.runFor(600);
  await answered;
  await page.waitForTimeout(50);
  assert.equal((await shownIds()).length, before, 'the hand was there half a second ago');
  await page.clock.runFor(1000);
  await page.waitForFunction((count) => document.querySelectorAll('#rows tr[data-id]').length === count, before + 1);
});

test('a page that is hidden asks nothing, and at once when it is seen again', async () => {
  await openConsole('queue', '#rows tr[data-id]');
  await setHidden(true);
  await page.clock.runFor(4 * kEvery);
  assert.deepEqual(asked, []);
  const answered = page.waitForResponse((response) => response.url().includes('/admin/queue'));
  await setHidden(false);
  await answered;
});

test('deadlines go by while the page is open: green, amber, red, and in words', async () => {
  await openConsole('queue', '#rows tr[data-id]');
  const chip = page.locator('#rows tr[data-id] .chip').first();
  const shown = async () => [await chip.getAttribute('class'), await chip.textContent()];
  const after = async (days) => {
    await page.clock.fastForward(days * 86400 * 1000);
    await afterLook();
    return shown();
  };
  const [kind, text] = await shown();
  assert.equal(kind, 'chip good');
  assert.match(text, /^6 d 23 h left$/);
  const [soon, words] = await after(6);
  assert.equal(soon, 'chip warn');
  assert.match(words, /^23 h left, soon$/);
  const [late, by] = await after(2);
  assert.equal(late, 'chip bad');
  assert.match(by, /^late by 24 h$/);
  assert.ok(asked.every((line) => line.endsWith('304')), 'the clock alone has moved, and only here');
  await page.getByLabel('Urgency').selectOption('late');
  assert.ok(await page.locator('#rows tr[data-id]').count() > 0);
  await shoot(page, 'queue-late');
  await expectAccessible(page);
});

test('an adapter that does not answer is told quietly, asked less often, and the list comes back', async () => {
  await openConsole('queue', '#rows tr[data-id]');
  let tries = 0;
  await page.route('**/admin/queue*', (route) => {
    tries += 1;
    return route.abort();
  });
  await page.clock.runFor(kEvery + 100);
  await page.waitForFunction(() => document.getElementById('freshness').textContent);
  assert.match(await page.textContent('#freshness'), /^This is of \d+:\d\d.*The adapter does not answer. It is tried again\.$/);
  assert.ok((await shownIds()).length > 0, 'the list stays');
  await shoot(page, 'queue-stale');
  await expectAccessible(page);
  await page.clock.runFor(kEvery + 100);
  assert.equal(tries, 1, 'slower after a failure');
  await page.clock.runFor(kEvery + 100);
  await page.waitForTimeout(50);
  assert.equal(tries, 2);
  await page.unroute('**/admin/queue*');
  await page.clock.runFor(4 * kEvery + 100);
  await page.waitForFunction(() => !document.getElementById('freshness').textContent);
});

test('a change by someone else is told while the case is read, and what was typed is there afterwards', async () => {
  const id = await pended('tidewater-three-items');
  await openConsole(`case/${id}`, '#decision');
  await page.selectOption('#item-2', 'A6');
  await page.fill('#item-2-note', 'As it was agreed by telephone.');
  await page.selectOption('#item-3', 'A3');
  await page.fill('#item-3-note', 'A note that is not needed any more.');
  await page.locator('[name="2-quantity"]').fill('2');
  await page.focus('#item-2-note');
  await afterLook();
  assert.deepEqual(asked, [`/admin/cases/${id} 304`], 'the case alone is asked for, and not sent again');
  const top = await page.locator('#item-2-note').evaluate((note) => note.getBoundingClientRect().top);
  const decided = await decide(id, { items: [{ sequence: 3, action: 'A1' }] });
  assert.equal(decided.status, 200, JSON.stringify(decided.body));
  await afterLook();
  await page.waitForSelector('#changed section');
  assert.match(await page.textContent('#changed'), /has changed.*a reviewer decided, by Reviewer 8.*Item 3 is now A1/s);
  assert.doesNotMatch(await page.textContent('#changed'), /Item [12] is now/, 'of what stayed nothing is said');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'item-2-note', 'who types goes on typing');
  assert.equal(await page.locator('#item-2-note').evaluate((note) => note.getBoundingClientRect().top), top);
  await shoot(page, 'case-changed');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Load the case as it is now' }).click();
  await page.waitForFunction(() => !document.getElementById('item-3'));
  assert.equal(await page.inputValue('#item-2'), 'A6');
  assert.equal(await page.inputValue('[name="2-quantity"]'), '2');
  assert.ok(await page.locator('[name="2-quantity"]').isVisible(), 'as it was chosen');
  assert.equal(await page.inputValue('#item-2-note'), 'As it was agreed by telephone.');
  assert.match(await page.textContent('.left'), /item 3.*A note that is not needed any more\./s);
  assert.equal(await page.textContent('#changed'), '');
});

test("a decision of one's own is no change by someone else, and its draft ends with it", async () => {
  const id = await pended();
  await openConsole(`case/${id}`, '#decision');
  await page.selectOption('#item-1', 'A1');
  await page.getByLabel('Note for the provider').fill('Agreed.');
  await page.getByLabel('Your name').fill('Reviewer 7');
  await page.getByRole('button', { name: 'Preview the answer' }).click();
  await page.route('**/decision', async (route) => {
    await new Promise((resolve) => { setTimeout(resolve, 500); });
    await route.continue();
  });
  await page.waitForSelector('#confirm');
  asked.length = 0;
  await page.click('#confirm');
  await page.clock.runFor(2 * kEvery);
  await setHidden(true);
  await setHidden(false);
  assert.deepEqual(asked, [], 'nothing is asked beside it');
  await page.waitForFunction(() => document.getElementById('status').textContent.startsWith('Decided'));
  await afterLook();
  assert.equal(await page.textContent('#changed'), '');
  assert.equal(await page.locator('.left').count(), 0);
});

test('what is typed outlives a way to the queue and back', async () => {
  const id = await pended();
  await openConsole(`case/${id}`, '#decision');
  await page.selectOption('#item-1', 'A3');
  await page.fill('#item-1-note', 'Half a sentence');
  await page.focus('#main');
  await page.keyboard.press('u');
  await page.waitForSelector('.queue');
  await page.goBack();
  await page.waitForSelector('#decision');
  assert.equal(await page.inputValue('#item-1-note'), 'Half a sentence');
  assert.ok(await page.getByLabel('Reason').isVisible());
});

test('a page that was left while it loaded is not shown', async () => {
  const id = await pended();
  await openConsole('queue', '#rows tr[data-id]');
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route(`**/admin/cases/${id}`, async (route) => {
    await held;
    await route.continue();
  });
  await page.evaluate((fragment) => { location.hash = fragment; }, `case/${id}`);
  await page.waitForTimeout(100);
  await page.evaluate(() => { location.hash = 'overview'; });
  await page.waitForSelector('.chart');
  const answered = page.waitForResponse((response) => response.url().endsWith(id));
  release();
  await answered;
  await page.waitForTimeout(200);
  assert.equal(await page.textContent('h1'), 'Overview');
});
