// The element, as one classic script with everything in it: for pages that may not fetch, such as a
// frame in a sandbox or a file that was opened from a disk.
//
// This is a template: the build puts the module, its glue, the text of the style sheet and the code
// of the element in place of what stands between underscores.
(() => {
  const STYLE = '__UVMSCOPE_STYLE__';
  /** The compiled module, deflated, in base 64. */
  const PACKED = '__UVMSCOPE_PACKED__';
  const WORKER = '__UVMSCOPE_WORKER__';
  const { src } = document.currentScript;

  function makeCore() {
    __UVMSCOPE_GLUE_BODY__
  }

  function unpacked() {
    const packed = Uint8Array.fromBase64?.(PACKED)
      ?? Uint8Array.from(atob(PACKED), (character) => character.charCodeAt(0));
    return new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  }

  /** Where the parts come from: this very file. */
  const parts = {
    // A page that has this script in itself is all there is.
    base: () => (src === '' ? location.href.split('#')[0] : new URL('./', src).href),

    module: async () => WebAssembly.compile(await new Response(unpacked()).arrayBuffer()),

    // Each call makes a core of its own.
    glue: makeCore,

    // A classic worker: where the page has no origin, one that is a module cannot start from a blob.
    worker() {
      const code = new Blob(['self.makeCore=', makeCore, ';', WORKER], { type: 'text/javascript' });
      const url = URL.createObjectURL(code);
      const worker = new Worker(url);
      worker.addEventListener('message', () => URL.revokeObjectURL(url), { once: true });
      return worker;
    },

    glueForWorker: () => undefined,
  };

  __UVMSCOPE_ELEMENT__
})();
