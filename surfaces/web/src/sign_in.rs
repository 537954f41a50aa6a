//! The way in and out: a password, a second factor, the county's single sign-on, and in the demo one press.

use std::sync::Arc;

use anju_app::{App, Clock, NewSession, SecondFactor, SignIn, SignInRefused, SignedIn};
use anju_ui::{Input, InputKind, Lang, PageHead, Panel, View, form, input, page_head, panel, t, text, with_query};
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::response::Response;
use maud::{Markup, html};

use crate::Shared;
use crate::answer::{Body, Part};
use crate::guard::{Address, Served};
use crate::ledgers::record_lang;
use crate::reply::visitor;
use crate::request::{Asked, cookie};
use crate::sent::{Sent, to};
use crate::signed::{Perhaps, Signed, safe_next};

/// Keeps what the provider must give back, for the minutes that signing in there takes.
const STATE_COOKIE: &str = "anju-oidc";

/// How the installation is reached, put there by the guard.
type ServedHere = Extension<Arc<Served>>;

/// `GET /sign-in`
pub async fn page(State(app): Shared, Asked(view): Asked, Perhaps(actor): Perhaps) -> Response {
    let next = safe_next(view.get("next").unwrap_or("/")).to_owned();
    if actor.is_some() {
        return to(&next);
    }
    visitor(&app, &view, StatusCode::OK, body(&app, &view, &next, "", None))
}

/// `POST /sign-in`
pub async fn submit(
    State(app): Shared,
    Asked(view): Asked,
    Extension(address): Extension<Address>,
    Extension(served): ServedHere,
    headers: HeaderMap,
    sent: Sent,
) -> Response {
    let view = View { path: "/sign-in".into(), ..view };
    let login = sent.get("login").to_owned();
    let given = given(&login, sent.exactly("password"), address, &headers);
    let result = app.sign_in(given).await;
    answered(&app, &view, &served, safe_next(sent.get("next")), &login, result)
}

/// `POST /sign-in/demo`: only accounts of the demo, and only in it.
pub async fn demo(
    State(app): Shared,
    Asked(view): Asked,
    Extension(address): Extension<Address>,
    Extension(served): ServedHere,
    headers: HeaderMap,
    sent: Sent,
) -> Response {
    let view = View { path: "/sign-in".into(), ..view };
    let login = sent.get("login").to_owned();
    let known = app.demo_accounts().iter().any(|account| account.login == login);
    let result = match app.demo_password().filter(|_| known).map(str::to_owned) {
        Some(password) => app.sign_in(given(&login, &password, address, &headers)).await,
        None => Err(SignInRefused::Wrong),
    };
    answered(&app, &view, &served, safe_next(sent.get("next")), &login, result)
}

/// `POST /sign-in/second`
pub async fn second(
    State(app): Shared,
    Asked(view): Asked,
    Extension(Address(address)): Extension<Address>,
    Extension(served): ServedHere,
    headers: HeaderMap,
    sent: Sent,
) -> Response {
    let view = View { path: "/sign-in".into(), ..view };
    let next = safe_next(sent.get("next")).to_owned();
    let challenge = sent.get("challenge").to_owned();
    let given = SecondFactor {
        challenge: challenge.clone(),
        code: sent.get("code").to_owned(),
        address,
        agent: agent(&headers),
        now: Clock::System.now_ms(),
    };
    match app.second_factor(given).await {
        Ok(session) => signed_in(&served, &next, &session),
        Err(SignInRefused::Wrong) => {
            let fault = t(view.lang, "sign-in-code-wrong").into_owned();
            visitor(&app, &view, StatusCode::UNAUTHORIZED, second_body(&view, &next, &challenge, Some(fault)))
        }
        Err(refused) => refusal(&app, &view, &next, "", &refused),
    }
}

/// `GET /sign-in/oidc`: leads to the county's provider.
pub async fn oidc(
    State(app): Shared,
    Asked(view): Asked,
    Extension(served): ServedHere,
    headers: HeaderMap,
) -> Response {
    let next = safe_next(view.get("next").unwrap_or("/")).to_owned();
    if !app.oidc_on() {
        return to("/sign-in");
    }
    match app.oidc_begin(&back_here(&served, &headers), Clock::System.now_ms()).await {
        Ok(start) => {
            let mut response = to(&start.url);
            let kept = with_query(&start.state, [("next", next.as_str())].into_iter());
            state_cookie(&mut response, &served, &kept, "; Max-Age=600");
            response
        }
        Err(error) => {
            tracing::warn!(%error, "the provider of single sign-on cannot be asked");
            let words = t(view.lang, "sign-in-oidc-failed").into_owned();
            visitor(&app, &view, StatusCode::SERVICE_UNAVAILABLE, body(&app, &view, &next, "", Some(words)))
        }
    }
}

/// `GET /sign-in/oidc/back`: the provider sends the browser here.
pub async fn oidc_back(
    State(app): Shared,
    Asked(view): Asked,
    Extension(Address(address)): Extension<Address>,
    Extension(served): ServedHere,
    headers: HeaderMap,
) -> Response {
    let kept = cookie(&headers, STATE_COOKIE).unwrap_or_default();
    let (state, query) = kept.split_once('?').unwrap_or((&kept, ""));
    let next =
        form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "next").map(|(_, next)| next.into_owned());
    let next = safe_next(next.as_deref().unwrap_or("/")).to_owned();
    let (given, code) = (view.get("state").unwrap_or_default(), view.get("code").unwrap_or_default());
    // A state that this browser did not begin with is somebody else's sign-in.
    let result = if state.is_empty() || given != state || code.is_empty() {
        Err(SignInRefused::Wrong)
    } else {
        app.oidc_finish(state, code, &address, &agent(&headers), Clock::System.now_ms()).await
    };
    let mut response = match result {
        Err(SignInRefused::Wrong) => {
            let words = t(view.lang, "sign-in-oidc-failed").into_owned();
            visitor(&app, &view, StatusCode::UNAUTHORIZED, body(&app, &view, &next, "", Some(words)))
        }
        other => answered(&app, &view, &served, &next, "", other),
    };
    state_cookie(&mut response, &served, "", "; Max-Age=0");
    response
}

/// `POST /sign-out`
pub async fn out(Signed(actor): Signed, Extension(served): ServedHere) -> Response {
    if let Err(error) = actor.sign_out().await {
        tracing::error!(%error, "a session could not be ended");
    }
    let mut response = to("/sign-in");
    if let Some(cookie) = served.no_cookie() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    response
}

fn given(login: &str, password: &str, Address(address): Address, headers: &HeaderMap) -> SignIn {
    let password = password.to_owned();
    SignIn { login: login.to_owned(), password, address, agent: agent(headers), now: Clock::System.now_ms() }
}

/// What the browser calls itself, cut to what a list of sessions needs.
fn agent(headers: &HeaderMap) -> String {
    let said = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    said.chars().take(200).collect()
}

fn back_here(served: &Served, headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let origin = served.origin.clone().unwrap_or_else(|| format!("http://{host}"));
    format!("{}/sign-in/oidc/back", origin.trim_end_matches('/'))
}

fn state_cookie(response: &mut Response, served: &Served, value: &str, age: &str) {
    let secure = if served.secure() { "; Secure" } else { "" };
    let text = format!("{STATE_COOKIE}={value}; Path=/sign-in; HttpOnly; SameSite=Lax{secure}{age}");
    if let Ok(cookie) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

fn answered(
    app: &App,
    view: &View,
    served: &Served,
    next: &str,
    login: &str,
    result: Result<SignedIn, SignInRefused>,
) -> Response {
    match result {
        Ok(SignedIn::Session(session)) => signed_in(served, next, &session),
        Ok(SignedIn::SecondFactor { challenge }) => {
            visitor(app, view, StatusCode::OK, second_body(view, next, &challenge, None))
        }
        Err(refused) => refusal(app, view, next, login, &refused),
    }
}

fn signed_in(served: &Served, next: &str, session: &NewSession) -> Response {
    // Wrong passwords since the last visit are shown before anything else.
    let next = match next {
        "/" => "/?welcome=1",
        _ if session.failures > 0 => "/account?welcome=1#history",
        other => other,
    };
    let mut response = to(next);
    if let Some(cookie) = served.cookie(&session.token) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn refusal(app: &App, view: &View, next: &str, login: &str, refused: &SignInRefused) -> Response {
    let status = match refused {
        SignInRefused::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        SignInRefused::Busy | SignInRefused::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::UNAUTHORIZED,
    };
    if let SignInRefused::Unavailable(why) = refused {
        tracing::error!(%why, "nobody can sign in");
    }
    let words = refused.message(record_lang(view.lang));
    visitor(app, view, status, body(app, view, next, login, Some(words)))
}

fn body(app: &App, view: &View, next: &str, login: &str, fault: Option<String>) -> Body {
    let lang = view.lang;
    let title = t(lang, "sign-in-title").into_owned();
    let oidc = with_query("/sign-in/oidc", [("next", next)].into_iter());
    let markup = html! {
        div.narrow {
            (page_head(lang, &PageHead { title: title.clone(), aside: Some(text(lang, &app.county_name()).to_owned()), ..PageHead::default() }))
            (panel(&Panel {
                body: html! {
                    @if let Some(fault) = &fault { p class="notice bad" role="alert" { (fault) } }
                    (password_form(lang, next, login))
                    @if app.oidc_on() { p { a.button href=(oidc) { (t(lang, "sign-in-oidc")) } } }
                    p { small.quiet { (t(lang, "sign-in-help")) } }
                },
                ..Panel::default()
            }))
        }
        (demo_accounts(app, lang, next))
    };
    Body { title, part: Part::Elsewhere, markup }
}

fn password_form(lang: Lang, next: &str, login: &str) -> Markup {
    let name = Input {
        name: "login",
        label: t(lang, "sign-in-login").into_owned(),
        value: login.to_owned(),
        required: true,
        autocomplete: Some("username"),
        ..Input::default()
    };
    let password = Input {
        name: "password",
        label: t(lang, "sign-in-password").into_owned(),
        kind: InputKind::Password,
        required: true,
        autocomplete: Some("current-password"),
        ..Input::default()
    };
    let fields = html! { input type="hidden" name="next" value=(next); (input(&name)) (input(&password)) };
    form("/sign-in", &t(lang, "sign-in-submit"), &fields)
}

fn second_body(view: &View, next: &str, challenge: &str, fault: Option<String>) -> Body {
    let lang = view.lang;
    let title = t(lang, "sign-in-second").into_owned();
    let code = Input {
        name: "code",
        label: t(lang, "sign-in-code").into_owned(),
        kind: InputKind::Text,
        hint: Some(t(lang, "sign-in-code-hint").into_owned()),
        faults: fault.into_iter().collect(),
        required: true,
        autocomplete: Some("one-time-code"),
        ..Input::default()
    };
    let fields = html! {
        input type="hidden" name="next" value=(next);
        input type="hidden" name="challenge" value=(challenge);
        (input(&code))
    };
    let markup = html! {
        div.narrow {
            (page_head(lang, &PageHead { title: title.clone(), ..PageHead::default() }))
            (panel(&Panel { body: html! {
                (form("/sign-in/second", &t(lang, "sign-in-submit"), &fields))
                p { a href="/sign-in" { (t(lang, "sign-in-again")) } }
            }, ..Panel::default() }))
        }
    };
    Body { title, part: Part::Elsewhere, markup }
}

/// The demo's people, by what they do; each opens with one press.
fn demo_accounts(app: &App, lang: Lang, next: &str) -> Markup {
    let accounts = app.demo_accounts();
    let groups = DEMO_GROUPS.map(|(key, roles)| {
        let of: Vec<_> = accounts.iter().filter(|account| roles.contains(&account.role_id.as_str())).collect();
        (key, of)
    });
    let known = |id: &str| DEMO_GROUPS.iter().any(|(_, roles)| roles.contains(&id));
    let others: Vec<_> = accounts.iter().filter(|account| !known(&account.role_id)).collect();
    let groups: Vec<_> = groups.into_iter().chain([("demo-others", others)]).filter(|(_, of)| !of.is_empty()).collect();
    html! {
        @if !groups.is_empty() {
            (panel(&Panel {
                title: t(lang, "demo-title").into_owned(),
                note: Some(t(lang, "demo-note").into_owned()),
                body: html! {
                    @for (key, of) in groups {
                        h3 { (t(lang, key)) }
                        div.presses { @for account in of {
                            form method="post" action="/sign-in/demo" {
                                input type="hidden" name="login" value=(account.login);
                                input type="hidden" name="next" value=(next);
                                button.button type="submit" {
                                    b { (text(lang, &account.role)) }
                                    small.quiet { (account.name) " · " (app.areas().name(&account.area)) }
                                    small.quiet { (t(lang, opens(&account.role_id))) }
                                }
                            }
                        } }
                    }
                },
                ..Panel::default()
            }))
        }
    }
}

/// Kinds of people, and the roles of each.
const DEMO_GROUPS: [(&str, &[&str]); 5] = [
    (
        "demo-offices",
        &[
            "county_office",
            "party_lead",
            "employment_lead",
            "industry_lead",
            "governance_lead",
            "assistance_lead",
            "town_office",
            "town_leader",
        ],
    ),
    ("demo-field", &["grid_head", "building_head", "paired_cadre"]),
    ("demo-desks", &["service_clerk", "labour_company_clerk", "cooperative_officer"]),
    ("demo-residents", &["resident"]),
    ("demo-administrators", &["system_admin", "security_admin", "audit_admin"]),
];

/// Key of what a role opens to.
fn opens(role: &str) -> &'static str {
    match role {
        "paired_cadre" | "building_head" | "grid_head" => "demo-opens-mine",
        "resident" => "demo-opens-own",
        "system_admin" => "demo-opens-accounts",
        "security_admin" => "demo-opens-grants",
        "audit_admin" => "demo-opens-journal",
        _ => "demo-opens-overview",
    }
}
