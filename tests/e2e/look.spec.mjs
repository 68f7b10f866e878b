// What everybody needs to use it: names, keys, focus, room on a phone, a quiet console.

import { expect, test } from './fixtures.mjs';
import { chart, expectPoints, open, view } from './page.mjs';

const SIZES = { desktop: { width: 1440, height: 900 }, laptop: { width: 1024, height: 768 }, phone: { width: 390, height: 844 } };

/** Each page, and what is there once it is ready. */
const PAGES = {
  home: [{}, 'workloads'],
  explore: [{ workload: 'charlm-clean' }, 'chart'],
  matrix: [{ workload: 'charlm-clean', page: 'compare' }, 'matrix'],
  compare: [{ workload: 'charlm-clean', page: 'compare', compare: 'lm_loss@log~train/lm_loss@wandb' }, 'agreement'],
  data: [{ workload: 'charlm-clean', page: 'data' }, 'files'],
};

/** Controls as a screen reader is told of them, those without a name. */
async function nameless(page) {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  await session.detach();
  const roles = ['button', 'link', 'textbox', 'searchbox', 'combobox', 'checkbox', 'slider', 'tab', 'application', 'spinbutton'];
  const controls = nodes.filter((node) => !node.ignored && roles.includes(node.role?.value));
  expect(controls.length).toBeGreaterThan(2);
  return controls.filter((node) => !node.name?.value?.trim()).map((node) => `${node.role.value} ${node.nodeId}`);
}

for (const [name, [query, ready]] of Object.entries(PAGES)) {
  test(`${name}: every control has a name`, async ({ page, server }) => {
    await open(page, server.url, query);
    await expect(page.getByTestId(ready).first()).toBeVisible();
    if (query.workload) await page.getByTestId('span-custom').click();
    for (const fold of await page.locator('details:not([open]) > summary').all()) await fold.click();
    expect(await nameless(page)).toEqual([]);
  });

  for (const [device, size] of Object.entries(SIZES)) {
    test(`${name} fits on a ${device}`, async ({ page, server }) => {
      await page.setViewportSize(size);
      await open(page, server.url, query);
      await expect(page.getByTestId(ready).first()).toBeVisible();
      const width = await page.evaluate(() => Math.max(document.documentElement.scrollWidth, document.body.scrollWidth));
      expect(width).toBeLessThanOrEqual(size.width);
      const wide = await page.locator('main').evaluate((main) => main.scrollWidth - main.clientWidth);
      expect(wide).toBeLessThanOrEqual(0);
    });
  }
}

test('the plot is reached and read by keys alone', async ({ page, server }) => {
  await open(page, server.url, { workload: 'charlm-clean', metrics: 'lm_loss' });
  const loss = chart(page, 'lm_loss');
  await expectPoints(loss, 300);
  const plot = loss.getByTestId('plot-pointer');
  const isThere = () => plot.evaluate((element) => element === document.activeElement);
  for (let stops = 0; stops < 80 && !(await isThere()); stops++) await page.keyboard.press('Tab');
  expect(await isThere()).toBe(true);
  const ring = await plot.evaluate((element) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    return (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1) || boxShadow !== 'none';
  });
  expect(ring, 'a focus ring').toBe(true);

  const at = loss.locator('.legend .at');
  await page.keyboard.press('ArrowRight');
  await expect(at).toHaveText(/^step \d+$/);
  const step = async () => Number((await at.textContent()).slice(5));
  const first = await step();
  for (let press = 0; press < 5; press++) await page.keyboard.press('ArrowRight');
  await expect.poll(step).toBeGreaterThan(first);
  const second = await step();
  await page.keyboard.press('ArrowLeft');
  await expect.poll(step).toBeLessThan(second);
  await page.keyboard.press('Escape');
  await expect(at).toHaveText('');
  await expect(plot).toHaveAttribute('aria-label', /lm_loss, 300 points/);
});

test('tabs, lists and charts have rings where the keys are', async ({ page, server }) => {
  await open(page, server.url, { workload: 'charlm-clean', metrics: 'lm_loss' });
  await expectPoints(chart(page, 'lm_loss'), 300);
  const bare = [];
  for (let stops = 0; stops < 40; stops++) {
    await page.keyboard.press('Tab');
    const without = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return undefined;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      const ring = (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1) || boxShadow !== 'none';
      return ring ? undefined : `${element.tagName} ${element.dataset.testid ?? element.className}`;
    });
    if (without) bare.push(without);
  }
  expect(bare).toEqual([]);
});

test('the keys that the page names: r for new points, / for the search', async ({ page, field }) => {
  const server = await field();
  await open(page, server.page, { workload: 'charlm-clean', metrics: 'lm_loss', refresh: 'off' });
  await expectPoints(chart(page, 'lm_loss'), 300);
  const polls = () => server.requests.filter(({ endpoint }) => endpoint === 'available').length;
  const before = polls();
  await page.keyboard.press('r');
  await expect.poll(polls).toBe(before + 1);
  await page.keyboard.press('/');
  await expect(page.getByTestId('metric-search')).toBeFocused();
  await page.keyboard.type('grad/r');
  await expect(page.getByTestId('metric-search')).toHaveValue('grad/r'); // now they are letters
});

test('the sheet with the metrics opens and closes on a phone', async ({ page, server }) => {
  await page.setViewportSize(SIZES.phone);
  await open(page, server.url, { workload: 'charlm-clean', metrics: 'lm_loss' });
  await expectPoints(chart(page, 'lm_loss'), 300);
  const [sheet, button] = [page.locator('.app .sidebar'), page.getByTestId('open-sidebar')];
  await expect(sheet).toBeHidden();
  await expect(button).toHaveAttribute('aria-expanded', 'false');
  await button.click();
  await expect(sheet).toBeVisible();
  await expect(button).toHaveAttribute('aria-expanded', 'true');
  await page.getByTestId('metric-grad_norm').check();
  await expect.poll(() => view(page).metrics).toContain('grad_norm');
  await page.getByRole('button', { name: 'Close the metrics' }).click({ position: { x: 380, y: 600 }, force: true });
  await expect(sheet).toBeHidden();
  await expectPoints(chart(page, 'grad_norm'), 300);
});

test('where there is no sheet, no button promises one', async ({ page, server }) => {
  await page.setViewportSize(SIZES.phone);
  await open(page, server.url, { workload: 'charlm-clean', page: 'compare', compare: 'lm_loss@log~train/lm_loss@wandb' });
  await expect(page.getByTestId('agreement')).toBeVisible();
  await expect(page.getByTestId('open-sidebar')).toBeHidden();
});

test('on a desktop the metrics are simply there', async ({ page, server }) => {
  await open(page, server.url, { workload: 'charlm-clean' });
  await expect(page.getByTestId('metric-lm_loss')).toBeVisible();
  await expect(page.getByTestId('open-sidebar')).toBeHidden();
});

for (const scheme of ['light', 'dark']) {
  test(`${scheme}: text stands out from what is behind it`, async ({ page, server }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await open(page, server.url, { workload: 'charlm-clean', page: 'compare', compare: 'lm_loss@log~train/lm_loss@wandb' });
    await expect(page.getByTestId('agreement')).toBeVisible();
    await expect(page.locator('html')).toHaveAttribute('data-theme', scheme);
    const ratio = (selector) => page.locator(selector).first().evaluate((element) => {
      const luminance = (css) => {
        const context = new OffscreenCanvas(1, 1).getContext('2d');
        context.fillStyle = css;
        context.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((part) => {
          const share = part / 255;
          return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      let behind = element;
      while (getComputedStyle(behind).backgroundColor === 'rgba(0, 0, 0, 0)' && behind.parentElement) behind = behind.parentElement;
      const [a, b] = [luminance(getComputedStyle(element).color), luminance(getComputedStyle(behind).backgroundColor)];
      return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    });
    for (const selector of ['h1', '.hint', '[data-testid="verdict"]', '[data-testid="matched"]', '.foot']) {
      expect(await ratio(selector), selector).toBeGreaterThanOrEqual(4.5); // WCAG 2.2, AA
    }
  });
}
