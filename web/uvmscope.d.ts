// The <uvm-scope> element, for hosts that write TypeScript.

/** Where a run stands: calls count from 1, the steps of a call from 0. */
export interface Place {
  call: number;
  step: number;
  steps?: number;
}

/** What `state()` returns. More may be there than is named here. */
export interface State {
  kernel: string;
  at: Place;
  [name: string]: unknown;
}

/** The events, by their names; all bubble and leave the shadow root. */
export interface UvmScopeEvents {
  /** The element has started; its methods act at once from now on. */
  'uvmscope:ready': CustomEvent<{ version: string }>;
  /** Another step is shown. */
  'uvmscope:step': CustomEvent<{ at: Place; [name: string]: unknown }>;
  /** The step shown is the first at which the two kernels compared go apart. */
  'uvmscope:divergence': CustomEvent<{ at: Place; [name: string]: unknown }>;
  /** The simulated machine stopped. */
  'uvmscope:halt': CustomEvent<{ at: Place; [name: string]: unknown }>;
}

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
}

declare global {
  interface HTMLElementTagNameMap {
    'uvm-scope': UvmScope;
  }
  interface HTMLElementEventMap extends UvmScopeEvents {}
}
