//! The workbook's own styles, with a few more: each marked cell keeps its own and is filled.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use super::super::fault::WriteFault;
use super::tags::{Edits, Tag, Tags, What, odd};

/// Fills: a fault, a warning, a heading of the summary.
const FILLS: [&str; 3] = ["FFFF9C9C", "FFFFDC87", "FFE8EEEB"];

/// Styles of the summary, in the order in which they are added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Own {
    Plain,
    Title,
    Heading,
    Link,
    Fault,
    Warning,
}

/// The styles of a workbook.
pub(super) struct Styles {
    source: String,
    formats: Vec<(Range<usize>, Range<usize>)>,
    fonts: List,
    fills: List,
    cells: List,
    clones: BTreeMap<(usize, bool), usize>,
    order: Vec<(usize, bool)>,
}

/// A list of the part: its tag, its end, how many it holds.
#[derive(Default, Clone)]
struct List {
    open: Option<(Range<usize>, String)>,
    end: usize,
    prefix: String,
    count: usize,
}

impl Styles {
    /// # Errors
    /// When they are built otherwise than expected.
    pub fn read(source: String) -> Result<Self, WriteFault> {
        let (mut fonts, mut fills, mut cells) = (List::default(), List::default(), List::default());
        let mut formats = Vec::new();
        let mut tags = Tags::of(&source);
        let mut inside = String::new();
        let mut begun: Option<Range<usize>> = None;
        while let Some(tag) = tags.next()? {
            match (tag.depth, tag.what) {
                (1, What::Start) => inside.clone_from(&tag.name),
                (2, What::Start | What::Empty) if inside == "cellXfs" => {
                    begun = Some(tag.range.clone());
                    if tag.what == What::Empty {
                        formats.push((tag.range.clone(), tag.range.end..tag.range.end));
                    }
                }
                (2, What::End) if inside == "cellXfs" => {
                    formats.extend(begun.take().map(|start| (start.clone(), start.end..tag.range.end)));
                }
                _ => {}
            }
            match inside.as_str() {
                "fonts" => fonts.see(&tag),
                "fills" => fills.see(&tag),
                "cellXfs" => cells.see(&tag),
                _ => {}
            }
        }
        if [&fonts, &fills, &cells].iter().any(|list| list.open.is_none() || list.end == 0) || formats.is_empty() {
            return Err(odd("styles without fonts, fills or formats"));
        }
        cells.count = formats.len();
        Ok(Self { source, formats, fonts, fills, cells, clones: BTreeMap::new(), order: Vec::new() })
    }

    /// The number of a style of the summary.
    pub fn own(&self, style: Own) -> usize {
        self.cells.count + style as usize
    }

    /// The number of a cell's style with the fill of a fault or a warning.
    pub fn marked(&mut self, style: usize, warning: bool) -> usize {
        let style = if style < self.formats.len() { style } else { 0 };
        let next = self.cells.count + OWN + self.order.len();
        let order = &mut self.order;
        *self.clones.entry((style, warning)).or_insert_with(|| {
            order.push((style, warning));
            next
        })
    }

    /// The part with the styles added.
    ///
    /// # Errors
    /// When they are built otherwise than expected.
    pub fn write(&self) -> Result<String, WriteFault> {
        let mut edits = Edits::default();
        let prefix = &self.fonts.prefix;
        let font = |inner: &str| format!("<{prefix}font>{}</{prefix}font>", inner.replace('<', &format!("<{prefix}")));
        let fonts = [
            r#"<sz val="11"/>"#,
            r#"<b/><sz val="16"/>"#,
            r#"<b/><sz val="11"/>"#,
            r#"<u/><sz val="11"/><color rgb="FF0563C1"/>"#,
        ];
        self.fonts.extend(&mut edits, fonts.iter().map(|inner| font(inner)).collect());
        let prefix = &self.fills.prefix;
        let fill = |color: &&str| {
            format!(
                r#"<{prefix}fill><{prefix}patternFill patternType="solid"><{prefix}fgColor rgb="{color}"/><{prefix}bgColor indexed="64"/></{prefix}patternFill></{prefix}fill>"#
            )
        };
        self.fills.extend(&mut edits, FILLS.iter().map(fill).collect());
        let mut formats = self.own_formats();
        for (style, warning) in &self.order {
            formats.push(self.clone_of(*style, *warning)?);
        }
        self.cells.extend(&mut edits, formats);
        edits.apply(&self.source)
    }

    fn own_formats(&self) -> Vec<String> {
        let (font, fill, prefix) = (self.fonts.count, self.fills.count, &self.cells.prefix);
        let format = |font: usize, fill: usize, side: &str| {
            format!(
                r#"<{prefix}xf numFmtId="49" fontId="{font}" fillId="{fill}" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyAlignment="1"><{prefix}alignment horizontal="{side}" vertical="center" wrapText="1"/></{prefix}xf>"#
            )
        };
        vec![
            format(font, 0, "left"),
            format(font + 1, 0, "left"),
            format(font + 2, fill + 2, "center"),
            format(font + 3, 0, "left"),
            format(font, fill, "left"),
            format(font, fill + 1, "left"),
        ]
    }

    fn clone_of(&self, style: usize, warning: bool) -> Result<String, WriteFault> {
        let (start, rest) = self.formats.get(style).ok_or_else(|| odd("a style that is not there"))?;
        let source = self.source.get(start.clone()).unwrap_or_default();
        let mut tags = Tags::of(source);
        // Alone the tag is no whole document: only its first tag is read.
        let tag = tags.next()?.ok_or_else(|| odd("a style without a tag"))?;
        let fill = (self.fills.count + usize::from(warning)).to_string();
        let set = [("fillId", Some(fill)), ("applyFill", Some("1".to_owned()))];
        let rest = self.source.get(rest.clone()).unwrap_or_default();
        Ok(tag.with(&set, tag.what == What::Empty) + rest)
    }
}

const OWN: usize = 6;

impl List {
    fn see(&mut self, tag: &Tag<'_>) {
        match (tag.depth, tag.what) {
            (1, What::Start) => {
                self.prefix = tag.prefix();
                self.open = Some((tag.range.clone(), tag.with(&[("count", None)], false)));
            }
            (2, What::Start | What::Empty) => self.count += 1,
            (1, What::End) if self.open.is_some() && self.end == 0 => self.end = tag.range.start,
            _ => {}
        }
    }

    /// Adds to its end and says its new length.
    fn extend(&self, edits: &mut Edits, more: Vec<String>) {
        if let Some((range, open)) = &self.open {
            let mut tag = open.trim_end_matches('>').to_owned();
            let _ = write!(tag, r#" count="{}">"#, self.count + more.len());
            edits.replace(range.clone(), tag);
        }
        edits.insert(self.end, more.concat());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = concat!(
        r#"<styleSheet><fonts count="1"><font><sz val="9"/></font></fonts><fills count="2"><fill><patternFill/></fill><fill><patternFill/></fill></fills>"#,
        r#"<cellStyleXfs count="1"><xf fillId="0"/></cellStyleXfs><cellXfs count="2"><xf fontId="0" fillId="0"/>"#,
        r#"<xf fontId="0" fillId="1" borderId="7"><alignment wrapText="1"/></xf></cellXfs></styleSheet>"#,
    );

    #[test]
    fn a_marked_cell_keeps_its_style_and_is_filled() {
        let mut styles = Styles::read(SOURCE.into()).unwrap();
        let (red, amber, red_too) = (styles.marked(1, false), styles.marked(0, true), styles.marked(1, false));
        assert_eq!((red, amber, red_too), (8, 9, 8));
        assert_eq!(styles.own(Own::Warning), 7);
        let text = styles.write().unwrap();
        assert!(text.contains(r#"<cellXfs count="10">"#) && text.contains(r#"<fills count="5">"#));
        assert!(text.contains(r#"<xf fontId="0" borderId="7" fillId="2" applyFill="1"><alignment wrapText="1"/></xf><xf fontId="0" fillId="3" applyFill="1"/></cellXfs>"#));
        assert!(text.contains(r#"<cellStyleXfs count="1"><xf fillId="0"/></cellStyleXfs>"#));
    }

    #[test]
    fn styles_without_lists_are_odd() {
        assert!(Styles::read("<styleSheet><fonts/></styleSheet>".into()).is_err());
    }
}
