//! `anju export`: ledgers as CSV with raw codes and ids.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use indicatif::ProgressBar;

use crate::args::ExportArgs;
use crate::ending::Ending;
use crate::{opening, print};

/// One ledger to standard output, or all into a folder.
///
/// # Errors
/// `Usage` for an unknown ledger, `Cannot` when there is no county or the folder cannot be written.
pub async fn run(dir: Option<&Path>, args: ExportArgs) -> Result<(), Ending> {
    let actor = opening::county(dir, &args.place).await?;
    if let Some(id) = &args.ledger {
        let mut csv = Vec::new();
        actor.export(actor.ledger(id)?, &mut csv).await?;
        return print::all(&csv);
    }
    let Some(to) = &args.all else { return Err(Ending::Usage("name a ledger, or a folder with --all DIR".into())) };
    let cannot = |error| Ending::Cannot(format!("{}: {error}; name a folder that can be written", to.display()));
    std::fs::create_dir_all(to).map_err(cannot)?;
    let bar = ProgressBar::new(actor.pack().ledgers.len() as u64);
    for ix in actor.pack().ledger_ixs() {
        let file = File::create(to.join(format!("{}.csv", actor.pack().ledger(ix).id))).map_err(cannot)?;
        actor.export(ix, BufWriter::new(file)).await?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(())
}
