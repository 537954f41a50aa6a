//! From a page's body to a whole answer, and from an error to a page that helps: each in one place.

use anju_app::{Actor, App, Error};
use anju_record::day;
use anju_ui::{Action, ErrorPage, Lang, NavItem, Page, Search, View, error_page, shell, t, t_args, text};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use maud::Markup;

/// A page's own part.
pub struct Body {
    /// Title without the product's name.
    pub title: String,
    /// Which entry of the navigation it belongs to.
    pub part: Part,
    /// What it shows.
    pub markup: Markup,
}

/// Entries of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The county at a glance.
    Overview,
    /// The five mechanisms and their requirements.
    Mechanisms,
    /// Sites.
    Sites,
    /// Household files.
    Households,
    /// Any ledger.
    Ledgers,
    /// The bulletin.
    Bulletin,
    /// None of them.
    Elsewhere,
}

const NAVIGATION: [(Part, &str, &str); 6] = [
    (Part::Overview, "nav-overview", "/"),
    (Part::Mechanisms, "nav-mechanisms", "/mechanisms"),
    (Part::Sites, "nav-sites", "/sites"),
    (Part::Households, "nav-households", "/households"),
    (Part::Ledgers, "nav-ledgers", "/ledgers"),
    (Part::Bulletin, "nav-bulletin", "/bulletin"),
];

/// The whole document around a body. A visitor who has not signed in is shown no way into the county.
pub fn document(app: &App, actor: Option<&Actor>, view: &View, body: Body) -> Markup {
    let lang = view.lang;
    let entry = |(part, name, path): (Part, &str, &str)| NavItem {
        name: t(lang, name).into_owned(),
        href: view.link(path),
        active: part == body.part,
        count: 0,
    };
    let nav: Vec<_> = if actor.is_some() { NAVIGATION.map(entry).into() } else { Vec::new() };
    let today = day::format(app.today());
    let county = text(lang, &app.county_name()).to_owned();
    let foot = t_args(lang, "foot-as-of", &[("date", today.as_str().into()), ("county", county.as_str().into())]);
    shell(&Page {
        lang,
        large: view.large,
        title: body.title,
        nav,
        area: county,
        banner: app.is_demo().then(|| t_args(lang, "banner-demo", &[("date", today.as_str().into())])),
        actor: None,
        own: None,
        search: actor.map(|_| Search {
            action: "/households".into(),
            hint: t(lang, "search-hint").into_owned(),
            value: view.get("q").unwrap_or_default().to_owned(),
        }),
        lang_href: view.here_with("lang", lang.other().0.tag()),
        large_href: Some(view.here_with("text", if view.large { "normal" } else { "large" })),
        foot: vec![foot],
        body: body.markup,
    })
}

/// A body as an answer; an error as a page with its status.
pub fn answer(actor: &Actor, view: &View, body: Result<Body, Error>) -> Response {
    match body {
        Ok(body) => Html(document(actor, Some(actor), view, body).into_string()).into_response(),
        Err(error) => problem(actor, view, &error),
    }
}

/// The page of an error: what happened, to which value, and how to mend it.
pub fn problem(actor: &Actor, view: &View, error: &Error) -> Response {
    problem_for(actor, Some(actor), view, error)
}

/// The same for anybody, signed in or not.
pub fn problem_for(app: &App, actor: Option<&Actor>, view: &View, error: &Error) -> Response {
    let (status, page) = told(view, error);
    let body = Body { title: page.what.clone(), part: Part::Elsewhere, markup: error_page(view.lang, &page) };
    (status, Html(document(app, actor, view, body).into_string())).into_response()
}

fn told(view: &View, error: &Error) -> (StatusCode, ErrorPage) {
    let lang = view.lang;
    let thing = |what: &str| t(lang, &format!("thing-{}", what.replace(' ', "-"))).into_owned();
    let (status, what, value, mend) = match error {
        Error::NotFound { what, value } => (
            StatusCode::NOT_FOUND,
            t_args(lang, "error-not-found", &[("what", thing(what).into())]),
            Some(value.clone()),
            t(lang, "error-not-found-mend").into_owned(),
        ),
        Error::Invalid { what, value, mend } => (
            StatusCode::BAD_REQUEST,
            t_args(lang, "error-invalid", &[("what", thing(what).into())]),
            Some(value.clone()),
            localised_mend(lang, what, mend),
        ),
        Error::Denied { what, value } => (
            StatusCode::FORBIDDEN,
            t_args(lang, "error-denied", &[("what", thing(what).into())]),
            Some(value.clone()),
            t(lang, "error-denied-mend").into_owned(),
        ),
        Error::Unavailable(why) => {
            tracing::error!(%why, "cannot answer");
            let mend = t(lang, "error-unavailable-mend").into_owned();
            (StatusCode::SERVICE_UNAVAILABLE, t(lang, "error-unavailable").into_owned(), None, mend)
        }
    };
    let ways = vec![Action { name: t(lang, "nav-overview").into_owned(), href: "/".into(), first: true }];
    (status, ErrorPage { status: status.as_u16(), what, value, mend, ways })
}

/// The application's mends are English sentences for the terminal; pages say the known ones in the reader's language.
fn localised_mend(lang: Lang, what: &str, mend: &str) -> String {
    let near = mend.split_once('“').and_then(|(_, rest)| rest.split_once('”')).map(|(id, _)| id);
    match (lang, what, near) {
        (Lang::En, _, _) => mend.to_owned(),
        (Lang::Zh, "date", _) => t(lang, "mend-date").into_owned(),
        (Lang::Zh, _, Some(id)) => t_args(lang, "mend-nearest", &[("id", id.into())]),
        (Lang::Zh, _, None) => t(lang, "error-not-found-mend").into_owned(),
    }
}
