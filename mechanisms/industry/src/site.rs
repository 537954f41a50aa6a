//! Industry at a site: its parks, the entities that bring households along, and how they do it.

use std::collections::BTreeSet;

use anju_app::{Actor, Error, Scope, Stored};
use anju_base::{Entry, Rows, When, Which, coverage_bars, figure_number, figure_parts, mechanism_panel, standing};
use anju_ui::{Column, Empty, Row, Stat, Table, Tone, View, count, empty, money, portions, stats, t, table, tag};
use maud::{Markup, html};

/// What holds of households, in the order of the bars.
const HOMES: [&str; 4] = ["household_lasting_industry", "household_linked", "shareholding_paid", "land_asset_in_use"];

/// Parks, entities, linkages, household industries and dividends of a site.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn at_site(actor: &Actor, view: &View, scope: &Scope, site: &Stored) -> Result<Markup, Error> {
    let lang = view.lang;
    let now = When::Current(scope.on);
    let site_parks = Rows::read(actor, "site_park", Which::Of("site", site.record.id), now).await?;
    let site_entities = Rows::read(actor, "site_entity", Which::Of("site", site.record.id), now).await?;
    let parks = Rows::read(actor, "park", Which::These(&site_parks.referred("park")), When::Always).await?;
    let wanted: BTreeSet<_> = parks.referred("entity").into_iter().chain(site_entities.referred("entity")).collect();
    let wanted: Vec<_> = wanted.into_iter().collect();
    let entities = Rows::read(actor, "entity", Which::These(&wanted), When::Always).await?;
    Ok(mechanism_panel(
        actor,
        view,
        "industry",
        html! {
            (stats(&numbers(actor, view, scope)))
            div.grid {
                section { h3 { (t(lang, "parks")) (gap(actor, view, scope, site, "site_park")) } (park_table(view, &site_parks, &parks, &entities)) }
                section { h3 { (t(lang, "entities")) (gap(actor, view, scope, site, "site_entity")) } (entity_table(view, &site_entities, &entities)) }
            }
            div.grid {
                section { h3 { (t(lang, "homes-with-industry")) } (coverage_bars(actor, view, scope, &HOMES)) }
                section { h3 { (t(lang, "linkages-by-mode")) } (linked(actor, view, scope)) }
            }
        },
    ))
}

fn numbers(actor: &Actor, view: &View, scope: &Scope) -> Vec<Stat> {
    let lang = view.lang;
    let stat = |key: &str, figure: &str, value: Markup| Stat {
        name: t(lang, key).into_owned(),
        value,
        tone: Tone::Plain,
        href: Some(view.link(&format!("/figures/{figure}"))),
    };
    let people = |figure: &str| count(figure_number(actor, scope, figure));
    let sum = |figure: &str| yuan(actor, view, scope, figure);
    vec![
        stat("homes-linked", "industry_linked_households", people("industry_linked_households")),
        stat("homes-holding", "industry_share_households", people("industry_share_households")),
        stat("dividend-posted", "industry_dividend_posted", sum("industry_dividend_posted")),
        stat("dividend-unpaid", "industry_dividend_unpaid", sum("industry_dividend_unpaid")),
    ]
}

/// A figure of money: it counts yuan with two decimals, which is fen.
fn yuan(actor: &Actor, view: &View, scope: &Scope, figure: &str) -> Markup {
    let value = actor.figure_by_id(figure).and_then(|ix| actor.figure(ix, scope, None));
    let fen = value.map_or(0, |value| match value.scale {
        0 => value.value * 100,
        _ => value.value,
    });
    money(view.lang, i64::try_from(fen).unwrap_or(i64::MAX))
}

fn gap(actor: &Actor, view: &View, scope: &Scope, site: &Stored, requirement: &str) -> Markup {
    let tone = standing(actor, scope, requirement, site.record.id);
    html! {
        @if let Some(tone) = tone.filter(|tone| *tone != Tone::NotApplicable) {
            " " a href=(view.link(&format!("/requirements/{requirement}"))) { (tag(tone, &tone.word(view.lang))) }
        }
    }
}

fn park_table(view: &View, site_parks: &Rows<'_>, parks: &Rows<'_>, entities: &Rows<'_>) -> Markup {
    let lang = view.lang;
    let rows = site_parks.iter().filter_map(|own| {
        let park = parks.find(own.id("park")?)?;
        let operator = park.id("entity").and_then(|id| entities.find(id));
        Some(Row::of(vec![
            html! { a href=(park.href(view)) { (park.text("name")) } },
            html! { (park.words("kind", lang)) },
            html! { (park.words("area_mu", lang)) },
            html! { (park.words("jobs", lang)) },
            html! { (own.words("distance_km", lang)) },
            html! { @if let Some(operator) = operator { a href=(operator.href(view)) { (operator.text("name")) } } },
        ]))
    });
    let columns = vec![
        Column::text(t(lang, "park")),
        Column::text(t(lang, "park-kind")).second(),
        Column::number(t(lang, "park-mu")),
        Column::number(t(lang, "park-jobs")),
        Column::number(t(lang, "park-km")).second(),
        Column::text(t(lang, "park-operator")).second(),
    ];
    let none = Empty { what: t(lang, "parks-none").into_owned(), ..Empty::default() };
    table(
        lang,
        &Table {
            caption: t(lang, "parks").into_owned(),
            columns,
            rows: rows.collect(),
            empty: Some(none),
            ..Table::default()
        },
    )
}

fn entity_table(view: &View, site_entities: &Rows<'_>, entities: &Rows<'_>) -> Markup {
    let lang = view.lang;
    let mut own: Vec<(Entry<'_>, Entry<'_>)> =
        site_entities.iter().filter_map(|own| Some((own, entities.find(own.id("entity")?)?))).collect();
    own.sort_by_key(|(_, entity)| entity.text("kind") != "leading_enterprise");
    let rows = own.iter().map(|(own, entity)| {
        Row::of(vec![
            html! { a href=(entity.href(view)) { (entity.text("name")) } },
            html! { (entity.words("kind", lang)) " " small.quiet { (entity.words("level", lang)) } },
            html! { (entity.words("trade", lang)) },
            html! { (own.text("brings")) },
        ])
    });
    let columns = vec![
        Column::text(t(lang, "entity")),
        Column::text(t(lang, "entity-kind")),
        Column::text(t(lang, "entity-trade")).second(),
        Column::text(t(lang, "entity-brings")).second(),
    ];
    let none = Empty { what: t(lang, "entities-none").into_owned(), ..Empty::default() };
    table(
        lang,
        &Table {
            caption: t(lang, "entities").into_owned(),
            columns,
            rows: rows.collect(),
            empty: Some(none),
            ..Table::default()
        },
    )
}

fn linked(actor: &Actor, view: &View, scope: &Scope) -> Markup {
    let parts = figure_parts(actor, view, scope, "industry_linkages");
    if parts.is_empty() {
        return empty(&Empty { what: t(view.lang, "linkages-none").into_owned(), ..Empty::default() });
    }
    portions(&parts)
}
