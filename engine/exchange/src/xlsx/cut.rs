//! A large page cut between its rows, so that two threads read it: each piece of rows is a document of its own, and so is what stands around them.
//!
//! Only a page that says all of it plainly is cut. One with comments, instructions or raw text, or whose rows do not stand right where rows stand,
//! is left to whoever reads it from its beginning.

use std::io::{Empty, Read};

use memchr::memmem;

use crate::plain;
use crate::xml::{Token, Xml};

/// Bytes within which the rows must begin, and within which one must end.
const FAR: usize = 1 << 20;
/// Bytes read at once.
const STEP: usize = 64 << 10;
/// Where the rows begin, where they end, and where one of them does.
const OPENS: &[u8] = b"<sheetData";
const ENDS: &[u8] = b"</sheetData>";
const ROW_ENDS: &[u8] = b"</row>";

/// The rows of a page, piece by piece.
pub(super) struct Cutter<R> {
    source: R,
    /// What has been read and not been cut off.
    rest: Vec<u8>,
    /// Bytes that a piece has at least, unless it is the last.
    piece: usize,
    /// Up to the tag that opens the rows.
    before: Vec<u8>,
    /// The end of the rows is reached.
    ended: bool,
}

impl<R: Read> Cutter<R> {
    /// Reads up to the first row; none for a page that is not to be cut.
    pub fn of(source: R, piece: usize) -> Option<Self> {
        let mut cutter = Self { source, rest: Vec::new(), piece, before: Vec::new(), ended: false };
        let opens = cutter.find_from(0, OPENS)?;
        let closes = opens + cutter.find_from(opens, b">")? + 1;
        cutter.before = cutter.rest.drain(..closes).collect();
        opens_rows(&cutter.before).then_some(cutter)
    }

    /// The next piece of rows; what comes behind it is read into `room`. `Ok(None)` at their end; an error for a page that is not to be cut.
    pub fn next(&mut self, room: Vec<u8>) -> Result<Option<Vec<u8>>, ()> {
        let (mut seen, mut wanted) = (0_usize, self.piece);
        while !self.ended {
            while self.rest.len() < wanted && self.more().ok_or(())? {}
            let from = seen.saturating_sub(ENDS.len());
            if let Some(at) = memmem::find(&self.rest[from..], ENDS) {
                self.ended = true;
                return self.cut(from + at, room).map(Some);
            }
            if let Some(at) = memmem::rfind(&self.rest, ROW_ENDS) {
                return self.cut(at + ROW_ENDS.len(), room).map(Some);
            }
            if self.rest.len() < wanted || wanted > FAR {
                return Err(());
            }
            (seen, wanted) = (self.rest.len(), wanted + STEP);
        }
        Ok(None)
    }

    /// What stands around the rows, once these are all cut off.
    pub fn around(self) -> impl Read {
        std::io::Cursor::new(self.before).chain(std::io::Cursor::new(self.rest)).chain(self.source)
    }

    fn cut(&mut self, at: usize, mut room: Vec<u8>) -> Result<Vec<u8>, ()> {
        room.clear();
        room.reserve(self.piece + 2 * STEP);
        room.extend_from_slice(&self.rest[at..]);
        let mut rows = std::mem::replace(&mut self.rest, room);
        rows.truncate(at);
        let plain = memmem::find(&rows, b"<!").is_none() && memmem::find(&rows, b"<?").is_none();
        if plain { Ok(rows) } else { Err(()) }
    }

    /// How far behind `from` the needle stands.
    fn find_from(&mut self, from: usize, needle: &[u8]) -> Option<usize> {
        loop {
            if let Some(at) = memmem::find(&self.rest[from..], needle) {
                return Some(at);
            }
            if self.rest.len() > FAR || !self.more()? {
                return None;
            }
        }
    }

    /// Reads on; false at the end, none for what cannot be read.
    fn more(&mut self) -> Option<bool> {
        let read = self.source.by_ref().take(STEP as u64).read_to_end(&mut self.rest);
        read.ok().map(|count| count > 0)
    }
}

/// Whether the rows open with the last byte, right in the worksheet, and not within quotes or anything that is skipped.
fn opens_rows(before: &[u8]) -> bool {
    let (mut xml, mut within, mut opened) = (Xml::new(before), 0_usize, false);
    loop {
        match xml.next() {
            // Nothing but what was left open ends it.
            Err(_) => return opened,
            Ok(_) if opened => return false,
            Ok(Token::Open { name, empty: false, .. }) => {
                if within == 0 && name != b"worksheet" {
                    return false;
                }
                opened = within == 1 && name == b"sheetData";
                within += 1;
            }
            Ok(Token::Close(_)) => within = within.saturating_sub(1),
            Ok(Token::End) => return false,
            Ok(_) => {}
        }
    }
}

/// A piece of rows as it stands where rows stand.
pub(super) fn rows_of(mut piece: Vec<u8>) -> Xml<Empty> {
    piece.extend_from_slice(ENDS);
    Xml::within(&OPENS[1..], piece, plain::cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(page: &str, piece: usize) -> Option<(Vec<String>, String)> {
        let mut cutter = Cutter::of(page.as_bytes(), piece)?;
        let mut pieces = Vec::new();
        while let Some(rows) = cutter.next(Vec::new()).ok()? {
            pieces.push(String::from_utf8(rows).unwrap());
        }
        let mut around = String::new();
        cutter.around().read_to_string(&mut around).unwrap();
        Some((pieces, around))
    }

    #[test]
    fn a_page_comes_to_pieces_and_nothing_is_lost() {
        let rows: String = (1..=40).map(|row| format!(r#"<row r="{row}"><c><v>{row}</v></c></row>"#)).collect();
        let page = format!(r#"<worksheet><cols/><sheetData a="1">{rows} </sheetData><mergeCells/></worksheet>"#);
        for piece in [1, 100, 500, 1 << 20] {
            let (pieces, around) = pieces(&page, piece).unwrap();
            assert_eq!(pieces.concat(), format!("{rows} "));
            assert_eq!(around, r#"<worksheet><cols/><sheetData a="1"></sheetData><mergeCells/></worksheet>"#);
            assert!(pieces.iter().rev().skip(1).all(|rows| rows.starts_with("<row") && rows.ends_with("</row>")));
        }
    }

    #[test]
    fn what_is_not_plain_is_not_cut() {
        for page in [
            "<worksheet/>",
            "<worksheet><sheetData/></worksheet>",
            "<c><sheetData><row></row></sheetData></c>",
            "<worksheet><c><sheetData><row></row></sheetData></c></worksheet>",
            "<worksheet><?x <sheetData>?><row></row></sheetData>?></worksheet>",
            r#"<worksheet a="<sheetData>"><row></row></sheetData>"></worksheet>"#,
            r#"<worksheet><sheetData a="x>y"><row></row></sheetData><sheetData b="><mergeCell/>"></sheetData></worksheet>"#,
            "<worksheet><!-- <sheetData> --><sheetData><row></row></sheetData></worksheet>",
            "<worksheet><sheetData><row><!-- </row> --></row></sheetData></worksheet>",
            "<worksheet><sheetData><row><c><v><![CDATA[</row>]]></v></c></row></sheetData></worksheet>",
            "<worksheet><sheetData><row></row><?x </sheetData>?></sheetData></worksheet>",
            "<x:worksheet><x:sheetData><x:row></x:row></x:sheetData></x:worksheet>",
            "<worksheet><sheetData><row></row>",
        ] {
            assert_eq!(pieces(page, 1), None, "{page}");
        }
    }
}
