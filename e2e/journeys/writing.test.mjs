import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeBrowser, overflow, PHONE, violations, withPage } from '../browser.mjs';

after(closeBrowser);

const save = (page) => page.locator('form[data-guard] button[type=submit]').click();
const clean = async (page) => assert.deepEqual(await violations(page), []);

/** The first household file of whoever has some. */
async function ownFile(page) {
  await page.goto('/');
  const href = await page.locator('main a[href^="/households/"]').first().getAttribute('href');
  await page.goto(href);
  return new URL(page.url()).pathname.split('/')[2];
}

/** A new visit, from the file's own link; gives its address. */
async function recordVisit(page, findings, day) {
  const household = await ownFile(page);
  await page.locator('main summary').filter({ hasText: '新增相关记录' }).click();
  await page.locator(`main a[href="/ledgers/visit/new?household=${household}"]`).click();
  await page.waitForURL(/\/ledgers\/visit\/new/);
  await page.selectOption('[name="f.way"]', 'home');
  await page.fill('[name="f.met"]', '户主');
  await page.fill('[name="f.findings"]', findings);
  // One household is visited once a day.
  if (day) await page.fill('[name="f.visited_on"]', day);
  await save(page);
  await page.waitForURL(/\/records\/visit\/[0-9a-f-]{36}\?done=saved/);
  return new URL(page.url()).pathname;
}

test('a visit is recorded in three fields: the household, the day and the cadre are known', () => withPage({ as: 'bangfuganbu' }, async (page) => {
  await recordVisit(page, '一切正常');
  assert.match(await page.locator('[role=status]').innerText(), /已保存/);
  assert.match(await page.locator('main').innerText(), /一切正常/);
  await clean(page);
}));

test('a fault stands beside its field, has the focus, and loses nothing', () => withPage({ as: 'bangfuganbu', refused: true }, async (page) => {
  const visit = await recordVisit(page, '待更正');
  await page.goto(`${visit}/edit`);
  await clean(page);
  await page.fill('[name="f.visited_on"]', '2099-01-01');
  await page.fill('[name="f.findings"]', '改过的情况');
  await save(page);
  await page.waitForSelector('[role=alert]');
  assert.equal(await page.evaluate(() => document.activeElement.name), 'f.visited_on');
  assert.equal(await page.inputValue('[name="f.findings"]'), '改过的情况');
  await clean(page);
  await page.locator('[role=alert] a').first().click();
  await page.fill('[name="f.visited_on"]', '2020-05-10');
  await save(page);
  await page.waitForURL(/done=saved/);
  assert.match(await page.locator('main').innerText(), /2020-05-10[\s\S]*改过的情况/);
}));

/** A field with the focus, from the top of its label to the bottom of what is said of it, and where the bar at the foot begins. */
const focused = (page) => page.evaluate(() => {
  const field = document.activeElement;
  const box = (it) => it.getBoundingClientRect();
  const says = document.getElementById(field.getAttribute('aria-describedby'));
  return { name: field.name, top: box(document.querySelector(`label[for="${field.id}"]`)).top, bottom: box(says).bottom, bar: box(document.querySelector('.nav')).top };
});

test('on a phone a wrong field is seen with its label and what is said of it', () => withPage({ size: PHONE, refused: true }, async (page) => {
  await page.goto('/ledgers/person');
  await page.goto(`${await page.locator('main tbody a[href^="/records/person/"]').first().getAttribute('href')}/edit`);
  await page.fill('[name="f.phone"]', '不是电话');
  await save(page);
  await page.waitForSelector('[role=alert]');
  const { name, top, bottom, bar } = await focused(page);
  assert.equal(name, 'f.phone');
  assert.ok(top >= 0 && bottom <= bar, `${top} to ${bottom}, above ${bar}`);
  await page.locator('[role=alert] a').first().click();
  await page.waitForFunction(() => document.querySelector('label[for="f.phone"]').getBoundingClientRect().top >= 0);
}));

test('what two people changed is shown with both values, and one is chosen', () => withPage({ as: 'bangfuganbu', refused: true }, async (page) => {
  const visit = await recordVisit(page, '最初', '2020-05-09');
  const other = await page.context().newPage();
  await page.goto(`${visit}/edit`);
  await other.goto(`${visit}/edit`);
  await other.fill('[name="f.findings"]', '对方写的');
  await other.fill('[name="f.met"]', '配偶');
  await save(other);
  await other.waitForURL(/done=saved/);
  await page.fill('[name="f.findings"]', '我写的');
  await Promise.all([page.waitForResponse((answer) => answer.status() === 409), save(page)]);
  await page.waitForSelector('[name="choice.findings"]');
  assert.match(await page.locator('fieldset').innerText(), /对方写的/);
  assert.equal(await page.inputValue('[name="f.met"]'), '配偶', 'what only the other changed is taken');
  await clean(page);
  await page.locator('[name="choice.findings"][value=mine]').check();
  await save(page);
  await page.waitForURL(/done=(saved|merged)/);
  assert.match(await page.locator('main').innerText(), /我写的/);
}));

test('a record is deleted for a reason and brought back', () => withPage({ as: 'bangfuganbu', refused: true }, async (page) => {
  const visit = await recordVisit(page, '将删除', '2020-05-08');
  await page.goto(`${visit}/delete`);
  await clean(page);
  await page.fill('[name=reason]', '填错了户');
  await page.locator('form[action$="/delete"] button').click();
  await page.waitForURL(/\/restore$/);
  await clean(page);
  const gone = await page.context().newPage();
  await gone.goto(visit);
  assert.match(gone.url(), /\/restore$/, 'its address leads to where it is brought back');
  await page.fill('[name=reason]', '没有填错');
  await page.locator('form[action$="/restore"] button').click();
  await page.waitForURL(/done=restored/);
  assert.match(await page.locator('#history').innerText(), /没有填错[\s\S]*填错了户/);
}));

test('a reference is looked up while it is typed', () => withPage({ as: 'bangfuganbu' }, async (page) => {
  await page.goto('/ledgers/visit/new');
  await page.locator('[name="f.cadre"]').focus();
  await page.waitForFunction(() => document.getElementById('l.cadre').options.length > 0);
  const name = await page.evaluate(() => document.getElementById('l.cadre').options[0].value);
  await page.fill('[name="f.cadre"]', name.slice(0, 1));
  await page.waitForFunction((first) => [...document.getElementById('l.cadre').options].every((it) => it.value.includes(first)), name.slice(0, 1));
}));

test('leaving with something typed is asked about, and without is not', () => withPage({}, async (page) => {
  await page.goto('/ledgers/cadre/new');
  let asked = 0;
  page.on('dialog', (dialog) => { asked += 1; dialog.accept(); });
  await page.goto('/ledgers');
  assert.equal(asked, 0);
  await page.goto('/ledgers/cadre/new');
  await page.locator('[name="f.name"]').pressSequentially('李');
  await page.goto('/ledgers');
  assert.equal(asked, 1);
}));

test('forms and corrections fit a phone, in both languages', () => withPage({ size: PHONE }, async (page) => {
  await page.goto('/ledgers/household');
  for (const path of ['/ledgers/person/new', '/ledgers/household/new', '/ledgers/pairing/new', '/corrections']) {
    for (const lang of ['zh-CN', 'en']) {
      await page.goto(`${path}?lang=${lang}`);
      assert.ok(await overflow(page) <= 0, `${path} (${lang}): ${await overflow(page)} px too wide`);
      await clean(page);
    }
  }
}));
