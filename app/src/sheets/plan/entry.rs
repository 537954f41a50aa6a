//! What rows say of one record, and what of it stands.

use std::num::NonZeroU32;
use std::sync::Arc;

use anju_exchange::{Given, Part, SheetRow};
use anju_pack::{Agrees, FieldIx, Ledger, LedgerIx, Pack};
use anju_record::{Fault, Record, Valid, Value, faults_of_values, kind, validate_values};
use smallvec::SmallVec;
use uuid::Uuid;

use super::super::identity::Key;
use super::super::line::{Positions, RowLine, RowState};

/// A value of a field, and the row that gave it.
#[derive(Debug, Clone)]
pub(in super::super) struct Said {
    /// Null is said to clear.
    pub value: Value,
    pub field: FieldIx,
    /// As the spreadsheet counts it, from 1; none for what follows from elsewhere.
    pub row: Option<NonZeroU32>,
}

/// What one row says of one record, in order of fields.
#[derive(Debug, Clone, Default)]
pub(super) struct Told(pub Vec<Said>);

/// What a row says of one of the records that it speaks of.
#[derive(Debug)]
pub(super) struct ToldPart {
    pub path: u16,
    pub item: u16,
    /// None where the row above says the same.
    pub told: Option<Told>,
    /// What tells the record apart, as far as that needs no other record.
    pub key: Option<Key>,
    /// What it shares with rows beside it.
    pub shared: Option<Arc<Part>>,
}

/// A row as it is before anything is looked up.
#[derive(Debug)]
pub(super) struct ToldRow {
    pub line: RowLine,
    /// The record that it says it is.
    pub record: Option<Uuid>,
    pub parts: Vec<ToldPart>,
}

/// A record that rows speak of: of each field what the first row said that says anything of it.
#[derive(Debug, Clone)]
pub(in super::super) struct Entry {
    pub ledger: LedgerIx,
    pub node: usize,
    pub id: Uuid,
    /// As it stands, if it is there.
    pub before: Option<Box<Record>>,
    /// In order of fields.
    pub said: Vec<Said>,
    /// Rows that speak of it, as positions.
    pub rows: Positions,
    /// It cannot be written so.
    pub faulty: bool,
    /// Some row that speaks of it is taken.
    pub taken: bool,
}

/// Fields that most ledgers have fewer of.
const FIELDS: usize = 64;

/// Where a field stands among what is said, or would stand.
fn place(said: &[Said], field: FieldIx) -> Result<usize, usize> {
    said.binary_search_by_key(&field, |said| said.field)
}

impl Said {
    fn of((field, given): (FieldIx, Given), row: u32) -> Self {
        let row = NonZeroU32::new(row);
        match given {
            Given::Value(value) => Self { value, field, row },
            Given::Implied(value) => Self { value, field, row: None },
            Given::Clear => Self { value: Value::Null, field, row },
        }
    }
}

impl Told {
    /// What a part of a row says.
    pub fn of(part: Part, row: u32) -> Self {
        Self(part.values.into_iter().map(|given| Said::of(given, row)).collect())
    }

    /// What a part says that rows share, with as much room as it has itself.
    pub fn copied(part: &Part, row: u32) -> Self {
        let room = if part.values.is_empty() { 0 } else { part.values.capacity() };
        let mut said = Vec::with_capacity(room);
        said.extend(part.values.iter().map(|given| Said::of(given.clone(), row)));
        Self(said)
    }

    pub fn get(&self, field: FieldIx) -> Option<&Value> {
        place(&self.0, field).ok().map(|at| &self.0[at].value)
    }

    /// What is said, without what only follows from it.
    pub fn stated(&self) -> impl Iterator<Item = &Said> {
        self.0.iter().filter(|said| said.row.is_some())
    }

    /// Whether a record holds all that is said of it.
    pub fn agrees(&self, record: &Record) -> bool {
        self.stated().all(|said| record.values.get(usize::from(said.field.0)) == Some(&said.value))
    }

    /// Leaves out what only follows from what a row says, where something stands already and what it follows from stands as well.
    pub fn give_way(&mut self, entry: &Entry, ledger: &Ledger) {
        if entry.before.is_none() || self.0.iter().all(|said| said.row.is_some()) {
            return;
        }
        let stands = |field| entry.there(field).is_some_and(|value| *value != Value::Null);
        let source = |field| {
            let tells = |agrees: Agrees| agrees.birth == Some(field) || agrees.sex == Some(field);
            (0..).map(FieldIx).zip(&ledger.fields).find(|(_, it)| it.agrees.is_some_and(tells)).map(|(at, _)| at)
        };
        let is_new = |field| source(field).is_some_and(|source| self.get(source) != entry.there(source));
        let gives_way: Vec<FieldIx> = (self.0.iter())
            .filter(|said| said.row.is_none() && stands(said.field) && !is_new(said.field))
            .map(|said| said.field)
            .collect();
        self.0.retain(|said| !gives_way.contains(&said.field));
    }

    pub fn set(&mut self, said: Said) {
        match place(&self.0, said.field) {
            Ok(at) => self.0[at] = said,
            Err(at) => self.0.insert(at, said),
        }
    }
}

impl ToldPart {
    /// Whether it is this that it shares with others.
    pub fn shares(&self, part: &Arc<Part>) -> bool {
        self.shared.as_ref().is_some_and(|shared| Arc::ptr_eq(shared, part))
    }
}

impl ToldRow {
    /// Nothing yet of its state, beside the row above it. `name` is what its own record is called; `key` what tells apart the record of a path.
    pub fn of(row: SheetRow, above: Option<&Self>, name: String, key: impl Fn(u16, &Told) -> Option<Key>) -> Self {
        let SheetRow { number, faults, group, record, .. } = row;
        let line = RowLine { number, state: RowState::Same, name, faults, entries: Positions::new(), group };
        let part = |part: Arc<Part>| {
            let (path, item) = (part.path, part.item);
            let shared = match Arc::try_unwrap(part) {
                Ok(part) => {
                    let told = Told::of(part, number);
                    return ToldPart { path, item, key: key(path, &told), told: Some(told), shared: None };
                }
                Err(shared) => shared,
            };
            let is_told = above.is_some_and(|above| above.parts.iter().any(|part| part.shares(&shared)));
            let told = (!is_told).then(|| Told::copied(&shared, number));
            ToldPart { path, item, key: told.as_ref().and_then(|told| key(path, told)), told, shared: Some(shared) }
        };
        Self { line, record, parts: row.parts.into_iter().map(part).collect() }
    }
}

impl Entry {
    /// A record that no row has said anything of.
    pub fn of(ledger: LedgerIx, node: usize, id: Uuid, before: Option<Box<Record>>) -> Self {
        Self { ledger, node, id, before, said: Vec::new(), rows: Positions::new(), faulty: false, taken: false }
    }

    /// What a row said of a field.
    pub fn said(&self, field: FieldIx) -> Option<&Said> {
        place(&self.said, field).ok().map(|at| &self.said[at])
    }

    /// The row that gave a field.
    pub fn teller(&self, field: FieldIx) -> Option<u32> {
        self.said(field)?.row.map(NonZeroU32::get)
    }

    /// The first row that said anything of it.
    pub fn first_row(&self) -> Option<u32> {
        self.said.iter().filter_map(|said| said.row).min().map(NonZeroU32::get)
    }

    /// What one row gave first, in order of fields.
    pub fn told_by(&self, row: u32) -> impl Iterator<Item = &Said> {
        self.said.iter().filter(move |said| said.row.is_some_and(|teller| teller.get() == row))
    }

    /// What stands in a field, if the record is there.
    pub fn there(&self, field: FieldIx) -> Option<&Value> {
        self.before.as_ref()?.values.get(usize::from(field.0))
    }

    /// What would stand in a field.
    pub fn value(&self, field: FieldIx) -> &Value {
        self.said(field).map(|said| &said.value).or_else(|| self.there(field)).unwrap_or(&Value::Null)
    }

    /// Whether nothing would stand in a field.
    pub fn is_blank(&self, field: FieldIx) -> bool {
        *self.value(field) == Value::Null
    }

    /// Whether some row makes it.
    pub fn is_made(&self) -> bool {
        self.before.is_none() && !self.rows.is_empty()
    }

    /// Takes what no row said before.
    pub(super) fn hear(&mut self, told: Told) {
        if self.said.is_empty() {
            self.said = told.0;
            return;
        }
        for said in told.0 {
            match place(&self.said, said.field) {
                Err(at) => self.said.insert(at, said),
                // What only follows from another cell gives way to what a row says.
                Ok(at) if self.said[at].row.is_none() && said.row.is_some() => self.said[at] = said,
                Ok(_) => {}
            }
        }
    }

    /// Fills a field that no row fills.
    pub fn fill(&mut self, field: FieldIx, value: Value) {
        match place(&self.said, field) {
            Ok(at) => self.said[at].value = value,
            Err(at) => self.said.insert(at, Said { value, field, row: None }),
        }
    }

    /// Whether it would stand otherwise than it does.
    pub fn is_changed(&self) -> bool {
        self.before.is_none() || self.said.iter().any(|said| self.there(said.field) != Some(&said.value))
    }

    /// Whether it is among the writes.
    pub fn is_written(&self) -> bool {
        self.taken && !self.faulty && self.is_changed()
    }

    /// What it is called.
    pub fn name(&self, pack: &Pack) -> String {
        kind::own_name(pack, self.ledger, |field| Some(self.value(field)))
    }

    /// What keeps it from standing.
    pub fn faults(&self, pack: &Pack, today: i32) -> Vec<Fault> {
        let mut said = self.said.iter().peekable();
        let value = |(field, _)| match said.next_if(|said| said.field == field) {
            Some(said) => &said.value,
            None => self.there(field).unwrap_or(&Value::Null),
        };
        let values: SmallVec<[&Value; FIELDS]> =
            (0..).map(FieldIx).zip(&pack.ledger(self.ledger).fields).map(value).collect();
        faults_of_values(pack, self.ledger, &values, today)
    }

    /// As it may be written.
    pub fn into_valid(self, pack: &Pack, today: i32) -> Result<Valid, Vec<Fault>> {
        let mut values = self.before.map_or_else(Vec::new, |before| before.values);
        values.resize(pack.ledger(self.ledger).fields.len(), Value::Null);
        for said in self.said {
            values[usize::from(said.field.0)] = said.value;
        }
        validate_values(pack, self.ledger, self.id, values, today)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(row: u32, said: &[(u16, Option<i64>)]) -> Told {
        let said = said.iter().map(|(field, value)| {
            let given = value.map_or(Given::Clear, |value| Given::Value(Value::Int(value)));
            (FieldIx(*field), given)
        });
        Told::of(Part { path: 0, item: 0, values: said.collect() }, row)
    }

    fn values(entry: &Entry) -> Vec<Option<i64>> {
        let value = |field| match entry.value(FieldIx(field)) {
            Value::Int(value) => Some(*value),
            _ => None,
        };
        (0..4).map(value).collect()
    }

    #[test]
    fn the_first_row_that_says_something_of_a_field_is_heard() {
        let mut entry = Entry::of(LedgerIx(0), 0, Uuid::nil(), None);
        entry.hear(told(5, &[(1, Some(10)), (2, None)]));
        entry.hear(told(6, &[(0, Some(7)), (1, Some(11)), (2, Some(12))]));
        assert_eq!(values(&entry), [Some(7), Some(10), None, None]);
        assert_eq!([0, 1, 2, 3].map(|field| entry.teller(FieldIx(field))), [Some(6), Some(5), Some(5), None]);
        entry.fill(FieldIx(3), Value::Int(4));
        entry.fill(FieldIx(2), Value::Int(3));
        assert_eq!(values(&entry), [Some(7), Some(10), Some(3), Some(4)]);
        assert_eq!([2, 3].map(|field| entry.teller(FieldIx(field))), [Some(5), None], "nobody told what follows");
        assert!(entry.is_changed(), "it is new");
    }

    #[test]
    fn what_stands_is_changed_by_what_says_something_else() {
        let values_there = [1, 2].map(Value::Int).into_iter().chain([Value::Null, Value::Null]);
        let there = Record { id: Uuid::nil(), version: 3, area: "610923".into(), values: values_there.collect() };
        let entry = |said: &[(u16, Option<i64>)]| {
            let mut entry = Entry::of(LedgerIx(0), 0, there.id, Some(Box::new(there.clone())));
            entry.hear(told(5, said));
            entry
        };
        assert!(!entry(&[]).is_changed() && !entry(&[(0, Some(1)), (1, Some(2)), (2, None)]).is_changed());
        let cleared = entry(&[(0, None)]);
        assert!(cleared.is_changed(), "clearing says something else");
        assert_eq!(values(&cleared), [None, Some(2), None, None]);
        assert_eq!(values(&entry(&[(3, Some(9))])), [Some(1), Some(2), None, Some(9)]);
    }

    #[test]
    fn what_only_follows_gives_way_to_what_a_row_says() {
        let part = |given| Part { path: 0, item: 0, values: vec![(FieldIx(1), given)] };
        let mut entry = Entry::of(LedgerIx(0), 0, Uuid::nil(), None);
        entry.hear(Told::of(part(Given::Implied(Value::Int(7))), 5));
        assert_eq!((values(&entry)[1], entry.teller(FieldIx(1))), (Some(7), None));
        entry.hear(Told::of(part(Given::Value(Value::Int(8))), 6));
        assert_eq!((values(&entry)[1], entry.teller(FieldIx(1))), (Some(8), Some(6)));
        entry.hear(Told::of(part(Given::Implied(Value::Int(9))), 7));
        assert_eq!(values(&entry)[1], Some(8));
    }

    #[test]
    fn what_a_record_names_is_told_in_its_place() {
        let mut told = told(5, &[(1, Some(10)), (3, Some(30))]);
        let says = |field, value| Said { value: Value::Int(value), field: FieldIx(field), row: NonZeroU32::new(5) };
        told.set(says(2, 20));
        told.set(says(3, 31));
        let said: Vec<_> = told.0.iter().map(|said| (said.field.0, said.value.clone())).collect();
        assert_eq!(said, [(1, Value::Int(10)), (2, Value::Int(20)), (3, Value::Int(31))]);
        assert_eq!((told.get(FieldIx(2)), told.get(FieldIx(0))), (Some(&Value::Int(20)), None));
    }
}
