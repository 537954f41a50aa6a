//! Figures and the passages of the bulletin.

use serde::Serialize;

use super::{Clause, FieldIx, FigureIx, LedgerIx, MechanismIx, Origin, RequirementIx, Text, When};
use crate::predicate::Predicate;

/// A number told of the ledgers.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// Stable id.
    pub id: String,
    /// Row of the requirements table.
    pub row: String,
    /// The published figure that it reproduces for the demo county.
    pub fact: Option<String>,
    /// What it tells.
    pub title: Text,
    /// Unit shown.
    pub unit: Text,
    /// Whose it is.
    pub mechanism: MechanismIx,
    /// What is counted.
    pub measure: Measure,
    /// Which records (of the measured ledger).
    pub predicate: Option<Predicate>,
    /// Which records, by what they have.
    pub having: Vec<Clause>,
    /// When they must hold.
    pub when: When,
    /// A code field that splits it.
    pub by: Option<FieldIx>,
    /// Decimal digits of the result: sums of decimals and money have some, counts have 0. Money is told in yuan, scale 2.
    pub scale: u8,
    /// Added by the county.
    pub of_county: bool,
    /// Where it is written.
    pub origin: Origin,
    /// The words of the file.
    pub source: String,
}

/// What a figure measures.
#[derive(Debug, Clone, Serialize)]
pub enum Measure {
    /// Records.
    Count(LedgerIx),
    /// Different records referred to by this field.
    Distinct(LedgerIx, FieldIx),
    /// Sum of a number field.
    Sum(LedgerIx, FieldIx),
    /// Subjects that meet a requirement.
    Met(RequirementIx),
    /// The smallest number of joined records that any subject has.
    Fewest {
        /// The subjects.
        each: LedgerIx,
        /// What is counted for each (its bound is not used).
        clause: Clause,
    },
}

/// A paragraph of the bulletin.
#[derive(Debug, Clone, Serialize)]
pub struct Passage {
    /// Whose part it stands in.
    pub mechanism: MechanismIx,
    /// Order within the part.
    pub order: u16,
    /// Heading, if it has one.
    pub title: Option<Text>,
    /// Pieces per language.
    pub zh: Vec<Piece>,
    /// Pieces per language.
    pub en: Vec<Piece>,
    /// Where it is written.
    pub origin: Origin,
}

/// A piece of a passage.
#[derive(Debug, Clone, Serialize)]
pub enum Piece {
    /// Words.
    Words(String),
    /// A figure's value.
    Figure(FigureIx),
    /// How many subjects meet a requirement.
    Met(RequirementIx),
}
