// Texts that a reader brings along: pasted, chosen as a file, or dropped on the page.
import assert from 'node:assert/strict';
import { ask, frames, open, ready, serve, state, suite } from './harness.mjs';
import { app, place, press } from './reader.mjs';

const sheet = (page) => page.getByRole('dialog', { name: 'Import' });
const report = (page) => page.getByRole('region', { name: 'Import report' });
const title = (page) => page.getByRole('heading', { level: 1 }).textContent();

const BASE = 0x7f1000000000;
const hex = (n) => `0x${n.toString(16)}`;

const STRACE = `\
742 execve("./prog", ["./prog"], 0x7ffd) = 0
742 mmap(NULL, 65536, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = ${hex(BASE)}
742 openat(AT_FDCWD, "/etc/hosts", O_RDONLY) = 3
742 mlock(${hex(BASE)}, 8192) = 0
742 clone(child_stack=NULL, flags=SIGCHLD) = 743
743 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = ${hex(BASE + 0x100000)}
743 mlock(${hex(BASE + 0x100000)}, 4096) = 0
742 munlock(${hex(BASE)}, 4096) = 0
`;

async function paste(page, text) {
  await app(page).focus();
  await press(page, 'i');
  await sheet(page).getByLabel('The text').fill(text);
  await sheet(page).getByRole('button', { name: 'Show it' }).click();
}

/** Drops a file on the page, as the browser tells it. */
async function drop(page, name, bytes) {
  const data = await page.evaluateHandle(([name, bytes]) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(bytes)], name));
    return data;
  }, [name, [...Buffer.from(bytes)]]);
  const stage = page.locator('uvm-scope .stage');
  await stage.dispatchEvent('dragover', { dataTransfer: data });
  await stage.dispatchEvent('drop', { dataTransfer: data });
}

/** More than is read at once. */
const LONG = STRACE + '742 openat(AT_FDCWD, "/etc/hosts", O_RDONLY) = 3\n'.repeat(6000);

const NO_WORKERS = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
  + "img-src 'self' data:; connect-src 'self'; worker-src 'none'";

suite({
  async 'a pasted trace is shown at what it locks, with what was left out beside it'({ visit }) {
    const { page } = await visit();
    await paste(page, STRACE);
    await report(page).waitFor();
    assert.equal(await title(page), 'From strace');
    const now = await state(page);
    assert.deepEqual(now.errors, []);
    assert.equal(now.at.step, 0);
    assert.match(now.caption, /^mlock\(0x7f1000000000/);
    await report(page).getByText('Line by line').click();
    const lines = await report(page).locator('ol li').allTextContents();
    assert.ok(lines.some((line) => line.startsWith('line 3 dropped') && line.includes('openat')), lines.join('\n'));
    // The other process of the trace.
    await report(page).getByRole('combobox').selectOption('743');
    await page.waitForFunction((base) => document.querySelector('uvm-scope').state().script.includes(base), hex(BASE + 0x100000));
    // Closed, the report is gone and the script stays.
    const { script } = await state(page);
    await report(page).getByRole('button', { name: 'Close the report' }).click();
    await report(page).waitFor({ state: 'detached' });
    assert.equal((await state(page)).script, script);
    await app(page).focus();
    await press(page, 'z', 'z');
    assert.equal((await state(page)).scenario, 'mlock-zero');
  },

  async 'a file is read when it is chosen and when it is dropped'({ visit }) {
    const { page } = await visit();
    await app(page).focus();
    await press(page, 'i');
    const file = { name: 'prog.strace', mimeType: 'text/plain', buffer: Buffer.from(STRACE) };
    await sheet(page).getByLabel('or a file').setInputFiles(file);
    await report(page).waitFor();
    await drop(page, 'own.uvm', '# title: Dropped here\nkernel committed\nmlock(0x1000, 0) = 0\n');
    await page.getByRole('heading', { level: 1, name: 'Dropped here' }).waitFor();
    assert.equal((await state(page)).kernel, 'committed');
    assert.equal(await report(page).count(), 0);
  },

  async 'what cannot be read is told in the dialog, and nothing is lost'({ visit }) {
    const { page } = await visit();
    await ask(page, 'goto', '5.9');
    const before = await state(page);
    const refused = async (words) => {
      await sheet(page).getByRole('alert').filter({ hasText: words }).waitFor();
      const now = await state(page);
      assert.deepEqual([now.script, place(now)], [before.script, place(before)]);
    };
    await paste(page, 'Once upon a time\nthere was a kernel.\n');
    await refused('Once upon a time');
    assert.match(await sheet(page).getByLabel('The text').inputValue(), /^Once/);
    await sheet(page).getByRole('combobox').selectOption('kdump');
    await sheet(page).getByRole('button', { name: 'Show it' }).click();
    await refused('kdump');
    await press(page, 'Escape');
    await paste(page, '');
    await refused('empty');
    await press(page, 'Escape');
    await sheet(page).waitFor({ state: 'detached' });
    await drop(page, 'prog', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1]));
    await refused('zero byte');
    await press(page, 'Escape');
    // A trace that ends in the middle of a line is read as far as it goes.
    await paste(page, STRACE.slice(0, -20));
    await report(page).waitFor();
  },

  async 'a trace of 100,000 calls is run bit by bit, can be given up, and is there in the end'({ visit }) {
    const { page } = await visit();
    let workers = 0;
    page.on('worker', () => { workers += 1; });
    const pairs = Array.from({ length: 50_000 }, (_, n) => {
      const at = hex(BASE + (n % 16) * 4096);
      return `742 mlock(${at}, 4096) = 0\n742 munlock(${at}, 4096) = 0\n`;
    });
    const head = STRACE.split('\n').slice(0, 2).join('\n');
    await page.evaluate((text) => { window.long = text; }, `${head}\n${pairs.join('')}`);
    const bring = async () => {
      await app(page).focus();
      await press(page, 'i');
      await sheet(page).getByLabel('The text').evaluate((field) => { field.value = window.long; });
      await sheet(page).getByRole('button', { name: 'Show it' }).click();
    };
    // Seen in every frame: it may not be there for long.
    const running = (then) => page.waitForFunction((then) => {
      const root = document.querySelector('uvm-scope').shadowRoot;
      const bar = root.querySelector('.pending progress[value]');
      if (bar?.labels[0].textContent.startsWith('Running the script') !== true) return false;
      if (then === 'cancel') root.querySelector('.pending button').click();
      return true;
    }, then);
    await bring();
    await running('cancel');
    await page.locator('uvm-scope .pending').waitFor({ state: 'detached' });
    assert.match(await page.locator('uvm-scope .say .note').textContent(), /not run to its end/);
    assert.equal((await state(page)).scenario, 'mlock-zero');
    await bring();
    await running();
    await page.waitForFunction(() => document.querySelector('uvm-scope').state().pending === null, null, { timeout: 50_000 });
    await frames(page);
    const now = await state(page);
    assert.deepEqual(now.errors, []);
    assert.equal(await title(page), 'From strace');
    assert.equal(workers, 2, 'each time the text was read away from the page');
    await app(page).focus();
    const end = await press(page, 'End');
    assert.equal(end.at.call, 100_000);
  },

  async 'a text that is being read can be given up'({ visit }) {
    const { page, context } = await visit();
    let release;
    const held = new Promise((resolve) => { release = resolve; });
    await context.route('**/uvmscope-worker.js', async (route) => {
      await held;
      await route.continue();
    });
    await drop(page, 'long.strace', LONG);
    await page.getByText('Reading the text').waitFor();
    assert.equal((await state(page)).pending, 0);
    // Everything else goes on meanwhile.
    const before = await state(page);
    assert.notDeepEqual((await ask(page, 'next')).at, before.at);
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.getByText('Reading the text').waitFor({ state: 'detached' });
    assert.match(await page.locator('uvm-scope .say .note').textContent(), /not read/);
    release();
    await drop(page, 'long.strace', LONG);
    await report(page).waitFor();
    assert.equal(await title(page), 'From strace');
  },

  async 'without a worker a long text is read on the page'({ browser }) {
    const strict = await serve({ more: { 'content-security-policy': NO_WORKERS } });
    const { page, context, complaints } = await open(browser, strict.url);
    await ready(page);
    await drop(page, 'long.strace', LONG);
    await report(page).waitFor();
    assert.equal(await title(page), 'From strace');
    const ours = complaints.filter((it) => !/worker-src/.test(it));
    assert.deepEqual(ours, []);
    await context.close();
    await strict.close();
  },
});
