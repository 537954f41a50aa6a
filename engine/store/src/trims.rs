//! Taking away events past their time: each taking-away is signed, so that nobody without the key can shorten the chain.

use anju_record::Value;
use anju_vault::Vault;

use crate::checkpoints::Checkpoint;
use crate::error::{Error, Result};
use crate::events::NewEvent;
use crate::kept::{Kept, text};
use crate::sql::Column;
use crate::store::Store;

/// Events younger than this are never taken away: 183 days, in ms.
pub const KEPT_FOR: i64 = 183 * 86_400_000;
/// The act of the event that says that older ones were taken away.
const TRIMMED: &str = "trim";
/// First line of the canonical text.
const TITLE: &str = "anju-trim-1";

/// That the events up to a place were taken away, signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trim {
    pub county: String,
    /// The last event that was taken away.
    pub through: i64,
    /// Its hash.
    pub hash: String,
    /// All that went was older than this, in ms.
    pub before: i64,
    /// When, in ms.
    pub at: i64,
    pub signature: String,
}

impl Trim {
    fn message(&self) -> String {
        format!(
            "{TITLE}\ncounty {}\nevents {} {}\nbefore {}\nat {}\n",
            self.county, self.through, self.hash, self.before, self.at
        )
    }

    fn signed(mut self, vault: &Vault) -> Self {
        self.signature = vault.sign(self.message().as_bytes());
        self
    }

    /// What its event says of it; county and time are the event's own.
    fn detail(&self) -> String {
        serde_json::json!({
            "through": self.through, "hash": self.hash, "before": self.before, "signature": self.signature,
        })
        .to_string()
    }

    fn read(county: &str, at: i64, detail: &str) -> Option<Self> {
        let json: serde_json::Value = serde_json::from_str(detail).ok()?;
        let word = |key| Some(json.get(key)?.as_str()?.to_owned());
        let number = |key| json.get(key)?.as_i64();
        Some(Self {
            county: county.to_owned(),
            through: number("through")?,
            hash: word("hash")?,
            before: number("before")?,
            at,
            signature: word("signature")?,
        })
    }

    /// Whether the holder of the key signed it, and what went was old enough by then.
    fn is_lawful(&self, public_key: &str) -> bool {
        self.before <= self.at.saturating_sub(KEPT_FOR)
            && Vault::verify(public_key, self.message().as_bytes(), &self.signature)
    }
}

impl Store {
    /// The signed event that says that exactly the rows up to a place were taken away; it must not be dated after `latest`.
    pub(crate) async fn trim_through(
        &self,
        county: &str,
        through: i64,
        public_key: &str,
        latest: i64,
    ) -> Result<Option<Trim>> {
        const SQL: &str = "SELECT at, detail FROM anju_event WHERE county = ? AND act = ? AND seq > ? AND at <= ? AND detail IS NOT NULL";
        let binds = vec![text(county), text(TRIMMED), Value::Int(through), Value::Int(latest)];
        let rows = self.all_rows(&self.statement(SQL, binds), &[Column::Int, Column::Text]).await?;
        let told = rows.iter().filter_map(|row| match row.as_slice() {
            [Value::Int(at), Value::Text(detail)] => Trim::read(county, *at, detail),
            _ => None,
        });
        Ok(told.into_iter().find(|trim| trim.through == through && trim.is_lawful(public_key)))
    }

    /// Takes away the events up to a checkpoint, if all of them are older than `before_at`, and says so in the chain, signed.
    /// `telling` carries who, when and why. Tells how many were taken away. The journal of changes is never trimmed.
    ///
    /// # Errors
    /// If `before_at` is less than 183 days before the event's time, the checkpoint does not fit, a younger event would go, or the
    /// database fails.
    pub async fn trim_events(&self, checkpoint: &Checkpoint, before_at: i64, telling: NewEvent) -> Result<u64> {
        let refuse = |why: &str| Err(Error::Unsupported(why.to_owned()));
        if before_at > telling.at.saturating_sub(KEPT_FOR) {
            return refuse("events are kept for at least 183 days");
        }
        let own = checkpoint.public_key == self.vault().public_key();
        if !own || !self.checkpoints(&checkpoint.county).await?.contains(checkpoint) {
            return refuse("the checkpoint is not one of this county's own");
        }
        if checkpoint.at >= before_at {
            return refuse("the checkpoint is too young");
        }
        if let Err(broken) = self.verify_checkpoint(checkpoint, telling.at).await? {
            return Err(Error::Unsupported(broken.to_string()));
        }
        if let Err(broken) = self.verify_events(&checkpoint.county, telling.at).await? {
            return Err(Error::Unsupported(broken.to_string()));
        }
        // Times are the callers' and may run back: the youngest counts, not the last.
        const YOUNGER: &str = "SELECT count(*) FROM anju_event WHERE county = ? AND seq <= ? AND at >= ?";
        let place = || vec![text(&checkpoint.county), Value::Int(checkpoint.event_seq)];
        let binds = [place(), vec![Value::Int(before_at)]].concat();
        if self.all_rows(&self.statement(YOUNGER, binds), &[Column::Int]).await?.concat() != [Value::Int(0)] {
            return refuse("an event up to this checkpoint is too young");
        }
        const SQL: &str = "DELETE FROM anju_event WHERE county = ? AND seq <= ?";
        let event = self.trim_event(checkpoint, before_at, telling);
        let kept = Kept { statements: vec![self.statement(SQL, place())], guarded: true, events: vec![event] };
        Ok(self.keep(kept).await?)
    }

    fn trim_event(&self, checkpoint: &Checkpoint, before: i64, telling: NewEvent) -> NewEvent {
        let trim = Trim {
            county: checkpoint.county.clone(),
            through: checkpoint.event_seq,
            hash: checkpoint.event_hash.clone(),
            before,
            at: telling.at,
            signature: String::new(),
        };
        let detail = trim.signed(self.vault()).detail();
        NewEvent { county: checkpoint.county.clone(), act: TRIMMED.to_owned(), detail: Some(detail), ..telling }
    }
}
