//! What people did beside changing records: signed in, read, revealed, exported, granted. Chained by SHA-256 like the journal.

use std::collections::BTreeMap;

use anju_record::Value;
use uuid::Uuid;

use crate::error::{DbError, Error, Result};
use crate::journal::{GENESIS, sealed};
use crate::kept::{Cells, Table, may, may_text, must, placed, text};
use crate::session::Session;
use crate::sql::Column::{self, Id, Int, Text};
use crate::sql::Dialect;
use crate::store::{Backend, Store};

/// What happened, before it has its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewEvent {
    /// Six digits.
    pub county: String,
    /// When, in ms.
    pub at: i64,
    /// Login of who did it.
    pub actor: String,
    /// From where.
    pub address: String,
    /// What: sign_in, read, reveal, export, grant …
    pub act: String,
    /// The ledger it was about.
    pub ledger: Option<String>,
    /// The record, account or grant it was about.
    pub id: Option<Uuid>,
    /// The area it was about.
    pub area: Option<String>,
    /// Why, if it was told.
    pub reason: Option<String>,
    /// JSON; never a sensitive value in clear.
    pub detail: Option<String>,
    /// Hash of the pack in force.
    pub pack: String,
}

/// What happened, in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Six digits.
    pub county: String,
    /// 1, 2, 3 … within the county.
    pub seq: i64,
    /// When, in ms.
    pub at: i64,
    /// Login of who did it.
    pub actor: String,
    /// From where.
    pub address: String,
    /// What: sign_in, read, reveal, export, grant …
    pub act: String,
    /// The ledger it was about.
    pub ledger: Option<String>,
    /// The record, account or grant it was about.
    pub id: Option<Uuid>,
    /// The area it was about.
    pub area: Option<String>,
    /// Why, if it was told.
    pub reason: Option<String>,
    /// JSON; never a sensitive value in clear.
    pub detail: Option<String>,
    /// Hash of the pack in force.
    pub pack: String,
    /// Hash of the event before.
    pub prev: String,
    /// SHA-256 over all the above, hex.
    pub hash: String,
}

/// Which events are asked for; what is left out does not narrow.
#[derive(Debug, Clone, Default)]
pub struct EventQuery {
    /// Six digits.
    pub county: String,
    /// Login of who did it.
    pub actor: Option<String>,
    /// Any of these; all if empty.
    pub acts: Vec<String>,
    /// The ledger.
    pub ledger: Option<String>,
    /// The record, account or grant.
    pub id: Option<Uuid>,
    /// From this instant, in ms.
    pub from: Option<i64>,
    /// Before this instant, in ms.
    pub until: Option<i64>,
    /// Only events about one of these areas or what lies in them; events about no area are left out then.
    pub areas: Option<Vec<String>>,
    /// Only before this place in the chain: the next page.
    pub before_seq: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

pub(crate) const EVENT: Table = Table {
    name: "anju_event",
    cells: &[
        must("county", Text),
        must("seq", Int),
        must("at", Int),
        must("actor", Text),
        must("address", Text),
        must("act", Text),
        may("ledger", Text),
        may("id", Id),
        may("area", Text),
        may("reason", Text),
        may("detail", Text),
        must("pack", Text),
        must("prev", Text),
        must("hash", Text),
    ],
    key: &["county", "seq"],
};

pub(crate) const EVENT_HEAD: Table = Table {
    name: "anju_event_head",
    cells: &[must("county", Text), must("seq", Int), must("hash", Text)],
    key: &["county"],
};

impl Event {
    /// The hash over every field but itself: each part with its length, a missing one marked.
    pub fn seal(&self) -> String {
        sealed(&[
            Some(b"anju-event-1"),
            Some(self.county.as_bytes()),
            Some(&self.seq.to_le_bytes()),
            Some(&self.at.to_le_bytes()),
            Some(self.actor.as_bytes()),
            Some(self.address.as_bytes()),
            Some(self.act.as_bytes()),
            self.ledger.as_deref().map(str::as_bytes),
            self.id.as_ref().map(|id| id.as_bytes().as_slice()),
            self.area.as_deref().map(str::as_bytes),
            self.reason.as_deref().map(str::as_bytes),
            self.detail.as_deref().map(str::as_bytes),
            Some(self.pack.as_bytes()),
            Some(self.prev.as_bytes()),
        ])
    }

    fn following(new: &NewEvent, seq: i64, prev: &str) -> Self {
        // PostgreSQL holds no NUL, and what a stranger typed must not stop an event.
        let clean = |text: &str| text.replace('\0', "\u{fffd}");
        let maybe = |text: &Option<String>| text.as_deref().map(clean);
        let mut event = Self {
            county: clean(&new.county),
            seq,
            at: new.at,
            actor: clean(&new.actor),
            address: clean(&new.address),
            act: clean(&new.act),
            ledger: maybe(&new.ledger),
            id: new.id,
            area: maybe(&new.area),
            reason: maybe(&new.reason),
            detail: maybe(&new.detail),
            pack: clean(&new.pack),
            prev: prev.to_owned(),
            hash: String::new(),
        };
        event.hash = event.seal();
        event
    }

    fn values(&self) -> Vec<Value> {
        vec![
            text(&self.county),
            Value::Int(self.seq),
            Value::Int(self.at),
            text(&self.actor),
            text(&self.address),
            text(&self.act),
            may_text(self.ledger.as_deref()),
            self.id.map_or(Value::Null, Value::Id),
            may_text(self.area.as_deref()),
            may_text(self.reason.as_deref()),
            may_text(self.detail.as_deref()),
            text(&self.pack),
            text(&self.prev),
            text(&self.hash),
        ]
    }

    pub(crate) fn read(cells: &mut Cells) -> Option<Self> {
        Some(Self {
            county: cells.text()?,
            seq: cells.int()?,
            at: cells.int()?,
            actor: cells.text()?,
            address: cells.text()?,
            act: cells.text()?,
            ledger: cells.may_text(),
            id: cells.may_id(),
            area: cells.may_text(),
            reason: cells.may_text(),
            detail: cells.may_text(),
            pack: cells.text()?,
            prev: cells.text()?,
            hash: cells.text()?,
        })
    }
}

/// Adds events to their counties' chains inside a transaction; the counties in order, so that two writers never wait for each other.
pub(crate) async fn append<S: Session>(session: &mut S, dialect: Dialect, events: &[NewEvent]) -> Result<(), DbError> {
    let mut counties: BTreeMap<String, Vec<&NewEvent>> = BTreeMap::new();
    for event in events {
        counties.entry(event.county.replace('\0', "\u{fffd}")).or_default().push(event);
    }
    for (county, events) in counties {
        let (mut seq, mut hash) = lock_head(session, dialect, &county).await?;
        let mut rows = Vec::with_capacity(events.len());
        for new in events {
            let event = Event::following(new, seq + 1, &hash);
            seq = event.seq;
            rows.push(event.values());
            hash = event.hash;
        }
        match rows.as_slice() {
            [row] => {
                let sql = placed(dialect, &EVENT.insert());
                session.execute(&sql, &row.iter().collect::<Vec<_>>()).await?;
            }
            _ => {
                let names: Vec<String> = EVENT.cells.iter().map(|cell| cell.name.to_owned()).collect();
                session.insert_many(EVENT.name, &names, &EVENT.types(), &rows).await?;
            }
        }
        let sql = placed(dialect, "UPDATE anju_event_head SET seq = ?, hash = ? WHERE county = ?");
        session.execute(&sql, &[&Value::Int(seq), &text(&hash), &text(&county)]).await?;
    }
    Ok(())
}

async fn lock_head<S: Session>(session: &mut S, dialect: Dialect, county: &str) -> Result<(i64, String), DbError> {
    let lock = match dialect {
        Dialect::Sqlite => "",
        Dialect::Postgres => "FOR UPDATE",
    };
    let sql = placed(dialect, &format!("SELECT seq, hash FROM anju_event_head WHERE county = ? {lock}"));
    let county = text(county);
    for _ in 0..2 {
        let rows = session.query(&sql, &[&county], &[Column::Int, Column::Text]).await?;
        if let Some([Value::Int(seq), Value::Text(hash)]) = rows.first().map(Vec::as_slice) {
            return Ok((*seq, hash.to_string()));
        }
        let insert = placed(
            dialect,
            "INSERT INTO anju_event_head (county, seq, hash) VALUES (?, 0, ?) ON CONFLICT (county) DO NOTHING",
        );
        session.execute(&insert, &[&county, &text(GENESIS)]).await?;
    }
    Err(DbError::Other("the county's head of events cannot be made".to_owned()))
}

/// The condition of a query with its values.
fn condition(query: &EventQuery) -> (String, Vec<Value>) {
    let mut parts = vec!["county = ?".to_owned()];
    let mut binds = vec![text(&query.county)];
    let mut and = |part: &str, value: Option<Value>| {
        if let Some(value) = value {
            parts.push(part.to_owned());
            binds.push(value);
        }
    };
    and("actor = ?", query.actor.as_deref().map(text));
    and("ledger = ?", query.ledger.as_deref().map(text));
    and("id = ?", query.id.map(Value::Id));
    and("at >= ?", query.from.map(Value::Int));
    and("at < ?", query.until.map(Value::Int));
    and("seq < ?", query.before_seq.map(Value::Int));
    if !query.acts.is_empty() {
        parts.push(format!("act IN ({})", vec!["?"; query.acts.len()].join(", ")));
        binds.extend(query.acts.iter().map(|act| text(act)));
    }
    if let Some(areas) = &query.areas {
        // A code's descendants lie between it and it followed by what comes after the digits.
        let within = vec!["(area >= ? AND area < ?)"; areas.len()].join(" OR ");
        parts.push(if areas.is_empty() { "1 = 0".to_owned() } else { format!("({within})") });
        binds.extend(areas.iter().flat_map(|area| [text(area), text(&format!("{area}:"))]));
    }
    (parts.join(" AND "), binds)
}

impl Store {
    /// Writes events; durable before it returns. Callers that wait at the same moment share a transaction.
    ///
    /// # Errors
    /// If the database fails; none of them is written then.
    pub async fn record_events(&self, events: Vec<NewEvent>) -> Result<()> {
        if events.is_empty() {
            return Ok(());
        }
        match self.backend() {
            Backend::Sqlite(sqlite) => sqlite.record(events).await,
            Backend::Postgres(postgres) => postgres.record(events).await,
        }
    }

    /// Events that a query asks for, newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn events(&self, query: &EventQuery) -> Result<Vec<Event>> {
        let (condition, mut binds) = condition(query);
        binds.push(Value::Int(query.limit.into()));
        let sql = EVENT.select(&format!("WHERE {condition} ORDER BY seq DESC LIMIT ?"));
        self.read_as(&self.statement(&sql, binds), &EVENT.types(), Event::read).await
    }

    /// Events of a county after a place in the chain, in order.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn events_after(&self, county: &str, after_seq: i64, limit: u32) -> Result<Vec<Event>> {
        let sql = EVENT.select("WHERE county = ? AND seq > ? ORDER BY seq LIMIT ?");
        let binds = vec![text(county), Value::Int(after_seq), Value::Int(limit.into())];
        self.read_as(&self.statement(&sql, binds), &EVENT.types(), Event::read).await
    }

    /// Place and hash of the county's last event; `(0, …)` before the first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn event_head(&self, county: &str) -> Result<(i64, String)> {
        let statement = self.statement(&EVENT_HEAD.select("WHERE county = ?"), vec![text(county)]);
        let read = |cells: &mut Cells| {
            cells.text()?;
            Some((cells.int()?, cells.text()?))
        };
        let found = self.read_as(&statement, &EVENT_HEAD.types(), read).await?.pop();
        Ok(found.unwrap_or_else(|| (0, GENESIS.to_owned())))
    }
}

/// Events that wait for the writer, with who waits for them.
pub(crate) struct Queued {
    pub events: Vec<NewEvent>,
    pub reply: tokio::sync::oneshot::Sender<Result<()>>,
}

impl Queued {
    pub fn answer(self, outcome: &Result<(), DbError>) {
        // The caller may have gone away; the events stand.
        let _ = self.reply.send(outcome.clone().map_err(Error::from));
    }
}
