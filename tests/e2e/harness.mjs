// What the end-to-end tests stand on: the real server over real runs, and small helpers.
//
// Nothing is faked here: `startServer` starts the built `parallax` binary, by default over a copy
// of examples/runs, and talks to it as any client does.

import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { appendFile, cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The demo runs. */
export const EXAMPLE_RUNS = join(ROOT, 'examples/runs');

/** The built page. */
export const DIST = process.env.PARALLAX_DIST ?? join(ROOT, 'dist');

/** Chromium: CHROME, else on PATH. */
export const CHROME =
  process.env.CHROME ??
  ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map(which).find(Boolean);

/** The server: PARALLAX, else the last release build, else the last debug build. */
export const PARALLAX =
  process.env.PARALLAX ??
  ['release', 'debug'].map((profile) => join(ROOT, 'target', profile, 'parallax')).find(existsSync);

/** The project's own commands: XTASK, else the last build. */
const XTASK =
  process.env.XTASK ??
  ['release', 'debug'].map((profile) => join(ROOT, 'target', profile, 'xtask')).find(existsSync);

/**
 * The path of a program on PATH.
 * @param {string} program
 * @returns {string | undefined}
 */
export function which(program) {
  const files = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program));
  return files.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Runs a program to its end.
 * @param {string} program
 * @param {string[]} args
 * @returns {{ status: number | null, stdout: string, stderr: string }}
 */
export function run(program, args) {
  return spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
}

/**
 * Writes made-up runs with `cargo xtask generate` and tells where their spikes are.
 * @param {string} folder
 * @param {Record<string, string | number>} options  `{ points: 5_000_000, series: 1 }`
 * @returns {Map<string, number[]>}  metric → steps, in the order of the series
 */
export function generateRuns(folder, options) {
  if (!XTASK) throw new Error('no xtask is built: run `cargo xtask serve`, or set XTASK');
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  const { status, stdout, stderr } = run(XTASK, ['generate', folder, ...flags]);
  if (status !== 0) throw new Error(`xtask generate ended with ${status}: ${stderr}`);
  const lines = stdout.matchAll(/^spikes of (.+) at steps (.+)$/gm);
  return new Map(Array.from(lines, ([, metric, steps]) => [metric, steps.split(', ').map(Number)]));
}

/**
 * @typedef {object} Server
 * @property {string} url    where it listens, `http://127.0.0.1:PORT`
 * @property {string} api    the base of the API, `url` + `/api/v1`
 * @property {string} runs   the folder that it serves
 * @property {() => string} log  what it has printed so far
 * @property {(file: string, text: string) => Promise<void>} append  adds to a file below `runs`
 * @property {() => Promise<void>} stop  ends it and removes the copy
 */

/**
 * Starts the server on a free port and waits until it answers and lists something.
 * @param {object} [options]
 * @param {string} [options.runs]   the folder to serve
 * @param {boolean} [options.copy]  serve a copy of it, which a test may change
 * @param {(list: { total: number }) => boolean} [options.ready]  when the list is complete enough
 * @param {string} [options.dist]   the page to serve
 * @param {string[]} [options.args] more options of the command line
 * @returns {Promise<Server>}
 */
export async function startServer({
  runs = EXAMPLE_RUNS,
  copy = true,
  ready = (list) => list.total > 0,
  dist = DIST,
  args = [],
} = {}) {
  if (!PARALLAX) throw new Error('no server is built: run `cargo xtask serve`, or set PARALLAX');
  const temporary = copy ? await mkdtemp(join(tmpdir(), 'parallax-e2e-')) : undefined;
  const folder = temporary ? join(temporary, 'runs') : runs;
  if (temporary) await cp(runs, folder, { recursive: true });

  // a debug build has no page in it
  const page = existsSync(join(dist, 'index.html')) ? ['--dashboard', dist] : [];
  const child = spawn(PARALLAX, ['serve', folder, '--port', '0', ...page, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (printed += text));
  }
  const ended = new Promise((done) => child.once('exit', done).once('error', done));
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);

  const stop = async () => {
    process.off('exit', kill);
    child.kill('SIGTERM');
    const patience = setTimeout(kill, 5_000);
    await ended;
    clearTimeout(patience);
    if (temporary) await rm(temporary, { recursive: true, force: true });
  };

  try {
    const isRunning = () => child.exitCode === null && child.signalCode === null && child.pid !== undefined;
    const url = await until('the server prints its address', () => {
      if (!isRunning()) throw new Error(`the server ended at its start:\n${printed}`);
      return printed.match(/http:\/\/(127\.0\.0\.1|localhost):[1-9]\d*/)?.[0];
    });
    const api = `${url}/api/v1`;
    await until('the server lists the runs', async () => {
      if (!isRunning()) throw new Error(`the server ended at its start:\n${printed}`);
      const response = await fetch(`${api}/workloads`).catch(() => undefined);
      return response?.ok && ready(payload(await response.json()));
    });
    const append = (file, text) => appendFile(join(folder, file), text);
    return { url, api, runs: folder, log: () => printed, append, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Asks again and again until the answer is there; fails after `patience_ms`.
 * @template T
 * @param {string} what  for the error
 * @param {() => T | Promise<T>} ask
 * @param {number} [patience_ms]
 * @returns {Promise<NonNullable<T>>}
 */
export async function until(what, ask, patience_ms = 30_000) {
  const end = Date.now() + patience_ms;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited ${patience_ms} ms in vain: ${what}`);
    await pause(50);
  }
}

/**
 * The payload of a response body of either generation.
 * @param {any} body
 */
export function payload(body) {
  return body?.meta && 'data' in body ? body.data : body;
}

/**
 * Gets a path of the API and returns its payload.
 * @param {string} api   the API's base
 * @param {string} path  after the base
 * @param {Record<string, string | number>} [query]
 */
export async function get(api, path, query = {}) {
  const parameters = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, `${value}`]));
  const response = await fetch(`${api}${path}?${parameters}`);
  if (!response.ok) throw new Error(`${response.status} for ${path}?${parameters}: ${await response.text()}`);
  return payload(await response.json());
}

/**
 * The uid of the workload with exactly this name.
 * @param {string} api
 * @param {string} name
 * @returns {Promise<string>}
 */
export async function uidOf(api, name) {
  const { data } = await get(api, '/workloads', { name, page_size: 1000 });
  const found = data.find((workload) => workload.name === name);
  if (!found) throw new Error(`no workload ${name} among ${data.map((workload) => workload.name)}`);
  return found.uid;
}

/**
 * Reads CSV: quoted fields, doubled quotes, CRLF or LF.
 * @param {string} text
 * @returns {Record<string, string>[]}  a record a row, named by the header
 */
export function parseCsv(text) {
  const rows = [];
  let row = [];
  let field = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (quoted) {
      if (character !== '"') field += character;
      else if (text[at + 1] === '"') field += text[++at];
      else quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === ',') row.push(field), (field = '');
    else if (character === '\n') rows.push([...row, field]), (row = []), (field = '');
    else if (character !== '\r') field += character;
  }
  if (field !== '' || row.length > 0) rows.push([...row, field]);
  const [header = [], ...body] = rows;
  return body.map((fields) => Object.fromEntries(header.map((name, index) => [name, fields[index] ?? ''])));
}

/**
 * What a Megatron-style log says of one quantity, read with a regular expression of the test's own:
 * the independent figure that the server's answer is held against.
 * @param {string} file
 * @param {string} wording  as the log has it, `lm loss`
 * @returns {Promise<{ iteration: number, time_ms: number, value: number }[]>}
 */
export async function readLog(file, wording) {
  const pattern = new RegExp(
    `^ ?\\[(\\d{4}-\\d\\d-\\d\\d) (\\d\\d:\\d\\d:\\d\\d)\\] iteration +(\\d+)/.*\\| ${wording}: (\\S+) \\|`,
    'gm',
  );
  const number = (text) => ({ NAN: NaN, INF: Infinity, '-INF': -Infinity })[text.toUpperCase()] ?? Number(text);
  const text = await readFile(file, 'utf8');
  return Array.from(text.matchAll(pattern), ([, day, time, iteration, value]) => ({
    iteration: Number(iteration),
    time_ms: Date.parse(`${day}T${time}Z`),
    value: number(value),
  }));
}

/**
 * A line as the demo runs' logs have it.
 * @param {number} iteration
 * @param {string} loss
 * @param {Date} time
 */
export function logLine(iteration, loss, time) {
  const [day, rest] = time.toISOString().split('T');
  return (
    ` [${day} ${rest.slice(0, 8)}] iteration ${String(iteration).padStart(8)}/    3000 | consumed samples: ` +
    `${String(iteration * 16).padStart(12)} | elapsed time per iteration (ms): 70.0 | learning rate: 1.000000E-04 | ` +
    `global batch size:    16 | lm loss: ${loss} | loss scale: 1.0 | grad norm: 0.500 | ` +
    `number of skipped iterations:   0 | number of nan iterations:   0 |\n`
  );
}

/**
 * Serves one HTML page on an origin of its own: the portal that embeds a chart.
 * @param {string} html
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function startHostPage(html) {
  const server = createServer((request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(html);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const stop = () => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  };
  return { url: `http://127.0.0.1:${server.address().port}/`, stop };
}
