//! `anju verify`: proofs on the data as they stand.

use std::path::Path;

use anju_app::Proof as Found;
use indicatif::ProgressBar;

use crate::args::{Proof, VerifyArgs};
use crate::checkpoint;
use crate::ending::Ending;
use crate::opening;
use crate::print::say;

/// Faults printed of one proof; when a ledger was lost, the rest say the same.
const SHOWN: usize = 20;

/// Runs the proofs asked for, all of them if none is named.
///
/// # Errors
/// `No` when a proof fails, after printing what; `Cannot` when there is no county.
pub async fn run(dir: Option<&Path>, args: VerifyArgs) -> Result<(), Ending> {
    if let Some(file) = &args.checkpoint {
        return checkpoint::check(dir, &args, file).await;
    }
    let actor = opening::county(dir, &args.place).await?;
    let asked = |proof| args.what.is_empty() || args.what.contains(&proof);
    let mut found: Vec<Found> = Vec::new();
    if asked(Proof::Journal) {
        found.push(told(actor.verify_journal().await?));
    }
    if asked(Proof::Events) {
        found.push(told(actor.verify_events().await?));
    }
    if asked(Proof::Checkpoints) {
        found.push(told(actor.verify_checkpoints().await?));
    }
    if asked(Proof::Shard) {
        found.push(told(actor.verify_shard().await?));
    }
    if asked(Proof::Coverage) {
        let bar = ProgressBar::new(0);
        let step = |done, total| {
            bar.set_length(total);
            bar.set_position(done);
        };
        let proof = actor.verify_coverage(step).await?;
        bar.finish_and_clear();
        found.push(told(proof));
    }
    if found.iter().all(|proof| proof.faults.is_empty()) { Ok(()) } else { Err(Ending::No) }
}

/// Prints what a proof found.
pub fn told(proof: Found) -> Found {
    match proof.faults.as_slice() {
        [] => say(format_args!("{:<11} holds: {}", proof.what, proof.seen)),
        faults => {
            say(format_args!("{:<11} does NOT hold:", proof.what));
            faults.iter().take(SHOWN).for_each(|fault| say(format_args!("            {fault}")));
            if faults.len() > SHOWN {
                say(format_args!("            … and {} more", faults.len() - SHOWN));
            }
        }
    }
    proof
}
