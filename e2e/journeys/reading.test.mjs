import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeBrowser, numberIn, withPage } from '../browser.mjs';
import { everyPage } from '../pages.mjs';

after(closeBrowser);

test('English is one press away and stays', () => withPage({}, async (page) => {
  await page.goto('/');
  assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
  await page.locator('header a[hreflang=en]').click();
  await page.waitForLoadState();
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  await page.goto('/sites');
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  const words = await page.locator('header nav').innerText();
  assert.doesNotMatch(words, /[\u4e00-\u9fff]/);
}));

test('a bulletin number opens the query behind it, with the same value', () => withPage({}, async (page) => {
  await page.goto('/bulletin');
  const figures = page.locator('.bulletin a[href^="/figures/"], .bulletin a[href^="/requirements/"]');
  assert.ok(await figures.count() >= 30, `only ${await figures.count()} numbers`);
  const exact = numberIn(await page.locator('.bulletin a[href^="/figures/"]').first().getAttribute('title'));
  await page.locator('.bulletin a[href^="/figures/"]').first().click();
  await page.waitForURL(/\/figures\//);
  const told = (await page.locator('main').innerText()).replaceAll(',', '');
  assert.ok(told.includes(String(exact)), `the page tells ${exact}`);
  assert.match(told, /pack\/[a-z_]+\.toml:\d+/);
}));

test('no digit of the bulletin is typed: every number is a link', () => withPage({}, async (page) => {
  await page.goto('/bulletin');
  const typed = await page.locator('.bulletin > p:not(.masthead):not(.sign)').evaluateAll((paragraphs) => paragraphs.map((paragraph) => {
    const copy = paragraph.cloneNode(true);
    for (const link of copy.querySelectorAll('a')) link.remove();
    return copy.textContent.match(/\d+/g) ?? [];
  }).flat());
  assert.deepEqual(typed, []);
}));

test('every page reads without JavaScript', async () => {
  let pages;
  await withPage({}, async (page) => { pages = await everyPage(page); });
  await withPage({ scripts: false }, async (page) => {
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(path);
      assert.ok((await page.locator('main').innerText()).trim().length > 40, `${name} has words`);
      assert.ok(await page.locator('main h1').count() >= 1, `${name} has a heading`);
    }
    await page.goto('/');
    await page.locator('select[name=area]').first().selectOption({ index: 1 });
    await page.locator('form:has(select[name=area]) button').first().click();
    assert.match(page.url(), /area=\d+/);
  });
});

test('large text is kept', () => withPage({}, async (page) => {
  await page.goto('/?text=large');
  await page.goto('/sites');
  assert.match(await page.locator('html').getAttribute('class') ?? '', /large/);
}));

test('a wrong address says what happened and where to go', async () => {
  for (const path of ['/nowhere', '/households/not-a-uuid', '/households/00000000-0000-7000-8000-000000000000', '/requirements/no_such', '/sites/999']) {
    await withPage({ refused: true }, async (page) => {
      const answer = await page.goto(path);
      assert.ok([400, 404].includes(answer.status()), `${path}: ${answer.status()}`);
      assert.ok((await page.locator('main h1').innerText()).trim().length > 0, path);
      assert.ok(await page.locator('main a[href^="/"]').count() > 0, `${path} leads on`);
    });
  }
});

test('nonsense in the query names the value', () => withPage({ refused: true }, async (page) => {
  const answer = await page.goto('/?on=2020-13-45');
  assert.equal(answer.status(), 400);
  assert.match(await page.locator('main').innerText(), /2020-13-45/);
}));
