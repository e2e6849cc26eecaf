// What is given to others: the package for npm, the site below its version, and what a page is asked
// for before somebody shows a link to it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { open, ready, serve, state, suite } from './harness.mjs';

const dist = process.env.UVMSCOPE_DIST;
assert.ok(dist, 'UVMSCOPE_DIST names the folder that `cargo xtask dist` lays out');
const icon = '<link rel="icon" href="data:,">';
/** The address that the folder was laid out for; nothing stands there. */
const SOMEWHERE = 'https://uvmscope.example/';

/** Pages that a test puts beside the site while it runs. */
const routes = {};

const version = async () => JSON.parse(await readFile(path.join(dist, 'npm/package.json'), 'utf8')).version;

/** A folder of the test's own, which is gone after it. */
async function within(body) {
  const folder = await mkdtemp(path.join(tmpdir(), 'uvmscope-'));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Serves the laid-out site, as a plain server does. */
async function served(body) {
  const server = await serve({ folder: path.join(dist, 'site'), plain: true });
  try {
    await body(server, `${server.url}${await version()}/`);
  } finally {
    await server.close();
  }
}

suite({
  async 'the package has all that the element needs, and what its description names'() {
    const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json'], {
      cwd: path.join(dist, 'npm'),
    });
    const [{ files, name, version: packed }] = JSON.parse(stdout);
    const names = files.map((file) => file.path);
    assert.deepEqual([name, packed], ['uvmscope', await version()]);
    for (const needed of ['README.md', 'LICENSE-MIT', 'LICENSE-APACHE', 'uvmscope.js', 'uvmscope.d.ts',
      'uvmscope-inline.js', 'uvmscope-worker.js', 'pictures/mlock-zero.svg']) {
      assert.ok(names.includes(needed), needed);
    }
    const script = await readFile(path.join(dist, 'npm/uvmscope.js'), 'utf8');
    for (const [, file] of script.matchAll(/"\.\/(uvmscope-web-[^"]+)"/g)) assert.ok(names.includes(file), file);
    assert.equal(names.filter((it) => it.endsWith('.html')).length, 0);
  },

  async 'a program imports the package by its name, and a page runs it'({ browser }) {
    await within(async (folder) => {
      await mkdir(path.join(folder, 'node_modules'));
      await symlink(path.join(dist, 'npm'), path.join(folder, 'node_modules/uvmscope'));
      await writeFile(path.join(folder, 'x.mjs'), "import { UvmScope } from 'uvmscope'; console.log(typeof UvmScope);");
      const { stdout } = await promisify(execFile)('node', ['x.mjs'], { cwd: folder });
      assert.equal(stdout.trim(), 'function');
      await writeFile(path.join(folder, 'index.html'), `<!doctype html>${icon}
        <meta http-equiv="Content-Security-Policy" content="script-src 'self' 'wasm-unsafe-eval'">
        <script type="module" src="node_modules/uvmscope/uvmscope.js"></script>
        <uvm-scope scenario="lock-part"></uvm-scope>`);
      const server = await serve({ folder });
      const { page, context, complaints } = await open(browser, server.url);
      await ready(page);
      assert.equal((await state(page)).scenario, 'lock-part');
      assert.deepEqual(complaints, []);
      await context.close();
      await server.close();
    });
  },

  async 'the site runs below its version, and its top leads there'({ browser }) {
    await served(async (server, site) => {
      const { page, context, complaints } = await open(browser, server.url);
      await page.waitForURL(site);
      await ready(page);
      assert.deepEqual(complaints, []);
      await context.close();
    });
  },

  async 'a link to a scenario tells what it is about, and leads there'({ browser }) {
    await served(async (server, site) => {
      const names = await readdir(path.join(dist, 'site', await version(), 's'));
      assert.ok(names.length > 30);
      for (const name of names) {
        const html = await (await fetch(`${site}s/${name}/`)).text();
        const told = (property) => new RegExp(`<meta property="og:${property}" content="([^"]+)"`).exec(html)?.[1];
        assert.ok(told('title') && told('description'), name);
        const here = (address) => {
          assert.ok(address.startsWith(SOMEWHERE), address);
          return address.replace(SOMEWHERE, server.url);
        };
        const picture = await fetch(here(told('image')));
        assert.equal(picture.status, 200, name);
        const png = Buffer.from(await picture.arrayBuffer());
        assert.equal(png.subarray(1, 4).toString(), 'PNG', name);
        assert.equal(png.readUInt32BE(16), 772, name);
        const [, oembed] = /type="application\/json\+oembed" href="([^"]+)"/.exec(html);
        const answer = await (await fetch(here(oembed))).json();
        assert.equal(answer.version, '1.0');
        assert.ok(answer.html.includes(`embed.html?scenario=${name}"`), name);
      }
      const { page, context, complaints } = await open(browser, `${site}s/munlock-cuts/`);
      await page.waitForURL(`${site}#munlock-cuts`);
      await ready(page);
      assert.equal((await state(page)).scenario, 'munlock-cuts');
      assert.deepEqual(complaints, []);
      await context.close();
    });
  },

  // WordPress takes the first frame of an oEmbed answer and takes every right from it but scripts.
  async 'what oEmbed answers plays where only scripts are allowed'({ visit }) {
    await served(async (server, site) => {
      const { html } = await (await fetch(`${site}oembed/mlock-zero.json`)).json();
      const [frame] = /<iframe[^>]*><\/iframe>/.exec(html);
      const stripped = frame.replace(/sandbox="[^"]*"/, 'sandbox="allow-scripts" security="restricted"')
        .replaceAll(SOMEWHERE, server.url);
      routes['/post.html'] = `<!doctype html>${icon}<h1>A post</h1>${stripped}`;
      const { page } = await visit('post.html', { start: false });
      await plays(page);
    });
  },

  // Moodle's filter keeps address and size of a frame, and Notion frames the mere address.
  async 'a frame without any attribute plays'({ visit }) {
    await served(async (server, site) => {
      routes['/mere.html'] = `<!doctype html>${icon}<iframe src="${site}embed.html?scenario=mlock-zero" width="600" height="500"></iframe>`;
      const { page } = await visit('mere.html', { start: false });
      await plays(page);
    });
  },
}, { routes, plain: true });

async function plays(page) {
  const frame = page.frameLocator('iframe');
  const at = frame.locator('.at');
  const before = await at.textContent();
  await frame.getByRole('button', { name: 'Step', exact: true }).click();
  await at.filter({ hasNotText: before }).waitFor();
}
