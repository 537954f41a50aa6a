//! `anju keys …`, and where the keys of a database are looked for.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anju_store::NewEvent;
use anju_vault::{Suite, Vault, VaultError};

use crate::args::{Algorithms, KeysCommand, Place};
use crate::ending::Ending;
use crate::print::say;
use crate::{definitions, opening};

/// The key file beside a database.
const FILE: &str = "keys.toml";
/// Keys as text.
const TEXT_VARIABLE: &str = "ANJU_KEYS";
/// Name of a key file.
const FILE_VARIABLE: &str = "ANJU_KEYS_FILE";

/// Where keys come from.
enum Source {
    Text(String),
    File(PathBuf),
}

fn source(place: &Place) -> Source {
    let variable = |name| std::env::var(name).ok().filter(|text: &String| !text.trim().is_empty());
    if let Some(file) = &place.keys {
        return Source::File(file.clone());
    }
    if let Some(text) = variable(TEXT_VARIABLE) {
        return Source::Text(text);
    }
    Source::File(variable(FILE_VARIABLE).map_or_else(|| beside(place), PathBuf::from))
}

/// The key file when nobody names one: beside the database's file, else in the data folder.
fn beside(place: &Place) -> PathBuf {
    match opening::file(place).filter(|_| place.database.is_some()) {
        Some(database) => database.with_file_name(FILE),
        None => place.data.join(FILE),
    }
}

fn told(error: &VaultError) -> Ending {
    let mend = match error {
        VaultError::File { .. } => "; name a file that can be read and written with --keys",
        VaultError::NoFile => "; unset ANJU_KEYS and name the file with --keys",
        _ => "",
    };
    Ending::Cannot(format!("{error}{mend}"))
}

/// The keys of a database that is there.
///
/// # Errors
/// `Cannot` that says where the keys may be.
pub fn held(place: &Place) -> Result<Arc<Vault>, Ending> {
    match source(place) {
        Source::Text(text) => {
            Vault::from_text(&text).map_err(|error| Ending::Cannot(format!("{TEXT_VARIABLE}: {error}")))
        }
        Source::File(path) if !path.exists() => Err(missing(place, &path)),
        Source::File(path) => Vault::open(&path).map_err(|error| told(&error)),
    }
}

fn missing(place: &Place, path: &Path) -> Ending {
    Ending::Cannot(format!(
        "{} cannot be opened without its keys, and there is no file {}; bring that file back from where you keep it, or name it with --keys or {FILE_VARIABLE}, \
         or give its text in {TEXT_VARIABLE}. Only for a database made before fields were sealed, make them with `anju keys init`",
        opening::shown(place),
        path.display()
    ))
}

/// The database was sealed with a key that is not here.
pub fn not_of(place: &Place, id: &str) -> Ending {
    let from = match source(place) {
        Source::Text(_) => TEXT_VARIABLE.to_owned(),
        Source::File(path) => path.display().to_string(),
    };
    Ending::Cannot(format!(
        "{} is sealed with key {id}, and {from} has no such key; name the right file with --keys or {FILE_VARIABLE}",
        opening::shown(place)
    ))
}

/// The keys of a database, which are made when the database is new.
///
/// # Errors
/// As [`held`]: a database that holds anything does not get new keys.
pub async fn held_or_new(place: &Place) -> Result<Arc<Vault>, Ending> {
    let Source::File(path) = source(place) else { return held(place) };
    if path.exists() {
        return held(place);
    }
    if opening::file(place).is_none_or(|file| file.exists()) {
        // Asked of the database itself; nothing is sealed or opened meanwhile.
        let new = match anju_store::Store::open(&opening::url(place), Vault::testing()).await {
            Ok(store) => store.is_new().await.map_err(|error| opening::cannot(place, &error.to_string()))?,
            Err(anju_store::Error::Keys(_)) => false,
            Err(anju_store::Error::Url(_)) => return opening::connect(place, Vault::testing()).await.and(held(place)),
            Err(error) => return Err(opening::cannot(place, &error.to_string())),
        };
        if !new {
            return Err(missing(place, &path));
        }
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder).map_err(|error| {
            Ending::Cannot(format!("{}: {error}; name a file that can be written with --keys", folder.display()))
        })?;
    }
    Vault::create(&path, Suite::International).map_err(|error| told(&error))
}

/// Runs one of the key commands.
///
/// # Errors
/// `Cannot` with what to do.
pub async fn run(dir: Option<&Path>, command: KeysCommand) -> Result<(), Ending> {
    match command {
        KeysCommand::Init { place, suite } => init(&place, suite),
        KeysCommand::Show { place } => show(&place),
        KeysCommand::Rotate { place, resume } => rotate(dir, &place, resume).await,
    }
}

fn init(place: &Place, suite: Algorithms) -> Result<(), Ending> {
    let Source::File(path) = source(place) else {
        return Err(Ending::Usage(format!("{TEXT_VARIABLE} holds keys already; unset it to make others")));
    };
    opening::make_folder(place)?;
    let suite = match suite {
        Algorithms::International => Suite::International,
        Algorithms::Commercial => Suite::Commercial,
    };
    let vault = Vault::create(&path, suite).map_err(|error| told(&error))?;
    describe(&vault);
    say("keep a copy of this file apart from the backups of the database: without it what is sealed is lost");
    Ok(())
}

fn show(place: &Place) -> Result<(), Ending> {
    let vault = held(place)?;
    describe(&vault);
    Ok(())
}

/// Which keys these are, without any of them.
pub fn in_words(vault: &Vault) -> String {
    let from = vault.path().map_or_else(|| TEXT_VARIABLE.to_owned(), |path| path.display().to_string());
    format!("{from}, {} ({} encryption keys)", vault.suite().algorithms(), vault.key_ids().len())
}

fn describe(vault: &Vault) {
    let from = vault.path().map_or_else(|| TEXT_VARIABLE.to_owned(), |path| path.display().to_string());
    say(format_args!("keys        {from}"));
    say(format_args!("algorithms  {}, Ed25519", vault.suite().algorithms()));
    let current = vault.current();
    for (id, made_on) in vault.made() {
        say(format_args!("encryption  {id}, made on {made_on}, {}", if id == current { "writes" } else { "reads" }));
    }
    say(format_args!("public key  {}", vault.public_key()));
}

/// Rows sealed in one transaction: short enough that nobody beside it waits.
const BATCH: u32 = 500;

async fn rotate(dir: Option<&Path>, place: &Place, resume: bool) -> Result<(), Ending> {
    let pack = definitions::pack(dir)?;
    let vault = held(place)?;
    let store = opening::connect(place, Arc::clone(&vault)).await?;
    let failed = |error: anju_store::Error| opening::cannot(place, &error.to_string());
    store.ready(&pack).await.map_err(|why| Ending::Cannot(anju_app::not_ready_in_words(&why)))?;
    if !resume {
        vault.rotate().map_err(|error| told(&error))?;
    }
    let key = vault.current();
    say(format_args!("key {key} writes from now on"));
    let mut done = 0_u64;
    // A server that was in the middle of a write when the key was noted has done it by the second look.
    loop {
        match store.reseal(&pack, BATCH, |rows| tracing::info!(rows, "sealed anew")).await.map_err(failed)? {
            0 => break,
            rows => done += rows,
        }
    }
    let at = opening::clock(place, &pack)?.now_ms();
    let counties = store.counties().await.map_err(failed)?;
    let event = |county: String| NewEvent {
        county,
        at,
        actor: "operator".to_owned(),
        address: "cli".to_owned(),
        act: "rotate_key".to_owned(),
        ledger: None,
        id: None,
        area: None,
        reason: None,
        detail: Some(serde_json::json!({ "key": key, "rows": done }).to_string()),
        pack: pack.hash.clone(),
    };
    store.record_events(counties.into_iter().map(event).collect()).await.map_err(failed)?;
    say(format_args!(
        "{done} rows are sealed with it; the earlier keys stay in the file, since the journal and older backups are sealed with them"
    ));
    Ok(())
}
