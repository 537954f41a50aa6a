//! A cell → a value of the field's kind, with the same faults as in a form, and those that only spreadsheets bring about.

use anju_pack::{DateBound, Field, Kind, Pack};
use anju_record::{Code, Problem, Value, day, is_blank, kind, token};

use crate::book::{Cell, plain_number};
use crate::column::{Column, Names};
use crate::measure::Measure;
use crate::rows::{FaultKind, Given};
use crate::xlsx::day_of_serial;

/// What people write to clear what is on file; a blank cell never does.
const CLEAR: &str = "清空";
/// What people write where there is nothing to say.
const NOTHING: [&str; 4] = ["无", "暂无", "没有", "n/a"];
/// What they draw there.
const MARKS: [char; 12] = ['-', '－', '–', '—', '―', '−', '─', '/', '／', '\\', '＼', '﹣'];
/// What stands for the part of a protected value that is not shown.
const MASK: &str = "****";

/// What a cell says for a field; `None` when it is blank, or says that there is nothing to say.
pub(crate) fn read(pack: &Pack, column: &Column<'_>, cell: &Cell, today: i32) -> Result<Option<Given>, Problem> {
    let Cell::Text(text) = cell else { return typed(pack, column, cell, today) };
    let of = |text: &str| typed(pack, column, &Cell::Text(text.into()), today);
    if matches!(column.field.kind, Kind::Text { .. } | Kind::LongText { .. }) {
        if is_mark(text) || (column.names != Names::Nothing && is_nothing(text)) {
            return nothing(column, text);
        }
        return after_quote(text).filter(|rest| is_number(rest)).map_or_else(|| typed(pack, column, cell, today), of);
    }
    // What a list knows such a word for, it is.
    typed(pack, column, cell, today).or_else(|problem| match after_quote(text) {
        _ if column.field.kind != Kind::Bool && is_nothing(text) => nothing(column, text),
        Some(rest) => of(rest).map_err(|_| problem),
        None => Err(problem),
    })
}

/// A word for nothing is a blank, but for what would then go with the row above.
fn nothing(column: &Column<'_>, word: &str) -> Result<Option<Given>, Problem> {
    match column.names {
        Names::Group => Err(Problem::new(Code::Required, word, [])),
        Names::Nothing | Names::Record => Ok(None),
    }
}

/// Whether a text says that there is nothing to say.
pub(crate) fn is_nothing(text: &str) -> bool {
    let word = text.trim_matches(is_blank);
    is_mark(word) || NOTHING.iter().any(|nothing| word.eq_ignore_ascii_case(nothing))
}

/// Dashes or strokes alone.
fn is_mark(text: &str) -> bool {
    text.chars().all(|sign| MARKS.contains(&sign) || is_blank(sign))
}

/// What stands behind the quote by which a number is kept as text.
fn after_quote(text: &str) -> Option<&str> {
    text.trim_start_matches(is_blank).strip_prefix(['\'', '’', '‘', '＇', '`'])
}

fn is_number(text: &str) -> bool {
    let sign = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'X' | b'x');
    text.starts_with(|first: char| first.is_ascii_digit()) && text.bytes().all(sign)
}

fn typed(pack: &Pack, column: &Column<'_>, cell: &Cell, today: i32) -> Result<Option<Given>, Problem> {
    let field = column.field;
    let value = match (cell, &field.kind) {
        (Cell::Empty, _) => return Ok(None),
        (Cell::TooLong(text), _) => {
            let shown: String = text.start.chars().take(60).collect();
            let args = [text.characters.to_string(), text.start.chars().count().to_string()];
            return Err(Problem::new(Code::TooLong, shown, args));
        }
        (Cell::NoResult, _) => return Err(Problem::new(Code::NoResult, "", [])),
        (Cell::Damaged, _) => return Err(Problem::new(Code::CellDamaged, "", [])),
        (Cell::Error(text), _) => return Err(Problem::new(Code::CellError, &**text, [])),
        (Cell::Text(text), kind) => {
            if is_clear(text) {
                return Ok(Some(Given::Clear));
            }
            if field.sensitive.is_some() && is_masked(kind, text) {
                return Err(Problem::new(Code::Masked, &**text, []));
            }
            parse(pack, column, text)?
        }
        (Cell::Date(day), Kind::Date { .. }) => Value::Date(*day),
        (Cell::Number(number), Kind::Date { .. }) => date(pack, &field.kind, *number)?,
        (Cell::Number(number), Kind::Time) if (0.0..1.0).contains(number) => {
            #[expect(clippy::cast_possible_truncation, reason = "minutes of a day")]
            let minutes = (number * 1440.0).round() as i64;
            checked(pack, &field.kind, Value::Int(minutes.min(1439)))?
        }
        (Cell::Bool(held), Kind::Bool) => Value::Bool(*held),
        (Cell::Number(number), Kind::IdNumber) if number.abs() >= 1e15 => {
            return Err(Problem::new(Code::IdPrecisionLost, plain_number(*number), []));
        }
        // A number that a spreadsheet took for a day.
        (Cell::Date(day), Kind::Integer { .. } | Kind::Decimal { .. } | Kind::Money { .. }) => {
            parse(pack, column, &(i64::from(*day) + 25_569).to_string())?
        }
        (Cell::Number(number), Kind::Code { list }) => code(pack, &field.kind, pack.code_list(*list), *number)?,
        (cell, _) => parse(pack, column, &cell.text())?,
    };
    if value == Value::Null {
        return Ok(None);
    }
    bounds(field, &value, today)?;
    Ok(Some(Given::Value(value)))
}

fn parse(pack: &Pack, column: &Column<'_>, text: &str) -> Result<Value, Problem> {
    let kind = &column.field.kind;
    match &column.measure {
        Measure::Own => parse_own(pack, kind, text),
        Measure::Money(power) => kind::parse_money(pack, kind, text, *power),
        other @ Measure::Other { .. } => {
            let value = kind::parse(pack, kind, text)?;
            other.fits(text).map(|()| value)
        }
    }
}

fn parse_own(pack: &Pack, kind: &Kind, text: &str) -> Result<Value, Problem> {
    match kind {
        Kind::IdNumber => kind::parse(pack, kind, text).map_err(|problem| lost(text).unwrap_or(problem)),
        Kind::Text { .. } => kind::parse(pack, kind, &closed_up(text)),
        _ => kind::parse(pack, kind, text),
    }
}

fn is_clear(text: &str) -> bool {
    let rest = text.trim_start_matches(is_blank).strip_prefix(CLEAR);
    rest.is_some_and(|rest| rest.chars().all(is_blank))
}

/// Whether a text is what a list shows of a protected value.
fn is_masked(kind: &Kind, text: &str) -> bool {
    match kind {
        Kind::IdNumber | Kind::Phone => memchr::memmem::find(text.as_bytes(), MASK.as_bytes()).is_some(),
        _ => text.trim_matches(is_blank) == MASK,
    }
}

fn checked(pack: &Pack, kind: &Kind, value: Value) -> Result<Value, Problem> {
    kind::check(pack, kind, &value).map(|()| value)
}

/// An ID number that a spreadsheet has rounded: in scientific form, or zeros where its last digits were.
fn lost(text: &str) -> Option<Problem> {
    let token = token(text).to_ascii_uppercase();
    let scientific = token.contains("E+") && token.starts_with(|c: char| c.is_ascii_digit());
    let zeros = token.len() == 18 && token.ends_with("000") && token.bytes().all(|byte| byte.is_ascii_digit());
    (scientific || zeros).then(|| Problem::new(Code::IdPrecisionLost, text, []))
}

/// Blanks between two characters of a short name only spread it out.
fn closed_up(text: &str) -> std::borrow::Cow<'_, str> {
    let text = text.trim_matches(is_blank);
    let wide = |c: &char| ('\u{4e00}'..='\u{9fff}').contains(c);
    let short = text.chars().count() <= 8;
    if short && text.contains(is_blank) && text.chars().all(|c| wide(&c) || is_blank(c)) {
        return text.chars().filter(|c| !is_blank(*c)).collect::<String>().into();
    }
    text.into()
}

fn date(pack: &Pack, kind: &Kind, number: f64) -> Result<Value, Problem> {
    let written = plain_number(number);
    let serial = day_of_serial(number).filter(|_| number < 100_000.0);
    match serial {
        Some(day) => Ok(Value::Date(day)),
        None => kind::parse(pack, kind, &written),
    }
}

/// A code that lost its leading zeros when it became a number.
fn code(pack: &Pack, kind: &Kind, list: &anju_pack::CodeList, number: f64) -> Result<Value, Problem> {
    let written = plain_number(number);
    let width = list.values.first().map_or(0, |value| value.code.len());
    let padded = format!("{written:0>width$}");
    if list.position(&written).is_none() && list.position(&padded).is_some() {
        return Ok(Value::Text(padded.into()));
    }
    kind::parse(pack, kind, &written)
}

/// Bounds that need nothing but today.
fn bounds(field: &Field, value: &Value, today: i32) -> Result<(), Problem> {
    match (&field.kind, value) {
        (Kind::Date { not_after, not_before }, Value::Date(date)) => {
            if *not_after == Some(DateBound::Today) && *date > today {
                return Err(Problem::new(Code::TooLate, day::format(*date), [day::format(today)]));
            }
            if *not_before == Some(DateBound::Today) && *date < today {
                return Err(Problem::new(Code::TooEarly, day::format(*date), [day::format(today)]));
            }
        }
        (Kind::IdNumber, Value::Text(number)) => {
            let birth = number.get(6..14).unwrap_or_default();
            if day::parse(birth).is_none_or(|born| born > today) {
                return Err(Problem::new(Code::IdBirthDate, &**number, [birth.to_owned()]));
            }
        }
        _ => {}
    }
    Ok(())
}

/// What kind of fault a problem of a field is.
pub(crate) const fn kind_of(problem: &Problem, kind: &Kind) -> FaultKind {
    match (problem.code, kind) {
        (Code::IdChecksum, _) => FaultKind::IdChecksum,
        (Code::IdPrecisionLost, _) => FaultKind::IdPrecisionLost,
        (Code::IdShape | Code::IdBirthDate, _) => FaultKind::IdShape,
        (Code::TooLate, Kind::Date { .. }) => FaultKind::DateInFuture,
        (Code::NotADate | Code::TooEarly, _) | (Code::CellError, Kind::Date { .. }) => FaultKind::BadDate,
        (Code::NotANumber | Code::TooPrecise | Code::NotWhole | Code::BelowMinimum | Code::AboveMaximum, _)
        | (Code::OtherUnit, _) => FaultKind::BadNumber,
        (Code::Required, _) => FaultKind::MissingKey,
        (Code::UnknownCode | Code::NotABool, _) => FaultKind::UnknownCode,
        (Code::NotAnArea, _) => FaultKind::UnknownReference,
        (Code::Masked, _) => FaultKind::Masked,
        _ => FaultKind::Other,
    }
}
