// The worker's side of load.html: streams into Parallax, reads the stream alone, or parses objects.

import init, { Store } from './pkg/parallax_bench.js';
import { fetchColumns, rowsOf } from './columns.mjs';

const wasm = await init();
let kept; // what was loaded stays, as it does in a page

const ways = {
  async parallax({ base, uid }) {
    const before_bytes = wasm.memory.buffer.byteLength;
    kept = new Store();
    const rows = await kept.load(base, uid);
    const [points, store_bytes] = kept.held();
    return { rows, points, store_bytes, grown_bytes: wasm.memory.buffer.byteLength - before_bytes };
  },
  async stream({ url }) {
    const reader = (await fetch(url)).body.getReader();
    let bytes = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) bytes += part.value.byteLength;
    return { rows: 0, bytes };
  },
  async objects({ url }) {
    kept = await fetchColumns(url);
    return { rows: rowsOf(kept) };
  },
};

self.onmessage = async ({ data: { way, ...where } }) => self.postMessage(await ways[way](where));
self.postMessage('ready');
