// The parts that are loaded later: not before they are needed, and what is said if they don't come.

import { readdir } from 'node:fs/promises';

import { expect, test } from './fixtures.mjs';
import { DIST } from './harness.mjs';
import { chart, open } from './page.mjs';

/** The files that are not of the first load, as crates/xtask/src/page.rs knows them. */
const LATER = /-(compare|data|chunk_\d+)\.wasm$/;

/** The demo run with two metrics. */
const VIEW = { workload: 'charlm-clean', metrics: 'lm_loss', refresh: 'off' };

test('a visit up to the first chart loads no part', async ({ page, server }) => {
  const later = (await readdir(DIST)).filter((name) => LATER.test(name));
  expect(later.length, 'the build is cut').toBeGreaterThanOrEqual(2);
  const loaded = [];
  page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
  await open(page, server.url);
  await expect(page.getByTestId('home-page')).toHaveAttribute('data-state', 'ready');
  await open(page, server.url, VIEW);
  await expect(chart(page, 'lm_loss')).toHaveAttribute('data-state', 'ready');
  await page.waitForLoadState('networkidle');
  expect(loaded.filter((path) => LATER.test(path))).toEqual([]);
  expect(loaded.filter((path) => path.endsWith('.wasm')).length).toBeGreaterThanOrEqual(1);
});

test('a part that is pointed at is loaded before it is shown', async ({ page, server }) => {
  await open(page, server.url, VIEW);
  await expect(chart(page, 'lm_loss')).toHaveAttribute('data-state', 'ready');
  const request = page.waitForRequest(/-compare\.wasm$/);
  await page.getByTestId('tab-compare').hover();
  await request;
  await expect(page.getByTestId('explore')).toBeVisible();
});

test.describe('where code does not load', () => {
  test.use({ requestsMayFail: true });

  for (const [part, tab, file] of [
    ['compare', 'tab-compare', '**/*-compare.wasm'],
    ['data', 'tab-data', '**/*-data.wasm'],
  ]) {
    test(`the page says that the code of ${part} did not load, and tries again`, async ({ page, server }) => {
      await open(page, server.url, VIEW);
      await expect(chart(page, 'lm_loss')).toHaveAttribute('data-state', 'ready');
      await page.route(file, (route) => route.fulfill({ status: 404, body: 'gone' }));
      await page.getByTestId(tab).click();
      await expect(page.getByTestId('lazy-page')).toHaveAttribute('data-state', 'failed');
      await page.unroute(file);
      await page.getByTestId('lazy-page').getByTestId('retry').click();
      await expect(page.getByTestId(part)).toBeVisible();
    });
  }

  test('the page says that the code did not load in the engine, and tries again', async ({ page, server }) => {
    await open(page, server.url, VIEW);
    await expect(chart(page, 'lm_loss')).toHaveAttribute('data-state', 'ready');
    // the page's own request comes first, the engine's after it
    let count = 0;
    await page.route('**/*-compare.wasm', (route) => (++count === 1 ? route.continue() : route.abort()));
    await page.getByTestId('tab-compare').click();
    await expect(page.getByTestId('lazy-page')).toHaveAttribute('data-state', 'failed');
    await page.unroute('**/*-compare.wasm');
    await page.getByTestId('lazy-page').getByTestId('retry').click();
    await expect(page.getByTestId('matrix-page')).toHaveAttribute('data-state', 'ready');
  });
});
