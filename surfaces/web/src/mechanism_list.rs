//! The mechanisms, each with all its requirements.

use anju_app::{App, Error, Scope};
use anju_pack::{MechanismIx, RequirementIx};
use anju_ui::{Column, PageHead, Panel, Row, Table, View, bar, page_head, panel, t, table, text};
use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use crate::Shared;
use crate::answer::{Body, Part, answer};
use crate::places::{amount, area_pick, scope, scope_name, share};
use crate::request::Asked;

/// `GET /mechanisms`
pub async fn page(State(app): Shared, Asked(view): Asked) -> Response {
    answer(&app, &view, body(&app, &view))
}

fn body(app: &App, view: &View) -> Result<Body, Error> {
    let lang = view.lang;
    let scope = scope(app, view)?;
    let title = t(lang, "nav-mechanisms").into_owned();
    let head = PageHead {
        title: title.clone(),
        aside: Some(scope_name(app, view, &scope)),
        actions: area_pick(app, view, &scope),
        ..PageHead::default()
    };
    let mut order: Vec<_> =
        (0..app.pack().mechanisms.len()).filter_map(|at| u16::try_from(at).ok()).map(MechanismIx).collect();
    // The base comes last here: readers come for the five.
    order.sort_by_key(|ix| match app.pack().mechanism(*ix).order {
        0 => u16::MAX,
        order => order,
    });
    let markup = html! {
        (page_head(lang, &head))
        @for ix in order {
            @let mechanism = app.pack().mechanism(ix);
            @let requirements = app.requirements_of(ix);
            @if !requirements.is_empty() {
                (panel(&Panel {
                    title: text(lang, &mechanism.title).to_owned(),
                    note: Some(text(lang, &mechanism.promise).to_owned()),
                    actions: Some(html! { a href=(view.link(&format!("/mechanisms/{}", mechanism.id))) { (t(lang, "open-mechanism")) } }),
                    id: Some(mechanism.id.clone()),
                    body: requirement_table(app, view, &scope, text(lang, &mechanism.title), &requirements),
                }))
            }
        }
    };
    Ok(Body { title, part: Part::Mechanisms, markup })
}

/// Requirements with their coverage; `of` says in the caption whose they are.
pub fn requirement_table(app: &App, view: &View, scope: &Scope, of: &str, requirements: &[RequirementIx]) -> Markup {
    let lang = view.lang;
    let outcome = app.outcome(scope.on);
    let rows = (requirements.iter())
        .map(|ix| {
            let requirement = app.pack().requirement(*ix);
            let counts = outcome.counts(*ix, &scope.area);
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
