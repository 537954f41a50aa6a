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
    let called = |ending: &str| args.out.as_deref().is_some_and(|out| ends_with(out, ending));
    let workbook = called("xlsx");
    let format = args.format.as_deref().unwrap_or(if workbook { "xlsx" } else { "csv" });
    let format = TableFormat::parse(format).filter(|_| format != "csv");
    if let Some(id) = &args.ledger {
        let ledger = actor.ledger(id)?;
        let Some(out) = &args.out else {
            let bytes = one(&actor, ledger, &area, format, Vec::new()).await?;
            return print::all(&bytes);
        };
        let is_other = if format == Some(TableFormat::Xlsx) { called("csv") } else { workbook };
        if let Some(format) = args.format.as_deref().filter(|_| is_other) {
            let so = out.with_extension(if workbook { "csv" } else { "xlsx" });
            let (out, so) = (out.display(), so.display());
            return Err(Ending::Usage(format!("{out}: --format {format} writes no such file; name it {so}")));
        }
        let to = Out { path: out, other: "--out another", force: args.force };
        one(&actor, ledger, &area, format, BufWriter::new(to.create()?)).await?;
        print::say(out.display());
        return Ok(());
    }
    let Some(to) = &args.all else { return Err(Ending::Usage("name a ledger, or a folder with --all DIR".into())) };
    every(&actor, &area, format, to, args.force).await
}

/// Whether a file's name ends so.
fn ends_with(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|known| known.eq_ignore_ascii_case(ending))
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
