//! The policies of passwords, sessions and retention. A change waits for a second person.

use anju_app::{Actor, Error, PolicyLine};
use anju_ui::{Input, InputKind, PageHead, Panel, View, form, input, page_head, panel, t, t_args};
use axum::response::Response;
use maud::html;

use crate::answer::{Body, Part, answer};
use crate::reply::{anchored, faults, with_status};
use crate::request::Asked;
use crate::sent::{Sent, to};
use crate::signed::Signed;

/// What was sent and found wanting.
#[derive(Default)]
struct Said {
    key: String,
    value: String,
    reason: String,
    faults: Vec<String>,
}

/// `GET /policies`
pub async fn page(Signed(actor): Signed, Asked(view): Asked) -> Response {
    let body = body(&actor, &view, &Said::default()).await;
    answer(&actor, &view, body)
}

/// `POST /policies`
pub async fn propose(Signed(actor): Signed, Asked(view): Asked, sent: Sent) -> Response {
    let (key, value, reason) = (sent.get("key"), sent.get("value"), sent.get("reason"));
    match actor.propose_policy(key, value, reason).await.map_err(|error| faults(&view, error)) {
        Ok(_) => to("/approvals"),
        Err(Ok(faults)) => {
            let said = Said { key: key.into(), value: value.into(), reason: reason.into(), faults };
            let body = body(&actor, &view, &said).await;
            with_status(422, answer(&actor, &view, body))
        }
        Err(Err(error)) => answer(&actor, &view, Err(error)),
    }
}

async fn body(actor: &Actor, view: &View, said: &Said) -> Result<Body, Error> {
    let lang = view.lang;
    let title = t(lang, "policies-title").into_owned();
    let lines = actor.policies().await?;
    let markup = html! {
        (page_head(lang, &PageHead { title: title.clone(), aside: Some(t(lang, "policies-aside").into_owned()), ..PageHead::default() }))
        div.grid { @for line in &lines { (one(view, line, said)) } }
    };
    Ok(Body { title, part: Part::Policies, markup })
}

fn one(view: &View, line: &PolicyLine, said: &Said) -> maud::Markup {
    let lang = view.lang;
    let mine = said.key == line.key;
    let value = Input {
        name: "value",
        label: t(lang, "policy-value").into_owned(),
        kind: InputKind::Number,
        value: if mine { said.value.clone() } else { line.value.to_string() },
        hint: Some(t_args(
            lang,
            "policy-bounds",
            &[("min", line.min.into()), ("max", line.max.into()), ("default", line.default.into())],
        )),
        faults: if mine { said.faults.clone() } else { Vec::new() },
        required: true,
        ..Input::default()
    };
    let reason = Input {
        name: "reason",
        label: t(lang, "event-reason").into_owned(),
        value: if mine { said.reason.clone() } else { String::new() },
        required: true,
        ..Input::default()
    };
    let fields = html! { input type="hidden" name="key" value=(line.key); (anchored(input(&value), line.key)) (anchored(input(&reason), line.key)) };
    panel(&Panel {
        title: policy_name(lang, line.key),
        note: Some(line.value.to_string()),
        body: html! { details open[mine] { summary { (t(lang, "policy-change")) } (form("/policies", &t(lang, "propose"), &fields)) } },
        ..Panel::default()
    })
}

/// What a policy is called.
pub fn policy_name(lang: anju_ui::Lang, key: &str) -> String {
    t(lang, &format!("policy-{}", key.trim_start_matches("policy.").replace('_', "-"))).into_owned()
}
