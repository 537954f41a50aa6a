//! Comments of a sheet: their words, and the boxes that spreadsheets show them in.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::super::cell::wide;
use super::super::fault::WriteFault;
use super::super::place::{cell_name, cell_of};
use super::super::xml::escaped;
use super::tags::{Edits, Tags, What, odd};

/// What is said of each cell, by row from 1 and column from 0.
pub(super) type Words = BTreeMap<(u32, u32), String>;

/// What a sheet without comments has.
pub(super) const NONE: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    "\n",
    r#"<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><authors></authors><commentList></commentList></comments>"#,
);

/// The comments of a sheet with more of them; a cell that has one already keeps its words and gets ours below.
///
/// # Errors
/// When they are built otherwise than expected.
pub(super) fn with(source: &str, words: &Words, author: &str) -> Result<String, WriteFault> {
    let (mut tags, mut edits) = (Tags::of(source), Edits::default());
    let (mut authors, mut here, mut joined) = (0, None, false);
    let mut left = words.clone();
    let (mut has_authors, mut ended) = (false, false);
    while let Some(tag) = tags.next()? {
        let prefix = tag.prefix();
        match (tag.depth, tag.name.as_str(), tag.what) {
            (2, "author", What::Start | What::Empty) => authors += 1,
            (1, "authors", What::End | What::Empty) => {
                let xml = format!("<{prefix}author>{}</{prefix}author>", escaped(author));
                has_authors = true;
                match tag.what {
                    What::End => edits.insert(tag.range.start, xml),
                    _ => edits.replace(tag.range.clone(), format!("{}{xml}</{prefix}authors>", tag.with(&[], false))),
                }
            }
            (2, "comment", What::Start) => (here, joined) = (tag.get("ref").and_then(|name| cell_of(&name)), false),
            (3 | 4, "text" | "rPh" | "phoneticPr", what) if !joined => {
                let at_end = (tag.depth == 3 && what != What::Start) || (tag.depth == 4 && what != What::End);
                let said = if at_end { here.and_then(|cell| left.remove(&cell)) } else { None };
                if let Some(said) = said {
                    let run = run(&prefix, &format!("\n\n{said}"));
                    joined = true;
                    match (tag.depth, what) {
                        (3, What::Empty) => {
                            edits.replace(tag.range.clone(), format!("<{prefix}text>{run}</{prefix}text>"));
                        }
                        _ => edits.insert(tag.range.start, run),
                    }
                }
            }
            (1, "commentList", What::End | What::Empty) => {
                ended = true;
                let more = comments(&prefix, &left, authors);
                match tag.what {
                    What::End => edits.insert(tag.range.start, more),
                    _ => edits.replace(tag.range.clone(), format!("<{prefix}commentList>{more}</{prefix}commentList>")),
                }
            }
            _ => {}
        }
    }
    if has_authors && ended { edits.apply(source) } else { Err(odd("comments without authors or list")) }
}

/// The cells that have a comment.
///
/// # Errors
/// When they are no XML.
pub(super) fn commented(source: &str) -> Result<Vec<(u32, u32)>, WriteFault> {
    let (mut tags, mut cells) = (Tags::of(source), Vec::new());
    while let Some(tag) = tags.next()? {
        if tag.depth == 2 && tag.name == "comment" && tag.what != What::End {
            cells.extend(tag.get("ref").and_then(|name| cell_of(&name)));
        }
    }
    Ok(cells)
}

fn comments(prefix: &str, words: &Words, author: usize) -> String {
    let mut xml = String::new();
    for ((row, column), said) in words {
        let _ = write!(
            xml,
            r#"<{prefix}comment ref="{}" authorId="{author}"><{prefix}text>{}</{prefix}text></{prefix}comment>"#,
            cell_name(*row, *column),
            run(prefix, said)
        );
    }
    xml
}

fn run(prefix: &str, said: &str) -> String {
    format!(
        r#"<{prefix}r><{prefix}rPr><{prefix}sz val="10"/></{prefix}rPr><{prefix}t xml:space="preserve">{}</{prefix}t></{prefix}r>"#,
        escaped(said)
    )
}

/// Boxes for new comments, in a drawing of their own or added to the one that the sheet has.
///
/// # Errors
/// When the drawing has no end.
pub(super) fn boxes(
    drawing: Option<&str>,
    words: &Words,
    kept: &[(u32, u32)],
    sheet: usize,
) -> Result<String, WriteFault> {
    let new: Vec<_> = words.iter().filter(|(cell, _)| !kept.contains(cell)).collect();
    let (mut xml, rest, first) = match drawing {
        Some(source) => {
            // Drawings of old programs are no well-formed XML: only their end is looked for.
            let end = source.rfind("</xml>").ok_or_else(|| odd("a drawing without an end"))?;
            let mut head = source.get(..end).unwrap_or_default().to_owned();
            if !head.contains("_x0000_t202") {
                head.push_str(SHAPE_TYPE);
            }
            (head, "</xml>", last_shape(source).saturating_add(1))
        }
        None => {
            let blocks = new.len() / 1024 + 1;
            let first = sheet * 16 + 1;
            let data: Vec<String> = (first..first + blocks).map(|block| block.to_string()).collect();
            (format!("{HEAD_1}{}{HEAD_2}{SHAPE_TYPE}", data.join(",")), "</xml>", first * 1024 + 1)
        }
    };
    for (at, ((row, column), said)) in new.into_iter().enumerate() {
        let lines: u32 = said.lines().map(|line| u32::from(wide(line)) / 34 + 1).sum();
        let (top, bottom) = (row.saturating_sub(2), row.saturating_sub(2) + lines.clamp(2, 20) + 1);
        let _ = write!(
            xml,
            concat!(
                r##"<v:shape id="_x0000_s{}" type="#_x0000_t202" style="position:absolute;margin-left:80pt;margin-top:2pt;width:200pt;height:{}pt;z-index:1;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">"##,
                r##"<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>"##,
                r#"<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>"#,
                r#"<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{}, 15, {}, 2, {}, 31, {}, 4</x:Anchor>"#,
                r#"<x:AutoFill>False</x:AutoFill><x:Row>{}</x:Row><x:Column>{}</x:Column></x:ClientData></v:shape>"#,
            ),
            first + at,
            lines.clamp(2, 20) * 16 + 10,
            column + 1,
            top,
            column + 4,
            bottom,
            row - 1,
            column,
        );
    }
    xml.push_str(rest);
    Ok(xml)
}

/// The largest number that a shape has.
fn last_shape(source: &str) -> usize {
    let numbers = source.split("_x0000_s").skip(1).filter_map(|rest| {
        let digits = rest.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(rest.len());
        rest.get(..digits)?.parse::<usize>().ok()
    });
    numbers.max().unwrap_or(0).clamp(1024, 1 << 30)
}

const HEAD_1: &str = concat!(
    r#"<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel">"#,
    r#"<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data=""#,
);
const HEAD_2: &str = r#""/></o:shapelayout>"#;
const SHAPE_TYPE: &str = concat!(
    r#"<v:shapetype xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">"#,
    r#"<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>"#,
);

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        [((5, 4), "校验码不对".to_owned()), ((7, 0), "<必填>".to_owned())].into()
    }

    #[test]
    fn a_cell_that_has_a_comment_keeps_it() {
        let source = concat!(
            "<comments><authors><author>甲</author></authors><commentList>",
            r#"<comment ref="E5" authorId="0"><text><t>原话</t></text></comment></commentList></comments>"#,
        );
        let text = with(source, &words(), "安居").unwrap();
        assert!(text.contains("<authors><author>甲</author><author>安居</author></authors>"));
        assert!(text.contains(
            "<text><t>原话</t><r><rPr><sz val=\"10\"/></rPr><t xml:space=\"preserve\">\n\n校验码不对</t></r></text>"
        ));
        assert!(text.contains(r#"<comment ref="A7" authorId="1"><text><r><rPr><sz val="10"/></rPr><t xml:space="preserve">&lt;必填&gt;</t></r></text></comment></commentList>"#));
        assert_eq!(commented(source).unwrap(), [(5, 4)]);
        assert_eq!(commented(&with(NONE, &words(), "安居").unwrap()).unwrap(), [(5, 4), (7, 0)]);
        assert!(with("<comments/>", &words(), "安居").is_err());
    }

    #[test]
    fn boxes_are_added_to_those_that_are_there() {
        let own = boxes(None, &words(), &[], 0).unwrap();
        assert!(
            own.contains(r#"data="1""#)
                && own.contains("_x0000_s1025")
                && own.contains("<x:Row>4</x:Row><x:Column>4</x:Column>")
        );
        assert_eq!(own.matches("<v:shape ").count(), 2);
        let old = r#"<xml><v:shape id="_x0000_s1030"><br></v:shape></xml>"#;
        let more = boxes(Some(old), &words(), &[(5, 4)], 0).unwrap();
        assert!(
            more.starts_with(r#"<xml><v:shape id="_x0000_s1030"><br></v:shape><v:shapetype "#)
                && more.ends_with("</xml>")
        );
        assert_eq!((more.matches("<v:shape ").count(), more.contains("_x0000_s1031")), (2, true));
        assert!(boxes(Some("<xml>"), &words(), &[], 0).is_err());
    }
}
