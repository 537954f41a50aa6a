//! From a plan to a preview, and from a preview that was confirmed to what is written: once, however often it is sent.

use anju_app::{Actor, CommitError, Error, Foreseen, Like, WriteError, Written, apart_key};
use anju_base::life::{self, LifeError, Plan};
use anju_ui::{Column, PageHead, Panel, Row, Table, View, page_head, panel, t, t_args, table, text};
use axum::response::Response;
use maud::html;
use uuid::Uuid;

use super::controls::{Pairs, Wrong};
use crate::alike;
use crate::answer::{Body, Part, answer};
use crate::ledgers::record_lang;
use crate::sent::to;

/// Names of the preview's own: what was asked, and never part of the answers.
const OWN: [&str; 3] = ["confirm", "event", "apart"];

/// Shows what a plan would change, or carries it out when that was seen; what is wrong stands beside its field. The preview names the event that
/// it would write: sent twice it is written once, and both answers lead to the same page.
pub(crate) async fn settle(
    actor: &Actor,
    view: &View,
    plan: Result<Plan, LifeError>,
    sent: &Pairs,
    way: &str,
) -> Result<Response, Wrong> {
    let mut event = confirmed(sent);
    if let Some(id) = event {
        match life::sent(actor, id).await {
            Ok(life::Sent::Stands(household)) => return Ok(done(household, id)),
            Ok(life::Sent::Not) => {}
            // What was undone since is another event, and shown again first.
            Ok(life::Sent::Undone) => event = None,
            Err(error) => return Ok(answer(actor, view, Err(error))),
        }
    }
    let plan = match plan {
        Ok(plan) => plan,
        Err(error) => return refused(actor, view, error),
    };
    let likes = match actor.likes_of(&plan.steps).await {
        Ok(likes) => likes,
        Err(error) => return Ok(answer(actor, view, Err(error))),
    };
    let told = likes.is_empty() || sent.get("apart") == apart_key(&likes);
    if let Some(id) = event.filter(|_| told) {
        return carry_out(actor, view, plan, id, sent).await;
    }
    match actor.foreseen(&plan.steps, record_lang(view.lang)).await {
        Ok(foreseen) => Ok(answer(actor, view, Ok(preview(actor, view, (&foreseen, &likes), sent, way)))),
        Err(error) => refused(actor, view, error.into()),
    }
}

/// The event that was confirmed: an id that a preview made.
fn confirmed(sent: &Pairs) -> Option<Uuid> {
    let id: Uuid = sent.get("event").parse().ok()?;
    (sent.get("confirm") == "1" && id.get_version_num() == 7).then_some(id)
}

fn done(household: Uuid, event: Uuid) -> Response {
    to(&format!("/households/{household}?done={event}"))
}

async fn carry_out(actor: &Actor, view: &View, plan: Plan, event: Uuid, sent: &Pairs) -> Result<Response, Wrong> {
    let reason = Some(sent.get("reason").to_owned()).filter(|reason| !reason.is_empty());
    let household = plan.household;
    let written = match plan.under(actor, event) {
        Ok(plan) => plan.carry_out(actor, reason).await,
        Err(error) => Err(error),
    };
    // Also where another sending was quicker: it tells what was made, this one would have made other records.
    match (written, life::sent(actor, event).await) {
        (Ok(Written::Waiting(_)), _) => Ok(to("/approvals")),
        (_, Ok(life::Sent::Stands(household))) => Ok(done(household, event)),
        (Ok(_), _) => Ok(done(household, event)),
        (Err(error), _) => refused(actor, view, error),
    }
}

fn refused(actor: &Actor, view: &View, error: LifeError) -> Result<Response, Wrong> {
    let lang = record_lang(view.lang);
    let mut wrong = Wrong::new();
    match error {
        LifeError::Faults(faults) | LifeError::Write(WriteError::Commit(CommitError::Invalid { faults, .. })) => {
            for fault in faults {
                wrong.entry(fault.path.clone()).or_default().push(fault.message(lang));
            }
        }
        LifeError::Write(WriteError::Refused(Error::Refused(refusals))) => {
            wrong.insert("reason".into(), refusals.iter().map(|it| it.message(lang)).collect());
        }
        LifeError::Write(WriteError::Refused(error)) => return Ok(answer(actor, view, Err(error))),
        error @ LifeError::Write(WriteError::Commit(_)) => {
            wrong.insert(String::new(), vec![in_words(view, &error)]);
        }
    }
    Err(wrong)
}

/// What kept an event from being written.
pub(super) fn in_words(view: &View, error: &LifeError) -> String {
    match error {
        LifeError::Faults(faults) => {
            faults.iter().map(|fault| fault.message(record_lang(view.lang))).collect::<Vec<_>>().join("；")
        }
        LifeError::Write(WriteError::Commit(CommitError::Stale { .. } | CommitError::NotFound { .. })) => {
            t(view.lang, "life-changed-meanwhile").into_owned()
        }
        other => other.to_string(),
    }
}

/// Each record, what stands and what would stand; and who the new ones may be.
fn preview(actor: &Actor, view: &View, (foreseen, likes): (&[Foreseen], &[Like]), sent: &Pairs, way: &str) -> Body {
    let lang = view.lang;
    let title = t(lang, "life-preview").into_owned();
    let answers = sent.0.iter().filter(|(name, _)| !OWN.contains(&name.as_str()));
    let markup = html! {
        (page_head(lang, &PageHead { title: title.clone(), ..PageHead::default() }))
        (panel(&Panel {
            title: t_args(lang, "life-records", &[("n", foreseen.len().into())]),
            body: html! {
                (table(lang, &changes(actor, view, foreseen)))
                form.form method="post" action=(way) {
                    @for (name, value) in answers { input type="hidden" name=(name) value=(value); }
                    input type="hidden" name="event" value=(actor.new_id());
                    input type="hidden" name="confirm" value="1";
                    (alike::likes(actor, view, likes))
                    div.actions { button.button.first type="submit" { (t(lang, "life-confirm")) } a.button href=(view.link(way)) { (t(lang, "life-back")) } }
                }
            },
            ..Panel::default()
        }))
    };
    Body { title, part: Part::Households, markup }
}

fn changes(actor: &Actor, view: &View, foreseen: &[Foreseen]) -> Table {
    let lang = view.lang;
    let said = |side: &Option<String>| html! { @match side { Some(words) => (words), None => span.quiet { "—" } } };
    let mut rows = Vec::new();
    for one in foreseen {
        let ledger = text(lang, &actor.pack().ledger(one.ledger).title);
        let mark = match (one.made, one.removed) {
            (true, _) => t(lang, "life-made"),
            (_, true) => t(lang, "life-removed"),
            _ => "".into(),
        };
        let named = html! { (ledger) " " (one.name) " " small.quiet { (mark) } };
        if one.changes.is_empty() {
            rows.push(Row::of(vec![named, html! {}, html! {}, html! {}]));
            continue;
        }
        for (at, change) in one.changes.iter().enumerate() {
            // Every row is headed by its record; a header may not be blank.
            let first = if at == 0 {
                named.clone()
            } else {
                html! { small.quiet { (ledger) " " (one.name) } }
            };
            let field = html! { (text(lang, &change.title)) };
            rows.push(Row::of(vec![first, field, said(&change.before), said(&change.after)]));
        }
    }
    let columns = ["life-record", "life-field", "life-before", "life-after"];
    Table {
        caption: t(lang, "life-preview").into_owned(),
        columns: columns.map(|key| Column::text(t(lang, key))).into(),
        rows,
        ..Table::default()
    }
}
