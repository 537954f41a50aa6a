//! Where somebody lands: the place of their work.

use anju_access::Action;
use anju_app::{Actor, Error};
use anju_pack::Duty;
use anju_ui::{View, t, t_args};
use axum::response::Response;
use maud::{Markup, html};

use crate::answer::answer;
use crate::division::full_name;
use crate::reply::denied;
use crate::request::Asked;
use crate::routes::{Fresh, Need, meets};
use crate::sent::to;
use crate::signed::Signed;
use crate::when::moment;
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

/// Where an actor lands.
pub fn landing(actor: &Actor) -> Landing {
    let households = actor.ledger("household").ok().map(|ix| actor.rights().reach(Action::Read, ix));
    if households.is_some_and(|reach| !reach.areas.is_empty()) {
        return Landing::Overview;
    }
    if households.is_some_and(|reach| !reach.is_empty()) {
        return Landing::Households;
    }
    if meets(actor, Need::County, None) {
        return Landing::Overview;
    }
    DUTIES.iter().find(|(duty, _)| actor.rights().may(*duty)).map_or(Landing::Nowhere, |(_, path)| Landing::At(path))
}

/// `GET /`
pub async fn page(Signed(actor): Signed, Asked(view): Asked) -> Response {
    let mut response = match landing(&actor) {
        Landing::At(path) => return to(path),
        Landing::Nowhere => return denied(&actor, &view, Need::County),
        Landing::Overview => {
            let body = overview::body(&actor, &view);
            welcomed(&actor, &view, body).await
        }
        Landing::Households => {
            let body = my_households::body(&actor, &view).await;
            welcomed(&actor, &view, body).await
        }
    };
    if view.get("welcome").is_some() {
        response.extensions_mut().insert(Fresh);
    }
    response
}

async fn welcomed(actor: &Actor, view: &View, body: Result<crate::answer::Body, Error>) -> Response {
    let body = match body {
        Ok(mut body) => {
            let greeting = if view.get("welcome").is_some() {
                greeting(actor, view).await
            } else {
                html! {}
            };
            let notices = notices(actor, view).await;
            body.markup = html! { (greeting) (notices) (body.markup) };
            Ok(body)
        }
        other => other,
    };
    answer(actor, view, body)
}

/// Days for which an emergency access stands on the first page of whoever answers for the place.
const TOLD: i64 = 7 * 86_400_000;

/// Who looked beyond their own area in an emergency, told to whoever answers for the place and to whoever audits.
/// A grant is made for it, so rights are computed anew and no remembered page hides it.
pub async fn notices(actor: &Actor, view: &View) -> Markup {
    let lang = view.lang;
    let all = actor.notices().await.unwrap_or_default();
    let since = actor.now() - TOLD;
    html! {
        @for notice in all.iter().filter(|notice| notice.at >= since).take(5) {
            p class="notice bad" {
                b { (t(lang, "glass-title")) } (t(lang, "colon"))
                (t_args(lang, "glass-told", &[
                    ("who", notice.actor.as_str().into()),
                    ("at", moment(notice.at).into()),
                    ("place", notice.area.as_deref().map(|area| full_name(actor, view, area)).unwrap_or_default().into()),
                    ("reason", notice.reason.clone().unwrap_or_default().into()),
                ]))
            }
        }
    }
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
