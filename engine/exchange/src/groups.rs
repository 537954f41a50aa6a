//! Rows of one record: which go together when its key stands in the first of them only, and what the others take from it.

use anju_pack::{FieldIx, Kind, Predicate, SheetExactly};
use anju_record::{Code, Problem, SmolStr, holds_of, kind};
use hashbrown::HashMap;
use rayon::prelude::*;

use crate::heading::keys;
use crate::room::{Room, given_bytes};
use crate::rows::{Context, FaultKind, RowFault, SheetRow, Source};

/// Rows of one record.
struct Group {
    key: SmolStr,
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
pub(crate) fn assign(context: &Context<'_>, rows: &mut Vec<SheetRow>, ones: &Ones, breaks: &[usize], room: &mut Room) {
    for path in &context.sheet.carry {
        let Some((field, source)) = key_column(context, *path) else { continue };
        let law = context.sheet.exactly.iter().position(|exactly| exactly.per == *path);
        let ones = law.and_then(|law| ones.get(law)).map(Vec::as_slice);
        let groups = gather(context, rows, ones, breaks, (*path, field), source);
        for group in groups {
            settle(context, rows, &group, (*path, field), source.column, room);
        }
    }
}

/// Condition by condition of those that exactly one row of a group satisfies, whether a row does; `None` when it does not say.
pub(crate) type Ones = Vec<Vec<Option<bool>>>;

pub(crate) fn ones(context: &Context<'_>, rows: &[SheetRow]) -> Ones {
    let one = |exactly: &SheetExactly| rows.par_iter().map(|row| held(context, row, &exactly.one)).collect();
    context.sheet.exactly.iter().map(one).collect()
}

/// The column that holds the key of a path: a field that is unique by itself.
fn key_column<'c>(context: &'c Context<'_>, path: u16) -> Option<(FieldIx, &'c Source)> {
    let ledger = context.pack.ledger(context.sheet.ledger_of(path)?);
    keys(ledger).find_map(|field| Some((field, context.source(path, field)?)))
}

fn gather(
    context: &Context<'_>,
    rows: &[SheetRow],
    ones: Option<&[Option<bool>]>,
    breaks: &[usize],
    (path, field): (u16, FieldIx),
    source: &Source,
) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut by_key: HashMap<String, usize> = HashMap::new();
    let mut current: Option<usize> = None;
    let mut breaks = breaks.iter().copied().peekable();
    let within: Vec<u16> = context.sheet.path_numbers().filter(|below| context.sheet.goes_on(*below, path)).collect();
    for (at, row) in rows.iter().enumerate() {
        let one = ones.and_then(|ones| *ones.get(at)?);
        while breaks.next_if(|before| *before <= at).is_some() {
            current = None;
        }
        let said = row.part(path).and_then(|part| part.value(field)).map(kind::text_of);
        let faulty = row.faults.iter().any(|fault| fault.column == Some(source.column));
        let above = at.checked_sub(1).and_then(|above| rows.get(above));
        // A row that shares what the one above says of the record is of its group.
        let of_above = current.filter(|_| above.is_some_and(|above| row.shares(above, &[path])));
        let group = match (said, of_above) {
            (Some(_), Some(group)) => group,
            (Some(key), None) => *by_key.entry_ref(&*key).or_insert_with(|| {
                groups.push(Group::new((&*key).into(), None));
                groups.len() - 1
            }),
            (None, _) => {
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
        let above = above.filter(|_| current == Some(group));
        groups[group].take(&within, at, row, one == Some(true), above);
        current = Some(group);
    }
    groups
}

impl Group {
    fn new(key: SmolStr, unnamed: Option<usize>) -> Self {
        Self { key, unnamed, rows: Vec::new(), known: Vec::new(), has_one: false }
    }

    /// Takes a row in; `above` is the one before it, if that is of the group.
    fn take(&mut self, within: &[u16], at: usize, row: &SheetRow, one: bool, above: Option<&SheetRow>) {
        self.has_one |= one;
        if let Some((_, said)) = self.rows.last().copied().filter(|_| above.is_some_and(|it| row.shares(it, within))) {
            return self.rows.push((at, said));
        }
        let parts = || row.parts.iter().filter(|part| within.contains(&part.path));
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
    for part in row.parts.iter().filter(|part| context.sheet.goes_on(part.path, path)) {
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
