//! The sheet in front: how many of what, and each one with its cell, value, fault and mend.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anju_record::Lang;

use super::super::cell::fitting;
use super::super::place::{cell_name, letters, quoted};
use super::super::xml::escaped;
use super::styles::{Own, Styles};
use super::words;
use super::{Finding, Summary};

/// Widths of the columns.
const WIDTHS: [u32; 7] = [8, 16, 12, 18, 24, 44, 44];

/// The summary as rows, for whichever way it is written.
pub(super) struct Lines<'a> {
    pub title: String,
    /// What is told of the whole, then a blank, then the counts.
    pub facts: Vec<(String, String)>,
    pub heads: [&'static str; 7],
    pub findings: &'a [Finding<'a>],
    lang: Lang,
}

impl<'a> Lines<'a> {
    pub fn of(summary: &Summary, findings: &'a [Finding<'a>], uncommented: bool, lang: Lang) -> Self {
        let words = words::of(lang);
        let mut facts = summary.lines.clone();
        if uncommented {
            facts.push((words.uncommented.to_owned(), String::new()));
        }
        let mut kinds: BTreeMap<(bool, &str), usize> = BTreeMap::new();
        for finding in findings {
            *kinds.entry((finding.warning, finding.kind)).or_default() += 1;
        }
        if !kinds.is_empty() {
            facts.push((String::new(), String::new()));
            facts.push((words.by_kind.to_owned(), String::new()));
        }
        facts.extend(kinds.into_iter().map(|((_, kind), count)| (kind.to_owned(), count.to_string())));
        Self { title: format!("{} · {}", words.title, summary.file), facts, heads: words.heads, findings, lang }
    }

    /// The cells of a finding.
    pub fn cells(&self, finding: &Finding<'_>) -> [String; 7] {
        let words = words::of(self.lang);
        let level = if finding.warning { words.warning } else { words.fault };
        let heading = if finding.column.is_some() { finding.heading } else { words.whole_row };
        let (wrong, mend) = halves(finding.text);
        [
            level.to_owned(),
            finding.sheet.to_owned(),
            cell_name(finding.row, finding.column.unwrap_or(0)),
            heading.to_owned(),
            finding.value.clone(),
            wrong.to_owned(),
            mend.to_owned(),
        ]
    }
}

/// What is wrong, and how to mend it: messages say both, one after the other.
fn halves(text: &str) -> (&str, &str) {
    let mends = ["，请", "，可填", "；", "; "];
    let found = mends.iter().filter_map(|mark| text.find(mark).map(|at| (at, mark))).min();
    let Some((at, mark)) = found else { return (text, "") };
    let sign = mark.chars().next().map_or(0, char::len_utf8);
    let (wrong, mend) = (text.get(..at).unwrap_or(text), text.get(at + sign..).unwrap_or_default());
    (wrong, mend.trim_start())
}

/// The sheet as XML.
pub(super) fn sheet(lines: &Lines<'_>, styles: &Styles) -> String {
    let mut xml = String::from(concat!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
        "\n",
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>"#,
        r#"<sheetViews><sheetView tabSelected="1" workbookViewId="0"/></sheetViews><cols>"#,
    ));
    for (at, width) in (1..).zip(WIDTHS) {
        let _ = write!(xml, r#"<col min="{at}" max="{at}" width="{width}" customWidth="1"/>"#);
    }
    xml.push_str("</cols><sheetData>");
    let (mut row, mut merged, mut links) = (1, Vec::new(), String::new());
    push_row(&mut xml, row, &[(Own::Title, &lines.title)], styles);
    merged.push(row);
    for (name, value) in &lines.facts {
        row += 1;
        // Name over three columns, value behind it; a fact without value goes across.
        push_row(&mut xml, row, &[(Own::Plain, name), (Own::Plain, ""), (Own::Plain, ""), (Own::Plain, value)], styles);
        merged.push(row);
    }
    row += 2;
    let heading = row;
    let heads: Vec<_> = lines.heads.iter().map(|head| (Own::Heading, *head)).collect();
    push_row(&mut xml, row, &heads, styles);
    for finding in lines.findings {
        row += 1;
        let cells = lines.cells(finding);
        let level = if finding.warning { Own::Warning } else { Own::Fault };
        let style = |at: usize| match at {
            0 => level,
            2 => Own::Link,
            _ => Own::Plain,
        };
        let cells: Vec<_> = cells.iter().enumerate().map(|(at, text)| (style(at), text.as_str())).collect();
        push_row(&mut xml, row, &cells, styles);
        let place = format!("{}!{}", quoted(finding.sheet), cell_name(finding.row, finding.column.unwrap_or(0)));
        let _ = write!(links, r#"<hyperlink ref="C{row}" location="{}"/>"#, escaped(&place));
    }
    let last = letters(6);
    let _ =
        write!(xml, r#"</sheetData><autoFilter ref="A{heading}:{last}{row}"/><mergeCells count="{}">"#, merged.len());
    for row in merged {
        let end = if row == 1 { &last } else { "C" };
        let _ = write!(xml, r#"<mergeCell ref="A{row}:{end}{row}"/>"#);
    }
    xml.push_str("</mergeCells>");
    if !links.is_empty() {
        let _ = write!(xml, "<hyperlinks>{links}</hyperlinks>");
    }
    xml.push_str(concat!(
        r#"<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>"#,
        r#"<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>"#,
    ));
    xml
}

fn push_row(xml: &mut String, row: u32, cells: &[(Own, &str)], styles: &Styles) {
    let _ = write!(xml, r#"<row r="{row}">"#);
    for (at, (style, text)) in (0_u32..).zip(cells) {
        let (name, style) = (cell_name(row, at), styles.own(*style));
        if text.is_empty() {
            let _ = write!(xml, r#"<c r="{name}" s="{style}"/>"#);
        } else {
            let text = escaped(&fitting(text));
            let _ = write!(
                xml,
                r#"<c r="{name}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>"#
            );
        }
    }
    xml.push_str("</row>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_parted_into_fault_and_mend() {
        assert_eq!(halves("“3月”不是日期，请按 2020-05-16 填写"), ("“3月”不是日期", "请按 2020-05-16 填写"));
        assert_eq!(
            halves("“x” is not a date; write it as 2020-05-16"),
            ("“x” is not a date", "write it as 2020-05-16")
        );
        assert_eq!(halves("重复"), ("重复", ""));
    }
}
