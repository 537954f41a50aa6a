//! The binary as people and scripts meet it: what it answers, how it ends, and what it never does to data.
#![expect(clippy::unwrap_used, reason = "tests")]

mod anju;
mod keys;
mod packs;
mod proofs;
mod questions;
mod sheets;
mod versions;
