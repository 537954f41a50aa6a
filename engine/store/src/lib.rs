//! SQLite and PostgreSQL behind one door. The only crate with SQL.
//!
//! Place in the way of data: `Valid → [store] → rows + journal → shard, pages`. Invariants: nothing is written but through
//! [`Store::commit`] and [`Store::import`]; rows and journal are durable together or not at all; each county's journal is one
//! chain of hashes; both databases give the same answer to the same question.
//!
//! ```no_run
//! # async fn example(pack: std::sync::Arc<anju_pack::Pack>, vault: std::sync::Arc<anju_vault::Vault>) -> Result<(), anju_store::Error> {
//! let store = anju_store::Store::open("sqlite:/var/lib/anju/county.db", vault).await?;
//! let plan = store.plan(&pack).await?;
//! store.apply(plan, false).await?;
//! assert!(store.ready(&pack).await.is_ok());
//! # Ok(()) }
//! ```

mod accounts;
mod agreeing;
mod areas;
mod blobs;
mod bulk;
mod checkpoints;
mod commit;
mod constraint;
mod dependents;
mod engine_tables;
mod error;
mod events;
mod exactly;
mod found;
mod head;
mod import;
mod imports;
pub mod journal;
mod kept;
mod key_mark;
mod labels;
mod lists;
mod migrate;
mod postgres;
mod predicate;
mod proposals;
mod query;
mod reach;
mod refill;
mod rehearse;
mod reseal;
pub mod schema;
mod sealing;
mod secrets;
mod session;
mod sessions;
mod settings;
mod sql;
mod sqlite;
mod store;
mod tables;
#[cfg(feature = "testing")]
pub mod testing;
mod trims;
mod verification;

pub use accounts::{Account, Credential, GrantRow, NewAccount};
pub use areas::Division;
pub use blobs::Blob;
pub use checkpoints::{Asked, Checkpoint};
pub use commit::{Batch, Receipt, Write};
pub use error::{CommitError, Error, NotReady, Result};
pub use events::{Event, EventQuery, NewEvent};
pub use imports::{Import, ImportState};
pub use journal::{Broken, JournalRow, Verified};
pub use labels::called;
pub use lists::ListRow;
pub use migrate::{Effect, MigrationPlan, Step};
pub use proposals::{Consequence, Proposal, ProposalState};
pub use query::{Cursor, Order, Query};
pub use schema::{column_name, table_name};
pub use sessions::{SessionRow, TokenRow};
pub use sql::Dialect;
pub use store::Store;
pub use trims::KEPT_FOR;
pub use verification::{BrokenCheckpoint, BrokenEvent};
