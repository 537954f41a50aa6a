//! A TOML document as an owned tree that knows where each value stands.

use toml::de::{DeTable, DeValue};

use crate::codes::Code;
use crate::fault::Bench;
use crate::source::Spot;

/// A value.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub at: Spot,
    pub value: Value,
}

/// What a value is. Numbers with a point keep their words, so that no digit is lost.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Text(String),
    Int(i64),
    Float(String),
    Bool(bool),
    Date(String),
    List(Vec<Node>),
    Table(Vec<(Key, Node)>),
}

/// A key of a table, in file order.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub name: String,
    pub at: Spot,
}

impl Value {
    /// What it is called in a fault.
    pub const fn called(&self) -> (&'static str, &'static str) {
        match self {
            Self::Text(_) => ("文本", "text"),
            Self::Int(_) => ("整数", "an integer"),
            Self::Float(_) => ("小数", "a decimal number"),
            Self::Bool(_) => ("true / false", "true / false"),
            Self::Date(_) => ("日期", "a date"),
            Self::List(_) => ("列表", "a list"),
            Self::Table(_) => ("表", "a table"),
        }
    }
}

/// Reads a document; `None` (and faults) when it is not TOML.
pub(crate) fn parse(bench: &Bench<'_>, file: u16, text: &str) -> Option<Node> {
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let span = error.span().unwrap_or(0..0);
        let at = Spot { file, start: span.start, end: span.end };
        bench.fault(Code::NotToml, at, &[error.message().into()]);
    }
    if !errors.is_empty() {
        return None;
    }
    let at = Spot { file, start: 0, end: 0 };
    Some(Node { at, value: Value::Table(table(bench, file, document.get_ref())) })
}

fn table(bench: &Bench<'_>, file: u16, table: &DeTable<'_>) -> Vec<(Key, Node)> {
    let mut entries: Vec<(Key, Node)> = table
        .iter()
        .map(|(key, value)| {
            let span = key.span();
            let key = Key { name: key.get_ref().to_string(), at: Spot { file, start: span.start, end: span.end } };
            let node = convert(bench, file, value.get_ref(), value.span());
            (key, node)
        })
        .collect();
    entries.sort_by_key(|(key, _)| key.at.start);
    entries
}

fn convert(bench: &Bench<'_>, file: u16, value: &DeValue<'_>, span: std::ops::Range<usize>) -> Node {
    let at = Spot { file, start: span.start, end: span.end };
    let value = match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => {
            Value::Int(i64::from_str_radix(number.as_str(), number.radix()).unwrap_or_else(|_| {
                bench.fault(
                    Code::OutOfRange,
                    at,
                    &[("数", "the number").into(), number.as_str().into(), "-2^63 – 2^63-1".into()],
                );
                0
            }))
        }
        DeValue::Float(number) => Value::Float(number.as_str().to_owned()),
        DeValue::Boolean(value) => Value::Bool(*value),
        DeValue::Datetime(date) => Value::Date(date.to_string()),
        DeValue::Array(items) => {
            Value::List(items.iter().map(|item| convert(bench, file, item.get_ref(), item.span())).collect())
        }
        DeValue::Table(entries) => Value::Table(table(bench, file, entries)),
    };
    Node { at, value }
}
