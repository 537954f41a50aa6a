//! One figure: its value, the rule it is computed by, its split by code and place, and the records behind it.

use anju_app::{Actor, Error};
use anju_coverage::FigureValue;
use anju_pack::{Figure, Kind, Measure};
use anju_record::day;
use anju_ui::{
    Column, Crumb, PageHead, Pager, Panel, Portion, Row, Rule, Share, Table, View, exact, page_head, pager, panel,
    portions, rule, t, t_args, table, text,
};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};

use crate::answer::{Body, Part, answer};
use crate::places::{area_pick, scope, scope_name, site_name};
use crate::request::Asked;
use crate::signed::Signed;

const PAGE: u64 = 50;

/// `GET /figures/{id}`
pub async fn page(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>) -> Response {
    let body = body(&actor, &view, &id).await;
    answer(&actor, &view, body)
}

async fn body(actor: &Actor, view: &View, id: &str) -> Result<Body, Error> {
    let lang = view.lang;
    let scope = scope(actor, view)?;
    let ix = actor
        .figure_by_id(id)
        .ok_or_else(|| Error::unknown("figure", id, actor.pack().figures.iter().map(|figure| figure.id.as_str())))?;
    let figure = actor.pack().figure(ix);
    let mechanism = actor.pack().mechanism(figure.mechanism);
    let period = actor.period(view.get("from"), view.get("to"))?;
    let value = actor.figure(ix, &scope, period).ok_or_else(|| Error::denied("figure", id))?;
    let title = text(lang, &figure.title).to_owned();
    let markup = html! {
        (page_head(lang, &PageHead {
            crumbs: vec![
                Crumb { name: t(lang, "figures").into_owned(), href: Some(view.link(&format!("/mechanisms/{}", mechanism.id))) },
                Crumb { name: figure.row.clone(), href: None },
            ],
            title: title.clone(),
            aside: Some(scope_name(actor, view, &scope)),
            below: Some(t_args(lang, "as-of", &[("date", day::format(scope.on).as_str().into())])),
            actions: area_pick(actor, view, &scope),
        }))
        (rule(lang, &Rule {
            words: html! { b { (exact(value.value, figure.scale.into())) " " (text(lang, &figure.unit)) } " = " (text(lang, &anju_pack::figure_in_words(actor.pack(), ix))) },
            source: format!("{}:{}", figure.origin.file, figure.origin.line),
            owner: None,
            due_days: None,
        }))
        @if !value.by.is_empty() { (split(actor, view, figure, &value)) }
        (by_place(actor, view, &scope, ix, figure))
        (behind(actor, view, &scope, ix, period).await?)
    };
    Ok(Body { title, part: Part::Bulletin, markup })
}

fn split(actor: &Actor, view: &View, figure: &Figure, value: &FigureValue) -> Markup {
    let lang = view.lang;
    let title_of = |code: &str| -> String {
        let ledger = match figure.measure {
            Measure::Count(ledger) | Measure::Distinct(ledger, _) | Measure::Sum(ledger, _) => Some(ledger),
            Measure::Met(_) | Measure::Fewest { .. } => None,
        };
        let field = ledger.zip(figure.by).map(|(ledger, by)| &actor.pack().ledger(ledger).field(by).kind);
        let Some(Kind::Code { list }) = field else { return code.to_owned() };
        let list = actor.pack().code_list(*list);
        list.values
            .iter()
            .find(|value| value.code == code)
            .map_or_else(|| code.to_owned(), |value| text(lang, &value.title).to_owned())
    };
    let rows = (value.by.iter())
        .map(|(code, part)| {
            let part = FigureValue { value: *part, ..value.clone() };
            Row::of(vec![html! { (title_of(code)) }, html! { (exact(part.value, figure.scale.into())) }])
        })
        .collect();
    let columns = vec![Column::text(t(lang, "by-code")), Column::number(t(lang, "value"))];
    let list = Table { caption: t(lang, "by-code").into_owned(), columns, rows, ..Table::default() };
    panel(&Panel { title: t(lang, "by-code").into_owned(), body: table(lang, &list), ..Panel::default() })
}

fn by_place(actor: &Actor, view: &View, scope: &anju_app::Scope, ix: anju_pack::FigureIx, figure: &Figure) -> Markup {
    let lang = view.lang;
    let parts: Vec<_> = (actor.parts_of(&scope.area).into_iter())
        .filter_map(|area| {
            let part = anju_app::Scope { area: area.code.clone(), on: scope.on };
            let value = actor.figure(ix, &part, None)?;
            Some((area, value))
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
            said: exact(value.value, figure.scale.into()),
        })
        .collect();
    panel(&Panel { title: t(lang, "by-area").into_owned(), body: portions(&bars), ..Panel::default() })
}

async fn behind(
    actor: &Actor,
    view: &View,
    scope: &anju_app::Scope,
    ix: anju_pack::FigureIx,
    period: Option<(i32, i32)>,
) -> Result<Markup, Error> {
    let lang = view.lang;
    let behind = actor.figure_records(ix, scope, period);
    let page = view.get("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    let at = Pager { page, size: PAGE, total: behind.len() as u64 };
    let from = usize::try_from(at.offset()).unwrap_or_default().min(behind.len());
    let shown = &behind[from..behind.len().min(from + PAGE as usize)];
    let ledger = behind.first().map(|(ledger, _)| text(lang, &actor.pack().ledger(*ledger).title).to_owned());
    let mut rows = Vec::new();
    for group in shown.chunk_by(|a, b| a.0 == b.0) {
        let Some((ledger, _)) = group.first() else { continue };
        let ids: Vec<_> = group.iter().map(|(_, id)| *id).collect();
        for record in actor.labelled(*ledger, &ids).await? {
            let href = crate::ledgers::record_link(actor, view, *ledger, record.id);
            rows.push(Row::of(vec![
                html! { a href=(href) { (record.name) } },
                html! { (site_name(actor, &record.area)) },
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
