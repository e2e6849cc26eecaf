// The story that the page opens with, walked by keys as a reader walks it: what must be seen on the
// original kernel, and what on the repaired ones.
import assert from 'node:assert/strict';
import { ask, state, suite } from './harness.mjs';
import {
  A, B, X, Y, change, entries, look, machine, move, nodesOf, openChanges, place, press,
} from './reader.mjs';

const COMPLAINT = `pmap_unwire: wiring for pmap 0xffffaa80028e4980 va ${X} did not change!`;
const PANIC = 'KASSERT(pg->wire_count != 0) in uvm_pageunwire';

/** From the first place to the last by the right arrow alone; everything seen on the way. */
async function walk(page) {
  await press(page, 'Home');
  const seen = [await look(page)];
  assert.equal(place(seen[0].now), '1.0');
  for (;;) {
    await page.keyboard.press('ArrowRight');
    const here = await look(page);
    if (place(here.now) === place(seen.at(-1).now)) return seen;
    seen.push(here);
    assert.ok(seen.length < 400, 'the walk ends');
  }
}

/** The one step of `seen` that satisfies `is`, and the one before it. */
function only(seen, what, is) {
  const found = seen.flatMap((here, i) => (is(here) ? [i] : []));
  assert.equal(found.length, 1, `${what}: ${found.map((i) => place(seen[i].now))}`);
  return [seen[found[0] - 1], seen[found[0]]];
}

const broken = ({ now }) => now.broken.filter(({ pending }) => !pending);
const hatches = (here) => nodesOf(here, 'hatch-').filter(({ classes }) => classes.includes('broken'));
const event = (name, call) => ({ now }) => now.event?.ev === name && now.at.call === call;

suite({
  async 'the sequence of the mail, step by step to the panic, back out of it, and repaired'({ visit }) {
    const { page } = await visit();
    const seen = await walk(page);
    // Every step of every call once, in order.
    const expected = [];
    for (const { now } of seen.filter(({ now }) => now.at.step === 0)) {
      for (let step = 0; step <= now.at.steps; step += 1) expected.push(`${now.at.call}.${step}`);
    }
    assert.deepEqual(seen.map(({ now }) => place(now)), expected);
    assert.equal(seen.at(-1).now.at.call, 6);
    for (const here of seen) {
      assert.equal(here.caption, here.now.caption.replaceAll('`', ''));
      assert.equal(nodesOf(here, 'entry-').length, here.now.entries.length);
    }
    const index = (call, step) => seen.findIndex(({ now }) => place(now) === `${call}.${step}`);
    const last = (call) => seen[index(call, seen.find(({ now }) => now.at.call === call).now.at.steps)];

    // mlock(p, 0): the cut.
    const [whole, cut] = only(seen, 'the cut', event('clip_start', 3));
    assert.deepEqual(entries(whole.now), [[A, B, 0]]);
    assert.deepEqual(entries(cut.now), [[A, X, 0], [X, B, 0]]);
    assert.ok(cut.nodes.blade.classes.includes('cut') && cut.nodes.blade.visible);
    assert.ok(cut.caption.includes(`cut in two at ${X}`), cut.caption);

    // The cut that does not happen, and why.
    const isRefused = (call) => ({ now, nodes }) => now.at.call === call
      && nodes.blade?.classes.includes('refused');
    const [, refused] = only(seen, 'the refused cut', isRefused(3));
    assert.ok(refused.nodes.blade.visible && refused.nodes['blade-text'].visible);
    assert.ok(refused.caption.includes(`${X} < ${X} is false`), refused.caption);
    assert.ok(refused.nodes['blade-text'].text.includes(`${X} < ${X} is false`));
    assert.deepEqual(machine(refused.now), machine(seen[seen.indexOf(refused) - 1].now));

    // The count, and with it the broken promise: nowhere before, everywhere from here on.
    const [before, counted] = only(seen, 'the count', event('wired_count', 3));
    assert.deepEqual(entries(before.now), [[A, X, 0], [X, B, 0]]);
    assert.deepEqual(entries(counted.now), [[A, X, 0], [X, B, 1]]);
    for (const here of seen.slice(0, seen.indexOf(counted))) {
      assert.deepEqual([broken(here), hatches(here)], [[], []], place(here.now));
    }
    for (const here of seen.slice(seen.indexOf(counted))) {
      const claims = here.now.entries.filter(({ wired_count: count }) => count > 0);
      const told = broken(here).map(({ start, end }) => [start, end]);
      assert.deepEqual(told, claims.map(({ start, end }) => [start, end]), place(here.now));
      assert.equal(hatches(here).length, claims.length, place(here.now));
      assert.ok(hatches(here).every(({ visible }) => visible), place(here.now));
      assert.ok(hatches(here).every(({ classes }) => classes.includes('hatched')), place(here.now));
    }
    assert.ok(counted.nodes['hatch-0'].text.includes('0 of 41 pages'), counted.nodes['hatch-0'].text);
    assert.deepEqual(last(3).now.pages, [{ va: X, wire_count: 0, pmap_wired: false }]);
    assert.deepEqual([last(3).now.returned, last(3).now.errno], [true, null]);

    // munlock(p, 0): nothing.
    const fourth = seen.filter(({ now }) => now.at.call === 4);
    assert.ok(fourth.length > 10);
    for (const here of fourth) assert.deepEqual(machine(here.now), machine(last(3).now), place(here.now));
    assert.deepEqual([last(4).now.returned, last(4).now.errno], [true, null]);

    // mlock(p, 1024): the split, and one wiring too many.
    const [, split] = only(seen, 'the split', event('clip_end', 5));
    assert.deepEqual(entries(split.now), [[A, X, 0], [X, Y, 1], [Y, B, 1]]);
    assert.ok(split.nodes.blade.classes.includes('cut') && split.nodes.blade.visible);
    const [one, two] = only(seen, 'the second count', event('wired_count', 5));
    assert.deepEqual(entries(one.now), [[A, X, 0], [X, Y, 1], [Y, B, 1]]);
    assert.deepEqual(entries(two.now), [[A, X, 0], [X, Y, 2], [Y, B, 1]]);
    assert.equal(last(5).now.uvmexp_wired, 0);

    // munlock(p, 1024): the complaint and the panic.
    const printed = seen.find(({ now }) => now.console.length > 0);
    const quiet = seen[seen.indexOf(printed) - 1];
    assert.ok(quiet.now.at.call === 6 && !quiet.console.includes(COMPLAINT), quiet.console);
    assert.ok(printed.caption.includes(`The kernel prints: "${COMPLAINT}"`), printed.caption);
    assert.deepEqual(printed.now.console, [COMPLAINT]);
    assert.ok(printed.console.includes(COMPLAINT), printed.console);
    const [alive, dead] = only(seen, 'the panic', ({ now }) => now.panic !== null);
    assert.equal(dead, seen.at(-1));
    assert.equal(dead.now.panic, PANIC);
    assert.ok(dead.nodes.panic.visible);
    assert.ok(dead.nodes.panic.text.includes(PANIC), dead.nodes.panic.text);
    assert.ok(seen.slice(0, -1).every(({ nodes }) => nodes.panic === undefined));
    assert.ok(dead.line.includes('k.panic('), dead.line);
    assert.ok(nodesOf(dead, 'entry-').every(({ visible }) => visible), 'the picture stays');

    // Back out of it.
    await press(page, 'ArrowLeft');
    const back = await look(page);
    assert.deepEqual(back.now, alive.now);
    assert.equal(back.nodes.panic, undefined);
    await press(page, 'ArrowRight');

    // The repaired kernel, from the same place to the end.
    await page.getByRole('button', { name: 'committed' }).click();
    const switched = await look(page);
    assert.equal(switched.now.kernel, 'committed');
    assert.equal(switched.now.at.call, 6);
    assert.ok(switched.note.includes('committed'), switched.note);
    const committed = await walk(page);
    const end = committed.at(-1);
    assert.deepEqual([end.now.at.call, end.now.returned, end.now.errno], [6, true, null]);
    for (const here of committed) {
      assert.deepEqual([here.now.panic, here.now.console], [null, []], place(here.now));
      assert.equal(here.nodes.panic, undefined);
    }
    assert.ok(await move(page, 'To the end').getAttribute('aria-disabled'));
  },

  async 'with the early return alone nothing empty counts, and what is asked for is wired'({ visit }) {
    const { page } = await visit();
    await openChanges(page);
    await change(page, 'pageable-empty-return').check();
    assert.equal((await state(page)).kernel, '+pageable-empty-return');
    await page.getByRole('region', { name: /^uvmscope/ }).focus();
    const seen = await walk(page);
    const ofCall = (call) => seen.filter(({ now }) => now.at.call === call);
    const untouched = ofCall(2).at(-1).now;
    assert.deepEqual(entries(untouched), [[A, B, 0]]);
    for (const call of [3, 4]) {
      assert.ok(ofCall(call).length > 5);
      for (const here of ofCall(call)) {
        assert.deepEqual(machine(here.now), machine(untouched), place(here.now));
        assert.ok(!here.nodes.blade?.classes.includes('cut'), place(here.now));
      }
      const { returned, errno } = ofCall(call).at(-1).now;
      assert.deepEqual([returned, errno], [true, null]);
    }

    const events = ofCall(5).map(({ now }) => now.event?.ev);
    const order = ['clip_start', 'clip_end', 'wired_count', 'pagewire'];
    assert.deepEqual(events.filter((ev) => order.includes(ev)), order);
    const [zero, one] = only(seen, 'the count', event('wired_count', 5));
    assert.deepEqual(entries(zero.now), [[A, X, 0], [X, Y, 0], [Y, B, 0]]);
    assert.deepEqual(entries(one.now), [[A, X, 0], [X, Y, 1], [Y, B, 0]]);
    const wired = ofCall(5).at(-1);
    assert.deepEqual(wired.now.pages, [{ va: X, wire_count: 1, pmap_wired: true }]);
    assert.deepEqual([wired.now.uvmexp_wired, wired.now.pmap_wired_count], [1, 1]);
    assert.ok(wired.nodes[`page-${X}`].title.includes('wire_count 1, held wired by the pmap'));
    // In between the claim comes before the pages; that is outlined, and is no broken promise.
    const pending = ofCall(5).filter(({ now }) => now.broken.length > 0);
    assert.ok(pending.length > 0);
    for (const here of pending) {
      assert.ok(nodesOf(here, 'hatch-').some(({ classes }) => classes.includes('pending')));
    }

    const [, released] = only(seen, 'the release', event('wired_count', 6));
    assert.deepEqual(entries(released.now), [[A, X, 0], [X, Y, 0], [Y, B, 0]]);
    const end = seen.at(-1).now;
    assert.deepEqual([end.at.call, end.returned, end.errno], [6, true, null]);
    assert.deepEqual(end.pages, [{ va: X, wire_count: 0, pmap_wired: false }]);
    assert.deepEqual([end.uvmexp_wired, end.pmap_wired_count], [0, 0]);
    for (const here of seen) {
      assert.deepEqual([here.now.panic, here.now.console], [null, []], place(here.now));
      assert.deepEqual([broken(here), hatches(here)], [[], []], place(here.now));
    }
  },

  async 'it opens where the promise breaks, and one step back it is whole'({ visit }) {
    const { page } = await visit();
    const opening = await look(page);
    assert.equal(opening.now.event.ev, 'wired_count');
    assert.deepEqual([broken(opening).length, hatches(opening).length], [1, 1]);
    assert.ok(opening.nodes['request-text'].text.includes('empty: x = y'));
    await move(page, 'Step back').click();
    const before = await look(page);
    assert.deepEqual([broken(before), hatches(before)], [[], []]);
    assert.deepEqual(place(await ask(page, 'next')), place(opening.now));
  },
});
