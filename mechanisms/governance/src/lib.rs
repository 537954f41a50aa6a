//! Community governance: its pack, and its part of the pages of a site and of a household.

mod household;
mod site;

pub use household::of_household;
pub use site::at_site;

/// The files of this mechanism's pack: path as shown to users, text.
pub const SOURCES: &[(&str, &str)] = &[
    ("mechanisms/governance/pack/bulletin.toml", include_str!("../pack/bulletin.toml")),
    ("mechanisms/governance/pack/codes.toml", include_str!("../pack/codes.toml")),
    ("mechanisms/governance/pack/coverage.toml", include_str!("../pack/coverage.toml")),
    ("mechanisms/governance/pack/figures.toml", include_str!("../pack/figures.toml")),
    ("mechanisms/governance/pack/ledgers.toml", include_str!("../pack/ledgers.toml")),
    ("mechanisms/governance/pack/mechanism.toml", include_str!("../pack/mechanism.toml")),
    ("mechanisms/governance/pack/processes.toml", include_str!("../pack/processes.toml")),
    ("mechanisms/governance/pack/residents.toml", include_str!("../pack/residents.toml")),
    ("mechanisms/governance/pack/roles.toml", include_str!("../pack/roles.toml")),
    ("mechanisms/governance/pack/stories.toml", include_str!("../pack/stories.toml")),
];
