//! One answer, three ways to print it.

use std::fmt::Display;
use std::io::Write;
use std::ops::Range;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde::Serialize;

use crate::args::Format;
use crate::ending::Ending;

/// An answer as rows of text.
pub struct Sheet<'a> {
    /// Names of the columns.
    pub heads: &'a [&'a str],
    /// Rows, as wide as the heads.
    pub rows: Vec<Vec<String>>,
    /// Columns of figures, which stand to the right.
    pub figures: Range<usize>,
}

/// Prints an answer: `body` as JSON, `sheet` as a table or CSV.
///
/// # Errors
/// When standard output cannot be written.
pub fn print(format: Format, body: &impl Serialize, sheet: &Sheet<'_>) -> Result<(), Ending> {
    match format {
        Format::Json => json(body),
        Format::Csv => all(&csv(sheet)?),
        Format::Table => all(format!("{}\n", table(sheet)).as_bytes()),
    }
}

/// Prints a value as JSON.
///
/// # Errors
/// When standard output cannot be written.
pub fn json(body: &impl Serialize) -> Result<(), Ending> {
    let mut text = serde_json::to_vec_pretty(body).map_err(std::io::Error::from)?;
    text.push(b'\n');
    all(&text)
}

/// Prints bytes that are complete.
///
/// # Errors
/// When standard output cannot be written.
pub fn all(bytes: &[u8]) -> Result<(), Ending> {
    let mut out = std::io::stdout().lock();
    out.write_all(bytes)?;
    Ok(out.flush()?)
}

/// Prints a line. A reader that went away (`anju verify | head`) must not end a proof or a change half-way, so it is not heard.
pub fn say(line: impl Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn csv(sheet: &Sheet<'_>) -> Result<Vec<u8>, Ending> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let broken = |error: csv::Error| Ending::Cannot(error.to_string());
    csv.write_record(sheet.heads).map_err(broken)?;
    for row in &sheet.rows {
        csv.write_record(row).map_err(broken)?;
    }
    csv.into_inner().map_err(|error| Ending::Cannot(error.to_string()))
}

fn table(sheet: &Sheet<'_>) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled).set_header(sheet.heads);
    table.add_rows(&sheet.rows);
    for at in sheet.figures.clone() {
        if let Some(column) = table.column_mut(at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt()
}
