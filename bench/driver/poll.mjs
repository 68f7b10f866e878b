// What a poll moves when a run of a million points has grown by a thousand, beside all of it.

import { appendFile } from 'node:fs/promises';

const ROWS = 1_000;

/** The time of a made run's first step, and what each takes (`crates/fixtures/src/run.rs`). */
const START_S = 1_763_726_400;
const STEP_S = 2.7;

/** @param {import('./run.mjs').Bench} bench */
export async function poll({ browser, startRun, tell }) {
  const run = await startRun('growing');
  const context = await browser.newContext();
  const page = await context.newPage();
  let bytes = 0;
  page.on('requestfinished', async (request) => {
    if (new URL(request.url()).pathname.includes('/api/')) bytes += (await request.sizes()).responseBodySize;
  });
  const query = new URLSearchParams({ workload: run.uid, metrics: run.metrics.join(','), embed: '1', refresh: '5s' });
  await page.goto(`${run.url}/?${query}`);
  const shown = (points) => page.waitForSelector(`[data-testid="plot"][data-points="${points}"]`, { state: 'attached', timeout: 120_000 });
  await shown(run.points);
  await page.waitForTimeout(500); // sizes are told after the answers
  const all_bytes = bytes;
  bytes = 0;
  const row = (_, at) => {
    const step = run.points + at + 1;
    return JSON.stringify({ step, timestamp: START_S + step * STEP_S, [run.metrics[0]]: 2 + Math.sin(step * 12.9898) });
  };
  await appendFile(run.file, Array.from({ length: ROWS }, row).join('\n') + '\n');
  await shown(run.points + ROWS);
  await page.waitForTimeout(500);
  tell('poll after 1,000 new rows', 'all again', 'bytes', [all_bytes]);
  tell('poll after 1,000 new rows', 'Parallax', 'bytes', [bytes]);
  await context.close();
  await run.stop();
}
