//! Requirements and figures over a shard: `evaluate(pack, shard, date)`, pure, no input or output, no clock.
//!
//! `shard → coverage → casework, pages, bulletin`. Invariants:
//! - nothing computed is stored, so nothing can be stale; foresight is the same function with a later date;
//! - what several requirements ask alike is computed once ([`Plan`]); bitsets are the only intermediate;
//! - a subject of single days (a visit, a review) stays a subject after its day; one with a first and a last day ends with the last;
//! - parts of `all_of` / `any_of` are judged without regard to exemptions from the parts;
//! - [`reference`] says the same slowly and plainly; tests and `anju verify` hold the two against each other.
//!
//! ```
//! use std::sync::Arc;
//! let text = r#"
//! [mechanism]
//! id = "library"
//! order = 0
//! title = { zh = "图书馆", en = "Library" }
//! promise = { zh = "书有人读", en = "Books are read" }
//! office = { zh = "馆长", en = "Librarian" }
//! [ledger.book]
//! title = { zh = "图书", en = "Book" }
//! label = ["name"]
//! fields.name = { kind = "text", required = true, title = { zh = "书名", en = "Name" } }
//! "#;
//! let source = anju_pack::Source { path: "library.toml".into(), text: text.into(), mechanism: Some("library".into()) };
//! let pack = anju_pack::compile(&[source]).expect("no faults");
//! let shape = Arc::new(anju_shard::Shape::of(&pack));
//! let shard = anju_shard::Shard::load(&shape, "610923", []).expect("no records, no faults");
//! let plan = anju_coverage::Plan::compile(&pack, &shape);
//! assert_eq!(plan.evaluate(&shard, 18_398).county(), "610923");
//! ```

mod column;
mod figure;
mod fold;
mod gap;
mod lapse;
mod outcome;
mod period;
mod plan;
pub mod reference;
mod run;
mod story;

pub use figure::FigureValue;
pub use fold::{fold, totals};
pub use gap::{Gap, GapOwner};
pub use lapse::{lapsing, lapsing_counts};
pub use outcome::{Counts, Outcome, Status};
pub use plan::Plan;
pub use run::Verdict;
pub use story::{Told, tell_stories};
