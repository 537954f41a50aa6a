import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeBrowser, overflow, PHONE, violations, withPage } from '../browser.mjs';

after(closeBrowser);

const clean = async (page) => assert.deepEqual(await violations(page), []);
const send = (page) => page.locator('main form.form button[type=submit]').click();

/** A file with some members: its address, and their number. */
async function fileOf(page, least) {
  await page.goto('/households');
  const files = await page.locator('main a[href^="/households/"]').evaluateAll((links) => [...new Set(links.map((it) => it.getAttribute('href')))].filter((it) => /^\/households\/[0-9a-f-]{36}/.test(it)));
  for (const file of files) {
    await page.goto(file);
    const members = await page.locator('#members tbody tr').count();
    if (members >= least) return { path: new URL(page.url()).pathname, members };
  }
  throw new Error(`no file with ${least} members on the first page`);
}

test('a clerk records a birth, splits the household and undoes it', () => withPage({ refused: true }, async (page) => {
  const { path, members } = await fileOf(page, 3);
  await page.goto(`${path}/life/birth`);
  await clean(page);
  await page.fill('[name=name]', '龘初生');
  await page.selectOption('[name=sex]', '1');
  await page.fill('[name=born_on]', '2020-05-10');
  await page.fill('[name=kinship]', '子');
  await send(page);
  await page.waitForSelector('[name=event]', { state: 'attached' });
  await clean(page);
  await send(page);
  await page.waitForURL(/\?done=/);
  assert.match(await page.locator('#members').innerText(), /龘初生/);
  const file = page.url();
  await page.goBack();
  assert.equal(await page.locator('[name=name]:visible').count(), 1, 'whoever goes back is shown the form');
  await page.goto(file);
  await page.goto(await page.locator('#members a').filter({ hasText: '龘初生' }).getAttribute('href'));
  assert.match(await page.locator('main').innerText(), /与户主关系\s+子\s[^]*出生日期\s+2020-05-10[^]*入户日期\s+2020-05-10/, 'a child is a member from its birth on');
  await page.goto(`${path}/life/split`);
  await clean(page);
  const sets = page.locator('main fieldset:has([name=who])');
  const child = sets.filter({ hasText: '龘初生' });
  await child.locator('[name=who]').check();
  await child.locator('[name^=kin-]').fill('户主');
  await page.fill('[name=number]', '旅程分户001');
  await send(page);
  await page.waitForSelector('[name=event]', { state: 'attached' });
  await clean(page);
  // A child at the head of a household is asked about.
  await page.locator('[name=compared]').check();
  await send(page);
  await page.waitForURL(/\?done=/);
  assert.notEqual(new URL(page.url()).pathname, path, 'the new file is shown');
  assert.match(await page.locator('#members').innerText(), /龘初生[^\n]*户主/);
  const back = await page.locator('[role=status] a').getAttribute('href');
  await page.goto(path);
  assert.doesNotMatch(await page.locator('#members').innerText(), /龘初生/, 'who went is in the old file no more');
  await page.goto(back);
  await page.fill('[name=reason]', '办错了');
  await clean(page);
  await send(page);
  await page.waitForURL(/\?undone=1$/);
  await page.goto(path);
  assert.equal(await page.locator('#members tbody tr').count(), members + 1, 'all are together again');
}));

test('the pages of a household life and of doubles fit a phone', () => withPage({ size: PHONE }, async (page) => {
  const { path } = await fileOf(page, 2);
  for (const way of [`${path}/life`, `${path}/life/split`, `${path}/life/birth`, '/households/new', '/duplicates']) {
    await page.goto(way);
    assert.ok(await overflow(page) <= 0, `${way}: ${await overflow(page)} px too wide`);
    await clean(page);
  }
}));
