//! What stands before every page: how often, from where, and who. Finds the actor of a session or a token and hands it on.

use std::net::SocketAddr;
use std::sync::Arc;

use anju_app::{Actor, App, Clock, Error};
use anju_ui::{ErrorPage, Lang, error_page, t};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::answer::{self, Body, Part};
use crate::limits::{Counter, Limits};
use crate::reply::visitor;
use crate::request::{cookie, view_of};
use crate::signed::{is_page, problem};

/// How this installation is reached.
#[derive(Debug, Clone, Default)]
pub struct Served {
    /// Its address as browsers write it, `https://anju.example.gov.cn`; cookies are then kept to HTTPS.
    pub origin: Option<String>,
    /// A proxy of ours stands in front and names the visitor in `X-Forwarded-For`.
    pub proxied: bool,
    /// How often people may ask.
    pub limits: Limits,
    /// Opens the first-run wizard; printed on the terminal, known to nobody else.
    pub setup_token: Option<String>,
}

impl Served {
    /// Whether browsers reach it over HTTPS.
    pub fn secure(&self) -> bool {
        self.origin.as_deref().is_some_and(|origin| origin.starts_with("https://"))
    }

    /// The session's cookie: its prefix makes browsers refuse it from any other host or path.
    pub fn cookie_name(&self) -> &'static str {
        if self.secure() { "__Host-anju" } else { "anju" }
    }

    /// The header that gives a browser its session; it ends with the browser.
    pub fn cookie(&self, token: &str) -> Option<HeaderValue> {
        self.cookie_lasting(token, "")
    }

    /// The header that takes it away again.
    pub fn no_cookie(&self) -> Option<HeaderValue> {
        self.cookie_lasting("", "; Max-Age=0")
    }

    fn cookie_lasting(&self, token: &str, age: &str) -> Option<HeaderValue> {
        let secure = if self.secure() { "; Secure" } else { "" };
        let text = format!("{}={token}; Path=/; HttpOnly; SameSite=Lax{secure}{age}", self.cookie_name());
        HeaderValue::from_str(&text).ok()
    }
}

/// Where a request comes from, as journalled.
#[derive(Debug, Clone)]
pub struct Address(pub String);

/// What the middleware is given.
#[derive(Clone)]
pub struct Guard {
    app: Arc<App>,
    served: Arc<Served>,
    addresses: Arc<Counter>,
    accounts: Arc<Counter>,
    attempts: Arc<Counter>,
}

impl Guard {
    /// Nobody was here yet.
    pub fn of(app: Arc<App>, served: Arc<Served>) -> Self {
        let counter = |rate| Arc::new(Counter::of(rate));
        let limits = served.limits;
        Self {
            app,
            served,
            addresses: counter(limits.address),
            accounts: counter(limits.account),
            attempts: counter(limits.attempts),
        }
    }

    async fn actor(&self, shown: Shown, address: &str, now: i64) -> Result<Option<Actor>, Error> {
        match shown {
            Shown::Nothing => Ok(None),
            Shown::Session(token) => self.app.session(&token, address, now).await,
            Shown::Token(token) => self.app.api_token(&token, address, now).await,
        }
    }

    /// What a request shows of who asks. Tokens are for programs and open no page.
    fn shown(&self, request: &Request) -> Shown {
        match (bearer(request.headers()), cookie(request.headers(), self.served.cookie_name())) {
            (Some(_), _) if is_page(request.uri().path()) => Shown::Nothing,
            (Some(token), _) => Shown::Token(token.to_owned()),
            (None, Some(token)) => Shown::Session(token),
            (None, None) => Shown::Nothing,
        }
    }
}

/// What a request shows of who asks.
enum Shown {
    Nothing,
    Session(String),
    Token(String),
}

/// Before every page.
pub async fn guard(State(guard): State<Guard>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    if path.starts_with(anju_ui::assets::PREFIX) || path == "/healthz" {
        return next.run(request).await;
    }
    let now = Clock::System.now_ms();
    let address = address_of(&request, guard.served.proxied);
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if let Err(wait) = guard.addresses.take(&address, now) {
        return too_often(&guard, request, wait);
    }
    if changes && bearer(request.headers()).is_none() && !same_origin(request.headers(), &guard.served) {
        tracing::warn!(path, "a change asked for by another site was refused");
        return told(&guard, request, StatusCode::FORBIDDEN, "refused-elsewhere");
    }
    if changes
        && path.starts_with("/sign-in")
        && let Err(wait) = guard.attempts.take(&address, now)
    {
        return too_often(&guard, request, wait);
    }
    if guard.app.setting_up() && path != "/setup" {
        return to_setup(&path);
    }
    let shown = guard.shown(&request);
    let actor = match guard.actor(shown, &address, now).await {
        Ok(actor) => actor,
        Err(error) => return unavailable(&guard, request, &error),
    };
    if let Some(actor) = actor {
        if let Err(wait) = guard.accounts.take(&actor.who().login, now) {
            return too_often(&guard, request, wait);
        }
        request.extensions_mut().insert(actor);
    }
    request.extensions_mut().insert(Address(address));
    request.extensions_mut().insert(Arc::clone(&guard.served));
    next.run(request).await
}

fn to_setup(path: &str) -> Response {
    if is_page(path) {
        return (StatusCode::SEE_OTHER, [(header::LOCATION, "/setup")]).into_response();
    }
    problem(StatusCode::SERVICE_UNAVAILABLE, "this installation has no accounts yet: open /setup")
}

fn unavailable(guard: &Guard, request: Request, error: &Error) -> Response {
    let (parts, _) = request.into_parts();
    answer::problem_for(&guard.app, None, &view_of(&parts), error)
}

fn too_often(guard: &Guard, request: Request, wait: u64) -> Response {
    let mut response = told(guard, request, StatusCode::TOO_MANY_REQUESTS, "refused-often");
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
    response
}

/// A refusal that needs no account: a page for people, a problem for programs.
fn told(guard: &Guard, request: Request, status: StatusCode, key: &str) -> Response {
    if !is_page(request.uri().path()) {
        return problem(status, &t(Lang::En, key));
    }
    let (parts, _) = request.into_parts();
    let view = view_of(&parts);
    let page = ErrorPage {
        status: status.as_u16(),
        what: t(view.lang, key).into_owned(),
        mend: t(view.lang, &format!("{key}-mend")).into_owned(),
        ..ErrorPage::default()
    };
    let body = Body { title: page.what.clone(), part: Part::Elsewhere, markup: error_page(view.lang, &page) };
    visitor(&guard.app, &view, status, body)
}

/// The token of `Authorization: Bearer …`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A change must come from a page of ours: browsers say so in `Sec-Fetch-Site`, older ones in `Origin`.
fn same_origin(headers: &HeaderMap, served: &Served) -> bool {
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = said("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(origin) = said("origin") else { return false };
    if served.origin.as_deref().is_some_and(|ours| ours.trim_end_matches('/') == origin) {
        return true;
    }
    let host = origin.split_once("://").map(|(_, host)| host);
    host.is_some() && host == said("host")
}

fn address_of(request: &Request, proxied: bool) -> String {
    let forwarded = request.headers().get_all("x-forwarded-for").iter().next_back();
    let named = forwarded
        .filter(|_| proxied)
        .and_then(|value| value.to_str().ok())
        .and_then(|all| all.rsplit(',').next())
        .and_then(|last| last.trim().parse::<std::net::IpAddr>().ok());
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    named.or(peer).map_or_else(|| "local".to_owned(), |ip| ip.to_canonical().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (header::HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn a_change_comes_from_a_page_of_ours() {
        let ours = Served { origin: Some("https://anju.example".into()), ..Served::default() };
        let asks = |pairs: &[_]| same_origin(&headers(pairs), &ours);
        assert!(asks(&[("sec-fetch-site", "same-origin")]));
        assert!(asks(&[("origin", "http://10.0.0.2:8080"), ("host", "10.0.0.2:8080")]));
        assert!(asks(&[("origin", "https://anju.example"), ("host", "inner:8080")]));
        for evil in [
            &[("sec-fetch-site", "same-site"), ("origin", "https://anju.example")][..],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "none")],
            &[("origin", "https://evil.example"), ("host", "anju.example")],
            &[("origin", "null"), ("host", "null")],
            &[("host", "anju.example")],
            &[],
        ] {
            assert!(!asks(evil), "{evil:?}");
        }
    }

    #[test]
    fn a_session_is_kept_to_https_where_there_is_https() {
        let plain = Served::default().cookie("t").unwrap();
        assert_eq!(plain, "anju=t; Path=/; HttpOnly; SameSite=Lax");
        let secure = Served { origin: Some("https://anju.example".into()), ..Served::default() };
        assert_eq!(secure.cookie("t").unwrap(), "__Host-anju=t; Path=/; HttpOnly; SameSite=Lax; Secure");
        assert!(secure.no_cookie().unwrap().to_str().unwrap().ends_with("Max-Age=0"));
        assert!(Served::default().cookie("a\nb").is_none());
    }

    #[test]
    fn nobody_names_an_address_for_himself() {
        let mut request = Request::new(axum::body::Body::empty());
        request.headers_mut().insert("x-forwarded-for", HeaderValue::from_static("1.1.1.1, 10.0.0.9"));
        assert_eq!(address_of(&request, false), "local");
        assert_eq!(address_of(&request, true), "10.0.0.9", "the last is the one our proxy saw");
    }
}
