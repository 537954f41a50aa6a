//! Whatever the text, the compiler answers.

use anju_pack::{Source, compile};
use proptest::prelude::*;

/// Words that conditions are made of, in any order.
fn condition() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "price",
        "name",
        "printed_on",
        "copy",
        "book.name",
        "today",
        "AND",
        "OR",
        "NOT",
        "(",
        ")",
        "=",
        "<",
        ">=",
        "IN",
        "BETWEEN",
        "IS",
        "NULL",
        "LIKE",
        "'x%'",
        "'2020-01-01'",
        "3",
        "1.5",
        "99999999999999999999",
        "-",
        "+",
        "age",
        "months",
        ",",
        "fine",
        "loan_days",
        "SELECT",
        "CASE",
        "红",
        "''",
        ".",
    ]);
    prop::collection::vec(word, 0..14).prop_map(|words| words.join(" "))
}

/// The library with one of its files cut and patched.
fn patched() -> impl Strategy<Value = Vec<Source>> {
    (0..2_usize, any::<prop::sample::Index>(), 0..40_usize, "[ -~红\n]{0,12}").prop_map(|(file, at, length, patch)| {
        let mut sources = crate::library(&[]);
        let letters: Vec<char> = sources[file].text.chars().collect();
        let start = at.index(letters.len());
        let end = (start + length).min(letters.len());
        sources[file].text =
            letters[..start].iter().copied().chain(patch.chars()).chain(letters[end..].iter().copied()).collect();
        sources
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,300}") {
        let source = Source { path: "any.toml".into(), text, mechanism: Some("any".into()) };
        let _answer = compile(&[source]);
    }

    #[test]
    fn any_condition_is_read_or_refused(words in condition()) {
        let text = format!("[[figure]]\nid = \"any\"\nrow = \"X\"\ntitle = {{ zh = \"甲\", en = \"A\" }}\nunit = {{ zh = \"甲\", en = \"A\" }}\n\
                            count = \"book\"\nwhere = \"\"\"{words}\"\"\"\n");
        if let Ok(pack) = compile(&crate::library(&[("any.toml", &text)])) {
            let described = anju_pack::reference(&pack);
            prop_assert!(!described.is_empty());
        }
    }

    #[test]
    fn a_patched_pack_is_read_or_refused(sources in patched()) {
        if let Ok(pack) = compile(&sources) {
            prop_assert!(!anju_pack::reference(&pack).is_empty());
        }
    }
}
