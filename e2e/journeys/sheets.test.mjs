import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, test } from 'node:test';
import { closeBrowser, numberIn, overflow, PHONE, violations, withPage } from '../browser.mjs';
import { csv, handIn, HEADINGS, roster, SITE } from '../roster.mjs';

after(closeBrowser);

const CLICKS = 5;
const clean = async (page) => assert.deepEqual(await violations(page), []);
const words = (page) => page.locator('main').innerText();
const read = (page) => page.locator('form[enctype] button');
const take = (page) => page.locator('form[action$="/take"] button');
const isRead = (page) => page.waitForURL(/\/imports\/[0-9a-f-]{36}(\?|$)/);
const notice = (page) => page.locator('main .notice.good').first().innerText();

/** How many rows the page tells under a word: 新增, 相同, 有误, 等待. */
async function rows(page, word) {
  const stat = page.locator('main .stats > *').filter({ hasText: word }).first();
  return numberIn(await stat.innerText());
}

/** The same roster with a wrong check character in one row. */
function withFault(people, at) {
  const id = people[at][3];
  return people.map((row, which) => (which === at ? row.with(3, id.slice(0, 17) + (id[17] === '1' ? '2' : '1')) : row));
}

/** What a press brings down. */
async function download(page, press) {
  const [file] = await Promise.all([page.waitForEvent('download'), press()]);
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

/** Takes the rows that can be taken; gives how many the page says they were. */
async function taken(page) {
  await take(page).click();
  await page.waitForSelector('.notice.good');
  return numberIn(await page.locator('.notice.good').innerText());
}

/** Opens what must be thought over, and does it. */
async function thoughtOver(page, act) {
  const button = page.locator(`form[action$="/${act}"] button`);
  assert.ok(!await button.isVisible(), `${act} is not done at the first press`);
  await page.locator('main details').filter({ has: page.locator(`form[action$="/${act}"]`) }).locator('summary').click();
  await clean(page);
  await button.click();
}

async function undo(page) {
  await thoughtOver(page, 'undo');
  await page.locator('main li').filter({ hasText: '已撤销' }).waitFor();
  assert.match(await notice(page), /已撤销，台账恢复到导入之前/);
  assert.equal(await page.locator('form[action$="/undo"]').count(), 0);
}

test('a roster is imported in at most five clicks, once, and taken back', () => withPage({}, async (page) => {
  const people = roster(4);
  const file = csv('花名册.csv', people);
  let clicks = 0;
  const counted = (act) => { clicks += 1; return act; };
  await page.goto('/households');
  await clean(page);
  await counted(page.locator('main a[href^="/imports"][href*="sheet=household_roster"]').first().click());
  await page.waitForURL(/\/imports\?/);
  await clean(page);
  await counted(page.selectOption('[name=area]', SITE));
  await counted(page.setInputFiles('[name=file]', file));
  await counted(read(page).click());
  await isRead(page);
  await clean(page);
  assert.equal(await rows(page, '新增'), people.length);
  assert.match(await words(page), /搬迁户：新建 4 条/);
  assert.equal(await counted(taken(page)), people.length);
  assert.ok(clicks <= CLICKS, `${clicks} clicks`);
  await clean(page);
  const first = page.url();
  await page.goto(`/ledgers/household?q=${people[0][0]}`);
  assert.match(await words(page), new RegExp(people[0][1]), 'the household is in the ledger, with its head');

  await handIn(page, file);
  assert.match(await notice(page), /与台账内容一致，没有可导入的/);
  assert.match(await words(page), /已办结[^]*没有导入任何行，文件已不保留/);
  assert.equal(await page.locator('main a[href^="/imports?sheet=household_roster"]').count(), 1, 'it can be handed in again');
  assert.equal(await take(page).count(), 0, 'there is nothing to write');
  await clean(page);

  await page.goto(first);
  await undo(page);
  await clean(page);
  await page.goto(`/ledgers/household?q=${people[0][0]}`);
  assert.doesNotMatch(await words(page), new RegExp(people[0][1]));
  await handIn(page, file);
  assert.equal(await rows(page, '新增'), people.length, 'they are nobody again');
  await thoughtOver(page, 'close');
  await page.waitForURL(/\/imports$/);
  await clean(page);
}));

test('what a roster leaves out is asked once and taken with the answers; its kind is told by what it holds', () => withPage({}, async (page) => {
  const people = roster(2);
  const headings = HEADINGS.split(',');
  const known = headings.length - 2;
  await page.goto('/imports');
  assert.equal(await page.inputValue('[name=sheet]'), '');
  await page.setInputFiles('[name=file]', csv('没有批次的花名册.csv', people.map((row) => row.slice(0, known)), headings.slice(0, known).join()));
  await read(page).click();
  await isRead(page);
  assert.equal(await rows(page, '等待'), people.length);
  assert.match(await page.locator('#rows').innerText(), /等待在上面选定安置点/);
  await clean(page);
  const asked = page.locator('form[action$="/reading"]').filter({ has: page.locator('[name=area]') });
  assert.equal(await asked.locator('[name=area]').inputValue(), '', 'no place is chosen for them');
  await asked.locator('[name=area]').selectOption(SITE);
  for (const one of await asked.locator('select[name^="given."]').all()) await one.selectOption({ index: 1 });
  await asked.locator('button[name=then]').click();
  await page.waitForSelector('.notice.good');
  assert.equal(numberIn(await notice(page)), people.length);
  await undo(page);
}));

test('what the site itself says is offered for all rows, and written when it is sent', () => withPage({}, async (page) => {
  const people = roster(1);
  const headings = HEADINGS.split(',');
  const known = headings.indexOf('批次');
  await handIn(page, csv('没有批次的花名册.csv', people.map((row) => row.slice(0, known)), headings.slice(0, known).join()));
  assert.equal(await rows(page, '等待'), people.length, 'nothing is taken for granted');
  assert.equal(await page.inputValue('[name="given.household.batch"]'), 'fyp13');
  assert.match(await words(page), /已按“[^”]*汤坪新社区”的登记预选/);
  assert.equal(await page.inputValue('[name="given.household.registered_poor"]'), '', 'the site says nothing of this');
  await clean(page);
  await page.selectOption('[name="given.household.registered_poor"]', '是');
  await page.locator('form[action$="/reading"] button[name=then]').first().click();
  await page.waitForSelector('.notice.good');
  assert.equal(numberIn(await notice(page)), people.length);
  await undo(page);
}));

test('whose it is that a row repeats is told', () => withPage({}, async (page) => {
  const people = roster(1);
  const [head, spouse] = people;
  const first = await handIn(page, csv('在册.csv', people));
  assert.equal(await taken(page), people.length);
  await handIn(page, csv('重号.csv', [spouse.with(0, `${head[0]}B`).with(2, '户主').with(9, `${head[9]}B`)]));
  const told = `“${spouse[1]} · ${head[0]} ${head[1]} · 汤坪新社区·旅程楼 · 99****${spouse[3].slice(6, 14)}****”已登记在别处`;
  assert.ok((await page.locator('#rows').innerText()).includes(told), `${told}: ${await page.locator('#rows').innerText()}`);
  await handIn(page, csv('同一套房.csv', [roster(1)[0].with(9, head[9])]));
  await take(page).click();
  await page.waitForSelector('.notice.bad');
  const refused = await page.locator('.notice.bad').innerText();
  assert.ok(refused.includes(`${head[0]} ${head[1]} · 汤坪新社区·旅程楼`), refused);
  await clean(page);
  await page.goto(first);
  await undo(page);
}));

test('a file of another kind is told from what it holds', () => withPage({ refused: true }, async (page) => {
  await page.goto('/imports?sheet=county_profile');
  assert.equal(await page.inputValue('[name=sheet]'), 'county_profile');
  await page.setInputFiles('[name=file]', csv('花名册.csv', roster(1)));
  await read(page).click();
  await page.waitForSelector('.notice.bad');
  assert.match(await page.locator('.notice.bad').innerText(), /像是“搬迁户花名册”/);
  assert.equal(await page.inputValue('[name=sheet]'), 'household_roster', 'it is chosen');
  const template = await download(page, () => page.locator('main a[href$="/template?sheet=household_roster"]').click());
  assert.match(template.name, /搬迁户花名册.*\.xlsx$/);
  await page.selectOption('[name=sheet]', '');
  await page.setInputFiles('[name=file]', { name: '别的.csv', mimeType: 'text/csv', buffer: Buffer.from('甲乙丙,丁戊己\n1,2') });
  await read(page).click();
  await page.waitForSelector('.notice.bad');
  assert.match(await page.locator('.notice.bad').innerText(), /没有认出[^]*甲乙丙 \| 丁戊己/);
  await clean(page);
}));

test('a faulty roster says at which cell and why, and the good rows are taken', () => withPage({}, async (page) => {
  const people = withFault(roster(2), 2);
  const wrong = people[2];
  await handIn(page, csv('有错的花名册.csv', people));
  assert.equal(await rows(page, '有误'), 1);
  const row = page.locator('#rows tbody tr');
  assert.match((await row.allInnerTexts()).join(), new RegExp(`4\\s+${wrong[1]}\\s+有误\\s*D4 身份证号码\\s*身份证号：“${wrong[3]}”校验位应为 [0-9X]，请核对证件`));
  const marked = await download(page, () => page.locator('a[href$="/marked"]').click());
  assert.match(marked.name, /有错的花名册.*\.xlsx$/);
  assert.equal(marked.bytes.subarray(0, 2).toString(), 'PK');
  assert.equal(await taken(page), people.length - 1);
  assert.match(await notice(page), /还有 1 行有误/);
  assert.equal(await rows(page, '有误'), 1, 'the bad row waits');
  assert.equal(await take(page).count(), 0);
  await clean(page);
  await undo(page);
}));

test('handing in and what would become of the rows fit a phone, in both languages', () => withPage({ size: PHONE }, async (page) => {
  const file = csv('一个名字很长的搬迁户花名册（二〇二〇年五月）.csv', withFault(roster(2), 0));
  const [asks, dry] = [await handIn(page, file, ''), await handIn(page, file)];
  for (const path of ['/imports?', `${asks}?`, `${dry}?`, `${dry}?show=held&`, `${dry}?show=new&`]) {
    for (const lang of ['zh-CN', 'en']) {
      await page.goto(`${path}lang=${lang}`);
      for (const more of await page.locator('main details > summary').all()) await more.click();
      assert.ok(await overflow(page) <= 0, `${path} (${lang}): ${await overflow(page)} px too wide`);
      await clean(page);
    }
  }
}));

test('a list is taken away as a workbook', () => withPage({}, async (page) => {
  await page.goto('/ledgers/person?is.sex=2');
  await page.locator('main a[href*="/ledgers/person/export?"]').click();
  await page.waitForURL(/\/ledgers\/person\/export\?/);
  await clean(page);
  await page.selectOption('[name=format]', 'xlsx');
  const list = await download(page, () => page.locator('main form.form button').click());
  assert.match(list.name, /\.xlsx$/);
  assert.equal(list.bytes.subarray(0, 2).toString(), 'PK');
}));
