// What is shown goes on to others, and comes from them: the gallery of scenarios, links in the
// address, snippets for other pages, and files.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { ask, frames, open, ready, serve, state, suite } from './harness.mjs';
import { REFUSALS, app, look, nodesOf, pair, place, press, tool } from './reader.mjs';

// A page without an icon makes the browser ask for one, and complain that there is none.
const icon = '<link rel="icon" href="data:,">';

const sheet = (page) => page.getByRole('dialog');
const cards = (page) => sheet(page).locator('.card-button');
const field = (page, name) => sheet(page).getByRole('textbox', { name, exact: true });
const files = (page) => sheet(page).getByRole('group', { name: 'Save as a file' });
const problems = (page) => page.locator('.live .problems');
const SHORT = 'Short link';
const LONG = 'Link';
const ELEMENT = 'Element, for a page that may load scripts';
const FRAME = 'Frame, for any other page';
const PICTURE = 'Picture that plays by itself, where neither is allowed';

/** Pages that a test puts beside the site while it runs. */
const routes = {};

/** Opens the gallery, and returns how many scenarios it says there are. */
async function gallery(page) {
  await press(page, 'g');
  await sheet(page).waitFor();
  return Number(/ of (\d+)$/.exec(await sheet(page).getByRole('status').innerText())[1]);
}

/** Closes what lies over the page, and waits until the page knows of it. */
async function close(page) {
  await press(page, 'Escape');
  await page.locator('.live dialog').waitFor({ state: 'detached' });
}

/** What a field of the share dialog holds. */
async function shared(page, name) {
  await press(page, 'l');
  const text = await field(page, name).inputValue();
  await close(page);
  return text;
}

/** Another text in the editor, which is closed again. */
async function write(page, text) {
  await press(page, 's');
  await page.getByRole('textbox', { name: 'The script, one call a line' }).fill(text);
  await page.getByRole('button', { name: 'done', exact: true }).click();
  await page.getByRole('region', { name: 'Calls', exact: true }).waitFor();
  await app(page).focus();
  return state(page);
}

/** All that a link has to bring back: what `state()` tells but for the last remark, and the view. */
async function shown(page) {
  const drawn = await look(page);
  const { note, ...now } = drawn.now;
  return {
    now,
    table: await page.getByRole('region', { name: 'The map as a table' }).count(),
    cells: nodesOf(drawn, 'page-').filter(({ visible }) => visible).length,
    tab: await page.getByRole('navigation').locator('[aria-pressed=true], [aria-current]').allInnerTexts(),
    look: await page.locator('.app').getAttribute('data-look'),
  };
}

/** Goes where another address of the same page leads. */
async function follow(page, hash) {
  await page.evaluate((hash) => new Promise((resolve) => {
    window.addEventListener('hashchange', resolve, { once: true });
    location.hash = hash;
  }), hash);
  await frames(page);
  return state(page);
}

/** Text that cannot be packed: the digits of a number that goes on and on. */
function noise(length) {
  let seed = 12345;
  const signs = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
  return Array.from({ length }, () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return signs[Math.floor(seed / 65536) % signs.length];
  }).join('');
}

/** Presses a button and returns the file that comes of it. */
async function saved(page, button) {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
}

const own = 'kernel original,+range-error-enomem\ndiagnostic off\n# my own, with é and 😀\n'
  + 'p = mmap(NULL, 64K, PROT_READ|PROT_WRITE, MAP_ANON|MAP_PRIVATE, -1, 0)\nmlock(p + 8K, 0)\nmlock(p, 8K)\n'
  + 'munlock(p + 4K, 4K)\n';

suite({
  async 'every card of the gallery opens its scenario'({ visit }) {
    const { page } = await visit('', { reducedMotion: 'reduce' });
    const title = page.getByRole('heading', { level: 1 });
    const count = await gallery(page);
    assert.equal(await cards(page).count(), count);
    const titles = await cards(page).locator('b').allInnerTexts();
    assert.equal(new Set(titles).size, count);
    await close(page);
    const names = new Set();
    for (const [i, name] of titles.entries()) {
      await gallery(page);
      await cards(page).nth(i).click();
      await sheet(page).waitFor({ state: 'detached' });
      const { now } = await look(page);
      assert.equal(await title.innerText(), name);
      assert.deepEqual([now.errors, now.problem, now.pending], [[], null, null], name);
      assert.equal(await problems(page).count(), 0, name);
      assert.equal(await page.getByRole('alert').count(), 0, name);
      assert.ok(now.at.call >= 1 && now.script.length > 0, name);
      names.add(now.scenario);
      // It runs to its end, and the gallery knows where one is.
      await ask(page, 'goto', '100%');
      await look(page);
      await gallery(page);
      assert.deepEqual(await sheet(page).locator('[aria-current=true] b').allInnerTexts(), [name]);
      await close(page);
    }
    assert.equal(names.size, count);
    assert.ok(!names.has(''));
  },

  async 'a scenario is found by words, and opened by the keyboard alone'({ visit }) {
    const { page } = await visit();
    const before = await state(page);
    await page.getByRole('button', { name: 'Other scenarios' }).click();
    const find = sheet(page).getByRole('searchbox', { name: 'Find' });
    await find.and(page.locator(':focus')).waitFor();
    const count = await cards(page).count();
    const search = async (words) => {
      await find.fill(words);
      await frames(page);
      const found = await cards(page).allInnerTexts();
      assert.equal(await sheet(page).getByRole('status').innerText(), `${found.length} of ${count}`);
      return found;
    };
    const some = await search('panic');
    assert.ok(some.length > 1 && some.length < count, `${some.length} of ${count}`);
    // More words, in any case and order, are found in fewer.
    const few = await search('ZERO  panic');
    assert.ok(few.length > 0 && few.length <= some.length && few.every((it) => some.includes(it)));
    assert.deepEqual(await search('panic zero'), few);
    assert.deepEqual(await search('no such words at all'), []);
    await sheet(page).getByText('No scenario speaks of that.').waitFor();
    // Letters are for the field while it has the focus.
    assert.deepEqual((await state(page)).at, before.at);
    assert.equal((await search('')).length, count);
    await find.fill('mlockall');
    await frames(page);
    const [wanted] = await cards(page).locator('b').allInnerTexts();
    await press(page, 'Tab');
    assert.equal(await cards(page).first().evaluate((card) => card.matches(':focus')), true);
    await press(page, 'Enter');
    await sheet(page).waitFor({ state: 'detached' });
    assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), wanted);
    // Keys act again, and it is undone like anything else.
    await frames(page);
    const { at } = await press(page, 'Home');
    assert.deepEqual((await press(page, 'ArrowRight')).at.step, at.step + 1);
    const back = await press(page, 'z');
    assert.deepEqual([back.scenario, back.at], [before.scenario, before.at]);
  },

  async 'of a script of one\'s own no card is the current one'({ visit }) {
    const { page } = await visit();
    await write(page, own);
    await gallery(page);
    assert.equal(await sheet(page).locator('[aria-current]').count(), 0);
  },

  async 'a link opens what was shown, wherever that was'({ visit }) {
    const { page } = await visit('', { reducedMotion: 'reduce' });
    const kernel = page.getByRole('switch', { name: 'DIAGNOSTIC' });
    const THINGS = {
      'as it opens': [SHORT, async () => {}],
      'another place': [SHORT, () => ask(page, 'goto', '3.18')],
      'a step without a name': [SHORT, () => ask(page, 'goto', '5.7')],
      'another kernel': [SHORT, () => ask(page, 'setKernel', 'committed,-syscall-zero-guard')],
      'without DIAGNOSTIC': [SHORT, () => kernel.uncheck()],
      'the table': [SHORT, () => press(page, 't')],
      'an entry': [SHORT, async () => { await ask(page, 'goto', '5.count'); await press(page, 'e'); }],
      'a page': [SHORT, () => press(page, 'p')],
      'two kernels': [SHORT, () => press(page, 'f', 't', 'c')],
      'two kernels as they part': [SHORT, () => press(page, 'd')],
      'a run that goes on alone': [SHORT, async () => { await press(page, 'End'); await press(page, 'ArrowLeft'); }],
      'a script of one\'s own': [LONG, () => write(page, own)],
      'a place of it': [LONG, () => ask(page, 'goto', '3.end')],
      'it alone': [LONG, () => press(page, 'c')],
      'it on another kernel': [LONG, () => ask(page, 'setKernel', 'later')],
      'a script that is wrong': [LONG, () => write(page, `${own}mlok(p, 4K)\n`)],
    };
    for (const [name, [label, go]] of Object.entries(THINGS)) {
      await go();
      const before = await shown(page);
      const link = await shared(page, label);
      const { page: other, context } = await visit(link, { reducedMotion: 'reduce' });
      assert.deepEqual(await shown(other), before, `${name}: ${link}`);
      assert.equal(before.now.compare && pair((await look(other)).now), before.now.compare && pair(before.now));
      // What it makes of it is the same link.
      assert.equal(await shared(other, label), link, name);
      await context.close();
    }
  },

  async 'a link opens the tab and the colours that were chosen'({ visit }) {
    const narrow = { viewport: { width: 360, height: 740 }, reducedMotion: 'reduce' };
    const { page } = await visit('', narrow);
    for (const tab of ['Code', 'Console', 'Calls']) {
      await page.getByRole('navigation').getByRole('button', { name: tab, exact: true }).click();
      await app(page).focus();
      const before = await shown(page);
      assert.deepEqual(before.tab, [tab]);
      const link = await shared(page, SHORT);
      const { page: other } = await visit(link, narrow);
      assert.deepEqual(await shown(other), before, link);
    }
    for (const [name, word] of [['Dark', 'dark'], ['Light', 'light'], ['High contrast', 'contrast']]) {
      await press(page, '?');
      await sheet(page).getByRole('button', { name, exact: true }).click();
      await close(page);
      const link = await shared(page, SHORT);
      const { page: other } = await visit(link, narrow);
      assert.equal((await shown(other)).look, word, link);
    }
  },

  async 'the element can be put into another page'({ visit, server }) {
    const { page } = await visit();
    const embedded = async (name) => {
      const text = await shared(page, ELEMENT);
      routes[name] = `<!doctype html>${icon}<h1>Some text</h1>${text}`;
      const { page: other } = await visit(name);
      return { text, now: await state(other) };
    };
    const same = ['scenario', 'script', 'kernel', 'at', 'entries', 'pages', 'console', 'problem', 'errors'];
    const part = (now) => Object.fromEntries(same.map((name) => [name, now[name]]));
    await ask(page, 'goto', '5.cut');
    let before = await state(page);
    const one = await embedded('/one.html');
    assert.deepEqual(part(one.now), part(before), one.text);
    assert.equal(one.now.compare, null);
    assert.ok(one.text.includes(server.url));
    await ask(page, 'setKernel', '+range-error-enomem');
    await press(page, 'd');
    before = await state(page);
    const two = await embedded('/two.html');
    assert.deepEqual(part(two.now), part(before), two.text);
    assert.deepEqual([two.now.compare.kernel, pair(two.now)], [before.compare.kernel, pair(before)]);
    await write(page, own);
    await ask(page, 'goto', '3.end');
    before = await state(page);
    const three = await embedded('/three.html');
    assert.deepEqual(three.now.entries, before.entries, three.text);
    assert.deepEqual([three.now.at, three.now.kernel, three.now.errors], [before.at, before.kernel, []]);
  },

  async 'the picture can be put where neither scripts nor frames are allowed'({ visit }) {
    const { page } = await visit('#munlock-cuts');
    const text = await shared(page, PICTURE);
    routes['/picture.html'] = `<!doctype html>${icon}<h1>Some text</h1>${text}`;
    const { page: other } = await visit('picture.html', { javaScriptEnabled: false, start: false });
    const image = other.getByRole('img');
    await image.waitFor();
    assert.ok(await image.evaluate((it) => it.complete && it.naturalWidth > 300), text);
    assert.match(await other.getByRole('link').getAttribute('href'), /#munlock-cuts/);
    // Of a script of one's own there is none.
    await write(page, own);
    await press(page, 'l');
    await field(page, FRAME).waitFor();
    assert.equal(await field(page, PICTURE).count(), 0);
  },

  async 'a frame can be put into a page of another place'({ visit, browser }) {
    const { page } = await visit();
    const pages = {};
    const elsewhere = await serve({ routes: pages, plain: true });
    try {
      const framed = async (name) => {
        const text = await shared(page, FRAME);
        pages[name] = `<!doctype html>${icon}<h1>Some text</h1>${text}`;
        const { page: other, context, complaints } = await open(browser, new URL(name, elsewhere.url).href);
        // What there is of it comes from its own server, and it is told from which page to come.
        assert.match(text, /^<iframe src="[^"]*\/embed\.html#/);
        for (const word of ['title="uvmscope: ', 'loading="lazy"', 'sandbox="allow-scripts allow-popups"', 'referrerpolicy=']) {
          assert.ok(text.includes(word), text);
        }
        const frame = await other.locator('iframe').contentFrame();
        const handle = await (await other.locator('iframe').elementHandle()).contentFrame();
        await handle.waitForFunction(() => document.querySelector('uvm-scope')?.state?.() != null);
        await frame.getByRole('region', { name: /^uvmscope/ }).waitFor();
        const { note, ...now } = await handle.evaluate(() => document.querySelector('uvm-scope').state());
        assert.deepEqual(complaints, [], text);
        await context.close();
        return now;
      };
      const here = async () => { const { note, ...now } = await state(page); return now; };
      await ask(page, 'goto', '5.cut');
      await press(page, 'd', 't');
      assert.deepEqual(await framed('/scenario.html'), await here());
      await write(page, own);
      await ask(page, 'goto', '3.end');
      assert.deepEqual(await framed('/own.html'), await here());
    } finally {
      await elsewhere.close();
    }
  },

  async 'whatever can be copied is copied'({ visit }) {
    const { page, context } = await visit();
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await tool(page, 'Share this').click();
    const texts = new Set();
    for (const label of [SHORT, ELEMENT, FRAME]) {
      const text = await field(page, label).inputValue();
      await sheet(page).getByRole('button', { name: `Copy: ${label}` }).click();
      await sheet(page).locator('.copy-field').filter({ hasText: label }).getByRole('status').getByText('Copied.').waitFor();
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), text);
      texts.add(text);
    }
    assert.equal(texts.size, 3);
  },

  async 'where copying is refused the text is selected, and a sentence says so'({ visit }) {
    for (const [which, refuse] of Object.entries(REFUSALS)) {
      const { page } = await visit();
      await page.addInitScript(refuse);
      await page.reload();
      await ready(page);
      await app(page).focus();
      await press(page, 'l');
      for (const label of [SHORT, ELEMENT, FRAME]) {
        await sheet(page).getByRole('button', { name: `Copy: ${label}` }).click();
        const status = sheet(page).locator('.copy-field').filter({ hasText: label }).getByRole('status');
        await status.getByText('Ctrl+C').waitFor();
        const area = field(page, label);
        assert.ok(await area.evaluate((it) => it.matches(':focus')), `${label}, ${which}`);
        const [start, end, length] = await area.evaluate((it) => [it.selectionStart, it.selectionEnd, it.value.length]);
        assert.deepEqual([start, end], [0, length], `${label}, ${which}`);
      }
    }
  },

  async 'the link is there as a picture for a camera, where it is not too long for one'({ visit }) {
    const { page } = await visit();
    const code = () => sheet(page).getByRole('img', { name: 'The link as a QR code' });
    const picture = async () => {
      await press(page, 'l');
      const { box, path, size } = await code().evaluate((svg) => ({
        box: svg.getBoundingClientRect().toJSON(),
        path: svg.querySelector('path').getAttribute('d'),
        size: svg.viewBox.baseVal.width,
      }));
      await close(page);
      // Such pictures have 21 squares and four more for each size, and a margin of four around them.
      assert.equal((size - 8 - 21) % 4, 0);
      assert.ok(box.width >= size && Math.abs(box.width - box.height) < 1, JSON.stringify(box));
      return path;
    };
    const one = await picture();
    await ask(page, 'goto', '5.7');
    assert.notEqual(await picture(), one);
    await write(page, own);
    assert.ok((await picture()).length > one.length, 'more to say, more squares');
    await write(page, `${own}# ${noise(4000)}`);
    await press(page, 'l');
    await sheet(page).getByText('too long for a QR code').waitFor();
    assert.equal(await code().count(), 0);
    assert.ok((await field(page, LONG).inputValue()).length > 4000);
  },

  async 'a script too long for a link says so, and is saved as a file'({ visit }) {
    const { page } = await visit();
    const text = `${own}# ${noise(9000)}\n`;
    await write(page, text);
    await press(page, 'l');
    const said = await sheet(page).getByRole('alert').innerText();
    const [, has, most] = /(\d+) characters.* (\d+);.*file/.exec(said);
    assert.ok(Number(has) > Number(most), said);
    for (const label of [LONG, SHORT, ELEMENT, FRAME]) assert.equal(await field(page, label).count(), 0, label);
    assert.equal((await saved(page, files(page).getByRole('button', { name: 'the script', exact: true }))).text, text);
  },

  async 'the script is saved, and with the answers of its calls'({ visit }) {
    const { page } = await visit();
    for (const [text, name] of [[null, 'mlock-zero'], [own, 'script']]) {
      if (text !== null) await write(page, text);
      const { script, kernel } = await state(page);
      const told = await page.getByRole('region', { name: 'Calls', exact: true }).locator('.outcome').allInnerTexts();
      await press(page, 'l');
      const plain = await saved(page, files(page).getByRole('button', { name: 'the script', exact: true }));
      assert.deepEqual(plain, { name: `${name}.uvm`, text: script });
      const answers = await saved(page, files(page).getByRole('button', { name: 'the script with its answers' }));
      assert.equal(answers.name, `${name}-answers.uvm`);
      assert.notEqual(answers.text, script);
      await close(page);
      // It runs as the other did, and every answer is what it expects.
      const now = await write(page, answers.text);
      assert.deepEqual([now.errors, now.kernel], [[], kernel]);
      assert.deepEqual(await page.getByRole('region', { name: 'Calls', exact: true }).locator('.outcome').allInnerTexts(), told);
      assert.equal(await page.getByText('not what the script expects').count(), 0);
    }
  },

  async 'an address with a link opens there, and the page follows when it changes'({ visit }) {
    const { page } = await visit('#mlock-zero/committed@3.7');
    const told = ({ scenario, kernel, compare, problem, ...now }) => (
      [scenario, kernel, compare?.kernel ?? null, place(now), problem]);
    assert.deepEqual(told(await state(page)), ['mlock-zero', 'committed', null, '3.7', null]);
    assert.deepEqual(told(await follow(page, '#mlock-zero/original..later@3.7')), ['mlock-zero', 'original', 'later', '3.7', null]);
    const other = await follow(page, '#lock-whole@2.end');
    assert.deepEqual(told(other).slice(0, 1), ['lock-whole']);
    assert.equal(place(other), `2.${other.at.steps}`);
    // Walking on leaves the address alone; and the browser's own way back leads back.
    await press(page, 'Home', 'ArrowRight', 'ArrowRight');
    assert.equal(await page.evaluate(() => location.hash), '#lock-whole@2.end');
    await page.goBack();
    await page.waitForFunction(() => document.querySelector('uvm-scope').state().scenario === 'mlock-zero');
    assert.deepEqual(told(await state(page)), ['mlock-zero', 'original', 'later', '3.7', null]);
    await page.goForward();
    await page.waitForFunction(() => document.querySelector('uvm-scope').state().scenario === 'lock-whole');
    assert.deepEqual((await state(page)).at, other.at);
    // It is undone like anything else.
    await app(page).focus();
    assert.deepEqual(told(await press(page, 'z')).slice(0, 3), ['mlock-zero', 'original', 'later']);
  },

  async 'a link that cannot be read says why, and what was there is still there'({ visit }) {
    const { page } = await visit();
    const opening = await state(page);
    await write(page, own);
    await ask(page, 'goto', '3.7');
    await press(page, 't');
    const link = new URL(await shared(page, LONG)).hash;
    const [head, packed] = link.split('s=');
    const spoiled = [...packed].with(packed.length / 2 | 0, packed[packed.length / 2 | 0] === 'A' ? 'B' : 'A').join('');
    const BROKEN = [
      [link.slice(0, link.length - packed.length / 2), /cut off.*characters.*copy the whole/],
      [link.replace('v=1', 'v=99'), /version 99.*newer/],
      [`${head}s=${spoiled}`, /changed on the way/],
      ['#mlock-zro', /mlock-zro.*mlock-zero/],
      ['#mlock-zero/orignal', /orignal.*original/],
      ['#v=1&at=3.7', /no script/],
      ['#what is this?', /.{30}/],
    ];
    const before = await shown(page);
    for (const [hash, sentence] of BROKEN) {
      const { problem } = await follow(page, hash);
      assert.match(problem ?? '', sentence, hash);
      assert.equal((await problems(page).innerText()).trim().replaceAll('`', ''), problem.replaceAll('`', ''), hash);
      const after = await shown(page);
      assert.deepEqual({ ...after, now: { ...after.now, problem: null } }, before, hash);
      // Whoever comes with it finds the sentence, and what there is without.
      const { page: other, context } = await visit(hash);
      const alone = await state(other);
      assert.match(alone.problem ?? '', sentence, hash);
      assert.deepEqual({ ...alone, problem: null }, opening, hash);
      await problems(other).waitFor();
      await context.close();
    }
    // One that can be read takes the sentence away.
    assert.equal((await follow(page, link)).problem, null);
    assert.equal(await problems(page).count(), 0);
    assert.deepEqual(await shown(page), before);
    // A place that is not there is no reason not to open the rest.
    const nowhere = await follow(page, '#mlock-zero/committed@3.nowhere');
    assert.match(nowhere.problem, /3\.nowhere/);
    assert.deepEqual([nowhere.scenario, nowhere.kernel], ['mlock-zero', 'committed']);
    await problems(page).waitFor();
  },

  async 'what is not known in a link is left out, and said'({ visit }) {
    const { page } = await visit('#mlock-zero@3.7&speed=9&view=upside-down');
    const now = await state(page);
    assert.deepEqual([now.scenario, place(now), now.problem], ['mlock-zero', '3.7', null]);
    const { note } = await look(page);
    assert.ok(note.includes('speed') && note.includes('upside-down'), note);
  },

  async 'a reload stays where one walked to, and not where the link leads'({ visit }) {
    const { page } = await visit('#mlock-zero/committed@3.7');
    const told = ({ note, ...now }) => now;
    const reloaded = async () => {
      const before = told(await state(page));
      await page.reload();
      await ready(page);
      assert.deepEqual(told(await state(page)), before);
      return before;
    };
    await app(page).focus();
    await press(page, 'ArrowRight', 'ArrowDown', 'ArrowRight');
    assert.equal(place(await reloaded()), '4.1');
    await ask(page, 'setKernel', 'original');
    await press(page, 'd');
    await reloaded();
    // After a second link, too, and another scenario.
    await follow(page, '#lock-whole@2.end');
    await reloaded();
    await app(page).focus();
    await press(page, 'Home', 'ArrowRight');
    assert.equal(place(await reloaded()), '1.1');
    await gallery(page);
    await cards(page).last().click();
    await reloaded();
    await write(page, own);
    await reloaded();
    // A link that was not there then is where the reader wants to go.
    await follow(page, '#mlock-zero@5.7');
    await page.reload();
    await ready(page);
    assert.equal(place(await state(page)), '5.7');
  },

  async 'an address without a link is nothing to speak of'({ visit }) {
    const { page } = await visit();
    const opening = await state(page);
    assert.equal(opening.problem, null);
    for (const hash of ['#', '?']) {
      const { page: other } = await visit(hash);
      assert.deepEqual(await state(other), opening, hash);
    }
  },

  async 'back to an address without a link is no complaint'({ visit }) {
    const { page } = await visit();
    await follow(page, '#mlock-zero/committed@3.7');
    const hash = page.evaluate(() => new Promise((resolve) => {
      window.addEventListener('hashchange', () => resolve(location.hash), { once: true });
    }));
    await page.goBack();
    assert.equal(await hash, '');
    await frames(page);
    assert.equal((await state(page)).problem, null);
    assert.equal(await problems(page).count(), 0);
  },
}, { routes });
