//! Draft → Valid: every fault of a record at once.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use anju_pack::{DateBound, Field, FieldIx, Kind, Ledger, LedgerIx, Pack, Text};
use uuid::Uuid;

use crate::{Code, Fault, Problem, Record, Value, day, kind};

/// What was given for a field, before anything is trusted.
#[derive(Debug, Clone, PartialEq)]
pub enum Raw {
    /// From a form or a cell.
    Text(String),
    /// From a JSON body.
    Json(serde_json::Value),
    /// Typed already; still checked.
    Value(Value),
}

impl From<&str> for Raw {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for Raw {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<Value> for Raw {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}
impl From<serde_json::Value> for Raw {
    fn from(json: serde_json::Value) -> Self {
        Self::Json(json)
    }
}

/// A record as somebody wants it: field id → what was given. Fields left out are empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Its ledger.
    pub ledger: LedgerIx,
    /// The record that is changed; `None` for a new one.
    pub id: Option<Uuid>,
    /// By field id.
    pub fields: BTreeMap<String, Raw>,
}

impl Draft {
    /// A new record.
    pub fn new(ledger: LedgerIx) -> Self {
        Self { ledger, id: None, fields: BTreeMap::new() }
    }

    /// A record as it stands, to be changed.
    pub fn edit(pack: &Pack, ledger: LedgerIx, record: &Record) -> Self {
        let fields = pack.ledger(ledger).fields.iter().zip(&record.values);
        Self {
            ledger,
            id: Some(record.id),
            fields: fields.map(|(field, value)| (field.id.clone(), Raw::Value(value.clone()))).collect(),
        }
    }

    /// Gives a field.
    #[must_use]
    pub fn set(mut self, field: impl Into<String>, raw: impl Into<Raw>) -> Self {
        self.fields.insert(field.into(), raw.into());
        self
    }
}

/// A record that has passed every check that needs no database. Only this crate makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Valid {
    ledger: LedgerIx,
    id: Uuid,
    values: Vec<Value>,
}

impl Valid {
    /// Its ledger.
    pub fn ledger(&self) -> LedgerIx {
        self.ledger
    }
    /// Its id.
    pub fn id(&self) -> Uuid {
        self.id
    }
    /// One value per field.
    pub fn values(&self) -> &[Value] {
        &self.values
    }
    /// Taken apart.
    pub fn into_values(self) -> Vec<Value> {
        self.values
    }
}

/// Checks a draft. A new record gets a UUIDv7.
///
/// # Errors
/// Every fault, in order of fields.
#[expect(
    clippy::disallowed_methods,
    reason = "an id orders and names, it is no date of the county and no rule reads it"
)]
pub fn validate(pack: &Pack, ledger: LedgerIx, draft: Draft, today: i32) -> Result<Valid, Vec<Fault>> {
    let definition = pack.ledger(ledger);
    let mut faults = Vec::new();
    let mut values = Vec::with_capacity(definition.fields.len());
    let Draft { id, mut fields, .. } = draft;
    for field in &definition.fields {
        let read = match fields.remove(&field.id) {
            None => Ok(Value::Null),
            Some(Raw::Text(text)) => kind::parse(pack, &field.kind, &text),
            Some(Raw::Json(json)) => kind::parse_json(pack, &field.kind, &json),
            Some(Raw::Value(value)) => kind::check(pack, &field.kind, &value).map(|()| value),
        };
        match read {
            Ok(Value::Null) if field.required => {
                faults.push(at(field, Problem::new(Code::Required, "", [])));
                values.push(Value::Null);
            }
            Ok(value) => values.push(value),
            Err(problem) => {
                faults.push(at(field, problem));
                values.push(Value::Null);
            }
        }
    }
    faults.extend(fields.into_keys().map(|path| {
        Problem::new(Code::UnknownField, path.as_str(), [])
            .at(path.as_str(), &Text { zh: path.clone(), en: path.clone() })
    }));
    between_fields(definition, &values, today, &mut faults);
    if faults.is_empty() { Ok(Valid { ledger, id: id.unwrap_or_else(Uuid::now_v7), values }) } else { Err(faults) }
}

/// Checks typed values, one per field in the ledger's order: the fast way for generators and readers of stored values.
///
/// # Errors
/// Every fault, in order of fields.
pub fn validate_values(
    pack: &Pack,
    ledger: LedgerIx,
    id: Uuid,
    values: Vec<Value>,
    today: i32,
) -> Result<Valid, Vec<Fault>> {
    let faults = faults_of_values(pack, ledger, &values, today);
    if faults.is_empty() { Ok(Valid { ledger, id, values }) } else { Err(faults) }
}

/// What keeps typed values from standing as a record: the faults of [`validate_values`]. One value per field of the ledger, in its order.
pub fn faults_of_values<V: Borrow<Value>>(pack: &Pack, ledger: LedgerIx, values: &[V], today: i32) -> Vec<Fault> {
    let definition = pack.ledger(ledger);
    let mut faults = Vec::new();
    if values.len() != definition.fields.len() {
        let problem =
            Problem::new(Code::WrongType, values.len().to_string(), [format!("{} values", definition.fields.len())]);
        return vec![problem.at("", &definition.title)];
    }
    for (field, value) in definition.fields.iter().zip(values.iter().map(Borrow::borrow)) {
        if *value == Value::Null {
            if field.required {
                faults.push(at(field, Problem::new(Code::Required, "", [])));
            }
        } else if let Err(problem) = kind::check(pack, &field.kind, value) {
            faults.push(at(field, problem));
        }
    }
    between_fields(definition, values, today, &mut faults);
    faults
}

fn at(field: &Field, problem: Problem) -> Fault {
    problem.at(field.id.as_str(), &field.title)
}

/// Bounds of dates, the order of a period, and births that have not happened yet.
fn between_fields<V: Borrow<Value>>(ledger: &Ledger, values: &[V], today: i32, faults: &mut Vec<Fault>) {
    let date_of = |ix: FieldIx| match values.get(usize::from(ix.0)).map(Borrow::borrow) {
        Some(Value::Date(date)) => Some(*date),
        _ => None,
    };
    let bound = |bound: &DateBound| match bound {
        DateBound::Today => Some(today),
        DateBound::Field(other) => date_of(*other),
    };
    for (field, value) in ledger.fields.iter().zip(values.iter().map(Borrow::borrow)) {
        match (&field.kind, value) {
            (Kind::Date { not_after, not_before }, Value::Date(date)) => {
                if let Some(latest) = not_after.as_ref().and_then(bound).filter(|latest| date > latest) {
                    faults.push(at(field, Problem::new(Code::TooLate, day::format(*date), [day::format(latest)])));
                }
                if let Some(earliest) = not_before.as_ref().and_then(bound).filter(|earliest| date < earliest) {
                    faults.push(at(field, Problem::new(Code::TooEarly, day::format(*date), [day::format(earliest)])));
                }
            }
            (Kind::IdNumber, Value::Text(number)) => {
                let birth = number.get(6..14).unwrap_or_default();
                if day::parse(birth).is_none_or(|born| born > today) {
                    faults.push(at(field, Problem::new(Code::IdBirthDate, number.to_string(), [birth.to_owned()])));
                }
            }
            _ => {}
        }
    }
    let Some(period) = ledger.period else { return };
    let (Some(start), Some(end_field)) = (date_of(period.start), period.end) else { return };
    let Some(end) = date_of(end_field).filter(|end| *end < start) else { return };
    let field = ledger.field(end_field);
    if !faults.iter().any(|fault| fault.path == field.id) {
        faults.push(at(field, Problem::new(Code::EndsBeforeStart, day::format(end), [day::format(start)])));
    }
}
