//! Rows that show how a sheet is filled in, and that nobody takes for real.

use anju_pack::predicate::{Comparison, Literal, Operand, Predicate};
use anju_pack::{Field, FieldIx, Kind, Ledger, Pack, Sheet};
use anju_record::{Lang, day, kind};

use super::columns::SheetColumn;
use crate::recognise::Target;

/// Sample rows of a template.
pub(super) const SAMPLES: usize = 2;
/// What samples are called where nobody says what: in Chinese, in English.
pub(crate) const MADE_UP: [[&str; SAMPLES]; 2] = [["示例甲", "示例乙"], ["Example A", "Example B"]];
/// What the ID numbers of samples begin with: no place has that code.
pub(crate) const NOWHERE: &str = "990000";
/// Days of birth of the samples, the second one a woman's.
const BIRTHS: [&str; SAMPLES] = ["19800101", "19851231"];

/// What a sample row writes into a column; nothing where a blank means: as above.
pub(super) fn value(pack: &Pack, sheet: &Sheet, column: &SheetColumn, nth: usize, lang: Lang) -> String {
    let ledger = pack.ledger(column.ledger);
    let field = ledger.field(column.field);
    if (!column.required && is_of_end(ledger, column.field)) || (nth > 0 && sheet.is_carried(column.path)) {
        return String::new();
    }
    // What may stay blank, and of which nobody said what is true of a sample, stays blank: made up, it would contradict the rest.
    let blank = !column.required && !matches!(field.kind, Kind::IdNumber | Kind::Phone);
    let target = Target { path: column.path, ledger: column.ledger, field: column.field };
    let one = match told(pack, sheet, target, nth, lang).into_iter().flatten().next() {
        Some(told) => told,
        None if blank => return String::new(),
        None => plain(pack, field, nth, lang),
    };
    if matches!(field.kind, Kind::Text { .. }) { text(sheet, column.path, one) } else { one }
}

/// Whatever the sample rows of any template write into a column that fills a field.
pub(crate) fn values(pack: &Pack, sheet: &Sheet, target: Target) -> Vec<String> {
    let field = pack.ledger(target.ledger).field(target.field);
    let mut values = Vec::new();
    for (nth, lang) in (0..SAMPLES).flat_map(|nth| [(nth, Lang::Zh), (nth, Lang::En)]) {
        let told = told(pack, sheet, target, nth, lang).into_iter().flatten();
        for one in told.chain([plain(pack, field, nth, lang)]).filter(|one| !one.is_empty()) {
            values.extend([text(sheet, target.path, one.clone()), one]);
        }
    }
    values
}

/// What somebody says of a sample, what counts most first: its number, the rows of its group, the field's own examples.
fn told(pack: &Pack, sheet: &Sheet, target: Target, nth: usize, lang: Lang) -> [Option<String>; 3] {
    let ledger = pack.ledger(target.ledger);
    let field = ledger.field(target.field);
    let shown = |one: String| match &field.kind {
        Kind::Code { list } => code(pack.code_list(*list), &one, lang),
        _ => one,
    };
    let by_number = told_by_number(ledger, target.field, nth);
    let of_group = match &field.kind {
        Kind::Code { list } if target.path == 0 => exactly(sheet, target.field).map(|wanted| {
            let list = pack.code_list(*list);
            let other = list.values.iter().find(|value| value.code != wanted && list.values.len() > 1);
            let other = other.filter(|_| nth > 0).map_or(wanted, |value| value.code.as_str());
            other.to_owned()
        }),
        _ => None,
    };
    [by_number, of_group, field.example.get(nth).cloned()].map(|one| one.map(shown))
}

/// A name, or two where a cell may name several.
fn text(sheet: &Sheet, path: u16, one: String) -> String {
    if sheet.many != Some(path) {
        return one;
    }
    // Of 9900001 and 9900002 the others are 9900003 and 9900004.
    let other = match one.char_indices().next_back() {
        Some((at, last @ '0'..='7')) => format!("{}{}", &one[..at], char::from(last as u8 + 2)),
        _ => format!("{one}2"),
    };
    format!("{one}、{other}")
}

/// Whether a field is the end of a period, or is asked for once that is given: a sample has not ended.
pub(super) fn is_of_end(ledger: &Ledger, field: FieldIx) -> bool {
    let end = ledger.period.and_then(|period| period.end);
    let asked = |end| ledger.doubtful.iter().any(|doubt| doubt.at == field && doubt.fields.contains(&end));
    end.is_some_and(|end| end == field || asked(end))
}

/// Day of birth and sex as the sample's ID number says them.
fn told_by_number(ledger: &Ledger, field: FieldIx, nth: usize) -> Option<String> {
    let agrees = ledger
        .fields
        .iter()
        .filter_map(|field| field.agrees)
        .find(|agrees| agrees.birth == Some(field) || agrees.sex == Some(field))?;
    if agrees.sex == Some(field) {
        return Some(if nth == 0 { "1" } else { "2" }.to_owned());
    }
    day::parse(BIRTHS[nth % SAMPLES]).map(day::format)
}

/// The code that exactly one row of a group has.
fn exactly(sheet: &Sheet, field: FieldIx) -> Option<&str> {
    sheet.exactly.iter().find_map(|exactly| equal_to(&exactly.one, field))
}

fn equal_to(predicate: &Predicate, field: FieldIx) -> Option<&str> {
    match predicate {
        Predicate::And(parts) => parts.iter().find_map(|part| equal_to(part, field)),
        Predicate::Compare(Operand::Field(place), Comparison::Eq, Operand::Literal(Literal::Text(code)))
            if place.path.is_empty() && place.field == field =>
        {
            Some(code)
        }
        _ => None,
    }
}

fn code(list: &anju_pack::CodeList, code: &str, lang: Lang) -> String {
    list.values
        .iter()
        .find(|value| value.code == code)
        .map(|value| lang.of(&value.title).to_owned())
        .unwrap_or_default()
}

fn plain(pack: &Pack, field: &Field, nth: usize, lang: Lang) -> String {
    let zh = lang == Lang::Zh;
    match &field.kind {
        Kind::Text { max } | Kind::LongText { max } => {
            let words = if zh { MADE_UP[0][nth % SAMPLES] } else { MADE_UP[1][nth % SAMPLES] };
            words.chars().take(usize::try_from(*max).unwrap_or(usize::MAX)).collect()
        }
        Kind::Point | Kind::Ref { .. } | Kind::Subject | Kind::Attachment => String::new(),
        Kind::Integer { min, max, .. } => bounded(nth, 0, *min, *max),
        Kind::Decimal { scale, min, max, .. } => bounded(nth, *scale, *min, *max),
        Kind::Money { min, max } => bounded(1200 + nth, 2, *min, *max),
        Kind::Bool => match (zh, nth) {
            (true, 0) => "是",
            (true, _) => "否",
            (false, 0) => "yes",
            (false, _) => "no",
        }
        .to_owned(),
        Kind::Date { .. } => ["2019-06-01", "2019-06-02"][nth % SAMPLES].to_owned(),
        Kind::Time => "09:30".to_owned(),
        Kind::Code { list } => {
            let values = &pack.code_list(*list).values;
            values.get(nth % values.len().max(1)).map(|value| lang.of(&value.title).to_owned()).unwrap_or_default()
        }
        Kind::Area { level } => {
            let below = level.digits() - 2;
            format!("99{:0>below$}", nth + 1).chars().take(level.digits()).collect()
        }
        Kind::IdNumber => id_number(nth),
        Kind::Phone => format!("1000000000{}", nth + 1),
    }
}

/// A number within its bounds.
fn bounded(nth: usize, scale: u8, min: Option<i64>, max: Option<i64>) -> String {
    let one = 10_i64.pow(u32::from(scale.min(6)));
    let wanted = i64::try_from(nth + 1).unwrap_or(1).saturating_mul(one);
    let number = wanted.max(min.unwrap_or(i64::MIN)).min(max.unwrap_or(i64::MAX));
    let mut digits = Vec::new();
    super::super::cell::push_number(&mut digits, i128::from(number), scale);
    String::from_utf8_lossy(&digits).into_owned()
}

/// An ID number that is well formed and that nobody has: no place begins with 99.
fn id_number(nth: usize) -> String {
    let number = format!("{NOWHERE}{}00{}", BIRTHS[nth % SAMPLES], nth + 1);
    let check = kind::checksum(&number).unwrap_or('X');
    format!("{number}{check}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sample_numbers_are_well_formed_and_nobodys() {
        for nth in 0..SAMPLES {
            let number = id_number(nth);
            assert_eq!(number.len(), 18);
            assert!(number.starts_with("99") && number.ends_with(kind::checksum(&number).unwrap()));
        }
        assert_eq!(bounded(0, 2, Some(500), None), "5.00");
        assert_eq!(bounded(1, 0, None, Some(1)), "1");
    }
}
