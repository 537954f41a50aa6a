//! Resident columns of one county: a projection of the store that requirements and figures are computed from.
//!
//! `store → shard → coverage`. Invariants:
//! - only what a requirement, a figure, an owner, a join or an exemption reads is resident ([`Shape`]);
//! - rows of an owned ledger stand in the order of their owners, and the owner's side keeps offsets: a path of any number of
//!   hops is one composition of offsets, no reference is kept per row;
//! - inside an owner, rows stand by the end of their period, the latest first, so "at least N now" reads the N-th row;
//! - what was applied equals what would be loaded: [`Shard::apply`] and [`Shard::load`] give equal shards;
//! - a record whose owner is missing stands behind all others until the owner comes; a reference that leads nowhere joins nothing;
//! - no data makes it panic: what cannot be kept is an error that names the record.

mod apply;
mod areas;
mod bits;
mod error;
mod ids;
mod ints;
mod load;
mod shape;
mod shard;
mod table;
mod text;

pub use areas::AreaRuns;
pub use bits::Bits;
pub use error::ShardError;
pub use ids::{Ids, NOWHERE, Refs};
pub use ints::{Ints, Width};
pub use shape::{ColumnKind, ColumnShape, ExemptionShape, LedgerShape, MatchShape, Shape};
pub use shard::{DAY_BASE, Exemption, MatchIndex, Shard};
pub use table::{Cell, Column, Table};
pub use text::Dictionary;
