// Moving by what the run is made of: functions, marks of a kind, the strip of a call; with pointer,
// wheel and finger; at any pace; and undone, redone, and found again after a reload.
import assert from 'node:assert/strict';
import { ask, frames, ready, state, suite } from './harness.mjs';
import { app, change, look, move, openChanges, pair, place, press, slider, tool } from './reader.mjs';

// A page without an icon makes the browser ask for one, and complain that there is none.
const icon = '<link rel="icon" href="data:,">';

/** The strip of a call on the timeline. */
function track(page, call) {
  return page.getByRole('list', { name: 'Calls on the timeline' }).getByRole('listitem')
    .nth(call - 1).locator('.track');
}

/** A point of a strip: so far along it. */
async function along(page, call, part) {
  const box = await track(page, call).boundingBox();
  return { x: box.x + box.width * part, y: box.y + box.height / 3 };
}

/** A finger that is put down, moved and lifted, as the device tells it. */
async function finger(page, context) {
  const client = await context.newCDPSession(page);
  const send = (type, touchPoints) => client.send('Input.dispatchTouchEvent', { type, touchPoints });
  return {
    down: (at) => send('touchStart', [at]),
    move: (at) => send('touchMove', [at]),
    up: () => send('touchEnd', []),
  };
}

/** Every place that the element tells of from now on. */
async function watch(page) {
  await page.evaluate(() => {
    window.places = [];
    document.addEventListener('uvmscope:step', ({ detail: { at } }) => {
      window.places.push(`${at.call}.${at.step}`);
    });
  });
  return () => page.evaluate(() => window.places.splice(0));
}

/** From, over, back over, out, back out: by the calls of functions in the recorded run. */
const FUNCTIONS = [
  ['3.0', '3.30', '2.22', '3.30', '2.22'],
  ['3.1', '3.6', '3.0', '3.30', '3.0'],
  ['3.3', '3.4', '3.2', '3.6', '3.1'],
  ['3.16', '3.20', '3.15', '3.29', '3.8'],
  ['3.18', '3.19', '3.17', '3.20', '3.16'],
  ['3.30', '4.0', '3.0', '4.0', '3.0'],
  ['6.26', '6.27', '6.25', '6.30', '6.25'],
  // The machine stops in the function: there is no way out of it but back.
  ['6.33', '6.33', '6.32', '6.33', '6.30'],
];

/** Where the marks of each kind are, from the beginning to the end. */
const MARKS = {
  call: ['2.0', '3.0', '4.0', '5.0', '6.0'],
  cut: ['3.18', '5.19'],
  refused: ['3.21', '4.11', '5.16', '6.11', '6.20'],
  count: ['3.22', '5.22', '6.23'],
  console: ['6.29'],
  broken: ['3.22'],
  mended: [],
  nothing: ['3.28', '5.29'],
  silent: ['3.30'],
  panic: ['6.33'],
};

/** Presses a key until it leads nowhere; the places on the way. */
async function until(page, key) {
  const seen = [place(await state(page))];
  for (;;) {
    const here = place(await press(page, key));
    if (here === seen.at(-1)) return seen.slice(1);
    seen.push(here);
    assert.ok(seen.length < 100, 'it ends');
  }
}

/** What undoing has to bring back. */
async function setup(page) {
  const now = await state(page);
  const second = now.compare && [now.compare.kernel, now.compare.diagnostic];
  return { first: [now.kernel, now.diagnostic], second, at: place(now) };
}

/** Storage of which every use is an error, as in a sandbox. */
function withoutStorage() {
  for (const name of ['sessionStorage', 'localStorage', 'indexedDB']) {
    Object.defineProperty(window, name, {
      get() { throw new DOMException(`${name} is not to be had`, 'SecurityError'); },
    });
  }
}

suite({
  async 'over and out of functions, both ways, by keys and by buttons'({ visit }) {
    const { page } = await visit();
    for (const [from, over, overBack, out, outBack] of FUNCTIONS) {
      const key = async (name) => {
        await ask(page, 'goto', from);
        return place(await press(page, name));
      };
      assert.equal(await key('o'), over, `over from ${from}`);
      assert.equal(await key('Shift+O'), overBack, `back over from ${from}`);
      assert.equal(await key('u'), out, `out from ${from}`);
      assert.equal(await key('Shift+U'), outBack, `back out from ${from}`);
      for (const [name, to] of [['Step over what a function does', over], ['Step out of the function', out]]) {
        await ask(page, 'goto', from);
        await tool(page, name).click();
        assert.equal(place((await look(page)).now), to, `${name}, ${from}`);
      }
    }
    // From the beginning to the end, never deeper than the call itself.
    await press(page, 'Home');
    for (const step of await until(page, 'o')) {
      const { stack, at } = await ask(page, 'goto', step);
      assert.ok(stack.length <= 1 || at.call === 6, `${step}: ${stack}`);
    }
  },

  async 'the keys go to the marks of a chosen kind, and say which there are'({ visit }) {
    const { page } = await visit();
    const kinds = page.getByRole('combobox', { name: 'Marks to go to' });
    const words = await kinds.locator('option').allTextContents();
    assert.equal(words.length, 1 + Object.keys(MARKS).length);
    // Told apart by a sign of their own, not by a colour.
    assert.equal(new Set(words.map((it) => [...it][0])).size, words.length);
    // By the keyboard alone: the first arrow chooses the first kind, and so on.
    for (const [kind, places] of Object.entries(MARKS)) {
      await kinds.focus();
      await press(page, 'ArrowDown');
      assert.equal(await kinds.inputValue(), kind);
      await app(page).focus();
      await press(page, 'Home');
      assert.deepEqual(await until(page, 'Shift+ArrowRight'), places, kind);
      await press(page, 'End');
      const back = (await until(page, 'Shift+ArrowLeft')).reverse();
      // The end itself is none of those that lie before it, and the beginning is a call's.
      const before = places.filter((it) => it !== '6.33');
      assert.deepEqual(back, kind === 'call' ? ['1.0', ...before] : before, kind);
    }
    await kinds.selectOption('all marks');
    await app(page).focus();
    await press(page, 'Home');
    const all = new Set(Object.values(MARKS).flat());
    assert.deepEqual(new Set(await until(page, 'Shift+ArrowRight')), all);
  },

  async 'what is in a call stands on its strip, in words and in signs'({ visit }) {
    const { page } = await visit();
    const strip = page.getByRole('list', { name: 'Calls on the timeline' });
    const names = await strip.getByRole('button').evaluateAll(
      (them) => them.map((it) => it.getAttribute('aria-label')),
    );
    assert.equal(names[2], 'Call 3: mlock(p, 0); an entry is cut in two, a cut is refused, '
      + 'a wired_count changes, a promise is broken, pass 2 brings nothing in, '
      + 'success, with a promise broken');
    assert.match(names[5], /the kernel prints a line, the kernel panics$/);
    const signs = await track(page, 3).locator('.signs').innerText();
    assert.equal(signs.replaceAll(/\s/g, ''), '▲▽●◆∅◈');
  },

  async 'a press on the strip of a call goes to the step, and a drag goes along'({ visit }) {
    const { page } = await visit();
    const at = await along(page, 3, 0.5);
    await page.mouse.click(at.x, at.y);
    assert.equal(place((await look(page)).now), '3.15');
    const places = await watch(page);
    // Merely passing over it is no drag.
    const from = await along(page, 5, 0.1);
    await page.mouse.move(from.x, from.y, { steps: 5 });
    assert.deepEqual(await places(), []);
    await page.mouse.down();
    const to = await along(page, 5, 0.9);
    await page.mouse.move(to.x, to.y, { steps: 12 });
    const seen = await places();
    await page.mouse.up();
    assert.equal(seen[0], '5.3');
    assert.equal(seen.at(-1), '5.30');
    const steps = seen.map((it) => Number(it.split('.')[1]));
    assert.deepEqual(steps, steps.toSorted((a, b) => a - b));
    assert.ok(steps.length > 8, seen.join(' '));
    // Let go, it moves no more; and a drag leads on into the next call.
    await page.mouse.move(from.x, from.y);
    assert.deepEqual(await places(), []);
    await page.mouse.down();
    const next = await along(page, 6, 0.5);
    await page.mouse.move(next.x, next.y, { steps: 8 });
    await page.mouse.up();
    assert.match((await places()).at(-1), /^6\.1[67]$/);
    assert.deepEqual((await look(page)).now.playing, false);
  },

  async 'the wheel steps while it is over the timeline, and enlarges as ever'({ visit }) {
    const { page } = await visit('', { viewport: { width: 1440, height: 500 } });
    await ask(page, 'goto', '3.10');
    const over = await along(page, 3, 0.5);
    await page.evaluate((y) => window.scrollBy(0, y - 200), over.y);
    await frames(page);
    const { x, y } = await along(page, 3, 0.5);
    await page.mouse.move(x, y);
    const scrolled = () => page.evaluate(() => window.scrollY);
    const top = await scrolled();
    await page.evaluate(() => {
      window.taken = [];
      window.addEventListener('wheel', (event) => window.taken.push(event.defaultPrevented));
    });
    const wheel = async (dx, dy) => {
      const before = await page.evaluate(() => window.taken.length);
      await page.mouse.wheel(dx, dy);
      await page.waitForFunction((before) => window.taken.length > before, before);
      return [place(await state(page)), await page.evaluate(() => window.taken.at(-1))];
    };
    assert.deepEqual(await wheel(0, 100), ['3.11', true]);
    assert.deepEqual(await wheel(0, 3), ['3.12', true]);
    assert.deepEqual(await wheel(0, -100), ['3.11', true]);
    assert.deepEqual(await wheel(40, 0), ['3.12', true]);
    assert.deepEqual(await wheel(-40, 0), ['3.11', true]);
    assert.equal(await scrolled(), top);
    await page.keyboard.down('Control');
    assert.deepEqual(await wheel(0, 100), ['3.11', false]);
    await page.keyboard.up('Control');
    // Elsewhere it is the page's.
    await page.mouse.move(x, y - 150);
    assert.deepEqual(await wheel(0, 1), ['3.11', false]);
  },

  async 'a finger taps and swipes, on the slider and on the strip of a call'({ visit }) {
    const { page, context } = await visit('', {
      viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true,
    });
    await ask(page, 'goto', '1.0');
    const places = await watch(page);
    await slider(page).scrollIntoViewIfNeeded();
    await slider(page).tap();
    const last = Number(await slider(page).getAttribute('max'));
    const middle = Number(await slider(page).inputValue());
    assert.ok(Math.abs(middle / last - 0.5) < 0.05, `${middle} of ${last}`);
    assert.deepEqual(await places(), [place(await state(page))]);

    const touch = await finger(page, context);
    const swipe = async (from, to) => {
      await touch.down(from);
      for (let i = 1; i <= 10; i += 1) {
        const part = i / 10;
        await touch.move({ x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part });
      }
      await touch.up();
      await frames(page);
      return places();
    };
    const box = await slider(page).boundingBox();
    const y = box.y + box.height / 2;
    let seen = await swipe({ x: box.x + box.width * 0.25, y }, { x: box.x + box.width * 0.75, y });
    assert.ok(seen.length > 4, seen.join(' '));
    const end = Number(await slider(page).inputValue());
    assert.ok(Math.abs(end / last - 0.75) < 0.08, `${end} of ${last}`);
    assert.equal(seen.at(-1), place(await state(page)));

    await track(page, 3).scrollIntoViewIfNeeded();
    const at = await along(page, 3, 0.5);
    await page.touchscreen.tap(at.x, at.y);
    assert.equal(place((await look(page)).now), '3.15');
    await places();
    // Beyond its own strip a swipe goes no further than the end of the call.
    seen = await swipe(await along(page, 3, 0.2), await along(page, 4, 0.9));
    assert.equal(seen.at(-1), '3.30');
    assert.ok(seen.length > 4, seen.join(' '));
    // Up and down it scrolls the page and moves nothing.
    const top = await page.evaluate(() => window.scrollY);
    const start = await along(page, 3, 0.5);
    await places();
    await touch.down(start);
    for (let i = 1; i <= 10; i += 1) await touch.move({ x: start.x, y: start.y - 15 * i });
    await touch.up();
    await page.waitForFunction((top) => window.scrollY > top + 40, top);
    assert.deepEqual(await places(), []);
  },

  async 'slower and faster change how long a step stays, at once'({ visit }) {
    const { page } = await visit();
    await page.clock.install();
    await ask(page, 'goto', '5.0');
    const pace = () => page.locator('.pace').textContent();
    /** Steps in the next ten seconds. */
    const steps = async () => {
      const before = await state(page);
      await page.clock.runFor(10_000);
      const after = await state(page);
      assert.equal(after.at.call, before.at.call);
      await ask(page, 'goto', '5.0');
      await ask(page, 'play');
      return after.at.step - before.at.step;
    };
    await ask(page, 'play');
    assert.deepEqual([await pace(), await steps()], ['1×', 9]);
    await press(page, '+');
    assert.deepEqual([await pace(), await steps()], ['2×', 18]);
    await tool(page, 'Slower').click();
    assert.deepEqual([await pace(), await steps()], ['1×', 9]);
    await tool(page, 'Slower').click();
    assert.deepEqual([await pace(), await steps()], ['½×', 4]);
    await press(page, '-');
    assert.equal(await pace(), '½×');
    await tool(page, 'Faster').click();
    await press(page, '+', '+', '+');
    assert.equal(await pace(), '5×');
    // A step that is already waited for comes after the new time, and not after the old one.
    await press(page, '-', '-', '-');
    await page.clock.runFor(1000);
    assert.equal(place(await state(page)), '5.0');
    await press(page, '+', '+', '+');
    await page.clock.runFor(230);
    assert.equal(place(await state(page)), '5.1');
    assert.equal((await state(page)).playing, true);
  },

  async 'kernels and comparisons are undone and redone, with their places'({ visit }) {
    const { page } = await visit();
    const undo = page.getByRole('button', { name: 'Undo', exact: true });
    const redo = page.getByRole('button', { name: 'Redo', exact: true });
    const able = async () => {
      await frames(page);
      return [await undo.getAttribute('aria-disabled'), await redo.getAttribute('aria-disabled')]
        .map((it) => it !== 'true');
    };
    assert.deepEqual(await able(), [false, false]);
    assert.equal((await press(page, 'z')).note, 'There is nothing to undo.');
    const setups = [await setup(page)];
    const did = async () => setups.push(await setup(page));
    await ask(page, 'goto', '5.4');
    setups[0].at = '5.4';
    await openChanges(page);
    await change(page, 'range-error-enomem').check();
    await did();
    assert.deepEqual(setups[1].first, ['+range-error-enomem', true]);
    await press(page, 'c');
    await did();
    assert.deepEqual(setups[2].second, ['committed', true]);
    const second = page.getByRole('group', { name: 'Second kernel', exact: true });
    await second.getByRole('button', { name: 'later' }).click();
    await did();
    await second.getByRole('switch', { name: 'DIAGNOSTIC' }).uncheck();
    await did();
    assert.deepEqual(setups[4].second, ['later', false]);
    await page.getByRole('group', { name: 'Kernel', exact: true })
      .getByRole('button', { name: 'mail' }).click();
    await did();
    await press(page, 'c');
    await did();
    assert.equal(setups[6].second, null);
    assert.deepEqual(await able(), [true, false]);

    for (const before of setups.slice(0, -1).reverse()) {
      await press(page, 'z');
      assert.deepEqual(await setup(page), before);
      assert.match((await look(page)).note, /^Back to /);
    }
    assert.deepEqual(await able(), [false, true]);
    for (const after of setups.slice(1)) {
      await redo.click();
      assert.deepEqual(await setup(page), after);
    }
    assert.deepEqual(await able(), [true, false]);
    // Once more with the other key and the other button; and what is done anew ends the redoing.
    await undo.click();
    await press(page, 'z');
    assert.deepEqual(await setup(page), setups[4]);
    await press(page, 'Shift+Z');
    assert.deepEqual(await setup(page), setups[5]);
    await undo.click();
    await second.getByRole('button', { name: 'mail' }).click();
    assert.deepEqual(await able(), [true, false]);
    assert.equal((await press(page, 'Shift+Z')).note, 'There is nothing to do again.');
  },

  async 'undone at another place, it leads back to the place that was left'({ visit }) {
    const { page } = await visit();
    await ask(page, 'goto', '6.end');
    await ask(page, 'setKernel', 'committed');
    await press(page, 'Home');
    const now = await press(page, 'z');
    assert.deepEqual([now.kernel, place(now)], ['original', '6.33']);
    assert.ok(now.panic);
    const again = await press(page, 'Shift+Z');
    assert.deepEqual([again.kernel, place(again)], ['committed', '1.0']);
  },

  async 'a reload finds kernels, places, look and table again'({ visit }) {
    const { page } = await visit();
    await page.getByRole('switch', { name: 'DIAGNOSTIC' }).uncheck();
    await openChanges(page);
    await change(page, 'range-error-enomem').check();
    await press(page, 'd', 'Shift+ArrowRight', 'ArrowRight', 't', '?');
    const help = page.getByRole('dialog');
    await help.getByRole('button', { name: 'Dark', exact: true }).click();
    await help.getByRole('checkbox', { name: 'No motion' }).check();
    await press(page, 'Escape');
    const told = ({ note, ...now }) => now;
    // Also where the second run goes on alone.
    for (const to of ['3.20', '5.29', '6.33']) {
      await ask(page, 'goto', to);
      await press(page, 'ArrowRight');
      const before = await state(page);
      await page.reload();
      await ready(page);
      const after = await state(page);
      assert.deepEqual(told(after), told(before), pair(before));
      assert.equal(await page.locator('.app').getAttribute('data-look'), 'dark');
      assert.ok((await page.locator('.app').getAttribute('class')).includes('calm'));
      assert.equal(await page.getByRole('region', { name: 'The map as a table' }).count(), 1);
    }
    assert.equal((await state(page)).kernel, '+range-error-enomem');
    assert.equal((await state(page)).diagnostic, false);
    // And it goes on from there as if nothing had been.
    await press(page, 'c');
    assert.equal((await state(page)).compare, null);
    await page.reload();
    await ready(page);
    assert.equal((await state(page)).compare, null);
  },

  async 'each element of a page finds its own place again, and another tab begins anew'({ visit }) {
    const { page } = await visit('two.html');
    await page.waitForFunction(() => [...document.querySelectorAll('uvm-scope')]
      .every((element) => element.state() !== null));
    const opening = place(await state(page, '#second'));
    await page.evaluate(() => document.querySelector('#first').goto('5.7'));
    await page.evaluate(() => document.querySelector('#second').goto('2.3'));
    await page.reload();
    await ready(page, '#second');
    assert.deepEqual([place(await state(page, '#first')), place(await state(page, '#second'))], ['5.7', '2.3']);
    const { page: other } = await visit('two.html');
    assert.equal(place(await state(other, '#first')), opening);
  },

  async 'what was stored and makes no sense is no matter'({ visit }) {
    const { page } = await visit();
    const opening = await state(page);
    const KEPT = ['', 'nonsense', '[]', '{"call":99,"step":-1,"look":"pink"}',
      '{"first":{"kernel":"no such","diagnostic":true},"call":1e300,"step":{}}',
      '{"second":{"kernel":"committed","diagnostic":7}}'];
    for (const kept of KEPT) {
      await page.evaluate((kept) => {
        addEventListener('pagehide', () => {
          for (const key of Object.keys(sessionStorage)) sessionStorage.setItem(key, kept);
        });
      }, kept);
      await page.reload();
      await ready(page);
      const now = await state(page);
      assert.deepEqual([now.kernel, now.problem, now.compare], [opening.kernel, null, null], kept);
      assert.ok(now.at.call >= 1 && now.at.call <= 6 && now.at.step <= now.at.steps, kept);
      assert.equal((await press(page, 'Home', 'ArrowRight')).at.step, 1, kept);
    }
  },

  async 'without storage everything works, and a reload begins anew'({ visit }) {
    const { page } = await visit();
    const opening = await state(page);
    await ask(page, 'goto', '1.3');
    await page.addInitScript(withoutStorage);
    await page.reload();
    await ready(page);
    assert.match(await page.evaluate(() => {
      try { return String(sessionStorage); } catch (error) { return error.name; }
    }), /SecurityError/);
    assert.deepEqual(await state(page), opening);
    let now = await press(page, 'd');
    assert.equal(pair(now), '3.13/3.14');
    await move(page, 'To the end').click();
    await page.getByRole('group', { name: 'Kernel', exact: true })
      .getByRole('button', { name: 'later' }).click();
    now = await press(page, 'z', 'w', 't', '+', 'ArrowLeft');
    assert.equal(now.kernel, 'original');
    assert.ok(now.why);
    await page.reload();
    await ready(page);
    assert.deepEqual(await state(page), opening);
  },
}, {
  routes: {
    '/two.html': `<!doctype html>${icon}<uvm-scope id="first" controls="min"></uvm-scope>`
      + '<uvm-scope id="second" controls="min"></uvm-scope>'
      + '<script type="module" src="uvmscope.js"></script>',
  },
});
