//! The application: a store, its county's shard, the pack in force and the clock, and what people ask of them.
//!
//! Place in the way of data: everything a surface asks goes through [`App`]; everything it writes ends in [`App::commit`], after which
//! the shard has followed the journal before the writer is answered. Invariants: nothing computed is stored (outcomes are kept only as
//! long as the shard they were evaluated from stands); today is the county's clock's; every list, count and figure is of one [`Scope`].
//!
//! One use case per file; those that join two mechanisms live here too, or in a pack file.

mod accounts;
mod actor;
mod alike;
mod amend;
mod approvals;
mod areas;
mod audit;
mod beside;
mod bulletin;
mod checkpoints;
mod clock;
mod county;
mod coverage;
mod edit;
mod error;
mod export;
mod figures;
mod files;
mod follow;
mod glass;
mod history;
mod list;
mod open;
mod overview;
mod photos;
mod records;
mod refusal;
mod roll;
mod roll_owner;
mod roll_query;
mod saved;
mod scope;
mod sheets;
mod steps;
mod table;
mod undo;
mod verify;
mod writes;

use std::sync::atomic::AtomicI32;
use std::sync::{Arc, PoisonError, RwLock};

use anju_coverage::Plan;
use anju_pack::{Pack, RequirementIx, Text};
use anju_store::Store;

pub use accounts::{
    AccountLine, Argon2id, DemoAccount, Directory, GrantLine, Hashing, NewGrant, NewSession, OidcStart, Owes,
    OwnSession, Policy, PolicyLine, SCOPES, SecondFactor, SecondFactorState, Secured, SignIn, SignInRefused, SignedIn,
    TotpSecret, code_at, setup_token,
};
pub use actor::{Actor, Who};
pub use alike::{Alikeness, Like, apart_key};
pub use amend::{Attached, Foreseen};
pub use anju_roll::{ColumnKind, ColumnShape, Filter, RollShape};
pub use anju_store::{
    Account, Checkpoint, CommitError, Event, EventQuery, GrantRow, Import, ImportState, JournalRow, Proposal,
    ProposalState, TokenRow,
};
pub use approvals::{ProposalChange, ProposalLine};
pub use areas::{Area, Areas};
pub use audit::JournalAsk;
pub use bulletin::{Passage, Told};
pub use clock::{Clock, DAY_MS, Day, begin_of, day_of, moment};
pub use county::County;
pub use coverage::{CoverageLine, GapLine};
pub use edit::{
    BULK_MOST, BulkChange, BulkDone, BulkError, BulkLine, BulkPlan, BulkState, Correction, CorrectionFaults,
    CorrectionState, Doubted, EditError, Entry, EntryField, FieldConflict, Filling, NewCorrection, Put, RefChoice,
    RemoveError, Resolved, Side, ToldApart, compared_key,
};
pub use error::{Error, Result};
pub use figures::{FactLine, Facts};
pub use glass::Glass;
pub use history::{FieldChange, HistoryEntry};
pub use list::{Listed, Named, NamedGap, Show, gap_csv, gap_workbook};
pub use open::not_ready_in_words;
pub use overview::{AHEAD, Cell, Lapsing, MechanismReading, SiteGaps, WEEKS, percent};
pub use photos::{PHOTO_MOST, Photo, PhotoFault};
pub use records::{Found, Labelled, Related, Shown, Stored};
pub use refusal::{Refusal, RefusalCode};
pub use roll::{Roll, RollAsk, Whose};
pub use roll_query::{ENDED, MISSING, SIZES, STANDS};
pub use saved::{ListKept, SavedList};
pub use scope::{Scope, parse_day};
pub use sheets::{
    Counted, DryRun, GridLine, Missing, Outcome, Progress, Reading, RowChange, RowLine, RowState, Running, SheetFault,
    SheetLine, SheetRead, Stage, TakeRefused, Taken, Took,
};
pub use steps::{Set, Step, Steps};
pub use table::{Columns, Report, Table, named_by};
pub use undo::{TouchedSince, UndoError};
pub use verify::Proof;
pub use writes::{Intent, WriteError, Written};

/// A county, served.
pub struct App {
    pack: Arc<Pack>,
    plan: Plan,
    store: Store,
    county: County,
    code: String,
    areas: RwLock<Arc<Areas>>,
    clock: Clock,
    demo: bool,
    directory: Directory,
    sheets: sheets::Desk,
    /// Day of the last checkpoint made or seen.
    checkpointed: AtomicI32,
}

impl App {
    /// The definitions in force.
    pub fn pack(&self) -> &Pack {
        &self.pack
    }

    /// The database. Whoever reads it must ask an [`Actor`].
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// Accounts and grants in memory.
    pub(crate) fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Sheets in work.
    pub(crate) fn desk(&self) -> &sheets::Desk {
        &self.sheets
    }

    /// The same county with another way to hash passwords; for tests and measurements, which must not wait for a dear one.
    #[must_use]
    pub fn hashing(mut self, hashing: Arc<dyn Hashing>) -> Self {
        self.directory.hash_with(hashing);
        self
    }

    /// The compiled requirements and figures.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The county in memory. Whoever reads it must ask an [`Actor`].
    pub(crate) fn county(&self) -> &County {
        &self.county
    }

    /// How many rows of the journal every answer has seen.
    pub fn seq(&self) -> i64 {
        self.county.seq()
    }

    /// The county's six digits.
    pub fn county_code(&self) -> &str {
        &self.code
    }

    /// The county's name.
    pub fn county_name(&self) -> Text {
        let unnamed = || Text { zh: self.code.clone(), en: self.code.clone() };
        self.pack.county.as_ref().map_or_else(unnamed, |county| county.name.clone())
    }

    /// The places of the county.
    pub fn areas(&self) -> Arc<Areas> {
        Arc::clone(&self.areas.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The county's day.
    pub fn today(&self) -> Day {
        self.clock.today()
    }

    /// The moment, in milliseconds since 1970-01-01T00:00Z, by the county's clock.
    pub fn now(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Whether this is the demo county, which says so on every page.
    pub fn is_demo(&self) -> bool {
        self.demo
    }

    /// Where a requirement stands on pages: by mechanism (the base last), then as the files have it.
    fn place_on_pages(&self, ix: RequirementIx) -> (u16, String, u32) {
        let requirement = self.pack.requirement(ix);
        let order = self.pack.mechanism(requirement.mechanism).order;
        (if order == 0 { u16::MAX } else { order }, requirement.origin.file.clone(), requirement.origin.line)
    }
}
