//! The styles of a table: one plain and one bold for each kind of column.

use std::fmt::Write as _;

use super::cell::ColumnKind;

/// Nothing special.
pub(super) const TITLE: usize = 1;
/// Under the title, to the left.
pub(super) const NOTE: usize = 2;
/// Under the title, to the right.
pub(super) const NOTE_RIGHT: usize = 3;
/// Headings.
pub(super) const HEADING: usize = 4;
const FIRST: usize = 5;

/// Number format, and whether it stands to the right; figures by their decimals stand last.
const FORMATS: [(u16, &str); 10] = [
    (49, "left"),
    (164, "center"),
    (4, "right"),
    (1, "right"),
    (165, "right"),
    (2, "right"),
    (166, "right"),
    (167, "right"),
    (168, "right"),
    (169, "right"),
];

/// The style of a column's cells.
pub(super) fn of(kind: ColumnKind, bold: bool) -> usize {
    let format = match kind {
        ColumnKind::Text => 0,
        ColumnKind::Date => 1,
        ColumnKind::Money => 2,
        ColumnKind::Number { scale } => 3 + usize::from(scale).min(6),
    };
    FIRST + format + if bold { FORMATS.len() } else { 0 }
}

/// The part that holds them.
pub(super) fn part() -> String {
    let mut xml = String::from(concat!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
        "\n",
        r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">"#,
        r#"<numFmts count="6"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/>"#,
        r#"<numFmt numFmtId="165" formatCode="0.0"/><numFmt numFmtId="166" formatCode="0.000"/>"#,
        r#"<numFmt numFmtId="167" formatCode="0.0000"/><numFmt numFmtId="168" formatCode="0.00000"/>"#,
        r#"<numFmt numFmtId="169" formatCode="0.000000"/></numFmts>"#,
        r#"<fonts count="3"><font><sz val="11"/><name val="宋体"/><charset val="134"/></font>"#,
        r#"<font><b/><sz val="11"/><name val="宋体"/><charset val="134"/></font>"#,
        r#"<font><b/><sz val="18"/><name val="宋体"/><charset val="134"/></font></fonts>"#,
        r#"<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>"#,
        r#"<fill><patternFill patternType="solid"><fgColor rgb="FFE8EEEB"/><bgColor indexed="64"/></patternFill></fill></fills>"#,
        r#"<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border>"#,
        r#"<left style="thin"><color rgb="FFBFC5C9"/></left><right style="thin"><color rgb="FFBFC5C9"/></right>"#,
        r#"<top style="thin"><color rgb="FFBFC5C9"/></top><bottom style="thin"><color rgb="FFBFC5C9"/></bottom><diagonal/></border></borders>"#,
        r#"<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>"#,
    ));
    let _ = write!(xml, r#"<cellXfs count="{}">"#, FIRST + 2 * FORMATS.len());
    xml.push_str(concat!(
        r#"<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>"#,
        r#"<xf numFmtId="0" fontId="2" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1"><alignment horizontal="center" vertical="center"/></xf>"#,
        r#"<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1"><alignment horizontal="left" vertical="center"/></xf>"#,
        r#"<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1"><alignment horizontal="right" vertical="center"/></xf>"#,
        r#"<xf numFmtId="49" fontId="1" fillId="2" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"><alignment horizontal="center" vertical="center" wrapText="1"/></xf>"#,
    ));
    for font in [0, 1] {
        for (format, side) in FORMATS {
            let wrap = if side == "left" { r#" wrapText="1""# } else { "" };
            let _ = write!(
                xml,
                r#"<xf numFmtId="{format}" fontId="{font}" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" applyBorder="1" applyAlignment="1"><alignment horizontal="{side}" vertical="center"{wrap}/></xf>"#
            );
        }
    }
    xml.push_str(r#"</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"#);
    xml
}
