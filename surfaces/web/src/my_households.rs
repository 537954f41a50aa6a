//! The households somebody is there for: what each lacks, and by when. The page that those who hold no place open first.

use std::collections::HashMap;

use anju_app::{Actor, Error, Scope, Show};
use anju_pack::{LedgerIx, RequirementIx};
use anju_ui::{
    Column, Empty, PageHead, Pager, Panel, Row, Table, Tone, View, due_cell, page_head, pager, panel, print_button, t,
    t_args, table, tag, text,
};
use axum::response::Response;
use maud::{Markup, html};
use uuid::Uuid;

use crate::answer::{Body, Part};
use crate::home::welcomed;
use crate::ledgers::pager_of;
use crate::places::site_name;
use crate::request::Asked;
use crate::signed::Signed;

/// Households sorted at most; a cadre has a dozen, a grid some hundreds.
const MOST: u64 = 2_000;
/// Households on a page.
const PAGE: u64 = 50;

/// What one household lacks.
struct Lack {
    requirement: RequirementIx,
    left: i32,
}

/// `GET /my-households`
pub async fn page(Signed(actor): Signed, Asked(view): Asked) -> Response {
    let body = body(&actor, &view).await;
    welcomed(&actor, &view, body).await
}

/// The page's own part; what opens first for those who are there for some households.
///
/// # Errors
/// When the database does not answer.
pub async fn body(actor: &Actor, view: &View) -> Result<Body, Error> {
    let lang = view.lang;
    let scope = actor.scope(view.area.as_deref(), view.on.as_deref())?;
    let ledger = actor.ledger("household")?;
    let found = actor.find(ledger, &scope, None, 0, MOST).await?;
    let mut lacks = lacks(actor, &scope, ledger);
    lacks.values_mut().for_each(|lacks| lacks.sort_by_key(|lack| lack.left));
    let first = |id: &Uuid| lacks.get(id).and_then(|lacks| lacks.first()).map_or(i32::MAX, |lack| lack.left);
    let mut records: Vec<_> = found.records.iter().collect();
    records.sort_by_key(|record| first(&record.id));
    let at = Pager { total: records.len() as u64, size: PAGE, ..pager_of(view) };
    let from = usize::try_from(at.offset()).unwrap_or(usize::MAX).min(records.len());
    let here: Vec<_> = records.iter().skip(from).take(usize::try_from(PAGE).unwrap_or(usize::MAX)).collect();
    let names = actor.labels(ledger, &here.iter().map(|record| record.id).collect::<Vec<_>>()).await?;
    let seen = asked(actor, ledger);
    let rows = here.iter().map(|record| {
        let mine = lacks.get(&record.id).map(Vec::as_slice).unwrap_or_default();
        let name = names.get(&record.id).cloned().unwrap_or_else(|| record.id.to_string());
        let mut cells = vec![html! { a href=(view.link(&format!("/households/{}", record.id))) { (name) } }];
        if !seen.is_empty() {
            cells.push(in_words(actor, view, mine));
            cells.push(html! { @if let Some(lack) = mine.first() { (due_cell(lang, lack.left)) } });
        }
        cells.push(html! { (site_name(actor, &record.area)) });
        Row::of(cells)
    });
    let list = list(view, !seen.is_empty(), rows.collect());
    let title = t(lang, "mine-title").into_owned();
    let aside = match seen.len() {
        0 => t_args(lang, "mine-unseen", &[("n", found.total.into())]),
        _ => t_args(lang, "mine-count", &[("n", found.total.into()), ("lacking", lacks.len().into())]),
    };
    let all = actor.pack().requirement_ixs().filter(|ix| actor.pack().requirement(*ix).each == ledger).count();
    let part = (1..all).contains(&seen.len()).then(|| t_args(lang, "mine-part", &[("n", seen.len().into())]));
    let markup = html! {
        (page_head(lang, &PageHead {
            title: title.clone(),
            aside: Some(aside),
            below: part,
            actions: print_button(lang),
            ..PageHead::default()
        }))
        (panel(&Panel {
            body: html! { (table(lang, &list)) (pager(lang, at, |page| view.here_with("page", &page.to_string()))) },
            ..Panel::default()
        }))
    };
    Ok(Body { title, part: Part::Mine, markup })
}

/// What is asked of a household, as far as they see how it stands.
fn asked(actor: &Actor, ledger: LedgerIx) -> Vec<RequirementIx> {
    let of = |ix: &RequirementIx| actor.pack().requirement(*ix).each == ledger && actor.sees(*ix);
    actor.pack().requirement_ixs().filter(of).collect()
}

/// What each household that they see lacks.
fn lacks(actor: &Actor, scope: &Scope, ledger: LedgerIx) -> HashMap<Uuid, Vec<Lack>> {
    let mut lacks: HashMap<Uuid, Vec<Lack>> = HashMap::new();
    for requirement in asked(actor, ledger) {
        for gap in actor.list(requirement, scope, Show::Gap) {
            let left = gap.gap.as_ref().and_then(|gap| gap.due_on).map_or(i32::MAX - 1, |due| due - scope.on);
            lacks.entry(gap.id).or_default().push(Lack { requirement, left });
        }
    }
    lacks
}

/// Lacks that a line names; the file has them all.
const NAMED: usize = 4;

fn in_words(actor: &Actor, view: &View, lacks: &[Lack]) -> Markup {
    let lang = view.lang;
    let comma = t(lang, "list-comma");
    let short = |lack: &Lack| text(lang, &actor.pack().requirement(lack.requirement).short).to_owned();
    let named: Vec<_> = lacks.iter().take(NAMED).map(short).collect();
    html! {
        @if lacks.is_empty() { (tag(Tone::Met, &t(lang, "mine-nothing"))) }
        @else {
            (named.join(&comma))
            @if lacks.len() > NAMED { " " small.quiet { (t_args(lang, "mine-more", &[("n", (lacks.len() - NAMED).into())])) } }
        }
    }
}

fn list(view: &View, judged: bool, rows: Vec<Row>) -> Table {
    let lang = view.lang;
    let mut columns = vec![Column::text(t(lang, "mine-household"))];
    if judged {
        columns.extend([Column::text(t(lang, "mine-lacks")), Column::text(t(lang, "mine-due"))]);
    }
    columns.push(Column::text(t(lang, "place")).second());
    Table {
        caption: t(lang, "mine-title").into_owned(),
        columns,
        rows,
        empty: Some(Empty {
            what: t(lang, "mine-none").into_owned(),
            next: Some(t(lang, "mine-none-next").into_owned()),
            action: None,
        }),
        ..Table::default()
    }
}
