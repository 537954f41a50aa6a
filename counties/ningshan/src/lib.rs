//! The demo county: real divisions, everything else synthetic from one seed.
