//! The engine's own tables, `anju_*`.

use crate::sql::Dialect;

/// DDL of the engine's tables; may be run again.
pub(crate) fn ddl(dialect: Dialect) -> String {
    let (text, id, int, tail) = match dialect {
        Dialect::Sqlite => ("TEXT", "BLOB", "INTEGER", "STRICT, WITHOUT ROWID"),
        Dialect::Postgres => ("TEXT COLLATE \"C\"", "UUID", "BIGINT", ""),
    };
    format!(
        "CREATE TABLE IF NOT EXISTS anju_meta (key {text} NOT NULL PRIMARY KEY, value {text} NOT NULL) {tail};
CREATE TABLE IF NOT EXISTS anju_pack (n {int} NOT NULL PRIMARY KEY, hash {text} NOT NULL, tables {text} NOT NULL) {tail};
CREATE TABLE IF NOT EXISTS anju_head (county {text} NOT NULL PRIMARY KEY, seq {int} NOT NULL, hash {text} NOT NULL) {tail};
CREATE TABLE IF NOT EXISTS anju_journal (county {text} NOT NULL, seq {int} NOT NULL, at {int} NOT NULL, actor {text} NOT NULL, origin {text} NOT NULL, reason {text},
  ledger {text} NOT NULL, id {id} NOT NULL, before {text}, after {text}, pack {text} NOT NULL, prev {text} NOT NULL, hash {text} NOT NULL, PRIMARY KEY (county, seq)) {tail};
CREATE INDEX IF NOT EXISTS anju_journal_record ON anju_journal (county, id, seq);
CREATE TABLE IF NOT EXISTS anju_idempotency (county {text} NOT NULL, key {text} NOT NULL, first {int} NOT NULL, last {int} NOT NULL, PRIMARY KEY (county, key)) {tail};
CREATE TABLE IF NOT EXISTS anju_area (code {text} NOT NULL PRIMARY KEY, name {text} NOT NULL, parent {text}) {tail};"
    )
}
