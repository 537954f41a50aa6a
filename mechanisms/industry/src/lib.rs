//! The mechanism industry: its pack, pages and tests.
