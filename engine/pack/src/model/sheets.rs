//! Sheets: which ledgers one spreadsheet tells of, and how its rows are read.

use serde::Serialize;

use super::{FieldIx, LedgerIx, MechanismIx, Origin, Text};
use crate::predicate::Predicate;

/// A spreadsheet as people keep it. Wherever a `u16` names a path, 0 is the row's own ledger and `1 + n` is `paths[n]`.
#[derive(Debug, Clone, Serialize)]
pub struct Sheet {
    /// Stable id.
    pub id: String,
    /// Name.
    pub title: Text,
    /// Whose folder it stands in.
    pub mechanism: MechanismIx,
    /// Rows of the requirements table it serves.
    pub serves: Vec<String>,
    /// Each row is one record of this ledger.
    pub rows: LedgerIx,
    /// References whose records the row also tells of.
    pub paths: Vec<SheetPath>,
    /// Ledgers of paths whose records are made when they do not exist.
    pub makes: Vec<LedgerIx>,
    /// Paths whose blank keys mean: as in the row above.
    pub carry: Vec<u16>,
    /// The path of which one cell may name several records.
    pub many: Option<u16>,
    /// Headings of a column that counts them.
    pub count: Vec<String>,
    /// What holds of exactly one row among those of the same record.
    pub exactly: Vec<SheetExactly>,
    /// What a field is given when the sheet says nothing of it and a new record is made.
    pub defaults: Vec<SheetDefault>,
    /// Numbered instructions for whoever fills it in.
    pub notes: Vec<Text>,
    /// Follows from a ledger; nobody wrote it.
    pub implicit: bool,
    /// Where it is written.
    pub origin: Origin,
}

/// A chain of references from the row's ledger.
#[derive(Debug, Clone, Serialize)]
pub struct SheetPath {
    /// As written: `household.dwelling`.
    pub name: String,
    /// The reference fields, one after another.
    pub fields: Vec<FieldIx>,
    /// The path that this one goes on from: 0 is the row.
    pub from: u16,
    /// Where it ends.
    pub ledger: LedgerIx,
}

/// A condition that exactly one row satisfies among the rows of one record.
#[derive(Debug, Clone, Serialize)]
pub struct SheetExactly {
    /// Over the row's ledger.
    pub one: Predicate,
    /// The path of the record that they share.
    pub per: u16,
}

/// A value for a new record.
#[derive(Debug, Clone, Serialize)]
pub struct SheetDefault {
    /// The path.
    pub path: u16,
    /// The field of the path's ledger.
    pub field: FieldIx,
    /// What it is given.
    pub value: DefaultValue,
}

/// What a field is given.
#[derive(Debug, Clone, Serialize)]
pub enum DefaultValue {
    /// This, as a cell would say it.
    Text(String),
    /// The latest of these days of the same row, as far as they are given.
    Latest(Vec<(u16, FieldIx)>),
}

/// What an ID number says besides itself, and the fields that say it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Agrees {
    /// The day of birth.
    pub birth: Option<FieldIx>,
    /// The sex: codes `1` and `2`.
    pub sex: Option<FieldIx>,
}

impl Sheet {
    /// The ledger of a path number.
    pub fn ledger_of(&self, path: u16) -> Option<LedgerIx> {
        match usize::from(path) {
            0 => Some(self.rows),
            at => self.paths.get(at - 1).map(|path| path.ledger),
        }
    }

    /// All path numbers, the row's own first.
    pub fn path_numbers(&self) -> std::ops::RangeInclusive<u16> {
        0..=u16::try_from(self.paths.len()).unwrap_or(u16::MAX)
    }

    /// The path named by the reference `field` of another path.
    pub fn path_by_ref(&self, from: u16, field: FieldIx) -> Option<u16> {
        let at = self.paths.iter().position(|path| path.from == from && path.fields.last() == Some(&field))?;
        u16::try_from(at + 1).ok()
    }

    /// The path that fills the reference `field` of another path: its own, else the only path that ends at the same ledger.
    pub fn path_of_ref(&self, from: u16, field: FieldIx, to: LedgerIx) -> Option<u16> {
        self.path_by_ref(from, field).or_else(|| {
            let mut others = (1_u16..).zip(&self.paths).filter(|(_, path)| path.ledger == to);
            let (found, _) = others.next()?;
            others.next().is_none().then_some(found)
        })
    }

    /// Whether a path is another one, or goes on from it.
    pub fn goes_on(&self, path: u16, from: u16) -> bool {
        let mut here = path;
        while here != 0 {
            if here == from {
                return true;
            }
            here = self.paths.get(usize::from(here) - 1).map_or(0, |path| path.from);
        }
        false
    }

    /// Whether a path is carried, itself or with one it goes on from.
    pub fn is_carried(&self, path: u16) -> bool {
        self.carry.iter().any(|carried| self.goes_on(path, *carried))
    }
}
