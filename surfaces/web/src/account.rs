//! One's own account: who one is here, what one may, where one is signed in, tokens, and the emergency access.

use std::sync::Arc;

use anju_app::{Actor, Error, Event, moment};
use anju_ui::{
    Column, Fact, Input, InputKind, PageHead, Panel, Row, Table, Tone, View, facts, form, input, page_head, panel,
    press, select, t, t_args, table, tag, text,
};
use axum::Extension;
use axum::response::Response;
use maud::{Markup, html};

use crate::answer::{Body, Part, answer};
use crate::guard::Served;
use crate::home::greeting;
use crate::places::place_choices;
use crate::reply::{faults, with_status};
use crate::request::Asked;
use crate::secrets::led_on;
use crate::sent::{Sent, to};
use crate::signed::Signed;

/// Entries of the sign-in history.
const HISTORY: u32 = 30;
/// Longest emergency access offered.
const HOURS: [u32; 4] = [1, 2, 4, 8];

/// What a form of the page left behind.
#[derive(Default)]
struct Said {
    token: Option<String>,
    faults: Vec<String>,
}

/// `GET /account`
pub async fn page(Signed(actor): Signed, Asked(view): Asked) -> Response {
    let body = body(&actor, &view, &Said::default()).await;
    answer(&actor, &view, body)
}

async fn body(actor: &Actor, view: &View, said: &Said) -> Result<Body, Error> {
    let lang = view.lang;
    let title = t(lang, "own-account").into_owned();
    let welcome = if view.get("welcome").is_some() {
        greeting(actor, view).await
    } else {
        html! {}
    };
    let markup = html! {
        (welcome)
        (page_head(lang, &PageHead { title: title.clone(), aside: Some(actor.who().name.clone()), ..PageHead::default() }))
        div.grid {
            (who(actor, view).await?)
            (protection(actor, view).await?)
        }
        (sessions(actor, view).await?)
        (tokens(actor, view, said).await?)
        (history(actor, view).await?)
    };
    Ok(Body { title, part: Part::Elsewhere, markup })
}

async fn who(actor: &Actor, view: &View) -> Result<Markup, Error> {
    let lang = view.lang;
    let held = held(actor, view);
    let mut lines = vec![
        Fact::text(t(lang, "sign-in-login").into_owned(), &actor.who().login),
        Fact::text(t(lang, "account-name").into_owned(), &actor.who().name),
    ];
    lines.push(Fact {
        name: t(lang, "account-roles").into_owned(),
        value: (!held.is_empty()).then(|| html! { ul { @for line in &held { li { (line) } } } }),
    });
    let glass = actor.has_duty(anju_pack::Duty::BreakGlass);
    Ok(panel(&Panel {
        title: t(lang, "account-who").into_owned(),
        body: html! {
            (facts(lang, false, &lines))
            (own_files(actor, view).await?)
            @if glass { p { a.button href="/account/break-glass" { (t(lang, "glass-title")) } } }
        },
        ..Panel::default()
    }))
}

/// Each role with its place, in words.
pub fn held(actor: &Actor, view: &View) -> Vec<String> {
    let roles = actor.rights().roles().map(|(role, area)| {
        let title = actor
            .pack()
            .role_by_id(role)
            .map_or(role.to_string(), |ix| text(view.lang, &actor.pack().role(ix).title).to_owned());
        format!("{title} · {}", crate::places::full_name(actor, view, area))
    });
    roles.collect()
}

/// For people with a file of their own: the file, and who looked at it.
async fn own_files(actor: &Actor, view: &View) -> Result<Markup, Error> {
    let lang = view.lang;
    if crate::home::landing(actor) != crate::home::Landing::Households {
        return Ok(html! {});
    }
    let scope = actor.scope(None, None)?;
    let ledger = actor.ledger("household")?;
    let found = actor.find(ledger, &scope, None, 0, 2).await?;
    let [only] = found.records.as_slice() else { return Ok(html! {}) };
    Ok(html! {
        p.actions {
            a.button href=(format!("/households/{}", only.id)) { (t(lang, "account-own-file")) }
            a.button href=(format!("/households/{}/who-looked", only.id)) { (t(lang, "looked-title")) }
        }
    })
}

async fn protection(actor: &Actor, view: &View) -> Result<Markup, Error> {
    let lang = view.lang;
    let state = actor.second_factor_state().await?;
    let (tone, word) = if state.on { (Tone::Met, "factor-on") } else { (Tone::Plain, "factor-off") };
    let lines = [
        Fact::of(
            t(lang, "sign-in-password").into_owned(),
            html! { a href="/account/password" { (t(lang, "password-change")) } },
        ),
        Fact::of(
            t(lang, "factor-title").into_owned(),
            html! {
                (tag(tone, &t(lang, word)))
                @if state.on { " " small.quiet { (t_args(lang, "factor-left", &[("n", state.recovery_left.into())])) } }
                " " a href="/account/second-factor" { (t(lang, if state.on { "factor-manage" } else { "factor-set-up" })) }
            },
        ),
    ];
    Ok(panel(&Panel {
        title: t(lang, "account-protection").into_owned(),
        body: facts(lang, false, &lines),
        ..Panel::default()
    }))
}

async fn sessions(actor: &Actor, view: &View) -> Result<Markup, Error> {
    let lang = view.lang;
    let sessions = actor.sessions().await?;
    let others = sessions.iter().any(|session| !session.current);
    let rows = (sessions.iter())
        .map(|session| {
            Row::of(vec![
                html! {
                    (device(&session.agent))
                    @if session.current { " " (tag(Tone::Met, &t(lang, "session-this"))) }
                },
                html! { (session.address) },
                html! { (moment(session.made_at)) },
                html! { (moment(session.seen_at)) },
                html! { @if !session.current {
                    (press("/account/sessions/end", &t(lang, "session-end"), &[("key", &session.key)], false))
                } },
            ])
        })
        .collect();
    let columns = vec![
        Column::text(t(lang, "session-device")),
        Column::text(t(lang, "event-address")),
        Column::text(t(lang, "session-since")).second(),
        Column::text(t(lang, "session-seen")),
        Column::text(""),
    ];
    let title = t(lang, "sessions-title").into_owned();
    let list = Table { caption: title.clone(), columns, rows, ..Table::default() };
    let end_others =
        others.then(|| press("/account/sessions/end", &t(lang, "sessions-end-others"), &[("key", "others")], false));
    Ok(panel(&Panel { title, actions: end_others, body: table(lang, &list), ..Panel::default() }))
}

/// A browser and its system as people call them; what is unknown stands as it was sent.
fn device(agent: &str) -> String {
    let first = |words: &[(&'static str, &'static str)]| {
        words.iter().find(|(word, _)| agent.contains(word)).map(|(_, name)| *name)
    };
    let browser = first(&[
        ("MicroMessenger", "微信"),
        ("Edg/", "Edge"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("HarmonyOS", "HarmonyOS"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => agent.chars().take(40).collect(),
    }
}

async fn tokens(actor: &Actor, view: &View, said: &Said) -> Result<Markup, Error> {
    let lang = view.lang;
    let now = anju_app::Clock::System.now_ms();
    let tokens = actor.tokens().await?;
    let rows = (tokens.iter().filter(|token| token.ended_at.is_none() && token.ends_at > now))
        .map(|token| {
            Row::of(vec![
                html! { (token.name) },
                html! { (token.scopes.join(" ")) },
                html! { (moment(token.ends_at)) },
                html! { (token.used_at.map(moment).unwrap_or_default()) },
                press("/account/tokens/end", &t(lang, "token-end"), &[("id", &token.id.to_string())], false),
            ])
        })
        .collect();
    let columns = vec![
        Column::text(t(lang, "token-name")),
        Column::text(t(lang, "token-scopes")),
        Column::text(t(lang, "token-ends")),
        Column::text(t(lang, "token-used")).second(),
        Column::text(""),
    ];
    let list = Table { caption: t(lang, "tokens-title").into_owned(), columns, rows, ..Table::default() };
    Ok(panel(&Panel {
        title: t(lang, "tokens-title").into_owned(),
        note: Some(t(lang, "tokens-note").into_owned()),
        id: Some("tokens".into()),
        body: html! {
            @if let Some(token) = &said.token {
                p class="notice good" role="status" { (t(lang, "token-once")) }
                p.once { (token) }
            }
            @if !list.rows.is_empty() { (table(lang, &list)) }
            details open[!said.faults.is_empty()] { summary { (t(lang, "token-new")) } (token_form(view, said)) }
        },
        ..Panel::default()
    }))
}

fn token_form(view: &View, said: &Said) -> Markup {
    let lang = view.lang;
    let name = Input {
        name: "name",
        label: t(lang, "token-name").into_owned(),
        hint: Some(t(lang, "token-name-hint").into_owned()),
        faults: said.faults.clone(),
        required: true,
        ..Input::default()
    };
    let days = Input {
        name: "days",
        label: t(lang, "token-days").into_owned(),
        kind: InputKind::Number,
        value: "30".into(),
        required: true,
        ..Input::default()
    };
    let fields = html! {
        (input(&name))
        (input(&days))
        fieldset {
            legend { (t(lang, "token-scopes")) }
            @for scope in anju_app::SCOPES {
                div class="field tick" {
                    input type="checkbox" id=(format!("scope-{scope}")) name="scope" value=(scope) checked[*scope == "read"];
                    label for=(format!("scope-{scope}")) { (t(lang, &format!("scope-{scope}"))) }
                }
            }
        }
    };
    form("/account/tokens", &t(lang, "token-new"), &fields)
}

async fn history(actor: &Actor, view: &View) -> Result<Markup, Error> {
    let lang = view.lang;
    let events = actor.sign_ins(HISTORY as _).await?;
    let title = t(lang, "history-title").into_owned();
    Ok(panel(&Panel {
        title: title.clone(),
        note: Some(t(lang, "history-note").into_owned()),
        id: Some("history".into()),
        body: table(lang, &event_list(view, title, &events)),
        ..Panel::default()
    }))
}

fn event_list(view: &View, caption: String, events: &[Event]) -> Table {
    let lang = view.lang;
    let rows = (events.iter())
        .map(|event| {
            let row = vec![
                html! { time { (moment(event.at)) } },
                html! { (crate::audit::act_in_words(lang, &event.act)) },
                html! { (event.address) },
            ];
            Row { tone: if event.act == "sign_in" { Tone::Plain } else { Tone::Gap }, ..Row::of(row) }
        })
        .collect();
    let columns =
        ["event-when", "event-act", "event-address"].map(|key| Column::text(t(lang, key))).into_iter().collect();
    Table { caption, columns, rows, ..Table::default() }
}

/// `POST /account/sessions/end`
pub async fn end_session(Signed(actor): Signed, Asked(view): Asked, sent: Sent) -> Response {
    let done = match sent.get("key") {
        "others" => actor.end_other_sessions().await.map(|_| ()),
        key => actor.end_session(key).await.map(|_| ()),
    };
    done.map_or_else(|error| answer(&actor, &view, Err(error)), |()| to("/account"))
}

/// `POST /account/tokens`: shown once, here.
pub async fn make_token(Signed(actor): Signed, Asked(view): Asked, sent: Sent) -> Response {
    let scopes = sent.all("scope");
    let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
    let made = actor.make_token(sent.get("name"), &scopes, sent.number("days").unwrap_or_default()).await;
    let (status, said) = match made.map_err(|error| faults(&view, error)) {
        Ok(token) => (200, Said { token: Some(token), ..Said::default() }),
        Err(Ok(faults)) => (422, Said { faults, ..Said::default() }),
        Err(Err(error)) => return answer(&actor, &view, Err(error)),
    };
    let view = View { path: "/account".into(), ..view };
    let body = body(&actor, &view, &said).await;
    with_status(status, answer(&actor, &view, body))
}

/// `POST /account/tokens/end`
pub async fn end_token(Signed(actor): Signed, Asked(view): Asked, sent: Sent) -> Response {
    let id = match crate::reply::id_of("token", sent.get("id")) {
        Ok(id) => id,
        Err(error) => return answer(&actor, &view, Err(error)),
    };
    match actor.end_token(id).await {
        Ok(_) => to("/account#tokens"),
        Err(error) => answer(&actor, &view, Err(error)),
    }
}

/// `GET /account/break-glass`
pub async fn glass(Signed(actor): Signed, Asked(view): Asked) -> Response {
    answer(&actor, &view, Ok(glass_body(&actor, &view, &Sent::default(), Vec::new())))
}

/// `POST /account/break-glass`
pub async fn break_glass(
    Signed(actor): Signed,
    Asked(view): Asked,
    Extension(served): Extension<Arc<Served>>,
    sent: Sent,
) -> Response {
    let hours = sent.number("hours").unwrap_or_default();
    match actor.break_glass(sent.get("area"), hours, sent.get("reason")).await.map_err(|error| faults(&view, error)) {
        Ok(glass) => led_on("/", &served, glass.token.as_deref()),
        Err(Ok(faults)) => with_status(422, answer(&actor, &view, Ok(glass_body(&actor, &view, &sent, faults)))),
        Err(Err(error)) => answer(&actor, &view, Err(error)),
    }
}

fn glass_body(actor: &Actor, view: &View, sent: &Sent, faults: Vec<String>) -> Body {
    let lang = view.lang;
    let title = t(lang, "glass-title").into_owned();
    let place = Input {
        name: "area",
        label: t(lang, "glass-area").into_owned(),
        value: sent.get("area").into(),
        ..Input::default()
    };
    let hours = Input {
        name: "hours",
        label: t(lang, "glass-hours").into_owned(),
        value: sent.get("hours").into(),
        ..Input::default()
    };
    let reason = Input {
        name: "reason",
        label: t(lang, "event-reason").into_owned(),
        value: sent.get("reason").into(),
        hint: Some(t(lang, "glass-reason-hint").into_owned()),
        faults,
        required: true,
        ..Input::default()
    };
    let choices: Vec<_> = (HOURS.iter())
        .map(|hours| anju_ui::Choice {
            value: hours.to_string(),
            name: t_args(lang, "glass-hours-n", &[("n", (*hours).into())]),
            depth: 0,
        })
        .collect();
    let fields = html! { (select(&place, &place_choices(actor, view))) (select(&hours, &choices)) (anju_ui::area_input(&reason)) };
    let markup = html! {
        (page_head(lang, &PageHead { title: title.clone(), ..PageHead::default() }))
        (panel(&Panel {
            body: html! {
                p.notice { (t(lang, "glass-what")) }
                (form("/account/break-glass", &t(lang, "glass-submit"), &fields))
            },
            ..Panel::default()
        }))
    };
    Body { title, part: Part::Elsewhere, markup }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_told_as_people_call_it() {
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/86.0 Safari/537.36";
        assert_eq!(device(chrome), "Chrome · Windows");
        assert_eq!(device("curl/8.5"), "curl/8.5");
        assert_eq!(device(""), "");
    }
}
