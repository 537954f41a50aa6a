//! Sensitive fields at rest: sealed text in the field's column, blind indexes beside it to find it by.

use std::fmt::Write as _;

use anju_pack::{Field, FieldIx, Kind, Ledger, LedgerIx, Pack};
use anju_record::{Record, Value, day, kind};
use anju_vault::Vault;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::schema::column_name;
use crate::sql::Column;

/// Characters of a number's end that it may be found by.
pub(crate) const TAIL: usize = 4;

/// How a field stands in its table: a sensitive one as sealed text.
pub(crate) const fn stored(field: &Field) -> Column {
    if field.sensitive.is_some() { Column::Text } else { Column::of(&field.kind) }
}

/// A sensitive field that may be found by its whole value.
pub(crate) fn is_indexed(ledger: &Ledger, ix: FieldIx) -> bool {
    let field = ledger.field(ix);
    field.sensitive.is_some()
        && (field.search || has_tail(field) || ledger.unique.iter().any(|unique| unique.fields.contains(&ix)))
}

/// A sensitive number that may also be found by its last four characters.
pub(crate) const fn has_tail(field: &Field) -> bool {
    field.sensitive.is_some() && matches!(field.kind, Kind::IdNumber | Kind::Phone)
}

fn beside(ledger: &Ledger, field: &Field, suffix: &str) -> String {
    let mut name = format!("{}_{suffix}", column_name(&field.id));
    while ledger.fields.iter().any(|other| *column_name(&other.id) == *name) {
        name.push('_');
    }
    name
}

/// The column of a field's blind index.
pub(crate) fn index_column(ledger: &Ledger, field: &Field) -> String {
    beside(ledger, field, "index")
}

/// The column of the blind index of a number's end.
pub(crate) fn tail_column(ledger: &Ledger, field: &Field) -> String {
    beside(ledger, field, "tail")
}

/// The column that tells equal values apart from others: the field's own, or its blind index.
pub(crate) fn distinct_column(ledger: &Ledger, field: &Field) -> String {
    if field.sensitive.is_some() { index_column(ledger, field) } else { column_name(&field.id).into_owned() }
}

/// What a field's blind indexes are made for. The record is not in it: equal values of a field have equal indexes.
pub(crate) fn exact(vault: &Vault, ledger: &Ledger, field: &Field, plain: &str) -> String {
    vault.index(&format!("{}.{}", ledger.id, field.id), plain)
}

/// The blind index of a number's end.
pub(crate) fn tail(vault: &Vault, ledger: &Ledger, field: &Field, end: &str) -> String {
    vault.index(&format!("{}.{}.tail", ledger.id, field.id), end)
}

/// One sensitive field of a ledger.
#[derive(Debug, Clone)]
pub(crate) struct SealedField {
    /// Its place among the ledger's fields.
    pub position: usize,
    /// Its column.
    pub name: String,
    /// How its values are when they are clear.
    pub column: Column,
    /// `ledger.field`.
    place: String,
    /// The column of its blind index.
    pub index: Option<String>,
    /// The column of its end's blind index.
    pub tail: Option<String>,
}

/// The sensitive fields of a ledger.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sealing {
    pub fields: Vec<SealedField>,
}

impl SealedField {
    pub fn of(ledger: &Ledger, position: usize) -> Option<Self> {
        ledger.fields.get(position)?.sensitive.is_some().then(|| Self::at(ledger, position))
    }

    /// The same for any field; nothing stands beside one that is not sensitive.
    pub fn at(ledger: &Ledger, position: usize) -> Self {
        let field = &ledger.fields[position];
        let ix = FieldIx(u16::try_from(position).unwrap_or(u16::MAX));
        Self {
            position,
            name: column_name(&field.id).into_owned(),
            column: Column::of(&field.kind),
            place: format!("{}.{}", ledger.id, field.id),
            index: is_indexed(ledger, ix).then(|| index_column(ledger, field)),
            tail: has_tail(field).then(|| tail_column(ledger, field)),
        }
    }

    /// What its text is bound to: this field of this record.
    fn context<'a>(&self, id: Uuid, buffer: &'a mut String) -> &'a str {
        buffer.clear();
        let _ = write!(buffer, "{}.{id}", self.place);
        buffer
    }

    /// Seals a value; null stays null.
    pub fn seal(&self, vault: &Vault, id: Uuid, value: &Value, buffer: &mut String) -> Value {
        match value {
            Value::Null => Value::Null,
            Value::Text(text) => Value::Text(vault.seal(self.context(id, buffer), text).into()),
            other => Value::Text(vault.seal(self.context(id, buffer), &kind::plain(other)).into()),
        }
    }

    /// Opens what stands in the column.
    pub fn open(&self, vault: &Vault, id: Uuid, sealed: &Value, buffer: &mut String) -> Result<Value> {
        let failed = |why| Error::Sealed { field: self.place.clone(), id, why };
        match sealed {
            Value::Null => Ok(Value::Null),
            Value::Text(text) => {
                let clear = vault.open_sealed(self.context(id, buffer), text).map_err(failed)?;
                typed(self.column, clear).ok_or(Error::Foreign { column: self.position, wanted: self.column.word() })
            }
            _ => Err(failed(anju_vault::VaultError::NotSealed)),
        }
    }

    /// The columns beside it, with their values.
    pub fn beside(&self, vault: &Vault, value: &Value) -> Vec<Value> {
        let plain = kind::plain(value);
        let index = self.index.iter().map(|_| vault.index(&self.place, &plain));
        let tail = self.tail.iter().map(|_| {
            let end = plain.char_indices().rev().nth(TAIL - 1).map_or(0, |(at, _)| at);
            vault.index(&format!("{}.tail", self.place), &plain[end..])
        });
        let held = *value != Value::Null;
        index.chain(tail).map(|text| if held { Value::Text(text.into()) } else { Value::Null }).collect()
    }

    /// Names of the columns beside it.
    pub fn beside_names(&self) -> impl Iterator<Item = &String> {
        self.index.iter().chain(&self.tail)
    }
}

/// A value from its plain form.
fn typed(column: Column, clear: String) -> Option<Value> {
    Some(match column {
        Column::Text => Value::Text(clear.into()),
        Column::Bool => Value::Bool(clear.parse().ok()?),
        Column::Int => Value::Int(clear.parse().ok()?),
        Column::Date => Value::Date(day::parse(&clear)?),
        Column::Id => Value::Id(clear.parse().ok()?),
    })
}

impl Sealing {
    pub fn of(pack: &Pack, ix: LedgerIx) -> Self {
        let ledger = pack.ledger(ix);
        Self { fields: (0..ledger.fields.len()).filter_map(|position| SealedField::of(ledger, position)).collect() }
    }

    /// Names of the columns that stand after the fields.
    pub fn beside_names(&self) -> impl Iterator<Item = &String> {
        self.fields.iter().flat_map(SealedField::beside_names)
    }

    /// Values as they stand in the table: the fields, sensitive ones sealed, then the columns beside them.
    pub fn seal(&self, vault: &Vault, id: Uuid, values: &[Value]) -> Vec<Value> {
        let mut stored = values.to_vec();
        let mut buffer = String::new();
        for field in &self.fields {
            if let Some(value) = stored.get_mut(field.position) {
                *value = field.seal(vault, id, value, &mut buffer);
            }
        }
        for field in &self.fields {
            stored.extend(field.beside(vault, values.get(field.position).unwrap_or(&Value::Null)));
        }
        stored
    }

    /// Opens the sensitive fields of a record as the table holds it.
    pub fn open(&self, vault: &Vault, mut record: Record) -> Result<Record> {
        self.open_in(vault, &mut record, &mut String::new())?;
        Ok(record)
    }

    pub fn open_in(&self, vault: &Vault, record: &mut Record, buffer: &mut String) -> Result<()> {
        for field in &self.fields {
            if let Some(value) = record.values.get_mut(field.position) {
                *value = field.open(vault, record.id, value, buffer)?;
            }
        }
        Ok(())
    }
}
