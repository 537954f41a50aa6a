//! The end of a county's journal: locked, moved on row by row, sent on as it grows.

use std::sync::Arc;

use anju_record::{Change, Value};

use crate::commit::{Job, Written};
use crate::error::DbError;
use crate::journal::{COLUMNS, GENESIS, JournalRow};
use crate::session::Session;
use crate::sql::{Column, Dialect};

/// Journal rows from which a large batch sends them on while it chains the next.
const JOURNALLED: usize = 4_000;

/// The county's sequence and hash; the row stays locked until the end of the transaction.
pub(crate) async fn lock_head<S: Session>(
    session: &mut S,
    dialect: Dialect,
    county: &str,
) -> Result<(i64, String), DbError> {
    let sql = match dialect {
        Dialect::Sqlite => "SELECT seq, hash FROM anju_head WHERE county = ?",
        Dialect::Postgres => "SELECT seq, hash FROM anju_head WHERE county = $1 FOR UPDATE",
    };
    let county = Value::Text(county.into());
    for _ in 0..2 {
        let rows = session.query(sql, &[&county], &[Column::Int, Column::Text]).await?;
        if let Some([Value::Int(seq), Value::Text(hash)]) = rows.first().map(Vec::as_slice) {
            return Ok((*seq, hash.to_string()));
        }
        let insert = match dialect {
            Dialect::Sqlite => "INSERT INTO anju_head (county, seq, hash) VALUES (?, 0, ?) ON CONFLICT DO NOTHING",
            Dialect::Postgres => "INSERT INTO anju_head (county, seq, hash) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING",
        };
        session.execute(insert, &[&county, &Value::Text(GENESIS.into())]).await?;
    }
    Err(DbError::Other("the county's head cannot be made".to_owned()))
}

/// Chains what was written and moves the head on. Rows that were not sent to the database yet are left for the ending.
pub(crate) async fn journalled<S: Session>(
    session: &mut S,
    job: &Job,
    written: Vec<Written>,
    head: &mut (i64, String),
    left: &mut Vec<JournalRow>,
) -> Result<Vec<Change>, DbError> {
    let mut changes = Vec::with_capacity(written.len());
    let mut written = written.into_iter();
    while written.len() > 0 {
        let (chunk, rows) = chain(job, written.by_ref().take(JOURNALLED), head);
        changes.extend(chunk);
        left.extend(rows);
        if left.len() >= JOURNALLED {
            send(session, std::mem::take(left)).await?;
        }
    }
    session.arrived().await?;
    Ok(changes)
}

async fn send<S: Session>(session: &mut S, rows: Vec<JournalRow>) -> Result<(), DbError> {
    let (names, types): (Vec<String>, Vec<Column>) =
        COLUMNS.iter().map(|(name, column)| ((*name).to_owned(), *column)).unzip();
    let rows = rows.into_iter().map(JournalRow::into_values).collect();
    session.arrived().await?;
    session.send_many("anju_journal", &names, &types, Arc::new(rows)).await
}

/// Journal rows for changes; moves the head on.
fn chain(
    job: &Job,
    written: impl Iterator<Item = Written>,
    head: &mut (i64, String),
) -> (Vec<Change>, Vec<JournalRow>) {
    let rows = written.map(|Written { change, before, after }| {
        let mut row = JournalRow {
            county: job.batch.county.clone(),
            seq: head.0 + 1,
            at: job.batch.at,
            actor: job.batch.actor.clone(),
            origin: job.batch.origin.clone(),
            reason: job.batch.reason.clone(),
            ledger: job.pack.ledger(change.ledger).id.clone(),
            id: change.id,
            before,
            after,
            pack: job.pack.hash.clone(),
            prev: head.1.clone(),
            hash: String::new(),
        };
        row.hash = row.seal();
        *head = (row.seq, row.hash.clone());
        (change, row)
    });
    rows.unzip()
}
