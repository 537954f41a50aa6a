//! A household's industries, linkages, shares and dividends, and what becomes of its land.

use std::collections::HashMap;

use anju_app::{Actor, Error, Scope, Stored};
use anju_base::{Entry, Rows, When, Which, mechanism_panel, name_of, names, standing};
use anju_record::day;
use anju_ui::{Column, Empty, Row, Share, Table, Tone, View, empty, money_exact, portion_bar, t, t_args, table, tag};
use maud::{Markup, html};
use uuid::Uuid;

/// Dividends shown.
const DIVIDENDS: usize = 8;

/// Industries, linkages, shares with dividends, and land of a household.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn of_household(actor: &Actor, view: &View, scope: &Scope, stored: &Stored) -> Result<Markup, Error> {
    let lang = view.lang;
    let now = When::Current(scope.on);
    let of = Which::Of("household", stored.record.id);
    let industries = Rows::read(actor, "household_industry", of, now).await?;
    let linkages = Rows::read(actor, "linkage", of, now).await?;
    let holdings = Rows::read(actor, "shareholding", of, now).await?;
    let land = Rows::read(actor, "land_asset", of, now).await?;
    let uses = Rows::read(actor, "land_use", Which::OfAny("land_asset", &land.ids()), now).await?;
    let mut wanted: Vec<_> = [&industries, &linkages, &uses].iter().flat_map(|rows| rows.referred("entity")).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let entities = names(actor, "entity", &wanted).await?;
    let lasting = standing(actor, scope, "household_lasting_industry", stored.record.id)
        .filter(|tone| *tone != Tone::NotApplicable);
    let head = html! {
        @if let Some(tone) = lasting {
            p { a href=(view.link("/requirements/household_lasting_industry")) { (t(lang, "lasting-industry")) } " " (tag(tone, &tone.word(lang))) }
        }
    };
    if [&industries, &linkages, &holdings, &land].iter().all(|rows| rows.is_empty()) {
        let none = Empty {
            what: t(lang, "industry-none").into_owned(),
            next: Some(t(lang, "industry-none-next").into_owned()),
            action: None,
        };
        return Ok(mechanism_panel(actor, view, "industry", html! { (head) (empty(&none)) }));
    }
    Ok(mechanism_panel(
        actor,
        view,
        "industry",
        html! {
            (head)
            div.grid {
                section { (industry_table(view, &industries, &entities)) (linkage_list(view, &linkages, &entities)) }
                section { (shares(actor, view, scope, &holdings).await?) (land_table(view, &land, &uses, &entities)) }
            }
        },
    ))
}

fn industry_table(view: &View, industries: &Rows<'_>, entities: &HashMap<Uuid, String>) -> Markup {
    let lang = view.lang;
    let rows = industries.iter().map(|industry| {
        let size = [industry.text("scale").to_owned(), name_of(entities, industry.id("entity")).to_owned()];
        Row::of(vec![
            html! { a href=(industry.href(view)) { (industry.words("trade", lang)) } },
            html! { (industry.words("term", lang)) },
            html! { (size.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")) },
            html! { @if let Some(fen) = industry.number("yearly_income") { (money_exact(lang, fen)) } },
        ])
    });
    let columns = vec![
        Column::text(t(lang, "industry-trade")),
        Column::text(t(lang, "industry-term")),
        Column::text(t(lang, "industry-size")).second(),
        Column::number(t(lang, "industry-income")),
    ];
    let title = t(lang, "home-industries").into_owned();
    let none = Empty { what: t(lang, "home-industries-none").into_owned(), ..Empty::default() };
    let list = Table { caption: title.clone(), columns, rows: rows.collect(), empty: Some(none), ..Table::default() };
    html! { h3 { (title) } (table(lang, &list)) }
}

fn linkage_list(view: &View, linkages: &Rows<'_>, entities: &HashMap<Uuid, String>) -> Markup {
    let lang = view.lang;
    html! {
        @if !linkages.is_empty() {
            h3 { (t(lang, "linkages")) }
            ul { @for linkage in linkages.iter() {
                li {
                    a href=(linkage.href(view)) { (name_of(entities, linkage.id("entity"))) } " " (linkage.words("mode", lang)) " "
                    small.quiet { (t_args(lang, "since-of", &[("date", linkage.words("started_on", lang).into())])) " " (linkage.text("agreed")) }
                }
            } }
        }
    }
}

async fn shares(actor: &Actor, view: &View, scope: &Scope, holdings: &Rows<'_>) -> Result<Markup, Error> {
    let lang = view.lang;
    if holdings.is_empty() {
        return Ok(html! {});
    }
    let schemes = names(actor, "share_scheme", &holdings.referred("scheme")).await?;
    let entries =
        Rows::read(actor, "dividend_entry", Which::OfAny("shareholding", &holdings.ids()), When::Latest(scope.on, 100))
            .await?;
    let dividends: Vec<_> = entries.iter().collect();
    let year = day::year_start(scope.on);
    let sum = |list: &[Entry<'_>]| list.iter().filter_map(|entry| entry.number("amount")).sum::<i64>();
    let unpaid: Vec<_> = dividends.iter().copied().filter(|entry| entry.day("paid_on").is_none()).collect();
    let this_year: Vec<_> =
        dividends.iter().copied().filter(|entry| entry.day("entered_on").is_some_and(|on| on >= year)).collect();
    Ok(html! {
        h3 { (t(lang, "shares")) }
        ul { @for holding in holdings.iter() {
            li { a href=(holding.href(view)) { (name_of(&schemes, holding.id("scheme"))) } " " (t_args(lang, "share-count", &[("n", holding.words("shares", lang).into())])) }
        } }
        p {
            (t(lang, "dividends-year")) " " b { (money_exact(lang, sum(&this_year))) } " "
            small.quiet { (t(lang, "dividends-all")) " " (money_exact(lang, sum(&dividends))) }
            @if !unpaid.is_empty() { " " (tag(Tone::Gap, &t(lang, "dividend-not-paid"))) " " (money_exact(lang, sum(&unpaid))) }
        }
        (dividend_table(view, &dividends))
    })
}

fn dividend_table(view: &View, dividends: &[Entry<'_>]) -> Markup {
    let lang = view.lang;
    let rows = dividends.iter().take(DIVIDENDS).map(|entry| {
        Row::of(vec![
            html! { a href=(entry.href(view)) { (entry.words("entered_on", lang)) } },
            html! { (entry.words("shares", lang)) },
            money_exact(lang, entry.number("floor_amount").unwrap_or_default()),
            money_exact(lang, entry.number("bonus").unwrap_or_default()),
            money_exact(lang, entry.number("amount").unwrap_or_default()),
            html! {
                @if entry.day("paid_on").is_some() { (entry.words("paid_on", lang)) } @else { span.gap { (t(lang, "dividend-not-paid")) } }
            },
        ])
    });
    let columns = vec![
        Column::text(t(lang, "dividend-entered")),
        Column::number(t(lang, "share-number")).second(),
        Column::number(t(lang, "dividend-floor")).second(),
        Column::number(t(lang, "dividend-bonus")).second(),
        Column::number(t(lang, "amount")),
        Column::text(t(lang, "dividend-paid")),
    ];
    let none = Empty { what: t(lang, "dividends-none").into_owned(), ..Empty::default() };
    table(
        lang,
        &Table {
            caption: t(lang, "dividends").into_owned(),
            columns,
            rows: rows.collect(),
            empty: Some(none),
            ..Table::default()
        },
    )
}

/// Each piece of land with what of it is in use: idle land is what nobody uses, or what is written down as idle.
fn land_table(view: &View, land: &Rows<'_>, uses: &Rows<'_>, entities: &HashMap<Uuid, String>) -> Markup {
    let lang = view.lang;
    if land.is_empty() {
        return html! {};
    }
    let rows = land.iter().map(|asset| {
        let own: Vec<_> = uses.iter().filter(|used| used.id("land_asset") == Some(asset.record.id)).collect();
        let area = |list: &[Entry<'_>]| list.iter().filter_map(|used| used.number("area_mu")).sum::<i64>();
        let live: Vec<_> = own.iter().copied().filter(|used| used.text("used_as") != "idle").collect();
        let share = used_share(area(&live), asset.number("area_mu").unwrap_or_default());
        Row::of(vec![
            html! { a href=(asset.href(view)) { (asset.words("kind", lang)) " " (asset.text("name")) } },
            html! { (asset.words("area_mu", lang)) },
            html! {
                @for (at, used) in live.iter().enumerate() {
                    @if at > 0 { (t(lang, "list-comma")) }
                    a href=(used.href(view)) { (used.words("used_as", lang)) } " " small.quiet { (name_of(entities, used.id("entity"))) }
                }
                @if live.is_empty() { (tag(Tone::Gap, &t(lang, "land-idle"))) }
            },
            html! { (portion_bar(share)) span.hear { (share.text()) } },
        ])
    });
    let columns = vec![
        Column::text(t(lang, "land")),
        Column::number(t(lang, "land-mu")),
        Column::text(t(lang, "land-use")),
        Column::text(t(lang, "land-used")).second(),
    ];
    let title = t(lang, "land-title").into_owned();
    let list = Table { caption: title.clone(), columns, rows: rows.collect(), ..Table::default() };
    html! { h3 { (title) } (table(lang, &list)) }
}

fn used_share(used: i64, whole: i64) -> Share {
    Share::new(u64::try_from(used).unwrap_or_default(), u64::try_from(whole).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn land_in_use_never_exceeds_the_land() {
        assert_eq!(used_share(250, 200).text(), "100%");
        assert_eq!(used_share(50, 200).text(), "25.0%");
        assert_eq!(used_share(-1, 200).text(), "0.0%");
        assert_eq!(used_share(50, 0).text(), "—");
    }
}
