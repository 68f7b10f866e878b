// What the driver calls on load.html: one load, timed, with the long tasks of the main thread.

import { fetchColumns, rowsOf } from './columns.mjs';

let kept;
const worker = new Worker('load-worker.mjs', { type: 'module' });
const answer = () => new Promise((done) => worker.addEventListener('message', ({ data }) => done(data), { once: true }));
await answer();

const tasks_ms = [];
new PerformanceObserver((list) => tasks_ms.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });

async function onPage({ url }) {
  kept = await fetchColumns(url);
  return { rows: rowsOf(kept) };
}

async function inWorker(way, where) {
  const told = answer();
  worker.postMessage({ way, ...where });
  return told;
}

window.load = async (way, where) => {
  tasks_ms.length = 0;
  const start = performance.now();
  const told = await (way === 'page' ? onPage(where) : inWorker(way, where));
  const took_ms = performance.now() - start;
  await new Promise((done) => setTimeout(done, 100)); // long tasks are told afterwards
  return { took_ms, longest_task_ms: Math.max(0, ...tasks_ms), ...told };
};
document.documentElement.dataset.ready = '';
