// The manual of embedding: every form is there, works, and can be copied as it stands.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { frames, suite } from './harness.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const icon = '<link rel="icon" href="data:,">';
const routes = {};

/** Goes to every element, which starts it; returns how many there are. */
async function startAll(page) {
  const elements = await page.locator('uvm-scope').count();
  for (let n = 0; n < elements; n += 1) {
    await page.locator('uvm-scope').nth(n).scrollIntoViewIfNeeded();
    await page.waitForFunction((n) => document.querySelectorAll('uvm-scope')[n].state() !== null, n);
  }
  return elements;
}

suite({
  async 'every example on it runs, and what can be copied runs in another page'({ visit, server }) {
    const { page } = await visit('embedding.html');
    const elements = await startAll(page);
    assert.ok(elements >= 3);
    await page.locator('iframe').scrollIntoViewIfNeeded();
    await page.frameLocator('iframe').getByRole('button', { name: 'Step', exact: true }).waitFor();
    const film = page.getByRole('img', { name: 'A zero-length mlock' });
    await film.scrollIntoViewIfNeeded();
    await page.waitForFunction((it) => it.complete && it.naturalWidth > 300, await film.elementHandle());
    // What is on the page is what is told: the snippets with markup, put together, are the same.
    const texts = await page.locator('pre').allTextContents();
    const markup = texts.filter((text) => text.startsWith('<'));
    assert.ok(markup.length >= 5);
    for (const text of markup) assert.ok(!text.includes('example.org'), text);
    assert.ok(markup[0].includes(`${server.url}uvmscope.js`));
    routes['/copied.html'] = `<!doctype html>${icon}${markup.join('\n')}`;
    const { page: other } = await visit('copied.html');
    assert.equal(await other.locator('uvm-scope').count(), elements);
    const told = (it) => it.evaluate(() => [...document.querySelectorAll('uvm-scope')].map((element) => {
      const attributes = [...element.attributes].map(({ name, value }) => `${name}=${value}`);
      return [...attributes, element.querySelector('script')?.textContent.trim() ?? ''];
    }));
    assert.deepEqual(await told(other), await told(page));
    await other.locator('iframe').scrollIntoViewIfNeeded();
    await other.frameLocator('iframe').getByRole('button', { name: 'Step', exact: true }).waitFor();
  },

  async 'a snippet is copied, or else selected'({ visit }) {
    const { page, context } = await visit('embedding.html');
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const bar = page.locator('.copy').first();
    await bar.getByRole('button', { name: 'Copy' }).click();
    await bar.getByText('Copied.').waitFor();
    const text = await page.locator('pre').first().textContent();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), text);
    await page.evaluate(() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); });
    await bar.getByRole('button', { name: 'Copy' }).click();
    await bar.getByText('Selected').waitFor();
    assert.equal(await page.evaluate(() => getSelection().toString().trim()), text.trim());
  },

  async 'it is whole in every width and look, and without script'({ visit }) {
    for (const [width, colorScheme] of [[1440, 'light'], [768, 'dark'], [360, 'light'], [360, 'dark']]) {
      const { page } = await visit('embedding.html', { viewport: { width, height: 900 }, colorScheme });
      await startAll(page);
      await frames(page);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${width}: ${wide} too wide`);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => window.axe.run(document));
      assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes[0].html]), [], `${width}, ${colorScheme}`);
    }
    const { page } = await visit('embedding.html', { javaScriptEnabled: false, start: false, complaints: 'expected' });
    assert.ok(await page.getByRole('img', { name: 'The step that breaks the promise' }).isVisible());
    assert.match(await page.locator('pre').first().textContent(), /https:\/\/example\.org\/uvmscope\/uvmscope\.js/);
  },
}, { routes, plain: true });
