//! Signed checkpoints of the county's chains: made once a day, exported, held against what stands; and the proofs of the chains.

use std::sync::atomic::Ordering;

use anju_store::{Asked, Checkpoint};

use crate::actor::Who;
use crate::error::Result;
use crate::records::unavailable;
use crate::{App, Day, Proof, day_of};

fn proof(what: &'static str, seen: String, fault: Option<String>) -> Proof {
    Proof { what, seen, faults: fault.into_iter().collect() }
}

impl App {
    /// Makes the day's checkpoint, if there is none yet. To be asked at the start and at each request: most times it costs one
    /// comparison.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer, or a head does not fit its chain; the next request tries again.
    pub async fn checkpoint(&self, now: i64) -> Result<Option<Checkpoint>> {
        let day = day_of(now);
        let seen = self.checkpointed.swap(day, Ordering::AcqRel);
        if seen == day {
            return Ok(None);
        }
        let made = self.checkpoint_of(day, now).await;
        if made.is_err() {
            self.checkpointed.store(seen, Ordering::Release);
        }
        made
    }

    async fn checkpoint_of(&self, day: Day, now: i64) -> Result<Option<Checkpoint>> {
        let last = self.store().last_checkpoint(self.county_code()).await.map_err(unavailable)?;
        if last.is_some_and(|last| last.day >= day) {
            return Ok(None);
        }
        let asked = Asked { actor: "anju", address: "local", pack: &self.pack().hash, day, at: now };
        self.store().make_checkpoint(self.county_code(), asked).await.map(Some).map_err(unavailable)
    }

    /// Makes a checkpoint now, for whoever asks.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer, or a head does not fit its chain.
    pub async fn make_checkpoint(&self, who: &Who, now: i64) -> Result<Checkpoint> {
        let asked =
            Asked { actor: &who.login, address: &who.address, pack: &self.pack().hash, day: day_of(now), at: now };
        self.store().make_checkpoint(self.county_code(), asked).await.map_err(unavailable)
    }

    /// Follows the chain of events: sign-ins, readings, exports, grants.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn verify_events(&self) -> Result<Proof> {
        let found = self.store().verify_events(self.county_code(), self.now()).await.map_err(unavailable)?;
        Ok(match found {
            Ok(verified) => proof("events", format!("{} rows, head {}", verified.rows, verified.head), None),
            Err(broken) => proof("events", String::new(), Some(format!("row {}: {}", broken.seq, broken.what))),
        })
    }

    /// Holds journal and events against every checkpoint that is kept with them.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn verify_checkpoints(&self) -> Result<Proof> {
        let found = self.store().verify_journal_against_checkpoints(self.county_code(), self.now()).await;
        let found = found.map_err(unavailable)?;
        Ok(match found {
            Ok(count) => proof("checkpoints", format!("{count} signed"), None),
            Err(broken) => proof("checkpoints", String::new(), Some(broken.to_string())),
        })
    }

    /// Holds journal and events against a checkpoint that was kept elsewhere.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer.
    pub async fn verify_against(&self, checkpoint: &Checkpoint) -> Result<Proof> {
        const WHAT: &str = "checkpoint";
        if checkpoint.county != self.county_code() {
            return Ok(proof(WHAT, String::new(), Some(format!("it is of county {}", checkpoint.county))));
        }
        if checkpoint.public_key != self.store().vault().public_key() {
            return Ok(proof(WHAT, String::new(), Some("it was signed with another key than this county's".into())));
        }
        let found = self.store().verify_checkpoint(checkpoint, self.now()).await.map_err(unavailable)?;
        let seen = format!("journal to row {}, events to {}", checkpoint.journal_seq, checkpoint.event_seq);
        Ok(proof(WHAT, seen, found.err().map(|broken| broken.to_string())))
    }
}
