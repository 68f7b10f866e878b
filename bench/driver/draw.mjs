// Redraw, zoom and append beside the other libraries, all on one page.

import { openReady } from './browser.mjs';

const ALL = ['parallax', 'uplot', 'chartjs', 'echarts'];

const WORKS = [
  { work: 'redraw 1M', call: 'redraw', series: 1, points: 1_000_000, sides: ALL },
  { work: 'zoom 1M', call: 'zoom', series: 1, points: 1_000_000, sides: ALL },
  { work: 'redraw 5M', call: 'redraw', series: 1, points: 5_000_000, sides: ['parallax', 'uplot'] },
  { work: 'redraw 16 × 62,500', call: 'redraw', series: 16, points: 62_500, sides: ALL },
  { work: 'redraw 3 × 55,550', call: 'redraw', series: 3, points: 55_550, sides: ALL },
  { work: 'append 1,000 to 1M', call: 'append', points: 1_000_000, rows: 1_000, sides: ['parallax', 'uplot', 'chartjs'] },
];

/** @param {import('./run.mjs').Bench} bench */
export async function draw({ browser, files, repetitions, tell }) {
  for (const { work, call, ...spec } of WORKS) {
    const page = await openReady(browser, `${files}/bench/draw.html`);
    const samples = await page.evaluate(([name, spec]) => window.bench[name](spec), [call, { ...spec, repetitions }]);
    for (const [side, samples_ms] of Object.entries(samples)) tell(work, side, 'ms', samples_ms);
    await page.context().close();
  }
}
