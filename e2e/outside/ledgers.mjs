// A county's ledgers as `anju export --all` wrote them, and the few questions that are asked of them.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Days since 1970-01-01 of a date as written, or null. */
export function day(text) {
  if (text === '') return null;
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!found) throw new Error(`“${text}” is no date`);
  return Date.UTC(+found[1], found[2] - 1, +found[3]) / 86_400_000;
}

/** RFC 4180: rows of cells; cells in double quotes may hold commas, line ends and doubled quotes. */
export function cells(text) {
  const rows = [];
  let row = [], cell = '', quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (text[at + 1] === '"') { cell += '"'; at += 1; } else quoted = false;
    } else if (letter === '"') quoted = true;
    else if (letter === ',') { row.push(cell); cell = ''; }
    else if (letter === '\n') { row.push(cell); rows.push(row); row = []; cell = ''; }
    else if (letter !== '\r') cell += letter;
  }
  if (quoted) throw new Error('a quoted cell does not end');
  if (cell !== '' || row.length > 0) { row.push(cell); rows.push(row); }
  return rows;
}

/** Every ledger of a folder: name → rows, each an object of texts by field. */
export class Ledgers {
  constructor(folder) {
    this.tables = new Map();
    this.groups = new Map();
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.csv'))) {
      const [heads, ...rows] = cells(readFileSync(join(folder, file), 'utf8'));
      const table = rows.map((row) => {
        if (row.length !== heads.length) throw new Error(`${file}: a row has ${row.length} cells, the head ${heads.length}`);
        return Object.fromEntries(heads.map((head, at) => [head, row[at]]));
      });
      this.tables.set(file.slice(0, -4), table);
    }
  }

  all(ledger) {
    const table = this.tables.get(ledger);
    if (!table) throw new Error(`there is no ledger ${ledger}`);
    return table;
  }

  /** Rows of a ledger whose field is a value. */
  where(ledger, field, value) {
    const key = `${ledger}.${field}`;
    if (!this.groups.has(key)) {
      const groups = new Map();
      for (const row of this.all(ledger)) {
        if (!(field in row)) throw new Error(`${ledger} has no field ${field}`);
        if (!groups.has(row[field])) groups.set(row[field], []);
        groups.get(row[field]).push(row);
      }
      this.groups.set(key, groups);
    }
    return this.groups.get(key).get(value) ?? [];
  }

  /** The row that a reference names. */
  row(ledger, id) {
    return this.where(ledger, 'id', id)[0];
  }
}
