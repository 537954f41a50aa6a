//! Which fields of a ledger are resident, and how.

use std::collections::HashMap;

use anju_pack::{Field, FieldIx, Kind, LedgerIx, Pack};

/// Texts up to this many characters are resident though nobody searches them.
const SHORT: u32 = 200;

/// How a field is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnKind {
    /// Positions in a code list.
    Code(HashMap<Box<str>, u16>),
    /// Yes, no or missing.
    Bool,
    /// Days.
    Day,
    /// Whole numbers: integers, scaled decimals, fen, minutes.
    Int,
    /// Ids of other records.
    Ref,
    /// Texts, each once.
    Text,
}

/// A resident field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnShape {
    /// The field.
    pub field: FieldIx,
    /// Its id, for messages.
    pub id: String,
    /// How it is kept.
    pub kind: ColumnKind,
    /// Words are looked for in it, and in the initials of its pinyin.
    pub words: bool,
}

/// What of one ledger is resident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollShape {
    /// The ledger.
    pub ledger: LedgerIx,
    /// In the order of fields.
    pub columns: Vec<ColumnShape>,
}

impl RollShape {
    /// Of the ledger: everything that is not sensitive and short or searched.
    pub fn of(pack: &Pack, ledger: LedgerIx) -> Self {
        let definition = pack.ledger(ledger);
        let declared = definition.fields.iter().any(|field| field.search && is_textual(&field.kind));
        let columns = (0_u16..).zip(&definition.fields).filter_map(|(at, field)| {
            let (kind, words) = kind_of(pack, field, declared)?;
            Some(ColumnShape { field: FieldIx(at), id: field.id.clone(), kind, words })
        });
        Self { ledger, columns: columns.collect() }
    }

    /// The fields to read from the store.
    pub fn fields(&self) -> Vec<FieldIx> {
        self.columns.iter().map(|column| column.field).collect()
    }

    /// Where a field stands among the columns.
    pub fn position(&self, field: FieldIx) -> Option<usize> {
        self.columns.iter().position(|column| column.field == field)
    }

    /// Whether lists may be ordered by a field.
    pub fn is_sortable(&self, field: FieldIx) -> bool {
        self.position(field).is_some_and(|at| self.columns[at].kind != ColumnKind::Ref)
    }
}

/// Kinds that stand as text in a table.
const fn is_textual(kind: &Kind) -> bool {
    !matches!(
        kind,
        Kind::Integer { .. }
            | Kind::Decimal { .. }
            | Kind::Money { .. }
            | Kind::Bool
            | Kind::Date { .. }
            | Kind::Time
            | Kind::Ref { .. }
            | Kind::Subject
    )
}

fn kind_of(pack: &Pack, field: &Field, declared: bool) -> Option<(ColumnKind, bool)> {
    if field.sensitive.is_some() {
        return None;
    }
    let plain = matches!(field.kind, Kind::Text { .. } | Kind::LongText { .. });
    let words = is_textual(&field.kind) && (field.search || !declared && plain);
    let kind = match &field.kind {
        Kind::Code { list } => {
            let codes = pack.code_list(*list).values.iter().zip(0_u16..);
            return Some((
                ColumnKind::Code(codes.map(|(value, at)| (value.code.as_str().into(), at)).collect()),
                false,
            ));
        }
        Kind::Bool => ColumnKind::Bool,
        Kind::Date { .. } => ColumnKind::Day,
        Kind::Integer { .. } | Kind::Decimal { .. } | Kind::Money { .. } | Kind::Time => ColumnKind::Int,
        Kind::Ref { .. } | Kind::Subject => ColumnKind::Ref,
        Kind::Area { .. } => ColumnKind::Text,
        Kind::Text { max } if *max <= SHORT || words => ColumnKind::Text,
        _ if words => ColumnKind::Text,
        _ => return None,
    };
    Some((kind, words))
}
