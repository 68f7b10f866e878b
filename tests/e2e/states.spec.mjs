// Loading, empty, failed, stale, partial: each says what happened and what to do, keeps the last good
// data, and is over once the server is well again.

import { rowsOf, wholeRows } from './figures.mjs';
import { expect, test } from './fixtures.mjs';
import { chart, choose, expectPoints, expectView, open, pointsOf } from './page.mjs';

test.use({ requestsMayFail: true });

const VIEW = { workload: 'charlm-clean', metrics: 'lm_loss' };

/** What the user reads for each error form: what happened, in whose words, what to do. */
const FORMS = {
  unauthorized: [/not signed in/i, /authentication required/, /sign in/i],
  forbidden: [/not (signed in|allowed)/i, /listing workloads is not allowed/, /sign in/i],
  'not-found': [/not found/i, /workload not found/, /UID/],
  'missing-path': [/not found/i, /404 page not found/, /UID/],
  'bad-request': [/refused/i, /invalid parameter start/, /check/i],
  'parameter-invalid': [/refused/i, /RequestParameterInvalid: data_source is not valid/, /check/i],
  'server-error': [/failed/i, /the metrics store does not answer/, /retry/i],
  'meta-4001': [/refused/i, /invalid parameter start/, /check/i],
  'meta-4004': [/not found/i, /workload not found/, /UID/],
  'meta-5000': [/failed/i, /internal error/, /retry/i],
  html: [/can't be read/i, /byte 0/, /proxy/i],
  empty: [/broke off/i, /0 bytes/, /retry/i],
};

/** Checks that a notice says all of it. */
async function expectSaid(notice, form) {
  for (const words of FORMS[form]) await expect(notice, form).toContainText(words);
}

test('the list: every error form, and its way out', async ({ page, field }) => {
  const server = await field();
  server.fail('workloads', 'unauthorized');
  await open(page, server.page);
  const notice = page.getByTestId('error');
  for (const form of Object.keys(FORMS)) {
    server.fail('workloads', form);
    const before = server.requests.length;
    await notice.getByTestId('retry').click();
    await expect.poll(() => server.requests.length, form).toBeGreaterThan(before);
    await expectSaid(notice, form);
    await expect(notice, form).toContainText(server.api); // where
  }
  server.heal();
  await notice.getByTestId('retry').click();
  await expect(page.getByTestId('workload-charlm-clean')).toBeVisible();
  await expect(notice).toHaveCount(0);
});

test('a workload: every error form, and its way out', async ({ page, field }) => {
  const server = await field();
  server.fail('all', 'unauthorized');
  await open(page, server.page, VIEW);
  const notice = page.getByTestId('error');
  for (const form of Object.keys(FORMS)) {
    server.fail('all', form);
    const before = server.requests.length;
    await notice.getByTestId('retry').click();
    await expect.poll(() => server.requests.length, form).toBeGreaterThan(before);
    await expectSaid(notice, form);
    await expect(notice, form).toContainText('charlm-clean');
    await expect(page.getByTestId('app')).toHaveAttribute('data-state', 'failed');
  }
  server.heal();
  await notice.getByTestId('retry').click();
  await expectPoints(chart(page, 'lm_loss'), 300);
  await expect(notice).toHaveCount(0);
});

test('the points: every error form, and its way out', async ({ page, field }) => {
  const server = await field();
  server.fail('data', 'unauthorized');
  await open(page, server.page, { ...VIEW, refresh: 'off' });
  const loss = chart(page, 'lm_loss');
  const notice = loss.getByTestId('partial');
  for (const form of Object.keys(FORMS)) {
    server.fail('data', form);
    const before = server.requests.length;
    await notice.getByTestId('retry').click();
    await expect.poll(() => server.requests.length, form).toBeGreaterThan(before);
    await expectSaid(notice, form);
    await expect(loss, form).toHaveAttribute('data-state', 'partial');
  }
  server.heal();
  await notice.getByTestId('retry').click();
  await expectPoints(loss, 300);
  await expect(loss).toHaveAttribute('data-state', 'ready');
});

test('a poll: every error form keeps the charts and says how old they are', async ({ page, field }) => {
  const server = await field();
  await open(page, server.page, { ...VIEW, refresh: 'off' });
  const loss = chart(page, 'lm_loss');
  await expectPoints(loss, 300);
  const stale = page.getByTestId('stale');
  for (const form of Object.keys(FORMS)) {
    server.fail('all', form);
    const before = server.requests.length;
    await page.getByTestId('refresh-now').click();
    await expect.poll(() => server.requests.length, form).toBeGreaterThan(before);
    await expectSaid(stale, form);
    await expect(stale, form).toContainText(/data of \d+ (s|min) ago/);
    await expectPoints(loss, 300);
  }
  server.heal();
  await stale.getByTestId('retry-poll').click();
  await expect(stale).toHaveCount(0);
  await expectPoints(loss, 300);
});

test('a poll whose rows are refused keeps the charts too', async ({ page, field }) => {
  const server = await field();
  await open(page, server.page, { ...VIEW, refresh: 'off' });
  const loss = chart(page, 'lm_loss');
  await expectPoints(loss, 300);
  for (const form of ['server-error', 'malformed', 'cut', 'meta-5000']) {
    server.fail('data', form);
    await page.getByTestId('refresh-now').click();
    await expect(page.getByTestId('stale'), form).toBeVisible();
    await expectPoints(loss, 300);
    server.heal();
    await page.getByTestId('retry-poll').click();
    await expect(page.getByTestId('stale'), form).toHaveCount(0);
  }
});

test('a workload that is not there', async ({ page, server }) => {
  await open(page, server.url, { workload: 'nobody' });
  const notice = page.getByTestId('error');
  await expect(notice).toContainText(/not found/i);
  await expect(notice).toContainText('nobody');
  await notice.getByTestId('to-list').click();
  await expectView(page, { workload: undefined });
  await expect(page.getByTestId('workload-charlm-clean')).toBeVisible();
});

test('an API that was never there is named with its address', async ({ page, field }) => {
  const away = await field();
  const server = await field({ config: { api: away.api } });
  await away.down();
  await open(page, server.page);
  const notice = page.getByTestId('error');
  await expect(notice).toContainText(/does not answer/i);
  await expect(notice).toContainText(away.api);
  await expect(notice).toContainText('config.json');
});

test('a config.json with a fault is named, and read anew by a retry', async ({ page, field }) => {
  const server = await field({ basePath: '/api/v1' });
  const notice = page.getByTestId('error');
  for (const [content, words] of [
    ['{ "apis": "/lens/v1" }', [/unknown field `apis`/, /expected `api`/, /line 1/]],
    ['{ "api": "/lens/v1", }', [/trailing comma at line 1/]],
    ['{ "api": 7 }', [/integer `7`, expected a string/]],
    ['{ "api": "ftp://host/v1" }', [/`ftp:\/\/host\/v1`; expected a path such as \/api\/v1/]],
  ]) {
    server.configure(content);
    for (const view of [{}, VIEW]) {
      await open(page, server.page, view);
      await expect(notice, content).toContainText("config.json can't be used");
      await expect(notice, content).toContainText(`${server.page}config.json`);
      await expect(notice, content).toContainText('{"api": "/api/v1"}'); // what to do
      for (const word of words) await expect(notice, content).toContainText(word);
    }
  }
  expect(server.requests).toEqual([]); // no guess at another API
  server.configure('{ "api": "/api/v1" }');
  await notice.getByTestId('retry').click();
  await expectPoints(chart(page, 'lm_loss'), 300);

  server.configure(undefined); // no such file: the default
  await open(page, server.page, VIEW);
  await expectPoints(chart(page, 'lm_loss'), 300);
});

test('an API that is down when a workload is opened', async ({ page, field }) => {
  const server = await field();
  await open(page, server.page);
  await expect(page.getByTestId('workload-charlm-clean')).toBeVisible();
  await server.down();
  await page.getByTestId('workload-charlm-clean').click();
  const notice = page.getByTestId('error');
  await expect(notice).toContainText(/does not answer/i);
  await expect(notice).toContainText(/check that the server runs/i);
  await server.up();
  await notice.getByTestId('retry').click();
  await expectPoints(chart(page, 'lm_loss'), 300);
});

test('an API that goes down later: the charts stay, it comes back by itself', async ({ page, field }) => {
  const server = await field();
  await open(page, server.page, VIEW);
  const loss = chart(page, 'lm_loss');
  await expectPoints(loss, 300);
  await server.down();
  const stale = page.getByTestId('stale');
  await expect(stale).toContainText(/does not answer/i);
  await expect(stale).toContainText(/data of \d+ s ago/);
  await expectPoints(loss, 300);
  await choose(page.getByTestId('y-axis'), 'log'); // and it is still an instrument
  await expectView(page, { scale: 'log' });
  await page.getByTestId('span-custom').click();
  await page.getByTestId('span-last').fill('100');
  await page.getByTestId('span-last').press('Enter');
  await expectPoints(loss, 100);
  await server.up();
  await expect(stale).toHaveCount(0);
});

for (const form of ['malformed', 'half-body', 'cut']) {
  test(`a body that breaks (${form}) keeps the rows before`, async ({ page, server: real, field }) => {
    const server = await field();
    server.fail('data', form, { pauseMs: 500 });
    await open(page, server.page, { ...VIEW, refresh: 'off' });
    const loss = chart(page, 'lm_loss');
    const notice = loss.getByTestId('partial');
    await expect(notice).toBeVisible();
    const { body, brokenAt } = server.requests.find(({ endpoint }) => endpoint === 'data');
    const kept = wholeRows(body, brokenAt);
    expect(kept).toBeGreaterThan(100);
    await expect(notice).toContainText(`The ${kept} rows before it are kept`);
    await expect(notice).toContainText(form === 'malformed' ? `byte ${brokenAt}:` : `${brokenAt} bytes`);
    await expect(notice).toContainText(form === 'malformed' ? /can't be read.*expected/i : /broke off.*retry/i);
    await expectPoints(loss, kept);

    server.heal();
    await notice.getByTestId('retry').click();
    await expectPoints(loss, (await rowsOf(real.api, 'charlm-clean', 'lm_loss')).length); // none twice
    await expect(loss).toHaveAttribute('data-state', 'ready');
  });
}

test('small answers that break', async ({ page, field }) => {
  const server = await field();
  for (const [form, words] of [['malformed', /can't be read/i], ['half-body', /broke off|does not answer/i], ['cut', /broke off|does not answer/i]]) {
    server.fail('all', form);
    await open(page, server.page, VIEW);
    await expect(page.getByTestId('error'), form).toContainText(words);
    if (form === 'malformed') {
      const { brokenAt } = server.requests.find((request) => request.form === 'malformed');
      await expect(page.getByTestId('error')).toContainText(`byte ${brokenAt}:`);
    }
    server.heal();
    await page.getByTestId('error').getByTestId('retry').click();
    await expectPoints(chart(page, 'lm_loss'), 300);
  }
});

test('nothing recorded yet', async ({ page, field }) => {
  const server = await field();
  server.fail('data', 'nothing');
  await open(page, server.page, { ...VIEW, refresh: 'off' });
  const loss = chart(page, 'lm_loss');
  await expect(loss).toHaveAttribute('data-state', 'empty');
  await expect(loss.getByTestId('empty')).toHaveText('No points recorded yet.');
  server.heal();
  await page.getByTestId('refresh-now').click();
  await expectPoints(loss, 300);

  server.fail('available', 'nothing');
  await open(page, server.page, VIEW);
  await expect(page.getByTestId('no-metrics')).toContainText('No metrics yet');
  server.heal();
  await expectPoints(chart(page, 'lm_loss'), 300); // with the next poll
});

test('no runs at all: what is looked for, and the command to try', async ({ page, field }) => {
  const server = await field();
  server.fail('workloads', 'nothing');
  await open(page, server.page);
  const first = page.getByTestId('first-use');
  await expect(first).toContainText('No runs found');
  await expect(first).toContainText('parallax serve');
  await expect(first).toContainText(server.api);
});

test('a large answer shows its progress; the page answers meanwhile; cancel keeps the rows', async ({ page, field }) => {
  const server = await field();
  server.fail('data', 'trickle', { pieceBytes: 2_048, pauseMs: 150 });
  await open(page, server.page, { workload: 'charlm-clean', metrics: 'train/lm_loss', refresh: 'off' });
  const loss = chart(page, 'train/lm_loss');
  const progress = page.getByTestId('progress');
  await expect(progress).toContainText(/Loading [1-9][\d,]* rows · [\d.]+ (kB|MB)/);
  await expect.poll(() => pointsOf(loss)).toBeGreaterThan(0); // drawn as they arrive

  await page.getByTestId('tab-data').click();
  await expect(page.getByTestId('points')).toBeVisible();
  await page.getByTestId('tab-explore').click();
  await page.getByTestId('metric-search').fill('grad');
  await expect(page.getByTestId('metric-train/grad_norm')).toBeVisible();
  await expect(progress).toBeVisible(); // still under way

  await progress.getByTestId('cancel').click();
  await expect(progress).toHaveCount(0);
  const notice = loss.getByTestId('partial');
  await expect(notice).toContainText(/cancelled/i);
  const kept = Number((await notice.textContent()).match(/The ([\d,]+) rows? before/)[1].replace(',', ''));
  expect(kept).toBeGreaterThan(0);
  const whole = JSON.parse(server.requests.find(({ endpoint }) => endpoint === 'data').body).data.length;
  expect(kept).toBeLessThan(whole);
  await expectPoints(loss, kept);

  server.heal();
  await notice.getByTestId('retry').click();
  await expectPoints(loss, whole);
  await expect(loss).toHaveAttribute('data-state', 'ready');
});

test('a server that never answers can be cancelled or left', async ({ page, field }) => {
  const server = await field();
  server.fail('data', 'hang');
  await open(page, server.page, { ...VIEW, refresh: 'off' });
  await expect(chart(page, 'lm_loss')).toHaveAttribute('data-state', 'loading');
  await page.getByTestId('home').click();
  server.heal();
  await page.getByTestId('workload-charlm-diverge').click();
  await expectPoints(chart(page, 'lm_loss'), 120);
});

test('a poll that hangs is given up, is reported as such, and does not stop the next one', async ({ page, field }) => {
  test.setTimeout(120_000);
  const server = await field();
  await open(page, server.page, { ...VIEW, refresh: 'off' });
  await expectPoints(chart(page, 'lm_loss'), 300);
  server.fail('available', 'hang');
  await page.getByTestId('refresh-now').click();
  const stale = page.getByTestId('stale');
  await expect(stale).toContainText('does not answer in time', { timeout: 60_000 });
  await expect(stale).toContainText('30 s');
  await expectPoints(chart(page, 'lm_loss'), 300);
  server.heal();
  await stale.getByTestId('retry-poll').click();
  await expect(stale).toHaveCount(0);
});

test('a poll that hangs stops nothing of another workload', async ({ page, field }) => {
  const server = await field();
  await open(page, server.page, { ...VIEW, refresh: 'off' });
  await expectPoints(chart(page, 'lm_loss'), 300);
  server.fail('available', 'hang', { times: 1 });
  await page.getByTestId('refresh-now').click();
  await expect.poll(() => server.requests.filter(({ form }) => form === 'hang').length).toBe(1);
  await page.getByTestId('home').click();
  await page.getByTestId('workload-charlm-diverge').click();
  await expectPoints(chart(page, 'lm_loss'), 120);
  const polls = () => server.requests.filter(({ endpoint, uid }) => endpoint === 'available' && uid === 'charlm-diverge').length;
  const before = polls();
  await page.getByTestId('refresh-now').click();
  await expect.poll(polls).toBeGreaterThan(before);
});

test('rows that break off are loaded by the next poll', async ({ page, field }) => {
  const server = await field();
  server.fail('data', 'server-error');
  await open(page, server.page, { ...VIEW, refresh: '5s' });
  const loss = chart(page, 'lm_loss');
  await expect(loss.getByTestId('partial')).toBeVisible();
  server.heal();
  await expectPoints(loss, 300); // without a click
});
