//! A table as text: one row a line, in an encoding that the county's spreadsheets open.

use std::borrow::Cow;
use std::io::Write;

use anju_record::day;
use encoding_rs::GB18030;

use super::cell::{CellOut, TableHead, neutral, push_number};
use super::fault::WriteFault;

/// How the text is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CsvEncoding {
    /// With the mark at its head by which spreadsheets know it.
    #[default]
    Utf8,
    /// The national standard, which older office programs take a text file for.
    Gb18030,
}

/// Writes a table row by row.
pub struct CsvWriter<W: Write> {
    out: W,
    line: csv::Writer<Vec<u8>>,
    encoding: CsvEncoding,
    scales: Vec<u8>,
    number: Vec<u8>,
}

impl<W: Write> CsvWriter<W> {
    /// A table with its header. Title, unit and signature are for paper; a text file has none.
    ///
    /// # Errors
    /// When the bytes are not taken.
    pub fn new(mut out: W, head: &TableHead, encoding: CsvEncoding) -> Result<Self, WriteFault> {
        if encoding == CsvEncoding::Utf8 {
            out.write_all("\u{feff}".as_bytes())?;
        }
        let scales = head.columns.iter().map(|column| column.kind.scale()).collect();
        let mut writer = Self { out, line: line(), encoding, scales, number: Vec::new() };
        for column in &head.columns {
            writer.line.write_field(neutral(&column.title).as_bytes())?;
        }
        writer.end_line()?;
        Ok(writer)
    }

    /// Writes a row.
    ///
    /// # Errors
    /// When the bytes are not taken.
    pub fn row(&mut self, cells: &[CellOut<'_>]) -> Result<(), WriteFault> {
        for (at, scale) in self.scales.iter().enumerate() {
            match cells.get(at).unwrap_or(&CellOut::Empty) {
                CellOut::Empty => self.line.write_field(b"")?,
                CellOut::Text(text) => self.line.write_field(neutral(text).as_bytes())?,
                CellOut::Date(date) => self.line.write_field(day::format(*date))?,
                CellOut::Number(number) => {
                    self.number.clear();
                    push_number(&mut self.number, i128::from(*number), *scale);
                    self.line.write_field(&self.number)?;
                }
            }
        }
        self.end_line()
    }

    /// Gives the place written to back.
    ///
    /// # Errors
    /// When the bytes are not taken.
    pub fn finish(mut self) -> Result<W, WriteFault> {
        self.out.flush()?;
        Ok(self.out)
    }

    fn end_line(&mut self) -> Result<(), WriteFault> {
        self.line.write_record(None::<&[u8]>)?;
        let line = std::mem::replace(&mut self.line, line());
        let bytes = line.into_inner().map_err(|error| WriteFault::Package(error.to_string()))?;
        let bytes = match self.encoding {
            CsvEncoding::Utf8 => Cow::Borrowed(bytes.as_slice()),
            CsvEncoding::Gb18030 => Cow::Owned(GB18030.encode(&String::from_utf8_lossy(&bytes)).0.into_owned()),
        };
        self.out.write_all(&bytes)?;
        Ok(())
    }
}

fn line() -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).buffer_capacity(1 << 10).from_writer(Vec::new())
}

#[cfg(test)]
mod tests {
    use super::super::cell::{ColumnKind, TableColumn};
    use super::*;

    fn head() -> TableHead {
        let money = TableColumn { title: "金额（元）".into(), kind: ColumnKind::Money, width: 10 };
        TableHead { columns: vec![TableColumn::text("姓名", 10), money], ..TableHead::default() }
    }

    fn written(encoding: CsvEncoding) -> Vec<u8> {
        let mut writer = CsvWriter::new(Vec::new(), &head(), encoding).unwrap();
        writer.row(&["王,秀英".into(), CellOut::Number(-123_450)]).unwrap();
        writer.row(&["=cmd|' /C calc'!A0".into()]).unwrap();
        writer.row(&[CellOut::Empty, CellOut::Date(0)]).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn a_text_file_begins_with_its_mark_and_runs_nothing() {
        let text = String::from_utf8(written(CsvEncoding::Utf8)).unwrap();
        let lines = ["\u{feff}姓名,金额（元）", "\"王,秀英\",-1234.50", "'=cmd|' /C calc'!A0,", ",1970-01-01", ""];
        assert_eq!(text, lines.join("\r\n"));
    }

    #[test]
    fn older_programs_get_the_national_encoding() {
        let bytes = written(CsvEncoding::Gb18030);
        let (text, _, broken) = GB18030.decode(&bytes);
        assert!(!broken);
        assert!(text.starts_with("姓名,金额（元）\r\n\"王,秀英\""));
    }
}
