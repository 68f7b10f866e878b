// A million rows of JSON to columns: time, peak memory, and tasks of the main thread.

import { memoryOf, openReady, renderers } from './browser.mjs';

const WAYS = [
  { way: 'parallax', side: 'Parallax' },
  { way: 'page', side: 'fetch().json()' },
  { way: 'objects', side: 'fetch().json() in a worker' },
  { way: 'stream', side: 'the stream alone' },
];

const WORK = 'JSON 1M';

/** Loads once in a process of its own; what the page itself takes is taken off the peak. */
async function once(browser, files, way) {
  const others = await renderers(browser);
  const page = await openReady(browser, `${files}/bench/load.html`);
  const [pid] = (await renderers(browser)).filter((pid) => !others.includes(pid));
  const empty = memoryOf(pid);
  const where = { base: `${files}/api/v1`, uid: 'made', url: `${files}/api/v1/workloads/made/metrics/data` };
  const told = await page.evaluate(([way, where]) => window.load(way, where), [way, where]);
  const peak_bytes = memoryOf(pid).peak_bytes - empty.now_bytes;
  await page.context().close();
  return { ...told, peak_bytes };
}

/** @param {import('./run.mjs').Bench} bench */
export async function load({ browser, filesWithBody: files, repetitions, rows, tell }) {
  const all = Object.fromEntries(WAYS.map(({ way }) => [way, []]));
  for (let round = -1; round < repetitions; round++) {
    for (const { way } of round % 2 === 0 ? WAYS : [...WAYS].reverse()) {
      const told = await once(browser, files, way);
      if (way !== 'stream' && told.rows !== rows) throw new Error(`${way} read ${told.rows} rows, expected ${rows}`);
      if (round >= 0) all[way].push(told); // the first round warms up
    }
  }
  const of = (way, name) => all[way].map((told) => told[name]);
  for (const { way, side } of WAYS) {
    tell(WORK, side, 'ms', of(way, 'took_ms'));
    tell(`${WORK}, peak memory`, side, 'bytes', of(way, 'peak_bytes'));
    tell(`${WORK}, longest task of the main thread`, side, 'ms', of(way, 'longest_task_ms'));
  }
  tell('memory a point', 'Parallax, all of WebAssembly', 'bytes', of('parallax', 'grown_bytes').map((bytes) => bytes / rows));
  tell('memory a point', 'Parallax, columns and pyramids', 'bytes', of('parallax', 'store_bytes').map((bytes) => bytes / rows));
}
