// The points that all libraries draw: the same for each side and each run.

/** A number from 0 to 1 that looks random and is the same for the same place. */
function noise(place) {
  let bits = Math.imul(place ^ 0x9e3779b9, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
}

/** A loss at a step: falling, with noise. */
export function loss(step, series) {
  return 2 + series + 8 / (1 + step / 10_000) + (noise(step + series * 0x1000003) - 0.5) * 0.4;
}

/**
 * Series over the same steps, from 0 on.
 * @param {number} count  of series
 * @param {number} points  of each
 * @returns {{ xs: Float64Array, ys: Float64Array[] }}
 */
export function makeData(count, points) {
  const xs = Float64Array.from({ length: points }, (_, step) => step);
  const ys = Array.from({ length: count }, (_, series) => xs.map((step) => loss(step, series)));
  return { xs, ys };
}

/** Rows of series 0 from a step on, as `metrics/data` answers them. */
export function rowsBody(from, count) {
  const row = (_, at) => ({
    metric_name: 'metric 0',
    value: loss(from + at, 0),
    timestamp: (from + at) * 1000,
    iteration: from + at,
    data_source: 'log',
  });
  return new TextEncoder().encode(JSON.stringify({ workload_uid: 'made', data: Array.from({ length: count }, row), total_count: count }));
}
