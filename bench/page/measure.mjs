// Repetitions in alternating order, with the raster forced.

const nextFrame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

/** Waits until everything that was drawn is in pixels. */
export function force(canvas) {
  canvas.getContext('2d').getImageData(0, 0, 1, 1);
}

/** How long one piece of work took, up to its pixels. */
async function timed(work, canvas) {
  const start = performance.now();
  await work();
  if (canvas) force(canvas);
  return performance.now() - start;
}

/**
 * Measures works against each other: each repetition does all of them once, every second one in
 * reverse order. Three rounds before the first one that counts warm everything up.
 * @param {{ name: string, canvas?: HTMLCanvasElement, prepare?: (round: number) => void, work: (round: number) => any }[]} sides
 * @param {number} repetitions
 * @returns {Promise<Record<string, number[]>>}  milliseconds by side
 */
export async function alternate(sides, repetitions) {
  const warm = 3;
  const samples = Object.fromEntries(sides.map(({ name }) => [name, []]));
  for (let round = 0; round < warm + repetitions; round++) {
    const order = round % 2 === 0 ? sides : [...sides].reverse();
    for (const { name, canvas, prepare, work } of order) {
      prepare?.(round);
      await nextFrame();
      const took_ms = await timed(() => work(round), canvas);
      if (round >= warm) samples[name].push(took_ms);
    }
  }
  return samples;
}
