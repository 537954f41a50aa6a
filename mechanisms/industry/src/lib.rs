//! Industry: its pack, and its part of the pages of a site and of a household.

mod household;
mod site;

pub use household::of_household;
pub use site::at_site;

/// The files of this mechanism's pack: path as shown to users, text.
pub const SOURCES: &[(&str, &str)] = &[
    ("mechanisms/industry/pack/bulletin.toml", include_str!("../pack/bulletin.toml")),
    ("mechanisms/industry/pack/codes.toml", include_str!("../pack/codes.toml")),
    ("mechanisms/industry/pack/coverage.toml", include_str!("../pack/coverage.toml")),
    ("mechanisms/industry/pack/figures.toml", include_str!("../pack/figures.toml")),
    ("mechanisms/industry/pack/ledgers.toml", include_str!("../pack/ledgers.toml")),
    ("mechanisms/industry/pack/mechanism.toml", include_str!("../pack/mechanism.toml")),
    ("mechanisms/industry/pack/roles.toml", include_str!("../pack/roles.toml")),
    ("mechanisms/industry/pack/stories.toml", include_str!("../pack/stories.toml")),
];
