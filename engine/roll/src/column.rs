//! One resident field of every slot.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering as Atomic};

use anju_record::Value;
use anju_shard::Bits;

use crate::error::RollError;
use crate::id_set::IdSet;
use crate::shape::{ColumnKind, ColumnShape};
use crate::texts::{MISSING, Texts};

const NO_CODE: u16 = u16::MAX;
const NO_BOOL: u8 = u8::MAX;
const NO_DAY: i32 = i32::MIN;
const NO_INT: i64 = i64::MIN;
/// Rows between two looks whether anybody still waits.
pub(crate) const STRIDE: usize = 1 << 16;

/// A resident field.
#[derive(Debug, Clone)]
pub(crate) enum Column {
    Code(Codes),
    Bool(Vec<u8>),
    Day(Vec<i32>),
    Int(Vec<i64>),
    /// 0 for missing.
    Ref(Vec<u128>),
    Text(Box<Texts>),
}

/// Codes by their position in the list; those that the list has lost stand behind it.
#[derive(Debug, Clone)]
pub(crate) struct Codes {
    slots: Vec<u16>,
    positions: HashMap<Box<str>, u16>,
    codes: Vec<Box<str>>,
}

impl Codes {
    fn of(positions: &HashMap<Box<str>, u16>) -> Self {
        let mut codes: Vec<Box<str>> = positions.keys().cloned().collect();
        codes.sort_unstable_by_key(|code| positions[code]);
        Self { slots: Vec::new(), positions: positions.clone(), codes }
    }

    fn push(&mut self, code: Option<&str>) {
        let Some(code) = code else { return self.slots.push(NO_CODE) };
        let at = self.positions.get(code).copied().unwrap_or_else(|| {
            let at = u16::try_from(self.codes.len()).unwrap_or(NO_CODE);
            self.positions.insert(code.into(), at);
            self.codes.push(code.into());
            at
        });
        self.slots.push(at);
    }
}

/// The rows for which `f` holds, looking up now and then whether anybody waits.
pub(crate) fn scan<T: Copy>(items: &[T], cancel: &AtomicBool, f: impl Fn(T) -> bool) -> Result<Bits, RollError> {
    let mut bits = Bits::zeros(0);
    for chunk in items.chunks(STRIDE) {
        still_asked(cancel)?;
        bits.append(&Bits::select(chunk, &f));
    }
    Ok(bits)
}

/// An error once nobody waits.
pub(crate) fn still_asked(cancel: &AtomicBool) -> Result<(), RollError> {
    if cancel.load(Atomic::Relaxed) { Err(RollError::Cancelled) } else { Ok(()) }
}

impl Column {
    pub fn new(shape: &ColumnShape) -> Self {
        match &shape.kind {
            ColumnKind::Code(positions) => Self::Code(Codes::of(positions)),
            ColumnKind::Bool => Self::Bool(Vec::new()),
            ColumnKind::Day => Self::Day(Vec::new()),
            ColumnKind::Int => Self::Int(Vec::new()),
            ColumnKind::Ref => Self::Ref(Vec::new()),
            ColumnKind::Text => Self::Text(Box::new(Texts::new(shape.words))),
        }
    }

    /// Adds a slot; a value of another kind counts as missing.
    pub fn push(&mut self, value: &Value) {
        match (self, value) {
            (Self::Code(codes), Value::Text(code)) => codes.push(Some(code)),
            (Self::Code(codes), _) => codes.push(None),
            (Self::Bool(slots), Value::Bool(held)) => slots.push(u8::from(*held)),
            (Self::Bool(slots), _) => slots.push(NO_BOOL),
            (Self::Day(slots), Value::Date(day)) => slots.push(*day),
            (Self::Day(slots), _) => slots.push(NO_DAY),
            (Self::Int(slots), Value::Int(number)) => slots.push(*number),
            (Self::Int(slots), _) => slots.push(NO_INT),
            (Self::Ref(slots), Value::Id(id)) => slots.push(id.as_u128()),
            (Self::Ref(slots), _) => slots.push(0),
            (Self::Text(texts), Value::Text(text)) => texts.push(Some(text)),
            (Self::Text(texts), _) => texts.push(None),
        }
    }

    /// The value of a slot.
    pub fn value(&self, slot: usize) -> Value {
        let text = |text: Option<&str>| text.map_or(Value::Null, |text| Value::Text(text.into()));
        match self {
            Self::Code(codes) => text(codes.codes.get(usize::from(codes.slots[slot])).map(|code| &**code)),
            Self::Text(texts) => text(texts.get(slot)),
            _ if self.is_missing(slot) => Value::Null,
            Self::Bool(slots) => Value::Bool(slots[slot] == 1),
            Self::Day(slots) => Value::Date(slots[slot]),
            Self::Int(slots) => Value::Int(slots[slot]),
            Self::Ref(slots) => Value::Id(uuid::Uuid::from_u128(slots[slot])),
        }
    }

    fn is_missing(&self, slot: usize) -> bool {
        match self {
            Self::Code(codes) => codes.slots[slot] == NO_CODE,
            Self::Bool(slots) => slots[slot] == NO_BOOL,
            Self::Day(slots) => slots[slot] == NO_DAY,
            Self::Int(slots) => slots[slot] == NO_INT,
            Self::Ref(slots) => slots[slot] == 0,
            Self::Text(texts) => texts.ids[slot] == MISSING,
        }
    }

    /// The same slots in another order.
    pub fn gathered(&self, order: &[u32]) -> Self {
        fn take<T: Copy>(slots: &[T], order: &[u32]) -> Vec<T> {
            order.iter().map(|slot| slots[*slot as usize]).collect()
        }
        match self {
            Self::Code(codes) => Self::Code(Codes { slots: take(&codes.slots, order), ..codes.clone_without_slots() }),
            Self::Bool(slots) => Self::Bool(take(slots, order)),
            Self::Day(slots) => Self::Day(take(slots, order)),
            Self::Int(slots) => Self::Int(take(slots, order)),
            Self::Ref(slots) => Self::Ref(take(slots, order)),
            Self::Text(texts) => Self::Text(Box::new(texts.gathered(order))),
        }
    }

    /// Rows without a value.
    pub fn missing(&self, cancel: &AtomicBool) -> Result<Bits, RollError> {
        match self {
            Self::Code(codes) => scan(&codes.slots, cancel, |at| at == NO_CODE),
            Self::Bool(slots) => scan(slots, cancel, |held| held == NO_BOOL),
            Self::Day(slots) => scan(slots, cancel, |day| day == NO_DAY),
            Self::Int(slots) => scan(slots, cancel, |number| number == NO_INT),
            Self::Ref(slots) => scan(slots, cancel, |id| id == 0),
            Self::Text(texts) => scan(&texts.ids, cancel, |id| id == MISSING),
        }
    }

    /// Rows whose value is one of these; null stands for missing.
    pub fn one_of(&self, values: &[Value], cancel: &AtomicBool) -> Result<Bits, RollError> {
        let texts =
            || values.iter().filter_map(|value| if let Value::Text(text) = value { Some(&**text) } else { None });
        let mut rows = match self {
            Self::Code(codes) => {
                let mut asked = vec![false; codes.codes.len()];
                texts().filter_map(|code| codes.positions.get(code)).for_each(|at| asked[usize::from(*at)] = true);
                scan(&codes.slots, cancel, |at| asked.get(usize::from(at)).copied().unwrap_or(false))?
            }
            Self::Bool(slots) => {
                let (yes, no) = (values.contains(&Value::Bool(true)), values.contains(&Value::Bool(false)));
                scan(slots, cancel, |held| held == 1 && yes || held == 0 && no)?
            }
            Self::Day(slots) => {
                let days: Vec<i32> = values
                    .iter()
                    .filter_map(|value| if let Value::Date(day) = value { Some(*day) } else { None })
                    .collect();
                scan(slots, cancel, |day| days.contains(&day))?
            }
            Self::Int(slots) => {
                let numbers: Vec<i64> = values
                    .iter()
                    .filter_map(|value| if let Value::Int(at) = value { Some(*at) } else { None })
                    .collect();
                scan(slots, cancel, |number| numbers.contains(&number))?
            }
            Self::Ref(slots) => {
                let ids = values.iter().filter_map(|value| if let Value::Id(id) = value { Some(*id) } else { None });
                among(slots, &IdSet::of(ids), cancel)?
            }
            Self::Text(column) => {
                let mut asked = Bits::zeros(column.distinct());
                texts().for_each(|text| column.equal_to(text, &mut asked));
                column.rows_of(&asked)
            }
        };
        if values.contains(&Value::Null) {
            rows.or(&self.missing(cancel)?);
        }
        Ok(rows)
    }

    /// Rows whose value lies between two, both included. `None` for a column that has no such order.
    pub fn between(
        &self,
        from: Option<&Value>,
        to: Option<&Value>,
        cancel: &AtomicBool,
    ) -> Option<Result<Bits, RollError>> {
        match self {
            Self::Day(slots) => {
                let bound = |value: Option<&Value>, open: i32| match value {
                    None => Some(open),
                    Some(Value::Date(day)) => Some(*day),
                    Some(_) => None,
                };
                let (from, to) = (bound(from, NO_DAY + 1)?.max(NO_DAY + 1), bound(to, i32::MAX)?);
                Some(scan(slots, cancel, |day| day >= from && day <= to))
            }
            Self::Int(slots) => {
                let bound = |value: Option<&Value>, open: i64| match value {
                    None => Some(open),
                    Some(Value::Int(number)) => Some(*number),
                    Some(_) => None,
                };
                let (from, to) = (bound(from, NO_INT + 1)?.max(NO_INT + 1), bound(to, i64::MAX)?);
                Some(scan(slots, cancel, |number| number >= from && number <= to))
            }
            _ => None,
        }
    }

    /// Rows whose text holds a word; with `spelt`, also those whose initials begin so. `None` for a column that holds no text.
    pub fn holding(&self, word: &str, spelt: bool) -> Option<Bits> {
        let Self::Text(texts) = self else { return None };
        Some(texts.rows_of(&texts.holding(word, spelt)))
    }

    /// How two slots stand to each other: missing ones last, whichever way.
    pub fn compare(&self, left: usize, right: usize, descending: bool) -> Ordering {
        let turned = |order: Ordering| if descending { order.reverse() } else { order };
        self.is_missing(left).cmp(&self.is_missing(right)).then_with(|| {
            turned(match self {
                Self::Code(codes) => codes.slots[left].cmp(&codes.slots[right]),
                Self::Bool(slots) => slots[left].cmp(&slots[right]),
                Self::Day(slots) => slots[left].cmp(&slots[right]),
                Self::Int(slots) => slots[left].cmp(&slots[right]),
                Self::Ref(slots) => slots[left].cmp(&slots[right]),
                Self::Text(texts) => texts.compare(left, right),
            })
        })
    }

    /// A number that stands to others as the value does, in slots whose texts are in order; missing ones are the highest.
    pub fn key(&self, slot: usize, descending: bool) -> u64 {
        if self.is_missing(slot) {
            return u64::MAX;
        }
        let key = match self {
            Self::Code(codes) => u64::from(codes.slots[slot]),
            Self::Bool(slots) => u64::from(slots[slot]),
            Self::Day(slots) => (i64::from(slots[slot]) as u64) ^ (1 << 63),
            Self::Int(slots) => (slots[slot] as u64) ^ (1 << 63),
            Self::Text(texts) => u64::from(texts.rank(slot)),
            Self::Ref(slots) => (slots[slot] >> 64) as u64,
        };
        if descending { (!key).saturating_sub(1) } else { key.min(u64::MAX - 1) }
    }
}

impl Codes {
    fn clone_without_slots(&self) -> Self {
        Self { slots: Vec::new(), positions: self.positions.clone(), codes: self.codes.clone() }
    }
}

/// Rows whose id is in the set.
pub(crate) fn among(slots: &[u128], ids: &IdSet, cancel: &AtomicBool) -> Result<Bits, RollError> {
    scan(slots, cancel, |id| id != 0 && ids.holds(id))
}
