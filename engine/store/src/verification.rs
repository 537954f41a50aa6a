//! Whether the chains are as they were written: the journal, the events, and both against the signed checkpoints.

use std::collections::BTreeSet;

use anju_record::Value;
use anju_vault::Vault;

use crate::checkpoints::{Checkpoint, MADE};
use crate::error::Result;
use crate::events::{EVENT, Event};
use crate::journal::{Broken, Chain, GENESIS, Verified};
use crate::kept::text;
use crate::sql::Column;
use crate::store::Store;
use crate::trims::Trim;

/// Rows read at once.
const PAGE: u32 = 2_000;
/// How far clocks of two machines may differ: what is dated later than this was not dated by an honest one. A day, in ms.
const AHEAD: i64 = 86_400_000;

/// The first event that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("event {seq}: {what}")]
pub struct BrokenEvent {
    /// Its place in the chain.
    pub seq: i64,
    /// What does not fit.
    pub what: String,
}

/// A checkpoint that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("checkpoint of {} at {at}: {what}", anju_record::day::format(*.day))]
pub struct BrokenCheckpoint {
    /// The county's day.
    pub day: i32,
    /// When it was made, in ms.
    pub at: i64,
    /// What does not fit.
    pub what: String,
}

impl Checkpoint {
    /// Whether it says what was signed. Whose key signed it is for the reader to compare.
    pub fn is_signed(&self) -> bool {
        Vault::verify(&self.public_key, self.message().as_bytes(), &self.signature)
    }

    fn broken(&self, what: impl Into<String>) -> BrokenCheckpoint {
        BrokenCheckpoint { day: self.day, at: self.at, what: what.into() }
    }
}

/// A chain of events being followed.
struct Events {
    seq: i64,
    hash: String,
    /// What events of checkpoints say.
    checkpoints: BTreeSet<String>,
    /// Nothing may be dated after this, in ms.
    latest: i64,
}

/// Where a county's events begin, and what was signed of those before.
struct Beginning {
    first: Option<i64>,
    trim: Option<Trim>,
}

impl Events {
    fn follow(&mut self, event: &Event) -> Result<(), BrokenEvent> {
        let seq = self.seq + 1;
        let broken = |what: &str| Err(BrokenEvent { seq, what: what.to_owned() });
        if event.seq != seq {
            return broken("the row is missing");
        }
        if event.prev != self.hash {
            return broken("it does not follow the row before it");
        }
        if event.seal() != event.hash {
            return broken("its words were changed after it was written");
        }
        if event.at > self.latest {
            return broken(FUTURE);
        }
        self.seq = seq;
        self.hash.clone_from(&event.hash);
        if let (MADE, Some(detail)) = (event.act.as_str(), &event.detail) {
            self.checkpoints.insert(detail.clone());
        }
        Ok(())
    }
}

impl Store {
    /// Follows a county's whole journal.
    ///
    /// # Errors
    /// The outer one if the database fails, the inner one naming the first row that does not fit.
    pub async fn verify(&self, county: &str) -> Result<Result<Verified, Broken>> {
        let broken = |seq: i64, what: &str| Ok(Err(Broken { seq, what: what.to_owned() }));
        if let Some(seq) = self.row_below(county, "anju_journal", 1).await? {
            return broken(seq, "the row stands before the first");
        }
        let mut chain = Chain::start();
        loop {
            let rows = match self.journal(county, chain.seq, PAGE).await {
                Ok(rows) => rows,
                Err(error) => match self.one_by_one(county, &mut chain).await? {
                    Some(broken) => return Ok(Err(broken)),
                    None => return Err(error),
                },
            };
            if let Err(broken) = rows.iter().try_for_each(|row| chain.follow(row)) {
                return Ok(Err(broken));
            }
            if !rows.is_empty() {
                continue;
            }
            // The head after the rows: it may be ahead of them by what was committed in between, never behind.
            let (seq, hash) = self.head(county).await?;
            if chain.seq > seq {
                return broken(seq + 1, "the row stands behind the county's head");
            }
            if chain.seq == seq && chain.hash != hash {
                return broken(seq, "the county's head does not fit the last row");
            }
            if chain.seq == seq {
                return Ok(Ok(Verified { rows: seq, head: hash }));
            }
            if self.hash_at(county, "anju_journal", chain.seq + 1).await?.is_none() {
                return broken(chain.seq + 1, "the row is missing");
            }
        }
    }

    /// A row whose values are not even of their kind keeps a whole page from being read; it is found by itself.
    async fn one_by_one(&self, county: &str, chain: &mut Chain) -> Result<Option<Broken>> {
        for _ in 0..PAGE {
            match self.journal(county, chain.seq, 1).await {
                Ok(rows) => match rows.first().map(|row| chain.follow(row)) {
                    Some(Ok(())) => {}
                    Some(Err(broken)) => return Ok(Some(broken)),
                    None => return Ok(None),
                },
                Err(_) => {
                    // If this fails too it is the database, not the row.
                    self.head(county).await?;
                    return Ok(Some(Broken { seq: chain.seq + 1, what: UNREADABLE.to_owned() }));
                }
            }
        }
        Ok(None)
    }

    async fn row_below(&self, county: &str, table: &str, seq: i64) -> Result<Option<i64>> {
        let sql = format!("SELECT seq FROM {table} WHERE county = ? AND seq < ? ORDER BY seq LIMIT 1");
        let rows = self.all_rows(&self.statement(&sql, vec![text(county), Value::Int(seq)]), &[Column::Int]).await?;
        Ok(match rows.first().map(Vec::as_slice) {
            Some([Value::Int(seq)]) => Some(*seq),
            _ => None,
        })
    }

    /// Follows a county's chain of events: from the first, or from the checkpoint below which older ones were taken away. That is
    /// believed only of an event that this installation signed. `now` in ms: nothing is dated more than a day after it.
    ///
    /// # Errors
    /// The outer one if the database fails, the inner one naming the first event that does not fit.
    pub async fn verify_events(&self, county: &str, now: i64) -> Result<Result<Verified, BrokenEvent>> {
        let latest = now.saturating_add(AHEAD);
        let (chain, start) = match self.follow_events(county, latest).await? {
            Ok(followed) => followed,
            Err(broken) => return Ok(Err(broken)),
        };
        let broken = |seq: i64, what: &str| Ok(Err(BrokenEvent { seq, what: what.to_owned() }));
        if start > 0 && !self.was_trimmed(county, start, latest).await? {
            return broken(start, "the rows up to here are missing, and nothing signed says that they were taken away");
        }
        let kept: BTreeSet<String> = self.checkpoints(county).await?.iter().map(Checkpoint::detail).collect();
        if chain.checkpoints.iter().any(|told| !kept.contains(told)) {
            return broken(chain.seq, "a checkpoint that the events tell of is missing or was changed");
        }
        Ok(Ok(Verified { rows: chain.seq - start, head: chain.hash }))
    }

    /// The chain up to its head, and the place after which it begins.
    async fn follow_events(&self, county: &str, latest: i64) -> Result<Result<(Events, i64), BrokenEvent>> {
        let broken = |seq: i64, what: &str| Ok(Err(BrokenEvent { seq, what: what.to_owned() }));
        if let Some(seq) = self.row_below(county, EVENT.name, 1).await? {
            return broken(seq, "the row stands before the first");
        }
        let first = self.row_below(county, EVENT.name, i64::MAX).await?;
        let mut chain = Events { seq: 0, hash: GENESIS.to_owned(), checkpoints: BTreeSet::new(), latest };
        if let Some(first) = first.filter(|first| *first > 1) {
            let Some(vouching) = self.vouching(county, first - 1).await? else {
                return broken(1, "the row is missing");
            };
            (chain.seq, chain.hash) = (first - 1, vouching.event_hash);
        }
        let start = chain.seq;
        let mut limit = PAGE;
        loop {
            let rows = match self.events_after(county, chain.seq, limit).await {
                Ok(rows) => rows,
                // A row that cannot be read keeps its page from being read; it is found by itself.
                Err(_) if limit > 1 => {
                    limit = 1;
                    continue;
                }
                Err(_) => {
                    // If this fails too it is the database, not the row.
                    self.event_head(county).await?;
                    return broken(chain.seq + 1, UNREADABLE);
                }
            };
            if let Err(broken) = rows.iter().try_for_each(|row| chain.follow(row)) {
                return Ok(Err(broken));
            }
            if !rows.is_empty() {
                continue;
            }
            let (seq, hash) = self.event_head(county).await?;
            if chain.seq > seq {
                return broken(seq + 1, "the row stands behind the head of the events");
            }
            if chain.seq == seq && chain.hash != hash {
                return broken(seq, "the head of the events does not fit the last row");
            }
            if chain.seq == seq {
                return Ok(Ok((chain, start)));
            }
            if self.hash_at(county, EVENT.name, chain.seq + 1).await?.is_none() {
                return broken(chain.seq + 1, "the row is missing");
            }
        }
    }

    /// The signed checkpoint whose last event is at that place.
    async fn vouching(&self, county: &str, event_seq: i64) -> Result<Option<Checkpoint>> {
        let found =
            self.checkpoints(county).await?.into_iter().find(|checkpoint| {
                checkpoint.event_seq == event_seq && checkpoint.is_signed() && self.is_own(checkpoint)
            });
        Ok(found)
    }

    fn is_own(&self, checkpoint: &Checkpoint) -> bool {
        checkpoint.public_key == self.vault().public_key()
    }

    /// Whether a signed event says that exactly the rows up to a place were taken away, as the checkpoint there has them.
    async fn was_trimmed(&self, county: &str, start: i64, latest: i64) -> Result<bool> {
        let Some(checkpoint) = self.vouching(county, start).await? else { return Ok(false) };
        let trim = self.trim_through(county, start, &checkpoint.public_key, latest).await?;
        Ok(trim.is_some_and(|trim| trim.hash == checkpoint.event_hash && checkpoint.at < trim.before))
    }

    async fn beginning(&self, county: &str, public_key: &str, latest: i64) -> Result<Beginning> {
        let first = self.row_below(county, EVENT.name, i64::MAX).await?;
        let trim = match first {
            Some(first @ 2..) => self.trim_through(county, first - 1, public_key, latest).await?,
            _ => None,
        };
        Ok(Beginning { first, trim })
    }

    /// Holds a county's chains against its checkpoints: each must be signed by this installation's key, and the rows it names must
    /// be there with the hashes it names. Tells how many there are. To be asked beside [`Store::verify`] and [`Store::verify_events`].
    ///
    /// # Errors
    /// The outer one if the database fails, the inner one naming the first checkpoint that does not fit.
    pub async fn verify_journal_against_checkpoints(
        &self,
        county: &str,
        now: i64,
    ) -> Result<Result<usize, BrokenCheckpoint>> {
        let latest = now.saturating_add(AHEAD);
        let checkpoints = self.checkpoints(county).await?;
        let beginning = self.beginning(county, &self.vault().public_key(), latest).await?;
        for checkpoint in &checkpoints {
            if !self.is_own(checkpoint) {
                return Ok(Err(checkpoint.broken("it was signed with another key")));
            }
            if let Some(what) = self.misfit(checkpoint, &beginning, latest).await? {
                return Ok(Err(checkpoint.broken(what)));
            }
        }
        Ok(Ok(checkpoints.len()))
    }

    /// Holds a county's chains against one checkpoint, which may come from outside the database: the rows it names, and that nothing
    /// before them is missing but what the same key signed away. To be asked beside [`Store::verify`] and [`Store::verify_events`].
    ///
    /// # Errors
    /// The outer one if the database fails, the inner one saying what does not fit.
    pub async fn verify_checkpoint(&self, checkpoint: &Checkpoint, now: i64) -> Result<Result<(), BrokenCheckpoint>> {
        let latest = now.saturating_add(AHEAD);
        let beginning = self.beginning(&checkpoint.county, &checkpoint.public_key, latest).await?;
        let misfit = self.misfit(checkpoint, &beginning, latest).await?;
        Ok(misfit.map_or(Ok(()), |what| Err(checkpoint.broken(what))))
    }

    /// What does not fit a checkpoint.
    async fn misfit(&self, checkpoint: &Checkpoint, beginning: &Beginning, latest: i64) -> Result<Option<String>> {
        if !checkpoint.is_signed() {
            return Ok(Some("its words are not what was signed".to_owned()));
        }
        if checkpoint.at > latest {
            return Ok(Some(FUTURE.to_owned()));
        }
        let county = &checkpoint.county;
        let (journal, events) = (checkpoint.journal_seq, checkpoint.event_seq);
        let (end, _) = self.head(county).await?;
        if end < journal {
            return Ok(Some(format!("the journal ends at row {end}; rows up to {journal} were cut off")));
        }
        let (end, _) = self.event_head(county).await?;
        if end < events {
            return Ok(Some(format!("the events end at {end}; those up to {events} were cut off")));
        }
        if self.hash_at(county, "anju_journal", journal).await?.as_deref() != Some(&checkpoint.journal_hash) {
            return Ok(Some(format!("journal row {journal} is not the one that was signed")));
        }
        let gone = beginning.first.map_or(0, |first| first - 1);
        let hash = match &beginning.trim {
            None if gone > 0 => {
                return Ok(Some(format!(
                    "the events up to {gone} are missing, and nothing signed says that they were taken away"
                )));
            }
            // What went below the last row that went left no hash; that row's own was signed.
            Some(_) if events < gone => return Ok(None),
            Some(trim) if events == gone => Some(trim.hash.clone()),
            _ => self.hash_at(county, EVENT.name, events).await?,
        };
        let fits = hash.as_deref() == Some(&checkpoint.event_hash);
        Ok((!fits).then(|| format!("event {events} is not the one that was signed")))
    }

    async fn hash_at(&self, county: &str, table: &str, seq: i64) -> Result<Option<String>> {
        if seq == 0 {
            return Ok(Some(GENESIS.to_owned()));
        }
        let sql = format!("SELECT hash FROM {table} WHERE county = ? AND seq = ?");
        let rows = self.all_rows(&self.statement(&sql, vec![text(county), Value::Int(seq)]), &[Column::Text]).await?;
        Ok(rows.into_iter().flatten().next().map(|hash| anju_record::kind::plain(&hash)))
    }
}

const UNREADABLE: &str = "it holds a value that is not of its column's kind";
const FUTURE: &str = "it is dated in the future";
