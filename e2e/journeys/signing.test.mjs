import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeBrowser, PHONE, withPage } from '../browser.mjs';

after(closeBrowser);

const press = (page, login) => page.locator(`form:has(input[name=login][value="${login}"]) button`).click();

test('nobody sees a page before signing in, and then sees the one asked for', () => withPage({ as: null, scripts: false }, async (page) => {
  await page.goto('/ledgers');
  assert.match(page.url(), /\/sign-in\?next=%2Fledgers$/);
  await press(page, 'xianban');
  await page.waitForURL(/\/ledgers$/);
  await page.locator('header form[action="/sign-out"] button').click();
  await page.waitForURL(/\/sign-in$/);
  await page.goto('/ledgers');
  assert.match(page.url(), /\/sign-in/, 'signed out is out');
}));

test('a wrong password is told without saying whether the account exists', () => withPage({ as: null, refused: true }, async (page) => {
  const told = [];
  for (const login of ['xianban', 'no.such.account']) {
    await page.goto('/sign-in');
    await page.fill('#login', login);
    await page.fill('#password', 'Wrong-password-1');
    await page.locator('form[action="/sign-in"] button').click();
    told.push(await page.locator('[role=alert]').innerText());
  }
  assert.equal(told[0], told[1]);
}));

test('each lands at the place of their work', () => withPage({ as: null }, async (page) => {
  for (const [login, way, shown] of [
    ['sysadmin', /\/accounts$/, '账号'], ['secadmin', /\/grants$/, '授权'], ['auditor', /\/journal$/, '日志'],
    ['bangfuganbu', /\/\?welcome=1$/, '我的户'], ['qunzhong', /\/\?welcome=1$/, '我的户'],
  ]) {
    await page.goto('/sign-in');
    await press(page, login);
    await page.waitForURL(way);
    assert.ok((await page.locator('h1').innerText()).includes(shown), login);
    await page.locator('header form[action="/sign-out"] button').click();
    await page.waitForURL(/\/sign-in$/);
  }
}));

test('a resident reads the own file on a phone and who looked at it', () => withPage({ as: 'qunzhong', size: PHONE }, async (page) => {
  await page.goto('/');
  await page.locator('main table a[href^="/households/"]').first().click();
  await page.waitForURL(/\/households\/[0-9a-f-]{36}/);
  await page.locator('a[href$="/who-looked"]').first().click();
  await page.waitForURL(/who-looked/);
  assert.ok(await page.locator('main tbody tr').count() >= 1, 'the own look is noted as well');
}));

test('a masked value is shown for a reason, once', () => withPage({ as: 'xianban' }, async (page) => {
  await page.goto('/households');
  await page.locator('main table a[href^="/households/"]').first().click();
  await page.waitForURL(/\/households\/[0-9a-f-]{36}/);
  const link = page.locator('a[href*="/reveal/"]').first();
  if (await link.count() === 0) return;
  await link.click();
  await page.fill('#reason', '核对身份信息');
  await page.locator('main form button').click();
  assert.ok((await page.locator('.once').innerText()).length > 3);
}));

test('a grant takes a second person', () => withPage({ as: null }, async (page) => {
  const as = async (login) => { await page.goto('/sign-in'); await press(page, login); await page.waitForURL((url) => !url.pathname.startsWith('/sign-in')); };
  const out = () => page.locator('header form[action="/sign-out"] button').click();
  await as('secadmin');
  const clerk = await page.locator('form[action="/grants"] #account option').evaluateAll((all) => all.find((one) => one.text.includes('zhenban')).value);
  await page.selectOption('form[action="/grants"] #account', clerk);
  await page.selectOption('form[action="/grants"] #role', 'service_clerk');
  await page.fill('form[action="/grants"] #reason', '接替工作');
  await page.locator('form[action="/grants"] button').click();
  await page.waitForURL(/\/approvals/);
  assert.equal(await page.locator('form[action$="/confirm"]').count(), 0, 'nobody confirms what they proposed');
  await out();
  await as('sysadmin');
  await page.goto('/approvals');
  const waiting = await page.locator('form[action$="/confirm"] button').count();
  assert.ok(waiting >= 1, 'it waits for the system administrator');
  await page.locator('form[action$="/confirm"] button').first().click();
  await page.waitForURL(/\/approvals/);
  assert.equal(await page.locator('form[action$="/confirm"] button').count(), waiting - 1);
}));
