//! A table in the format that was asked for.

use std::io::Write;

use super::cell::{CellOut, TableHead};
use super::csv::{CsvEncoding, CsvWriter};
use super::fault::WriteFault;
use super::xlsx::XlsxWriter;

/// Formats that a table is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableFormat {
    /// A workbook.
    Xlsx,
    /// Text.
    Csv(CsvEncoding),
}

impl TableFormat {
    /// From a file's ending or an option: `xlsx`, `csv`, `gb18030` for text in that encoding.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "xlsx" => Some(Self::Xlsx),
            "csv" => Some(Self::Csv(CsvEncoding::Utf8)),
            "gb18030" => Some(Self::Csv(CsvEncoding::Gb18030)),
            _ => None,
        }
    }

    /// How its files end.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv(_) => "csv",
        }
    }

    /// What its files are called on the way.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv(CsvEncoding::Utf8) => "text/csv; charset=utf-8",
            Self::Csv(CsvEncoding::Gb18030) => "text/csv; charset=gb18030",
        }
    }
}

/// Writes a table row by row, whatever its format.
pub enum TableWriter<W: Write> {
    /// A workbook.
    Xlsx(Box<XlsxWriter<W>>),
    /// Text.
    Csv(Box<CsvWriter<W>>),
}

impl<W: Write> TableWriter<W> {
    /// A table with its headings.
    ///
    /// # Errors
    /// When the bytes are not taken.
    pub fn new(out: W, head: TableHead, format: TableFormat) -> Result<Self, WriteFault> {
        Ok(match format {
            TableFormat::Xlsx => Self::Xlsx(Box::new(XlsxWriter::new(out, head)?)),
            TableFormat::Csv(encoding) => Self::Csv(Box::new(CsvWriter::new(out, &head, encoding)?)),
        })
    }

    /// Writes a row.
    ///
    /// # Errors
    /// When the bytes are not taken.
    pub fn row(&mut self, cells: &[CellOut<'_>]) -> Result<(), WriteFault> {
        match self {
            Self::Xlsx(writer) => writer.row(cells),
            Self::Csv(writer) => writer.row(cells),
        }
    }

    /// Ends it and gives the place written to back.
    ///
    /// # Errors
    /// When the bytes are not taken.
    pub fn finish(self) -> Result<W, WriteFault> {
        match self {
            Self::Xlsx(writer) => writer.finish(),
            Self::Csv(writer) => writer.finish(),
        }
    }
}
