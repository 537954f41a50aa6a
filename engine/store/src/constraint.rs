//! Names of constraints → faults at fields.

use anju_pack::{FieldIx, Ledger, LedgerIx, Pack, Text, Unique, unique_in_words};
use anju_record::{Code, Fault, Lang, Problem, Value, kind};

use crate::error::DbError;
use crate::schema::{column_name, constraint_name, table_name, unique_name};
use crate::sealing::distinct_column;

/// The faults that a failed statement on a ledger tells of; `None` if it is no constraint of it.
pub(crate) fn faults(pack: &Pack, ix: LedgerIx, values: &[Value], error: &DbError) -> Option<Vec<Fault>> {
    let ledger = pack.ledger(ix);
    match error {
        DbError::Constraint(name) => named(pack, ix, values, name),
        DbError::Columns { null: true, columns } => {
            let column = columns.rsplit('.').next()?;
            let position = ledger.fields.iter().position(|field| column_name(&field.id) == column)?;
            let field = &ledger.fields[position];
            Some(vec![Problem::new(Code::Required, "", []).at(field.id.as_str(), &field.title)])
        }
        DbError::Columns { null: false, columns } => {
            let table = table_name(&ledger.id);
            let names: Vec<&str> = columns
                .split(", ")
                .map(|column| column.strip_prefix(&*table).and_then(|rest| rest.strip_prefix('.')).unwrap_or(column))
                .filter(|column| *column != "county")
                .collect();
            let same = |fields: &[FieldIx]| {
                fields.len() == names.len()
                    && fields
                        .iter()
                        .zip(&names)
                        .all(|(field, name)| distinct_column(ledger, ledger.field(*field)) == *name)
            };
            match ledger.unique.iter().find(|unique| same(&unique.fields)) {
                Some(unique) => Some(vec![repeated(pack, ix, values, unique)]),
                None => Some(vec![same_id(ledger)]),
            }
        }
        DbError::Retry(_) | DbError::Lost(_) | DbError::Other(_) => None,
    }
}

fn named(pack: &Pack, ix: LedgerIx, values: &[Value], name: &str) -> Option<Vec<Fault>> {
    let ledger = pack.ledger(ix);
    if let Some(position) = (0..ledger.unique.len()).find(|position| unique_name(ledger, *position) == name) {
        return Some(vec![repeated(pack, ix, values, &ledger.unique[position])]);
    }
    if name.ends_with("_pkey") {
        return Some(vec![same_id(ledger)]);
    }
    ledger.fields.iter().enumerate().find_map(|(position, field)| {
        let value = values.get(position).map(kind::plain).unwrap_or_default();
        if constraint_name("chk", &ledger.id, &field.id) == name {
            return Some(vec![
                Problem::new(Code::Refused, value, [name.to_owned()]).at(field.id.as_str(), &field.title),
            ]);
        }
        if constraint_name("fk", &ledger.id, &field.id) == name {
            return Some(vec![no_such_record(pack, field, value)]);
        }
        (constraint_name("nn", &ledger.id, &field.id) == name)
            .then(|| vec![Problem::new(Code::Required, "", []).at(field.id.as_str(), &field.title)])
    })
}

/// A reference that leads nowhere.
pub(crate) fn no_such_record(pack: &Pack, field: &anju_pack::Field, value: String) -> Fault {
    let to = match field.kind {
        anju_pack::Kind::Ref { to } => pack.ledger(to).title.clone(),
        _ => Text::default(),
    };
    Problem::new(Code::NoSuchRecord, value, [to.zh, to.en]).at(field.id.as_str(), &field.title)
}

/// A record whose id is another's.
fn same_id(ledger: &Ledger) -> Fault {
    let of = Text { zh: "id".into(), en: "id".into() };
    Problem::repeats("", of).at("", &ledger.title)
}

/// A record that repeats another in what must differ, or would be the second of what may exist once.
fn repeated(pack: &Pack, ix: LedgerIx, values: &[Value], unique: &Unique) -> Fault {
    let ledger = pack.ledger(ix);
    let owner = ledger.of.map(|owner| owner.field);
    let first = unique.fields.iter().find(|field| Some(**field) != owner).or(unique.fields.first());
    let value = first.and_then(|first| values.get(usize::from(first.0))).map(kind::plain).unwrap_or_default();
    let titles = |lang: Lang, between: &str| {
        unique.fields.iter().map(|field| lang.of(&ledger.field(*field).title)).collect::<Vec<_>>().join(between)
    };
    let of = Text { zh: titles(Lang::Zh, "、"), en: titles(Lang::En, ", ") };
    let problem = match (&unique.says, unique_in_words(pack, ix, unique)) {
        (Some(says), _) => Problem::repeats_so(value, says.clone()),
        (None, Some(only)) => Problem::second(value, only),
        (None, None) => Problem::repeats(value, of),
    };
    match first.map(|first| ledger.field(*first)) {
        Some(field) => problem.at(field.id.as_str(), &field.title),
        None => problem.at("", &ledger.title),
    }
}
