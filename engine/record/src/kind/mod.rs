//! Field kinds, one file each: text → value, value → text, and whether a value may stand.

mod area;
mod attachment;
mod boolean;
mod code;
mod date;
mod decimal;
mod id_number;
mod integer;
mod long_text;
mod money;
mod number;
mod phone;
mod point;
mod reference;
mod subject;
mod text;
mod time_of_day;

use std::borrow::Cow;

use anju_pack::{FieldIx, Kind, LabelPart, LedgerIx, Pack};

pub use id_number::checksum;
pub use money::money_unit;

use crate::{Code, Lang, Problem, Value, clean, day};

/// What those of a record's own fields say that name it and that nothing protects; empty if none does. `value` tells the value of a field.
pub fn own_name<'v>(pack: &Pack, ledger: LedgerIx, value: impl Fn(FieldIx) -> Option<&'v Value>) -> String {
    own_name_in(pack, ledger, Lang::Zh, value)
}

/// The same in a language: a name may hold what a code is called.
pub fn own_name_in<'v>(
    pack: &Pack,
    ledger: LedgerIx,
    lang: Lang,
    value: impl Fn(FieldIx) -> Option<&'v Value>,
) -> String {
    let ledger = pack.ledger(ledger);
    let words = |part: &LabelPart| {
        let LabelPart::Field(at) = part else { return None };
        let field = ledger.field(*at);
        let is_own = field.sensitive.is_none() && !matches!(field.kind, Kind::Ref { .. } | Kind::Subject);
        match value(*at) {
            Some(value) if is_own && *value != Value::Null => Some(format(pack, &field.kind, value, lang)),
            _ => None,
        }
    };
    let mut words = ledger.label.iter().filter_map(words);
    let mut name = words.next().unwrap_or_default();
    words.for_each(|word| name.extend([" ", &word]));
    name
}

/// Reads what a form, a sheet or a person wrote. Blank is null. The result has passed [`check`].
pub fn parse(pack: &Pack, kind: &Kind, raw: &str) -> Result<Value, Problem> {
    if raw.chars().all(clean::is_blank) {
        return Ok(Value::Null);
    }
    let value = match kind {
        Kind::Text { .. } => text::parse(raw),
        Kind::LongText { .. } => long_text::parse(raw),
        Kind::Integer { unit, .. } => integer::parse(raw, unit.as_deref())?,
        Kind::Decimal { scale, unit, .. } => decimal::parse(raw, *scale, unit.as_deref())?,
        Kind::Money { .. } => money::parse(raw, 0)?,
        Kind::Bool => boolean::parse(raw)?,
        Kind::Date { .. } => date::parse(raw)?,
        Kind::Time => time_of_day::parse(raw)?,
        Kind::Code { list } => code::parse(pack.code_list(*list), raw)?,
        Kind::Ref { .. } => reference::parse(raw)?,
        Kind::Area { level } => area::parse(raw, *level)?,
        Kind::IdNumber => id_number::parse(raw)?,
        Kind::Phone => phone::parse(raw)?,
        Kind::Point => point::parse(raw)?,
        Kind::Attachment => attachment::parse(raw)?,
        Kind::Subject => subject::parse(raw)?,
    };
    check(pack, kind, &value)?;
    Ok(value)
}

/// As [`parse`] of money where plain numbers are written in a unit of so many powers of ten, as [`money_unit`] has it.
pub fn parse_money(pack: &Pack, kind: &Kind, raw: &str, power: u8) -> Result<Value, Problem> {
    if power == 0 || raw.chars().all(clean::is_blank) {
        return parse(pack, kind, raw);
    }
    let value = money::parse(raw, power)?;
    check(pack, kind, &value)?;
    Ok(value)
}

/// Reads a JSON value: numbers, booleans and null as themselves, text as [`parse`] reads it.
pub fn parse_json(pack: &Pack, kind: &Kind, json: &serde_json::Value) -> Result<Value, Problem> {
    match (json, kind) {
        (serde_json::Value::Null, _) => Ok(Value::Null),
        (serde_json::Value::String(text), _) => parse(pack, kind, text),
        (serde_json::Value::Bool(held), Kind::Bool) => Ok(Value::Bool(*held)),
        (
            serde_json::Value::Number(number),
            Kind::Integer { .. } | Kind::Decimal { .. } | Kind::Money { .. } | Kind::Phone | Kind::Code { .. },
        ) => parse(pack, kind, &number.to_string()),
        _ => Err(Problem::new(Code::WrongType, json.to_string(), [name(kind).to_owned()])),
    }
}

/// Whether a typed value may stand in a field of this kind. Null always may; `required` is the record's matter.
pub fn check(pack: &Pack, kind: &Kind, value: &Value) -> Result<(), Problem> {
    match (kind, value) {
        (_, Value::Null) => Ok(()),
        (Kind::Text { max }, Value::Text(text)) => text::check(text, *max),
        (Kind::LongText { max }, Value::Text(text)) => long_text::check(text, *max),
        (Kind::Integer { min, max, .. }, Value::Int(number)) => number::bounds(*number, 0, *min, *max),
        (Kind::Decimal { scale, min, max, .. }, Value::Int(number)) => number::bounds(*number, *scale, *min, *max),
        (Kind::Money { min, max }, Value::Int(fen)) => number::bounds(*fen, 2, *min, *max),
        (Kind::Bool, Value::Bool(_)) | (Kind::Ref { .. } | Kind::Subject, Value::Id(_)) => Ok(()),
        (Kind::Date { .. }, Value::Date(date)) => date::check(*date),
        (Kind::Time, Value::Int(minutes)) => time_of_day::check(*minutes),
        (Kind::Code { list }, Value::Text(text)) => code::check(pack.code_list(*list), text),
        (Kind::Area { level }, Value::Text(text)) => area::check(text, *level),
        (Kind::IdNumber, Value::Text(text)) => id_number::check(text),
        (Kind::Phone, Value::Text(text)) => phone::check(text),
        (Kind::Point, Value::Text(text)) => point::check(text),
        (Kind::Attachment, Value::Text(text)) => attachment::check(text),
        _ => Err(Problem::new(Code::WrongType, plain(value), [name(kind).to_owned()])),
    }
}

/// What is shown for a value; what [`parse`] reads back as the same value.
pub fn format(pack: &Pack, kind: &Kind, value: &Value, lang: Lang) -> String {
    match (kind, value) {
        (Kind::Decimal { scale, .. }, Value::Int(number)) => number::format(*number, *scale),
        (Kind::Money { .. }, Value::Int(fen)) => number::format(*fen, 2),
        (Kind::Time, Value::Int(minutes)) => time_of_day::format(*minutes),
        (Kind::Bool, Value::Bool(held)) => boolean::format(*held, lang).to_owned(),
        (Kind::Code { list }, Value::Text(text)) => code::format(pack.code_list(*list), text, lang),
        _ => plain(value),
    }
}

/// A value without its kind: for messages and keys.
pub fn plain(value: &Value) -> String {
    text_of(value).into_owned()
}

/// As [`plain`]; texts are not copied.
pub fn text_of(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => "".into(),
        Value::Bool(held) => held.to_string().into(),
        Value::Int(number) => number.to_string().into(),
        Value::Text(text) => Cow::Borrowed(text),
        Value::Date(date) => day::format(*date).into(),
        Value::Id(id) => id.to_string().into(),
    }
}

/// The kind's name in the pack language.
pub const fn name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Text { .. } => "text",
        Kind::LongText { .. } => "long_text",
        Kind::Integer { .. } => "integer",
        Kind::Decimal { .. } => "decimal",
        Kind::Money { .. } => "money",
        Kind::Bool => "bool",
        Kind::Date { .. } => "date",
        Kind::Time => "time",
        Kind::Code { .. } => "code",
        Kind::Ref { .. } => "ref",
        Kind::Area { .. } => "area",
        Kind::IdNumber => "id_number",
        Kind::Phone => "phone",
        Kind::Point => "point",
        Kind::Attachment => "attachment",
        Kind::Subject => "subject",
    }
}
