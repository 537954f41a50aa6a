//! Where somebody lands: the place of their work.

use anju_access::Action;
use anju_app::{Actor, Error, Event, moment};
use anju_pack::Duty;
use anju_ui::{View, t, t_args};
use axum::response::Response;
use maud::{Markup, html};

use crate::answer::answer;
use crate::places::full_name;
use crate::reply::denied;
use crate::request::Asked;
use crate::routes::{Fresh, Need, meets};
use crate::sent::to;
use crate::signed::Signed;
use crate::{my_households, overview};

/// What opens first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Landing {
    /// The county, or their part of it, at a glance.
    Overview,
    /// The households they are there for.
    Households,
    /// Another page.
    At(&'static str),
    /// They hold nothing yet.
    Nowhere,
}

/// The ways of those who read no rows, in the order they are tried.
const DUTIES: [(Duty, &str); 4] = [
    (Duty::Accounts, "/accounts"),
    (Duty::Grants, "/grants"),
    (Duty::Journal, "/journal"),
    (Duty::ConfirmGrants, "/approvals"),
];

/// Whether they read only what is bound to them: every role of theirs that reads is for rows of its holder.
fn is_bound(actor: &Actor) -> bool {
    let roles = actor.rights().roles().filter_map(|(role, _)| actor.pack().role_by_id(role));
    let mut reading = roles.map(|ix| actor.pack().role(ix)).filter(|role| role.reads_any()).peekable();
    reading.peek().is_some() && reading.all(|role| !role.only.is_empty())
}

/// Whether they have a place to look over: a county, a grid, a building; a cadre and a resident have households.
pub fn has_overview(actor: &Actor) -> bool {
    match actor.ledger("household").ok().map(|ix| actor.rights().reach(Action::Read, ix)) {
        Some(reach) if !reach.is_empty() => !reach.areas.is_empty(),
        _ => meets(actor, Need::County, None),
    }
}

/// Where an actor lands.
pub fn landing(actor: &Actor) -> Landing {
    let households = actor.ledger("household").ok().map(|ix| actor.rights().reach(Action::Read, ix));
    if households.is_some_and(|reach| !reach.areas.is_empty()) && !is_bound(actor) {
        return Landing::Overview;
    }
    if households.is_some_and(|reach| !reach.is_empty()) {
        return Landing::Households;
    }
    if meets(actor, Need::County, None) {
        return Landing::Overview;
    }
    DUTIES.iter().find(|(duty, _)| actor.has_duty(*duty)).map_or(Landing::Nowhere, |(_, path)| Landing::At(path))
}

/// `GET /`
pub async fn page(Signed(actor): Signed, Asked(view): Asked) -> Response {
    match landing(&actor) {
        Landing::At(path) => to(path),
        Landing::Nowhere => denied(&actor, &view, Need::County, None),
        Landing::Overview => {
            let body = overview::body(&actor, &view);
            welcomed(&actor, &view, body).await
        }
        Landing::Households => {
            let body = my_households::body(&actor, &view).await;
            welcomed(&actor, &view, body).await
        }
    }
}

/// `GET /overview`: for those whose households open first.
pub async fn overview(Signed(actor): Signed, Asked(view): Asked) -> Response {
    if !has_overview(&actor) {
        return to("/");
    }
    let body = overview::body(&actor, &view);
    welcomed(&actor, &view, body).await
}

/// A page with the greeting and the notices before it; one with either is written anew each time.
pub async fn welcomed(actor: &Actor, view: &View, body: Result<crate::answer::Body, Error>) -> Response {
    let Ok(mut body) = body else { return answer(actor, view, body) };
    let welcome = view.get("welcome").is_some();
    let greeting = if welcome {
        greeting(actor, view).await
    } else {
        html! {}
    };
    let notices = notices(actor, view).await;
    let fresh = welcome || !notices.0.is_empty();
    body.markup = html! { (greeting) (notices) (body.markup) };
    let mut response = answer(actor, view, Ok(body));
    if fresh {
        response.extensions_mut().insert(Fresh);
    }
    response
}

/// Days for which an emergency access stands on the first page of whoever answers for the place.
const TOLD: i64 = 7 * anju_app::DAY_MS;
/// Emergencies told on a page; the journal has them all.
const MOST: usize = 5;

/// Who looks or looked beyond their own area in an emergency, told to whoever answers for the place and to whoever audits.
/// A grant is made for it, so rights are computed anew and no remembered page hides it.
pub async fn notices(actor: &Actor, view: &View) -> Markup {
    let lang = view.lang;
    let since = actor.now() - TOLD;
    let mut told = match actor.notices().await {
        Ok(told) => told,
        // Silence would say that there is none.
        Err(error) => {
            tracing::error!(%error, "emergency access cannot be told");
            return html! { p class="notice bad" { (t(lang, "glass-untold")) } };
        }
    };
    told.retain(|notice| notice.at >= since);
    // One for each role that looks; whoever reads it asks about people.
    told.dedup_by_key(|notice| (notice.actor.clone(), notice.area.clone(), until(notice)));
    let more = told.len().saturating_sub(MOST);
    told.truncate(MOST);
    let names = actor.names_of(&told).await.unwrap_or_default();
    html! {
        @for notice in &told {
            p class={ "notice" @if is_open(actor, notice) { " bad" } } role=[is_open(actor, notice).then_some("alert")] {
                b { (t(lang, "glass-title")) } (t(lang, "colon"))
                (t_args(lang, if is_open(actor, notice) { "glass-told" } else { "glass-told-over" }, &[
                    ("who", names.get(&notice.actor).map_or_else(|| notice.actor.clone(), |name| format!("{name} ({})", notice.actor)).into()),
                    ("at", moment(notice.at).into()),
                    ("until", until(notice).map(moment).unwrap_or_default().into()),
                    ("place", notice.area.as_deref().map(|area| full_name(actor, view, area)).unwrap_or_default().into()),
                    ("reason", notice.reason.clone().unwrap_or_default().into()),
                ]))
            }
        }
        @if more > 0 { p.notice { (t_args(lang, "glass-more", &[("n", more.into())])) } }
    }
}

/// When the access ends.
fn until(notice: &Event) -> Option<i64> {
    let detail: serde_json::Value = serde_json::from_str(notice.detail.as_deref()?).ok()?;
    detail.get("until_ms")?.as_i64()
}

fn is_open(actor: &Actor, notice: &Event) -> bool {
    until(notice).is_none_or(|until| actor.now() < until)
}

/// When and from where the account was used before: whoever sees a stranger there says so.
pub async fn greeting(actor: &Actor, view: &View) -> Markup {
    let lang = view.lang;
    // The first of them is the one just made; a history that cannot be read keeps nobody from their work.
    let events = actor.sign_ins(20).await.unwrap_or_default();
    let before = events.iter().skip(1).find(|event| event.act == "sign_in");
    let failed = events.iter().skip(1).take_while(|event| event.act != "sign_in").count();
    html! {
        @if let Some(before) = before {
            p class={ "notice " (if failed == 0 { "good" } else { "bad" }) } {
                (t_args(lang, "welcome-before", &[("at", moment(before.at).into()), ("address", before.address.as_str().into())]))
                @if failed > 0 { " " b { (t_args(lang, "welcome-failed", &[("n", failed.into())])) } }
                " " a href="/account#history" { (t(lang, "welcome-history")) }
            }
        }
    }
}
