// The engine's worker: runs the WASM module that the page has compiled already, whose `main` starts
// the engine when it is in a worker. The page sends its other messages once the engine has started.
//
// A trap (a panic, memory that ran out) leaves the engine unusable. The page hears of it by the
// worker's `error` event, or, where it happened in a promise, by the text that is posted here.
addEventListener('unhandledrejection', ({ reason }) => {
  if (reason instanceof WebAssembly.RuntimeError || reason instanceof RangeError) postMessage(`${reason}`);
});

onmessage = async ({ data: { script, module } }) => {
  onmessage = null;
  const { default: start } = await import(script);
  await start({ module_or_path: module });
};
