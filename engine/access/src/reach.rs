//! Which rows of a ledger: by their place, or by their owner.

use std::sync::Arc;

use anju_pack::{FieldIx, LedgerIx};
use uuid::Uuid;

/// Which rows of one ledger: those in any of the places and those of any of the owners. Empty: none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reach {
    /// Division codes; a row whose area begins so is within. None lies within another.
    pub areas: Vec<Box<str>>,
    /// Rows related to the actor, wherever they are.
    pub owned: Vec<OwnedBy>,
}

/// Rows of these owners.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedBy {
    /// Reference fields from the ledger upward to the owner's; empty when the rows are the owners themselves.
    pub chain: Vec<(LedgerIx, FieldIx)>,
    /// Their ids, sorted.
    pub owners: Arc<[Uuid]>,
}

/// The owners that a relation finds for an actor.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Owners {
    /// Their ids.
    pub ids: Arc<[Uuid]>,
    /// Their places, where their ledger has a place of its own (a site, a branch): everything that stands there is then within
    /// by its place, and what is computed over the place may be told. Left empty, rows are found by `ids`.
    pub places: Vec<Box<str>>,
}

impl From<Arc<[Uuid]>> for Owners {
    fn from(ids: Arc<[Uuid]>) -> Self {
        Self { ids, places: Vec::new() }
    }
}

impl OwnedBy {
    /// The owner is one of these.
    pub fn holds(&self, owner: Uuid) -> bool {
        self.owners.binary_search(&owner).is_ok()
    }
}

impl Reach {
    /// Every row in the place.
    pub fn of_area(area: &str) -> Self {
        Self { areas: vec![area.into()], owned: Vec::new() }
    }

    /// No row at all.
    pub fn is_empty(&self) -> bool {
        self.areas.is_empty() && self.owned.is_empty()
    }

    /// A row that stands in that place is within by its place.
    pub fn holds_area(&self, area: &str) -> bool {
        self.areas.iter().any(|own| area.starts_with(&**own))
    }

    /// Every row of the place is within, without asking whose it is.
    pub fn covers(&self, area: &str) -> bool {
        self.holds_area(area)
    }

    /// Every row of the county.
    pub fn is_whole(&self, county: &str) -> bool {
        self.covers(county)
    }

    /// The row is within. `owner_at` follows a chain of reference fields from the row and gives the id at its end.
    pub fn holds(
        &self,
        area: &str,
        id: Uuid,
        mut owner_at: impl FnMut(&[(LedgerIx, FieldIx)]) -> Option<Uuid>,
    ) -> bool {
        self.holds_area(area)
            || self.owned.iter().any(|owned| {
                let owner = if owned.chain.is_empty() { Some(id) } else { owner_at(&owned.chain) };
                owner.is_some_and(|owner| owned.holds(owner))
            })
    }

    /// Adds a place, unless it is within already.
    pub(crate) fn add_area(&mut self, area: &str) {
        if !self.holds_area(area) {
            self.areas.retain(|own| !own.starts_with(area));
            let at = self.areas.partition_point(|own| &**own < area);
            self.areas.insert(at, area.into());
        }
    }
}
