// The folder that everything is served from: the built dashboard, and beside it, under `bench/`,
// the benchmark's pages with the other libraries.

import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BENCH = fileURLToPath(new URL('..', import.meta.url));

const PEERS = ['uplot/dist/uPlot.iife.min.js', 'uplot/dist/uPlot.min.css', 'chart.js/dist/chart.umd.js', 'echarts/dist/echarts.min.js'];

/**
 * Fills the folder; the WebAssembly of the pages is in its `bench/pkg` already.
 * @param {string} site
 * @param {string} dist  the built dashboard
 */
export async function makeSite(site, dist) {
  const into = join(site, 'bench');
  await mkdir(join(into, 'peers'), { recursive: true });
  await cp(dist, site, { recursive: true });
  await cp(join(BENCH, 'page'), into, { recursive: true });
  await cp(join(BENCH, '../style/tokens.css'), join(into, 'tokens.css'));
  for (const file of PEERS) await cp(join(BENCH, 'node_modules', file), join(into, 'peers', file.split('/').at(-1)));
}
