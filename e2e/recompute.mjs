// Recomputes coverage and figures from exported CSVs with code of its own, and compares with what the binary tells.
//   node recompute.mjs            the demo county, built in a temporary folder
//   node recompute.mjs DATA       the county in that data folder
// Ends with 1 and one line for each difference, with 3 if it cannot be done.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Calendar } from './outside/calendar.mjs';
import { figures } from './outside/figures.mjs';
import { Ledgers } from './outside/ledgers.mjs';
import { counts, requirements } from './outside/requirements.mjs';

const BINARY = process.env.ANJU ?? fileURLToPath(new URL('../target/release/anju', import.meta.url));
const PUBLISHED = fileURLToPath(new URL('../counties/ningshan/published.toml', import.meta.url));
const COUNTY = '610923';
const TODAY = '2020-05-16';
const EARLIER = ['2020-03-31', '2020-04-01', '2019-12-31'];
const FIELDS = ['met', 'gap', 'exempt', 'not_applicable'];
const FEWEST_REQUIREMENTS = 25;
const ROUNDED = { 'person.count': 1000 }; // published to the thousand

const anju = (...args) => execFileSync(BINARY, args, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] });
const told = (...args) => JSON.parse(anju(...args, '--format', 'json'));
const differences = [];
const differ = (what, outside, inside) => { if (outside !== inside) differences.push(`${what}: outside ${outside}, anju ${inside}`); };

function compareCoverage(ledgers, data, on, areas) {
  const calendar = new Calendar(on);
  const all = requirements(ledgers, calendar);
  for (const area of areas) {
    const lines = new Map(told('coverage', '--data', data, '--on', on, '--area', area).map((line) => [line.id, line]));
    for (const [id, requirement] of Object.entries(all)) {
      const line = lines.get(id);
      if (!line) { differences.push(`${id} is not told by anju`); continue; }
      const found = counts(ledgers, calendar, id, requirement, area);
      differ(`${on} ${area} ${id} (${FIELDS.join('/')})`, FIELDS.map((name) => found[name]).join('/'), FIELDS.map((name) => line[name]).join('/'));
    }
  }
  return Object.keys(all).length;
}

function compareGaps(ledgers, data) {
  const calendar = new Calendar(TODAY);
  const all = requirements(ledgers, calendar);
  for (const id of ['household_visited', 'household_stable_job', 'site_facilities', 'member_takes_part']) {
    const named = told('gaps', id, '--data', data).map((line) => line.subject_id).sort().join(' ');
    const excused = new Set(ledgers.where('exemption', 'requirement', id).filter((it) => calendar.holds(it.starts_on, it.ends_on)).map((it) => it.subject));
    const { each, concerns, met } = all[id];
    const found = each.filter((row) => concerns(row) && !met(row) && !excused.has(row.id)).map((row) => row.id).sort().join(' ');
    if (named !== found) differences.push(`${id}: the gaps are not the same subjects`);
  }
}

function published() {
  const text = readFileSync(PUBLISHED, 'utf8');
  return new Map([...text.matchAll(/^id\s*=\s*"([^"]+)"\nvalue\s*=\s*(\d+)$/gm)].map(([, id, value]) => [id, Number(value)]));
}

function compareFigures(ledgers, data) {
  const found = figures(ledgers, new Calendar(TODAY));
  const facts = new Map(told('bulletin', '--data', data).facts.map((fact) => [fact.id, fact.value]));
  for (const [id, value] of published()) {
    differ(`figure ${id}`, found[id], facts.get(id));
    const to = ROUNDED[id] ?? 1;
    differ(`figure ${id} as published`, Math.round(found[id] / to) * to, value);
  }
  return Object.keys(found).length;
}

function compare(data, folder) {
  anju('export', '--all', folder, '--data', data);
  const ledgers = new Ledgers(folder);
  const site = ledgers.all('site')[0].code;
  const building = ledgers.all('building')[0].code;
  const known = compareCoverage(ledgers, data, TODAY, [COUNTY, site.slice(0, 9), site, building]);
  for (const on of EARLIER) compareCoverage(ledgers, data, on, [COUNTY]);
  compareGaps(ledgers, data);
  const numbers = compareFigures(ledgers, data);
  if (known < FEWEST_REQUIREMENTS) differences.push(`only ${known} requirements were recomputed`);
  if (published().size !== 36 || numbers !== 36) differences.push(`${numbers} figures were recomputed, ${published().size} are published; both must be 36`);
  return `${known} requirements on ${1 + EARLIER.length} days, ${numbers} figures`;
}

const scratch = mkdtempSync(join(tmpdir(), 'anju-outside-'));
try {
  const data = process.argv[2] ?? join(scratch, 'data');
  if (!process.argv[2]) anju('demo', '--prepare-only', '--data', data);
  const seen = compare(data, join(scratch, 'csv'));
  differences.forEach((line) => console.error(line));
  console.log(differences.length === 0 ? `the same outside: ${seen}` : `${differences.length} differences in ${seen}`);
  process.exitCode = differences.length === 0 ? 0 : 1;
} catch (why) {
  console.error(`cannot recompute: ${why.message}`);
  process.exitCode = 3;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
