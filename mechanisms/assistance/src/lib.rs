//! The mechanism assistance: its pack, pages and tests.
