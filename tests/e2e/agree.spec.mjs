// Page, API and command line give the same number of rows, attempts and matched points.

import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { grouped } from './figures.mjs';
import { expect, test } from './fixtures.mjs';
import { EXAMPLE_RUNS, PARALLAX, ROOT, get, parseCsv, run, startServer } from './harness.mjs';
import { open } from './page.mjs';
import { readFile } from 'node:fs/promises';

const CASES = join(ROOT, '../shared/data/cases');
const FOLDERS = [
  EXAMPLE_RUNS,
  join(ROOT, '../shared/data/twin'),
  ...['05-ultralytics-results', '45-timeless-two-sources', '60-live-resume', '62-restart-far-back'].map((name) => join(CASES, name)),
];

/** Rows and attempts of each series, as `metric@source`. */
function counts(rows, nameOf, attemptOf) {
  const series = new Map();
  for (const row of rows) {
    const name = nameOf(row);
    const held = series.get(name) ?? { rows: 0, attempts: new Set() };
    held.rows += 1;
    held.attempts.add(Number(attemptOf(row)));
    series.set(name, held);
  }
  return new Map([...series].map(([name, { rows: count, attempts }]) => [name, { rows: count, attempts: attempts.size }]));
}

for (const folder of FOLDERS) {
  test(`page, API and command line agree on ${folder.split('/').slice(-2).join('/')}`, async ({ page }) => {
    test.skip(!existsSync(folder), `${folder} is not there`);
    test.setTimeout(240_000);
    const server = await startServer({ runs: folder, copy: false });
    try {
      const { stdout } = run(PARALLAX, ['compare', folder, '--format', 'json']);
      const compared = new Map(JSON.parse(stdout || '{"workloads":[]}').workloads.map((one) => [one.uid, one.rows]));
      const { data: workloads } = await get(server.api, '/workloads', { page_size: '100' });
      for (const { uid } of workloads) {
        const { data } = await get(server.api, `/workloads/${uid}/metrics/data`, { with: 'attempt' });
        const api = counts(data, (row) => `${row.metric_name}@${row.data_source}`, (row) => row.attempt);

        await open(page, server.url, { workload: uid, metrics: '*', page: 'data', refresh: 'off' });
        await expect(page.getByTestId('rows')).toHaveAttribute('data-total', `${data.length}`, { timeout: 60_000 });
        const [file] = await Promise.all([page.waitForEvent('download'), page.getByTestId('csv').click()]);
        const csv = parseCsv(await readFile(await file.path(), 'utf8'));
        expect(counts(csv, (row) => `${row.metric}@${row.source}`, (row) => row.attempt), uid).toEqual(api);

        for (const row of (compared.get(uid) ?? []).slice(0, 3)) {
          const [a, b] = [`${row.metric_a}@${row.source_a}`, `${row.metric_b}@${row.source_b}`];
          expect([row.attempts_a, row.attempts_b], `${uid} ${a} ${b}`).toEqual([api.get(a).attempts, api.get(b).attempts]);
          await open(page, server.url, { workload: uid, page: 'compare', compare: `${a}~${b}`, refresh: 'off' });
          await expect(page.getByTestId('pair-page')).toHaveAttribute('data-state', 'ready', { timeout: 60_000 });
          await expect(page.getByTestId('matched')).toHaveText(grouped(row.matched));
        }
      }
    } finally {
      await server.stop();
    }
  });
}
