// Every kernel that the switch offers, by its button, its box, or the switch of DIAGNOSTIC. What
// each call leaves is written down here as `uvmscope run --scenario mlock-zero --kernel …` prints it.
import assert from 'node:assert/strict';
import { frames, state, suite } from './harness.mjs';
import { A, B, X, Y, change, entries, look, nodesOf, openChanges, press } from './reader.mjs';

const PANIC = 'KASSERT(pg->wire_count != 0) in uvm_pageunwire';
const COMPLAINT = `pmap_unwire: wiring for pmap 0xffffaa80028e4980 va ${X} did not change!`;

const page = (count, held) => [{ va: X, wire_count: count, pmap_wired: held }];
const left = (entries, pages, wired, rest = {}) => (
  { entries, pages, wired: [wired, wired], console: [], panic: null, ...rest }
);
/** What every kernel has after `mmap` and after `touch`. */
const BEGIN = [left([[A, B, 0]], [], 0), left([[A, B, 0]], page(0, false), 0)];
/** A zero-length mlock marks the tail, and the munlock of one page ends as `last` says. */
const marks = (last) => [
  ...BEGIN,
  left([[A, X, 0], [X, B, 1]], page(0, false), 0),
  left([[A, X, 0], [X, B, 1]], page(0, false), 0),
  left([[A, X, 0], [X, Y, 2], [Y, B, 1]], page(0, false), 0),
  last,
];
const RUINED = [[A, X, 0], [X, Y, 0], [Y, B, 1]];
const PANICS = marks(left(RUINED, page(0, false), 0, { console: [COMPLAINT], panic: PANIC }));
const WRAPS = marks(left(RUINED, page(65535, false), 0, { console: [COMPLAINT] }));
const HOLDS = [
  ...BEGIN,
  left([[A, B, 0]], page(0, false), 0),
  left([[A, B, 0]], page(0, false), 0),
  left([[A, X, 0], [X, Y, 1], [Y, B, 0]], page(1, true), 1),
  left([[A, X, 0], [X, Y, 0], [Y, B, 0]], page(0, false), 0),
];

const PRESETS = { original: PANICS, mail: HOLDS, committed: HOLDS, later: HOLDS };
const CHANGES = {
  'syscall-zero-guard': PANICS,
  'syscall-wrap-check': PANICS,
  'pageable-empty-return': HOLDS,
  'range-check-keeps-start': PANICS,
  'range-error-enomem': PANICS,
  'munlock-error-enomem': PANICS,
  'zero-guard-everywhere': PANICS,
};

/** What each call leaves, as the element tells it at the calls' last steps. */
function results(page) {
  return page.evaluate(async () => {
    const element = document.querySelector('uvm-scope');
    const seen = [];
    for (let call = 1; call <= 6; call += 1) {
      await element.goto(`${call}.end`);
      seen.push(element.state());
    }
    return seen;
  }).then((seen) => seen.map((now) => ({
    entries: entries(now),
    pages: now.pages,
    wired: [now.uvmexp_wired, now.pmap_wired_count],
    console: now.console,
    panic: now.panic,
  })));
}

/** Which presets are pressed and which boxes are ticked. */
async function shown(page) {
  await frames(page);
  return {
    pressed: await page.getByRole('group', { name: 'Kernel' })
      .getByRole('button', { pressed: true }).allTextContents(),
    ticked: await page.getByRole('checkbox', { checked: true }).evaluateAll(
      (boxes) => boxes.map((box) => box.closest('label').querySelector('code').textContent),
    ),
  };
}

suite({
  async 'every preset by its button'({ visit }) {
    const { page } = await visit();
    await openChanges(page);
    const buttons = page.getByRole('group', { name: 'Kernel' }).getByRole('button');
    assert.deepEqual(await buttons.allTextContents(), Object.keys(PRESETS));
    // `original` last: it is on from the start, and its button has to do something, too.
    for (const name of ['later', 'mail', 'committed', 'original']) {
      await buttons.getByText(name).click();
      assert.equal((await state(page)).kernel, name);
      assert.deepEqual((await shown(page)).pressed, [name]);
      assert.deepEqual(await results(page), PRESETS[name], name);
    }
    assert.deepEqual((await shown(page)).ticked, []);
    await buttons.getByText('committed').click();
    assert.deepEqual((await shown(page)).ticked,
      ['syscall-zero-guard', 'pageable-empty-return', 'range-error-enomem']);
  },

  async 'each change alone by its box'({ visit }) {
    const { page } = await visit();
    await openChanges(page);
    const names = await page.getByRole('checkbox').evaluateAll(
      (boxes) => boxes.map((box) => box.closest('label').querySelector('code').textContent),
    );
    assert.deepEqual(names, Object.keys(CHANGES));
    for (const [name, expected] of Object.entries(CHANGES)) {
      await change(page, name).check();
      assert.equal((await state(page)).kernel, `+${name}`);
      assert.deepEqual(await shown(page), { pressed: [], ticked: [name] });
      assert.deepEqual(await results(page), expected, name);
      await change(page, name).uncheck();
      assert.equal((await state(page)).kernel, 'original');
    }
    assert.deepEqual(await shown(page), { pressed: ['original'], ticked: [] });
  },

  async 'boxes that make up a preset are that preset'({ visit }) {
    const { page } = await visit();
    await openChanges(page);
    for (const name of ['range-error-enomem', 'syscall-zero-guard', 'pageable-empty-return']) {
      await change(page, name).check();
    }
    assert.equal((await state(page)).kernel, 'committed');
    assert.deepEqual((await shown(page)).pressed, ['committed']);
  },

  async 'without DIAGNOSTIC nothing panics, and the count wraps'({ visit }) {
    const { page } = await visit();
    const diagnostic = page.getByRole('switch', { name: 'DIAGNOSTIC' });
    assert.ok(await diagnostic.isChecked());
    await press(page, 'End');
    assert.equal((await state(page)).panic, PANIC);
    await diagnostic.uncheck();
    const now = await state(page);
    assert.deepEqual([now.diagnostic, now.panic, now.at.call], [false, null, 6]);
    assert.deepEqual(await results(page), WRAPS);
    const end = await look(page);
    assert.deepEqual([end.now.returned, end.now.errno], [true, null]);
    assert.ok(end.nodes[`page-${X}`].title.includes('wire_count 65535'), end.nodes[`page-${X}`].title);
    assert.equal(nodesOf(end, 'panic').length, 0);
    // The presets leave it as it is.
    await page.getByRole('button', { name: 'committed' }).click();
    assert.equal((await state(page)).diagnostic, false);
    assert.deepEqual(await results(page), HOLDS);
    await page.getByRole('button', { name: 'original' }).click();
    await diagnostic.check();
    assert.deepEqual(await results(page), PANICS);
  },
});
