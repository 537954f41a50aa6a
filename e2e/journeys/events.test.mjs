import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, test } from 'node:test';
import { closeBrowser, violations, withPage } from '../browser.mjs';
import { csv, households, takeAll } from '../roster.mjs';

const MADE = `BD${randomInt(10_000, 100_000)}`;
const TODAY = '2020-05-16';
/** A character that sets the people of this run apart from those of others. */
const MARK = String.fromCodePoint(0x4e00 + randomInt(20_000));
const named = (name) => `龘${MARK}${name}`;
const HEAD = '02';
const OTHER = '99';
const DAUGHTER_IN_LAW = '38';

before(() => withPage({}, (page) => takeAll(page, csv('户变动.csv', households(MADE, [
  [[named('家主'), '户主', '男', 1950], [named('家妻'), '配偶', '女', 1952], [named('家子'), '子', '男', 1980]],
  [[named('独居'), '户主', '女', 1985]],
  [[named('并主'), '户主', '男', 1960], [named('并妻'), '配偶', '女', 1962]],
  [[named('留主'), '户主', '男', 1961], [named('留妻'), '配偶', '女', 1963]],
  [[named('归人'), '户主', '男', 1940]],
])))));
after(closeBrowser);

const clean = async (page) => assert.deepEqual(await violations(page), []);
const words = (page) => page.locator('main').innerText();
const send = (page) => page.locator('main form.form button[type=submit]').click();
const fieldset = (page, name) => page.locator('main fieldset').filter({ hasText: named(name) });
const members = (page) => page.locator('#members tbody tr').allInnerTexts();

/** The address of one of our files, by its number. */
async function fileOf(page, at) {
  await page.goto(`/households?q=${MADE}-${at}`);
  return new URL(page.url()).pathname;
}

/** Sends a form that is refused; gives what the page says is wrong. */
async function refused(page) {
  const [answer] = await Promise.all([page.waitForResponse((answer) => answer.request().method() === 'POST'), send(page)]);
  assert.equal(answer.status(), 422);
  return (await page.locator('main .notice.bad, main .gap').allInnerTexts()).join('\n');
}

/** Sends a form, looks at the preview, and gives what it says; nothing is written yet. */
async function foreseen(page) {
  await send(page);
  await page.waitForSelector('[name=event]', { state: 'attached' });
  await clean(page);
  return words(page);
}

async function confirmed(page) {
  await send(page);
  await page.waitForURL(/\?done=/);
  return new URL(page.url()).pathname;
}

/** The record page of somebody who is named on the page. */
async function recordOf(page, name) {
  await page.goto(await page.locator('#members a').filter({ hasText: named(name) }).first().getAttribute('href'));
  return words(page);
}

test('a head dies and another is chosen', () => withPage({ refused: true }, async (page) => {
  const file = await fileOf(page, 0);
  await page.goto(`${file}/life/death`);
  await clean(page);
  await fieldset(page, '家主').locator('[name=who]').check();
  assert.match(await refused(page), new RegExp(`“${MADE}-0”：须有且只有一位户主`), 'somebody must be the head');
  assert.ok(await fieldset(page, '家主').locator('[name=who]').isChecked(), 'nothing that was said is lost');
  await fieldset(page, '家妻').locator('[name^=kin-]').fill(HEAD);
  const told = await foreseen(page);
  assert.match(told, /减员原因\s+—\s+死亡/);
  assert.match(told, new RegExp(`${named('家妻')}\\s+与户主关系\\s+配偶\\s+户主`));
  assert.equal(await confirmed(page), file);
  const now = await members(page);
  assert.equal(now.length, 2, now.join());
  assert.match(now.join('\n'), new RegExp(`${named('家妻')}[^\n]*户主`));
  assert.match(await page.locator('h1').innerText(), new RegExp(`^${MADE}-0 ${named('家妻')}`), 'the file is called by who is its head now');
  await page.locator('#members summary').click();
  assert.match(await page.locator('#members details').innerText(), new RegExp(`${named('家主')} 户主 ${TODAY} 死亡`));
  await clean(page);
  assert.match(await recordOf(page, '家主'), new RegExp(`减员日期\\s+${TODAY}\\s+减员原因\\s+死亡`));
}));

test('who marries in keeps the record they have; the file they leave empty leads to where they went', () => withPage({ refused: true }, async (page) => {
  const [file, left] = [await fileOf(page, 0), await fileOf(page, 1)];
  await page.goto(`${file}/life/marry-in`);
  await clean(page);
  await page.fill('[name=who]', '查无此人');
  await page.fill('[name=kinship]', DAUGHTER_IN_LAW);
  const wrong = await refused(page);
  assert.match(wrong, /“查无此人”/);
  assert.doesNotMatch(wrong, /必填/, 'who is named is nobody from outside');
  await page.fill('[name=who]', named('独居'));
  await page.fill('[name=kinship]', HEAD);
  assert.match(await refused(page), new RegExp(`“${MADE}-0”已有户主`));
  await page.fill('[name=kinship]', DAUGHTER_IN_LAW);
  const told = await foreseen(page);
  assert.match(told, new RegExp(`搬迁户\\s+${MADE}-1[^\n]*${MADE}-0`));
  assert.match(told, /销户原因\s+—\s+成员全部离户/);
  await confirmed(page);
  assert.match((await members(page)).join('\n'), new RegExp(`${named('独居')}[^\n]*儿媳`));
  assert.match(await recordOf(page, '独居'), new RegExp(`搬迁户\\s+${MADE}-0`));
  await page.goto(left);
  assert.match(await page.locator('main .notice').first().innerText(), new RegExp(`“${MADE}-1”已于 ${TODAY} 销户（成员全部离户）`));
  assert.equal(await page.locator(`main .notice a[href="${file}"]`).count(), 1);
  await clean(page);
}));

test('somebody from outside marries in with a record of their own', () => withPage({}, async (page) => {
  await page.goto(`${await fileOf(page, 3)}/life/marry-in`);
  await page.fill('[name=name]', named('外来'));
  for (const [field, code] of [['sex', '2'], ['work_ability', 'ordinary']]) await page.selectOption(`[name=${field}]`, code);
  for (const [field, words] of [['kinship', OTHER], ['political_status', '群众']]) await page.fill(`[name=${field}]`, words);
  await page.fill('[name=born_on]', '1990-01-02');
  assert.match(await foreseen(page), /家庭成员 新增\s+搬迁户/);
  await confirmed(page);
  assert.match(await recordOf(page, '外来'), new RegExp(`入户日期\\s+${TODAY}`));
}));

test('the last one goes back to the place of origin, and another household moves into the dwelling', () => withPage({ refused: true }, async (page) => {
  const [mover, lives, gone] = [await fileOf(page, 0), await fileOf(page, 2), await fileOf(page, 4)];
  await page.goto(`${mover}/life/move`);
  await clean(page);
  await page.fill('[name=dwelling]', `${MADE}-2`);
  await refused(page);
  assert.equal(await page.locator(`main .notice a[href^="/records/household/"], main .notice a[href="${lives}"]`).count(), 1, 'who lives there is linked');
  assert.equal(await page.locator('[name=event]').count(), 0, 'and there is nothing to confirm');
  await page.goto(`${gone}/life/leave`);
  await clean(page);
  assert.equal(await page.inputValue('[name=way]'), 'returned');
  await page.locator('[name=who]').check();
  const told = await foreseen(page);
  assert.match(told, /居住状态\s+在安置点居住\s+返回迁出地居住/);
  assert.match(told, /销户原因\s+—\s+退出搬迁返回原籍/);
  await confirmed(page);
  assert.match(await words(page), new RegExp(`“${MADE}-4”已于 ${TODAY} 销户（退出搬迁返回原籍）`));
  assert.match(await page.locator('#members').innerText(), /没有在册成员/);
  await page.goto(`${gone}/life`);
  assert.equal(await page.locator('main a[href*="/life/"]').count(), 0, 'a closed file offers nothing but undoing');
  assert.match(await page.locator('main table').innerText(), new RegExp(`返回原籍\\s+${named('归人')}\\s+撤销`));

  await page.goto(`${mover}/life/move`);
  await page.fill('[name=dwelling]', `${MADE}-4`);
  assert.match(await foreseen(page), new RegExp(`住房\\s+[^\n]*${MADE}-0\\s+[^\n]*${MADE}-4`));
  await confirmed(page);
  assert.match(await page.locator('main header').innerText(), new RegExp(`· ${MADE}-4`), 'the file stands at its new door');
  assert.match(await page.locator('main').innerText(), new RegExp(`门牌（房号）\\s+${MADE}-4`));
}));

test('two households become one, and two again', () => withPage({ refused: true }, async (page) => {
  const [gone, kept] = [await fileOf(page, 2), await fileOf(page, 3)];
  const before = (await members(page)).length;
  await page.goto(`${gone}/life/merge`);
  await clean(page);
  await page.fill('[name=kept]', `${MADE}-3`);
  assert.match(await refused(page), new RegExp(`“${MADE}-3”：须有且只有一位户主`), 'one household has one head');
  for (const name of ['并主', '并妻']) await fieldset(page, name).locator('[name^=kin-]').fill(OTHER);
  assert.match(await foreseen(page), new RegExp(`${named('并主')}\\s+与户主关系\\s+户主\\s+非亲属`));
  assert.equal(await confirmed(page), kept);
  assert.equal((await members(page)).length, before + 2);
  const back = await page.locator('[role=status] a').getAttribute('href');
  await page.goto(gone);
  assert.equal(await page.locator(`main .notice a[href="${kept}"]`).count(), 1, 'the closed file leads to the other');
  await page.goto(`${kept}/life`);
  assert.match(await page.locator('main table').innerText(), new RegExp(`并户\\s+[^\n]*${MADE}-2`), 'what happened names the other file');
  await page.goto(back);
  await clean(page);
  await page.fill('[name=reason]', '并错了');
  await send(page);
  await page.waitForURL(/\?undone=1$/);
  assert.equal((await members(page)).length, before);
  await page.goto(gone);
  assert.deepEqual((await members(page)).map((row) => row.split('\t')[1]), ['户主', '配偶']);
  assert.equal(await page.locator('main .notice').count(), 0, 'it is open again');
}));

test('the head hands over to another member', () => withPage({ refused: true }, async (page) => {
  const file = await fileOf(page, 2);
  await page.goto(`${file}/life/change-head`);
  await clean(page);
  await fieldset(page, '并妻').locator('[name^=kin-]').fill(HEAD);
  assert.match(await refused(page), /现在有 2 位/);
  await fieldset(page, '并主').locator('[name^=kin-]').fill('11');
  assert.match(await foreseen(page), new RegExp(`${named('并主')}\\s+与户主关系\\s+户主\\s+夫`));
  assert.equal(await confirmed(page), file);
  assert.deepEqual((await members(page)).map((row) => row.split('\t').slice(0, 2).join()), [`${named('并妻')} 女,户主`, `${named('并主')} 男,夫`]);
  assert.match(await page.locator('main h1').innerText(), new RegExp(named('并妻')), 'the file is named after the head');
}));

test('a file is opened with its head', () => withPage({ refused: true }, async (page) => {
  await page.goto('/households/new');
  await clean(page);
  const typed = { number: `${MADE}-1`, building: `${MADE}楼`, moved_in_on: '2020-05-10', 'head-name': named('新立'), 'head-born_on': '1980-03-04', 'head-political_status': '群众' };
  const chosen = { batch: 'fyp13', registered_poor: '是', 'head-sex': '1', 'head-work_ability': 'ordinary' };
  for (const [field, value] of Object.entries(typed)) await page.fill(`[name="${field}"]`, value);
  for (const [field, value] of Object.entries(chosen)) await page.selectOption(`[name="${field}"]`, value);
  await refused(page);
  assert.equal(await page.locator('[name=event]').count(), 0, 'a number that is had is told, and nothing can be confirmed');
  await page.fill('[name=number]', `${MADE}-5`);
  assert.match(await foreseen(page), new RegExp(`户编号\\s+—\\s+${MADE}-5`));
  await confirmed(page);
  assert.match(await page.locator('main h1').innerText(), new RegExp(`${MADE}-5 ${named('新立')}`));
  assert.deepEqual((await members(page)).length, 1);
}));
