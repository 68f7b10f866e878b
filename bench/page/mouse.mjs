// One library with a million points and everything that follows the pointer switched on.

import { makeData } from './data.mjs';
import * as all from './sides.mjs';

const { side, points } = Object.fromEntries(new URLSearchParams(location.search));
const chart = await all[side](document.body, makeData(1, Number(points)), { live: true });
chart.over.dataset.testid = 'plot-pointer';
document.documentElement.dataset.ready = '';
