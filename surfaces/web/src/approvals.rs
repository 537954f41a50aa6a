//! What waits for a second person: what would change, from what to what; confirmed or refused with words.

use anju_app::{Actor, Error, ProposalLine, ProposalState, moment};
use anju_ui::{
    Column, Empty, Input, PageHead, Panel, Row, Table, Tone, View, area_input, empty, form, page_head, panel, press, t,
    t_args, table, tag, text,
};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use uuid::Uuid;

use crate::answer::{Body, Part, answer};
use crate::reply::{anchored, faults, id_of, with_status};
use crate::request::Asked;
use crate::sent::{Sent, to};
use crate::signed::Signed;

/// Settled matters still shown.
const SETTLED: usize = 20;

/// `GET /approvals`
pub async fn page(Signed(actor): Signed, Asked(view): Asked) -> Response {
    let body = body(&actor, &view, Vec::new()).await;
    answer(&actor, &view, body)
}

/// `POST /approvals/{id}/confirm`
pub async fn confirm(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>) -> Response {
    let done = match id_of("proposal", &id) {
        Ok(id) => actor.confirm(id).await.map(|_| ()),
        Err(error) => Err(error),
    };
    settled(&actor, view, done).await
}

/// `POST /approvals/{id}/refuse`
pub async fn refuse(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>, sent: Sent) -> Response {
    let done = match id_of("proposal", &id) {
        Ok(id) => actor.refuse(id, sent.get("words")).await.map(|_| ()),
        Err(error) => Err(error),
    };
    settled(&actor, view, done).await
}

/// `POST /approvals/{id}/withdraw`
pub async fn withdraw(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>) -> Response {
    let done = match id_of("proposal", &id) {
        Ok(id) => actor.withdraw(id).await.map(|_| ()),
        Err(error) => Err(error),
    };
    settled(&actor, view, done).await
}

async fn settled(actor: &Actor, view: View, done: Result<(), Error>) -> Response {
    let view = View { path: "/approvals".into(), ..view };
    match done.map_err(|error| faults(&view, error)) {
        Ok(()) => to("/approvals"),
        Err(Ok(faults)) => {
            let body = body(actor, &view, faults).await;
            with_status(422, answer(actor, &view, body))
        }
        Err(Err(error)) => answer(actor, &view, Err(error)),
    }
}

async fn body(actor: &Actor, view: &View, faults: Vec<String>) -> Result<Body, Error> {
    let lang = view.lang;
    let title = t(lang, "approvals-title").into_owned();
    let lines = actor.proposals().await?;
    let waits = |line: &&ProposalLine| line.proposal.state == ProposalState::Waiting;
    let mine: Vec<_> = lines.iter().filter(waits).filter(|line| line.mine).collect();
    let for_me: Vec<_> = lines.iter().filter(waits).filter(|line| line.may_confirm && !line.mine).collect();
    let over: Vec<_> = lines.iter().filter(|line| !waits(line)).take(SETTLED).collect();
    let markup = html! {
        (page_head(lang, &PageHead { title: title.clone(), aside: Some(t(lang, "approvals-aside").into_owned()), ..PageHead::default() }))
        @if !faults.is_empty() { div class="notice bad" role="alert" { @for fault in &faults { p { (fault) } } } }
        @if for_me.is_empty() && mine.is_empty() {
            (panel(&Panel {
                title: t(lang, "approvals-waiting").into_owned(),
                body: empty(&Empty {
                    what: t(lang, "approvals-none").into_owned(),
                    next: Some(t(lang, "approvals-none-next").into_owned()),
                    action: None,
                }),
                ..Panel::default()
            }))
        }
        (group(actor, view, "approvals-waiting", &for_me))
        (group(actor, view, "approvals-mine", &mine))
        (group(actor, view, "approvals-settled", &over))
    };
    Ok(Body { title, part: Part::Approvals, markup })
}

fn group(actor: &Actor, view: &View, key: &str, lines: &[&ProposalLine]) -> Markup {
    html! {
        @if !lines.is_empty() {
            h2 { (t(view.lang, key)) " " small.quiet { (lines.len()) } }
            @for line in lines { (one(actor, view, line)) }
        }
    }
}

fn one(actor: &Actor, view: &View, line: &ProposalLine) -> Markup {
    let lang = view.lang;
    let proposal = &line.proposal;
    let by = [("who", proposal.maker.as_str().into()), ("at", moment(proposal.made_at).into())];
    let body = html! {
        p { small.quiet { (t_args(lang, "approval-by", &by)) } }
        p { (t(lang, "event-reason")) (t(lang, "colon")) (proposal.reason) }
        (table(lang, &changes(view, line)))
        @if let Some(words) = &proposal.words { p.notice { (words) } }
        @match proposal.state {
            ProposalState::Waiting if line.mine => (press(&way(proposal.id, "withdraw"), &t(lang, "approval-withdraw"), &[], false)),
            ProposalState::Waiting if line.may_confirm => (decide(view, proposal.id)),
            ProposalState::Waiting => {},
            state => {
                (settled_tag(view, state))
                @if let (Some(who), Some(at)) = (&proposal.checker, proposal.checked_at) {
                    " " small.quiet { (t_args(lang, "approval-settled-by", &[("who", who.as_str().into()), ("at", moment(at).into())])) }
                }
            },
        }
    };
    let place = crate::places::full_name(actor, view, &proposal.area);
    panel(&Panel { title: kind_in_words(actor, view, &proposal.kind), note: Some(place), body, ..Panel::default() })
}

fn way(id: Uuid, act: &str) -> String {
    format!("/approvals/{id}/{act}")
}

fn decide(view: &View, id: Uuid) -> Markup {
    let lang = view.lang;
    let words =
        Input { name: "words", label: t(lang, "approval-words").into_owned(), required: true, ..Input::default() };
    let field = anchored(area_input(&words), &format!("p{id}"));
    html! {
        (press(&way(id, "confirm"), &t(lang, "approval-confirm"), &[], true))
        details { summary { (t(lang, "approval-refuse")) } (form(&way(id, "refuse"), &t(lang, "approval-refuse"), &field)) }
    }
}

fn settled_tag(view: &View, state: ProposalState) -> Markup {
    let (tone, key) = match state {
        ProposalState::Waiting => (Tone::Lapsing, "approval-state-waiting"),
        ProposalState::Confirmed => (Tone::Met, "approval-state-confirmed"),
        ProposalState::Refused => (Tone::Gap, "approval-state-refused"),
        ProposalState::Withdrawn => (Tone::NotApplicable, "approval-state-withdrawn"),
    };
    tag(tone, &t(view.lang, key))
}

/// A grant, a policy, a setting, or the ledger that is written.
fn kind_in_words(actor: &Actor, view: &View, kind: &str) -> String {
    let lang = view.lang;
    match kind {
        "grant" => t(lang, "approval-kind-grant").into_owned(),
        "grant_end" | "end_grant" => t(lang, "approval-kind-grant-end").into_owned(),
        "policy" => t(lang, "approval-kind-policy").into_owned(),
        "setting" => t(lang, "approval-kind-setting").into_owned(),
        ledger => match actor.ledger(ledger) {
            Ok(ix) => text(lang, &actor.pack().ledger(ix).title).to_owned(),
            Err(_) => ledger.to_owned(),
        },
    }
}

/// What stands now, and what would stand then.
fn changes(view: &View, line: &ProposalLine) -> Table {
    let lang = view.lang;
    let said = |value: &Option<anju_pack::Text>| {
        let value = value.as_ref().map(|value| text(lang, value).to_owned()).filter(|value| !value.is_empty());
        html! { @match value { Some(value) => (value), None => span.quiet { (t(lang, "approval-empty")) } } }
    };
    let rows = (line.what.iter())
        .map(|change| Row::of(vec![html! { (text(lang, &change.label)) }, said(&change.before), said(&change.after)]))
        .collect();
    Table {
        caption: t(lang, "approvals-title").into_owned(),
        columns: ["approval-field", "approval-before", "approval-after"].map(|key| Column::text(t(lang, key))).into(),
        rows,
        ..Table::default()
    }
}
