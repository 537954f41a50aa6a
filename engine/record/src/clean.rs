//! What people and sheets add without meaning it: full-width forms, stray blanks.

use std::borrow::Cow;

/// Blank to a reader: white space of any width, zero-width marks.
pub fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200d}' | '\u{2060}')
}

fn half_width(c: char, punctuation: bool) -> char {
    match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => shifted(c),
        '！'..='～' if punctuation => shifted(c),
        '。' if punctuation => '.',
        '−' | '–' | '—' if punctuation => '-',
        _ => c,
    }
}

fn shifted(c: char) -> char {
    char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c)
}

/// For everything but free text: no blanks at all, every full-width form half-width.
pub fn token(text: &str) -> String {
    tokenised(text).into_owned()
}

/// As [`token`]; digits and letters that are so already are not copied.
pub(crate) fn tokenised(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Cow::Borrowed(text);
    }
    let mut token = String::with_capacity(text.len());
    token.extend(text.chars().filter(|c| !is_blank(*c)).map(|c| half_width(c, true)));
    Cow::Owned(token)
}

/// For one line of free text: digits and letters half-width, blanks trimmed, line breaks and tabs as one blank.
pub fn line(text: &str) -> Cow<'_, str> {
    let text = text.trim_matches(is_blank);
    // Nearly all text stands as it should.
    if !text.contains(|c: char| c.is_whitespace() || half_width(c, false) != c) {
        return Cow::Borrowed(text);
    }
    let mut joined = String::with_capacity(text.len());
    joined.extend(text.chars().map(|c| match c {
        '\n' | '\r' | '\t' | '\u{a0}' | '\u{3000}' => ' ',
        _ => half_width(c, false),
    }));
    if !joined.contains("  ") {
        return Cow::Owned(joined);
    }
    Cow::Owned(joined.split(' ').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "))
}

/// For several lines of free text: digits and letters half-width, blanks trimmed, line ends as `\n`.
pub fn lines(text: &str) -> String {
    let unix = text.replace("\r\n", "\n").replace('\r', "\n");
    unix.trim_matches(is_blank).chars().map(|c| half_width(c, false)).collect()
}
