//! SQLite and PostgreSQL behind one door. The only crate with SQL.
//!
//! Place in the way of data: `Valid → [store] → rows + journal → shard, pages`. Invariants: nothing is written but through
//! [`Store::commit`] and [`Store::import`]; rows and journal are durable together or not at all; each county's journal is one
//! chain of hashes; both databases give the same answer to the same question.
//!
//! ```no_run
//! # async fn example(pack: std::sync::Arc<anju_pack::Pack>) -> Result<(), anju_store::Error> {
//! let store = anju_store::Store::open("sqlite:/var/lib/anju/county.db").await?;
//! let plan = store.plan(&pack).await?;
//! store.apply(plan, false).await?;
//! assert!(store.ready(&pack).await.is_ok());
//! # Ok(()) }
//! ```

mod areas;
mod commit;
mod constraint;
mod engine_tables;
mod error;
mod import;
pub mod journal;
mod labels;
mod migrate;
mod postgres;
mod predicate;
mod query;
mod reach;
pub mod schema;
mod session;
mod sql;
mod sqlite;
mod store;
mod tables;
#[cfg(feature = "testing")]
pub mod testing;

pub use areas::Division;
pub use commit::{Batch, Receipt, Write};
pub use error::{CommitError, Error, NotReady, Result};
pub use journal::{Broken, JournalRow, Verified};
pub use migrate::{Effect, MigrationPlan, Step};
pub use query::{Cursor, Order, Query};
pub use schema::{column_name, table_name};
pub use sql::Dialect;
pub use store::Store;
