//! Work at a site: which households have it, what kind, and what the factories still offer.

use std::collections::HashMap;

use anju_app::{Actor, Error, Scope, Stored};
use anju_base::{
    Entry, Rows, When, Which, coverage_bars, figure_number, figure_parts, mechanism_panel, name_of, names,
};
use anju_record::day;
use anju_ui::{
    Column, Empty, Row, Share, Stat, Table, Tone, View, count, due_cell, empty, money_exact, portion_bar, portions,
    stats, t, table, tag,
};
use maud::{Markup, html};
use uuid::Uuid;

/// Households with work, jobs by kind, factories and vacancies of a site.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn at_site(actor: &Actor, view: &View, scope: &Scope, site: &Stored) -> Result<Markup, Error> {
    let lang = view.lang;
    Ok(mechanism_panel(
        actor,
        view,
        "employment",
        html! {
            (stats(&numbers(view, actor, scope)))
            div.grid {
                section { h3 { (t(lang, "homes-with-work")) } (coverage_bars(actor, view, scope, &["household_stable_job", "household_any_job", "seeker_registered"])) (labour_company(actor, view, scope, site).await?) }
                section { h3 { (t(lang, "jobs-by-kind")) } (kinds(actor, view, scope)) }
            }
            (factories(actor, view, scope, site).await?)
        },
    ))
}

fn numbers(view: &View, actor: &Actor, scope: &Scope) -> Vec<Stat> {
    let figures = [
        ("people-with-labour", "person_with_labour"),
        ("people-working", "employment_people"),
        ("people-away", "dispatch_away_now"),
        ("people-seeking", "seeker_count"),
    ];
    let stat = |(key, figure): (&str, &str)| Stat {
        name: t(view.lang, key).into_owned(),
        value: count(figure_number(actor, scope, figure)),
        tone: Tone::Plain,
        href: Some(view.link(&format!("/figures/{figure}"))),
    };
    figures.map(stat).into()
}

fn kinds(actor: &Actor, view: &View, scope: &Scope) -> Markup {
    let parts = figure_parts(actor, view, scope, "employment_by_kind");
    if parts.is_empty() {
        return empty(&Empty {
            what: t(view.lang, "jobs-none").into_owned(),
            next: Some(t(view.lang, "jobs-none-next").into_owned()),
            action: None,
        });
    }
    portions(&parts)
}

async fn labour_company(actor: &Actor, view: &View, scope: &Scope, site: &Stored) -> Result<Markup, Error> {
    let lang = view.lang;
    let services =
        Rows::read(actor, "labour_service", Which::Of("site", site.record.id), When::Current(scope.on)).await?;
    let companies = names(actor, "labour_company", &services.referred("labour_company")).await?;
    Ok(html! {
        h3 { (t(lang, "labour-company")) }
        @for service in services.iter() {
            p {
                a href=(service.href(view)) { (name_of(&companies, service.id("labour_company"))) }
                @if !service.text("contact").is_empty() { " " small.quiet { (t(lang, "labour-contact")) " " (service.text("contact")) } }
            }
        }
        @if services.is_empty() { p { (tag(Tone::Gap, &t(lang, "labour-company-none"))) } }
    })
}

async fn factories(actor: &Actor, view: &View, scope: &Scope, site: &Stored) -> Result<Markup, Error> {
    let lang = view.lang;
    let now = When::Current(scope.on);
    let all = Rows::read(actor, "factory", Which::Of("site", site.record.id), now).await?;
    let title = html! { h3 { (t(lang, "factories")) } };
    if all.is_empty() {
        let none = Empty { what: t(lang, "factories-none").into_owned(), ..Empty::default() };
        return Ok(html! { (title) (empty(&none)) });
    }
    let ids = all.ids();
    let workers = Rows::read(actor, "employment", Which::OfAny("factory", &ids), now).await?;
    let mut filled: HashMap<Uuid, i64> = HashMap::new();
    for factory in workers.iter().filter_map(|job| job.id("factory")) {
        *filled.entry(factory).or_default() += 1;
    }
    let vacancies = Rows::read(actor, "vacancy", Which::OfAny("factory", &ids), now).await?;
    let rows = all.iter().map(|factory| {
        factory_row(view, factory, filled.get(&factory.record.id).copied().unwrap_or_default(), &vacancies)
    });
    let columns = vec![
        Column::text(t(lang, "factory")),
        Column::text(t(lang, "factory-trade")).second(),
        Column::number(t(lang, "factory-filled")),
        Column::text(t(lang, "share-bar")).second(),
        Column::number(t(lang, "factory-openings")),
    ];
    let list = Table { caption: t(lang, "factories").into_owned(), columns, rows: rows.collect(), ..Table::default() };
    Ok(html! { (title) (table(lang, &list)) (vacant(view, scope, &vacancies)) })
}

fn factory_row(view: &View, factory: Entry<'_>, filled: i64, vacancies: &Rows<'_>) -> Row {
    let lang = view.lang;
    let offered = factory.number("jobs_offered").unwrap_or_default();
    let open: i64 = vacancies
        .iter()
        .filter(|vacancy| vacancy.id("factory") == Some(factory.record.id))
        .filter_map(|vacancy| vacancy.number("openings"))
        .sum();
    let share = Share::new(u64::try_from(filled).unwrap_or_default(), u64::try_from(offered).unwrap_or_default());
    Row::of(vec![
        html! { a href=(factory.href(view)) { (factory.text("name")) } },
        html! { (factory.words("trade", lang)) },
        html! { (count(filled)) " / " (count(offered)) },
        html! { (portion_bar(share)) },
        count(open),
    ])
}

fn vacant(view: &View, scope: &Scope, vacancies: &Rows<'_>) -> Markup {
    let lang = view.lang;
    if vacancies.is_empty() {
        return html! {};
    }
    let rows = vacancies.iter().map(|vacancy| {
        Row::of(vec![
            html! { a href=(vacancy.href(view)) { (vacancy.text("occupation")) } },
            html! { (vacancy.text("employer")) },
            count(vacancy.number("openings").unwrap_or_default()),
            wages(view, vacancy),
            html! { @if let Some(last) = vacancy.day("closes_on") { span title=(day::format(last)) { (due_cell(lang, last - scope.on)) } } },
        ])
    });
    let columns = vec![
        Column::text(t(lang, "vacancy")),
        Column::text(t(lang, "employer")).second(),
        Column::number(t(lang, "openings")),
        Column::number(t(lang, "monthly-wage")),
        Column::text(t(lang, "closes-on")).second(),
    ];
    let title = t(lang, "vacancies").into_owned();
    let list = Table { caption: title.clone(), columns, rows: rows.collect(), ..Table::default() };
    html! { h3 { (title) } (table(lang, &list)) }
}

fn wages(view: &View, vacancy: Entry<'_>) -> Markup {
    let lang = view.lang;
    html! {
        @match (vacancy.number("wage_from"), vacancy.number("wage_to")) {
            (Some(from), Some(to)) if from != to => { (money_exact(lang, from)) " – " (money_exact(lang, to)) },
            (Some(wage), _) | (None, Some(wage)) => (money_exact(lang, wage)),
            (None, None) => span.quiet { (t(lang, "wage-open")) },
        }
    }
}
