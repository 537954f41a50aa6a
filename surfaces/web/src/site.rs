//! Sites: the list, and one site with all that is kept of it.

use anju_app::{Actor, Error, Scope};
use anju_pack::AreaLevel;
use anju_record::day;
use anju_ui::{
    Column, Crumb, PageHead, Panel, Row, Stat, Table, Tone, View, actions, count, page_head, panel, stats, t, t_args,
    table,
};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};

use crate::answer::{Body, Part, answer};
use crate::mechanism_list::requirement_table;
use crate::places::{amount, area_pick, no_sites, scope, scope_name, site_href, site_name};
use crate::request::Asked;
use crate::signed::Signed;

/// `GET /sites`
pub async fn list(Signed(actor): Signed, Asked(view): Asked) -> Response {
    answer(&actor, &view, list_body(&actor, &view))
}

fn number(actor: &Actor, id: &str, scope: &Scope) -> Markup {
    match actor.figure_by_id(id).and_then(|ix| actor.figure(ix, scope, None)) {
        Some(value) => count(i64::try_from(value.value).unwrap_or(i64::MAX)),
        None => html! { "—" },
    }
}

fn list_body(actor: &Actor, view: &View) -> Result<Body, Error> {
    let lang = view.lang;
    let scope = scope(actor, view)?;
    let worst = actor.worst_sites(&scope, usize::MAX);
    let judged = !actor.listed().is_empty();
    let rows = (actor.sites(&scope.area).into_iter())
        .map(|code| {
            let here = Scope { area: code.clone(), on: scope.on };
            let gaps = worst.iter().find(|site| site.area == code).map_or(0, |site| site.gaps);
            Row::of(vec![
                html! { a href=[site_href(actor, view, &code)] { (actor.areas().name(&code)) } },
                html! { (actor.areas().path_name(code.get(..AreaLevel::Village.digits()).unwrap_or(&code), AreaLevel::Town)) },
                number(actor, "household_count", &here),
                number(actor, "person_count", &here),
                html! { @if gaps > 0 { b.gap { (amount(gaps)) } } @else if judged { "0" } @else { "—" } },
            ])
        })
        .collect();
    let columns = vec![
        Column::text(t(lang, "site")),
        Column::text(t(lang, "place")).second(),
        Column::number(t(lang, "site-households")),
        Column::number(t(lang, "site-people")),
        Column::number(t(lang, "site-gaps")),
    ];
    let title = t(lang, "sites-title").into_owned();
    let sites = Table { caption: title.clone(), columns, rows, ..Table::default() };
    let markup = html! {
        (page_head(lang, &PageHead {
            title: title.clone(),
            aside: Some(scope_name(actor, view, &scope)),
            below: Some(t_args(lang, "as-of", &[("date", day::format(scope.on).as_str().into())])),
            actions: area_pick(actor, view, &scope),
            ..PageHead::default()
        }))
        @if sites.rows.is_empty() { (no_sites(view, "/sites")) }
        @else {
            (panel(&Panel { title: t_args(lang, "count-sites", &[("n", sites.rows.len().into())]), body: table(lang, &sites), ..Panel::default() }))
        }
    };
    Ok(Body { title, part: Part::Sites, markup })
}

/// `GET /sites/{code}`
pub async fn page(Signed(actor): Signed, Asked(view): Asked, Path(code): Path<String>) -> Response {
    let body = body(&actor, &view, &code).await;
    answer(&actor, &view, body)
}

async fn body(actor: &Actor, view: &View, code: &str) -> Result<Body, Error> {
    let lang = view.lang;
    let missing = || Error::NotFound { what: "site", value: code.to_owned() };
    if code.len() != AreaLevel::Site.digits() {
        return Err(missing());
    }
    let scope = actor.scope(Some(code), view.on.as_deref()).map_err(|error| match error {
        Error::NotFound { .. } => missing(),
        other => other,
    })?;
    let site = actor.place_record(code).await?.ok_or_else(missing)?;
    let title = actor.areas().name(code).to_owned();
    let here = View { area: Some(code.to_owned()), ..view.clone() };
    let households = anju_ui::Action {
        name: t(lang, "site-open-households").into_owned(),
        href: here.link("/households"),
        first: true,
    };
    let markup = html! {
        (page_head(lang, &PageHead {
            crumbs: vec![Crumb { name: t(lang, "nav-sites").into_owned(), href: Some("/sites".into()) }],
            title: title.clone(),
            aside: Some(site_name(actor, code)),
            below: Some(t_args(lang, "as-of", &[("date", day::format(scope.on).as_str().into())])),
            actions: actions(&[households]),
        }))
        (stats(&numbers(actor, view, &scope)))
        (panel(&Panel { title: t(lang, "record-facts").into_owned(), body: anju_base::facts_of(actor, view, &site).await?, ..Panel::default() }))
        @if actor.reads_part("party", site.ledger) { (anju_party::at_site(actor, &here, &scope, &site).await?) }
        @if actor.reads_part("governance", site.ledger) { (anju_governance::at_site(actor, &here, &scope, &site).await?) }
        @if actor.reads_part("assistance", site.ledger) { (anju_assistance::at_site(actor, &here, &scope, &site).await?) }
        @if actor.reads_part("employment", site.ledger) { (anju_employment::at_site(actor, &here, &scope, &site).await?) }
        @if actor.reads_part("industry", site.ledger) { (anju_industry::at_site(actor, &here, &scope, &site).await?) }
        (panel(&Panel {
            title: t(lang, "site-matrix").into_owned(),
            id: Some("requirements".into()),
            body: requirement_table(actor, &here, &scope, &title, &actor.listed()),
            ..Panel::default()
        }))
    };
    Ok(Body { title, part: Part::Sites, markup })
}

fn numbers(actor: &Actor, view: &View, scope: &Scope) -> Vec<Stat> {
    let lang = view.lang;
    let gaps = actor.worst_sites(scope, 1).first().map_or(0, |site| site.gaps);
    let stat = |key: &str, value: Markup, tone| Stat { name: t(lang, key).into_owned(), value, tone, href: None };
    vec![
        stat("site-households", number(actor, "household_count", scope), Tone::Plain),
        stat("site-people", number(actor, "person_count", scope), Tone::Plain),
        Stat {
            href: Some("#requirements".into()),
            ..stat("site-gaps", count(i64::try_from(gaps).unwrap_or(i64::MAX)), Tone::Gap)
        },
    ]
}
