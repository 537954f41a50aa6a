//! Names of constraints → faults at fields.

use anju_pack::{FieldIx, Ledger, LedgerIx, Pack, Text};
use anju_record::{Code, Fault, Lang, Problem, Value, kind};

use crate::error::DbError;
use crate::schema::{column_name, constraint_name, table_name, unique_name};
use crate::sealing::distinct_column;

/// The faults that a failed statement on a ledger tells of; `None` if it is no constraint of it.
pub(crate) fn faults(pack: &Pack, ix: LedgerIx, values: &[Value], error: &DbError) -> Option<Vec<Fault>> {
    let ledger = pack.ledger(ix);
    match error {
        DbError::Constraint(name) => named(pack, ledger, values, name),
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
                Some(unique) => Some(vec![repeated(ledger, values, &unique.fields)]),
                None => Some(vec![
                    Problem::new(Code::NotUnique, "", ["id".to_owned(), "id".to_owned()]).at("", &ledger.title),
                ]),
            }
        }
        DbError::Retry(_) | DbError::Lost(_) | DbError::Other(_) => None,
    }
}

fn named(pack: &Pack, ledger: &Ledger, values: &[Value], name: &str) -> Option<Vec<Fault>> {
    if let Some(position) = (0..ledger.unique.len()).find(|position| unique_name(ledger, *position) == name) {
        return Some(vec![repeated(ledger, values, &ledger.unique[position].fields)]);
    }
    if name.ends_with("_pkey") {
        return Some(vec![Problem::new(Code::NotUnique, "", ["id".to_owned(), "id".to_owned()]).at("", &ledger.title)]);
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

fn repeated(ledger: &Ledger, values: &[Value], fields: &[FieldIx]) -> Fault {
    let owner = ledger.of.map(|owner| owner.field);
    let first = fields.iter().find(|field| Some(**field) != owner).or(fields.first());
    let titles = |lang: Lang, between: &str| {
        fields.iter().map(|field| lang.of(&ledger.field(*field).title)).collect::<Vec<_>>().join(between)
    };
    let titles = [titles(Lang::Zh, "、"), titles(Lang::En, ", ")];
    let value = |field: FieldIx| values.get(usize::from(field.0)).map(kind::plain).unwrap_or_default();
    match first {
        Some(first) => Problem::new(Code::NotUnique, value(*first), titles)
            .at(ledger.field(*first).id.as_str(), &ledger.field(*first).title),
        None => Problem::new(Code::NotUnique, "", titles).at("", &ledger.title),
    }
}
