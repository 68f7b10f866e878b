// End-to-end tests: the real server, the built page, a Chromium that is there already.
//
// `npx playwright test` in this folder works by itself once `cargo xtask serve` or
// `cargo xtask test` has built the server and the page.

import { defineConfig } from '@playwright/test';

import { CHROME } from './harness.mjs';

/** As root and without a display; nothing of the browser's own may use the network. */
const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.mjs',
  outputDir: './results',
  reporter: 'list',
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  use: {
    launchOptions: { executablePath: CHROME, args: FLAGS },
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
  },
});
