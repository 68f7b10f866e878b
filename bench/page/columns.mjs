// Rows of JSON to columns by hand, as a page without Parallax would.

/** Fetches, parses everything into objects, and turns those into three typed arrays a series. */
export async function fetchColumns(url) {
  const { data } = await (await fetch(url)).json();
  const counts = new Map();
  const keyOf = (row) => `${row.metric_name}@${row.data_source}`;
  for (const row of data) counts.set(keyOf(row), (counts.get(keyOf(row)) ?? 0) + 1);
  const series = new Map();
  for (const [key, count] of counts) {
    series.set(key, { iteration: new Float64Array(count), timestamp_ms: new Float64Array(count), value: new Float64Array(count), length: 0 });
  }
  for (const row of data) {
    const columns = series.get(keyOf(row));
    columns.iteration[columns.length] = row.iteration;
    columns.timestamp_ms[columns.length] = row.timestamp;
    columns.value[columns.length] = row.value;
    columns.length += 1;
  }
  return series;
}

/** Rows in all series. */
export const rowsOf = (series) => [...series.values()].reduce((sum, { length }) => sum + length, 0);
