//! The rows of one ledger: loading them, and following the journal.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anju_pack::FieldIx;
use anju_record::{Change, Record, SmolStr, Value};
use anju_shard::Bits;
use uuid::Uuid;

use crate::column::Column;
use crate::error::RollError;
use crate::order::{Order, Sort};
use crate::shape::RollShape;

/// Slots that may be out of order or empty before all are ordered anew.
const LOOSE: usize = 4_096;

/// The resident rows of one ledger of one county.
#[derive(Debug)]
pub struct Roll {
    pub(crate) shape: Arc<RollShape>,
    pub(crate) ids: Vec<u128>,
    /// Settled slots in the order of their ids.
    pub(crate) by_id: Vec<u32>,
    /// Slots of those that came later.
    later: HashMap<u128, u32>,
    /// Slots that hold a record.
    pub(crate) live: Bits,
    /// Position of each slot's place in `codes`.
    areas: Vec<u32>,
    codes: Vec<SmolStr>,
    numbers: HashMap<SmolStr, u32>,
    /// Settled slots of one place: the first, and the place.
    runs: Vec<(u32, u32)>,
    pub(crate) columns: Vec<Column>,
    /// How many slots stand in the order of places, then ids.
    pub(crate) settled: usize,
    pub(crate) orders: Mutex<HashMap<Sort, Order>>,
}

impl Roll {
    /// No rows yet.
    pub fn new(shape: Arc<RollShape>) -> Self {
        let columns = shape.columns.iter().map(Column::new).collect();
        Self {
            shape,
            ids: Vec::new(),
            by_id: Vec::new(),
            later: HashMap::new(),
            live: Bits::zeros(0),
            areas: Vec::new(),
            codes: Vec::new(),
            numbers: HashMap::new(),
            runs: Vec::new(),
            columns,
            settled: 0,
            orders: Mutex::default(),
        }
    }

    /// Records in any order, no two of one id.
    pub fn load(shape: &Arc<RollShape>, records: impl IntoIterator<Item = Record>) -> Self {
        let mut roll = Self::new(Arc::clone(shape));
        records.into_iter().for_each(|record| roll.push(&record));
        roll.compact();
        roll
    }

    /// Adds a record whose id is not there yet; [`Self::compact`] when all are added.
    pub fn push(&mut self, record: &Record) {
        let slot = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        self.ids.push(record.id.as_u128());
        self.live.push(true);
        let area = self.numbers.get(&record.area).copied().unwrap_or_else(|| {
            let number = u32::try_from(self.codes.len()).unwrap_or(u32::MAX);
            self.codes.push(record.area.clone());
            self.numbers.insert(record.area.clone(), number);
            number
        });
        self.areas.push(area);
        for (described, column) in self.shape.columns.iter().zip(&mut self.columns) {
            column.push(record.values.get(usize::from(described.field.0)).unwrap_or(&Value::Null));
        }
        self.later.insert(record.id.as_u128(), slot);
    }

    /// What is resident.
    pub fn shape(&self) -> &Arc<RollShape> {
        &self.shape
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.live.count()
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.live.none()
    }

    /// Follows the journal. A row says how its record stands afterwards, so rows that were already read do no harm.
    pub fn apply(&mut self, changes: &[Change]) {
        let ledger = self.shape.ledger;
        for change in changes.iter().filter(|change| change.ledger == ledger) {
            let slot = self.slot(change.id.as_u128());
            match (&change.after, slot) {
                (Some(record), Some(slot)) if self.stands(slot, record) => {}
                (Some(record), slot) => {
                    self.leave(slot);
                    self.push(record);
                }
                (None, slot) => {
                    self.leave(slot);
                    self.later.remove(&change.id.as_u128());
                }
            }
        }
        let empty = self.ids.len() - self.live.count();
        if empty + self.ids.len() - self.settled > LOOSE.max(self.settled / 32) {
            self.compact();
        }
    }

    fn leave(&mut self, slot: Option<usize>) {
        if let Some(slot) = slot {
            self.live.put(slot, false);
        }
    }

    /// Nothing resident of the record changed.
    fn stands(&self, slot: usize, record: &Record) -> bool {
        *self.area(slot) == *record.area
            && self.shape.columns.iter().zip(&self.columns).all(|(described, column)| {
                Some(&column.value(slot)) == record.values.get(usize::from(described.field.0))
            })
    }

    /// The slot of a live record.
    pub(crate) fn slot(&self, id: u128) -> Option<usize> {
        let settled = || {
            let at = self.by_id.partition_point(|slot| self.ids[*slot as usize] < id);
            self.by_id.get(at).copied().filter(|slot| self.ids[*slot as usize] == id)
        };
        let slot = self.later.get(&id).copied().or_else(settled)? as usize;
        self.live.get(slot).then_some(slot)
    }

    /// The code of a slot's place.
    pub(crate) fn area(&self, slot: usize) -> &str {
        self.codes.get(self.areas[slot] as usize).map_or("", |code| code)
    }

    /// Settled slots by place: first, after the last, code.
    pub(crate) fn runs(&self) -> impl Iterator<Item = (usize, usize, &str)> {
        let ends = self.runs.iter().skip(1).map(|(start, _)| *start as usize).chain([self.settled]);
        self.runs.iter().zip(ends).map(|((start, area), end)| {
            (*start as usize, end, self.codes.get(*area as usize).map_or("", |code| &**code))
        })
    }

    pub(crate) fn column(&self, field: FieldIx) -> Option<&Column> {
        self.shape.position(field).and_then(|at| self.columns.get(at))
    }

    pub(crate) fn unfit(&self, field: FieldIx) -> RollError {
        let known = self.shape.columns.iter().find(|column| column.field == field);
        RollError::Field(known.map_or_else(|| field.0.to_string(), |column| column.id.clone()))
    }

    /// Brings every slot into order and gives back the empty ones.
    pub fn compact(&mut self) {
        let mut order: Vec<u32> = self.live.iter().filter_map(|slot| u32::try_from(slot).ok()).collect();
        let mut sorted: Vec<u32> = (0_u32..).take(self.codes.len()).collect();
        sorted.sort_unstable_by(|left, right| self.codes[*left as usize].cmp(&self.codes[*right as usize]));
        let mut ranks = vec![0_u32; sorted.len()];
        (0_u32..).zip(&sorted).for_each(|(rank, at)| ranks[*at as usize] = rank);
        order.sort_unstable_by_key(|slot| (ranks[self.areas[*slot as usize] as usize], self.ids[*slot as usize]));
        self.columns.iter_mut().for_each(|column| *column = column.gathered(&order));
        self.areas = order.iter().map(|slot| self.areas[*slot as usize]).collect();
        self.ids = order.iter().map(|slot| self.ids[*slot as usize]).collect();
        self.settled = self.ids.len();
        self.live = Bits::ones(self.settled);
        self.later = HashMap::new();
        self.by_id = (0_u32..).take(self.settled).collect();
        self.by_id.sort_unstable_by_key(|slot| self.ids[*slot as usize]);
        self.runs.clear();
        for (slot, area) in (0_u32..).zip(&self.areas) {
            if self.runs.last().is_none_or(|(_, last)| last != area) {
                self.runs.push((slot, *area));
            }
        }
        self.orders.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Every record as it is resident, by id; fields that are not are null.
    pub fn rows(&self) -> Vec<(Uuid, String, Vec<Value>)> {
        let mut rows: Vec<_> = (self.live.iter())
            .map(|slot| {
                let values = self.columns.iter().map(|column| column.value(slot)).collect();
                (Uuid::from_u128(self.ids[slot]), self.area(slot).to_owned(), values)
            })
            .collect();
        rows.sort_unstable_by_key(|(id, ..)| *id);
        rows
    }
}
