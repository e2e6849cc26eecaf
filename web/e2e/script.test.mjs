// The script is written on the page: it runs as it is written, says what is wrong with it, offers
// words, is edited by whole lines and undone; and a stretch of the picture becomes a call.
import assert from 'node:assert/strict';
import { deflateSync } from 'node:zlib';
import { ask, frames, ready, state, suite } from './harness.mjs';
import { A, B, app, look, place, press } from './reader.mjs';

const editor = (page) => page.getByRole('region', { name: 'Script', exact: true });
const pen = (page) => editor(page).getByRole('textbox', { name: 'The script, one call a line' });
const errors = (page) => editor(page).locator('.errors').getByRole('listitem');
const offers = (page) => editor(page).locator('.ink .offer');
const hears = (page) => editor(page).getByRole('status');
const menu = (page) => page.getByRole('group', { name: 'Add a call' });
const running = (page) => page.getByRole('progressbar', { name: 'Running the script' });

/** Opens the editor at a place, and waits until one can write. */
async function edit(page, at) {
  await app(page).focus();
  if (at !== undefined) await ask(page, 'goto', at);
  await press(page, 's');
  await pen(page).and(page.locator(':focus')).waitFor();
}

/** Selects a part of the line that reads so, or puts the caret there; from its end if negative. */
async function select(page, line, from = line.length, to = from) {
  await pen(page).evaluate((pen, [line, from, to]) => {
    const start = `\n${pen.value}\n`.indexOf(`\n${line}\n`);
    if (start < 0) throw new Error(`no line reads ${line}`);
    pen.focus();
    pen.setSelectionRange(start + from, start + to);
    pen.dispatchEvent(new KeyboardEvent('keyup', { bubbles: true }));
  }, [line, from, to]);
  await frames(page);
}

/** What is selected, and the line in which that ends. */
function selected(page) {
  return pen(page).evaluate((pen) => {
    const { value, selectionStart: start, selectionEnd: end } = pen;
    const line = value.slice(value.lastIndexOf('\n', end - 1) + 1).split('\n')[0];
    return { text: value.slice(start, end), line, at: end };
  });
}

/** Types, and returns `state()` when what came of it is drawn. */
async function type(page, text) {
  await page.keyboard.type(text);
  await frames(page);
  return state(page);
}

/** Puts another text in, as pasting over everything does. */
async function write(page, text) {
  await pen(page).evaluate((pen, text) => {
    pen.focus();
    pen.value = text;
    pen.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }, text);
  await frames(page);
  return state(page);
}

/** Lines of the script that are calls, each with what stands at its end. */
function outcomes(page) {
  return editor(page).locator('.ink .row').evaluateAll((rows) => rows
    .map((row) => [row.querySelector('.number').innerText, row.querySelector('.outcome')?.innerText])
    .filter(([number]) => number !== ''));
}

/** The calls of the list, as [`outcomes`] has those of the text. */
function listed(page) {
  return page.getByRole('region', { name: 'Calls', exact: true }).locator('.call').evaluateAll((calls) => (
    calls.map((call) => [call.querySelector('.number').innerText, call.querySelector('.outcome').innerText])));
}

/** A link that carries this text. */
function link(text) {
  return `#v=1&s=${deflateSync(text).toString('base64url')}`;
}

const lines = ({ script }) => script.split('\n');

/** A point of the picture: the middle of a page's cell. */
async function middle(page, va, side = 0) {
  const cell = page.locator('.live .uvm-scene').nth(side).locator(`[data-k="page-${va}"]`);
  const box = await cell.boundingBox();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Draws from the one page to the other, and lets go there. */
async function draw(page, from, to, side) {
  const start = await middle(page, from, side);
  const end = await middle(page, to, side);
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move(end.x, end.y, { steps: 5 });
  await page.mouse.up();
  await menu(page).waitFor();
}

const hex = (number) => `0x${number.toString(16)}`;
const later = (va, pages) => hex(BigInt(va) + 4096n * BigInt(pages));

/** A script that takes its time. */
function long(rounds) {
  return `p = mmap(NULL, 4M, PROT_READ|PROT_WRITE, MAP_ANON|MAP_PRIVATE, -1, 0)\ntouch(p, 4M)\n${
    'mlock(p, 4M)\nmunlock(p, 4M)\n'.repeat(rounds)}`;
}

suite({
  async 'what is typed runs at once, and the place is kept'({ visit }) {
    const { page } = await visit();
    const told = await listed(page);
    const before = await ask(page, 'goto', '5.cut');
    await page.getByRole('button', { name: 'Edit the script' }).click();
    await pen(page).and(page.locator(':focus')).waitFor();
    // The caret is at the end of the call that is shown.
    assert.equal((await selected(page)).line, 'mlock(p, 1024) = 0');
    assert.deepEqual(await outcomes(page), told);
    assert.equal(await pen(page).inputValue(), before.script);
    // A line behind the place leaves the place; each letter of it runs, or says why not.
    let now = await type(page, '\ntouch(buf, 1)');
    assert.deepEqual(now.at, before.at);
    assert.equal(now.scenario, '');
    const behind = await outcomes(page);
    assert.equal(behind.length, told.length + 1);
    assert.deepEqual(behind[before.at.call], [String(before.at.call + 1), '= 0']);
    // A line before it moves it on, at the same step.
    await select(page, 'touch(buf + 0x9000, 4K)');
    now = await type(page, '\ntouch(buf + 36K, 1)');
    assert.deepEqual(now.at, { ...before.at, call: before.at.call + 1 });
    assert.deepEqual(now.entries, before.entries);
    // What stands at the ends of the lines is what the list of calls says.
    const shown = await outcomes(page);
    assert.equal(shown.length, told.length + 2);
    await editor(page).getByRole('button', { name: 'done' }).click();
    assert.deepEqual(await listed(page), shown);
  },

  async 'an outcome changes with the text, and fails in its colour'({ visit }) {
    const { page } = await visit();
    await edit(page);
    const ink = (name) => editor(page).locator(`.ink .row.${name}`);
    assert.match((await ink('stopped').innerText()).replaceAll(/\s+/g, ' '), /munlock\(p, 1024\).*panic/);
    await select(page, 'munlock(p, 1024)', 0, 16);
    await type(page, 'mlock(0x1000, 4K)');
    assert.equal(await ink('stopped').count(), 0);
    const failed = await ink('failed').innerText();
    const { console: printed } = await ask(page, 'goto', '100%');
    assert.equal((await state(page)).panic, null);
    assert.deepEqual(printed, []);
    assert.ok(failed.includes((await state(page)).errno), failed);
  },

  async 'an error is listed with its place, leads there, and costs nobody the place'({ visit }) {
    const { page } = await visit();
    const before = await ask(page, 'goto', '6.console');
    await edit(page);
    await select(page, 'touch(buf + 0x9000, 4K)', 0, 5);
    const now = await type(page, 'toch');
    assert.equal(now.errors.length, 1);
    assert.ok(now.at.call < before.at.call, 'it runs only up to there');
    assert.equal(await pen(page).getAttribute('aria-invalid'), 'true');
    const line = lines(now).indexOf('toch(buf + 0x9000, 4K)') + 1;
    assert.equal(await errors(page).getByRole('button').innerText(), `line ${line}, column 1`);
    const said = await errors(page).innerText();
    assert.ok(said.includes('toch') && said.includes('touch'), said);
    assert.equal(await editor(page).locator('.ink .row.wrong .bad').innerText(), 'toch');
    // Those behind it have not run.
    assert.equal((await outcomes(page)).length, 1);
    await select(page, 'diagnostic on');
    await errors(page).getByRole('button').click();
    assert.deepEqual(await selected(page), {
      text: '', line: 'toch(buf + 0x9000, 4K)', at: `\n${now.script}`.indexOf('\ntoch'),
    });
    assert.ok(await pen(page).evaluate((pen) => pen.matches(':focus')));
    await press(page, ...Array(2).fill('ArrowRight'));
    const mended = await type(page, 'u');
    assert.deepEqual([mended.errors, place(mended)], [[], place(before)]);
    assert.equal(mended.script, before.script);
    assert.deepEqual(mended.entries, before.entries);
    assert.equal(await pen(page).getAttribute('aria-invalid'), null);
    assert.equal(await errors(page).count(), 0);
  },

  async 'every error is listed, up to a number, and each leads to its place'({ visit }) {
    const { page } = await visit();
    await edit(page);
    const wrong = ['kernel orginal', 'q = mmap(0, 4K, PROT_RAED, MAP_ANON, -1, 0)', 'mlock(nobody, 4K)', 'mlock(0x1000'];
    const now = await write(page, wrong.join('\n'));
    assert.ok(now.errors.length >= wrong.length, now.errors.join('\n'));
    assert.equal(await errors(page).count(), now.errors.length);
    for (const [i, error] of now.errors.entries()) {
      const [, line, column] = /^(\d+):(\d+): /.exec(error);
      await errors(page).getByRole('button').nth(i).click();
      const there = await selected(page);
      const start = wrong.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
      assert.equal(there.at, Math.min(start + Number(column) - 1, start + wrong[line - 1].length), error);
    }
    const many = await write(page, 'nonsense\n'.repeat(60));
    assert.match(await errors(page).last().innerText(), /^and \d+ more$/);
    assert.ok(await errors(page).count() < many.errors.length + 1);
  },

  async 'words are offered, chosen by arrows or by Tab, and refused by Escape'({ visit }) {
    const { page } = await visit();
    await edit(page);
    await select(page, 'munlock(p, 1024)');
    await type(page, '\nml');
    const words = await offers(page).locator('b').allInnerTexts();
    assert.ok(words.length >= 2 && words.every((word) => word.startsWith('ml')), words.join());
    assert.ok((await hears(page).innerText()).startsWith(`${words.length} offers, Tab takes ${words[0]}`));
    const line = async () => (await selected(page)).line;
    const chosen = () => editor(page).locator('.ink .offer.chosen b').allInnerTexts();
    // Down, up over the beginning to the last, and on to the first again.
    await press(page, 'ArrowDown');
    await frames(page);
    assert.deepEqual(await chosen(), [words[0]]);
    await press(page, 'ArrowUp');
    await frames(page);
    assert.deepEqual(await chosen(), [words.at(-1)]);
    assert.ok((await hears(page).innerText()).startsWith(`${words.at(-1)}, `));
    assert.equal(await line(), 'ml');
    await press(page, 'Enter');
    await frames(page);
    assert.equal(await line(), words.at(-1));
    assert.equal(await offers(page).count(), 0);
    // Tab takes the first.
    await page.keyboard.press('Control+z');
    await frames(page);
    await type(page, '\nml');
    await press(page, 'Tab');
    await frames(page);
    assert.equal(await line(), words[0]);
    // Where nothing was chosen, Enter ends the line.
    await type(page, '\nml');
    await offers(page).first().waitFor();
    await press(page, 'Enter');
    assert.equal(await line(), '');
    // Escape closes the offers first, and leaves only then.
    await type(page, 'ml');
    await offers(page).first().waitFor();
    await press(page, 'Escape');
    await frames(page);
    assert.equal(await offers(page).count(), 0);
    assert.ok(await pen(page).evaluate((pen) => pen.matches(':focus')));
    assert.equal(await line(), 'ml');
    await page.keyboard.press('Control+ ');
    await frames(page);
    assert.deepEqual(await offers(page).locator('b').allInnerTexts(), words);
    await press(page, 'Escape', 'Escape');
    assert.ok(await app(page).evaluate((app) => app.matches(':focus')));
  },

  async 'what is offered fits the place: names, flags, kernels, and everything when asked'({ visit }) {
    const { page } = await visit();
    await edit(page);
    await select(page, 'munlock(p, 1024)');
    const offered = async (text) => {
      await type(page, `\n${text}`);
      return offers(page).locator('b').allInnerTexts();
    };
    assert.deepEqual(await offered('mlock(b'), ['buf']);
    const flags = await offered('mmap(0, 4K, PROT_READ, MAP_');
    assert.ok(flags.length > 3 && flags.every((flag) => flag.startsWith('MAP_')), flags.join());
    assert.deepEqual(await offered('mprotect(buf, 4K, PROT_W'), ['PROT_WRITE']);
    assert.deepEqual(await offered('kernel com'), ['committed']);
    assert.deepEqual(await offered('# ml'), []);
    // Without any letters only when they are asked for.
    assert.deepEqual(await offered(''), []);
    await page.keyboard.press('Control+ ');
    await frames(page);
    const all = await offers(page).locator('b').allInnerTexts();
    for (const word of ['mmap(', 'mlock(', 'touch(']) assert.ok(all.includes(word), all.join());
    // A caret that goes elsewhere takes no offers along.
    await press(page, 'ArrowLeft');
    await frames(page);
    assert.equal(await offers(page).count(), 0);
  },

  async 'lines are doubled, moved and muted, by buttons and by keys'({ visit }) {
    const { page } = await visit();
    const { script } = await state(page);
    await edit(page);
    const TOOLS = {
      'Duplicate the line': ['Alt+Shift+ArrowDown', (all, n) => all.toSpliced(n, 0, all[n])],
      'Move the line up': ['Alt+ArrowUp', (all, n) => all.toSpliced(n - 1, 2, all[n], all[n - 1])],
      'Move the line down': ['Alt+ArrowDown', (all, n) => all.toSpliced(n, 2, all[n + 1], all[n])],
      'Mute the line, or let it speak again': ['Control+/', (all, n) => all.with(n, `# ${all[n]}`)],
    };
    const own = 'mlock(p, 1024) = 0';
    const n = script.split('\n').indexOf(own);
    for (const [name, [key, change]] of Object.entries(TOOLS)) {
      const expected = change(script.split('\n'), n).join('\n');
      for (const how of ['key', 'button']) {
        await select(page, own, 3);
        if (how === 'key') await page.keyboard.press(key);
        else await editor(page).getByRole('button', { name, exact: true }).click();
        await frames(page);
        assert.equal((await state(page)).script, expected, `${name} by ${how}`);
        assert.equal(await pen(page).inputValue(), expected);
        // One can go on writing in that line.
        assert.ok((await selected(page)).line.endsWith(own), `${name} by ${how}`);
        assert.ok(await pen(page).evaluate((pen) => pen.matches(':focus')));
        await page.keyboard.press('Control+z');
        await frames(page);
        assert.equal((await state(page)).script, script, `${name} by ${how} is undone`);
      }
    }
    // Muted twice it speaks again; and so do several lines at once.
    const two = 'munlock(p, 0) = 0';
    await pen(page).evaluate((pen, two) => {
      const start = pen.value.indexOf(`\n${two}`) + 1;
      pen.setSelectionRange(start, pen.value.indexOf('munlock(p, 1024)') + 3);
    }, two);
    await page.keyboard.press('Control+/');
    await frames(page);
    const muted = lines(await state(page));
    assert.deepEqual(muted.filter((line) => !line.startsWith('#') && line.includes('lock(p')), ['mlock(p, 0) = 0']);
    await page.keyboard.press('Control+/');
    await frames(page);
    assert.equal((await state(page)).script, script);
    // The first line goes no further up, and the last no further down.
    await select(page, script.split('\n')[0]);
    await page.keyboard.press('Alt+ArrowUp');
    assert.equal((await state(page)).script, script);
  },

  async 'Ctrl+Z takes back a line that was typed at once, and a kernel in its turn'({ visit }) {
    const { page } = await visit();
    const { script } = await state(page);
    await edit(page, '3.0');
    await select(page, 'munlock(p, 1024)', 12, 15);
    const steps = [await state(page)];
    const did = async () => steps.push(await state(page));
    await type(page, '8192');
    await press(page, 'Delete');
    await did();
    await page.getByRole('group', { name: 'Kernel', exact: true }).getByRole('button', { name: 'committed' }).click();
    await did();
    await select(page, 'munlock(p, 0) = 0', 11, 12);
    await type(page, '4096');
    await did();
    const told = (now) => [now.script, now.kernel];
    assert.equal(new Set(steps.map((it) => told(it).join())).size, steps.length);
    for (const before of steps.slice(0, -1).toReversed()) {
      await page.keyboard.press('Control+z');
      await frames(page);
      assert.deepEqual(told(await state(page)), told(before));
      assert.equal(await pen(page).inputValue(), before.script);
    }
    assert.equal((await state(page)).script, script);
    assert.equal((await state(page)).scenario, 'mlock-zero');
    for (const [i, after] of steps.slice(1).entries()) {
      await page.keyboard.press(i % 2 === 0 ? 'Control+y' : 'Control+Shift+z');
      await frames(page);
      assert.deepEqual(told(await state(page)), told(after));
    }
    // What is typed anew ends the redoing.
    await page.keyboard.press('Control+z');
    await frames(page);
    await type(page, ' ');
    await page.keyboard.press('Control+y');
    assert.match((await state(page)).note, /nothing to do again/);
  },

  async 'Ctrl+Enter shows the call of the line, and Escape leaves'({ visit }) {
    const { page } = await visit();
    await edit(page, '1.0');
    for (const [line, call] of [['munlock(p, 0) = 0', 4], ['touch(buf + 0x9000, 4K)', 2]]) {
      await select(page, line);
      await page.keyboard.press('Control+Enter');
      assert.equal(place(await state(page)), `${call}.0`);
      await frames(page);
      assert.ok((await editor(page).locator('.ink .row.current').innerText()).includes(line));
      assert.ok(await pen(page).evaluate((pen) => pen.matches(':focus')));
    }
    // A line that is no call shows none.
    await select(page, 'diagnostic on');
    const { script } = await state(page);
    await page.keyboard.press('Control+Enter');
    assert.equal(place(await state(page)), '2.0');
    // Letters are letters here, and commands outside.
    await press(page, 'Escape');
    assert.ok(await app(page).evaluate((app) => app.matches(':focus')));
    const now = await press(page, 'ArrowRight');
    assert.deepEqual([place(now), now.script], ['2.1', script]);
    await press(page, 's');
    await editor(page).waitFor({ state: 'detached' });
  },

  async 'the text and its colours wrap alike, line by line, at any width'({ visit }) {
    const words = 'a comment that goes on and on, with (signs) and /slashes/, '.repeat(6);
    const text = ['# short', '', `# ${words}`, `# ${'x'.repeat(300)}`, '\t\t# tabs', '# 𝄞é中文'.repeat(20), 'mlok(0x1000, 4K)',
      'q = mmap(0x7f7ff7ecd000, 200K, PROT_READ|PROT_WRITE|PROT_EXEC, MAP_FIXED|MAP_ANON|MAP_PRIVATE|MAP_WIRED, -1, 0)',
      `mlock(0x1000 + 0x1000 + 0x1000 + 0x1000${' + 0x1000'.repeat(12)}`, `munlock(0x1000, 4K)${' '.repeat(90)}`, '', '# end'];
    for (const width of [1440, 1200, 800, 360]) {
      const { page } = await visit('', { viewport: { width, height: 900 }, reducedMotion: 'reduce' });
      await edit(page);
      await write(page, text.join('\n'));
      await press(page, 'Escape');
      assert.ok((await state(page)).errors.length > 1);
      const measured = await pen(page).evaluate((pen) => {
        const ink = pen.previousElementSibling;
        const style = getComputedStyle(pen);
        const padding = Number.parseFloat(style.paddingTop) + Number.parseFloat(style.paddingBottom);
        const rows = [...ink.querySelectorAll('.row')].map((row) => row.getBoundingClientRect());
        const whole = {
          cut: pen.scrollHeight - pen.clientHeight,
          sideways: pen.scrollWidth - pen.clientWidth,
          heights: [ink.getBoundingClientRect().height, pen.getBoundingClientRect().height],
          tops: [rows[0].top, pen.getBoundingClientRect().top + Number.parseFloat(style.paddingTop)],
        };
        // How far down the field is with the lines up to each, and nothing to fill.
        const value = pen.value;
        Object.assign(pen.style, { height: '0', minHeight: '0', alignSelf: 'start' });
        const field = value.split('\n').map((_, i, all) => {
          pen.value = all.slice(0, i + 1).join('\n');
          return pen.scrollHeight - padding;
        });
        pen.value = value;
        Object.assign(pen.style, { height: '', minHeight: '', alignSelf: '' });
        return { ...whole, field, colour: rows.map((row) => row.bottom - rows[0].top) };
      });
      assert.ok(measured.cut <= 0 && measured.sideways <= 0, `${width}: ${JSON.stringify(measured)}`);
      const near = (a, b, what) => assert.ok(Math.abs(a - b) <= 1.5, `${what} at ${width}: ${a} and ${b}`);
      near(...measured.heights, 'the height');
      near(...measured.tops, 'the first line');
      assert.equal(measured.colour.length, text.length);
      for (const [i, line] of text.entries()) near(measured.field[i], measured.colour[i], `line ${i + 1}, ${line.slice(0, 20)}`);
      assert.ok(measured.colour.at(-1) > text.length * 20, 'some of them wrap');
    }
  },

  async 'a reload keeps the text, the place and the editor'({ visit }) {
    const { page } = await visit();
    await edit(page);
    await select(page, 'touch(buf + 0x9000, 4K)');
    await type(page, '\nmlock(buf, 8K)');
    await ask(page, 'goto', '3.7');
    const { note, ...before } = await state(page);
    await page.reload();
    await ready(page);
    const { note: another, ...after } = await state(page);
    assert.deepEqual(after, before);
    assert.equal(await pen(page).inputValue(), before.script);
    // A text that is wrong is kept as well.
    await select(page, 'mlock(buf, 8K)');
    const broken = await type(page, '\nmlok');
    await page.reload();
    await ready(page);
    assert.deepEqual([(await state(page)).script, (await state(page)).errors], [broken.script, broken.errors]);
    // Without a word of it, there is nothing.
    await write(page, '');
    await page.reload();
    await ready(page);
    assert.equal((await state(page)).script, '');
    assert.deepEqual((await state(page)).errors, []);
  },

  async 'signs of more than one unit are no matter to the caret'({ visit }) {
    const { page } = await visit();
    await edit(page);
    const now = await write(page, '# 😀 a smile 👩‍👩‍👧\nexit()');
    assert.deepEqual(now.errors, []);
    await select(page, 'exit()', 0);
    await page.keyboard.press('Alt+Shift+ArrowDown');
    await frames(page);
    assert.deepEqual(lines(await state(page)), ['# 😀 a smile 👩‍👩‍👧', 'exit()', 'exit()']);
    assert.deepEqual([(await selected(page)).line, (await selected(page)).at], ['exit()', now.script.length + 1]);
    await select(page, '# 😀 a smile 👩‍👩‍👧', 4);
    await type(page, '😀');
    assert.equal((await state(page)).script, (await pen(page).inputValue()));
    assert.equal(lines(await state(page))[0], '# 😀😀 a smile 👩‍👩‍👧');
    // Behind them an error leads to its own column.
    const wrong = '@mark a "😀😀" x';
    const { errors: [error] } = await write(page, `${wrong}\nexit()`);
    await errors(page).getByRole('button').first().click();
    const column = Number(/^1:(\d+): /.exec(error)[1]);
    assert.equal([...wrong][column - 1], 'x');
    assert.equal((await selected(page)).at, wrong.indexOf('x'));
  },

  async 'a text of very many lines is a plain field, and runs all the same'({ visit }) {
    const { page } = await visit();
    await edit(page);
    const own = (await state(page)).script;
    const many = `${'# a line\n'.repeat(2100)}${own}`;
    const now = await write(page, many);
    assert.equal(await editor(page).locator('.ink').count(), 0);
    const color = await pen(page).evaluate((pen) => getComputedStyle(pen).color);
    assert.notEqual(color, 'rgba(0, 0, 0, 0)');
    assert.deepEqual([now.errors, now.script], [[], many]);
    assert.equal(now.panic, null);
    await ask(page, 'goto', '6.end');
    assert.ok((await state(page)).panic);
    await select(page, 'munlock(p, 0) = 0');
    await page.keyboard.press('Control+Enter');
    assert.equal(place(await state(page)), '4.0');
    await type(page, ' x');
    assert.ok(await errors(page).count() > 0);
    await write(page, own);
    assert.equal(await editor(page).locator('.ink').count(), 1);
  },

  async 'more than a script may hold is said, and nothing of it is lost'({ visit }) {
    const { page } = await visit();
    await edit(page);
    const huge = await write(page, `exit()\n#${'x'.repeat(9 << 20)}`);
    assert.equal(huge.errors.length, 1);
    assert.match(huge.errors[0], /too long.* at most (\d+) MiB of text; shorten it/);
    const most = Number(/(\d+) MiB/.exec(huge.errors[0])[1]) << 20;
    assert.match(await errors(page).innerText(), /at most/);
    const fits = `exit()\n#${'x'.repeat(most - 8)}`;
    assert.equal(fits.length, most);
    assert.deepEqual((await write(page, fits)).errors, []);
    const over = await write(page, `${fits}x`);
    assert.deepEqual(over.errors, huge.errors);
    assert.equal(over.script.length, most + 1);
    assert.equal(await pen(page).evaluate((pen) => pen.value.length), most + 1);
    assert.equal((await write(page, 'munlockall()\n')).errors.length, 0);

    const full = await write(page, 'exit()\n'.repeat(100_001));
    assert.equal(full.errors.length, 1);
    assert.match(full.errors[0], /^(\d+):\d+: .*at most [\d,]+ calls; split it in two/);
    const calls = Number(/at most ([\d,]+) calls/.exec(full.errors[0])[1].replaceAll(',', ''));
    assert.equal(Number(/^(\d+):/.exec(full.errors[0])[1]), calls + 1);
    assert.equal(await pen(page).evaluate((pen) => pen.value.length), full.script.length);
    assert.equal(full.script.length, 'exit()\n'.length * 100_001);
    // All of it can be had back.
    await page.keyboard.press('Control+z');
    await frames(page);
    assert.equal((await state(page)).script, 'munlockall()\n');
  },

  async 'a script that takes long shows how far it is, and can be waited for'({ visit }) {
    const { page } = await visit();
    await edit(page);
    const rounds = 150;
    const before = await state(page);
    const now = await write(page, long(rounds));
    assert.equal(typeof now.pending, 'number');
    assert.equal(now.script, long(rounds));
    // What was shown is shown until then, and can be walked through.
    assert.deepEqual([now.at, now.entries], [before.at, before.entries]);
    await running(page).waitFor();
    assert.equal((await ask(page, 'next')).at.step, before.at.step + 1);
    const parts = await page.evaluate(async () => {
      const seen = [];
      const element = document.querySelector('uvm-scope');
      while (element.state().pending !== null) {
        seen.push(Number(element.shadowRoot.querySelector('progress')?.value ?? NaN));
        await new Promise(requestAnimationFrame);
      }
      return seen;
    });
    const told = parts.filter((part) => !Number.isNaN(part));
    assert.ok(new Set(told).size > 3, told.join());
    assert.deepEqual(told, told.toSorted((a, b) => a - b));
    assert.ok(told.every((part) => part >= 0 && part <= 100));
    await running(page).waitFor({ state: 'detached' });
    const done = await state(page);
    assert.equal(done.script, long(rounds));
    await press(page, 'Escape', 'End');
    assert.equal((await state(page)).at.call, 2 + 2 * rounds);
    assert.equal((await outcomes(page)).length, 2 + 2 * rounds);
  },

  async 'a script that takes long can be given up, and what ran before is shown on'({ visit }) {
    const { page } = await visit();
    await edit(page);
    const before = await state(page);
    await write(page, long(400));
    await running(page).waitFor();
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await running(page).waitFor({ state: 'detached' });
    const now = await state(page);
    assert.deepEqual([now.pending, now.at, now.entries], [null, before.at, before.entries]);
    assert.match((await look(page)).note, /not run to its end/);
    // The text is still there to be made shorter, and so is the one before.
    assert.equal(await pen(page).inputValue(), long(400));
    const short = await write(page, long(1));
    assert.deepEqual([short.pending, short.errors], [null, []]);
    assert.equal((await outcomes(page)).length, 4);
    await write(page, long(400));
    await running(page).waitFor();
    // Undone while it runs, it runs no more.
    await page.keyboard.press('Control+z');
    await running(page).waitFor({ state: 'detached' });
    assert.equal((await state(page)).script, long(1));
    assert.equal((await state(page)).pending, null);
  },

  async 'a stretch of the picture becomes a call behind the one that is shown'({ visit }) {
    const { page } = await visit();
    const CALLS = {
      mlock: (at, len) => `mlock(${at}, ${len})`,
      munlock: (at, len) => `munlock(${at}, ${len})`,
      'mprotect, read only': (at, len) => `mprotect(${at}, ${len}, PROT_READ)`,
      munmap: (at, len) => `munmap(${at}, ${len})`,
      touch: (at, len) => `touch(${at}, ${len})`,
    };
    const before = await ask(page, 'goto', '2.end');
    const [from, to, end] = [later(A, 4), later(A, 7), later(A, 8)];
    for (const [name, line] of Object.entries(CALLS)) {
      // Either way round.
      await draw(page, ...(name === 'touch' ? [to, from] : [from, to]));
      const text = (await menu(page).innerText()).replaceAll(/\s+/g, ' ');
      assert.ok(new RegExp(`^Add a call on ${from}\\W+${end}, 4 pages:`).test(text), text);
      assert.equal(await menu(page).getByRole('button').count(), Object.keys(CALLS).length + 1);
      assert.equal((await state(page)).why, null, 'it was no click');
      await menu(page).getByRole('button', { name, exact: true }).click();
      await menu(page).waitFor({ state: 'detached' });
      const now = await state(page);
      assert.equal(place(now), '3.0');
      const n = lines(before).indexOf('touch(buf + 0x9000, 4K)');
      assert.deepEqual(lines(now), lines(before).toSpliced(n + 1, 0, line(from, '16K')), name);
      assert.deepEqual(now.errors, []);
      assert.ok((await look(page)).note.includes(line(from, '16K')));
      // It is taken back by the key, without having to go anywhere first.
      const undone = await press(page, 'z');
      assert.deepEqual([undone.script, place(undone)], [before.script, place(before)], name);
    }
  },

  async 'a click still asks, and a stretch that was chosen can be let go'({ visit }) {
    const { page } = await visit();
    await ask(page, 'goto', '2.end');
    const at = await middle(page, later(A, 9));
    await page.mouse.click(at.x, at.y);
    assert.ok((await state(page)).why);
    assert.equal(await menu(page).count(), 0);
    await press(page, 'Escape');
    // A hand that trembles draws nothing.
    await page.mouse.move(at.x, at.y);
    await page.mouse.down();
    await page.mouse.move(at.x + 2, at.y + 2);
    await page.mouse.up();
    assert.ok((await state(page)).why);
    assert.equal(await menu(page).count(), 0);
    await press(page, 'Escape');
    const before = await state(page);
    assert.equal(before.why, null);
    for (const close of [
      () => press(page, 'Escape'),
      () => menu(page).getByRole('button', { name: 'Choose nothing' }).click(),
    ]) {
      await draw(page, later(A, 2), later(A, 20));
      assert.equal(await page.locator('.live .chosen-span').count(), 1);
      await close();
      await menu(page).waitFor({ state: 'detached' });
      assert.equal(await page.locator('.live .chosen-span').count(), 0);
      const now = await state(page);
      assert.deepEqual([now.script, now.at, now.why], [before.script, before.at, null]);
      // Keys go on acting.
      assert.equal(place(await press(page, 'ArrowLeft')), `2.${before.at.step - 1}`);
      await press(page, 'ArrowRight');
    }
    // And the next click asks again.
    await page.mouse.click(at.x, at.y);
    assert.ok((await state(page)).why);
  },

  async 'a stretch can be drawn beyond the picture, and in either of two pictures'({ visit }) {
    const { page } = await visit();
    await ask(page, 'goto', '2.end');
    const start = await middle(page, later(A, 40));
    await page.mouse.move(start.x, start.y);
    await page.mouse.down();
    await page.mouse.move(start.x + 100, start.y, { steps: 4 });
    await page.mouse.move(1439, start.y + 100, { steps: 4 });
    await page.mouse.up();
    await menu(page).waitFor();
    const [, from, to] = /on (0x\w+)\W+(0x\w+)/.exec(await menu(page).innerText());
    assert.equal(from, later(A, 40));
    assert.ok(BigInt(to) >= BigInt(B), to);
    await press(page, 'Escape');
    await press(page, 'c');
    await draw(page, later(A, 1), later(A, 2), 1);
    await menu(page).getByRole('button', { name: 'mlock', exact: true }).click();
    const now = await state(page);
    assert.equal(place(now), '3.0');
    assert.ok(now.script.includes(`\nmlock(${later(A, 1)}, 8K)\n`));
    assert.equal(now.compare.kernel, 'committed');
    assert.equal(now.compare.at.call, 3);
  },

  async 'a call is added while the text is open, too, and is selected there'({ visit }) {
    const { page } = await visit();
    await edit(page, '3.0');
    const { script } = await state(page);
    await draw(page, later(A, 1), later(A, 2));
    await menu(page).getByRole('button', { name: 'munmap', exact: true }).click();
    await frames(page);
    const line = `munmap(${later(A, 1)}, 8K)`;
    assert.equal(await pen(page).inputValue(), script.replace('mlock(p, 0) = 0\n', `mlock(p, 0) = 0\n${line}\n`));
    assert.equal((await selected(page)).text, line);
    await page.keyboard.press('Control+z');
    await frames(page);
    assert.equal(await pen(page).inputValue(), script);
  },

  async 'a text from elsewhere, with its own line ends, is edited like any other'({ visit }) {
    const text = '# from elsewhere\r\nkernel committed\r\nexit()\r\nmunlockall()\r\n';
    const { page } = await visit(link(text));
    const before = await state(page);
    assert.deepEqual([before.problem, before.errors, before.kernel], [null, [], 'committed']);
    await edit(page);
    await select(page, 'munlockall()', 0);
    await page.keyboard.press('Alt+Shift+ArrowDown');
    await frames(page);
    const calls = lines(await state(page)).map((line) => line.trim()).filter(Boolean);
    assert.deepEqual(calls, ['# from elsewhere', 'kernel committed', 'exit()', 'munlockall()', 'munlockall()']);
    assert.equal((await selected(page)).line, 'munlockall()');
    await type(page, ' ');
    assert.deepEqual((await state(page)).errors, []);
  },

  async 'a mark of the order of bytes is no part of the first line'({ visit }) {
    const { page } = await visit(link('\ufeffmlok(0x1000, 4K)\nexit()\n'));
    assert.equal((await state(page)).problem, null);
    await edit(page);
    await errors(page).getByRole('button').first().click();
    assert.equal((await pen(page).inputValue()).slice((await selected(page)).at).split('(')[0], 'mlok');
    assert.equal(await editor(page).locator('.ink .row.wrong .bad').innerText(), 'mlok');
    await page.keyboard.press('Control+/');
    await frames(page);
    assert.deepEqual((await state(page)).errors, []);
  },

  async 'a call that is wrong is one error, whatever stands before it'({ visit }) {
    const { page } = await visit();
    const { script } = await state(page);
    await edit(page);
    const { errors: said } = await write(page, script.replace('mlock(p, 0) = 0', 'mlok(p, 0) = 0'));
    assert.equal(said.length, 1, said.join('\n'));
  },

  async 'at the end of a long run the page still stands'({ visit }) {
    const { page } = await visit();
    await edit(page);
    await write(page, long(300));
    await page.waitForFunction(() => document.querySelector('uvm-scope').state().pending === null);
    await press(page, 'Escape', 'End');
    assert.equal((await state(page)).at.call, 602);
    await ask(page, 'goto', '100%');
  },

  async 'a broken link leaves nothing to undo'({ visit }) {
    const { page } = await visit();
    await ask(page, 'setKernel', 'later');
    await press(page, 'z');
    await page.evaluate(() => new Promise((resolve) => {
      window.addEventListener('hashchange', resolve, { once: true });
      location.hash = '#mlock-zro';
    }));
    assert.equal((await press(page, 'Shift+Z')).kernel, 'later', 'what was undone can still be done again');
  },
});
