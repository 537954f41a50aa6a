//! Places by code, as the engine knows them.

/// An official or county-made place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Division {
    /// 2, 4, 6, 9, 12, 15 or 18 digits.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The place above it.
    pub parent: Option<String>,
}
