//! A record that is gone: where its address leads, and what was typed in its form when somebody else was quicker.

use anju_app::{Actor, Error, Stored};
use anju_base::life;
use anju_pack::{AreaLevel, Field, Kind, LedgerIx};
use anju_record::kind;
use anju_ui::{Fact, Panel, View, facts, panel, t, text};
use axum::response::Response;
use maud::{Markup, html};
use uuid::Uuid;

use super::led_to;
use super::removal::{head, taken_away};
use crate::answer::{Body, Part, answer};
use crate::ledgers::{record_lang, record_link};
use crate::reply::with_status;
use crate::sent::{Sent, to};

/// Instead of a page that there is not: the record that it was merged into, or the page that brings it back, for those who see them.
pub async fn instead(actor: &Actor, view: &View, (ledger, id): (&str, &str), error: Error) -> Response {
    let (Error::NotFound { .. }, Ok(ix), Ok(record)) = (&error, actor.ledger(ledger), id.parse()) else {
        return answer(actor, view, Err(error));
    };
    match joined(actor, ix, record).await {
        Ok(Some(stays)) => return led_to(actor, view, stays.ledger, stays.record.id, "joined"),
        Ok(None) => {}
        Err(error) => return answer(actor, view, Err(error)),
    }
    match actor.deleted(ix, id).await {
        Ok(_) => to(&view.link(&format!("/records/{ledger}/{record}/restore"))),
        Err(_) => answer(actor, view, Err(error)),
    }
}

/// The record that one was merged into, as far as they see it.
async fn joined(actor: &Actor, ledger: LedgerIx, id: Uuid) -> Result<Option<Stored>, Error> {
    match life::merged_into(actor, ledger, id).await? {
        Some((ledger, stays)) => actor.seen_record(ledger, stays).await,
        None => Ok(None),
    }
}

/// That a record was merged into another, with the way there; nothing of any other.
pub(super) async fn joined_line(actor: &Actor, view: &View, ledger: LedgerIx, id: Uuid) -> Result<Markup, Error> {
    Ok(match joined(actor, ledger, id).await? {
        None => html! {},
        Some(stays) => html! {
            p.notice {
                (t(view.lang, "gone-joined")) (t(view.lang, "colon"))
                a href=(record_link(actor, view, stays.ledger, stays.record.id)) { (stays.name) }
            }
        },
    })
}

/// The form of a record that was deleted while it was filled in: that it is, and what was typed. Whoever may not know of it is told as before.
pub(super) async fn typed(
    actor: &Actor,
    view: &View,
    (ledger, id): (LedgerIx, Uuid),
    sent: &Sent,
    error: Error,
) -> Result<Response, Error> {
    let Error::NotFound { .. } = error else { return Err(error) };
    let Ok(stored) = actor.deleted(ledger, &id.to_string()).await else { return Err(error) };
    let lang = view.lang;
    let title = t(lang, "gone-title").into_owned();
    let way = format!("/records/{}/{id}/restore", actor.pack().ledger(ledger).id);
    let way = actor.may_restore(ledger, id).await?.then_some(way);
    let markup = html! {
        (head(actor, view, &stored, &title, None))
        div class="notice bad" role="alert" {
            p { b { (t(lang, "gone-says")) } " " (taken_away(actor, view, &stored, true).await?.unwrap_or_default()) }
            @if let Some(way) = way { p { a href=(way) { (t(lang, "restore-title")) } } }
        }
        (joined_line(actor, view, ledger, id).await?)
        (panel(&Panel {
            title: t(lang, "gone-typed").into_owned(),
            note: Some(t(lang, "gone-typed-note").into_owned()),
            body: facts(lang, true, &lines(actor, view, ledger, sent)),
            ..Panel::default()
        }))
    };
    let body = Body { title, part: Part::Ledgers, markup };
    Ok(with_status(410, answer(actor, view, Ok(body))))
}

/// Each field that was filled in, with what was typed in it.
fn lines(actor: &Actor, view: &View, ledger: LedgerIx, sent: &Sent) -> Vec<Fact> {
    let lang = view.lang;
    let line = |field: &Field| {
        let typed = sent.get(&format!("f.{}", field.id));
        (!typed.is_empty()).then(|| Fact::text(text(lang, &field.title), &in_words(actor, view, field, typed)))
    };
    let reason = Some(sent.get("reason")).filter(|reason| !reason.is_empty());
    let reason = reason.map(|reason| Fact::text(t(lang, "form-reason"), reason));
    actor.pack().ledger(ledger).fields.iter().filter_map(line).chain(reason).collect()
}

/// What was typed, as it was read: a code by its title, a place by its name.
fn in_words(actor: &Actor, view: &View, field: &Field, typed: &str) -> String {
    match (&field.kind, kind::parse(actor.pack(), &field.kind, typed)) {
        (Kind::Area { .. }, Ok(_)) => actor.areas().path_name(typed, AreaLevel::Town),
        (Kind::Code { .. } | Kind::Bool, Ok(value)) => {
            kind::format(actor.pack(), &field.kind, &value, record_lang(view.lang))
        }
        _ => typed.to_owned(),
    }
}
