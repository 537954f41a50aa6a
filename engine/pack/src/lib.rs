//! The pack language: what a county keeps, asks and tells, defined in TOML files and checked before use.
//!
//! First stage of the way of data: sources → [`compile`] → [`Pack`], or every fault at once with file, line, code and mend.
//! No input or output but in [`files`]; no clock; no noun of any county.
//!
//! Invariants of a [`Pack`]: an owner stands before what it owns, a part before its whole, every index is in bounds,
//! parameters are put in, and every condition is type-checked.
//!
//! ```
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
//! assert_eq!(pack.ledger(pack.ledger_by_id("book").expect("defined")).title.zh, "图书");
//! ```

mod codes;
mod describe;
mod diff;
mod fault;
pub mod files;
mod lookup;
pub mod model;
mod parse;
pub mod predicate;
mod reference;
mod resolve;
mod roles;
mod snapshot;
mod source;
mod unit;
mod words;

pub use codes::{Code, CodeWords};
pub use describe::{
    alike_in_words, clause_in_words, figure_in_words, predicate_as_sql, predicate_in_words, requirement_in_words,
    unique_in_words, when_in_words,
};
pub use diff::{Difference, Effect, diff};
pub use fault::{Fault, Faults};
pub use files::{LoadError, read_county, read_dir};
pub use model::*;
pub use predicate::*;
pub use reference::reference;
pub use roles::role_by_keys;
pub use snapshot::{CodeShape, FieldShape, LedgerShape, RuleShape, Snapshot};
pub use source::Source;
pub use unit::{unit_in_words, unit_named, unit_words};

/// Compiles the files of a pack.
///
/// # Errors
/// Every fault of every file, by file and line.
pub fn compile(sources: &[Source]) -> Result<Pack, Faults> {
    let bench = fault::Bench::new(sources);
    let raw = parse::parse(&bench);
    if bench.has(Code::NotToml)
        && let Some(faults) = bench.take_faults()
    {
        // Names of a file that cannot be read would all be missing: the other faults follow when it can.
        return Err(faults);
    }
    let pack = resolve::resolve(&bench, raw);
    match bench.take_faults() {
        None => Ok(pack),
        Some(faults) => Err(faults),
    }
}
