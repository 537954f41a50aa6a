//! A sheet's own XML: marked cells get their fill, missing ones are put in their place, everything else stays.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::super::fault::WriteFault;
use super::super::place::{cell_name, cell_of};
use super::styles::Styles;
use super::tags::{Edits, Tag, Tags, What, odd};

/// Cells to mark: by row from 1 and column from 0, whether it is only a warning.
pub(super) type Cells = BTreeMap<u32, BTreeMap<u32, bool>>;

/// Elements that follow the reference to the drawing of comments.
const AFTER: [&str; 9] = [
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
    "AlternateContent",
];

/// A sheet that is being marked.
pub(super) struct Marking<'s> {
    styles: &'s mut Styles,
    left: Cells,
    edits: Edits,
    prefix: String,
    columns: Vec<(u32, u32, usize)>,
    row: Row,
    in_rows: bool,
    /// The relation of the drawing that comments have already.
    pub drawing: Option<String>,
    /// Where a reference to a drawing of comments goes.
    place: Option<usize>,
}

/// The row that is being read.
#[derive(Default)]
struct Row {
    number: u32,
    next_column: u32,
    style: Option<usize>,
    left: BTreeMap<u32, bool>,
}

impl<'s> Marking<'s> {
    /// Reads a sheet through and notes what is to be changed.
    ///
    /// # Errors
    /// When it is built otherwise than expected.
    pub fn read(source: &str, cells: Cells, styles: &'s mut Styles) -> Result<Self, WriteFault> {
        let mut marking = Self {
            styles,
            left: cells,
            edits: Edits::default(),
            prefix: String::new(),
            columns: Vec::new(),
            row: Row::default(),
            in_rows: false,
            drawing: None,
            place: None,
        };
        let mut tags = Tags::of(source);
        let mut rows_done = false;
        while let Some(tag) = tags.next()? {
            match (tag.depth, tag.name.as_str(), tag.what) {
                (0, "worksheet", What::Start) => marking.open(&tag)?,
                (0, "worksheet", What::End) => {
                    marking.place.get_or_insert(tag.range.start);
                }
                (1, "sheetData", What::Start) => marking.in_rows = true,
                (1, "sheetData", What::Empty) => {
                    marking.all_rows(&tag);
                    rows_done = true;
                }
                (1, "sheetData", What::End) => {
                    let rest = marking.rows_before(u32::MAX);
                    marking.edits.insert(tag.range.start, rest);
                    (marking.in_rows, rows_done) = (false, true);
                }
                (_, "legacyDrawing", What::Start | What::Empty) if tag.depth != 1 => {
                    return Err(odd("a drawing of comments in a place of its own"));
                }
                _ => marking.other(&tag, rows_done)?,
            }
        }
        if rows_done && marking.left.is_empty() { Ok(marking) } else { Err(odd("a sheet without rows")) }
    }

    /// The sheet with its cells marked; with a reference to the drawing of its comments where it has none yet.
    ///
    /// # Errors
    /// When it is built otherwise than expected.
    pub fn write(mut self, source: &str, drawing: Option<&str>) -> Result<String, WriteFault> {
        if let (Some(id), Some(place)) = (drawing, self.place) {
            let relation = super::package::RELATION;
            let tag = format!(r#"<{}legacyDrawing xmlns:r="{relation}" r:id="{id}"/>"#, self.prefix);
            self.edits.insert(place, tag);
        }
        self.edits.apply(source)
    }

    fn open(&mut self, tag: &Tag<'_>) -> Result<(), WriteFault> {
        self.prefix = tag.prefix();
        let strict = tag.start.attributes_raw().contains("purl.oclc.org/ooxml");
        if strict { Err(odd("a strict workbook")) } else { Ok(()) }
    }

    fn other(&mut self, tag: &Tag<'_>, rows_done: bool) -> Result<(), WriteFault> {
        match (tag.depth, tag.name.as_str(), tag.what) {
            (2, "row", What::Start | What::Empty) if self.in_rows => self.begin_row(tag)?,
            (2, "row", What::End) if self.in_rows => {
                let rest = self.cells_before(u32::MAX);
                self.edits.insert(tag.range.start, rest);
            }
            (3, "c", What::Start | What::Empty) if self.in_rows => self.cell(tag)?,
            (2, "col", What::Start | What::Empty) if !rows_done => {
                let range = (tag.number("min"), tag.number("max"), tag.number("style"));
                if let (Some(first), Some(last), Some(style)) = range {
                    self.columns.push((first, last, style));
                }
            }
            (2, "sheetView", What::Start | What::Empty) if tag.get("tabSelected").is_some() => self.unselect(tag),
            (1, "legacyDrawing", What::Start | What::Empty) => {
                self.drawing = Some(tag.relation().ok_or_else(|| odd("a drawing of comments without relation"))?);
            }
            (1, name, What::Start | What::Empty) if rows_done && self.place.is_none() && AFTER.contains(&name) => {
                self.place = Some(tag.range.start);
            }
            _ => {}
        }
        Ok(())
    }

    /// The summary is what is looked at first.
    fn unselect(&mut self, tag: &Tag<'_>) {
        self.edits.replace(tag.range.clone(), tag.with(&[("tabSelected", None)], tag.what == What::Empty));
    }

    fn begin_row(&mut self, tag: &Tag<'_>) -> Result<(), WriteFault> {
        let number = tag.number("r").unwrap_or(self.row.number + 1);
        if number <= self.row.number {
            return Err(odd("rows out of order"));
        }
        let before = self.rows_before(number);
        self.edits.insert(tag.range.start, before);
        let own = tag.get("customFormat").is_some_and(|value| value == "1" || value == "true");
        let style = if own { tag.number("s") } else { None };
        self.row = Row { number, next_column: 0, style, left: self.left.remove(&number).unwrap_or_default() };
        if tag.what == What::Empty && !self.row.left.is_empty() {
            let cells = self.cells_before(u32::MAX);
            self.edits.replace(tag.range.clone(), format!("{}{cells}</{}row>", tag.with(&[], false), self.prefix));
        }
        Ok(())
    }

    fn cell(&mut self, tag: &Tag<'_>) -> Result<(), WriteFault> {
        let column = match tag.get("r") {
            None => self.row.next_column,
            Some(name) => match cell_of(&name) {
                Some((row, column)) if row == self.row.number && column >= self.row.next_column => column,
                _ => return Err(odd("cells out of order")),
            },
        };
        self.row.next_column = column + 1;
        let before = self.cells_before(column);
        self.edits.insert(tag.range.start, before);
        if let Some(warning) = self.row.left.remove(&column) {
            let style = self.styles.marked(tag.number("s").unwrap_or(0), warning).to_string();
            self.edits.replace(tag.range.clone(), tag.with(&[("s", Some(style))], tag.what == What::Empty));
        }
        Ok(())
    }

    /// New cells of the row that stand before a column.
    fn cells_before(&mut self, column: u32) -> String {
        let mut xml = String::new();
        while let Some((at, warning)) = self.row.left.first_key_value().map(|(at, warning)| (*at, *warning)) {
            if at >= column {
                break;
            }
            self.row.left.remove(&at);
            let by_column = || self.columns.iter().find(|(first, last, _)| (*first..=*last).contains(&(at + 1)));
            let style = self.row.style.or_else(|| by_column().map(|(_, _, style)| *style)).unwrap_or(0);
            let style = self.styles.marked(style, warning);
            let _ = write!(xml, r#"<{}c r="{}" s="{style}"/>"#, self.prefix, cell_name(self.row.number, at));
        }
        xml
    }

    /// New rows that stand before a row.
    fn rows_before(&mut self, number: u32) -> String {
        let mut xml = String::new();
        while let Some(row) = self.left.first_key_value().map(|(row, _)| *row).filter(|row| *row < number) {
            let cells = self.left.remove(&row).unwrap_or_default();
            self.row = Row { number: row, left: cells, ..Row::default() };
            let cells = self.cells_before(u32::MAX);
            let _ = write!(xml, r#"<{0}row r="{row}">{cells}</{0}row>"#, self.prefix);
        }
        xml
    }

    /// All rows of a sheet that had none.
    fn all_rows(&mut self, tag: &Tag<'_>) {
        let rows = self.rows_before(u32::MAX);
        if !rows.is_empty() {
            self.edits.replace(tag.range.clone(), format!("{}{rows}</{}sheetData>", tag.with(&[], false), self.prefix));
        }
    }
}

/// A sheet that has nothing to mark, no longer the one looked at first; `None` where it was not.
///
/// # Errors
/// When it is no XML.
pub(super) fn unselected(source: &str) -> Result<Option<String>, WriteFault> {
    let (mut tags, mut edits, mut found) = (Tags::of(source), Edits::default(), false);
    while let Some(tag) = tags.next()? {
        if tag.name == "sheetData" {
            break;
        }
        if tag.name == "sheetView" && tag.what != What::End && tag.get("tabSelected").is_some() {
            edits.replace(tag.range.clone(), tag.with(&[("tabSelected", None)], tag.what == What::Empty));
            found = true;
        }
    }
    if found { edits.apply(source).map(Some) } else { Ok(None) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLES: &str =
        "<styleSheet><fonts><font/></fonts><fills><fill/></fills><cellXfs><xf/><xf/></cellXfs></styleSheet>";

    fn marked(source: &str, cells: &[(u32, u32)]) -> Result<String, WriteFault> {
        let mut styles = Styles::read(STYLES.into()).unwrap();
        let mut wanted = Cells::new();
        for (row, column) in cells {
            wanted.entry(*row).or_default().insert(*column, false);
        }
        Marking::read(source, wanted, &mut styles)?.write(source, Some("rId9"))
    }

    const DRAWING: &str =
        r#"<legacyDrawing xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="rId9"/>"#;

    #[test]
    fn cells_are_filled_where_they_are_and_put_where_they_are_not() {
        let source = concat!(
            r#"<worksheet><sheetViews><sheetView tabSelected="1" workbookViewId="0"/></sheetViews><cols><col min="1" max="9" style="1"/></cols>"#,
            r#"<sheetData><row r="2"><c r="B2" s="1" t="n"><v>7</v></c></row><row r="5"/></sheetData><tableParts/></worksheet>"#,
        );
        let text = marked(source, &[(1, 0), (2, 0), (2, 1), (2, 3), (5, 2), (9, 1)]).unwrap();
        let rows = concat!(
            r#"<sheetData><row r="1"><c r="A1" s="8"/></row><row r="2"><c r="A2" s="8"/><c r="B2" t="n" s="8"><v>7</v></c><c r="D2" s="8"/></row>"#,
            r#"<row r="5"><c r="C5" s="8"/></row><row r="9"><c r="B9" s="8"/></row></sheetData>"#,
        );
        assert!(text.contains(rows), "{text}");
        assert!(text.contains(&format!("{DRAWING}<tableParts/></worksheet>")), "{text}");
        assert!(text.contains(r#"<sheetView workbookViewId="0"/>"#));
    }

    #[test]
    fn rows_and_cells_without_names_are_counted() {
        let source = "<x:worksheet xmlns:x='m'><x:sheetData><x:row><x:c><x:v>1</x:v></x:c><x:c/></x:row><x:row><x:c/></x:row></x:sheetData></x:worksheet>";
        let text = marked(source, &[(1, 1), (2, 1)]).unwrap();
        assert!(
            text.contains(
                r#"<x:row><x:c><x:v>1</x:v></x:c><x:c s="8"/></x:row><x:row><x:c/><x:c r="B2" s="8"/></x:row>"#
            ),
            "{text}"
        );
        assert!(text.contains("<x:legacyDrawing "));
    }

    #[test]
    fn a_sheet_without_rows_gets_them_and_an_odd_one_is_refused() {
        let text = marked("<worksheet><sheetData/></worksheet>", &[(3, 0)]).unwrap();
        assert!(text.contains(r#"<sheetData><row r="3"><c r="A3" s="8"/></row></sheetData>"#));
        assert!(marked("<worksheet><sheetData><row r='3'/><row r='2'/></sheetData></worksheet>", &[]).is_err());
        assert!(
            marked("<worksheet><sheetData><row r='1'><c r='B1'/><c r='A1'/></row></sheetData></worksheet>", &[])
                .is_err()
        );
        assert!(marked("<worksheet></worksheet>", &[(1, 1)]).is_err());
    }
}
