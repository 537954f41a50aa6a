//! Who looked at a file: for the people it is about, and for whoever checks.

use anju_app::{Actor, Error, Event, moment};
use anju_ui::{
    Column, Crumb, Empty, PageHead, Panel, Row, Table, View, page_head, panel, print_button, t, t_args, table,
};
use axum::extract::Path;
use axum::response::Response;
use maud::html;

use crate::answer::{Body, Part, answer};
use crate::request::Asked;
use crate::signed::Signed;

/// `GET /households/{id}/who-looked`
pub async fn of_household(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>) -> Response {
    let body = looked(&actor, &view, "household", &id).await;
    answer(&actor, &view, body)
}

/// `GET /records/{ledger}/{id}/who-looked`
pub async fn of_record(
    Signed(actor): Signed,
    Asked(view): Asked,
    Path((ledger, id)): Path<(String, String)>,
) -> Response {
    let body = looked(&actor, &view, &ledger, &id).await;
    answer(&actor, &view, body)
}

async fn looked(actor: &Actor, view: &View, ledger: &str, id: &str) -> Result<Body, Error> {
    let lang = view.lang;
    let ix = actor.ledger(ledger)?;
    let events = actor.who_looked(ix, id).await?;
    let title = t(lang, "looked-title").into_owned();
    let back = if ledger == "household" { format!("/households/{id}") } else { format!("/records/{ledger}/{id}") };
    let crumb = actor.reads(ix).then(|| Crumb { name: t(lang, "looked-back").into_owned(), href: Some(back) });
    let markup = html! {
        (page_head(lang, &PageHead {
            crumbs: crumb.into_iter().collect(),
            title: title.clone(),
            below: Some(t(lang, "looked-below").into_owned()),
            actions: print_button(lang),
            ..PageHead::default()
        }))
        (panel(&Panel {
            title: t_args(lang, "looked-times", &[("n", events.len().into())]),
            body: table(lang, &list(view, &events)),
            ..Panel::default()
        }))
    };
    Ok(Body { title, part: Part::Elsewhere, markup })
}

fn list(view: &View, events: &[Event]) -> Table {
    let lang = view.lang;
    let rows = (events.iter())
        .map(|event| {
            Row::of(vec![
                html! { time { (moment(event.at)) } },
                html! { (event.actor) },
                html! { (crate::audit::act_in_words(lang, &event.act)) },
                html! { (event.reason.as_deref().unwrap_or_default()) },
            ])
        })
        .collect();
    Table {
        caption: t(lang, "looked-title").into_owned(),
        columns: vec![
            Column::text(t(lang, "event-when")),
            Column::text(t(lang, "event-who")),
            Column::text(t(lang, "event-act")),
            Column::text(t(lang, "event-reason")),
        ],
        rows,
        empty: Some(Empty {
            what: t(lang, "looked-nobody").into_owned(),
            next: Some(t(lang, "looked-nobody-next").into_owned()),
            action: None,
        }),
        ..Table::default()
    }
}
