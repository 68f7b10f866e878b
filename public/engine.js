// The engine's worker: runs the WASM module that the page has compiled already, whose `main` starts
// the engine when it is in a worker. The page sends its other messages once the engine has started.
onmessage = async ({ data: { script, module } }) => {
  onmessage = null;
  const { default: start } = await import(script);
  await start({ module_or_path: module });
};
