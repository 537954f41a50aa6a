//! From a page's body to a whole answer, and from an error to a page that helps: each in one place.

use anju_access::Action as Access;
use anju_app::{Actor, App, Error};
use anju_pack::Duty;
use anju_record::day;
use anju_ui::{Action, ErrorPage, Lang, NavItem, Own, Page, Search, View, error_page, shell, t, t_args, text};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use maud::Markup;

use crate::grants::role_name;
use crate::home::{Landing, has_overview, landing};
use crate::ledgers::record_lang;
use crate::routes::{Need, meets};

/// A page's own part.
pub struct Body {
    /// Title without the product's name.
    pub title: String,
    /// Which entry of the navigation it belongs to.
    pub part: Part,
    /// What it shows.
    pub markup: Markup,
}

/// An answer, or the page of what kept it away.
pub fn answered(actor: &Actor, view: &View, result: Result<Response, Error>) -> Response {
    result.unwrap_or_else(|error| answer(actor, view, Err(error)))
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
    /// The households somebody is there for.
    Mine,
    /// Any ledger.
    Ledgers,
    /// The bulletin.
    Bulletin,
    /// What is said to be wrong.
    Corrections,
    /// What waits for a second person.
    Approvals,
    /// Accounts.
    Accounts,
    /// Settings of the installation.
    Settings,
    /// Grants.
    Grants,
    /// Policies.
    Policies,
    /// The journals.
    Journal,
    /// None of them.
    Elsewhere,
}

/// Every entry with what it needs; a reader sees those that open.
const NAVIGATION: [(Part, &str, &str, Need); 13] = [
    (Part::Overview, "nav-overview", "/", Need::County),
    (Part::Mechanisms, "nav-mechanisms", "/mechanisms", Need::County),
    (Part::Sites, "nav-sites", "/sites", Need::Reads("site")),
    (Part::Households, "nav-households", "/households", Need::Reads("household")),
    (Part::Ledgers, "nav-ledgers", "/ledgers", Need::County),
    (Part::Bulletin, "nav-bulletin", "/bulletin", Need::County),
    (Part::Accounts, "nav-accounts", "/accounts", Need::Duty(Duty::Accounts)),
    (Part::Settings, "nav-settings", "/settings", Need::Duty(Duty::Settings)),
    (Part::Grants, "nav-grants", "/grants", Need::Duty(Duty::Grants)),
    (Part::Policies, "nav-policies", "/policies", Need::Duty(Duty::Policies)),
    (Part::Journal, "nav-journal", "/journal", Need::Duty(Duty::Journal)),
    (Part::Corrections, "nav-corrections", "/corrections", Need::County),
    (Part::Approvals, "nav-approvals", "/approvals", Need::SignedIn),
];

/// The navigation of a reader. Whoever is there for some households finds them where others have the overview and the lists.
fn navigation(actor: &Actor, view: &View, part: Part) -> Vec<NavItem> {
    let lang = view.lang;
    let landing = landing(actor);
    let item = |(of, name, path): (Part, &str, &str)| NavItem {
        name: t(lang, name).into_owned(),
        href: view.link(path),
        active: of == part,
        count: 0,
    };
    if actor.owes().is_some() {
        return Vec::new();
    }
    let mine = landing == Landing::Households;
    let own = mine.then(|| item((Part::Mine, "nav-mine", "/")));
    if mine && !has_overview(actor) {
        return own.into_iter().collect();
    }
    let opens = |(of, _, _, need): &(Part, &str, &str, Need)| match of {
        Part::Overview => mine || landing == Landing::Overview,
        Part::Approvals => checks(actor),
        Part::Corrections => actor.takes_corrections() && meets(actor, *need, None),
        _ => meets(actor, *need, None),
    };
    let path = |of, path| if mine && of == Part::Overview { "/overview" } else { path };
    let others = NAVIGATION.into_iter().filter(opens).map(|(of, name, href, _)| item((of, name, path(of, href))));
    own.into_iter().chain(others).collect()
}

/// Whether anything can wait for them, or for somebody else because of them.
fn checks(actor: &Actor) -> bool {
    let duties = [Duty::ConfirmGrants, Duty::Grants, Duty::Policies].into_iter().any(|duty| actor.has_duty(duty));
    let held: Vec<&str> = actor.rights().roles().map(|(role, _)| role).collect();
    duties
        || actor.pack().processes.iter().filter(|process| process.approval).any(|process| {
            let writes = !actor.rights().reach(Access::Write, process.of).is_empty();
            writes || process.steps.iter().flat_map(|step| &step.by).any(|by| held.contains(&by.as_str()))
        })
}

/// Who is here, in a few words.
fn named(actor: &Actor, view: &View) -> String {
    let roles = actor.rights().roles().next().map(|(role, _)| role_name(actor, view, role));
    [Some(actor.who().name.clone()), roles].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The whole document around a body. A visitor who has not signed in is shown no way into the county.
pub fn document(app: &App, actor: Option<&Actor>, view: &View, body: Body) -> Markup {
    let lang = view.lang;
    let nav = actor.map(|actor| navigation(actor, view, body.part)).unwrap_or_default();
    let today = day::format(app.today());
    let county = text(lang, &app.county_name()).to_owned();
    let foot = t_args(lang, "foot-as-of", &[("date", today.as_str().into()), ("county", county.as_str().into())]);
    let finds = actor.filter(|actor| actor.owes().is_none() && meets(actor, Need::Reads("household"), None));
    shell(&Page {
        lang,
        large: view.large,
        title: body.title,
        nav,
        area: county,
        banner: app.is_demo().then(|| t_args(lang, "banner-demo", &[("date", today.as_str().into())])),
        actor: actor.map(|actor| named(actor, view)),
        own: actor.map(|_| Own { href: "/account".into(), out: "/sign-out".into() }),
        search: finds.map(|_| Search {
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
    let (status, page) = told(app, view, error);
    let body = Body { title: page.what.clone(), part: Part::Elsewhere, markup: error_page(view.lang, &page) };
    (status, Html(document(app, actor, view, body).into_string())).into_response()
}

fn told(app: &App, view: &View, error: &Error) -> (StatusCode, ErrorPage) {
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
            crate::reply::denied_words(app, view, what, value),
            None,
            t(lang, "error-denied-mend").into_owned(),
        ),
        Error::Refused(refusals) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            t(lang, "error-refused").into_owned(),
            Some(refusals.iter().map(|refusal| refusal.message(record_lang(lang))).collect::<Vec<_>>().join("\n")),
            t(lang, "error-refused-mend").into_owned(),
        ),
        Error::Unavailable(why) => {
            tracing::error!(%why, "cannot answer");
            let mend = t(lang, "error-unavailable-mend").into_owned();
            (StatusCode::SERVICE_UNAVAILABLE, t(lang, "error-unavailable").into_owned(), None, mend)
        }
    };
    let ways = vec![Action { name: t(lang, "nav-home").into_owned(), href: "/".into(), first: true }];
    (status, ErrorPage { status: status.as_u16(), what, value, mend, ways })
}

/// The application's mends are English sentences for the terminal; pages say the known ones in the reader's language.
fn localised_mend(lang: Lang, what: &str, mend: &str) -> String {
    let near = mend.split_once("did you mean “").and_then(|(_, rest)| rest.split_once('”')).map(|(id, _)| id);
    match (lang, what, near) {
        (Lang::En, _, _) => mend.to_owned(),
        (Lang::Zh, "date", _) => t(lang, "mend-date").into_owned(),
        (Lang::Zh, "filter", None) => t(lang, "mend-filter").into_owned(),
        (Lang::Zh, _, Some(id)) => t_args(lang, "mend-nearest", &[("id", id.into())]),
        (Lang::Zh, _, None) => t(lang, "error-not-found-mend").into_owned(),
    }
}
