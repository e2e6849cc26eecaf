// The page for frames, as pages of other places hold it: in a sandbox, from a server that sends no
// header, steered by messages.
import assert from 'node:assert/strict';
import { frames, open, ready, serve, suite } from './harness.mjs';
import { app, press } from './reader.mjs';

const icon = '<link rel="icon" href="data:,">';
const SANDBOX = 'sandbox="allow-scripts allow-popups"';

/** A page that holds a frame, notes what it says, and gives it the height that it asks for. */
const host = (src, attributes = SANDBOX) => `<!doctype html>${icon}<body><h1>Some text</h1>
<iframe id="frame" title="uvmscope" width="700" height="300" ${attributes} src="${src}"></iframe>
<script>
  window.told = [];
  addEventListener('message', ({ source, data }) => {
    if (source !== document.querySelector('#frame').contentWindow) return;
    told.push(data);
    if (data.type === 'size') document.querySelector('#frame').height = data.height;
  });
</script>`;

/** Pages that a test puts beside the one that holds the frame. */
const routes = {};

/** Opens a page with a frame of the site on `plain`; `search` is the frame's. */
async function framed(visit, plain, search, { attributes, ...options } = {}) {
  routes['/host.html'] = host(`${plain.url}embed.html${search}`, attributes);
  const visited = await visit('host.html', { start: false, ...options });
  const { page } = visited;
  const frame = page.frameLocator('#frame');
  const handle = await (await page.locator('#frame').elementHandle()).contentFrame();
  return { ...visited, frame, handle };
}

const heard = (page, type) => page.waitForFunction(
  (type) => window.told.findLast((it) => it.type === type), type,
).then((it) => it.jsonValue());

/** Says something to the frame, and returns the first of that type that it says afterwards. */
function say(page, data, type) {
  return page.evaluate(([data, type]) => new Promise((resolve) => {
    addEventListener('message', function listen({ data: answer }) {
      if (answer.type !== type) return;
      removeEventListener('message', listen);
      resolve(answer);
    });
    const message = { src: 'uvmscope', v: 1, ...data };
    document.querySelector('#frame').contentWindow.postMessage(message, '*');
  }), [data, type]);
}

/** With a server that sends no header at all, as many do. */
const withPlain = (body) => async (tools) => {
  const plain = await serve({ plain: true });
  try {
    await body({ ...tools, plain });
  } finally {
    await plain.close();
  }
};

suite({
  'in a sandbox it plays, and is steered and heard by messages': withPlain(async ({ visit, plain }) => {
    const { page, frame, handle } = await framed(
      visit, plain, '?scenario=mlock-zero&kernel=original&at=3.0',
    );
    const entries = await page.evaluate(() => history.length);
    const address = handle.url();
    assert.equal((await heard(page, 'ready')).v, 1);
    const { state } = await say(page, { type: 'state' }, 'state');
    assert.deepEqual([state.scenario, state.at.call, state.at.step], ['mlock-zero', 3, 0]);
    // By hand, by key, and by message.
    await frame.getByRole('button', { name: 'Step', exact: true }).click();
    assert.equal((await heard(page, 'step')).at.step, 1);
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(() => window.told.at(-1).at?.step === 2);
    assert.equal((await say(page, { type: 'next' }, 'step')).at.step, 3);
    assert.equal((await say(page, { type: 'prev' }, 'step')).at.step, 2);
    const end = await say(page, { type: 'goto', place: '100%' }, 'halt');
    assert.equal(end.at.call, 6);
    assert.match(end.reason, /KASSERT/);
    assert.equal((await say(page, { type: 'kernel', kernel: 'committed' }, 'step')).kernel, 'committed');
    const refused = await say(page, { type: 'goto', place: 'nowhere' }, 'refused');
    assert.equal(refused.asked, 'goto');
    assert.match(refused.reason, /nowhere/);
    const ground = () => handle.evaluate(() => getComputedStyle(document.querySelector('uvm-scope')
      .shadowRoot.querySelector('.live')).backgroundColor);
    const light = await ground();
    await page.evaluate(() => document.querySelector('#frame').contentWindow
      .postMessage({ src: 'uvmscope', v: 1, type: 'theme', theme: 'dark' }, '*'));
    await handle.waitForFunction(() => document.querySelector('uvm-scope').getAttribute('theme') === 'dark');
    assert.notEqual(await ground(), light);
    // Neither the page's history nor the frame's has anything of it.
    assert.equal(await page.evaluate(() => history.length), entries);
    assert.equal(handle.url(), address);
    assert.equal(await handle.evaluate(() => window.origin), 'null');
  }),

  'the frame gets the height that it needs, and no more': withPlain(async ({ visit, plain }) => {
    const { page, handle } = await framed(visit, plain, '?scenario=mlock-zero&compare=committed');
    await heard(page, 'ready');
    await frames(page);
    for (const width of [700, 360, 1000]) {
      await page.evaluate((width) => { document.querySelector('#frame').width = width; }, width);
      await page.waitForFunction((width) => window.told.findLast((it) => it.type === 'size')?.width === width, width);
      await frames(page);
      const fits = () => handle.evaluate(() => {
        const { scrollHeight, clientHeight } = document.documentElement;
        return scrollHeight <= clientHeight && scrollHeight > 300;
      });
      await page.waitForFunction(() => {
        const { height } = window.told.findLast((it) => it.type === 'size');
        return document.querySelector('#frame').clientHeight === height;
      });
      assert.ok(await fits(), `${width}: it scrolls`);
    }
    const sizes = await page.evaluate(() => window.told.filter((it) => it.type === 'size').length);
    await frames(page);
    await frames(page);
    assert.equal(await page.evaluate(() => window.told.filter((it) => it.type === 'size').length), sizes);
  }),

  'a height that is asked for is had, and one that follows the frame does not drive it': withPlain(async ({ visit, plain }) => {
    const tall = await framed(visit, plain, '?scenario=mlock-zero&height=1500');
    await heard(tall.page, 'ready');
    await tall.page.waitForFunction(() => window.told.findLast((it) => it.type === 'size').height > 1500);
    const { page, handle } = await framed(visit, plain, '?scenario=mlock-zero&height=200vh');
    await heard(page, 'ready');
    await frames(page);
    const height = () => handle.evaluate(() => document.querySelector('uvm-scope').clientHeight);
    assert.ok(await height() >= 600);
    await page.evaluate(() => { document.querySelector('#frame').height = 500; });
    await handle.waitForFunction(() => document.querySelector('uvm-scope').clientHeight === 1000);
    await frames(page);
    assert.deepEqual(await page.evaluate(() => window.told.filter((it) => it.type === 'size')), []);
  }),

  'strangers are not heard, and nothing unknown does anything': withPlain(async ({ visit, plain }) => {
    const { page, handle } = await framed(visit, plain, '?scenario=mlock-zero&at=2.0');
    await heard(page, 'ready');
    const at = () => handle.evaluate(() => document.querySelector('uvm-scope').state().at);
    const before = await at();
    // A frame beside it says what the page might say.
    routes['/stranger.html'] = '<!doctype html><script>'
      + "parent.frames[0].postMessage({ src: 'uvmscope', v: 1, type: 'next' }, '*');"
      + "parent.postMessage('said', '*');</script>";
    await page.evaluate(() => new Promise((resolve) => {
      addEventListener('message', ({ data }) => data === 'said' && resolve());
      const stranger = document.createElement('iframe');
      stranger.src = 'stranger.html';
      document.body.append(stranger);
    }));
    const ours = { src: 'uvmscope', v: 1, type: 'next' };
    const odd = [
      null, 1, 'next', [], {}, { ...ours, src: 'other' }, { ...ours, v: 2 }, { ...ours, v: '1' },
      { ...ours, type: 'constructor' }, { ...ours, type: '__proto__' }, { ...ours, type: 7 },
      { ...ours, type: ['next'] }, { ...ours, type: { toString: 1, valueOf: 1 } },
      { ...ours, type: 'goto' }, { ...ours, type: 'goto', place: { toString: 1, valueOf: 1 } },
      { ...ours, type: 'goto', place: ['1.0'] }, { ...ours, type: 'kernel', kernel: 7 },
      { ...ours, type: 'theme' }, { ...ours, type: 'theme', theme: {} },
    ];
    await page.evaluate((odd) => {
      const { contentWindow } = document.querySelector('#frame');
      for (const message of odd) contentWindow.postMessage(message, '*');
    }, odd);
    // Messages keep their order: what this answers came after all of them.
    assert.deepEqual((await say(page, { type: 'state' }, 'state')).state.at, before);
    assert.equal(await handle.evaluate(() => document.querySelector('uvm-scope').getAttribute('theme')), null);
    assert.deepEqual(await page.evaluate(() => window.told.filter((it) => it.type === 'refused')), []);
    // What is known and too long is refused in short.
    for (const [type, word] of [['goto', 'place'], ['kernel', 'kernel'], ['theme', 'theme']]) {
      const { reason } = await say(page, { type, [word]: 'x'.repeat(100_000) }, 'refused');
      assert.equal(reason, `${word}: expected at most 1000 characters, got 100000`);
    }
    assert.equal((await say(page, { type: 'goto', place: 0 }, 'step')).at.step, 0);
  }),

  'with all controls, dialogs open in it and nobody complains': withPlain(async ({ visit, plain }) => {
    const { page, frame } = await framed(visit, plain, '?scenario=mlock-zero&controls=full');
    await heard(page, 'ready');
    await frame.getByRole('button', { name: 'Other scenarios' }).click();
    await frame.getByRole('searchbox', { name: 'Find' }).and(frame.locator(':focus')).waitFor();
    await page.keyboard.type('munlock');
    await frame.getByRole('status').filter({ hasText: / of / }).first().waitFor();
    // The browser's own: the first empties the field.
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await frame.getByRole('dialog').waitFor({ state: 'detached' });
  }),

  'a frame without a sandbox plays, too': withPlain(async ({ visit, plain }) => {
    const { page } = await framed(visit, plain, '?scenario=lock-part', { attributes: '' });
    await heard(page, 'ready');
    assert.equal((await say(page, { type: 'next' }, 'step')).kernel, 'original');
  }),

  'frames of one site do not take each other for themselves after a reload': withPlain(async ({ visit, plain }) => {
    const { page } = await framed(visit, plain, '?scenario=mlock-zero&at=2.0', { attributes: '' });
    await heard(page, 'ready');
    await say(page, { type: 'goto', place: '100%' }, 'halt');
    const again = async (search) => {
      routes['/host.html'] = host(`${plain.url}embed.html${search}`, '');
      await page.reload();
      await heard(page, 'ready');
      const { state } = await say(page, { type: 'state' }, 'state');
      return [state.kernel, state.at.call, state.at.step];
    };
    assert.deepEqual(await again('?scenario=mlock-zero&kernel=committed&at=3.1'), ['committed', 3, 1]);
    // The same frame is where it was left.
    await say(page, { type: 'goto', place: '3.4' }, 'step');
    assert.deepEqual(await again('?scenario=mlock-zero&kernel=committed&at=3.1'), ['committed', 3, 4]);
  }),

  'on a page of its own it plays and tells nobody': withPlain(async ({ browser, plain }) => {
    const { page, context, complaints } = await open(browser, `${plain.url}embed.html?scenario=lock-part`);
    await ready(page);
    await app(page).focus();
    await press(page, 'ArrowRight');
    assert.deepEqual(complaints, []);
    await context.close();
  }),

  'a link behind the address brings a script along': withPlain(async ({ visit, plain }) => {
    const { page: whole } = await visit();
    await whole.evaluate(() => document.querySelector('uvm-scope').setKernel('later'));
    const link = await whole.evaluate(() => document.querySelector('uvm-scope').link());
    const { page } = await framed(visit, plain, `#${link}`);
    await heard(page, 'ready');
    const { state } = await say(page, { type: 'state' }, 'state');
    assert.deepEqual([state.scenario, state.kernel], ['mlock-zero', 'later']);
  }),

  'from a sandbox the whole page opens at the same place': withPlain(async ({ visit, plain }) => {
    const { page, frame, context } = await framed(visit, plain, '?scenario=mlock-zero');
    await heard(page, 'ready');
    await say(page, { type: 'goto', place: '5.3' }, 'step');
    const [whole] = await Promise.all([
      context.waitForEvent('page'),
      frame.getByRole('link', { name: 'Open in uvmscope' }).click(),
    ]);
    await ready(whole);
    const { scenario, at } = await whole.evaluate(() => document.querySelector('uvm-scope').state());
    assert.deepEqual([scenario, at.call, at.step], ['mlock-zero', 5, 3]);
  }),

  'where WebAssembly is forbidden the picture stays, with a sentence': async ({ visit }) => {
    const strict = await serve({
      more: { 'content-security-policy': "script-src 'self'; img-src 'self' data:; style-src 'self'" },
    });
    try {
      const { page, frame, complaints } = await framed(
        visit, strict, '?scenario=munlock-cuts', { complaints: 'expected' },
      );
      await frame.getByText('This is a still picture').waitFor();
      const picture = frame.getByRole('img');
      assert.ok(await picture.isVisible());
      assert.match(await picture.getAttribute('src'), /munlock-cuts\.svg$/);
      assert.ok(await picture.evaluate((it) => it.naturalWidth > 300));
      assert.ok((await heard(page, 'size')).height > 200);
      // The browser reports what the policy stopped; nothing else may complain.
      const ours = complaints.filter((it) => !/wasm-eval|Content Security Policy/.test(it));
      assert.deepEqual(ours, []);
    } finally {
      await strict.close();
    }
  },

  'where the script does not come the picture stays, with a sentence and a link': withPlain(async ({ visit }) => {
    const lacking = await serve({ plain: true, routes: { '/uvmscope-inline.js': '' } });
    try {
      const search = '?scenario=munlock-cuts&kernel=committed&at=2.1&controls=';
      const { page, frame, context } = await framed(visit, lacking, search);
      await frame.getByText('This is a still picture').waitFor();
      assert.match(await frame.getByRole('img').getAttribute('src'), /munlock-cuts\.svg$/);
      assert.ok((await heard(page, 'size')).height > 200);
      for (const type of ['next', 'state', 'theme']) {
        const { reason } = await say(page, { type, theme: 'dark' }, 'refused');
        assert.equal(reason, 'the steps could not be loaded here');
      }
      const [whole] = await Promise.all([
        context.waitForEvent('page'),
        frame.getByRole('link', { name: 'Open in uvmscope' }).click(),
      ]);
      await ready(whole);
      const { scenario, kernel, at, problem } = await whole.evaluate(() => document.querySelector('uvm-scope').state());
      assert.deepEqual([scenario, kernel, at.call, at.step, problem], ['munlock-cuts', 'committed', 2, 1, null]);
      // Of a script in the address nothing was drawn before, so nothing else stands for it.
      const own = await framed(visit, lacking, '#v=1&s=abc');
      await own.frame.getByText('The picture could not be loaded here').waitFor();
      assert.equal(await own.frame.getByRole('img').count(), 0);
    } finally {
      await lacking.close();
    }
  }),

  'what makes no sense keeps a picture, with a sentence': withPlain(async ({ visit, plain }) => {
    const { frame } = await framed(visit, plain, '?scenario=mlock-zer');
    await frame.getByText('mlock-zero').waitFor();
    assert.ok(await frame.getByRole('img').isVisible());
    const odd = await framed(visit, plain, '?scenario=mlock-zero&kernel=orignal&theme=blue&controls=many');
    await odd.frame.getByRole('alert').getByText('controls="many"').waitFor();
    await heard(odd.page, 'ready');
  }),

  'it gets over a panic once, in an instance of its own': withPlain(async ({ visit, plain }) => {
    // The script as it is, but for letting the test at what it makes.
    const script = await (await fetch(`${plain.url}uvmscope-inline.js`)).text();
    const [before, after] = script.split('function makeCore() {');
    routes['/patched.js'] = `${before}function makeCore() {
      globalThis.cores ??= [];
      cores.push(makeIt());
      return cores.at(-1);
    }
    function makeIt() {${after}`;
    routes['/patched.html'] = `<!doctype html>${icon}<uvm-scope></uvm-scope><script src="patched.js"></script>`;
    const { page } = await visit('patched.html', { complaints: 'expected' });
    const at = await page.evaluate(async () => {
      const element = document.querySelector('uvm-scope');
      await element.next();
      const { at } = element.state();
      const again = new Promise((resolve) => {
        element.addEventListener('uvmscope:ready', resolve, { once: true });
      });
      try { cores[0].fall_over(); } catch { /* the trap */ }
      await again;
      return [at, element.state().at, cores.length];
    });
    assert.deepEqual(at, [at[0], at[0], 2]);
  }),

  'without script there is a picture and a link': withPlain(async ({ visit, plain }) => {
    routes['/host.html'] = host(`${plain.url}embed.html?scenario=mlock-zero`, 'sandbox="allow-popups"');
    const { page } = await visit('host.html', { start: false, complaints: 'expected' });
    const frame = page.frameLocator('#frame');
    await frame.getByRole('img').waitFor();
    assert.match(await frame.locator('body').innerText(), /With scripts allowed/);
    await frame.getByRole('link', { name: 'Open in uvmscope' }).waitFor();
  }),
}, { routes, plain: true });
