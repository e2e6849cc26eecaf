// How the picture moves, and that no key waits for it: every place is reached exactly, however it
// was come to and whatever was still moving.
import assert from 'node:assert/strict';
import { ask, frames, state, suite } from './harness.mjs';
import { look, markup, place, press } from './reader.mjs';

/** Slows every motion of the page down, so that a busy machine sees it, too. */
async function slowly({ page, context }, rate) {
  const client = await context.newCDPSession(page);
  await client.send('Animation.enable');
  await client.send('Animation.setPlaybackRate', { playbackRate: rate });
}

/**
 * Asks for a move and looks at the bars of the entries at each animation frame from then on, until
 * nothing moves, or at `atLeast` frames if nothing did.
 */
function filmed(page, method, words = [], atLeast = 6) {
  return page.evaluate(async ([method, words, atLeast]) => {
    const element = document.querySelector('uvm-scope');
    const svg = element.shadowRoot.querySelector('.uvm-scene');
    const bars = () => [...svg.querySelectorAll('[data-k^="entry-"]')].map((node) => {
      const { x, width } = node.querySelector('rect').getBoundingClientRect();
      return `${node.dataset.k} ${x.toFixed(2)} ${width.toFixed(2)}`;
    }).sort().join(', ');
    const film = [];
    await element[method](...words);
    let moving = true;
    while (film.length < atLeast || moving) {
      await new Promise(requestAnimationFrame);
      film.push(bars());
      moving = svg.getAnimations({ subtree: true }).length > 0;
      if (film.length > 3000) throw new Error('it moves without end');
    }
    return film;
  }, [method, words, atLeast]);
}

/** Where the bars are at a place that nothing moved to. */
async function still(visit, at) {
  const { page } = await visit('', { reducedMotion: 'reduce' });
  await ask(page, 'goto', at);
  const film = await filmed(page, 'goto', [at]);
  assert.equal(new Set(film).size, 1);
  return film[0];
}

/** Pseudo-random numbers below `n`, the same on every run. */
function dice(seed) {
  let now = seed;
  return (n) => {
    now = (Math.imul(now, 1664525) + 1013904223) >>> 0;
    return Math.floor((now / 2 ** 32) * n);
  };
}

/** Compares a page with a new one that goes straight to the same place. */
async function asFresh(page, visit, options) {
  const { now } = await look(page);
  const { page: other } = await visit('', options);
  await ask(other, 'goto', place(now));
  const { now: straight } = await look(other);
  assert.deepEqual({ ...now, note: null }, { ...straight, note: null });
  assert.deepEqual(await markup(page), await markup(other), place(now));
}

suite({
  async 'a cut is seen to happen: the bar parts over several frames, and ends exactly'({ visit }) {
    const opened = await visit();
    const { page } = opened;
    await slowly(opened, 0.25);
    await ask(page, 'goto', '3.cut');
    const before = await ask(page, 'prev');
    await page.waitForFunction(() => document.querySelector('uvm-scope').shadowRoot
      .querySelector('.uvm-scene').getAnimations({ subtree: true }).length === 0);
    const film = await filmed(page, 'next');
    const now = await state(page);
    assert.deepEqual([before.entries.length, now.entries.length], [1, 2]);
    assert.equal(now.event.ev, 'clip_start');
    assert.notEqual(film[0], film.at(-1), 'two frames a moment apart differ');
    assert.ok(new Set(film).size > 3, `${new Set(film).size} pictures in ${film.length} frames`);
    // Both pieces move: the one that is cut off, and the one that keeps its name.
    for (const key of ['entry-0', 'entry-1']) {
      const bar = film.map((picture) => picture.split(', ').find((it) => it.startsWith(`${key} `)));
      assert.ok(new Set(bar).size > 3, `${key}: ${bar[0]} … ${bar.at(-1)}`);
    }
    assert.equal(film.at(-1), await still(visit, place(now)));
  },

  async 'what stays in the picture stays the same node, from step to step'({ visit }) {
    const { page } = await visit();
    await ask(page, 'goto', '3.0');
    const lost = await page.evaluate(async () => {
      const element = document.querySelector('uvm-scope');
      const nodes = () => new Map([...element.shadowRoot.querySelectorAll('.uvm-scene [data-k]')]
        .map((node) => [node.dataset.k, node]));
      const lost = [];
      let before = nodes();
      let steps = 0;
      for (let at = null; JSON.stringify(element.state().at) !== at; steps += 1) {
        at = JSON.stringify(element.state().at);
        await element.next();
        await new Promise(requestAnimationFrame);
        const after = nodes();
        for (const [key, node] of before) {
          if (after.has(key) && after.get(key) !== node) lost.push(`${key} at ${at}`);
        }
        before = after;
      }
      return { lost, steps };
    });
    assert.ok(lost.steps > 100, `${lost.steps} steps`);
    assert.deepEqual(lost.lost, []);
  },

  async 'a count that changes counts in place, and a refused blade bounces'({ visit }) {
    const opened = await visit();
    const { page } = opened;
    await slowly(opened, 0.25);
    const running = (key) => page.evaluate((key) => document.querySelector('uvm-scope').shadowRoot
      .querySelector(`[data-k="${key}"]`).getAnimations({ subtree: true })
      .map(({ animationName }) => animationName ?? '').join(), key);
    await ask(page, 'goto', '3.refused');
    await frames(page);
    assert.equal(await running('blade'), '');
    await ask(page, 'prev');
    await ask(page, 'next');
    await frames(page);
    assert.match(await running('blade'), /refuse/);
    await ask(page, 'next');
    await frames(page);
    assert.match(await running('count-0'), /tick-up/);
  },

  async 'with reduced motion the first frame is the last'({ visit }) {
    const { page } = await visit('', { reducedMotion: 'reduce' });
    await ask(page, 'goto', '3.cut');
    await ask(page, 'prev');
    const before = await filmed(page, 'goto', [place(await state(page))]);
    const film = await filmed(page, 'next', [], 12);
    assert.equal((await state(page)).event.ev, 'clip_start');
    assert.equal(new Set(film).size, 1);
    assert.notEqual(film[0], before.at(-1));
    assert.equal(film.length, 12);
  },

  async 'a jump is not drawn out'({ visit }) {
    const { page } = await visit();
    await ask(page, 'goto', '3.0');
    const film = await filmed(page, 'goto', ['3.cut'], 12);
    assert.equal(film.length, 12);
    assert.equal(new Set(film).size, 1);
    assert.equal(film[0], await still(visit, '3.cut'));
  },

  async 'an element that only grows taller goes on moving'({ visit }) {
    const opened = await visit();
    const { page } = opened;
    await slowly(opened, 0.1);
    await ask(page, 'goto', '3.refused');
    await ask(page, 'prev');
    const height = () => page.locator('uvm-scope').evaluate((it) => it.getBoundingClientRect().height);
    const before = await height();
    // The words at the refused blade need room, so the element tells its size.
    await ask(page, 'next');
    await frames(page);
    await frames(page);
    assert.notEqual(await height(), before);
    const classes = await page.locator('.live .uvm-scene').getAttribute('class');
    assert.ok(!classes.includes('still'), classes);
  },

  async 'three quick keys, pressed while it moves, land on the exact state'({ visit }) {
    for (const key of ['ArrowRight', 'ArrowLeft']) {
      const opened = await visit();
      const { page } = opened;
      await slowly(opened, 0.1);
      await ask(page, 'goto', key === 'ArrowRight' ? '3.cut' : '5.count');
      await press(page, 'ArrowLeft');
      await page.evaluate(() => {
        window.moving = [];
        window.addEventListener('keydown', () => {
          window.moving.push(document.querySelector('uvm-scope').shadowRoot
            .querySelector('.uvm-scene').getAnimations({ subtree: true }).length > 0);
        }, { capture: true });
      });
      const { at } = await state(page);
      await Promise.all([key, key, key].map((it) => page.keyboard.press(it)));
      const step = key === 'ArrowRight' ? at.step + 3 : at.step - 3;
      assert.deepEqual((await state(page)).at, { ...at, step });
      // Once more, each key well into the motion of the one before.
      for (let i = 0; i < 3; i += 1) {
        await frames(page);
        await page.keyboard.press(key);
      }
      // What still moves when the first of them comes depends on how many of the quick keys fell into
      // one frame: only what a frame shows begins to move.
      assert.deepEqual((await page.evaluate(() => window.moving)).slice(-2), [true, true]);
      await asFresh(page, visit);
    }
  },

  async 'a long walk of keys and jumps ends where a straight way ends'({ visit }) {
    const { page } = await visit();
    const roll = dice(20190315);
    const KEYS = ['ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowLeft', 'ArrowLeft',
      'Shift+ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowLeft', 'ArrowDown', 'ArrowUp'];
    const last = Number(await page.getByRole('slider').getAttribute('max'));
    const places = new Set();
    for (let leg = 0; leg < 8; leg += 1) {
      for (let turn = 0; turn < 25; turn += 1) {
        if (roll(10) === 0) await ask(page, 'goto', roll(last + 1));
        else await page.keyboard.press(KEYS[roll(KEYS.length)]);
        if (roll(4) === 0) await frames(page);
      }
      places.add(place(await state(page)));
      await asFresh(page, visit);
    }
    assert.ok(places.size > 5, [...places].join());
  },

  async 'a walk through kernels and widths ends where a straight way ends'({ visit }) {
    const { page } = await visit();
    const roll = dice(15);
    for (const width of [900, 400, 1440]) {
      for (const kernel of ['committed', 'original']) {
        await ask(page, 'goto', roll(60) + 40);
        await ask(page, 'setKernel', kernel);
        await press(page, 'ArrowRight', 'Shift+ArrowRight', 'ArrowRight');
      }
      await page.setViewportSize({ width, height: 900 });
      await page.waitForFunction((width) => document.querySelector('uvm-scope').shadowRoot
        .querySelector('.app').matches(width >= 1160 ? '.wide' : width >= 700 ? '.medium' : '.narrow'), width);
      await press(page, 'ArrowRight');
      await frames(page);
      await asFresh(page, visit, { viewport: { width, height: 900 } });
    }
  },
});
