// Measures the page: `cargo xtask bench` starts this.
//
//     node run.mjs [--quick] PART…     draw, load, start, mouse, poll
//
// Prints a line of JSON for each thing measured: {"work", "side", "unit", "samples"}. What it needs
// is in the environment: CHROME, PARALLAX (the server), PARALLAX_DIST (the built page), SITE (a
// folder to serve from), RUNS (a folder of made runs: `start`, `large`, `growing`), ANSWERS (a
// folder with the API's answers about a million rows).

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { startBrowser } from './browser.mjs';
import { draw } from './draw.mjs';
import { load } from './load.mjs';
import { mouse } from './mouse.mjs';
import { poll } from './poll.mjs';
import { makeSite } from './site.mjs';
import { start } from './start.mjs';

const PARTS = { draw, load, start, mouse, poll };
const { SITE, RUNS, ANSWERS } = process.env;
const DIST = process.env.PARALLAX_DIST;
process.env.PARALLAX_DIST = SITE; // the server shows the site, which has the built page in it
const { get, startServer } = await import('../../tests/e2e/harness.mjs');

/** Starts the server of files; gives its address and its end. */
async function startFiles(...args) {
  const program = fileURLToPath(new URL('files.mjs', import.meta.url));
  const child = spawn(process.execPath, [program, SITE, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  process.once('exit', () => child.kill());
  const url = await new Promise((done) => child.stdout.setEncoding('utf8').once('data', (text) => done(text.trim())));
  return { url, stop: () => child.kill() };
}

/** Starts the real server over one made run. */
async function startRun(name) {
  const copy = name === 'growing';
  const server = await startServer({ runs: join(RUNS, name), copy });
  const { data } = await get(server.api, '/workloads');
  const { uid } = data[0];
  const { metrics } = await get(server.api, `/workloads/${uid}/metrics/available`);
  const points = metrics.reduce((sum, { count }) => sum + count, 0);
  const file = join(server.runs, 'run-1/metrics.jsonl');
  return { ...server, uid, metrics: metrics.map(({ name }) => name), points, file };
}

function tell(work, side, unit, samples) {
  console.log(JSON.stringify({ work, side, unit, samples }));
}

/** @typedef {Parameters<typeof draw>[0]} Bench */

const quick = process.argv.includes('--quick');
const parts = process.argv.slice(2).filter((word) => word !== '--quick');
await makeSite(SITE, DIST);
const [files, filesWithBody] = [await startFiles(), await startFiles(ANSWERS)];
const browser = await startBrowser();
try {
  for (const part of parts) {
    await PARTS[part]({
      browser,
      files: files.url,
      filesWithBody: filesWithBody.url,
      startRun,
      quick,
      repetitions: quick ? 5 : 20,
      rows: 1_000_000,
      tell,
    });
  }
} finally {
  await browser.close();
  files.stop();
  filesWithBody.stop();
}
