//! What all pages of a workbook share: texts, formats, names and places of the pages.

use std::collections::HashMap;

use encoding_rs::{Encoding, GBK, UTF_8, WINDOWS_1252};

use super::ole::number;
use super::record::{Long, Record, Records, Script};
use crate::book::Cell;
use crate::fault::{BookCode, BookFault};
use crate::kept::Kept;
use crate::xlsx::{PAGES, built_in_day, shows_day};

pub(super) const BEGIN: u32 = 0x0809;
pub(super) const END: u32 = 0x000a;
/// Version of Excel 97 and later.
const UNICODE: u32 = 0x0600;

/// A page and where it begins.
pub(super) struct Page {
    pub name: String,
    pub hidden: bool,
    pub at: usize,
}

pub(super) struct Globals {
    pub pages: Vec<Page>,
    pub texts: Vec<Cell>,
    /// By cell format: shows a day.
    pub days: Vec<bool>,
    pub since_1904: bool,
    pub script: Script,
    /// Whoever wrote it says which program worked its formulas out.
    pub worked_out: bool,
}

impl Globals {
    /// Reads the records before the first page.
    pub fn read(stream: &[u8], kept: &mut Kept<'_>) -> Result<Self, BookFault> {
        let mut records = Records::from(stream, 0);
        let first = records.next()?;
        if first.kind != BEGIN {
            return Err(BookFault::broken("xls: no beginning"));
        }
        let script = if first.short(0) == Some(UNICODE) { Script::Unicode } else { Script::Bytes(GBK) };
        let mut globals = Self {
            pages: Vec::new(),
            texts: Vec::new(),
            days: Vec::new(),
            since_1904: false,
            script,
            worked_out: false,
        };
        let (mut formats, mut styles) = (HashMap::new(), Vec::new());
        loop {
            let record = records.next()?;
            match record.kind {
                END => break,
                0x002f => return Err(BookFault::new(BookCode::Protected, [])),
                0x0022 => globals.since_1904 = record.short(0) == Some(1),
                0x01c1 => globals.worked_out = true,
                0x0042 => globals.code_page(&record),
                0x041e => {
                    let code = record.data.get(2..).and_then(|rest| {
                        let length = if matches!(globals.script, Script::Unicode) { 2 } else { 1 };
                        Long::of(&mut records, rest).text(length, globals.script)
                    });
                    if let (Some(id), Some(code)) = (record.short(0), code) {
                        formats.insert(id, shows_day(&code));
                    }
                }
                0x00e0 => styles.push(record.short(2).unwrap_or(0)),
                0x0085 => globals.page(&record, &mut records)?,
                0x00fc => globals.texts(&record, &mut records, kept)?,
                _ => {}
            }
        }
        let shows = |id: &u32| formats.get(id).copied().unwrap_or_else(|| built_in_day(*id));
        globals.days = styles.iter().map(shows).collect();
        Ok(globals)
    }

    fn code_page(&mut self, record: &Record<'_>) {
        if let Script::Bytes(encoding) = &mut self.script {
            *encoding = match record.short(0) {
                Some(950) => encoding_rs::BIG5,
                Some(1252 | 0x8001) => WINDOWS_1252,
                Some(65001) => UTF_8,
                Some(54936) => encoding_rs::GB18030,
                Some(page @ 1250..=1258) => {
                    Encoding::for_label(format!("windows-{page}").as_bytes()).unwrap_or(WINDOWS_1252)
                }
                _ => GBK,
            };
        }
    }

    fn page<'s>(&mut self, record: &Record<'s>, records: &mut Records<'s>) -> Result<(), BookFault> {
        let wrong = || BookFault::broken("xls: a page has no place");
        let at = number(record.data, 0, 4).ok_or_else(wrong)?;
        let (state, kind) = (record.byte(4).ok_or_else(wrong)?, record.byte(5).ok_or_else(wrong)?);
        let name = Long::of(records, &record.data[6..]).text(1, self.script).ok_or_else(wrong)?;
        if kind == 0 {
            self.pages.push(Page { name, hidden: state & 3 != 0, at: at as usize });
        }
        if self.pages.len() > PAGES {
            return Err(BookFault::new(BookCode::TooManyPages, [PAGES.to_string()]));
        }
        Ok(())
    }

    /// The table may say that it holds more than it does; a cell that shows what is not there is damaged.
    fn texts<'s>(
        &mut self,
        record: &Record<'s>,
        records: &mut Records<'s>,
        kept: &mut Kept<'_>,
    ) -> Result<(), BookFault> {
        let Some(count) = number(record.data, 4, 4) else { return Ok(()) };
        let mut long = Long::of(records, &record.data[8..]);
        for _ in 0..count {
            let Some(text) = long.text(2, Script::Unicode) else { break };
            self.texts.push(kept.text(&text)?);
            if self.texts.len() > kept.limits.cells {
                return Err(kept.too_much());
            }
        }
        Ok(())
    }
}
