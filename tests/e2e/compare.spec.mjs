// Two series of one metric over each other: the card's figures are those of the API's own rows.

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { dice } from './field-forms.mjs';
import { agreement, grouped, readNumber, rounded, rowsOf } from './figures.mjs';
import { expect, test } from './fixtures.mjs';
import { startServer } from './harness.mjs';
import { chart, choose, chosen, expectView, open, view } from './page.mjs';

const clean = { workload: 'charlm-clean', page: 'compare' };
const lossPair = 'lm_loss@log~train/lm_loss@wandb';

/** Holds what the card shows against what the rows say. */
async function expectCard(page, figures) {
  const card = page.getByTestId('agreement');
  await expect(card.getByTestId('matched')).toHaveText(grouped(figures.matched));
  await expect(card.getByTestId('missing-b')).toHaveText(grouped(figures.missingFromB));
  await expect(card.getByTestId('missing-a')).toHaveText(grouped(figures.missingFromA));
  for (const [id, value] of [
    ['max-delta', figures.largest],
    ['mean-delta', figures.mean],
    ['rmse', figures.rmse],
  ]) {
    expect(readNumber(await card.getByTestId(id).textContent()), id).toBe(rounded(value));
  }
  // a mean of rounding errors of both signs: its last digit depends on the order of the sum
  const bias = readNumber(await card.getByTestId('bias').textContent());
  expect(Math.abs(bias - figures.bias)).toBeLessThan(figures.mean * 1e-3 + Number.EPSILON);
  await expect(card.getByTestId('zoom-max')).toHaveText(`at step ${figures.largestAt}`);
}

async function figuresOf(api, workload, [metricA, sourceA], [metricB, sourceB]) {
  return agreement(
    await rowsOf(api, workload, metricA, sourceA),
    await rowsOf(api, workload, metricB, sourceB),
  );
}

test('the log and wandb agree in charlm-clean, without being told what to compare', async ({ page, server }) => {
  await open(page, server.url, { workload: 'charlm-clean' });
  await page.getByTestId('tab-compare').click();
  await expectView(page, { page: 'compare' });
  await page.getByTestId(`pair-${lossPair}`).click();
  await expectView(page, { compare: lossPair });
  await expect(page.getByTestId('agreement')).toBeVisible();
  for (const [id, name] of [['metric-a', 'lm_loss'], ['source-a', 'log'], ['metric-b', 'train/lm_loss'], ['source-b', 'wandb']]) {
    await expect.poll(() => chosen(page.locator(`select[data-testid="${id}"]`)), id).toBe(name);
  }
  const figures = await figuresOf(server.api, 'charlm-clean', ['lm_loss', 'log'], ['train/lm_loss', 'wandb']);
  expect([figures.matched, figures.missingFromA, figures.missingFromB]).toEqual([300, 0, 0]);
  expect(figures.largest).toBeGreaterThan(0);
  expect(figures.largest).toBeLessThanOrEqual(0.5e-6 * 1.000001); // the log prints 7 digits of numbers below 10
  await expectCard(page, figures);
  await expect(page.getByTestId('verdict')).toContainText('Equal within rounding');
  await expect(page.getByTestId('plot').first()).toHaveAttribute('data-points', '600');
  await expect(page.getByTestId('sentence')).not.toBeEmpty();
});

test('other metrics and sources are chosen in the lists', async ({ page, server }) => {
  await open(page, server.url, { ...clean, compare: lossPair });
  await expect(page.getByTestId('agreement')).toBeVisible();
  const select = (id) => page.locator(`select[data-testid="${id}"]`);
  await select('metric-a').selectOption('grad_norm');
  await select('metric-b').selectOption('train/grad_norm');
  await select('source-b').selectOption('tensorflow');
  await expectView(page, { compare: 'grad_norm@log~train/grad_norm@tensorflow' });
  const sides = [['grad_norm', 'log'], ['train/grad_norm', 'tensorflow']];
  await expect(page.getByTestId('plot').first()).toHaveAttribute('data-points', '600');
  await expectCard(page, await figuresOf(server.api, 'charlm-clean', ...sides));
});

test('wandb and tensorflow differ by no more than float32', async ({ page, server }) => {
  await open(page, server.url, { ...clean, compare: 'train/lm_loss@wandb~train/lm_loss@tensorflow' });
  const figures = await figuresOf(server.api, 'charlm-clean', ['train/lm_loss', 'wandb'], ['train/lm_loss', 'tensorflow']);
  expect(figures.largest).toBeLessThan(4 * 2 ** -24);
  await expectCard(page, figures);
  await expect(page.getByTestId('verdict')).toContainText(/Identical|Equal within rounding/);
});

test('steps that wandb lost in charlm-resume are counted on its side, and swap swaps', async ({ page, server }) => {
  const sides = [['train/lm_loss', 'wandb'], ['lm_loss', 'log']];
  await open(page, server.url, { workload: 'charlm-resume', page: 'compare', compare: 'train/lm_loss@wandb~lm_loss@log' });
  const figures = await figuresOf(server.api, 'charlm-resume', ...sides);
  expect(figures.missingFromA).toBeGreaterThan(0);
  expect(figures.missingFromB).toBe(0);
  await expectCard(page, figures);
  await expect(page.getByTestId('agreement')).toContainText('Missing from wandb');

  await page.getByTestId('swap').click();
  await expectView(page, { compare: 'lm_loss@log~train/lm_loss@wandb' });
  const swapped = await figuresOf(server.api, 'charlm-resume', ...sides.toReversed());
  expect(swapped.missingFromB).toBe(figures.missingFromA);
  await expect(page.getByTestId('missing-b')).toHaveText(grouped(swapped.missingFromB));
  await expectCard(page, swapped);
  for (const [id, name] of [['metric-a', 'lm_loss'], ['source-a', 'log'], ['metric-b', 'train/lm_loss'], ['source-b', 'wandb']]) {
    await expect.poll(() => chosen(page.locator(`select[data-testid="${id}"]`)), id).toBe(name);
  }
});

test('swap after a choice in the lists shows the new sides there', async ({ page, server }) => {
  await open(page, server.url, { ...clean, compare: lossPair });
  const select = (id) => page.locator(`select[data-testid="${id}"]`);
  await expect(page.getByTestId('agreement')).toBeVisible();
  await select('source-b').selectOption('tensorflow');
  await page.getByTestId('swap').click();
  await expectView(page, { compare: 'train/lm_loss@tensorflow~lm_loss@log' });
  for (const [id, name] of [['metric-a', 'train/lm_loss'], ['source-a', 'tensorflow'], ['metric-b', 'lm_loss'], ['source-b', 'log']]) {
    await expect.poll(() => chosen(select(id)), id).toBe(name);
  }
  await page.goBack();
  for (const [id, name] of [['metric-a', 'lm_loss'], ['source-a', 'log'], ['metric-b', 'train/lm_loss'], ['source-b', 'tensorflow']]) {
    await expect.poll(() => chosen(select(id)), id).toBe(name);
  }
});

test('the comparison is of the part that is shown', async ({ page, server }) => {
  await open(page, server.url, { ...clean, from: '500', to: '1200', compare: 'lm_loss@log~train/lm_loss@wandb' });
  const inside = (rows) => rows.filter(({ iteration }) => iteration >= 500 && iteration <= 1200);
  const a = inside(await rowsOf(server.api, 'charlm-clean', 'lm_loss', 'log'));
  const b = inside(await rowsOf(server.api, 'charlm-clean', 'train/lm_loss', 'wandb'));
  await expectCard(page, agreement(a, b));
  await page.getByTestId('span-all').click();
  await expect(page.getByTestId('matched')).toHaveText('300');
});

test('NaN on both sides agrees', async ({ page, server }) => {
  await open(page, server.url, { workload: 'charlm-diverge', page: 'compare', compare: 'lm_loss@log~train/lm_loss@wandb' });
  const figures = await figuresOf(server.api, 'charlm-diverge', ['lm_loss', 'log'], ['train/lm_loss', 'wandb']);
  await expectCard(page, figures);
  await expect(page.getByTestId('verdict')).toContainText('Equal within rounding');
});

test('matrix, pair, strip, the largest difference, export, reload', async ({ page, server }) => {
  await open(page, server.url, clean);
  await expect(page.getByTestId('matrix-page')).toHaveAttribute('data-state', 'ready');
  await expect(page.getByTestId('matrix-summary')).toContainText(/ pairs: \d+ agree, 0 differ/);
  const rows = page.getByTestId('matrix-row');
  for (const [pair, verdict] of [
    ['lm_loss@log~train/lm_loss@wandb', 'equal_within_rounding'],
    ['train/lm_loss@wandb~train/lm_loss@tensorflow', /identical|equal_within_rounding/],
  ]) {
    const row = rows.filter({ has: page.getByTestId(`pair-${pair}`) });
    await expect(row.locator('[data-verdict]')).toHaveAttribute('data-verdict', verdict);
    await expect(row).toContainText('100 % · 100 %');
  }
  await page.getByTestId(`pair-${lossPair}`).click();
  await expect(page.getByTestId('pair-page')).toHaveAttribute('data-state', 'ready');
  const figures = await figuresOf(server.api, 'charlm-clean', ['lm_loss', 'log'], ['train/lm_loss', 'wandb']);

  const strip = chart(page, 'Δ = wandb − log');
  await expect(strip).toHaveAttribute('data-state', 'ready');
  await expect(strip.getByTestId('foot')).toHaveText(/^300 pairs/);
  await expect(strip.getByTestId('legend-only A@Δ').getByTestId('value')).toHaveText('0');

  await page.getByTestId('zoom-max').click();
  const { from, to } = view(page);
  expect(Number(from)).toBeLessThan(figures.largestAt);
  expect(Number(to)).toBeGreaterThan(figures.largestAt);
  await expect(page.getByTestId('partial-span')).toBeVisible();
  await expect(page.getByTestId('zoom-max')).toHaveText(`at step ${figures.largestAt}`);
  const shown = Number(await page.getByTestId('matched').textContent());
  expect(shown).toBeLessThan(300);
  await expect(strip.getByTestId('foot')).toHaveText(new RegExp(`^${shown} pairs`));

  const saved = page.waitForEvent('download');
  await page.getByTestId('export-csv').click();
  const file = await saved;
  expect(file.suggestedFilename()).toBe('charlm-clean-compare.csv');
  const lines = (await readFile(await file.path(), 'utf8')).trim().split('\n');
  expect(lines[0]).toBe('step,a,b,delta,relative_delta,status');
  expect(lines.length - 1).toBe(shown);
  const worst = lines.slice(1).map((line) => line.split(',')).find(([step]) => Number(step) === figures.largestAt);
  expect(Math.abs(Number(worst[3]))).toBeCloseTo(figures.largest, 12);

  await page.reload();
  await expect(page.getByTestId('zoom-max')).toHaveText(`at step ${figures.largestAt}`);
  expect(view(page)).toMatchObject({ compare: lossPair, from, to });
  await page.getByTestId('all-pairs').click();
  await expect(page.getByTestId('matrix')).toBeVisible();
});

test('steps of one side alone are counted under the strip, and the gaps are told', async ({ page, server }) => {
  await open(page, server.url, { workload: 'charlm-resume', page: 'compare', compare: lossPair });
  const figures = await figuresOf(server.api, 'charlm-resume', ['lm_loss', 'log'], ['train/lm_loss', 'wandb']);
  const strip = chart(page, 'Δ = wandb − log');
  await expect(strip.getByTestId('legend-only A@Δ').getByTestId('value')).toHaveText(`${figures.missingFromB}`);
  // The run was killed: 870 to 900 are in no wandb file (data manifest of the twin).
  await expect(page.getByTestId('finding').filter({ hasText: '870' })).toContainText('900');
  await expect(page.getByTestId('gaps')).toContainText('attempt 2');
});

test('a choice of tolerance, alignment and attempts is in the address', async ({ page, server }) => {
  await open(page, server.url, { ...clean, compare: lossPair });
  await page.getByTestId('tolerance').fill('abs:0');
  await page.getByTestId('tolerance').press('Enter');
  await expectView(page, { tolerance: '0' });
  await page.getByTestId('tolerance').fill('much');
  await page.getByTestId('tolerance').press('Enter');
  await expect(page.getByTestId('tolerance')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByText('`much` is no tolerance')).toBeVisible();
  await expectView(page, { tolerance: '0' });
  await choose(page.locator('select[data-testid="align"]'), 'interpolated');
  await choose(page.locator('select[data-testid="attempts"]'), 'first');
  await choose(page.locator('select[data-testid="delta-kind"]'), 'relative');
  await expectView(page, { align: 'interpolate', attempts: 'first', delta: 'relative' });
  await page.reload();
  for (const [id, name] of [['align', 'interpolated'], ['attempts', 'first'], ['delta-kind', 'relative']]) {
    await expect.poll(() => chosen(page.locator(`select[data-testid="${id}"]`)), id).toBe(name);
  }
});

test('an offer is applied only by a click, and undone', async ({ page }) => {
  const runs = await mkdtemp(join(tmpdir(), 'parallax-e2e-offer-'));
  const random = dice(3);
  const values = Array.from({ length: 200 }, () => 1 + random());
  const lines = (shift, name) => values.map((value, at) => JSON.stringify({ step: at + shift, [name]: value })).join('\n');
  await mkdir(join(runs, 'run'));
  await writeFile(join(runs, 'run/metrics.jsonl'), `${lines(0, 'loss')}\n`);
  await writeFile(join(runs, 'run/other.csv'), `step,loss\n${values.map((value, at) => `${at + 1},${value}`).join('\n')}\n`);
  const server = await startServer({ runs, copy: false, ready: (list) => list.total === 1 });
  try {
    await open(page, server.url, { workload: 'run', page: 'compare', compare: 'loss@csv~loss@jsonl' });
    await expect(page.getByTestId('verdict').locator('[data-verdict]')).not.toHaveAttribute('data-verdict', 'identical');
    const offer = page.getByTestId('offer').first();
    await expect(offer).toContainText('199 → 200');
    await offer.getByTestId('accept-offer').click();
    await expectView(page, { adjust: 'offset:1' });
    await expect(page.getByTestId('verdict').locator('[data-verdict]')).toHaveAttribute('data-verdict', 'identical');
    await expect(page.getByTestId('matched')).toHaveText('200');
    await page.getByTestId('undo-offer').click();
    await expectView(page, { adjust: undefined });
  } finally {
    await server.stop();
    await rm(runs, { recursive: true, force: true });
  }
});

test('a run against its baseline', async ({ page, server }) => {
  await open(page, server.url, clean);
  await page.getByTestId('baseline').fill('charlm-diverge');
  await page.getByTestId('baseline').press('Enter');
  await expectView(page, { baseline: 'charlm-diverge' });
  await page.getByTestId('pair-lm_loss@log~lm_loss@log').click();
  const rows = async (workload) => rowsOf(server.api, workload, 'lm_loss', 'log');
  const figures = agreement(await rows('charlm-diverge'), await rows('charlm-clean'));
  await expectCard(page, figures);
  await expect(page.getByTestId('verdict')).toContainText(/Differs|Different/);
  await expect(page.getByTestId('plot').first()).toHaveAttribute('data-points', `${(await rows('charlm-diverge')).length + 300}`);
  await page.getByTestId('no-baseline').click();
  await expectView(page, { baseline: undefined, compare: undefined });
  await expect(page.getByTestId('matrix')).toBeVisible();
});

test.describe('where rows can not be loaded', () => {
  test.use({ requestsMayFail: true });

  test('the matrix says which pairs are missing and why, and completes itself', async ({ page, field }) => {
    const field_server = await field();
    await open(page, field_server.page, { workload: 'charlm-clean', page: 'compare', refresh: '5s' });
    await expect(page.getByTestId('matrix-page')).toHaveAttribute('data-state', 'ready');
    const whole = await page.getByTestId('matrix-summary').textContent();

    field_server.fail('data', 'server-error');
    await open(page, field_server.page, { workload: 'charlm-clean', page: 'compare', refresh: '5s' });
    const notice = page.getByTestId('matrix-incomplete');
    await expect(notice).toContainText(`${parseInt(whole, 10)} pairs are missing`);
    await expect(notice).toContainText('the metrics store does not answer');
    await expect(page.getByTestId('matrix-page')).toHaveAttribute('data-state', 'incomplete');
    await expect(page.getByTestId('matrix-summary')).toHaveText(/^0 pairs/);

    field_server.heal();
    await expect(notice).toHaveCount(0, { timeout: 30_000 });
    await expect(page.getByTestId('matrix-summary')).toHaveText(whole);
  });
});
