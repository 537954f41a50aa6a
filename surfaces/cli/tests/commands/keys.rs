//! Keys as an operator meets them: made once, found or asked for, rotated, and never in a database, a backup or an answer.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use crate::anju::{anju, demo, path};

fn with_variable(name: &str, value: &str, args: &[&str]) -> i32 {
    let done = Command::new(env!("CARGO_BIN_EXE_anju")).args(args).env(name, value).output().unwrap();
    done.status.code().unwrap()
}

#[test]
fn keys_are_made_for_a_new_database_and_never_for_one_that_holds_something() {
    let folder = demo();
    let (data, keys) = (path(folder.path()), folder.path().join("keys.toml"));
    assert_eq!(std::fs::metadata(&keys).unwrap().permissions().mode() & 0o777, 0o600);
    let elsewhere = folder.path().join("safe.toml");
    std::fs::rename(&keys, &elsewhere).unwrap();
    for command in ["verify", "doctor", "serve", "demo"] {
        let ended =
            anju(&[command, "--data", data]).telling(if command == "doctor" { 1 } else { 3 }, &["keys.toml", "--keys"]);
        assert!(!keys.exists(), "{command} made keys: {}", ended.told);
    }
    anju(&["verify", "--data", data, "--keys", path(&elsewhere)]).with(0);
    assert_eq!(with_variable("ANJU_KEYS_FILE", path(&elsewhere), &["verify", "--data", data, "journal"]), 0);
    let text = std::fs::read_to_string(&elsewhere).unwrap();
    assert_eq!(with_variable("ANJU_KEYS", &text, &["verify", "--data", data, "journal"]), 0);
    anju(&["keys", "init", "--keys", path(&keys)]).with(0);
    anju(&["verify", "--data", data]).telling(3, &["is sealed with key", "has no such key"]);
    std::fs::set_permissions(&elsewhere, std::fs::Permissions::from_mode(0o644)).unwrap();
    anju(&["doctor", "--data", data, "--keys", path(&elsewhere)]).telling(1, &["WRONG keys", "chmod 600"]);
}

#[test]
fn keys_are_shown_without_any_key_and_rotated_without_losing_anything() {
    let folder = demo();
    let (data, keys) = (path(folder.path()), folder.path().join("keys.toml"));
    let shown = anju(&["keys", "show", "--data", data]).telling(0, &["AES-256-GCM", "writes", "public key"]);
    let text = std::fs::read_to_string(&keys).unwrap();
    for secret in text.lines().filter_map(|line| line.split('"').nth(1)).filter(|value| value.len() > 30) {
        assert!(!shown.out.contains(secret), "a key is shown");
    }
    let before = anju(&["export", "person", "--data", data]).with(0).out;
    anju(&["keys", "rotate", "--data", data]).telling(0, &["writes from now on", "rows are sealed with it"]);
    anju(&["keys", "show", "--data", data]).telling(0, &["reads", "writes"]);
    anju(&["doctor", "--data", data]).telling(0, &["2 encryption keys", "sealed with the newest key"]);
    assert!(anju(&["export", "person", "--data", data]).with(0).out == before, "records read as before");
    anju(&["verify", "--data", data]).with(0);
    anju(&["keys", "rotate", "--resume", "--data", data]).telling(0, &["0 rows"]);
}

#[test]
fn the_commercial_suite_serves_the_same_county() {
    let folder = tempfile::tempdir().unwrap();
    let data = path(folder.path());
    anju(&["keys", "init", "--data", data, "--suite", "commercial"]).telling(0, &["SM4-GCM, HMAC-SM3"]);
    anju(&["keys", "init", "--data", data]).telling(3, &["never overwritten"]);
    anju(&["demo", "--prepare-only", "--data", data]).with(0);
    anju(&["verify", "--data", data]).with(0);
}

/// Every number of 11 digits and more, and of 18 characters, that the county's people and staff have.
fn numbers(data: &str) -> Vec<String> {
    let mut all = Vec::new();
    for ledger in ["person", "household", "cadre"] {
        let sheet = anju(&["export", ledger, "--data", data]).with(0).out;
        let mut reader = csv::Reader::from_reader(sheet.trim_start_matches('\u{feff}').as_bytes());
        let heads = reader.headers().unwrap().clone();
        for row in reader.records().map(Result::unwrap) {
            let sensitive = heads.iter().zip(&row).filter(|(head, _)| ["id_number", "phone"].contains(head));
            all.extend(sensitive.map(|(_, text)| text.to_owned()).filter(|text| !text.is_empty()));
        }
    }
    all.sort();
    all.dedup();
    all
}

fn assert_absent(file: &Path, numbers: &[String]) {
    let bytes = std::fs::read(file).unwrap_or_default();
    // Runs of digits, so that thousands of numbers are looked for in one pass.
    let found: Vec<&str> = bytes
        .split(|byte| !byte.is_ascii_digit() && *byte != b'X')
        .filter_map(|run| std::str::from_utf8(run).ok())
        .filter(|run| run.len() >= 11)
        .filter(|run| {
            [11, 18].iter().any(|length| {
                (0..=run.len().saturating_sub(*length))
                    .filter_map(|at| run.get(at..at + length))
                    .any(|piece| numbers.binary_search_by(|number| number.as_str().cmp(piece)).is_ok())
            })
        })
        .collect();
    assert!(found.is_empty(), "{}: {found:?}", file.display());
}

#[test]
fn no_file_of_the_demo_nor_its_backup_holds_a_number_of_anybody() {
    let folder = demo();
    let data = path(folder.path());
    let numbers = numbers(data);
    assert!(numbers.len() > 1_000, "the county has people with numbers: {}", numbers.len());
    let backup = folder.path().join("backup.db");
    anju(&["backup", path(&backup), "--data", data]).telling(0, &["keys are not in it"]);
    anju(&["backup", path(&backup), "--data", data]).telling(3, &["exists"]);
    for file in ["anju.db", "anju.db-wal", "backup.db"] {
        assert_absent(&folder.path().join(file), &numbers);
    }
    let keys = folder.path().join("keys.toml");
    anju(&["verify", "--database", path(&backup), "--keys", path(&keys)]).with(0);
    let told = anju(&["backup", "x.dump", "--database", "postgres://a:secret@nowhere/db"]).telling(3, &["pg_dump"]);
    assert!(!told.told.contains("secret"));
}
