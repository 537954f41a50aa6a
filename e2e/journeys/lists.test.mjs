import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeBrowser, overflow, PHONE, violations, withPage } from '../browser.mjs';

after(closeBrowser);

const QUERY = '/ledgers/person?is.sex=2&from.born_on=1960-01-01&order=-born_on&size=100';

test('a household is found from anywhere in six keys', () => withPage({}, async (page) => {
  await page.goto('/bulletin');
  for (const key of ['/', 'w', 'x', 'y', 'Enter']) await page.keyboard.press(key);
  await page.waitForURL(/\/households/);
  const found = new URL(page.url()).pathname !== '/households' || await page.locator('main tbody tr').count() > 0;
  assert.ok(found, page.url());
}));

test('a list is narrowed, sorted and turned over without scripts', () => withPage({ scripts: false }, async (page) => {
  await page.goto('/ledgers/person');
  await page.locator('main input[name=q]').fill('wxy');
  await page.locator('main form[role=search] button').first().click();
  assert.match(page.url(), /q=wxy/);
  await page.goto(QUERY);
  assert.equal(await page.locator('th[aria-sort=descending]').count(), 1);
  assert.equal(await page.locator('main tbody tr').first().count(), 1);
  await page.locator('nav.pager a[rel=next]').click();
  assert.match(page.url(), /page=2/);
}));

test('a narrowed list is accessible, and a phone holds it', () => withPage({ size: PHONE, refused: true }, async (page) => {
  for (const lang of ['zh-CN', 'en']) {
    await page.goto(`${QUERY}&lang=${lang}`);
    await page.locator('main form[role=search] > details > summary').click();
    assert.deepEqual(await violations(page), [], lang);
    assert.ok(await overflow(page) <= 0, `${lang}: ${await overflow(page)} px too wide`);
  }
}));
