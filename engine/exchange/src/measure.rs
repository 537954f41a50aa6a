//! What the plain numbers of a column are measured in: its heading says so in brackets, and a line above the headings does for all money.

use anju_pack::{Field, Kind, Text, unit_in_words, unit_named};
use anju_record::kind::money_unit;
use anju_record::{Code, Problem, is_blank, token};

use crate::book::{Cell, GridRow};
use crate::heading::Heading;
use crate::recognise::ReadColumn;

/// What plain numbers are measured in; a number with a unit of its own keeps that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Measure {
    /// As the field is.
    Own,
    /// Money in a unit of so many powers of ten.
    Money(u8),
    /// In another unit than the field is: nobody converts it.
    Other {
        /// As the heading says.
        said: Text,
        /// As the field is.
        wanted: Text,
    },
}

impl Measure {
    /// What a column's heading says of a field; `above` is what a line above the headings says of money.
    pub fn of(field: &Field, column: &ReadColumn, above: Option<u8>) -> Self {
        match &field.kind {
            Kind::Money { .. } => Self::Money(in_brackets(column, money_unit).or(above).unwrap_or(0)),
            Kind::Integer { unit: Some(unit), .. } | Kind::Decimal { unit: Some(unit), .. } => {
                let own = unit_named(unit).unwrap_or(unit);
                let said = in_brackets(column, |word| unit_said(word, own)).filter(|(unit, _)| *unit != Some(own));
                said.map_or(Self::Own, |(_, said)| Self::Other { said, wanted: unit_in_words(unit) })
            }
            _ => Self::Own,
        }
    }

    /// Refuses a number that says no unit of its own where the heading says another than the field is in.
    pub fn fits(&self, number: &str) -> Result<(), Problem> {
        let Self::Other { said, wanted } = self else { return Ok(()) };
        let is_plain = token(number).bytes().all(|byte| byte.is_ascii_digit() || b"+-.,".contains(&byte));
        let told =
            [said, wanted].map(|unit| unit.zh.clone()).into_iter().chain([said, wanted].map(|unit| unit.en.clone()));
        if is_plain { Err(Problem::new(Code::OtherUnit, number, told)) } else { Ok(()) }
    }
}

/// The unit that a word names, as the pack language has it, and in words; thousands of one, or of the field's `own`, are a unit of another name.
fn unit_said(word: &str, own: &str) -> Option<(Option<&'static str>, Text)> {
    let known = unit_named(word).map(|unit| (Some(unit), unit_in_words(unit)));
    known.or_else(|| {
        let bare = word.trim_start_matches(['十', '百', '千', '万', '亿']);
        let is_unit = bare != word && (unit_named(bare).is_some() || bare == own);
        is_unit.then(|| (None, unit_in_words(word)))
    })
}

/// What is known of a word in the brackets of a heading, or of the one above it: `元` of `（单位：元/月）`.
fn in_brackets<T>(column: &ReadColumn, known: impl Fn(&str) -> Option<T>) -> Option<T> {
    let words = |heading: &String| {
        let inner = Heading::of(heading).inner;
        inner.iter().find_map(|said| said.split([':', ',', ';', '、']).find_map(|word| known(word.split('/').next()?)))
    };
    words(&column.heading).or_else(|| column.group.as_ref().and_then(words))
}

/// What the line nearest above the headings that says it says of all money: 4 of `金额单位：万元`.
pub(crate) fn above(rows: &[GridRow], header_rows: &[u32]) -> Option<u8> {
    let first = header_rows.first().copied().unwrap_or(0);
    let above = &rows[..rows.partition_point(|row| row.number < first)];
    let said = |cell: &Cell| if let Cell::Text(text) = cell { money_said(text) } else { None };
    above.iter().rev().find_map(|row| row.cells.iter().rev().find_map(said))
}

/// The only unit of money behind `单位：`, alone or among other units, in a line or a title.
fn money_said(text: &str) -> Option<u8> {
    if !text.contains("单位") {
        return None;
    }
    let goes_on = [':', ',', ';', '、'];
    let mut line = String::with_capacity(text.len());
    for word in text.split(is_blank).filter(|word| !word.is_empty()) {
        if !line.ends_with(goes_on) {
            line.push(' ');
        }
        line.push_str(&token(word));
    }
    let mut pieces = line.split([' ', '(', ')', '[', ']', '【', '】', '.']);
    pieces.find_map(|piece| {
        let (_, units) = piece.rsplit_once("单位:")?;
        let mut powers = units.split([',', ';', '、', '/']).filter_map(money_unit);
        let first = powers.next()?;
        powers.all(|power| power == first).then_some(first)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_the_unit_of_money_in_any_dress() {
        for text in [
            "单位：万元",
            "单位:万元",
            "金额单位： 万元",
            "收入统计表（单位：万元）",
            "填报单位：某某镇  单位：户、人、万元   2020年5月",
            "单位：人，万元/年",
        ] {
            assert_eq!(money_said(text), Some(4), "{text}");
        }
        assert_eq!((money_said("单位：元"), money_said("计量单位：千元。")), (Some(0), Some(3)));
        for text in ["填报单位：万元镇", "单位：户、人", "单位：元、万元", "用工单位 万元", "万元"]
        {
            assert_eq!(money_said(text), None, "{text}");
        }
    }
}
