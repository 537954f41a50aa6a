//! The mechanisms, each with all its requirements.

use anju_app::{Actor, Error, Scope};
use anju_pack::{MechanismIx, RequirementIx};
use anju_ui::{Column, PageHead, Panel, Row, Table, View, bar, page_head, panel, t, table, text};
use axum::response::Response;
use maud::{Markup, html};

use crate::answer::{Body, Part, answer};
use crate::places::{amount, area_pick, scope, scope_name, share};
use crate::request::Asked;
use crate::signed::Signed;

/// `GET /mechanisms`
pub async fn page(Signed(actor): Signed, Asked(view): Asked) -> Response {
    answer(&actor, &view, body(&actor, &view))
}

fn body(actor: &Actor, view: &View) -> Result<Body, Error> {
    let lang = view.lang;
    let scope = scope(actor, view)?;
    let title = t(lang, "nav-mechanisms").into_owned();
    let head = PageHead {
        title: title.clone(),
        aside: Some(scope_name(actor, view, &scope)),
        actions: area_pick(actor, view, &scope),
        ..PageHead::default()
    };
    let mut order: Vec<_> =
        (0..actor.pack().mechanisms.len()).filter_map(|at| u16::try_from(at).ok()).map(MechanismIx).collect();
    // The base comes last here: readers come for the five.
    order.sort_by_key(|ix| match actor.pack().mechanism(*ix).order {
        0 => u16::MAX,
        order => order,
    });
    let markup = html! {
        (page_head(lang, &head))
        @for ix in order {
            @let mechanism = actor.pack().mechanism(ix);
            @let requirements = actor.requirements_of(ix);
            @if !requirements.is_empty() {
                (panel(&Panel {
                    title: text(lang, &mechanism.title).to_owned(),
                    note: Some(text(lang, &mechanism.promise).to_owned()),
                    actions: Some(html! { a href=(view.link(&format!("/mechanisms/{}", mechanism.id))) { (t(lang, "open-mechanism")) } }),
                    id: Some(mechanism.id.clone()),
                    body: requirement_table(actor, view, &scope, text(lang, &mechanism.title), &requirements),
                }))
            }
        }
    };
    Ok(Body { title, part: Part::Mechanisms, markup })
}

/// Requirements with their coverage; `of` says in the caption whose they are.
pub fn requirement_table(
    actor: &Actor,
    view: &View,
    scope: &Scope,
    of: &str,
    requirements: &[RequirementIx],
) -> Markup {
    let lang = view.lang;
    let rows = (requirements.iter())
        .map(|ix| {
            let requirement = actor.pack().requirement(*ix);
            let counts = actor.counts(*ix, scope);
            let share = share(counts);
            let href = view.link(&format!("/requirements/{}", requirement.id));
            Row::of(vec![
                html! { a href=(href) { (text(lang, &requirement.title)) } },
                html! { span.quiet { (requirement.row) } },
                html! { (bar(share)) },
                html! { (share.text()) },
                html! { @if counts.gap > 0 { a.gap href=(href) { b { (amount(counts.gap)) } } } @else { "0" } },
                amount(counts.met),
                amount(counts.exempt),
                amount(counts.not_applicable),
            ])
        })
        .collect();
    let columns = vec![
        Column::text(t(lang, "requirement")),
        Column::text(t(lang, "row")).second(),
        Column::text(t(lang, "coverage-bar")).second(),
        Column::number(t(lang, "coverage")),
        Column::number(t(lang, "gap-count")),
        Column::number(t(lang, "met-count")).second(),
        Column::number(t(lang, "exempt-count")).second(),
        Column::number(t(lang, "na-count")).second(),
    ];
    table(lang, &Table { caption: format!("{of} · {}", t(lang, "requirements")), columns, rows, ..Table::default() })
}
