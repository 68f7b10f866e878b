// Much: a long answer, a long list.

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from './fixtures.mjs';
import { dice } from './field-forms.mjs';
import { ROOT, get, parseCsv, startServer, uidOf } from './harness.mjs';
import { chart, expectPoints, expectView, open } from './page.mjs';

const STEPS = 60_000;
const METRICS = ['train/loss', 'train/accuracy', 'train/grad_norm'];

/** Runs the body with a server over made runs. */
async function withRuns(make, ready, body) {
  const runs = await mkdtemp(join(tmpdir(), 'parallax-e2e-large-'));
  try {
    await make(runs);
    const server = await startServer({ runs, copy: false, ready });
    try {
      await body(server);
    } finally {
      await server.stop();
    }
  } finally {
    await rm(runs, { recursive: true, force: true });
  }
}

/** A run with the values of a seed, as a training script writes them. */
async function makeRun(folder, steps, seed) {
  const random = dice(seed);
  const line = (_, step) => JSON.stringify({ step, ...Object.fromEntries(METRICS.map((name) => [name, random()])) });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'metrics.jsonl'), Array.from({ length: steps }, line).join('\n') + '\n');
}

test('a CSV of several parts has every row, and no cell that a spreadsheet evaluates', async ({ page }) => {
  const values = Array.from({ length: STEPS }, (_, step) => -1.5 - step);
  const make = async (runs) => {
    const lines = values.map((value, step) => JSON.stringify({ step, '=1+1': value }));
    await mkdir(join(runs, 'long'));
    await writeFile(join(runs, 'long/metrics.jsonl'), lines.join('\n') + '\n');
  };
  await withRuns(make, (list) => list.total === 1, async (server) => {
    await open(page, server.url, { workload: 'long', metrics: '=1+1', page: 'data', refresh: 'off' });
    await expect(page.getByTestId('rows')).toHaveAttribute('data-total', `${STEPS}`);
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByTestId('csv').click()]);
    const text = await readFile(await file.path(), 'utf8');
    expect(text.length).toBeGreaterThan(2 ** 20); // of a part
    const rows = parseCsv(text);
    expect(rows.map(({ value }) => Number(value))).toEqual(values);
    expect(new Set(rows.map(({ metric }) => metric))).toEqual(new Set(["'=1+1"]));
  });
});

test('while a long answer arrives, the page draws and answers', async ({ page, field }) => {
  test.setTimeout(180_000);
  const make = (runs) => makeRun(join(runs, 'long'), STEPS, 1);
  await withRuns(make, (list) => list.total === 1, async (server) => {
    const { page: address, fail, requests } = await field({ upstream: server.api });
    fail('data', 'trickle', { pieceBytes: 1 << 18, pauseMs: 200 });
    await page.addInitScript(() => {
      window.long_ms = [];
      new PerformanceObserver((list) => window.long_ms.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
    });
    await open(page, address, { workload: 'long', metrics: METRICS.join(','), refresh: 'off' });
    const progress = page.getByTestId('progress');
    await expect(progress).toContainText(/Loading [1-9][\d,]* rows · [\d.]+ (kB|MB)/);
    await page.evaluate(() => {
      window.long_ms.length = 0; // the start is over: from here on it only loads
      window.frames = 0;
      const count = () => ((window.frames += 1), requestAnimationFrame(count));
      count();
    });
    await page.getByTestId('span-custom').click();
    await expect(page.getByTestId('span-from')).toBeVisible();
    await page.getByTestId('metric-search').fill('grad');
    await expect(page.getByTestId('metric-train/grad_norm')).toBeVisible();
    expect(await progress.isVisible()).toBe(true); // it was still loading when these answered

    for (const name of METRICS) await expect(chart(page, name).getByTestId('plot')).toHaveAttribute('data-points', `${STEPS}`, { timeout: 90_000 });
    await expect(progress).toHaveCount(0);
    const { bytes } = requests.find(({ endpoint }) => endpoint === 'data');
    const { frames, long_ms } = await page.evaluate(() => ({ frames: window.frames, long_ms: window.long_ms }));
    expect(frames).toBeGreaterThan(10);
    const told = `${(bytes / 1e6).toFixed(0)} MB, ${frames} frames, ${long_ms.length} tasks over 50 ms, the longest ${Math.max(0, ...long_ms).toFixed(0)} ms`;
    test.info().annotations.push({ type: 'while loading', description: told });
    console.log(`while loading ${told}`);
  });
});

test('a single spike among many points is drawn from all to few and back', async ({ page }) => {
  const make = async (runs) => {
    await mkdir(join(runs, 'spike'), { recursive: true });
    const line = (_, step) => JSON.stringify({ step, loss: step === 12_345 ? 100 : 1 });
    await writeFile(join(runs, 'spike/metrics.jsonl'), Array.from({ length: 20_000 }, line).join('\n') + '\n');
  };
  await withRuns(make, (list) => list.total === 1, async (server) => {
    await open(page, server.url, { workload: 'spike', metrics: 'loss', refresh: 'off' });
    const loss = chart(page, 'loss');
    await expectPoints(loss, 20_000);
    await expect(loss.getByTestId('foot')).toContainText('extremes kept');
    /** Whether the line reaches the upper part of the plot: more than grid and background is there. */
    const colours = () =>
      loss.locator('canvas').first().evaluate((canvas) => {
        const { width, height } = canvas;
        const part = (from, to) => {
          const { data } = canvas.getContext('2d').getImageData(width * 0.15, height * from, width * 0.8, height * (to - from));
          const seen = new Set();
          for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 128) seen.add(`${data[at] >> 4},${data[at + 1] >> 4},${data[at + 2] >> 4}`);
          return seen;
        };
        const line = [...part(0.7, 0.95)]; // the flat part of the line
        const above = part(0.3, 0.6); // only the spike gets here
        return line.filter((colour) => above.has(colour)).length;
      });
    const all = await colours();
    expect(all).toBeGreaterThan(0);
    for (const [from, to] of [['12300', '12400'], ['12340', '12350'], ['0', '19999']]) {
      await open(page, server.url, { workload: 'spike', metrics: 'loss', refresh: 'off', from, to });
      await expectPoints(loss, Number(to) - Number(from) + 1);
      expect(await colours(), `${from} to ${to}`).toBeGreaterThan(0);
    }
  });
});

test('a long list turns its pages', async ({ page }) => {
  const make = async (runs) => {
    for (let run = 0; run < 60; run++) await makeRun(join(runs, `run-${String(run).padStart(2, '0')}`), 2, run);
  };
  await withRuns(make, (list) => list.total === 60, async (server) => {
    await open(page, server.url);
    const rows = page.locator('[data-testid="workloads"] tbody tr');
    await expect(rows).toHaveCount(50);
    await expect(page.getByTestId('home-page')).toContainText('50 of 60 workloads');
    const first = await rows.allTextContents();
    await page.getByRole('button', { name: 'Next' }).click();
    await expect(rows).toHaveCount(10);
    expect((await rows.allTextContents()).filter((text) => first.includes(text))).toEqual([]);
    await page.getByRole('button', { name: 'Previous' }).click();
    await expect(rows).toHaveCount(50);
    await page.getByTestId('workload-search').fill('run-59');
    await page.getByTestId('workload-run-59').click();
    await expectView(page, { workload: 'run-59' });
    await expectPoints(chart(page, 'train/loss'), 2);
  });
});

test('thousands of metrics: few short requests, only for what is in sight, and a short address', async ({ page, field }) => {
  test.setTimeout(180_000);
  const names = Array.from({ length: 2_261 }, (_, n) => `${['train', 'val', 'layers'][n % 3]}/metric ${n}`);
  const make = async (runs) => {
    const line = (_, step) => JSON.stringify({ step, ...Object.fromEntries(names.map((name) => [name, step])) });
    await mkdir(join(runs, 'many'));
    await writeFile(join(runs, 'many/metrics.jsonl'), Array.from({ length: 10 }, line).join('\n') + '\n');
  };
  await withRuns(make, (list) => list.total === 1, async ({ api }) => {
    const server = await field({ upstream: api });
    await open(page, server.page, { workload: 'many', metrics: '', refresh: 'off' });
    await page.getByTestId('metrics-all').click();
    await expectView(page, { metrics: '*' });
    await expectPoints(chart(page, 'layers/metric 2'), 10);
    expect(await page.getByTestId('chart').count()).toBe(names.length);
    // The page answers: a click that is worked off within a second or so.
    await expect(page.getByTestId('metric-search')).toBeVisible();
    const asked = () => server.requests.filter(({ endpoint }) => endpoint === 'data');
    const metrics = () => asked().flatMap(({ query }) => (query.metrics ?? '').split(','));
    expect(metrics().length).toBeLessThan(100);
    await page.getByTestId('chart').last().scrollIntoViewIfNeeded();
    await expect(page.getByTestId('chart').last()).toHaveAttribute('data-state', 'ready', { timeout: 90_000 });
    expect(metrics().length).toBeLessThan(300);
    for (const { query } of asked()) expect(`${new URLSearchParams(query)}`.length).toBeLessThan(4_500);

    await page.getByTestId('metric-search').fill('val/');
    await page.getByTestId('metrics-none').click();
    await expectView(page, { metrics: '*,!val/*' });
    await page.reload();
    await expect(page.getByTestId('chart')).toHaveCount(names.filter((name) => !name.startsWith('val/')).length);
  });
});

test('names that people have used are drawn, asked for, and there after a reload', async ({ page, field }) => {
  const folder = join(ROOT, 'tests/e2e/runs/odd-tags');
  const server = await startServer({ runs: folder, ready: (list) => list.total === 1 });
  try {
    const { metrics } = await get(server.api, `/workloads/${await uidOf(server.api, 'run')}/metrics/available`);
    expect(metrics).toHaveLength(20);
    for (const address of [server.url, (await field({ upstream: server.api })).page]) {
      await open(page, address, { workload: await uidOf(server.api, 'run'), metrics: '' });
      for (const { name, count } of metrics) {
        await page.getByTestId('metrics-none').click();
        await page.locator('.picker input[type=checkbox]').nth(metrics.findIndex((one) => one.name === name)).check();
        const only = page.getByTestId('chart');
        const title = await only.getAttribute('data-title');
        await expectPoints(only, metrics.find((one) => one.name === title)?.count ?? count);
        await page.reload();
        await expect(only).toHaveAttribute('data-title', title);
        await expectPoints(only, metrics.find((one) => one.name === title).count);
      }
    }
  } finally {
    await server.stop();
  }
});
