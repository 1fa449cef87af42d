// A case with a PDF and a C-CDA document: both shown in place, with their text.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { expectAccessible, launch, openPage, sample, shoot, startAdapter, submit } from './fixture.mjs';

let adapter;
let browser;
let page;

before(async () => {
  adapter = await startAdapter();
  browser = await launch();
  page = await openPage(browser);
  const bundle = await sample('row-07-rental-months-missing');  // its prescription is a PDF
  const other = await sample('criterion-a-chronic-iron-overload');
  bundle.entry.push(other.entry.find((entry) => JSON.stringify(entry).includes('"text/xml"')));
  await page.goto(`${adapter.admin}/console#case/${await submit(adapter, bundle)}`);
  await page.waitForSelector('.viewer');
});
after(async () => {
  await browser?.close();
  await adapter?.stop();
  assert.deepEqual(page?.complaints, [], 'what the browser complained of');
  assert.deepEqual([...(page?.hosts || [])], [new URL(adapter.admin).host], 'no other host is asked');
});

const viewerFrames = () => page.frames().filter((frame) => frame.url().startsWith('chrome-extension:'));

test('a PDF is shown beside its text', async () => {
  await page.locator('.viewer').scrollIntoViewIfNeeded();
  for (let tries = 0; tries < 100 && viewerFrames().length === 0; ++tries) await page.waitForTimeout(100);
  assert.equal(viewerFrames().length, 1, 'the viewer of the browser has it');
  const text = page.locator('.attachment', { has: page.locator('.viewer') }).locator('pre');
  assert.match(await text.textContent(), /Callum|Yevgenia/);
  await page.waitForTimeout(1500);  // the viewer tells nobody that it has drawn
  await shoot(page, 'pdf');
});

test('a C-CDA document is shown by its sections', async () => {
  await page.locator('.document').scrollIntoViewIfNeeded();
  assert.match(await page.textContent('.document'), /Prescription.*PLAN OF TREATMENT.*Diagnosis: E83\.110/s);
  await shoot(page, 'ccda');
  await expectAccessible(page);
});

test('what only says that it is a PDF is not framed, and no frame shows an address', async () => {
  await page.route('**/request', async (route) => {
    const response = await route.fetch();
    const material = await response.json();
    const { attachment } = material.bundle.entry.map((entry) => entry.resource)
      .find((resource) => resource.content?.[0].attachment.contentType === 'application/pdf').content[0];
    attachment.data = Buffer.from('<script>window.hacked = 1</script>').toString('base64');
    await route.fulfill({ response, json: material });
  });
  await page.keyboard.press('r');
  await page.waitForFunction(() => !document.querySelector('.viewer'));
  await page.unroute('**/request');
  const policy = (await fetch(`${adapter.admin}/console`)).headers.get('content-security-policy');
  assert.match(policy, /; frame-src blob:;/);
});
