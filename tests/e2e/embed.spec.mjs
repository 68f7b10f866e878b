// The charts alone, in a page of another origin.

import { rowsOf } from './figures.mjs';
import { expect, test } from './fixtures.mjs';
import { startHostPage } from './harness.mjs';
import { chart, expectPoints, open } from './page.mjs';

/** What stands around the charts and has no place in an iframe. */
const AROUND = ['.topbar', '.sidebar', '.toolbar', '[data-testid="share"]', '[data-testid="home"]'];

for (const [what, query, title] of [
  ['charts', 'workload=charlm-clean&metrics=lm_loss&embed=1', 'lm_loss'],
  ['a comparison', 'workload=charlm-clean&page=compare&compare=lm_loss@log~train/lm_loss@wandb&embed=1', undefined],
]) {
  test(`${what} alone`, async ({ page, server }) => {
    await page.goto(`${server.url}/?${query}`);
    const one = title ? chart(page, title) : page.getByTestId('chart').first();
    await expectPoints(one, title ? 300 : 600);
    for (const selector of AROUND) await expect(page.locator(selector), selector).toHaveCount(0);
    if (!title) await expect(page.getByTestId('matched')).toHaveText('300');
  });

  test(`${what} in an iframe of another origin`, async ({ page, server }) => {
    const portal = await startHostPage(
      `<!doctype html><meta charset="utf-8"><title>Portal</title><link rel="icon" href="data:,">
       <h1>Training report</h1><iframe title="chart" src="${server.url}/?${query}" width="900" height="600"></iframe>`,
    );
    try {
      await page.goto(portal.url);
      expect(new URL(portal.url).origin).not.toBe(new URL(server.url).origin);
      const frame = page.frameLocator('iframe');
      const one = title ? chart(frame, title) : frame.getByTestId('chart').first();
      await expect(one).toHaveAttribute('data-state', 'ready');
      await expectPoints(one, title ? 300 : 600);
      for (const selector of AROUND) await expect(frame.locator(selector), selector).toHaveCount(0);
      if (title) {
        await frame.getByTestId(`legend-${title}@log`).getByRole('button').click();
        await expect(one).toHaveAttribute('data-state', 'hidden');
      }
      expect(page.url()).toBe(portal.url);
    } finally {
      await portal.stop();
    }
  });
}

test('an embedded view keeps what the URL says', async ({ page, server }) => {
  const rows = await rowsOf(server.api, 'charlm-clean', 'train/lm_loss', 'wandb');
  await open(page, server.url, {
    workload: 'charlm-clean', metrics: 'train/lm_loss', source: 'wandb', from: '500', to: '900', embed: '1', theme: 'dark',
  });
  await expectPoints(chart(page, 'train/lm_loss'), rows.filter(({ iteration }) => iteration >= 500 && iteration <= 900).length);
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});
