//! The demo county: real divisions, everything else synthetic from one seed.
//!
//! Stands at the head of the way of data, as a form or a sheet would: it gives records, parents before children, and knows no
//! store. The same pack gives the same records with the same ids, whenever and wherever it runs. At [`ids::TODAY`] the records
//! reproduce every figure that the county published on that day.

pub mod accounts;
pub mod assistance;
pub mod base;
pub mod book;
pub mod community;
pub mod dividend;
pub mod employment;
pub mod facilities;
pub mod garden;
pub mod governance;
pub mod ids;
pub mod industry;
pub mod names;
pub mod party;
pub mod people;
pub mod places;
pub mod risk;
pub mod seekers;
pub mod startup;
pub mod training;
pub mod work;
pub mod world;

use anju_pack::{LedgerIx, Pack};
use anju_record::Record;

/// The county's file: code, name, clock and parameters.
pub const COUNTY_TOML: &str = include_str!("../county.toml");

/// All records of the county, parents before children.
///
/// # Errors
/// Every name, code and kind that the pack does not have, one sentence each.
pub fn generate(pack: &Pack) -> Result<Vec<(LedgerIx, Record)>, Vec<String>> {
    let mut world = world::World::new(pack);
    base::write(&mut world);
    base::namesakes(&mut world);
    party::write(&mut world);
    employment::write(&mut world);
    industry::write(&mut world);

    governance::write(&mut world);
    assistance::write(&mut world);
    assistance::exemptions(&mut world, &mut book::chance(8));
    base::corrections(&mut world);
    let mut rows = world.book.close()?;
    accounts::link(pack, &mut rows);
    Ok(rows)
}
