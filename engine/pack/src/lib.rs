//! The pack language: definitions in files, checked before use.
#![expect(missing_docs, reason = "the model documents itself; filled in with the resolver")]
pub mod model;
pub mod predicate;
pub use model::*;
pub use predicate::*;
