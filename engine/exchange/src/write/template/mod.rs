//! Templates: a workbook to fill in, with instructions, headings that explain themselves, samples, and lists to choose from.

mod columns;
mod notes;
mod sample;

use std::collections::BTreeMap;
use std::io::Write;

use anju_pack::{CodeListIx, Kind, Pack, Sheet};
use anju_record::Lang;
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, Format, FormatAlign, FormatBorder, Formula, Note, Workbook,
    Worksheet,
};

pub use columns::{SheetColumn, sheet_columns};
pub(crate) use sample::{MADE_UP, NOWHERE, values as sample_values};

use super::cell::{TableColumn, wide};
use super::fault::WriteFault;
use super::place::{letters, quoted, sheet_name};

/// The last row that a sheet may have, from 0.
const LAST: u32 = 1_048_575;
/// Characters that a list to choose from may have when it stands in the rule itself.
const INLINE: usize = 255;

/// Writes the template of one sheet.
///
/// # Errors
/// When the bytes are not taken.
pub fn template<W: Write + Send>(pack: &Pack, sheet: &Sheet, lang: Lang, out: W) -> Result<W, WriteFault> {
    templates(pack, &[sheet], lang, out)
}

/// Writes the templates of several sheets as one workbook.
///
/// # Errors
/// When the bytes are not taken.
pub fn templates<W: Write + Send>(pack: &Pack, sheets: &[&Sheet], lang: Lang, mut out: W) -> Result<W, WriteFault> {
    let mut workbook = Workbook::new();
    let mut names: Vec<String> = Vec::new();
    for sheet in sheets {
        let name = sheet_name(lang.of(&sheet.title), &names);
        names.push(name);
    }
    let mut lists =
        Lists { sheet: sheet_name(if lang == Lang::Zh { "代码" } else { "Codes" }, &names), used: BTreeMap::new() };
    for (sheet, name) in sheets.iter().zip(&names) {
        let page = Page { pack, sheet, columns: sheet_columns(pack, sheet), lang, formats: Formats::new() };
        page.write(workbook.add_worksheet().set_name(name)?, &mut lists)?;
    }
    if !lists.used.is_empty() {
        let hidden = workbook.add_worksheet().set_name(&lists.sheet)?;
        for (list, column) in &lists.used {
            for (row, value) in (0_u32..).zip(&pack.code_list(*list).values) {
                hidden.write_string(row, *column, lang.of(&value.title))?;
            }
        }
        hidden.set_hidden(true);
    }
    workbook.save_to_writer(&mut out)?;
    out.flush()?;
    Ok(out)
}

/// Code lists too long for a rule, one column each.
struct Lists {
    sheet: String,
    used: BTreeMap<CodeListIx, u16>,
}

struct Formats {
    title: Format,
    notes: Format,
    heading: Format,
    required: Format,
    sample: Format,
    text: Format,
    numbers: BTreeMap<u8, Format>,
}

impl Formats {
    fn new() -> Self {
        let heading = Format::new()
            .set_bold()
            .set_text_wrap()
            .set_align(FormatAlign::Center)
            .set_align(FormatAlign::VerticalCenter);
        let heading = heading.set_border(FormatBorder::Thin).set_num_format("@");
        let number = |scale: u8| {
            Format::new().set_num_format(match scale {
                0 => "0".to_owned(),
                scale => format!("0.{}", "0".repeat(usize::from(scale))),
            })
        };
        Self {
            title: Format::new()
                .set_bold()
                .set_font_size(16)
                .set_align(FormatAlign::Center)
                .set_align(FormatAlign::VerticalCenter),
            notes: Format::new().set_text_wrap().set_align(FormatAlign::Left).set_align(FormatAlign::Top),
            required: heading.clone().set_background_color(Color::RGB(0xBF_DDCF)),
            heading: heading.set_background_color(Color::RGB(0xE8_EEEB)),
            sample: Format::new().set_italic().set_font_color(Color::RGB(0x6B_7280)).set_num_format("@"),
            text: Format::new().set_num_format("@"),
            numbers: (0..=6).map(|scale| (scale, number(scale))).collect(),
        }
    }

    /// Numbers may be calculated with; everything else stays as it is typed.
    fn of(&self, kind: &Kind) -> &Format {
        let scale = match kind {
            Kind::Integer { .. } => Some(0),
            Kind::Decimal { scale, .. } => Some(*scale),
            Kind::Money { .. } => Some(2),
            _ => None,
        };
        scale.and_then(|scale| self.numbers.get(&scale)).unwrap_or(&self.text)
    }
}

/// One sheet of a template.
struct Page<'a> {
    pack: &'a Pack,
    sheet: &'a Sheet,
    columns: Vec<SheetColumn>,
    lang: Lang,
    formats: Formats,
}

/// Row of the headings, from 0: below title and instructions.
const HEADING: u32 = 2;

impl Page<'_> {
    fn write(&self, to: &mut Worksheet, lists: &mut Lists) -> Result<(), WriteFault> {
        let zh = self.lang == Lang::Zh;
        let counts = self.sheet.count.first().filter(|_| zh);
        let last = u16::try_from(self.columns.len() + usize::from(counts.is_some())).unwrap_or(u16::MAX);
        self.head(to, last)?;
        let serial = if zh { "序号" } else { "No." };
        to.write_string_with_format(HEADING, 0, serial, &self.formats.heading)?.set_column_width(0, 9)?;
        for nth in 0..sample::SAMPLES {
            let name = format!("{}{}", if zh { "示例" } else { "Example " }, nth + 1);
            to.write_string_with_format(HEADING + 1 + row_of(nth), 0, name, &self.formats.sample)?;
        }
        for (at, column) in (1_u16..).zip(&self.columns) {
            self.column(to, at, column, lists)?;
        }
        if let Some(heading) = counts {
            to.write_string_with_format(HEADING, last, heading, &self.formats.heading)?;
            for nth in 0..sample::SAMPLES {
                to.write_string_with_format(HEADING + 1 + row_of(nth), last, "2", &self.formats.sample)?;
            }
        }
        to.set_freeze_panes(HEADING + 1, 1)?.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
        to.set_repeat_rows(HEADING, HEADING)?;
        Ok(())
    }

    /// Title and instructions, across.
    fn head(&self, to: &mut Worksheet, last: u16) -> Result<(), WriteFault> {
        let (title, zh) = (self.lang.of(&self.sheet.title), self.lang == Lang::Zh);
        let instructions = notes::instructions(self.pack, self.sheet, &self.columns, self.lang);
        let text = format!("{}\n{}", if zh { "填表说明：" } else { "How to fill it in:" }, instructions.join("\n"));
        // As wide as a screen, so that nobody has to scroll to read.
        let across = last.clamp(1, 9);
        let signs: u32 = (0..=across).map(|at| u32::from(self.width(at))).sum();
        let lines: u32 = text.lines().map(|line| u32::from(wide(line)) / signs.max(1) + 1).sum();
        to.merge_range(0, 0, 0, across, title, &self.formats.title)?.set_row_height(0, 30)?;
        to.merge_range(1, 0, 1, across, &text, &self.formats.notes)?.set_row_height(1, (lines * 15 + 4).min(400))?;
        to.set_row_height(HEADING, 32)?;
        Ok(())
    }

    fn width(&self, at: u16) -> u16 {
        let column = usize::from(at).checked_sub(1).and_then(|at| self.columns.get(at));
        column.map_or(9, |column| {
            let field = self.pack.ledger(column.ledger).field(column.field);
            TableColumn::of(field, self.lang).width.max(wide(self.lang.of(&column.heading)).saturating_add(2)).min(40)
        })
    }

    fn column(&self, to: &mut Worksheet, at: u16, column: &SheetColumn, lists: &mut Lists) -> Result<(), WriteFault> {
        let field = self.pack.ledger(column.ledger).field(column.field);
        let heading = if column.required { &self.formats.required } else { &self.formats.heading };
        to.set_column_width(at, self.width(at))?.set_column_format(at, self.formats.of(&field.kind))?;
        to.write_string_with_format(HEADING, at, self.lang.of(&column.heading), heading)?;
        let note =
            Note::new(notes::comment(self.pack, self.sheet, column, self.lang)).add_author_prefix(false).set_width(220);
        to.insert_note(HEADING, at, &note)?;
        for nth in 0..sample::SAMPLES {
            let value = sample::value(self.pack, self.sheet, column, nth, self.lang);
            to.write_string_with_format(HEADING + 1 + row_of(nth), at, value, &self.formats.sample)?;
        }
        if let Some(rule) = self.rule(&field.kind, lists)? {
            to.add_data_validation(HEADING + 1, at, LAST, at, &rule)?;
        }
        Ok(())
    }

    /// What may be chosen. Something else is warned of, not refused: other words for a code are read as well.
    fn rule(&self, kind: &Kind, lists: &mut Lists) -> Result<Option<DataValidation>, WriteFault> {
        let zh = self.lang == Lang::Zh;
        let rule = DataValidation::new();
        let rule = match kind {
            Kind::Bool => rule.allow_list_strings(if zh { &["是", "否"] } else { &["yes", "no"] })?,
            Kind::Code { list } => {
                let titles: Vec<&str> =
                    self.pack.code_list(*list).values.iter().map(|value| self.lang.of(&value.title)).collect();
                let length: usize = titles.iter().map(|title| title.encode_utf16().count() + 1).sum();
                if length <= INLINE && !titles.iter().any(|title| title.contains([',', '"'])) {
                    rule.allow_list_strings(&titles)?
                } else {
                    let next = u16::try_from(lists.used.len()).unwrap_or(u16::MAX);
                    let column = letters(u32::from(*lists.used.entry(*list).or_insert(next)));
                    rule.allow_list_formula(Formula::new(format!(
                        "={}!${column}$1:${column}${}",
                        quoted(&lists.sheet),
                        titles.len()
                    )))
                }
            }
            _ => return Ok(None),
        };
        let (title, message) = if zh {
            ("不在列表中", "请从下拉列表中选择；确认所填含义相同时可以保留。")
        } else {
            ("Not in the list", "Choose from the list; keep it only if it means the same.")
        };
        Ok(Some(
            rule.set_error_style(DataValidationErrorStyle::Warning)
                .set_error_title(title)?
                .set_error_message(message)?,
        ))
    }
}

fn row_of(nth: usize) -> u32 {
    u32::try_from(nth).unwrap_or_default()
}
