//! A large page read by two threads, piece after piece of its rows.

use std::sync::Mutex;
use std::sync::mpsc::{TrySendError, sync_channel};

use super::cut::{Cutter, rows_of};
use super::{Archive, Grid, Kept, Page, Reading, Shared, walk_through};
use crate::plain;
use crate::xml::Xml;

/// Bytes of rows that are read together: small beside a page, so that two threads end at one time.
pub(super) const PIECE: usize = 256 << 10;
/// Pieces that may wait for the other thread.
const WAITING: usize = 2;

/// A page read by two threads: one cuts it, and reads the pieces that the other has no time for. None for a page that is not to be cut, or with
/// which something is wrong: what, is told by whoever reads it from its beginning. What is kept and inflated until then is counted.
pub(super) fn grid_in_pieces(
    archive: &Archive<'_>,
    page: &Page,
    shared: &Shared,
    kept: &mut Kept<'_>,
    piece: usize,
) -> Option<Grid> {
    let mut cutter = Cutter::of(archive.read(&page.part)?, piece)?;
    // What a piece took is room for one of the next.
    let (all, rooms) = (Mutex::new(&mut *kept), Mutex::new(Vec::new()));
    let read = |(at, rows): (usize, Vec<u8>)| {
        let before = all.lock().ok()?.clone();
        let mut kept = before.clone();
        let mut reading = Reading::of(page, shared, &mut kept);
        let mut xml = rows_of(rows);
        walk_through(archive, &page.part, &mut xml, |token| reading.token(token)).ok()?;
        rooms.lock().ok()?.push(xml.into_room());
        let plain = !reading.implied && reading.grid.merges.is_empty() && reading.grid.hidden_columns.is_empty();
        let rows = reading.grid.rows;
        all.lock().ok()?.join(&kept, &before).ok()?;
        plain.then_some((at, rows))
    };
    let (sender, waiting) = sync_channel(WAITING);
    let cut = || {
        let mut done = Vec::new();
        for at in 0.. {
            let room = rooms.lock().ok()?.pop().unwrap_or_default();
            let Some(rows) = cutter.next(room).ok()? else { break };
            match sender.try_send((at, rows)) {
                Ok(()) => {}
                Err(TrySendError::Full(piece)) => done.push(read(piece)?),
                // The other thread has given up.
                Err(TrySendError::Disconnected(_)) => return None,
            }
        }
        drop(sender);
        Some((done, cutter))
    };
    let (cut, helped) = rayon::join(cut, || waiting.into_iter().map(&read).collect::<Option<Vec<_>>>());
    let ((mut done, cutter), helped) = (cut?, helped?);
    done.extend(helped);
    done.sort_unstable_by_key(|(at, _)| *at);
    let mut around = Reading::of(page, shared, kept);
    let mut xml = Xml::plainly(cutter.around(), plain::cell);
    walk_through(archive, &page.part, &mut xml, |token| around.token(token)).ok()?;
    around.end_row().ok()?;
    let rows = done.into_iter().flat_map(|(_, rows)| rows).collect();
    (!around.implied && around.grid.rows.is_empty()).then_some(Grid { rows, ..around.grid })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::{Cell, grid, in_order};
    use super::*;
    use crate::limits::Limits;

    fn a_page() -> Page {
        Page { name: "页".into(), hidden: false, part: "page".into() }
    }

    fn shared() -> Shared {
        let texts = vec![Cell::Text("张三".into()), Cell::Text("李四".into())];
        Shared { texts, days: vec![false, true], since_1904: false }
    }

    fn zipped(page: &str, options: zip::write::SimpleFileOptions) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file("page", options).unwrap();
        zip.write_all(page.as_bytes()).unwrap();
        zip.finish().unwrap().into_inner()
    }

    /// A page read by one from its beginning, tag by tag.
    fn by_tags(page: &str, limits: &Limits) -> Option<Grid> {
        let (bytes, mut kept) = (zipped(page, zip::write::SimpleFileOptions::default()), Kept::new(limits));
        let archive = Archive::open(&bytes, limits).unwrap();
        let (page, shared) = (a_page(), shared());
        let mut reading = Reading::of(&page, &shared, &mut kept);
        let mut xml = Xml::new(archive.read("page").unwrap());
        walk_through(&archive, "page", &mut xml, |token| reading.token(token)).ok()?;
        reading.end_row().ok()?;
        let mut grid = reading.grid;
        in_order("页", &mut grid.rows).ok().map(|()| grid)
    }

    /// A page read by one from its beginning, and in pieces.
    fn both(page: &str, limits: &Limits, piece: usize) -> (Option<Grid>, Option<Grid>) {
        let (bytes, mut kept) = (zipped(page, zip::write::SimpleFileOptions::default()), Kept::new(limits));
        let archive = Archive::open(&bytes, limits).unwrap();
        let (page, shared) = (a_page(), shared());
        let pieces = grid_in_pieces(&archive, &page, &shared, &mut kept, piece);
        let whole = grid(&archive, &page, &shared, &mut Kept::new(limits)).ok();
        let in_order = |mut grid: Grid| in_order("页", &mut grid.rows).ok().map(|()| grid);
        (whole, pieces.and_then(in_order))
    }

    const ROWS: [&str; 22] = [
        r#"<row r="N"><c r="AN" t="s"><v>0</v></c><c r="CN"><v>1.5</v></c></row>"#,
        r#"<row r="N" ht="3"><c t="s"><v>1</v></c><c t="inlineStr"><is><t>王&amp;五</t></is></c></row>"#,
        r#"<row r="N"><c s="1"><v>43967</v></c><c t="b"><v>1</v></c><c><f>A1</f></c><c t="s"><v>9</v></c></row>"#,
        r#"<row r="N"/>"#,
        r#"<row r="N"><c r="BN" s="1"><v>43967</v></c><c r="AN" s="1" t="n"><v> 7e1 </v></c></row>"#,
        r#"<row><c r="CN" t="s"><v>1</v></c><c r="C9" t="s"><v>9</v></c><c r="D3"><v>x&amp;</v></c></row>"#,
        r#"<row r="7"><c r="D7"><v>7</v></c></row>"#,
        r#"<row><c><v>1</v></c></row>"#,
        r#"<row r="N"><c r="A9"><v>1</v></c>"#,
        r#"<c r="B2"><v>1</v></c>"#,
        r#"<row r="N"><!-- </row> --></row>"#,
        r#"<row r="N"><c><v><![CDATA[</row>]]></v></c></row>"#,
        r#"<row r="N" a='</row><row r="3">'></row>"#,
        r#"</sheetData><sheetData><row r="90"><c><v>9</v></c></row>"#,
        r#"<mergeCell ref="A1:B2"/>"#,
        "</row> \n",
        r#"<row r="N"><rPh></rXh></row>"#,
        r#"<row r="N"><c r="A1"></cxxxxxxxb></row>"#,
        r#"</sheetData><row/>"#,
        r#"<row r="1048576"><c><v>1</v></c></row>"#,
        r#"</sheetData><x b="><mergeCell ref='A1:B2'/>"/><sheetData>"#,
        r#"<row r="N"><c t="inlineStr"><is><t>五</t></is></c></row>"#,
    ];

    /// What stands before the rows, and what it needs behind them.
    const HEADS: [(&str, &str); 7] = [
        (r#"<worksheet><cols><col min="2" max="2" hidden="1"/></cols><sheetData>"#, ""),
        ("<?xml version='1.0'?><worksheet><sheetData a='>'>", ""),
        ("<worksheet><c><sheetData>", "</c>"),
        ("<worksheet><rPh><sheetData>", "</rPh>"),
        ("<worksheet><rPh></rXh><sheetData>", ""),
        ("<worksheet><row r='9'/><sheetData>", ""),
        (r#"<worksheet><sheetData a="x>y">"#, r#"<sheetData b="><mergeCell ref='A1:B2'/>"></sheetData>"#),
    ];

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

        #[test]
        fn in_pieces_or_whole_is_the_same(rows in vec(0..ROWS.len() * 3, 0..40), piece in 1..600_usize, most in 20..200_usize, head in 0..HEADS.len() * 2) {
            // Most pages are plain.
            let row = |(at, kind): (usize, usize)| {
                ROWS[if kind < ROWS.len() { kind } else { kind % 4 }].replace('N', &(at + 1).to_string())
            };
            let rows: String = rows.into_iter().enumerate().map(row).collect();
            let (before, after) = HEADS.get(head).copied().unwrap_or(HEADS[0]);
            let page = format!(r#"{before}{rows}</sheetData><mergeCell ref="A1:A3"/>{after}</worksheet>"#);
            let limits = Limits { cells: most, ..Limits::default() };
            let (whole, pieces) = both(&page, &limits, piece);
            let whole = whole.map(|whole| format!("{whole:?}"));
            prop_assert_eq!(by_tags(&page, &limits).map(|grid| format!("{grid:?}")), whole.clone(), "{}", &page);
            if let Some(pieces) = pieces {
                prop_assert_eq!(Some(format!("{pieces:?}")), whole, "{}", &page);
            }
        }
    }

    #[test]
    fn a_plain_page_is_read_in_pieces_and_one_too_large_is_not() {
        let rows: String = (1..=300).map(|at| ROWS[at % 4].replace('N', &at.to_string())).collect();
        let page = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
        let (whole, pieces) = both(&page, &Limits::default(), 500);
        assert_eq!(format!("{whole:?}"), format!("{pieces:?}"));
        assert_eq!(pieces.unwrap().rows.len(), 225, "of each four one holds nothing");
        for limits in [
            Limits { rows: 100, ..Limits::default() },
            Limits { cells: 100, ..Limits::default() },
            Limits { text: 100, ..Limits::default() },
            Limits { inflated: 1_000, ..Limits::default() },
        ] {
            assert!(matches!(both(&page, &limits, 500), (None, None)), "{limits:?}");
        }
        let unnamed = page.replacen(r#"<row r="200">"#, "<row>", 1);
        let (whole, pieces) = both(&unnamed, &Limits::default(), 500);
        assert_eq!(
            (format!("{whole:?}"), pieces.is_none()),
            (format!("{:?}", both(&page, &Limits::default(), 500).0), true)
        );
    }

    #[test]
    fn cells_across_what_is_read_at_once_come_to_the_same() {
        let rows: String = (1..=9_000).map(|at| ROWS[[0, 1, 2, 4][at % 4]].replace('N', &at.to_string())).collect();
        let page = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
        assert!(page.len() > 5 * (128 << 10));
        let (whole, pieces) = both(&page, &Limits::default(), PIECE);
        let tags = by_tags(&page, &Limits::default());
        assert_eq!(tags.as_ref().map(|grid| grid.rows.len()), Some(9_000));
        assert!(format!("{whole:?}") == format!("{tags:?}") && format!("{pieces:?}") == format!("{tags:?}"));
    }

    #[test]
    fn a_page_that_is_read_again_is_counted_once() {
        let rows: String = (1..=8_000).map(|at| ROWS[0].replace('N', &at.to_string())).collect();
        let page = format!("<worksheet><sheetData>{rows}<row><c><v>1</v></c></row></sheetData></worksheet>");
        let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        let bytes = zipped(&page, stored);
        let limits = Limits { inflated: page.len() as u64 + 1, rows: 8_001, ..Limits::default() };
        let archive = Archive::open(&bytes, &limits).unwrap();
        assert!(archive.packed("page") > 3 * PIECE / 2, "it is large, and not one piece");
        let read = grid(&archive, &a_page(), &shared(), &mut Kept::new(&limits)).unwrap();
        assert_eq!((read.rows.len(), read.rows[8_000].number), (8_001, 8_001));
    }
}
