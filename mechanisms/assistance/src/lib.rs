//! Assistance to each household: its pack, and its part of the pages of a site and of a household.

mod household;
mod site;

pub use household::of_household;
pub use site::at_site;

/// The files of this mechanism's pack: path as shown to users, text.
pub const SOURCES: &[(&str, &str)] = &[
    ("mechanisms/assistance/pack/bulletin.toml", include_str!("../pack/bulletin.toml")),
    ("mechanisms/assistance/pack/codes.toml", include_str!("../pack/codes.toml")),
    ("mechanisms/assistance/pack/coverage.toml", include_str!("../pack/coverage.toml")),
    ("mechanisms/assistance/pack/facilities.toml", include_str!("../pack/facilities.toml")),
    ("mechanisms/assistance/pack/figures.toml", include_str!("../pack/figures.toml")),
    ("mechanisms/assistance/pack/ledgers.toml", include_str!("../pack/ledgers.toml")),
    ("mechanisms/assistance/pack/mechanism.toml", include_str!("../pack/mechanism.toml")),
    ("mechanisms/assistance/pack/processes.toml", include_str!("../pack/processes.toml")),
    ("mechanisms/assistance/pack/sheets.toml", include_str!("../pack/sheets.toml")),
    ("mechanisms/assistance/pack/sites.toml", include_str!("../pack/sites.toml")),
    ("mechanisms/assistance/pack/roles.toml", include_str!("../pack/roles.toml")),
    ("mechanisms/assistance/pack/stories.toml", include_str!("../pack/stories.toml")),
];
