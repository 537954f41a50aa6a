//! Household files, and any record with what belongs to it.

use anju_app::{App, Error, Stored};
use anju_record::day;
use anju_ui::{
    Action, Crumb, Empty, PageHead, Pager, Panel, View, empty, page_head, pager, panel, print_button, t, t_args, text,
};
use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};

use crate::Shared;
use crate::answer::{Body, Part, answer};
use crate::ledgers::{PAGE, pager_of, record_lang, record_table, record_table_without, search_form};
use crate::places::{area_pick, scope, scope_name, site_name};
use crate::request::Asked;

/// Related records shown before "see all".
const SHOWN: u64 = 10;

/// `GET /households`
pub async fn households(State(app): Shared, Asked(view): Asked) -> Response {
    let body = households_body(&app, &view).await;
    answer(&app, &view, body)
}

async fn households_body(app: &App, view: &View) -> Result<Body, Error> {
    let lang = view.lang;
    let scope = scope(app, view)?;
    let ledger = app.ledger("household")?;
    let at = pager_of(view);
    let found = anju_base::find_households(app, &scope, view.get("q"), at.offset(), PAGE).await?;
    let at = Pager { total: found.total, ..at };
    let title = t(lang, "households-title").into_owned();
    let list = if found.records.is_empty() {
        empty(&Empty {
            what: t(lang, "households-none").into_owned(),
            next: Some(t(lang, "households-none-next").into_owned()),
            action: Some(Action {
                name: t(lang, "search-clear").into_owned(),
                href: "/households".into(),
                first: false,
            }),
        })
    } else {
        record_table(app, view, ledger, &found.records, 7).await?
    };
    let markup = html! {
        (page_head(lang, &PageHead {
            title: title.clone(),
            aside: Some(scope_name(app, view, &scope)),
            actions: html! { (area_pick(app, view, &scope)) (search_form(view, "search-hint")) },
            ..PageHead::default()
        }))
        (panel(&Panel {
            title: t_args(lang, "households-found", &[("n", found.total.into())]),
            body: html! { (list) (pager(lang, at, |page| view.here_with("page", &page.to_string()))) },
            ..Panel::default()
        }))
    };
    Ok(Body { title, part: Part::Households, markup })
}

/// `GET /households/{id}`
pub async fn household(State(app): Shared, Asked(view): Asked, Path(id): Path<String>) -> Response {
    let body = household_body(&app, &view, &id).await;
    answer(&app, &view, body)
}

async fn household_body(app: &App, view: &View, id: &str) -> Result<Body, Error> {
    let lang = view.lang;
    let ledger = app.ledger("household")?;
    let stored = app.record(ledger, id).await.map_err(|error| match error {
        Error::NotFound { value, .. } => Error::NotFound { what: "household", value },
        other => other,
    })?;
    let scope = app.scope(None, view.on.as_deref())?;
    let markup = html! {
        (page_head(lang, &PageHead {
            crumbs: vec![
                Crumb { name: t(lang, "nav-households").into_owned(), href: Some("/households".into()) },
                Crumb { name: site_name(app, &stored.record.area), href: site_href(view, &stored) },
            ],
            title: stored.name.clone(),
            aside: Some(anju_base::door(app, &stored).await?),
            below: Some(t_args(lang, "as-of", &[("date", day::format(scope.on).as_str().into())])),
            actions: print_button(lang),
        }))
        (anju_base::coverage_of(app, view, &scope, &stored))
        (panel(&Panel { title: t(lang, "record-facts").into_owned(), body: anju_base::facts_of(app, view, &stored).await?, ..Panel::default() }))
        (anju_base::of_household(app, view, &scope, &stored).await?)
        (anju_assistance::of_household(app, view, &scope, &stored).await?)
        (anju_employment::of_household(app, view, &scope, &stored).await?)
        (anju_industry::of_household(app, view, &scope, &stored).await?)
        (anju_party::of_household(app, view, &scope, &stored).await?)
        (anju_governance::of_household(app, view, &scope, &stored).await?)
        (history(app, view, &stored).await?)
    };
    Ok(Body { title: stored.name, part: Part::Households, markup })
}

fn site_href(view: &View, stored: &Stored) -> Option<String> {
    stored.record.area.get(..15).map(|site| view.link(&format!("/sites/{site}")))
}

/// `GET /records/{ledger}/{id}`
pub async fn page(State(app): Shared, Asked(view): Asked, Path((ledger, id)): Path<(String, String)>) -> Response {
    let body = body(&app, &view, &ledger, &id).await;
    answer(&app, &view, body)
}

async fn body(app: &App, view: &View, ledger: &str, id: &str) -> Result<Body, Error> {
    let lang = view.lang;
    let ix = app.ledger(ledger)?;
    let stored = app.record(ix, id).await?;
    let scope = app.scope(None, view.on.as_deref())?;
    let title = if stored.name.trim().is_empty() {
        text(lang, &app.pack().ledger(ix).title).to_owned()
    } else {
        stored.name.clone()
    };
    let markup = html! {
        (page_head(lang, &PageHead {
            crumbs: vec![
                Crumb { name: t(lang, "nav-ledgers").into_owned(), href: Some(view.link("/ledgers")) },
                Crumb { name: text(lang, &app.pack().ledger(ix).title).to_owned(), href: Some(view.link(&format!("/ledgers/{ledger}"))) },
            ],
            title: title.clone(),
            aside: Some(site_name(app, &stored.record.area)),
            actions: print_button(lang),
            ..PageHead::default()
        }))
        (anju_base::coverage_of(app, view, &scope, &stored))
        (panel(&Panel { title: t(lang, "record-facts").into_owned(), body: anju_base::facts_of(app, view, &stored).await?, ..Panel::default() }))
        (related(app, view, &stored).await?)
        (history(app, view, &stored).await?)
    };
    Ok(Body { title, part: Part::Ledgers, markup })
}

async fn related(app: &App, view: &View, stored: &Stored) -> Result<Markup, Error> {
    let lang = view.lang;
    let mut panels = Vec::new();
    for related in app.related(stored.ledger, stored.record.id, SHOWN).await? {
        let ledger = app.pack().ledger(related.ledger);
        let note = (related.total > SHOWN)
            .then(|| t_args(lang, "shown-of", &[("shown", SHOWN.into()), ("n", related.total.into())]));
        panels.push(panel(&Panel {
            title: format!("{} · {}", text(lang, &ledger.title), text(lang, &ledger.field(related.field).title)),
            note,
            body: record_table_without(app, view, related.ledger, &related.records, 6, Some(related.field)).await?,
            ..Panel::default()
        }));
    }
    Ok(html! { @for panel in panels { (panel) } })
}

async fn history(app: &App, view: &View, stored: &Stored) -> Result<Markup, Error> {
    let moments = app.history(stored, record_lang(view.lang)).await?;
    Ok(anju_base::history(view, &moments))
}
