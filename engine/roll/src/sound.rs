//! How a text sounds.

use pinyin::ToPinyin;

/// A text as it sounds, without tones; what is not Chinese stays as it is. Texts that sound alike give the same.
pub fn sound(text: &str) -> String {
    let mut heard = String::with_capacity(text.len() * 2);
    for letter in text.chars().filter(|letter| !letter.is_whitespace() && *letter != '·') {
        match letter.to_pinyin() {
            Some(syllable) => heard.push_str(syllable.plain()),
            None => heard.extend(letter.to_lowercase()),
        }
        heard.push(' ');
    }
    heard
}

/// The letters by which lists order a text: of each Chinese character its syllable and then itself, so that families stay together; all else as it
/// stands.
pub fn collated(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().flat_map(|letter| {
        let syllable = letter.to_pinyin().map(|syllable| syllable.plain().chars().chain([' ']));
        syllable.into_iter().flatten().chain([letter])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_written_otherwise_sound_alike() {
        assert_eq!(sound("王秀英"), sound("汪秀莹"));
        assert_eq!(sound("买买提·艾力"), sound("买买提 艾力"));
        assert_ne!(sound("王秀英"), sound("王秀"));
        assert_ne!(sound("李安"), sound("李爱恩"), "syllables are told apart");
    }
}
