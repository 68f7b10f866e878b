// `test` with the servers that a test asks for by name.
//
//     import { expect, test } from './fixtures.mjs';
//     test('…', async ({ page, server }) => …)
//
// server  one for all tests of a worker: read from it, change nothing
// live    one of the test's own over a copy of the runs: append to its files
// field   starts servers that answer as those in the field do: `await field({ generation: 'B' })`
//
// A test fails if the page writes an error to the console or throws. Where a test makes requests fail
// on purpose (`test.use({ requestsMayFail: true })`), messages about failed requests are allowed: the
// browser's own, and those of the loader of lazy modules.

import { test as base, expect } from '@playwright/test';

import { startFieldServer } from './field-server.mjs';
import { startServer } from './harness.mjs';

/**
 * @type {import('@playwright/test').TestType<
 *   import('@playwright/test').PlaywrightTestArgs & import('@playwright/test').PlaywrightTestOptions & {
 *     live: import('./harness.mjs').Server,
 *     field: (options?: Partial<import('./field-server.mjs').FieldOptions>)
 *       => Promise<import('./field-server.mjs').FieldServer>,
 *     requestsMayFail: boolean,
 *     errorsMayOccur: boolean,
 *   },
 *   import('@playwright/test').PlaywrightWorkerArgs & import('@playwright/test').PlaywrightWorkerOptions & {
 *     server: import('./harness.mjs').Server,
 *   }
 * >}
 */
export const test = base.extend({
  server: [
    async ({}, use) => {
      const server = await startServer({ copy: false });
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],
  live: async ({}, use) => {
    const server = await startServer();
    await use(server);
    await server.stop();
  },
  field: async ({ server }, use) => {
    const started = [];
    await use(async (options = {}) => {
      const field = await startFieldServer({ upstream: server.api, ...options });
      started.push(field);
      return field;
    });
    for (const field of started) await field.stop();
  },
  requestsMayFail: [false, { option: true }],
  errorsMayOccur: [false, { option: true }],
  page: async ({ page, requestsMayFail, errorsMayOccur }, use) => {
    const errors = [];
    const isRequest = (text) =>
      /^Failed to load resource|net::ERR_|^TypeError: Failed to (fetch|execute '\w+' on 'WebAssembly')/.test(text);
    page.on('pageerror', (error) => errors.push(`${error}`));
    page.on('console', (message) => {
      const text = message.text();
      if (message.type() === 'error' && !(requestsMayFail && isRequest(text))) {
        errors.push(`${text} (${message.location().url})`);
      }
    });
    await use(page);
    if (!errorsMayOccur) expect(errors, 'errors in the browser console').toEqual([]);
  },
});

export { expect };
