// Help, look, report, table, zoom, code and counters: what makes long work with the page bearable,
// with the pointer and with the keyboard.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ask, frames, ready, state, suite } from './harness.mjs';
import { A, B, REFUSALS, X, Y, app, look, move, nodesOf, place, press, slider, tool } from './reader.mjs';

const kernelSource = fileURLToPath(new URL('../../crates/uvm/src/kern/', import.meta.url));

const sheet = (page) => page.getByRole('dialog');
const table = (page) => page.getByRole('region', { name: 'The map as a table' });

/** What has the focus, in words. */
function focused(page) {
  return page.evaluate(() => {
    const it = document.querySelector('uvm-scope').shadowRoot.activeElement;
    return it === null ? null : it.getAttribute('aria-label') ?? it.innerText.replaceAll(/\s+/g, ' ').trim();
  });
}

/**
 * Every command, by its name in the help, with its key as the help writes it and as the keyboard
 * sends it, and what has to be done first for it to have something to do.
 */
const COMMANDS = {
  'Step back': ['←', 'ArrowLeft'],
  Step: ['→', 'ArrowRight'],
  'Previous call': ['↑', 'ArrowUp'],
  'Next call': ['↓', 'ArrowDown'],
  'Previous mark': ['⇧←', 'Shift+ArrowLeft'],
  'Next mark': ['⇧→', 'Shift+ArrowRight'],
  'To the beginning': ['Home', 'Home'],
  'To the end': ['End', 'End'],
  'Step back over what a function did': ['⇧O', 'Shift+O'],
  'Step over what a function does': ['O', 'o'],
  'Step back out of the function': ['⇧U', 'Shift+U'],
  'Step out of the function': ['U', 'u'],
  'Why is it so?': ['W', 'w'],
  'Back to where you asked': ['⌫', 'Backspace', async (page) => {
    await press(page, 'w');
    await page.getByRole('region', { name: 'Why?' }).getByRole('button', { name: /^1\.26/ }).click();
  }],
  'Compare two kernels': ['C', 'c'],
  'To where they part': ['D', 'd'],
  Play: ['Space', ' '],
  Slower: ['−', '-'],
  Faster: ['+', '+'],
  'Fit the whole map': ['F', 'f', (page) => press(page, 'p')],
  'Zoom to the entry in hand': ['E', 'e'],
  'Zoom to the page in hand': ['P', 'p'],
  'The map as a table': ['T', 't'],
  'Edit the script': ['S', 's'],
  'Other scenarios': ['G', 'g'],
  'Import a script or trace': ['I', 'i'],
  'Share this': ['L', 'l'],
  'Copy as a bug report': ['B', 'b'],
  Undo: ['Z', 'z', (page) => ask(page, 'setKernel', '+range-error-enomem')],
  Redo: ['⇧Z', 'Shift+Z', async (page) => {
    await ask(page, 'setKernel', '+range-error-enomem');
    await press(page, 'z');
  }],
  Help: ['?', '?'],
  Close: ['Esc', 'Escape', (page) => press(page, 'w')],
};

/** What lies over the page after a command; the help, if it does not say. */
const SHEETS = {
  'Other scenarios': 'Scenarios',
  'Import a script or trace': 'Import',
  'Share this': 'Share',
  'Copy as a bug report': 'Bug report',
};

/** A new element in the place of the old one, at a step that has everything around it. */
async function anew(page) {
  await page.evaluate(async () => {
    document.querySelector('uvm-scope').remove();
    const element = document.createElement('uvm-scope');
    const ready = new Promise((resolve) => {
      element.addEventListener('uvmscope:ready', resolve, { once: true });
    });
    document.body.append(element);
    await ready;
    await element.goto('3.20');
  });
  await app(page).focus();
}

/** All that a command may change, as it is seen from outside. */
async function seen(page) {
  await frames(page);
  return page.evaluate(() => {
    const element = document.querySelector('uvm-scope');
    const root = element.shadowRoot;
    const { playing, ...now } = element.state();
    return {
      // Somebody who is slow may be a step further on.
      now: playing ? 'playing' : JSON.stringify(now),
      pace: root.querySelector('.pace').textContent,
      picture: playing ? '' : root.querySelector('.uvm-scene').querySelectorAll('[data-k]').length,
      table: root.querySelectorAll('.table').length,
      editor: root.querySelectorAll('.editor').length,
      sheet: root.querySelector('dialog')?.getAttribute('aria-label') ?? '',
    };
  });
}

/** Luminance of what the element stands on, 0 to 1, of its text, and of words of less weight. */
function shades(page) {
  return page.evaluate(() => {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const light = (color) => {
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
      return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
    };
    const live = document.querySelector('uvm-scope').shadowRoot.querySelector('.live');
    const ink = (selector) => light(getComputedStyle(live.querySelector(selector)).color);
    const ground = light(getComputedStyle(live).backgroundColor);
    return { ground, ink: ink('.say b'), dim: ink('.counter dt') };
  });
}

/** The rows of the table as data. */
function rows(page) {
  return table(page).getByRole('row').evaluateAll((all) => all.slice(1).map((row) => {
    const [range, count, prot, kinds, pages, promise, pins] = [...row.children];
    return {
      range: range.innerText,
      wired_count: Number(count.innerText),
      prot: prot.innerText,
      kinds: kinds.innerText,
      resident: pages.firstChild.textContent,
      pages: [...pages.querySelectorAll('li')].map((li) => li.innerText),
      promise: promise.innerText,
      pins: pins.innerText.split(', ').filter(Boolean).sort(),
    };
  }));
}

suite({
  async 'the help opens over the page, keeps the focus, and gives it back'({ visit }) {
    const { page } = await visit();
    const opener = page.getByRole('button', { name: 'Help', exact: true });
    const closers = {
      Escape: () => press(page, 'Escape'),
      'its button': () => sheet(page).getByRole('button', { name: 'Close', exact: true }).click(),
      'its command': () => sheet(page).getByRole('button', { name: 'Esc Close' }).click(),
    };
    for (const [how, close] of Object.entries(closers)) {
      for (const [from, open] of [
        ['Help', () => opener.press('Enter')],
        ['Step', async () => { await move(page, 'Step').focus(); await press(page, '?'); }],
        ['Place in the run', async () => { await slider(page).focus(); await press(page, '?'); }],
      ]) {
        await open();
        await sheet(page).waitFor();
        assert.equal(await sheet(page).getAttribute('aria-label'), 'Help');
        const inside = () => page.evaluate(() => document.querySelector('uvm-scope').shadowRoot
          .activeElement?.closest('dialog') != null);
        assert.ok(await inside(), `${how}, ${from}`);
        // Keys of the page do nothing under it.
        const before = await state(page);
        assert.deepEqual(await press(page, 'ArrowRight', 'End', 'c', 'w'), before);
        await close();
        await sheet(page).waitFor({ state: 'detached' });
        assert.equal(await focused(page), from, how);
        const { at } = await state(page);
        const { at: next } = await press(page, 'ArrowRight');
        assert.notDeepEqual(next, at, `the keys act again after ${how}`);
      }
    }
    // The tabulator key does not lead to what lies under it.
    await press(page, '?');
    await sheet(page).waitFor();
    for (let i = 0; i < 50; i += 1) {
      await page.keyboard.press('Tab');
      const where = await page.evaluate(() => {
        const it = document.querySelector('uvm-scope').shadowRoot.activeElement;
        return it === null || it.closest('dialog') !== null;
      });
      assert.ok(where, await focused(page));
    }
  },

  async 'the first stop of the tabulator key leads past the bar'({ visit }) {
    const { page } = await visit();
    await app(page).focus();
    await press(page, 'Tab');
    assert.equal(await focused(page), 'Skip to the picture');
    const box = await page.getByRole('button', { name: 'Skip to the picture' }).boundingBox();
    assert.ok(box.y >= 0, JSON.stringify(box));
    await press(page, 'Enter');
    // From the picture on, the next stop is what moves it, or stands below it; the bar is behind.
    await press(page, 'Tab');
    const inside = () => page.evaluate(() => document.querySelector('uvm-scope').shadowRoot
      .activeElement.closest('.stage') !== null);
    assert.ok(await inside(), await focused(page));
    await press(page, 'Shift+Tab', 'Shift+Tab');
    assert.ok(!await inside(), await focused(page));
  },

  async 'every command stands in the help with its key; both do it, and the same'({ visit }) {
    const { page } = await visit('', { reducedMotion: 'reduce' });
    await press(page, '?');
    await sheet(page).waitFor();
    const listed = await sheet(page).locator('.keys-list').getByRole('button').evaluateAll(
      (all) => all.map((it) => [it.querySelector('span').innerText, it.querySelector('kbd').innerText]),
    );
    await press(page, 'Escape');
    assert.deepEqual(
      Object.fromEntries(listed),
      Object.fromEntries(Object.entries(COMMANDS).map(([name, [cap]]) => [name, cap])),
    );
    assert.equal(listed.length, Object.keys(COMMANDS).length);
    for (const [name, [cap, key, first]] of Object.entries(COMMANDS)) {
      await anew(page);
      await first?.(page);
      await app(page).focus();
      const before = await seen(page);
      await press(page, key);
      const byKey = await seen(page);
      assert.notDeepEqual(byKey, before, `${name} by ${key}`);
      if (name === 'Help') continue;

      await anew(page);
      await first?.(page);
      await press(page, '?');
      await sheet(page).getByRole('button', { name: `${cap} ${name}`, exact: true }).click();
      const byButton = await seen(page);
      if (name === 'Close') {
        // What lies on top goes first.
        assert.deepEqual(byButton, before);
        continue;
      }
      assert.equal(byButton.sheet, SHEETS[name] ?? 'Help', name);
      assert.deepEqual({ ...byButton, sheet: byKey.sheet }, byKey, `${name} by its button`);
    }
  },

  async 'the words of the kernel are explained, in the help and where they stand'({ visit }) {
    const { page } = await visit();
    await press(page, '?');
    await sheet(page).waitFor();
    const terms = await sheet(page).locator('dl').evaluate((list) => (
      [...list.querySelectorAll('dt')].map((dt) => [dt.innerText, dt.nextElementSibling.innerText])
    ));
    assert.ok(terms.length >= 20, `${terms.length} words`);
    const meanings = new Map(terms);
    for (const word of ['wired_count', 'wire_count', 'clip', 'header', 'pmap', 'needs-copy', 'amap', 'resident']) {
      assert.ok(meanings.get(word)?.length > 20, word);
    }
    await press(page, 'Escape');
    const explained = new Set();
    for (const at of ['2.12', '2.19', '2.20', '3.count', '6.28', '6.32']) {
      await ask(page, 'goto', at);
      await look(page);
      const words = page.locator('.say').getByRole('button');
      for (const button of await words.all()) {
        const word = await button.innerText();
        assert.equal(await button.getAttribute('title'), meanings.get(word), `${word} at ${at}`);
        explained.add(word);
        // Pressed, for those who cannot rest on it, it is said.
        const before = await state(page);
        await button.press('Enter');
        const { now, note } = await look(page);
        assert.equal(note, `${word}: ${meanings.get(word)}`);
        assert.deepEqual(now.at, before.at);
        await ask(page, 'goto', at);
        await look(page);
      }
    }
    for (const word of ['wired_count', 'wire_count', 'amap', 'pmap']) assert.ok(explained.has(word), [...explained].join());
  },

  async 'a dialog opens right after another was closed'({ visit }) {
    const { page } = await visit();
    await app(page).focus();
    await press(page, '?');
    await sheet(page).waitFor();
    // As quickly as keys can follow each other: the browser tells of the closing only afterwards.
    await page.evaluate(async () => {
      const root = document.querySelector('uvm-scope').shadowRoot;
      const dialog = root.querySelector('dialog');
      dialog.dispatchEvent(new Event('cancel', { cancelable: true }));
      dialog.close();
      for (let turn = 0; turn < 50; turn += 1) await null;
      root.querySelector('.app').dispatchEvent(new KeyboardEvent('keydown', { key: 'l', bubbles: true }));
    });
    await page.getByRole('dialog', { name: 'Share' }).waitFor();
    await frames(page);
    assert.ok(await page.getByRole('dialog', { name: 'Share' }).isVisible());
    await press(page, 'Escape');
    await sheet(page).waitFor({ state: 'detached' });
  },

  async 'light, dark and high contrast are chosen, and stay over a reload'({ visit }) {
    const { page } = await visit('', { colorScheme: 'light' });
    const choose = async (name) => {
      await press(page, '?');
      const button = sheet(page).getByRole('group', { name: 'Colours' }).getByRole('button', { name });
      await button.focus();
      await press(page, 'Enter');
      await frames(page);
      assert.equal(await button.getAttribute('aria-pressed'), 'true');
      await press(page, 'Escape');
      return shades(page);
    };
    const light = await shades(page);
    assert.ok(light.ground > 0.8 && light.ink < 0.3, JSON.stringify(light));
    const dark = await choose('Dark');
    assert.ok(dark.ground < 0.2 && dark.ink > 0.7, JSON.stringify(dark));
    await page.reload();
    await ready(page);
    assert.deepEqual(await shades(page), dark);
    // Against a dark system, too.
    await page.emulateMedia({ colorScheme: 'dark' });
    assert.deepEqual(await choose('Light'), light);
    const contrast = await choose('High contrast');
    await page.reload();
    await ready(page);
    assert.deepEqual(await shades(page), contrast);
    const spread = ({ ground, ink }) => Math.abs(ground - ink);
    assert.ok(spread(contrast) > Math.max(spread(light), spread(dark)), JSON.stringify(contrast));
    assert.deepEqual(await choose('As the system'), dark);
    await page.emulateMedia({ colorScheme: 'light' });
    assert.deepEqual(await shades(page), light);
    // A system that asks for more contrast gets it without any choice.
    await page.emulateMedia({ contrast: 'more' });
    const more = await shades(page);
    assert.notEqual(light.dim, light.ink);
    assert.equal(more.dim, more.ink);
  },

  async 'without motion a step is there at once, also after a reload'({ visit }) {
    const { page, context } = await visit('', { reducedMotion: 'no-preference' });
    const client = await context.newCDPSession(page);
    await client.send('Animation.enable');
    await client.send('Animation.setPlaybackRate', { playbackRate: 0.1 });
    /** Motions of the picture right after the cut. */
    const motions = async () => {
      await ask(page, 'goto', '3.17');
      await frames(page);
      await press(page, 'ArrowRight');
      assert.equal((await state(page)).event.ev, 'clip_start');
      await frames(page);
      return page.evaluate(() => document.querySelector('uvm-scope').shadowRoot
        .querySelector('.uvm-scene').getAnimations({ subtree: true }).length);
    };
    assert.ok(await motions() > 0);
    const calm = async () => {
      await press(page, '?');
      await sheet(page).getByRole('checkbox', { name: 'No motion' }).press(' ');
      await press(page, 'Escape');
    };
    await calm();
    assert.equal(await motions(), 0);
    await page.reload();
    await ready(page);
    assert.equal(await motions(), 0);
    await calm();
    assert.ok(await motions() > 0);
  },

  async 'the report holds script, kernel, outcome and what happened, and is copied'({ visit }) {
    const { page, context } = await visit();
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await press(page, 'b');
    assert.equal(await sheet(page).getAttribute('aria-label'), 'Bug report');
    const area = sheet(page).getByRole('textbox', { name: 'The report' });
    const text = await area.inputValue();
    const { script } = await state(page);
    for (const line of script.split('\n').filter((line) => /^[a-z]+\(|^\w+ = /.test(line))) {
      const call = line.replace(/\) = 0$/, ')');
      assert.ok(text.includes(`\n${call}`), `${call} in\n${text}`);
    }
    assert.match(text, /^# A zero-length mlock marks memory that it never wires\n/);
    assert.match(text, /\nKernel: original\n/);
    assert.match(text, /\nmunlock\(p, 1024\) {2}# panic\n/);
    assert.match(text, /panic: KASSERT\(pg->wire_count != 0\) in uvm_pageunwire/);
    for (const at of ['3.18', '3.22', '5.19', '5.22', '6.23', '6.29', '6.33']) {
      const { caption } = await ask(page, 'goto', at);
      assert.ok(text.includes(`- ${at}: ${caption}`), at);
    }
    const copy = sheet(page).getByRole('button', { name: 'Copy', exact: true });
    await copy.focus();
    await press(page, 'Enter');
    await sheet(page).getByRole('status').getByText('Copied.', { exact: true }).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), text);
    await press(page, 'Escape');
    // Of another kernel, another report.
    await ask(page, 'setKernel', 'committed');
    await tool(page, 'Copy as a bug report').click();
    const other = await area.inputValue();
    assert.match(other, /\nKernel: committed\n/);
    assert.match(other, /The script ran to its end\./);
    assert.ok(!other.includes('panic:'), other);
  },

  async 'where copying is refused the text is selected, and a sentence says so'({ visit }) {
    for (const [which, refuse] of Object.entries(REFUSALS)) {
      const { page } = await visit();
      await page.addInitScript(refuse);
      await page.reload();
      await ready(page);
      await app(page).focus();
      await press(page, 'b');
      await sheet(page).getByRole('button', { name: 'Copy', exact: true }).click();
      const status = sheet(page).getByRole('status');
      await status.getByText('the text is selected').waitFor();
      assert.match(await status.innerText(), /Ctrl\+C/, which);
      // Ctrl+C copies what is selected only where the focus is.
      assert.equal(await focused(page), 'The report', which);
      const selected = await sheet(page).getByRole('textbox').evaluate(
        (it) => [it.selectionStart, it.selectionEnd, it.value.length],
      );
      assert.deepEqual(selected, [0, selected[2], selected[2]], which);
      assert.ok(selected[2] > 500, which);
    }
  },

  async 'the table says what the picture says, at every mark'({ visit }) {
    const { page } = await visit();
    await press(page, 't');
    const HELD = { true: 'held wired by the pmap', false: 'mapped, not held wired' };
    let pages = 0;
    let pins = 0;
    let broken = 0;
    for (const kernel of ['original', 'committed']) {
      await ask(page, 'setKernel', kernel);
      for (const at of ['1.0', '1.end', '2.end', '3.cut', '3.refused', '3.22', '5.end', '5.20', '6.end']) {
        // Some kernels do not cut there at all.
        if (kernel === 'committed' && ['3.cut', '3.refused', '3.22'].includes(at)) continue;
        await ask(page, 'goto', at);
        const { now, nodes } = await look(page);
        const told = await rows(page);
        const where = `${kernel}, ${at}`;
        assert.deepEqual(told.map(({ range, wired_count: count }) => [range, count]),
          now.entries.map(({ start, end, wired_count: count }) => [`${start}–${end}`, count]), where);
        for (const [i, row] of told.entries()) {
          const entry = now.entries[i];
          const within = ({ va }) => BigInt(va) >= BigInt(entry.start) && BigInt(va) < BigInt(entry.end);
          const resident = now.pages.filter(within);
          const all = Number((BigInt(entry.end) - BigInt(entry.start)) / 4096n);
          assert.equal(row.resident, `${resident.length} resident of ${all}`, where);
          assert.deepEqual(row.pages, resident.map(({ va, wire_count: count, pmap_wired: held }) => (
            `${va}: wire_count ${count}, ${HELD[held]}`)), where);
          pages += resident.length;
          // The promise, as `state()` and the hatching tell it.
          const wrong = now.broken.filter((it) => BigInt(it.start) < BigInt(entry.end) && BigInt(it.end) > BigInt(entry.start));
          const word = wrong.length === 0 ? 'kept' : wrong.some(({ pending }) => !pending) ? 'broken: ' : 'pending: ';
          assert.ok(row.promise.startsWith(word), `${where}: ${row.promise}`);
          broken += wrong.length;
        }
        // The variables that the picture has pinned to an entry.
        const pinned = Object.entries(nodes).filter(([key, node]) => (
          key.startsWith('pin-') && node.title.includes('points at this entry')))
          .map(([key]) => key.slice(4)).sort();
        assert.deepEqual(told.flatMap((row) => row.pins).sort(), pinned, where);
        pins += pinned.length;
      }
    }
    assert.ok(pages > 5 && pins > 5 && broken > 2, `${pages} pages, ${pins} variables, ${broken} broken promises`);
    await tool(page, 'The map as a table').click();
    await table(page).waitFor({ state: 'detached' });
  },

  async 'zoom shows less of the map, larger, and all of it again'({ visit }) {
    const { page } = await visit('', { reducedMotion: 'reduce' });
    const cells = async () => {
      const seen = await look(page);
      return nodesOf(seen, 'page-').filter(({ visible }) => visible).length;
    };
    const key = async (name) => {
      await press(page, name);
      await frames(page);
      return cells();
    };
    await ask(page, 'goto', '3.count');
    assert.equal(await cells(), 50);
    assert.equal(await tool(page, 'Fit the whole map').count(), 0);
    // The entry in hand has 41 of the 50 pages; around the page in hand there are eight each way.
    assert.ok(await key('e') <= 41);
    const wide = async () => (await page.locator(`.live [data-k="page-${X}"] rect`).first().boundingBox()).width;
    const inEntry = await wide();
    assert.ok(await key('p') <= 17);
    const inPage = await wide();
    assert.ok(inPage > inEntry, `${inPage} and ${inEntry}`);
    // It stays while one steps, and everything else goes on.
    const now = await press(page, 'ArrowRight', 'ArrowRight');
    assert.equal(now.at.step, 24);
    assert.ok(await cells() <= 17);
    assert.equal(await key('f'), 50);
    assert.ok(await wide() < inEntry);
    await press(page, 'p');
    await press(page, 'Escape');
    assert.equal(await cells(), 50);
    await tool(page, 'Zoom to the entry in hand').click();
    assert.ok(await cells() <= 41);
    await tool(page, 'Fit the whole map').click();
    assert.equal(await cells(), 50);
    // The button that went away has not taken the keys with it.
    assert.equal(place(await press(page, 'ArrowRight')), '3.25');
    await press(page, 'Home');
    const { note } = await press(page, 'e');
    assert.match(note, /Nothing is in hand/);
    assert.deepEqual(now.entries.map(({ start, end }) => [start, end]), [[A, X], [X, B]]);
  },

  async 'any function of the kernel can be read, and is what stands in its file'({ visit }) {
    const { page } = await visit();
    const code = page.getByRole('region', { name: 'Code' });
    const choice = code.getByRole('combobox', { name: 'Read another function' });
    const files = {};
    for (const name of await readdir(kernelSource, { recursive: true })) {
      if (name.endsWith('.rs')) files[path.basename(name)] = await readFile(path.join(kernelSource, name), 'utf8');
    }
    const names = (await choice.locator('option').allInnerTexts()).slice(1);
    assert.ok(names.length > 50, `${names.length} functions`);
    for (const name of ['uvm_map_pageable', 'uvm_map_clip_start', 'sys_mlock', 'uvm_fault_unwire_locked']) {
      assert.ok(names.some((it) => it.startsWith(`${name} in `)), name);
    }
    await choice.focus();
    for (const [i, name] of names.entries()) {
      // By the keyboard: the arrow goes on to the next.
      await press(page, 'ArrowDown');
      await frames(page);
      assert.equal(await choice.evaluate((it) => it.selectedIndex), i + 1);
      const [func, file] = name.split(' in ');
      const shown = await code.evaluate((it) => ({
        title: it.querySelector('h2').innerText,
        label: it.querySelector('.lines').getAttribute('aria-label'),
        before: Number(it.querySelector('.listing:not([hidden])').style.getPropertyValue('--before')),
        lines: [...it.querySelectorAll('.listing:not([hidden]) > .line')].map((line) => line.textContent),
        marked: it.querySelectorAll('[aria-current], .listing:not([hidden]) > .ran').length,
      }));
      assert.ok(shown.title.toLowerCase().endsWith(name.toLowerCase()), `${shown.title} for ${name}`);
      assert.deepEqual([shown.label, shown.marked], ['A function that is read', 0], name);
      const lines = files[file].split('\n').map((line) => line.trim());
      assert.ok(shown.lines.length > 0, name);
      assert.deepEqual(shown.lines, lines.slice(shown.before, shown.before + shown.lines.length), name);
      assert.ok(shown.lines.some((text) => new RegExp(`\\bfn ${func}\\b`).test(text)), name);
    }
    // The next step shows what runs again.
    await app(page).focus();
    await press(page, 'ArrowRight');
    const { line, now } = await look(page);
    assert.ok(line.includes(now.code.text), line);
    assert.equal(await choice.evaluate((it) => it.selectedIndex), 0);
    assert.match(await code.innerText(), new RegExp(`Models ${now.code.function.replace(/^(wire|unwire)$/, 'uvm_map_pageable')} in sys/uvm/`));
    assert.equal(await code.getByRole('group').getAttribute('aria-label'), 'The function that runs');
  },

  async 'the lines of the counters lead to where the pointer is on them'({ visit }) {
    const { page } = await visit();
    const counters = page.getByRole('region', { name: 'Counters' });
    const last = Number(await slider(page).getAttribute('max'));
    const lines = counters.locator('.counter svg');
    assert.equal(await lines.count(), 6);
    for (const [i, part] of [0, 0.2, 0.5, 0.75, 0.9, 1].entries()) {
      const box = await lines.nth(i).boundingBox();
      const x = Math.min(box.x + box.width * part, box.x + box.width - 1);
      await page.mouse.click(x, box.y + box.height / 2);
      await look(page);
      const at = Number(await slider(page).inputValue());
      assert.ok(Math.abs(at / last - part) < 0.03, `${at} of ${last} for ${part}`);
    }
    // What they say is what the machine holds.
    await ask(page, 'goto', '5.end');
    await ask(page, 'setKernel', 'committed');
    await ask(page, 'goto', '5.end');
    const { now } = await look(page);
    const told = Object.fromEntries(await counters.locator('.counter').evaluateAll((all) => all.map((it) => (
      [it.querySelector('dt').innerText, it.querySelector('dd').firstElementChild.innerText]))));
    assert.equal(told.entries, String(now.entries.length));
    assert.equal(told['uvmexp.wired'], String(now.uvmexp_wired));
    assert.equal(told['pages wired'], String(now.pages.filter(({ wire_count: count }) => count > 0).length));
  },

  async 'in forced colours every control is to be seen'({ visit }) {
    for (const colorScheme of ['light', 'dark']) {
      for (const width of [1440, 360]) {
        const { page } = await visit('', { viewport: { width, height: 900 }, forcedColors: 'active', colorScheme });
        assert.ok(await page.evaluate(() => matchMedia('(forced-colors: active)').matches));
        await press(page, 'd', 'w', 't');
        const hidden = async () => {
          await frames(page);
          return page.evaluate(() => {
            const root = document.querySelector('uvm-scope').shadowRoot;
            const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
            const rgb = (color) => {
              canvas.clearRect(0, 0, 1, 1);
              canvas.fillStyle = color;
              canvas.fillRect(0, 0, 1, 1);
              return [...canvas.getImageData(0, 0, 1, 1).data];
            };
            const ground = (it) => {
              for (let at = it; at instanceof Element; at = at.parentElement) {
                const color = rgb(getComputedStyle(at).backgroundColor);
                if (color[3] > 200) return color;
              }
              return rgb('Canvas');
            };
            const apart = (a, b) => Math.max(...[0, 1, 2].map((i) => Math.abs(a[i] - b[i])));
            const bad = [];
            let controls = 0;
            const within = root.querySelector('dialog') ?? root.querySelector('.app');
            for (const it of within.querySelectorAll('button, select, summary, textarea, input, .track progress')) {
              if (!it.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
              const box = it.getBoundingClientRect();
              const name = `${it.localName} ${it.getAttribute('aria-label') ?? it.textContent.trim().slice(0, 30)}`;
              controls += 1;
              if (box.width < 8 || box.height < 8) bad.push(`${name} is ${box.width}x${box.height}`);
              if (it.matches('input, progress')) continue;
              for (const text of [it, ...it.querySelectorAll('span, b, code')]) {
                if (text.textContent.trim() === '') continue;
                const far = apart(rgb(getComputedStyle(text).color), ground(text));
                if (far < 60) bad.push(`${name}: ${text.localName} ${far}`);
              }
            }
            return { bad, controls };
          });
        };
        const page1 = await hidden();
        assert.deepEqual(page1.bad, [], `${colorScheme}, ${width}`);
        assert.ok(page1.controls > 40, `${page1.controls} controls`);
        // What is chosen is told from what is not.
        const kernel = page.getByRole('group', { name: 'Kernel: presets', exact: true }).getByRole('button');
        if (width > 400) {
          const grounds = await kernel.evaluateAll((all) => all.map((it) => (
            [it.getAttribute('aria-pressed'), getComputedStyle(it).backgroundColor])));
          const on = grounds.filter(([pressed]) => pressed === 'true').map(([, color]) => color);
          assert.equal(on.length, 1);
          assert.ok(grounds.filter(([pressed]) => pressed === 'false').every(([, color]) => color !== on[0]));
        }
        for (const [key, least] of [['?', 30], ['g', 30], ['l', 5]]) {
          await press(page, key);
          const over = await hidden();
          assert.deepEqual(over.bad, [], `${key}, ${colorScheme}, ${width}`);
          assert.ok(over.controls > least, `${over.controls} controls by ${key}`);
          await press(page, 'Escape');
          await page.locator('.live dialog').waitFor({ state: 'detached' });
        }
        await press(page, 's', 'Enter', 'm');
        await page.locator('.live .offer').first().waitFor();
        assert.deepEqual((await hidden()).bad, [], `the editor, ${colorScheme}, ${width}`);
      }
    }
  },
});
