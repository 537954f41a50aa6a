//! The demo county as a whole: it fits the packs, holds together, comes out the same every time, and tells what was published.

mod book;
mod facts;
mod figures;
mod people;
mod roles;
mod whole;
