//! Workbooks built by hand: any part may be what no program writes.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;

pub(crate) const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A part: its name, and its bytes as they are packed.
pub(crate) struct Part {
    pub name: String,
    pub packed: Vec<u8>,
    pub deflated: bool,
    pub size: u32,
    pub crc: u32,
    pub flags: u16,
}

impl Part {
    pub(crate) fn new(name: &str, bytes: &[u8]) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(6));
        encoder.write_all(bytes).expect("memory");
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        let size = u32::try_from(bytes.len()).expect("small");
        let packed = encoder.finish().expect("memory");
        Self { name: name.to_owned(), packed, deflated: true, size, crc: crc.sum(), flags: 0 }
    }
}

/// An archive of parts.
pub(crate) fn zip(parts: &[Part]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for part in parts {
        let place = u32::try_from(out.len()).expect("small");
        let packed = u32::try_from(part.packed.len()).expect("small");
        let name = u16::try_from(part.name.len()).expect("short");
        let mut common = Vec::new();
        common.extend_from_slice(&20_u16.to_le_bytes());
        common.extend_from_slice(&part.flags.to_le_bytes());
        common.extend_from_slice(&(if part.deflated { 8_u16 } else { 0 }).to_le_bytes());
        common.extend_from_slice(&[0; 4]);
        for number in [part.crc, packed, part.size] {
            common.extend_from_slice(&number.to_le_bytes());
        }
        common.extend_from_slice(&name.to_le_bytes());
        out.extend_from_slice(b"PK\x03\x04");
        out.extend_from_slice(&common);
        out.extend_from_slice(&[0; 2]);
        out.extend_from_slice(part.name.as_bytes());
        out.extend_from_slice(&part.packed);
        directory.extend_from_slice(b"PK\x01\x02\x14\x00");
        directory.extend_from_slice(&common);
        directory.extend_from_slice(&[0; 12]);
        directory.extend_from_slice(&place.to_le_bytes());
        directory.extend_from_slice(part.name.as_bytes());
    }
    let (start, size) = (u32::try_from(out.len()).expect("small"), u32::try_from(directory.len()).expect("small"));
    let count = u16::try_from(parts.len()).expect("few").to_le_bytes();
    out.extend_from_slice(&directory);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    out.extend_from_slice(&count);
    out.extend_from_slice(&count);
    out.extend_from_slice(&size.to_le_bytes());
    out.extend_from_slice(&start.to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    out
}

/// A workbook under construction.
#[derive(Default)]
pub(crate) struct Book {
    /// The pages: name, attributes of `<sheet>`, the part.
    pub pages: Vec<(String, String, String)>,
    pub texts: Option<String>,
    pub styles: Option<String>,
}

impl Book {
    /// One page with these rows.
    pub(crate) fn of(rows: &str) -> Self {
        Self::default().page("表", &page(rows))
    }

    pub(crate) fn page(mut self, name: &str, part: &str) -> Self {
        self.pages.push((name.to_owned(), String::new(), part.to_owned()));
        self
    }

    pub(crate) fn texts(mut self, texts: &[&str]) -> Self {
        let items: String = texts.iter().map(|text| format!("<si><t>{text}</t></si>")).collect();
        self.texts = Some(format!("<sst xmlns=\"{MAIN}\">{items}</sst>"));
        self
    }

    pub(crate) fn parts(&self) -> Vec<Part> {
        let (mut sheets, mut relations, mut parts) = (String::new(), String::new(), Vec::new());
        for (at, (name, more, part)) in (1_u32..).zip(&self.pages) {
            sheets.push_str(&format!("<sheet name=\"{name}\" sheetId=\"{at}\" r:id=\"rId{at}\" {more}/>"));
            relations.push_str(&format!(
                "<Relationship Id=\"rId{at}\" Type=\"{RELATIONS}/worksheet\" Target=\"worksheets/sheet{at}.xml\"/>"
            ));
            parts.push(Part::new(&format!("xl/worksheets/sheet{at}.xml"), part.as_bytes()));
        }
        let root = format!(
            "<Relationships><Relationship Id=\"a\" Type=\"{RELATIONS}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
        );
        let workbook =
            format!("<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><sheets>{sheets}</sheets></workbook>");
        parts.push(Part::new("[Content_Types].xml", b"<Types/>"));
        parts.push(Part::new("_rels/.rels", root.as_bytes()));
        parts.push(Part::new("xl/workbook.xml", workbook.as_bytes()));
        let relations = format!("<Relationships>{relations}</Relationships>");
        parts.push(Part::new("xl/_rels/workbook.xml.rels", relations.as_bytes()));
        parts.extend(self.texts.as_ref().map(|texts| Part::new("xl/sharedStrings.xml", texts.as_bytes())));
        parts.extend(self.styles.as_ref().map(|styles| Part::new("xl/styles.xml", styles.as_bytes())));
        parts
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        zip(&self.parts())
    }
}

/// A worksheet with these rows.
pub(crate) fn page(rows: &str) -> String {
    format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>")
}

/// A cell with text of its own.
pub(crate) fn inline(text: &str) -> String {
    format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

/// The header of the roster of jobs and so many rows below it.
pub(crate) fn jobs(rows: &str) -> String {
    let heads = ["姓名", "身份证号", "务工类型", "务工单位", "务工地点", "开始时间", "月工资(元)"];
    let heads: String = heads.iter().map(|head| inline(head)).collect();
    format!("<row r=\"1\">{heads}</row>{rows}")
}
