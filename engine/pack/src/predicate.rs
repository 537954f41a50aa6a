//! The closed set of conditions that a pack can state about one record.
//!
//! Parsed from SQL boolean expressions, resolved to fields, type-checked. Two backends read it: SQL (store) and columns (shard).
//! Three-valued as SQL is: a comparison with a missing value is unknown, and unknown does not satisfy. `Not` of unknown is unknown.

use serde::Serialize;

use crate::model::{FieldIx, Step};

/// A condition on one record.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Predicate {
    /// All hold.
    And(Vec<Predicate>),
    /// One holds.
    Or(Vec<Predicate>),
    /// Does not hold.
    Not(Box<Predicate>),
    /// Compare an operand with an operand of the same type.
    Compare(Operand, Comparison, Operand),
    /// One of these literals.
    In(Operand, Vec<Literal>),
    /// Missing.
    IsNull(Place),
    /// A bool field is true.
    Holds(Place),
    /// Text begins with.
    Prefix(Place, String),
}

impl Predicate {
    /// The fields that it speaks of, in the order they are written.
    pub fn places(&self) -> Vec<&Place> {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::places).collect(),
            Self::Not(part) => part.places(),
            Self::Compare(left, _, right) => [left.places(), right.places()].concat(),
            Self::In(left, _) => left.places(),
            Self::IsNull(place) | Self::Holds(place) | Self::Prefix(place, _) => vec![place],
        }
    }

    /// The same condition with the login of whoever asks in the place of `actor`.
    #[must_use]
    pub fn for_actor(&self, login: &str) -> Self {
        let all = |parts: &[Self]| parts.iter().map(|part| part.for_actor(login)).collect();
        let side = |operand: &Operand| match operand {
            Operand::Actor => Operand::Literal(Literal::Text(login.to_owned())),
            other => other.clone(),
        };
        match self {
            Self::And(parts) => Self::And(all(parts)),
            Self::Or(parts) => Self::Or(all(parts)),
            Self::Not(part) => Self::Not(Box::new(part.for_actor(login))),
            Self::Compare(left, comparison, right) => Self::Compare(side(left), *comparison, side(right)),
            Self::In(left, literals) => Self::In(side(left), literals.clone()),
            Self::IsNull(_) | Self::Holds(_) | Self::Prefix(..) => self.clone(),
        }
    }
}

/// `=`, `<>`, `<`, `<=`, `>`, `>=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Comparison {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
}

/// A field of the record, or of a record it refers to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Place {
    /// Hops along references; empty for the record's own field.
    pub path: Vec<Step>,
    /// The field, of the ledger where the path ends.
    pub field: FieldIx,
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Operand {
    /// The value of a field.
    Field(Place),
    /// A constant. Parameters are already put in.
    Literal(Literal),
    /// The date of evaluation plus so many days.
    Today(i32),
    /// Whole years from a date field to the date of evaluation.
    Age(Place),
    /// Whole months from one date field to another; a missing second date counts as the date of evaluation.
    Months(Place, Place),
    /// The login of whoever asks; only in a role's relations. [`Predicate::for_actor`] replaces it; unreplaced it equals nothing.
    Actor,
}

impl Operand {
    /// The fields that it reads.
    pub fn places(&self) -> Vec<&Place> {
        match self {
            Self::Field(place) | Self::Age(place) => vec![place],
            Self::Months(from, to) => vec![from, to],
            Self::Literal(_) | Self::Today(_) | Self::Actor => Vec::new(),
        }
    }
}

/// A constant of a known type.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub enum Literal {
    /// Integers, scaled decimals, fen, minutes.
    Int(i64),
    /// Text, also area codes.
    Text(String),
    /// A code; its list is that of the field it is compared with.
    Code(String),
    /// Yes or no.
    Bool(bool),
    /// Days since 1970-01-01.
    Date(i32),
}
