// Every control that moves over the run, with the pointer and with the keyboard, and the keys that
// must not be taken from whoever else needs them.
import assert from 'node:assert/strict';
import { ask, frames, state, suite } from './harness.mjs';
import { app, change, look, move, openChanges, place, press, slider } from './reader.mjs';

// A page without an icon makes the browser ask for one, and complain that there is none.
const icon = '<link rel="icon" href="data:,">';

/** The place that the slider stands at, as the element itself counts. */
async function sliderPlace(page) {
  const value = await slider(page).inputValue();
  const { now } = await look(page);
  const text = `call ${now.at.call} of 6, step ${now.at.step} of ${now.at.steps}`;
  assert.equal(await slider(page).getAttribute('aria-valuetext'), text);
  assert.deepEqual((await ask(page, 'goto', value)).at, now.at);
  return Number(value);
}

/** What the keys do that are pressed: whether the state changes, and whether the page keeps them. */
async function pressed(page, keys) {
  await page.evaluate(() => {
    window.kept = [];
    window.addEventListener('keydown', (event) => {
      setTimeout(() => window.kept.push(event.defaultPrevented));
    }, { capture: true, once: true });
  });
  const before = await state(page);
  const after = await press(page, keys);
  await page.waitForFunction(() => window.kept.length === 1);
  const [taken] = await page.evaluate(() => window.kept);
  const moved = JSON.stringify(before) !== JSON.stringify(after);
  return { taken, moved };
}

suite({
  async 'the buttons move, and those that cannot say so'({ visit }) {
    const { page } = await visit();
    const click = async (name, options) => {
      await move(page, name).click(options);
      return place((await look(page)).now);
    };
    const disabled = async () => {
      const buttons = page.getByRole('group', { name: 'Move' }).locator('[aria-disabled="true"]');
      return buttons.evaluateAll((them) => them.map((it) => it.getAttribute('aria-label')));
    };
    assert.equal(await click('To the beginning'), '1.0');
    assert.deepEqual(await disabled(), ['To the beginning', 'Previous call', 'Step back']);
    // Nothing keeps a pointer from them.
    const force = { force: true };
    assert.equal(await click('Step back', force), '1.0');
    assert.equal(await click('Step'), '1.1');
    assert.deepEqual(await disabled(), []);
    assert.equal(await click('Next call'), '2.0');
    assert.equal(await click('Next call'), '3.0');
    assert.equal(await click('Step'), '3.1');
    assert.equal(await click('Previous call'), '3.0');
    assert.equal(await click('Previous call'), '2.0');
    assert.equal(await click('Step back'), '1.32');
    assert.equal(await click('To the end'), '6.33');
    assert.deepEqual(await disabled(), ['Step', 'Next call', 'To the end']);
    assert.equal(await click('Step', force), '6.33');
  },

  async 'the keys do what the buttons do'({ visit }) {
    const { page } = await visit();
    const key = async (name) => place(await press(page, name));
    assert.equal(await key('Home'), '1.0');
    assert.equal(await key('ArrowLeft'), '1.0');
    assert.equal(await key('ArrowUp'), '1.0');
    assert.equal(await key('ArrowRight'), '1.1');
    assert.equal(await key('ArrowDown'), '2.0');
    assert.equal(await key('ArrowDown'), '3.0');
    assert.equal(await key('ArrowRight'), '3.1');
    assert.equal(await key('ArrowUp'), '3.0');
    assert.equal(await key('ArrowLeft'), '2.22');
    // From mark to mark: the call's entry, the cut, the refused cut, the count.
    const marks = [];
    for (let i = 0; i < 4; i += 1) marks.push(await key('Shift+ArrowRight'));
    assert.equal(marks[0], '3.0');
    for (const [i, name] of ['3.cut', '3.refused', '3.count'].entries()) {
      assert.equal(place(await ask(page, 'goto', name)), marks[i + 1], name);
    }
    assert.equal(await key('Shift+ArrowLeft'), marks[2]);
    assert.equal(await key('End'), '6.33');
    assert.equal(await key('ArrowRight'), '6.33');
    assert.equal(await key('ArrowDown'), '6.33');
  },

  async 'a call in the list and a segment of the strip lead to the call'({ visit }) {
    const { page } = await visit();
    const list = page.getByRole('region', { name: 'Calls' }).getByRole('listitem').getByRole('button');
    const strip = page.getByRole('list', { name: 'Calls on the timeline' }).getByRole('button');
    assert.deepEqual([await list.count(), await strip.count()], [6, 6]);
    const currents = async () => {
      await look(page);
      const at = (them) => them.evaluateAll((all) => all.flatMap((it, i) => (
        it.getAttribute('aria-current') === 'step' ? [i + 1] : [])));
      return [await at(list), await at(strip)];
    };
    assert.deepEqual(await currents(), [[3], [3]]);
    await list.filter({ hasText: 'munlock(p, 1024)' }).click();
    assert.equal(place(await state(page)), '6.0');
    assert.deepEqual(await currents(), [[6], [6]]);
    await strip.and(page.getByRole('button', { name: /^Call 5: mlock\(p, 1024\)/ })).click();
    assert.equal(place(await state(page)), '5.0');
    assert.deepEqual(await currents(), [[5], [5]]);
    await strip.first().click();
    assert.equal(place(await state(page)), '1.0');
    // By the keyboard, too.
    await list.nth(3).focus();
    await press(page, 'Enter');
    assert.equal(place(await state(page)), '4.0');
    assert.deepEqual(await currents(), [[4], [4]]);
  },

  async 'the slider scrubs by its keys'({ visit }) {
    const { page } = await visit();
    await slider(page).focus();
    const before = await state(page);
    const at = await sliderPlace(page);
    assert.equal(place(await press(page, 'ArrowRight', 'ArrowRight')), `3.${before.at.step + 2}`);
    assert.equal(await sliderPlace(page), at + 2);
    await press(page, 'ArrowLeft');
    assert.equal(await sliderPlace(page), at + 1);
    await press(page, 'PageUp');
    const far = await sliderPlace(page);
    assert.ok(far > at + 5, `${far}`);
    await press(page, 'PageDown');
    assert.equal(await sliderPlace(page), at + 1);
    await press(page, 'Home');
    assert.equal(await sliderPlace(page), 0);
    await press(page, 'End');
    assert.equal(await sliderPlace(page), Number(await slider(page).getAttribute('max')));
    assert.equal(place(await state(page)), '6.33');
  },

  async 'the slider scrubs under the pointer'({ visit }) {
    const { page } = await visit();
    await page.evaluate(() => {
      window.steps = [];
      document.addEventListener('uvmscope:step', (event) => {
        window.steps.push(event.detail.at.call * 1000 + event.detail.at.step);
      });
    });
    const box = await slider(page).boundingBox();
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * 0.2, y);
    await page.mouse.down();
    const begin = await sliderPlace(page);
    await page.mouse.move(box.x + box.width * 0.8, y, { steps: 12 });
    const last = Number(await slider(page).getAttribute('max'));
    const seen = await page.evaluate(() => window.steps);
    await page.mouse.up();
    const end = await sliderPlace(page);
    assert.ok(Math.abs(begin / last - 0.2) < 0.05 && Math.abs(end / last - 0.8) < 0.05, `${begin} ${end}`);
    assert.ok(seen.length > 8, `${seen.length} places on the way`);
    assert.deepEqual(seen.slice(1), seen.slice(1).toSorted((a, b) => a - b));
    assert.ok((await page.locator('.live .uvm-scene').getAttribute('class')).includes('still'));
  },

  async 'it plays by itself until somebody takes over'({ visit }) {
    const { page } = await visit();
    const steps = () => page.evaluate(() => {
      window.seen = [];
      document.addEventListener('uvmscope:step', ({ detail }) => window.seen.push(detail.at.step));
    });
    await ask(page, 'goto', '4.0');
    await steps();
    await move(page, 'Play').click();
    await page.waitForFunction(() => window.seen.length >= 2);
    assert.deepEqual((await page.evaluate(() => window.seen)).slice(0, 2), [1, 2]);
    assert.equal((await state(page)).playing, true);
    assert.equal(await page.locator('.say').getAttribute('aria-live'), 'off');
    await move(page, 'Pause').click();
    assert.equal((await state(page)).playing, false);
    await move(page, 'Play').waitFor();
    assert.equal(await page.locator('.say').getAttribute('aria-live'), 'polite');
    // The space bar, away from buttons; and a step by hand ends it.
    await app(page).focus();
    assert.equal((await press(page, ' ')).playing, true);
    assert.equal((await press(page, 'ArrowRight')).playing, false);
    assert.equal((await press(page, ' ', ' ')).playing, false);
  },

  async 'it plays at its pace, stands still when paused, and ends at the end'({ visit }) {
    const { page } = await visit();
    await page.clock.install();
    await ask(page, 'goto', '4.0');
    await page.evaluate(() => {
      window.halts = 0;
      document.addEventListener('uvmscope:halt', () => { window.halts += 1; });
    });
    const after = async (time) => {
      await page.clock.runFor(time);
      return place(await state(page));
    };
    await ask(page, 'play');
    assert.equal(await after(1000), '4.0');
    assert.equal(await after(200), '4.1');
    assert.equal(await after(3300), '4.4');
    await ask(page, 'pause');
    assert.equal(await after(60_000), '4.4');
    await ask(page, 'goto', '6.0');
    await ask(page, 'play');
    assert.equal(await after(60_000), '6.33');
    const end = await state(page);
    assert.deepEqual([end.playing, end.panic !== null], [false, true]);
    assert.equal(await page.evaluate(() => window.halts), 1);
    // From the end it begins again.
    assert.equal(place(await ask(page, 'play')), '1.0');
    assert.equal(await after(1100), '1.1');
  },

  async 'keys elsewhere on the page do nothing to the element'({ visit }) {
    const { page } = await visit('beside.html');
    const before = await state(page);
    const KEYS = ['ArrowRight', 'ArrowLeft', 'ArrowDown', 'ArrowUp', 'Home', 'End', ' ',
      'Shift+ArrowRight'];
    for (const where of ['#button', '#field', 'body']) {
      if (where === 'body') await page.evaluate(() => document.activeElement.blur());
      else await page.locator(where).focus();
      assert.deepEqual(await press(page, ...KEYS), before, where);
    }
    assert.equal(await page.locator('#field').inputValue(), ' ');
    // Two on a page: the one with the focus alone.
    const second = () => state(page, '#second');
    const other = await second();
    await page.locator('#first').getByRole('region', { name: /^uvmscope/ }).focus();
    const moved = await press(page, 'ArrowRight');
    assert.deepEqual(moved.at, { ...before.at, step: before.at.step + 1 });
    assert.deepEqual(await second(), other);
    await page.locator('#second').getByRole('region', { name: /^uvmscope/ }).focus();
    assert.deepEqual(await press(page, 'ArrowRight', 'ArrowRight'), moved);
    assert.equal((await second()).at.step, other.at.step + 2);
  },

  async 'a box, a switch, a button and a summary keep their own keys'({ visit }) {
    const { page } = await visit();
    await openChanges(page);
    await change(page, 'range-error-enomem').focus();
    let now = await press(page, ' ');
    assert.deepEqual([now.kernel, now.playing], ['+range-error-enomem', false]);
    const { at } = now;
    now = await press(page, 'ArrowRight');
    assert.deepEqual([now.kernel, now.at.step], ['+range-error-enomem', at.step + 1]);
    now = await press(page, ' ');
    assert.deepEqual([now.kernel, now.playing], ['original', false]);

    await page.getByRole('switch', { name: 'DIAGNOSTIC' }).focus();
    now = await press(page, ' ');
    assert.deepEqual([now.diagnostic, now.playing], [false, false]);
    await press(page, ' ');

    await page.locator('.changes > summary').focus();
    now = await press(page, ' ');
    assert.equal(now.playing, false);
    await page.getByRole('group', { name: 'Changes to the source' }).waitFor({ state: 'hidden' });

    await move(page, 'Step').focus();
    const before = await state(page);
    now = await press(page, ' ');
    assert.deepEqual([now.at.step, now.playing], [before.at.step + 1, false]);
    now = await press(page, 'Enter');
    assert.deepEqual([now.at.step, now.playing], [before.at.step + 2, false]);
    now = await press(page, 'ArrowLeft');
    assert.equal(now.at.step, before.at.step + 1);
  },

  async 'modifiers are left alone'({ visit }) {
    const { page } = await visit();
    await app(page).focus();
    assert.deepEqual(await pressed(page, 'ArrowRight'), { taken: true, moved: true });
    for (const keys of ['Control+ArrowRight', 'Alt+ArrowRight', 'Meta+ArrowRight', 'Control+Home',
      'Control+End', 'Control+ ', 'Shift+Home', 'Shift+ ', 'Shift+ArrowDown', 'x', 'Tab']) {
      // The modifier is a key of its own, and is let through first.
      const modifier = keys.includes('+') ? keys.split('+')[0] : null;
      if (modifier !== null) await page.keyboard.down(modifier);
      assert.deepEqual(await pressed(page, keys.split('+').at(-1)), { taken: false, moved: false }, keys);
      if (modifier !== null) await page.keyboard.up(modifier);
      await app(page).focus();
    }
  },

  async 'the policy is in force'({ visit }) {
    const { page, complaints } = await visit('', { complaints: 'expected' });
    await page.evaluate(() => {
      document.body.setAttribute('style', 'color: red');
      document.body.append(Object.assign(document.createElement('script'), { text: 'window.ran = 1' }));
      return new Promise((resolve) => { setTimeout(resolve); });
    });
    assert.equal(await page.evaluate(() => window.ran), undefined);
    assert.ok(complaints.some((it) => it.startsWith('policy: style-src')), complaints.join('\n'));
    assert.ok(complaints.some((it) => it.startsWith('policy: script-src')), complaints.join('\n'));
  },

  async 'what is served needs no inline style and no inline script, whatever is used'({ server, visit }) {
    const html = await (await fetch(server.url)).text();
    assert.match(html, /<uvm-scope/);
    assert.doesNotMatch(html, /\sstyle=|<style|\son[a-z]+=|javascript:/i);
    for (const [tag] of html.matchAll(/<script\b[^>]*>/gi)) assert.match(tag, /\ssrc=/, tag);
    for (const width of [1440, 768, 360]) {
      const { page } = await visit('', { viewport: { width, height: 900 } });
      await openChanges(page);
      // What is there for the tabulator key alone lies out of sight.
      const controls = page.locator('.live').locator('button:not(.skip), input, summary');
      const count = await controls.count();
      assert.ok(count > 30, `${count} controls at ${width}`);
      // From the last: what comes first folds away what comes behind it.
      for (let i = count - 1; i >= 0; i -= 1) {
        const one = controls.nth(i);
        if (await one.isVisible()) await one.click({ force: true });
        await frames(page);
        // What lies over the page lies over the rest of the controls, too.
        if (await page.locator('dialog').count() > 0) await page.keyboard.press('Escape');
      }
      for (const tab of width === 360 ? ['Code', 'Console', 'Calls'] : []) {
        await page.getByRole('button', { name: tab, exact: true }).click();
        // Where two kernels are compared by now, each has a console of its own.
        await page.getByRole('region', { name: new RegExp(`^${tab}`) }).first().waitFor();
      }
      const { now } = await look(page);
      assert.equal(now.problem, null);
    }
  },
}, {
  routes: {
    '/beside.html': `<!doctype html>${icon}<button id="button">A button</button>`
      + '<input id="field" aria-label="A field"><uvm-scope id="first" controls="min"></uvm-scope>'
      + '<uvm-scope id="second" controls="min"></uvm-scope>'
      + '<script type="module" src="uvmscope.js"></script>',
  },
});
