//! Mechanisms, code lists, parameters, ledgers and fields.

use super::laws;
use super::node::{Node, Value};
use super::raw::{RawAgrees, RawCodes, RawField, RawKind, RawLabel, RawLedger, RawMechanism, RawParameter};
use super::reader::{Reader, Said, Word};
use crate::codes::Code;
use crate::fault::nearest;
use crate::model::{AreaLevel, Kind, Parameter, ParameterKind, Sensitive};
use crate::source::origin;

/// Names and what they stand for.
type Choices<T> = [(&'static str, T)];

/// The word of a key, one of a closed set.
pub(crate) fn choice<T: Copy>(reader: &Reader<'_>, key: &'static str, choices: &Choices<T>) -> Option<T> {
    let word = reader.word(key)?;
    chosen(reader, key, &word, choices)
}

/// The words of a key, each of a closed set.
pub(crate) fn choices<T: Copy>(reader: &Reader<'_>, key: &'static str, choices: &Choices<T>) -> Vec<T> {
    reader.words(key).iter().filter_map(|word| chosen(reader, key, word, choices)).collect()
}

fn chosen<T: Copy>(reader: &Reader<'_>, key: &'static str, word: &Word, choices: &Choices<T>) -> Option<T> {
    let found = choices.iter().find(|(name, _)| *name == word.value).map(|(_, choice)| *choice);
    if found.is_none() {
        let near = nearest(&word.value, choices.iter().map(|(name, _)| *name));
        reader.bench.fault(Code::BadValue, word.at, &[key.into(), word.value.as_str().into(), near.into()]);
    }
    found
}

pub(crate) fn mechanism(top: &Reader<'_>) -> Option<RawMechanism> {
    let reader = top.table("mechanism", ("[mechanism]", "[mechanism]"))?;
    let id = reader.need_id("id");
    if reader.get("order").is_none() {
        reader.missing("order");
    }
    let order = reader.int_within("order", 0, 999).and_then(|order| u16::try_from(order).ok()).unwrap_or(0);
    let raw = RawMechanism {
        id: id.unwrap_or(Said { value: String::new(), at: reader.at }),
        order,
        title: reader.need_text("title"),
        promise: reader.need_text("promise"),
        office: reader.need_text("office"),
        headline: reader.word("headline"),
        at: reader.at,
    };
    reader.done();
    Some(raw)
}

pub(crate) fn codes(top: &Reader<'_>, of_county: bool, into: &mut Vec<RawCodes>) {
    for (id, reader) in top.named("code", ("代码表", "the code list")) {
        let title =
            if of_county { reader.text("title").map(|said| said.value) } else { Some(reader.need_text("title")) };
        let standard = reader.word("standard").map(|word| word.value);
        let mut values = Vec::new();
        for (code, node) in reader.pairs("values") {
            let Some(value) = code_value(&reader, &code, node) else { continue };
            values.push(value);
        }
        if values.is_empty() {
            reader.bench.fault(Code::Empty, reader.key_at("values").unwrap_or(reader.at), &["values".into()]);
        }
        reader.done();
        into.push(RawCodes { id, of_county, title, standard, values });
    }
}

fn code_value(reader: &Reader<'_>, code: &Word, node: &Node) -> Option<(Word, crate::model::Text, Vec<String>)> {
    let inner = Reader::of(reader.bench, node, ("代码", "the code"), code.at)?;
    let mut title = crate::model::Text::default();
    for (key, called, into) in [("zh", ("中文 zh", "zh"), &mut title.zh), ("en", ("英文 en", "en"), &mut title.en)]
    {
        match inner.word(key) {
            Some(word) if !word.value.trim().is_empty() => *into = word.value,
            _ => reader.bench.fault(Code::MissingLanguage, code.at, &[code.value.as_str().into(), called.into()]),
        }
    }
    let aliases = inner.strings("aliases");
    inner.done();
    Some((code.clone(), title, aliases))
}

const PARAMETER_KINDS: [(&str, ParameterKind); 4] = [
    ("days", ParameterKind::Days),
    ("count", ParameterKind::Count),
    ("fen", ParameterKind::Fen),
    ("percent", ParameterKind::Percent),
];

pub(crate) fn parameters(top: &Reader<'_>, into: &mut Vec<RawParameter>) {
    for (id, reader) in top.named("parameter", ("参数", "the parameter")) {
        let title = reader.need_text("title");
        for key in ["kind", "default"] {
            if reader.get(key).is_none() {
                reader.missing(key);
            }
        }
        let kind = choice(&reader, "kind", &PARAMETER_KINDS).unwrap_or(ParameterKind::Count);
        let (min, max) = (reader.int("min").map(|n| n.value), reader.int("max").map(|n| n.value));
        let default = reader.int("default");
        if let Some(default) = &default
            && (min.is_some_and(|min| default.value < min) || max.is_some_and(|max| default.value > max))
        {
            let range = range_words(min, max);
            reader.bench.fault(
                Code::OutOfRange,
                default.at,
                &["default".into(), default.value.to_string().into(), range.into()],
            );
        }
        reader.done();
        let default = default.map_or(0, |default| default.value);
        let origin = origin(reader.bench.sources, id.at);
        let parameter = Parameter { id: id.value.clone(), title, kind, value: default, default, min, max, origin };
        into.push(RawParameter { id, parameter });
    }
}

/// `1 – 5`, with … for an open side.
pub(crate) fn range_words(min: Option<i64>, max: Option<i64>) -> String {
    let side = |bound: Option<i64>| bound.map_or("…".to_owned(), |bound| bound.to_string());
    format!("{} – {}", side(min), side(max))
}

/// Keys that describe a ledger; a county that only adds fields writes none of them.
const DESCRIBED: [&str; 11] =
    ["title", "row", "of", "period", "label", "area", "unique", "exactly", "alike", "doubtful", "mechanism"];

pub(crate) fn ledgers(top: &Reader<'_>, of_county: bool, into: &mut Vec<RawLedger>) {
    for (id, reader) in top.named("ledger", ("台账", "the ledger")) {
        let described = DESCRIBED.iter().find_map(|key| reader.key_at(key));
        // A county that writes nothing but fields extends a ledger; whether it exists is seen later.
        let extends = of_county && described.is_none();
        let title = if extends { None } else { Some(reader.text("title").map(|said| said.value).unwrap_or_default()) };
        let mut raw = RawLedger {
            id,
            of_county,
            described,
            lacks: Vec::new(),
            title,
            mechanism: if of_county { reader.word("mechanism") } else { None },
            rows: reader.strings("row"),
            of: reader.word("of"),
            period: reader.words("period"),
            label: labels(&reader),
            area: reader.word("area"),
            born: reader.word("born"),
            unique: laws::uniques(&reader),
            exactly: laws::exactly(&reader),
            alike: laws::alike(&reader),
            doubtful: laws::doubtful(&reader),
            fields: fields(&reader),
        };
        let lacking = [
            ("title", !extends && reader.get("title").is_none()),
            ("label", !extends && raw.label.is_empty()),
            ("fields", raw.fields.is_empty()),
        ];
        raw.lacks.extend(lacking.into_iter().filter(|(_, lacks)| *lacks).map(|(key, _)| key));
        reader.done();
        into.push(raw);
    }
}

fn labels(reader: &Reader<'_>) -> Vec<RawLabel> {
    let Some(node) = reader.get("label") else { return Vec::new() };
    let whole = std::slice::from_ref(node);
    let items = if let Value::List(items) = &node.value { items.as_slice() } else { whole };
    let mut parts = Vec::new();
    for item in items {
        match &item.value {
            Value::Text(value) => parts.push(RawLabel::Field(Said { value: value.clone(), at: item.at })),
            _ => {
                let Some(inner) = Reader::of(reader.bench, item, ("label", "label"), item.at) else { continue };
                let (of, predicate, show) = (inner.need_word("of"), inner.need_word("where"), inner.need_word("show"));
                inner.done();
                if let (Some(of), Some(predicate), Some(show)) = (of, predicate, show) {
                    parts.push(RawLabel::Owned { of, predicate, show });
                }
            }
        }
    }
    parts
}

const LEVELS: [(&str, AreaLevel); 7] = [
    ("province", AreaLevel::Province),
    ("city", AreaLevel::City),
    ("county", AreaLevel::County),
    ("town", AreaLevel::Town),
    ("village", AreaLevel::Village),
    ("site", AreaLevel::Site),
    ("building", AreaLevel::Building),
];

const KINDS: [&str; 17] = [
    "text",
    "long_text",
    "integer",
    "decimal",
    "money",
    "bool",
    "date",
    "time",
    "code",
    "ref",
    "area",
    "id_number",
    "phone",
    "point",
    "attachment",
    "photo",
    "subject",
];

/// The fields of a ledger or of a process.
pub(crate) fn fields(reader: &Reader<'_>) -> Vec<RawField> {
    let mut fields = Vec::new();
    for (id, field) in reader.named("fields", ("字段", "the field")) {
        let kind = kind(&field);
        let raw = RawField {
            id,
            title: field.need_text("title"),
            kind: kind.unwrap_or(RawKind::Plain(Kind::Text { max: 200 })),
            required: field.flag("required"),
            sensitive: choice(&field, "sensitive", &Sensitive::ALL),
            search: field.flag("search"),
            aliases: field.strings("aliases"),
            example: field.words("example"),
            agrees: agrees(&field),
            shares: laws::shares(&field),
        };
        field.done();
        fields.push(raw);
    }
    fields
}

fn agrees(field: &Reader<'_>) -> Option<RawAgrees> {
    if laws::is_listed(field.get("agrees")?) {
        return None;
    }
    let inner = field.table("agrees", ("agrees", "agrees"))?;
    let raw = RawAgrees { at: inner.at, birth: inner.word("birth"), sex: inner.word("sex") };
    inner.done();
    Some(raw)
}

fn kind(field: &Reader<'_>) -> Option<RawKind> {
    let word = field.need_word("kind")?;
    let characters = |most| field.int_within("max", 1, 100_000).and_then(|max| u32::try_from(max).ok()).unwrap_or(most);
    let unit = || field.word("unit").map(|word| word.value);
    Some(RawKind::Plain(match word.value.as_str() {
        "text" => Kind::Text { max: characters(200) },
        "long_text" => Kind::LongText { max: characters(4000) },
        "integer" => {
            let (min, max) = bounds(field, 0);
            Kind::Integer { min, max, unit: unit() }
        }
        "decimal" => {
            let scale = field.int_within("scale", 0, 6).and_then(|scale| u8::try_from(scale).ok()).unwrap_or(2);
            let (min, max) = bounds(field, scale);
            Kind::Decimal { scale, min, max, unit: unit() }
        }
        "money" => {
            let (min, max) = bounds(field, 0);
            Kind::Money { min, max }
        }
        "bool" => Kind::Bool,
        "date" => {
            return Some(RawKind::Date { not_after: field.word("not_after"), not_before: field.word("not_before") });
        }
        "time" => Kind::Time,
        "code" => return field.need_word("list").map(RawKind::Code),
        "ref" => return field.need_word("to").map(RawKind::Ref),
        "area" => {
            if field.get("level").is_none() {
                field.missing("level");
            }
            return Some(RawKind::Area(choice(field, "level", &LEVELS).unwrap_or(AreaLevel::Village)));
        }
        "id_number" => Kind::IdNumber,
        "phone" => Kind::Phone,
        "point" => Kind::Point,
        "attachment" | "photo" => Kind::Attachment,
        "subject" => Kind::Subject,
        other => {
            for key in ["max", "min", "scale", "unit", "list", "to", "level", "not_after", "not_before"] {
                field.get(key);
            }
            field.bench.fault(Code::BadValue, word.at, &["kind".into(), other.into(), nearest(other, KINDS).into()]);
            return None;
        }
    }))
}

fn bounds(field: &Reader<'_>, scale: u8) -> (Option<i64>, Option<i64>) {
    let bound = |key: &'static str| {
        let node = field.get(key)?;
        let value = match &node.value {
            Value::Int(number) => scaled(&number.to_string(), scale),
            Value::Float(words) => scaled(words, scale),
            other => {
                field.bench.fault(
                    Code::WrongType,
                    node.at,
                    &[key.into(), ("数", "a number").into(), other.called().into()],
                );
                return None;
            }
        };
        if value.is_none() {
            let args = [key.into(), "…".into(), format!("10^-{scale} × i64").into()];
            field.bench.fault(Code::OutOfRange, node.at, &args);
        }
        value
    };
    let (min, max) = (bound("min"), bound("max"));
    if let (Some(low), Some(high)) = (min, max)
        && low > high
    {
        let at = field.key_at("min").unwrap_or(field.at);
        field.bench.fault(
            Code::OutOfRange,
            at,
            &["min".into(), low.to_string().into(), range_words(None, Some(high)).into()],
        );
    }
    (min, max)
}

/// A decimal number as an integer scaled by 10^scale; `None` when digits would be lost or it is too large.
pub(crate) fn scaled(words: &str, scale: u8) -> Option<i64> {
    let (negative, digits) = match words.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, words.strip_prefix('+').unwrap_or(words)),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part = part.trim_end_matches('0');
    if whole.is_empty()
        || part.len() > usize::from(scale)
        || !whole.chars().chain(part.chars()).all(|c| c.is_ascii_digit())
    {
        return None;
    }
    let padded = format!("{}{whole}{part:0<width$}", if negative { "-" } else { "" }, width = usize::from(scale));
    padded.parse().ok()
}
