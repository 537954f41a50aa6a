//! `anju pack check`: every fault at once, each at its line.

use std::collections::BTreeMap;

use crate::anju::{anju, path, root};

#[test]
fn what_is_built_in_has_no_faults() {
    anju(&["pack", "check"]).telling(0, &["no faults"]);
    assert_eq!(anju(&["pack", "check", "--format", "json"]).with(0).out.trim(), "[]");
    anju(&["pack", "check", path(&root())]).telling(0, &["no faults"]);
}

#[test]
fn the_stories_of_the_packs_hold() {
    anju(&["pack", "test"]).telling(0, &[" 0 failed"]);
}

#[test]
fn a_folder_of_faults_is_refused() {
    anju(&["pack", "check", path(&root().join("engine/pack/tests/faults"))]).telling(1, &["P001", "P010"]);
}

#[test]
fn a_folder_that_is_none_is_told_with_what_to_give() {
    anju(&["pack", "check", "/nowhere"]).telling(3, &["/nowhere", "give a folder of pack files"]);
    let empty = tempfile::tempdir().unwrap();
    anju(&["pack", "check", path(empty.path())]).telling(3, &["no .toml files"]);
}

#[test]
fn twenty_mistakes_are_told_at_once_each_at_its_line() {
    let tests = root().join("engine/pack/tests");
    let folder = tempfile::tempdir().unwrap();
    for file in ["library/library.toml", "library/rules.toml", "faults/twenty.toml"] {
        let from = tests.join(file);
        std::fs::copy(&from, folder.path().join(from.file_name().unwrap())).unwrap();
    }
    let text = std::fs::read_to_string(tests.join("faults/twenty.toml")).unwrap();
    let mut marked: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
    for (at, line) in (1..).zip(text.lines()) {
        if let Some((_, codes)) = line.split_once("#!") {
            marked.insert(at, codes.split_whitespace().collect());
        }
    }
    let out = anju(&["pack", "check", path(folder.path()), "--format", "json"]).with(1).out;
    let faults: Vec<serde_json::Value> = serde_json::from_str(&out).unwrap();
    let mut found: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
    for fault in &faults {
        assert!(fault["file"].as_str().unwrap().ends_with("twenty.toml"), "{fault}");
        assert!(
            !fault["mend"]["zh"].as_str().unwrap().is_empty() && !fault["mend"]["en"].as_str().unwrap().is_empty(),
            "{fault}"
        );
        found.entry(fault["line"].as_u64().unwrap()).or_default().push(fault["code"].as_str().unwrap());
    }
    assert_eq!(faults.len(), 20);
    assert_eq!(found, marked);

    let shown = anju(&["pack", "check", path(folder.path())]).with(1).told;
    for line in marked.keys() {
        assert!(shown.contains(&format!("twenty.toml:{line}:")), "line {line} is not shown:\n{shown}");
    }
}

/// The repository's definitions, with a few lines more in the county's file.
fn county_that_adds(lines: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(root().join("counties/ningshan/county.toml")).unwrap();
    std::fs::write(folder.path().join("county.toml"), format!("{text}\n{lines}")).unwrap();
    folder
}

#[test]
fn a_countys_own_folder_is_joined_to_what_is_built_in() {
    let adds = county_that_adds(
        "[ledger.household.fields]\ndialect = { kind = \"text\", title = { zh = \"方言\", en = \"Dialect\" } }\n",
    );
    anju(&["pack", "check", path(adds.path())]).telling(0, &["no faults"]);
}

#[test]
fn a_county_overrides_nothing() {
    let overrides = county_that_adds(
        "[ledger.visit.fields]\nfindings = { kind = \"text\", title = { zh = \"情况\", en = \"Findings\" } }\n",
    );
    anju(&["pack", "check", path(overrides.path())]).telling(1, &["P037", "visit.findings", "only adds"]);
}
