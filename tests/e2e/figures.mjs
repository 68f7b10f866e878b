// What the page ought to show, computed here from the API's own rows.
//
// Nothing of the page's code is used: counts, differences and missing steps are found again, in the
// plainest way.

import { get, uidOf } from './harness.mjs';

/**
 * @typedef {object} Row
 * @property {string} metric
 * @property {string} source
 * @property {number} iteration
 * @property {number} time_ms
 * @property {number} value  NaN and the infinities as themselves
 */

/**
 * The rows of metrics of a workload, as the API has them.
 * @param {string} api
 * @param {string} workload  its name
 * @param {string | string[]} metrics
 * @param {string} [source]
 * @returns {Promise<Row[]>}
 */
export async function rowsOf(api, workload, metrics, source) {
  const query = { metrics: [metrics].flat().join(','), with: 'timed', ...(source && { data_source: source }) };
  const { data } = await get(api, `/workloads/${await uidOf(api, workload)}/metrics/data`, query);
  return data.map((row) => ({
    metric: row.metric_name,
    source: row.data_source,
    iteration: row.iteration,
    time_ms: row.timestamp, // for a row without a time, the one that it is listed under
    is_timed: row.timed !== false,
    value: Number(row.value ?? NaN),
  }));
}

/**
 * The value of each step; of a step that was run twice, the later one.
 * @param {Row[]} rows
 * @returns {Map<number, number>}
 */
export function latest(rows) {
  const inTime = [...rows].sort((a, b) => a.time_ms - b.time_ms);
  return new Map(inTime.map((row) => [row.iteration, row.value]));
}

/**
 * How two series agree, step by step; Δ is b − a, over steps where both are finite.
 * @param {Row[]} rowsA
 * @param {Row[]} rowsB
 */
export function agreement(rowsA, rowsB) {
  const [a, b] = [latest(rowsA), latest(rowsB)];
  const shared = [...a.keys()].filter((step) => b.has(step));
  const deltas = shared.map((step) => ({ step, delta: b.get(step) - a.get(step) })).filter(({ delta }) => Number.isFinite(delta));
  const worst = deltas.reduce((most, one) => (Math.abs(one.delta) > Math.abs(most.delta) ? one : most), deltas[0]);
  const mean = (of) => deltas.reduce((sum, { delta }) => sum + of(delta), 0) / deltas.length;
  return {
    matched: shared.length,
    missingFromB: a.size - shared.length,
    missingFromA: b.size - shared.length,
    largest: Math.abs(worst.delta),
    largestAt: worst.step,
    mean: mean(Math.abs),
    bias: mean((delta) => delta),
    rmse: Math.sqrt(mean((delta) => delta * delta)),
  };
}

/**
 * A number as the page writes it.
 * @param {string | null} text
 */
export function readNumber(text) {
  return Number((text ?? '').replaceAll('−', '-').replaceAll(',', ''));
}

/**
 * @param {number} value
 * @param {number} digits  significant ones
 */
export function rounded(value, digits = 4) {
  return Number(value.toPrecision(digits));
}

/**
 * A count with its thousands apart: `1,234`.
 * @param {number} count
 */
export function grouped(count) {
  return count.toLocaleString('en-US');
}

/**
 * The rows that arrived whole in a body that broke off at a byte: rows are flat, so each one ends
 * with a brace of its own.
 * @param {string} body
 * @param {number} byte
 */
export function wholeRows(body, byte) {
  return Buffer.from(body).subarray(0, byte).toString().split('}').length - 1;
}
