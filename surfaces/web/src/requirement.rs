//! One requirement: its rule in words, where it is written, its coverage by place, and the gaps by name.

use anju_access::Action as Access;
use anju_app::{Actor, Error, Scope, Show};
use anju_pack::{RequirementIx, Rule as PackRule};
use anju_record::day;
use anju_ui::{
    AreaBar, Chip, Column, Crumb, Empty, PageHead, Pager, Panel, Row, Rule, Series, Stat, Table, Tone, TrendChart,
    View, bars, chips, download, due_cell, page_head, pager, panel, rule, stats, t, t_args, table, text, trend_chart,
};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};

use crate::answer::{Body, Part, answer};
use crate::mechanism_list::requirement_table;
use crate::places::{amount, area_pick, scope, scope_name, share, site_name};
use crate::request::Asked;
use crate::signed::Signed;

/// Names on one page of the list.
const PAGE: u64 = 50;

/// `GET /requirements/{id}`
pub async fn page(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>) -> Response {
    let body = body(&actor, &view, &id).await;
    answer(&actor, &view, body)
}

async fn body(actor: &Actor, view: &View, id: &str) -> Result<Body, Error> {
    let lang = view.lang;
    let scope = scope(actor, view)?;
    let ix = actor.requirement(id)?;
    let requirement = actor.pack().requirement(ix);
    let mechanism = actor.pack().mechanism(requirement.mechanism);
    let title = text(lang, &requirement.title).to_owned();
    let file = |ending: &str| {
        let show = view.get("show").map(|show| ("show", show));
        view.link_with(&format!("/requirements/{id}/gaps.{ending}"), show.as_slice())
    };
    let markup = html! {
        (page_head(lang, &PageHead {
            crumbs: vec![
                Crumb { name: t(lang, "nav-mechanisms").into_owned(), href: Some(view.link("/mechanisms")) },
                Crumb { name: text(lang, &mechanism.title).to_owned(), href: Some(view.link(&format!("/mechanisms/{}", mechanism.id))) },
                Crumb { name: requirement.row.clone(), href: None },
            ],
            title: title.clone(),
            aside: Some(scope_name(actor, view, &scope)),
            below: Some(t_args(lang, "as-of", &[("date", day::format(scope.on).as_str().into())])),
            actions: html! { (area_pick(actor, view, &scope)) (day_pick(actor, view, &scope)) @if actor.sees(ix) && actor.rights().reach(Access::Export, requirement.each).covers(&scope.area) { (download(lang, &file("xlsx"), "Excel")) (download(lang, &file("csv"), "CSV")) } },
        }))
        (rule(lang, &Rule {
            words: html! { (text(lang, &actor.in_words(ix))) },
            source: format!("{}:{}", requirement.origin.file, requirement.origin.line),
            owner: Some(text(lang, &actor.owner_kind(ix)).to_owned()),
            due_days: Some(requirement.due),
        }))
        @if actor.sees(ix) {
            div.grid {
                (numbers(actor, view, &scope, ix))
                (by_area(actor, view, &scope, ix))
            }
            (parts(actor, view, &scope, ix))
            (names(actor, view, &scope, ix).await?)
        } @else { p.notice { (t(lang, "requirement-unseen")) } }
    };
    Ok(Body { title, part: Part::Mechanisms, markup })
}

/// A day to look back at, or forward to; a form that works without scripts.
fn day_pick(actor: &Actor, view: &View, scope: &Scope) -> Markup {
    let lang = view.lang;
    html! {
        form.pick method="get" action=(view.path) {
            @if let Some(area) = &view.area { input type="hidden" name="area" value=(area); }
            @if let Some(show) = view.get("show") { input type="hidden" name="show" value=(show); }
            label { span.hear { (t(lang, "on-day")) } input type="date" name="on" value=(day::format(scope.on)) max=(day::format(actor.today() + 366)); }
            button type="submit" { (t(lang, "apply")) }
        }
    }
}

fn numbers(actor: &Actor, view: &View, scope: &Scope, ix: RequirementIx) -> Markup {
    let lang = view.lang;
    let counts = actor.counts(ix, scope);
    let month = actor.lapsing_of(ix, scope)[1];
    let stat = |key: &str, value: usize, tone, show: Option<&str>| Stat {
        name: t(lang, key).into_owned(),
        value: amount(value),
        tone,
        href: show.map(|show| view.here_with("show", show)),
    };
    let readings = actor.trend(ix, scope);
    let (labels, points): (Vec<_>, Vec<_>) =
        readings.into_iter().filter_map(|(on, counts)| Some((day::format(on), anju_app::percent(counts)?))).unzip();
    panel(&Panel {
        title: t(lang, "coverage").into_owned(),
        body: html! {
            (stats(&[
                Stat { name: t(lang, "coverage").into_owned(), value: html! { (share(counts).text()) }, tone: Tone::Plain, href: None },
                stat("met-count", counts.met, Tone::Met, Some("met")),
                stat("gap-count", counts.gap, Tone::Gap, Some("gap")),
                stat("exempt-count", counts.exempt, Tone::Exempt, Some("exempt")),
                stat("na-count", counts.not_applicable, Tone::NotApplicable, Some("not_applicable")),
                stat("lapsing-30", month, Tone::Lapsing, Some("lapsing")),
            ]))
            @if points.len() > 1 {
                (trend_chart(lang, &TrendChart {
                    title: t(lang, "trend-weeks").into_owned(),
                    unit: "%".into(),
                    labels,
                    series: vec![Series { name: text(lang, &actor.pack().requirement(ix).short).to_owned(), points }],
                }))
            }
        },
        ..Panel::default()
    })
}

/// What a combined requirement is made of.
fn parts(actor: &Actor, view: &View, scope: &Scope, ix: RequirementIx) -> Markup {
    let requirement = actor.pack().requirement(ix);
    let (parts, title) = match &requirement.rule {
        PackRule::Needs(_) => return html! {},
        PackRule::AllOf(parts) => (parts, "made-of-all"),
        PackRule::AnyOf(parts) => (parts, "made-of-any"),
    };
    let body = requirement_table(actor, view, scope, text(view.lang, &requirement.title), parts);
    panel(&Panel { title: t(view.lang, title).into_owned(), body, ..Panel::default() })
}

/// Coverage of the places one level down, the lowest first.
pub fn by_area(actor: &Actor, view: &View, scope: &Scope, ix: RequirementIx) -> Markup {
    let lang = view.lang;
    let path = format!("/requirements/{}", actor.pack().requirement(ix).id);
    let mut areas: Vec<_> = (actor.parts_of(&scope.area).into_iter())
        .map(|area| (share(actor.counts(ix, &Scope { area: area.code.clone(), on: scope.on })), area))
        .filter(|(share, _)| share.whole > 0)
        .collect();
    areas.sort_by_key(|(share, area)| (share.tenths(), area.code.clone()));
    let rows: Vec<_> = (areas.into_iter())
        .map(|(share, area)| {
            let href = view.link_with(&path, &[("area", &area.code)]);
            AreaBar {
                name: area.name.clone(),
                gap_href: (share.part < share.whole).then(|| href.clone()),
                href: Some(href),
                share,
            }
        })
        .collect();
    let body = if rows.is_empty() {
        anju_ui::empty(&Empty { what: t(lang, "no-smaller-area").into_owned(), ..Empty::default() })
    } else {
        bars(lang, &rows)
    };
    panel(&Panel { title: t(lang, "by-area").into_owned(), body, ..Panel::default() })
}

async fn names(actor: &Actor, view: &View, scope: &Scope, ix: RequirementIx) -> Result<Markup, Error> {
    let lang = view.lang;
    let show = Show::parse(view.get("show").unwrap_or_default());
    let listed = actor.list(ix, scope, show);
    let page = view.get("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    let at = Pager { page, size: PAGE, total: listed.len() as u64 };
    let from = usize::try_from(at.offset()).unwrap_or_default();
    let shown = listed.get(from..).unwrap_or_default();
    let shown = shown.get(..shown.len().min(PAGE as usize)).unwrap_or_default();
    let lines = actor.named(ix, shown).await?;
    let each = actor.pack().ledger(actor.pack().requirement(ix).each);
    let rows = lines.iter().map(|line| gap_row(actor, view, scope, &each.id, line)).collect();
    let mut columns = vec![Column::text(text(lang, &each.title)), Column::text(t(lang, "place")).second()];
    if show.is_open() {
        columns.push(Column::number(t(lang, "have-need")));
        columns.push(Column::text(t(lang, "missing")).second());
        columns.push(Column::text(t(lang, "owner")));
        columns.push(Column::text(t(lang, "deadline")));
    }
    let (what, next) = nobody(actor, scope, ix, show);
    let nobody = Empty { what: t(lang, what).into_owned(), next: Some(t(lang, next).into_owned()), action: None };
    let list =
        Table { caption: t(lang, "named-list").into_owned(), columns, rows, empty: Some(nobody), ..Table::default() };
    Ok(panel(&Panel {
        title: t(lang, show.title_key()).into_owned(),
        note: Some(t_args(lang, "list-count", &[("n", listed.len().into())])),
        id: Some("names".into()),
        body: html! {
            (chips(lang, &filter_chips(actor, view, scope, ix, show)))
            (table(lang, &list))
            (pager(lang, at, |page| view.here_with("page", &page.to_string())))
        },
        ..Panel::default()
    }))
}

/// What an empty list means here, and what to do next.
fn nobody(actor: &Actor, scope: &Scope, ix: RequirementIx, show: Show) -> (&'static str, &'static str) {
    let counts = actor.counts(ix, scope);
    match show {
        Show::Gap if counts.met + counts.exempt == 0 => ("gaps-nobody", "gaps-nobody-next"),
        Show::Gap => ("gaps-none", "gaps-none-next"),
        _ => ("list-empty", "list-empty-next"),
    }
}

fn filter_chips(actor: &Actor, view: &View, scope: &Scope, ix: RequirementIx, current: Show) -> Vec<Chip> {
    (Show::ALL.iter())
        .map(|show| Chip {
            name: t(view.lang, show.title_key()).into_owned(),
            count: Some(actor.count(ix, scope, *show)),
            href: view.link_with(&view.path, &[("show", show.id())]),
            current: *show == current,
        })
        .filter(|chip| chip.current || chip.count.unwrap_or_default() > 0)
        .collect()
}

/// Short names of the parts that do not hold.
fn failing_parts(actor: &Actor, lang: anju_ui::Lang, gap: &anju_app::NamedGap) -> String {
    let names = gap.failing.iter().map(|part| text(lang, &actor.pack().requirement(*part).short));
    names.collect::<Vec<_>>().join(t(lang, "list-comma").as_ref())
}

fn gap_row(actor: &Actor, view: &View, scope: &Scope, ledger: &str, line: &anju_app::Named) -> Row {
    let lang = view.lang;
    let href = if ledger == "household" {
        format!("/households/{}", line.id)
    } else {
        format!("/records/{ledger}/{}", line.id)
    };
    let mut cells = vec![html! { a href=(view.link(&href)) { (line.name) } }, html! { (site_name(actor, &line.area)) }];
    if let Some(gap) = &line.gap {
        let since = gap.since.map(|since| t_args(lang, "since", &[("date", day::format(since).as_str().into())]));
        cells.push(html! { (gap.have) " / " (gap.need) });
        let since = since.unwrap_or_else(|| t(lang, "since-never").into_owned());
        cells.push(html! { @if !gap.failing.is_empty() { b { (failing_parts(actor, lang, gap)) } " " } (since) });
        cells.push(html! { (text(lang, &gap.owner)) });
        cells.push(match gap.due_on {
            Some(due_on) => html! { span title=(day::format(due_on)) { (due_cell(lang, due_on - scope.on)) } },
            None => html! { span.quiet { (t(lang, "no-deadline")) } },
        });
    }
    Row::of(cells)
}
