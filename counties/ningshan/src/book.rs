//! The book that records are written into: mistakes are gathered, ids and areas filled in.

use std::collections::{BTreeSet, HashMap};

use anju_pack::{Kind, Ledger, LedgerIx, Pack};
use anju_record::{Record, SmolStr, Value};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use crate::ids::{Registry, record_id};

/// The one seed of the county.
const SEED: u64 = 61_092_320_200_516;
/// The county's code.
pub const COUNTY: &str = "610923";

/// Gathers the records, parents before children, and everything that does not fit the pack.
pub struct Book<'p> {
    pack: &'p Pack,
    rows: Vec<(LedgerIx, Record)>,
    areas: HashMap<Uuid, SmolStr>,
    faults: BTreeSet<String>,
    ids: ChaCha8Rng,
    owners: BTreeSet<LedgerIx>,
    /// ID numbers and phones.
    pub registry: Registry,
}

impl<'p> Book<'p> {
    /// An empty book for a pack.
    pub fn new(pack: &'p Pack) -> Self {
        Self {
            pack,
            rows: Vec::with_capacity(160_000),
            areas: HashMap::with_capacity(40_000),
            faults: BTreeSet::new(),
            ids: chance(0),
            owners: pack.ledgers.iter().filter_map(|ledger| ledger.of).map(|owner| owner.ledger).collect(),
            registry: Registry::default(),
        }
    }

    /// Writes a record made on a day; gives its id. What the pack does not have is a fault, told by [`Book::close`].
    pub fn row<const N: usize>(&mut self, ledger: &str, day: i32, values: [(&str, Value); N]) -> Uuid {
        let id = record_id(&mut self.ids, day);
        let Some(ix) = self.pack.ledger_by_id(ledger) else {
            self.faults.insert(format!("the pack has no ledger `{ledger}`"));
            return id;
        };
        let defined = self.pack.ledger(ix);
        let mut row = vec![Value::Null; defined.fields.len()];
        for (name, value) in values {
            match defined.field_by_id(name) {
                Some(field) => row[usize::from(field.0)] = value,
                None => {
                    self.faults.insert(format!("ledger `{ledger}` has no field `{name}`"));
                }
            }
        }
        let area = self.area_of(defined, &row);
        if self.owners.contains(&ix) {
            self.areas.insert(id, area.clone());
        }
        self.rows.push((ix, Record { id, version: 1, area, values: row }));
        id
    }

    /// A record's area: its own field's, else its owner's, else the county.
    fn area_of(&self, defined: &Ledger, row: &[Value]) -> SmolStr {
        if let Some(field) = defined.area
            && let Value::Text(code) = &row[usize::from(field.0)]
        {
            return code.clone();
        }
        if let Some(owner) = defined.of
            && let Value::Id(id) = &row[usize::from(owner.field.0)]
            && let Some(area) = self.areas.get(id)
        {
            return area.clone();
        }
        COUNTY.into()
    }

    /// The records, or everything that does not fit the pack: names it lacks, codes it does not list, ledgers nobody fills.
    ///
    /// # Errors
    /// Every mismatch, one sentence each, in alphabetical order.
    pub fn close(mut self) -> Result<Vec<(LedgerIx, Record)>, Vec<String>> {
        let filled: BTreeSet<LedgerIx> = self.rows.iter().map(|(ledger, _)| *ledger).collect();
        for ix in self.pack.ledger_ixs() {
            if !filled.contains(&ix) && !self.pack.ledger(ix).of_county {
                self.faults.insert(format!("nobody fills ledger `{}`", self.pack.ledger(ix).id));
            }
        }
        let mut faults = std::mem::take(&mut self.faults);
        for (ledger, record) in &self.rows {
            self.check(*ledger, record, &mut faults);
        }
        if faults.is_empty() { Ok(self.rows) } else { Err(faults.into_iter().collect()) }
    }

    /// Codes are listed, kinds agree and required values are there.
    fn check(&self, ledger: LedgerIx, record: &Record, faults: &mut BTreeSet<String>) {
        let defined = self.pack.ledger(ledger);
        for (field, value) in defined.fields.iter().zip(&record.values) {
            let fits = match (&field.kind, value) {
                (_, Value::Null) => !field.required,
                (Kind::Code { list }, Value::Text(code)) => self.pack.code_list(*list).position(code).is_some(),
                (Kind::Area { level }, Value::Text(code)) => code.len() == level.digits(),
                (Kind::Bool, Value::Bool(_))
                | (Kind::Date { .. }, Value::Date(_))
                | (Kind::Ref { .. } | Kind::Subject, Value::Id(_)) => true,
                (
                    Kind::Integer { min, max, .. } | Kind::Decimal { min, max, .. } | Kind::Money { min, max },
                    Value::Int(n),
                ) => min.is_none_or(|min| *n >= min) && max.is_none_or(|max| *n <= max),
                (Kind::Time, Value::Int(n)) => (0..1440).contains(n),
                (Kind::Text { max } | Kind::LongText { max }, Value::Text(text)) => {
                    text.chars().count() <= *max as usize
                }
                (Kind::IdNumber | Kind::Phone | Kind::Point | Kind::Attachment, Value::Text(_)) => true,
                _ => false,
            };
            if !fits && faults.len() < 200 {
                faults.insert(format!("`{}.{}` cannot hold {value:?}", defined.id, field.id));
            }
        }
    }
}

/// Chance for one chapter of the county; chapters do not disturb each other's.
pub fn chance(chapter: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    rng.set_stream(chapter);
    rng
}

/// One of a list, each as likely as the next.
pub fn pick<T: Copy>(rng: &mut impl Rng, list: &[T]) -> T {
    list[rng.random_range(0..list.len())]
}

/// One of a list with weights.
pub fn weighted<'a, T: ?Sized>(rng: &mut impl Rng, list: &[(u32, &'a T)]) -> &'a T {
    let total: u32 = list.iter().map(|(weight, _)| weight).sum();
    let mut ball = rng.random_range(0..total.max(1));
    for (weight, item) in list {
        if ball < *weight {
            return item;
        }
        ball -= weight;
    }
    list[0].1
}

/// A text, code, area, ID number or phone.
pub fn text(value: impl AsRef<str>) -> Value {
    Value::Text(value.as_ref().into())
}
/// A number: integers, scaled decimals, fen.
pub fn int(value: impl Into<i64>) -> Value {
    Value::Int(value.into())
}
/// A day.
pub fn on(day: i32) -> Value {
    Value::Date(day)
}
/// A day, or an open end.
pub fn until(day: Option<i32>) -> Value {
    day.map_or(Value::Null, Value::Date)
}
/// A reference.
pub fn id(value: Uuid) -> Value {
    Value::Id(value)
}
/// Yes or no.
pub fn yes(value: bool) -> Value {
    Value::Bool(value)
}
/// A value where it applies, else nothing.
pub fn only(applies: bool, value: Value) -> Value {
    if applies { value } else { Value::Null }
}
