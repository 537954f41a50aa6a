//! One figure: its value, the rule it is computed by, its split by code and place, and the records behind it.

use anju_app::{App, Error};
use anju_coverage::FigureValue;
use anju_pack::{Figure, Kind, Measure};
use anju_record::day;
use anju_ui::{
    Column, Crumb, PageHead, Pager, Panel, Portion, Row, Rule, Share, Table, View, grouped, page_head, pager, panel,
    portions, rule, t, t_args, table, text,
};
use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};

use crate::Shared;
use crate::answer::{Body, Part, answer};
use crate::places::{area_pick, scope, scope_name, site_name};
use crate::request::Asked;

const PAGE: u64 = 50;

/// `GET /figures/{id}`
pub async fn page(State(app): Shared, Asked(view): Asked, Path(id): Path<String>) -> Response {
    let body = body(&app, &view, &id).await;
    answer(&app, &view, body)
}

/// A figure's number as people write it, exact.
pub fn value_in_words(figure: &Figure, value: &FigureValue) -> String {
    let scale = u32::from(figure.scale);
    let Ok(number) = i64::try_from(value.value) else { return value.value.to_string() };
    let unit = 10_i64.pow(scale);
    let sign = if number < 0 && number / unit == 0 { "-" } else { "" };
    let whole = format!("{sign}{}", grouped(number / unit));
    match (scale, number % unit) {
        (0, _) | (_, 0) => whole,
        (_, rest) => {
            let rest = format!("{:0width$}", rest.abs(), width = scale as usize);
            format!("{whole}.{}", rest.trim_end_matches('0'))
        }
    }
}

async fn body(app: &App, view: &View, id: &str) -> Result<Body, Error> {
    let lang = view.lang;
    let scope = scope(app, view)?;
    let ix = app
        .figure_by_id(id)
        .ok_or_else(|| Error::unknown("figure", id, app.pack().figures.iter().map(|figure| figure.id.as_str())))?;
    let figure = app.pack().figure(ix);
    let mechanism = app.pack().mechanism(figure.mechanism);
    let period = app.period(view.get("from"), view.get("to"))?;
    let value = app.figure(ix, &scope, period);
    let title = text(lang, &figure.title).to_owned();
    let markup = html! {
        (page_head(lang, &PageHead {
            crumbs: vec![
                Crumb { name: t(lang, "figures").into_owned(), href: Some(view.link(&format!("/mechanisms/{}", mechanism.id))) },
                Crumb { name: figure.row.clone(), href: None },
            ],
            title: title.clone(),
            aside: Some(scope_name(app, view, &scope)),
            below: Some(t_args(lang, "as-of", &[("date", day::format(scope.on).as_str().into())])),
            actions: area_pick(app, view, &scope),
        }))
        (rule(lang, &Rule {
            words: html! { b { (value_in_words(figure, &value)) " " (text(lang, &figure.unit)) } " = " (text(lang, &anju_pack::figure_in_words(app.pack(), ix))) },
            source: format!("{}:{}", figure.origin.file, figure.origin.line),
            owner: None,
            due_days: None,
        }))
        @if !value.by.is_empty() { (split(app, view, figure, &value)) }
        (by_place(app, view, &scope, ix, figure))
        (behind(app, view, &scope, ix, period).await?)
    };
    Ok(Body { title, part: Part::Bulletin, markup })
}

fn split(app: &App, view: &View, figure: &Figure, value: &FigureValue) -> Markup {
    let lang = view.lang;
    let title_of = |code: &str| -> String {
        let ledger = match figure.measure {
            Measure::Count(ledger) | Measure::Distinct(ledger, _) | Measure::Sum(ledger, _) => Some(ledger),
            Measure::Met(_) | Measure::Fewest { .. } => None,
        };
        let field = ledger.zip(figure.by).map(|(ledger, by)| &app.pack().ledger(ledger).field(by).kind);
        let Some(Kind::Code { list }) = field else { return code.to_owned() };
        let list = app.pack().code_list(*list);
        list.values
            .iter()
            .find(|value| value.code == code)
            .map_or_else(|| code.to_owned(), |value| text(lang, &value.title).to_owned())
    };
    let rows = (value.by.iter())
        .map(|(code, part)| {
            let part = FigureValue { value: *part, ..value.clone() };
            Row::of(vec![html! { (title_of(code)) }, html! { (value_in_words(figure, &part)) }])
        })
        .collect();
    let columns = vec![Column::text(t(lang, "by-code")), Column::number(t(lang, "value"))];
    let list = Table { caption: t(lang, "by-code").into_owned(), columns, rows, ..Table::default() };
    panel(&Panel { title: t(lang, "by-code").into_owned(), body: table(lang, &list), ..Panel::default() })
}

fn by_place(app: &App, view: &View, scope: &anju_app::Scope, ix: anju_pack::FigureIx, figure: &Figure) -> Markup {
    let lang = view.lang;
    let parts: Vec<_> = (app.parts_of(&scope.area).into_iter())
        .map(|area| {
            let part = anju_app::Scope { area: area.code.clone(), on: scope.on };
            (area, app.figure(ix, &part, None))
        })
        .collect();
    if parts.is_empty() {
        return html! {};
    }
    // Each bar is drawn against the largest, so that figures that do not add up are shown as well.
    let size = |value: &FigureValue| u64::try_from(value.value).unwrap_or_default();
    let most = parts.iter().map(|(_, value)| size(value)).max().unwrap_or_default();
    let bars: Vec<_> = (parts.iter())
        .map(|(area, value)| Portion {
            name: area.name.clone(),
            href: Some(view.link_with(&view.path, &[("area", &area.code)])),
            share: Share::new(size(value), most),
            said: value_in_words(figure, value),
        })
        .collect();
    panel(&Panel { title: t(lang, "by-area").into_owned(), body: portions(&bars), ..Panel::default() })
}

async fn behind(
    app: &App,
    view: &View,
    scope: &anju_app::Scope,
    ix: anju_pack::FigureIx,
    period: Option<(i32, i32)>,
) -> Result<Markup, Error> {
    let lang = view.lang;
    let behind = app.figure_records(ix, scope, period);
    let page = view.get("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    let at = Pager { page, size: PAGE, total: behind.len() as u64 };
    let from = usize::try_from(at.offset()).unwrap_or_default().min(behind.len());
    let shown = &behind[from..behind.len().min(from + PAGE as usize)];
    let ledger = behind.first().map(|(ledger, _)| text(lang, &app.pack().ledger(*ledger).title).to_owned());
    let mut rows = Vec::new();
    for group in shown.chunk_by(|a, b| a.0 == b.0) {
        let Some((ledger, _)) = group.first() else { continue };
        let ids: Vec<_> = group.iter().map(|(_, id)| *id).collect();
        for record in app.labelled(*ledger, &ids).await? {
            let href = crate::ledgers::record_link(app, view, *ledger, record.id);
            rows.push(Row::of(vec![
                html! { a href=(href) { (record.name) } },
                html! { (site_name(app, &record.area)) },
            ]));
        }
    }
    let columns = vec![Column::text(ledger.unwrap_or_default()), Column::text(t(lang, "place"))];
    let list = Table { caption: t(lang, "records-behind").into_owned(), columns, rows, ..Table::default() };
    Ok(panel(&Panel {
        title: t(lang, "records-behind").into_owned(),
        note: Some(t_args(lang, "list-count", &[("n", behind.len().into())])),
        body: html! { (table(lang, &list)) (pager(lang, at, |page| view.here_with("page", &page.to_string()))) },
        ..Panel::default()
    }))
}
