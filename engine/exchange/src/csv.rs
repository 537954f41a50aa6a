//! Text with separators, in whatever encoding an office saved it.

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use crate::book::{Grid, GridRow};
use crate::fault::{BookCode, BookFault};
use crate::kept::Kept;
use crate::limits::Limits;
use crate::write::unneutral;

/// Separators that are tried, the likeliest first.
const SEPARATORS: [u8; 4] = [b',', b'\t', b';', b'|'];

pub(crate) fn read(bytes: &[u8], name: &str, limits: &Limits) -> Result<(&'static str, Grid), BookFault> {
    let (encoding, text) = decode(bytes, limits)?;
    if is_markup(&text) {
        return Err(BookFault::new(BookCode::WebPage, []));
    }
    let page = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let page = page.rsplit_once('.').map_or(page, |(stem, _)| stem);
    let mut grid = Grid { name: page.to_owned(), ..Grid::default() };
    let mut kept = Kept::new(limits);
    rows(&text, separator(&text), &mut grid, &mut kept)?;
    Ok((encoding, grid))
}

/// Pages and mails that spreadsheet programs open under the name of a table.
fn is_markup(text: &str) -> bool {
    let start = text.trim_start_matches(|c: char| anju_record::is_blank(c) || c == '\u{feff}');
    let tag = start.strip_prefix('<').and_then(|rest| rest.chars().next());
    let mail = start.get(..13).is_some_and(|word| word.eq_ignore_ascii_case("mime-version:"));
    mail || tag.is_some_and(|sign| sign.is_ascii_alphabetic() || matches!(sign, '!' | '?' | '/'))
}

fn decode(bytes: &[u8], limits: &Limits) -> Result<(&'static str, String), BookFault> {
    let unknown = || BookFault::new(BookCode::Encoding, []);
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        let (text, wrong) = encoding.decode_without_bom_handling(&bytes[length..]);
        return if wrong { Err(unknown()) } else { Ok((encoding.name(), bounded(text, limits)?)) };
    }
    if memchr::memchr(0, bytes).is_some() {
        return unmarked(bytes, limits);
    }
    for (encoding, name) in [(UTF_8, "UTF-8"), (GB18030, "GB18030")] {
        let (text, wrong) = encoding.decode_without_bom_handling(bytes);
        if !wrong {
            return if is_plain(&text) { Ok((name, bounded(text, limits)?)) } else { Err(not_text()) };
        }
    }
    Err(if bytes.iter().take(4000).any(|byte| *byte < 9) { not_text() } else { unknown() })
}

/// Text in two bytes a sign that does not say so: every blank and comma has a zero, always in the same half.
fn unmarked(bytes: &[u8], limits: &Limits) -> Result<(&'static str, String), BookFault> {
    let start = &bytes[..bytes.len().min(4000)];
    let zeros = |from: usize| start.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let encoding = if even > odd { UTF_16BE } else { UTF_16LE };
    if even.min(odd) > 0 || even.max(odd) * 100 < start.len() {
        return Err(not_text());
    }
    let (text, wrong) = encoding.decode_without_bom_handling(bytes);
    let plain = !wrong && is_plain(&text) && !text.contains('\0') && text.contains([',', '\t', ';', '|', '\n']);
    if plain { Ok((encoding.name(), bounded(text, limits)?)) } else { Err(not_text()) }
}

/// Nothing in its beginning that no text has.
fn is_plain(text: &str) -> bool {
    let known = |c: char| matches!(c, '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{1a}');
    !text.chars().take(4000).any(|c| (c.is_control() && !known(c)) || matches!(c, '\u{fffe}' | '\u{ffff}'))
}

fn not_text() -> BookFault {
    BookFault::new(BookCode::NotATable, [])
}

fn bounded(text: std::borrow::Cow<'_, str>, limits: &Limits) -> Result<String, BookFault> {
    if text.len() as u64 > limits.inflated {
        return Err(BookFault::megabytes(BookCode::TooLarge, limits.inflated));
    }
    Ok(text.into_owned())
}

/// The separator that splits the first lines most evenly.
fn separator(text: &str) -> u8 {
    if let Some(named) = text.strip_prefix("sep=").and_then(|rest| rest.bytes().next()) {
        return named;
    }
    let score = |separator: u8| {
        let (mut quoted, mut line, mut counts) = (false, 0_usize, Vec::new());
        for byte in text.bytes().take(64 << 10) {
            match byte {
                b'"' => quoted = !quoted,
                b'\n' if !quoted => {
                    counts.push(line);
                    line = 0;
                }
                byte if byte == separator && !quoted => line += 1,
                _ => {}
            }
            if counts.len() >= 50 {
                break;
            }
        }
        counts.push(line);
        let most = counts.iter().copied().max().unwrap_or(0);
        let alike = counts.iter().filter(|count| **count == most).count();
        if most == 0 { 0 } else { alike * 100 / counts.len() * 4 + most.min(100) }
    };
    let mut best = (0, SEPARATORS[0]);
    for separator in SEPARATORS {
        let score = score(separator);
        if score > best.0 {
            best = (score, separator);
        }
    }
    best.1
}

fn rows(text: &str, separator: u8, grid: &mut Grid, kept: &mut Kept<'_>) -> Result<(), BookFault> {
    let bytes = text.as_bytes();
    let (mut at, mut number, mut column) = (0, 1_u32, 0_u32);
    let mut row = GridRow { number, cells: Vec::new() };
    while at < bytes.len() {
        let (value, next) = field(text, at, separator);
        let cell = kept.text(meant(&value))?;
        kept.put(&grid.name, &mut row, column, cell)?;
        at = next;
        match bytes.get(at) {
            Some(byte) if *byte == separator => {
                column = column.saturating_add(1);
                at += 1;
            }
            _ => {
                at += if bytes[at.min(bytes.len())..].starts_with(b"\r\n") { 2 } else { 1 };
                number = number.saturating_add(1);
                column = 0;
                kept.row(&mut grid.rows, std::mem::replace(&mut row, GridRow { number, cells: Vec::new() }))?;
            }
        }
    }
    kept.row(&mut grid.rows, row)
}

/// What a field says without what only keeps spreadsheets from taking it for something else: `'=1` for `=1`, and `="001"` for `001`.
fn meant(value: &str) -> &str {
    let quoted = value.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    quoted.filter(|text| !text.contains('"')).unwrap_or_else(|| unneutral(value))
}

/// One field and where it ends. A quote that is never closed belongs to the text of its own line.
fn field(text: &str, start: usize, separator: u8) -> (std::borrow::Cow<'_, str>, usize) {
    let bytes = text.as_bytes();
    let plain_end = |from: usize| {
        let rest = &bytes[from..];
        from + memchr::memchr3(separator, b'\n', b'\r', rest).unwrap_or(rest.len())
    };
    if bytes.get(start) != Some(&b'"') {
        let end = plain_end(start);
        return (text[start..end].into(), end);
    }
    let mut out = String::new();
    let mut at = start + 1;
    while let Some(found) = memchr::memchr(b'"', &bytes[at..]) {
        out.push_str(&text[at..at + found]);
        at += found + 1;
        if bytes.get(at) == Some(&b'"') {
            out.push('"');
            at += 1;
            continue;
        }
        let end = plain_end(at);
        out.push_str(&text[at..end]);
        return (out.into(), end);
    }
    let end = plain_end(start);
    (text[start..end].into(), end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(bytes: &[u8]) -> (&'static str, Vec<(u32, Vec<String>)>) {
        let (encoding, grid) = read(bytes, "a.csv", &Limits::default()).expect("reads");
        let row = |row: &GridRow| (row.number, row.cells.iter().map(|cell| cell.text().into_owned()).collect());
        (encoding, grid.rows.iter().map(row).collect())
    }

    #[test]
    fn quotes_blank_lines_and_line_ends_are_kept_apart() {
        let (_, rows) = cells(b"a,b\r\n\r\n\"x, \"\"y\"\"\nz\",2\n,,\n\"open,3\n4");
        let want = [(1, vec!["a", "b"]), (3, vec!["x, \"y\"\nz", "2"]), (5, vec!["\"open", "3"]), (6, vec!["4"])];
        assert_eq!(rows.len(), want.len());
        for ((number, cells), (want_number, want_cells)) in rows.iter().zip(&want) {
            assert_eq!((number, cells.iter().map(String::as_str).collect()), (want_number, want_cells.clone()));
        }
    }

    #[test]
    fn what_keeps_a_cell_from_being_run_or_rounded_is_taken_off() {
        let (_, rows) = cells("=\"013800000018\",\"=\"\"007\"\"\"\n'=1+1,'-3\n'+86,'@here\n".as_bytes());
        let want = [["013800000018", "007"], ["=1+1", "-3"], ["+86", "@here"]];
        assert_eq!(rows.iter().map(|(_, cells)| cells.as_slice()).collect::<Vec<_>>(), want);
        let (_, rows) = cells("'90,''=1\n=\"a\"&\"b\",=A1\n".as_bytes());
        let as_written = [["'90", "''=1"], ["=\"a\"&\"b\"", "=A1"]];
        assert_eq!(
            rows.iter().map(|(_, cells)| cells.as_slice()).collect::<Vec<_>>(),
            as_written,
            "anything else stays"
        );
    }

    #[test]
    fn every_encoding_of_an_office_is_read() {
        let text = "姓名;电话\n张三;1\n李四;2\n";
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let with_mark = [&[0xff, 0xfe][..], &utf16].concat();
        let big: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
        let files: [(&[u8], &str); 6] = [
            (text.as_bytes(), "UTF-8"),
            (&[b"\xef\xbb\xbf", text.as_bytes()].concat(), "UTF-8"),
            (&GB18030.encode(text).0, "GB18030"),
            (&with_mark, "UTF-16LE"),
            (&big, "UTF-16BE"),
            (&utf16, "UTF-16LE"),
        ];
        for (bytes, name) in files {
            let (encoding, rows) = cells(bytes);
            assert_eq!(encoding, name);
            assert_eq!(rows[1], (2, vec!["张三".to_owned(), "1".to_owned()]), "{name}");
        }
    }

    #[test]
    fn what_is_no_table_says_so() {
        let code = |bytes: &[u8]| read(bytes, "a", &Limits::default()).expect_err("no table").code;
        assert_eq!(code(b"<html><table>"), BookCode::WebPage);
        assert_eq!(code(b"%PDF-1.4\x01\x02\x00\x00"), BookCode::NotATable);
        assert_eq!(code(&[0x81, 0x20, 0xff, 0xff, b'\n']), BookCode::Encoding);
    }
}
