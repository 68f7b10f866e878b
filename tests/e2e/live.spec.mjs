// A log that grows: new points show up by themselves, and only they are fetched.

import { createServer, request as httpRequest } from 'node:http';

import { readNumber, rowsOf } from './figures.mjs';
import { expect, test } from './fixtures.mjs';
import { get, logLine } from './harness.mjs';
import { chart, choose, expectPoints, open } from './page.mjs';

const LOG = 'charlm-clean/console.log';
const VIEW = { workload: 'charlm-clean', metrics: 'lm_loss' };
/** A look at the folder every 2 s, a poll every 5 s, and some patience with a busy machine. */
const SOON = { timeout: 30_000 };

test('appended lines show up without reload, and nothing is fetched twice', async ({ page, live, field }) => {
  const server = await field({ upstream: live.api });
  await open(page, server.page, VIEW);
  const loss = chart(page, 'lm_loss');
  await expectPoints(loss, 300);
  await page.evaluate(() => (window.still = 'the same page'));
  const first = server.requests.filter(({ endpoint }) => endpoint === 'data');
  expect(first.map(({ query }) => query.start)).toEqual([undefined]);
  const before = server.requests.length;

  const now = Date.now();
  await live.append(LOG, logLine(3010, '1.234500E+00', new Date(now - 2_000)) + logLine(3020, '1.111000E+00', new Date(now)));
  await expect(loss.getByTestId('plot')).toHaveAttribute('data-points', '302', SOON);
  await expect(loss.getByTestId('foot')).toHaveText(/^302 points/);
  expect(readNumber(await loss.getByTestId('value').textContent())).toBe(1.111);
  await expect(page.getByTestId('age')).toHaveText(/^last point \d{1,2} s ago$/);
  expect(await page.evaluate(() => window.still)).toBe('the same page');

  const polls = server.requests.slice(before).filter(({ endpoint }) => endpoint === 'data');
  expect(polls.length).toBeGreaterThan(0);
  for (const poll of polls) {
    expect(Number(poll.query.start)).toBeGreaterThan(0);
    expect(Number(poll.query.end)).toBeGreaterThan(now);
    expect(poll.query.metrics).toBe('lm_loss');
    const rows = JSON.parse(poll.body).data;
    expect(rows.length).toBeLessThanOrEqual(2 + 15); // what is new, and what shares the newest second
  }
  const fetched = polls.reduce((sum, { bytes }) => sum + bytes, 0);
  expect(fetched / polls.length).toBeLessThan(first[0].bytes / 10);
});

test('a growing log and a finished run file: each is asked from its own newest point', async ({ page, live, field }) => {
  const server = await field({ upstream: live.api });
  await open(page, server.page, { ...VIEW, metrics: 'lm_loss,train/lm_loss' });
  await expectPoints(chart(page, 'train/lm_loss'), (await rowsOf(live.api, 'charlm-clean', 'train/lm_loss')).length);
  await live.append(LOG, logLine(3010, '1.234500E+00', new Date()));
  await expect(chart(page, 'lm_loss').getByTestId('plot')).toHaveAttribute('data-points', '301', SOON);
  const before = server.requests.length;
  await live.append(LOG, logLine(3020, '1.230000E+00', new Date()));
  await expect(chart(page, 'lm_loss').getByTestId('plot')).toHaveAttribute('data-points', '302', SOON);
  const polls = server.requests.slice(before).filter(({ endpoint }) => endpoint === 'data');
  const starts = Object.groupBy ? Object.groupBy(polls, ({ query }) => query.data_source) : group(polls);
  const { data } = await get(live.api, '/workloads/charlm-clean/metrics/data', { metrics: 'train/lm_loss', data_source: 'wandb' });
  const newest = Math.max(...data.map(({ timestamp }) => timestamp));
  for (const { query } of starts.wandb ?? []) expect(Number(query.start)).toBeLessThanOrEqual(newest);
  for (const { query } of starts.wandb ?? []) expect(Number(query.start)).toBeGreaterThanOrEqual(newest - 60_000);
  expect(starts.wandb?.length).toBeGreaterThan(0);
});

/** `Object.groupBy` for a Node that lacks it. */
function group(polls) {
  const groups = {};
  for (const poll of polls) (groups[poll.query.data_source] ??= []).push(poll);
  return groups;
}

test('a metric that is new appears in the list', async ({ page, live }) => {
  await open(page, live.url, VIEW);
  await expectPoints(chart(page, 'lm_loss'), 300);
  await expect(page.getByTestId('metric-tflops')).toHaveCount(0);
  const line = logLine(3010, '1.2', new Date()).replace(' | loss scale', ' | throughput per GPU (TFLOP/s/GPU): 210.5 | loss scale');
  await live.append(LOG, line);
  await expect(chart(page, 'lm_loss').getByTestId('plot')).toHaveAttribute('data-points', '301', SOON);
  const { metrics } = await get(live.api, '/workloads/charlm-clean/metrics/available');
  const added = metrics.find(({ name, count }) => count === 1 && /tflop|throughput/i.test(name));
  await page.getByTestId(`metric-${added.name}`).check(SOON);
  await expectPoints(chart(page, added.name), 1);
});

test('the comparison follows', async ({ page, live }) => {
  await open(page, live.url, { workload: 'charlm-clean', page: 'compare', compare: 'lm_loss@log~train/lm_loss@wandb' });
  await expect(page.getByTestId('missing-b')).toHaveText('0');
  await live.append(LOG, logLine(3010, '1.234500E+00', new Date()) + logLine(3020, '1.111000E+00', new Date()));
  await expect(page.getByTestId('missing-b')).toHaveText('2', SOON);
  await expect(page.getByTestId('matched')).toHaveText('300');
});

test('a poll with nothing new draws nothing', async ({ page, field }) => {
  const server = await field();
  await open(page, server.page, { workload: 'charlm-clean', metrics: 'train/lm_loss', refresh: 'off' });
  const plot = chart(page, 'train/lm_loss').getByTestId('plot');
  await expect(chart(page, 'train/lm_loss')).toHaveAttribute('data-state', 'ready');
  await expect(page.getByTestId('progress')).toHaveCount(0);
  const drawn = await plot.getAttribute('data-drawn');
  const polls = () => server.requests.filter(({ endpoint }) => endpoint === 'available').length;
  for (let poll = 2; poll <= 4; poll++) {
    // the page asks again only once the answer before is in
    await expect(async () => {
      await page.getByTestId('refresh-now').click();
      expect(polls()).toBeGreaterThanOrEqual(poll);
    }).toPass();
  }
  await expect(plot).toHaveAttribute('data-drawn', drawn);
});

test('refresh off: new points come when they are asked for', async ({ page, live, field }) => {
  const server = await field({ upstream: live.api });
  await page.clock.install();
  await open(page, server.page, { ...VIEW, refresh: 'off' });
  const loss = chart(page, 'lm_loss');
  await expectPoints(loss, 300);
  await live.append(LOG, logLine(3010, '1.234500E+00', new Date()));
  await expect.poll(async () => (await rowsOf(live.api, 'charlm-clean', 'lm_loss', 'log')).length, SOON).toBe(301);
  const before = server.requests.length;
  await page.clock.runFor(120_000);
  await expectPoints(loss, 300);
  expect(server.requests.length).toBe(before);
  await page.getByTestId('refresh-now').click();
  await expectPoints(loss, 301);

  await choose(page.getByTestId('refresh'), '1 min');
  await live.append(LOG, logLine(3020, '1.2', new Date()));
  await expect.poll(async () => (await rowsOf(live.api, 'charlm-clean', 'lm_loss', 'log')).length, SOON).toBe(302);
  await page.clock.runFor(61_000);
  await expectPoints(loss, 302);
});

for (const [name, options] of [['our own server', undefined], ['generation A', { generation: 'A' }], ['generation B', { generation: 'B' }]]) {
  test(`${name}: rows that came before another metric was ticked are there after a refresh`, async ({ page, live, field }) => {
    const address = options ? (await field({ upstream: live.api, ...options })).page : live.url;
    await open(page, address, { ...VIEW, refresh: 'off' });
    const loss = chart(page, 'lm_loss');
    await expectPoints(loss, 300);
    const lines = Array.from({ length: 40 }, (_, at) => logLine(3010 + 10 * at, `${2 - at / 100}`, new Date(Date.now() - 80_000 + 1_000 * at)));
    await live.append(LOG, lines.join(''));
    await expect.poll(async () => (await rowsOf(live.api, 'charlm-clean', 'lm_loss', 'log')).length, SOON).toBe(340);
    await page.getByTestId('metric-grad_norm').check();
    await expectPoints(chart(page, 'grad_norm'), 340);
    await expectPoints(loss, 300);
    await page.getByTestId('refresh-now').click();
    await expectPoints(loss, 340);
  });
}

test('a repeated poll with nothing new is answered without a body', async ({ page, server }) => {
  // What passes between the browser and the real server, seen on the way.
  const seen = [];
  const proxy = createServer((request, response) => {
    const { method, headers } = request;
    const upstream = httpRequest(new URL(request.url, server.url), { method, headers }, (answer) => {
      if (request.url.includes('after=')) seen.push({ url: request.url, status: answer.statusCode });
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    request.pipe(upstream);
  });
  await new Promise((ready) => proxy.listen(0, '127.0.0.1', ready));
  try {
    await open(page, `http://127.0.0.1:${proxy.address().port}`, { workload: 'charlm-clean', metrics: 'lm_loss', refresh: 'off' });
    await expectPoints(chart(page, 'lm_loss'), 300);
    for (let poll = 1; poll <= 4; poll++) {
      await page.getByTestId('refresh-now').click();
      await expect.poll(() => seen.length).toBe(poll);
    }
    expect(new Set(seen.map(({ url }) => url)).size).toBe(1);
    expect(seen.slice(1).map(({ status }) => status)).toEqual([304, 304, 304]);
    await expectPoints(chart(page, 'lm_loss'), 300);
  } finally {
    proxy.closeAllConnections();
    await new Promise((closed) => proxy.close(closed));
  }
});
