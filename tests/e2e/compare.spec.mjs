// Two series of one metric over each other: the card's figures are those of the API's own rows.

import { agreement, grouped, readNumber, rounded, rowsOf } from './figures.mjs';
import { expect, test } from './fixtures.mjs';
import { chosen, expectView, open } from './page.mjs';

const clean = { workload: 'charlm-clean', page: 'compare' };

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
  await expect(card).toContainText(`at step ${figures.largestAt}`);
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
  await expect(page.getByTestId('plot')).toHaveAttribute('data-points', '600');
  await expect(page.getByTestId('sentence')).not.toBeEmpty();
});

test('other metrics and sources are chosen in the lists', async ({ page, server }) => {
  await open(page, server.url, clean);
  await expect(page.getByTestId('agreement')).toBeVisible();
  const select = (id) => page.locator(`select[data-testid="${id}"]`);
  await select('metric-a').selectOption('grad_norm');
  await select('metric-b').selectOption('train/grad_norm');
  await select('source-b').selectOption('tensorflow');
  await expectView(page, { compare: 'grad_norm@log~train/grad_norm@tensorflow' });
  const sides = [['grad_norm', 'log'], ['train/grad_norm', 'tensorflow']];
  await expect(page.getByTestId('plot')).toHaveAttribute('data-points', '600');
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
  await open(page, server.url, clean);
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
