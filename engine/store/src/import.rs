//! The first load of a county, or any large one: one transaction, every record journalled.

use std::collections::HashMap;

use anju_pack::{Kind, LedgerIx};
use anju_record::{Change, Fault, Record, SmolStr, Valid, Value, kind};
use uuid::Uuid;

use crate::agreeing;
use crate::commit::{Fail, Job, Receipt, Written, check_county, own_area, same_pack};
use crate::constraint;
use crate::error::CommitError;
use crate::exactly;
use crate::head::{journalled, lock_head};
use crate::journal::write_record;
use crate::session::{Ending, Session};
use crate::sql::{Column, Dialect};

/// Rows sent at once.
const CHUNK: usize = 2_000;

/// Loads records; `job.batch.changes` is not read. Order among records does not matter.
pub(crate) async fn run<S: Session>(
    session: &mut S,
    dialect: Dialect,
    job: &Job,
    records: Vec<Valid>,
) -> Result<Receipt, Fail> {
    check_county(&job.batch.county)?;
    session.begin().await?;
    let done = load(session, dialect, job, records).await;
    if done.is_err() {
        session.rollback().await?;
    }
    done
}

async fn load<S: Session>(session: &mut S, dialect: Dialect, job: &Job, records: Vec<Valid>) -> Result<Receipt, Fail> {
    same_pack(session, job, &mut None).await?;
    session.defer_references().await?;
    let touched = exactly::loaded(&job.pack, &records);
    let mut by_ledger: Vec<Vec<(usize, Valid)>> = job.pack.ledgers.iter().map(|_| Vec::new()).collect();
    let mut areas: HashMap<(LedgerIx, Uuid), Option<SmolStr>> = HashMap::with_capacity(records.len());
    for (position, valid) in records.into_iter().enumerate() {
        areas.insert((valid.ledger(), valid.id()), None);
        by_ledger[usize::from(valid.ledger().0)].push((position, valid));
    }
    let mut written = Vec::with_capacity(areas.len());
    for (ledger, valids) in job.pack.ledger_ixs().zip(by_ledger) {
        let mut records = Vec::with_capacity(valids.len());
        for (position, valid) in valids {
            let area = place(session, job, &mut areas, &valid)
                .await?
                .map_err(|faults| CommitError::Invalid { write: position, faults })?;
            areas.insert((ledger, valid.id()), Some(area.clone()));
            let id = valid.id();
            records.push(Record { id, version: 1, area, values: valid.into_values() });
        }
        insert(session, job, ledger, records, &mut written).await?;
    }
    exactly::all_loaded(session, job, touched).await?;
    agreeing::all_loaded(session, job, &written).await?;
    let mut head = lock_head(session, dialect, &job.batch.county).await?;
    let first = head.0 + 1;
    let mut journal = Vec::new();
    let changes = journalled(session, job, written, &mut head, &mut journal).await?;
    let keys = job.batch.idempotency_key.iter().filter(|_| first <= head.0);
    let keys = keys.map(|key| (job.batch.county.clone(), key.clone(), first, head.0)).collect();
    let seq = head.0;
    session.finish(&Ending { journal, heads: vec![(job.batch.county.clone(), head.0, head.1)], keys }).await?;
    Ok(Receipt { county: job.batch.county.clone(), seq, changes, replayed: false })
}

async fn insert<S: Session>(
    session: &mut S,
    job: &Job,
    ledger: LedgerIx,
    records: Vec<Record>,
    written: &mut Vec<Written>,
) -> Result<(), Fail> {
    let sql = job.tables.ledger(ledger);
    let county = Value::Text(job.batch.county.as_str().into());
    let mut records = records.into_iter();
    while records.len() > 0 {
        let rows: Vec<Vec<Value>> = records
            .by_ref()
            .take(CHUNK)
            .map(|record| {
                let mut values = sql.sealing.seal(&job.vault, record.id, &record.values);
                let beside = values.split_off(record.values.len());
                let stored = Record { id: record.id, version: 1, area: record.area.clone(), values };
                let after = Some(write_record(&job.pack, ledger, &stored));
                let mut row = Vec::with_capacity(sql.insert_columns.len());
                row.extend([county.clone(), Value::Id(record.id), Value::Int(1), Value::Text(stored.area)]);
                row.extend(stored.values.into_iter().chain(beside));
                let change = Change { ledger, id: record.id, before: None, after: Some(record) };
                written.push(Written { change, before: None, after });
                row
            })
            .collect();
        session.insert_many(&sql.table, &sql.insert_columns, &sql.insert_types, &rows).await.map_err(|error| {
            match constraint::faults(&job.pack, ledger, &[], &error) {
                Some(faults) => Fail::from(CommitError::Invalid { write: 0, faults }),
                None => Fail::from(error),
            }
        })?;
    }
    Ok(())
}

/// The record's area, once everything it refers to is known to live.
async fn place<S: Session>(
    session: &mut S,
    job: &Job,
    areas: &mut HashMap<(LedgerIx, Uuid), Option<SmolStr>>,
    valid: &Valid,
) -> Result<Result<SmolStr, Vec<Fault>>, Fail> {
    let ledger = job.pack.ledger(valid.ledger());
    let mut faults = Vec::new();
    let mut owner_area = None;
    for (position, (field, value)) in ledger.fields.iter().zip(valid.values()).enumerate() {
        let (Kind::Ref { to }, Value::Id(id)) = (&field.kind, value) else { continue };
        let is_owner = ledger.of.is_some_and(|owner| usize::from(owner.field.0) == position);
        if let Some(area) = areas.get(&(*to, *id)) {
            if is_owner {
                owner_area.clone_from(area);
            }
            continue;
        }
        let county = Value::Text(job.batch.county.as_str().into());
        let rows = session.query(&job.tables.ledger(*to).area_of, &[&county, value], &[Column::Text]).await?;
        match rows.into_iter().next().and_then(|mut row| row.pop()) {
            Some(Value::Text(area)) => {
                if is_owner {
                    owner_area = Some(area.clone());
                }
                areas.insert((*to, *id), Some(area));
            }
            _ => faults.push(constraint::no_such_record(&job.pack, field, kind::plain(value))),
        }
    }
    let own = own_area(&job.pack, valid.ledger(), &job.batch.county, valid.values()).unwrap_or_else(|fault| {
        faults.push(*fault);
        None
    });
    Ok(if faults.is_empty() {
        Ok(own.or(owner_area).unwrap_or_else(|| job.batch.county.as_str().into()))
    } else {
        Err(faults)
    })
}
