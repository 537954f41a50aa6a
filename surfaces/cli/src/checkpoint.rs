//! `anju checkpoint` and `anju verify --checkpoint`: how far the chains reached, signed, to be kept outside the database.

use std::io::Write as _;
use std::path::Path;

use anju_store::Checkpoint;

use crate::args::{CheckpointArgs, VerifyArgs};
use crate::ending::Ending;
use crate::opening;
use crate::print::say;
use crate::verify::told;

/// Makes a checkpoint and hands it out.
///
/// # Errors
/// `Cannot` when there is no county or the file cannot be written.
pub async fn make(dir: Option<&Path>, args: CheckpointArgs) -> Result<(), Ending> {
    let actor = opening::county(dir, &args.place).await?;
    let made = actor.make_checkpoint(actor.who(), actor.now()).await?;
    let Some(file) = &args.export else {
        say(made.export().trim_end());
        return Ok(());
    };
    let cannot = |error: std::io::Error| {
        Ending::Cannot(format!(
            "{}: {error}; name a file that does not exist yet, in a folder that can be written",
            file.display()
        ))
    };
    // One that is there was kept for a reason.
    let mut written = std::fs::File::create_new(file).map_err(cannot)?;
    written.write_all(made.export().as_bytes()).and_then(|()| written.sync_all()).map_err(cannot)?;
    say(format_args!("{}: journal to row {}, events to {}", file.display(), made.journal_seq, made.event_seq));
    Ok(())
}

/// Checks an exported checkpoint: its signature anywhere, and the chains against it where the county is.
///
/// # Errors
/// `No` when it does not hold, after printing why; `Usage` for a file that is none.
pub async fn check(dir: Option<&Path>, args: &VerifyArgs, file: &Path) -> Result<(), Ending> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        Ending::Usage(format!("{}: {error}; name a file that `anju checkpoint --export` wrote", file.display()))
    })?;
    let Some(checkpoint) = Checkpoint::parse(&text) else {
        return Err(Ending::Usage(format!(
            "{} is no checkpoint; name a file that `anju checkpoint --export` wrote",
            file.display()
        )));
    };
    if !checkpoint.is_signed() {
        say("checkpoint does NOT hold: its words are not what was signed");
        return Err(Ending::No);
    }
    if args.public_key.as_ref().is_some_and(|key| *key != checkpoint.public_key) {
        say(format_args!("checkpoint does NOT hold: it was signed with another key, {}", checkpoint.public_key));
        return Err(Ending::No);
    }
    say(format_args!("the signature holds, by the key {}", checkpoint.public_key));
    if !opening::exists(&args.place) {
        say("there is no county here to hold it against; compare the key with the one you noted");
        return Ok(());
    }
    let actor = opening::county(dir, &args.place).await?;
    // The rows it names say nothing of those between them; the chains do.
    let proofs =
        [actor.verify_against(&checkpoint).await?, actor.verify_journal().await?, actor.verify_events().await?];
    let faults = proofs.map(|proof| told(proof).faults).concat();
    if faults.is_empty() { Ok(()) } else { Err(Ending::No) }
}
