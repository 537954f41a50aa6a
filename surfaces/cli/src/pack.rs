//! `anju pack …`: check, plan, apply, doc, test.

use std::path::Path;

use anju_pack::{Fault, Pack, compile, reference};
use anju_store::{Effect, MigrationPlan, Store};

use crate::args::{Format, PackCommand, Place};
use crate::ending::Ending;
use crate::print::{Sheet, print, say};
use crate::{definitions, opening};

/// Runs one of the pack commands.
///
/// # Errors
/// `No` when faults or differences were found and printed, `Cannot` with what to do.
pub async fn run(dir: Option<&Path>, command: PackCommand) -> Result<(), Ending> {
    match command {
        PackCommand::Check { dir: given, format } => check(given.as_deref().or(dir), format),
        PackCommand::Plan { place } => plan(dir, &place).await,
        PackCommand::Apply { place, allow_contraction } => apply(dir, &place, allow_contraction).await,
        PackCommand::Doc { dir: to, check } => doc(&definitions::pack(dir)?, &to, check),
        PackCommand::Test => test(&definitions::pack(dir)?),
    }
}

fn check(dir: Option<&Path>, format: Format) -> Result<(), Ending> {
    let compiled = compile(&definitions::sources(dir)?);
    match (&compiled, format) {
        (Ok(pack), Format::Table) => {
            let (ledgers, requirements) = (pack.ledgers.len(), pack.requirements.len());
            say(format_args!(
                "{ledgers} ledgers, {requirements} requirements, {} figures: no faults",
                pack.figures.len()
            ));
        }
        (Err(faults), Format::Table) => definitions::print_faults(faults),
        (_, format) => {
            let faults: Vec<&Fault> = compiled.as_ref().err().into_iter().flatten().collect();
            print(format, &faults, &sheet(&faults)).or_else(unread)?;
        }
    }
    if compiled.is_ok() { Ok(()) } else { Err(Ending::No) }
}

/// The answer stays "no" when nobody reads which faults there are.
fn unread(ending: Ending) -> Result<(), Ending> {
    if matches!(ending, Ending::Unread) { Ok(()) } else { Err(ending) }
}

fn sheet(faults: &[&Fault]) -> Sheet<'static> {
    let row = |fault: &&Fault| {
        let place = [fault.file.clone(), fault.line.to_string(), fault.column.to_string(), fault.code.to_string()];
        let words = [&fault.message.zh, &fault.message.en, &fault.mend.zh, &fault.mend.en].map(Clone::clone);
        place.into_iter().chain(words).collect()
    };
    let heads = &["file", "line", "column", "code", "message_zh", "message_en", "mend_zh", "mend_en"];
    Sheet { heads, rows: faults.iter().map(row).collect(), figures: 1..3 }
}

async fn planned(store: &Store, pack: &Pack, place: &Place) -> Result<MigrationPlan, Ending> {
    store.plan(pack).await.map_err(|error| opening::cannot(place, &error.to_string()))
}

fn show(plan: &MigrationPlan) {
    if plan.is_empty() {
        say("the database follows the definitions; nothing to do");
        return;
    }
    if plan.steps.is_empty() {
        say(
            "no table changes; only rules, titles or parameters are new. `anju pack apply` notes that the database follows them",
        );
    }
    for step in &plan.steps {
        let effect = match &step.effect {
            Effect::Expansion => "add   ".to_owned(),
            Effect::Tightening => "narrow".to_owned(),
            Effect::Sealing => "seal  ".to_owned(),
            Effect::Contraction => "REMOVE".to_owned(),
            Effect::Deferred(rows) => format!("later  ({rows} rows stand against it)"),
        };
        say(format_args!("{effect} {}", step.what));
    }
}

async fn plan(dir: Option<&Path>, place: &Place) -> Result<(), Ending> {
    let pack = definitions::pack(dir)?;
    if !opening::exists(place) {
        say(format_args!(
            "there is no database in {} yet; `anju pack apply` makes it, with {} ledgers",
            opening::shown(place),
            pack.ledgers.len()
        ));
        return Ok(());
    }
    let store = opening::store(place).await?;
    show(&planned(&store, &pack, place).await?);
    Ok(())
}

async fn apply(dir: Option<&Path>, place: &Place, allow_contraction: bool) -> Result<(), Ending> {
    let pack = definitions::pack(dir)?;
    opening::make_folder(place)?;
    let store = opening::reach(place).await?;
    let plan = planned(&store, &pack, place).await?;
    show(&plan);
    store.apply(plan, allow_contraction).await.map_err(|error| match error {
        anju_store::Error::Contraction(lost) => Ending::Cannot(format!(
            "refused, since data would be lost: {lost}; nothing was changed. With --allow-contraction it is archived first and then removed"
        )),
        other => opening::cannot(place, &other.to_string()),
    })
}

fn doc(pack: &Pack, to: &Path, check: bool) -> Result<(), Ending> {
    let cannot = |error| Ending::Cannot(format!("{}: {error}; name a folder that can be written", to.display()));
    let mut stale = Vec::new();
    if !check {
        std::fs::create_dir_all(to).map_err(cannot)?;
    }
    for (name, text) in reference(pack) {
        let path = to.join(&name);
        if std::fs::read_to_string(&path).is_ok_and(|old| old == text) {
            continue;
        }
        stale.push(path.display().to_string());
        if !check {
            std::fs::write(&path, text).map_err(cannot)?;
        }
    }
    match (check, stale.as_slice()) {
        (_, []) => say("the reference is up to date"),
        (true, stale) => {
            say(format_args!("out of date: {}\n→ run `anju pack doc {}`", stale.join(", "), to.display()));
            return Err(Ending::No);
        }
        (false, written) => written.iter().for_each(|path| say(format_args!("wrote {path}"))),
    }
    Ok(())
}

fn test(pack: &Pack) -> Result<(), Ending> {
    let outcomes = anju_coverage::tell_stories(pack);
    let failed = outcomes.iter().filter(|story| !story.faults.is_empty()).count();
    for story in &outcomes {
        say(format_args!(
            "{} {} · {}",
            if story.faults.is_empty() { "ok  " } else { "FAIL" },
            story.id,
            story.title.en
        ));
        story.faults.iter().for_each(|fault| say(format_args!("     {fault}")));
    }
    say(format_args!("{} passed, {failed} failed", outcomes.len() - failed));
    if failed == 0 { Ok(()) } else { Err(Ending::No) }
}
