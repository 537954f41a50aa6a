//! Initials of pinyin: what people type for a name.

use pinyin::{ToPinyin, ToPinyinMulti};

/// Characters of a text that are spelt.
const SPELT: usize = 16;
/// Spellings of one text: surnames such as 单 or 解 have several readings, and nobody remembers which was entered.
const SPELLINGS: usize = 8;

/// The initials of a text in lower case, once for each combination of its characters' readings, the commonest first. Letters and digits
/// stand for themselves. Empty for a text without Chinese characters.
pub fn initials(text: &str) -> Vec<String> {
    let mut spellings = vec![String::new()];
    let mut spelt = false;
    for ch in text.chars().filter(|ch| !ch.is_whitespace()).take(SPELT) {
        let readings = readings(ch);
        spelt |= !ch.is_ascii() && !readings.is_empty();
        let Some(first) = readings.first() else { continue };
        let several = if spellings.len() * readings.len() <= SPELLINGS { &readings[1..] } else { &[] };
        let mut more = Vec::new();
        for other in several {
            more.extend(spellings.iter().map(|spelling| format!("{spelling}{other}")));
        }
        spellings.iter_mut().for_each(|spelling| spelling.push(*first));
        spellings.extend(more);
    }
    if spelt { spellings } else { Vec::new() }
}

/// First letters of a character's readings, each once; itself for a letter or digit; none for anything else.
fn readings(ch: char) -> Vec<char> {
    if ch.is_ascii_alphanumeric() {
        return vec![ch.to_ascii_lowercase()];
    }
    let mut letters: Vec<char> = ch.to_pinyin().and_then(|reading| letter(reading.plain())).into_iter().collect();
    for reading in ch.to_pinyin_multi().into_iter().flatten() {
        if let Some(other) = letter(reading.plain()).filter(|other| !letters.contains(other)) {
            letters.push(other);
        }
    }
    letters
}

fn letter(reading: &str) -> Option<char> {
    reading.chars().next().filter(char::is_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_spelt_by_its_initials() {
        assert_eq!(initials("王秀英").first().map(String::as_str), Some("wxy"));
        assert_eq!(initials("3号楼").first().map(String::as_str), Some("3hl"));
        assert!(initials("NS-0012").is_empty());
    }

    #[test]
    fn a_character_with_several_readings_is_found_by_each() {
        let found = initials("单明");
        assert!(found.contains(&"dm".to_owned()) && found.contains(&"sm".to_owned()), "{found:?}");
    }

    #[test]
    fn many_readings_do_not_multiply_without_end() {
        assert!(initials(&"单".repeat(200)).len() <= SPELLINGS);
    }
}
