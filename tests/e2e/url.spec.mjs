// The view is in the URL: it comes back after a reload, back and forward go through it.

import { expect, test } from './fixtures.mjs';
import { chart, choose, chosen, expectPoints, expectView, open, pointsOf, titles, view } from './page.mjs';

test('a view that was set by clicks comes back after a reload', async ({ page, server }) => {
  await open(page, server.url);
  await page.getByTestId('workload-charlm-clean').click();
  await expectPoints(chart(page, 'lm_loss'), 300);
  await page.getByTestId('metrics-none').click();
  await page.getByTestId('metric-train/lm_loss').check();
  await page.getByTestId('metric-train/grad_norm').check();
  await page.getByTestId('source-tensorflow').uncheck();
  await choose(page.getByTestId('x-axis'), 'relative');
  await choose(page.getByTestId('y-axis'), 'log');
  await page.getByTestId('smooth').fill('0.5');
  await page.getByTestId('span-last500').click();
  await choose(page.getByTestId('refresh'), 'off');
  await choose(page.getByTestId('layout'), /^one( for all)?$/);
  await page.getByTestId('legend-train/grad_norm@wandb').getByRole('button').click();
  await expectView(page, { hide: 'train/grad_norm@wandb', layout: 'one', refresh: 'off', last: '500', smooth: '0.5', scale: 'log', x: 'relative' });
  const one = chart(page, 'train/grad_norm, train/lm_loss');
  await expect(one).toHaveAttribute('data-state', 'ready');
  const hidden = page.getByTestId('legend-train/grad_norm@wandb').getByRole('button');
  await expect(hidden).toHaveAttribute('aria-pressed', 'false');
  await expect(page.getByTestId('metric-lm_loss')).not.toBeChecked();
  const before = { view: view(page), titles: await titles(page), points: await pointsOf(one) };

  await page.reload();
  await expect(one).toHaveAttribute('data-state', 'ready');
  await expect.poll(() => pointsOf(one)).toBe(before.points);
  expect({ view: view(page), titles: await titles(page), points: await pointsOf(one) }).toEqual(before);
  await expect(hidden).toHaveAttribute('aria-pressed', 'false');
  await expect(page.getByTestId('source-tensorflow')).not.toBeChecked();
  await expect(page.getByTestId('metric-train/lm_loss')).toBeChecked();
  await expect(page.getByTestId('smooth')).toHaveValue('0.5');
  await expect(page.getByTestId('span-last500')).toHaveAttribute('aria-pressed', 'true');
  for (const [id, name] of [['x-axis', 'relative'], ['y-axis', 'log'], ['layout', 'one'], ['refresh', 'off']]) {
    expect(await chosen(page.getByTestId(id)), id).toContain(name);
  }
});

test('back and forward go through the steps', async ({ page, server }) => {
  await open(page, server.url);
  await page.getByTestId('workload-charlm-clean').click();
  await expectPoints(chart(page, 'lm_loss'), 300);
  await choose(page.getByTestId('x-axis'), 'wall');
  await expectView(page, { x: 'time' });
  await choose(page.getByTestId('y-axis'), 'log');
  await page.getByTestId('tab-data').click();
  await expect(page.getByTestId('points')).toBeVisible();

  await page.goBack();
  await expect(page.getByTestId('explore')).toBeVisible();
  await page.goBack();
  await expect.poll(() => chosen(page.getByTestId('y-axis'))).toBe('linear');
  await page.goBack();
  await expectView(page, { x: undefined });
  await expect.poll(() => chosen(page.getByTestId('x-axis'))).toBe('iteration');
  await page.goBack();
  await expect(page.getByTestId('home-page')).toBeVisible();
  await page.goForward();
  await expectPoints(chart(page, 'lm_loss'), 300);
  await page.goForward();
  await expect.poll(() => chosen(page.getByTestId('x-axis'))).toContain('wall');
});

test('defaults are not spelled, what is unknown stays', async ({ page, server }) => {
  await open(page, server.url, { utm: 'a=b&c', tenant: '' });
  await page.getByTestId('workload-charlm-clean').click();
  await expectView(page, { workload: 'charlm-clean' });
  expect(view(page)).toEqual({ workload: 'charlm-clean', utm: 'a=b&c', tenant: '' });
  await choose(page.getByTestId('y-axis'), 'log');
  await expectView(page, { scale: 'log', utm: 'a=b&c', tenant: '' });
  await choose(page.getByTestId('y-axis'), 'linear');
  await expectView(page, { scale: undefined, utm: 'a=b&c', tenant: '' });
  expect(new URL(page.url()).search).toMatch(/^\?workload=charlm-clean&/);
});

test('names are readable in it', async ({ page, server }) => {
  await open(page, server.url, { workload: 'charlm-clean', metrics: 'lm_loss' });
  await expectPoints(chart(page, 'lm_loss'), 300);
  await page.getByTestId('metric-train/lm_loss').check();
  await expectView(page, { metrics: /train\/lm_loss/ });
  expect(page.url()).toContain('metrics=lm_loss,train/lm_loss');
  await chart(page, 'train/lm_loss').getByTestId('legend-train/lm_loss@wandb').getByRole('button').click();
  await expectView(page, { hide: 'train/lm_loss@wandb' });
  expect(page.url()).toContain('hide=train/lm_loss@wandb');
});

test('nonsense in it counts as absent', async ({ page, server }) => {
  await open(page, server.url, { workload: 'charlm-clean', metrics: 'lm_loss', x: 'sideways', from: 'abc', last: 'soon', smooth: 'NaN', compare: 'a', refresh: '1ns' });
  await expectPoints(chart(page, 'lm_loss'), 300);
});

test('the theme in it wins over the system, and a choice over both', async ({ page, server }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await open(page, server.url, { theme: 'dark' });
  const root = page.locator('html');
  await expect(root).toHaveAttribute('data-theme', 'dark');
  await choose(page.getByTestId('theme'), 'light');
  await expect(root).toHaveAttribute('data-theme', 'light');
  await choose(page.getByTestId('theme'), 'system');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect(root).toHaveAttribute('data-theme', 'dark');
});

test('share copies it', async ({ page, server, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, server.url, { workload: 'charlm-clean', metrics: 'lm_loss', from: '100' });
  await expect(chart(page, 'lm_loss')).toHaveAttribute('data-state', 'ready');
  await page.getByTestId('share').click();
  await expect(page.getByTestId('share')).toHaveText('Link copied');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(page.url());
});
