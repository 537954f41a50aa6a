// Rosters of households that nobody knows, others each time, and handing them in.
import { randomInt } from 'node:crypto';

/** 汤坪新社区. */
export const SITE = '610923100003001';
export const HEADINGS = '户编号,姓名,与户主关系,身份证号码,性别,劳动能力,政治面貌,联系电话,楼栋,房号,搬迁时间,批次,建档立卡';
const KIN = [['户主', '男'], ['配偶', '女'], ['子', '男']];

const one = (letters) => letters[randomInt(letters.length)];

/** A valid ID number of nobody, not even in the demo: there is no division 99, and its people are of 990923. */
function idNumber(birth, serial) {
  const body = `991000${birth}${String(serial).padStart(3, '0')}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  return body + '10X98765432'[[...body].reduce((sum, digit, at) => sum + digit * weights[at], 0) % 11];
}

/** A day of birth in a year. */
const born = (year) => `${year}${String(1 + randomInt(12)).padStart(2, '0')}${String(1 + randomInt(28)).padStart(2, '0')}`;
const row = (household, name, kin, number, [building, door]) => [
  household, name, kin, number, number[16] % 2 ? '男' : '女', '普通劳动力', '群众', `100${randomInt(10_000_000, 99_999_999)}`, building, door, '2018-05-01',
  '“十三五”搬迁', '是',
];

/** A serial number that says the sex. */
const serial = (sex) => randomInt(500) * 2 + (sex === '男' ? 1 : 0);

/** Households of three; nothing that the ledgers require is left out. */
export function roster(households) {
  const made = randomInt(10_000, 100_000);
  return Array.from({ length: households * 3 }, (_, at) => {
    const household = Math.floor(at / 3);
    const name = one('王李张刘陈杨') + one('秀建小志玉海') + one('英国红强兰燕');
    const [kin, sex] = KIN[at % 3];
    return row(`LC${made}-${household}`, name, kin, idNumber(born(1940 + randomInt(60)), serial(sex)), ['旅程楼', `${made}-${household}`]);
  });
}

/** Households by their members: [name, relation, sex, year of birth]. Their numbers are `${made}-0`, `-1` …, and so are their doors, in a building of their own. */
export function households(made, files) {
  const member = (number) => ([name, kin, sex, year]) => row(number, name, kin, idNumber(born(year), serial(sex)), [`${made}楼`, number]);
  return files.flatMap((members, at) => members.map(member(`${made}-${at}`)));
}

export const csv = (name, people, headings = HEADINGS) => ({ name, mimeType: 'text/csv', buffer: Buffer.from([headings, ...people.map((row) => row.join(','))].join('\n')) });

/** Hands a roster in, by address; gives the address of what would become of its rows. */
export async function handIn(page, file, area = SITE) {
  await page.goto(`/imports?sheet=household_roster&area=${area}`);
  await page.setInputFiles('[name=file]', file);
  await page.locator('form[enctype] button').click();
  await page.waitForURL(/\/imports\/[0-9a-f-]{36}(\?|$)/);
  return new URL(page.url()).pathname;
}

/** Takes every row. */
export async function takeAll(page, file) {
  await handIn(page, file);
  await page.locator('form[action$="/take"] button').click();
  await page.waitForSelector('.notice.good');
}
