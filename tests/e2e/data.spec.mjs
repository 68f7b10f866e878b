// The points behind the charts: the table, the CSV, the files that they came from.

import { readFile } from 'node:fs/promises';

import { grouped, rowsOf } from './figures.mjs';
import { expect, test } from './fixtures.mjs';
import { get, parseCsv } from './harness.mjs';
import { expectView, open } from './page.mjs';

/** One line for each row, the same for a row of the API and a row of the CSV. */
const line = (row) => [row.metric, row.source, row.iteration, row.is_timed ? row.time_ms : 'no time', row.value].join(' ');

const fromCsv = (row) => ({
  metric: row.metric,
  source: row.source,
  iteration: Number(row.iteration),
  time_ms: Number(row.timestamp_ms),
  is_timed: row.timestamp_ms !== '',
  value: row.value === '' ? 'missing' : Number(row.value),
});

/** Waits for the rows to be there, downloads them, reads the file. */
async function download(page, count) {
  await expect(page.getByTestId('rows')).toHaveAttribute('data-total', `${count}`);
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByTestId('csv').click()]);
  const text = await readFile(await file.path(), 'utf8');
  return { name: file.suggestedFilename(), rows: parseCsv(text) };
}

for (const [workload, metrics] of [
  ['charlm-clean', ['lm_loss', 'train/lm_loss', 'valid/accuracy']],
  ['charlm-diverge', ['lm_loss', 'train/lm_loss']],
  ['charlm-resume', ['lm_loss', 'train/lm_loss']],
  ['hf-trainer', ['loss', 'train/loss', 'eval/loss']],
  ['keras-digits', ['loss', 'epoch/loss', 'train/epoch_loss']],
]) {
  test(`the CSV of ${workload} has the API's numbers`, async ({ page, server }) => {
    const expected = await rowsOf(server.api, workload, metrics);
    await open(page, server.url, { workload, metrics: metrics.join(','), page: 'data', refresh: 'off' });
    const { name, rows } = await download(page, expected.length);
    expect(name).toBe(`${workload}.csv`);
    expect(Object.keys(rows[0])).toEqual(expect.arrayContaining(['metric', 'source', 'iteration', 'timestamp_ms', 'value']));
    expect(rows.map(fromCsv).map(line).sort()).toEqual(expected.map(line).sort());
    if (workload === 'charlm-diverge') expect(rows.some(({ value }) => value === 'NaN')).toBe(true);
  });
}

test('the CSV has what is shown: the window, without what is hidden', async ({ page, server }) => {
  await open(page, server.url, {
    workload: 'charlm-clean',
    metrics: 'lm_loss,train/lm_loss',
    source: 'log,wandb',
    hide: 'lm_loss@log',
    from: '1000',
    to: '1500',
    page: 'data',
  });
  const wandb = await rowsOf(server.api, 'charlm-clean', 'train/lm_loss', 'wandb');
  const inside = wandb.filter(({ iteration }) => iteration >= 1000 && iteration <= 1500);
  const { rows } = await download(page, inside.length);
  expect(rows.map(fromCsv).map(line)).toEqual(inside.map(line));
});

test('the table turns its pages', async ({ page, server }) => {
  await open(page, server.url, { workload: 'charlm-clean', metrics: 'lm_loss', source: 'log' });
  await page.getByTestId('tab-data').click();
  await expectView(page, { page: 'data' });
  const all = await rowsOf(server.api, 'charlm-clean', 'lm_loss', 'log');
  const rows = page.locator('[data-testid="points"] tbody tr');
  const [next, previous] = ['Next rows', 'Previous rows'].map((name) => page.getByRole('button', { name }));
  await expect(rows).toHaveCount(200);
  await expect(page.getByTestId('rows')).toHaveText(`1–200 of ${grouped(all.length)}`);
  await expect(previous).toBeDisabled();
  await expect(next).toHaveText('›');
  await next.click();
  await expect(rows).toHaveCount(all.length - 200);
  await expect(next).toBeDisabled();
  const last = all.at(-1);
  const time = new Date(last.time_ms).toISOString().slice(0, 19).replace('T', ' ');
  await expect(rows.last().locator('td')).toHaveText(['lm_loss', 'log', '1', `${last.iteration}`, time, `${last.value}`]);
  await previous.click();
  await expect(rows.first().locator('td').nth(3)).toHaveText(`${all[0].iteration}`);
});

test('the files are told as the server read them', async ({ page, server }) => {
  await open(page, server.url, { workload: 'charlm-clean', page: 'data' });
  const { files } = await get(server.api, '/workloads/charlm-clean');
  const table = page.getByTestId('files');
  await expect(table.locator('tbody tr')).toHaveCount(files.length);
  for (const file of files) {
    const row = table.getByRole('row').filter({ hasText: file.path });
    await expect(row).toContainText(grouped(file.points));
    await expect(row).toContainText(file.data_source);
  }
});
