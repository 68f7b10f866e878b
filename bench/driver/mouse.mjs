// The pointer over a million points: what its moves cost the main thread, and the worker.

import { renderers, workersTime_ms } from './browser.mjs';

const POINTS = 1_000_000;

/** Opens an address and waits until the pointer has something to move over. */
async function open(browser, address) {
  const others = await renderers(browser);
  const context = await browser.newContext({ viewport: { width: 860, height: 620 } });
  const page = await context.newPage();
  await page.goto(address);
  await page.waitForSelector(`html[data-ready], [data-testid="plot"][data-points="${POINTS}"]`, { state: 'attached', timeout: 120_000 });
  const [pid] = (await renderers(browser)).filter((pid) => !others.includes(pid));
  return { page, pid };
}

/** Moves the pointer from side to side, one move a frame. */
async function move(page, moves) {
  const box = await page.getByTestId('plot-pointer').boundingBox();
  for (let at = 0; at < moves; at++) {
    const share = 0.1 + 0.8 * Math.abs(((at / 120) % 2) - 1);
    await page.mouse.move(box.x + box.width * share, box.y + box.height * (0.4 + 0.2 * Math.sin(at / 9)));
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
}

async function once(browser, address, moves) {
  const { page, pid } = await open(browser, address);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const told = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    const of = (name) => 1000 * metrics.find((metric) => metric.name === name).value;
    return { script_ms: of('ScriptDuration'), task_ms: of('TaskDuration'), worker_ms: workersTime_ms(pid) };
  };
  await move(page, 30);
  const before = await told();
  await move(page, moves);
  const after = await told();
  await page.context().close();
  return Object.fromEntries(Object.keys(after).map((name) => [name, after[name] - before[name]]));
}

/** @param {import('./run.mjs').Bench} bench */
export async function mouse({ browser, files, startRun, quick, tell }) {
  const run = await startRun('large');
  const query = new URLSearchParams({ workload: run.uid, metrics: run.metrics.join(','), embed: '1', refresh: 'off' });
  const sides = [
    { side: 'Parallax', address: `${run.url}/?${query}` },
    { side: 'uPlot', address: `${files}/bench/mouse.html?side=uplot&points=${POINTS}` },
    { side: 'Chart.js', address: `${files}/bench/mouse.html?side=chartjs&points=${POINTS}` },
  ];
  const all = Object.fromEntries(sides.map(({ side }) => [side, []]));
  for (let round = 0; round < (quick ? 1 : 5); round++) {
    for (const { side, address } of round % 2 === 0 ? sides : [...sides].reverse()) {
      all[side].push(await once(browser, address, quick ? 120 : 600));
    }
  }
  await run.stop();
  for (const [side, rounds] of Object.entries(all)) {
    tell('mouse over 1M, scripting', side, 'ms', rounds.map(({ script_ms }) => script_ms));
    tell('mouse over 1M, all tasks of the main thread', side, 'ms', rounds.map(({ task_ms }) => task_ms));
  }
  tell('mouse over 1M, worker', 'Parallax', 'ms', all.Parallax.map(({ worker_ms }) => worker_ms));
}
