// That everybody can use the page: names, roles and contrast, on screens of any width, with fingers,
// and enlarged.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { ask, frames, state, suite } from './harness.mjs';
import { app, look, move, openChanges, press } from './reader.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const WIDTHS = [1440, 768, 360];
const SCHEMES = ['light', 'dark'];
/** Shows a part that a narrow screen has no room for beside the others. */
async function tab(page, name) {
  const button = page.getByRole('navigation').getByRole('button', { name, exact: true });
  if (await button.isVisible()) await button.click();
}

const pen = (page) => page.getByRole('textbox', { name: 'The script, one call a line' });

/** Closes whatever is open, so that the next thing can be looked at by itself. */
async function alone(page) {
  if (await page.getByRole('dialog').count() > 0) await page.keyboard.press('Escape');
  await page.locator('.live dialog').waitFor({ state: 'detached' });
  if (await pen(page).count() > 0) {
    // What was written is taken back.
    while ((await state(page)).scenario === '') await pen(page).press('Control+z');
    await app(page).focus();
    await press(page, 's');
  }
  await app(page).focus();
  const { compare, why } = await state(page);
  if (compare !== null) await press(page, 'c');
  if (why !== null) await press(page, 'Escape');
  if (await page.getByRole('region', { name: 'The map as a table' }).count() > 0) await press(page, 't');
  await press(page, 'f');
}

/** By itself, at a place of the original kernel, and with what some keys open. */
const opened = (at, ...keys) => async (page) => {
  await alone(page);
  await ask(page, 'setKernel', 'original');
  await ask(page, 'goto', at);
  await press(page, ...keys);
};

/** Where the page is looked at: what is done to get there. */
const SIGHTS = {
  opening: async () => {},
  'the panic': async (page) => {
    await tab(page, 'Console');
    await ask(page, 'goto', '100%');
  },
  'the refused cut': (page) => ask(page, 'goto', '3.refused'),
  'code that does not run': async (page) => {
    await tab(page, 'Code');
    await ask(page, 'goto', '3.11');
  },
  'after a switch': async (page) => {
    await tab(page, 'Calls');
    await ask(page, 'setKernel', 'committed');
  },
  'a wired page': (page) => ask(page, 'goto', '5.end'),
  'the list of changes': openChanges,
  'the help': opened('3.count', '?'),
  'the report': opened('3.count', 'b'),
  'an answer': opened('6.end', 'w'),
  'the table': opened('6.end', 't'),
  'part of the map': opened('3.count', 'e'),
  'the gallery': opened('3.count', 'g'),
  'the share dialog': opened('3.count', 'l'),
  'the import dialog': opened('3.count', 'i'),
  'the editor': opened('6.end', 's'),
  'the editor with an error': async (page) => {
    await opened('6.end', 's')(page);
    await pen(page).press('x');
    await page.getByRole('button', { name: /^line \d+, column \d+$/ }).first().waitFor();
  },
  'the editor with words on offer': async (page) => {
    await opened('6.end', 's', 'Enter', 'm')(page);
    await press(page, 'ArrowDown');
    await page.locator('.live .offer.chosen').waitFor();
  },
  'two kernels as they part': opened('1.0', 'd'),
  'two kernels at their ends': opened('6.end', 'c', 'w'),
  'high contrast': async (page) => {
    await opened('3.count', '?')(page);
    await page.getByRole('dialog').getByRole('button', { name: 'High contrast' }).click();
    await page.keyboard.press('Escape');
  },
};

const sized = (width, colorScheme) => (
  { viewport: { width, height: width < 700 ? 740 : 900 }, colorScheme, reducedMotion: 'reduce' }
);

/** Visits every sight in every width and scheme. */
async function everywhere(visit, see, widths = WIDTHS) {
  for (const width of widths) {
    for (const scheme of SCHEMES) {
      const { page } = await visit('', sized(width, scheme));
      for (const [name, go] of Object.entries(SIGHTS)) {
        await go(page);
        await look(page);
        await frames(page);
        await see(page, `${name}, ${width} px, ${scheme}`, width);
      }
    }
  }
}

/**
 * Every text that is shown with too little contrast, and how many were looked at. axe leaves out what
 * stands in an SVG or partly below something else; here the ground is what lies under the text's
 * middle.
 */
function faint(page) {
  return page.evaluate(() => {
    const root = document.querySelector('uvm-scope').shadowRoot;
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const rgba = (color) => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      return [r, g, b, a / 255];
    };
    const over = ([r, g, b, a], below) => [r, g, b].map((c, i) => c * a + below[i] * (1 - a));
    const luminance = (rgb) => {
      const [r, g, b] = rgb.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    /** A colour with the opacity of everything around it taken into account. */
    const seen = (color, element) => {
      const [r, g, b, a] = rgba(color);
      let opacity = a;
      for (let it = element; it instanceof Element; it = it.parentNode) opacity *= Number(getComputedStyle(it).opacity);
      return [r, g, b, opacity];
    };
    const paint = (element) => {
      const style = getComputedStyle(element);
      if (!(element instanceof SVGElement) || element instanceof SVGSVGElement) return style.backgroundColor;
      if (style.fill.startsWith('url') || element.closest('text')) return null;
      return style.fill === 'none' ? null : style.fill;
    };
    const paper = rgba(getComputedStyle(document.body).backgroundColor);
    const low = [];
    let texts = 0;
    const walker = document.createTreeWalker(root.querySelector('.app'), NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const element = node.parentElement;
      if (node.data.trim() === '' || element.closest('title, [aria-disabled], .keys')) continue;
      if (!element.checkVisibility({ visibilityProperty: true })) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const box = range.getClientRects()[0];
      if (box === undefined || box.width < 2) continue;
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      const stack = root.elementsFromPoint(x, y);
      const from = stack.indexOf(element.closest('text') ?? element);
      // Scrolled out of its box, or below something that is opened over it.
      if (!stack.some((it) => it === element || element.contains(it) || it === element.closest('text'))) continue;
      let ground = paper;
      for (const it of stack.slice(Math.max(from, 0)).reverse()) {
        const color = paint(it);
        if (color !== null) ground = over(seen(color, it), ground);
      }
      const style = getComputedStyle(element);
      const ink = over(seen(element instanceof SVGElement ? style.fill : style.color, element), ground);
      const [light, dark] = [luminance(ink), luminance(ground)].sort((a, b) => b - a);
      const size = Number.parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      const ratio = (light + 0.05) / (dark + 0.05);
      texts += 1;
      if (ratio < (large ? 3 : 4.5)) {
        low.push(`${ratio.toFixed(2)} "${node.data.trim().slice(0, 40)}" .${element.getAttribute('class') ?? element.localName} in .${element.parentElement.getAttribute('class') ?? element.parentElement.localName}`);
      }
    }
    return { low: [...new Set(low)], texts };
  });
}

/** Whatever reaches over the edges of the screen, of the picture, or of a control. */
function cutOff(page) {
  return page.evaluate(() => {
    const root = document.querySelector('uvm-scope').shadowRoot;
    const width = document.documentElement.clientWidth;
    const name = (it) => `${it.localName}.${it.getAttribute('class') ?? ''} "${it.textContent.trim().slice(0, 40)}"`;
    const shown = (it) => it.checkVisibility({ visibilityProperty: true }) && it.getBoundingClientRect().width > 1;
    const bad = [];
    // The table is scrolled by itself.
    const all = [...root.querySelectorAll('.app *')].filter((it) => !it.closest('defs, title, .scroll table'));
    for (const it of all.filter(shown)) {
      const box = it.getBoundingClientRect();
      if (box.left < -0.5 || box.right > width + 0.5) bad.push(`over the screen: ${name(it)}`);
    }
    for (const text of root.querySelectorAll('.uvm-scene text')) {
      const svg = text.closest('svg').getBoundingClientRect();
      const box = text.getBoundingClientRect();
      const inside = box.left >= svg.left - 0.5 && box.right <= svg.right + 0.5
        && box.top >= svg.top - 0.5 && box.bottom <= svg.bottom + 0.5;
      if (!inside) bad.push(`over the picture: ${name(text)}`);
    }
    for (const it of root.querySelectorAll('button, summary, .say, .call, .card')) {
      if (shown(it) && it.scrollWidth > it.clientWidth + 1) bad.push(`over its box: ${name(it)}`);
    }
    const page = document.scrollingElement;
    if (page.scrollWidth > width) bad.push(`the page is ${page.scrollWidth} wide`);
    return { bad, looked: all.length };
  });
}

suite({
  ...Object.fromEntries(WIDTHS.map((width) => [`axe finds nothing at ${width} px`, async ({ visit }) => {
    await everywhere(visit, async (page, sight) => {
      if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(axe);
      const { violations, passes } = await page.evaluate(() => window.axe.run(document));
      const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      assert.deepEqual(told, [], sight);
      // It has looked into the element, too.
      const contrast = passes.find(({ id }) => id === 'color-contrast');
      assert.ok(contrast.nodes.filter(({ target }) => Array.isArray(target[0])).length > 10, sight);
      assert.ok(passes.some(({ id }) => id === 'button-name'), sight);
    }, [width]);
  }])),

  async 'every text stands out from its ground, those of the picture too'({ visit }) {
    const found = [];
    await everywhere(visit, async (page, sight, width) => {
      // Tall enough that nothing has to be scrolled to.
      await page.setViewportSize({ width, height: 2600 });
      await frames(page);
      const { low, texts } = await faint(page);
      // A report is one text in a field, as is what is shared; and a gallery is scrolled by itself.
      const few = /^the (report|share dialog|gallery|import dialog)/.test(sight);
      assert.ok(texts > 50 || few, `${texts} texts, ${sight}`);
      if (low.length > 0) found.push(sight, ...low);
    });
    assert.deepEqual(found, []);
  },

  async 'every control has a name, and what changes is said'({ visit }) {
    const { page } = await visit();
    await openChanges(page);
    const nameless = await page.locator('.live').locator('button, input, summary').evaluateAll(
      (all) => all.filter((it) => !(it.getAttribute('aria-label') ?? it.closest('label, button, summary')?.textContent)?.trim())
        .map((it) => it.outerHTML),
    );
    assert.deepEqual(nameless, []);
    const said = page.locator('.say');
    assert.equal(await said.getAttribute('aria-live'), 'polite');
    assert.equal(await said.getAttribute('aria-atomic'), 'true');
    const before = await said.textContent();
    await move(page, 'Step').click();
    const { now } = await look(page);
    assert.notEqual(await said.textContent(), before);
    assert.equal((await said.textContent()).trim(), now.caption.replaceAll('`', ''));
    const title = await page.locator('.live .uvm-scene').getAttribute('aria-label');
    assert.match(title, new RegExp(`call ${now.at.call}, mlock, step ${now.at.step} of`));
  },

  async 'everything can be reached and left by the tabulator key'({ visit }) {
    const { page } = await visit();
    const focus = () => page.evaluate(() => {
      const it = document.querySelector('uvm-scope').shadowRoot.activeElement;
      return it === null ? null : it.getAttribute('aria-label') ?? it.textContent.trim();
    });
    await page.getByRole('region', { name: /^uvmscope/ }).focus();
    const stops = [];
    for (let i = 0; i < 60; i += 1) {
      await page.keyboard.press('Tab');
      const now = await focus();
      if (now === null) break;
      const outline = await page.evaluate(() => {
        const it = document.querySelector('uvm-scope').shadowRoot.activeElement;
        return getComputedStyle(it).outlineStyle;
      });
      assert.notEqual(outline, 'none', now);
      stops.push(now);
    }
    for (const name of ['original', 'later', 'changes', 'Step', 'Play', 'To the end', 'Place in the run']) {
      assert.ok(stops.includes(name), `${name} among ${stops.join(', ')}`);
    }
    assert.equal(stops.length, new Set(stops).size);
    assert.equal(await focus(), null, 'the element lets go of the focus');
  },

  async 'at every width nothing is cut off and the page never scrolls sideways'({ visit }) {
    const found = [];
    await everywhere(visit, async (page, sight) => {
      const { bad, looked } = await cutOff(page);
      assert.ok(looked > 200, `${looked} at ${sight}`);
      found.push(...bad.map((it) => `${sight}: ${it}`));
    });
    assert.deepEqual(found, []);
  },

  async 'enlarged to 200 % nothing is cut off, in steps of the whole story'({ visit }) {
    for (const viewport of [{ width: 720, height: 450 }, { width: 360, height: 370 }]) {
      const { page } = await visit('', { viewport, deviceScaleFactor: 2, reducedMotion: 'reduce' });
      await press(page, 'Home');
      const places = new Set();
      for (let i = 0; i < 40; i += 1) {
        const { bad, looked } = await cutOff(page);
        const { now } = await look(page);
        assert.ok(looked > 200);
        assert.deepEqual(bad, [], `${viewport.width} px, ${now.at.call}.${now.at.step}`);
        places.add(`${now.at.call}.${now.at.step}`);
        await press(page, 'Shift+ArrowRight');
      }
      assert.ok(places.size > 12, [...places].join());
      assert.ok(places.has('6.33'));
    }
  },

  async 'on a phone the buttons stay in reach of the thumb, and are large enough for it'({ visit }) {
    const { page } = await visit('', {
      viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, reducedMotion: 'reduce',
    });
    const buttons = page.getByRole('group', { name: 'Move' }).getByRole('button');
    assert.equal(await buttons.count(), 7);
    const height = await page.evaluate(() => document.scrollingElement.scrollHeight);
    assert.ok(height > 2 * 740 - 200, 'there is something to scroll');
    for (const part of [0, 0.25, 0.5, 0.75, 1]) {
      await page.evaluate((top) => window.scrollTo(0, top), (height - 740) * part);
      await frames(page);
      for (const button of await buttons.all()) {
        const box = await button.boundingBox();
        assert.ok(box.y >= 0 && box.y + box.height <= 740, `scrolled by ${part}: ${JSON.stringify(box)}`);
        assert.ok(box.height >= 44 && box.width >= 24, JSON.stringify(box));
      }
    }
    const { now } = await look(page);
    await move(page, 'Step').tap();
    assert.equal((await look(page)).now.at.step, now.at.step + 1);
    // What is chosen below the picture is in sight then.
    const tab = page.getByRole('navigation').getByRole('button', { name: 'Code' });
    await tab.tap();
    const code = page.getByRole('region', { name: 'Code' }).locator('[aria-current]');
    await code.waitFor();
    await frames(page);
    const [line, bar] = [await code.boundingBox(), await page.locator('.controls').boundingBox()];
    assert.ok(line.y > 0 && line.y + line.height < bar.y, JSON.stringify([line, bar]));
    // Everything else that is touched is no smaller than a fingertip, either.
    const small = () => page.locator('.live').locator('button, summary, label').evaluateAll(
      (all) => all.filter((it) => it.checkVisibility()).map((it) => [it.getBoundingClientRect(), it])
        .filter(([box]) => box.height < 33.5 || box.width < 24)
        .map(([box, it]) => `${it.textContent.trim()} ${box.width}x${box.height}`),
    );
    await openChanges(page);
    assert.deepEqual(await small(), []);
    await app(page).focus();
    for (const key of ['g', 'l']) {
      await press(page, key);
      await page.getByRole('dialog').waitFor();
      assert.deepEqual(await small(), [], key);
      await press(page, 'Escape');
      await page.locator('.live dialog').waitFor({ state: 'detached' });
    }
    await press(page, 's', 'x');
    await page.getByRole('button', { name: /^line \d+, column \d+$/ }).first().waitFor();
    assert.deepEqual(await small(), []);
  },

  async 'the picture follows the width of the element'({ visit }) {
    const { page } = await visit();
    for (const [width, layout] of [[1440, 'wide'], [1159, 'medium'], [700, 'medium'], [699, 'narrow'], [360, 'narrow']]) {
      await page.setViewportSize({ width, height: 900 });
      await page.waitForFunction((layout) => document.querySelector('uvm-scope').shadowRoot
        .querySelector('.app').classList.contains(layout), layout);
      // One unit of the picture is one pixel, so that its type has the size it was made for.
      await page.waitForFunction(() => {
        const svg = document.querySelector('uvm-scope').shadowRoot.querySelector('.uvm-scene');
        return Math.abs(svg.getBoundingClientRect().width - svg.viewBox.baseVal.width) <= 1;
      });
    }
  },
});
