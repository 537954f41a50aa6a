//! Where a cell stands: `B7`.

/// Rows of a sheet.
pub(super) const ROWS: u32 = 1_048_576;
/// Columns of a sheet.
pub(super) const COLUMNS: u32 = 16_384;

/// The letters of a column, from 0.
pub fn letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        let digit = (rest - 1) % 26;
        letters.push(b'A' + u8::try_from(digit).unwrap_or_default());
        rest = (rest - 1) / 26;
    }
    letters.reverse();
    letters.into_iter().map(char::from).collect()
}

/// The name of a cell: row from 1, column from 0.
pub(crate) fn cell_name(row: u32, column: u32) -> String {
    format!("{}{row}", letters(column))
}

/// Row from 1 and column from 0 of a cell's name.
pub(super) fn cell_of(name: &str) -> Option<(u32, u32)> {
    let split = name.find(|sign: char| sign.is_ascii_digit())?;
    let (letters, row) = name.split_at(split);
    if letters.is_empty() || letters.len() > 3 || !letters.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let column = letters.bytes().fold(0, |sum, byte| sum * 26 + u32::from(byte - b'A') + 1) - 1;
    let row: u32 = row.parse().ok()?;
    ((1..=ROWS).contains(&row) && column < COLUMNS).then_some((row, column))
}

/// A name that a sheet may have: at most 31 signs, none of them of a formula's.
pub(super) fn sheet_name(wanted: &str, taken: &[String]) -> String {
    let plain: String =
        wanted.chars().map(|sign| if "[]:*?/\\'".contains(sign) || sign.is_control() { ' ' } else { sign }).collect();
    let plain = plain.trim();
    let plain = if plain.is_empty() || plain.eq_ignore_ascii_case("history") { "Sheet" } else { plain };
    (1_u32..)
        .map(|nth| {
            let end = if nth == 1 { String::new() } else { format!(" ({nth})") };
            let mut units = end.len();
            let kept = plain.chars().take_while(|sign| {
                units += sign.len_utf16();
                units <= 31
            });
            let kept: String = kept.collect();
            format!("{}{end}", kept.trim_end())
        })
        .find(|name| !taken.iter().any(|other| other.to_lowercase() == name.to_lowercase()))
        .unwrap_or_else(|| plain.to_owned())
}

/// A sheet's name as a formula writes it.
pub(super) fn quoted(sheet: &str) -> String {
    format!("'{}'", sheet.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_cells_are_read_and_written() {
        for (name, place) in [("A1", (1, 0)), ("Z9", (9, 25)), ("AA10", (10, 26)), ("XFD1048576", (ROWS, COLUMNS - 1))]
        {
            assert_eq!(cell_of(name), Some(place));
            assert_eq!(cell_name(place.0, place.1), name);
        }
        for wrong in ["", "A", "1", "A0", "XFE1", "AAAA1", "a1", "A1048577"] {
            assert_eq!(cell_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_sheet_has_a_name_that_spreadsheets_take() {
        assert_eq!(sheet_name("花名册", &[]), "花名册");
        assert_eq!(sheet_name("a/b:c", &[]), "a b c");
        assert_eq!(sheet_name("", &[]), "Sheet");
        assert_eq!(sheet_name("花名册", &["花名册".into()]), "花名册 (2)");
        assert_eq!(sheet_name(&"长".repeat(40), &[]).chars().count(), 31);
    }
}
