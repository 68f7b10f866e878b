// The libraries side by side: each draws the same data on a canvas of 800 × 400 CSS pixels, lines
// one pixel wide, without animation, each with its own reduction of points switched on.
//
// A side is made by a function (host, data) => { canvas, redraw, zoom, append? }; `redraw` draws
// everything anew, `zoom` draws a range of steps, both from the points. They may be async.

import init, { Store, paint } from './pkg/parallax_bench.js';
import { rowsBody } from './data.mjs';

export const WIDTH_PX = 800;
export const HEIGHT_PX = 400;

const COLOURS = ['#2563eb', '#d97706', '#059669', '#dc2626', '#7c3aed', '#0891b2', '#be185d', '#4d7c0f'];
const colour = (series) => COLOURS[series % COLOURS.length];

/** Loads Parallax; its `memory` is what WebAssembly holds. */
export const parallaxReady = init();

export async function parallax(host, { xs, ys }) {
  await parallaxReady;
  const store = new Store();
  ys.forEach((values, series) => store.set(series, xs, values));
  const canvas = host.appendChild(document.createElement('canvas'));
  const frame = (from = NaN, to = NaN) => store.frame(WIDTH_PX, HEIGHT_PX, from, to);
  const show = (bytes) => paint(canvas, WIDTH_PX, HEIGHT_PX, bytes);
  return {
    canvas,
    redraw: () => show(frame()),
    zoom: (from, to) => show(frame(from, to)),
    /** The worker's part and the page's part of a redraw. */
    frame,
    show,
    /** The worker's part of growing: the rows come as JSON. */
    grow: (body) => {
      store.append_json(body);
      return frame();
    },
    free: () => store.free(),
  };
}

export async function uplot(host, { xs, ys }, { live = false } = {}) {
  const lines = ys.map((_, series) => ({ label: `metric ${series}`, stroke: colour(series), width: 1, points: { show: false } }));
  const options = {
    width: WIDTH_PX,
    height: HEIGHT_PX,
    scales: { x: { time: false } },
    series: [{ label: 'step' }, ...lines],
    legend: { show: live },
    cursor: { show: live },
  };
  const chart = new window.uPlot(options, [xs, ...ys], host);
  const [first, last] = [xs[0], xs.at(-1)];
  // it draws in a microtask of its own, which comes before the one that is waited for here
  const drawn = () => Promise.resolve();
  return {
    canvas: chart.ctx.canvas,
    redraw: () => (chart.redraw(true, true), drawn()),
    zoom: (min = first, max = last) => (chart.setScale('x', { min, max }), drawn()),
    append: (data) => (chart.setData([data.xs, ...data.ys]), drawn()),
    over: chart.over,
    free: () => chart.destroy(),
  };
}

export async function chartjs(host, { xs, ys }, { live = false } = {}) {
  const canvas = host.appendChild(document.createElement('canvas'));
  Object.assign(canvas, { width: WIDTH_PX, height: HEIGHT_PX });
  const points = (values) => Array.from(values, (y, at) => ({ x: xs[at], y }));
  const datasets = ys.map((values, series) => ({
    label: `metric ${series}`,
    data: points(values),
    borderColor: colour(series),
    borderWidth: 1,
    pointRadius: 0,
  }));
  const chart = new window.Chart(canvas, {
    type: 'line',
    data: { datasets },
    options: {
      animation: false,
      parsing: false,
      normalized: true,
      responsive: false,
      devicePixelRatio: 1,
      interaction: { mode: 'index', axis: 'x', intersect: false },
      events: live ? ['mousemove', 'mouseout'] : [],
      plugins: {
        decimation: { enabled: true, algorithm: 'min-max' },
        legend: { display: false },
        tooltip: { enabled: live, animation: false },
      },
      scales: { x: { type: 'linear' }, y: {} },
    },
  });
  const show = (min, max) => {
    Object.assign(chart.options.scales.x, { min, max });
    chart.update('none');
  };
  return {
    canvas,
    redraw: () => show(undefined, undefined),
    zoom: show,
    append: (data, from) => {
      for (let at = from; at < data.xs.length; at++) datasets[0].data.push({ x: data.xs[at], y: data.ys[0][at] });
      chart.update('none');
    },
    over: canvas,
    free: () => chart.destroy(),
  };
}

export async function echarts(host, { xs, ys }) {
  Object.assign(host.style, { width: `${WIDTH_PX}px`, height: `${HEIGHT_PX}px` });
  const chart = window.echarts.init(host, null, { width: WIDTH_PX, height: HEIGHT_PX, renderer: 'canvas', devicePixelRatio: 1 });
  const pairs = (values) => {
    const flat = new Float64Array(2 * xs.length);
    xs.forEach((x, at) => ((flat[2 * at] = x), (flat[2 * at + 1] = values[at])));
    return flat;
  };
  const lines = ys.map((values, series) => ({
    type: 'line',
    data: pairs(values),
    sampling: 'lttb',
    symbol: 'none',
    progressive: 0,
    animation: false,
    lineStyle: { width: 1, color: colour(series) },
  }));
  const show = (min, max) => {
    chart.setOption({ xAxis: { min, max } });
    chart.getZr().flush();
  };
  chart.setOption({ animation: false, xAxis: { type: 'value', min: xs[0], max: xs.at(-1) }, yAxis: { type: 'value', scale: true }, series: lines });
  chart.getZr().flush();
  return {
    canvas: host.querySelector('canvas'),
    redraw: () => show(xs[0], xs.at(-1)),
    zoom: (from = xs[0], to = xs.at(-1)) => show(from, to),
    free: () => chart.dispose(),
  };
}

/** Rows to append, as JSON for Parallax and as longer arrays for the others. */
export { rowsBody };
