// Pictures as files: what the page saves, what the program draws, and how the one that plays behaves
// where a page has it as a mere image.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ask, frames, site, suite } from './harness.mjs';
import { app, press } from './reader.mjs';

const icon = '<link rel="icon" href="data:,">';
const sheet = (page) => page.getByRole('dialog');

/** Saves one of the files that the share dialog offers. */
async function saved(page, label) {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    sheet(page).getByRole('button', { name: label, exact: true }).click(),
  ]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/** What the program drew when the site was built. */
const drawn = (name) => readFile(path.join(site, 'pictures', name), 'utf8');

suite({
  async 'the page saves what the program draws, to the byte'({ visit }) {
    const { page } = await visit();
    for (const scenario of ['mlock-zero', 'wrap-rounds']) {
      await page.evaluate((it) => document.querySelector('uvm-scope').setAttribute('scenario', it), scenario);
      await app(page).focus();
      await press(page, 'l');
      const picture = await saved(page, 'the picture, as SVG');
      assert.equal(picture.name, `${scenario}.svg`);
      assert.equal(picture.bytes.toString(), await drawn(`${scenario}.svg`));
      const film = await saved(page, 'the run as a picture that plays');
      assert.equal(film.name, `${scenario}-film.svg`);
      assert.equal(film.bytes.toString(), await drawn(`${scenario}-film.svg`));
      await press(page, 'Escape');
      await sheet(page).waitFor({ state: 'detached' });
    }
  },

  async 'it is of the place, the kernel and the comparison that are shown'({ visit }) {
    const { page } = await visit();
    const picture = async () => {
      await app(page).focus();
      await press(page, 'l');
      const { bytes } = await saved(page, 'the picture, as SVG');
      await press(page, 'Escape');
      await sheet(page).waitFor({ state: 'detached' });
      return bytes.toString();
    };
    await ask(page, 'goto', '100%');
    assert.match(await picture(), /KASSERT/);
    await ask(page, 'setKernel', 'committed');
    assert.doesNotMatch(await picture(), /KASSERT/);
    await press(page, 'c');
    const pair = await picture();
    assert.match(pair, /committed at 6\./);
    assert.match(pair, /original at 6\./);
  },

  async 'it is saved as points, twice as fine'({ visit }) {
    const { page } = await visit();
    await press(page, 'l');
    const { name, bytes } = await saved(page, 'the picture, as PNG');
    assert.equal(name, 'mlock-zero.png');
    assert.equal(bytes.subarray(1, 4).toString(), 'PNG');
    const height = Number(/ height="(\d+)/.exec(await drawn('mlock-zero.svg'))[1]);
    assert.deepEqual([bytes.readUInt32BE(16), Math.floor(bytes.readUInt32BE(20) / 2)], [2 * 772, height]);
  },

  async 'of a long run it plays in part, and that is said'({ visit }) {
    const { page } = await visit();
    await press(page, 's');
    await page.getByRole('textbox', { name: 'The script, one call a line' }).fill(
      'mmap(0x10000, 8K, PROT_READ, MAP_FIXED|MAP_ANON, -1, 0)\n'
        + 'mlock(0x10000, 4K)\nmunlock(0x10000, 4K)\n'.repeat(100),
    );
    await page.waitForFunction(() => document.querySelector('uvm-scope').state().scenario === '');
    await page.getByRole('button', { name: 'done', exact: true }).click();
    await app(page).focus();
    await press(page, 'l');
    const film = await saved(page, 'the run as a picture that plays');
    assert.ok(film.bytes.toString().startsWith('<svg '));
    await sheet(page).getByText('It shows 60 places of the run').waitFor();
    await saved(page, 'the script');
    await sheet(page).getByText('It shows 60 places of the run').waitFor({ state: 'detached' });
  },

  async 'as an image on a page without script it plays'({ visit }) {
    const { page } = await visit('image.html', { start: false, javaScriptEnabled: false });
    await page.getByRole('img').waitFor();
    const first = await page.screenshot();
    // The test itself ends after some time.
    for (;;) if (!first.equals(await page.screenshot())) break;
  },

  async 'what has moved stands still until it moves again'({ visit }) {
    const { page } = await visit();
    // Its entries come back to where they were, so that one thing moves more than once.
    await page.evaluate(() => document.querySelector('uvm-scope').setAttribute('scenario', 'lock-overlap'));
    await app(page).focus();
    await press(page, 'l');
    const film = await saved(page, 'the run as a picture that plays');
    const alone = await visit('image.html', { start: false });
    await alone.page.setContent(film.bytes.toString());
    const { moving, adrift } = await alone.page.evaluate(() => {
      const all = document.getAnimations();
      const whole = all[0].effect.getTiming().duration;
      const offsets = (of) => all.filter(of).flatMap((it) => it.effect.getKeyframes())
        .map((frame) => frame.computedOffset);
      const moves = (it) => /^m\d/.test(it.animationName);
      const begins = [...new Set(offsets((it) => /^v\d/.test(it.animationName)))].sort((a, b) => a - b);
      const hidden = (it) => it && (getComputedStyle(it).opacity === '0' || hidden(it.parentElement));
      const off = (it) => {
        const { x, width, translate } = getComputedStyle(it);
        if (it.tagName !== 'rect') return Math.max(...translate.split(' ').map((by) => Math.abs(parseFloat(by) || 0)));
        const by = (now, name) => Math.abs(parseFloat(now) - Number(it.getAttribute(name)));
        return Math.max(by(x, 'x'), by(width, 'width'));
      };
      const away = (time) => {
        for (const animation of all) {
          animation.pause();
          animation.currentTime = time;
        }
        return all.filter(moves).map((it) => it.effect.target).filter((it) => !hidden(it) && off(it) > 1).length;
      };
      // A motion takes 450 ms of its place.
      const places = begins.slice(0, -1).map((begin, n) => [begin * whole, begins[n + 1] * whole]);
      const sum = (times) => times.map(away).reduce((a, b) => a + b);
      return {
        moving: sum(places.map(([begin]) => begin + 150)),
        adrift: sum(places.flatMap(([begin, end]) => [begin + 500, (begin + end) / 2, end - 30])),
      };
    });
    assert.ok(moving > 5, `${moving}`);
    assert.equal(adrift, 0);
  },

  async 'for who wants no motion it stands at the telling step'({ visit }) {
    const shown = () => {
      const texts = [...document.querySelectorAll('text.said')];
      const seen = (it) => getComputedStyle(it.parentElement).opacity === '1';
      return {
        moving: document.getAnimations().length,
        said: texts.filter(seen).map((it) => it.textContent).join(' '),
      };
    };
    // A browser asks for an icon of a mere picture, and complains that there is none.
    const bare = { start: false, complaints: 'expected' };
    const still = await visit('pictures/mlock-zero-film.svg', { ...bare, reducedMotion: 'reduce' });
    const calm = await still.page.evaluate(shown);
    assert.equal(calm.moving, 0);
    assert.match(calm.said, /goes from 0 to 1\. The request was empty/);
    const playing = await visit('pictures/mlock-zero-film.svg', bare);
    const now = await playing.page.evaluate(shown);
    assert.ok(now.moving > 50, `${now.moving}`);
    assert.notEqual(now.said, calm.said);
    // At every moment exactly one sentence is to be seen, and all of them in turn.
    const sentences = await playing.page.evaluate(async () => {
      const whole = document.getAnimations()[0].effect.getTiming().duration;
      const groups = [...document.querySelectorAll('g:has(> text.said)')];
      const seen = new Set();
      for (let part = 0.5; part < 200; part += 1) {
        for (const animation of document.getAnimations()) {
          animation.pause();
          animation.currentTime = (whole * part) / 200;
        }
        const now = groups.filter((it) => getComputedStyle(it).opacity === '1');
        if (now.length !== 1) return `${now.length} at ${part}`;
        seen.add(now[0]);
      }
      return seen.size === groups.length ? 'one after the other' : `${seen.size} of ${groups.length}`;
    });
    assert.equal(sentences, 'one after the other');
    await frames(playing.page);
  },
}, {
  plain: true,
  routes: {
    '/image.html': `<!doctype html>${icon}<img alt="A run" src="pictures/mlock-zero-film.svg">`,
  },
});
