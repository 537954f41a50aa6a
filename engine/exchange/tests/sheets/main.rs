//! Sheets as people hand them in, read with the packs that ship.

mod doubtful;
mod generated;
mod hand_in;
mod measured;
mod nothing;
#[path = "../hostile/packed.rs"]
#[allow(dead_code, reason = "what the hostile files need besides")]
mod packed;
mod pieces;
mod samples;
mod shared;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use anju_exchange::{
    Book, ColumnMap, Given, Limits, Reading, Recognised, Role, open, read_rows, recognise, target_named,
};
use anju_pack::Pack;

/// 2020-05-16: the day the files were handed in.
pub(crate) const TODAY: i32 = 18_398;

pub(crate) static PACK: LazyLock<Pack> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    anju_pack::compile(&anju_pack::read_dir(&root).expect("the packs are on disk")).expect("no faults")
});

pub(crate) fn file(name: &str) -> Vec<u8> {
    std::fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/hand-in").join(name)).expect("a fixture")
}

/// A file read by a sheet: the book, the page taken, and its rows.
pub(crate) struct Taken {
    pub(crate) book: Book,
    pub(crate) page: Recognised,
    pub(crate) reading: Reading,
    pub(crate) not_taken: Vec<(String, String)>,
}

pub(crate) fn take(bytes: &[u8], name: &str, sheet: &str) -> Taken {
    let book = open(bytes, name, &Limits::default()).expect("reads");
    let sheet = PACK.sheet_by_id(sheet).expect("a sheet");
    let pages = recognise(&PACK, &sheet, &book, &ColumnMap::default());
    let mut not_taken = Vec::new();
    let mut taken = None;
    for (at, page) in pages {
        match page {
            Ok(page) if taken.is_none() => taken = Some(page),
            Ok(page) => panic!("a second page is taken: {page:?}"),
            Err(why) => not_taken.push((book.sheets[at].name.clone(), why.message(anju_record::Lang::En))),
        }
    }
    let page = taken.unwrap_or_else(|| panic!("no page is taken: {not_taken:?}"));
    let reading = read_rows(&PACK, &sheet, &book.sheets[page.grid], &page, TODAY);
    Taken { book, page, reading, not_taken }
}

impl Taken {
    /// (row, heading, kind) of every fault, as the county's words have it.
    pub(crate) fn faults(&self) -> Vec<(u32, String, String)> {
        let heading = |column: Option<u32>| {
            let found = self.page.columns.iter().find(|known| Some(known.column) == column);
            found.map_or_else(String::new, |found| found.heading.clone())
        };
        let words = |kind: &str| match kind {
            "two_of" => "two_heads".to_owned(),
            "none_of" => "no_head".to_owned(),
            "missing_key" => "missing_household_number".to_owned(),
            other => other.to_owned(),
        };
        let mut faults: Vec<_> =
            self.reading.faults().map(|fault| (fault.row, heading(fault.column), words(fault.kind.as_str()))).collect();
        faults.sort();
        faults
    }

    /// What a row says of a field, `field` or `path.field` of a sheet.
    pub(crate) fn said(&self, sheet: &str, row: u32, field: &str) -> Option<&Given> {
        let sheet = PACK.sheet_by_id(sheet).expect("a sheet");
        let target = target_named(&PACK, &sheet, field).unwrap_or_else(|| panic!("no field {field}"));
        let row = self.reading.rows.iter().find(|known| known.number == row).expect("a row of data");
        row.part(target.path).and_then(|part| part.get(target.field))
    }

    /// Headings of columns that nobody understood.
    pub(crate) fn unknown(&self) -> Vec<&str> {
        let unknown = self.page.columns.iter().filter(|column| column.role == Role::Unknown);
        unknown.map(|column| column.heading.as_str()).collect()
    }
}
