// Reads a long text away from the page: one text, and then it is done. Where the page has the
// module's glue as a function, that stands before this as `makeCore`; else it is a file.
onmessage = async ({ data: { glue, module, words } }) => {
  postMessage({ begun: true });
  try {
    const core = self.makeCore ? self.makeCore() : await import(glue);
    await core.default({ module_or_path: module });
    postMessage({ told: core.read(...words) });
  } catch {
    // The page reads it itself then.
    postMessage({});
  }
};
