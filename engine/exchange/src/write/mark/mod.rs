//! The workbook that was handed in, given back with what is wrong in it: cells filled and explained, a summary in front.
//!
//! The parts of the package are patched, so that fonts, widths, merged cells and other sheets stay as they were. Where a package is built
//! otherwise than expected, and for files that are no xlsx, a new workbook is written from what the cells hold.

mod comments;
mod package;
mod rewrite;
mod sheet;
mod styles;
mod summary;
mod tags;
mod words;
mod workbook;

use std::collections::BTreeMap;
use std::io::Write;

use anju_record::Lang;

use super::fault::WriteFault;
use crate::book::{Book, Format, Grid};
use package::Package;
use sheet::{Cells, Marking};
use styles::Styles;
use summary::Lines;
use workbook::Workbook;

/// Comments of a sheet; beyond them a workbook opens slowly.
const COMMENTS: usize = 10_000;

/// Marks of a workbook; more of them take more room than the workbook.
const MARKS: usize = 20_000;

/// Something to say of a cell or a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Position in [`Book::sheets`].
    pub grid: usize,
    /// As spreadsheets number it, from 1.
    pub row: u32,
    /// From 0; none for the row as a whole.
    pub column: Option<u32>,
    /// Heading of the column.
    pub heading: String,
    /// Under which it is counted in the summary, in words.
    pub kind: String,
    /// What is wrong and how to mend it.
    pub text: String,
    /// The row is taken nevertheless.
    pub warning: bool,
}

/// What the summary tells of the whole file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// The file's name.
    pub file: String,
    /// Lines such as how many rows were read, are good, wait.
    pub lines: Vec<(String, String)>,
}

/// A mark with what stands in its cell.
struct Finding<'a> {
    grid: usize,
    sheet: &'a str,
    row: u32,
    column: Option<u32>,
    heading: &'a str,
    kind: &'a str,
    value: String,
    text: &'a str,
    warning: bool,
}

/// What is shown at one cell: several findings may share it.
struct Shown {
    text: String,
    warning: bool,
}

/// Writes the workbook with its faults marked.
///
/// # Errors
/// When the bytes are not taken.
pub fn mark<W: Write + Send>(
    book: &Book,
    original: &[u8],
    marks: &[Mark],
    summary: &Summary,
    lang: Lang,
    out: W,
) -> Result<W, WriteFault> {
    let mut marks: Vec<&Mark> = marks.iter().collect();
    marks.sort_by_key(|mark| (mark.warning, mark.grid, mark.row, mark.column));
    let told = Summary { lines: told(summary, marks.len(), lang), ..summary.clone() };
    marks.truncate(MARKS);
    let (summary, findings) = (&told, marks.into_iter().filter_map(|mark| finding(book, mark)).collect::<Vec<_>>());
    let patched = match book.format {
        Format::Xlsx => patch(book, original, &findings, summary, lang).ok(),
        Format::Xls | Format::Csv => None,
    };
    match patched {
        Some(package) => package.write(out),
        None => rewrite::write(book, &findings, summary, lang, out),
    }
}

/// The lines of the summary, and that not everything is marked where it is not.
fn told(summary: &Summary, marks: usize, lang: Lang) -> Vec<(String, String)> {
    let unmarked = (marks > MARKS).then(|| (words::of(lang).unmarked.to_owned(), String::new()));
    summary.lines.iter().cloned().chain(unmarked).collect()
}

fn finding<'a>(book: &'a Book, mark: &'a Mark) -> Option<Finding<'a>> {
    let grid = book.sheets.get(mark.grid).filter(|_| mark.row > 0)?;
    let cell = mark.column.and_then(|column| Some(grid.row(mark.row)?.cell(column).text().into_owned()));
    Some(Finding {
        grid: mark.grid,
        sheet: &grid.name,
        row: mark.row,
        column: mark.column,
        heading: &mark.heading,
        kind: &mark.kind,
        value: cell.unwrap_or_default(),
        text: &mark.text,
        warning: mark.warning,
    })
}

/// What is shown in a grid, by cell. Of merged cells only the first is seen, so what concerns another is said there, with its row.
fn shown(grid: &Grid, at: usize, findings: &[Finding<'_>], lang: Lang) -> BTreeMap<(u32, u32), Shown> {
    let words = words::of(lang);
    let colon = if lang == Lang::Zh { "：" } else { ": " };
    let mut shown: BTreeMap<(u32, u32), Shown> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.grid == at) {
        let column = finding.column.unwrap_or(0);
        let within = |merge: &&crate::book::Merge| {
            (merge.r0..=merge.r1).contains(&(finding.row - 1)) && (merge.c0..=merge.c1).contains(&column)
        };
        let place = grid.merges.iter().find(within).map_or((finding.row, column), |merge| (merge.r0 + 1, merge.c0));
        let level = if finding.warning { words.warning } else { words.fault };
        let row = match lang {
            _ if place.0 == finding.row => String::new(),
            Lang::Zh => format!("第 {} 行：", finding.row),
            Lang::En => format!("Row {}: ", finding.row),
        };
        let text = format!("{level}{colon}{row}{}", finding.text);
        let here = shown.entry(place).or_insert(Shown { text: String::new(), warning: true });
        here.warning &= finding.warning;
        if !here.text.is_empty() {
            here.text.push('\n');
        }
        here.text.push_str(&text);
    }
    shown
}

fn patch<'a>(
    book: &Book,
    original: &'a [u8],
    findings: &[Finding<'_>],
    summary: &Summary,
    lang: Lang,
) -> Result<Package<'a>, WriteFault> {
    let mut package = Package::open(original)?;
    let workbook = Workbook::read(&mut package)?;
    let mut styles = Styles::read(package.read(&workbook.styles)?)?;
    let mut uncommented = false;
    for (at, grid) in book.sheets.iter().enumerate() {
        let shown = shown(grid, at, findings, lang);
        if shown.is_empty() {
            continue;
        }
        let part = workbook.sheets.iter().find(|(name, _)| *name == grid.name).map(|(_, part)| part.as_str());
        let part = part.ok_or_else(|| tags::odd("a sheet that the workbook does not name"))?;
        uncommented |= shown.len() > COMMENTS;
        patch_sheet(&mut package, part, at, shown, &mut styles, lang)?;
    }
    for (name, part) in &workbook.sheets {
        if findings.iter().any(|finding| finding.sheet == name) || !package.has(part) {
            continue;
        }
        let source = package.read(part)?;
        if let Some(text) = sheet::unselected(&source)? {
            package.put(part, text);
        }
    }
    package.put(&workbook.styles, styles.write()?);
    let lines = Lines::of(summary, findings, uncommented, lang);
    let name = workbook.free_name(words::of(lang).sheet);
    workbook.put_first(&mut package, &name, summary::sheet(&lines, &styles))?;
    package.check()?;
    Ok(package)
}

const COMMENTS_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml";
const DRAWING_TYPE: &str = "application/vnd.openxmlformats-officedocument.vmlDrawing";

fn patch_sheet(
    package: &mut Package<'_>,
    part: &str,
    at: usize,
    shown: BTreeMap<(u32, u32), Shown>,
    styles: &mut Styles,
    lang: Lang,
) -> Result<(), WriteFault> {
    let mut cells = Cells::new();
    for ((row, column), shown) in &shown {
        cells.entry(*row).or_default().insert(*column, shown.warning);
    }
    let words: comments::Words = shown.into_iter().map(|(cell, shown)| (cell, shown.text)).take(COMMENTS).collect();
    let source = package.read(part)?;
    let relations = package.relations(part)?;
    let target =
        |kind: &str| relations.iter().find(|relation| relation.kind == kind).map(|relation| relation.target.clone());
    let marking = Marking::read(&source, cells, styles)?;
    let author = words::of(lang).author;
    let kept = match target("comments") {
        Some(known) => {
            let before = package.read(&known)?;
            package.put(&known, comments::with(&before, &words, author)?);
            comments::commented(&before)?
        }
        None => {
            let new = package.free_name("xl/comments", ".xml");
            package.put(&new, comments::with(comments::NONE, &words, author)?);
            package.declare("PartName", &new, COMMENTS_TYPE)?;
            package.relate(part, "comments", &new)?;
            Vec::new()
        }
    };
    let drawing = marking.drawing.as_ref().map(|id| {
        let known = relations.iter().find(|relation| relation.id == *id);
        known.map(|relation| relation.target.clone()).ok_or_else(|| tags::odd("a drawing that is not there"))
    });
    let mut relation = None;
    match drawing.transpose()? {
        Some(known) => {
            let before = package.read(&known)?;
            package.put(&known, comments::boxes(Some(&before), &words, &kept, at)?);
        }
        None => {
            let new = package.free_name("xl/drawings/vmlDrawing", ".vml");
            package.put(&new, comments::boxes(None, &words, &[], at)?);
            package.declare("Extension", "vml", DRAWING_TYPE)?;
            relation = Some(package.relate(part, "vmlDrawing", &new)?);
        }
    }
    let text = marking.write(&source, relation.as_deref())?;
    package.put(part, text);
    Ok(())
}
