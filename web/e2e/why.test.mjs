// Why is it so? Whatever is drawn or counted or printed is asked about, with the pointer and with
// the keyboard; what is answered is written down here as `uvmscope why --scenario mlock-zero --at …
// --of …` prints it.
import assert from 'node:assert/strict';
import { ask, frames, state, suite } from './harness.mjs';
import { X, Y, app, look, pair, place, press, tool } from './reader.mjs';

const pane = (page) => page.getByRole('region', { name: 'Why?' });
const asks = (page) => pane(page).getByRole('combobox', { name: 'Ask about' });
const jumps = (page) => pane(page).getByRole('list').getByRole('button');
const back = (page) => pane(page).getByRole('button', { name: /^‹ back to/ });

const MMAP = '1.26 wired_count 0, with the new entry, in mmap(0x7f7ff7ecd000, 204800, rw, …), '
  + 'because the length is 200 KiB, not 0 (1.12)';
const MLOCK = '3.22 wired_count 0 → 1, in mlock(0x7f7ff7ed6000, 0), because 0x7f7ff7ecd000 < '
  + '0x7f7ff7ed6000 was true (3.14)';
const MLOCK_AGAIN = '5.22 wired_count 1 → 2, in mlock(0x7f7ff7ed6000, 1024), because 0x7f7ff7ed6000 < '
  + '0x7f7ff7ed7000 was true (5.14)';
const REFUSED = '3.21 not cut at 0x7f7ff7ed6000 in mlock(0x7f7ff7ed6000, 0), because 0x7f7ff7ed6000 < '
  + '0x7f7ff7ed6000 < 0x7f7ff7eff000 was false';
const TAIL = [
  '6.17 wired_count not changed in munlock(0x7f7ff7ed6000, 1024), because 0x7f7ff7ed7000 < '
    + '0x7f7ff7ed7000 was false',
  '5.19 wired_count 1, copied by the cut from 0x7f7ff7ed6000–0x7f7ff7eff000, in '
    + 'mlock(0x7f7ff7ed6000, 1024), because 0x7f7ff7ed6000 < 0x7f7ff7ed7000 < 0x7f7ff7eff000 was '
    + 'true (5.17)',
  MLOCK,
  MMAP,
];
const PRINTED = 'pmap_unwire: wiring for pmap 0xffffaa80028e4980 va 0x7f7ff7ed6000 did not change!';

/** Node of the picture: its entries are numbered as they came into being, 0 the one of the mmap. */
const node = (page, key, side = 0) => (
  page.locator('.live .uvm-scene').nth(side).locator(`[data-k="${key}"]`)
);

/**
 * The answer as the pane shows it: its title, what it says of each value, and its jumps. Checked
 * against what the element tells.
 */
async function answer(page) {
  await frames(page);
  const shown = await pane(page).evaluate((pane) => {
    const text = (it) => it.innerText.replaceAll(/\s+/g, ' ').trim();
    const all = (selector) => [...pane.querySelectorAll(selector)].map(text);
    return {
      title: text(pane.querySelector('.answer h3 > span')),
      at: text(pane.querySelector('.answer small')),
      holds: all('.part > p:first-child'),
      jumps: all('.jump'),
      here: all('.jump[aria-current]'),
    };
  });
  const { why } = await state(page);
  const plain = (text) => text.replaceAll('`', '').replaceAll(/\s+/g, ' ');
  const line = ({ call, step, text }) => plain(`${call}.${step} ${text}`);
  assert.equal(shown.title, plain(why.title));
  const told = [
    ...(why.kept ? [line(why.kept)] : []),
    ...why.parts.flatMap((part) => [...part.jumps, ...(part.next ? [part.next] : [])].map(line)),
  ];
  assert.deepEqual(shown.jumps, told);
  return shown;
}

/** Tabs on until a button of the pane has the focus whose words begin so. */
async function tabTo(page, begin) {
  for (let i = 0; i < 80; i += 1) {
    const now = await page.evaluate(() => document.querySelector('uvm-scope').shadowRoot
      .activeElement?.innerText.replaceAll(/\s+/g, ' ').trim() ?? '');
    if (now.startsWith(begin)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`no way to ${begin}`);
}

suite({
  async 'at the panic, the count of the tail leads in two jumps to the lock of nothing'({ visit }) {
    const { page } = await visit();
    await press(page, 'End');
    await node(page, 'count-2').click();
    assert.deepEqual(await answer(page), {
      title: 'wired_count of 0x7f7ff7ed7000–0x7f7ff7eff000', at: 'at 6.33',
      holds: ['It is 1.'], jumps: TAIL, here: [],
    });
    assert.equal(await back(page).count(), 0);
    await jumps(page).filter({ hasText: TAIL[1] }).click();
    assert.equal(place((await look(page)).now), '5.19');
    assert.deepEqual((await answer(page)).here, [TAIL[1]]);
    await jumps(page).filter({ hasText: MLOCK }).click();
    const { now } = await look(page);
    assert.deepEqual(now.at, (await ask(page, 'goto', '3.count')).at);
    assert.equal(place(now), '3.22');
    assert.deepEqual([now.event.ev, now.entries.at(-1).wired_count], ['wired_count', 1]);
    assert.ok(now.caption.includes('goes from 0 to 1'), now.caption);
    // The answer stays, and leads back the way that was come.
    await back(page).click();
    assert.equal(place((await look(page)).now), '5.19');
    assert.equal(await back(page).innerText(), '‹ back to 6.33');
    await press(page, 'Backspace');
    const home = await look(page);
    assert.equal(place(home.now), '6.33');
    assert.ok(home.now.panic);
    assert.equal(await back(page).count(), 0);
    assert.deepEqual((await answer(page)).jumps, TAIL);
    assert.equal(place(await press(page, 'Backspace')), '6.33');
    assert.equal((await press(page, 'Escape')).why, null);
    await pane(page).getByText('Click anything in the picture').waitFor();
  },

  async 'the same by the keyboard alone'({ visit }) {
    const { page } = await visit();
    await app(page).focus();
    await press(page, 'End');
    await tabTo(page, 'ask about …');
    // What is drawn, one after the other; each is asked about as the arrow comes to it.
    const words = await asks(page).locator('option').allTextContents();
    const tail = words.indexOf('wired_count of 0x7f7ff7ed7000–0x7f7ff7eff000');
    assert.ok(tail > 0, words.join('\n'));
    for (let i = 1; i <= tail; i += 1) {
      const { why } = await press(page, 'ArrowDown');
      assert.ok(why.title, words[i]);
      assert.equal(await asks(page).inputValue(), words[i]);
    }
    assert.deepEqual((await answer(page)).jumps, TAIL);
    await tabTo(page, '5.19');
    await press(page, 'Enter');
    assert.equal(place((await look(page)).now), '5.19');
    await tabTo(page, '3.22');
    assert.equal(place(await press(page, 'Enter')), '3.22');
    // The list is at its beginning again, since that was asked elsewhere.
    await frames(page);
    assert.equal(await asks(page).inputValue(), 'ask about …');
    assert.equal(place(await press(page, 'Backspace')), '5.19');
    await frames(page);
    await tabTo(page, '‹ back to 6.33');
    assert.equal(place(await press(page, 'Enter')), '6.33');
  },

  async 'the list is made when it is opened, before the browser shows it'({ visit }) {
    const { page } = await visit();
    const options = () => asks(page).locator('option').count();
    assert.equal(await options(), 1);
    const { x, y, width, height } = await asks(page).boundingBox();
    // What the browser's own list is made of is what stands here when the button has gone down.
    await page.evaluate(() => {
      const select = document.querySelector('uvm-scope').shadowRoot.querySelector('.subjects');
      select.addEventListener('mousedown', () => { window.atMouseDown = select.options.length; });
    });
    await page.mouse.click(x + width / 2, y + height / 2);
    assert.ok(await page.evaluate(() => window.atMouseDown) > 2);
    await press(page, 'Escape');
    await app(page).focus();
    await frames(page);
    assert.equal(await options(), 1);
  },

  async 'what is in the list has words of its own'({ visit }) {
    const { page } = await visit();
    await asks(page).focus();
    for (const at of ['1.0', '1.26', '3.refused', '5.end', '6.end']) {
      await ask(page, 'goto', at);
      await look(page);
      const words = await asks(page).locator('option').allTextContents();
      assert.equal(new Set(words).size, words.length, at);
      assert.ok(words.length > 2, `${at}: ${words}`);
    }
  },

  async 'whatever is drawn answers a click'({ visit }) {
    const { page } = await visit();
    const PLACES = {
      '3.refused': [
        ['count-0', 'wired_count of 0x7f7ff7ed6000–0x7f7ff7eff000', ['It is 0.'], [
          MMAP, MLOCK,
        ]],
        ['prot-0', 'prot of 0x7f7ff7ed6000–0x7f7ff7eff000', ['It is rw.'], [
          '1.26 prot rw, with the new entry, in mmap(0x7f7ff7ecd000, 204800, rw, …), because the '
            + 'length is 200 KiB, not 0 (1.12)',
        ]],
        [`boundary-${X}`, 'start of 0x7f7ff7ed6000–0x7f7ff7eff000', [`It is ${X}.`], [
          '3.18 start 0x7f7ff7ecd000 → 0x7f7ff7ed6000, at the cut, in mlock(0x7f7ff7ed6000, 0), '
            + 'because 0x7f7ff7ecd000 < 0x7f7ff7ed6000 < 0x7f7ff7eff000 was true (3.16)',
          '1.26 start 0x7f7ff7ecd000, with the new entry, in mmap(0x7f7ff7ecd000, 204800, rw, …), '
            + 'because the length is 200 KiB, not 0 (1.12)',
        ]],
        ['pin-entry', 'entry', ['It is 0x7f7ff7ed6000–0x7f7ff7eff000.'], [
          '3.13 entry points at 0x7f7ff7ecd000–0x7f7ff7eff000. Pass 1 begins: it marks the entries',
        ]],
        ['request-text', 'the request', ['It is 0.'], [
          '3.0 mlock(0x7f7ff7ed6000, 0) asks to wire an empty range. It starts and ends at '
            + '0x7f7ff7ed6000: x = y',
        ]],
        ['blade', `no cut at ${X}, the end of the range`, [], [REFUSED]],
        ['blade-text', `no cut at ${X}, the end of the range`, [], [REFUSED]],
        ['page-0x7f7ff7ed0000', 'the page at 0x7f7ff7ed0000', ['It is nothing.'], [
          '1.0 no mapping from the beginning',
        ]],
      ],
      '3.count': [
        ['hatch-0', 'wired_count of 0x7f7ff7ed6000–0x7f7ff7eff000', ['It is 1.'], [
          MLOCK, MMAP, MLOCK_AGAIN,
        ]],
      ],
    };
    for (const [at, nodes] of Object.entries(PLACES)) {
      for (const [key, title, holds, lines] of nodes) {
        await ask(page, 'goto', at);
        const whole = node(page, key);
        // The variables' names are what one can point at.
        await (key.startsWith('pin-') ? whole.locator('text') : whole).click();
        const shown = await answer(page);
        assert.deepEqual([shown.title, shown.holds, shown.jumps], [title, holds, lines], `${key} at ${at}`);
        assert.equal(place(await state(page)), place(await ask(page, 'goto', at)), 'asking moves nothing');
      }
    }
    // A page has several values, each with its writers.
    await ask(page, 'goto', '6.end');
    await node(page, `page-${X}`).click();
    const shown = await answer(page);
    assert.equal(shown.title, `the page at ${X}`);
    assert.deepEqual(shown.holds, [
      `wire_count of the page at ${X}: 0.`, `the wired bit of the page at ${X}: not set.`,
      `the mapping of the page at ${X}: page 0.`,
    ]);
    assert.deepEqual(shown.jumps.slice(0, 2), [
      '6.32 not released in munlock(0x7f7ff7ed6000, 1024), because wire_count 0 == 0 was true',
      '2.18 wire_count 0, with the new page, in touch(0x7f7ff7ed6000, 4096), because the pmap does '
        + 'not map 0x7f7ff7ed6000 for writing: the access gives a fault (2.2)',
    ]);
  },

  async 'w asks about what the step is about, and asked again it closes'({ visit }) {
    const { page } = await visit();
    const TITLES = {
      '1.0': 'the request',
      '2.20': `the page at ${X}`,
      '3.0': 'wired_count of 0x7f7ff7ecd000–0x7f7ff7eff000',
      '3.12': 'the entry 0x7f7ff7ecd000–0x7f7ff7eff000',
      '3.cut': `start of ${X}–0x7f7ff7eff000`,
      '3.refused': `no cut at ${X}, the end of the range`,
      '3.count': `wired_count of ${X}–0x7f7ff7eff000`,
      '5.cut': `start of ${Y}–0x7f7ff7eff000`,
      '6.console': `the page at ${X}`,
      // The page says no more than that it is not wired; why anybody thought so, its entry does.
      '6.panic': `wired_count of ${X}–${Y}`,
    };
    for (const [at, title] of Object.entries(TITLES)) {
      await ask(page, 'goto', at);
      await press(page, 'w');
      const shown = await answer(page);
      assert.deepEqual([shown.title, shown.at], [title, `at ${place(await state(page))}`], at);
      assert.ok(shown.jumps.length > 0, at);
      assert.equal((await press(page, 'w')).why, null, at);
    }
    // At another place it asks anew; and the button does what the key does.
    await ask(page, 'goto', '3.count');
    await press(page, 'w', 'ArrowLeft', 'w');
    assert.equal((await answer(page)).title, TITLES['3.refused']);
    await ask(page, 'goto', '3.count');
    await tool(page, 'Why is it so?').click();
    assert.equal((await answer(page)).title, TITLES['3.count']);
    await pane(page).getByRole('button', { name: 'Close the answer' }).click();
    assert.equal((await state(page)).why, null);
  },

  async 'a cut that was not made names the condition that failed'({ visit }) {
    const { page } = await visit();
    for (const [at, condition] of [
      ['3.refused', `${X} < ${X} < 0x7f7ff7eff000 was false`],
      ['4.refused', `${X} < ${X} < 0x7f7ff7eff000 was false`],
      ['6.refused.2', `${X} < ${Y} < ${Y} was false`],
    ]) {
      const now = await ask(page, 'goto', at);
      await press(page, 'w');
      const { title, jumps: lines } = await answer(page);
      assert.match(title, /^no cut at/);
      assert.equal(lines.length, 1);
      assert.ok(lines[0].startsWith(`${place(now)} not cut at `), lines[0]);
      assert.ok(lines[0].endsWith(`because ${condition}`), lines[0]);
      // The caption and the picture name it, too.
      const [, before] = condition.match(/< (0x\w+) < /) ?? [];
      assert.ok(now.caption.includes(before), now.caption);
    }
  },

  async 'the next write leads on, and the way back leads here'({ visit }) {
    const { page } = await visit();
    await ask(page, 'goto', '3.count');
    await press(page, 'w');
    assert.deepEqual((await answer(page)).jumps, [MLOCK, MMAP, MLOCK_AGAIN]);
    await pane(page).getByText('Next write:').waitFor();
    await jumps(page).filter({ hasText: MLOCK_AGAIN }).click();
    const { now } = await look(page);
    assert.equal(place(now), '5.22');
    assert.equal(now.entries[1].wired_count, 2);
    assert.deepEqual((await answer(page)).here, [MLOCK_AGAIN]);
    assert.equal(place(await press(page, 'Backspace')), '3.22');
    // Steps by hand leave the answer and its way back where they are.
    await jumps(page).filter({ hasText: MMAP }).click();
    await press(page, 'ArrowRight', 'ArrowRight');
    assert.equal(place(await state(page)), '1.28');
    assert.equal(place(await press(page, 'Backspace')), '3.22');
  },

  async 'counters and console lines answer, too'({ visit }) {
    const { page } = await visit();
    await press(page, 'End');
    const counters = page.getByRole('region', { name: 'Counters' });
    await counters.getByRole('button', { name: 'entries 3: why?' }).click();
    assert.deepEqual(await answer(page), {
      title: 'the number of entries',
      at: 'at 6.33',
      holds: ['It is 3.'],
      jumps: [
        '5.19 the number of entries 2 → 3, in mlock(0x7f7ff7ed6000, 1024), because 0x7f7ff7ed6000 < '
          + '0x7f7ff7ed7000 < 0x7f7ff7eff000 was true (5.17)',
        '3.18 the number of entries 1 → 2, in mlock(0x7f7ff7ed6000, 0), because 0x7f7ff7ecd000 < '
          + '0x7f7ff7ed6000 < 0x7f7ff7eff000 was true (3.16)',
        '1.26 the number of entries 0 → 1, in mmap(0x7f7ff7ecd000, 204800, rw, …), because the '
          + 'length is 200 KiB, not 0 (1.12)',
        '1.0 the number of entries 0 from the beginning',
      ],
      here: [],
    });
    await counters.getByRole('button', { name: /^uvmexp\.wired 0/ }).focus();
    await press(page, 'Enter');
    assert.deepEqual((await answer(page)).jumps, ['1.0 uvmexp.wired 0 from the beginning']);

    const line = page.getByRole('region', { name: 'Console' }).getByRole('button', { name: PRINTED });
    await line.focus();
    await press(page, 'Enter');
    const printed = await answer(page);
    assert.deepEqual([printed.title, printed.holds], ['line 1 of the console', [`It is "${PRINTED}".`]]);
    assert.deepEqual(printed.jumps, [
      `6.29 the kernel printed "${PRINTED}", in munlock(0x7f7ff7ed6000, 1024), because the mapping of `
        + '0x7f7ff7ed6000 is not marked wired (6.27)',
    ]);
    await jumps(page).click();
    assert.equal(place((await look(page)).now), '6.29');
  },

  async 'of two kernels the answer says whose it is, and its jumps move both'({ visit }) {
    const { page } = await visit();
    await ask(page, 'goto', '5.end');
    await press(page, 'c');
    const before = await state(page);
    await node(page, 'count-0', 1).click();
    let shown = await answer(page);
    assert.equal(shown.at, 'at 5.53, committed');
    assert.deepEqual(shown.holds, ['It is 1.']);
    assert.ok(shown.jumps[0].includes('wired_count 0 → 1, in mlock(0x7f7ff7ed6000, 1024)'), shown.jumps[0]);
    await jumps(page).first().click();
    const jumped = await state(page);
    assert.equal(`${place(jumped.compare)} `, shown.jumps[0].slice(0, 5));
    assert.equal(jumped.compare.event.ev, 'wired_count');
    assert.equal(jumped.at.call, 5);
    assert.equal(pair(await press(page, 'Backspace')), pair(before));
    await node(page, 'count-0', 0).click();
    shown = await answer(page);
    assert.equal(shown.at, 'at 5.33, original');
    assert.deepEqual(shown.holds, ['It is 2.']);

    // By the keyboard: what the second picture shows stands in the list under its kernel's name.
    await asks(page).focus();
    await frames(page);
    const groups = await asks(page).evaluate((select) => [...select.querySelectorAll('optgroup')]
      .map((group) => [group.label, [...group.children].map((it) => it.text)]));
    assert.deepEqual(groups.map(([name]) => name), ['original', 'committed']);
    assert.ok(groups[1][1].includes(`wired_count of ${X}–${Y}`), groups[1][1].join('\n'));
    const last = 1 + groups[0][1].length + groups[1][1].length - 1;
    await press(page, 'End');
    assert.equal(await asks(page).evaluate((select) => select.selectedIndex), last);
    assert.match((await answer(page)).at, /, committed$/);
    // Without the second kernel there is nothing left to answer for.
    await app(page).focus();
    assert.equal((await press(page, 'c')).why, null);
  },
});
