//! `anju verify` and `anju doctor` on a database that somebody changed behind the program's back.

use crate::anju::{anju, demo, path};

fn changed(folder: &std::path::Path, sql: &str) {
    let database = rusqlite::Connection::open(folder.join("anju.db")).unwrap();
    assert!(database.execute(sql, []).unwrap() > 0, "{sql}");
}

#[test]
fn a_row_changed_behind_the_journals_back_is_named() {
    let county = demo();
    let data = path(county.path());
    changed(county.path(), "UPDATE visit SET findings = 'x' WHERE id = (SELECT min(id) FROM visit)");
    anju(&["verify", "journal", "--data", data]).telling(0, &["journal   holds"]);
    anju(&["verify", "shard", "--data", data])
        .telling(1, &["shard     does NOT hold", "visit ", "not as the journal says"]);
}

#[test]
fn a_journal_row_changed_afterwards_is_named() {
    let county = demo();
    let data = path(county.path());
    changed(county.path(), "UPDATE anju_journal SET actor = 'somebody' WHERE seq = 500");
    anju(&["verify", "--data", data]).telling(1, &["journal   does NOT hold", "row 500"]);
    anju(&["doctor", "--data", data]).telling(1, &["WRONG journal", "row 500", "backup"]);
}

#[test]
fn a_damaged_file_is_told_with_its_place_and_the_mend() {
    let county = demo();
    let file = county.path().join("anju.db");
    // Whatever is still in the write-ahead log is put into the file first.
    rusqlite::Connection::open(&file).unwrap().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    std::fs::OpenOptions::new().write(true).open(&file).unwrap().set_len(1_000_000).unwrap();
    for command in [&["coverage"][..], &["verify"], &["demo", "--prepare-only"], &["pack", "plan"]] {
        let args = [command, &["--data", path(county.path())]].concat();
        anju(&args).telling(3, &["anju.db", "damaged", "backup"]);
    }
}
