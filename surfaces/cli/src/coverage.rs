//! `anju coverage` and `anju gaps`.

use std::path::Path;

use anju_app::{Actor, GapLine, Scope, Show};
use anju_record::day;

use crate::args::{CoverageArgs, GapsArgs};
use crate::ending::Ending;
use crate::opening;
use crate::print::{Sheet, print};

fn scope(actor: &Actor, args: &CoverageArgs) -> Result<Scope, Ending> {
    Ok(actor.scope(args.area.as_deref(), args.on.as_deref())?)
}

/// Every requirement's coverage.
///
/// # Errors
/// `Usage` for an unknown area or date, `Cannot` when there is no county.
pub async fn coverage(dir: Option<&Path>, args: CoverageArgs) -> Result<(), Ending> {
    let actor = opening::county(dir, &args.place).await?;
    let lines = actor.coverage(&scope(&actor, &args)?);
    let rows = (lines.iter())
        .map(|line| {
            vec![
                line.id.clone(),
                line.row.clone(),
                line.mechanism.clone(),
                line.title.zh.clone(),
                line.area.clone(),
                line.met.to_string(),
                line.gap.to_string(),
                line.exempt.to_string(),
                line.not_applicable.to_string(),
            ]
        })
        .collect();
    let heads = &["id", "row", "mechanism", "title", "area", "met", "gap", "exempt", "not_applicable"];
    print(args.format, &lines, &Sheet { heads, rows, figures: 5..9 })
}

/// The gaps of one requirement by name.
///
/// # Errors
/// `Usage` for an unknown requirement, area or date, `Cannot` when there is no county.
pub async fn gaps(dir: Option<&Path>, args: GapsArgs) -> Result<(), Ending> {
    let actor = opening::county(dir, &args.coverage.place).await?;
    let ix = actor.requirement(&args.requirement)?;
    let listed = actor.list(ix, &scope(&actor, &args.coverage)?, Show::Gap);
    let named = actor.named(ix, &listed).await?;
    let lines: Vec<GapLine> = (named.into_iter())
        .filter_map(|line| {
            let gap = line.gap?;
            Some(GapLine {
                subject_id: line.id,
                subject: line.name,
                area: line.area,
                have: gap.have,
                need: gap.need,
                owner: gap.owner.zh,
                due_on: gap.due_on.map(day::format),
            })
        })
        .collect();
    let rows = (lines.iter())
        .map(|line| {
            vec![
                line.subject_id.to_string(),
                line.subject.clone(),
                line.area.clone(),
                line.have.to_string(),
                line.need.to_string(),
                line.owner.clone(),
                line.due_on.clone().unwrap_or_default(),
            ]
        })
        .collect();
    let heads = &["subject_id", "subject", "area", "have", "need", "owner", "due_on"];
    print(args.coverage.format, &lines, &Sheet { heads, rows, figures: 3..5 })
}
