// What the server tells browsers to refuse: the page never breaks its own policy, and nothing else
// gets past it.

import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from './fixtures.mjs';
import { DIST, startHostPage, startServer } from './harness.mjs';
import { chart, drag, expectPoints, open } from './page.mjs';

/**
 * Collects what the policy blocks, in all pages that this one opens from now on.
 * @param {import('@playwright/test').Page} page
 * @returns {Promise<string[]>}
 */
async function collectViolations(page) {
  const violations = [];
  await page.exposeFunction('collectViolation', (text) => void violations.push(text));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      const place = `${event.sourceFile}:${event.lineNumber}`;
      window.collectViolation(`${event.effectiveDirective} ${event.blockedURI} ${place} ${event.sample}`);
    });
  });
  return violations;
}

test('no page breaks its own policy', async ({ page, server }) => {
  const violations = await collectViolations(page);
  await open(page, server.url);
  await page.getByTestId('workload-charlm-clean').click();
  await page.getByTestId('metric-grad_norm').check();
  const norm = chart(page, 'grad_norm');
  await expectPoints(norm, 300);
  await drag(page, norm, 0.2, 0.6); // the selection is placed by style properties
  await expect(page).toHaveURL(/from=/);
  await page.getByTestId('tab-compare').click();
  await page.getByTestId('pair-lm_loss@log~train/lm_loss@wandb').click();
  await expect(page.getByTestId('matched')).toBeVisible();
  await page.getByTestId('tab-data').click();
  await expect(page.getByTestId('points')).toBeVisible();
  for (const view of [{ theme: 'dark' }, { embed: '1' }]) {
    await open(page, server.url, { workload: 'charlm-clean', metrics: 'lm_loss', ...view });
    await expectPoints(chart(page, 'lm_loss'), 300);
  }
  expect(violations).toEqual([]);
});

test('the colour of a chosen metric is shown', async ({ page, server }) => {
  await open(page, server.url, { workload: 'charlm-clean', metrics: 'lm_loss' });
  const row = page.locator('label', { has: page.getByTestId('metric-lm_loss') });
  await expect(row.locator('.colour')).not.toHaveCSS('background-color', 'rgba(0, 0, 0, 0)');
});

test('a script that is not of the page does not run', async ({ context, server }) => {
  const page = await context.newPage();
  const violations = await collectViolations(page);
  await open(page, server.url);
  await expect(page.getByTestId('home-page')).toBeVisible();
  await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.injected = true';
    document.body.append(script);
    document.body.setAttribute('onclick', 'window.injected = true');
    document.body.click();
    fetch('http://127.0.0.1:9/').catch(() => (window.isRefused = true));
  });
  await expect.poll(() => page.evaluate(() => window.isRefused)).toBe(true);
  expect(await page.evaluate(() => window.injected)).toBeUndefined();
  await expect.poll(() => violations.map((text) => text.split(' ')[0]).sort()).toEqual([
    'connect-src', 'script-src-attr', 'script-src-elem',
  ]);
});

test('another site shows what has embed=1 in a frame, and nothing else', async ({ context, server }) => {
  const page = await context.newPage();
  const frame = (name, query) => `<iframe name="${name}" src="${server.url}/?${query}" width="700" height="500"></iframe>`;
  const view = 'workload=charlm-clean&metrics=lm_loss';
  const portal = await startHostPage(`<!doctype html>${frame('whole', view)}${frame('alone', `${view}&embed=1`)}`);
  try {
    await page.goto(portal.url);
    await expectPoints(chart(page.frameLocator('[name=alone]'), 'lm_loss'), 300);
    await expect.poll(() => page.frame('whole').url()).toMatch(/^chrome-error:/);
  } finally {
    await portal.stop();
  }
});

test('a page whose config.json names another origin reads that one', async ({ page }) => {
  const api = await startServer({ copy: false, args: ['--allow-origin', '*'] });
  const dist = await mkdtemp(join(tmpdir(), 'parallax-dist-'));
  await cp(DIST, dist, { recursive: true });
  await writeFile(join(dist, 'config.json'), JSON.stringify({ api: api.api }));
  const server = await startServer({ copy: false, dist });
  try {
    const asked = page.waitForRequest((request) => request.url().startsWith(`${api.api}/workloads/`));
    await open(page, server.url, { workload: 'charlm-clean', metrics: 'lm_loss' });
    await expectPoints(chart(page, 'lm_loss'), 300);
    await asked;
  } finally {
    await Promise.all([api.stop(), server.stop(), rm(dist, { recursive: true })]);
  }
});
