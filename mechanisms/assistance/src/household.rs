//! Who cares for a household, when they came and must come again, and what it asked for.

use std::collections::HashMap;

use anju_app::{Actor, Error, Scope, Stored};
use anju_base::{Entry, Rows, When, Which, holds_until, mechanism_panel, name_of, names, parameter, standing};
use anju_record::{Value, day};
use anju_ui::{
    Column, Empty, Mark, Moment, Row, Table, Tone, View, due_cell, empty, marks, money_exact, t, t_args, table, tag,
    timeline,
};
use maud::{Markup, html};
use uuid::Uuid;

use crate::site::is_open;

/// Visits shown.
const VISITS: u64 = 8;
/// Requests shown.
const REQUESTS: u64 = 8;

/// The cadre, visits with the next one due, the five packages, requests and the garden plot of a household.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn of_household(actor: &Actor, view: &View, scope: &Scope, stored: &Stored) -> Result<Markup, Error> {
    let id = stored.record.id;
    let of = Which::Of("household", id);
    let pairings = Rows::read(actor, "pairing", of, When::Latest(scope.on, 10)).await?;
    let visits = Rows::read(actor, "visit", of, When::Latest(scope.on, VISITS)).await?;
    let mut cadres = pairings.referred("cadre");
    cadres.extend(visits.referred("cadre"));
    cadres.sort_unstable();
    cadres.dedup();
    let cadres = names(actor, "cadre", &cadres).await?;
    Ok(mechanism_panel(
        actor,
        view,
        "assistance",
        html! {
            div.grid {
                section {
                    (cadre(view, scope, &pairings, &cadres))
                    (packages(actor, view, scope, id).await?)
                    (garden(actor, view, scope, id).await?)
                }
                section { (visited(actor, view, scope, id, &visits, &cadres)) }
            }
            (requests(actor, view, scope, id).await?)
        },
    ))
}

fn cadre(view: &View, scope: &Scope, pairings: &Rows<'_>, cadres: &HashMap<Uuid, String>) -> Markup {
    let lang = view.lang;
    let (now, before): (Vec<_>, Vec<_>) =
        pairings.iter().partition(|pairing| pairing.day("ended_on").is_none_or(|end| end >= scope.on));
    html! {
        h3 { (t(lang, "cadre")) }
        @for pairing in &now {
            p {
                b { a href=(pairing.href(view)) { (name_of(cadres, pairing.id("cadre"))) } } " "
                small.quiet { (t_args(lang, "since-of", &[("date", pairing.words("started_on", lang).into())])) }
            }
            @if !pairing.text("plan").is_empty() { p { small { (pairing.text("plan")) } } }
        }
        @if now.is_empty() { p { (tag(Tone::Gap, &t(lang, "cadre-none"))) " " span.quiet { (t(lang, "cadre-none-next")) } } }
        @if !before.is_empty() {
            details {
                summary { (t_args(lang, "cadres-before", &[("n", before.len().into())])) }
                ul { @for pairing in &before {
                    li.quiet { (name_of(cadres, pairing.id("cadre"))) " " (pairing.words("started_on", lang)) " – " (pairing.words("ended_on", lang)) " " (pairing.words("end_reason", lang)) }
                } }
            }
        }
    }
}

/// The last day for the next visit: a call by telephone is none, and a household at risk is visited more often.
fn next_visit(last: Option<i32>, interval: Option<i32>, at_risk: Option<i32>) -> Option<i32> {
    let last = last?;
    interval.into_iter().chain(at_risk).map(|interval| holds_until(last, interval)).min()
}

fn days(actor: &Actor, id: &str) -> Option<i32> {
    parameter(actor, id).and_then(|days| i32::try_from(days).ok())
}

fn visited(
    actor: &Actor,
    view: &View,
    scope: &Scope,
    household: Uuid,
    visits: &Rows<'_>,
    cadres: &HashMap<Uuid, String>,
) -> Markup {
    let lang = view.lang;
    let risk =
        standing(actor, scope, "household_at_risk_visited", household).is_some_and(|tone| tone != Tone::NotApplicable);
    let last = visits.iter().find(|visit| visit.text("way") != "phone").and_then(|visit| visit.day("visited_on"));
    let at_risk = if risk { days(actor, "visit_interval_at_risk") } else { None };
    let next = next_visit(last, days(actor, "visit_interval"), at_risk);
    let moments: Vec<_> = visits.iter().map(|visit| visit_moment(view, visit, cadres)).collect();
    html! {
        h3 { (t(lang, "visits")) }
        @if let Some(next) = next {
            p {
                b { (t_args(lang, "next-by", &[("date", day::format(next).into())])) } " " (due_cell(lang, next - scope.on))
                @if risk { " " small.quiet { (t(lang, "visit-at-risk")) } }
            }
        } @else if !visits.is_empty() { p { (tag(Tone::Gap, &t(lang, "visit-only-calls"))) } }
        @if moments.is_empty() {
            (empty(&Empty { what: t(lang, "visits-none").into_owned(), next: Some(t(lang, "visits-none-next").into_owned()), action: None }))
        } @else { (timeline(&moments)) }
    }
}

fn visit_moment(view: &View, visit: Entry<'_>, cadres: &HashMap<Uuid, String>) -> Moment {
    let lang = view.lang;
    let difficulty = visit.text("difficulty");
    let body = html! {
        @if !visit.text("findings").is_empty() { div { (visit.text("findings")) } }
        @if !difficulty.is_empty() { div { (tag(Tone::Lapsing, &t(lang, "visit-difficulty"))) " " (difficulty) } }
        @if !visit.text("done").is_empty() { div { small.quiet { (visit.text("done")) } } }
        small { a href=(visit.href(view)) { (t(lang, "open-record")) } }
    };
    Moment {
        when: visit.words("visited_on", lang),
        what: visit.words("way", lang),
        who: Some(name_of(cadres, visit.id("cadre")).to_owned()).filter(|name| !name.is_empty()),
        tone: if difficulty.is_empty() { Tone::Plain } else { Tone::Lapsing },
        body: Some(body),
    }
}

const PACKAGES: [&str; 5] = ["information", "policy", "stability", "awareness", "approval"];

/// Five marks from the last check; a check that is too old counts for none of them.
async fn packages(actor: &Actor, view: &View, scope: &Scope, household: Uuid) -> Result<Markup, Error> {
    let lang = view.lang;
    let checks =
        Rows::read(actor, "package_check", Which::Of("household", household), When::Latest(scope.on, 1)).await?;
    let title = html! { h3 { (t(lang, "packages")) } };
    let Some(check) = checks.first() else {
        let none = Empty {
            what: t(lang, "packages-none").into_owned(),
            next: Some(t(lang, "packages-none-next").into_owned()),
            action: None,
        };
        return Ok(html! { (title) (empty(&none)) });
    };
    let until = check
        .day("checked_on")
        .zip(days(actor, "package_check_interval"))
        .map(|(on, interval)| holds_until(on, interval));
    let stale = until.is_some_and(|until| until < scope.on);
    let definition = checks.ledger().map(|ledger| actor.pack().ledger(ledger));
    let list: Vec<_> = PACKAGES
        .iter()
        .filter_map(|id| {
            let field = definition?.field(definition?.field_by_id(id)?);
            let (tone, key) = package_state(check.holds(id), stale);
            Some(Mark {
                name: anju_ui::text(lang, &field.title).to_owned(),
                href: Some(view.link(&format!("/requirements/package_{id}"))),
                tone,
                word: t(lang, key).into_owned(),
                note: Some(check.text(&format!("{id}_evidence")).to_owned()).filter(|note| !note.is_empty()),
            })
        })
        .collect();
    Ok(html! {
        (title)
        p {
            a href=(check.href(view)) { (t_args(lang, "checked-on", &[("date", check.words("checked_on", lang).into())])) }
            @if let Some(until) = until { " " small.quiet { (t_args(lang, "next-by", &[("date", day::format(until).into())])) } " " (due_cell(lang, until - scope.on)) }
        }
        (marks(&list))
    })
}

const fn package_state(held: bool, stale: bool) -> (Tone, &'static str) {
    match (held, stale) {
        (true, false) => (Tone::Met, "state-yes"),
        (true, true) => (Tone::Gap, "package-stale"),
        (false, _) => (Tone::Gap, "state-no"),
    }
}

async fn garden(actor: &Actor, view: &View, scope: &Scope, household: Uuid) -> Result<Markup, Error> {
    let lang = view.lang;
    let of = Which::Of("household", household);
    let given = Rows::read(actor, "garden_allotment", of, When::Current(scope.on)).await?;
    let asked = Rows::read(actor, "garden_request", of, When::Current(scope.on)).await?;
    if given.is_empty() && asked.is_empty() {
        return Ok(html! {});
    }
    let plots = names(actor, "garden_plot", &given.referred("plot")).await?;
    Ok(html! {
        h3 { (t(lang, "garden-plot")) }
        @for allotment in given.iter() {
            p {
                a href=(allotment.href(view)) { (name_of(&plots, allotment.id("plot"))) } " "
                small.quiet { (t_args(lang, "since-of", &[("date", allotment.words("started_on", lang).into())])) }
            }
        }
        @if given.is_empty() {
            @if let Some(request) = asked.first() {
                p {
                    (tag(Tone::Gap, &t(lang, "plot-waiting"))) " "
                    a href=(request.href(view)) { (t_args(lang, "asked-on", &[("date", request.words("asked_on", lang).into())])) }
                }
            }
        }
    })
}

async fn requests(actor: &Actor, view: &View, scope: &Scope, household: Uuid) -> Result<Markup, Error> {
    let lang = view.lang;
    let all = Rows::read(actor, "service_request", Which::Of("household", household), When::Latest(scope.on, REQUESTS))
        .await?;
    let rows = all.iter().map(|request| {
        let due = request.day("due_on").filter(|_| is_open(&request));
        Row::of(vec![
            html! { a href=(request.href(view)) { (request.words("kind", lang)) } },
            html! { (request.words("asked_on", lang)) },
            html! { (request.words("state", lang)) @if let Some(due) = due { " " (due_cell(lang, due - scope.on)) } },
            html! { (request.words("done_on", lang)) },
            html! { @if let Value::Int(fen) = request.value("amount") { (money_exact(lang, *fen)) } },
        ])
    });
    let columns = vec![
        Column::text(t(lang, "request-kind")),
        Column::text(t(lang, "request-asked")),
        Column::text(t(lang, "state")),
        Column::text(t(lang, "request-done")).second(),
        Column::number(t(lang, "amount")).second(),
    ];
    let title = t(lang, "requests").into_owned();
    let none = Empty { what: t(lang, "requests-none-yet").into_owned(), ..Empty::default() };
    let list = Table { caption: title.clone(), columns, rows: rows.collect(), empty: Some(none), ..Table::default() };
    Ok(html! { h3 { (title) } (table(lang, &list)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_household_at_risk_is_due_sooner() {
        assert_eq!(next_visit(Some(100), Some(90), None), Some(189));
        assert_eq!(next_visit(Some(100), Some(90), Some(30)), Some(129));
        assert_eq!(next_visit(None, Some(90), Some(30)), None);
        assert_eq!(next_visit(Some(100), None, None), None);
    }

    #[test]
    fn an_old_check_holds_for_nothing() {
        assert_eq!(package_state(true, false).0, Tone::Met);
        assert_eq!(package_state(true, true).0, Tone::Gap);
        assert_eq!(package_state(false, false).0, Tone::Gap);
    }
}
