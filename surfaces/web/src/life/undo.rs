//! Undoing an event of a household: the event is one of that file, its reason is told, and what was undone already is said to be.

use anju_app::{Actor, CommitError, Error, Stored, TouchedSince, UndoError, WriteError, Written};
use anju_base::life::{self, LifeError, Sent, Whose};
use anju_base::{Rows, When, Which, name_of, names};
use anju_record::{Code, Fault};
use anju_ui::{Panel, View, panel, t, table, with_query};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use uuid::Uuid;

use super::controls::{Pairs, Sheet, Wrong};
use super::settle::{changes, faults_of_reason, refused};
use super::{file_to_write, head, left_or_sent, may_record};
use crate::answer::{Body, Part, answer, answered};
use crate::ledgers::record_lang;
use crate::reply::{id_of, with_status};
use crate::request::Asked;
use crate::sent::to;
use crate::signed::Signed;
use crate::touched::touched_since;

/// What stands against undoing.
#[derive(Default)]
struct Against {
    wrong: Wrong,
    /// What was changed since.
    touched: Vec<TouchedSince>,
    /// Files that hold the dwelling that would be taken back.
    holders: Vec<Stored>,
}

/// `GET /households/{id}/undo/{event}`
pub async fn page(Signed(actor): Signed, Asked(view): Asked, Path((id, event)): Path<(String, String)>) -> Response {
    let body = body_of(&actor, &view, (&id, &event), &Pairs::default(), &Against::default()).await;
    answer(&actor, &view, body)
}

/// `POST /households/{id}/undo/{event}`
pub async fn submit(
    Signed(actor): Signed,
    Asked(view): Asked,
    Path((id, event)): Path<(String, String)>,
    sent: Pairs,
) -> Response {
    let result = undone(&actor, &view, (&id, &event), &sent).await;
    answered(&actor, &view, result)
}

/// Whose an event of this file is, and whether it was undone since.
async fn event_of(actor: &Actor, id: &str, event: &str) -> Result<(Whose, bool), Error> {
    let home = id_of("household", id)?;
    match file_to_write(actor, id).await {
        // The file itself may be what the event had made.
        Err(Error::NotFound { .. }) if may_record(actor).is_ok() => {}
        other => drop(other?),
    }
    let (whose, undone) = match life::sent(actor, id_of("record", event)?).await? {
        Sent::Stands(whose) => (whose, false),
        Sent::Undone(whose) => (whose, true),
        Sent::Not | Sent::Unseen => return Err(Error::NotFound { what: "record", value: event.to_owned() }),
    };
    match whose.household == home {
        true => Ok((whose, undone)),
        false => Err(Error::NotFound { what: "record", value: event.to_owned() }),
    }
}

/// The file afterwards; the other one where the event had made it.
async fn afterwards(actor: &Actor, whose: Whose) -> Result<Response, Error> {
    let ledger = actor.ledger("household")?;
    let mut path = "/households".to_owned();
    for id in [Some(whose.household), whose.counterpart].into_iter().flatten() {
        if actor.seen_record(ledger, id).await?.is_some() {
            path = format!("/households/{id}");
            break;
        }
    }
    Ok(to(&with_query(&path, [("undone", "1")].into_iter())))
}

async fn undone(actor: &Actor, view: &View, (id, event): (&str, &str), sent: &Pairs) -> Result<Response, Error> {
    let (whose, before) = event_of(actor, id, event).await?;
    if before {
        return afterwards(actor, whose).await;
    }
    let mut against = Against::default();
    let faults = faults_of_reason(sent, true);
    if faults.is_empty() {
        match life::undo(actor, id_of("record", event)?, Some(sent.get("reason").to_owned())).await {
            Ok(Written::Waiting(_)) => return Ok(to("/approvals")),
            Ok(Written::Committed(_)) => return afterwards(actor, whose).await,
            Err(UndoError::Touched(touched)) => against = Against::touched(actor, whose, touched).await?,
            Err(UndoError::Write(error)) => {
                against.holders = holders(actor, &error).await?;
                match refused(actor, view, error.into()) {
                    Ok(response) => return Ok(response),
                    Err(wrong) => against.wrong = wrong,
                }
            }
        }
    } else if let Err(wrong) = refused(actor, view, LifeError::Faults(faults)) {
        against.wrong = wrong;
    }
    let body = body_of(actor, view, (id, event), sent, &against).await;
    Ok(with_status(422, answer(actor, view, body)))
}

/// Open files that hold the dwelling which an undoing would take back.
async fn holders(actor: &Actor, error: &WriteError) -> Result<Vec<Stored>, Error> {
    let WriteError::Commit(CommitError::Invalid { faults, .. }) = error else { return Ok(Vec::new()) };
    let repeated = |fault: &&Fault| fault.code == Code::NotUnique && fault.path == "dwelling";
    let Some(dwelling) = faults.iter().find(repeated).and_then(|fault| fault.value.parse::<Uuid>().ok()) else {
        return Ok(Vec::new());
    };
    lived_in_by(actor, dwelling).await
}

/// Open files that hold a dwelling.
async fn lived_in_by(actor: &Actor, dwelling: Uuid) -> Result<Vec<Stored>, Error> {
    let files = Rows::read(actor, "household", Which::Of("dwelling", dwelling), When::Always).await?;
    let mut holders = Vec::new();
    for file in files.iter().filter(|file| file.day("ended_on").is_none()) {
        holders.extend(actor.seen_record(actor.ledger("household")?, file.record.id).await?);
    }
    Ok(holders)
}

/// The event that is undone: what, when, of whom and with which other file.
async fn what_happened(actor: &Actor, view: &View, event: Uuid) -> Result<Markup, Error> {
    let events = Rows::read(actor, "household_event", Which::These(&[event]), When::Always).await?;
    let Some(event) = events.first() else { return Ok(html! {}) };
    let person: Vec<Uuid> = event.id("person").into_iter().collect();
    let file: Vec<Uuid> = event.id("counterpart").into_iter().collect();
    let (people, files) = (names(actor, "person", &person).await?, names(actor, "household", &file).await?);
    let told = [
        event.words("happened_on", view.lang),
        event.words("kind", view.lang),
        event.words("details", view.lang),
        name_of(&people, event.id("person")).to_owned(),
        name_of(&files, event.id("counterpart")).to_owned(),
    ];
    Ok(html! { p { b { (told.into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(" · ")) } } })
}

async fn body_of(
    actor: &Actor,
    view: &View,
    (id, event): (&str, &str),
    sent: &Pairs,
    against: &Against,
) -> Result<Body, Error> {
    let lang = view.lang;
    let (_, before) = event_of(actor, id, event).await?;
    let stored = file_to_write(actor, id).await?;
    let title = t(lang, "life-undo").into_owned();
    let sheet = Sheet { actor, view, sent, wrong: &against.wrong };
    let field = sheet.line("reason", &t(lang, "life-reason"), "text", true, Some(&t(lang, "life-undo-hint")));
    let asked = html! {
        (what_happened(actor, view, id_of("record", event)?).await?)
        p { (t(lang, "life-undo-says")) }
        // What stands against it is told once it is asked for.
        @if let Ok(foreseen) = life::foreseen_undone(actor, id_of("record", event)?, record_lang(lang)).await {
            (table(lang, &changes(actor, view, &foreseen, "life-undone-after")))
        }
        (against.shown(actor, view, &sheet, &field))
        (left_or_sent(view, (&format!("/households/{id}/undo/{event}"), &format!("/households/{id}")), &title, !sent.get("reason").is_empty(), &field))
    };
    let body = if before {
        html! { p { (t(lang, "life-undone-before")) } }
    } else {
        asked
    };
    let markup = html! {
        (head(view, &stored, &title))
        (panel(&Panel { body, ..Panel::default() }))
    };
    Ok(Body { title, part: Part::Households, markup })
}

impl Against {
    /// What was changed since; a dwelling that others live in now is told with them, and not by its state.
    async fn touched(actor: &Actor, whose: Whose, touched: Vec<TouchedSince>) -> Result<Self, Error> {
        let (dwelling, mut against) = (actor.ledger("dwelling")?, Self::default());
        for one in touched {
            let door = one.id.filter(|_| one.ledger == dwelling);
            let mut others = match door {
                Some(door) => lived_in_by(actor, door).await?,
                None => Vec::new(),
            };
            others.retain(|file| ![Some(whose.household), whose.counterpart].contains(&Some(file.record.id)));
            match others.is_empty() {
                true => against.touched.push(one),
                false => against.holders.extend(others),
            }
        }
        Ok(against)
    }

    /// Everything that stands against it but what stands beside the field.
    fn shown(&self, actor: &Actor, view: &View, sheet: &Sheet<'_>, field: &Markup) -> Markup {
        let lang = view.lang;
        let elsewhere = sheet.elsewhere(&field.0);
        if elsewhere.is_empty() && self.touched.is_empty() && self.holders.is_empty() {
            return html! {};
        }
        html! {
            div class="notice bad" role="alert" {
                @for words in elsewhere { p { (words) } }
                @if !self.holders.is_empty() {
                    p { (t(lang, "life-lived-in")) }
                    ul { @for file in &self.holders { li { a href=(view.link(&format!("/households/{}", file.record.id))) { (file.name) } } } }
                }
                @if !self.touched.is_empty() {
                    p { (t(lang, "life-touched")) }
                    ul { @for one in &self.touched { li { (touched_since(actor, view, one)) } } }
                }
            }
        }
    }
}
