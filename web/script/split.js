// The element, as a module that loads the rest when the first element is seen. Importing this file
// touches no window, so a site generator may import it too.
//
// This is a template: the build puts the hashed names of the files, the text of the style sheet and
// the code of the element in place of what stands between underscores.
const STYLE = '__UVMSCOPE_STYLE__';

const GLUE = '__UVMSCOPE_GLUE__';
const WASM = '__UVMSCOPE_WASM__';

/** Where the parts come from: files beside this one. */
const parts = {
  base: () => new URL('./', import.meta.url).href,

  async module() {
    const url = new URL(WASM, import.meta.url);
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    // A server that does not know the media type of WebAssembly is no reason to fail.
    return response.headers.get('content-type')?.startsWith('application/wasm')
      ? WebAssembly.compileStreaming(response)
      : WebAssembly.compile(await response.arrayBuffer());
  },

  // The glue holds one instance for good; another query string makes it another module.
  glue: (generation) => import(GLUE + (generation === 0 ? '' : `?generation=${generation}`)),

  worker: () => new Worker(new URL('./uvmscope-worker.js', import.meta.url), { type: 'module' }),

  /** What the worker imports. */
  glueForWorker: () => new URL(GLUE, import.meta.url).href,
};

__UVMSCOPE_ELEMENT__

export { UvmScope };
