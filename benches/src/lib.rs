//! Benches: each measure beside the peer a user would pick instead, by turns in one run. They print medians, least values,
//! processor time, memory and ratios; absolute times on a shared machine mean little.

pub mod commit;
pub mod county;
pub mod measure;
pub mod nation;
pub mod pages;
pub mod rights;
pub mod roll;
pub mod sheets;
