//! Questions, and the rows that answer them.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use anju_pack::{AreaLevel, FieldIx, Kind, Pack};
use anju_record::Value;
use anju_shard::Bits;
use uuid::Uuid;

use crate::column::{Column, among, still_asked};
use crate::error::RollError;
use crate::id_set::IdSet;
use crate::order::Sort;
use crate::roll::Roll;
use crate::shape::{ColumnKind, RollShape};

/// What must hold of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// Is one of these; null stands for missing.
    OneOf(FieldIx, Vec<Value>),
    /// Lies between these days or numbers, both included.
    Between(FieldIx, Option<Value>, Option<Value>),
    /// Is missing, or not before this day or number: an end that has not come.
    NotBefore(FieldIx, Value),
    /// Is missing.
    Missing(FieldIx),
    /// A text in which this stands; letters count the same in either case.
    Contains(FieldIx, String),
    /// A text in which this stands, or whose pinyin initials begin so.
    Spelt(FieldIx, String),
}

impl Filter {
    /// The field asked about.
    pub const fn field(&self) -> FieldIx {
        match self {
            Self::OneOf(field, _) | Self::Between(field, ..) | Self::NotBefore(field, _) => *field,
            Self::Missing(field) | Self::Contains(field, _) | Self::Spelt(field, _) => *field,
        }
    }
}

/// A word that must be found in a record.
#[derive(Debug, Clone, Default)]
pub struct Word {
    /// As it was typed.
    pub text: String,
    /// Values of a field that are called so: codes, or records referred to.
    pub values: Vec<(FieldIx, Vec<Value>)>,
    /// Records found by it in fields that are not resident.
    pub ids: Vec<Uuid>,
}

impl Word {
    /// A word with the codes of the ledger that are called so, in either language: the whole name, an alias, or a part of it of
    /// two characters or more. Fields kept from who asks are left out.
    pub fn of(pack: &Pack, shape: &RollShape, text: &str, unsearched: &[FieldIx]) -> Self {
        let ledger = pack.ledger(shape.ledger);
        let wanted = text.to_lowercase();
        let part = wanted.chars().count() > 1;
        let called = |title: &str| {
            let title = title.to_lowercase();
            let words = || title.split(|ch: char| !ch.is_alphanumeric());
            title == wanted
                || part && if wanted.is_ascii() { words().any(|word| word == wanted) } else { title.contains(&wanted) }
        };
        let columns = shape.columns.iter().filter(|column| matches!(column.kind, ColumnKind::Code(_)));
        let codes = columns.filter(|column| !unsearched.contains(&column.field)).filter_map(|column| {
            let Kind::Code { list } = ledger.field(column.field).kind else { return None };
            let values = pack.code_list(list).values.iter().filter(|value| {
                called(&value.title.zh) || called(&value.title.en) || value.aliases.iter().any(|alias| called(alias))
            });
            let codes: Vec<Value> = values.map(|value| Value::Text(value.code.as_str().into())).collect();
            (!codes.is_empty()).then_some((column.field, codes))
        });
        Self { text: text.to_owned(), values: codes.collect(), ids: Vec::new() }
    }
}

/// What somebody reaches: rows in any of the places, rows whose reference is one of the ids, and rows by their own id.
#[derive(Debug, Clone, Default)]
pub struct Within {
    /// Codes of places.
    pub areas: Vec<String>,
    /// A reference field and what it may refer to.
    pub refs: Vec<(FieldIx, IdSet)>,
    /// These rows.
    pub own: Vec<Uuid>,
}

/// Which rows of the ledger.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// In this place.
    pub area: Option<String>,
    /// Only what is reached; `None` for all.
    pub within: Option<Within>,
    /// Each must be found.
    pub words: Vec<Word>,
    /// Fields that words are not looked for in.
    pub unsearched: Vec<FieldIx>,
    /// Each must hold.
    pub filters: Vec<Filter>,
    /// Only these records.
    pub ids: Option<Vec<Uuid>>,
}

/// The rows that answer a question.
#[derive(Debug, Clone)]
pub struct Matching<'a> {
    roll: &'a Roll,
    rows: Bits,
}

impl Roll {
    /// The rows that answer a question.
    ///
    /// # Errors
    /// `Field` for a field that cannot be asked so, `Cancelled`.
    pub fn matching(&self, question: &Question, cancel: &AtomicBool) -> Result<Matching<'_>, RollError> {
        let mut rows = self.live.clone();
        if let Some(area) = &question.area {
            rows.and(&self.placed(std::slice::from_ref(area)));
        }
        if let Some(within) = &question.within {
            rows.and(&self.within(within, cancel)?);
        }
        if let Some(ids) = &question.ids {
            rows.and(&self.with_ids(ids));
        }
        for filter in &question.filters {
            rows.and(&self.filtered(filter, cancel)?);
        }
        for word in &question.words {
            if rows.none() {
                break;
            }
            rows.and(&self.found(word, &question.unsearched, cancel)?);
        }
        Ok(Matching { roll: self, rows })
    }

    fn placed(&self, areas: &[String]) -> Bits {
        let here = |code: &str| areas.iter().any(|area| code.starts_with(area.as_str()));
        let mut rows = Bits::zeros(self.ids.len());
        self.runs().filter(|(.., code)| here(code)).for_each(|(start, end, _)| rows.fill(start, end));
        (self.settled..self.ids.len()).filter(|slot| here(self.area(*slot))).for_each(|slot| rows.put(slot, true));
        rows
    }

    fn with_ids(&self, ids: &[Uuid]) -> Bits {
        let mut rows = Bits::zeros(self.ids.len());
        ids.iter().filter_map(|id| self.slot(id.as_u128())).for_each(|slot| rows.put(slot, true));
        rows
    }

    fn within(&self, within: &Within, cancel: &AtomicBool) -> Result<Bits, RollError> {
        let mut rows = self.placed(&within.areas);
        rows.or(&self.with_ids(&within.own));
        for (field, ids) in &within.refs {
            let Some(Column::Ref(slots)) = self.column(*field) else { return Err(self.unfit(*field)) };
            rows.or(&among(slots, ids, cancel)?);
        }
        Ok(rows)
    }

    fn filtered(&self, filter: &Filter, cancel: &AtomicBool) -> Result<Bits, RollError> {
        still_asked(cancel)?;
        let unfit = || self.unfit(filter.field());
        let column = self.column(filter.field()).ok_or_else(unfit)?;
        match filter {
            Filter::OneOf(_, values) => column.one_of(values, cancel),
            Filter::Between(_, from, to) => column.between(from.as_ref(), to.as_ref(), cancel).ok_or_else(unfit)?,
            Filter::NotBefore(_, from) => {
                let mut rows = column.between(Some(from), None, cancel).ok_or_else(unfit)??;
                rows.or(&column.missing(cancel)?);
                Ok(rows)
            }
            Filter::Missing(_) => column.missing(cancel),
            Filter::Spelt(_, text) => column.holding(text, true).ok_or_else(unfit),
            Filter::Contains(_, text) => column.holding(text, false).ok_or_else(unfit),
        }
    }

    /// Rows in which a word is found.
    fn found(&self, word: &Word, unsearched: &[FieldIx], cancel: &AtomicBool) -> Result<Bits, RollError> {
        let mut rows = self.with_ids(&word.ids);
        let searched = self.shape.columns.iter().zip(&self.columns).filter(|(described, _)| described.words);
        for (_, column) in searched.filter(|(described, _)| !unsearched.contains(&described.field)) {
            still_asked(cancel)?;
            if let Some(holding) = column.holding(&word.text, true) {
                rows.or(&holding);
            }
        }
        for (field, values) in &word.values {
            if let Some(column) = self.column(*field) {
                rows.or(&column.one_of(values, cancel)?);
            }
        }
        Ok(rows)
    }
}

impl Matching<'_> {
    /// How many rows there are.
    pub fn total(&self) -> u64 {
        self.rows.count() as u64
    }

    /// A page of them: `size` rows after the first `from`.
    ///
    /// # Errors
    /// `Field` for a field that orders nothing, `Cancelled`.
    pub fn page(&self, sort: Sort, from: u64, size: usize, cancel: &AtomicBool) -> Result<Vec<Uuid>, RollError> {
        let slots = self.roll.page_of(&self.rows, sort, from, size, cancel)?;
        Ok(slots.into_iter().map(|slot| Uuid::from_u128(self.roll.ids[slot as usize])).collect())
    }

    /// How many rows stand in each place of the next level below `area`, in the order of codes; those that stand in `area` itself
    /// under its own code. Places without rows are left out.
    pub fn by_area(&self, area: &str) -> Vec<(String, u64)> {
        let digits = next_level(area.len());
        let key = |code: &str| code.get(..digits.min(code.len())).unwrap_or(code).to_owned();
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for (start, end, code) in self.roll.runs().filter(|(.., code)| code.starts_with(area)) {
            match self.rows.count_in(start, end) {
                0 => {}
                count => *counts.entry(key(code)).or_default() += count as u64,
            }
        }
        for slot in (self.roll.settled..self.roll.ids.len()).filter(|slot| self.rows.get(*slot)) {
            let code = self.roll.area(slot);
            if code.starts_with(area) {
                *counts.entry(key(code)).or_default() += 1;
            }
        }
        counts.into_iter().collect()
    }

    /// The records that the rows refer to by a field, each once, in the order of their ids.
    pub fn references(&self, field: FieldIx) -> Vec<Uuid> {
        let Some(Column::Ref(slots)) = self.roll.column(field) else { return Vec::new() };
        let mut ids: Vec<u128> = self.rows.iter().map(|slot| slots[slot]).filter(|id| *id != 0).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.into_iter().map(Uuid::from_u128).collect()
    }
}

/// Digits of the level below a code of so many digits.
fn next_level(digits: usize) -> usize {
    let levels = [AreaLevel::County, AreaLevel::Town, AreaLevel::Village, AreaLevel::Site, AreaLevel::Building];
    levels.into_iter().map(AreaLevel::digits).find(|level| *level > digits).unwrap_or(digits)
}
