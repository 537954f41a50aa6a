//! Employment: its pack, and its part of the pages of a site and of a household.

mod household;
mod site;

pub use household::of_household;
pub use site::at_site;

/// The files of this mechanism's pack: path as shown to users, text.
pub const SOURCES: &[(&str, &str)] = &[
    ("mechanisms/employment/pack/bulletin.toml", include_str!("../pack/bulletin.toml")),
    ("mechanisms/employment/pack/codes.toml", include_str!("../pack/codes.toml")),
    ("mechanisms/employment/pack/coverage.toml", include_str!("../pack/coverage.toml")),
    ("mechanisms/employment/pack/figures.toml", include_str!("../pack/figures.toml")),
    ("mechanisms/employment/pack/ledgers.toml", include_str!("../pack/ledgers.toml")),
    ("mechanisms/employment/pack/mechanism.toml", include_str!("../pack/mechanism.toml")),
    ("mechanisms/employment/pack/roles.toml", include_str!("../pack/roles.toml")),
    ("mechanisms/employment/pack/sheets.toml", include_str!("../pack/sheets.toml")),
    ("mechanisms/employment/pack/stories.toml", include_str!("../pack/stories.toml")),
];
