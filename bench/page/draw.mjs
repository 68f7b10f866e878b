// What the driver calls on draw.html: redraws, zooms and appends, side by side.

import { makeData, rowsBody } from './data.mjs';
import { alternate } from './measure.mjs';
import * as all from './sides.mjs';

const NAMES = { parallax: 'Parallax', uplot: 'uPlot', chartjs: 'Chart.js', echarts: 'ECharts' };

/** Makes the sides, gives them to `body`, and takes them away again. */
async function withSides(keys, data, body) {
  const hosts = [];
  const made = {};
  for (const key of keys) {
    const host = document.body.appendChild(document.createElement('div'));
    hosts.push(host);
    made[key] = await all[key](host, data);
  }
  try {
    return await body(made);
  } finally {
    Object.values(made).forEach((side) => side.free());
    hosts.forEach((host) => host.remove());
  }
}

/** Redraws of everything; Parallax also in its two parts. */
async function redraw({ series, points, sides, repetitions }) {
  return withSides(sides, makeData(series, points), (made) => {
    const whole = Object.entries(made).map(([key, side]) => ({ name: NAMES[key], canvas: side.canvas, work: side.redraw }));
    const { parallax } = made;
    let frame = parallax.frame();
    const parts = [
      { name: 'Parallax, worker', work: () => (frame = parallax.frame()) },
      { name: 'Parallax, page', canvas: parallax.canvas, work: () => parallax.show(frame) },
    ];
    return alternate([...whole, ...parts], repetitions);
  });
}

/** To half of the points and back to all, by turns. */
async function zoom({ series, points, sides, repetitions }) {
  const half = [points * 0.2, points * 0.7];
  return withSides(sides, makeData(series, points), (made) => {
    const works = Object.entries(made).map(([key, side]) => ({
      name: NAMES[key],
      canvas: side.canvas,
      work: (round) => (round % 2 === 0 ? side.zoom(...half) : side.zoom()),
    }));
    return alternate(works, repetitions);
  });
}

/** A thousand rows more each time, on the main thread; what Parallax's worker does stands apart. */
async function append({ points, rows, sides, repetitions }) {
  const most = points + rows * (repetitions + 4);
  const full = makeData(1, most);
  const until = (count) => ({ xs: full.xs.subarray(0, count), ys: [full.ys[0].subarray(0, count)] });
  return withSides(sides, until(points), (made) => {
    const { parallax, ...peers } = made;
    const count = (round) => points + rows * (round + 1);
    let [body, frame] = [];
    const worker = {
      name: 'Parallax, worker',
      // a poll gives the last row again
      prepare: (round) => (body = rowsBody(points + rows * round - 1, rows + 1)),
      work: () => (frame = parallax.grow(body)),
    };
    const page = { name: 'Parallax, page', canvas: parallax.canvas, prepare: () => (frame ??= parallax.frame()), work: () => parallax.show(frame) };
    const others = Object.entries(peers).map(([key, side]) => ({
      name: NAMES[key],
      canvas: side.canvas,
      work: (round) => side.append(until(count(round)), count(round) - rows),
    }));
    return alternate([worker, page, ...others], repetitions);
  });
}

window.bench = { redraw, zoom, append };
document.documentElement.dataset.ready = '';
