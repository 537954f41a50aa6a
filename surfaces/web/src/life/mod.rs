//! Pages of the life of a household: an event's form, what it would change, and the file afterwards with the way back.

mod controls;
mod events;
mod settle;
pub mod undo;

use anju_app::{Actor, Error, Stored, WriteError};
use anju_base::life::{self, LifeError};
use anju_record::day;

use anju_ui::{
    Action, Column, Crumb, Empty, PageHead, Panel, Row, Table, View, empty, form, page_head, panel, t, table,
};
use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use uuid::Uuid;

use crate::answer::{Body, Part, answer, answered};
use crate::reply::with_status;
use crate::request::Asked;
use crate::signed::Signed;
pub(crate) use controls::{Pairs, Sheet, Wrong};
use events::EVENTS;
use settle::in_words;
pub(crate) use settle::settle;

/// `GET /households/{id}/life`
pub async fn hub(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>) -> Response {
    let body = hub_body(&actor, &view, &id).await;
    answer(&actor, &view, body)
}

async fn hub_body(actor: &Actor, view: &View, id: &str) -> Result<Body, Error> {
    let stored = file_to_write(actor, id).await?;
    let lang = view.lang;
    let way = |event: &str| view.link(&format!("/households/{id}/life/{event}"));
    let markup = html! {
        (head(view, &stored, &t(lang, "life-title")))
        (panel(&Panel {
            title: t(lang, "life-what").into_owned(),
            body: html! { ul { @for event in EVENTS {
                li { a href=(way(event)) { (t(lang, &format!("life-{event}"))) } div.quiet { (t(lang, &format!("life-{event}-says"))) } }
            } } },
            ..Panel::default()
        }))
        (happened(actor, view, &stored).await?)
    };
    Ok(Body { title: t(lang, "life-title").into_owned(), part: Part::Households, markup })
}

/// A file that is theirs to write.
async fn file_to_write(actor: &Actor, id: &str) -> Result<Stored, Error> {
    let ledger = actor.ledger("household")?;
    let stored = actor.record(ledger, id).await.map_err(|error| match error {
        Error::NotFound { value, .. } => Error::NotFound { what: "household", value },
        other => other,
    })?;
    match actor.may_change(ledger, stored.record.id).await? {
        true => Ok(stored),
        false => Err(Error::denied("write", "household")),
    }
}

fn head(view: &View, stored: &Stored, title: &str) -> Markup {
    let file = view.link(&format!("/households/{}", stored.record.id));
    page_head(
        view.lang,
        &PageHead {
            crumbs: vec![Crumb { name: stored.name.clone(), href: Some(file) }],
            title: title.to_owned(),
            ..PageHead::default()
        },
    )
}

/// What happened so far, the latest first, each with the way back where there is one.
async fn happened(actor: &Actor, view: &View, stored: &Stored) -> Result<Markup, Error> {
    let lang = view.lang;
    let of = anju_base::Which::Of("household", stored.record.id);
    let events =
        anju_base::Rows::read(actor, "household_event", of, anju_base::When::Latest(actor.today(), 20)).await?;
    let mut rows = Vec::new();
    for event in events.iter() {
        let back = match life::can_be_undone(actor, event.record.id).await? {
            true => Some(view.link(&format!("/households/{}/undo/{}", stored.record.id, event.record.id))),
            false => None,
        };
        rows.push(Row::of(vec![
            html! { (event.words("happened_on", lang)) },
            html! { (event.words("kind", lang)) },
            html! { (event.words("details", lang)) },
            html! { @if let Some(back) = back { a href=(back) { (t(lang, "life-undo")) } } },
        ]));
    }
    let columns = ["life-on", "life-kind", "life-details", "life-undo"].map(|key| Column::text(t(lang, key))).into();
    let title = t(lang, "life-happened").into_owned();
    let none = Empty { what: t(lang, "life-nothing").into_owned(), next: None, action: None };
    let list = Table { caption: title.clone(), columns, rows, empty: Some(none), ..Table::default() };
    Ok(panel(&Panel { title, body: table(lang, &list), ..Panel::default() }))
}

/// What the household's own page says: what was just done, with the way back, and the way to what may be done.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn strip(actor: &Actor, view: &View, stored: &Stored) -> Result<Markup, Error> {
    let lang = view.lang;
    if !actor.may_change(stored.ledger, stored.record.id).await? {
        return Ok(html! {});
    }
    let done = view.get("done").and_then(|text| text.parse::<Uuid>().ok());
    let id = stored.record.id;
    Ok(html! {
        @if let Some(event) = done {
            p.notice role="status" { (t(lang, "life-done")) " " a href=(view.link(&format!("/households/{id}/undo/{event}"))) { (t(lang, "life-undo")) } }
        }
        p { a.button href=(view.link(&format!("/households/{id}/life"))) { (t(lang, "life-title")) } }
    })
}

/// `GET /households/{id}/life/{event}`
pub async fn page(Signed(actor): Signed, Asked(view): Asked, Path((id, event)): Path<(String, String)>) -> Response {
    let today = ("on".to_owned(), day::format(actor.today()));
    let body = event_body(&actor, &view, &id, &event, &Pairs(vec![today]), &Wrong::new()).await;
    answer(&actor, &view, body)
}

/// `POST /households/{id}/life/{event}`
pub async fn submit(
    Signed(actor): Signed,
    Asked(view): Asked,
    Path((id, event)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let result = submitted(&actor, &view, (&id, &event), &Pairs::of(&body)).await;
    answered(&actor, &view, result)
}

async fn submitted(actor: &Actor, view: &View, (id, event): (&str, &str), sent: &Pairs) -> Result<Response, Error> {
    let stored = file_to_write(actor, id).await?;
    if !EVENTS.contains(&event) {
        return Err(Error::NotFound { what: "page", value: event.to_owned() });
    }
    let plan = events::plan(actor, event, stored.record.id, sent).await;
    match settle(actor, view, plan, sent, &format!("/households/{id}/life/{event}")).await {
        Ok(response) => Ok(response),
        Err(wrong) => {
            let body = event_body(actor, view, id, event, sent, &wrong).await;
            Ok(with_status(422, answer(actor, view, body)))
        }
    }
}

async fn event_body(
    actor: &Actor,
    view: &View,
    id: &str,
    event: &str,
    sent: &Pairs,
    wrong: &Wrong,
) -> Result<Body, Error> {
    let lang = view.lang;
    let stored = file_to_write(actor, id).await?;
    if !EVENTS.contains(&event) {
        return Err(Error::NotFound { what: "page", value: event.to_owned() });
    }
    let title = t(lang, &format!("life-{event}")).into_owned();
    let context = match events::context(actor, view, event, stored.record.id).await {
        Ok(context) => context,
        Err(LifeError::Write(WriteError::Refused(error))) => return Err(error),
        Err(error) => {
            let action =
                Some(Action { name: stored.name.clone(), href: view.link(&format!("/households/{id}")), first: true });
            let body = empty(&Empty { what: in_words(view, &error), next: None, action });
            let markup = html! { (head(view, &stored, &title)) (panel(&Panel { body, ..Panel::default() })) };
            return Ok(Body { title, part: Part::Households, markup });
        }
    };
    let sheet = Sheet { actor, view, sent, wrong };
    let fields = events::fields(&sheet, event, &context);
    let way = format!("/households/{id}/life/{event}");
    let markup = html! {
        (head(view, &stored, &title))
        (asked(view, &sheet, &fields, &way, &t(lang, &format!("life-{event}-says"))))
    };
    Ok(Body { title, part: Part::Households, markup })
}

fn asked(view: &View, sheet: &Sheet<'_>, fields: &Markup, way: &str, says: &str) -> Markup {
    let shown = fields.0.clone();
    let elsewhere = sheet.elsewhere(&shown);
    panel(&Panel {
        body: html! {
            p.quiet { (says) }
            @if !elsewhere.is_empty() { div class="notice bad" role="alert" { @for words in &elsewhere { p { (words) } } } }
            (form(way, &t(view.lang, "life-preview"), fields))
        },
        ..Panel::default()
    })
}

/// `GET /households/new`
pub async fn new_page(Signed(actor): Signed, Asked(view): Asked) -> Response {
    let today = ("moved_in_on".to_owned(), day::format(actor.today()));
    let body = new_body(&actor, &view, &Pairs(vec![today]), &Wrong::new());
    answer(&actor, &view, body)
}

/// `POST /households/new`
pub async fn new_submit(Signed(actor): Signed, Asked(view): Asked, body: Bytes) -> Response {
    let result = made(&actor, &view, &Pairs::of(&body)).await;
    answered(&actor, &view, result)
}

async fn made(actor: &Actor, view: &View, sent: &Pairs) -> Result<Response, Error> {
    may_open(actor)?;
    let plan = events::plan_new(actor, sent).await;
    match settle(actor, view, plan, sent, "/households/new").await {
        Ok(response) => Ok(response),
        Err(wrong) => Ok(with_status(422, answer(actor, view, new_body(actor, view, sent, &wrong)))),
    }
}

/// Whether they open files at all.
fn may_open(actor: &Actor) -> Result<(), Error> {
    if actor.writes(actor.ledger("household")?) { Ok(()) } else { Err(Error::denied("write", "household")) }
}

fn new_body(actor: &Actor, view: &View, sent: &Pairs, wrong: &Wrong) -> Result<Body, Error> {
    may_open(actor)?;
    let title = t(view.lang, "life-new").into_owned();
    let sheet = Sheet { actor, view, sent, wrong };
    let fields = events::new_fields(&sheet);
    let markup = html! {
        (page_head(view.lang, &PageHead { title: title.clone(), ..PageHead::default() }))
        (asked(view, &sheet, &fields, "/households/new", &t(view.lang, "life-new-says")))
    };
    Ok(Body { title, part: Part::Households, markup })
}
