//! Rows of one record: which go together when its key stands in the first of them only, and what the others take from it.

use anju_pack::{FieldIx, Kind, Predicate};
use anju_record::{Code, Problem, holds_of, kind};
use hashbrown::HashMap;
use rayon::prelude::*;

use crate::room::{Room, given_bytes};
use crate::rows::{Context, FaultKind, RowFault, SheetRow, Source};

/// Rows of one record.
struct Group {
    key: Box<str>,
    /// The row that left the key blank.
    unnamed: Option<usize>,
    /// Each with how many fields of the record it says.
    rows: Vec<(usize, usize)>,
    /// Which row says it first.
    known: Vec<(u16, FieldIx, usize)>,
    /// A row satisfies what exactly one must.
    has_one: bool,
}

/// Puts rows into groups, gives them what the group knows, and names the rows whose group cannot be known.
pub(crate) fn assign(context: &Context<'_>, rows: &mut Vec<SheetRow>, breaks: &[usize], room: &mut Room) {
    for path in &context.sheet.carry {
        let Some((field, source)) = key_column(context, *path) else { continue };
        let groups = gather(context, rows, breaks, (*path, field), source);
        for group in groups {
            settle(context, rows, &group, (*path, field), source.column, room);
        }
    }
}

/// The column that holds the key of a path: a field that is unique by itself.
fn key_column<'c>(context: &'c Context<'_>, path: u16) -> Option<(FieldIx, &'c Source)> {
    let ledger = context.pack.ledger(context.sheet.ledger_of(path)?);
    let alone = ledger.unique.iter().filter(|unique| unique.fields.len() == 1).map(|unique| unique.fields[0]);
    alone
        .filter(|field| crate::heading::writable(&ledger.field(*field).kind))
        .find_map(|field| Some((field, context.source(path, field)?)))
}

fn gather(
    context: &Context<'_>,
    rows: &[SheetRow],
    breaks: &[usize],
    (path, field): (u16, FieldIx),
    source: &Source,
) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut by_key: HashMap<String, usize> = HashMap::new();
    let mut current: Option<usize> = None;
    let mut breaks = breaks.iter().copied().peekable();
    let ones: Vec<Option<bool>> = rows.par_iter().map(|row| satisfies(context, row, path)).collect();
    for (at, (row, one)) in rows.iter().zip(ones).enumerate() {
        while breaks.next_if(|before| *before <= at).is_some() {
            current = None;
        }
        let said = row.part(path).and_then(|part| part.value(field)).map(kind::text_of);
        let faulty = row.faults.iter().any(|fault| fault.column == Some(source.column));
        let group = match said {
            Some(key) => *by_key.entry_ref(&*key).or_insert_with(|| {
                groups.push(Group::new((&*key).into(), None));
                groups.len() - 1
            }),
            None => {
                match current
                    .filter(|group| !faulty && goes_on(context, (rows, row), &groups[*group], path, source, one))
                {
                    Some(group) => group,
                    None => {
                        groups.push(Group::new(format!("row {}", row.number).into(), Some(at)));
                        groups.len() - 1
                    }
                }
            }
        };
        groups[group].take(context, at, row, one == Some(true), path);
        current = Some(group);
    }
    groups
}

impl Group {
    fn new(key: Box<str>, unnamed: Option<usize>) -> Self {
        Self { key, unnamed, rows: Vec::new(), known: Vec::new(), has_one: false }
    }

    fn take(&mut self, context: &Context<'_>, at: usize, row: &SheetRow, one: bool, path: u16) {
        self.has_one |= one;
        let parts = || row.parts.iter().filter(|part| belongs(context, part.path, path));
        self.rows.push((at, parts().filter(|part| part.item == 0).map(|part| part.values.len()).sum()));
        let fields = parts().flat_map(|part| part.values.iter().map(|(field, _)| (part.path, *field)));
        for (turn, (path, field)) in fields.enumerate() {
            // Rows that say the same say it in the same order.
            let as_before = self.known.get(turn).is_some_and(|known| (known.0, known.1) == (path, field));
            if !as_before && self.says(path, field).is_none() {
                self.known.push((path, field, at));
            }
        }
    }

    /// The row that says it first.
    fn says(&self, path: u16, field: FieldIx) -> Option<usize> {
        self.known.iter().find(|known| (known.0, known.1) == (path, field)).map(|known| known.2)
    }
}

/// The path itself, or one that goes on from it.
fn belongs(context: &Context<'_>, path: u16, to: u16) -> bool {
    let mut here = path;
    while here != 0 {
        if here == to {
            return true;
        }
        here = context.sheet.paths.get(usize::from(here) - 1).map_or(0, |path| path.from);
    }
    false
}

/// Whether a row is the one of which there is exactly one; `None` when it does not say.
pub(crate) fn satisfies(context: &Context<'_>, row: &SheetRow, path: u16) -> Option<bool> {
    let exactly = context.sheet.exactly.iter().find(|exactly| exactly.per == path)?;
    held(context, row, &exactly.one)
}

/// Whether a condition holds of the row's own record; what it reads and is faulty or blank counts as missing.
pub(crate) fn held(context: &Context<'_>, row: &SheetRow, predicate: &Predicate) -> Option<bool> {
    let own = row.part(0)?;
    holds_of(context.pack, predicate, &|field| own.value(field), &|_, _| None, context.today)
}

/// Whether a row without a key goes on with the group above it.
fn goes_on(
    context: &Context<'_>,
    (rows, row): (&[SheetRow], &SheetRow),
    group: &Group,
    path: u16,
    key: &Source,
    one: Option<bool>,
) -> bool {
    if let Some((first, _)) = key.merged(row.number) {
        // Merged cells that begin here and hold nothing are a key of their own that was left out.
        return first < row.number;
    }
    let (mut same, mut other) = (false, false);
    for part in row.parts.iter().filter(|part| belongs(context, part.path, path)) {
        let Some(ledger) = context.sheet.ledger_of(part.path) else { continue };
        for (field, given) in &part.values {
            let named = matches!(context.pack.ledger(ledger).field(*field).kind, Kind::Text { .. } | Kind::Phone);
            let known = group.says(part.path, *field).and_then(|at| rows[at].part(part.path)?.get(*field));
            if let (true, Some(known)) = (named, known) {
                same |= known == given;
                other |= known != given;
            }
        }
    }
    match one {
        Some(true) => !other && (same || !group.has_one),
        Some(false) => true,
        None => !other,
    }
}

fn settle(
    context: &Context<'_>,
    rows: &mut Vec<SheetRow>,
    group: &Group,
    (path, field): (u16, FieldIx),
    column: u32,
    room: &mut Room,
) {
    'rows: for (at, said) in &group.rows {
        if *at >= rows.len() || !room.take(rows, *at, group.key.len() + 48) {
            break;
        }
        rows[*at].group = Some(group.key.clone());
        if *said == group.known.len() {
            continue;
        }
        for (known_path, known_field, said_at) in &group.known {
            if rows[*at].part(*known_path).is_none_or(|part| part.get(*known_field).is_some()) {
                continue;
            }
            let Some(given) = rows[*said_at].part(*known_path).and_then(|part| part.get(*known_field)) else {
                continue;
            };
            let given = given.clone();
            if !room.take(rows, *at, 2 * given_bytes(&given)) {
                break 'rows;
            }
            if let Some(part) = rows[*at].part_mut(*known_path) {
                part.set(*known_field, given);
            }
        }
    }
    let Some(first) = group.unnamed else { return };
    let Some(row) = rows.get(first) else { return };
    if row.faults.iter().any(|fault| fault.column == Some(column)) {
        return;
    }
    let Some(ledger) = context.sheet.ledger_of(path) else { return };
    let known = context.pack.ledger(ledger).field(field);
    let fault = RowFault {
        row: row.number,
        column: Some(column),
        kind: FaultKind::MissingKey,
        fault: Problem::new(Code::MissingKey, "", []).at(known.id.as_str(), &known.title),
        warning: false,
        group: Some(group.key.clone()),
        item: None,
    };
    room.fault(rows, first, fault);
}
