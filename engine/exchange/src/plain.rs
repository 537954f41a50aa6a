//! Cells and texts as nearly all programs write them, told at once. Whatever is written otherwise is told tag by tag, and comes to the same.

/// What stands in a document, told at once.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Plain<'a> {
    /// `<c r="B12" s="3" t="s"><v>7</v></c>`
    Cell(PlainCell<'a>),
    /// `<si><t>text</t></si>`
    Text(&'a [u8]),
}

/// A cell that says its place, and whose value is a number or the place of a shared text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PlainCell<'a> {
    /// Column from 0.
    pub column: u32,
    /// Row from 0.
    pub row: u32,
    pub style: u32,
    pub value: PlainValue<'a>,
}

/// What a plain cell holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PlainValue<'a> {
    /// Which of the shared texts.
    Shared(u32),
    /// A number, as it is written.
    Number(&'a [u8]),
}

/// The plain cell that begins here, and its bytes.
pub(crate) fn cell(bytes: &[u8]) -> Option<(usize, Plain<'_>)> {
    let mut here = Here(bytes.strip_prefix(b"<c r=\"")?);
    let (column, row) = (here.letters()?, here.number()?.checked_sub(1)?);
    here.passes(b"\"").then_some(())?;
    let style = if here.passes(b" s=\"") { here.quoted_number()? } else { 0 };
    let shared = here.passes(b" t=\"s\"");
    let opens = shared || here.passes(b" t=\"n\"") || here.0.starts_with(b">");
    (opens && here.passes(b"><v>")).then_some(())?;
    let value = if shared { PlainValue::Shared(here.number()?) } else { PlainValue::Number(here.text()?) };
    here.passes(b"</v></c>").then_some(())?;
    Some((bytes.len() - here.0.len(), Plain::Cell(PlainCell { column, row, style, value })))
}

/// The plain text that begins here, and its bytes.
pub(crate) fn text(bytes: &[u8]) -> Option<(usize, Plain<'_>)> {
    let mut here = Here(bytes.strip_prefix(b"<si><t")?);
    (here.passes(b">") || here.passes(b" xml:space=\"preserve\">")).then_some(())?;
    let text = here.text()?;
    here.passes(b"</t></si>").then_some(())?;
    Some((bytes.len() - here.0.len(), Plain::Text(text)))
}

/// Bytes that are still to be read.
struct Here<'a>(&'a [u8]);

impl<'a> Here<'a> {
    fn passes(&mut self, what: &[u8]) -> bool {
        let rest = self.0.strip_prefix(what);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// A column from 0.
    fn letters(&mut self) -> Option<u32> {
        let mut column = 0;
        for (at, byte) in self.0.iter().enumerate().take(4) {
            if !byte.is_ascii_uppercase() {
                self.0 = &self.0[at..];
                return u32::checked_sub(column, 1);
            }
            column = column * 26 + u32::from(byte - b'A') + 1;
        }
        None
    }

    /// A number of up to nine digits.
    fn number(&mut self) -> Option<u32> {
        let mut number = 0;
        for (at, byte) in self.0.iter().enumerate().take(10) {
            if !byte.is_ascii_digit() {
                self.0 = &self.0[at..];
                return (at > 0).then_some(number);
            }
            number = if at < 9 { number * 10 + u32::from(byte - b'0') } else { return None };
        }
        None
    }

    fn quoted_number(&mut self) -> Option<u32> {
        let number = self.number()?;
        self.passes(b"\"").then_some(number)
    }

    /// Up to the next tag.
    fn text(&mut self) -> Option<&'a [u8]> {
        let (text, rest) = self.0.split_at(memchr::memchr(b'<', self.0)?);
        self.0 = rest;
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(written: &str) -> Option<(usize, Plain<'_>)> {
        cell(written.as_bytes()).or_else(|| text(written.as_bytes()))
    }

    #[test]
    fn cells_and_texts_are_told_with_all_of_their_bytes() {
        let shared = |column, row, style, at| PlainCell { column, row, style, value: PlainValue::Shared(at) };
        let number = |column, row, style, text| PlainCell { column, row, style, value: PlainValue::Number(text) };
        for (written, cell) in [
            (r#"<c r="A1" s="3" t="s"><v>7</v></c>"#, shared(0, 0, 3, 7)),
            (r#"<c r="XFD1048576" t="s"><v>123456789</v></c>"#, shared(16_383, 1_048_575, 0, 123_456_789)),
            (r#"<c r="AB20" s="11"><v>-1.5E3</v></c>"#, number(27, 19, 11, b"-1.5E3")),
            (r#"<c r="B2" t="n"><v></v></c>"#, number(1, 1, 0, b"")),
        ] {
            assert_eq!(told(&format!("{written}<c r")), Some((written.len(), Plain::Cell(cell))), "{written}");
        }
        for (written, text) in
            [("<si><t>甲 &amp;</t></si>", "甲 &amp;"), (r#"<si><t xml:space="preserve"> 乙</t></si>"#, " 乙")]
        {
            assert_eq!(
                told(&format!("{written}</sst>")),
                Some((written.len(), Plain::Text(text.as_bytes()))),
                "{written}"
            );
        }
    }

    #[test]
    fn what_is_written_otherwise_or_is_not_all_there_is_left_alone() {
        for written in [
            r#"<c r="1" t="s"><v>7</v></c>"#,
            r#"<c r="A0" t="s"><v>7</v></c>"#,
            r#"<c r="A" t="s"><v>7</v></c>"#,
            r#"<c r="ABCD1" t="s"><v>7</v></c>"#,
            r#"<c r="a1" t="s"><v>7</v></c>"#,
            r#"<c r="A1234567890" t="s"><v>7</v></c>"#,
            r#"<c r="A1" t="s"><v>x</v></c>"#,
            r#"<c r="A1" t="str"><v>x</v></c>"#,
            r#"<c r="A1" t="b"><v>1</v></c>"#,
            r#"<c t="s" r="A1"><v>1</v></c>"#,
            r#"<c r="A1" t="n" t="s"><v>1</v></c>"#,
            r#"<c r="A1" s="x"><v>1</v></c>"#,
            r#"<c r="A1"><f>B1</f><v>1</v></c>"#,
            r#"<c r="A1"><v>1<x/></v></c>"#,
            r#"<c r="A1"/>"#,
            "<si><t>甲</t><phoneticPr/></si>",
            "<si><t/></si>",
            "<si><r><t>甲</t></r></si>",
        ] {
            assert_eq!(told(written), None, "{written}");
        }
        let whole = r#"<c r="A1" s="3" t="s"><v>7</v></c>"#;
        assert!((0..whole.len()).all(|end| told(&whole[..end]).is_none()));
    }
}
