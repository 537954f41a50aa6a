//! What a site offers its households: cadres and visits, facilities, gardens, the service desk.

use std::collections::HashMap;

use anju_app::{Actor, Error, Scope, Stored};
use anju_base::{
    Entry, Rows, When, Which, codes, counts, figure_number, figure_parts, holds_until, ledger_href, mechanism_panel,
    name_of, names, parameter, share_of, standing,
};
use anju_record::day;
use anju_ui::{
    Column, Empty, Mark, Row, Stat, Table, Tone, View, count, due_cell, empty, marks, portions, stats, t, t_args, table,
};
use maud::{Markup, html};
use uuid::Uuid;

/// Open requests shown; the rest is a link.
const REQUESTS: usize = 8;

/// Cadres and visits, facilities by kind, gardens, small services and open requests of a site.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn at_site(actor: &Actor, view: &View, scope: &Scope, site: &Stored) -> Result<Markup, Error> {
    Ok(mechanism_panel(
        actor,
        view,
        "assistance",
        html! {
            (stats(&numbers(actor, view, scope)))
            h3 { (t(view.lang, "facilities")) }
            (facilities(actor, view, scope, site).await?)
            div.grid {
                section { (gardens(actor, view, scope, site).await?) }
                section { (small_services(actor, view, scope)) (joint_meeting(actor, view, scope, site).await?) }
            }
            (requests(actor, view, scope).await?)
        },
    ))
}

fn numbers(actor: &Actor, view: &View, scope: &Scope) -> Vec<Stat> {
    let lang = view.lang;
    let stat = |key: &str, value: Markup, href: String| Stat {
        name: t(lang, key).into_owned(),
        value,
        tone: Tone::Plain,
        href: Some(href),
    };
    let share = |requirement: &str| html! { (share_of(actor, scope, requirement).text()) };
    let of = |requirement: &str| view.link(&format!("/requirements/{requirement}"));
    vec![
        stat(
            "cadres-paired",
            count(figure_number(actor, scope, "pairing_cadres")),
            view.link("/figures/pairing_cadres"),
        ),
        stat("homes-paired", share("household_paired"), of("household_paired")),
        stat("homes-visited", share("household_visited"), of("household_visited")),
        stat("homes-packages", share("household_five_packages"), of("household_five_packages")),
        stat("assets-let", assets(actor, scope), of("asset_let")),
    ]
}

/// Shops and workshops let, of those fit to be let.
fn assets(actor: &Actor, scope: &Scope) -> Markup {
    let counts = counts(actor, scope, "asset_let");
    html! { (counts.met) " / " (counts.met + counts.gap + counts.exempt) }
}

/// One mark for each kind of facility: own, shared, out of use, missing, or not called for at this size.
async fn facilities(actor: &Actor, view: &View, scope: &Scope, site: &Stored) -> Result<Markup, Error> {
    let lang = view.lang;
    let all = Rows::read(actor, "facility", Which::Of("site", site.record.id), When::Current(scope.on)).await?;
    let list: Vec<_> = codes(actor, "facility_kind", lang)
        .into_iter()
        .map(|(kind, name)| {
            let here: Vec<_> = all.iter().filter(|facility| facility.text("kind") == kind).collect();
            let asked = standing(actor, scope, &format!("site_{kind}"), site.record.id);
            facility_mark(view, name, kind, &here, asked)
        })
        .collect();
    Ok(marks(&list))
}

fn facility_mark(view: &View, name: &str, kind: &str, here: &[Entry<'_>], asked: Option<Tone>) -> Mark {
    let lang = view.lang;
    let usable = here.iter().find(|facility| facility.holds("usable"));
    let first = usable.or(here.first()).copied();
    let (tone, key) = match (usable, first, asked) {
        // It is there, yet not all that is asked of it: parking without chargers.
        (Some(_), _, Some(Tone::Gap)) => (Tone::Gap, "facility-short"),
        (Some(facility), _, _) if facility.holds("shared") => (Tone::Met, "facility-shared"),
        (Some(_), ..) => (Tone::Met, "facility-own"),
        (None, Some(_), _) => (Tone::Gap, "facility-unusable"),
        (None, None, Some(Tone::Gap)) => (Tone::Gap, "facility-missing"),
        (None, None, Some(Tone::Exempt)) => (Tone::Exempt, "tone-exempt"),
        (None, None, _) => (Tone::NotApplicable, "facility-not-asked"),
    };
    let href = first
        .map(|facility| facility.href(view))
        .or_else(|| asked.map(|_| view.link(&format!("/requirements/site_{kind}"))));
    let note = first.map(|facility| {
        let parts = [facility.text("name").to_owned(), facility.text("hours").to_owned()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    });
    Mark {
        name: name.to_owned(),
        href,
        tone,
        word: t(lang, key).into_owned(),
        note: note.filter(|note| !note.is_empty()),
    }
}

async fn gardens(actor: &Actor, view: &View, scope: &Scope, site: &Stored) -> Result<Markup, Error> {
    let lang = view.lang;
    let all = Rows::read(actor, "garden", Which::Of("site", site.record.id), When::Current(scope.on)).await?;
    let title = html! { h3 { (t(lang, "gardens")) } };
    if all.is_empty() {
        let none = Empty {
            what: t(lang, "gardens-none").into_owned(),
            next: Some(t(lang, "gardens-none-next").into_owned()),
            action: None,
        };
        return Ok(html! { (title) (empty(&none)) });
    }
    let (asked, given) = (figure_number(actor, scope, "garden_requests"), figure_number(actor, scope, "garden_plots"));
    let open = counts(actor, scope, "household_plot").gap;
    let rows = all.iter().map(|garden| {
        let water = match garden.value("watered") {
            anju_record::Value::Bool(true) => "yes",
            anju_record::Value::Bool(false) => "no",
            _ => "not-set",
        };
        Row::of(vec![
            html! { a href=(garden.href(view)) { (garden.text("name")) } },
            html! { (garden.words("source", lang)) },
            html! { (garden.words("area_mu", lang)) },
            html! { (t(lang, water)) },
            html! { (garden.words("distance_m", lang)) },
        ])
    });
    let columns = vec![
        Column::text(t(lang, "garden-name")),
        Column::text(t(lang, "garden-source")),
        Column::number(t(lang, "garden-mu")),
        Column::text(t(lang, "garden-water")).second(),
        Column::number(t(lang, "garden-distance")).second(),
    ];
    let list = Table { caption: t(lang, "gardens").into_owned(), columns, rows: rows.collect(), ..Table::default() };
    Ok(html! {
        (title)
        p {
            (t_args(lang, "garden-plots-of", &[("given", given.into()), ("asked", asked.into())]))
            @if open > 0 { " " a.gap href=(view.link("/requirements/household_plot")) { (t_args(lang, "garden-waiting", &[("n", open.into())])) } }
        }
        (table(lang, &list))
    })
}

fn small_services(actor: &Actor, view: &View, scope: &Scope) -> Markup {
    let parts = figure_parts(actor, view, scope, "small_services");
    html! {
        h3 { (t(view.lang, "small-services")) }
        @if parts.is_empty() {
            (empty(&Empty { what: t(view.lang, "small-services-none").into_owned(), ..Empty::default() }))
        } @else { (portions(&parts)) }
    }
}

async fn joint_meeting(actor: &Actor, view: &View, scope: &Scope, site: &Stored) -> Result<Markup, Error> {
    let lang = view.lang;
    let last = Rows::read(actor, "joint_meeting", Which::Of("site", site.record.id), When::Latest(scope.on, 1)).await?;
    let Some(meeting) = last.first() else { return Ok(html! {}) };
    let interval = parameter(actor, "joint_meeting_interval").and_then(|days| i32::try_from(days).ok());
    let next = meeting.day("held_on").zip(interval).map(|(held, interval)| holds_until(held, interval));
    Ok(html! {
        h3 { (t(lang, "joint-meeting")) }
        p {
            a href=(meeting.href(view)) { (meeting.words("held_on", lang)) } " " (meeting.text("topics"))
            @if let Some(next) = next { " " small.quiet { (t_args(lang, "next-by", &[("date", day::format(next).into())])) } " " (due_cell(lang, next - scope.on)) }
        }
    })
}

async fn requests(actor: &Actor, view: &View, scope: &Scope) -> Result<Markup, Error> {
    let lang = view.lang;
    let all = Rows::read(actor, "service_request", Which::In(&scope.area), When::Current(scope.on)).await?;
    let mut open: Vec<_> = all.iter().filter(is_open).collect();
    open.sort_by_key(|request| request.day("due_on"));
    let shown = open.get(..open.len().min(REQUESTS)).unwrap_or_default();
    let homes: Vec<Uuid> = shown.iter().filter_map(|request| request.id("household")).collect();
    let homes = names(actor, "household", &homes).await?;
    let rows = shown.iter().map(|request| request_row(view, scope, *request, &homes)).collect();
    let columns = vec![
        Column::text(t(lang, "request-kind")),
        Column::text(t(lang, "request-home")),
        Column::text(t(lang, "request-asked")).second(),
        Column::text(t(lang, "state")).second(),
        Column::text(t(lang, "deadline")),
    ];
    let title = t(lang, "requests-open").into_owned();
    let none = Empty { what: t(lang, "requests-none").into_owned(), ..Empty::default() };
    let list = Table { caption: title.clone(), columns, rows, empty: Some(none), ..Table::default() };
    Ok(html! {
        h3 { (title) @if !open.is_empty() { " " (open.len()) } }
        (table(lang, &list))
        @if open.len() > REQUESTS { p { small { a href=(ledger_href(view, "service_request")) { (t_args(lang, "more-of", &[("n", open.len().into())])) } } } }
    })
}

/// Somebody still waits for it.
pub(crate) fn is_open(request: &Entry<'_>) -> bool {
    request.day("done_on").is_none()
        && request.day("closed_on").is_none()
        && matches!(request.text("state"), "asked" | "taken" | "submitted")
}

fn request_row(view: &View, scope: &Scope, request: Entry<'_>, homes: &HashMap<Uuid, String>) -> Row {
    let lang = view.lang;
    Row::of(vec![
        html! { a href=(request.href(view)) { (request.words("kind", lang)) } },
        html! { @if let Some(id) = request.id("household") { a href=(view.link(&format!("/households/{id}"))) { (name_of(homes, Some(id))) } } },
        html! { (request.words("asked_on", lang)) },
        html! { (request.words("state", lang)) },
        html! { @if let Some(due) = request.day("due_on") { (due_cell(lang, due - scope.on)) } },
    ])
}
