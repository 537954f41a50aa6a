//! Each fixture says on its faulty lines which code is expected: `#! P012`.

use std::collections::BTreeSet;

use anju_pack::{Code, Faults, compile};

/// (file, text) of every fixture.
fn fixtures() -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = std::fs::read_dir(crate::folder("faults"))
        .expect("fixtures are on disk")
        .map(|entry| entry.expect("readable").path())
        .map(|path| {
            (
                path.file_name().expect("a file").to_string_lossy().into_owned(),
                std::fs::read_to_string(&path).expect("text"),
            )
        })
        .collect();
    found.sort();
    found
}

fn expected(text: &str) -> Vec<(u32, String)> {
    let marks = text.lines().zip(1_u32..).filter_map(|(line, at)| line.split_once("#!").map(|(_, codes)| (at, codes)));
    marks.flat_map(|(at, codes)| codes.split_whitespace().map(move |code| (at, code.to_owned()))).collect()
}

fn faults_of(name: &str, text: &str) -> Faults {
    let mut sources = crate::library(&[(name, text)]);
    if let Some(folder) = text.strip_prefix("#: folder ").and_then(|rest| rest.split_whitespace().next()) {
        sources.last_mut().expect("just added").mechanism = Some(folder.to_owned());
    }
    compile(&sources).expect_err(name)
}

#[test]
fn every_fixture_has_exactly_its_faults_at_their_lines() {
    for (name, text) in fixtures() {
        let faults = faults_of(&name, &text);
        let mut found: Vec<(u32, String)> = faults.iter().map(|fault| (fault.line, fault.code.to_string())).collect();
        found.sort();
        assert_eq!(found, expected(&text), "{name}: {faults}");
        assert!(faults.iter().all(|fault| fault.file == name), "{name}: {faults}");
    }
}

#[test]
fn every_code_has_a_fixture() {
    let covered: BTreeSet<String> =
        fixtures().iter().flat_map(|(_, text)| expected(text)).map(|(_, code)| code).collect();
    let missing: Vec<&str> =
        Code::ALL.iter().map(|code| code.as_str()).filter(|code| !covered.contains(*code)).collect();
    assert!(missing.is_empty(), "no fixture for {missing:?}");
}

#[test]
fn codes_are_numbered_in_order_and_speak_both_languages() {
    for (at, code) in Code::ALL.iter().enumerate() {
        assert_eq!(code.as_str(), format!("P{:03}", at + 1));
        let words = code.words();
        assert!([words.zh, words.en, words.mend_zh, words.mend_en].iter().all(|words| !words.is_empty()));
    }
}

#[test]
fn no_argument_is_left_unfilled() {
    for (name, text) in fixtures() {
        for fault in &faults_of(&name, &text) {
            for words in [&fault.message.zh, &fault.message.en, &fault.mend.zh, &fault.mend.en] {
                let left = (0..4).find(|at| words.contains(&format!("{{{at}}}")));
                assert_eq!(left, None, "{name}: {words}");
            }
        }
    }
}

#[test]
fn twenty_mistakes_are_told_at_once() {
    let text = std::fs::read_to_string(crate::folder("faults").join("twenty.toml")).expect("on disk");
    let faults = faults_of("twenty.toml", &text);
    assert_eq!(faults.len(), 20, "{faults}");
}

#[test]
fn a_fault_points_into_the_condition_and_names_the_mend() {
    let text = "[[figure]]\nid = \"f\"\nrow = \"X\"\ntitle = { zh = \"甲\", en = \"A\" }\nunit = { zh = \"甲\", en = \"A\" }\n\
                count = \"copy\"\nwhere = \"number = '红' AND condishun = '1'\"\n";
    let faults = faults_of("f.toml", text);
    let fault = faults.iter().next().expect("one");
    assert_eq!((fault.line, fault.column), (7, 27));
    assert!(fault.mend.en.contains("`condition`"), "{}", fault.mend.en);
}

#[test]
fn faults_are_shown_with_their_snippet_and_as_json() {
    let faults = faults_of("f.toml", "[role.r]\ntitle = { zh = \"甲\", en = \"A\" }\nreeds = [\"*\"]\n");
    insta::assert_json_snapshot!(faults);
    let shown = format!("{:?}", miette::Report::new(faults));
    assert!(shown.contains("reeds") && shown.contains("P002") && shown.contains("f.toml:3:1"), "{shown}");
}
