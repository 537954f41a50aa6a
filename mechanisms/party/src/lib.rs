//! Party work: its pack, and its part of the pages of a site and of a household.

mod household;
mod site;

pub use household::of_household;
pub use site::at_site;

/// The files of this mechanism's pack: path as shown to users, text.
pub const SOURCES: &[(&str, &str)] = &[
    ("mechanisms/party/pack/bulletin.toml", include_str!("../pack/bulletin.toml")),
    ("mechanisms/party/pack/codes.toml", include_str!("../pack/codes.toml")),
    ("mechanisms/party/pack/coverage.toml", include_str!("../pack/coverage.toml")),
    ("mechanisms/party/pack/figures.toml", include_str!("../pack/figures.toml")),
    ("mechanisms/party/pack/ledgers.toml", include_str!("../pack/ledgers.toml")),
    ("mechanisms/party/pack/mechanism.toml", include_str!("../pack/mechanism.toml")),
    ("mechanisms/party/pack/roles.toml", include_str!("../pack/roles.toml")),
    ("mechanisms/party/pack/stories.toml", include_str!("../pack/stories.toml")),
];
