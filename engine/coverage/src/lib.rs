//! Requirements and figures over a shard.
