//! `anju sheet import|take|list|undo`.

use std::path::Path;

use anju_app::{
    Actor, ImportState, Progress, SheetLine, TakeRefused, Took, TouchedSince, UndoError, WriteError, Written, moment,
};
use anju_record::Lang;
use uuid::Uuid;

use super::args::FileArgs;
use super::asked::{asked, faulty};
use super::check::{pages_left, told, with_bar};
use crate::args::{Format, Place};
use crate::ending::Ending;
use crate::opening;
use crate::print::{Sheet, print, say};

/// Records that are named of those that stand against taking back.
const NAMED: usize = 100;

/// Keeps a file and takes its good rows.
///
/// # Errors
/// `No` when rows are left, else as [`super::run`].
pub async fn import(dir: Option<&Path>, args: &FileArgs, whole: bool) -> Result<(), Ending> {
    let actor = opening::county(dir, &args.place).await?.reading_in(args.lang);
    let mut asked = asked(&actor, args)?;
    asked.reading.whole = whole;
    asked.say_better();
    let kept = actor.hand_in(&asked.name, &asked.bytes, &asked.sheet, &asked.area, &asked.reading).await;
    let id = kept.map_err(|fault| faulty(fault, args.lang))?;
    say(format_args!("sheet {id}"));
    let line = actor.sheet_line(id).await?;
    let read = actor.sheet_as_it_stands(&line).await.map_err(|fault| faulty(fault, args.lang))?;
    pages_left(&read, args.lang);
    taken(&actor, id, args.lang).await
}

/// Takes again what can be taken by now.
///
/// # Errors
/// As [`import`].
pub async fn again(dir: Option<&Path>, place: &Place, id: Uuid, lang: Lang) -> Result<(), Ending> {
    taken(&opening::county(dir, place).await?.reading_in(lang), id, lang).await
}

async fn taken(actor: &Actor, id: Uuid, lang: Lang) -> Result<(), Ending> {
    let line = actor.sheet_line(id).await?;
    let progress = Progress::default();
    let took = with_bar(&progress, actor.take_sheet(&line, &progress)).await.map_err(|error| refused(error, lang))?;
    match took {
        Took::Written(taken) => {
            say(format_args!("rows written: {}, journal {} to {}", taken.rows, taken.first, taken.last));
        }
        Took::Nothing => say("nothing to write: all of it is there, or waits"),
        Took::Waiting(proposal) => say(format_args!("it waits for a second person: proposal {proposal}")),
    }
    let line = actor.sheet_line(id).await?;
    if line.import.state != ImportState::Open {
        return Ok(());
    }
    let read = actor.sheet_as_it_stands(&line).await.map_err(|fault| faulty(fault, lang))?;
    told(&read);
    say(format_args!("the rest waits; `anju sheet take {id}` takes what can be taken later"));
    Err(Ending::No)
}

/// What stands against taking back.
fn touched(actor: &Actor, one: &TouchedSince, lang: Lang) -> String {
    let ledger = actor.pack().ledger(one.ledger);
    let fields: Vec<_> = one.fields.iter().map(|field| lang.of(&ledger.field(*field).title)).collect();
    let fields = if fields.is_empty() { "recorded since, and concerns it".to_owned() } else { fields.join(", ") };
    format!("{} {} ({}, {}): {fields}", lang.of(&ledger.title), one.name, one.actor, moment(one.at_ms))
}

fn refused(error: TakeRefused, lang: Lang) -> Ending {
    match error {
        TakeRefused::Sheet(fault) => faulty(fault, lang),
        TakeRefused::NotWhole(rows) => Ending::Cannot(format!(
            "nothing was written, for --whole takes all or nothing; rows that are wrong or wait: {rows}; `anju sheet check` names them"
        )),
        TakeRefused::Rows(faults) => {
            let lines = faults.iter().map(|fault| format!("row {}: {}", fault.row, fault.fault.message(lang)));
            Ending::Cannot(format!("refused, nothing was written\n  {}", lines.collect::<Vec<_>>().join("\n  ")))
        }
    }
}

/// Sheets that were handed in.
///
/// # Errors
/// As [`super::run`].
pub async fn list(dir: Option<&Path>, place: &Place) -> Result<(), Ending> {
    let actor = opening::county(dir, place).await?;
    let lines = actor.sheet_lines().await?;
    let row = |line: &SheetLine| {
        let rows: u32 = line.taken.iter().filter(|taken| !taken.undone).map(|taken| taken.rows).sum();
        let import = &line.import;
        vec![
            import.id.to_string(),
            import.name.clone(),
            import.sheet.clone(),
            import.area.clone(),
            import.maker.clone(),
            moment(import.made_at),
            import.state.id().to_owned(),
            rows.to_string(),
        ]
    };
    let heads = &["id", "file", "kind", "area", "by", "at", "state", "rows"];
    print(Format::Table, &(), &Sheet { heads, rows: lines.iter().map(row).collect(), figures: 7..8 })
}

/// Takes back what a sheet wrote.
///
/// # Errors
/// `No` when somebody changed it since; else as [`super::run`].
pub async fn undo(dir: Option<&Path>, place: &Place, id: Uuid, lang: Lang) -> Result<(), Ending> {
    let actor = opening::county(dir, place).await?.reading_in(lang);
    let line = actor.sheet_line(id).await?;
    match actor.undo_sheet(&line).await {
        Ok(Written::Committed(receipt)) => say(format_args!("records as they were before: {}", receipt.changes.len())),
        Ok(Written::Waiting(proposal)) => say(format_args!("it waits for a second person: proposal {proposal}")),
        Err(UndoError::Touched(by)) => {
            say("somebody changed or recorded this after the import, so it cannot be undone as a whole:");
            by.iter().take(NAMED).for_each(|one| say(format_args!("  {}", touched(&actor, one, lang))));
            if by.len() > NAMED {
                say(format_args!("  and {} more", by.len() - NAMED));
            }
            return Err(Ending::No);
        }
        Err(UndoError::Write(WriteError::Refused(error))) => return Err(error.into()),
        Err(UndoError::Write(WriteError::Commit(anju_store::CommitError::Invalid { faults, .. }))) => {
            let words: Vec<_> = faults.iter().map(|fault| fault.message(lang)).collect();
            return Err(Ending::Cannot(format!("refused, nothing was undone: {}", words.join("; "))));
        }
        Err(UndoError::Write(WriteError::Commit(error))) => return Err(Ending::Cannot(error.to_string())),
    }
    Ok(())
}
