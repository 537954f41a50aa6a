//! A form whose record may be there already, or may hold a slip: nothing is written until somebody has said that it is another, and is so.

use super::{Doubted, Filling, compared_key, value_at};
use crate::Actor;
use crate::alike::{Alikeness, Like, apart_key, for_life};
use crate::error::Result;
use crate::writes::Intent;
use anju_pack::FieldIx;
use anju_record::{Code, Fault, Record, Valid};
use anju_store::{CommitError, Write};

/// What keeps a form from being written until somebody has compared it.
pub(super) struct Unsure {
    /// Records that it may be; only those that hold what it would repeat, where there are any: no tick helps against them.
    pub likes: Vec<Like>,
    /// What of it is probably a slip.
    pub doubts: Vec<Doubted>,
    /// What it would repeat, at its fields.
    pub repeats: Vec<Fault>,
}

/// What became of what a form is asked.
pub(super) enum Asked {
    /// Not all of it was said to be so.
    Unsure(Unsure),
    /// It is settled, and the record is none of these.
    Settled(Vec<Like>),
}

impl Actor {
    /// What of a form is unsure, where not all of it was said to be so. Of a record that changes only what changes is asked about; of a form that
    /// was written before nothing is asked again.
    pub(super) async fn unsure(
        &self,
        write: &Write,
        before: Option<&Record>,
        key: Option<&str>,
        filling: &Filling,
    ) -> Result<Asked> {
        let settled = Ok(Asked::Settled(Vec::new()));
        let Some(valid) = write.valid() else { return settled };
        if self.was_written(key).await? {
            return settled;
        }
        let is_held = before.is_none_or(|before| self.is_held_otherwise(valid, before));
        let likes = if is_held { self.likes(valid, &[]).await? } else { Vec::new() };
        let mut doubts = self.doubted(valid, before, "");
        doubts.extend(self.given_away(valid, before).await?);
        let apart = likes.is_empty() || filling.apart.as_ref().is_some_and(|apart| *apart == apart_key(&likes));
        let compared = doubts.is_empty() || filling.compared.as_ref().is_some_and(|key| *key == compared_key(&doubts));
        if apart && compared {
            return Ok(Asked::Settled(likes));
        }
        let holders = self.holders(valid).await?;
        if holders.is_empty() {
            return Ok(Asked::Unsure(Unsure { likes, doubts, repeats: Vec::new() }));
        }
        let intent = Intent { changes: vec![write.clone()], ..Intent::default() };
        let mut repeats = match self.rehearse(vec![intent]).await?.pop() {
            Some(Err(CommitError::Invalid { faults, .. })) => faults,
            _ => Vec::new(),
        };
        repeats.retain(|fault| fault.code == Code::NotUnique);
        self.say_held(valid, &holders, &mut repeats).await?;
        Ok(Asked::Unsure(Unsure { likes: holders, doubts, repeats }))
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

    /// Records that hold what a refused form would repeat.
    pub(super) async fn repeated(&self, valid: &Valid, faults: &mut [Fault]) -> Result<Vec<Like>> {
        if faults.iter().all(|fault| fault.code != Code::NotUnique) {
            return Ok(Vec::new());
        }
        let holders = self.holders(valid).await?;
        self.say_held(valid, &holders, faults).await?;
        Ok(holders)
    }

    /// Says who holds what would repeat. Nobody is told to edit a record that they do not see: of what one beyond their reach holds it is said that
    /// it does, and whom to ask.
    async fn say_held(&self, valid: &Valid, holders: &[Like], faults: &mut [Fault]) -> Result<()> {
        let definition = self.pack().ledger(valid.ledger());
        for fault in faults.iter_mut().filter(|fault| fault.code == Code::NotUnique) {
            let why = definition.field_by_id(&fault.path).map(Alikeness::Repeated);
            let Some(like) = holders.iter().find(|like| Some(like.why) == why) else { continue };
            if let Some(said) = self.held_by(like).await? {
                *fault = said;
            }
        }
        Ok(())
    }
}
