import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, test } from 'node:test';
import { closeBrowser, numberIn, overflow, PHONE, violations, withPage } from '../browser.mjs';

after(closeBrowser);

/** 汤坪新社区. */
const SITE = '610923100003001';
const CLICKS = 5;
const HEADINGS = '户编号,姓名,与户主关系,身份证号码,性别,劳动能力,政治面貌,联系电话,楼栋,房号,搬迁时间,批次,建档立卡';
const KIN = ['户主', '配偶', '子'];

const one = (letters) => letters[randomInt(letters.length)];
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

/** A valid ID number of nobody, not even in the demo: there is no division 99, and its people are of 990923. */
function idNumber(birth, serial) {
  const body = `991000${birth}${String(serial).padStart(3, '0')}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  return body + '10X98765432'[[...body].reduce((sum, digit, at) => sum + digit * weights[at], 0) % 11];
}

/** Households of three whom nobody knows, others each time; nothing that the ledgers require is left out. */
function roster(households) {
  const made = randomInt(10_000, 100_000);
  return Array.from({ length: households * 3 }, (_, at) => {
    const household = Math.floor(at / 3);
    const birth = `${1940 + randomInt(60)}${String(1 + randomInt(12)).padStart(2, '0')}${String(1 + randomInt(28)).padStart(2, '0')}`;
    const number = idNumber(birth, randomInt(1000));
    return [
      `LC${made}-${household}`, one('王李张刘陈杨') + one('秀建小志玉海') + one('英国红强兰燕'), KIN[at % 3], number, number[16] % 2 ? '男' : '女', '普通劳动力', '群众',
      `100${randomInt(10_000_000, 99_999_999)}`, '旅程楼', `${made}-${household}`, '2018-05-01', '“十三五”搬迁', '是',
    ];
  });
}
const csv = (name, people, headings = HEADINGS) => ({ name, mimeType: 'text/csv', buffer: Buffer.from([headings, ...people.map((row) => row.join(','))].join('\n')) });

/** The same roster with a wrong check character in one row. */
function withFault(people, at) {
  const id = people[at][3];
  return people.map((row, which) => (which === at ? row.with(3, id.slice(0, 17) + (id[17] === '1' ? '2' : '1')) : row));
}

/** Hands a roster in, by address; gives the address of what would become of its rows. */
async function handIn(page, file, area = SITE) {
  await page.goto(`/imports?sheet=household_roster&area=${area}`);
  await page.setInputFiles('[name=file]', file);
  await read(page).click();
  await isRead(page);
  return new URL(page.url()).pathname;
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

test('a file of another kind is told from what it holds', () => withPage({ refused: true }, async (page) => {
  await page.goto('/imports?sheet=county_profile');
  assert.equal(await page.inputValue('[name=sheet]'), 'county_profile');
  await page.setInputFiles('[name=file]', csv('花名册.csv', roster(1)));
  await read(page).click();
  await page.waitForSelector('.notice.bad');
  assert.match(await page.locator('.notice.bad').innerText(), /像是“搬迁户花名册”/);
  assert.equal(await page.inputValue('[name=sheet]'), 'household_roster', 'it is chosen');
  const template = await download(page, () => page.locator('main a[href*="/template?sheet=household_roster"]').click());
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
