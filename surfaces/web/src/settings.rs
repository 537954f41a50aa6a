//! Settings of the installation, for the system administrator: the county's single sign-on.

use anju_app::{Actor, Error};
use anju_ui::{Fact, Input, InputKind, PageHead, Panel, View, facts, form, input, page_head, panel, t};
use axum::response::Response;
use maud::{Markup, html};

use crate::answer::{Body, Part, answer};
use crate::reply::{anchored, faults, with_status};
use crate::request::Asked;
use crate::sent::{Sent, to};
use crate::signed::Signed;

/// `GET /settings`
pub async fn page(Signed(actor): Signed, Asked(view): Asked) -> Response {
    let body = body(&actor, &view, &Sent::default(), &[]).await;
    answer(&actor, &view, body)
}

/// `POST /settings`: a secret is set, all else is proposed to a second person.
pub async fn put(Signed(actor): Signed, Asked(view): Asked, sent: Sent) -> Response {
    let (key, value) = (sent.get("key"), sent.get("value"));
    let done = if is_secret(key) {
        actor.put_setting(key, value).await.map(|()| "/settings")
    } else {
        actor.propose_setting(key, value, sent.get("reason")).await.map(|_| "/approvals")
    };
    match done.map_err(|error| faults(&view, error)) {
        Ok(path) => to(path),
        Err(Ok(faults)) => {
            let body = body(&actor, &view, &sent, &faults).await;
            with_status(422, answer(&actor, &view, body))
        }
        Err(Err(error)) => answer(&actor, &view, Err(error)),
    }
}

fn is_secret(key: &str) -> bool {
    key.ends_with("secret")
}

async fn body(actor: &Actor, view: &View, sent: &Sent, faults: &[String]) -> Result<Body, Error> {
    let lang = view.lang;
    let title = t(lang, "settings-title").into_owned();
    let settings = actor.settings().await?;
    let markup = html! {
        (page_head(lang, &PageHead { title: title.clone(), aside: Some(t(lang, "settings-aside").into_owned()), ..PageHead::default() }))
        div.grid { @for (key, value) in &settings { (one(view, key, value, sent, faults)) } }
    };
    Ok(Body { title, part: Part::Settings, markup })
}

fn one(view: &View, key: &str, value: &str, sent: &Sent, faults: &[String]) -> Markup {
    let lang = view.lang;
    let mine = sent.get("key") == key;
    let name = t(lang, &format!("setting-{}", key.replace('.', "-"))).into_owned();
    let secret = is_secret(key);
    let field = Input {
        name: "value",
        label: t(lang, "settings-new").into_owned(),
        kind: if secret { InputKind::Password } else { InputKind::Text },
        value: if mine {
            sent.get("value").to_owned()
        } else if secret {
            String::new()
        } else {
            value.to_owned()
        },
        hint: Some(t(lang, "settings-hint").into_owned()),
        faults: if mine { faults.to_vec() } else { Vec::new() },
        autocomplete: Some("off"),
        ..Input::default()
    };
    let reason = Input {
        name: "reason",
        label: t(lang, "event-reason").into_owned(),
        value: if mine { sent.get("reason").to_owned() } else { String::new() },
        required: true,
        ..Input::default()
    };
    let anchor = key.replace('.', "-");
    let fields = html! {
        input type="hidden" name="key" value=(key);
        (anchored(input(&field), &anchor))
        @if !secret { (anchored(input(&reason), &anchor)) }
    };
    let press = t(lang, if secret { "settings-put" } else { "propose" });
    panel(&Panel {
        title: name,
        note: (!secret).then(|| t(lang, "second-person").into_owned()),
        body: html! {
            (facts(lang, false, &[Fact::text(t(lang, "settings-now").into_owned(), value)]))
            details open[mine] { summary { (t(lang, "policy-change")) } (form("/settings", &press, &fields)) }
        },
        ..Panel::default()
    })
}
