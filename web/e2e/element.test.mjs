// The element as a host page meets it. Nothing here depends on which scenario is shown.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ask, frames, open, ready, serve, site, state, suite } from './harness.mjs';

// A page without an icon makes the browser ask for one, and complain that there is none.
const icon = '<link rel="icon" href="data:,">';
const host = (inside) => `<!doctype html>${icon}<body>${inside}`
  + '<script type="module" src="uvmscope.js"></script>';

/** A blank page of a server that sends another policy. */
async function behind(browser, policy) {
  const server = await serve({
    more: { 'content-security-policy': policy },
    routes: {
      '/blank.html': `<!doctype html>${icon}`,
      '/picture.html': host('<uvm-scope><p>A picture</p></uvm-scope>'),
    },
  });
  return { server, ...await open(browser, `${server.url}blank.html`) };
}

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

  async 'who waits for a drawing that panics does not wait for ever'({ visit }) {
    const { page } = await visit('', { complaints: 'expected' });
    const glue = await page.evaluate(() => document.querySelector('link[rel=modulepreload]').href);
    const [before, after] = await page.evaluate(async (glue) => {
      const element = document.querySelector('uvm-scope');
      const core = await import(glue);
      const ready = new Promise((resolve) => {
        element.addEventListener('uvmscope:ready', resolve, { once: true });
      });
      const set = () => {
        try { core.fall_over(); } finally { delete slider.value; }
      };
      const slider = Object.defineProperty(
        element.shadowRoot.querySelector('.scrub'), 'value', { set, configurable: true },
      );
      const before = element.state().at;
      await element.next();
      await ready;
      return [before, element.state().at];
    }, glue);
    assert.deepEqual(after, { ...before, step: before.step + 1 });
    await ask(page, 'next');
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
    await cycle(2000);
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

  async 'the types name everything that state() tells'({ visit }) {
    const { page } = await visit('compare.html');
    const types = await readFile(path.join(site, 'uvmscope.d.ts'), 'utf8');
    const names = (name, from = '') => {
      const body = new RegExp(`interface ${name}${from} {\n([\\s\\S]*?)\n}`).exec(types)?.[1];
      assert.ok(body, name);
      return [...body.matchAll(/^ {2}(\w+)\??: /gm)].map((match) => match[1]);
    };
    const now = await ask(page, 'goto', '3.end');
    const same = (told, expected) => assert.deepEqual(Object.keys(told).sort(), expected.sort());
    const side = names('Side');
    same(now, [...side, ...names('State', ' extends Side')]);
    same(now.compare, [...side, 'divergence']);
    same(now.entries[0], names('Entry'));
    same(now.pages[0], names('Page'));
    same(now.broken[0], names('Broken'));
    same(now.code, names('Code'));
  },

  async 'a script in the element runs'({ visit }) {
    const { page } = await visit('own.html');
    const now = await state(page);
    assert.equal(now.script, '# title: Two pages\nmmap(0x10000, 8K, PROT_READ, MAP_FIXED|MAP_ANON, -1, 0)\nmlock(0x10000, 4K)\n');
    assert.equal(now.kernel, 'committed');
    assert.equal(now.scenario, '');
    await page.getByRole('heading', { name: 'Two pages' }).waitFor();
  },

  async 'what makes no sense shows the picture of the page and one sentence'({ visit }) {
    for (const [where, sentence] of [
      ['unknown.html', /mlock-zer.*mlock-zero/],
      ['wrong.html', /line 2.*mlok/],
      ['empty.html', /no calls/],
    ]) {
      const { page } = await visit(where, { start: false });
      await page.locator('uvm-scope .said').waitFor();
      assert.match(await page.locator('uvm-scope .said').textContent(), sentence);
      assert.ok(await page.getByText('A picture').isVisible());
      assert.equal(await state(page), null);
      // Asking it for more is answered, and is no uncaught error for who does not listen.
      const refusal = await page.evaluate(() => {
        const element = document.querySelector('uvm-scope');
        element.next();
        return element.goto(3).catch((error) => error.message);
      });
      assert.match(refusal, sentence);
    }
  },

  async 'an element that could not be shown starts once it makes sense'({ visit }) {
    const { page } = await visit('unknown.html', { start: false });
    await page.locator('uvm-scope .said').waitFor();
    await page.evaluate(() => document.querySelector('uvm-scope').setAttribute('scenario', 'lock-part'));
    await ready(page);
    assert.ok(await page.getByText('A picture').isHidden());
    assert.ok(await page.locator('uvm-scope .said').isHidden());
  },

  async 'attributes out of range are named, and the rest works'({ visit }) {
    const { page } = await visit('range.html');
    const { complaints, kernel } = await state(page);
    assert.equal(complaints.length, 7);
    assert.equal(kernel, 'original');
    const alert = page.getByRole('alert');
    for (const name of ['kernel', 'at', 'theme', 'controls', 'mode', 'lang', 'height']) {
      await alert.getByText(`${name}="`).first().waitFor();
      await page.evaluate((it) => document.querySelector('uvm-scope').removeAttribute(it), name);
    }
    await alert.waitFor({ state: 'detached' });
  },

  async 'a page that forbids WebAssembly keeps its picture and is told why'({ browser }) {
    const { page, context, complaints, server } = await behind(browser, "script-src 'self'");
    const told = [];
    page.on('console', (message) => told.push(message.text()));
    await page.goto(`${server.url}picture.html`);
    await page.locator('uvm-scope .said').waitFor();
    assert.match(await page.locator('uvm-scope .said').textContent(), /still picture/);
    assert.ok(await page.getByText('A picture').isVisible());
    assert.ok(told.some((text) => text.includes('wasm-unsafe-eval')), told.join());
    // The browser reports what the policy stopped; nothing else may complain.
    const ours = complaints.filter((it) => !/policy|Content Security Policy/.test(it));
    assert.deepEqual(ours, []);
    await context.close();
    await server.close();
  },

  async 'controls and mode go together in every way'({ visit }) {
    const { page } = await visit('ten.html');
    for (const controls of ['full', 'min', 'none']) {
      for (const mode of ['explore', 'predict', 'present']) {
        const shown = await page.evaluate(async ([controls, mode]) => {
          const element = document.querySelector('uvm-scope');
          element.setAttribute('controls', controls);
          element.setAttribute('mode', mode);
          await element.next();
          const root = element.shadowRoot;
          return {
            pictures: root.querySelectorAll('.uvm-scene').length,
            bars: root.querySelectorAll('header.bar').length,
            buttons: root.querySelectorAll('.controls button').length,
            complaints: element.state().complaints,
          };
        }, [controls, mode]);
        assert.equal(shown.pictures, 1);
        assert.equal(shown.bars, controls === 'full' ? 1 : 0);
        assert.equal(shown.buttons > 0, controls !== 'none', `${controls}: ${shown.buttons}`);
        assert.deepEqual(shown.complaints.length, mode === 'explore' ? 0 : 1);
      }
    }
  },

  async 'a host sets the colours through properties of its own'({ visit }) {
    const { page } = await visit('themed.html');
    const ground = () => page.evaluate(() => getComputedStyle(document.querySelector('uvm-scope')
      .shadowRoot.querySelector('.live')).backgroundColor);
    assert.equal(await ground(), 'rgb(1, 2, 3)');
    await page.evaluate(() => document.body.removeAttribute('class'));
    assert.equal(await ground(), 'rgb(250, 249, 246)');
    await page.evaluate(() => document.querySelector('uvm-scope').setAttribute('theme', 'dark'));
    assert.equal(await ground(), 'rgb(18, 22, 29)');
  },

  async 'the element speaks English in a page of any language'({ visit }) {
    const { page } = await visit('own.html');
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'de');
    assert.equal(await page.evaluate(() => document.querySelector('uvm-scope').shadowRoot
      .querySelector('.app').closest('[lang]').lang), 'en');
  },

  async 'paper gets the picture of the page, or that of the element where there is none'({ visit }) {
    for (const [where, own] of [['far.html', false], ['own.html', true]]) {
      const { page } = await visit(where, { start: false });
      await page.locator('uvm-scope').scrollIntoViewIfNeeded();
      await ready(page);
      await page.emulateMedia({ media: 'print' });
      assert.equal(await page.locator('uvm-scope .app').isVisible(), own, where);
      if (!own) assert.ok(await page.getByText('A picture').isVisible());
    }
  },

  async 'a site generator can import the script'() {
    const module = await import(pathToFileURL(path.join(site, 'uvmscope.js')));
    assert.equal(typeof module.UvmScope, 'function');
  },
}, {
  routes: {
    '/compare.html': host('<uvm-scope compare="committed"></uvm-scope>'),
    '/own.html': host(`<uvm-scope kernel="committed">
      <script type="text/uvmscope">
        # title: Two pages
        mmap(0x10000, 8K, PROT_READ, MAP_FIXED|MAP_ANON, -1, 0)
        mlock(0x10000, 4K)
      </script></uvm-scope>`).replace('<body>', '<html lang="de"><body>'),
    '/unknown.html': host('<uvm-scope scenario="mlock-zer"><p>A picture</p></uvm-scope>'),
    '/wrong.html': host(`<uvm-scope><p>A picture</p><script type="text/uvmscope">
      mlock(0x10000, 4K)
      mlok(0x10000, 4K)</script></uvm-scope>`),
    '/empty.html': host(`<uvm-scope><p>A picture</p>
      <script type="text/uvmscope"></script></uvm-scope>`),
    '/range.html': host('<uvm-scope kernel="orignal" at="99.9" theme="blue" controls="all"'
      + ' mode="predict" lang="de" height="tall"></uvm-scope>'),
    '/themed.html': host('<link rel="stylesheet" href="themed.css"><uvm-scope></uvm-scope>')
      .replace('<body>', '<body class="coal">'),
    '/themed.css': '.coal { --uvm-paper: rgb(1 2 3); }',
    '/far.html': `<!doctype html>${icon}<link rel="stylesheet" href="far.css"><div class="tall"></div>`
      + '<uvm-scope><p>A picture</p></uvm-scope><script type="module" src="uvmscope.js"></script>',
    '/far.css': '.tall { height: 5000px; }',
    '/ten.html': `<!doctype html>${icon}${'<uvm-scope></uvm-scope>'.repeat(10)}`
      + '<script type="module" src="uvmscope.js"></script>',
  },
});
