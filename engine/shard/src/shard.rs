//! One county's resident ledgers.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use anju_pack::{FieldIx, LedgerIx, RequirementIx};
use anju_record::{Record, Value};
use uuid::Uuid;

use crate::areas::AreaRuns;
use crate::error::ShardError;
use crate::ids::{NOWHERE, row_number};
use crate::shape::{ColumnKind, LedgerShape, MatchShape, Shape};
use crate::table::{Cell, Column, INHERITS, Row, Table};
use crate::text::Dictionary;

/// Days from 1900-01-01 to 1970-01-01: added to a day before it is kept, so births before 1970 fit in 16 bits.
pub const DAY_BASE: i64 = 25_567;

/// An approved exception of one subject from one requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exemption {
    /// Its record.
    pub id: u128,
    /// From what.
    pub requirement: RequirementIx,
    /// Who.
    pub subject: u128,
    /// First day.
    pub starts_on: i32,
    /// Last day; `i32::MAX` for an open end.
    pub ends_on: i32,
}

/// Which counted rows and subjects hold equal values.
#[derive(Debug, Clone, Default)]
pub struct MatchIndex {
    /// Group of each counted row, [`NOWHERE`] for none.
    pub counted: Vec<u32>,
    /// Group of each subject, [`NOWHERE`] for none.
    pub subjects: Vec<u32>,
    /// Number of groups.
    pub groups: usize,
}

#[derive(Debug, Default)]
pub(crate) struct Derived {
    areas: Vec<OnceLock<Arc<AreaRuns>>>,
    owners: Vec<OnceLock<Arc<[u32]>>>,
    matches: Vec<OnceLock<Arc<MatchIndex>>>,
}

impl Derived {
    pub(crate) fn new(ledgers: usize, matches: usize) -> Self {
        fn locks<T>(count: usize) -> Vec<OnceLock<T>> {
            (0..count).map(|_| OnceLock::new()).collect()
        }
        Self { areas: locks(ledgers), owners: locks(ledgers), matches: locks(matches) }
    }

    /// Places have other numbers now.
    pub(crate) fn forget_places(&mut self) {
        self.areas.iter_mut().for_each(|lock| drop(lock.take()));
    }

    /// Rows of a ledger, and of all that it owns, will not stand where they stood.
    pub(crate) fn forget(&mut self, shape: &Shape, ledger: LedgerIx) {
        let Some(described) = shape.ledger(ledger) else { return };
        self.areas[usize::from(ledger.0)].take();
        self.owners[usize::from(ledger.0)].take();
        for (lock, _) in
            self.matches.iter_mut().zip(&shape.matches).filter(|(_, join)| join.of == ledger || join.subject == ledger)
        {
            lock.take();
        }
        described.children.iter().for_each(|child| self.forget(shape, *child));
    }
}

/// The ledgers of one county as columns.
#[derive(Debug)]
pub struct Shard {
    pub(crate) shape: Arc<Shape>,
    pub(crate) county: Box<str>,
    pub(crate) areas: Arc<Vec<Box<str>>>,
    pub(crate) texts: Dictionary,
    pub(crate) tables: Vec<Option<Table>>,
    pub(crate) exemptions: Vec<Exemption>,
    pub(crate) derived: Derived,
}

impl Clone for Shard {
    fn clone(&self) -> Self {
        Self {
            shape: Arc::clone(&self.shape),
            county: self.county.clone(),
            areas: Arc::clone(&self.areas),
            texts: self.texts.clone(),
            tables: self.tables.clone(),
            exemptions: self.exemptions.clone(),
            derived: Derived::new(self.tables.len(), self.shape.matches.len()),
        }
    }
}

impl Shard {
    /// Code of the county.
    pub fn county(&self) -> &str {
        &self.county
    }

    /// What is resident.
    pub fn shape(&self) -> &Arc<Shape> {
        &self.shape
    }

    /// The rows of a ledger; `None` if nothing reads the ledger.
    pub fn table(&self, ledger: LedgerIx) -> Option<&Table> {
        self.tables.get(usize::from(ledger.0))?.as_ref()
    }

    /// The texts that text columns speak of.
    pub const fn texts(&self) -> &Dictionary {
        &self.texts
    }

    /// All exemptions, whenever they hold.
    pub fn exemptions(&self) -> &[Exemption] {
        &self.exemptions
    }

    /// Bytes held, about.
    pub fn memory(&self) -> usize {
        self.tables.iter().flatten().map(Table::memory).sum::<usize>()
            + self.texts.memory()
            + self.areas.iter().map(|code| code.len() + 16).sum::<usize>()
            + self.exemptions.capacity() * size_of::<Exemption>()
    }

    /// The row of a record.
    pub fn row_of(&self, ledger: LedgerIx, id: Uuid) -> Option<usize> {
        self.table(ledger)?.ids()?.find(id.as_u128())
    }

    /// The record of a row, for ledgers that are found by id.
    pub fn id_of(&self, ledger: LedgerIx, row: usize) -> Option<Uuid> {
        let ids = self.table(ledger)?.ids()?;
        (row < ids.len()).then(|| ids.get(row))
    }

    /// The value of any resident field, the owner's reference among them.
    pub fn cell(&self, ledger: LedgerIx, row: usize, field: FieldIx) -> Cell {
        let (Some(table), Some(shape)) = (self.table(ledger), self.shape.ledger(ledger)) else { return Cell::Null };
        match shape.owner {
            Some((owner, owner_field)) if owner_field == field => {
                self.owner_key(table, owner, row).map_or(Cell::Null, Cell::Id)
            }
            _ => shape.column(field).map_or(Cell::Null, |column| table.columns[column].cell(row)),
        }
    }

    /// The row reached from a row by a ref field.
    pub fn follow(&self, ledger: LedgerIx, row: usize, field: FieldIx) -> Option<usize> {
        let (table, shape) = (self.table(ledger)?, self.shape.ledger(ledger)?);
        if shape.owner.is_some_and(|(_, owner_field)| owner_field == field) {
            return table.owner_row(row);
        }
        match table.columns.get(shape.column(field)?)? {
            Column::Refs(refs) => refs.rows.get(row).filter(|row| **row != NOWHERE).map(|row| *row as usize),
            _ => None,
        }
    }

    pub(crate) fn owner_key(&self, table: &Table, owner: LedgerIx, row: usize) -> Option<u128> {
        match table.owner_row(row) {
            Some(at) => self.table(owner)?.ids().map(|ids| ids.key(at)),
            None => table.orphans.get(row.checked_sub(table.owned_end())?).copied(),
        }
    }

    /// The owner's row of every row, [`NOWHERE`] for rows without a living owner. Kept until the next change.
    pub fn owner_rows(&self, ledger: LedgerIx) -> Arc<[u32]> {
        let Some(table) = self.table(ledger) else { return Arc::from([]) };
        let fill = || {
            let mut owners = vec![NOWHERE; table.rows];
            for (owner, run) in table.offsets.windows(2).enumerate() {
                owners[run[0] as usize..run[1] as usize].fill(row_number(owner));
            }
            owners.into()
        };
        Arc::clone(self.derived.owners[usize::from(ledger.0)].get_or_init(fill))
    }

    /// The places of a ledger's rows. Kept until the next change.
    pub fn area_runs(&self, ledger: LedgerIx) -> Arc<AreaRuns> {
        let Some(lock) = self.derived.areas.get(usize::from(ledger.0)) else { return Arc::default() };
        Arc::clone(lock.get_or_init(|| Arc::new(self.find_area_runs(ledger))))
    }

    fn find_area_runs(&self, ledger: LedgerIx) -> AreaRuns {
        let (Some(table), Some(shape)) = (self.table(ledger), self.shape.ledger(ledger)) else {
            return AreaRuns::default();
        };
        let county = self.areas.binary_search(&self.county).map_or(0, row_number);
        let mut inherited = AreaRuns::new(&self.areas, row_number(table.rows));
        if let Some((owner, _)) = shape.owner {
            for (start, area) in self.area_runs(owner).raw() {
                let start = table.offsets.get(*start as usize).copied().unwrap_or(0);
                if (start as usize) < table.owned_end() {
                    inherited.push(start, *area);
                }
            }
            if table.owned_end() < table.rows {
                inherited.push(row_number(table.owned_end()), county);
            }
        }
        let Some(areas) = &table.areas else { return inherited };
        let mut runs = AreaRuns::new(&self.areas, row_number(table.rows));
        let mut above = inherited.raw().iter().copied().peekable();
        let mut from_owner = county;
        for (row, own) in (0u32..).zip(areas) {
            while let Some((_, area)) = above.next_if(|(start, _)| *start <= row) {
                from_owner = area;
            }
            runs.push(row, if *own == INHERITS { from_owner } else { *own });
        }
        runs
    }

    /// The groups of a join by equal values. Kept until the next change.
    pub fn match_index(&self, at: usize) -> Arc<MatchIndex> {
        let (Some(lock), Some(shape)) = (self.derived.matches.get(at), self.shape.matches.get(at)) else {
            return Arc::default();
        };
        Arc::clone(lock.get_or_init(|| Arc::new(self.find_matches(shape))))
    }

    fn find_matches(&self, shape: &MatchShape) -> MatchIndex {
        let rows = |ledger| self.table(ledger).map_or(0, Table::len);
        let mut groups: HashMap<Vec<Cell>, u32> = HashMap::new();
        let mut subjects = Vec::with_capacity(rows(shape.subject));
        for row in 0..rows(shape.subject) {
            let key: Option<Vec<Cell>> = shape
                .pairs
                .iter()
                .map(|(_, own)| match own {
                    Some(field) => self.comparable(shape.subject, row, *field),
                    None => self.id_of(shape.subject, row).map(|id| Cell::Id(id.as_u128())),
                })
                .collect();
            let next = row_number(groups.len());
            subjects.push(key.map_or(NOWHERE, |key| *groups.entry(key).or_insert(next)));
        }
        let counted = (0..rows(shape.of)).map(|row| {
            let key: Option<Vec<Cell>> =
                shape.pairs.iter().map(|(field, _)| self.comparable(shape.of, row, *field)).collect();
            key.and_then(|key| groups.get(&key).copied()).unwrap_or(NOWHERE)
        });
        MatchIndex { counted: counted.collect(), groups: groups.len(), subjects }
    }

    /// A value that may be compared with any field of any ledger: codes become texts.
    fn comparable(&self, ledger: LedgerIx, row: usize, field: FieldIx) -> Option<Cell> {
        let cell = self.cell(ledger, row, field);
        let kind =
            self.shape.ledger(ledger).and_then(|shape| shape.column(field).map(|column| shape.columns[column].kind));
        match (cell, kind) {
            (Cell::Null, _) => None,
            (Cell::Int(at), Some(ColumnKind::Code(list))) => {
                let code = self.shape.code_text(list, at)?;
                self.texts.number(code).map(Cell::Int).or(Some(Cell::Id(u128::from_le_bytes(padded(code)))))
            }
            (cell, _) => Some(cell),
        }
    }

    pub(crate) fn encode(
        &mut self,
        ledger: LedgerIx,
        record: &Record,
        area: impl FnOnce(&mut Self, &str) -> u32,
    ) -> Result<Row, ShardError> {
        let shape = Arc::clone(&self.shape);
        let Some(ledger) = shape.ledger(ledger) else {
            return Ok(Row { id: record.id.as_u128(), owner: 0, area: INHERITS, cells: Vec::new() });
        };
        let value = |field: FieldIx| record.values.get(usize::from(field.0)).unwrap_or(&Value::Null);
        let mut cells = Vec::with_capacity(ledger.columns.len());
        for column in &ledger.columns {
            let cell = self.encode_value(column.kind, value(column.field));
            cells.push(cell.ok_or_else(|| wrong_value(ledger, record.id, column.field))?);
        }
        if ledger.period.is_some_and(|(start, _)| cells[start] == Cell::Null) {
            return Err(ShardError::NoStart { ledger: ledger.id.clone(), id: record.id });
        }
        let owner = match ledger.owner.map(|(_, field)| (field, value(field))) {
            None | Some((_, Value::Null)) => 0,
            Some((_, Value::Id(owner))) => owner.as_u128(),
            Some((field, _)) => return Err(wrong_value(ledger, record.id, field)),
        };
        let own_place = ledger.owner.is_none() || ledger.area.is_some_and(|field| *value(field) != Value::Null);
        let place = if record.area.is_empty() { self.county.as_ref().into() } else { record.area.clone() };
        let area = if own_place { area(self, &place) } else { INHERITS };
        Ok(Row { id: record.id.as_u128(), owner, area, cells })
    }

    fn encode_value(&mut self, kind: ColumnKind, value: &Value) -> Option<Cell> {
        Some(match (kind, value) {
            (_, Value::Null) => Cell::Null,
            (ColumnKind::Number, Value::Int(number)) if *number != i64::MAX => Cell::Int(*number),
            (ColumnKind::Date, Value::Date(day)) => Cell::Int(i64::from(*day) + DAY_BASE),
            (ColumnKind::Bool, Value::Bool(yes)) => Cell::Int(i64::from(*yes)),
            (ColumnKind::Code(list), Value::Text(code)) => Cell::Int(self.shape.code(list, code)),
            (ColumnKind::Text, Value::Text(text)) => Cell::Int(self.texts.intern(text)),
            (ColumnKind::Ref(_), Value::Id(id)) if id.is_nil() => Cell::Null,
            (ColumnKind::Ref(_), Value::Id(id)) => Cell::Id(id.as_u128()),
            _ => return None,
        })
    }

    pub(crate) fn exemption_of(&self, record: &Record) -> Option<Exemption> {
        let shape = self.shape.exemption?;
        let value = |field: FieldIx| record.values.get(usize::from(field.0)).unwrap_or(&Value::Null);
        let day = |field, missing| if let Value::Date(day) = value(field) { *day } else { missing };
        let (Value::Text(requirement), Value::Id(subject)) = (value(shape.requirement), value(shape.subject)) else {
            return None;
        };
        Some(Exemption {
            id: record.id.as_u128(),
            requirement: *self.shape.requirements.get(&**requirement)?,
            subject: subject.as_u128(),
            starts_on: day(shape.starts_on, i32::MIN),
            ends_on: day(shape.ends_on, i32::MAX),
        })
    }

    /// The value of a row's field as a person would compare it, for equality of shards.
    fn canonical(&self, shape: &LedgerShape, table: &Table, row: usize) -> Vec<Result<Cell, &str>> {
        let cells = shape.columns.iter().zip(&table.columns);
        cells
            .map(|(column, values)| match (column.kind, values.cell(row)) {
                (ColumnKind::Text, Cell::Int(number)) => self.texts.text(number).map_or(Ok(Cell::Null), Err),
                (_, cell) => Ok(cell),
            })
            .collect()
    }

    fn same_table(&self, other: &Self, ledger: LedgerIx) -> bool {
        let (Some(shape), Some(mine), Some(theirs)) =
            (self.shape.ledger(ledger), self.table(ledger), other.table(ledger))
        else {
            return true;
        };
        let place = |shard: &Self, table: &Table, row: usize| {
            table.areas.as_ref().and_then(|areas| shard.areas.get(areas[row] as usize).cloned())
        };
        let id = |table: &Table, row| table.ids.as_ref().map(|ids| (ids.key(row), ids.find(ids.key(row))));
        mine.rows == theirs.rows
            && mine.offsets == theirs.offsets
            && mine.orphans == theirs.orphans
            && (0..mine.rows).all(|row| {
                id(mine, row) == id(theirs, row)
                    && place(self, mine, row) == place(other, theirs, row)
                    && self.canonical(shape, mine, row) == other.canonical(shape, theirs, row)
            })
            && mine.columns.iter().zip(&theirs.columns).all(|columns| match columns {
                (Column::Refs(mine), Column::Refs(theirs)) => mine.rows == theirs.rows,
                _ => true,
            })
    }
}

impl PartialEq for Shard {
    /// Both hold the same rows in the same order, whatever the widths of their columns.
    fn eq(&self, other: &Self) -> bool {
        self.county == other.county
            && self.exemptions == other.exemptions
            && self.tables.len() == other.tables.len()
            && (0u16..).zip(&self.tables).all(|(ledger, _)| self.same_table(other, LedgerIx(ledger)))
    }
}

fn wrong_value(ledger: &LedgerShape, id: Uuid, field: FieldIx) -> ShardError {
    ShardError::Value { ledger: ledger.id.clone(), id, field: field.0 }
}

/// The first 16 bytes of a code that no text column holds: a key of its own kind.
fn padded(code: &str) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(code.bytes()).for_each(|(to, from)| *to = from);
    bytes
}
