//! Pages of the life of a household: an event's form, what it would change, and the file afterwards with the way back.

mod controls;
mod events;
mod further;
mod settle;
pub mod undo;

use std::collections::HashMap;

use anju_app::{Actor, Error, Stored, WriteError};
use anju_base::life::{self, LifeError};
use anju_base::{Entry, Rows, When, Which, name_of, names};
use anju_record::day;
use anju_ui::{
    Action, Column, Crumb, Empty, PageHead, Panel, Row, Table, View, empty, page_head, panel, t, t_args, table, text,
};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use uuid::Uuid;

use crate::alike::{Ticked, likes};
use crate::answer::{Body, Part, answer, answered};
use crate::form::guarded;
use crate::reply::with_status;
use crate::request::Asked;
use crate::signed::Signed;
use controls::Near;
pub(crate) use controls::{Pairs, Sheet, Wrong};
use events::EVENTS;
use settle::in_words;
pub(crate) use settle::{Heading, settle};

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
        @if life::closed(actor, &stored.record).is_some() { (went(actor, view, &stored).await?) } @else {
            (panel(&Panel {
                title: t(lang, "life-what").into_owned(),
                body: html! { ul { @for event in EVENTS {
                    li { a href=(way(event)) { (t(lang, &format!("life-{event}"))) } div.quiet { (t(lang, &format!("life-{event}-says"))) } }
                } } },
                ..Panel::default()
            }))
        }
        (happened(actor, view, &stored).await?)
    };
    Ok(Body { title: t(lang, "life-title").into_owned(), part: Part::Households, markup })
}

/// Whether they write every ledger that an event writes.
///
/// # Errors
/// `Denied` with the first that they do not write.
pub(crate) fn may_record(actor: &Actor) -> Result<(), Error> {
    for id in ["household", "person", "household_event"] {
        if !actor.writes(actor.ledger(id)?) {
            return Err(Error::denied("write", id));
        }
    }
    Ok(())
}

/// A file in which they may record an event.
async fn file_to_write(actor: &Actor, id: &str) -> Result<Stored, Error> {
    let ledger = actor.ledger("household")?;
    let stored = actor.record(ledger, id).await.map_err(|error| match error {
        Error::NotFound { value, .. } => Error::NotFound { what: "household", value },
        other => other,
    })?;
    match actor.may_change(ledger, stored.record.id).await? {
        true => may_record(actor).map(|()| stored),
        false => Err(Error::denied("write", "household")),
    }
}

/// The way to a file.
fn crumbs(view: &View, stored: &Stored) -> Vec<Crumb> {
    vec![Crumb { name: stored.name.clone(), href: Some(view.link(&format!("/households/{}", stored.record.id))) }]
}

fn head(view: &View, stored: &Stored, title: &str) -> Markup {
    let crumbs = crumbs(view, stored);
    page_head(view.lang, &PageHead { crumbs, title: title.to_owned(), ..PageHead::default() })
}

/// What happened so far, the latest first, each with the way back where there is one.
async fn happened(actor: &Actor, view: &View, stored: &Stored) -> Result<Markup, Error> {
    let lang = view.lang;
    let latest = When::Latest(actor.today(), 20);
    let own = Rows::read(actor, "household_event", Which::Of("household", stored.record.id), latest).await?;
    let others = Rows::read(actor, "household_event", Which::Of("counterpart", stored.record.id), latest).await?;
    let mut events: Vec<_> = own.iter().chain(others.iter()).collect();
    events.sort_by_key(|event| std::cmp::Reverse(event.day("happened_on")));
    let other = |event: &Entry<'_>| {
        let file = [event.id("household"), event.id("counterpart")];
        file.into_iter().flatten().find(|file| *file != stored.record.id)
    };
    let ids: Vec<Uuid> = events.iter().filter_map(other).collect();
    let files = names(actor, "household", &ids).await?;
    let people = People::of(actor, &events).await?;
    let row = |event: Entry<'_>| {
        // Whom it was about, and the other file: two of one kind are told apart.
        let told =
            [people.about(view, &event), name_of(&files, other(&event)).to_owned(), event.words("details", lang)];
        let told: Vec<String> = told.into_iter().filter(|words| !words.is_empty()).collect();
        let home = event.id("household").filter(|_| people.traced.contains_key(&event.record.id));
        let back = home.map(|home| view.link(&format!("/households/{home}/undo/{}", event.record.id)));
        Row::of(vec![
            html! { (event.words("happened_on", lang)) },
            html! { (event.words("kind", lang)) },
            html! { (told.join(" · ")) },
            html! { @if let Some(back) = back { a href=(back) { (t(lang, "life-undo")) } } },
        ])
    };
    let rows = events.into_iter().map(row).collect();
    let columns = ["life-on", "life-kind", "life-details", "life-undo"].map(|key| Column::text(t(lang, key))).into();
    let title = t(lang, "life-happened").into_owned();
    let none = Empty { what: t(lang, "life-nothing").into_owned(), next: None, action: None };
    let list = Table { caption: title.clone(), columns, rows, empty: Some(none), ..Table::default() };
    Ok(panel(&Panel { title, body: table(lang, &list), ..Panel::default() }))
}

/// Whom some events were about.
struct People<'a> {
    /// Who is named in them.
    named: HashMap<Uuid, String>,
    /// Of each that left a trace, whom it concerned.
    traced: HashMap<Uuid, Vec<Uuid>>,
    /// Those whom the reader may see.
    seen: Rows<'a>,
}

impl<'a> People<'a> {
    async fn of(actor: &'a Actor, events: &[Entry<'_>]) -> Result<Self, Error> {
        let ids: Vec<Uuid> = events.iter().filter_map(|event| event.id("person")).collect();
        let named = names(actor, "person", &ids).await?;
        let mut traced = HashMap::new();
        for event in events {
            traced.extend(life::concerned(actor, event.record.id).await?.map(|people| (event.record.id, people)));
        }
        let ids: Vec<Uuid> = traced.values().flatten().copied().collect();
        let seen = Rows::read(actor, "person", Which::These(&ids), When::Always).await?;
        Ok(Self { named, traced, seen })
    }

    /// Who is named in an event, and then the others.
    fn about(&self, view: &View, event: &Entry<'_>) -> String {
        let named = event.id("person");
        let others = self.traced.get(&event.record.id).into_iter().flatten().filter(|id| Some(**id) != named);
        // Of several the event itself names everybody.
        let details = event.text("details");
        let others = others.filter_map(|id| self.seen.find(*id)).map(|person| person.text("name"));
        let others = others.filter(|name| !tells_of(details, name));
        let all = std::iter::once(name_of(&self.named, named)).chain(others).filter(|name| !name.is_empty());
        all.collect::<Vec<_>>().join(&t(view.lang, "list-comma"))
    }
}

/// Whether somebody is one of those whom what is told of an event lists, by their whole name.
fn tells_of(details: &str, name: &str) -> bool {
    details.split(['：', '、', '；']).any(|told| told == name)
}

/// What stands above the form that changes a household or a person: what happened to them is recorded elsewhere. Nothing above any other form.
pub(crate) fn only_corrects(actor: &Actor, view: &View, entry: &anju_app::Entry) -> Markup {
    let ledger = actor.pack().ledger(entry.ledger);
    let home = match ledger.id.as_str() {
        "household" => entry.id,
        "person" => ledger.field_by_id("household").and_then(|at| entry.field(at)?.refers),
        _ => return html! {},
    };
    if entry.id.is_none() || may_record(actor).is_err() {
        return html! {};
    }
    let way = home.map_or_else(|| "/households".to_owned(), |home| format!("/households/{home}/life"));
    html! {
        p.notice { (t(view.lang, "life-only-corrects")) " " a href=(view.link(&way)) { (t(view.lang, "life-only-corrects-way")) } }
    }
}

/// The way to where it is recorded what happened to somebody or their household; nothing of any other record.
pub(crate) fn way_to_record(actor: &Actor, view: &View, stored: &Stored) -> Markup {
    let home = match actor.pack().ledger(stored.ledger).id.as_str() {
        "household" => Some(stored.record.id),
        "person" => Entry::of(actor, stored.ledger, &stored.record).id("household"),
        _ => None,
    };
    let Some(home) = home.filter(|_| may_record(actor).is_ok()) else { return html! {} };
    html! { p { a href=(view.link(&format!("/households/{home}/life"))) { (t(view.lang, "life-only-corrects-way")) } } }
}

/// What the household's own page says: what was just done, with the way back, and the way to what may be done.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn strip(actor: &Actor, view: &View, stored: &Stored) -> Result<Markup, Error> {
    let lang = view.lang;
    let went = went(actor, view, stored).await?;
    if may_record(actor).is_err() || !actor.may_change(stored.ledger, stored.record.id).await? {
        return Ok(went);
    }
    let done = view.get("done").and_then(|text| text.parse::<Uuid>().ok());
    let id = stored.record.id;
    Ok(html! {
        @if let Some(event) = done {
            p.notice role="status" { (t(lang, "life-done")) " " a href=(view.link(&format!("/households/{id}/undo/{event}"))) { (t(lang, "life-undo")) } }
        }
        (undone_notice(view))
        (went)
        p { a.button href=(view.link(&format!("/households/{id}/life"))) { (t(lang, "life-title")) } }
    })
}

/// What stands above the page to which an undone event leads.
pub(crate) fn undone_notice(view: &View) -> Markup {
    html! { @if view.get("undone").is_some() { p class="notice good" role="status" { (t(view.lang, "life-undone")) } } }
}

/// Since when and why a file is closed, with the way to the one that its people went into; nothing of one that stands.
async fn went(actor: &Actor, view: &View, stored: &Stored) -> Result<Markup, Error> {
    let Some(closed) = life::closed(actor, &stored.record) else { return Ok(html! {}) };
    let on = Entry::of(actor, stored.ledger, &stored.record).day("ended_on");
    let of = Which::Of("counterpart", stored.record.id);
    let events = Rows::read(actor, "household_event", of, When::Latest(actor.today(), 20)).await?;
    let closing =
        |event: &Entry<'_>| event.day("happened_on") == on && ["merged", "married_in"].contains(&event.text("kind"));
    let into = match events.iter().find(closing).and_then(|event| event.id("household")) {
        Some(into) => actor.seen_record(stored.ledger, into).await?,
        None => None,
    };
    Ok(html! {
        p.notice {
            (text(view.lang, &closed))
            @if let Some(into) = into {
                " " a href=(view.link(&format!("/households/{}", into.record.id))) { (t_args(view.lang, "life-went", &[("name", into.name.as_str().into())])) }
            }
        }
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
    sent: Pairs,
) -> Response {
    let result = submitted(&actor, &view, (&id, &event), sent).await;
    answered(&actor, &view, result)
}

async fn submitted(actor: &Actor, view: &View, (id, event): (&str, &str), sent: Pairs) -> Result<Response, Error> {
    let stored = file_to_write(actor, id).await?;
    if !EVENTS.contains(&event) {
        return Err(Error::NotFound { what: "page", value: event.to_owned() });
    }
    let (sent, mut near) = (events::chosen(actor, sent).await?, Near::new());
    let plan = events::plan(actor, event, stored.record.id, &sent, &mut near).await;
    let title = t(view.lang, &format!("life-{event}")).into_owned();
    let heading = Heading { way: &format!("/households/{id}/life/{event}"), title, crumbs: crumbs(view, &stored) };
    match settle(actor, view, plan, &sent, &heading).await {
        Ok(response) => Ok(response),
        Err(wrong) => {
            let wrong = wrong.offering(view.lang, &sent, near);
            let body = event_body(actor, view, id, event, &sent, &wrong).await;
            Ok(again(&wrong, answer(actor, view, body)))
        }
    }
}

/// A form once more: to be mended, or because they went back to it.
pub(crate) fn again(wrong: &Wrong, form: Response) -> Response {
    if wrong.is_empty() { form } else { with_status(422, form) }
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
        (asked(&sheet, &fields, (&way, &format!("/households/{id}")), &t(lang, &format!("life-{event}-says"))))
    };
    Ok(Body { title, part: Part::Households, markup })
}

/// The form of an event: where it is sent, and where it is left for.
fn asked(sheet: &Sheet<'_>, fields: &Markup, (way, back): (&str, &str), says: &str) -> Markup {
    let (view, elsewhere) = (sheet.view, sheet.elsewhere(&fields.0));
    panel(&Panel {
        body: html! {
            p.quiet { (says) }
            @if !elsewhere.is_empty() { div class="notice bad" role="alert" { @for words in &elsewhere { p { (words) } } } }
            (likes(sheet.actor, view, &sheet.wrong.held, Ticked::default()))
            (left_or_sent(view, (way, back), &t(view.lang, "life-preview"), sheet.unsaved(), fields))
        },
        ..Panel::default()
    })
}

/// A form that is sent, or left for another page; `unsaved` where it holds from the start what was typed.
fn left_or_sent(view: &View, (way, back): (&str, &str), submit: &str, unsaved: bool, fields: &Markup) -> Markup {
    let cancel = html! { a.button href=(view.link(back)) { (t(view.lang, "form-cancel")) } };
    guarded(way, submit, &cancel, unsaved, fields)
}

/// `GET /households/new`: `building` and `dwelling` may be given by their ids.
pub async fn new_page(Signed(actor): Signed, Asked(view): Asked) -> Response {
    let mut sent = Pairs(vec![("moved_in_on".to_owned(), day::format(actor.today()))]);
    for field in ["building", "dwelling"] {
        sent.0.extend(view.get(field).map(|id| (format!("pick.{field}"), id.to_owned())));
    }
    let body = match events::chosen(&actor, sent).await {
        Ok(sent) => new_body(&actor, &view, &sent, &Wrong::new()),
        Err(error) => Err(error),
    };
    answer(&actor, &view, body)
}

/// `POST /households/new`
pub async fn new_submit(Signed(actor): Signed, Asked(view): Asked, sent: Pairs) -> Response {
    let result = made(&actor, &view, sent).await;
    answered(&actor, &view, result)
}

async fn made(actor: &Actor, view: &View, sent: Pairs) -> Result<Response, Error> {
    may_record(actor)?;
    let (sent, mut near) = (events::chosen(actor, sent).await?, Near::new());
    let plan = events::plan_new(actor, &sent, &mut near).await;
    let title = t(view.lang, "life-new").into_owned();
    match settle(actor, view, plan, &sent, &Heading { way: "/households/new", title, crumbs: all(view) }).await {
        Ok(response) => Ok(response),
        Err(wrong) => {
            let wrong = wrong.offering(view.lang, &sent, near);
            Ok(again(&wrong, answer(actor, view, new_body(actor, view, &sent, &wrong))))
        }
    }
}

/// The way to the list of files.
fn all(view: &View) -> Vec<Crumb> {
    vec![Crumb { name: t(view.lang, "nav-households").into_owned(), href: Some(view.link("/households")) }]
}

fn new_body(actor: &Actor, view: &View, sent: &Pairs, wrong: &Wrong) -> Result<Body, Error> {
    may_record(actor)?;
    let title = t(view.lang, "life-new").into_owned();
    let sheet = Sheet { actor, view, sent, wrong };
    let fields = events::new_fields(&sheet);
    let markup = html! {
        (page_head(view.lang, &PageHead { crumbs: all(view), title: title.clone(), ..PageHead::default() }))
        (asked(&sheet, &fields, ("/households/new", "/households"), &t(view.lang, "life-new-says")))
    };
    Ok(Body { title, part: Part::Households, markup })
}

#[cfg(test)]
mod tests {
    use super::tells_of;

    #[test]
    fn who_is_listed_is_listed_by_their_whole_name() {
        let told = "共3人：王五一、李六、赵七；李八家的事";
        assert!(["王五一", "李六", "赵七"].into_iter().all(|name| tells_of(told, name)));
        assert!(["王五", "五一", "赵", "李八", ""].into_iter().all(|name| !tells_of(told, name)));
        assert!(!tells_of("共2人：王五一、欧阳", "欧阳修"), "a list that was cut off names no more than it holds");
    }
}
