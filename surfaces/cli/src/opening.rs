//! From the command line's place and clock to an open county.

use std::path::Path;
use std::sync::Arc;

use anju_app::{App, Clock, parse_day};
use anju_pack::Pack;
use anju_store::Store;

use crate::args::Place;
use crate::definitions;
use crate::ending::Ending;

/// The database file in a data folder.
const FILE: &str = "anju.db";
/// Meta key that marks the demo county.
pub const DEMO: &str = "demo";

/// The database's URL.
pub fn url(place: &Place) -> String {
    match &place.database {
        Some(url) => url.clone(),
        None => format!("sqlite:{}", place.data.join(FILE).display()),
    }
}

/// Opens the database; a folder that holds none is not made.
///
/// # Errors
/// `Cannot` with what to do.
pub async fn store(place: &Place) -> Result<Store, Ending> {
    if place.database.is_none() && !place.data.join(FILE).exists() {
        let dir = place.data.display();
        return Err(Ending::Cannot(format!("there is no county in {dir}; run `anju demo --prepare-only --data {dir}`, or name one with --data or --database")));
    }
    Ok(Store::open(&url(place)).await?)
}

/// The county's clock: what the command line says, else what the county's file says, else the system's.
///
/// # Errors
/// `Usage` for a date that is none.
pub fn clock(place: &Place, pack: &Pack) -> Result<Clock, Ending> {
    match place.clock.as_deref().map(str::trim) {
        Some("system") => Ok(Clock::System),
        Some(date) => Ok(Clock::Fixed(parse_day(date)?)),
        None => Ok(pack.county.as_ref().and_then(|county| county.clock).map_or(Clock::System, Clock::Fixed)),
    }
}

/// Opens a county for reading or serving.
///
/// # Errors
/// `No` for a faulty pack, `Cannot` with what to do.
pub async fn county(dir: Option<&Path>, place: &Place) -> Result<App, Ending> {
    let pack = Arc::new(definitions::pack(dir)?);
    let clock = clock(place, &pack)?;
    let store = store(place).await?;
    let demo = store.meta(DEMO).await?.is_some();
    Ok(App::open(store, pack, clock, demo).await?)
}
