//! The journal of a county: what happened to each record, chained by SHA-256.

use anju_pack::{Kind, LedgerIx, Pack};
use anju_record::{Change, Record, Value, day, kind};
use anju_vault::{Vault, sealed_with};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::error::Result;
use crate::sealing::Sealing;
use crate::sql::Column;

/// The hash before the first row.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Columns of `anju_journal`, in order.
pub(crate) const COLUMNS: [(&str, Column); 13] = [
    ("county", Column::Text),
    ("seq", Column::Int),
    ("at", Column::Int),
    ("actor", Column::Text),
    ("origin", Column::Text),
    ("reason", Column::Text),
    ("ledger", Column::Text),
    ("id", Column::Id),
    ("before", Column::Text),
    ("after", Column::Text),
    ("pack", Column::Text),
    ("prev", Column::Text),
    ("hash", Column::Text),
];

/// One row: what happened to one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalRow {
    /// Six digits.
    pub county: String,
    /// 1, 2, 3 … within the county.
    pub seq: i64,
    /// Milliseconds since 1970-01-01T00:00Z, by the caller's clock.
    pub at: i64,
    /// Who.
    pub actor: String,
    /// By what, and from where if it is known: `web 10.0.0.7`, `cli`, `import`.
    pub origin: String,
    /// Why, if it was told.
    pub reason: Option<String>,
    /// The ledger's id.
    pub ledger: String,
    /// The record.
    pub id: Uuid,
    /// JSON as it stood; `None` = created.
    pub before: Option<String>,
    /// JSON as it stands; `None` = deleted.
    pub after: Option<String>,
    /// Hash of the pack in force.
    pub pack: String,
    /// Hash of the row before.
    pub prev: String,
    /// SHA-256 over all the above, hex.
    pub hash: String,
}

/// What a whole chain shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Rows read.
    pub rows: i64,
    /// Hash of the last.
    pub head: String,
}

/// The first row that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("journal row {seq}: {what}")]
pub struct Broken {
    /// Its sequence.
    pub seq: i64,
    /// What does not fit.
    pub what: String,
}

/// SHA-256 in hex over the parts of a row of a chain: each with its length, a missing one marked.
pub(crate) fn sealed(parts: &[Option<&[u8]>]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        match part {
            Some(bytes) => {
                digest.update((bytes.len() as u64).to_le_bytes());
                digest.update(bytes);
            }
            None => digest.update(u64::MAX.to_le_bytes()),
        }
    }
    let mut text = [0_u8; 64];
    hex::encode_to_slice(digest.finalize(), &mut text).expect("32 bytes are 64 digits");
    String::from_utf8_lossy(&text).into_owned()
}

impl JournalRow {
    /// The hash over every field but itself: each part with its length, a missing one marked.
    pub fn seal(&self) -> String {
        sealed(&[
            Some(b"anju-journal-1"),
            Some(self.county.as_bytes()),
            Some(&self.seq.to_le_bytes()),
            Some(&self.at.to_le_bytes()),
            Some(self.actor.as_bytes()),
            Some(self.origin.as_bytes()),
            self.reason.as_deref().map(str::as_bytes),
            Some(self.ledger.as_bytes()),
            Some(self.id.as_bytes()),
            self.before.as_deref().map(str::as_bytes),
            self.after.as_deref().map(str::as_bytes),
            Some(self.pack.as_bytes()),
            Some(self.prev.as_bytes()),
        ])
    }

    /// What happened, in the words of a pack, opened; `None` if the pack has no such ledger any more.
    pub(crate) fn change(
        &self,
        pack: &Pack,
        sealing: &dyn Fn(LedgerIx) -> Sealing,
        vault: &Vault,
    ) -> Result<Option<Change>> {
        let Some(ledger) = pack.ledger_by_id(&self.ledger) else { return Ok(None) };
        let sealing = sealing(ledger);
        let read = |json: &Option<String>| match json.as_deref().map(read_stored) {
            None => Ok(Some(None)),
            Some(None) => Ok(None),
            Some(Some(stored)) => {
                read_record(pack, ledger, self.id, &stored, &sealing, vault).map(|record| Some(Some(record)))
            }
        };
        let (Some(before), Some(after)) = (read(&self.before)?, read(&self.after)?) else { return Ok(None) };
        Ok(Some(Change { ledger, id: self.id, before, after }))
    }

    pub(crate) fn into_values(self) -> Vec<Value> {
        let text = |text: String| Value::Text(text.into());
        let maybe = |text: Option<String>| text.map_or(Value::Null, |text| Value::Text(text.into()));
        vec![
            text(self.county),
            Value::Int(self.seq),
            Value::Int(self.at),
            text(self.actor),
            text(self.origin),
            maybe(self.reason),
            text(self.ledger),
            Value::Id(self.id),
            maybe(self.before),
            maybe(self.after),
            text(self.pack),
            text(self.prev),
            text(self.hash),
        ]
    }

    pub(crate) fn of_values(values: Vec<Value>) -> Option<Self> {
        let mut values = values.into_iter();
        let mut next = || values.next().unwrap_or_default();
        let text = |value| match value {
            Value::Text(text) => Some(String::from(text)),
            _ => None,
        };
        let int = |value| match value {
            Value::Int(number) => Some(number),
            _ => None,
        };
        Some(Self {
            county: text(next())?,
            seq: int(next())?,
            at: int(next())?,
            actor: text(next())?,
            origin: text(next())?,
            reason: text(next()),
            ledger: text(next())?,
            id: match next() {
                Value::Id(id) => id,
                _ => return None,
            },
            before: text(next()),
            after: text(next()),
            pack: text(next())?,
            prev: text(next())?,
            hash: text(next())?,
        })
    }
}

/// A chain being followed.
pub(crate) struct Chain {
    pub seq: i64,
    pub hash: String,
}

impl Chain {
    pub fn start() -> Self {
        Self { seq: 0, hash: GENESIS.to_owned() }
    }

    pub fn follow(&mut self, row: &JournalRow) -> std::result::Result<(), Broken> {
        let expected = self.seq + 1;
        let broken = |what: &str| Broken { seq: expected, what: what.to_owned() };
        if row.seq != expected {
            return Err(broken("the row is missing"));
        }
        if row.prev != self.hash {
            return Err(broken("it does not follow the row before it"));
        }
        if row.seal() != row.hash {
            return Err(broken("its words were changed after it was written"));
        }
        self.seq = row.seq;
        self.hash.clone_from(&row.hash);
        Ok(())
    }
}

/// A record as the journal keeps it, its sensitive fields sealed already: by field id, missing values left out.
pub fn write_record(pack: &Pack, ledger: LedgerIx, record: &Record) -> String {
    use std::fmt::Write as _;
    let mut json = String::with_capacity(160 + record.values.len() * 24);
    let quoted = |json: &mut String, text: &str| json.push_str(&serde_json::to_string(text).expect("text is JSON"));
    let _ = write!(json, "{{\"version\":{},\"area\":", record.version);
    quoted(&mut json, &record.area);
    json.push_str(",\"values\":{");
    let mut first = true;
    for (field, value) in pack.ledger(ledger).fields.iter().zip(&record.values) {
        if *value == Value::Null {
            continue;
        }
        if !std::mem::take(&mut first) {
            json.push(',');
        }
        let _ = write!(json, "\"{}\":", field.id);
        match value {
            Value::Bool(_) | Value::Int(_) => json.push_str(&kind::plain(value)),
            Value::Text(text) => quoted(&mut json, text),
            Value::Date(_) | Value::Id(_) | Value::Null => {
                let _ = write!(json, "\"{}\"", kind::plain(value));
            }
        }
    }
    json.push_str("}}");
    json
}

#[derive(Deserialize)]
struct Stored {
    version: i64,
    area: String,
    values: serde_json::Map<String, serde_json::Value>,
}

fn read_stored(json: &str) -> Option<Stored> {
    serde_json::from_str(json).ok()
}

/// Reads what [`write_record`] wrote, also under a later pack: fields it does not know are left out. A field that was not sensitive
/// when it was written stands there in the clear.
fn read_record(
    pack: &Pack,
    ledger: LedgerIx,
    id: Uuid,
    stored: &Stored,
    sealing: &Sealing,
    vault: &Vault,
) -> Result<Record> {
    let definition = pack.ledger(ledger);
    let mut buffer = String::new();
    let mut values = Vec::with_capacity(definition.fields.len());
    for (position, field) in definition.fields.iter().enumerate() {
        let Some(json) = stored.values.get(&field.id) else {
            values.push(Value::Null);
            continue;
        };
        let sealed = json.as_str().filter(|text| field.sensitive.is_some() && sealed_with(text).is_some());
        let seal = sealing.fields.iter().find(|seal| seal.position == position);
        values.push(match (sealed, seal) {
            (Some(text), Some(seal)) => seal.open(vault, id, &Value::Text(text.into()), &mut buffer)?,
            _ => read_value(&field.kind, json).unwrap_or_default(),
        });
    }
    Ok(Record { id, version: stored.version, area: stored.area.as_str().into(), values })
}

fn read_value(kind: &Kind, json: &serde_json::Value) -> Option<Value> {
    Some(match Column::of(kind) {
        Column::Bool => Value::Bool(json.as_bool()?),
        Column::Int => Value::Int(json.as_i64()?),
        Column::Text => Value::Text(json.as_str()?.into()),
        Column::Date => Value::Date(day::parse(json.as_str()?)?),
        Column::Id => Value::Id(Uuid::try_parse(json.as_str()?).ok()?),
    })
}
