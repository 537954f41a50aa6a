//! Sites: the list, and one site with all that is kept of it.

use anju_app::{App, Error, Scope};
use anju_pack::AreaLevel;
use anju_record::day;
use anju_ui::{
    Column, Crumb, PageHead, Panel, Row, Stat, Table, Tone, View, actions, count, page_head, panel, stats, t, t_args,
    table,
};
use axum::extract::{Path, State};
use axum::response::Response;
use maud::html;

use crate::Shared;
use crate::answer::{Body, Part, answer};
use crate::mechanism_list::requirement_table;
use crate::places::{amount, area_pick, no_sites, scope, scope_name, site_name};
use crate::request::Asked;

/// `GET /sites`
pub async fn list(State(app): Shared, Asked(view): Asked) -> Response {
    answer(&app, &view, list_body(&app, &view))
}

fn number(app: &App, id: &str, scope: &Scope) -> i64 {
    app.figure_by_id(id).map_or(0, |ix| i64::try_from(app.figure(ix, scope, None).value).unwrap_or(i64::MAX))
}

fn list_body(app: &App, view: &View) -> Result<Body, Error> {
    let lang = view.lang;
    let scope = scope(app, view)?;
    let worst = app.worst_sites(&scope, usize::MAX);
    let rows = (app.sites(&scope.area).into_iter())
        .map(|code| {
            let here = Scope { area: code.clone(), on: scope.on };
            let gaps = worst.iter().find(|site| site.area == code).map_or(0, |site| site.gaps);
            Row::of(vec![
                html! { a href=(view.link(&format!("/sites/{code}"))) { (app.areas().name(&code)) } },
                html! { (app.areas().path_name(code.get(..AreaLevel::Village.digits()).unwrap_or(&code), AreaLevel::Town)) },
                count(number(app, "household_count", &here)),
                count(number(app, "person_count", &here)),
                html! { @if gaps > 0 { b.gap { (amount(gaps)) } } @else { "0" } },
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
            aside: Some(scope_name(app, view, &scope)),
            below: Some(t_args(lang, "as-of", &[("date", day::format(scope.on).as_str().into())])),
            actions: area_pick(app, view, &scope),
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
pub async fn page(State(app): Shared, Asked(view): Asked, Path(code): Path<String>) -> Response {
    let body = body(&app, &view, &code).await;
    answer(&app, &view, body)
}

async fn body(app: &App, view: &View, code: &str) -> Result<Body, Error> {
    let lang = view.lang;
    let missing = || Error::NotFound { what: "site", value: code.to_owned() };
    if code.len() != AreaLevel::Site.digits() {
        return Err(missing());
    }
    let scope = app.scope(Some(code), view.on.as_deref()).map_err(|error| match error {
        Error::NotFound { .. } => missing(),
        other => other,
    })?;
    let site = app.place_record(code).await?.ok_or_else(missing)?;
    let title = app.areas().name(code).to_owned();
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
            aside: Some(site_name(app, code)),
            below: Some(t_args(lang, "as-of", &[("date", day::format(scope.on).as_str().into())])),
            actions: actions(&[households]),
        }))
        (stats(&numbers(app, view, &scope)))
        (panel(&Panel { title: t(lang, "record-facts").into_owned(), body: anju_base::facts_of(app, view, &site).await?, ..Panel::default() }))
        (anju_party::at_site(app, &here, &scope, &site).await?)
        (anju_governance::at_site(app, &here, &scope, &site).await?)
        (anju_assistance::at_site(app, &here, &scope, &site).await?)
        (anju_employment::at_site(app, &here, &scope, &site).await?)
        (anju_industry::at_site(app, &here, &scope, &site).await?)
        (panel(&Panel {
            title: t(lang, "site-matrix").into_owned(),
            id: Some("requirements".into()),
            body: requirement_table(app, &here, &scope, &title, &app.listed()),
            ..Panel::default()
        }))
    };
    Ok(Body { title, part: Part::Sites, markup })
}

fn numbers(app: &App, view: &View, scope: &Scope) -> Vec<Stat> {
    let lang = view.lang;
    let gaps = app.worst_sites(scope, 1).first().map_or(0, |site| site.gaps);
    let stat =
        |key: &str, value: i64, tone| Stat { name: t(lang, key).into_owned(), value: count(value), tone, href: None };
    vec![
        stat("site-households", number(app, "household_count", scope), Tone::Plain),
        stat("site-people", number(app, "person_count", scope), Tone::Plain),
        Stat {
            href: Some("#requirements".into()),
            ..stat("site-gaps", i64::try_from(gaps).unwrap_or(i64::MAX), Tone::Gap)
        },
    ]
}
