//! A form whose record may be there already, or may hold a slip: nothing is written until somebody has said that it is another, and is so.

use super::{Doubted, Entry, Filling, compared_key, value_at};
use crate::Actor;
use crate::alike::{Like, apart_key, for_life};
use crate::error::Result;
use anju_pack::{FieldIx, LedgerIx};
use anju_record::{Code, Fault, Record, Valid};

impl Actor {
    /// Records that a form's record may be, and what is doubtful about it, where not all of it was said to be so. Of one that changes only what
    /// changes is asked about; of a form that was written before nothing is asked again.
    pub(super) async fn unsure(
        &self,
        valid: &Valid,
        before: Option<&Record>,
        key: Option<&str>,
        filling: &Filling,
    ) -> Result<Option<(Vec<Like>, Vec<Doubted>)>> {
        if self.was_written(key).await? {
            return Ok(None);
        }
        let is_held = before.is_none_or(|before| self.is_held_otherwise(valid, before));
        let likes = if is_held { self.likes(valid, &[]).await? } else { Vec::new() };
        let doubts = self.doubted(valid, before, "");
        let apart = likes.is_empty() || filling.apart.as_ref().is_some_and(|apart| *apart == apart_key(&likes));
        let compared = doubts.is_empty() || filling.compared.as_ref().is_some_and(|key| *key == compared_key(&doubts));
        if apart && compared {
            return Ok(None);
        }
        // Who holds what it would repeat is told at once, not only after what is doubtful was compared.
        let likes = if likes.is_empty() { self.holders(valid).await? } else { likes };
        Ok(Some((likes, doubts)))
    }

    /// Whether a field has changed by which records of the ledger are held against each other.
    fn is_held_otherwise(&self, valid: &Valid, before: &Record) -> bool {
        let after = Record { id: before.id, version: 0, area: "".into(), values: valid.values().to_vec() };
        let differs = |field: FieldIx| value_at(before, field) != value_at(&after, field);
        let rules = &self.pack().ledger(valid.ledger()).alike;
        for_life(self.pack(), valid.ledger()).any(differs)
            || rules.iter().any(|rule| {
                let own = rule.same.iter().map(|place| place.path.first().map_or(place.field, |hop| hop.field));
                own.chain(rule.sounds).any(differs)
            })
    }

    /// Shows beside a refused form the records that hold what it would repeat, as far as they see them.
    pub(super) async fn with_holders(
        &self,
        mut entry: Entry,
        ledger: LedgerIx,
        valid: &Valid,
        faults: &[Fault],
    ) -> Result<Entry> {
        if valid.ledger() == ledger && faults.iter().any(|fault| fault.code == Code::NotUnique) {
            entry.likes = self.holders(valid).await?;
        }
        Ok(entry)
    }
}
