//! Deleting a record and bringing it back, each on a page of its own, with a reason.

use anju_app::{Actor, Error, Related, RemoveError, Stored, Written};
use anju_record::{Fault, day};
use anju_ui::{
    Crumb, Input, Lang, PageHead, Panel, View, area_input, facts, page_head, panel, t, t_args, text, with_query,
};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};

use crate::answer::{Body, Part, answer};
use crate::form::gone::joined_line;
use crate::form::{done_notice, led_to};
use crate::ledgers::{record_lang, record_link, record_table_without};
use crate::reply::{faults, id_of, with_status};
use crate::request::Asked;
use crate::sent::{Sent, to};
use crate::signed::Signed;

/// Characters of a reason at most.
const REASON: u32 = 200;

/// What a page of removal says besides the record.
#[derive(Default)]
struct Said {
    reason: String,
    lines: Vec<String>,
    /// Another record needs it as it stands.
    unfit: bool,
    /// What refers to the record, how many of each ledger.
    referred: Vec<Fault>,
    /// Those of them that the reader sees.
    related: Vec<Related>,
}

/// `GET /records/{ledger}/{id}/delete`
pub async fn delete(Signed(actor): Signed, Asked(view): Asked, Path((ledger, id)): Path<(String, String)>) -> Response {
    let body = delete_body(&actor, &view, &ledger, &id, &Said::default()).await;
    answer(&actor, &view, body)
}

/// `POST /records/{ledger}/{id}/delete`
pub async fn remove(
    Signed(actor): Signed,
    Asked(view): Asked,
    Path((ledger, id)): Path<(String, String)>,
    sent: Sent,
) -> Response {
    let reason = sent.get("reason").to_owned();
    let done = match (actor.ledger(&ledger), id_of("record", &id)) {
        (Ok(ix), Ok(record)) => actor.remove(ix, record, sent.number("version").unwrap_or(0), &reason).await,
        (Err(error), _) | (_, Err(error)) => Err(error.into()),
    };
    let said = match done {
        Ok(Written::Committed(_)) => return to(&format!("/records/{ledger}/{id}/restore")),
        Err(RemoveError::Already) => return to(&format!("/records/{ledger}/{id}/restore?done=gone")),
        Ok(Written::Waiting(_)) => return to("/approvals"),
        Err(error) => said(&view, error, reason),
    };
    match said {
        Ok((said, status)) => {
            let body = delete_body(&actor, &view, &ledger, &id, &said).await;
            with_status(status, answer(&actor, &view, body))
        }
        Err(error) => answer(&actor, &view, Err(error)),
    }
}

fn said(view: &View, error: RemoveError, reason: String) -> Result<(Said, u16), Error> {
    let words = |faults: Vec<Fault>| faults.iter().map(|fault| fault.message(record_lang(view.lang))).collect();
    Ok(match error {
        RemoveError::Referred { faults, related } => {
            (Said { reason, referred: faults, related, ..Said::default() }, 409)
        }
        RemoveError::Already => (Said { reason, ..Said::default() }, 409),
        RemoveError::Unfit(faults) => (Said { reason, lines: words(faults), unfit: true, ..Said::default() }, 409),
        RemoveError::Changed => {
            let lines = vec![t(view.lang, "remove-changed").into_owned()];
            (Said { reason, lines, ..Said::default() }, 409)
        }
        RemoveError::Other(error) => (Said { reason, lines: faults(view, error)?, ..Said::default() }, 422),
    })
}

async fn delete_body(actor: &Actor, view: &View, ledger: &str, id: &str, said: &Said) -> Result<Body, Error> {
    let lang = view.lang;
    let ix = actor.ledger(ledger)?;
    let stored = actor.record(ix, id).await?;
    if !actor.may_change(ix, stored.record.id).await? {
        return Err(Error::denied("write", ledger));
    }
    let title = t(lang, "remove-title").into_owned();
    let mut related = Vec::new();
    for one in &said.related {
        let definition = actor.pack().ledger(one.ledger);
        related.push(panel(&Panel {
            title: format!("{} · {}", text(lang, &definition.title), text(lang, &definition.field(one.field).title)),
            note: Some(t_args(lang, "remove-related", &[("n", one.total.into())])),
            body: record_table_without(actor, view, one.ledger, &one.records, 4, Some(one.field)).await?,
            ..Panel::default()
        }));
    }
    let back = record_link(actor, view, ix, stored.record.id);
    let markup = html! {
        (head(actor, view, &stored, &title, Some(back.clone())))
        (wrong(&said.lines))
        @if said.unfit { (crate::life::way_to_record(actor, view, &stored)) }
        (referring(actor, view, said, &stored))
        (panel(&Panel {
            title: t(lang, "record-facts").into_owned(),
            body: anju_base::facts_of(actor, view, &stored).await?,
            ..Panel::default()
        }))
        @for related in related { (related) }
        (panel(&Panel {
            body: html! {
                p.notice { (t(lang, "remove-note")) }
                form.form method="post" action=(format!("/records/{ledger}/{id}/delete")) {
                    input type="hidden" name="version" value=(stored.record.version);
                    (area_input(&reason(view, &said.reason, &[])))
                    div.actions {
                        button.button.first type="submit" { (title) }
                        a.button href=(back) { (t(lang, "form-cancel")) }
                    }
                }
            },
            ..Panel::default()
        }))
    };
    Ok(Body { title, part: Part::Ledgers, markup })
}

pub(super) fn head(actor: &Actor, view: &View, stored: &Stored, title: &str, back: Option<String>) -> Markup {
    let lang = view.lang;
    let ledger = actor.pack().ledger(stored.ledger);
    let name = if stored.name.trim().is_empty() { text(lang, &ledger.title).to_owned() } else { stored.name.clone() };
    page_head(
        lang,
        &PageHead {
            crumbs: vec![
                Crumb { name: text(lang, &ledger.title).to_owned(), href: Some(format!("/ledgers/{}", ledger.id)) },
                Crumb { name: name.clone(), href: back },
            ],
            title: title.to_owned(),
            aside: Some(name),
            ..PageHead::default()
        },
    )
}

fn wrong(lines: &[String]) -> Markup {
    html! { @if !lines.is_empty() { div class="notice bad" role="alert" { @for line in lines { p { (line) } } } } }
}

/// Why a record may not be deleted: what still refers to it, each ledger once, with the lists of those that the reader sees.
fn referring(actor: &Actor, view: &View, said: &Said, stored: &Stored) -> Markup {
    let lang = view.lang;
    let title = |fault: &Fault| fault.args.first().cloned().unwrap_or_default();
    let mut ledgers: Vec<(&Fault, u64)> = Vec::new();
    for fault in &said.referred {
        let count = fault.args.get(1).and_then(|count| count.parse().ok()).unwrap_or(0);
        match ledgers.iter_mut().find(|(known, _)| title(known) == title(fault)) {
            Some((_, all)) => *all += count,
            None => ledgers.push((fault, count)),
        }
    }
    if ledgers.is_empty() {
        return html! {};
    }
    let name = |fault: &Fault| fault.args.get(if lang == Lang::Zh { 0 } else { 2 }).cloned().unwrap_or_default();
    let seen = |fault: &Fault| {
        let zh = title(fault);
        said.related.iter().filter(move |one| actor.pack().ledger(one.ledger).title.zh == zh)
    };
    html! {
        div class="notice bad" role="alert" {
            p { (t(lang, "remove-referred")) }
            ul { @for (fault, count) in &ledgers { li {
                (name(fault)) (t(lang, "colon")) (t_args(lang, "remove-referring", &[("n", (*count).into())]))
                @for one in seen(fault) { " " a href=(list_of(actor, one, stored)) {
                    (t_args(lang, "remove-list", &[("field", text(lang, &actor.pack().ledger(one.ledger).field(one.field).title).into())]))
                } }
            } } }
        }
    }
}

/// The list of the records that refer to one by a field. The end of its id tells it from its namesakes.
fn list_of(actor: &Actor, related: &Related, stored: &Stored) -> String {
    let ledger = actor.pack().ledger(related.ledger);
    let id = stored.record.id.simple().to_string();
    let called = format!("{} #{}", stored.name, &id[id.len() - 6..]);
    let key = format!("has.{}", ledger.field(related.field).id);
    with_query(&format!("/ledgers/{}", ledger.id), [(key.as_str(), called.as_str())].into_iter())
}

/// Why it is done: what it may be is told before it is refused.
pub(super) fn reason(view: &View, typed: &str, faults: &[String]) -> Input {
    Input {
        name: "reason",
        label: format!("{} *", t(view.lang, "reason")),
        hint: Some(t(view.lang, "remove-reason-hint").into_owned()),
        value: typed.to_owned(),
        faults: faults.to_vec(),
        required: true,
        most: Some(REASON),
        ..Input::default()
    }
}

/// `GET /records/{ledger}/{id}/restore`: a deleted record, and the way back.
pub async fn deleted(
    Signed(actor): Signed,
    Asked(view): Asked,
    Path((ledger, id)): Path<(String, String)>,
) -> Response {
    let body = restore_body(&actor, &view, &ledger, &id, &Said::default()).await;
    answer(&actor, &view, body)
}

/// `POST /records/{ledger}/{id}/restore`
pub async fn restore(
    Signed(actor): Signed,
    Asked(view): Asked,
    Path((ledger, id)): Path<(String, String)>,
    sent: Sent,
) -> Response {
    let typed = sent.get("reason").to_owned();
    let (ix, record) = match (actor.ledger(&ledger), id_of("record", &id)) {
        (Ok(ix), Ok(record)) => (ix, record),
        (Err(error), _) | (_, Err(error)) => return answer(&actor, &view, Err(error)),
    };
    let said = match actor.restore(ix, record, &typed).await {
        Ok(Written::Committed(_)) => return led_to(&actor, &view, ix, record, "restored"),
        Err(RemoveError::Already) => return led_to(&actor, &view, ix, record, "stands"),
        Ok(Written::Waiting(_)) => return to("/approvals"),
        Err(error) => said(&view, error, typed),
    };
    match said {
        Ok((said, status)) => {
            let body = restore_body(&actor, &view, &ledger, &id, &said).await;
            with_status(status, answer(&actor, &view, body))
        }
        Err(error) => answer(&actor, &view, Err(error)),
    }
}

async fn restore_body(actor: &Actor, view: &View, ledger: &str, id: &str, said: &Said) -> Result<Body, Error> {
    let lang = view.lang;
    let ix = actor.ledger(ledger)?;
    let stored = actor.deleted(ix, id).await?;
    actor.note_read(&stored).await?;
    let may = actor.may_restore(ix, stored.record.id).await?;
    let title = t(lang, "restore-title").into_owned();
    let shown = actor.shown(ix, std::slice::from_ref(&stored.record), record_lang(lang)).await?;
    let lines: Vec<_> = (shown.into_iter().flatten())
        .filter(|shown| !shown.hidden)
        .filter_map(|shown| Some(anju_ui::Fact::text(text(lang, &shown.title), &shown.value?)))
        .collect();
    let moments = actor.history(&stored, record_lang(lang)).await?;
    let gone = taken_away(actor, view, &stored, false).await?;
    let markup = html! {
        (head(actor, view, &stored, &title, None))
        (done_notice(view))
        (wrong(&said.lines))
        p.notice { (t(lang, "restore-note")) @if let Some(gone) = gone { " " (gone) } }
        (joined_line(actor, view, ix, stored.record.id).await?)
        (panel(&Panel { title: t(lang, "record-facts").into_owned(), body: facts(lang, true, &lines), ..Panel::default() }))
        @if may {
            (panel(&Panel {
                body: html! {
                    form.form method="post" action=(format!("/records/{ledger}/{id}/restore")) {
                        (area_input(&reason(view, &said.reason, &[])))
                        div.actions { button.button.first type="submit" { (title) } }
                    }
                },
                ..Panel::default()
            }))
        }
        (anju_base::history(view, &moments))
    };
    Ok(Body { title, part: Part::Ledgers, markup })
}

/// Who deleted a record and when; also why, where its history does not stand below.
pub(super) async fn taken_away(
    actor: &Actor,
    view: &View,
    stored: &Stored,
    why: bool,
) -> Result<Option<String>, Error> {
    let moments = actor.history(stored, record_lang(view.lang)).await?;
    let told = |moment: &anju_app::HistoryEntry| {
        let on = day::format(anju_app::day_of(moment.at_ms));
        let when = t_args(view.lang, "restore-when", &[("who", moment.actor.as_str().into()), ("date", on.into())]);
        match moment.reason.as_deref().filter(|reason| why && !reason.is_empty()) {
            Some(reason) => format!("{when}{}", t_args(view.lang, "restore-why", &[("why", reason.into())])),
            None => when,
        }
    };
    Ok(moments.iter().find(|moment| moment.deleted).map(told))
}
