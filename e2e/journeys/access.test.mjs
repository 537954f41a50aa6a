import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { closeBrowser, overflow, PHONE, violations, withPage } from '../browser.mjs';
import { ACCESS, everyPage } from '../pages.mjs';

let pages;
before(() => withPage({}, async (page) => { pages = await everyPage(page); }));
after(closeBrowser);

const LANGUAGES = ['zh-CN', 'en'];
const inLanguage = (path, lang) => path + (path.includes('?') ? '&' : '?') + `lang=${lang}`;

for (const lang of LANGUAGES) {
  test(`axe finds nothing on any page (${lang})`, () => withPage({ lang, refused: true }, async (page) => {
    const found = [];
    for (const [name, path] of Object.entries({ ...pages, missing: '/nowhere' })) {
      await page.goto(inLanguage(path, lang));
      found.push(...(await violations(page)).map((line) => `${name}: ${line}`));
    }
    assert.deepEqual(found, []);
  }));
}

for (const [name, [as, path]] of Object.entries(ACCESS)) {
  test(`axe finds nothing on ${name}, and a phone holds it`, () => withPage({ as, size: PHONE, refused: true }, async (page) => {
    for (const lang of LANGUAGES) {
      await page.goto(inLanguage(path, lang));
      assert.deepEqual(await violations(page), [], lang);
      assert.ok(await overflow(page) <= 0, `${lang}: ${await overflow(page)} px too wide`);
    }
  }));
}

test('no page is wider than a phone', () => withPage({ size: PHONE, refused: true }, async (page) => {
  const wide = [];
  for (const lang of LANGUAGES) {
    for (const [name, path] of Object.entries({ ...pages, missing: '/nowhere' })) {
      await page.goto(inLanguage(path, lang));
      const over = await overflow(page);
      if (over > 0) wide.push(`${name} (${lang}): ${over} px`);
    }
  }
  assert.deepEqual(wide, []);
}));

test('no page is wider than a county desk at 200 % zoom', () => withPage({ size: { width: 683, height: 384 } }, async (page) => {
  const wide = [];
  for (const [name, path] of Object.entries(pages)) {
    await page.goto(path);
    const over = await overflow(page);
    if (over > 0) wide.push(`${name}: ${over} px`);
  }
  assert.deepEqual(wide, []);
}));

test('the keyboard alone reaches a household file', () => withPage({}, async (page) => {
  await page.goto('/');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('href')), '#main', 'the first stop skips the navigation');
  await page.keyboard.press('Enter');
  await tabTo(page, '/mechanisms/');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/mechanisms\//);
  await page.goto('/requirements/household_visited');
  await tabTo(page, '/households/');
  assert.ok(await outlined(page), 'the focus is seen');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/households\/[0-9a-f-]{36}/);
}));

test('the matrix is one tab stop, and arrows move inside it', () => withPage({}, async (page) => {
  await page.goto('/');
  const stops = await page.locator('table.matrix td > a[data-at]').evaluateAll((cells) => cells.filter((cell) => cell.tabIndex === 0).length);
  assert.equal(stops, 1);
  await page.locator('table.matrix td > a[data-at][tabindex="0"]').focus();
  const before = await page.evaluate(() => document.activeElement.getAttribute('aria-label'));
  await page.keyboard.press('End');
  const there = await page.evaluate(() => document.activeElement.getAttribute('aria-label'));
  assert.notEqual(there, before);
}));

async function tabTo(page, start) {
  for (let presses = 0; presses < 200; presses += 1) {
    await page.keyboard.press('Tab');
    const href = await page.evaluate(() => document.activeElement?.closest('main') && document.activeElement.getAttribute('href'));
    if (href?.startsWith(start)) return;
  }
  assert.fail(`two hundred presses of Tab reach no link to ${start}…`);
}

async function outlined(page) {
  return page.evaluate(() => {
    const style = getComputedStyle(document.activeElement);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none';
  });
}
