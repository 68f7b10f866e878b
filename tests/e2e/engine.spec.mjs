// The engine stops: its memory runs out, or its code traps. The page says so and starts it again.

import { expect, test } from './fixtures.mjs';
import { chart, choose, expectPoints, expectView, open } from './page.mjs';

const VIEW = { workload: 'charlm-clean', metrics: 'lm_loss', refresh: 'off' };

/** What the browser writes to the console about a trap is expected here. */
test.use({ requestsMayFail: true, errorsMayOccur: true });

/**
 * Has the engine ask for more memory than there can be, as it would for a run that is too large.
 * @param {import('@playwright/test').Page} page
 */
async function exhaust(page) {
  const script = await page.evaluate(() => document.querySelector('link[rel=modulepreload]').href);
  const worker = page.workers().at(-1);
  await worker.evaluate(async (script) => {
    // The module that runs here; started already, so this gives its exports.
    const { default: start } = await import(script);
    const wasm = await start();
    const page_bytes = 65_536;
    wasm.memory.grow((2 ** 32 - wasm.memory.buffer.byteLength) / page_bytes);
    // A message that no memory is left for.
    setTimeout(() => onmessage(new MessageEvent('message', { data: new Uint8Array(2 ** 28) })));
  }, script);
}

test('memory that runs out is reported, and the charts come back', async ({ page, server }) => {
  await open(page, server.url, VIEW);
  const loss = chart(page, 'lm_loss');
  await expectPoints(loss, 300);
  const notice = page.getByTestId('engine-failure');
  await expect(notice).toHaveCount(0);
  const ended = page.workers()[0].waitForEvent('close');
  await exhaust(page);
  await expect(notice).toContainText('The engine stopped');
  await expect(notice).toContainText('memory');
  await ended;
  await expect.poll(() => page.workers().length).toBe(1);

  // The view is as it was, and whatever is asked for next is answered by the new engine.
  await expectView(page, { metrics: 'lm_loss', workload: 'charlm-clean' });
  await expectPoints(loss, 300);
  await choose(page.getByTestId('y-axis'), 'log');
  await page.getByTestId('metric-train/lm_loss').check();
  await expect(chart(page, 'train/lm_loss')).toHaveAttribute('data-state', 'ready');
  await page.getByTestId('refresh-now').click();
  await expectPoints(loss, 300);
  await notice.getByTestId('dismiss').click();
  await expect(notice).toHaveCount(0);
});

test('the comparison comes back too', async ({ page, server }) => {
  await open(page, server.url, { workload: 'charlm-clean', page: 'compare', refresh: 'off' });
  await expect(page.getByTestId('matrix-page')).toHaveAttribute('data-state', 'ready');
  const summary = await page.getByTestId('matrix-summary').textContent();
  await exhaust(page);
  await expect(page.getByTestId('engine-failure')).toBeVisible();
  await page.getByTestId('pair-lm_loss@log~train/lm_loss@wandb').click();
  await expect(page.getByTestId('matched')).toHaveText('300');
  await page.getByTestId('all-pairs').click();
  await expect(page.getByTestId('matrix-summary')).toHaveText(summary);
});

test('an engine that stops again and again is not started for ever', async ({ page, server }) => {
  await open(page, server.url, VIEW);
  const loss = chart(page, 'lm_loss');
  const notice = page.getByTestId('engine-failure');
  for (let stop = 1; stop <= 3; stop++) {
    await expectPoints(loss, 300);
    await page.getByTestId('refresh-now').click();
    await expect.poll(() => page.workers().length).toBe(1);
    await exhaust(page);
    await expect(notice).toBeVisible();
    if (stop < 3) await notice.getByTestId('dismiss').click();
  }
  await expect.poll(() => page.workers().length).toBe(0);
  await expectPoints(loss, 300);
  await notice.getByTestId('restart').click();
  await page.getByTestId('metric-train/lm_loss').check();
  await expect(chart(page, 'train/lm_loss')).toHaveAttribute('data-state', 'ready');
});
