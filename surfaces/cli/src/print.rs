//! One answer, three ways to print it.

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
/// When standard output is closed.
pub fn print(format: Format, body: &impl Serialize, sheet: &Sheet<'_>) -> Result<(), Ending> {
    let mut out = std::io::stdout().lock();
    match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, body).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        Format::Csv => {
            let mut csv = csv::Writer::from_writer(out);
            csv.write_record(sheet.heads).map_err(|error| Ending::from(std::io::Error::from(error)))?;
            for row in &sheet.rows {
                csv.write_record(row).map_err(|error| Ending::from(std::io::Error::from(error)))?;
            }
            csv.flush()?;
        }
        Format::Table => {
            let mut table = Table::new();
            table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled).set_header(sheet.heads);
            table.add_rows(&sheet.rows);
            for at in sheet.figures.clone() {
                if let Some(column) = table.column_mut(at) {
                    column.set_cell_alignment(CellAlignment::Right);
                }
            }
            writeln!(out, "{}", table.trim_fmt())?;
        }
    }
    Ok(())
}
