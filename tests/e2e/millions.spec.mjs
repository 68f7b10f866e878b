// Five million points: the page stays responsive, and every spike of one sample is drawn at every
// zoom. Where the spikes are is told by the generator, what is drawn is read back from the canvas.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from './fixtures.mjs';
import { generateRuns, startServer } from './harness.mjs';
import { chart, drag, expectPoints, expectView, open, view } from './page.mjs';

const POINTS = 5_000_000;
/** What stands around the plot area on its canvas, in CSS pixels. */
const MARGIN_PX = { left: 56, top: 8, right: 20, bottom: 24 };
const FEW = 100;

/** The test's own server over a made run; the folder is gone afterwards. */
async function withRun(options, body) {
  const runs = await mkdtemp(join(tmpdir(), 'parallax-e2e-millions-'));
  try {
    const spikes = generateRuns(runs, options);
    const server = await startServer({ runs, copy: false, ready: (list) => list.total === 1 });
    try {
      await body(server, spikes);
    } finally {
      await server.stop();
    }
  } finally {
    await rm(runs, { recursive: true, force: true });
  }
}

/** The spikes of a metric that a window has in it; every second one points down. */
function spikesWithin(steps, { from, to }) {
  const all = steps.map((step, number) => ({ step, isUp: number % 2 === 0 }));
  return all.filter(({ step }) => step >= from && step <= to);
}

/** The places, as shares of the plot's width, where the line crosses a height (a share from the top). */
function crossings(plot, height, mergePx) {
  const read = (canvas, { height, margin, mergePx }) => {
    const ratio = canvas.width / canvas.getBoundingClientRect().width;
    const left = Math.round(margin.left * ratio);
    const width = Math.round(canvas.width - (margin.left + margin.right) * ratio);
    const y = margin.top * ratio + height * (canvas.height - (margin.top + margin.bottom) * ratio);
    const band = 8; // a dotted line has gaps
    const { data } = canvas.getContext('2d').getImageData(left, Math.round(y - band / 2), width, band);
    // lines are coloured; the grid is grey
    const isLine = (at) => data[at + 3] > 100 && Math.max(data[at], data[at + 1], data[at + 2]) - Math.min(data[at], data[at + 1], data[at + 2]) > 24;
    const runs = [];
    for (let x = 0; x < width; x++) {
      if (!Array.from({ length: band }, (_, row) => (row * width + x) * 4).some(isLine)) continue;
      const last = runs.at(-1);
      if (last && x - last.to <= mergePx * ratio) last.to = x;
      else runs.push({ from: x, to: x });
    }
    return runs.map(({ from, to }) => (from + to + 1) / 2 / width);
  };
  return plot.locator('canvas').first().evaluate(read, { height, margin: MARGIN_PX, mergePx });
}

/** That exactly the spikes of a window are drawn, each at its place. */
async function expectSpikes(plot, steps, window) {
  const width_px = (await plot.boundingBox()).width - MARGIN_PX.left - MARGIN_PX.right;
  const step_px = width_px / (window.to - window.from);
  const spikes = spikesWithin(steps, window);
  const kinds = [true, false].map((isUp) => spikes.filter((spike) => spike.isUp === isUp)).filter((kind) => kind.length > 0);
  for (const kind of kinds) {
    // ups and downs together: 40 is the top and -40 the bottom, all else lies between 0 and 12
    const height = kinds.length === 1 ? 0.5 : kind[0].isUp ? 0.25 : 0.75;
    const expected = kind.map(({ step }) => (step - window.from) / (window.to - window.from));
    const tolerance = 2 / width_px;
    await expect
      .poll(async () => {
        const drawn = await crossings(plot, height, 2 + 2 * step_px);
        const isThere = drawn.length === expected.length && drawn.every((at, number) => Math.abs(at - expected[number]) < tolerance);
        return isThere ? 'each at its place' : { drawn, expected };
      }, { message: `spikes from step ${window.from} to ${window.to}` })
      .toBe('each at its place');
  }
  return spikes.length;
}

/** Counts the tasks that hold the page up, from the last call of `restart` on. */
async function watchLongTasks(page) {
  await page.addInitScript(() => {
    window.long_ms = [];
    const note = (list) => window.long_ms.push(...list.getEntries().map(({ duration }) => duration));
    window.longTasks = new PerformanceObserver(note);
    window.longTasks.observe({ type: 'longtask' });
  });
  const restart = () => page.evaluate(() => (window.longTasks.takeRecords(), void (window.long_ms.length = 0)));
  const tell = async (what) => {
    const long_ms = await page.evaluate(() => window.long_ms);
    const description = `${long_ms.length} tasks over 50 ms, the longest ${Math.max(0, ...long_ms).toFixed(0)} ms`;
    test.info().annotations.push({ type: what, description });
    console.log(`${what}: ${description}`);
  };
  return { restart, tell };
}

/** The window of the view; everything without one. */
function shown(page, last) {
  const { from, to } = view(page);
  return { from: Math.ceil(Number(from ?? 1)), to: Math.floor(Number(to ?? last)) };
}

test('five million points of one series: responsive, and no spike is lost from all to 100 points and back', async ({ page }) => {
  test.setTimeout(240_000);
  await withRun({ points: POINTS, series: 1, spikes: 10 }, async (server, spikes) => {
    const [[metric, steps]] = spikes;
    const tasks = await watchLongTasks(page);
    await open(page, server.url, { workload: 'run-1', metrics: metric, refresh: 'off' });
    const loss = chart(page, metric);
    const plot = loss.getByTestId('plot');
    await expect(plot).toHaveAttribute('data-points', `${POINTS}`, { timeout: 120_000 });
    await expect(page.getByTestId('progress')).toHaveCount(0);
    await tasks.tell('while 5M points load');
    await tasks.restart();

    const all = { from: 1, to: POINTS };
    expect(await expectSpikes(plot, steps, all)).toBe(10);
    await expect(loss.getByTestId('foot')).toContainText('extremes kept');

    for (let window = all; window.to - window.from >= FEW; ) {
      const share = MARGIN_PX.left / (await plot.boundingBox()).width;
      const inner = 1 - share - MARGIN_PX.right / (await plot.boundingBox()).width;
      const at = share + (inner * (steps[6] - window.from)) / (window.to - window.from);
      const before = view(page).from;
      const half = Math.max(0.01, (0.4 * inner * FEW) / (window.to - window.from));
      await drag(page, loss, at - half, at + half);
      await expect.poll(() => view(page).from).not.toBe(before);
      window = shown(page, POINTS);
      await expectPoints(loss, window.to - window.from + 1);
      expect(await expectSpikes(plot, steps, window)).toBe(1);
    }
    await plot.getByTestId('plot-pointer').dblclick();
    await expectView(page, { from: undefined, to: undefined });
    await expectPoints(loss, POINTS);
    expect(await expectSpikes(plot, steps, all)).toBe(10);
    await tasks.tell('while zooming over 5M points');
  });
});

test('five series of a million points: every zoom of the URL shows its spikes', async ({ page }) => {
  test.setTimeout(240_000);
  await withRun({ points: POINTS, series: 5, spikes: 10 }, async (server, spikes) => {
    const [metric, steps] = [...spikes].at(-1);
    const last = POINTS / 5;
    for (const { from, to } of [
      { from: 1, to: last },
      { from: 200_000, to: 600_000 },
      { from: steps[4] - 5_000, to: steps[4] + 20_000 },
      { from: steps[4] - 31, to: steps[4] + 68 },
    ]) {
      await open(page, server.url, { workload: 'run-1', metrics: metric, refresh: 'off', from: `${from}`, to: `${to}` });
      const loss = chart(page, metric);
      await expect(loss.getByTestId('plot')).toHaveAttribute('data-points', `${to - from + 1}`, { timeout: 60_000 });
      const count = steps.filter((step) => step >= from && step <= to).length;
      expect(count).toBeGreaterThan(0);
      expect(await expectSpikes(loss.getByTestId('plot'), steps, { from, to })).toBe(count);
    }
    // all five at once
    const tasks = await watchLongTasks(page);
    await open(page, server.url, { workload: 'run-1', metrics: [...spikes.keys()].join(','), refresh: 'off' });
    for (const [name, steps] of spikes) {
      await expect(chart(page, name).getByTestId('plot')).toHaveAttribute('data-points', `${last}`, { timeout: 120_000 });
      await chart(page, name).scrollIntoViewIfNeeded();
      expect(await expectSpikes(chart(page, name).getByTestId('plot'), steps, { from: 1, to: last })).toBe(10);
    }
    await tasks.tell('while five charts of 1M points load and draw');
  });
});
