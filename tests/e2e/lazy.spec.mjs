// Lazy modules: loaded when they are needed and not before; a failed load is reported and retried.

import { readdir } from 'node:fs/promises';

import { expect, test } from './fixtures.mjs';
import { DIST } from './harness.mjs';
import { chart, open } from './page.mjs';

/** The files of lazy modules, which crates/xtask/src/split.rs leaves out of the first load. */
const LAZY = /\/(split_\w+|chunk_\d+)\.wasm$/;

/** The demo run with two metrics. */
const VIEW = { workload: 'charlm-clean', metrics: 'lm_loss', refresh: 'off' };

test('a visit up to the first chart loads no lazy module', async ({ page, server }) => {
  const modules = (await readdir(DIST, { recursive: true })).filter((name) => LAZY.test(name));
  expect(modules.length, 'the build is split').toBeGreaterThanOrEqual(2);
  const loaded = [];
  page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
  await open(page, server.url);
  await expect(page.getByTestId('home-page')).toHaveAttribute('data-state', 'ready');
  await open(page, server.url, VIEW);
  await expect(chart(page, 'lm_loss')).toHaveAttribute('data-state', 'ready');
  await page.waitForLoadState('networkidle');
  expect(loaded.filter((path) => LAZY.test(path))).toEqual([]);
  expect(loaded.filter((path) => path.endsWith('.wasm')).length).toBeGreaterThanOrEqual(1);
});

test('the module of a tab under the pointer is loaded before it is shown', async ({ page, server }) => {
  await open(page, server.url, VIEW);
  await expect(chart(page, 'lm_loss')).toHaveAttribute('data-state', 'ready');
  const request = page.waitForRequest(/split_compare\.wasm$/);
  await page.getByTestId('tab-compare').hover();
  await request;
  await expect(page.getByTestId('explore')).toBeVisible();
});

test.describe('where a module does not load', () => {
  test.use({ requestsMayFail: true });

  for (const [name, tab, file] of [
    ['compare', 'tab-compare', '**/split_compare.wasm'],
    ['data', 'tab-data', '**/split_data.wasm'],
  ]) {
    test(`the page reports that the module ${name} did not load, and loads it on retry`, async ({ page, server }) => {
      await open(page, server.url, VIEW);
      await expect(chart(page, 'lm_loss')).toHaveAttribute('data-state', 'ready');
      await page.route(file, (route) => route.fulfill({ status: 404, body: 'gone' }));
      await page.getByTestId(tab).click();
      await expect(page.getByTestId('lazy-page')).toHaveAttribute('data-state', 'failed');
      await page.unroute(file);
      await page.getByTestId('lazy-page').getByTestId('retry').click();
      await expect(page.getByTestId(name)).toBeVisible();
    });
  }

  test('the page reports that the module did not load in the engine, and loads it on retry', async ({ page, server }) => {
    await open(page, server.url, VIEW);
    await expect(chart(page, 'lm_loss')).toHaveAttribute('data-state', 'ready');
    // the page's own request comes first, the engine's after it
    let count = 0;
    await page.route('**/split_compare.wasm', (route) => (++count === 1 ? route.continue() : route.abort()));
    await page.getByTestId('tab-compare').click();
    await expect(page.getByTestId('lazy-page')).toHaveAttribute('data-state', 'failed');
    await page.unroute('**/split_compare.wasm');
    await page.getByTestId('lazy-page').getByTestId('retry').click();
    await expect(page.getByTestId('matrix-page')).toHaveAttribute('data-state', 'ready');
  });
});
