//! A form whose record may be there already: nothing is written until somebody has said that it is another.

use super::{Entry, Filling, value_at};
use crate::Actor;
use crate::alike::{Like, apart_key};
use crate::error::Result;
use anju_pack::{FieldIx, LedgerIx};
use anju_record::{Code, Fault, Record, Valid};

impl Actor {
    /// Records that a form's record may be and was not said to be another than. Of one that changes only where something changed by which it is
    /// held against others; of a form that was written before nothing is asked again.
    pub(super) async fn doubts(
        &self,
        valid: &Valid,
        before: Option<&Record>,
        key: Option<&str>,
        filling: &Filling,
    ) -> Result<Vec<Like>> {
        let stands = before.is_some_and(|before| !self.is_held_otherwise(valid, before));
        if stands || self.was_written(key).await? {
            return Ok(Vec::new());
        }
        let likes = self.likes(valid, &[]).await?;
        let told = filling.apart.as_ref().is_some_and(|apart| *apart == apart_key(&likes));
        Ok(if told { Vec::new() } else { likes })
    }

    /// Whether a field has changed by which records of the ledger are held against each other.
    fn is_held_otherwise(&self, valid: &Valid, before: &Record) -> bool {
        let after = Record { id: before.id, version: 0, area: "".into(), values: valid.values().to_vec() };
        let differs = |field: FieldIx| value_at(before, field) != value_at(&after, field);
        let rules = &self.pack().ledger(valid.ledger()).alike;
        rules.iter().any(|rule| {
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
