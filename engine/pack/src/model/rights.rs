//! Roles: what their holders may read, write, take away and see unmasked, and where.

use serde::Serialize;

use super::{FieldIx, LedgerIx, Origin, RequirementIx, Sensitive, Text};
use crate::predicate::{Operand, Place, Predicate};

/// A position in [`Pack::roles`](super::Pack::roles).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct RoleIx(pub u16);

/// A role. Everything it writes, exports or hides it also reads.
#[derive(Debug, Clone, Serialize)]
pub struct Role {
    /// Stable id.
    pub id: String,
    /// Name.
    pub title: Text,
    /// Ledgers it reads; empty with `read_all` for all.
    pub read: Vec<LedgerIx>,
    /// Reads every ledger.
    pub read_all: bool,
    /// Ledgers it writes.
    pub write: Vec<LedgerIx>,
    /// Writes every ledger.
    pub write_all: bool,
    /// Ledgers it exports; empty with `export_all` for all that it reads.
    pub export: Vec<LedgerIx>,
    /// Exports every ledger that it reads.
    pub export_all: bool,
    /// Ledgers it reads in the whole county, beyond its grant's area: registers.
    pub everywhere: Vec<LedgerIx>,
    /// Classes of protected fields it may see unmasked, with a reason. [`Sensitive::Minor`] beside the field's own class for
    /// records of under-14s.
    pub reveal: Vec<Sensitive>,
    /// Fields it never sees, not even masked.
    pub hide: Vec<(LedgerIx, FieldIx)>,
    /// In the ownership trees of these, only rows related to the actor; empty for all rows of the grant's area.
    pub only: Vec<Relation>,
    /// Requirements whose gaps it may exempt.
    pub exempt: Vec<RequirementIx>,
    /// May exempt gaps of every requirement that allows it.
    pub exempt_all: bool,
    /// What it may do beside ledgers.
    pub may: Vec<Duty>,
    /// An account that holds it holds nothing else.
    pub alone: bool,
    /// Its holders sign in with a second factor.
    pub second_factor: bool,
    /// Where it is written.
    pub origin: Origin,
}

/// Rows related to the actor: the `owner`s of the rows of `ledger` that satisfy `predicate`, and all that those own.
#[derive(Debug, Clone, Serialize)]
pub struct Relation {
    /// The ledger that knows the actor.
    pub ledger: LedgerIx,
    /// The ledger of its owners.
    pub owner: LedgerIx,
    /// Which of its rows; names the actor ([`Predicate::for_actor`] puts the login in).
    pub predicate: Predicate,
}

/// What is done beside ledgers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// Makes, disables and resets accounts.
    Accounts,
    /// Changes settings of the installation.
    Settings,
    /// Makes and restores backups.
    Backup,
    /// Proposes grants of roles.
    Grants,
    /// Is the second person for grants and policies.
    ConfirmGrants,
    /// Proposes policies of sign-in and retention.
    Policies,
    /// Reads the journals.
    Journal,
    /// May reach beyond the own area for a few hours, with a reason.
    BreakGlass,
    /// Sees who looked at a file.
    CheckFile,
}

impl Duty {
    /// Every duty with the word it has in pack files.
    pub const ALL: [(&'static str, Self); 9] = [
        ("accounts", Self::Accounts),
        ("settings", Self::Settings),
        ("backup", Self::Backup),
        ("grants", Self::Grants),
        ("confirm_grants", Self::ConfirmGrants),
        ("policies", Self::Policies),
        ("journal", Self::Journal),
        ("break_glass", Self::BreakGlass),
        ("check_file", Self::CheckFile),
    ];

    /// The word it has in pack files.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, duty)| *duty == self).map_or("", |(name, _)| name)
    }
}

impl Sensitive {
    /// Every class with the word it has in pack files.
    pub const ALL: [(&'static str, Self); 6] = [
        ("identity", Self::Identity),
        ("contact", Self::Contact),
        ("health", Self::Health),
        ("bank", Self::Bank),
        ("location", Self::Location),
        ("minor", Self::Minor),
    ];

    /// The word it has in pack files.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, class)| *class == self).map_or("", |(name, _)| name)
    }
}

impl Role {
    /// Reads the ledger somewhere.
    pub fn reads(&self, ledger: LedgerIx) -> bool {
        self.read_all || self.read.contains(&ledger)
    }
    /// Writes the ledger somewhere.
    pub fn writes(&self, ledger: LedgerIx) -> bool {
        self.write_all || self.write.contains(&ledger)
    }
    /// Exports the ledger somewhere.
    pub fn exports(&self, ledger: LedgerIx) -> bool {
        self.reads(ledger) && (self.export_all || self.export.contains(&ledger))
    }
    /// May exempt gaps of the requirement somewhere.
    pub fn exempts(&self, requirement: RequirementIx) -> bool {
        self.exempt_all || self.exempt.contains(&requirement)
    }
    /// Touches any ledger.
    pub fn reads_any(&self) -> bool {
        self.read_all || !self.read.is_empty()
    }
    /// Sees the field at all.
    pub fn shows(&self, ledger: LedgerIx, field: FieldIx) -> bool {
        !self.hide.contains(&(ledger, field))
    }
}

impl Relation {
    /// The fields compared with the actor's login.
    pub fn accounts(&self) -> Vec<(LedgerIx, FieldIx)> {
        let mut found = Vec::new();
        accounts(self.ledger, &self.predicate, &mut found);
        found
    }
}

fn accounts(ledger: LedgerIx, predicate: &Predicate, into: &mut Vec<(LedgerIx, FieldIx)>) {
    match predicate {
        Predicate::And(parts) | Predicate::Or(parts) => parts.iter().for_each(|part| accounts(ledger, part, into)),
        Predicate::Not(part) => accounts(ledger, part, into),
        Predicate::Compare(Operand::Field(place), _, Operand::Actor)
        | Predicate::Compare(Operand::Actor, _, Operand::Field(place)) => into.push(end_of(ledger, place)),
        _ => {}
    }
}

/// The ledger and field that a place ends at.
fn end_of(ledger: LedgerIx, place: &Place) -> (LedgerIx, FieldIx) {
    (place.path.last().map_or(ledger, |step| step.to), place.field)
}
