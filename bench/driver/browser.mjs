// Chromium for measuring, and what it says of itself.

import { readFileSync, readdirSync } from 'node:fs';

import { chromium } from 'playwright-core';

/** As root and without a display; nothing of the browser's own may use the network or a spare process. */
const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-features=SpareRendererForSitePerProcess',
];

/** Starts the browser that CHROME names. */
export function startBrowser() {
  return chromium.launch({ executablePath: process.env.CHROME, args: FLAGS });
}

/**
 * Opens an address in a context of its own and waits until the page calls itself ready.
 * @param {import('playwright-core').Browser} browser
 * @param {string} address
 */
export async function openReady(browser, address, viewport = { width: 900, height: 700 }) {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(`${address}: ${error}`));
  await page.goto(address);
  await page.waitForSelector('html[data-ready]', { state: 'attached', timeout: 120_000 });
  return page;
}

/**
 * The ids of the processes that show pages.
 * @param {import('playwright-core').Browser} browser
 */
export async function renderers(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
}

/** The most memory that a process has held, and what it holds now, in bytes (Linux). */
export function memoryOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (name) => Number(status.match(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm'))?.[1] ?? NaN) * 1024;
  return { peak_bytes: bytes('VmHWM'), now_bytes: bytes('VmRSS') };
}

/** Time that the workers of a page's process have spent, in milliseconds (Linux). */
export function workersTime_ms(pid) {
  const TICK_MS = 10; // 100 ticks a second, on each Linux that people use
  const of = (thread) => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    const [user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ').slice(11, 13).map(Number);
    return name.startsWith('DedicatedWorker') ? (user + system) * TICK_MS : 0;
  };
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + of(thread), 0);
}
