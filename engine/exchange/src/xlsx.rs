//! Workbooks in Office Open XML: the parts that hold cells, read as a stream.

mod cut;
mod pieces;

use std::collections::HashMap;
use std::io::Read;

use crate::ahead::Ahead;
use crate::archive::Archive;
use crate::book::{Cell, Grid, GridRow, Merge};
use crate::fault::{BookCode, BookFault};
use crate::kept::{Kept, LAST_ROW, Pieces, hide, in_order};
use crate::limits::Limits;
use crate::plain::{self, Plain, PlainCell, PlainValue};
use crate::xml::{Attributes, TellPlain, Token, Xml, attribute, numeric, text};

/// What a day has to add when a workbook counts from 1904.
const SINCE_1904: f64 = 1462.0;
/// Pages that a workbook may have.
pub(crate) const PAGES: usize = 1_000;

/// Packed bytes from which a second thread pays.
const AHEAD: usize = 64 << 10;

struct Page {
    name: String,
    hidden: bool,
    part: String,
}

/// What all pages share.
struct Shared {
    texts: Vec<Cell>,
    /// By cell style: shows a day.
    days: Vec<bool>,
    since_1904: bool,
}

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Vec<Grid>, BookFault> {
    let archive = Archive::open(bytes, limits)?;
    let mut kept = Kept::new(limits);
    let workbook = main_part(&archive)?.ok_or_else(|| BookFault::new(BookCode::NotATable, []))?;
    let (folder, file) = workbook.rsplit_once('/').unwrap_or(("", &workbook));
    let relations = relations(&archive, &format!("{folder}/_rels/{file}.rels"))?;
    let (pages, since_1904) = pages(&archive, &workbook, &relations)?;
    let part = |kind: &str, usual: &str| {
        let named = relations.iter().find(|relation| relation.kind.ends_with(kind));
        beside(&workbook, named.map_or(usual, |relation| &relation.target))
    };
    let (days, texts) = (part("/styles", "styles.xml"), part("/sharedStrings", "sharedStrings.xml"));
    let shared = Shared { days: styles(&archive, &days)?, texts: strings(&archive, &texts, &mut kept)?, since_1904 };
    pages.iter().map(|page| grid(&archive, page, &shared, &mut kept)).collect()
}

/// What a part is joined to.
struct Relation {
    id: String,
    kind: String,
    target: String,
}

/// Reads a part piece by piece; `each` answers false to stop.
fn walk(
    archive: &Archive<'_>,
    part: &str,
    each: impl FnMut(Token<'_>) -> Result<bool, BookFault>,
) -> Result<(), BookFault> {
    match archive.read(part) {
        Some(source) => walk_through(archive, part, &mut Xml::new(source), each),
        None => Ok(()),
    }
}

/// The same; what is plain is told at once.
fn walk_plainly(
    archive: &Archive<'_>,
    part: &str,
    plain: TellPlain,
    each: impl FnMut(Token<'_>) -> Result<bool, BookFault>,
) -> Result<(), BookFault> {
    let Some(source) = archive.read(part) else { return Ok(()) };
    if archive.packed(part) < AHEAD {
        return walk_through(archive, part, &mut Xml::plainly(source, plain), each);
    }
    std::thread::scope(|scope| walk_through(archive, part, &mut Xml::plainly(Ahead::of(scope, source), plain), each))
}

fn walk_through(
    archive: &Archive<'_>,
    part: &str,
    xml: &mut Xml<impl Read>,
    mut each: impl FnMut(Token<'_>) -> Result<bool, BookFault>,
) -> Result<(), BookFault> {
    loop {
        if let Some(plain) = xml.plain() {
            if !each(Token::Plain(plain))? {
                return Ok(());
            }
            continue;
        }
        match xml.next() {
            Ok(Token::End) => return Ok(()),
            Ok(token) => {
                if !each(token)? {
                    return Ok(());
                }
            }
            Err(why) => return Err(archive.fault(part, &why)),
        }
    }
}

fn relations(archive: &Archive<'_>, part: &str) -> Result<Vec<Relation>, BookFault> {
    let mut found = Vec::new();
    walk(archive, part, |token| {
        if let Token::Open { name: b"Relationship", attributes, .. } = token {
            let get = |name: &[u8]| attribute(attributes, name).unwrap_or_default().into_owned();
            found.push(Relation { id: get(b"Id"), kind: get(b"Type"), target: get(b"Target") });
        }
        Ok(found.len() < 10 * PAGES)
    })?;
    Ok(found)
}

fn main_part(archive: &Archive<'_>) -> Result<Option<String>, BookFault> {
    let relations = relations(archive, "_rels/.rels")?;
    let named = relations.into_iter().find(|relation| relation.kind.ends_with("/officeDocument"));
    let part = named.map_or_else(|| "xl/workbook.xml".to_owned(), |relation| relation.target);
    let part = part.trim_start_matches('/').to_owned();
    if archive.has("content.xml") && archive.has("META-INF/manifest.xml") {
        return Err(BookFault::new(BookCode::OtherTable, ["ods".to_owned()]));
    }
    if part.ends_with(".bin") && archive.has(&part) {
        return Err(BookFault::new(BookCode::OtherTable, ["xlsb".to_owned()]));
    }
    // A text document or a presentation is the same kind of archive.
    Ok((archive.has(&part) && !part.starts_with("word/") && !part.starts_with("ppt/")).then_some(part))
}

/// The path of a part in the folder of another.
fn beside(part: &str, target: &str) -> String {
    if let Some(whole) = target.strip_prefix('/') {
        return whole.to_owned();
    }
    let folder = part.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut steps: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split('/') {
        match step {
            ".." => drop(steps.pop()),
            "." | "" => {}
            step => steps.push(step),
        }
    }
    steps.join("/")
}

fn pages(archive: &Archive<'_>, workbook: &str, relations: &[Relation]) -> Result<(Vec<Page>, bool), BookFault> {
    let parts: HashMap<&str, &Relation> = relations.iter().map(|relation| (&*relation.id, relation)).collect();
    let (mut pages, mut since_1904) = (Vec::new(), false);
    walk(archive, workbook, |token| {
        let Token::Open { name, attributes, .. } = token else { return Ok(true) };
        match name {
            b"workbookPr" => {
                since_1904 = attribute(attributes, b"date1904").is_some_and(|held| matches!(&*held, "1" | "true"));
            }
            b"sheet" => {
                let id = attribute(attributes, b"id").unwrap_or_default();
                let page = attribute(attributes, b"name").unwrap_or_default().into_owned();
                let relation = parts.get(&*id).ok_or_else(|| missing(&page))?;
                // Sheets of charts and of macros hold no rows.
                if relation.kind.ends_with("/worksheet") {
                    let part = beside(workbook, &relation.target);
                    if !archive.has(&part) {
                        return Err(missing(&page));
                    }
                    let hidden = attribute(attributes, b"state").is_some_and(|state| state != "visible");
                    pages.push(Page { name: page, hidden, part });
                }
            }
            _ => {}
        }
        if pages.len() > PAGES {
            return Err(BookFault::new(BookCode::TooManyPages, [PAGES.to_string()]));
        }
        Ok(true)
    })?;
    Ok((pages, since_1904))
}

fn missing(page: &str) -> BookFault {
    BookFault::broken(format!("{}: not in the file", page.chars().take(60).collect::<String>()))
}

/// Which cell styles show a day.
fn styles(archive: &Archive<'_>, part: &str) -> Result<Vec<bool>, BookFault> {
    let (mut formats, mut days, mut within) = (HashMap::new(), Vec::new(), false);
    walk(archive, part, |token| {
        match token {
            Token::Open { name: b"numFmt", attributes, .. } => {
                if let (Some(id), Some(code)) =
                    (numeric::<u32>(attributes, b"numFmtId"), attribute(attributes, b"formatCode"))
                {
                    formats.insert(id, shows_day(&code));
                }
            }
            Token::Open { name: b"cellXfs", .. } => within = true,
            Token::Close(b"cellXfs") => within = false,
            Token::Open { name: b"xf", attributes, .. } if within => {
                let id = numeric::<u32>(attributes, b"numFmtId").unwrap_or(0);
                days.push(formats.get(&id).copied().unwrap_or_else(|| built_in_day(id)));
            }
            _ => {}
        }
        Ok(days.len() < 100_000)
    })?;
    Ok(days)
}

/// Whether a number format that every program knows shows a day.
pub(crate) const fn built_in_day(id: u32) -> bool {
    matches!(id, 14..=17 | 22 | 27..=31 | 34..=36 | 50..=54 | 57 | 58)
}

/// Whether a number format shows years or days of the month.
pub(crate) fn shows_day(code: &str) -> bool {
    let (mut quoted, mut bracketed, mut escaped) = (false, false, false);
    for sign in code.chars() {
        match sign {
            _ if escaped => escaped = false,
            '\\' | '_' | '*' => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '[' => bracketed = true,
            ']' => bracketed = false,
            _ if bracketed => {}
            ';' => return false,
            'y' | 'Y' | 'd' | 'D' | '年' | '日' => return true,
            _ => {}
        }
    }
    false
}

fn strings(archive: &Archive<'_>, part: &str, kept: &mut Kept<'_>) -> Result<Vec<Cell>, BookFault> {
    let mut texts = Vec::new();
    let (mut one, mut open, mut within, mut phonetic) = (Pieces::default(), false, false, 0_u32);
    walk_plainly(archive, part, plain::text, |token| {
        match token {
            Token::Plain(Plain::Text(text)) => {
                if open {
                    return Err(nested("si"));
                }
                one.clear();
                if phonetic == 0 {
                    push(&mut one, text, true)?;
                }
                texts.push(kept.pieces(&one)?);
            }
            Token::Open { name: b"si", empty, .. } => {
                if open {
                    return Err(nested("si"));
                }
                open = !empty;
                one.clear();
                if empty {
                    texts.push(Cell::Empty);
                }
            }
            Token::Open { name: b"t", empty, .. } => within = !empty && phonetic == 0,
            Token::Open { name: b"rPh", empty: false, .. } => phonetic += 1,
            Token::Close(b"rPh") => phonetic = phonetic.saturating_sub(1),
            Token::Close(b"t") => within = false,
            Token::Text(raw) if within => push(&mut one, raw, true)?,
            Token::Data(raw) if within => push(&mut one, raw, false)?,
            Token::Close(b"si") => {
                open = false;
                texts.push(kept.pieces(&one)?);
            }
            _ => {}
        }
        if texts.len() > kept.limits.cells { Err(kept.too_much()) } else { Ok(true) }
    })?;
    Ok(texts)
}

/// Takes in a piece of text; with its entities resolved, if it has any.
fn push(into: &mut Pieces, raw: &[u8], entities: bool) -> Result<(), BookFault> {
    let plain = std::str::from_utf8(raw).map_err(|_| BookFault::broken("text that is no UTF-8"))?;
    if entities && memchr::memchr2(b'&', b'_', raw).is_some() {
        into.push(&text(raw));
    } else {
        into.push(plain);
    }
    Ok(())
}

fn nested(what: &str) -> BookFault {
    BookFault::broken(format!("<{what}> within <{what}>"))
}

/// How a cell's value is written.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Number,
    Shared,
    Text,
    Bool,
    Error,
    Day,
}

/// A page under reading.
struct Reading<'a, 'k, 'l> {
    page: &'a Page,
    shared: &'a Shared,
    kept: &'k mut Kept<'l>,
    grid: Grid,
    row: GridRow,
    column: u32,
    /// The row says its number.
    numbered: bool,
    /// What stands before says something of what comes: where a row or cell stands, or that the rows are within something else.
    implied: bool,
    form: Form,
    style: u32,
    /// Within `<c>`, which has a `<f>`.
    cell: bool,
    formula: bool,
    /// Within `<v>` or the `<t>` of an inline text.
    within: bool,
    inline: bool,
    phonetic: bool,
    value: Pieces,
}

fn grid(archive: &Archive<'_>, page: &Page, shared: &Shared, kept: &mut Kept<'_>) -> Result<Grid, BookFault> {
    let (inflated, before) = (archive.inflated(), kept.clone());
    let large = archive.packed(&page.part) >= AHEAD;
    let cut = large.then(|| pieces::grid_in_pieces(archive, page, shared, kept, pieces::PIECE)).flatten();
    let mut grid = match cut {
        Some(grid) => grid,
        None => {
            // It is read again, and counted once.
            archive.forget(inflated);
            *kept = before;
            let mut reading = Reading::of(page, shared, kept);
            walk_plainly(archive, &page.part, plain::cell, |token| reading.token(token))?;
            reading.end_row()?;
            reading.grid
        }
    };
    in_order(&grid.name, &mut grid.rows)?;
    Ok(grid)
}

impl<'a, 'k, 'l> Reading<'a, 'k, 'l> {
    fn of(page: &'a Page, shared: &'a Shared, kept: &'k mut Kept<'l>) -> Self {
        Self {
            page,
            shared,
            kept,
            grid: Grid { name: page.name.clone(), hidden: page.hidden, ..Grid::default() },
            row: GridRow::default(),
            column: 0,
            numbered: false,
            implied: false,
            form: Form::Number,
            style: 0,
            cell: false,
            formula: false,
            within: false,
            inline: false,
            phonetic: false,
            value: Pieces::default(),
        }
    }

    fn token(&mut self, token: Token<'_>) -> Result<bool, BookFault> {
        match token {
            Token::Open { name, attributes, empty } => self.open(name, attributes, empty)?,
            Token::Close(name) => self.close(name)?,
            Token::Plain(Plain::Cell(cell)) => self.plain(&cell)?,
            Token::Text(raw) if self.within => push(&mut self.value, raw, true)?,
            Token::Data(raw) if self.within => push(&mut self.value, raw, false)?,
            _ => {}
        }
        Ok(true)
    }

    fn open(&mut self, name: &[u8], attributes: &[u8], empty: bool) -> Result<(), BookFault> {
        match name {
            b"c" => self.cell(attributes, empty)?,
            b"f" => self.formula = self.cell,
            b"v" => self.within = !empty,
            b"t" if self.inline => self.within = !empty && !self.phonetic,
            b"is" => self.inline = !empty,
            b"rPh" => self.phonetic = !empty,
            b"row" => {
                if self.cell {
                    return Err(nested("row"));
                }
                self.end_row()?;
                let told = numeric::<u32>(attributes, b"r").filter(|told| *told > 0);
                self.numbered = told.is_some();
                self.implied |= told.is_none();
                self.begin_row(told.unwrap_or(self.row.number + 1))?;
            }
            b"sheetData" => self.implied |= self.is_open() || self.row.number > 0,
            b"col" => self.columns(attributes),
            b"mergeCell" => {
                if let Some(merge) = attribute(attributes, b"ref").and_then(|place| merge(&place)) {
                    self.kept.merge(&mut self.grid.merges, merge)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &[u8]) -> Result<(), BookFault> {
        match name {
            b"v" | b"t" => self.within = false,
            b"is" => self.inline = false,
            b"rPh" => self.phonetic = false,
            b"c" => {
                if !std::mem::take(&mut self.cell) {
                    return Err(nested("c"));
                }
                let cell = self.finished()?;
                self.put(cell)?;
            }
            b"sheetData" => {
                self.implied |= self.is_open();
                self.end_row()?;
            }
            _ => {}
        }
        Ok(())
    }

    /// A cell, or a part of one, is open.
    fn is_open(&self) -> bool {
        self.cell || self.within || self.inline || self.phonetic
    }

    fn put(&mut self, cell: Cell) -> Result<(), BookFault> {
        self.kept.put(&self.page.name, &mut self.row, self.column, cell)?;
        self.column = self.column.saturating_add(1);
        self.value.clear();
        Ok(())
    }

    fn begin_row(&mut self, number: u32) -> Result<(), BookFault> {
        if number > LAST_ROW {
            return Err(BookFault::broken(format!("{}: row {number}", self.page.name)));
        }
        self.row.number = number;
        self.column = 0;
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), BookFault> {
        let (number, width) = (self.row.number, self.row.cells.len());
        let next = GridRow { number, cells: Vec::with_capacity(width) };
        let row = std::mem::replace(&mut self.row, next);
        self.kept.row(&mut self.grid.rows, row)
    }

    fn plain(&mut self, cell: &PlainCell<'_>) -> Result<(), BookFault> {
        self.begin_cell()?;
        self.stand(cell.column, cell.row)?;
        let cell = match cell.value {
            PlainValue::Shared(at) => self.kept.shared(&self.shared.texts, Some(at))?,
            PlainValue::Number(written) => {
                self.style = cell.style;
                push(&mut self.value, written, true)?;
                self.finished()?
            }
        };
        self.put(cell)
    }

    fn begin_cell(&mut self) -> Result<(), BookFault> {
        if self.cell {
            return Err(nested("c"));
        }
        if self.row.number == 0 {
            // A cell without a row stands in the first one.
            self.implied = true;
            self.begin_row(1)?;
        }
        self.formula = false;
        (self.form, self.style) = (Form::Number, 0);
        self.value.clear();
        (self.within, self.inline) = (false, false);
        Ok(())
    }

    /// The cell says where it stands; a row that does not say its number has it from its first cell.
    fn stand(&mut self, column: u32, row: u32) -> Result<(), BookFault> {
        if !self.numbered {
            self.numbered = true;
            self.begin_row(row + 1)?;
        }
        self.column = column;
        Ok(())
    }

    fn cell(&mut self, attributes: &[u8], empty: bool) -> Result<(), BookFault> {
        self.begin_cell()?;
        self.cell = !empty;
        for (name, value) in Attributes(attributes) {
            match name {
                b"r" => {
                    if let Some((column, row)) = place(value) {
                        self.stand(column, row)?;
                    }
                }
                b"s" => self.style = digits(value).unwrap_or(0),
                b"t" => {
                    self.form = match value {
                        b"s" => Form::Shared,
                        b"str" | b"inlineStr" => Form::Text,
                        b"b" => Form::Bool,
                        b"e" => Form::Error,
                        b"d" => Form::Day,
                        _ => Form::Number,
                    }
                }
                _ => {}
            }
        }
        if empty {
            self.column = self.column.saturating_add(1);
        }
        Ok(())
    }

    fn finished(&mut self) -> Result<Cell, BookFault> {
        let value = &self.value.text;
        if value.is_empty() {
            // A formula may well come to an empty text; a number it has not come to is another matter.
            let unknown = self.formula && self.form != Form::Text;
            return Ok(if unknown { Cell::NoResult } else { Cell::Empty });
        }
        match self.form {
            Form::Shared => self.kept.shared(&self.shared.texts, digits(value.trim().as_bytes())),
            Form::Number => match value.trim().parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(self.number(number)),
                _ => self.kept.pieces(&self.value),
            },
            Form::Bool => match value.trim() {
                "1" | "true" => Ok(Cell::Bool(true)),
                "0" | "false" => Ok(Cell::Bool(false)),
                _ => Ok(Cell::Damaged),
            },
            Form::Error => self.kept.error(value),
            Form::Day => match anju_record::day::parse(value.split('T').next().unwrap_or_default()) {
                Some(day) => Ok(Cell::Date(day)),
                None => self.kept.pieces(&self.value),
            },
            Form::Text => self.kept.pieces(&self.value),
        }
    }

    fn number(&self, number: f64) -> Cell {
        let is_day = self.shared.days.get(self.style as usize).copied().unwrap_or(false);
        day_or_number(serial_of(number, self.shared.since_1904), number, is_day)
    }

    fn columns(&mut self, attributes: &[u8]) {
        let hidden = attribute(attributes, b"hidden").is_some_and(|held| matches!(&*held, "1" | "true"));
        let (Some(first), Some(last)) = (numeric::<u32>(attributes, b"min"), numeric::<u32>(attributes, b"max")) else {
            return;
        };
        if hidden && first > 0 && last >= first {
            hide(&mut self.grid.hidden_columns, first - 1, last - 1, self.kept.limits);
        }
    }
}

/// A number as days are counted from 1900.
pub(crate) fn serial_of(number: f64, since_1904: bool) -> f64 {
    if since_1904 { number + SINCE_1904 } else { number }
}

/// What a number is when its format shows a day, or does not.
pub(crate) fn day_or_number(serial: f64, number: f64, is_day: bool) -> Cell {
    match day_of_serial(serial).filter(|_| is_day) {
        Some(day) => Cell::Date(day),
        None => Cell::Number(number),
    }
}

/// The day of a spreadsheet's serial number. Day 60 is the 29 February 1900 that never was.
pub(crate) fn day_of_serial(serial: f64) -> Option<i32> {
    let whole = serial.floor();
    if !(1.0..2_958_466.0).contains(&whole) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "within seven digits")]
    let serial = whole as i32;
    Some(serial - 25_569 + i32::from(serial < 60))
}

fn digits(bytes: &[u8]) -> Option<u32> {
    if bytes.is_empty() || bytes.len() > 9 {
        return None;
    }
    bytes.iter().try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0')))
}

/// `B12` as column and row from 0.
fn place(bytes: &[u8]) -> Option<(u32, u32)> {
    let letters = bytes.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    if letters == 0 || letters > 3 {
        return None;
    }
    let column =
        bytes[..letters].iter().fold(0_u32, |sum, byte| sum * 26 + u32::from(byte.to_ascii_uppercase() - b'A') + 1);
    let row = if letters == bytes.len() { 1 } else { digits(&bytes[letters..])? };
    Some((column - 1, row.checked_sub(1)?))
}

fn merge(text: &str) -> Option<Merge> {
    let (first, last) = text.split_once(':')?;
    let ((c0, r0), (c1, r1)) = (place(first.trim().as_bytes())?, place(last.trim().as_bytes())?);
    (c0 <= c1 && r0 <= r1).then_some(Merge { r0, c0, r1, c1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_that_show_a_day_are_known_from_others() {
        for code in ["yyyy-mm-dd", "m/d/yy", "yyyy\"年\"m\"月\"d\"日\"", "[$-804]yyyy/m/d", "dd.mm."] {
            assert!(shows_day(code), "{code}");
        }
        for code in ["General", "0.00", "#,##0;[Red]-#,##0", "\"day\"0", "[Red]0", "h:mm", "_-* 0", "0_d"] {
            assert!(!shows_day(code), "{code}");
        }
    }

    #[test]
    fn places_and_serials_are_read_as_spreadsheets_count() {
        assert_eq!(place(b"A1"), Some((0, 0)));
        assert_eq!(place(b"XFD1048576"), Some((16_383, 1_048_575)));
        assert_eq!(place(b"A0"), None);
        assert_eq!(place(b"1"), None);
        assert_eq!(merge("B34:C35"), Some(Merge { r0: 33, c0: 1, r1: 34, c1: 2 }));
        assert_eq!(day_of_serial(43_967.4), anju_record::day::parse("2020-05-16"));
        assert_eq!(day_of_serial(1.0), anju_record::day::parse("1900-01-01"));
        assert_eq!(day_of_serial(0.5), None);
    }

    #[test]
    fn shared_texts_are_the_same_however_they_are_written() {
        const WRITTEN: [(&str, &str); 7] = [
            ("<si><t>甲N</t></si>", "甲N"),
            (r#"<si><t xml:space="preserve"> 乙N </t></si>"#, " 乙N "),
            ("<si><r><t>丙</t></r><r><t>N</t></r></si>", "丙N"),
            ("<si><t>丁N</t><rPh sb='0' eb='1'><t>dīng</t></rPh></si>", "丁N"),
            ("<si><t>&lt;N&gt;</t></si>", "<N>"),
            ("<si><t>\n</t></si>", ""),
            ("<si/>", ""),
        ];
        let fill = |text: &str, at: usize| text.replace('N', &at.to_string());
        let texts: String = (0..9_000).map(|at| fill(WRITTEN[at % 7].0, at)).collect();
        let limits = Limits::default();
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file("texts", zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, format!("<sst>{texts}</sst>").as_bytes()).unwrap();
        let bytes = zip.finish().unwrap().into_inner();
        let archive = Archive::open(&bytes, &limits).unwrap();
        let read = strings(&archive, "texts", &mut Kept::new(&limits)).unwrap();
        assert_eq!(read.len(), 9_000);
        for (at, cell) in read.iter().enumerate() {
            assert_eq!(cell.text(), fill(WRITTEN[at % 7].1, at));
        }
    }

    #[test]
    fn parts_are_found_beside_one_another() {
        assert_eq!(beside("xl/workbook.xml", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(beside("xl/workbook.xml", "/xl/worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(beside("xl/workbook.xml", "../a.xml"), "a.xml");
    }
}
