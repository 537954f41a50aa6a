//! The mechanism governance: its pack, pages and tests.
