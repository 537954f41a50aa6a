//! A workbook written row by row, to a place that only takes bytes: whatever its length, it needs the memory of a page of rows.

use std::fmt::Write as _;
use std::io::Write;

use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use super::cell::{CellOut, ColumnKind, TableHead};
use super::fault::WriteFault;
use super::place::{ROWS, quoted, sheet_name};
use super::sheet_xml::Layout;
use super::styles;
use super::xml::escaped;

/// Bytes of a sheet before it is followed by another: the package counts in 32 bits.
const SHEET: u64 = 3 << 30;
/// Bytes that are handed to the packer at once.
const CHUNK: usize = 1 << 16;
/// Totals and signature stand below the rows.
const BELOW: u32 = 2;

/// Writes a table row by row; when a sheet is full, the next one goes on under the same headings.
pub struct XlsxWriter<W: Write> {
    zip: ZipWriter<StreamWriter<W>>,
    head: TableHead,
    layout: Layout,
    buffer: Vec<u8>,
    sheets: Vec<Sheet>,
    row: u32,
    bytes: u64,
    sums: Vec<i128>,
    most: u32,
}

/// A sheet that is written.
struct Sheet {
    name: String,
    last_row: u32,
}

impl<W: Write> XlsxWriter<W> {
    /// A table with title, headings and no row yet.
    ///
    /// # Errors
    /// When the bytes are not taken.
    pub fn new(out: W, head: TableHead) -> Result<Self, WriteFault> {
        Self::of_rows(out, head, ROWS)
    }

    fn of_rows(out: W, head: TableHead, most: u32) -> Result<Self, WriteFault> {
        let layout = Layout::of(&head);
        let sums = vec![0; head.columns.len()];
        let zip = ZipWriter::new_stream(out);
        let (buffer, sheets) = (Vec::with_capacity(2 * CHUNK), Vec::new());
        let mut writer = Self { zip, head, layout, buffer, sheets, row: 0, bytes: 0, sums, most };
        writer.part("[Content_Types].xml", CONTENT_TYPES)?;
        writer.part("_rels/.rels", RELATIONS)?;
        writer.part("xl/styles.xml", &styles::part())?;
        writer.open_sheet()?;
        Ok(writer)
    }

    /// Writes a row; cells beyond the last column are left out.
    ///
    /// # Errors
    /// When the bytes are not taken.
    pub fn row(&mut self, cells: &[CellOut<'_>]) -> Result<(), WriteFault> {
        if self.row + BELOW >= self.most || self.bytes > SHEET {
            self.close_sheet(false)?;
            self.open_sheet()?;
        }
        self.row += 1;
        self.layout.push_row(&mut self.buffer, self.row, cells, false);
        if self.head.totals.is_some() {
            for (sum, cell) in self.sums.iter_mut().zip(cells) {
                if let CellOut::Number(number) = cell {
                    *sum += i128::from(*number);
                }
            }
        }
        if self.buffer.len() >= CHUNK { self.pack() } else { Ok(()) }
    }

    /// Writes totals and signature, ends the package and gives the place written to back.
    ///
    /// # Errors
    /// When the bytes are not taken.
    pub fn finish(mut self) -> Result<W, WriteFault> {
        let totals = self.totals();
        if let Some(totals) = &totals {
            self.row += 1;
            self.layout.push_row(&mut self.buffer, self.row, totals, true);
        }
        self.close_sheet(totals.is_some())?;
        let (workbook, relations) = (self.workbook(), self.workbook_relations());
        self.part("xl/workbook.xml", &workbook)?;
        self.part("xl/_rels/workbook.xml.rels", &relations)?;
        let mut out = self.zip.finish()?.into_inner();
        out.flush()?;
        Ok(out)
    }

    fn totals(&self) -> Option<Vec<CellOut<'static>>> {
        let name = self.head.totals.clone()?;
        let sum = |(column, sum): (&super::cell::TableColumn, &i128)| match (column.kind, i64::try_from(*sum)) {
            (ColumnKind::Money, Ok(sum)) => CellOut::Number(sum),
            // Floors and years are numbers too, and their sum says nothing.
            _ => CellOut::Empty,
        };
        let mut cells: Vec<CellOut<'static>> = self.head.columns.iter().zip(&self.sums).map(sum).collect();
        if let Some(first) = cells.first_mut() {
            *first = CellOut::from(name);
        }
        Some(cells)
    }

    fn part(&mut self, name: &str, xml: &str) -> Result<(), WriteFault> {
        self.zip.start_file(name, options())?;
        self.zip.write_all(xml.as_bytes())?;
        Ok(())
    }

    fn open_sheet(&mut self) -> Result<(), WriteFault> {
        let taken: Vec<String> = self.sheets.iter().map(|sheet| sheet.name.clone()).collect();
        let name = sheet_name(&self.head.name, &taken);
        self.zip.start_file(format!("xl/worksheets/sheet{}.xml", self.sheets.len() + 1), options())?;
        self.sheets.push(Sheet { name, last_row: 0 });
        self.layout.push_start(&mut self.buffer, &self.head);
        (self.row, self.bytes) = (self.layout.heading, 0);
        Ok(())
    }

    fn close_sheet(&mut self, totals: bool) -> Result<(), WriteFault> {
        self.layout.push_end(&mut self.buffer, &self.head, self.row, totals);
        if let Some(sheet) = self.sheets.last_mut() {
            sheet.last_row = self.row - u32::from(totals);
        }
        self.pack()
    }

    fn pack(&mut self) -> Result<(), WriteFault> {
        self.zip.write_all(&self.buffer)?;
        self.bytes += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    fn workbook(&self) -> String {
        let mut xml = format!("{DECLARATION}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets>");
        for (at, sheet) in (1..).zip(&self.sheets) {
            let _ = write!(xml, r#"<sheet name="{}" sheetId="{at}" r:id="rId{at}"/>"#, escaped(&sheet.name));
        }
        xml.push_str("</sheets><definedNames>");
        let (heading, last) = (self.layout.heading, self.layout.last());
        for (at, sheet) in self.sheets.iter().enumerate() {
            let (name, end) = (escaped(&quoted(&sheet.name)), sheet.last_row);
            let _ = write!(
                xml,
                r#"<definedName name="_xlnm._FilterDatabase" localSheetId="{at}" hidden="1">{name}!$A${heading}:${last}${end}</definedName>"#
            );
        }
        for (at, sheet) in self.sheets.iter().enumerate() {
            let name = escaped(&quoted(&sheet.name));
            let _ = write!(
                xml,
                r#"<definedName name="_xlnm.Print_Titles" localSheetId="{at}">{name}!$1:${heading}</definedName>"#
            );
        }
        xml.push_str("</definedNames></workbook>");
        xml
    }

    fn workbook_relations(&self) -> String {
        let mut xml = format!("{DECLARATION}<Relationships xmlns=\"{PACKAGE}\">");
        for at in 1..=self.sheets.len() {
            let _ = write!(
                xml,
                r#"<Relationship Id="rId{at}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{at}.xml"/>"#
            );
        }
        let next = self.sheets.len() + 1;
        let _ =
            write!(xml, r#"<Relationship Id="rId{next}" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>"#);
        xml
    }
}

/// The fastest packing: a table's XML is so even that more effort gains little.
fn options() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).compression_level(Some(1))
}

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

/// Stands first in the package, before it is known how many sheets there will be: what is not named here is a sheet.
const CONTENT_TYPES: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    "\n",
    r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">"#,
    r#"<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>"#,
    r#"<Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>"#,
    r#"<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>"#,
    r#"<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>"#,
    r#"</Types>"#,
);
const RELATIONS: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    "\n",
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    r#"<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>"#,
    r#"</Relationships>"#,
);

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};

    use super::super::cell::TableColumn;
    use super::*;

    fn head() -> TableHead {
        let money = TableColumn { title: "金额（元）".into(), kind: ColumnKind::Money, width: 10 };
        let date = TableColumn { title: "日期".into(), kind: ColumnKind::Date, width: 10 };
        TableHead {
            name: "发放表".into(),
            columns: vec![TableColumn::text("姓名", 10), money, date],
            ..TableHead::default()
        }
    }

    fn report() -> TableHead {
        TableHead {
            title: Some("补助发放表".into()),
            unit: Some("填报单位：示范镇".into()),
            period: Some("2020年5月".into()),
            signature: Some("填报人：".into()),
            totals: Some("合计".into()),
            ..head()
        }
    }

    fn opened(bytes: Vec<u8>) -> Xlsx<Cursor<Vec<u8>>> {
        Xlsx::new(Cursor::new(bytes)).unwrap()
    }

    #[test]
    fn a_report_has_title_unit_headings_rows_totals_and_signature() {
        let mut writer = XlsxWriter::new(Vec::new(), report()).unwrap();
        writer.row(&["王秀英".into(), CellOut::Number(123_450), CellOut::Date(0)]).unwrap();
        writer.row(&["=1+1".into(), CellOut::Number(50), CellOut::Date(-30_000)]).unwrap();
        let mut book = opened(writer.finish().unwrap());
        assert_eq!(book.sheet_names(), ["发放表"]);
        let sheet = book.worksheet_range("发放表").unwrap();
        let text = |row, column| sheet.get_value((row, column)).map(ToString::to_string).unwrap_or_default();
        assert_eq!(text(0, 0), "补助发放表");
        assert_eq!((text(1, 0).as_str(), text(1, 2).as_str()), ("填报单位：示范镇", "2020年5月"));
        assert_eq!(text(2, 1), "金额（元）");
        assert_eq!(sheet.get_value((3, 1)), Some(&Data::Float(1234.5)));
        assert!(matches!(sheet.get_value((3, 2)), Some(Data::DateTime(day)) if day.as_f64() == 25_569.0));
        assert_eq!(sheet.get_value((4, 0)), Some(&Data::String("=1+1".into())));
        assert_eq!(text(4, 2), "1887-11-12");
        assert_eq!((text(5, 0).as_str(), sheet.get_value((5, 1))), ("合计", Some(&Data::Float(1235.0))));
        assert_eq!(text(6, 0), "填报人：");
        assert_eq!(book.worksheet_formula("发放表").unwrap().used_cells().count(), 0);
    }

    #[test]
    fn a_full_sheet_is_followed_by_another_with_the_same_headings() {
        let mut writer = XlsxWriter::of_rows(Vec::new(), report(), 8).unwrap();
        for row in 0..10 {
            writer.row(&["某".into(), CellOut::Number(row)]).unwrap();
        }
        let mut book = opened(writer.finish().unwrap());
        assert_eq!(book.sheet_names(), ["发放表", "发放表 (2)", "发放表 (3)", "发放表 (4)"]);
        let last = book.worksheet_range("发放表 (4)").unwrap();
        assert_eq!(last.get_value((2, 0)), Some(&Data::String("姓名".into())));
        assert_eq!(last.get_value((4, 1)), Some(&Data::Float(0.45)));
    }

    #[test]
    fn figures_that_a_spreadsheet_would_round_are_words() {
        let mut writer = XlsxWriter::new(Vec::new(), head()).unwrap();
        writer.row(&["某".into(), CellOut::Number(i64::MAX)]).unwrap();
        let mut book = opened(writer.finish().unwrap());
        let sheet = book.worksheet_range("发放表").unwrap();
        assert_eq!(sheet.get_value((1, 1)), Some(&Data::String("92233720368547758.07".into())));
    }
}
