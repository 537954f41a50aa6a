//! `anju backup`: the database in one file, taken beside a running server.

use crate::args::BackupArgs;
use crate::ending::Ending;
use crate::opening;
use crate::print::say;

/// Copies a SQLite database; for PostgreSQL says what does it.
///
/// # Errors
/// `Cannot` with what to do.
pub async fn run(args: BackupArgs) -> Result<(), Ending> {
    let to = args.file.display();
    if opening::file(&args.place).is_none() {
        return Err(Ending::Cannot(format!(
            "PostgreSQL makes its own backups; run: pg_dump --format=custom --file={to} '{}'",
            opening::shown(&args.place)
        )));
    }
    let store = opening::store(&args.place).await?;
    store.backup(&args.file).await.map_err(|error| {
        Ending::Cannot(format!("{to}: {error}; name a file that does not exist yet, in a folder that can be written"))
    })?;
    say(to);
    if let Some(keys) = store.vault().path() {
        say(format_args!("the keys are not in it: keep a copy of {} in another place", keys.display()));
    }
    Ok(())
}
