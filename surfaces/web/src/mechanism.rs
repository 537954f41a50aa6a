//! One mechanism: its promise, its coverage by place, its requirements, its figures and its ledgers.

use anju_app::{Actor, Error, Scope};
use anju_pack::{FigureIx, LedgerIx, MechanismIx};
use anju_record::day;
use anju_ui::{
    Column, Crumb, PageHead, Panel, Row, Series, Stat, Table, Tone, TrendChart, View, count, exact, page_head, panel,
    stats, t, table, text, trend_chart,
};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};

use crate::answer::{Body, Part, answer};
use crate::mechanism_list::requirement_table;
use crate::places::{amount, area_pick, scope, scope_name, share};
use crate::request::Asked;
use crate::requirement::by_area;
use crate::signed::Signed;

/// `GET /mechanisms/{id}`
pub async fn page(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>) -> Response {
    answer(&actor, &view, body(&actor, &view, &id))
}

fn body(actor: &Actor, view: &View, id: &str) -> Result<Body, Error> {
    let lang = view.lang;
    let scope = scope(actor, view)?;
    let ix = actor.pack().index.mechanisms.get(id).copied();
    let known = actor.pack().mechanisms.iter().map(|mechanism| mechanism.id.as_str());
    let ix = ix.ok_or_else(|| Error::unknown("mechanism", id, known))?;
    let mechanism = actor.pack().mechanism(ix);
    let requirements = actor.requirements_of(ix);
    let title = text(lang, &mechanism.title).to_owned();
    let markup = html! {
        (page_head(lang, &PageHead {
            crumbs: vec![Crumb { name: t(lang, "nav-mechanisms").into_owned(), href: Some(view.link("/mechanisms")) }],
            title: title.clone(),
            aside: Some(scope_name(actor, view, &scope)),
            below: Some(text(lang, &mechanism.promise).to_owned()),
            actions: area_pick(actor, view, &scope),
        }))
        @if let Some(headline) = mechanism.headline.filter(|headline| actor.sees(*headline)) { (summary(actor, view, &scope, headline)) }
        (panel(&Panel {
            title: t(lang, "requirements").into_owned(),
            body: requirement_table(actor, view, &scope, &title, &requirements),
            ..Panel::default()
        }))
        div.grid {
            (figures(actor, view, &scope, ix))
            (ledgers(actor, view, ix))
        }
    };
    Ok(Body { title, part: Part::Mechanisms, markup })
}

fn summary(actor: &Actor, view: &View, scope: &Scope, headline: anju_pack::RequirementIx) -> Markup {
    let lang = view.lang;
    let requirement = actor.pack().requirement(headline);
    let href = view.link(&format!("/requirements/{}", requirement.id));
    let counts = actor.counts(headline, scope);
    let readings = actor.trend(headline, scope);
    let (labels, points): (Vec<_>, Vec<_>) =
        readings.into_iter().filter_map(|(on, counts)| Some((day::format(on), anju_app::percent(counts)?))).unzip();
    html! {
        div.grid {
            (panel(&Panel {
                title: text(lang, &requirement.title).to_owned(),
                body: html! {
                    (stats(&[
                        Stat { name: t(lang, "coverage").into_owned(), value: html! { (share(counts).text()) }, tone: Tone::Plain, href: None },
                        Stat { name: t(lang, "met-count").into_owned(), value: amount(counts.met), tone: Tone::Met, href: None },
                        Stat { name: t(lang, "gap-count").into_owned(), value: amount(counts.gap), tone: Tone::Gap, href: Some(href) },
                    ]))
                    (trend_chart(lang, &TrendChart {
                        title: t(lang, "trend-weeks").into_owned(),
                        unit: "%".into(),
                        labels,
                        series: vec![Series { name: text(lang, &requirement.short).to_owned(), points }],
                    }))
                },
                ..Panel::default()
            }))
            (by_area(actor, view, scope, headline))
        }
    }
}

fn figures(actor: &Actor, view: &View, scope: &Scope, ix: MechanismIx) -> Markup {
    let lang = view.lang;
    let rows = (actor.pack().figure_ixs().filter(|figure| actor.pack().figure(*figure).mechanism == ix))
        .filter_map(|figure: FigureIx| Some((figure, actor.figure(figure, scope, None)?)))
        .map(|(figure, value)| {
            let entry = actor.pack().figure(figure);
            let href = view.link(&format!("/figures/{}", entry.id));
            Row::of(vec![
                html! { (text(lang, &entry.title)) },
                html! { a href=(href) { (exact(value.value, entry.scale.into())) } },
                html! { (text(lang, &entry.unit)) },
            ])
        })
        .collect();
    let columns =
        vec![Column::text(t(lang, "figure")), Column::number(t(lang, "value")), Column::text(t(lang, "unit"))];
    let list = Table { caption: t(lang, "figures").into_owned(), columns, rows, ..Table::default() };
    panel(&Panel { title: t(lang, "figures").into_owned(), body: table(lang, &list), ..Panel::default() })
}

fn ledgers(actor: &Actor, view: &View, ix: MechanismIx) -> Markup {
    let lang = view.lang;
    let rows = (actor.pack().ledger_ixs().filter(|ledger| actor.pack().ledger(*ledger).mechanism == ix))
        .map(|ledger: LedgerIx| {
            let entry = actor.pack().ledger(ledger);
            Row::of(vec![
                html! { a href=[actor.reads(ledger).then(|| view.link(&format!("/ledgers/{}", entry.id)))] { (text(lang, &entry.title)) } },
                html! { span.quiet { (entry.rows.join(" ")) } },
                count(i64::try_from(entry.fields.len()).unwrap_or_default()),
            ])
        })
        .collect();
    let columns =
        vec![Column::text(t(lang, "ledger")), Column::text(t(lang, "row")), Column::number(t(lang, "field-count"))];
    let list = Table { caption: t(lang, "nav-ledgers").into_owned(), columns, rows, ..Table::default() };
    panel(&Panel { title: t(lang, "nav-ledgers").into_owned(), body: table(lang, &list), ..Panel::default() })
}
