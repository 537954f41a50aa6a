//! Signed statements of how far a county's journal and events reached: with one outside the database, a cut-off tail or a chain
//! written anew is noticed.

use std::fmt::Write as _;

use anju_record::{Value, day};

use crate::error::{Error, Result};
use crate::events::NewEvent;
use crate::journal::GENESIS;
use crate::kept::{Cells, Table, must, text};
use crate::sql::Column::{Int, Text};
use crate::store::Store;

/// How far a county's chains reached, signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Six digits.
    pub county: String,
    /// The county's day.
    pub day: i32,
    /// The journal's last row.
    pub journal_seq: i64,
    /// Its hash.
    pub journal_hash: String,
    /// The last event.
    pub event_seq: i64,
    /// Its hash.
    pub event_hash: String,
    /// When, in ms.
    pub at: i64,
    /// The key to check the signature with.
    pub public_key: String,
    /// Ed25519 over [`Checkpoint::message`].
    pub signature: String,
}

/// First line of the canonical text.
const TITLE: &str = "anju-checkpoint-1";

pub(crate) const CHECKPOINT: Table = Table {
    name: "anju_checkpoint",
    cells: &[
        must("county", Text),
        must("day", Int),
        must("journal_seq", Int),
        must("journal_hash", Text),
        must("event_seq", Int),
        must("event_hash", Text),
        must("at", Int),
        must("public_key", Text),
        must("signature", Text),
    ],
    key: &["county", "at"],
};

impl Checkpoint {
    /// The canonical text that is signed: a line for each field, in this order.
    pub fn message(&self) -> String {
        format!(
            "{TITLE}\ncounty {}\nday {}\njournal {} {}\nevents {} {}\nat {}\n",
            self.county,
            day::format(self.day),
            self.journal_seq,
            self.journal_hash,
            self.event_seq,
            self.event_hash,
            self.at
        )
    }

    /// The text to keep outside the database: the signed text, the public key and the signature.
    pub fn export(&self) -> String {
        let mut text = self.message();
        let _ = write!(text, "public-key {}\nsignature {}\n", self.public_key, self.signature);
        text
    }

    /// Reads what [`Checkpoint::export`] wrote; `None` if it is anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let mut after = |word: &str| lines.next()?.strip_prefix(word)?.strip_prefix(' ').map(str::to_owned);
        let pair = |text: String| {
            let (seq, hash) = text.split_once(' ')?;
            Some((seq.parse::<i64>().ok()?, hash.to_owned()))
        };
        if text.lines().next() != Some(TITLE) {
            return None;
        }
        after(TITLE);
        let county = after("county")?;
        let day = day::parse(&after("day")?)?;
        let (journal_seq, journal_hash) = pair(after("journal")?)?;
        let (event_seq, event_hash) = pair(after("events")?)?;
        let at = after("at")?.parse().ok()?;
        let (public_key, signature) = (after("public-key")?, after("signature")?);
        Some(Self { county, day, journal_seq, journal_hash, event_seq, event_hash, at, public_key, signature })
    }

    fn values(&self) -> Vec<Value> {
        vec![
            text(&self.county),
            Value::Int(self.day.into()),
            Value::Int(self.journal_seq),
            text(&self.journal_hash),
            Value::Int(self.event_seq),
            text(&self.event_hash),
            Value::Int(self.at),
            text(&self.public_key),
            text(&self.signature),
        ]
    }

    fn read(cells: &mut Cells) -> Option<Self> {
        Some(Self {
            county: cells.text()?,
            day: i32::try_from(cells.int()?).ok()?,
            journal_seq: cells.int()?,
            journal_hash: cells.text()?,
            event_seq: cells.int()?,
            event_hash: cells.text()?,
            at: cells.int()?,
            public_key: cells.text()?,
            signature: cells.text()?,
        })
    }

    /// The event that tells of it, so that a checkpoint taken out of its table is missed in the chain of events.
    fn event(&self, actor: &str, address: &str, pack: &str) -> NewEvent {
        NewEvent {
            county: self.county.clone(),
            at: self.at,
            actor: actor.to_owned(),
            address: address.to_owned(),
            act: MADE.to_owned(),
            detail: Some(self.detail()),
            pack: pack.to_owned(),
            ..NewEvent::default()
        }
    }

    /// What its event says of it.
    pub(crate) fn detail(&self) -> String {
        serde_json::json!({
            "at": self.at, "day": day::format(self.day),
            "journal": [self.journal_seq, self.journal_hash], "events": [self.event_seq, self.event_hash],
            "public_key": self.public_key, "signature": self.signature,
        })
        .to_string()
    }
}

/// The act of a checkpoint's event.
pub(crate) const MADE: &str = "checkpoint";

/// Who asks for a checkpoint, when.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Login.
    pub actor: &'a str,
    /// From where.
    pub address: &'a str,
    /// Hash of the pack in force.
    pub pack: &'a str,
    /// The county's day.
    pub day: i32,
    /// In ms.
    pub at: i64,
}

impl Store {
    /// Signs how far a county's chains reach now, and keeps it. The rows it names are read and must be as they were written.
    ///
    /// # Errors
    /// If a head does not fit its last row, or the database fails.
    pub async fn make_checkpoint(&self, county: &str, asked: Asked<'_>) -> Result<Checkpoint> {
        let (journal_seq, journal_hash) = self.head(county).await?;
        let (event_seq, event_hash) = self.event_head(county).await?;
        let last = self.journal(county, journal_seq - 1, 1).await?;
        let last = last.first().map_or((0, GENESIS), |row| (row.seq, row.hash.as_str()));
        // A commit may have come between; then the row read is the head's all the same.
        if last != (journal_seq, journal_hash.as_str()) {
            return Err(Error::Unavailable("the journal's head does not fit its last row; verify it".to_owned()));
        }
        let mut checkpoint = Checkpoint {
            county: county.to_owned(),
            day: asked.day,
            journal_seq,
            journal_hash,
            event_seq,
            event_hash,
            at: asked.at,
            public_key: self.vault().public_key(),
            signature: String::new(),
        };
        checkpoint.signature = self.vault().sign(checkpoint.message().as_bytes());
        let event = checkpoint.event(asked.actor, asked.address, asked.pack);
        self.put_checkpoint(&checkpoint, vec![event]).await?;
        Ok(checkpoint)
    }

    /// Keeps a checkpoint.
    ///
    /// # Errors
    /// If the database fails, or one of the same instant is there.
    pub async fn put_checkpoint(&self, checkpoint: &Checkpoint, events: Vec<NewEvent>) -> Result<()> {
        self.keep_all(vec![self.statement(&CHECKPOINT.insert(), checkpoint.values())], events).await.map(|_| ())
    }

    /// Checkpoints of a county, oldest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn checkpoints(&self, county: &str) -> Result<Vec<Checkpoint>> {
        let statement = self.statement(&CHECKPOINT.select("WHERE county = ? ORDER BY at"), vec![text(county)]);
        self.read_as(&statement, &CHECKPOINT.types(), Checkpoint::read).await
    }

    /// The newest checkpoint of a county.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn last_checkpoint(&self, county: &str) -> Result<Option<Checkpoint>> {
        let sql = CHECKPOINT.select("WHERE county = ? ORDER BY at DESC LIMIT 1");
        Ok(self.read_as(&self.statement(&sql, vec![text(county)]), &CHECKPOINT.types(), Checkpoint::read).await?.pop())
    }
}
