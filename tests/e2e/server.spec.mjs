// The real server through plain clients: what scripts in the field do must work unchanged.
//
// The figures come from the files themselves, read here by regular expression or JSON.parse:
// console.log for the source `log`; metrics.jsonl, which the training script wrote beside its
// loggers, for `wandb` (the same float64) and `tensorflow` (rounded to float32).

import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from './fixtures.mjs';
import { EXAMPLE_RUNS, get, logLine, readLog, run, uidOf, until, which } from './harness.mjs';

const CLEAN_LOG = join(EXAMPLE_RUNS, 'charlm-clean/console.log');

/** The rows of one metric of one source, in the order of their iterations. */
async function points(api, name, source, metric) {
  const uid = await uidOf(api, name);
  const { data } = await get(api, `/workloads/${uid}/metrics/data`, { data_source: source, metrics: metric });
  return data.sort((a, b) => a.iteration - b.iteration).map(({ iteration, value }) => ({ iteration, value }));
}

/** What the training script itself wrote down of a metric. */
async function written(name, metric) {
  const text = await readFile(join(EXAMPLE_RUNS, name, 'metrics.jsonl'), 'utf8');
  const rows = text.trim().split('\n').map((line) => JSON.parse(line.replace(/\bNaN\b/g, '"NaN"')));
  return rows
    .filter((row) => metric in row)
    .map((row) => ({ iteration: row.step, value: row[metric] }))
    .sort((a, b) => a.iteration - b.iteration);
}

test.describe('figures', () => {
  test('the log says what its lines say', async ({ server }) => {
    const lines = await readLog(CLEAN_LOG, 'lm loss');
    expect(lines).toHaveLength(300);
    const uid = await uidOf(server.api, 'charlm-clean');
    const query = { data_source: 'log', metrics: 'lm_loss' };
    const { data, total_count } = await get(server.api, `/workloads/${uid}/metrics/data`, query);
    expect(total_count).toBe(300);
    expect(data.map(({ iteration, value, timestamp }) => ({ iteration, value, time_ms: timestamp }))).toEqual(lines);
    expect(new Set(data.map((row) => `${row.metric_name} ${row.data_source}`))).toEqual(new Set(['lm_loss log']));
  });

  test('wandb has the exact values that were logged', async ({ server }) => {
    for (const name of ['charlm-clean', 'charlm-diverge']) {
      const found = await points(server.api, name, 'wandb', 'train/lm_loss');
      expect(found, name).toEqual(await written(name, 'train/lm_loss'));
    }
  });

  test('tensorflow has them rounded to float32', async ({ server }) => {
    const rounded = ({ iteration, value }) => ({ iteration, value: Math.fround(value) });
    for (const metric of ['train/lm_loss', 'train/learning_rate', 'valid/accuracy']) {
      const found = await points(server.api, 'charlm-clean', 'tensorflow', metric);
      const expected = await written('charlm-clean', metric);
      expect(found.map(rounded), metric).toEqual(expected.map(rounded));
    }
  });

  test('what is not finite is a word, not a gap', async ({ server }) => {
    const lines = await readLog(join(EXAMPLE_RUNS, 'charlm-diverge/console.log'), 'lm loss');
    const first = lines.find((line) => Number.isNaN(line.value)).iteration;
    expect(first).toBe(1110);
    for (const [source, metric] of [['log', 'lm_loss'], ['wandb', 'train/lm_loss'], ['tensorflow', 'train/lm_loss']]) {
      const rows = await points(server.api, 'charlm-diverge', source, metric);
      expect(rows.find((row) => row.value === 'NaN').iteration, source).toBe(1110);
      expect(rows.filter((row) => row.value === 'NaN').length, source).toBe(
        lines.filter((line) => Number.isNaN(line.value)).length,
      );
    }
  });

  test('two folders with one run id are one workload, and a restart keeps both attempts', async ({ server }) => {
    const lines = await readLog(join(EXAMPLE_RUNS, 'charlm-resume/console.log'), 'lm loss');
    const twice = lines.filter((line) => line.iteration >= 910 && line.iteration <= 950);
    expect(twice).toHaveLength(10);
    const rows = await points(server.api, 'charlm-resume', 'log', 'lm_loss');
    expect(rows).toHaveLength(lines.length);
    const wandb = await points(server.api, 'charlm-resume', 'wandb', 'train/lm_loss');
    const steps = wandb.map((row) => row.iteration);
    expect(steps.filter((step) => step > 860 && step < 910)).toEqual([]);
    expect(steps.at(-1)).toBe(lines.at(-1).iteration);
  });
});

test.describe('plain clients', () => {
  test('curl and jq poll the last loss', async ({ live }) => {
    test.skip(!which('curl') || !which('jq'), 'curl or jq is not here');
    const uid = await uidOf(live.api, 'charlm-clean');
    const script = `
      while :; do
        curl -sf "$1/workloads/$2/metrics/data?data_source=log&metrics=lm_loss" |
          jq -r '.data | max_by(.iteration) | "\\(.iteration) \\(.value)"'
        sleep 0.2
      done`;
    const loop = spawn('bash', ['-c', script, 'poll', live.api, uid], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
    let printed = '';
    loop.stdout.setEncoding('utf8').on('data', (text) => (printed += text));
    try {
      const last = (await readLog(CLEAN_LOG, 'lm loss')).at(-1);
      await until('the loop prints the last loss', () => printed.startsWith(`${last.iteration} ${last.value}\n`));
      await live.append('charlm-clean/console.log', logLine(3010, '1.234500E+00', new Date(last.time_ms + 5_000)));
      await until('the loop prints what was appended', () => printed.endsWith('3010 1.2345\n'));
    } finally {
      process.kill(-loop.pid); // the loop's own group: bash, curl, jq
    }
  });

  test('fetch with URLSearchParams gets a window of two metrics', async ({ server }) => {
    const losses = await readLog(CLEAN_LOG, 'lm loss');
    const rates = await readLog(CLEAN_LOG, 'learning rate');
    const [start, end] = [losses[50].time_ms, losses[120].time_ms];
    const inside = ({ time_ms }) => time_ms >= start && time_ms <= end;

    const uid = await uidOf(server.api, 'charlm-clean');
    const query = new URLSearchParams({ data_source: 'log', metrics: 'lm_loss,learning_rate', start, end });
    const response = await fetch(`${server.api}/workloads/${uid}/metrics/data?${query}`);
    const { data } = await response.json();
    const of = (name) => data.filter((row) => row.metric_name === name).map((row) => row.value);
    expect(of('lm_loss')).toEqual(losses.filter(inside).map((line) => line.value));
    expect(of('learning_rate')).toEqual(rates.filter(inside).map((line) => line.value));
    expect(data.length).toBe(of('lm_loss').length + of('learning_rate').length);
  });

  test('Python gets a table of metrics', async ({ server }) => {
    test.skip(!which('python3'), 'python3 is not here');
    const uid = await uidOf(server.api, 'charlm-clean');
    // with requests and pandas where they are installed, as scripts in the field do it
    const script = `
import json, sys
api, uid = sys.argv[1:]
url = f"{api}/workloads/{uid}/metrics/data"
params = {"data_source": "log", "metrics": "lm_loss,grad_norm"}
try:
    import requests
    body = requests.get(url, params=params, timeout=30).json()
except ImportError:
    from urllib.parse import urlencode
    from urllib.request import urlopen
    body = json.load(urlopen(f"{url}?{urlencode(params)}", timeout=30))
try:
    import pandas
    table = pandas.DataFrame(body["data"]).pivot(index="iteration", columns="metric_name", values="value")
    rows = [[int(i), float(r["lm_loss"]), float(r["grad_norm"])] for i, r in table.iterrows()]
except ImportError:
    table = {}
    for row in body["data"]:
        table.setdefault(row["iteration"], {})[row["metric_name"]] = row["value"]
    rows = [[i, r["lm_loss"], r["grad_norm"]] for i, r in sorted(table.items())]
print(json.dumps(rows))`;
    const { status, stdout, stderr } = run('python3', ['-c', script, server.api, uid]);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const losses = await readLog(CLEAN_LOG, 'lm loss');
    const norms = await readLog(CLEAN_LOG, 'grad norm');
    expect(JSON.parse(stdout)).toEqual(losses.map((line, index) => [line.iteration, line.value, norms[index].value]));
  });
});

test.describe('the contract', () => {
  test('lists workloads with name, status, paging and order', async ({ server }) => {
    const all = await get(server.api, '/workloads');
    expect(all.total).toBe(all.data.length);
    const names = all.data.map((workload) => workload.name);
    for (const name of ['charlm-clean', 'charlm-diverge', 'charlm-resume', 'hf-trainer', 'keras-digits']) {
      expect(names).toContain(name);
    }
    expect(all.data.map((one) => one.start_at)).toEqual(all.data.map((one) => one.start_at).sort((a, b) => b - a));
    for (const status of new Set(all.data.map((one) => one.status))) {
      const some = await get(server.api, '/workloads', { status });
      expect(some.total).toBe(all.data.filter((one) => one.status === status).length);
    }
    const second = await get(server.api, '/workloads', { page_size: 2, page_num: 2 });
    expect(second.total).toBe(all.total);
    expect(second.data.map((one) => one.uid)).toEqual(all.data.slice(2, 4).map((one) => one.uid));
  });

  test('counts agree between sources, available and data', async ({ server }) => {
    const uid = await uidOf(server.api, 'charlm-clean');
    const at = (path, query) => get(server.api, `/workloads/${uid}/metrics/${path}`, query);
    const { data_sources } = await at('sources');
    const { data } = await at('data');
    const { metrics } = await at('available');
    for (const { name, count } of data_sources) {
      expect(data.filter((row) => row.data_source === name).length, name).toBe(count);
    }
    for (const { name, count } of metrics) {
      expect(data.filter((row) => row.metric_name === name).length, name).toBe(count);
    }
    expect(data_sources.map((one) => one.name)).toEqual(expect.arrayContaining(['log', 'tensorflow', 'wandb']));
  });

  test('one workload names its files with what each gave', async ({ server }) => {
    const workload = await get(server.api, `/workloads/${await uidOf(server.api, 'charlm-clean')}`);
    const log = workload.files.find((file) => file.path.endsWith('console.log'));
    expect(log.bytes).toBe((await readFile(CLEAN_LOG)).length);
    expect(log.points).toBeGreaterThan(0);
  });

  test('a wrong parameter is named with what was expected', async ({ server }) => {
    const uid = await uidOf(server.api, 'charlm-clean');
    const cases = [
      [`/workloads/no-such-run/metrics/data`, 404, 'no-such-run'],
      [`/workloads/${uid}/metrics/data?data_source=mlflow`, 400, 'data_source'],
      [`/workloads/${uid}/metrics/data?start=yesterday&end=2`, 400, 'start'],
      [`/workloads?page_num=zero`, 400, 'page_num'],
      [`/workloads?order_by=name`, 400, 'order_by'],
    ];
    for (const [path, status, named] of cases) {
      const response = await fetch(`${server.api}${path}`);
      expect(response.status, path).toBe(status);
      expect((await response.json()).error, path).toContain(named);
    }
  });

  test('half a time range is an open one, a reversed one is empty', async ({ server }) => {
    const losses = await readLog(CLEAN_LOG, 'lm loss');
    const middle = losses[150].time_ms;
    const path = `/workloads/${await uidOf(server.api, 'charlm-clean')}/metrics/data`;
    const count = async (range) => (await get(server.api, path, { data_source: 'log', metrics: 'lm_loss', ...range })).total_count;
    expect(await count({ start: middle })).toBe(losses.filter((line) => line.time_ms >= middle).length);
    expect(await count({ end: middle })).toBe(losses.filter((line) => line.time_ms <= middle).length);
    expect(await count({ start: middle, end: middle - 1 })).toBe(0);
  });

  test('an unchanged answer is a 304, and bodies are compressed on request', async ({ server }) => {
    const url = `${server.api}/workloads/${await uidOf(server.api, 'charlm-clean')}/metrics/data`;
    const first = await fetch(url);
    const text = await first.text();
    const tag = first.headers.get('etag');
    expect(tag).toBeTruthy();
    const again = await fetch(url, { headers: { 'If-None-Match': tag } });
    expect(again.status).toBe(304);
    for (const encoding of ['gzip', 'br']) {
      const response = await fetch(url, { headers: { 'Accept-Encoding': encoding } });
      expect(response.headers.get('content-encoding')).toBe(encoding);
      expect(await response.text()).toBe(text);
    }
  });
});
