// The <uvm-scope> element. It stands in `uvmscope.js` and in `uvmscope-inline.js`, behind what says
// where its parts come from: `parts`, and the text of its style sheet in `STYLE`.
const ATTRIBUTES = [
  'scenario', 'kernel', 'compare', 'at', 'theme', 'controls', 'mode', 'lang', 'height',
];

// What must hold whatever the look is. The light DOM is the picture for readers without script
// and for paper; it shows until there is a shadow root, and again in print.
const FRAME = `
  :host { display: block; }
  :host([hidden]) { display: none; }
  slot, .said { display: none; }
  .failed { display: none; }
  .failed ~ slot { display: contents; }
  .failed ~ .said { display: block; margin: .5em 0; padding: .4em .8em; border-inline-start: 3px solid; font-size: .9em; }
  @media print {
    .live:not(.alone) { display: none; }
    .live:not(.alone) ~ slot { display: contents; }
  }
`;

// ---- the module, shared by all elements of the page ----

/** The compiled module; kept, so that recovery needs no second download. */
let compiled = null;
/** A promise of the running instance. */
let running = null;
/** The last instance that panicked, and how many did. */
let broken = null;
let failures = 0;
/** What has those go on who wait for the running instance to draw. */
const waiting = new Set();
/** Elements that started, or are about to. */
const started = new Set();
let sheet = null;

async function instantiate(generation) {
  compiled ??= parts.module();
  const [core, module] = await Promise.all([parts.glue(generation), compiled]);
  await core.default({ module_or_path: module });
  core.on_panic((message) => {
    console.error(`uvmscope: ${message}`);
    // The code that panicked is still on the stack here.
    queueMicrotask(() => recover(core));
  });
  return core;
}

function load() {
  if (failures > 1) return Promise.reject(new Error('it failed twice on this page'));
  running ??= instantiate(failures);
  return running;
}

/** After a panic an instance draws nothing any more: start over once, then leave the light DOM. */
function recover(core) {
  if (core === broken) return;
  broken = core;
  for (const goOn of waiting) goOn();
  failures += 1;
  running = null;
  for (const element of [...started]) element[restart](core, failures <= 1);
}

function styles() {
  if (sheet === null) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(FRAME + STYLE);
  }
  return sheet;
}

// ---- reading away from the page ----

/** How long a worker may take to begin, in milliseconds. */
const PATIENCE = 5000;

/**
 * Has a long text read by a worker. `done` gets what it told, or nothing where there is no worker.
 * Returns what gives it up.
 */
function readElsewhere(words, done) {
  let reader = null;
  const leave = () => {
    clearTimeout(patience);
    reader?.terminate();
    reader = null;
  };
  const end = (told) => {
    leave();
    done(told);
  };
  // What a policy forbids is an error at once, an event, or nothing at all, as the browser likes.
  const patience = setTimeout(end, PATIENCE);
  try {
    reader = parts.worker();
  } catch {
    clearTimeout(patience);
    const soon = setTimeout(end);
    return () => clearTimeout(soon);
  }
  reader.onerror = (event) => {
    event.preventDefault();
    if (reader !== null) end();
  };
  reader.onmessage = ({ data }) => {
    if (data.begun) clearTimeout(patience);
    else if (reader !== null) end(data.told);
  };
  compiled.then((module) => {
    reader?.postMessage({ glue: parts.glueForWorker(), module, words }, [words[0].buffer]);
  });
  return leave;
}

// ---- when to start ----

let observer = null;

/** Starts an element once it comes near the visible part of the page. */
function startWhenSeen(element) {
  observer ??= new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) entry.target[begin]();
  }, { rootMargin: '200px' });
  observer.observe(element);
}

let others = null;

/** Of elements that start together the first goes ahead, so that its picture waits for no other. */
function turn() {
  if (others !== null) return others;
  others = new Promise((resolve) => {
    setTimeout(() => {
      others = null;
      resolve();
    });
  });
  return null;
}

// ---- how wide elements are ----

let resizes = null;

/** Whole pixels of a box; nothing for one that is not shown. */
function widthOf({ width }) {
  return width > 0 ? Math.min(Math.round(width), 10000) : undefined;
}

function sizes() {
  resizes ??= new ResizeObserver((entries) => {
    for (const entry of entries) entry.target[resized](widthOf(entry.contentRect));
  });
  return resizes;
}

// ---- over a reload ----

/** Where the place of an element is kept: its order on the page and what the page was asked for. */
function shelf(element) {
  const order = [...document.querySelectorAll('uvm-scope')].indexOf(element);
  const page = location.pathname + location.search;
  return `uvmscope:${page}:${order}:${element.getAttribute('scenario') ?? ''}`;
}

/** What was kept; nothing in a sandbox, where asking alone is an error. */
function recall(element) {
  try {
    return sessionStorage.getItem(shelf(element)) ?? undefined;
  } catch {
    return undefined;
  }
}

/** The element that is the page goes where its address leads. */
function followTheAddress() {
  addEventListener('hashchange', () => {
    for (const element of started) if (element.hasAttribute('page')) element[follow]();
  });
}

/** Keeps the places of all elements when the page goes. */
function keepOnLeaving() {
  addEventListener('pagehide', () => {
    for (const element of started) {
      try {
        const place = element[placed]();
        if (place !== undefined) sessionStorage.setItem(shelf(element), place);
      } catch { /* Nothing depends on it. */ }
    }
  });
}

// ---- the element ----

// Methods for this file only, under names that a host page cannot meet by accident.
const begin = Symbol('begin');
const resized = Symbol('resized');
const placed = Symbol('placed');
const restart = Symbol('restart');
const follow = Symbol('follow');

class UvmScope extends (globalThis.HTMLElement ?? class {}) {
  static observedAttributes = ATTRIBUTES;

  #core = null;
  #seat = null;
  #opening = null;
  #attempt = 0;
  #resume = undefined;
  #live = null;
  #said = null;
  #refused = false;
  #stopReading = () => {};
  #queue = [];
  #emitting = false;
  /** The number by which the browser knows what is prepared when there is time. */
  #idle = null;

  connectedCallback() {
    if (this.#seat !== null || this.#opening !== null) return;
    startWhenSeen(this);
    for (const touch of ['pointerdown', 'focusin', 'keydown']) {
      this.addEventListener(touch, this[begin], { once: true });
    }
  }

  disconnectedCallback() {
    observer?.unobserve(this);
    resizes?.unobserve(this);
    // An element that is only moved is connected again before this runs.
    queueMicrotask(() => this.isConnected || this.#close());
  }

  attributeChangedCallback(name, former, value) {
    if (former === value) return;
    // What could not be shown may make sense now.
    if (this.#refused) this[begin]();
    if (this.#seat === null) return;
    this.#dress();
    this.#core.attribute(this.#seat, name, value || undefined);
    this.#tell();
  }

  // ---- what a host page may call ----
  // Each acts at once if the element has started, else as soon as it has; the promise is kept when
  // the new state is drawn, and broken with a sentence when the request makes no sense.

  /** Goes to a step (`12`), a place (`'3.7'`, a marker's name) or a percentage (`'40%'`). */
  goto(place) { return this.#ask('goto', String(place)); }
  next() { return this.#ask('next'); }
  prev() { return this.#ask('prev'); }
  play() { return this.#ask('play'); }
  pause() { return this.#ask('pause'); }
  /** Runs the same script under another kernel, e.g. `'committed'` or `'original,+change'`. */
  setKernel(spec) { return this.#ask('set_kernel', String(spec)); }
  /** Everything there is to know, as plain data; `null` until the element has started. */
  state() { return this.#seat === null ? null : JSON.parse(this.#core.state(this.#seat)); }

  /** What leads to the same place, behind the `#` of the page's address. */
  link() { return this.#seat === null ? null : this.#core.link(this.#seat) ?? null; }

  #ask(verb, ...words) {
    const done = this.#perform(verb, words);
    // Who does not wait for the promise is told here, and not by an uncaught error.
    done.catch((refusal) => console.warn(`uvmscope: ${verb}: ${refusal.message}`));
    return done;
  }

  async #perform(verb, words) {
    if (this.#seat === null) await this[begin]();
    this.#core[verb](this.#seat, ...words);
    this.#tell();
    await this.#drawn();
  }

  /** Kept when what changed is drawn, or never will be because it panicked. */
  #drawn() {
    return new Promise((resolve) => {
      const goOn = () => {
        waiting.delete(goOn);
        resolve();
      };
      waiting.add(goOn);
      this.#core.drawn(this.#seat).then(goOn);
    });
  }

  // ---- beginning and end ----

  /** What leads back to where the element is. */
  [placed]() { return this.#seat === null ? undefined : this.#core.resume(this.#seat); }

  /** The element has another width; the picture is laid out anew for it. */
  [resized](width) {
    if (this.#seat === null || width === undefined) return;
    this.#core.resize(this.#seat, width);
    this.#prepare();
  }

  /** Goes where the address of the page leads now. */
  [follow]() { return this.#ask('follow', location.hash.slice(1)); }

  /** Starts the element if it has not started; failing leaves the light DOM, and says why. */
  [begin] = () => {
    if (this.#opening !== null) return this.#opening;
    const opening = this.#open();
    this.#opening = opening;
    opening.catch((reason) => {
      // Somebody else took over: what became of this attempt matters to nobody.
      if (this.#opening !== opening) return;
      this.#opening = null;
      if (!this.isConnected) return;
      const remedy = reason instanceof WebAssembly.CompileError
        ? " (the policy of the page has to allow 'wasm-unsafe-eval' in script-src)" : '';
      console.warn(`uvmscope: ${reason?.message ?? reason}${remedy}`);
      this.#fail(this.#refused ? reason.message : this.#sorry());
    });
    return opening;
  };

  async #open() {
    const attempt = ++this.#attempt;
    started.add(this);
    observer?.unobserve(this);
    const core = await load();
    await turn();
    if (attempt !== this.#attempt && this.#opening !== null) return this.#opening;
    if (attempt !== this.#attempt || !this.isConnected) {
      throw new Error('the element is not in the page');
    }
    const attributes = Object.fromEntries(ATTRIBUTES.map((name) => [name, this.getAttribute(name) || null]));
    attributes.script = this.querySelector(':scope > script[type="text/uvmscope"]')?.textContent;
    attributes.base = parts.base();
    // The element that is the page opens what the address of the page says.
    attributes.link = this.hasAttribute('page') ? location.hash.slice(1) : undefined;
    attributes.width = widthOf(this.getBoundingClientRect());
    this.#resume ??= recall(this);
    const later = () => queueMicrotask(() => this.#tell());
    try {
      this.#seat = core.open(JSON.stringify(attributes), this.#resume, later, this.#read);
      this.#refused = false;
    } catch (reason) {
      // A sentence about what the author asked for; or a panic, which is got over elsewhere.
      this.#refused = !(reason instanceof WebAssembly.RuntimeError);
      throw reason;
    }
    this.#core = core;
    this.#enclose();
    this.#live.classList.remove('failed');
    this.#live.classList.toggle('alone', !this.#hasPicture());
    this.#dress();
    this.#live.replaceChildren(core.node(this.#seat));
    sizes().observe(this);
    if (this.hasAttribute('page') && window.top === window) queueMicrotask(() => this.#takeFocus());
    this.#queue.push({ name: 'ready', detail: { version: core.version() } });
    this.#tell();
  }

  /**
   * Keys act on the element that has the focus: from the start on the one that is the page. In a
   * frame the focus is left where the reader has it.
   */
  #takeFocus() {
    const live = this.#live;
    const taken = () => {
      const target = live.querySelector('[tabindex]');
      if (document.activeElement === document.body) target?.focus({ preventScroll: true });
      return target !== null;
    };
    if (taken()) return;
    // On a slow machine the first picture is drawn in several goes.
    const drawn = new MutationObserver(() => taken() && drawn.disconnect());
    drawn.observe(live, { childList: true, subtree: true });
  }

  /** Has a text read by a worker; without one, what is being read is given up. */
  #read = (...words) => {
    this.#stopReading();
    this.#stopReading = words.length === 0 ? () => {} : readElsewhere(words, (told) => {
      if (this.#seat === null) return;
      this.#core.was_read(this.#seat, told);
      this.#tell();
    });
  };

  /** The shadow root comes last, because it hides the light DOM. */
  #enclose() {
    if (this.#live !== null) return;
    this.#live = document.createElement('div');
    this.#live.className = 'live';
    // What is written in it is English, whatever the page is written in.
    this.#live.lang = 'en';
    this.#said = document.createElement('p');
    this.#said.className = 'said';
    this.#said.lang = 'en';
    this.#said.setAttribute('role', 'note');
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [styles()];
    root.append(this.#live, document.createElement('slot'), this.#said);
    // To the host page every key comes from one element, so it cannot know that somebody types
    // into a field. Ours are handled further in, before this.
    root.addEventListener('keydown', (event) => event.stopPropagation());
  }

  /** Shows the light DOM and a sentence below it. */
  #fail(sentence) {
    this.#enclose();
    this.#live.classList.add('failed');
    // What stands between backticks is code, as everywhere.
    this.#said.replaceChildren(...sentence.split('`').map((piece, n) => {
      const part = document.createElement(n % 2 === 0 ? 'span' : 'code');
      part.textContent = piece;
      return part;
    }));
  }

  /** Whether the light DOM has something for the eye. */
  #hasPicture() {
    return this.querySelector(':scope > :not(script)') !== null;
  }

  #sorry() {
    return this.#hasPicture()
      ? 'This is a still picture: the steps could not be loaded here.'
      : 'The picture could not be loaded here.';
  }

  /** What the style sheet needs to know, through properties that no policy forbids. */
  #dress() {
    this.#live.dataset.theme = this.getAttribute('theme') ?? 'auto';
    const height = this.getAttribute('height')?.trim() ?? '';
    const valid = /^\d+(\.\d+)?(px|em|rem|vh|svh|dvh)?$/.test(height);
    const length = /\d$/.test(height) ? `${height}px` : height;
    if (valid) this.#live.style.setProperty('--uvm-height', length);
    else this.#live.style.removeProperty('--uvm-height');
  }

  #close() {
    started.delete(this);
    if (this.#seat !== null) this.#resume = this.#core.close(this.#seat) ?? this.#resume;
    this.#leave();
  }

  /** Goes on in another instance of the module, or falls back to the light DOM. */
  [restart](core, again) {
    if (this.#seat !== null) this.#resume = salvage(core, this.#seat) ?? this.#resume;
    this.#leave();
    this.#live?.replaceChildren();
    if (!again) this.#fail(this.#sorry());
    else if (this.isConnected) this[begin]();
  }

  #leave() {
    this.#attempt += 1;
    this.#stopReading();
    this.#opening = null;
    this.#seat = null;
    this.#queue = [];
  }

  /** Tells the host page what happened, in order, also when a listener makes more happen. */
  #tell() {
    if (this.#seat !== null) {
      this.#queue.push(...JSON.parse(this.#core.drain(this.#seat) ?? '[]'));
    }
    if (this.#emitting) return;
    this.#emitting = true;
    while (this.#queue.length > 0) {
      const { name, detail } = this.#queue.shift();
      const init = { bubbles: true, composed: true, detail };
      this.dispatchEvent(new CustomEvent(`uvmscope:${name}`, init));
    }
    this.#emitting = false;
    this.#prepare();
  }

  /** Has the next step prepared when there is time; where a browser does not tell, it is not. */
  #prepare() {
    this.#idle ??= globalThis.requestIdleCallback?.(() => {
      this.#idle = null;
      if (this.#seat !== null) this.#core.prepare(this.#seat);
    });
  }
}

/** The place of an element in an instance that panicked, if that can still say it. */
function salvage(core, seat) {
  try {
    return core.resume(seat);
  } catch {
    return undefined;
  }
}

if (globalThis.customElements && !customElements.get('uvm-scope')) {
  // An element without a box is never seen; any rule of the page overrides this one.
  const block = new CSSStyleSheet();
  block.replaceSync(':where(uvm-scope) { display: block; }');
  document.adoptedStyleSheets.push(block);
  customElements.define('uvm-scope', UvmScope);
  keepOnLeaving();
  followTheAddress();
}
