// The engine's worker: the page's own program, which the page has compiled already.
// What `main` does in a worker is the engine; the page sends nothing else before it has started.
onmessage = async ({ data: { script, module } }) => {
  onmessage = null;
  const { default: start } = await import(script);
  await start({ module_or_path: module });
};
