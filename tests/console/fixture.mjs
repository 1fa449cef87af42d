// An adapter of its own, a Chromium, and a listener for notifications.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const kRoot = fileURLToPath(new URL('../..', import.meta.url));
const kStartMs = 60000;

export async function startAdapter(...more) {
  const child = spawn(process.env.PAS_ADAPTER, ['serve', '--listen', '127.0.0.1:0', '--admin-listen', '127.0.0.1:0',
    '--store', 'memory', '--providers', 'samples/providers.csv', '--notify-allow-http', '--notify-allow-host', '127.0.0.1',
    ...more], { cwd: kRoot, stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.on('data', (data) => { text += data; });
  const until = Date.now() + kStartMs;
  for (;;) {
    const admin = /admin routes at (http:\/\/[^/]+)/.exec(text);
    const ready = /is ready at (http:\/\/[^/]+)\/fhir/.exec(text);
    if (admin && ready) {
      return {
        url: ready[1], admin: admin[1],
        stop: () => new Promise((resolve) => {
          child.once('exit', resolve);
          child.kill('SIGTERM');
        }),
      };
    }
    if (child.exitCode !== null || Date.now() > until) throw new Error(`the adapter did not start: ${text}`);
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
}

export const sample = async (name) => JSON.parse(await readFile(join(kRoot, 'samples/bundles', `${name}.json`), 'utf8'));

export async function post(url, body, headers = { 'Content-Type': 'application/fhir+json' }) {
  const response = await fetch(url, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

// Submits it; the id of the case.
export async function submit(adapter, bundle) {
  const answer = await post(`${adapter.url}/fhir/Claim/$submit`, bundle);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return answer.body.entry[0].resource.id;
}

export async function startListener() {
  const bodies = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (data) => { text += data; });
    request.on('end', () => {
      bodies.push(JSON.parse(text));
      response.end();
    });
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    url: `http://127.0.0.1:${server.address().port}/hook`, bodies, stop: () => server.close(),
    async next(isWanted) {
      for (let tries = 0; tries < 600; ++tries) {
        const found = bodies.find(isWanted);
        if (found) return found;
        await new Promise((resolve) => { setTimeout(resolve, 50); });
      }
      throw new Error('no such notification came');
    },
  };
}

export function subscription(organization, endpoint) {
  const backport = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-';
  return {
    resourceType: 'Subscription', status: 'requested', reason: 'A test',
    criteria: 'http://hl7.org/fhir/us/davinci-pas/SubscriptionTopic/PASSubscriptionTopic',
    _criteria: { extension: [{ url: `${backport}filter-criteria`, valueString: `org-identifier=${organization}` }] },
    channel: {
      type: 'rest-hook', endpoint, payload: 'application/fhir+json',
      _payload: { extension: [{ url: `${backport}payload-content`, valueCode: 'full-resource' }] },
    },
  };
}

export const launch = () => chromium.launch({
  executablePath: process.env.PAS_CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
});

// A page that keeps what the browser complained of, and every host that was asked.
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, ...options });
  const page = await context.newPage();
  page.complaints = [];
  page.hosts = new Set();
  page.on('console', (message) => { if (message.type() === 'error') page.complaints.push(message.text()); });
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  page.on('request', (request) => { if (/^(http|ws)/.test(request.url())) page.hosts.add(new URL(request.url()).host); });
  page.setDefaultTimeout(30000);
  return page;
}

export const shoot = (page, name) => page.screenshot({ path: join(process.env.PAS_SCREENSHOTS, `${name}.png`) });

// The texts of a page whose contrast is less than 4.5:1 (WCAG 2.1 AA).
export const faintTexts = (page) => page.evaluate(() => {
  const rgba = (text) => (text.match(/[\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const back = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const faint = new Set();
  for (const element of document.querySelectorAll('body *')) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (element.placeholder && element.checkVisibility()) {
      const [a, b] = [light(rgba(getComputedStyle(element, '::placeholder').color)), light(back(element))].sort((x, y) => y - x);
      if ((a + 0.05) / (b + 0.05) < 4.5) faint.add(`placeholder: ${element.placeholder}`);
    }
    if (!hasText || !element.checkVisibility() || element.closest('title, noscript')) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(rgba(element.closest('svg') ? style.fill : style.color)), light(back(element))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) faint.add(`${element.tagName}.${element.className}: ${element.textContent.trim().slice(0, 40)}`);
  }
  return [...faint];
});

// Controls without a name for whoever cannot see them.
export const namelessControls = (page) => page.evaluate(() => [...document.querySelectorAll('input, select, textarea, button, a')]
  .filter((each) => each.checkVisibility() && !(each.labels?.length || each.textContent.trim() || each.getAttribute('aria-label')))
  .map((each) => each.outerHTML));

// Controls that a finger would miss: under 24 px (WCAG 2.2 AA, 2.5.8). A box counts with its label.
export const smallTargets = (page) => page.evaluate(() => [...document.querySelectorAll('input, select, textarea, button, a, summary')]
  .filter((each) => each.checkVisibility() && !each.matches('.skip'))
  .map((each) => [each, (each.type === 'checkbox' ? each.closest('label') : each).getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && (box.height < 23.9 || box.width < 23.9))
  .map(([each, box]) => `${each.outerHTML.slice(0, 80)}: ${Math.round(box.width)} by ${Math.round(box.height)}`));

export async function expectAccessible(page) {
  for (const colorScheme of ['dark', 'light']) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await faintTexts(page), [], `too faint in ${colorScheme}`);
  }
  assert.deepEqual(await namelessControls(page), []);
  assert.deepEqual(await smallTargets(page), [], 'too small');
}
