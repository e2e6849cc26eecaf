// Measures the page in Chromium and prints every figure with its goal. Run by `cargo xtask bench page`.
//
// Each figure is a ratio of two that were taken in one run, by turns: this page's, and that of a
// bare page made with the same library, by the same build, from the same kind of server.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { launch, open, serve, site } from '../e2e/harness.mjs';

/** Milliseconds of one frame. */
const FRAME = 1000 / 60;
/** Keys that are pressed on each page before anything counts, in one turn, and in all. */
const WARM_UP = 200;
const TURN = 25;
const STEPS = 500;
/** Loads of each page. */
const LOADS = 15;

/** Lets the browser's clock tell microseconds. */
const FINE_CLOCK = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

const page = (body) => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Measuring</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="./page.css"><script type="module" src="./uvmscope.js"></script></head>
<body>${body}</body>
</html>`;
const embeds = (count) => page('<uvm-scope controls="none" height="200"></uvm-scope>'.repeat(count));

const OURS_STANDS = () => document.querySelector('uvm-scope').shadowRoot?.querySelector('svg.uvm-scene');
const BARE_STANDS = () => document.querySelector('#bare section');

// ---- figures

function quantile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}
const median = (values) => quantile(values, 0.5);
const p95 = (values) => quantile(values, 0.95);
const ms = (value) => `${value.toFixed(value < 100 ? 2 : 0)} ms`;
const times = (value) => `${value.toFixed(2)}x`;
const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

const rows = [];
/** `met` is nothing where there is no goal. */
function row(what, figure, reference = '', goal = '', met = null) {
  rows.push([what, figure, reference, goal, met === null ? '' : met ? 'met' : 'MISSED']);
}

function print() {
  const table = [['what', 'figure', 'reference', 'goal', ''], ...rows];
  const widths = table[0].map((_, column) => Math.max(...table.map((line) => line[column].length)));
  for (const line of table) {
    console.log(line.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd());
  }
}

// ---- steps

/**
 * In the page: notes when a key arrives, before anybody else sees it, and when the DOM below `root`
 * changed for the last time after that. The protocol by which the key came is not in between, and
 * neither is a frame.
 */
function watch(root) {
  const sample = { key: 0, settled: 0, laid: 0 };
  addEventListener('keydown', () => { sample.key = performance.now(); }, { capture: true });
  new MutationObserver(() => {
    sample.settled = performance.now();
    // What the browser would do for the next frame, to know what that costs.
    document.body.getBoundingClientRect();
    (root.querySelector('svg') ?? root.firstElementChild).getBoundingClientRect();
    sample.laid = performance.now();
  }).observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
  window.taken = () => new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(() => resolve({
      settled: sample.settled - sample.key, laid: sample.laid - sample.key,
    })));
  });
}

/** A page on which keys step on to the end of a stretch, and back again. */
class Walk {
  constructor(name, page, far) {
    Object.assign(this, { name, page, far, at: 0, way: 1, samples: [] });
  }

  async step() {
    if (this.at + this.way < 0 || this.at + this.way > this.far) this.way = -this.way;
    this.at += this.way;
    await this.page.keyboard.press(this.way > 0 ? 'ArrowRight' : 'ArrowLeft');
    const sample = await this.page.evaluate(() => window.taken());
    assert.ok(sample.settled > 0, `${this.name}: a key that changes nothing, at ${this.at} of ${this.far}`);
    return sample;
  }

  async turn(steps) {
    for (let n = 0; n < steps; n += 1) this.samples.push(await this.step());
  }

  get settled() { return this.samples.map((sample) => sample.settled); }
  get laid() { return this.samples.map((sample) => sample.laid); }
}

async function bareWalk(browser, bare) {
  const { page } = await open(browser, `${bare.url}?groups=200`);
  await page.locator('section[data-step]').focus();
  await page.evaluate(watch, await page.evaluateHandle(() => document.querySelector('#bare')));
  return new Walk('bare', page, 100);
}

/** In the page: changes the scenario, and tells how long that took and how much memory there is now. */
async function change(scenario) {
  const element = document.querySelector('uvm-scope');
  const drawn = () => element.shadowRoot.querySelector('.uvm-scene').getAttribute('aria-label');
  const [before, begin] = [drawn(), performance.now()];
  element.setAttribute('scenario', scenario);
  while (drawn() === before) await new Promise((resolve) => setTimeout(resolve));
  const took = performance.now() - begin;
  const glue = performance.getEntriesByType('resource').find(({ name }) => /-[0-9a-f]+\.js$/.test(name));
  const core = await import(glue.name);
  return { took, memory: (await core.default()).memory.buffer.byteLength };
}

/** Walks from the call of that number to the end of the run. */
async function pageWalk(browser, url, name, from, scenario) {
  const { page, complaints } = await open(browser, url);
  await page.waitForFunction(OURS_STANDS);
  if (scenario) {
    const { took, memory } = await page.evaluate(change, scenario);
    row(`opening: ${name}`, `${ms(took)}, ${(memory / 1e6).toFixed(0)} MB`);
  }
  assert.deepEqual(complaints, []);
  const far = await page.evaluate(async (from) => {
    const element = document.querySelector('uvm-scope');
    await element.goto(`${from}.0`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const { value, max } = element.shadowRoot.querySelector('.scrub');
    return max - value;
  }, from);
  await page.locator('uvm-scope section.app').focus();
  await page.evaluate(watch, await page.evaluateHandle(() => document.querySelector('uvm-scope').shadowRoot));
  return new Walk(name, page, far);
}

async function steps(browser, bare, measured) {
  const walks = [
    await bareWalk(browser, bare),
    await pageWalk(browser, measured.url, "the mail's script", 1),
    await pageWalk(browser, measured.url, 'a map of 1,000', 1001, 'bench-1000'),
    await pageWalk(browser, measured.url, 'a map of 100,000', 100_001, 'bench-100000'),
  ];
  for (const walk of walks) await walk.turn(WARM_UP);
  for (const walk of walks) walk.samples = [];
  for (let done = 0; done < STEPS; done += TURN) {
    for (const walk of walks) await walk.turn(TURN);
  }
  const [reference, ...ours] = walks;
  const floor = p95(reference.settled);
  const figure = (values) => `${ms(median(values))}, p95 ${ms(p95(values))}`;
  row('step: a bare page, 3 of 200 groups', figure(reference.settled), 'itself');
  for (const [n, walk] of ours.entries()) {
    const goal = [1.5, 2, 3][n];
    const value = p95(walk.settled);
    row(`step: ${walk.name}`, figure(walk.settled), `p95 ${times(value / floor)} the bare page's`,
      `at most ${times(goal)}`, value <= goal * floor);
    row('', '', `p95 ${times(value / FRAME)} a frame`, 'less than a frame', value < FRAME);
  }
  for (const walk of walks) row(`step with layout: ${walk.name}`, figure(walk.laid));
  for (const walk of walks) await walk.page.context().close();
}

// ---- what is transferred

/** Loads a page once and adds up what it asked for, as a server would send it. */
async function transfer(browser, server, folder, until) {
  server.requests.length = 0;
  const { page, context } = await open(browser, server.url);
  await page.waitForFunction(until);
  await context.close();
  let all = 0;
  const parts = [];
  for (const asked of new Set(server.requests)) {
    const name = asked.endsWith('/') ? `${asked}index.html` : asked;
    const content = await readFile(path.join(folder, name));
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
    const { length } = brotliCompressSync(content, { params });
    parts.push(`${path.extname(name).slice(1)} ${kB(length)}`);
    all += length;
  }
  return { all, parts: parts.join(', ') };
}

async function sizes(browser, bare, ours) {
  const [reference, value] = [
    await transfer(browser, bare, process.env.UVMSCOPE_BARE_SITE, BARE_STANDS),
    await transfer(browser, ours, site, OURS_STANDS),
  ];
  row('transfer (brotli 11)', kB(value.all), `${kB(reference.all)} an empty Yew page`,
    'at most 180 kB', value.all <= 180_000);
  row('', value.parts);
}

// ---- how it starts

/**
 * In the page, before anything of it: waits until what is looked for is there, then presses a key on
 * it and waits until that has changed something. Times count from the beginning of the navigation.
 */
function attend() {
  const sample = { compiles: 0, pictures: [] };
  window.sample = sample;
  for (const name of ['compile', 'compileStreaming', 'instantiate', 'instantiateStreaming']) {
    const real = WebAssembly[name];
    WebAssembly[name] = (source, ...rest) => {
      if (!(source instanceof WebAssembly.Module)) sample.compiles += 1;
      return real.call(WebAssembly, source, ...rest);
    };
  }
  const press = (root, section) => {
    const observer = new MutationObserver(() => {
      observer.disconnect();
      sample.key = performance.now();
    });
    observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
    section.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true, composed: true }));
  };
  const stands = (root, section) => {
    sample.pictures.push(performance.now());
    if (sample.pictures.length === 1) press(root, section);
  };
  // The element tells when it has started; what it draws is there some microtasks later.
  document.addEventListener('uvmscope:ready', async ({ target }) => {
    const root = target.shadowRoot;
    for (let n = 0; !root.querySelector('svg.uvm-scene'); n += 1) {
      await (n < 100 ? null : new Promise((resolve) => setTimeout(resolve)));
    }
    stands(root, root.querySelector('section'));
  });
  new MutationObserver((_, observer) => {
    const root = document.querySelector('#bare');
    const section = root?.querySelector('section');
    if (!section) return;
    observer.disconnect();
    stands(root, section);
  }).observe(document, { subtree: true, childList: true });
}

/** Loads a page into a browser that has seen nothing yet. */
async function load(browser, url, pictures = 1) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(attend);
  await page.goto(url);
  await page.waitForFunction((pictures) => window.sample.key && window.sample.pictures.length === pictures
    && performance.getEntriesByName('first-contentful-paint').length > 0, pictures);
  const sample = await page.evaluate(() => {
    const asked = performance.getEntriesByType('resource').filter((entry) => entry.name.endsWith('.wasm'));
    return {
      ...window.sample,
      requests: asked.length,
      received: Math.max(...asked.map((entry) => entry.responseEnd)),
      painted: performance.getEntriesByName('first-contentful-paint')[0].startTime,
    };
  });
  await context.close();
  return sample;
}

/** Loads several pages by turns; the first turn only warms up the browser and the server. */
async function loads(browser, pages) {
  const samples = pages.map(() => []);
  for (let turn = 0; turn <= LOADS; turn += 1) {
    for (const [n, [url, pictures]] of pages.entries()) {
      const sample = await load(browser, url, pictures);
      if (turn > 0) samples[n].push(sample);
    }
  }
  return samples;
}

async function starts(browser, bare, ours) {
  const [reference, samples] = await loads(browser, [[bare.url], [ours.url]]);
  const compare = (what, of) => {
    const [floor, value] = [reference, samples].map((all) => median(all.map(of)));
    row(`start: ${what}`, ms(value), `${times(value / floor)} an empty Yew page's ${ms(floor)}`,
      'at most 1.50x', value <= 1.5 * floor);
  };
  compare('first picture painted', (sample) => sample.painted);
  compare('first key accepted', (sample) => sample.key);
}

async function embedded(browser, ours) {
  const [one, ten] = await loads(browser, [[`${ours.url}embeds-1`, 1], [`${ours.url}embeds-10`, 10]]);
  const compare = (what, of, goal) => {
    const [floor, value] = [one, ten].map((all) => median(all.map(of)));
    row(`ten embeds: ${what}`, ms(value), `${times(value / floor)} one's ${ms(floor)}`,
      ...(goal ? ['at most 1.50x', value <= 1.5 * floor] : []));
  };
  compare('module received to first picture', (s) => s.pictures[0] - s.received, true);
  compare('module received to last picture', (s) => s.pictures.at(-1) - s.received);
  compare('navigation to last picture', (s) => s.pictures.at(-1));
  const compiles = Math.max(...ten.map((sample) => sample.compiles));
  const requests = Math.max(...ten.map((sample) => sample.requests));
  row('ten embeds: compiles', `${compiles} of ${requests} requested`, '', '1', compiles === 1 && requests === 1);
}

// ---- all of it

const bare = await serve({ folder: process.env.UVMSCOPE_BARE_SITE, more: FINE_CLOCK });
const ours = await serve({
  more: FINE_CLOCK, routes: { '/embeds-1': embeds(1), '/embeds-10': embeds(10) },
});
const measured = await serve({ folder: process.env.UVMSCOPE_BENCH_SITE, more: FINE_CLOCK });
const browser = await launch();
try {
  await steps(browser, bare, measured);
  await sizes(browser, bare, ours);
  await starts(browser, bare, ours);
  await embedded(browser, ours);
  print();
} finally {
  await browser.close();
  for (const server of [bare, ours, measured]) await server.close();
}
