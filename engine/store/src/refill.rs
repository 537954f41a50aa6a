//! Columns that become sealed, or clear, or gain blind indexes, when a database follows a pack: their values are written anew, in rows
//! and in the journal.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anju_pack::Pack;
use anju_record::{Value, kind};
use anju_vault::{Vault, sealed_with};
use uuid::Uuid;

use crate::error::{DbError, Error, Result};
use crate::journal::{COLUMNS, JournalRow};
use crate::schema::{Schema, table_name};
use crate::sealing::SealedField;
use crate::session::Session;
use crate::sql::{Column, Dialect, quote};

/// Journal rows read at once.
const PAGE: i64 = 2_000;

/// One field whose values are written anew.
#[derive(Debug, Clone)]
pub(crate) struct Refill {
    pub table: String,
    ledger: String,
    field: String,
    seal: SealedField,
    /// Its column's type before.
    was: Column,
    was_sealed: bool,
    sealed: bool,
}

/// Every field to be written anew.
pub(crate) fn refills(pack: &Pack, actual: &Schema, target: &Schema) -> Result<Vec<Refill>> {
    let mut refills = Vec::new();
    for ledger in &pack.ledgers {
        let name = table_name(&ledger.id);
        let Some((old, new)) = actual.table(&name).zip(target.table(&name)) else { continue };
        for (position, field) in ledger.fields.iter().enumerate() {
            let seal = SealedField::at(ledger, position);
            let Some((was, is)) = old.column(&seal.name).zip(new.column(&seal.name)) else { continue };
            let gains = seal.beside_names().any(|name| old.column(name).is_none());
            if was.clear() != is.clear() || was.sealed == is.sealed && !gains {
                continue;
            }
            if is.sealed.is_none() && was.column != is.column {
                return Err(Error::Unsupported(format!(
                    "{}:{}: `{}.{}` is sealed; only text can be made clear again",
                    field.origin.file, field.origin.line, ledger.id, field.id
                )));
            }
            refills.push(Refill {
                table: name.clone().into_owned(),
                ledger: ledger.id.clone(),
                field: field.id.clone(),
                seal,
                was: was.column,
                was_sealed: was.sealed.is_some(),
                sealed: is.sealed.is_some(),
            });
        }
    }
    Ok(refills)
}

/// Clear values, read before the tables change.
pub(crate) type Values = Vec<Vec<(Value, Uuid, Value)>>;

fn place(dialect: Dialect, at: usize) -> String {
    match dialect {
        Dialect::Sqlite => "?".to_owned(),
        Dialect::Postgres => format!("${at}"),
    }
}

/// Reads what will be written anew.
pub(crate) async fn read<S: Session>(session: &mut S, vault: &Vault, refills: &[Refill]) -> Result<Values> {
    let mut all = Vec::with_capacity(refills.len());
    for refill in refills {
        let column = quote(&refill.seal.name);
        let sql = format!("SELECT county, id, {column} FROM {} WHERE {column} IS NOT NULL", quote(&refill.table));
        let mut buffer = String::new();
        let mut values = Vec::new();
        for row in session.query(&sql, &[], &[Column::Text, Column::Id, refill.was]).await? {
            let Ok([county, Value::Id(id), value]) = <[Value; 3]>::try_from(row) else { continue };
            let value = if refill.was_sealed { refill.seal.open(vault, id, &value, &mut buffer)? } else { value };
            values.push((county, id, value));
        }
        all.push(values);
    }
    Ok(all)
}

/// Writes the values anew, sealed or clear, with what stands beside them.
pub(crate) async fn write<S: Session>(
    session: &mut S,
    dialect: Dialect,
    vault: &Vault,
    refills: &[Refill],
    values: Values,
) -> Result<()> {
    for (refill, values) in refills.iter().zip(values) {
        let beside: Vec<&String> = refill.seal.beside_names().filter(|_| refill.sealed).collect();
        let names = std::iter::once(&refill.seal.name).chain(beside.iter().copied()).enumerate();
        let set: Vec<String> =
            names.map(|(at, name)| format!("{} = {}", quote(name), place(dialect, at + 1))).collect();
        let sql = format!(
            "UPDATE {} SET {} WHERE county = {} AND id = {}",
            quote(&refill.table),
            set.join(", "),
            place(dialect, set.len() + 1),
            place(dialect, set.len() + 2)
        );
        let mut buffer = String::new();
        for (county, id, value) in values {
            let mut binds = Vec::with_capacity(set.len() + 2);
            if refill.sealed {
                binds.push(refill.seal.seal(vault, id, &value, &mut buffer));
                binds.extend(refill.seal.beside(vault, &value));
            } else {
                binds.push(value);
            }
            binds.extend([county, Value::Id(id)]);
            session.execute(&sql, &binds.iter().collect::<Vec<_>>()).await?;
        }
    }
    Ok(())
}

/// Seals what the journal holds in the clear and chains it anew. A chain that was signed already stays as it is: its signature speaks of
/// these very rows.
pub(crate) async fn journal<S: Session>(
    session: &mut S,
    dialect: Dialect,
    vault: &Vault,
    refills: &[Refill],
) -> Result<()> {
    let mut sealed: HashMap<&str, BTreeMap<&str, &SealedField>> = HashMap::new();
    for refill in refills.iter().filter(|refill| refill.sealed && !refill.was_sealed) {
        sealed.entry(&refill.ledger).or_default().insert(&refill.field, &refill.seal);
    }
    if sealed.is_empty() {
        return Ok(());
    }
    let texts = |rows: Vec<Vec<Value>>| rows.into_iter().flatten().map(|value| kind::plain(&value)).collect::<Vec<_>>();
    let signed: BTreeSet<String> =
        texts(session.query("SELECT county FROM anju_checkpoint", &[], &[Column::Text]).await?).into_iter().collect();
    for county in texts(session.query("SELECT county FROM anju_head", &[], &[Column::Text]).await?) {
        if !signed.contains(&county) {
            chain_anew(session, dialect, vault, &sealed, &county).await?;
        }
    }
    Ok(())
}

async fn chain_anew<S: Session>(
    session: &mut S,
    dialect: Dialect,
    vault: &Vault,
    sealed: &HashMap<&str, BTreeMap<&str, &SealedField>>,
    county: &str,
) -> Result<()> {
    let at = |n| place(dialect, n);
    let names = COLUMNS.map(|(name, _)| format!("\"{name}\"")).join(", ");
    let select = format!(
        "SELECT {names} FROM anju_journal WHERE county = {} AND seq > {} ORDER BY seq LIMIT {PAGE}",
        at(1),
        at(2)
    );
    let update = format!(
        "UPDATE anju_journal SET before = {}, after = {}, prev = {}, hash = {} WHERE county = {} AND seq = {}",
        at(1),
        at(2),
        at(3),
        at(4),
        at(5),
        at(6)
    );
    let text = |text: &str| Value::Text(text.into());
    let mut old = crate::journal::Chain::start();
    let mut hash = old.hash.clone();
    loop {
        let rows = session.query(&select, &[&text(county), &Value::Int(old.seq)], &COLUMNS.map(|(_, c)| c)).await?;
        if rows.is_empty() {
            break;
        }
        for mut row in rows.into_iter().filter_map(JournalRow::of_values) {
            old.follow(&row).map_err(|broken| {
                Error::Unsupported(format!("the journal is not whole ({broken}); nothing is sealed over it"))
            })?;
            if let Some(fields) = sealed.get(row.ledger.as_str()) {
                for kept in [&mut row.before, &mut row.after] {
                    seal_text(vault, fields, row.id, kept)?;
                }
            }
            row.prev = std::mem::take(&mut hash);
            row.hash = row.seal();
            hash.clone_from(&row.hash);
            let maybe = |kept: &Option<String>| kept.as_deref().map_or(Value::Null, text);
            let binds = [
                maybe(&row.before),
                maybe(&row.after),
                text(&row.prev),
                text(&row.hash),
                text(county),
                Value::Int(row.seq),
            ];
            session.execute(&update, &binds.each_ref()).await?;
        }
    }
    let head = format!("UPDATE anju_head SET hash = {} WHERE county = {} AND seq = {}", at(1), at(2), at(3));
    session.execute(&head, &[&text(&hash), &text(county), &Value::Int(old.seq)]).await?;
    // What was printed of the chain before can still be told to be of this one.
    let note = format!(
        "INSERT INTO anju_meta (key, value) VALUES ({}, {}) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        at(1),
        at(2)
    );
    let before = format!("{} {}", old.seq, old.hash);
    session.execute(&note, &[&text(&format!("head before sealing of {county}")), &text(&before)]).await?;
    Ok(())
}

fn seal_text(vault: &Vault, fields: &BTreeMap<&str, &SealedField>, id: Uuid, kept: &mut Option<String>) -> Result<()> {
    let Some(text) = kept else { return Ok(()) };
    let Ok(mut record) = serde_json::from_str::<serde_json::Value>(text) else { return Ok(()) };
    let mut buffer = String::new();
    for (field, seal) in fields {
        let Some(value) = record.get_mut("values").and_then(|values| values.get_mut(*field)) else { continue };
        if value.as_str().is_some_and(|text| sealed_with(text).is_some()) {
            continue;
        }
        let clear = match &*value {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if let Value::Text(sealed) = seal.seal(vault, id, &Value::Text(clear.into()), &mut buffer) {
            *value = serde_json::Value::String(sealed.into());
        }
    }
    *text = record.to_string();
    Ok(())
}

/// A failure inside the transaction, as the database's.
pub(crate) fn inside(error: Error) -> DbError {
    DbError::Other(error.to_string())
}
