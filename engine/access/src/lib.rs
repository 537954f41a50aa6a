//! May this actor do this, here? One answer for lists, counts, exports, figures, gap lists, search and the granting of rights.
//!
//! A *grant* gives an account a role of the pack in an area, for a time. [`Rights`] is what all grants of an account give
//! today, computed once: for each action and ledger a [`Reach`], which places and which owners' rows. Asking it is an index
//! into a table. The store turns the same [`Reach`] into SQL (`Query.reach`); both select the same rows.
//!
//! Invariants: rights are never more than the union of the grants in force; nothing reaches beyond the county; a role that
//! stands alone stands alone even when grants say otherwise. No clock: today and now are parameters. No input, no output.
//!
//! ```
//! use anju_access::{Action, Grant, Rights};
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
//! area = "place"
//! fields.name = { kind = "text", required = true, title = { zh = "书名", en = "Name" } }
//! fields.place = { kind = "area", level = "village", required = true, title = { zh = "所在地", en = "Place" } }
//! [role.reader]
//! title = { zh = "读者", en = "Reader" }
//! read = ["book"]
//! "#;
//! let source = anju_pack::Source { path: "library.toml".into(), text: text.into(), mechanism: Some("library".into()) };
//! let pack = anju_pack::compile(&[source]).expect("no faults");
//! let grant = Grant { id: uuid::Uuid::nil(), role: "reader".into(), area: "610923101".into(), from: 0, until: None, expires_at: None };
//! let rights = Rights::of(&pack, "610923", &[grant], |_, _| anju_access::Owners::default(), 18_000, 0);
//! let book = pack.ledger_by_id("book").expect("defined");
//! assert!(rights.reach(Action::Read, book).holds_area("610923101001"));
//! assert!(!rights.reach(Action::Read, book).holds_area("610923102001"));
//! assert!(rights.reach(Action::Write, book).is_empty());
//! ```

mod build;
mod grant;
mod minor;
mod reach;
mod reads;
mod rights;

pub use grant::{Grant, Refusal, compatible};
pub use minor::{MINOR_AGE, is_minor};
pub use reach::{OwnedBy, Owners, Reach};
pub use reads::ledgers_of;
pub use rights::{Action, Rights};
