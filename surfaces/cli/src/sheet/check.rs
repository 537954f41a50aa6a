//! `anju sheet check`: what would become of every row.

use std::path::Path;
use std::time::Duration;

use anju_app::{Actor, Progress, SheetRead};
use anju_exchange::{ReadColumn, Role};
use anju_pack::Sheet;
use anju_record::Lang;
use indicatif::ProgressBar;
use serde_json::{Value, json};

use super::args::FileArgs;
use super::asked::{Asked, asked, faulty};
use super::rows;
use crate::args::Format;
use crate::ending::Ending;
use crate::files::Out;
use crate::opening;
use crate::print::{self, say};

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
pub async fn run(dir: Option<&Path>, args: &FileArgs, marked: Option<Out<'_>>, format: Format) -> Result<(), Ending> {
    if let Some(to) = &marked {
        to.check()?;
        to.check_is_workbook(&["xlsx", "xlsm"])?;
    }
    let actor = opening::county(dir, &args.place).await?.reading_in(args.lang);
    let asked = asked(&actor, args)?;
    if format == Format::Table {
        asked.say_better();
    }
    let progress = Progress::default();
    let work = actor.check_sheet(&asked.name, &asked.bytes, &asked.sheet, &asked.area, &asked.reading, &progress);
    let read = with_bar(&progress, work).await.map_err(|fault| faulty(fault, args.lang))?;
    if let Some(to) = marked {
        to.write(&actor.marked_file(&asked.bytes, &read, args.lang)?)?;
    }
    match format {
        Format::Json => print::json(&body(&actor, &asked, &read, args.lang))?,
        _ => rows::print(&actor, &read, format, args.lang)?,
    }
    if format == Format::Table {
        told(&read);
        pages_left(&read, args.lang);
    }
    if read.run.left() == 0 && read.run.missing.is_empty() { Ok(()) } else { Err(Ending::No) }
}

fn body(actor: &Actor, asked: &Asked, read: &SheetRead, lang: Lang) -> Value {
    let counted = read.run.counted();
    let grid = read.grids.iter().find(|grid| grid.read).map(|grid| grid.name.as_str());
    let faults = read.run.rows.iter().flat_map(|row| &row.faults).map(|fault| {
        json!({
            "row": fault.row, "column": rows::heading(read, fault.column), "kind": fault.kind.as_str(), "warning": fault.warning,
            "group": fault.group, "value": fault.fault.value, "message": fault.fault.message(lang),
        })
    });
    let joined = read.recognised.joined.as_ref();
    let beside = joined.and_then(|joined| Some((read.grids.get(joined.grid)?.name.as_str(), &joined.alone)));
    let others = read.grids.iter().filter(|grid| !grid.read && beside.is_none_or(|(name, _)| *name != grid.name));
    let others =
        others.map(|grid| json!({ "sheet": grid.name, "why": grid.why.as_ref().map(|why| why.message(lang)) }));
    let sheet = actor.pack().sheet_by_id(&asked.sheet);
    let columns = read.recognised.columns.iter().filter_map(|one| Some(column(actor, sheet.as_deref()?, one)));
    json!({
        "file": asked.name, "kind": asked.sheet, "fits_better": asked.better, "area": asked.area, "sheet": grid, "encoding": read.encoding,
        "header_rows": read.recognised.header_rows,
        "columns": columns.collect::<Vec<_>>(),
        "counts": { "new": counted.new, "changed": counted.changed, "same": counted.same, "faulty": counted.faulty, "held": counted.held, "faulty_in_part": counted.partly },
        "rows": read.run.rows.iter().map(|row| rows::body(actor, read, row, lang)).collect::<Vec<_>>(),
        "faults": faults.collect::<Vec<_>>(),
        "ignored": read.run.ignored.iter().map(|(row, why)| json!({ "row": row, "why": why.message(lang) })).collect::<Vec<_>>(),
        "missing": read.run.missing.iter().map(|missing| missing.key.clone()).collect::<Vec<_>>(),
        "read_beside": beside.map(|(name, alone)| json!({ "sheet": name, "rows_that_none_names": alone })),
        "place_needed": read.run.place.is_some(),
        "sheets_not_imported": others.collect::<Vec<_>>(),
    })
}

/// A column, and what it is for: the fields that it fills, as `--column` names them and by ledger and field.
fn column(actor: &Actor, sheet: &Sheet, column: &ReadColumn) -> Value {
    let pack = actor.pack();
    let (role, targets) = match &column.role {
        Role::Fields(targets) => ("fields", targets.as_slice()),
        Role::Count => ("count", &[][..]),
        Role::Serial => ("serial", &[][..]),
        Role::Record => ("record", &[][..]),
        Role::Unknown => ("unknown", &[][..]),
    };
    let fields = targets.iter().map(|target| {
        let ledger = pack.ledger(target.ledger);
        json!({ "name": target.name(pack, sheet), "ledger": ledger.id, "field": ledger.field(target.field).id })
    });
    json!({ "heading": column.heading, "role": role, "fields": fields.collect::<Vec<_>>() })
}

/// The sums, and what is asked for.
pub fn told(read: &SheetRead) {
    let counted = read.run.counted();
    say(format_args!(
        "new {} · changed {} · same {} · faulty {} · held {}",
        counted.new, counted.changed, counted.same, counted.faulty, counted.held
    ));
    if counted.partly > 0 {
        say(format_args!("faulty in part {}: the rest of each can be taken", counted.partly));
    }
    if !read.run.missing.is_empty() {
        say(format_args!("required, and not in the file; tell it for all rows: {}", rows::asked_for(read)));
    }
    if let Some(joined) = read.recognised.joined.as_ref().filter(|joined| !joined.alone.is_empty()) {
        let name = read.grids.get(joined.grid).map_or("", |grid| grid.name.as_str());
        let rows: Vec<String> = joined.alone.iter().map(u32::to_string).collect();
        say(format_args!("rows of the page “{name}” that no row names are not read: {}", rows.join(", ")));
    }
    if read.run.place.is_some() {
        say("rows belong to a place below the county: name it with --area CODE");
    }
}

/// Pages of the workbook that hold rows and are not read.
pub fn pages_left(read: &SheetRead, lang: Lang) {
    for (_, page) in read.pages_left() {
        let name = &page.name;
        match &page.why {
            None => say(format_args!(
                "the page “{name}” is not read (rows: about {}); one is read at a time: --page {name}",
                page.rows
            )),
            Some(why) => say(format_args!("the page “{name}” is not read: {}", why.message(lang))),
        }
    }
}
