//! The engine's own tables, `anju_*`.

use crate::kept::Table;
use crate::sql::Dialect;
use crate::{accounts, blobs, checkpoints, events, imports, lists, proposals, sessions, settings};

const TABLES: [&Table; 14] = [
    &accounts::ACCOUNT,
    &accounts::CREDENTIAL,
    &accounts::GRANT,
    &sessions::SESSION,
    &sessions::TOKEN,
    &proposals::PROPOSAL,
    &events::EVENT,
    &events::EVENT_HEAD,
    &checkpoints::CHECKPOINT,
    &settings::SETTING,
    &blobs::FILE,
    &lists::LIST,
    imports::TABLES[0],
    imports::TABLES[1],
];

const INDEXES: &str = "
CREATE UNIQUE INDEX IF NOT EXISTS anju_account_login ON anju_account (login);
CREATE UNIQUE INDEX IF NOT EXISTS anju_credential_subject ON anju_credential (subject);
CREATE INDEX IF NOT EXISTS anju_grant_account ON anju_grant (account);
CREATE INDEX IF NOT EXISTS anju_session_account ON anju_session (account);
CREATE INDEX IF NOT EXISTS anju_token_account ON anju_token (account);
CREATE UNIQUE INDEX IF NOT EXISTS anju_token_key ON anju_token (key);
CREATE INDEX IF NOT EXISTS anju_proposal_state ON anju_proposal (state, made_at);
CREATE INDEX IF NOT EXISTS anju_import_made ON anju_import (county, made_at);
CREATE INDEX IF NOT EXISTS anju_event_actor ON anju_event (actor, county, seq);
CREATE INDEX IF NOT EXISTS anju_event_record ON anju_event (id, county, seq);
INSERT INTO anju_meta (key, value) VALUES ('directory', '1') ON CONFLICT (key) DO NOTHING;";

/// DDL of the engine's tables; may be run again.
pub(crate) fn ddl(dialect: Dialect) -> String {
    let mut ddl = first(dialect);
    TABLES.iter().for_each(|table| ddl.push_str(&table.ddl(dialect)));
    ddl + INDEXES
}

fn first(dialect: Dialect) -> String {
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
CREATE INDEX IF NOT EXISTS anju_journal_record ON anju_journal (id, county, seq);
CREATE TABLE IF NOT EXISTS anju_idempotency (county {text} NOT NULL, key {text} NOT NULL, first {int} NOT NULL, last {int} NOT NULL, PRIMARY KEY (county, key)) {tail};
CREATE TABLE IF NOT EXISTS anju_area (code {text} NOT NULL PRIMARY KEY, name {text} NOT NULL, parent {text}) {tail};"
    )
}
