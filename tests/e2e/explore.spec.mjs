// Picking: a workload, its metrics, sources and series, and how they are drawn.

import { rowsOf } from './figures.mjs';
import { expect, test } from './fixtures.mjs';
import { get } from './harness.mjs';
import { chart, choose, drawing, expectPoints, expectView, open, pointsOf, titles } from './page.mjs';

const CLEAN = { workload: 'charlm-clean' };

test.describe('workloads', () => {
  test('are listed, searched and picked', async ({ page, server }) => {
    await open(page, server.url);
    const home = page.getByTestId('home-page');
    await expect(home).toHaveAttribute('data-state', 'ready');
    const { data, total } = await get(server.api, '/workloads', { page_size: 1000 });
    for (const { uid, name } of data) await expect(page.getByTestId(`workload-${uid}`)).toHaveText(name);
    await expect(home).toContainText(`${total} of ${total} workloads`);

    await page.getByTestId('workload-search').fill('charlm');
    const found = data.filter(({ name }) => name.includes('charlm'));
    await expect(home).toContainText(`${found.length} of ${found.length} workloads`);
    await expect(page.locator('[data-testid="workloads"] tbody tr')).toHaveCount(found.length);
    await page.getByTestId('workload-charlm-clean').click();
    await expectView(page, CLEAN);
    await expect(page.getByTestId('workload-name')).toHaveText('charlm-clean');
    await expect(page).toHaveTitle(/charlm-clean/);

    await page.getByTestId('home').click();
    await expectView(page, { workload: undefined });
    await expect(home).toBeVisible();
  });

  test('are filtered by status, and a filter that leaves nothing says so', async ({ page, server }) => {
    await open(page, server.url);
    const { data } = await get(server.api, '/workloads', { page_size: 1000 });
    const rows = page.locator('[data-testid="workloads"] tbody tr');
    await choose(page.getByTestId('workload-status'), 'done');
    await expect(rows).toHaveCount(data.filter(({ status }) => status === 'Done').length);
    await choose(page.getByTestId('workload-status'), 'pending');
    await page.getByTestId('workload-search').fill('nothing-has-this-name');
    const none = page.getByTestId('no-match');
    await expect(none).toBeVisible();
    await none.getByRole('button', { name: 'Show all' }).click();
    await expect(rows).toHaveCount(data.length);
    await expect(page.getByTestId('workload-search')).toHaveValue('');
    await expect(page.getByTestId('workload-status').locator('option:checked')).toHaveText('all');
  });

  test('with its charts at once: loss and accuracy', async ({ page, server }) => {
    await open(page, server.url, CLEAN);
    for (const [metric, sources] of [['lm_loss', ['log']], ['train/lm_loss', ['wandb', 'tensorflow']]]) {
      const one = chart(page, metric);
      await expect(one).toHaveAttribute('data-state', 'ready');
      await expectPoints(one, (await rowsOf(server.api, 'charlm-clean', metric)).length);
      for (const source of sources) {
        const rows = await rowsOf(server.api, 'charlm-clean', metric, source);
        expect(rows).toHaveLength(300);
        const legend = one.getByTestId(`legend-${metric}@${source}`);
        await expect(legend).toBeVisible();
        const last = Number((await legend.getByTestId('value').textContent()).replace('−', '-'));
        expect(last).toBeCloseTo(rows.at(-1).value, 6);
      }
    }
    expect((await titles(page)).every((title) => /loss|acc/.test(title))).toBe(true);
  });
});

test.describe('a server that lists nothing', () => {
  test.use({ requestsMayFail: true });
  for (const form of ['forbidden', 'missing-path']) {
    test(`opens a workload by its UID (${form})`, async ({ page, field }) => {
      const server = await field();
      server.fail('workloads', form);
      await open(page, server.page);
      await expect(page.getByTestId('error')).toBeVisible();
      await expect(page.getByTestId('home-page')).toContainText('UID');
      await page.getByTestId('uid').fill(' charlm-clean ');
      await page.getByTestId('uid-open').click();
      await expectView(page, CLEAN);
      await expectPoints(chart(page, 'lm_loss'), 300);
    });
  }
});

test.describe('metrics', () => {
  test('are searched by regular expression and folded in groups', async ({ page, server }) => {
    await open(page, server.url, CLEAN);
    const { metrics } = await get(server.api, '/workloads/charlm-clean/metrics/available');
    const picker = page.getByRole('region', { name: 'Metrics' });
    const boxes = picker.getByRole('checkbox');
    const search = page.getByTestId('metric-search');
    for (const pattern of ['^train/', 'loss$', 'LM_LOSS', '(train|valid)/acc']) {
      await search.fill(pattern);
      const found = metrics.filter(({ name }) => new RegExp(pattern, 'i').test(name));
      await expect(boxes, pattern).toHaveCount(found.length);
      for (const { name } of found) await expect(page.getByTestId(`metric-${name}`)).toBeVisible();
    }
    await search.fill('loss('); // not an expression yet: as plain text
    await expect(picker).toContainText('plain text');
    await expect(page.getByTestId('metrics-empty')).toHaveText('No metric matches.');
    await search.fill('');

    const bookkeeping = page.getByTestId('metric-consumed_samples');
    await expect(bookkeeping).toBeHidden();
    await picker.getByText(/^bookkeeping \(\d+\)$/).click();
    await expect(bookkeeping).toBeVisible();
    const inTrain = metrics.filter(({ name }) => name.startsWith('train/')).length;
    await picker.getByText(`train (${inTrain})`).click();
    await expect(page.getByTestId('metric-train/lm_loss')).toBeHidden();
  });

  test('are switched on and off, one by one and by search', async ({ page, server }) => {
    await open(page, server.url, { ...CLEAN, metrics: 'lm_loss' });
    await expectPoints(chart(page, 'lm_loss'), 300);
    await page.getByTestId('metric-grad_norm').check();
    await expectPoints(chart(page, 'grad_norm'), 300);
    await expectView(page, { metrics: /^(lm_loss,grad_norm|grad_norm,lm_loss)$/ });
    await page.getByTestId('metric-lm_loss').uncheck();
    await expect.poll(() => titles(page)).toEqual(['grad_norm']);

    await page.getByTestId('metric-search').fill('^valid/');
    await page.getByTestId('metrics-all').click();
    await expect.poll(() => titles(page)).toEqual(['grad_norm', 'valid/accuracy', 'valid/lm_loss']);
    await page.getByTestId('metrics-none').click();
    await page.getByTestId('metric-search').fill('');
    await page.getByTestId('metrics-none').click();
    await expect(page.getByTestId('no-metrics')).toContainText('No metric is chosen');
    await page.getByRole('button', { name: 'Show loss and accuracy' }).click();
    await expectPoints(chart(page, 'lm_loss'), 300);
    await expectView(page, { metrics: undefined });
  });

  test('that the workload does not have are named', async ({ page, server }) => {
    await open(page, server.url, { ...CLEAN, metrics: 'lm_loss,bleu' });
    await expect(page.getByTestId('absent')).toContainText('bleu');
    await expectPoints(chart(page, 'lm_loss'), 300);
  });
});

test.describe('sources and series', () => {
  test('a source is switched off everywhere', async ({ page, server }) => {
    await open(page, server.url, { ...CLEAN, metrics: 'train/lm_loss,lm_loss' });
    const loss = chart(page, 'train/lm_loss');
    const all = await rowsOf(server.api, 'charlm-clean', 'train/lm_loss');
    await expectPoints(loss, all.length);
    await page.getByTestId('source-wandb').uncheck();
    await expectPoints(loss, all.filter(({ source }) => source !== 'wandb').length);
    await expect(loss.getByTestId('legend-train/lm_loss@wandb')).toHaveCount(0);
    await page.getByTestId('source-wandb').check();
    await expectPoints(loss, all.length);
    await expectView(page, { source: undefined });
  });

  test('a legend row hides its series, and shows it again', async ({ page, server }) => {
    await open(page, server.url, { ...CLEAN, metrics: 'train/lm_loss' });
    const loss = chart(page, 'train/lm_loss');
    const all = await rowsOf(server.api, 'charlm-clean', 'train/lm_loss');
    await expectPoints(loss, all.length);
    const row = (source) => loss.getByTestId(`legend-train/lm_loss@${source}`).getByRole('button');
    await row('tensorflow').click();
    await expectPoints(loss, all.filter(({ source }) => source !== 'tensorflow').length);
    await expect(row('tensorflow')).toHaveAttribute('aria-pressed', 'false');
    await expectView(page, { hide: 'train/lm_loss@tensorflow' });
    await row('tensorflow').click();
    await expectPoints(loss, all.length);
    await expectView(page, { hide: undefined });
    for (const source of new Set(all.map((one) => one.source))) await row(source).click();
    await expect(loss).toHaveAttribute('data-state', 'hidden');
    await expect(loss).toContainText('All series are hidden');
  });
});

test.describe('how it is drawn', () => {
  test('one chart for all', async ({ page, server }) => {
    await open(page, server.url, { ...CLEAN, metrics: 'lm_loss,train/lm_loss' });
    await expectPoints(chart(page, 'lm_loss'), 300);
    await choose(page.getByTestId('layout'), /^one( for all)?$/);
    await expectView(page, { layout: 'one' });
    const all = await rowsOf(server.api, 'charlm-clean', ['lm_loss', 'train/lm_loss']);
    await expectPoints(chart(page, 'lm_loss, train/lm_loss'), all.length);
    await expect(page.getByTestId('chart')).toHaveCount(1);
    await expect(page.getByTestId('legend-lm_loss@log')).toContainText('lm_loss · log');
  });

  test('by iteration, relative time and wall time', async ({ page, server }) => {
    await open(page, server.url, { ...CLEAN, metrics: 'lm_loss' });
    const loss = chart(page, 'lm_loss');
    await expectPoints(loss, 300);
    const rows = await rowsOf(server.api, 'charlm-clean', 'lm_loss', 'log');
    const at = async () => {
      const box = await loss.getByTestId('plot-pointer').boundingBox();
      await page.mouse.move(0, 0);
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      return loss.locator('.legend .at');
    };
    await expect(await at()).toHaveText(/^step \d+$/);
    const drawings = [await drawing(loss)];
    for (const [name, spelled] of [['relative', 'relative'], ['wall', 'time']]) {
      await choose(page.getByTestId('x-axis'), name);
      await expectView(page, { x: spelled });
      await expect.poll(async () => drawings.includes(await drawing(loss)), name).toBe(false);
      drawings.push(await drawing(loss));
      await expectPoints(loss, rows.length);
      const days = new Set(rows.map(({ time_ms }) => new Date(time_ms).toISOString().slice(0, 10)));
      const shown = await (await at()).textContent();
      expect([...days].some((day) => shown.startsWith(day)), shown).toBe(true);
    }
    await choose(page.getByTestId('x-axis'), 'iteration');
    await expectView(page, { x: undefined });
  });

  test('the crosshair tells raw points', async ({ page, server }) => {
    await open(page, server.url, { ...CLEAN, metrics: 'train/lm_loss', smooth: '0.9' });
    const loss = chart(page, 'train/lm_loss');
    const rows = await rowsOf(server.api, 'charlm-clean', 'train/lm_loss', 'wandb');
    await expect(loss).toHaveAttribute('data-state', 'ready');
    const box = await loss.getByTestId('plot-pointer').boundingBox();
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2);
    const legend = loss.getByTestId('legend-train/lm_loss@wandb');
    await expect(legend.locator('.at')).toHaveText(/^step \d+$/);
    const step = Number((await legend.locator('.at').textContent()).slice(5));
    const row = rows.find(({ iteration }) => iteration === step);
    expect(Number(await legend.getByTestId('value').textContent())).toBeCloseTo(row.value, 6);
    await page.mouse.move(0, 0);
    await expect(legend.locator('.at')).toHaveText('');
  });

  test('on a logarithmic axis', async ({ page, server }) => {
    await open(page, server.url, { ...CLEAN, metrics: 'lm_loss' });
    const loss = chart(page, 'lm_loss');
    await expectPoints(loss, 300);
    const linear = await drawing(loss);
    await choose(page.getByTestId('y-axis'), 'log');
    await expectView(page, { scale: 'log' });
    await expect.poll(() => drawing(loss)).not.toBe(linear);
    await expectPoints(loss, 300);
    await choose(page.getByTestId('y-axis'), 'linear');
    await expect.poll(() => drawing(loss)).toBe(linear);
  });

  test('smoothed, with the raw values in the legend', async ({ page, server }) => {
    await open(page, server.url, { ...CLEAN, metrics: 'lm_loss' });
    const loss = chart(page, 'lm_loss');
    await expectPoints(loss, 300);
    const [raw, value] = [await drawing(loss), await loss.getByTestId('value').textContent()];
    await page.getByTestId('smooth').fill('0.9');
    await expectView(page, { smooth: '0.9' });
    await expect.poll(() => drawing(loss)).not.toBe(raw);
    expect(await pointsOf(loss)).toBe(300);
    await expect(loss.getByTestId('value')).toHaveText(value);
    await page.getByTestId('smooth').fill('0');
    await expect.poll(() => drawing(loss)).toBe(raw);
    await expectView(page, { smooth: undefined });
  });
});
