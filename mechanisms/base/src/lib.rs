//! Places, households and people: pack, household file, and what the parts of every page are made from.
//!
//! Place in the way of data: `app → mechanisms → surfaces/web`. A mechanism reads records through [`Rows`] and requirements through
//! [`standing`], and gives back the part of a page that is its own. A ledger, field or requirement that the pack in force does not
//! have reads as nothing.

mod calendar;
mod duplicates;
mod facts;
mod find;
mod history;
mod household;
pub mod life;
mod panels;
mod rows;
mod standing;

pub use calendar::{holds_until, months_later};
pub use duplicates::{FilePair, Pair, Swept, merge_persons, partners, sweep, tell_apart, told_apart_on_entry};
pub use facts::{door, facts_of};
pub use find::{find_households, members_found};
pub use history::history;
pub use household::of_household;
pub use panels::{coverage_bars, figure_number, figure_parts, figure_stat, mechanism_panel, share_of, whole};
pub use rows::{
    Entry, Rows, When, Which, code_name, codes, current, ledger_href, name_of, names, parameter, record_href,
    record_lang,
};
pub use standing::{counts, coverage_of, requirement_mark, standing};

/// The files of this mechanism's pack: path as shown to users, text.
pub const SOURCES: &[(&str, &str)] = &[
    ("mechanisms/base/pack/bulletin.toml", include_str!("../pack/bulletin.toml")),
    ("mechanisms/base/pack/codes.toml", include_str!("../pack/codes.toml")),
    ("mechanisms/base/pack/corrections.toml", include_str!("../pack/corrections.toml")),
    ("mechanisms/base/pack/coverage.toml", include_str!("../pack/coverage.toml")),
    ("mechanisms/base/pack/figures.toml", include_str!("../pack/figures.toml")),
    ("mechanisms/base/pack/ledgers.toml", include_str!("../pack/ledgers.toml")),
    ("mechanisms/base/pack/mechanism.toml", include_str!("../pack/mechanism.toml")),
    ("mechanisms/base/pack/roles.toml", include_str!("../pack/roles.toml")),
    ("mechanisms/base/pack/sheets.toml", include_str!("../pack/sheets.toml")),
    ("mechanisms/base/pack/stories.toml", include_str!("../pack/stories.toml")),
];
