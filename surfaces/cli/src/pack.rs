//! `anju pack …`: check, plan, apply, doc, test.

use std::path::Path;

use anju_pack::{Pack, compile, reference};
use anju_store::{Effect, MigrationPlan, Store};

use crate::args::{Format, PackCommand, Place};
use crate::ending::Ending;
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
    match compile(&definitions::sources(dir)?) {
        Ok(pack) => {
            if format == Format::Json {
                println!("[]");
            } else {
                let (ledgers, requirements) = (pack.ledgers.len(), pack.requirements.len());
                println!("{ledgers} ledgers, {requirements} requirements, {} figures: no faults", pack.figures.len());
            }
            Ok(())
        }
        Err(faults) => {
            match format {
                Format::Json => println!("{}", serde_json::to_string_pretty(&faults).map_err(std::io::Error::from)?),
                Format::Csv => {
                    for fault in faults.iter() {
                        println!("{}:{}:{},{},{:?}", fault.file, fault.line, fault.column, fault.code, fault.message.en);
                    }
                }
                Format::Table => definitions::print_faults(&faults),
            }
            Err(Ending::No)
        }
    }
}

async fn planned(dir: Option<&Path>, place: &Place) -> Result<(Store, MigrationPlan), Ending> {
    let pack = definitions::pack(dir)?;
    if place.database.is_none() {
        std::fs::create_dir_all(&place.data)?;
    }
    let store = Store::open(&opening::url(place)).await?;
    let plan = store.plan(&pack).await?;
    Ok((store, plan))
}

fn show(plan: &MigrationPlan) {
    if plan.is_empty() {
        println!("the database follows the definitions; nothing to do");
        return;
    }
    for step in &plan.steps {
        let effect = match &step.effect {
            Effect::Expansion => "add   ".to_owned(),
            Effect::Tightening => "narrow".to_owned(),
            Effect::Contraction => "REMOVE".to_owned(),
            Effect::Deferred(rows) => format!("later  ({rows} rows stand against it)"),
        };
        println!("{effect} {}", step.what);
    }
}

async fn plan(dir: Option<&Path>, place: &Place) -> Result<(), Ending> {
    let (_, plan) = planned(dir, place).await?;
    show(&plan);
    Ok(())
}

async fn apply(dir: Option<&Path>, place: &Place, allow_contraction: bool) -> Result<(), Ending> {
    let (store, plan) = planned(dir, place).await?;
    show(&plan);
    store.apply(plan, allow_contraction).await.map_err(|error| match error {
        anju_store::Error::Contraction(_) => {
            Ending::Cannot(format!("{error}; nothing was changed. With --allow-contraction it is archived first and then removed"))
        }
        other => Ending::from(other),
    })
}

fn doc(pack: &Pack, to: &Path, check: bool) -> Result<(), Ending> {
    let mut stale = Vec::new();
    if !check {
        std::fs::create_dir_all(to)?;
    }
    for (name, text) in reference(pack) {
        let path = to.join(&name);
        if std::fs::read_to_string(&path).is_ok_and(|old| old == text) {
            continue;
        }
        stale.push(path.display().to_string());
        if !check {
            std::fs::write(&path, text)?;
        }
    }
    match (check, stale.as_slice()) {
        (_, []) => println!("the reference is up to date"),
        (true, stale) => {
            println!("out of date: {}\n→ run `anju pack doc {}`", stale.join(", "), to.display());
            return Err(Ending::No);
        }
        (false, written) => written.iter().for_each(|path| println!("wrote {path}")),
    }
    Ok(())
}

fn test(pack: &Pack) -> Result<(), Ending> {
    let outcomes = anju_coverage::tell_stories(pack);
    let failed = outcomes.iter().filter(|story| !story.faults.is_empty()).count();
    for story in &outcomes {
        println!("{} {} · {}", if story.faults.is_empty() { "ok  " } else { "FAIL" }, story.id, story.title.en);
        story.faults.iter().for_each(|fault| println!("     {fault}"));
    }
    println!("{} passed, {failed} failed", outcomes.len() - failed);
    if failed == 0 { Ok(()) } else { Err(Ending::No) }
}
