// The page as a user finds it: where things are, and what they say.

import { expect } from '@playwright/test';

/**
 * Opens the page with a view.
 * @param {import('@playwright/test').Page} page
 * @param {string} address  of the page
 * @param {Record<string, string>} [view]  the parameters of its URL
 */
export async function open(page, address, view = {}) {
  const query = new URLSearchParams(view).toString();
  await page.goto(query ? `${address}${address.endsWith('/') ? '' : '/'}?${query}` : address);
}

/**
 * The view as the URL spells it.
 * @param {import('@playwright/test').Page} page
 * @returns {Record<string, string>}
 */
export function view(page) {
  return Object.fromEntries(new URL(page.url()).searchParams);
}

/**
 * Waits until the URL says so: a value, a pattern, or `undefined` for a parameter that is not there.
 * @param {import('@playwright/test').Page} page
 * @param {Record<string, string | RegExp | undefined>} expected
 */
export async function expectView(page, expected) {
  for (const [name, value] of Object.entries(expected)) {
    const said = expect.poll(() => view(page)[name], { message: `${name} in the URL` });
    await (value instanceof RegExp ? said.toMatch(value) : said.toBe(value));
  }
}

/**
 * @param {import('@playwright/test').Page | import('@playwright/test').FrameLocator} page
 * @param {string} title
 */
export function chart(page, title) {
  return page.locator(`[data-testid="chart"][data-title="${title}"]`);
}

/**
 * Waits until a chart holds and tells this many points.
 * @param {import('@playwright/test').Locator} chart
 * @param {number} points
 */
export async function expectPoints(chart, points) {
  await expect(chart.getByTestId('plot')).toHaveAttribute('data-points', `${points}`);
  if (points > 0) {
    await expect(chart.getByTestId('foot')).toHaveText(new RegExp(`^${points.toLocaleString('en-US')} points( ·|$)`));
  }
}

/** @param {import('@playwright/test').Locator} chart */
export async function pointsOf(chart) {
  return Number(await chart.getByTestId('plot').getAttribute('data-points'));
}

/**
 * The titles of the charts in their order.
 * @param {import('@playwright/test').Page} page
 */
export function titles(page) {
  return page.getByTestId('chart').evaluateAll((charts) => charts.map((chart) => chart.getAttribute('data-title')));
}

/**
 * What is drawn, to tell one drawing from another.
 * @param {import('@playwright/test').Locator} chart
 */
export function drawing(chart) {
  return chart.locator('canvas').first().evaluate((canvas) => canvas.toDataURL());
}

/**
 * Draws the pointer over a share of a plot's width, 0 to 1.
 * @param {import('@playwright/test').Page} page
 * @param {import('@playwright/test').Locator} chart
 * @param {number} from
 * @param {number} to
 */
export async function drag(page, chart, from, to) {
  const box = await chart.getByTestId('plot-pointer').boundingBox();
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + from * box.width, y);
  await page.mouse.down();
  await page.mouse.move(box.x + ((from + to) / 2) * box.width, y);
  await page.mouse.move(box.x + to * box.width, y);
  await page.mouse.up();
}

/**
 * The name of the chosen option of a select.
 * @param {import('@playwright/test').Locator} select
 */
export function chosen(select) {
  return select.evaluate((element) => element.selectedOptions[0]?.textContent);
}

/**
 * Chooses the option of a select whose name has the word in it.
 * @param {import('@playwright/test').Locator} select
 * @param {string | RegExp} word
 */
export async function choose(select, word) {
  const label = await select.locator('option').filter({ hasText: word }).first().textContent();
  await select.selectOption({ label });
}
