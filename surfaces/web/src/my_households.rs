//! The households somebody is there for: what each lacks, and by when. The page that those who hold no place open first.

use std::collections::HashMap;

use anju_app::{Actor, Error, Scope, Show};
use anju_pack::{LedgerIx, RequirementIx};
use anju_ui::{
    Column, Empty, PageHead, Panel, Row, Table, Tone, View, due_cell, page_head, panel, print_button, t, t_args, table,
    tag, text,
};
use axum::response::Response;
use maud::{Markup, html};
use uuid::Uuid;

use crate::answer::{Body, Part, answer};
use crate::places::site_name;
use crate::request::Asked;
use crate::signed::Signed;

/// Households on the page; a cadre has a dozen, a building a hundred.
const MOST: u64 = 300;

/// What one household lacks.
struct Lack {
    requirement: RequirementIx,
    left: i32,
}

/// `GET /my-households`
pub async fn page(Signed(actor): Signed, Asked(view): Asked) -> Response {
    let body = body(&actor, &view).await;
    answer(&actor, &view, body)
}

/// The page's own part; the overview's place for those who hold no area.
///
/// # Errors
/// When the database does not answer.
pub async fn body(actor: &Actor, view: &View) -> Result<Body, Error> {
    let lang = view.lang;
    let scope = actor.scope(view.area.as_deref(), view.on.as_deref())?;
    let ledger = actor.ledger("household")?;
    let found = actor.find(ledger, &scope, None, 0, MOST).await?;
    let ids: Vec<Uuid> = found.records.iter().map(|record| record.id).collect();
    let names = actor.labels(ledger, &ids).await?;
    let mut lacks = lacks(actor, &scope, ledger);
    let mut lines: Vec<(i32, Row)> = Vec::new();
    for record in &found.records {
        let mut mine = lacks.remove(&record.id).unwrap_or_default();
        mine.sort_by_key(|lack| lack.left);
        let first = mine.first().map_or(i32::MAX, |lack| lack.left);
        let name = names.get(&record.id).cloned().unwrap_or_else(|| record.id.to_string());
        let row = Row::of(vec![
            html! { a href=(view.link(&format!("/households/{}", record.id))) { (name) } },
            in_words(actor, view, &mine),
            html! { @match mine.first() { Some(lack) => (due_cell(lang, lack.left)), None => {} } },
            html! { (site_name(actor, &record.area)) },
        ]);
        lines.push((first, row));
    }
    lines.sort_by_key(|(first, _)| *first);
    let title = t(lang, "mine-title").into_owned();
    let lacking = lines.iter().filter(|(first, _)| *first != i32::MAX).count();
    let markup = html! {
        (page_head(lang, &PageHead {
            title: title.clone(),
            aside: Some(t_args(lang, "mine-count", &[("n", found.total.into()), ("lacking", lacking.into())])),
            actions: print_button(lang),
            ..PageHead::default()
        }))
        (panel(&Panel { body: table(lang, &list(view, lines.into_iter().map(|(_, row)| row).collect())), ..Panel::default() }))
    };
    Ok(Body { title, part: Part::Households, markup })
}

/// What each household that they see lacks.
fn lacks(actor: &Actor, scope: &Scope, ledger: LedgerIx) -> HashMap<Uuid, Vec<Lack>> {
    let mut lacks: HashMap<Uuid, Vec<Lack>> = HashMap::new();
    for requirement in actor.pack().requirement_ixs() {
        if actor.pack().requirement(requirement).each != ledger || !actor.sees(requirement) {
            continue;
        }
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

fn list(view: &View, rows: Vec<Row>) -> Table {
    let lang = view.lang;
    Table {
        caption: t(lang, "mine-title").into_owned(),
        columns: vec![
            Column::text(t(lang, "mine-household")),
            Column::text(t(lang, "mine-lacks")),
            Column::text(t(lang, "mine-due")),
            Column::text(t(lang, "place")).second(),
        ],
        rows,
        empty: Some(Empty {
            what: t(lang, "mine-none").into_owned(),
            next: Some(t(lang, "mine-none-next").into_owned()),
            action: None,
        }),
        ..Table::default()
    }
}
