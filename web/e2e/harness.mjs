// What every end-to-end test stands on: the built site behind a server that sends the page's strict
// policy, one Chromium, and pages that fail the test on any error, whoever reports it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = path.dirname(fileURLToPath(import.meta.url));

/** The folder of the site under test. */
export const site = process.env.UVMSCOPE_SITE ?? path.resolve(here, '../../dist');

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/**
 * Serves the site, or another `folder`, on a free port.
 *
 * `routes` adds pages by path: the text of a page that embeds the element, say. `prefix` puts the
 * site below a path, e.g. `/docs/uvmscope`. `more` are headers that go with everything; `plain`
 * sends none, and so leaves the policy to what pages state. `requests` lists the paths asked for.
 */
export async function serve({
  routes = {}, prefix = '', folder = site, more = {}, plain = false,
} = {}) {
  const index = await readFile(path.join(folder, 'index.html'), 'utf8');
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(index)?.[1];
  assert.ok(plain || policy, 'index.html states a policy');
  const requests = [];
  const server = http.createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    requests.push(pathname);
    const all = { 'content-security-policy': policy, 'cache-control': 'no-store', ...more };
    const headers = plain ? {} : all;
    const send = (status, type, body) => {
      response.writeHead(status, { ...headers, 'content-type': type }).end(body);
    };
    if (routes[pathname] !== undefined) {
      return send(200, TYPES[path.extname(pathname)] ?? TYPES['.html'], routes[pathname]);
    }
    const inside = path.posix.normalize(pathname);
    if (!inside.startsWith(`${prefix}/`)) return send(404, 'text/plain', '');
    const file = path.join(folder, inside.slice(prefix.length), inside.endsWith('/') ? 'index.html' : '');
    try {
      send(200, TYPES[path.extname(file)] ?? 'application/octet-stream', await readFile(file));
    } catch {
      send(404, 'text/plain', '');
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}${prefix}/`,
    requests,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

export function launch() {
  assert.ok(process.env.CHROME, 'CHROME names the browser to test with');
  return chromium.launch({
    executablePath: process.env.CHROME,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/**
 * Opens a page and collects every complaint about it: console errors, uncaught errors, failed
 * requests and violations of the policy.
 */
export async function open(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  const givenUp = [];
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText;
    const complaint = `request: ${request.url()} ${reason}`;
    complaints.push(complaint);
    if (request.resourceType() === 'image' && reason === 'net::ERR_ABORTED') {
      givenUp.push({ url: request.url(), complaint });
    }
  });
  await page.exposeFunction('uvmscopeViolation', (text) => complaints.push(`policy: ${text}`));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      window.uvmscopeViolation(`${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  await page.goto(url);
  return { page, context, complaints, givenUp };
}

/**
 * The complaints about a page. That the browser gave up loading a picture is none as soon as the
 * picture is there all the same, wherever the page has it.
 */
async function complaintsOf({ page, complaints, givenUp }) {
  const settled = [];
  for (const { url, complaint } of givenUp) {
    await page.waitForFunction((url) => [...document.images].filter((it) => it.currentSrc === url)
      .every((it) => it.complete && it.naturalWidth > 0), url);
    settled.push(complaint);
  }
  return complaints.filter((complaint) => !settled.includes(complaint));
}

/**
 * Waits until the first element of the page, or the one that `selector` names, has started; and until
 * it has the focus, if it is the one that takes it.
 */
export async function ready(page, selector = 'uvm-scope') {
  await page.waitForFunction((it) => {
    const element = document.querySelector(it);
    if (element?.state?.() == null) return false;
    return !element.hasAttribute('page') || document.activeElement !== document.body;
  }, selector);
  return page.locator(selector).first();
}

/** What `state()` of an element says now. */
export function state(page, selector = 'uvm-scope') {
  return page.evaluate((it) => document.querySelector(it).state(), selector);
}

/** Calls a method of an element and returns `state()` as it is when the promise is kept. */
export function ask(page, method, ...words) {
  return page.evaluate(async ([method, words]) => {
    const element = document.querySelector('uvm-scope');
    await element[method](...words);
    return element.state();
  }, [method, words]);
}

/** Waits for two animation frames: what was asked for has been painted then. */
export function frames(page) {
  return page.evaluate(() => new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(resolve));
  }));
}

/**
 * Declares tests that share a browser and a server. Each gets
 * `{ browser, server, visit }`; `visit(path, options)` opens a page that has started and checks at
 * the end of the test that nobody complained, unless `options.complaints` is `'expected'`.
 */
export function suite(tests, settings = {}) {
  let browser;
  let server;
  before(async () => {
    browser = await launch();
    server = await serve(settings);
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });
  for (const [name, body] of Object.entries(tests)) {
    test(name, { timeout: 120_000 }, async () => {
      const opened = [];
      const visit = async (where = '', { complaints = 'none', start = true, ...options } = {}) => {
        const visited = await open(browser, new URL(where, server.url).href, options);
        opened.push({ ...visited, expected: complaints });
        if (start) await ready(visited.page);
        return visited;
      };
      try {
        await body({ get browser() { return browser; }, server, visit });
        for (const visited of opened) {
          if (visited.expected !== 'none') continue;
          assert.deepEqual(await complaintsOf(visited), []);
        }
      } finally {
        for (const { context } of opened) await context.close();
      }
    });
  }
}
