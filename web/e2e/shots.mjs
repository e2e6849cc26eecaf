// Pictures of the page at several places of its story, for people to look at.
// Run by `cargo xtask shots`; prints the path of each.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { frames, launch, open, ready, serve } from './harness.mjs';

const folder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../shots');

const SIZES = [[1440, 900], [768, 1024], [360, 740]];
const SCHEMES = ['light', 'dark'];
// What the element is asked to go to, by the name in the file; `null` is where it opens. Call 3 is
// the first mlock of length zero, call 6 the munlock that panics.
const PLACES = {
  opening: null,
  first: '1.0',
  asked: '3.0',
  cut: '3.cut',
  refused: '3.refused',
  silent: '3.end',
  split: '5.cut',
  complaint: '6.console',
  panic: '100%',
};

await mkdir(folder, { recursive: true });
const server = await serve();
const browser = await launch();
for (const [width, height] of SIZES) {
  for (const colorScheme of SCHEMES) {
    // Without motion, so that a picture shows where the step ends.
    const options = { viewport: { width, height }, colorScheme, reducedMotion: 'reduce' };
    const { page, context, complaints } = await open(browser, server.url, options);
    await ready(page);
    for (const [name, place] of Object.entries(PLACES)) {
      const refusal = place === null ? null : await page.evaluate((place) => document.querySelector('uvm-scope')
        .goto(place).then(() => null, (error) => error.message), place);
      if (refusal !== null) complaints.push(`${name}: ${refusal}`);
      await frames(page);
      const file = path.join(folder, `${name}-${width}-${colorScheme}.png`);
      await page.screenshot({ path: file, fullPage: true });
      console.log(path.relative(process.cwd(), file));
    }
    for (const complaint of complaints) console.error(complaint);
    await context.close();
  }
}
await browser.close();
await server.close();
