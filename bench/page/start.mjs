// From the address to the first painted chart with uPlot: the same data from the same server.

import { fetchColumns } from './columns.mjs';
import { force } from './measure.mjs';

const { workload, metrics } = Object.fromEntries(new URLSearchParams(location.search));
performance.mark('code');
const series = await fetchColumns(`/api/v1/workloads/${encodeURIComponent(workload)}/metrics/data?metrics=${encodeURIComponent(metrics)}`);
performance.mark('data');
const columns = [...series.values()];
const lines = [...series.keys()].map((label, at) => ({ label, stroke: ['#2563eb', '#d97706', '#059669'][at % 3], width: 1, points: { show: false } }));
const chart = new window.uPlot(
  { width: innerWidth, height: 400, scales: { x: { time: false } }, series: [{ label: 'step' }, ...lines] },
  [columns[0].iteration, ...columns.map(({ value }) => value)],
  document.body,
);
await Promise.resolve();
force(chart.ctx.canvas);
window.painted_ms = performance.now();
