// The element as a host page meets it. Nothing here depends on which scenario is shown.
import assert from 'node:assert/strict';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ask, frames, open, ready, serve, site, state, suite } from './harness.mjs';

// A page without an icon makes the browser ask for one, and complain that there is none.
const icon = '<link rel="icon" href="data:,">';

suite({
  async 'the page starts and says where it is'({ visit }) {
    const { page } = await visit();
    const now = await state(page);
    assert.equal(typeof now, 'object');
    assert.equal(now.kernel, 'original');
    assert.equal(typeof now.at.step, 'number');
  },

  async 'next and prev act at once, and the promise waits for the drawing'({ visit }) {
    const { page } = await visit();
    const seen = await page.evaluate(async () => {
      const element = document.querySelector('uvm-scope');
      const at = () => JSON.stringify(element.state().at);
      const text = () => element.shadowRoot.querySelector('.live').textContent;
      const start = at();
      const before = text();
      const next = element.next();
      const soon = at();
      await next;
      const after = text();
      await element.prev();
      return { start, soon, back: at(), drawn: before !== after, restored: text() === before };
    });
    assert.notEqual(seen.soon, seen.start);
    assert.equal(seen.back, seen.start);
    assert.ok(seen.drawn);
    assert.ok(seen.restored);
  },

  async 'a listener finds the new state and may go on from there'({ visit }) {
    const { page } = await visit();
    const steps = await page.evaluate(async () => {
      const element = document.querySelector('uvm-scope');
      const seen = [];
      document.addEventListener('uvmscope:step', (event) => {
        seen.push([event.target.localName, event.detail.at.step, element.state().at.step]);
        if (seen.length < 3) element.next();
      });
      await element.next();
      return seen;
    });
    assert.equal(steps.length, 3);
    for (const [name, told, found] of steps) {
      assert.equal(name, 'uvm-scope');
      assert.equal(told, found);
    }
  },

  async 'a place that does not exist is refused with a sentence'({ visit }) {
    const { page } = await visit();
    const refusal = await page.evaluate(() => document.querySelector('uvm-scope')
      .goto('no such place').then(() => null, (error) => error.message));
    assert.match(refusal, /no such place/);
  },

  async 'the kernel follows the method and the attribute'({ visit }) {
    const { page } = await visit();
    assert.equal((await ask(page, 'setKernel', 'committed')).kernel, 'committed');
    const kernel = await page.evaluate(() => {
      const element = document.querySelector('uvm-scope');
      element.setAttribute('kernel', 'later');
      return element.state().kernel;
    });
    assert.equal(kernel, 'later');
  },

  async 'play steps by itself'({ visit }) {
    const { page } = await visit();
    const { now, playing } = await page.evaluate(async () => {
      const element = document.querySelector('uvm-scope');
      const start = element.state().at;
      const step = () => new Promise((resolve) => {
        element.addEventListener('uvmscope:step', (event) => resolve(event.detail.at), { once: true });
      });
      await element.play();
      const playing = [start, await step(), await step()];
      await element.pause();
      return { now: element.state().at, playing };
    });
    const places = new Set(playing.map((at) => `${at.call}.${at.step}`));
    assert.equal(places.size, 3);
    assert.equal(now.step, playing[2].step);
  },

  async 'a moved element keeps its place'({ visit }) {
    const { page } = await visit();
    await ask(page, 'next');
    const [before, after, later] = await page.evaluate(async () => {
      const element = document.querySelector('uvm-scope');
      const before = element.state().at;
      const section = document.body.appendChild(document.createElement('section'));
      section.append(element);
      const after = element.state().at;
      element.remove();
      await new Promise((resolve) => { setTimeout(resolve); });
      const ready = new Promise((resolve) => {
        element.addEventListener('uvmscope:ready', resolve, { once: true });
      });
      document.body.append(element);
      await ready;
      return [before, after, element.state().at];
    });
    assert.deepEqual(after, before);
    assert.deepEqual(later, before);
  },

  async 'without script the light DOM shows'({ visit }) {
    // Chromium itself complains that it may not preload a script then.
    const { page } = await visit('', {
      javaScriptEnabled: false, start: false, complaints: 'expected',
    });
    assert.ok(await page.locator('uvm-scope .wide svg').isVisible());
  },

  async 'keys typed in the element stay in it'({ visit }) {
    const { page } = await visit();
    const before = await state(page);
    await page.evaluate(() => {
      window.keysSeen = [];
      document.addEventListener('keydown', (event) => window.keysSeen.push(event.key));
    });
    await page.locator('uvm-scope').getByRole('button').first().focus();
    await page.keyboard.press('ArrowRight');
    assert.notDeepEqual((await state(page)).at, before.at);
    assert.deepEqual(await page.evaluate(() => window.keysSeen), []);
  },

  async 'a panic is got over once, at the same place, and then the picture shows'({ visit }) {
    const { page } = await visit('', { complaints: 'expected' });
    const at = (await ask(page, 'next')).at;
    const fall = (glue) => page.evaluate(async (glue) => {
      const element = document.querySelector('uvm-scope');
      const ready = new Promise((resolve) => {
        element.addEventListener('uvmscope:ready', resolve, { once: true });
      });
      const core = await import(glue);
      try { core.fall_over(); } catch { /* the trap */ }
      return ready.then(() => element.state().at);
    }, glue);
    const glue = await page.evaluate(() => document.querySelector('link[rel=modulepreload]').href);
    assert.deepEqual(await fall(glue), at);
    await ask(page, 'next');
    await page.evaluate(async (glue) => {
      const core = await import(glue);
      try { core.fall_over(); } catch { /* the trap */ }
    }, `${glue}?generation=1`);
    await page.locator('uvm-scope .wide svg').waitFor({ state: 'visible' });
    assert.equal(await state(page), null);
  },

  async 'coming and going leaves memory where it was'({ visit }) {
    const { page, context } = await visit();
    const client = await context.newCDPSession(page);
    const glue = await page.evaluate(() => document.querySelector('link[rel=modulepreload]').href);
    const count = async () => {
      await client.send('HeapProfiler.collectGarbage');
      return client.send('Memory.getDOMCounters');
    };
    const measure = async () => {
      // The browser itself holds on to the last element for a while: the least of several counts is
      // what stays for good.
      const counts = [];
      for (let i = 0; i < 6; i += 1) {
        await frames(page);
        counts.push(await count());
      }
      const nodes = Math.min(...counts.map((it) => it.nodes));
      const jsEventListeners = Math.min(...counts.map((it) => it.jsEventListeners));
      const bytes = await page.evaluate(async (glue) => {
        const { memory } = await (await import(glue)).default();
        return memory.buffer.byteLength;
      }, glue);
      return { nodes, jsEventListeners, bytes };
    };
    const cycle = (times) => page.evaluate(async (times) => {
      for (let i = 0; i < times; i += 1) {
        const element = document.createElement('uvm-scope');
        const ready = new Promise((resolve) => {
          element.addEventListener('uvmscope:ready', resolve, { once: true });
        });
        document.body.prepend(element);
        await ready;
        element.remove();
        await null;
      }
    }, times);
    await cycle(20);
    const before = await measure();
    await cycle(200);
    const after = await measure();
    const change = `${JSON.stringify(before)} became ${JSON.stringify(after)}`;
    assert.ok(after.nodes <= before.nodes + 50, change);
    assert.ok(after.jsEventListeners <= before.jsEventListeners + 20, change);
    assert.equal(after.bytes, before.bytes, change);
  },

  async 'the site works below any path'({ browser }) {
    const server = await serve({ prefix: '/some/where' });
    const { page, context, complaints } = await open(browser, server.url);
    await ready(page);
    assert.deepEqual(complaints, []);
    await context.close();
    await server.close();
  },

  async 'ten elements share one module'({ server, visit }) {
    const from = server.requests.length;
    const { page } = await visit('ten.html');
    await page.waitForFunction(() => [...document.querySelectorAll('uvm-scope')]
      .every((element) => element.state() !== null));
    const modules = server.requests.slice(from).filter((it) => it.endsWith('.wasm'));
    assert.equal(modules.length, 1);
  },

  async 'an element far below starts when it is scrolled to'({ visit }) {
    const { page } = await visit('far.html', { start: false });
    await page.waitForFunction(() => customElements.get('uvm-scope'));
    await frames(page);
    assert.equal(await state(page), null);
    await page.locator('uvm-scope').scrollIntoViewIfNeeded();
    await page.waitForFunction(() => document.querySelector('uvm-scope').state() !== null);
  },

  async 'a site generator can import the script'() {
    const module = await import(pathToFileURL(path.join(site, 'uvmscope.js')));
    assert.equal(typeof module.UvmScope, 'function');
  },
}, {
  routes: {
    '/far.html': `<!doctype html>${icon}<link rel="stylesheet" href="far.css"><div class="tall"></div>`
      + '<uvm-scope><p>A picture</p></uvm-scope><script type="module" src="uvmscope.js"></script>',
    '/far.css': '.tall { height: 5000px; }',
    '/ten.html': `<!doctype html>${icon}${'<uvm-scope></uvm-scope>'.repeat(10)}`
      + '<script type="module" src="uvmscope.js"></script>',
  },
});
