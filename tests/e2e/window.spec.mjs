// The part of the run that is shown: what the page counts is what the API's rows count.

import { rowsOf } from './figures.mjs';
import { expect, test } from './fixtures.mjs';
import { chart, drag, expectPoints, expectView, open, view } from './page.mjs';

const VIEW = { workload: 'charlm-clean', metrics: 'lm_loss' };

/** Over steps, the last N ms are the steps from the first to the last one recorded within them. */
function inLast(rows, ms) {
  const newest_ms = Math.max(...rows.map(({ time_ms }) => time_ms));
  const steps = rows.filter(({ time_ms }) => time_ms >= newest_ms - ms).map(({ iteration }) => iteration);
  const [first, last] = [Math.min(...steps), Math.max(...steps)];
  return ({ iteration }) => iteration >= first && iteration <= last;
}

test('all, the last hour, the last 500 points', async ({ page, server }) => {
  await open(page, server.url, { workload: 'charlm-clean', metrics: 'train/lm_loss' });
  const rows = await rowsOf(server.api, 'charlm-clean', 'train/lm_loss');
  const loss = chart(page, 'train/lm_loss');
  await expectPoints(loss, rows.length);
  await page.getByTestId('span-1h').click();
  await expectView(page, { last: '1h' });
  await expectPoints(loss, rows.filter(inLast(rows, 3_600_000)).length);
  await page.getByTestId('span-last500').click();
  await expectView(page, { last: '500' });
  await expectPoints(loss, rows.length); // 300 of each source: fewer than 500
  await page.getByTestId('span-all').click();
  await expectView(page, { last: undefined });
  await expect(page.getByTestId('span-all')).toHaveAttribute('aria-pressed', 'true');
  await expectPoints(loss, rows.length);
});

test('the last points, steps and seconds as typed', async ({ page, server }) => {
  await open(page, server.url, VIEW);
  const rows = await rowsOf(server.api, 'charlm-clean', 'lm_loss', 'log');
  const loss = chart(page, 'lm_loss');
  await expectPoints(loss, rows.length);
  const newest = rows.at(-1);
  await page.getByTestId('span-custom').click();
  const last = page.getByTestId('span-last');
  for (const [typed, inside] of [
    ['120', (row) => rows.indexOf(row) >= rows.length - 120],
    ['2000steps', (row) => row.iteration > newest.iteration - 2000],
    ['30s', inLast(rows, 30_000)],
  ]) {
    await last.fill(typed);
    await last.press('Enter');
    await expectView(page, { last: typed });
    await expectPoints(loss, rows.filter(inside).length);
    await expect(last).toHaveAttribute('aria-invalid', 'false');
  }
  await last.fill('soon');
  await last.press('Enter');
  await expect(last).toHaveAttribute('aria-invalid', 'true');
  await expectView(page, { last: '30s' });
  await expect(page.locator('.custom')).toContainText('500, 2000steps, 15m, 1h');
});

test('from and to as typed, both ends included', async ({ page, server }) => {
  await open(page, server.url, VIEW);
  const rows = await rowsOf(server.api, 'charlm-clean', 'lm_loss', 'log');
  const loss = chart(page, 'lm_loss');
  await expectPoints(loss, rows.length);
  await page.getByTestId('span-custom').click();
  const type = async (end, text) => {
    await page.getByTestId(`span-${end}`).fill(text);
    await page.getByTestId(`span-${end}`).press('Enter');
  };
  const [from, to] = [rows[49].iteration, rows[180].iteration];
  await type('from', `${from}`);
  await expectPoints(loss, rows.filter(({ iteration }) => iteration >= from).length);
  await expectView(page, { from: `${from}`, to: undefined });
  await type('to', `${to}`);
  await expectPoints(loss, rows.filter(({ iteration }) => iteration >= from && iteration <= to).length);
  await type('from', '');
  await expectPoints(loss, rows.filter(({ iteration }) => iteration <= to).length);
  await type('to', '');
  await expectPoints(loss, rows.length);
  await expectView(page, { from: undefined, to: undefined });
});

test('typed the wrong way round, it is the same part of the run', async ({ page, server }) => {
  await open(page, server.url, { ...VIEW, from: '1200', to: '500' });
  const rows = await rowsOf(server.api, 'charlm-clean', 'lm_loss', 'log');
  await expectPoints(chart(page, 'lm_loss'), rows.filter(({ iteration }) => iteration >= 500 && iteration <= 1200).length);
});

test('nothing inside: says so, and one click widens', async ({ page, server }) => {
  await open(page, server.url, { ...VIEW, from: '100000', to: '200000' });
  const loss = chart(page, 'lm_loss');
  await expect(loss).toHaveAttribute('data-state', 'empty');
  await expect(loss.getByTestId('empty')).toContainText('No points in this part of the run');
  await loss.getByTestId('widen').click();
  await expectPoints(loss, 300);
});

for (const [how, back] of [
  ['a double-click', (page, plot) => plot.dblclick()],
  ['Escape', async (page, plot) => plot.press('Escape')],
]) {
  test(`a drag zooms in all charts, ${how} shows all`, async ({ page, server }) => {
    await open(page, server.url, { workload: 'charlm-clean', metrics: 'lm_loss,grad_norm' });
    const rows = await rowsOf(server.api, 'charlm-clean', 'lm_loss', 'log');
    const [loss, norm] = [chart(page, 'lm_loss'), chart(page, 'grad_norm')];
    await expectPoints(loss, rows.length);
    await drag(page, loss, 0.3, 0.6);
    await expectView(page, { from: /^\d+$/, to: /^\d+$/ });
    const [from, to] = [Number(view(page).from), Number(view(page).to)];
    const inside = rows.filter(({ iteration }) => iteration >= from && iteration <= to).length;
    expect(inside).toBeGreaterThan(rows.length * 0.2);
    expect(inside).toBeLessThan(rows.length * 0.4);
    await expectPoints(loss, inside);
    await expectPoints(norm, inside);
    await drag(page, loss, 0.4, 0.8); // and further in
    await expect.poll(() => Number(view(page).from)).toBeGreaterThan(from);
    expect(Number(view(page).to)).toBeLessThan(to);
    await back(page, loss.getByTestId('plot-pointer'));
    await expectView(page, { from: undefined, to: undefined });
    await expectPoints(loss, rows.length);
  });
}

test('a drag past the edge of the plot zooms up to the edge and selects no text', async ({ page, server }) => {
  await open(page, server.url, VIEW);
  const rows = await rowsOf(server.api, 'charlm-clean', 'lm_loss', 'log');
  const loss = chart(page, 'lm_loss');
  await expectPoints(loss, rows.length);
  const box = await loss.getByTestId('plot-pointer').boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  // Over the legend, then over the metrics beside the charts: left of the plot and below it.
  await page.mouse.move(box.x + 100, box.y + box.height + 60, { steps: 5 });
  await page.mouse.move(20, box.y + box.height + 200, { steps: 5 });
  const zoom = await loss.getByTestId('zoom').boundingBox();
  expect(zoom.x).toBeGreaterThanOrEqual(box.x);
  expect(zoom.x + zoom.width).toBeLessThanOrEqual(box.x + box.width);
  await page.mouse.up();
  await expectView(page, { from: /^\d+$/, to: /^\d+$/ });
  const [from, to] = [Number(view(page).from), Number(view(page).to)];
  expect(from).toBeLessThanOrEqual(rows[0].iteration);
  const inside = rows.filter(({ iteration }) => iteration <= to).length;
  expect(inside).toBeGreaterThan(rows.length * 0.35);
  expect(inside).toBeLessThan(rows.length * 0.65);
  await expectPoints(loss, inside);
  expect(await page.evaluate(() => `${getSelection()}`)).toBe('');
  await expect(loss.getByTestId('zoom')).toHaveCount(0);
});

for (const [how, cancel] of [
  ['Escape', (page) => page.keyboard.press('Escape')],
  [
    'a cancelled pointer',
    (page, plot) => plot.dispatchEvent('pointercancel', { isPrimary: true, pointerId: 1, bubbles: true }),
  ],
]) {
  test(`${how} ends a drag without a zoom`, async ({ page, server }) => {
    await open(page, server.url, { ...VIEW, from: '500', to: '2500' });
    const loss = chart(page, 'lm_loss');
    await expect(loss).toHaveAttribute('data-state', 'ready');
    const plot = loss.getByTestId('plot-pointer');
    const box = await plot.boundingBox();
    await page.mouse.move(box.x + box.width * 0.3, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2, { steps: 3 });
    await expect(loss.getByTestId('zoom')).toBeVisible();
    await cancel(page, plot);
    await expect(loss.getByTestId('zoom')).toHaveCount(0);
    await page.mouse.move(box.x + box.width * 0.7, box.y + box.height / 2);
    await page.mouse.up();
    await expect(loss.getByTestId('zoom')).toHaveCount(0);
    expect(view(page)).toMatchObject({ from: '500', to: '2500' });
  });
}

test('zoomed in time, the window is in milliseconds', async ({ page, server }) => {
  await open(page, server.url, { ...VIEW, x: 'time' });
  const rows = await rowsOf(server.api, 'charlm-clean', 'lm_loss', 'log');
  const loss = chart(page, 'lm_loss');
  await expectPoints(loss, rows.length);
  await drag(page, loss, 0.3, 0.6);
  await expectView(page, { from: /^\d{13}$/, to: /^\d{13}$/ });
  const [from, to] = [Number(view(page).from), Number(view(page).to)];
  await expectPoints(loss, rows.filter(({ time_ms }) => time_ms >= from && time_ms <= to).length);
});

test('a restart is drawn twice where it ran twice', async ({ page, server }) => {
  await open(page, server.url, { workload: 'charlm-resume', metrics: 'lm_loss', from: '910', to: '950' });
  const rows = await rowsOf(server.api, 'charlm-resume', 'lm_loss', 'log');
  const twice = rows.filter(({ iteration }) => iteration >= 910 && iteration <= 950);
  expect(twice).toHaveLength(2 * new Set(twice.map(({ iteration }) => iteration)).size);
  const loss = chart(page, 'lm_loss');
  await expectPoints(loss, twice.length);
  await expect(loss.getByTestId('foot')).toContainText('2 attempts');
});

test('what is not finite is counted, not dropped', async ({ page, server }) => {
  await open(page, server.url, { workload: 'charlm-diverge', metrics: 'lm_loss' });
  const rows = await rowsOf(server.api, 'charlm-diverge', 'lm_loss', 'log');
  const loss = chart(page, 'lm_loss');
  await expectPoints(loss, rows.length);
  await expect(loss.getByTestId('foot')).toContainText(`${rows.filter(({ value }) => Number.isNaN(value)).length} NaN`);
});
