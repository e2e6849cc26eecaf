// Two kernels side by side: on one axis, under one set of controls, with what sets them apart said
// and marked. What the sentences say is what `uvmscope diff --scenario mlock-zero` prints.
import assert from 'node:assert/strict';
import { ask, frames, ready, state, suite } from './harness.mjs';
import { B, X, Y, app, entries, look, move, nodesOf, pair, place, press, slider, tool } from './reader.mjs';

// A page without an icon makes the browser ask for one, and complain that there is none.
const icon = '<link rel="icon" href="data:,">';

const between = (page) => page.getByRole('region', { name: 'How the two kernels differ' });
const kernel = (page, name) => page.getByRole('group', { name, exact: true });
const pictures = (page) => page.locator('.live .uvm-scene');

const PARTED = `committed asks whether the range is empty (${X} == ${X}: true) and returns; `
  + `original has no such test and goes on to cut the entry at ${X}. The test is that of `
  + 'pageable-empty-return: uvm_map_pageable returns at once, touching nothing, when the range is '
  + 'empty. Both give the same answer, but their states differ now.';

/** What stands between the pictures: the sentence, and how the states differ. */
async function told(page) {
  await frames(page);
  return between(page).evaluate((it) => ({
    sentence: it.querySelector('p').innerText,
    differences: [...it.querySelectorAll('li')].map((li) => li.innerText.replace(/^≠\s*/, '')),
    marks: it.querySelectorAll('[role=img] rect').length,
  }));
}

/** Where each picture draws what: boundaries by their lines, bars by their ends, pages. */
function drawn(page) {
  return pictures(page).evaluateAll((all) => all.map((svg) => {
    const at = {};
    for (const node of svg.querySelectorAll('[data-k^="boundary-"]')) {
      const line = node.querySelector('line') ?? node;
      at[node.dataset.k] = line.getBoundingClientRect().x;
    }
    for (const node of svg.querySelectorAll('[data-k^="entry-"]')) {
      const [, from, to] = /(0x\w+)–(0x\w+)/.exec(node.querySelector('title').textContent);
      const { left, right } = node.querySelector('rect').getBoundingClientRect();
      at[`from ${from}`] = left;
      at[`to ${to}`] = right;
    }
    for (const node of svg.querySelectorAll('[data-k^="page-"]')) {
      at[node.dataset.k] = node.querySelector('rect').getBoundingClientRect().x;
    }
    return at;
  }));
}

/** Walks until a key leads nowhere; the pairs on the way, the one that was begun at first. */
async function walk(page, key) {
  await page.evaluate(() => {
    const element = document.querySelector('uvm-scope');
    window.pairs ?? element.addEventListener('uvmscope:step', () => window.pairs.push(element.state()));
    window.pairs = [];
  });
  const pairs = () => page.evaluate(() => window.pairs.map(({ at, compare }) => (
    `${at.call}.${at.step}/${compare.at.call}.${compare.at.step}`)));
  const seen = [pair(await state(page))];
  for (let keys = 40; ; keys += 40) {
    for (let i = 0; i < 40; i += 1) await page.keyboard.press(key);
    const here = await pairs();
    if (here.length < keys) return [...seen, ...here];
    assert.ok(keys < 500, 'the walk ends');
  }
}

/** Hears of divergences from now on. */
async function listen(page) {
  await page.evaluate(() => {
    window.parted = [];
    document.addEventListener('uvmscope:divergence', ({ detail }) => window.parted.push(detail));
  });
  return () => page.evaluate(() => window.parted.splice(0));
}

suite({
  async 'c lays another kernel beside and takes it away, and so does the button'({ visit }) {
    const { page } = await visit();
    const button = page.getByRole('button', { name: 'compare', exact: true });
    assert.equal((await state(page)).compare, null);
    assert.equal(await pictures(page).count(), 1);
    const { at } = await state(page);
    let now = await press(page, 'c');
    assert.deepEqual([now.kernel, now.compare.kernel, now.at], ['original', 'committed', at]);
    await frames(page);
    assert.equal(await button.getAttribute('aria-pressed'), 'true');
    assert.deepEqual(
      await page.getByRole('heading', { name: / at \d/ }).and(page.locator('.whose')).allInnerTexts(),
      [`original at ${place(now)}`, `committed at ${place(now.compare)}`],
    );
    assert.equal(await page.getByRole('img', { name: /^Memory map at call 3, mlock/ }).count(), 2);
    now = await press(page, 'c');
    assert.equal(now.compare, null);
    await frames(page);
    assert.equal(await pictures(page).count(), 1);
    assert.equal(await between(page).count(), 0);
    await button.click();
    assert.equal((await state(page)).compare.kernel, 'committed');
    await button.focus();
    assert.equal((await press(page, 'Enter')).compare, null);
    // A repaired kernel is best compared with the original.
    await ask(page, 'setKernel', 'committed');
    assert.equal((await press(page, 'c')).compare.kernel, 'original');
  },

  async 'both pictures stand on one axis, at every place and every width'({ visit }) {
    for (const width of [1440, 768, 360]) {
      const { page } = await visit('', { viewport: { width, height: 900 }, reducedMotion: 'reduce' });
      await press(page, 'c');
      let shared = 0;
      const places = ['1.0', '1.26', '3.12', '3.cut', '3.count', '5.cut', '5.count', '5.end', '6.end'];
      // All of the map, and then only the page in hand with those around it.
      for (const at of [...places, 'part', ...places.slice(2)]) {
        if (at === 'part') await press(page, 'p');
        else await ask(page, 'goto', at);
        await look(page);
        await frames(page);
        const [a, b] = await drawn(page);
        for (const [key, x] of Object.entries(a).filter(([key]) => key in b)) {
          assert.ok(Math.abs(x - b[key]) <= 0.5, `${key} at ${at}, ${width} px: ${x} and ${b[key]}`);
          shared += 1;
        }
        if (at === '5.end') assert.ok(`boundary-${Y}` in a && `boundary-${Y}` in b);
        // The one lies below the other, with what is said between them.
        const [first, words, second] = await Promise.all([
          pictures(page).first().boundingBox(), between(page).boundingBox(), pictures(page).last().boundingBox(),
        ]);
        assert.ok(first.y + first.height <= words.y && words.y + words.height <= second.y, at);
      }
      assert.ok(shared > 200, `${shared} at ${width} px`);
    }
  },

  async 'one set of controls moves both in step, on and back the same way'({ visit }) {
    const { page } = await visit('', { reducedMotion: 'reduce' });
    await press(page, 'c', 'Home');
    const on = await walk(page, 'ArrowRight');
    assert.deepEqual([on[0], on.at(-1)], ['1.0/1.0', '6.33/6.43']);
    const back = await walk(page, 'ArrowLeft');
    assert.deepEqual(back.reverse(), on);
    // Every step of either is come by, none of them backwards.
    for (const side of [0, 1]) {
      const own = on.map((it) => it.split('/')[side]);
      const visited = own.filter((it, i) => it !== own[i - 1]);
      assert.equal(new Set(visited).size, visited.length);
      const ends = { 0: [32, 22, 30, 17, 33, 33], 1: [32, 22, 16, 14, 53, 43] }[side];
      const all = ends.flatMap((steps, i) => Array.from({ length: steps + 1 }, (_, n) => `${i + 1}.${n}`));
      assert.deepEqual(visited, all);
    }
    assert.ok(on.includes('3.13/3.14') && on.includes('3.30/3.16'), on.join(' '));

    const at = async (done) => {
      await done;
      return pair((await look(page)).now);
    };
    await press(page, 'Home');
    assert.equal(await at(move(page, 'Next call').click()), '2.0/2.0');
    assert.equal(await at(move(page, 'Step').click()), '2.1/2.1');
    assert.equal(await at(move(page, 'To the end').click()), '6.33/6.43');
    assert.equal(await at(move(page, 'Previous call').click()), '6.0/6.0');
    await slider(page).focus();
    assert.equal(await at(press(page, 'ArrowLeft')), '5.33/5.53');
    assert.equal(await at(ask(page, 'goto', '3.0')), '3.0/3.0');
    assert.equal(await at(ask(page, 'next')), '3.1/3.1');
    // Marks are those of either: the cut at the start of the range is made by the second alone.
    await ask(page, 'goto', '5.0');
    await app(page).focus();
    const marks = (await walk(page, 'Shift+ArrowRight')).slice(1);
    const firsts = marks.map((it) => it.split('/')[0]);
    for (const it of ['5.16', '5.19', '5.22', '6.29', '6.33']) assert.ok(firsts.includes(it), marks.join(' '));
    assert.ok(marks.includes('5.16/5.20'), marks.join(' '));
  },

  async 'it plays both, to the end of both'({ visit }) {
    const { page } = await visit();
    await press(page, 'c');
    await ask(page, 'goto', '6.0');
    const on = await walk(page, 'ArrowRight');
    await ask(page, 'goto', '6.0');
    await page.clock.install();
    await press(page, ' ');
    const seen = ['6.0/6.0'];
    for (let i = 1; i < on.length; i += 1) {
      await page.clock.runFor(1100);
      seen.push(pair(await state(page)));
    }
    assert.deepEqual(seen, on);
    assert.equal((await state(page)).playing, false);
  },

  async 'd lands on the test of the empty range, goes on from there, and round'({ visit }) {
    const { page } = await visit();
    const parted = await listen(page);
    let now = await press(page, 'd');
    assert.equal(pair(now), '3.13/3.14');
    assert.match(now.compare.code.text, /PageableEmptyReturn/);
    assert.equal(now.compare.code.function, 'uvm_map_pageable');
    const at = { call: 3, step: 13 };
    const other = { call: 3, step: 14 };
    assert.deepEqual(now.compare.divergence, { at, compare: other });
    assert.deepEqual(await parted(), [
      { at: { ...at, steps: 30 }, compare: { at: { ...other, steps: 16 } } },
    ]);
    assert.equal((await told(page)).sentence, PARTED);
    // Both lines are shown, each with its kernel's name.
    const code = page.getByRole('region', { name: 'Code' });
    assert.deepEqual(await code.locator('.tag').allInnerTexts(), ['original', 'committed']);
    const lines = await code.locator('[aria-current]').allInnerTexts();
    assert.match(lines[0], /let mut entry = k\.pin\(Pin::Entry, start_entry\);/);
    assert.match(lines[1], /k\.has\(Change::PageableEmptyReturn\)/);
    assert.ok(await page.getByRole('list', { name: 'Calls on the timeline' })
      .getByRole('button', { name: /^Call 3: .*the two kernels part/ }).isVisible());

    const round = [];
    for (let i = 0; i < 4; i += 1) round.push(pair(await press(page, 'd')));
    assert.deepEqual(round, ['4.9/4.10', '5.11/5.12', '6.23/6.25', '3.13/3.14']);
    // Of all these the first alone is told as an event; walked onto it is told again.
    assert.equal((await parted()).length, 1);
    await press(page, 'ArrowLeft');
    assert.deepEqual(await parted(), []);
    now = await press(page, 'ArrowRight');
    assert.equal(pair(now), '3.13/3.14');
    assert.equal((await parted()).length, 1);
    // Its button does it, from anywhere.
    await press(page, 'End', 'c');
    await tool(page, 'To where they part').click();
    assert.equal(pair(await state(page)), '3.13/3.14');
    assert.match((await told(page)).sentence, /^The two have been|^committed asks/);
  },

  async 'how the states differ is said and marked, and nothing is where nothing differs'({ visit }) {
    const { page } = await visit();
    await press(page, 'c', 'Home');
    assert.deepEqual(await told(page), {
      sentence: 'Both kernels have done the same so far. They part at 3.13.',
      differences: [],
      marks: 0,
    });
    const AT = {
      '3.end': [
        `original has a boundary at ${X}; in committed one entry reaches across it.`,
        `${X}–${B}: wired_count is 1 in original, 0 in committed.`,
        `The amap behind 0x7f7ff7ecd000–${B} has 2 references in original, 1 reference in committed.`,
      ],
      '5.end': [
        'uvmexp.wired is 0 in original, 1 in committed.',
        `${X}–${Y}: wired_count is 2 in original, 1 in committed.`,
        `${Y}–${B}: wired_count is 1 in original, 0 in committed.`,
        `The page at ${X} has wire_count 0 in original, 1 in committed, is marked wired in the pmap in committed only.`,
      ],
    };
    for (const [at, differences] of Object.entries(AT)) {
      const now = await ask(page, 'goto', at);
      assert.equal(now.compare.at.step, now.compare.at.steps);
      const here = await told(page);
      assert.deepEqual(here.differences, differences, at);
      assert.ok(here.marks > 0, at);
      assert.ok(await between(page).getByRole('img', { name: 'Addresses at which the states differ' }).isVisible());
    }
    // The marks stand at their addresses, as both pictures have them.
    const [marks] = await between(page).locator('.differ').evaluateAll((all) => all.map((svg) => (
      [...svg.querySelectorAll('rect')].map((rect) => rect.getBoundingClientRect().left)
    )));
    const [first] = await drawn(page);
    for (const from of [`from ${X}`, `from ${Y}`]) {
      assert.ok(marks.some((x) => Math.abs(x - first[from]) <= 2), `${from}: ${first[from]} in ${marks}`);
    }
    const end = await ask(page, 'goto', '6.end');
    assert.deepEqual([end.panic === null, end.compare.panic], [false, null]);
    assert.match((await told(page)).differences[0], /^original has panicked: KASSERT.*; committed has not\.$/);
    assert.deepEqual(await page.getByRole('region', { name: /^Console of/ }).evaluateAll(
      (all) => all.map((it) => [it.getAttribute('aria-label'), it.querySelectorAll('li').length]),
    ), [['Console of original', 1], ['Console of committed', 0]]);
  },

  async 'any two kernels: presets, changes one by one, and DIAGNOSTIC, on either side'({ visit }) {
    const { page } = await visit();
    await press(page, 'c');
    const [first, second] = [kernel(page, 'Kernel'), kernel(page, 'Second kernel')];
    await second.getByRole('button', { name: 'original', exact: true }).click();
    let now = await press(page, 'd');
    assert.equal(now.compare.divergence, null);
    assert.equal(now.note, 'Both kernels do the same in every call.');
    assert.equal((await told(page)).sentence, 'Both kernels do the same in every call.');

    await first.getByRole('button', { name: 'mail', exact: true }).click();
    now = await state(page);
    assert.deepEqual([now.kernel, now.compare.kernel], ['mail', 'original']);
    assert.match(now.note, /^Now .*\bmail\b.*\bcall 3\b/);
    // From where they part it would go on to the next such place.
    now = await press(page, 'Home', 'd');
    assert.match(now.code.text, /PageableEmptyReturn/);
    assert.match((await told(page)).sentence, /^mail asks whether the range is empty .* original has no such test/);

    // The early return alone, on the second side, is enough to be the same as `mail`.
    const boxes = async (side) => {
      await side.locator('summary').click();
      return (name) => side.getByRole('checkbox', { name: new RegExp(`^${name}\\b`) });
    };
    const theirs = await boxes(second);
    await theirs('pageable-empty-return').check();
    now = await state(page);
    assert.deepEqual([now.kernel, now.compare.kernel], ['mail', '+pageable-empty-return']);
    assert.equal(now.compare.divergence, null);
    await theirs('pageable-empty-return').uncheck();
    await theirs('syscall-zero-guard').check();
    now = await state(page);
    assert.equal(now.compare.kernel, '+syscall-zero-guard');
    assert.notEqual(now.compare.divergence, null);
    await second.locator('summary').click();
    const ours = await boxes(first);
    await ours('pageable-empty-return').uncheck();
    now = await state(page);
    assert.deepEqual([now.kernel, now.compare.kernel], ['mail,-pageable-empty-return', '+syscall-zero-guard']);
    assert.equal(now.compare.divergence, null);
  },

  async 'DIAGNOSTIC on one side only: the one panics, the other counts 65535'({ visit }) {
    const { page } = await visit();
    await press(page, 'c');
    const second = kernel(page, 'Second kernel');
    await second.getByRole('button', { name: 'original', exact: true }).click();
    await second.getByRole('switch', { name: 'DIAGNOSTIC' }).uncheck();
    let now = await state(page);
    assert.deepEqual([now.diagnostic, now.compare.diagnostic], [true, false]);
    assert.ok(await kernel(page, 'Kernel').getByRole('switch', { name: 'DIAGNOSTIC' }).isChecked());
    now = await press(page, 'd');
    assert.equal(pair(now), '6.32/6.32');
    assert.match(now.code.text, /k\.config\.diagnostic && k\.test\(Cond::PageUnwired/);
    const { sentence } = await told(page);
    assert.ok(sentence.startsWith("original asks whether the page's wire_count is 0 (wire_count 0 == 0: true) and panics; "
      + 'original without DIAGNOSTIC has no such test and goes on to count the wirings of the page at '
      + `${X} from 0 to 65535.`), sentence);
    now = await press(page, 'End');
    assert.equal(now.panic, 'KASSERT(pg->wire_count != 0) in uvm_pageunwire');
    assert.deepEqual([now.compare.panic, now.compare.returned], [null, true]);
    assert.deepEqual(now.compare.pages, [{ va: X, wire_count: 65535, pmap_wired: false }]);
    assert.deepEqual(entries(now), entries(now.compare));
    await frames(page);
    const titles = await page.locator(`.live [data-k="page-${X}"] title`).allTextContents();
    assert.match(titles[0], /wire_count 0\b/);
    assert.match(titles[1], /wire_count 65535/);
    assert.equal(nodesOf(await look(page), 'panic').length, 1);
    assert.equal(await pictures(page).nth(1).locator('[data-k="panic"]').count(), 0);
  },

  async 'a page may ask for a comparison, change it, and end it'({ visit }) {
    const { page } = await visit('pair.html');
    let now = await state(page);
    assert.deepEqual([now.kernel, now.compare.kernel, pair(now)], ['later', 'original', '3.0/3.0']);
    await frames(page);
    assert.equal(await pictures(page).count(), 2);
    const attribute = (value) => page.evaluate((value) => {
      const element = document.querySelector('uvm-scope');
      if (value === null) element.removeAttribute('compare');
      else element.setAttribute('compare', value);
      return element.state();
    }, value);
    now = await attribute('original,+pageable-empty-return');
    assert.deepEqual([now.compare.kernel, now.complaints], ['+pageable-empty-return', []]);
    now = await attribute('no-such-kernel');
    assert.equal(now.compare, null);
    assert.match(now.complaints.join(), /^compare="no-such-kernel": /);
    assert.match(await page.getByRole('alert').innerText(), /no-such-kernel/);
    now = await attribute(null);
    assert.deepEqual([now.compare, now.complaints], [null, []]);
    await ready(page);
    assert.equal(await page.getByRole('alert').count(), 0);
  },
}, {
  routes: {
    '/pair.html': `<!doctype html>${icon}`
      + '<uvm-scope kernel="later" compare="original" at="3.0"></uvm-scope>'
      + '<script type="module" src="uvmscope.js"></script>',
  },
});
