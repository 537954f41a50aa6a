//! `anju doctor`: what is wrong with this installation, and how to mend it.

use std::path::Path;

use anju_app::App;
use anju_store::Store;

use crate::args::DoctorArgs;
use crate::ending::Ending;
use crate::print::say;
use crate::{definitions, keys, opening};

struct Visit {
    ill: bool,
}

impl Visit {
    fn fine(&self, what: &str, seen: &str) {
        say(format_args!("ok    {what}: {seen}"));
    }

    fn ill(&mut self, what: &str, seen: &str, mend: &str) {
        self.ill = true;
        say(format_args!("WRONG {what}: {seen}\n      → {mend}"));
    }
}

/// Looks at the definitions, the assets, the database and the data; says everything before it ends.
///
/// # Errors
/// `No` when something is wrong, after printing what.
pub async fn run(dir: Option<&Path>, args: DoctorArgs) -> Result<(), Ending> {
    let mut visit = Visit { ill: false };
    if anju_ui::assets::present() {
        visit.fine("assets", "built in");
    } else {
        visit.ill("assets", "not built in; pages work but look plain", "run `make assets`, then `make build`");
    }
    let pack = match definitions::pack(dir) {
        Ok(pack) => std::sync::Arc::new(pack),
        Err(Ending::No) => {
            visit.ill(
                "definitions",
                "have faults (on standard error)",
                "mend each at its line; `anju pack check` lists them",
            );
            return Err(Ending::No);
        }
        Err(other) => return Err(other),
    };
    let size = format!(
        "{} ledgers, {} requirements, {} figures",
        pack.ledgers.len(),
        pack.requirements.len(),
        pack.figures.len()
    );
    visit.fine("definitions", &size);
    keys(&mut visit, &args);
    match opening::store(&args.place).await {
        Err(Ending::Cannot(why) | Ending::Usage(why)) => visit.ill("database", "cannot be opened", &why),
        Err(other) => return Err(other),
        Ok(store) => county(&mut visit, store, pack, &args).await?,
    }
    if visit.ill { Err(Ending::No) } else { Ok(()) }
}

/// Whether the keys are there, and nobody else can read them.
fn keys(visit: &mut Visit, args: &DoctorArgs) {
    if !opening::exists(&args.place) {
        return;
    }
    match keys::held(&args.place) {
        Ok(vault) => visit.fine("keys", &keys::in_words(&vault)),
        Err(Ending::Cannot(why) | Ending::Usage(why)) => {
            visit.ill("keys", "cannot be used", &why);
        }
        Err(_) => {}
    }
}

/// Whether nobody but its owner can read the database's files.
#[cfg(unix)]
fn readers(visit: &mut Visit, args: &DoctorArgs) {
    use std::os::unix::fs::PermissionsExt as _;
    let Some(file) = opening::file(&args.place) else { return };
    let beside = ["", "-wal", "-shm"].map(|end| {
        let mut name = file.clone().into_os_string();
        name.push(end);
        std::path::PathBuf::from(name)
    });
    for path in beside {
        let mode = std::fs::metadata(&path).map_or(0, |about| about.permissions().mode() & 0o777);
        if mode & 0o077 != 0 {
            let path = path.display();
            visit.ill(
                "database",
                &format!("{path} can be read by others on this machine (mode {mode:o})"),
                &format!("run: chmod 600 {path}"),
            );
        }
    }
}

#[cfg(not(unix))]
fn readers(_: &mut Visit, _: &DoctorArgs) {}

/// Whether everything is sealed with the newest key.
async fn sealing(visit: &mut Visit, store: &Store, pack: &anju_pack::Pack) -> Result<(), Ending> {
    match store.sealed_earlier(pack).await? {
        0 => visit.fine("sealing", "every sensitive field is sealed with the newest key"),
        rows => visit.ill(
            "sealing",
            &format!("{rows} rows are sealed with an earlier key"),
            "run `anju keys rotate --resume`; the server may go on",
        ),
    }
    Ok(())
}

async fn county(
    visit: &mut Visit,
    store: Store,
    pack: std::sync::Arc<anju_pack::Pack>,
    args: &DoctorArgs,
) -> Result<(), Ending> {
    visit.fine("database", &opening::shown(&args.place));
    readers(visit, args);
    let clock = opening::clock(&args.place, &pack)?;
    if store.ready(&pack).await.is_ok() {
        sealing(visit, &store, &pack).await?;
    }
    let app = match App::open(store, pack, clock, false).await {
        Ok(app) => app,
        Err(error) => {
            visit.ill("county", "cannot be opened", &error.to_string());
            return Ok(());
        }
    };
    let today = anju_record::day::format(app.today());
    visit.fine(
        "clock",
        &if clock.is_fixed() { format!("stands at {today}") } else { format!("follows the system: {today}") },
    );
    if app.seq() == 0 {
        visit.ill("records", "there are none", "enter or import the county's ledgers");
    } else {
        visit.fine("records", &format!("{} journal rows", app.seq()));
    }
    let journal = app.verify_journal().await?;
    match journal.faults.as_slice() {
        [] => visit.fine("journal", &journal.seen),
        faults => visit.ill(
            "journal",
            &faults.join("; "),
            "restore the database from a backup made before that row was changed",
        ),
    }
    Ok(())
}
