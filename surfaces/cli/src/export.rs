//! `anju export`: ledgers as CSV with raw codes and ids, or in the columns of the import template.

use std::io::{BufWriter, Write};
use std::path::Path;

use anju_app::{Actor, Columns, RollAsk};
use anju_exchange::write::TableFormat;
use anju_pack::LedgerIx;
use anju_record::Lang;
use indicatif::ProgressBar;

use crate::args::ExportArgs;
use crate::ending::Ending;
use crate::files::Out;
use crate::{opening, print};

/// One ledger to standard output or a file, or all into a folder.
///
/// # Errors
/// `Usage` for an unknown ledger or place, `Cannot` when there is no county, or a file is there already or cannot be written.
pub async fn run(dir: Option<&Path>, args: ExportArgs) -> Result<(), Ending> {
    let actor = opening::county(dir, &args.place).await?;
    let area = actor.scope(args.area.as_deref(), None)?.area;
    let format = TableFormat::parse(&args.format).filter(|_| args.format != "csv");
    if let Some(id) = &args.ledger {
        let ledger = actor.ledger(id)?;
        let Some(out) = &args.out else {
            let bytes = one(&actor, ledger, &area, format, Vec::new()).await?;
            return print::all(&bytes);
        };
        let to = Out { path: out, other: "--out another", force: args.force };
        one(&actor, ledger, &area, format, BufWriter::new(to.create()?)).await?;
        print::say(out.display());
        return Ok(());
    }
    let Some(to) = &args.all else { return Err(Ending::Usage("name a ledger, or a folder with --all DIR".into())) };
    every(&actor, &area, format, to, args.force).await
}

/// Every ledger into a folder, or none when a file of it would be lost.
async fn every(actor: &Actor, area: &str, format: Option<TableFormat>, to: &Path, force: bool) -> Result<(), Ending> {
    std::fs::create_dir_all(to).map_err(|error| {
        Ending::Cannot(format!("{}: {error}; name a folder that can be written with --all", to.display()))
    })?;
    let ending = format.map_or("csv", TableFormat::ending);
    let pack = actor.pack();
    let files = pack.ledger_ixs().map(|ix| (ix, to.join(format!("{}.{ending}", pack.ledger(ix).id))));
    let files: Vec<_> = files.collect();
    let out = |path| Out { path, other: "--all another", force };
    files.iter().try_for_each(|(_, path)| out(path).check())?;
    let bar = ProgressBar::new(files.len() as u64);
    for (ix, path) in &files {
        one(actor, *ix, area, format, BufWriter::new(out(path).create()?)).await?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(())
}

/// A ledger into a file, with raw codes and ids if no other format is asked for.
async fn one<W: Write + Send>(
    actor: &Actor,
    ledger: LedgerIx,
    area: &str,
    format: Option<TableFormat>,
    mut out: W,
) -> Result<W, Ending> {
    let Some(format) = format else {
        actor.export(ledger, area, &mut out).await?;
        return Ok(out);
    };
    let ask = RollAsk { area: Some(area.to_owned()), ..RollAsk::of(ledger) };
    let table = actor.table(&ask, &Columns::Sheet, None, Lang::Zh).await?;
    Ok(table.write(actor, format, out).await?)
}
