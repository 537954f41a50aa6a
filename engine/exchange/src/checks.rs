//! What rows of one file say together: repeated records, exactly one of a group, counts.

use std::borrow::Cow;
use std::hash::BuildHasher;

use anju_pack::{FieldIx, Kind, predicate_in_words};
use anju_record::{Code, Lang, Problem, SmolStr, kind, token};
use hashbrown::hash_map::Entry;
use hashbrown::{DefaultHashBuilder, HashMap, HashSet};
use rayon::prelude::*;

use crate::groups::{Ones, held};
use crate::recognise::Role;
use crate::room::Room;
use crate::rows::{Context, FaultKind, Part, RowFault, SheetRow};

pub(crate) fn check(context: &Context<'_>, rows: &mut Vec<SheetRow>, ones: &Ones, room: &mut Room) {
    exactly(context, rows, ones, room);
    unique(context, rows, room);
    counted(context, rows, room);
    for row in rows.iter_mut() {
        row.faults.sort_by_key(|fault| fault.column);
    }
    keep_out(rows);
}

/// Rows that a fault of their own or of their group keeps out.
fn keep_out(rows: &mut [SheetRow]) {
    let mut groups: Vec<SmolStr> = rows
        .iter()
        .flat_map(|row| &row.faults)
        .filter(|fault| !fault.warning)
        .filter_map(|fault| fault.group.clone())
        .collect();
    groups.sort_unstable();
    for row in rows {
        let own = row.faults.iter().any(|fault| !fault.warning && fault.item.is_none());
        row.out = own || row.group.as_ref().is_some_and(|group| groups.binary_search(group).is_ok());
    }
}

/// Of the rows of one group exactly one satisfies the condition. A row that does not say might.
fn exactly(context: &Context<'_>, rows: &mut Vec<SheetRow>, ones: &Ones, room: &mut Room) {
    for (exactly, satisfied) in context.sheet.exactly.iter().zip(ones) {
        let Some(field) = first_field(&exactly.one) else { continue };
        let (groups, mut wrong) = in_groups(rows, satisfied);
        let none = groups.iter().enumerate().filter(|(_, group)| group.one.is_none() && !group.unsure);
        wrong.extend(none.map(|(at, group)| (group.first, at)));
        wrong.sort_unstable();
        for (at, group) in wrong {
            // What there was no room for is not there any more.
            let Some(row) = rows.get(at) else { break };
            let first_one = groups[group].one.and_then(|one| rows.get(one)).map(|row| row.number);
            let fault = fault_of_group(context, row, exactly, field, first_one);
            room.fault(rows, at, fault);
        }
    }
}

/// Which rows of a group satisfy a condition.
struct Satisfied {
    first: usize,
    /// The first one that does.
    one: Option<usize>,
    /// Some row does not say.
    unsure: bool,
}

/// The groups, and rows that satisfy what an earlier row of their group does.
fn in_groups(rows: &[SheetRow], satisfied: &[Option<bool>]) -> (Vec<Satisfied>, Vec<(usize, usize)>) {
    let (mut groups, mut again): (Vec<Satisfied>, Vec<_>) = (Vec::new(), Vec::new());
    let mut by_key: HashMap<&str, usize> = HashMap::new();
    let mut last: Option<(&str, usize)> = None;
    for (at, (row, satisfied)) in rows.iter().zip(satisfied).enumerate() {
        let Some(key) = row.group.as_deref() else { continue };
        let known = last.filter(|(above, _)| *above == key).map(|(_, group)| group);
        let group = known.unwrap_or_else(|| {
            *by_key.entry(key).or_insert_with(|| {
                groups.push(Satisfied { first: at, one: None, unsure: false });
                groups.len() - 1
            })
        });
        last = Some((key, group));
        let of = &mut groups[group];
        match satisfied {
            Some(true) if of.one.is_some() => again.push((at, group)),
            Some(true) => of.one = Some(at),
            Some(false) => {}
            None => of.unsure = true,
        }
    }
    (groups, again)
}

fn fault_of_group(
    context: &Context<'_>,
    row: &SheetRow,
    exactly: &anju_pack::SheetExactly,
    field: FieldIx,
    first: Option<u32>,
) -> RowFault {
    let key = row.group.as_deref().unwrap_or_default();
    let known = context.pack.ledger(context.sheet.rows).field(field);
    let per =
        context.sheet.ledger_of(exactly.per).map_or_else(Default::default, |at| context.pack.ledger(at).title.clone());
    let (kind, problem) = match first {
        Some(first) => {
            let value = row.part(0).and_then(|part| part.value(field)).cloned().unwrap_or_default();
            let shown = kind::format(context.pack, &known.kind, &value, Lang::Zh);
            (FaultKind::TwoOf, Problem::new(Code::TwoOf, shown, [per.zh, key.to_owned(), first.to_string(), per.en]))
        }
        None => {
            let words = predicate_in_words(context.pack, context.sheet.rows, &exactly.one);
            (FaultKind::NoneOf, Problem::new(Code::NoneOf, "", [per.zh, key.to_owned(), words.zh, per.en, words.en]))
        }
    };
    RowFault {
        row: row.number,
        column: context.source(0, field).map(|source| source.column),
        kind,
        fault: problem.at(known.id.as_str(), &known.title),
        warning: false,
        group: Some(key.into()),
        item: None,
    }
}

/// The first field of its own record that a condition reads.
fn first_field(predicate: &anju_pack::Predicate) -> Option<FieldIx> {
    use anju_pack::{Operand, Predicate};
    match predicate {
        Predicate::And(parts) | Predicate::Or(parts) => parts.iter().find_map(first_field),
        Predicate::Not(part) => first_field(part),
        Predicate::Compare(Operand::Field(place), ..)
        | Predicate::In(Operand::Field(place), _)
        | Predicate::IsNull(place)
        | Predicate::Holds(place)
        | Predicate::Prefix(place, _) => place.path.is_empty().then_some(place.field),
        Predicate::Compare(..) | Predicate::In(..) => None,
    }
}

/// Rows that repeat what may not repeat in the row's ledger.
fn unique(context: &Context<'_>, rows: &mut Vec<SheetRow>, room: &mut Room) {
    let ledger = context.pack.ledger(context.sheet.rows);
    let hashing = DefaultHashBuilder::default();
    for unique in &ledger.unique {
        let paths: Vec<Option<u16>> = unique.fields.iter().map(|field| context.sheet.path_by_ref(0, *field)).collect();
        // "Exactly one of a group" has been looked at already, in words that fit it better.
        let of_group = context.sheet.exactly.iter().any(|exactly| paths == [Some(exactly.per)]);
        if of_group {
            continue;
        }
        let said = |(at, row): (usize, &SheetRow)| {
            let counts = unique.predicate.as_ref().is_none_or(|asked| held(context, row, asked) != Some(false));
            let items: Vec<u16> = match context.sheet.many.filter(|many| paths.contains(&Some(*many))) {
                _ if !counts => Vec::new(),
                Some(many) => row.parts.iter().filter(|part| part.path == many).map(|part| part.item).collect(),
                None => vec![0],
            };
            let mark = |item: u16| {
                let key = unique_key(context, row, &unique.fields, &paths, item)?;
                Some((at, item, hashing.hash_one(key)))
            };
            items.into_iter().filter_map(mark).collect::<Vec<_>>()
        };
        let marks: Vec<(usize, u16, u64)> = rows.par_iter().enumerate().flat_map_iter(said).collect();
        let again = repeated_marks(&marks);
        let mut seen: HashMap<String, u32> = HashMap::new();
        for (at, item, _) in marks.into_iter().filter(|(.., mark)| again.contains(mark)) {
            let Some(row) = rows.get(at) else { break };
            let Some(key) = unique_key(context, row, &unique.fields, &paths, item) else { continue };
            match seen.entry(key) {
                Entry::Occupied(first) => {
                    let fault = repeated(context, row, &unique.fields, &paths, item, *first.get());
                    room.fault(rows, at, fault);
                }
                Entry::Vacant(free) => drop(free.insert(row.number)),
            }
        }
    }
}

/// Marks that come more than once: only what has one of them may repeat.
fn repeated_marks(marks: &[(usize, u16, u64)]) -> HashSet<u64> {
    let mut sorted: Vec<u64> = marks.iter().map(|(.., mark)| *mark).collect();
    sorted.par_sort_unstable();
    sorted.windows(2).filter(|two| two[0] == two[1]).map(|two| two[0]).collect()
}

/// What the fields of a unique set say together; `None` when one of them is not given.
fn unique_key(
    context: &Context<'_>,
    row: &SheetRow,
    fields: &[FieldIx],
    paths: &[Option<u16>],
    item: u16,
) -> Option<String> {
    let mut key = String::new();
    for (field, path) in fields.iter().zip(paths) {
        match path {
            None => key.push_str(&kind::text_of(row.part(0)?.value(*field)?)),
            Some(path) => {
                let item = if context.sheet.many == Some(*path) { item } else { 0 };
                let part = row.parts.iter().find(|part| part.path == *path && part.item == item)?;
                key.push_str(&record_key(context, part)?);
            }
        }
        key.push('\u{1f}');
    }
    Some(key)
}

/// What names the record of a part: the first unique set of its ledger that is given.
fn record_key(context: &Context<'_>, part: &Part) -> Option<String> {
    let ledger = context.pack.ledger(context.sheet.ledger_of(part.path)?);
    ledger.unique.iter().find_map(|unique| {
        let values: Option<Vec<Cow<'_, str>>> =
            unique.fields.iter().map(|field| part.value(*field).map(kind::text_of)).collect();
        Some(values?.join("\u{1e}"))
    })
}

fn repeated(
    context: &Context<'_>,
    row: &SheetRow,
    fields: &[FieldIx],
    paths: &[Option<u16>],
    item: u16,
    first: u32,
) -> RowFault {
    let ledger = context.pack.ledger(context.sheet.rows);
    let many = context.sheet.many.filter(|many| paths.contains(&Some(*many)));
    let (kind, column, title, value, id) = match many {
        Some(path) => {
            let source = context.sources.iter().find(|source| source.targets.iter().any(|t| t.path == path));
            let target = source.and_then(|source| source.targets.iter().find(|t| t.path == path));
            let field = target.map(|target| context.pack.ledger(target.ledger).field(target.field));
            let part = row.parts.iter().find(|part| part.path == path && part.item == item);
            let value = part.and_then(|part| record_key(context, part)).unwrap_or_default();
            let (title, id) = field.map_or_else(Default::default, |field| (field.title.clone(), field.id.clone()));
            (FaultKind::RepeatedReference, source.map(|source| source.column), title, value, id)
        }
        None => {
            let own = fields.iter().zip(paths).rev().find(|(_, path)| path.is_none()).map(|(field, _)| *field);
            let field = own.or(fields.first().copied());
            let known = field.map(|field| ledger.field(field));
            let is_number = known.is_some_and(|known| matches!(known.kind, Kind::IdNumber));
            let value = field.and_then(|field| row.part(0)?.value(field).map(kind::plain)).unwrap_or_default();
            let column = field.and_then(|field| context.source(0, field)).map(|source| source.column);
            let (title, id) = known.map_or_else(Default::default, |known| (known.title.clone(), known.id.clone()));
            (if is_number { FaultKind::DuplicateId } else { FaultKind::Other }, column, title, value, id)
        }
    };
    RowFault {
        row: row.number,
        column,
        kind,
        fault: Problem::new(Code::Repeated, value, [first.to_string()]).at(id, &title),
        warning: false,
        group: None,
        item: many.map(|_| item),
    }
}

/// A column that counts says how many another lists.
fn counted(context: &Context<'_>, rows: &mut Vec<SheetRow>, room: &mut Room) {
    let Some(many) = context.sheet.many else { return };
    let Some(column) = context.recognised.columns.iter().find(|column| column.role == Role::Count) else { return };
    for at in 0..rows.len() {
        let Some(row) = rows.get(at) else { break };
        let Some(cells) = context.grid.row(row.number) else { continue };
        let said = token(&cells.cell(column.column).text());
        let said = said.trim_end_matches(|c: char| !c.is_ascii_digit());
        let listed = row.parts.iter().filter(|part| part.path == many).count();
        if said.is_empty() || said.parse() == Ok(listed) {
            continue;
        }
        let title = anju_pack::Text { zh: column.heading.clone(), en: column.heading.clone() };
        let fault = RowFault {
            row: row.number,
            column: Some(column.column),
            kind: FaultKind::CountMismatch,
            fault: Problem::new(Code::CountMismatch, said, [listed.to_string()]).at("", &title),
            warning: true,
            group: None,
            item: None,
        };
        room.fault(rows, at, fault);
    }
}
