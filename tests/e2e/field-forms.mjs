// How servers in the field spell what they answer: payloads in generation A and B, orders, errors.
//
// Pure: a payload or a fault in, a reply out.

/**
 * @typedef {'A' | 'B'} Generation
 * @typedef {'workloads' | 'workload' | 'sources' | 'available' | 'data' | 'iteration-times'} Endpoint
 *
 * @typedef {object} Reply
 * @property {number} status
 * @property {string} type   the media type
 * @property {string} body
 */

const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * @param {number} status
 * @param {unknown} value
 * @returns {Reply}
 */
export function json(status, value) {
  return { status, type: JSON_TYPE, body: JSON.stringify(value) };
}

/**
 * A success of a generation.
 * @param {Generation} generation
 * @param {unknown} value
 * @param {boolean} [enveloped]  puts a payload of generation A into B's envelope
 * @returns {Reply}
 */
export function success(generation, value, enveloped = generation === 'B') {
  return json(200, enveloped ? { meta: { code: 2000, message: 'OK' }, data: value, tracing: null } : value);
}

/**
 * An error of a generation: A has an HTTP status, B says 200 and puts a code into the envelope.
 * @param {Generation} generation
 * @param {400 | 404 | 500} status
 * @param {string} message
 * @returns {Reply}
 */
export function failure(generation, status, message) {
  if (generation === 'A') return json(status, { error: message });
  return envelopedError({ 400: 4001, 404: 4004, 500: 5000 }[status], message);
}

/**
 * @param {number} code
 * @param {string} message
 */
function envelopedError(code, message) {
  return json(200, { meta: { code, message }, data: null, tracing: null });
}

/** The whole answers that a test can ask for instead of the true one. */
export const ERRORS = {
  unauthorized: json(401, { code: 401, message: 'authentication required' }),
  'bad-request': json(400, { error: 'invalid parameter start: expected milliseconds since the epoch' }),
  'server-error': json(500, { error: 'the metrics store does not answer' }),
  'not-found': json(404, { error: 'workload not found' }),
  'parameter-invalid': json(400, { code: 'RequestParameterInvalid', message: 'data_source is not valid' }),
  forbidden: json(403, { code: 403, message: 'listing workloads is not allowed' }),
  'missing-path': { status: 404, type: 'text/plain', body: '404 page not found' },
  'meta-4001': envelopedError(4001, 'invalid parameter start'),
  'meta-4004': envelopedError(4004, 'workload not found'),
  'meta-5000': envelopedError(5000, 'internal error'),
  html: { status: 200, type: 'text/html', body: '<!doctype html><title>Sign in</title><h1>Sign in</h1>' },
  empty: { status: 200, type: JSON_TYPE, body: '' },
};

/**
 * How the true answer can go wrong on its way.
 *
 * malformed  whole, with one character in the middle that JSON does not know
 * half-body  promises all bytes, sends half of them, cuts the connection
 * cut        promises nothing (chunked), sends half, cuts the connection
 * trickle    whole, in small pieces with pauses
 * hang       nothing, until the client gives up
 */
export const FAULTS = /** @type {const} */ (['malformed', 'half-body', 'cut', 'trickle', 'hang']);

/**
 * The payload of an endpoint that has nothing to tell.
 * @param {Endpoint} endpoint
 * @param {string | undefined} uid
 */
export function nothing(endpoint, uid) {
  const of = { workload_uid: uid, total_count: 0 };
  switch (endpoint) {
    case 'workloads':
      return { data: [], total: 0 };
    case 'sources':
      return { ...of, data_sources: [] };
    case 'available':
      return { ...of, metrics: [] };
    default:
      return { ...of, data: [] };
  }
}

/**
 * Numbers between 0 and 1, the same ones for the same seed (mulberry32).
 * @param {number} seed
 * @returns {() => number}
 */
export function dice(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * @template T
 * @param {T[]} list
 * @param {() => number} random
 * @returns {T[]}
 */
export function shuffled(list, random) {
  const out = [...list];
  for (let last = out.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [out[last], out[other]] = [out[other], out[last]];
  }
  return out;
}

/**
 * A payload as a server in the field orders it: lists at random, rows by their time of arrival
 * with those of one step at random.
 * @param {Endpoint} endpoint
 * @param {any} value
 * @param {() => number} random
 */
export function inFieldOrder(endpoint, value, random) {
  switch (endpoint) {
    case 'sources':
      return { ...value, data_sources: shuffled(value.data_sources, random) };
    case 'available': {
      const metric = (one) => ({ ...one, data_source: shuffled(one.data_source, random) });
      return { ...value, metrics: shuffled(value.metrics.map(metric), random) };
    }
    case 'data':
    case 'iteration-times':
      return { ...value, data: arrivals(value.data, random) };
    default:
      return value;
  }
}

/**
 * @param {{ timestamp: number, iteration: number }[]} rows
 * @param {() => number} random
 */
function arrivals(rows, random) {
  const byTime = [...rows].sort((a, b) => a.timestamp - b.timestamp);
  const out = [];
  for (let start = 0; start < byTime.length; ) {
    let end = start + 1;
    while (end < byTime.length && byTime[end].iteration === byTime[start].iteration) end++;
    for (const row of shuffled(byTime.slice(start, end), random)) out.push(row);
    start = end;
  }
  return out;
}

/**
 * Rows as another program writes them: fields in another order, unknown ones among them.
 * @param {any} value
 * @param {boolean} nullForNonFinite  `null` instead of "NaN" and the infinities
 */
export function respelled(value, nullForNonFinite) {
  if (!Array.isArray(value.data)) return value;
  const row = (one) => ({
    id: `${one.data_source}/${one.metric_name}/${one.iteration}`,
    iteration: one.iteration,
    data_source: one.data_source,
    labels: { rank: '0', tags: [] },
    timestamp: one.timestamp,
    value: nullForNonFinite && typeof one.value === 'string' ? null : one.value,
    metric_name: one.metric_name,
  });
  return { total_count: value.total_count, data: value.data.map(row), workload_uid: value.workload_uid };
}
