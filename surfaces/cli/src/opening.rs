//! From the command line's place and clock to an open county.

use std::path::Path;
use std::sync::Arc;

use anju_app::{Actor, App, Clock, parse_day};
use anju_pack::Pack;
use anju_store::Store;
use anju_vault::Vault;

use crate::args::Place;
use crate::definitions;
use crate::ending::Ending;
use crate::keys;

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

/// The database's URL as it may be shown: without the password.
pub fn shown(place: &Place) -> String {
    let url = url(place);
    if let Some((scheme, rest)) = url.split_once("://")
        && let Some((user, host)) = rest.rsplit_once('@')
    {
        return format!("{scheme}://{}@{host}", user.split(':').next().unwrap_or_default());
    }
    url.split(' ').filter(|word| !word.starts_with("password=")).collect::<Vec<_>>().join(" ")
}

/// The database's file, when it is one.
pub fn file(place: &Place) -> Option<std::path::PathBuf> {
    let Some(url) = &place.database else { return Some(place.data.join(FILE)) };
    let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")).unwrap_or(url);
    (!path.is_empty() && !path.contains("://") && !path.starts_with("host=")).then(|| path.into())
}

/// Whether there is a database to look at: a file, or a server that is asked when it is opened.
pub fn exists(place: &Place) -> bool {
    file(place).is_none_or(|file| file.exists())
}

/// Opens the database; none is made where there is none.
///
/// # Errors
/// `Cannot` with the place and what to do.
pub async fn store(place: &Place) -> Result<Store, Ending> {
    if place.database.is_none() && place.data.is_file() {
        return Err(Ending::Cannot(format!(
            "{} is a file; name the folder that holds it with --data, or the file with --database sqlite:FILE",
            place.data.display()
        )));
    }
    if !exists(place) {
        let (seen, option) = if place.database.is_none() {
            (place.data.display().to_string(), "--data")
        } else {
            (shown(place), "--database")
        };
        return Err(Ending::Cannot(format!(
            "there is no county in {seen}; run `anju demo --prepare-only {option} {seen}`, or name one with --data or --database"
        )));
    }
    let known = ["postgres://", "postgresql://", "sqlite://"];
    if place
        .database
        .as_ref()
        .is_some_and(|url| url.contains("://") && !known.iter().any(|begin| url.starts_with(begin)))
    {
        // The store says so; no key is looked for or used.
        return connect(place, Vault::testing()).await;
    }
    connect(place, keys::held(place)?).await
}

/// Opens the database, which is made where there is none, with its keys.
///
/// # Errors
/// As [`store`].
pub async fn reach(place: &Place) -> Result<Store, Ending> {
    let vault = keys::held_or_new(place).await?;
    connect(place, vault).await
}

/// Opens the database with these keys.
///
/// # Errors
/// As [`store`].
pub async fn connect(place: &Place, vault: Arc<Vault>) -> Result<Store, Ending> {
    Store::open(&url(place), vault).await.map_err(|error| match error {
        anju_store::Error::Keys(id) => keys::not_of(place, &id),
        anju_store::Error::Url(_) => Ending::Cannot(error.to_string().replace(&url(place), &shown(place))),
        other => cannot(place, &other.to_string()),
    })
}

/// Makes the data folder, when the database is a file in one.
///
/// # Errors
/// `Cannot` with the folder and what to do.
pub fn make_folder(place: &Place) -> Result<(), Ending> {
    if place.database.is_some() {
        return Ok(());
    }
    let data = place.data.display();
    std::fs::create_dir_all(&place.data)
        .map_err(|error| Ending::Cannot(format!("{data}: {error}; choose a folder you can write to with --data")))
}

/// What the database said, with its place and the mend.
pub fn cannot(place: &Place, why: &str) -> Ending {
    let damaged = ["malformed", "not a database", "corrupt"].iter().any(|word| why.contains(word));
    let mend = if damaged {
        "; the file is damaged: bring it back from a backup, or name another folder with --data"
    } else if !why.contains("the database is unavailable") {
        ""
    } else if file(place).is_some() {
        "; see that the file and its folder can be read and written, and that the disk is not full"
    } else {
        "; see that the server runs and that its address, user, password and database are right: postgres://USER:PASSWORD@HOST:PORT/DATABASE"
    };
    Ending::Cannot(format!("{}: {why}{mend}", shown(place)))
}

/// The county's clock: what the command line says, else what the county's file says, else the system's.
///
/// # Errors
/// `Usage` for a date that is none.
pub fn clock(place: &Place, pack: &Pack) -> Result<Clock, Ending> {
    match place.clock.as_deref().map(str::trim) {
        Some("system") => Ok(Clock::System),
        Some(date) => {
            let day = parse_day(date).map_err(|_| {
                Ending::Usage(format!("--clock “{date}”: write `system`, or a date such as 2020-05-16"))
            })?;
            Ok(Clock::Fixed(day))
        }
        None => Ok(pack.county.as_ref().and_then(|county| county.clock).map_or(Clock::System, Clock::Fixed)),
    }
}

/// Opens a county for the operator at the machine, to read or to serve.
///
/// # Errors
/// `No` for a faulty pack, `Cannot` with what to do.
pub async fn county(dir: Option<&Path>, place: &Place) -> Result<Actor, Ending> {
    let pack = Arc::new(definitions::pack(dir)?);
    let clock = clock(place, &pack)?;
    let store = store(place).await?;
    let demo = store.meta(DEMO).await.map_err(|error| cannot(place, &error.to_string()))?.is_some();
    let app = App::open(store, pack, clock, demo).await.map_err(|error| cannot(place, &error.to_string()))?;
    Ok(Arc::new(app).operator())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(database: Option<&str>) -> Place {
        Place { data: "d".into(), database: database.map(str::to_owned), keys: None, clock: None }
    }

    #[test]
    fn a_password_is_not_shown() {
        assert_eq!(shown(&place(Some("postgres://anju:secret@db:5432/county"))), "postgres://anju@db:5432/county");
        assert_eq!(
            shown(&place(Some("host=/run user=anju password=secret dbname=county"))),
            "host=/run user=anju dbname=county"
        );
        assert_eq!(shown(&place(None)), "sqlite:d/anju.db");
    }

    #[test]
    fn only_a_file_can_be_missing() {
        assert!(!exists(&place(Some("sqlite:no/such/file.db"))));
        assert!(exists(&place(Some("postgres://localhost/county"))));
    }
}
