//! `anju sheet check`: what would become of every row.

use std::path::Path;
use std::time::Duration;

use anju_app::{Actor, Progress, Reading, RowState, SheetFault, SheetRead};
use anju_record::Lang;
use indicatif::ProgressBar;
use serde_json::json;

use super::args::FileArgs;
use crate::args::Format;
use crate::ending::Ending;
use crate::opening;
use crate::print::{Sheet, all, print, say};

/// A file, and how it is to be read.
pub struct Asked {
    pub name: String,
    pub bytes: Vec<u8>,
    pub sheet: String,
    pub area: String,
    pub reading: Reading,
}

/// Reads the file and the options.
pub fn asked(actor: &Actor, args: &FileArgs) -> Result<Asked, Ending> {
    let cannot = |error| Ending::Cannot(format!("{}: {error}", args.file.display()));
    let bytes = std::fs::read(&args.file).map_err(cannot)?;
    let name = args.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let sheet = match &args.sheet {
        Some(id) => id.clone(),
        None => actor.sheet_that_fits(&name, &bytes).map_err(|fault| faulty(fault, args.lang))?.ok_or_else(|| {
            let known =
                actor.sheets_to_hand_in().into_iter().filter(|sheet| !sheet.implicit).map(|sheet| sheet.id.clone());
            let known = known.collect::<Vec<_>>().join(", ");
            Ending::Usage(format!("{name} fits no kind of sheet; name one with --sheet: {known}, or a ledger's id"))
        })?,
    };
    let columns = args.column.iter().cloned();
    Ok(Asked {
        name,
        bytes,
        sheet,
        area: args.area.clone().unwrap_or_else(|| actor.county_code().to_owned()),
        reading: Reading {
            columns: columns.map(|(name, to)| (name, Some(to).filter(|to| !to.is_empty()))).collect(),
            given: args.set.iter().cloned().collect(),
            ..Reading::default()
        },
    })
}

/// Why a file cannot be read, for the terminal.
pub fn faulty(fault: SheetFault, lang: Lang) -> Ending {
    match fault {
        SheetFault::Book(fault) => Ending::Cannot(fault.message(lang)),
        SheetFault::None(grids) => {
            let why: Vec<_> = grids.iter().map(|(name, why)| format!("{name}: {}", why.message(lang))).collect();
            Ending::Cannot(format!("no sheet of the file can be read so\n  {}", why.join("\n  ")))
        }
        SheetFault::Given(faults) => {
            Ending::Usage(faults.iter().map(|fault| fault.message(lang)).collect::<Vec<_>>().join("; "))
        }
        SheetFault::Stopped => Ending::Cannot("stopped; nothing was written".into()),
        SheetFault::Refused(error) => error.into(),
    }
}

/// Shows on the terminal how far a piece of work is, until it is done.
pub async fn with_bar<T>(progress: &Progress, work: impl Future<Output = T>) -> T {
    let bar = ProgressBar::new(0);
    let watch = async {
        loop {
            let (_, done, every) = progress.now();
            bar.set_length(every);
            bar.set_position(done);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let done =
        tokio::select! { done = work => done, () = watch => unreachable!("it watches as long as the work lasts") };
    bar.finish_and_clear();
    done
}

/// Prints what would become of every row.
///
/// # Errors
/// `No` when rows are wrong or wait; else as [`super::run`].
pub async fn run(dir: Option<&Path>, args: &FileArgs, marked: Option<&Path>, format: Format) -> Result<(), Ending> {
    let actor = opening::county(dir, &args.place).await?;
    let asked = asked(&actor, args)?;
    let progress = Progress::default();
    let work = actor.check_sheet(&asked.name, &asked.bytes, &asked.sheet, &asked.area, &asked.reading, &progress);
    let read = with_bar(&progress, work).await.map_err(|fault| faulty(fault, args.lang))?;
    if let Some(to) = marked {
        let bytes = actor.marked_file(&asked.bytes, &read, args.lang)?;
        std::fs::write(to, bytes).map_err(|error| Ending::Cannot(format!("{}: {error}", to.display())))?;
    }
    match format {
        Format::Json => {
            all(serde_json::to_string_pretty(&body(&asked, &read, args.lang)).unwrap_or_default().as_bytes())?
        }
        _ => table(&read, format, args.lang)?,
    }
    let counted = read.run.counted();
    if counted.faulty + counted.held == 0 && read.run.missing.is_empty() { Ok(()) } else { Err(Ending::No) }
}

fn word(state: RowState) -> &'static str {
    match state {
        RowState::New => "new",
        RowState::Changed => "changed",
        RowState::Same => "same",
        RowState::Faulty => "faulty",
        RowState::Held => "held",
    }
}

fn heading(read: &SheetRead, column: Option<u32>) -> &str {
    let of = |column: u32| read.recognised.columns.iter().find(|known| known.column == column);
    column.and_then(of).map_or("", |column| column.heading.as_str())
}

fn body(asked: &Asked, read: &SheetRead, lang: Lang) -> serde_json::Value {
    let counted = read.run.counted();
    let grid = read.grids.iter().find(|grid| grid.read).map(|grid| grid.name.as_str());
    let faults = read.run.rows.iter().flat_map(|row| &row.faults).map(|fault| {
        json!({
            "row": fault.row, "column": heading(read, fault.column), "kind": fault.kind.as_str(), "warning": fault.warning,
            "group": fault.group, "value": fault.fault.value, "message": fault.fault.message(lang),
        })
    });
    let others = read.grids.iter().filter(|grid| !grid.read);
    let others =
        others.map(|grid| json!({ "sheet": grid.name, "why": grid.why.as_ref().map(|why| why.message(lang)) }));
    json!({
        "file": asked.name, "kind": asked.sheet, "area": asked.area, "sheet": grid, "encoding": read.encoding,
        "header_rows": read.recognised.header_rows,
        "columns": read.recognised.columns.iter().map(|column| json!({ "heading": column.heading, "role": format!("{:?}", column.role) })).collect::<Vec<_>>(),
        "counts": { "new": counted.new, "changed": counted.changed, "same": counted.same, "faulty": counted.faulty, "held": counted.held },
        "rows": read.run.rows.iter().map(|row| json!({ "row": row.number, "state": word(row.state), "name": row.name })).collect::<Vec<_>>(),
        "faults": faults.collect::<Vec<_>>(),
        "ignored": read.run.ignored.iter().map(|(row, why)| json!({ "row": row, "why": why.message(lang) })).collect::<Vec<_>>(),
        "missing": read.run.missing.iter().map(|missing| missing.key.clone()).collect::<Vec<_>>(),
        "place_needed": read.run.place.is_some(),
        "sheets_not_imported": others.collect::<Vec<_>>(),
    })
}

fn table(read: &SheetRead, format: Format, lang: Lang) -> Result<(), Ending> {
    let rows = read.run.rows.iter().flat_map(|row| &row.faults).map(|fault| {
        let weight = if fault.warning { "warning" } else { "fault" };
        vec![
            fault.row.to_string(),
            heading(read, fault.column).to_owned(),
            weight.to_owned(),
            fault.kind.as_str().to_owned(),
            fault.fault.message(lang),
        ]
    });
    let rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        print(format, &(), &Sheet { heads: &["row", "column", "weight", "kind", "what"], rows, figures: 0..1 })?;
    }
    if format == Format::Table {
        told(read);
    }
    Ok(())
}

/// The sums, and what is asked for.
pub fn told(read: &SheetRead) {
    let counted = read.run.counted();
    say(format_args!(
        "new {} · changed {} · same {} · faulty {} · held {}",
        counted.new, counted.changed, counted.same, counted.faulty, counted.held
    ));
    if !read.run.missing.is_empty() {
        let keys: Vec<_> = read.run.missing.iter().map(|missing| format!("--set {}=…", missing.key)).collect();
        say(format_args!("required, and not in the file; tell it for all rows: {}", keys.join(" ")));
    }
    if read.run.place.is_some() {
        say("rows belong to a place below the county: name it with --area CODE");
    }
}
