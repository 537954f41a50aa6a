//! Undoing an event of a household.

use anju_app::{Actor, CommitError, Error, UndoError, WriteError};
use anju_base::life::{self, LifeError};
use anju_ui::{Panel, View, form, panel, t};
use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use maud::html;

use super::controls::{Pairs, Sheet, Wrong};
use super::settle::in_words;
use super::{file_to_write, head};
use crate::answer::{Body, Part, answer, answered};
use crate::reply::{id_of, with_status};
use crate::request::Asked;
use crate::sent::to;
use crate::signed::Signed;
use crate::touched::touched_in_words;

/// `GET /households/{id}/undo/{event}`
pub async fn page(Signed(actor): Signed, Asked(view): Asked, Path((id, event)): Path<(String, String)>) -> Response {
    let body = body_of(&actor, &view, &id, &event, None).await;
    answer(&actor, &view, body)
}

/// `POST /households/{id}/undo/{event}`
pub async fn submit(
    Signed(actor): Signed,
    Asked(view): Asked,
    Path((id, event)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let result = undone(&actor, &view, &id, &event, &Pairs::of(&body)).await;
    answered(&actor, &view, result)
}

async fn undone(actor: &Actor, view: &View, id: &str, event: &str, sent: &Pairs) -> Result<Response, Error> {
    let event_id = id_of("record", event)?;
    if life::sent(actor, event_id).await? == life::Sent::Undone {
        return Ok(to("/households"));
    }
    let stored = file_to_write(actor, id).await?;
    let reason = Some(sent.get("reason").to_owned()).filter(|reason| !reason.is_empty());
    match life::undo(actor, event_id, reason).await {
        Ok(_) => {
            // The file itself may be what the event had made.
            let stands = actor.seen_record(stored.ledger, stored.record.id).await?.is_some();
            Ok(to(&if stands { format!("/households/{id}") } else { "/households".to_owned() }))
        }
        Err(UndoError::Write(WriteError::Refused(error))) => Err(error),
        Err(error) => {
            let body = body_of(actor, view, id, event, Some(error)).await;
            Ok(with_status(422, answer(actor, view, body)))
        }
    }
}

async fn body_of(actor: &Actor, view: &View, id: &str, event: &str, wrong: Option<UndoError>) -> Result<Body, Error> {
    let lang = view.lang;
    let stored = file_to_write(actor, id).await?;
    if !life::can_be_undone(actor, id_of("record", event)?).await? {
        return Err(Error::NotFound { what: "record", value: event.to_owned() });
    }
    let title = t(lang, "life-undo").into_owned();
    let (sent, none) = (Pairs::default(), Wrong::new());
    let sheet = Sheet { actor, view, sent: &sent, wrong: &none };
    let field = sheet.line("reason", &t(lang, "life-reason"), "text", true, None);
    let against = match &wrong {
        None => html! {},
        Some(UndoError::Touched(touched)) => html! {
            div class="notice bad" role="alert" {
                p { (t(lang, "life-touched")) }
                ul { @for one in touched {
                    li { (touched_in_words(actor, lang, one)) }
                } }
            }
        },
        Some(UndoError::Write(error)) => {
            html! { div class="notice bad" role="alert" { p { (in_words(view, &unread(error))) } } }
        }
    };
    let markup = html! {
        (head(view, &stored, &title))
        (panel(&Panel {
            body: html! { p { (t(lang, "life-undo-says")) } (against) (form(&format!("/households/{id}/undo/{event}"), &title, &field)) },
            ..Panel::default()
        }))
    };
    Ok(Body { title, part: Part::Households, markup })
}

fn unread(error: &WriteError) -> LifeError {
    match error {
        WriteError::Commit(CommitError::Invalid { faults, .. }) => LifeError::Faults(faults.clone()),
        WriteError::Commit(CommitError::Stale { ledger, id, expected, found }) => {
            let (ledger, id, expected, found) = (*ledger, *id, *expected, *found);
            LifeError::Write(CommitError::Stale { ledger, id, expected, found }.into())
        }
        other => LifeError::Write(Error::Unavailable(other.to_string()).into()),
    }
}
