//! Sides of a comparison, and constants brought to the type of the other side.

use super::Scope;
use super::condition::{At, kind_words};
use crate::codes::Code;
use crate::fault::nearest;
use crate::model::{CodeListIx, Kind, LedgerIx, ParameterKind, Text};
use crate::parse::entries::scaled;
use crate::parse::reader::parse_day;
use crate::predicate::{Literal, Operand, Place};

/// What a value is, as far as comparing goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Number { scale: u8 },
    Money,
    Text,
    Area,
    Code(CodeListIx),
    Bool,
    Date,
    Time,
    Ref(LedgerIx),
    Subject,
}

impl Type {
    pub const fn of(kind: &Kind) -> Self {
        match kind {
            Kind::Integer { .. } => Self::Number { scale: 0 },
            Kind::Decimal { scale, .. } => Self::Number { scale: *scale },
            Kind::Money { .. } => Self::Money,
            Kind::Text { .. }
            | Kind::LongText { .. }
            | Kind::IdNumber
            | Kind::Phone
            | Kind::Point
            | Kind::Attachment => Self::Text,
            Kind::Area { .. } => Self::Area,
            Kind::Code { list } => Self::Code(*list),
            Kind::Bool => Self::Bool,
            Kind::Date { .. } => Self::Date,
            Kind::Time => Self::Time,
            Kind::Ref { to } => Self::Ref(*to),
            Kind::Subject => Self::Subject,
        }
    }

    /// `<` and `>` mean something.
    pub const fn ordered(self) -> bool {
        matches!(self, Self::Number { .. } | Self::Money | Self::Date | Self::Time)
    }
}

/// One side, before the other is known.
#[derive(Debug, Clone)]
pub(crate) enum Side {
    Field(Place, Kind),
    Typed(Operand, Type),
    Text(String),
    Number(String),
    Bool(bool),
    Parameter(i64, ParameterKind),
}

impl Side {
    /// Its type, if it has one of its own.
    pub const fn own(&self) -> Option<Type> {
        match self {
            Self::Field(_, kind) => Some(Type::of(kind)),
            Self::Typed(_, own) => Some(*own),
            _ => None,
        }
    }

    /// What it is called in a fault.
    pub fn words(&self) -> Text {
        let text = |zh: &str, en: &str| Text { zh: zh.to_owned(), en: en.to_owned() };
        match self {
            Self::Field(_, kind) => kind_words(kind),
            Self::Typed(Operand::Actor, _) => text("actor", "actor"),
            Self::Typed(_, Type::Date) => text("日期", "a date"),
            Self::Typed(..) => text("数", "a number"),
            Self::Text(word) => text(&format!("文本 '{word}'"), &format!("the text '{word}'")),
            Self::Number(word) => text(&format!("数 {word}"), &format!("the number {word}")),
            Self::Bool(value) => text(&value.to_string(), &value.to_string()),
            Self::Parameter(_, ParameterKind::Fen) => text("金额参数", "a money parameter"),
            Self::Parameter(..) => text("数字参数", "a number parameter"),
        }
    }

    /// As an operand of that type; `None` when it cannot be one.
    pub fn to_operand(&self, scope: &Scope<'_>, wanted: Type, at: &At<'_>) -> Result<Operand, Unfit> {
        if let Some(own) = self.own() {
            return match self {
                Self::Field(place, _) if own == wanted => Ok(Operand::Field(place.clone())),
                Self::Typed(operand, _) if own == wanted => Ok(operand.clone()),
                _ => Err(Unfit::Type),
            };
        }
        self.to_literal(scope, wanted, at).map(Operand::Literal)
    }

    /// As a constant of that type.
    pub fn to_literal(&self, scope: &Scope<'_>, wanted: Type, at: &At<'_>) -> Result<Literal, Unfit> {
        let literal = match (self, wanted) {
            (Self::Text(word), Type::Code(list)) => return code(scope, list, word, at),
            (Self::Text(word), Type::Text | Type::Area) => Some(Literal::Text(word.clone())),
            (Self::Text(word), Type::Date) => parse_day(word).map(Literal::Date),
            (Self::Text(word), Type::Time) => parse_time(word).map(Literal::Int),
            (Self::Number(word), Type::Number { scale }) => scaled(word, scale).map(Literal::Int),
            (Self::Number(word), Type::Money) => scaled(word, 0).map(Literal::Int),
            (Self::Bool(value), Type::Bool) => Some(Literal::Bool(*value)),
            (Self::Parameter(value, ParameterKind::Fen), Type::Money) => Some(Literal::Int(*value)),
            (Self::Parameter(value, kind), Type::Number { scale }) if *kind != ParameterKind::Fen => {
                10_i64.checked_pow(u32::from(scale)).and_then(|unit| value.checked_mul(unit)).map(Literal::Int)
            }
            _ => None,
        };
        literal.ok_or(Unfit::Type)
    }
}

/// Why a side is no operand of the type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// To be told by the caller.
    Type,
    /// Already told.
    Told,
}

fn code(scope: &Scope<'_>, list: CodeListIx, word: &str, at: &At<'_>) -> Result<Literal, Unfit> {
    let Some(list) = scope.pack.codes.get(usize::from(list.0)) else { return Err(Unfit::Told) };
    if list.position(word).is_some() {
        return Ok(Literal::Code(word.to_owned()));
    }
    let near = nearest(word, list.values.iter().map(|value| value.code.as_str()));
    scope.bench.fault(Code::PredicateCode, at.spot(), &[list.id.as_str().into(), word.into(), near.into()]);
    Err(Unfit::Told)
}

/// `08:30` as minutes of the day.
pub(crate) fn parse_time(word: &str) -> Option<i64> {
    let (hours, minutes) = word.split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    ((0..24).contains(&hours) && (0..60).contains(&minutes)).then_some(hours * 60 + minutes)
}
