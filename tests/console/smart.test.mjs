// With --auth smart the page is read by anybody and shows nothing until it has a reviewer's token, which stays in the tab.

import assert from 'node:assert/strict';
import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch, openPage, post, sample, shoot, startAdapter } from './fixture.mjs';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const base64url = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

let adapter;
let browser;
let folder;

// By SMART Backend Services, as the client of that id.
async function tokenOf(id) {
  const url = `${adapter.url}/auth/token`;
  const head = base64url({ alg: 'RS384', typ: 'JWT', kid: 'key' });
  const claims = base64url({ iss: id, sub: id, aud: url, jti: randomUUID(), exp: Math.floor(Date.now() / 1000) + 120 });
  const signature = createSign('RSA-SHA384').update(`${head}.${claims}`).sign(privateKey).toString('base64url');
  const response = await fetch(url, {
    method: 'POST', body: new URLSearchParams({
      grant_type: 'client_credentials', client_assertion: `${head}.${claims}.${signature}`,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    }),
  });
  const answer = await response.json();
  assert.equal(response.status, 200, JSON.stringify(answer));
  return answer.access_token;
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'console-'));
  const key = { ...publicKey.export({ format: 'jwk' }), kid: 'key', use: 'sig' };
  await writeFile(join(folder, 'keys.json'), JSON.stringify({ keys: [key] }));
  const client = (id, rights) => `[[client]]\nid = "${id}"\nkeys = "${join(folder, 'keys.json')}"\n${rights}\n`;
  await writeFile(join(folder, 'clients.toml'),
    client('desk', 'roles = ["reviewer"]') + client('ehr', 'scopes = "system/Claim.crus"'));
  adapter = await startAdapter('--auth', 'smart', '--auth-clients', join(folder, 'clients.toml'));
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await adapter?.stop();
  if (folder) await rm(folder, { recursive: true });
});

test('the console asks for a token and works with it', async () => {
  const submitted = await post(`${adapter.url}/fhir/Claim/$submit`, await sample('row-13-not-met-adult'),
    { 'Content-Type': 'application/fhir+json', Authorization: `Bearer ${await tokenOf('ehr')}` });
  assert.equal(submitted.status, 200);
  const page = await openPage(browser);
  await page.goto(`${adapter.admin}/console`);
  await page.waitForSelector('#token');
  await shoot(page, 'token');
  await page.fill('#token', 'no-token');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.waitForFunction(() => document.getElementById('status').textContent.startsWith('The token was refused'));
  await page.fill('#token', await tokenOf('desk'));
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.waitForSelector('.queue tbody tr');
  assert.equal(await page.evaluate(() => localStorage.length), 0);
  assert.doesNotMatch(page.url(), /token/);
  const other = await (await browser.newContext()).newPage();
  await other.goto(`${adapter.admin}/console`);
  await other.waitForSelector('#token');
});

test('a client without the role is told so', async () => {
  const page = await openPage(browser);
  await page.goto(`${adapter.admin}/console`);
  await page.fill('#token', await tokenOf('ehr'));
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.waitForFunction(() => document.getElementById('main').textContent.includes('pas/review'));
  await page.getByRole('button', { name: 'Use another token' }).click();
  await page.waitForSelector('#token');
});
