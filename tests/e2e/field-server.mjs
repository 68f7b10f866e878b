// Stands for the servers in the field: the true data of a running `parallax` server, in the form of
// generation A or B, in their orders, with each of their errors on request, under any base path;
// and the built page beside it under any sub-path, as a static host serves it.
//
// Only the form is made here. Every row comes from the server behind it.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { ERRORS, dice, failure, inFieldOrder, json, nothing, respelled, success } from './field-forms.mjs';
import { DIST } from './harness.mjs';

/**
 * @typedef {import('./field-forms.mjs').Generation} Generation
 * @typedef {import('./field-forms.mjs').Endpoint} Endpoint
 * @typedef {import('./field-forms.mjs').Reply} Reply
 * @typedef {keyof typeof ERRORS | typeof import('./field-forms.mjs').FAULTS[number] | 'nothing'} Form
 *
 * @typedef {object} FieldOptions
 * @property {string} upstream            the API's base of the real server
 * @property {Generation} generation      default A
 * @property {boolean} envelopedList      generation A with `/workloads` in an envelope; default no
 * @property {boolean} nullForNonFinite   `null` for what is not finite; default in B
 * @property {string[]} omit              fields that its workloads lack, as `status`
 * @property {string} basePath            of the API; default `/v1`
 * @property {string} subPath             of the page; default `/`
 * @property {string} dist                the built page
 * @property {Record<string, unknown>} config  more for the page's config.json
 * @property {number} seed                of the random orders
 *
 * @typedef {object} Fault
 * @property {Endpoint | 'all'} endpoint
 * @property {Form} form
 * @property {number} times               how many requests it still meets
 * @property {(request: FieldRequest) => boolean} when  which requests it meets
 * @property {number} pieceBytes          of a trickle
 * @property {number} pauseMs             of a trickle, and before a connection is cut
 *
 * @typedef {object} FieldRequest
 * @property {Endpoint} endpoint
 * @property {string | undefined} uid
 * @property {Record<string, string>} query
 * @property {Form | 'true'} form         how it was answered
 * @property {number} bytes               of the whole body
 * @property {string} body                the whole body, before anything broke it
 * @property {number | undefined} brokenAt  the byte at which a malformed, half or cut body breaks
 *
 * @typedef {object} FieldServer
 * @property {string} origin
 * @property {string} page       the address of the page
 * @property {string} api        the API's base
 * @property {FieldRequest[]} requests  all that the API was asked, oldest first
 * @property {(endpoint: Endpoint | 'all', form: Form, options?: Partial<Fault>) => void} fail
 *   answers in that form from now on; a later call for the same endpoint replaces an earlier one
 * @property {() => void} heal   answers truly again
 * @property {(content: string | undefined) => void} configure  config.json has this content from now
 *   on; `undefined`: there is none
 * @property {() => Promise<void>} down  refuses connections; the page in a browser stays there
 * @property {() => Promise<void>} up    listens again, on the same port
 * @property {() => Promise<void>} stop
 */

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

const MISSING = { status: 404, type: 'text/plain', body: 'no such file' };

/**
 * Starts it on a free port.
 * @param {Partial<FieldOptions> & { upstream: string }} options
 * @returns {Promise<FieldServer>}
 */
export async function startFieldServer(options) {
  const generation = options.generation ?? 'A';
  /** @type {FieldOptions} */
  const field = {
    generation,
    envelopedList: generation === 'B',
    nullForNonFinite: generation === 'B',
    omit: [],
    dist: DIST,
    config: {},
    seed: 1,
    ...options,
    basePath: `/${trimSlashes(options.basePath ?? '/v1')}`,
    subPath: `/${trimSlashes(options.subPath ?? '')}/`.replace('//', '/'),
  };
  /** @type {Fault[]} */
  let faults = [];
  /** @type {FieldRequest[]} */
  const requests = [];
  const random = dice(field.seed);

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://field');
    const work = isBelow(url.pathname, field.basePath)
      ? answerApi(field, url, { faults, requests, random }, response)
      : answerPage(field, url.pathname, response);
    work.catch((error) => {
      if (!response.headersSent) response.writeHead(502, { 'Content-Type': 'text/plain' });
      response.end(`field server: ${error.message}`);
    });
  });
  const listen = (port) => new Promise((done, fail) => server.once('error', fail).listen(port, '127.0.0.1', done));
  const close = () => {
    const closed = new Promise((done) => server.close(done));
    server.closeAllConnections();
    return closed;
  };
  await listen(0);
  const { port } = server.address();
  const origin = `http://127.0.0.1:${port}`;

  return {
    origin,
    page: origin + field.subPath,
    api: origin + field.basePath,
    requests,
    fail(endpoint, form, more = {}) {
      faults = faults.filter((fault) => fault.endpoint !== endpoint);
      faults.push({ times: Infinity, when: () => true, pieceBytes: 4096, pauseMs: 20, ...more, endpoint, form });
    },
    heal: () => void (faults = []),
    configure: (content) =>
      void (field.configReply = content === undefined ? MISSING : { status: 200, type: TYPES['.json'], body: content }),
    down: close,
    up: () => listen(port),
    stop: () => (server.listening ? close() : Promise.resolve()),
  };
}

/** @param {string} path */
function trimSlashes(path) {
  return path.replace(/^\/+|\/+$/g, '');
}

/**
 * @param {string} path
 * @param {string} base
 */
function isBelow(path, base) {
  return path === base || path.startsWith(`${base}/`);
}

/**
 * @param {string} path  after the base
 * @returns {{ endpoint: Endpoint, uid?: string } | undefined}
 */
function endpointOf(path) {
  if (/^\/workloads\/?$/.test(path)) return { endpoint: 'workloads' };
  const found = path.match(/^\/workloads\/([^/]+)(?:\/metrics\/(sources|available|data|iteration-times))?$/);
  return found ? { endpoint: /** @type {Endpoint} */ (found[2] ?? 'workload'), uid: found[1] } : undefined;
}

async function answerApi(field, url, { faults, requests, random }, response) {
  const found = endpointOf(url.pathname.slice(field.basePath.length));
  if (!found) return send(response, ERRORS['missing-path']);
  /** @type {FieldRequest} */
  const request = {
    ...found,
    uid: found.uid && decodeURIComponent(found.uid),
    query: Object.fromEntries(url.searchParams),
    form: 'true',
    bytes: 0,
    body: '',
    brokenAt: undefined,
  };
  requests.push(request);

  const meets = (fault) => fault.times > 0 && [found.endpoint, 'all'].includes(fault.endpoint) && fault.when(request);
  const fault = faults.findLast?.(meets) ?? [...faults].reverse().find(meets);
  if (fault) {
    fault.times -= 1;
    request.form = fault.form;
  }
  const reply = await replyFor(field, request, found.uid, url.searchParams, random);
  request.body = reply.body;
  request.bytes = Buffer.byteLength(reply.body);
  return fault ? sendBroken(response, reply, request, fault) : send(response, reply);
}

/** The true answer, an error, or nothing: what would be sent if the connection were sound. */
async function replyFor(field, request, rawUid, parameters, random) {
  if (request.form in ERRORS) return ERRORS[request.form];
  const empty = () => success(field.generation, nothing(request.endpoint, request.uid));
  const query = fieldQuery(field.generation, request.endpoint, parameters);
  if (request.form === 'nothing' || query === 'nothing') return empty();

  const path = ['/workloads', rawUid, ['workloads', 'workload'].includes(request.endpoint) ? undefined : `metrics/${request.endpoint}`];
  const upstream = await fetch(`${field.upstream}${path.filter(Boolean).join('/')}?${query}`);
  const value = await upstream.json();
  if (upstream.status === 404 && field.generation === 'A' && request.endpoint !== 'workload') return empty();
  if (!upstream.ok) return failure(field.generation, upstream.status, value.error);
  return spell(field, request.endpoint, value.meta ? value.data : value, random);
}

/** A true payload in the form of the generation. */
function spell(field, endpoint, value, random) {
  const without = (workload) => Object.fromEntries(Object.entries(workload).filter(([name]) => !field.omit.includes(name)));
  if (endpoint === 'workloads') {
    return success(field.generation, { ...value, data: value.data.map(without) }, field.envelopedList);
  }
  if (endpoint === 'workload') return success(field.generation, without(value));
  const ordered = inFieldOrder(endpoint, value, random);
  const isB = field.generation === 'B';
  return success(field.generation, isB || field.nullForNonFinite ? respelled(ordered, field.nullForNonFinite) : ordered);
}

/**
 * What servers in the field understand of a query: half a time range is none, and a blank `metrics`
 * asks for nothing in A and for everything in B.
 * @returns {URLSearchParams | 'nothing'}
 */
function fieldQuery(generation, endpoint, parameters) {
  const query = new URLSearchParams(parameters);
  if (query.has('start') !== query.has('end')) {
    query.delete('start');
    query.delete('end');
  }
  const metrics = query.get('metrics');
  if (endpoint === 'data' && metrics !== null && metrics.replaceAll(',', '').trim() === '') {
    if (generation === 'A') return 'nothing';
    query.delete('metrics');
  }
  return query;
}

/** @param {Reply} reply */
function send(response, reply) {
  response.writeHead(reply.status, { 'Content-Type': reply.type, 'Content-Length': Buffer.byteLength(reply.body) });
  response.end(reply.body);
}

async function sendBroken(response, reply, request, fault) {
  const body = Buffer.from(reply.body);
  const half = Math.floor(body.length / 2);
  const head = { 'Content-Type': reply.type };
  switch (fault.form) {
    case 'malformed': {
      // at a place between values, so that no string hides it
      const comma = body.indexOf(',"', half);
      request.brokenAt = comma < 0 ? half : comma;
      body[request.brokenAt] = '#'.charCodeAt(0);
      response.writeHead(200, { ...head, 'Content-Length': body.length }).end(body);
      return;
    }
    case 'half-body':
    case 'cut': {
      request.brokenAt = half;
      response.writeHead(200, fault.form === 'cut' ? head : { ...head, 'Content-Length': body.length });
      response.write(body.subarray(0, half));
      await pause(fault.pauseMs); // a browser drops what it has not handed on when the connection breaks
      response.destroy();
      return;
    }
    case 'trickle':
      response.writeHead(200, { ...head, 'Content-Length': body.length });
      for (let at = 0; at < body.length && !response.destroyed; at += fault.pieceBytes) {
        response.write(body.subarray(at, at + fault.pieceBytes));
        await pause(fault.pauseMs);
      }
      response.end();
      return;
    case 'hang':
      return; // the client ends it, or stop() does
    default:
      send(response, reply);
  }
}

/** The page, as any static host serves it; its config.json points at this server's API. */
async function answerPage(field, path, response) {
  if (path === field.subPath.slice(0, -1)) {
    return void response.writeHead(301, { Location: field.subPath }).end();
  }
  if (!path.startsWith(field.subPath)) return send(response, MISSING);
  const name = decodeURIComponent(path.slice(field.subPath.length)) || 'index.html';
  const file = normalize(join(field.dist, name));
  if (!file.startsWith(field.dist + sep)) return send(response, MISSING);
  const bytes = await readFile(file).catch(() => undefined);
  if (!bytes) return send(response, MISSING);
  if (name === 'config.json') {
    const usual = () => json(200, { ...JSON.parse(bytes.toString()), api: field.basePath, ...field.config });
    return send(response, field.configReply ?? usual());
  }
  const type = TYPES[extname(file)] ?? 'application/octet-stream';
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': bytes.length, 'Cache-Control': 'no-cache' });
  response.end(bytes);
}
