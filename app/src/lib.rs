//! The application: store, shards, pack and clock.
