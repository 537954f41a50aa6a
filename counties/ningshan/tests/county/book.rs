//! Reading generated records by name.

use std::collections::HashMap;
use std::path::Path;
use std::sync::OnceLock;

use anju_pack::{LedgerIx, Pack};
use anju_record::{Record, Value};
use uuid::Uuid;

pub struct County {
    pub pack: Pack,
    pub rows: Vec<(LedgerIx, Record)>,
    by_ledger: HashMap<LedgerIx, Vec<usize>>,
    by_id: HashMap<Uuid, usize>,
}

/// One record, read by the names of its fields.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    county: &'a County,
    ledger: LedgerIx,
    pub record: &'a Record,
}

pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

pub fn pack() -> Pack {
    let county = root().join("counties/ningshan/county.toml");
    Pack::load(root(), Some(&county)).unwrap_or_else(|error| panic!("{error}"))
}

/// The county, generated once for all tests.
pub fn county() -> &'static County {
    static COUNTY: OnceLock<County> = OnceLock::new();
    COUNTY.get_or_init(|| {
        let pack = pack();
        let rows = anju_ningshan::generate(&pack)
            .unwrap_or_else(|faults| panic!("{} faults\n{}", faults.len(), faults.join("\n")));
        let mut by_ledger: HashMap<LedgerIx, Vec<usize>> = HashMap::new();
        for (at, (ledger, _)) in rows.iter().enumerate() {
            by_ledger.entry(*ledger).or_default().push(at);
        }
        let by_id = rows.iter().enumerate().map(|(at, (_, record))| (record.id, at)).collect();
        County { pack, rows, by_ledger, by_id }
    })
}

impl County {
    pub fn all(&self, ledger: &str) -> Vec<Row<'_>> {
        let ix = self.pack.ledger_by_id(ledger).unwrap_or_else(|| panic!("no ledger {ledger}"));
        self.by_ledger.get(&ix).into_iter().flatten().map(|&at| self.row(at)).collect()
    }

    fn row(&self, at: usize) -> Row<'_> {
        Row { county: self, ledger: self.rows[at].0, record: &self.rows[at].1 }
    }
}

impl<'a> Row<'a> {
    pub fn value(&self, field: &str) -> &'a Value {
        let ledger = self.county.pack.ledger(self.ledger);
        let ix = ledger.field_by_id(field).unwrap_or_else(|| panic!("no field {}.{field}", ledger.id));
        &self.record.values[usize::from(ix.0)]
    }
    pub fn text(&self, field: &str) -> &'a str {
        if let Value::Text(text) = self.value(field) { text } else { "" }
    }
    pub fn int(&self, field: &str) -> i64 {
        if let Value::Int(n) = self.value(field) { *n } else { 0 }
    }
    pub fn date(&self, field: &str) -> Option<i32> {
        if let Value::Date(day) = self.value(field) { Some(*day) } else { None }
    }
    pub fn yes(&self, field: &str) -> bool {
        *self.value(field) == Value::Bool(true)
    }
    pub fn id(&self, field: &str) -> Option<Uuid> {
        if let Value::Id(id) = self.value(field) { Some(*id) } else { None }
    }
    pub fn follow(&self, field: &str) -> Option<Row<'a>> {
        self.id(field).and_then(|id| self.county.by_id.get(&id)).map(|&at| self.county.row(at))
    }
    /// Holds on the demo day.
    pub fn holds(&self, start: &str, end: &str) -> bool {
        self.date(start).is_some_and(|day| day <= TODAY) && self.date(end).is_none_or(|day| day >= TODAY)
    }
}

/// 2020-05-16.
pub const TODAY: i32 = 18_398;
/// 2020-01-01.
pub const NEW_YEAR: i32 = 18_262;
/// 2020-04-01.
pub const QUARTER: i32 = 18_353;
