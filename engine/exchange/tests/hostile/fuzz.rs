//! Anything at all: a clear refusal, or every row accounted for.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use anju_exchange::ColumnMap;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::packed::{Book, Part, page, zip};
use crate::{fixture, opened, read_through, survives};

static FILES: LazyLock<[(&str, Vec<u8>); 4]> = LazyLock::new(|| {
    ["hand-in/搬迁户花名册.xlsx", "hand-in/干部包联台账.xlsx", "hand-in/就业台账.csv", "odd/jobs.xls"]
        .map(|name| (name, fixture(name)))
});

/// Something done to bytes at a place, told as a share of their length.
#[derive(Debug, Clone)]
enum Harm {
    Set(u32, u8),
    Insert(u32, Vec<u8>),
    Remove(u32, u8),
    Repeat(u32, u8),
    Cut(u32),
}

impl Harm {
    fn done(&self, bytes: &mut Vec<u8>) {
        let place = |share: u32| ((u64::from(share) * (bytes.len() as u64)) >> 32) as usize;
        match self {
            Self::Set(at, byte) => {
                let at = place(*at);
                bytes.iter_mut().skip(at).take(1).for_each(|held| *held = *byte);
            }
            Self::Insert(at, more) => drop(bytes.splice(place(*at)..place(*at), more.iter().copied())),
            Self::Remove(at, count) => {
                let at = place(*at);
                drop(bytes.drain(at..(at + usize::from(*count)).min(bytes.len())));
            }
            Self::Repeat(at, count) => {
                let at = place(*at);
                let again = bytes[at..(at + usize::from(*count)).min(bytes.len())].to_vec();
                drop(bytes.splice(at..at, again));
            }
            Self::Cut(at) => bytes.truncate(place(*at)),
        }
    }
}

fn harm() -> impl Strategy<Value = Harm> {
    prop_oneof![
        6 => (any::<u32>(), any::<u8>()).prop_map(|(at, byte)| Harm::Set(at, byte)),
        2 => (any::<u32>(), vec(any::<u8>(), 1..6)).prop_map(|(at, more)| Harm::Insert(at, more)),
        1 => (any::<u32>(), any::<u8>()).prop_map(|(at, count)| Harm::Remove(at, count)),
        1 => (any::<u32>(), any::<u8>()).prop_map(|(at, count)| Harm::Repeat(at, count)),
        1 => any::<u32>().prop_map(Harm::Cut),
    ]
}

/// Pieces of worksheets, in any order.
fn xml() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "<row>", "</row>", "<row r=\"2\">", "<row r=\"7\"/>", "<row r=\"4294967295\">", "<c>", "</c>", "<c/>", "<v>", "</v>",
            "<c t=\"s\">", "<c t=\"inlineStr\">", "<c t=\"b\">", "<c t=\"e\">", "<c t=\"d\">", "<c r=\"B2\" s=\"1\">", "<c r=\"ZZZ9\">",
            "<is>", "</is>", "<t>", "</t>", "<rPh>", "</rPh>", "<f>A1</f>", "<f/>", "<!-- -->", "<![CDATA[a]]>", "&amp;", "&#x0;",
            "<sheetData>", "</sheetData>", "<mergeCell ref=\"A1:C9\"/>", "<mergeCell ref=\"B2:B4\"/>", "_x0041_", "'", "\"", "<", ">", "<a b='>'>",
            "<col min=\"1\" max=\"3\" hidden=\"1\"/>", "1", "2.5", "1e400", "2020-05-16", "姓名", "身份证号", "户主", "990923198212071935",
        ]).prop_map(str::to_owned),
        2 => prop::sample::select(vec!["甲", "户主", "43967", "990923198212071935", "#N/A", "", "清空", "合计"]).prop_map(|text| format!("<c t=\"str\"><v>{text}</v></c>")),
        2 => prop::sample::select(vec!["姓名", "身份证号", "与户主关系", "户编号", "务工单位", "包联干部", "包联户编号"]).prop_map(|text| format!("<c t=\"str\"><v>{text}</v></c>")),
        2 => vec("<c t=\"s\"><v>[0-5]</v></c>|<c><v>[0-9]{1,6}</v></c>|<c/>", 0..6).prop_map(|cells| format!("<row>{}</row>", cells.concat())),
    ];
    vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

const HEADS: &str = "<row><c t=\"str\"><v>户编号</v></c><c t=\"str\"><v>姓名</v></c><c t=\"str\"><v>身份证号</v></c><c t=\"str\"><v>与户主关系</v></c><c t=\"str\"><v>备注</v></c></row>";

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn files_that_came_to_harm_are_survived(at in 0..4_usize, harm in vec(harm(), 1..4)) {
        let (name, bytes) = &FILES[at];
        let mut bytes = bytes.clone();
        harm.iter().for_each(|harm| harm.done(&mut bytes));
        survives(&bytes, name);
    }

    #[test]
    fn parts_that_came_to_harm_are_survived(part in 0..3_usize, harm in vec(harm(), 1..4)) {
        // The archive is whole, and what it holds is not.
        let (name, bytes) = &FILES[1];
        let mut zip_of = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("whole");
        let names: Vec<String> = zip_of.file_names().map(|name| name.expect("a name").into_owned()).collect();
        let harmed = names.iter().filter(|name| name.contains("sheet") || name.contains("workbook") || name.contains("Strings")).nth(part);
        let mut parts = Vec::new();
        for name in &names {
            let mut held = Vec::new();
            std::io::copy(&mut zip_of.by_name(name).expect("there"), &mut held).expect("memory");
            if Some(name) == harmed {
                harm.iter().for_each(|harm| harm.done(&mut held));
            }
            parts.push(Part::new(name, &held));
        }
        survives(&zip(&parts), name);
    }

    #[test]
    fn old_workbooks_whose_records_came_to_harm_are_survived(
        harm in vec((prop::sample::select(vec![0x0809_u16, 0x0085, 0x00fc, 0x003c, 0x00fd, 0x0203, 0x027e, 0x00bd, 0x0006, 0x00e5, 0x007d, 0x00e0, 0x041e, 0x000a]), any::<prop::sample::Index>(), 0..12_usize, any::<u8>()), 1..6),
    ) {
        let mut bytes = FILES[3].1.clone();
        for (kind, which, offset, byte) in harm {
            let places: Vec<usize> = memchr::memmem::find_iter(&bytes, &kind.to_le_bytes()).collect();
            if let Some(held) = (!places.is_empty()).then(|| which.get(&places) + offset).and_then(|at| bytes.get_mut(at)) {
                *held = byte;
            }
        }
        survives(&bytes, "jobs.xls");
    }

    #[test]
    fn any_bytes_are_survived(bytes in vec(any::<u8>(), 0..3000), start in 0..6_usize) {
        let start: &[u8] = [&b""[..], b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"\xef\xbb\xbf", b"<"][start];
        survives(&[start, &bytes].concat(), "a.xlsx");
    }

    #[test]
    fn any_lines_are_survived(lines in "(姓名|身份证号|户编号|与户主关系|务工单位|包联户编号|[,;\t\"\r\n]|[0-9]{1,3}|[a-z一-龥]){0,200}", map in vec(("[姓名身份证号a-z]{0,4}", prop::option::of("person.name|name|household.number|id_number|[a-z.]{0,6}")), 0..4)) {
        let map = ColumnMap(map.into_iter().collect::<BTreeMap<_, _>>());
        if let Ok(book) = opened(lines.as_bytes(), "a.csv") {
            read_through(&book, lines.as_bytes(), &map);
        }
    }

    #[test]
    fn any_archive_is_survived(
        parts in vec(("xl/workbook.xml|xl/worksheets/sheet1.xml|_rels/.rels|xl/sharedStrings.xml|[a-z/.]{0,9}", vec(any::<u8>(), 0..60), any::<bool>(), any::<u32>(), any::<u32>(), 0..4_u16), 0..8),
        harm in vec(harm(), 0..3),
    ) {
        let parts: Vec<Part> = parts.into_iter().map(|(name, packed, deflated, size, crc, flags)| {
            let whole = Part::new(&name, &packed);
            if flags == 3 { Part { deflated, size, crc, flags: 0, packed, name } } else { Part { size, flags: flags & 1, ..whole } }
        }).collect();
        let mut bytes = zip(&parts);
        harm.iter().for_each(|harm| harm.done(&mut bytes));
        survives(&bytes, "a.xlsx");
    }

    #[test]
    fn any_worksheet_is_survived(rows in xml(), headed in any::<bool>(), texts in xml()) {
        let rows = if headed { format!("{HEADS}{rows}") } else { rows };
        let book = Book::default().page("甲", &page(&rows)).page("乙", &rows);
        survives(&book.texts(&["姓名", "户主", "甲"]).bytes(), "a.xlsx");
        let mut book = Book::of(&format!("{HEADS}<row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c></row>"));
        book.texts = Some(format!("<sst>{texts}</sst>"));
        survives(&book.bytes(), "a.xlsx");
    }
}
