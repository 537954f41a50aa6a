//! What a table is made of: columns with a kind, cells that fit them.

use std::borrow::Cow;

use anju_pack::{Field, Kind};
use anju_record::Lang;

/// Characters that a spreadsheet takes in one cell.
pub(super) const LONGEST: usize = 32_767;

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Words; also numbers that nobody calculates with: ID numbers, telephones, codes.
    Text,
    /// Figures with so many digits after the point.
    Number {
        /// Digits after the point.
        scale: u8,
    },
    /// Days.
    Date,
    /// Whole fen, shown as yuan with two decimals.
    Money,
}

impl ColumnKind {
    /// Digits after the point.
    pub(super) const fn scale(self) -> u8 {
        match self {
            Self::Number { scale } => scale,
            Self::Money => 2,
            Self::Text | Self::Date => 0,
        }
    }

    /// Whether a total of it says something.
    pub(super) const fn adds_up(self) -> bool {
        matches!(self, Self::Number { .. } | Self::Money)
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableColumn {
    /// Its heading.
    pub title: String,
    /// What its cells hold.
    pub kind: ColumnKind,
    /// How wide, in digits.
    pub width: u16,
}

impl TableColumn {
    /// The column of a field. A sensitive field's is text: its values come masked.
    pub fn of(field: &Field, lang: Lang) -> Self {
        let (kind, width) = match &field.kind {
            _ if field.sensitive.is_some() => (ColumnKind::Text, 20),
            Kind::Integer { .. } => (ColumnKind::Number { scale: 0 }, 10),
            Kind::Decimal { scale, .. } => (ColumnKind::Number { scale: *scale }, 12),
            Kind::Money { .. } => (ColumnKind::Money, 14),
            Kind::Date { .. } => (ColumnKind::Date, 12),
            Kind::Bool | Kind::Time => (ColumnKind::Text, 8),
            Kind::IdNumber => (ColumnKind::Text, 21),
            Kind::Phone => (ColumnKind::Text, 14),
            Kind::Code { .. } => (ColumnKind::Text, 14),
            Kind::LongText { .. } => (ColumnKind::Text, 40),
            Kind::Ref { .. } | Kind::Area { .. } | Kind::Subject => (ColumnKind::Text, 24),
            Kind::Text { max } => (ColumnKind::Text, if *max <= 60 { 14 } else { 24 }),
            Kind::Point | Kind::Attachment => (ColumnKind::Text, 20),
        };
        let title = lang.of(&field.title).to_owned();
        let width = width.max(wide(&title).saturating_add(2)).min(60);
        Self { title, kind, width }
    }

    /// A column of words.
    pub fn text(title: impl Into<String>, width: u16) -> Self {
        Self { title: title.into(), kind: ColumnKind::Text, width }
    }
}

/// How wide a text stands, in digits: a Chinese character takes two.
pub(super) fn wide(text: &str) -> u16 {
    text.chars().fold(0_u16, |sum, sign| sum.saturating_add(if u32::from(sign) >= 0x1100 { 2 } else { 1 }))
}

/// What stands around the rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableHead {
    /// Name of the sheet.
    pub name: String,
    /// Stands across the top of a report; a list that is to be read in again has none.
    pub title: Option<String>,
    /// Under the title, to the left: who files it, in which unit.
    pub unit: Option<String>,
    /// Under the title, to the right: for which time.
    pub period: Option<String>,
    /// Under the rows: who filled it in, who checked it.
    pub signature: Option<String>,
    /// What the row of totals is called, if there is to be one.
    pub totals: Option<String>,
    /// The columns.
    pub columns: Vec<TableColumn>,
}

/// A cell to be written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum CellOut<'a> {
    /// Nothing.
    #[default]
    Empty,
    /// Words, never a formula.
    Text(Cow<'a, str>),
    /// A figure scaled as its column says; fen in a column of money.
    Number(i64),
    /// Days since 1970-01-01.
    Date(i32),
}

impl From<String> for CellOut<'_> {
    fn from(text: String) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(Cow::Owned(text)) }
    }
}

impl<'a> From<&'a str> for CellOut<'a> {
    fn from(text: &'a str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(Cow::Borrowed(text)) }
    }
}

/// Signs by which a spreadsheet may take words for a formula.
const RUN: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A spreadsheet that opens a text file must not take words for a formula.
pub fn neutral(text: &str) -> Cow<'_, str> {
    if text.starts_with(RUN) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The words that [`neutral`] made safe.
pub(crate) fn unneutral(text: &str) -> &str {
    text.strip_prefix('\'').filter(|words| words.starts_with(RUN)).unwrap_or(text)
}

/// A scaled figure with its point, exact.
pub(super) fn push_number(into: &mut Vec<u8>, number: i128, scale: u8) {
    if number < 0 {
        into.push(b'-');
    }
    let (mut digits, mut at) = ([b'0'; 48], 48);
    let (mut rest, scale) = (number.unsigned_abs(), usize::from(scale).min(18));
    let mut written = 0;
    while rest > 0 || written <= scale {
        if scale > 0 && written == scale {
            at -= 1;
            digits[at] = b'.';
        }
        at -= 1;
        digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
        written += 1;
    }
    into.extend_from_slice(&digits[at..]);
}

/// A text no longer than a cell takes; one that was cut ends with an ellipsis.
pub(super) fn fitting(text: &str) -> Cow<'_, str> {
    // Spreadsheets count UTF-16 units, and there are never more of them than bytes.
    if text.len() <= LONGEST || text.encode_utf16().count() <= LONGEST {
        return Cow::Borrowed(text);
    }
    let mut units = 0;
    let kept = text.chars().take_while(|sign| {
        units += sign.len_utf16();
        units < LONGEST
    });
    Cow::Owned(kept.chain(['…']).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(number: i128, scale: u8) -> String {
        let mut into = Vec::new();
        push_number(&mut into, number, scale);
        String::from_utf8(into).unwrap()
    }

    #[test]
    fn figures_keep_every_digit() {
        assert_eq!(written(0, 0), "0");
        assert_eq!(written(5, 2), "0.05");
        assert_eq!(written(-5, 2), "-0.05");
        assert_eq!(written(123_456, 2), "1234.56");
        assert_eq!(written(i128::from(i64::MIN), 6), "-9223372036854.775808");
        assert_eq!(written(1_000_000, 6), "1.000000");
    }

    #[test]
    fn words_that_a_spreadsheet_would_run_are_quoted() {
        for words in ["=1+1", "+86", "-x", "@SUM(A1)", "\t=1", "\r=1", "＝1"] {
            assert_eq!(neutral(words), format!("'{words}"));
            assert_eq!(unneutral(&neutral(words)), words);
        }
        assert_eq!(neutral("王秀英"), "王秀英");
        assert_eq!(["王秀英", "'90", "''=1", "'"].map(unneutral), ["王秀英", "'90", "''=1", "'"]);
    }

    #[test]
    fn a_text_longer_than_a_cell_is_cut_and_says_so() {
        assert_eq!(fitting("短"), "短");
        let long = "长".repeat(LONGEST + 5);
        assert_eq!(fitting(&long).encode_utf16().count(), LONGEST);
        assert!(fitting(&long).ends_with('…'));
        assert_eq!(fitting(&"长".repeat(LONGEST)).chars().count(), LONGEST);
    }
}
