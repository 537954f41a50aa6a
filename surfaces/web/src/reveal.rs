//! A masked value shown once, for a reason, which the journal keeps.

use anju_app::{Actor, Error};
use anju_pack::{FieldIx, LedgerIx};
use anju_ui::{Crumb, Fact, Input, PageHead, Panel, View, area_input, facts, form, page_head, panel, t, t_args, text};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};

use crate::answer::{Body, Part, answer};
use crate::request::Asked;
use crate::sent::Sent;
use crate::signed::Signed;

/// A reason is a sentence, not a key pressed.
const SHORTEST: usize = 4;

/// `GET /households/{id}/reveal/{field}`
pub async fn household(
    Signed(actor): Signed,
    Asked(view): Asked,
    Path((id, field)): Path<(String, String)>,
) -> Response {
    let body = asked(&actor, &view, "household", &id, &field, None).await;
    answer(&actor, &view, body)
}

/// `POST /households/{id}/reveal/{field}`
pub async fn household_value(
    Signed(actor): Signed,
    Asked(view): Asked,
    Path((id, field)): Path<(String, String)>,
    sent: Sent,
) -> Response {
    let body = shown(&actor, &view, "household", &id, &field, sent.get("reason")).await;
    answer(&actor, &view, body)
}

/// `GET /records/{ledger}/{id}/reveal/{field}`
pub async fn record(
    Signed(actor): Signed,
    Asked(view): Asked,
    Path((ledger, id, field)): Path<(String, String, String)>,
) -> Response {
    let body = asked(&actor, &view, &ledger, &id, &field, None).await;
    answer(&actor, &view, body)
}

/// `POST /records/{ledger}/{id}/reveal/{field}`
pub async fn record_value(
    Signed(actor): Signed,
    Asked(view): Asked,
    Path((ledger, id, field)): Path<(String, String, String)>,
    sent: Sent,
) -> Response {
    let body = shown(&actor, &view, &ledger, &id, &field, sent.get("reason")).await;
    answer(&actor, &view, body)
}

/// The links beside a record's facts that lead to the form, one for each field that the actor may see unmasked.
pub fn links(actor: &Actor, view: &View, stored: &anju_app::Stored) -> Markup {
    let ledger = actor.pack().ledger(stored.ledger);
    let shown = (ledger.fields.iter().enumerate()).filter(|(at, field)| {
        let ix = FieldIx(u16::try_from(*at).unwrap_or(u16::MAX));
        field.sensitive.is_some()
            && may(actor, stored, ix)
            && stored.record.values.get(*at).is_some_and(|value| *value != anju_record::Value::Null)
    });
    let fields: Vec<_> = shown.map(|(_, field)| field).collect();
    html! {
        @if !fields.is_empty() {
            p.actions {
                small.quiet { (t(view.lang, "reveal-may")) }
                @for field in fields {
                    a class="button small" href=(format!("{}/reveal/{}", way(&ledger.id, &stored.record.id.to_string()), field.id)) {
                        (text(view.lang, &field.title))
                    }
                }
            }
        }
    }
}

/// Whoever the record is about: a child's is shown to fewer.
fn may(actor: &Actor, stored: &anju_app::Stored, field: FieldIx) -> bool {
    actor.rights().may_reveal_of(actor.pack(), stored.ledger, field, &stored.record, actor.today())
}

fn way(ledger: &str, id: &str) -> String {
    if ledger == "household" { format!("/households/{id}") } else { format!("/records/{ledger}/{id}") }
}

async fn asked(
    actor: &Actor,
    view: &View,
    ledger: &str,
    id: &str,
    field: &str,
    fault: Option<String>,
) -> Result<Body, Error> {
    let lang = view.lang;
    let ix = actor.ledger(ledger)?;
    let stored = actor.record(ix, id).await?;
    let at = field_of(actor, ix, field)?;
    let field = actor.pack().ledger(ix).field(at);
    if field.sensitive.is_none() || !may(actor, &stored, at) {
        return Err(Error::denied("reveal", &format!("{ledger}.{}", field.id)));
    }
    let reason = Input {
        name: "reason",
        label: t(lang, "reveal-reason").into_owned(),
        hint: Some(t(lang, "reveal-reason-hint").into_owned()),
        faults: fault.into_iter().collect(),
        required: true,
        ..Input::default()
    };
    let submit = t_args(lang, "reveal-submit", &[("field", text(lang, &field.title).into())]);
    let action = format!("{}/reveal/{}", way(ledger, id), field.id);
    let panel = panel(&Panel {
        title: submit.clone(),
        body: html! { p.notice { (t(lang, "reveal-note")) } (form(&action, &submit, &area_input(&reason))) },
        ..Panel::default()
    });
    Ok(body(view, &stored, submit, way(ledger, id), panel))
}

fn field_of(actor: &Actor, ledger: LedgerIx, field: &str) -> Result<FieldIx, Error> {
    let at = actor.pack().ledger(ledger).fields.iter().position(|known| known.id == field);
    let unknown = || Error::NotFound { what: "field", value: field.to_owned() };
    at.and_then(|at| u16::try_from(at).ok()).map(FieldIx).ok_or_else(unknown)
}

async fn shown(actor: &Actor, view: &View, ledger: &str, id: &str, field: &str, reason: &str) -> Result<Body, Error> {
    let lang = view.lang;
    if reason.chars().count() < SHORTEST {
        return asked(actor, view, ledger, id, field, Some(t(lang, "reason-short").into_owned())).await;
    }
    let ix = actor.ledger(ledger)?;
    let stored = actor.record(ix, id).await?;
    let at = field_of(actor, ix, field)?;
    let value = actor.reveal(ix, id, field, reason).await?;
    let title = text(lang, &actor.pack().ledger(ix).field(at).title).to_owned();
    let lines = [
        Fact::of(title.clone(), html! { span.once { (value) } }),
        Fact::text(t(lang, "reveal-reason").into_owned(), reason),
    ];
    let panel = panel(&Panel {
        title: title.clone(),
        note: Some(t(lang, "reveal-once").into_owned()),
        body: facts(lang, false, &lines),
        ..Panel::default()
    });
    Ok(body(view, &stored, title, way(ledger, id), panel))
}

fn body(view: &View, stored: &anju_app::Stored, title: String, back: String, panel: Markup) -> Body {
    let head = PageHead {
        crumbs: vec![Crumb { name: stored.name.clone(), href: Some(back) }],
        title: title.clone(),
        ..PageHead::default()
    };
    Body { title, part: Part::Elsewhere, markup: html! { (page_head(view.lang, &head)) (panel) } }
}
