// The <uvm-scope> element, for hosts that write TypeScript.
//
// Addresses and lengths are strings, in hexadecimal with `0x`: they are up to 64 bits wide.

/** The names of the attributes. All are optional. */
export interface UvmScopeAttributes {
  /** A scenario that comes along, by its name; `mlock-zero` without it. A script inside the element,
   * as `<script type="text/uvmscope">`, goes before it. */
  scenario?: string;
  /** A preset (`original`, `mail`, `committed`, `later`) or changes, as in `original,+name`. */
  kernel?: string;
  /** A second kernel, shown beside the first. */
  compare?: string;
  /** Where to open: a step (`12`), a place (`3.7`, `3.end`), a marker or a percentage (`40%`). */
  at?: string;
  theme?: 'auto' | 'light' | 'dark';
  controls?: 'full' | 'min' | 'none';
  mode?: 'explore';
  /** `en`, or anything that begins with `en-`. */
  lang?: string;
  /** At least so high: pixels, or a length in `px`, `em`, `rem`, `vh`, `svh` or `dvh`. */
  height?: string;
}

/** Where a run stands: calls count from 1, the steps of a call from 0. */
export interface Place {
  call: number;
  step: number;
}

/** The same, with how many steps the call has. */
export interface PlaceOfSteps extends Place {
  steps: number;
}

/** A disagreement between what entries claim and what pages and pmap hold. */
export interface Broken {
  /** `P1` to `P4`. */
  rule: string;
  start: string | null;
  end: string | null;
  /** The call that runs has made it, and will mend it before it returns. */
  pending: boolean;
}

/** The statement that made the step. */
export interface Code {
  function: string | null;
  file: string | null;
  line: number;
  text: string | null;
}

/** A map entry. */
export interface Entry {
  start: string;
  end: string;
  prot: string;
  max_prot: string;
  inherit: string;
  advice: string;
  wired_count: number;
  cow: boolean;
  needs_copy: boolean;
  /** It has an amap. */
  amap: boolean;
  /** It maps an object. */
  object: boolean;
  offset: number | string;
}

/** A page that the pmap has. */
export interface Page {
  va: string;
  wire_count: number;
  pmap_wired: boolean;
}

/** One kernel at its place. The machine is told in the words of the conformance corpora. */
export interface Side {
  kernel: string;
  diagnostic: boolean;
  at: PlaceOfSteps;
  entries: Entry[];
  pages: Page[];
  object_wired: unknown[];
  wirefuture: boolean;
  uvmexp_wired: number;
  pmap_wired_count: number;
  console: string[];
  /** The step, as the corpora have it. */
  event: unknown;
  /** The call is over, and answered. */
  returned: boolean;
  /** What a call that is over answered, if it was an error. */
  errno: string | null;
  panic: string | null;
  broken: Broken[];
  /** The sentence of the step. */
  caption: string;
  code: Code | null;
  /** The functions that are running, the innermost last. */
  stack: string[];
}

/** What `state()` returns. More may be there than is named here. */
export interface State extends Side {
  script: string;
  /** What is wrong with the script. */
  errors: string[];
  /** How much of a long script has run, in hundredths; `null` once all has. */
  pending: number | null;
  /** The name of the scenario; empty for a script of one's own. */
  scenario: string;
  playing: boolean;
  note: string | null;
  problem: string | null;
  /** What is wrong with the attributes. */
  complaints: string[];
  /** The answer about a value that is open. */
  why: unknown;
  /** The second kernel, and where the two part. */
  compare: (Side & { divergence: { at: Place; compare: Place } | null }) | null;
  [name: string]: unknown;
}

/** The events, by their names; all bubble and leave the shadow root. */
export interface UvmScopeEvents {
  /** The element has started; its methods act at once from now on. */
  'uvmscope:ready': CustomEvent<{ version: string }>;
  /** Another step is shown. */
  'uvmscope:step': CustomEvent<{ at: PlaceOfSteps; kernel: string }>;
  /** The step shown is the first at which the two kernels compared go apart. */
  'uvmscope:divergence': CustomEvent<{ at: PlaceOfSteps; compare: { at: PlaceOfSteps } }>;
  /** The simulated machine stopped. */
  'uvmscope:halt': CustomEvent<{ at: PlaceOfSteps; reason: string }>;
}

/**
 * The element. Its methods act at once if it has started, and start it otherwise. Each promise is
 * kept when the new state is there, and broken with a sentence where the request makes no sense or
 * the element could not start.
 */
export class UvmScope extends HTMLElement {
  /** Goes to a step (`12`), a place (`'3.7'`, a marker) or a percentage (`'40%'`). */
  goto(place: number | string): Promise<void>;
  next(): Promise<void>;
  prev(): Promise<void>;
  play(): Promise<void>;
  pause(): Promise<void>;
  /** `'committed'`, `'original,+change'`, … */
  setKernel(spec: string): Promise<void>;
  /** `null` until the element has started. */
  state(): State | null;
  /** What leads here, behind the `#` of the page's address; `null` until the element has started,
   * and for a script that is too long for a link. */
  link(): string | null;
}

declare global {
  interface HTMLElementTagNameMap {
    'uvm-scope': UvmScope;
  }
  interface HTMLElementEventMap extends UvmScopeEvents {}
}
