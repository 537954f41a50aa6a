//! The first run: three administrators who keep each other in check, and what comes after. Open only while there is no account, only
//! from this machine, and only with the token that the terminal shows.

use std::net::IpAddr;
use std::sync::Arc;

use anju_app::{App, Clock};
use anju_ui::{
    Column, Fact, Input, PageHead, Panel, Row, Table, View, facts, form, input, page_head, panel, print_button, t,
    t_args, table, text,
};
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use crate::Shared;
use crate::answer::{Body, Part, problem_for};
use crate::guard::{Address, Served};
use crate::reply::visitor;
use crate::request::Asked;
use crate::sent::{Sent, to};

/// `GET /setup`
pub async fn page(State(app): Shared, Asked(view): Asked, Extension(Address(address)): Extension<Address>) -> Response {
    if !app.setting_up() {
        return to("/sign-in");
    }
    if !is_here(&address) {
        return visitor(&app, &view, StatusCode::FORBIDDEN, elsewhere(&view));
    }
    let token = view.get("token").unwrap_or_default().to_owned();
    visitor(&app, &view, StatusCode::OK, body(&app, &view, &token, None))
}

/// `POST /setup`
pub async fn submit(
    State(app): Shared,
    Asked(view): Asked,
    Extension(Address(address)): Extension<Address>,
    Extension(served): Extension<Arc<Served>>,
    sent: Sent,
) -> Response {
    if !app.setting_up() {
        return to("/sign-in");
    }
    if !is_here(&address) {
        return visitor(&app, &view, StatusCode::FORBIDDEN, elsewhere(&view));
    }
    let known = served.setup_token.as_deref().is_some_and(|token| same(token, sent.get("token")));
    if !known {
        let fault = t(view.lang, "setup-token-wrong").into_owned();
        return visitor(&app, &view, StatusCode::FORBIDDEN, body(&app, &view, "", Some(fault)));
    }
    match app.first_start(Clock::System.now_ms()).await {
        Ok(Some(made)) => visitor(&app, &view, StatusCode::OK, done(&app, &view, &made)),
        Ok(None) => to("/sign-in"),
        Err(error) => problem_for(&app, None, &view, &error),
    }
}

/// A request from this very machine.
fn is_here(address: &str) -> bool {
    address.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Compared without telling by the time taken how much of it fits.
fn same(token: &str, given: &str) -> bool {
    token.len() == given.len() && token.bytes().zip(given.bytes()).fold(0, |different, (a, b)| different | (a ^ b)) == 0
}

fn elsewhere(view: &View) -> Body {
    let lang = view.lang;
    let title = t(lang, "setup-title").into_owned();
    let markup = html! {
        (page_head(lang, &PageHead { title: title.clone(), ..PageHead::default() }))
        (panel(&Panel { body: html! { p.notice { (t(lang, "setup-elsewhere")) } }, ..Panel::default() }))
    };
    Body { title, part: Part::Elsewhere, markup }
}

fn body(app: &App, view: &View, token: &str, fault: Option<String>) -> Body {
    let lang = view.lang;
    let title = t(lang, "setup-title").into_owned();
    let county = text(lang, &app.county_name()).to_owned();
    let lines = [
        Fact::text(t(lang, "setup-county").into_owned(), &format!("{county} · {}", app.county_code())),
        Fact::text(
            t(lang, "setup-definitions").into_owned(),
            &t_args(
                lang,
                "setup-definitions-n",
                &[("ledgers", app.pack().ledgers.len().into()), ("requirements", app.pack().requirements.len().into())],
            ),
        ),
        Fact::text(t(lang, "setup-keys").into_owned(), &t(lang, "setup-keys-note")),
    ];
    let field = Input {
        name: "token",
        label: t(lang, "setup-token").into_owned(),
        value: token.to_owned(),
        hint: Some(t(lang, "setup-token-hint").into_owned()),
        faults: fault.into_iter().collect(),
        required: true,
        autocomplete: Some("off"),
        ..Input::default()
    };
    let markup = html! {
        div.narrow {
            (page_head(lang, &PageHead { title: title.clone(), ..PageHead::default() }))
            (panel(&Panel { title: t(lang, "setup-checks").into_owned(), body: facts(lang, false, &lines), ..Panel::default() }))
            (panel(&Panel {
                title: t(lang, "setup-three").into_owned(),
                body: html! {
                    ul.steps { @for key in ["setup-system", "setup-security", "setup-audit"] { li { (t(lang, key)) } } }
                    p { (t(lang, "setup-three-note")) }
                    (form("/setup", &t(lang, "setup-make"), &input(&field)))
                },
                ..Panel::default()
            }))
        }
    };
    Body { title, part: Part::Elsewhere, markup }
}

fn done(app: &App, view: &View, made: &[(String, String)]) -> Body {
    let lang = view.lang;
    let title = t(lang, "setup-done").into_owned();
    let rows = (made.iter())
        .map(|(login, password)| Row::of(vec![html! { (login) }, html! { span.once { (password) } }]))
        .collect();
    let list = Table {
        caption: title.clone(),
        columns: vec![Column::text(t(lang, "sign-in-login")), Column::text(t(lang, "once-password"))],
        rows,
        ..Table::default()
    };
    let markup = html! {
        (page_head(lang, &PageHead {
            title: title.clone(),
            aside: Some(text(lang, &app.county_name()).to_owned()),
            actions: print_button(lang),
            ..PageHead::default()
        }))
        p.notice { (t(lang, "setup-once")) }
        (panel(&Panel { body: table(lang, &list), ..Panel::default() }))
        (panel(&Panel {
            title: t(lang, "setup-next").into_owned(),
            body: html! { ol.steps { @for key in ["setup-next-keys", "setup-next-sign-in", "setup-next-accounts", "setup-next-import"] { li { (t(lang, key)) } } } },
            ..Panel::default()
        }))
        p { a class="button first" href="/sign-in" { (t(lang, "sign-in-title")) } }
    };
    Body { title, part: Part::Elsewhere, markup }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_sets_up() {
        assert!(is_here("127.0.0.1") && is_here("::1"));
        for elsewhere in ["10.0.0.2", "local", "", "127.0.0.1.evil"] {
            assert!(!is_here(elsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn a_token_is_compared_whole() {
        assert!(same("abc", "abc") && !same("abc", "abd") && !same("abc", "ab") && !same("abc", ""));
    }
}
