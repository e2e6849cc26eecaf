// What a reader of the page does and sees: the places of the story, the drawing as data, and keys.
import { state } from './harness.mjs';

/** Addresses of the scenario `mlock-zero`: the mapping, the page that is asked for, and its end. */
export const A = '0x7f7ff7ecd000';
export const X = '0x7f7ff7ed6000';
export const Y = '0x7f7ff7ed7000';
export const B = '0x7f7ff7eff000';

/** A place as `goto` reads it and as failures name it. */
export function place({ at }) {
  return `${at.call}.${at.step}`;
}

/** Entries in short: `[start, end, wired_count]` each. */
export function entries({ entries }) {
  return entries.map(({ start, end, wired_count: count }) => [start, end, count]);
}

/** What would be compared with another kernel or another moment: all that the machine holds. */
export function machine(now) {
  const { entries, pages, object_wired, wirefuture, uvmexp_wired, pmap_wired_count, console } = now;
  return { entries, pages, object_wired, wirefuture, uvmexp_wired, pmap_wired_count, console };
}

/**
 * `state()`, and what is drawn: the nodes of the picture by their keys, each with its classes, its
 * words and its size, and the texts beside it. Waits until the drawing is of that state.
 */
export function look(page) {
  return page.evaluate(async () => {
    const element = document.querySelector('uvm-scope');
    const root = element.shadowRoot;
    const words = (selector) => root.querySelector(selector)?.textContent.trim() ?? null;
    const { call, step, steps } = element.state().at;
    const shown = () => {
      const title = root.querySelector('.uvm-scene').getAttribute('aria-label');
      const at = words('.at').replaceAll(/\s+/g, '');
      return title.includes(`at call ${call},`) && title.includes(`, step ${step} of ${steps}:`)
        && at.startsWith(`call${call}of`) && at.endsWith(`step${step}of${steps}`);
    };
    for (let frame = 0; !shown(); frame += 1) {
      if (frame > 200) throw new Error(`the drawing does not follow to ${call}.${step}`);
      await new Promise(requestAnimationFrame);
    }
    const nodes = {};
    for (const node of root.querySelectorAll('.uvm-scene [data-k]')) {
      const { width, height } = node.getBoundingClientRect();
      nodes[node.dataset.k] = {
        classes: [...node.classList],
        title: node.querySelector('title')?.textContent ?? '',
        text: [...node.querySelectorAll('text')].map((text) => text.textContent).join(' '),
        visible: node.checkVisibility({ opacityProperty: true, visibilityProperty: true })
          && width > 0 && height > 0,
      };
    }
    return {
      now: element.state(),
      nodes,
      caption: words('.told > p:last-child'),
      note: words('.say .note'),
      console: words('section.console'),
      line: words('.line[aria-current]'),
    };
  });
}

/** Nodes of a picture whose key begins so. */
export function nodesOf({ nodes }, prefix) {
  return Object.entries(nodes).filter(([key]) => key.startsWith(prefix)).map(([, node]) => node);
}

/** Everything of the element as lines of markup, without what only says how it came to be so. */
export function markup(page) {
  return page.evaluate(() => {
    const LATELY = new Set(['still', 'even', 'odd', 'born-rect', 'born-at', 'tick-up', 'tick-down']);
    const PAST = '.say .note, .commands, .listing[hidden], .beside:empty';
    const lines = [];
    const classes = (node) => [...node.classList].filter((name) => !LATELY.has(name)).join(' ');
    const styles = (node) => [...node.style].filter((name) => !name.startsWith('--from'))
      .map((name) => `${name}: ${node.style.getPropertyValue(name)}`).join('; ');
    const write = (node, indent) => {
      if (node.nodeType === Node.TEXT_NODE) {
        if (node.data !== '') lines.push(indent + node.data);
        return;
      }
      if (node.nodeType !== Node.ELEMENT_NODE || node.matches(PAST)) return;
      const attributes = [...node.attributes].map(({ name, value }) => [name, value])
        .filter(([name]) => name !== 'class' && name !== 'style').sort();
      attributes.push(['class', classes(node)], ['style', styles(node)]);
      if ('value' in node) attributes.push(['value', node.value], ['checked', node.checked]);
      const said = attributes.filter(([, value]) => value !== '').map((it) => it.join('='));
      lines.push(`${indent}${node.localName} ${said.join(' ')}`);
      for (const child of node.childNodes) write(child, `${indent} `);
    };
    write(document.querySelector('uvm-scope').shadowRoot.querySelector('.app'), '');
    return lines;
  });
}

/** The buttons that move, by their names. */
export function move(page, name) {
  return page.getByRole('group', { name: 'Move' }).getByRole('button', { name, exact: true });
}

/** The element itself, on which keys act. */
export function app(page) {
  return page.getByRole('region', { name: /^uvmscope/ });
}

/** The slider over the whole run. */
export function slider(page) {
  return page.getByRole('slider', { name: 'Place in the run' });
}

/** The buttons for what is done less often than a step, by their names. */
export function tool(page, name) {
  return page.getByRole('group', { name: 'More' }).getByRole('button', { name, exact: true });
}

/** The two places of a comparison as failures name them: `3.13/3.14`. */
export function pair(now) {
  return `${place(now)}/${place(now.compare)}`;
}

/** Presses keys one after the other, and returns `state()` behind the last. */
export async function press(page, ...keys) {
  for (const key of keys) await page.keyboard.press(key);
  return state(page);
}

/** Opens the list of changes, unfolding the kernel switch of a narrow page first. */
export async function openChanges(page) {
  const fold = page.locator('.fold > summary');
  if (await fold.isVisible()) await fold.click();
  await page.locator('.changes > summary').click();
  await page.getByRole('group', { name: 'Changes to the source' }).waitFor();
}

/** The box of a change in the list. */
export function change(page, name) {
  return page.getByRole('checkbox', { name: new RegExp(`^${name}\\b`) });
}

/** Gives every page a clipboard that refuses, or none at all. */
export const REFUSALS = {
  'that refuses': () => Object.defineProperty(navigator, 'clipboard', {
    value: { writeText: () => Promise.reject(new DOMException('no', 'NotAllowedError')) },
  }),
  'that throws': () => Object.defineProperty(navigator, 'clipboard', {
    value: { writeText() { throw new DOMException('no', 'NotAllowedError'); } },
  }),
  'that is not there': () => Object.defineProperty(navigator, 'clipboard', { value: undefined }),
};
