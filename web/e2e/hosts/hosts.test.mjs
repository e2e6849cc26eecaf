// The projects of `web/examples`, built by their own tools, as their readers meet them.
import assert from 'node:assert/strict';
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { frames, launch, open, ready, serve, state } from '../harness.mjs';

const hosts = process.env.UVMSCOPE_HOSTS;
assert.ok(hosts, 'UVMSCOPE_HOSTS names the folder with the built projects');

/** Declares a test of one project; `body` gets a function that opens one of its pages. */
function project(name, folder, body) {
  test(name, { timeout: 120_000 }, async () => {
    const root = path.join(hosts, folder);
    // Two of the tools refer to no icon, and the browser asks for one all the same.
    const server = await serve({ folder: root, plain: true, routes: { '/favicon.ico': '' } });
    const browser = await launch();
    try {
      const visit = async (where = '', options = {}) => {
        const visited = await open(browser, new URL(where, server.url).href, options);
        return { ...visited, check: () => assert.deepEqual(visited.complaints, []) };
      };
      await body(visit, root, server);
    } finally {
      await browser.close();
      await server.close();
    }
  });
}

const at = async (page, selector) => {
  const { call, step } = (await state(page, selector)).at;
  return `${call}.${step}`;
};
const ground = (page) => page.evaluate(() => getComputedStyle(document.querySelector('uvm-scope')
  .shadowRoot.querySelector('.live')).backgroundColor);
const step = (page) => page.locator('uvm-scope').first().getByRole('button', { name: 'Step', exact: true });
/** Brightness of a colour as the browser tells it, from 0 to 255. */
const brightness = (colour) => {
  const [r, g, b] = colour.match(/[\d.]+/g).map(Number);
  return (r + g + b) / 3;
};

/** What holds in every host: it is driven by hand and by key, and tells the page. */
async function drives(page) {
  await ready(page);
  await page.evaluate(() => {
    window.heard = [];
    document.addEventListener('uvmscope:step', ({ detail }) => window.heard.push(detail.at.step));
  });
  const before = await state(page);
  await step(page).click();
  await page.keyboard.press('ArrowRight');
  const after = await state(page);
  assert.equal(after.at.step, before.at.step + 2);
  assert.deepEqual(await page.evaluate(() => window.heard), [before.at.step + 1, before.at.step + 2]);
  await page.evaluate(() => document.querySelector('uvm-scope').goto('100%'));
  assert.match((await state(page)).panic, /KASSERT/);
}

/** Writes the keys on which hosts act into the element's editor. */
async function types(page) {
  const first = page.locator('uvm-scope').first();
  await first.evaluate((element) => element.setAttribute('controls', 'full'));
  await first.locator('.app').focus();
  await page.keyboard.press('s');
  const editor = first.getByRole('textbox', { name: 'The script, one call a line' });
  const text = await editor.inputValue();
  await editor.press('Control+Home');
  await page.keyboard.type('# s/?obf');
  await page.keyboard.press('Enter');
  assert.equal(await editor.inputValue(), `# s/?obf\n${text}`);
  await first.getByRole('button', { name: 'done' }).click();
  await first.evaluate((element) => element.setAttribute('controls', 'min'));
}

project('a plain page', 'plain', async (visit) => {
  const { page, check } = await visit();
  await ready(page, '#own');
  await drives(page);
  await page.evaluate(() => document.querySelector('#story').goto('3.0'));
  await page.getByText('call 3, step 0').waitFor();
  await page.getByRole('button', { name: 'To the panic' }).click();
  await page.locator('#where').getByText('KASSERT').waitFor();
  const own = await state(page, '#own');
  assert.deepEqual([own.scenario, own.kernel, own.errors], ['', 'committed', []]);
  assert.match(own.script, /^# title: The same lock/);
  check();
  // Page and element are dark together.
  const dark = await visit('', { colorScheme: 'dark' });
  await ready(dark.page);
  assert.ok(brightness(await dark.page.evaluate(() => getComputedStyle(document.body).color)) > 128);
  assert.ok(brightness(await ground(dark.page)) < 128);
  dark.check();
  const bare = await visit('', { javaScriptEnabled: false });
  assert.ok(await bare.page.getByRole('img', { name: /breaks the promise/ }).isVisible());
});

project('a book', 'mdbook/book', async (visit, root, server) => {
  const { page, check } = await visit('locks/zero.html');
  await drives(page);
  // The book turns its pages by the arrow keys, but not while the element has the focus.
  await page.locator('uvm-scope').first().locator('.app').focus();
  await page.keyboard.press('ArrowLeft');
  assert.equal(page.url(), `${server.url}locks/zero.html`);
  // Nor does it search while one types into the element.
  await types(page);
  assert.equal(await page.locator('#mdbook-search-wrapper:not(.hidden), #search-wrapper:not(.hidden)').count(), 0);
  // It takes the colours of the book's theme, whatever the system has.
  for (const [theme, dark] of [['coal', true], ['rust', false], ['navy', true], ['light', false], ['ayu', true]]) {
    await page.evaluate((theme) => {
      document.documentElement.classList.remove('light', 'rust', 'coal', 'navy', 'ayu');
      document.documentElement.classList.add(theme);
    }, theme);
    await frames(page);
    assert.equal(brightness(await ground(page)) < 128, dark, `${theme}: ${await ground(page)}`);
  }
  const second = page.locator('uvm-scope').nth(1);
  await second.scrollIntoViewIfNeeded();
  await page.waitForFunction(() => document.querySelectorAll('uvm-scope')[1].state() !== null);
  assert.equal(await page.evaluate(() => document.querySelectorAll('uvm-scope')[1].state().kernel), 'committed');
  check();
  // Beside the element the keys are the book's.
  await page.locator('h1').first().click();
  await page.keyboard.press('ArrowRight');
  await page.waitForURL('**/after.html');
  const bare = await visit('locks/zero.html', { javaScriptEnabled: false });
  assert.ok(await bare.page.locator('uvm-scope svg.uvm-scene').first().isVisible());
  assert.match(await readFile(path.join(root, 'locks/zero.html'), 'utf8'), /<code class="language-c">/);
});

project('a manual', 'sphinx/_build', async (visit, root) => {
  const { page, check } = await visit();
  await drives(page);
  const second = page.locator('uvm-scope').nth(1);
  await second.scrollIntoViewIfNeeded();
  await page.waitForFunction(() => document.querySelectorAll('uvm-scope')[1].state() !== null);
  const own = await page.evaluate(() => document.querySelectorAll('uvm-scope')[1].state());
  assert.deepEqual([own.kernel, own.errors], ['committed', []]);
  assert.match(own.script, /mlock\(0x12000, 0\)/);
  check();
  const bare = await visit('', { javaScriptEnabled: false });
  assert.ok(await bare.page.locator('uvm-scope svg.uvm-scene').first().isVisible());
  // On paper there is the picture; where there are only letters, its words.
  const paper = path.join(root, '../_latex');
  const tex = await readFile(path.join(paper, 'amanualwiththeelementinit.tex'), 'utf8');
  const pictures = [...tex.matchAll(/\\sphinxincludegraphics\[[^\]]*\]\{\{([^}]+)\}\.png\}/g)];
  assert.equal(pictures.length, 2);
  for (const [, name] of pictures) await access(path.join(paper, `${name}.png`));
  const letters = await readFile(path.join(root, '../_text/index.txt'), 'utf8');
  assert.match(letters, /all 41 pages of it now say wired/);
  assert.match(letters, /mlock\(0x12000, 0\)/);
});

project('a site that is rendered in Node first', 'docusaurus/build', async (visit, root) => {
  // What Node made has the picture.
  assert.match(await readFile(path.join(root, 'index.html'), 'utf8'), /<img[^>]*pictures\/mlock-zero\.svg/);
  const { page, check } = await visit('', { colorScheme: 'light' });
  await drives(page);
  assert.ok(brightness(await ground(page)) > 128);
  const dark = await visit('', { colorScheme: 'dark' });
  await ready(dark.page);
  await dark.page.waitForFunction(() => document.querySelector('uvm-scope').getAttribute('theme') === 'dark');
  assert.ok(brightness(await ground(dark.page)) < 128);
  // It goes along when the reader switches.
  const theme = (page) => page.evaluate(() => document.documentElement.dataset.theme);
  for (let presses = 0; await theme(page) !== 'dark'; presses += 1) {
    assert.ok(presses < 3, 'the switch has three places');
    const before = await page.evaluate(() => document.documentElement.dataset.themeChoice);
    await page.getByRole('button', { name: /dark and light mode/ }).click();
    await page.waitForFunction((it) => document.documentElement.dataset.themeChoice !== it, before);
  }
  await page.waitForFunction(() => document.querySelector('uvm-scope').getAttribute('theme') === 'dark');
  await frames(page);
  assert.ok(brightness(await ground(page)) < 128);
  check();
  dark.check();
});

project('a deck', 'reveal', async (visit) => {
  const { page, check } = await visit();
  const slide = () => page.evaluate(() => location.hash);
  await page.locator('.reveal.ready').waitFor();
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction(() => location.hash === '#/1');
  await drives(page);
  // Inside the element the keys are its own; outside they turn the slides.
  const before = await at(page);
  await page.keyboard.press('ArrowLeft');
  assert.notEqual(await at(page), before);
  await page.keyboard.press(' ');
  assert.equal(await slide(), '#/1');
  await types(page);
  assert.equal(await page.locator('.reveal.overview, .reveal.paused').count(), 0);
  assert.equal(await slide(), '#/1');
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction(() => location.hash === '#/2');
  check();
});
