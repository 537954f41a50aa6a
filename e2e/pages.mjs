// Every page of the product once, found by following links, so that the list cannot point at records that are not there.
import assert from 'node:assert/strict';

const MECHANISMS = ['party', 'employment', 'industry', 'governance', 'assistance'];

async function linked(page, from, start) {
  await page.goto(from);
  const links = await page.locator(`main a[href^="${start}"]`).evaluateAll((found) => found.map((link) => link.getAttribute('href')));
  const target = links.find((href) => href.split(/[?#]/)[0].length > start.length);
  assert.ok(target, `${from} links to no ${start}…`);
  return target;
}

/** name → path of each page. */
export async function everyPage(page) {
  const site = await linked(page, '/sites', '/sites/');
  const figure = await linked(page, '/bulletin', '/figures/');
  const record = await linked(page, '/ledgers/visit', '/records/');
  return {
    overview: '/',
    mechanisms: '/mechanisms',
    ...Object.fromEntries(MECHANISMS.map((id) => [`mechanism-${id}`, `/mechanisms/${id}`])),
    requirement: '/requirements/household_visited',
    sites: '/sites',
    site,
    households: '/households',
    household: await linked(page, '/households', '/households/'),
    bulletin: '/bulletin',
    figure,
    ledgers: '/ledgers',
    ledger: '/ledgers/visit',
    record,
    about: '/about',
  };
}

/** Pages about access: name → [login, or null for nobody, path]. */
export const ACCESS = {
  'sign-in': [null, '/sign-in'],
  account: ['xianban', '/account'],
  password: ['xianban', '/account/password'],
  'second-factor': ['xianban', '/account/second-factor'],
  approvals: ['xianban', '/approvals'],
  denied: ['xianban', '/accounts'],
  accounts: ['sysadmin', '/accounts'],
  grants: ['secadmin', '/grants'],
  policies: ['secadmin', '/policies'],
  journal: ['auditor', '/journal'],
  changes: ['auditor', '/journal/changes'],
  'my-households': ['bangfuganbu', '/'],
  'own-file': ['qunzhong', '/'],
};
