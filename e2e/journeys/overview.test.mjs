import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeBrowser, numberIn, withPage } from '../browser.mjs';

after(closeBrowser);

test('the overview shows five coverages, each with its figure', () => withPage({}, async (page) => {
  await page.goto('/');
  const cards = page.locator('main .card');
  assert.equal(await cards.count(), 5);
  for (const card of await cards.all()) {
    assert.match(await card.locator('.big').innerText(), /^\d{1,3}(\.\d+)?\s*%$/);
    assert.match(await card.locator('h2 a').getAttribute('href'), /^\/mechanisms\/[a-z_]+/);
  }
}));

test('the matrix has a column for each of the forty sites and says each cell in words', () => withPage({}, async (page) => {
  await page.goto('/');
  const matrix = page.locator('table.matrix');
  assert.equal(await matrix.locator('thead th.site').count(), 40);
  const rows = matrix.locator('tbody tr');
  assert.ok(await rows.count() >= 10);
  const cells = rows.first().locator('td > [data-at]');
  assert.equal(await cells.count(), 40);
  for (const label of await cells.evaluateAll((all) => all.map((cell) => cell.getAttribute('aria-label')))) assert.match(label, /.+ · .+[：:（(].+/);
}));

test('a gap count opens the requirement, its list of names, and one household file', () => withPage({}, async (page) => {
  await page.goto('/mechanisms/assistance');
  const gap = page.locator('main a.gap[href^="/requirements/household_visited"]').first();
  await gap.click();
  await page.waitForURL(/\/requirements\/household_visited/);
  assert.match(await page.locator('main').innerText(), /mechanisms\/assistance\/pack\/[a-z_]+\.toml:\d+/);
  const names = page.locator('main table a[href^="/households/"]');
  assert.ok(await names.count() > 0, 'the gaps are named');
  const name = (await names.first().innerText()).trim();
  await names.first().click();
  await page.waitForURL(/\/households\/[0-9a-f-]{36}/);
  assert.ok((await page.locator('main').innerText()).includes(name.split(/[\s（(·]/)[0]), `the file is ${name}'s`);
}));

test('a card’s gap count is the length of the list behind it', () => withPage({}, async (page) => {
  await page.goto('/');
  const link = page.locator('main .card a.gap').first();
  const count = numberIn(await link.innerText());
  const target = new URL(await link.getAttribute('href'), page.url());
  await page.goto(target.href);
  const told = (await page.locator('main').innerText()).replaceAll(',', '');
  assert.match(told, new RegExp(`(^|\\D)${count}(\\D|$)`), `${target.pathname} tells ${count}`);
}));

test('the area switch narrows every figure to a town and keeps the day', () => withPage({}, async (page) => {
  await page.goto('/?on=2020-05-01');
  const all = await page.locator('table.matrix thead th.site').count();
  const area = page.locator('select[name=area]');
  const town = await area.locator('option').evaluateAll((options) => options.map((option) => option.value).find((value) => value.length === 9));
  assert.ok(town, 'towns can be chosen');
  await Promise.all([page.waitForURL(new RegExp(`area=${town}`)), area.selectOption(town)]);
  assert.match(page.url(), /on=2020-05-01/);
  assert.ok(await page.locator('table.matrix thead th.site').count() < all);
}));

test('the banner says that this is a demo, where its clock stands, and that it is open', () => withPage({ lang: 'en' }, async (page) => {
  await page.goto('/?lang=en');
  const banner = await page.locator('.banner').allInnerTexts();
  assert.match(banner.join(' '), /2020-05-16/);
  assert.match(banner.join(' '), /demo/i);
}));
