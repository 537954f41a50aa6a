// The browser, a page that notices its own faults, and the accessibility check.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { cookieOf } from './signed.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const CHROMIUM = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

export const DESK = { width: 1366, height: 768 };
export const PHONE = { width: 360, height: 640 };

/** Whoever sees the whole county. */
export const OFFICE = 'xianban';

export const LAUNCH = {
  executablePath: CHROMIUM,
  headless: true,
  args: [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run',
    '--disable-component-update', '--disable-sync',
  ],
};

let browser;
/** The browser of this process. */
export async function chromiumOnce() {
  browser ??= await chromium.launch(LAUNCH);
  return browser;
}
/** Call once when the process is done. */
export async function closeBrowser() {
  await browser?.close();
  browser = undefined;
}

/** Address of the demo that run.mjs started. */
export function demoUrl() {
  assert.ok(process.env.ANJU_URL, 'ANJU_URL is not set: start the journeys with `node run.mjs`');
  return process.env.ANJU_URL;
}

/**
 * Opens a page in a context of its own, does something with it, closes it, and fails on any script error or failed load on the way.
 * options: size, lang ('zh-CN' | 'en'), scripts (false: JavaScript off), refused (true: an answer of 400, 401, 403, 404 or 422 is what we ask for),
 *   as (login of a demo account; null: nobody has signed in)
 */
export async function withPage(options, doing) {
  const { size = DESK, lang = 'zh-CN', scripts = true, refused = false, as = OFFICE } = options;
  const context = await (await chromiumOnce()).newContext({
    baseURL: demoUrl(), viewport: size, locale: lang, javaScriptEnabled: scripts, deviceScaleFactor: 1, reducedMotion: 'reduce',
  });
  const faults = [];
  try {
    if (as) await context.addCookies([await cookieOf(demoUrl(), as)]);
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => faults.push(`script error on ${page.url()}: ${error.message}`));
    page.on('response', (response) => {
      const status = response.status();
      if (status >= 400 && !(refused && [400, 401, 403, 404, 409, 422].includes(status))) faults.push(`${status} for ${response.url()}`);
    });
    page.on('requestfailed', (request) => {
      if (request.failure()?.errorText !== 'net::ERR_ABORTED') faults.push(`no answer for ${request.url()}`);
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(demoUrl()) && !request.url().startsWith('data:')) faults.push(`asks another host: ${request.url()}`);
    });
    await doing(page);
  } finally {
    await context.close();
  }
  assert.deepEqual(faults, []);
}

/** Every violation that axe finds, one line each. */
export async function violations(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return found.violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.length}×) ${nodes[0].html.slice(0, 160)} ${nodes[0].failureSummary ?? ''}`);
}

/** How many pixels the page is wider than the window. */
export async function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** The number a text tells: "1,914 户" → 1914. */
export function numberIn(text) {
  const found = text.replaceAll(',', '').match(/\d+/);
  assert.ok(found, `no number in “${text}”`);
  return Number(found[0]);
}
