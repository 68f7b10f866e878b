// From the address to the first painted chart, on the real server, nothing cached.

/** Stops the clock when the product's chart holds all points and is in pixels. */
function watchPlot(points) {
  const look = () => {
    const plot = document.querySelector('[data-testid="plot"]');
    if (window.painted_ms !== undefined || Number(plot?.dataset.points) !== points || plot.dataset.drawn === '0') return;
    plot.querySelector('canvas').getContext('2d').getImageData(0, 0, 1, 1);
    window.painted_ms = performance.now();
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-points', 'data-drawn'] });
}

/** One start in a context of its own; the steps on the way are told by the requests. */
async function once(browser, address, points) {
  const context = await browser.newContext({ viewport: { width: 900, height: 700 } });
  const page = await context.newPage();
  const requests = [];
  page.on('requestfinished', (request) => requests.push(request));
  await page.addInitScript(watchPlot, points);
  await page.goto(address);
  const painted_ms = await (await page.waitForFunction(() => window.painted_ms, undefined, { timeout: 60_000 })).jsonValue();
  const origin = await page.evaluate(() => performance.timeOrigin);
  const span = (part) => {
    const found = requests.filter((request) => new URL(request.url()).pathname.match(part)).map((request) => request.timing());
    const starts = found.map(({ startTime }) => startTime - origin);
    const ends = found.map(({ startTime, responseEnd }) => startTime - origin + responseEnd);
    return { from_ms: Math.min(...starts), to_ms: Math.max(...ends) };
  };
  const steps = { painted_ms, code: span(/\.(wasm|js|mjs)$/), first: span(/workloads\/[^/]+$/), data: span(/metrics\/data$/) };
  await context.close();
  return steps;
}

const WORK = 'cold start, 3 × 55,550';

/** @param {import('./run.mjs').Bench} bench */
export async function start({ browser, startRun, repetitions, tell }) {
  const run = await startRun('start');
  const query = new URLSearchParams({ workload: run.uid, metrics: run.metrics.join(',') });
  const sides = [
    { side: 'Parallax', address: `${run.url}/?${query}&embed=1&layout=one` },
    { side: 'uPlot', address: `${run.url}/bench/start.html?${query}` },
  ];
  const all = { Parallax: [], uPlot: [] };
  for (let round = -1; round < repetitions; round++) {
    for (const { side, address } of round % 2 === 0 ? sides : [...sides].reverse()) {
      const steps = await once(browser, address, run.points);
      if (round >= 0) all[side].push(steps);
    }
  }
  await run.stop();
  for (const [side, starts] of Object.entries(all)) {
    const of = (step) => starts.map(step);
    tell(WORK, side, 'ms', of(({ painted_ms }) => painted_ms));
    tell(`${WORK}: code loaded`, side, 'ms', of(({ code }) => code.to_ms));
    tell(`${WORK}: data asked for`, side, 'ms', of(({ data }) => data.from_ms));
    tell(`${WORK}: data there`, side, 'ms', of(({ data }) => data.to_ms));
  }
  tell(`${WORK}: workload asked for`, 'Parallax', 'ms', all.Parallax.map(({ first }) => first.from_ms));
}
