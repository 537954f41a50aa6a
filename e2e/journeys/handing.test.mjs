import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeBrowser, violations, withPage } from '../browser.mjs';

after(closeBrowser);

/** 金川镇: nobody of the demo's own people works there. */
const TOWN = '610923108';
const TODAY = '2020-05-16';
const clean = async (page) => assert.deepEqual(await violations(page), []);
const words = (page) => page.locator('main').innerText();
const rows = async (page) => (await page.locator('main tr:has([name=ids])').allInnerTexts()).map((row) => row.split('\t').map((cell) => cell.trim()));
const [HOUSEHOLD, CADRE, BEGUN, ENDED] = [2, 3, 4, 5];

/** What a cadre has or had, the latest first. */
const listOf = (page, cadre) => page.goto(`/ledgers/pairing?area=${TOWN}&has.cadre=${encodeURIComponent(cadre)}&order=-started_on`);

/** Hands over what is ticked, as far as the form of who takes it and from when. */
async function handing(page) {
  for (const box of await page.locator('main [name=ids]').all()) await box.check();
  await page.locator('#bulk button').click();
  await page.selectOption('[name=field]', 'cadre');
  await page.selectOption('[name=how]', 'hand-over');
  await next(page);
}

async function next(page) {
  const [answer] = await Promise.all([page.waitForResponse((answer) => answer.request().method() === 'POST'), page.locator('main form.form button[type=submit]').click()]);
  await page.waitForLoadState();
  return answer.status();
}

/** Who takes it, and from when: what the page says would become of it. */
async function proposed(page, cadre, from) {
  await page.fill('[name="f.cadre"]', cadre);
  await page.fill('[name=from]', from);
  return { status: await next(page), told: await words(page) };
}

test("a cadre's households are handed to another, with a preview that refuses what cannot be", () => withPage({ refused: true }, async (page) => {
  await page.goto(`/ledgers/pairing?area=${TOWN}&is.ended_on=-`);
  const open = await rows(page);
  const settled = new Set(open.filter((row) => row[BEGUN] === TODAY).map((row) => row[CADRE]));
  const [giver, taker] = [...new Set(open.map((row) => row[CADRE]))].filter((cadre) => !settled.has(cadre));
  await listOf(page, giver);
  const before = await rows(page);
  const standing = before.filter((row) => !row[ENDED]);
  const first = standing[0];
  await handing(page);
  await clean(page);
  const nobody = await proposed(page, '查无此人', TODAY);
  assert.equal(nobody.status, 422);
  assert.match(nobody.told, /“查无此人”/);
  assert.equal(await page.inputValue('[name=from]'), TODAY, 'nothing that was said is lost');
  const early = await proposed(page, taker, standing.at(-1)[BEGUN]);
  assert.match(early.told, new RegExp(`不会修改 ${before.length} 条[^]*太早`), 'what has not begun yet is not handed over');
  assert.equal(await page.locator('main form.form').count(), 0, 'there is nothing to confirm');

  await listOf(page, giver);
  await handing(page);
  const plan = await proposed(page, taker, TODAY);
  assert.equal(plan.status, 200);
  assert.match(plan.told, new RegExp(`将修改 ${standing.length} 条`));
  assert.match(plan.told, new RegExp(`${giver} 截止 2020-05-15\\s+${taker} 自 ${TODAY} 起`));
  if (before.length > standing.length) assert.match(plan.told, new RegExp(`不会修改 ${before.length - standing.length} 条`), 'what has ended stays');
  await clean(page);
  await page.fill('[name=reason]', '干部调离');
  await next(page);
  assert.match(await words(page), new RegExp(`已修改 ${standing.length} 条`));
  await clean(page);

  await listOf(page, giver);
  assert.ok((await rows(page)).every((row) => row[ENDED]), 'the giver has none that stands');
  await listOf(page, taker);
  const taken = (await rows(page)).filter((row) => row[BEGUN] === TODAY);
  assert.deepEqual(taken.map((row) => row[HOUSEHOLD]).sort(), standing.map((row) => row[HOUSEHOLD]).sort());
  await page.goto(`/households?q=${first[HOUSEHOLD].split(' ')[0]}`);
  await page.locator('main summary').filter({ hasText: '以前的包帮干部' }).click();
  const file = await words(page);
  assert.match(file, new RegExp(`包帮干部\\s+${taker} ${TODAY} 起`), 'the file names who cares now');
  assert.match(file, new RegExp(`${giver} ${first[BEGUN]} – 2020-05-15`), 'and keeps who cared before');

  // What begins on that very day has nothing to hand over yet.
  await listOf(page, taker);
  await handing(page);
  const again = await proposed(page, giver, TODAY);
  assert.match(again.told, new RegExp(`不会修改[^]*${TODAY}`));
}));

test('what others refer to is not handed over', () => withPage({}, async (page) => {
  await page.goto('/ledgers/household');
  await page.locator('main [name=ids]').first().check();
  await page.locator('#bulk button').click();
  await page.waitForSelector('[name=how]');
  assert.deepEqual(await page.locator('[name=how] option').evaluateAll((all) => all.map((it) => it.value).filter(Boolean)), ['set']);
}));
