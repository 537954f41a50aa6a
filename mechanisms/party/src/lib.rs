//! The mechanism party: its pack, pages and tests.
