// The same page against each server in the field: the same points, whatever the form.

import { agreement, grouped, rowsOf } from './figures.mjs';
import { expect, test } from './fixtures.mjs';
import { chart, choose, expectPoints, expectView, open } from './page.mjs';

const SERVERS = {
  'generation A': { generation: 'A' },
  'generation A with an enveloped list': { generation: 'A', envelopedList: true },
  'generation A with null for NaN': { generation: 'A', nullForNonFinite: true },
  'generation B': { generation: 'B' },
  'generation B with words for NaN': { generation: 'B', nullForNonFinite: false },
  'workloads without status and times': { generation: 'A', omit: ['status', 'start_at', 'end_at', 'source', 'files', 'namespace', 'kind', 'gpu_allocated'] },
  'another base path': { generation: 'B', basePath: '/lens/v1' },
  'a page under a sub-path': { generation: 'A', basePath: '/lens/v1', subPath: '/portal/parallax' },
};

for (const [name, options] of Object.entries(SERVERS)) {
  test(`${name}: pick, explore, compare`, async ({ page, server, field }) => {
    const { page: address, requests } = await field({ ...options, seed: 7 });
    await open(page, address);
    await page.getByTestId('workload-charlm-resume').click();
    await expectView(page, { workload: 'charlm-resume' });
    await expect(page.getByTestId('workload-name')).toHaveText('charlm-resume');
    expect(new URL(page.url()).pathname).toBe(new URL(address).pathname);

    const log = await rowsOf(server.api, 'charlm-resume', 'lm_loss');
    const all = await rowsOf(server.api, 'charlm-resume', 'train/lm_loss');
    await expectPoints(chart(page, 'lm_loss'), log.length);
    await expect(chart(page, 'lm_loss').getByTestId('foot')).toContainText('2 attempts');
    await expectPoints(chart(page, 'train/lm_loss'), all.length);

    await page.getByTestId('tab-compare').click();
    await page.getByTestId('pair-lm_loss@log~train/lm_loss@wandb').click();
    const figures = agreement(log, all.filter(({ source }) => source === 'wandb'));
    await expect(page.getByTestId('matched')).toHaveText(grouped(figures.matched));
    await expect(page.getByTestId('missing-b')).toHaveText(grouped(figures.missingFromB));
    await expect(page.getByTestId('missing-a')).toHaveText(grouped(figures.missingFromA));
    await page.getByTestId('tab-data').click();
    await expect(page.getByTestId('points')).toBeVisible();
    expect(requests.every(({ form }) => form === 'true')).toBe(true);
  });

  test(`${name}: what is not finite`, async ({ page, server, field }) => {
    const { page: address } = await field(options);
    await open(page, address, { workload: 'charlm-diverge', metrics: 'lm_loss' });
    const rows = await rowsOf(server.api, 'charlm-diverge', 'lm_loss');
    const odd = rows.filter(({ value }) => !Number.isFinite(value)).length;
    expect(odd).toBeGreaterThan(0);
    await expectPoints(chart(page, 'lm_loss'), rows.length);
    const isNull = options.nullForNonFinite ?? options.generation === 'B';
    await expect(chart(page, 'lm_loss').getByTestId('foot')).toContainText(`${odd} ${isNull ? 'without a value' : 'NaN'}`);
  });
}

test('orders differ from answer to answer; the page stays as it is', async ({ page, field }) => {
  const server = await field({ generation: 'B', seed: 3 });
  await open(page, server.page, { workload: 'charlm-clean' });
  await expect(chart(page, 'lm_loss')).toHaveAttribute('data-state', 'ready');
  const names = () => page.getByRole('region', { name: 'Metrics' }).getByRole('checkbox').evaluateAll((boxes) => boxes.map((box) => box.dataset.testid));
  const legend = () => chart(page, 'train/lm_loss').locator('.legend li').evaluateAll((rows) => rows.map((row) => row.dataset.testid));
  const [metrics, series] = [await names(), await legend()];
  for (let poll = 0; poll < 3; poll++) {
    const answered = server.requests.filter(({ endpoint }) => endpoint === 'available').length;
    await page.getByTestId('refresh-now').click();
    await expect.poll(() => server.requests.filter(({ endpoint }) => endpoint === 'available').length).toBeGreaterThan(answered);
  }
  expect([await names(), await legend()]).toEqual([metrics, series]);
});

test('?api= names another path of the same origin, and only that', async ({ page, field }) => {
  const server = await field({ basePath: '/lens/v1', config: { api: '/nowhere/v1' } });
  await open(page, server.page, { workload: 'charlm-clean', metrics: 'lm_loss', api: '/lens/v1' });
  await expectPoints(chart(page, 'lm_loss'), 300);
  await choose(page.getByTestId('y-axis'), 'log');
  await expectView(page, { scale: 'log', api: '/lens/v1' });
});

test.describe('an address of another origin', () => {
  test.use({ requestsMayFail: true });
  test('in ?api= is not asked', async ({ page, field }) => {
    const [server, stranger] = [await field(), await field()];
    const { host } = new URL(stranger.api);
    for (const api of [stranger.api, `//${host}/v1`, `/\\${host}/v1`, `/\t/${host}/v1`, `/\r\n/${host}/v1`, ` //${host}/v1`]) {
      await open(page, server.page, { workload: 'charlm-clean', metrics: 'lm_loss', api });
      await expectPoints(chart(page, 'lm_loss'), 300);
      expect(stranger.requests, JSON.stringify(api)).toEqual([]);
    }
  });
});
