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
    anju(&["verify", "journal", "--data", data]).telling(0, &["journal     holds"]);
    anju(&["verify", "shard", "--data", data])
        .telling(1, &["shard       does NOT hold", "visit ", "not as the journal says"]);
}

#[test]
fn a_journal_row_changed_afterwards_is_named() {
    let county = demo();
    let data = path(county.path());
    changed(county.path(), "UPDATE anju_journal SET actor = 'somebody' WHERE seq = 500");
    anju(&["verify", "--data", data]).telling(1, &["journal     does NOT hold", "row 500"]);
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

#[test]
fn a_checkpoint_kept_elsewhere_shows_that_the_tail_was_cut_off() {
    let county = demo();
    let data = path(county.path());
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("county.checkpoint");
    let file = path(&file);
    anju(&["checkpoint", "--data", data, "--export", file]).with(0);
    anju(&["checkpoint", "--data", data, "--export", file]).telling(3, &["county.checkpoint", "exists"]);
    anju(&["verify", "--data", data, "--checkpoint", file]).telling(0, &["checkpoint  holds", "journal to row"]);
    anju(&["verify", "events", "checkpoints", "--data", data])
        .telling(0, &["events      holds", "checkpoints holds: 2 signed"]);

    changed(county.path(), "DELETE FROM anju_journal WHERE seq > 1000");
    changed(county.path(), "UPDATE anju_head SET seq = 1000, hash = (SELECT hash FROM anju_journal WHERE seq = 1000)");
    changed(county.path(), "DELETE FROM anju_checkpoint");
    anju(&["verify", "journal", "--data", data]).telling(0, &["journal     holds"]);
    anju(&["verify", "--data", data, "--checkpoint", file]).telling(1, &["the journal ends at row 1000", "cut off"]);
    anju(&["verify", "events", "--data", data]).telling(1, &["a checkpoint that the events tell of is missing"]);
}

#[test]
fn a_checkpoint_is_checked_where_the_county_is_not() {
    let county = demo();
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("county.checkpoint");
    anju(&["checkpoint", "--data", path(county.path()), "--export", path(&file)]).with(0);
    let exported = std::fs::read_to_string(&file).unwrap();
    let key = exported.lines().find_map(|line| line.strip_prefix("public-key ")).unwrap().to_owned();
    let nowhere = elsewhere.path().join("nowhere");
    let verify = |more: &[&str]| {
        let args = ["verify", "--data", path(&nowhere), "--checkpoint", path(&file)];
        anju(&[&args, more].concat())
    };
    verify(&[]).telling(0, &["the signature holds", &key, "no county here"]);
    verify(&["--public-key", &key]).telling(0, &["the signature holds"]);
    verify(&["--public-key", "another"]).telling(1, &["signed with another key"]);
    std::fs::write(&file, exported.replace("events ", "events 1")).unwrap();
    verify(&[]).telling(1, &["not what was signed"]);
    std::fs::write(&file, "something else").unwrap();
    verify(&[]).telling(2, &["no checkpoint"]);
}

#[test]
fn a_row_missing_before_a_checkpoint_is_told_when_the_checkpoint_is_held_against_it() {
    let county = demo();
    let data = path(county.path());
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("county.checkpoint");
    anju(&["checkpoint", "--data", data, "--export", path(&file)]).with(0);
    anju(&["verify", "--data", data, "--checkpoint", path(&file)])
        .telling(0, &["checkpoint  holds", "journal     holds", "events      holds"]);
    changed(county.path(), "DELETE FROM anju_journal WHERE seq = 7");
    anju(&["verify", "--data", data, "--checkpoint", path(&file)]).telling(1, &["journal     does NOT hold", "row 7"]);
}

#[cfg(unix)]
#[test]
fn a_database_that_others_can_read_is_told_with_the_mend() {
    use std::os::unix::fs::PermissionsExt as _;
    let county = demo();
    let file = county.path().join("anju.db");
    anju(&["doctor", "--data", path(county.path())]).with(0);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    anju(&["doctor", "--data", path(county.path())]).telling(1, &["WRONG database", "mode 644", "chmod 600"]);
}
