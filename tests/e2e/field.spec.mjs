// The stand-in for servers in the field does what it promises: the same rows in every form.

import { ERRORS } from './field-forms.mjs';
import { expect, test } from './fixtures.mjs';
import { get, payload, uidOf } from './harness.mjs';

const key = (row) => `${row.metric_name} ${row.data_source} ${row.iteration} ${row.timestamp} ${row.value}`;

for (const generation of ['A', 'B']) {
  test(`generation ${generation} has the true rows in an order of its own`, async ({ server, field }) => {
    const { api } = await field({ generation, basePath: '/lens/v1', nullForNonFinite: false });
    expect(new URL(api).pathname).toBe('/lens/v1');
    const uid = await uidOf(api, 'charlm-resume');
    const path = `/workloads/${uid}/metrics/data`;
    const truth = (await get(server.api, path)).data;
    const rows = (await get(api, path)).data;
    const again = (await get(api, path)).data;
    expect(rows.map(key).sort()).toEqual(truth.map(key).sort());
    expect(rows.map(key)).not.toEqual(again.map(key));
    expect(rows.map((row) => row.iteration)).toEqual(again.map((row) => row.iteration));

    const body = await (await fetch(`${api}${path}`)).json();
    expect('meta' in body).toBe(generation === 'B');
  });

  test(`generation ${generation} fails in its own way`, async ({ field }) => {
    const { api } = await field({ generation });
    const uid = await uidOf(api, 'charlm-clean');
    const bad = await fetch(`${api}/workloads/${uid}/metrics/data?start=x&end=y`);
    const unknown = await fetch(`${api}/workloads/nobody/metrics/available`);
    if (generation === 'A') {
      expect(bad.status).toBe(400);
      expect((await bad.json()).error).toContain('start');
      expect(await unknown.json()).toEqual({ workload_uid: 'nobody', metrics: [], total_count: 0 });
    } else {
      expect([bad.status, (await bad.json()).meta.code]).toEqual([200, 4001]);
      expect([unknown.status, (await unknown.json()).meta.code]).toEqual([200, 4004]);
    }
    const half = await get(api, `/workloads/${uid}/metrics/data`, { metrics: 'lm_loss', start: 9e12 });
    expect(half.data).toHaveLength(300); // half a range is no range
    const blank = await get(api, `/workloads/${uid}/metrics/data`, { metrics: ',' });
    expect(blank.data.length > 0).toBe(generation === 'B');
  });
}

test('each error form comes as it is documented', async ({ field }) => {
  const server = await field();
  for (const [form, reply] of Object.entries(ERRORS)) {
    server.fail('workloads', /** @type {any} */ (form));
    const response = await fetch(`${server.api}/workloads`);
    expect([response.status, await response.text()], form).toEqual([reply.status, reply.body]);
  }
  server.heal();
  expect((await get(server.api, '/workloads')).total).toBeGreaterThan(0);
});

test('a body can break on its way', async ({ field }) => {
  const server = await field();
  const uid = await uidOf(server.api, 'charlm-clean');
  const url = `${server.api}/workloads/${uid}/metrics/data?data_source=log`;
  const whole = await (await fetch(url)).text();

  server.fail('data', 'malformed', { times: 1 });
  const malformed = await (await fetch(url)).text();
  const { brokenAt } = server.requests.at(-1);
  expect(malformed.length).toBe(whole.length);
  expect(malformed[brokenAt]).toBe('#');
  expect(() => JSON.parse(malformed)).toThrow();

  for (const form of ['half-body', 'cut']) {
    server.fail('data', form, { times: 1 });
    await expect(fetch(url).then((response) => response.text()), form).rejects.toThrow();
  }

  server.fail('data', 'trickle', { times: 1, pieceBytes: 16_384, pauseMs: 5 });
  const trickled = payload(await (await fetch(url)).json());
  expect(trickled.data).toHaveLength(JSON.parse(whole).data.length);

  server.fail('data', 'nothing', { times: 1 });
  expect((await get(server.api, `/workloads/${uid}/metrics/data`)).data).toEqual([]);

  server.fail('data', 'hang', { times: 1 });
  const patience = AbortSignal.timeout(300);
  await expect(fetch(url, { signal: patience })).rejects.toThrow();

  await server.down();
  await expect(fetch(url)).rejects.toThrow();
  await server.up();
  expect((await fetch(url)).status).toBe(200);
});

test('the page is served under any sub-path with its API beside it', async ({ field }) => {
  const server = await field({ subPath: '/portal/parallax', basePath: '/lens/v1' });
  expect(new URL(server.page).pathname).toBe('/portal/parallax/');
  const page = await fetch(server.page);
  expect(page.headers.get('content-type')).toContain('text/html');
  const config = await (await fetch(`${server.page}config.json`)).json();
  expect(config.api).toBe('/lens/v1');
  expect((await fetch(`${server.origin}/index.html`)).status).toBe(404);
  expect((await fetch(`${server.page}..%2f..%2fCargo.toml`)).status).toBe(404);
});
