// The page as one file, opened from a disk with no network.
import assert from 'node:assert/strict';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ask, site, state, suite } from './harness.mjs';
import { app, press } from './reader.mjs';

const FILE = pathToFileURL(path.resolve(site, 'uvmscope.html')).href;

/** Opens the file, and lists what it asks for besides. */
async function opened(visit, hash = '') {
  const visited = await visit(`${FILE}${hash}`, { offline: true });
  const requests = [];
  visited.page.on('request', (request) => requests.push(request.url()));
  return { ...visited, requests };
}

suite({
  async 'the story plays to its panic and out of it'({ visit }) {
    const { page, requests } = await opened(visit);
    const start = await state(page);
    assert.deepEqual([start.scenario, start.kernel], ['mlock-zero', 'original']);
    assert.match((await ask(page, 'goto', '100%')).panic, /KASSERT/);
    await app(page).focus();
    const back = await press(page, 'ArrowLeft');
    assert.equal(back.panic, null);
    const other = await ask(page, 'setKernel', 'committed');
    assert.equal((await ask(page, 'goto', '100%')).panic, null);
    assert.equal(other.kernel, 'committed');
    await press(page, 'c', 'd');
    assert.ok((await state(page)).compare.divergence);
    assert.deepEqual(requests, []);
  },

  async 'a script is written, a scenario opened, a trace read by a worker'({ visit }) {
    const { page } = await opened(visit);
    await app(page).focus();
    await press(page, 's');
    await page.getByRole('textbox', { name: 'The script, one call a line' })
      .fill('mmap(0x10000, 8K, PROT_READ, MAP_FIXED|MAP_ANON, -1, 0)\nmlock(0x10000, 0)\n');
    await page.waitForFunction(() => document.querySelector('uvm-scope').state().scenario === '');
    await page.getByRole('button', { name: 'done', exact: true }).click();
    await app(page).focus();
    await press(page, 'g');
    await page.getByRole('dialog').locator('.card-button').nth(5).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.notEqual((await state(page)).scenario, '');
    const worker = page.waitForEvent('worker');
    const at = '0x7f1000000000';
    const trace = `742 mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = ${at}\n`
      + `742 mlock(${at}, 4096) = 0\n742 munlock(${at}, 4096) = 0\n`.repeat(6000);
    await app(page).focus();
    await press(page, 'i');
    const file = { name: 'trace', mimeType: 'text/plain', buffer: Buffer.from(trace) };
    await page.getByRole('dialog').getByLabel('or a file').setInputFiles(file);
    assert.match((await worker).url(), /^blob:/);
    await page.getByRole('heading', { level: 1, name: 'From strace' }).waitFor();
  },

  async 'a link behind the address opens, and is given'({ visit }) {
    const { page } = await opened(visit, '#lock-part/later@2.end');
    const now = await state(page);
    assert.deepEqual([now.scenario, now.kernel, now.at.call], ['lock-part', 'later', 2]);
    await app(page).focus();
    await press(page, 'l');
    const link = await page.getByRole('textbox', { name: 'Short link', exact: true }).inputValue();
    assert.ok(link.startsWith(`${FILE}#lock-part/later@2`), link);
    await page.getByText('From a file on a disk nothing can be put into other pages').waitFor();
  },

  async 'in a frame in a sandbox it runs, too'({ visit }) {
    const { page } = await visit('holder.html', { start: false });
    const handle = await (await page.locator('iframe').elementHandle()).contentFrame();
    await handle.waitForFunction(() => document.querySelector('uvm-scope')?.state?.() != null);
    assert.equal(await handle.evaluate(() => window.origin), 'null');
  },

  async 'without script the picture of the story shows'({ visit }) {
    const { page } = await visit(FILE, { javaScriptEnabled: false, start: false, complaints: 'expected' });
    assert.ok(await page.locator('uvm-scope .wide svg').isVisible());
  },
}, {
  plain: true,
  routes: {
    '/holder.html': '<!doctype html><link rel="icon" href="data:,">'
      + '<iframe title="uvmscope" sandbox="allow-scripts" src="uvmscope.html" width="900" height="700"></iframe>',
  },
});
