//! The mechanism employment: its pack, pages and tests.
