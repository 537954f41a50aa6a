//! The county at a glance.

use anju_app::{Actor, Error, Scope, percent};
use anju_pack::{AreaLevel, RequirementIx};
use anju_record::day;
use anju_ui::{
    Action, Column, CoverageCard, Delta, Empty, LapsingRow, Matrix, MatrixRow, PageHead, Panel, Row, Table, Tone, Town,
    View, actions, cell, coverage_cards, lapsing, matrix, page_head, panel, t, t_args, table, text,
};
use maud::{Markup, html};

use crate::answer::{Body, Part};
use crate::places::{amount, area_pick, grouped, no_sites, scope, scope_name, share, site_href, site_name};

/// The county, or the reader's part of it, at a glance.
///
/// # Errors
/// When the place or day asked for is none.
pub fn body(actor: &Actor, view: &View) -> Result<Body, Error> {
    let scope = scope(actor, view)?;
    let markup = html! {
        (head(actor, view, &scope))
        @if actor.sites(&scope.area).is_empty() {
            (no_sites(view, &view.path))
        } @else {
            (coverage_cards(view.lang, &cards(actor, view, &scope)))
            (below(actor, view, &scope))
        }
    };
    Ok(Body { title: t(view.lang, "nav-overview").into_owned(), part: Part::Overview, markup })
}

/// Sites beside each other on one half of the page; more take its whole width.
const HALF: usize = 9;

/// The picture, and what to do next: under it, or beside it where it is narrow.
fn below(actor: &Actor, view: &View, scope: &Scope) -> Markup {
    let sites = actor.sites(&scope.area).len();
    let picture = picture(actor, view, scope);
    // Whoever sees none of its requirements is shown no empty picture.
    let picture = (!picture.rows.is_empty()).then(|| matrix(view.lang, &picture));
    let lapsing = lapsing(view.lang, &lapsing_rows(actor, view, scope));
    if sites > HALF {
        return html! { @if let Some(picture) = &picture { (picture) } div.grid { (lapsing) (worst(actor, view, scope)) (opened(actor, view, scope)) } };
    }
    html! {
        div.grid {
            @if let Some(picture) = &picture { (picture) }
            div.stack { (lapsing) @if sites > 1 { (worst(actor, view, scope)) } (opened(actor, view, scope)) }
        }
    }
}

fn head(actor: &Actor, view: &View, scope: &Scope) -> Markup {
    let lang = view.lang;
    let sites = actor.sites(&scope.area).len();
    let sizes: Vec<_> = (["household_count", "person_count"].iter())
        .filter_map(|id| actor.figure_by_id(id))
        .filter_map(|ix| Some((actor.figure(ix, scope, None)?, actor.pack().figure(ix).unit.clone())))
        .collect();
    let mut aside = vec![t_args(lang, "count-sites", &[("n", sites.into())])];
    for (value, unit) in sizes {
        let number = i64::try_from(value.value).unwrap_or(i64::MAX);
        let said = anju_ui::said(lang, number);
        let space = if said.ends_with(['万', '亿']) { "" } else { " " };
        aside.push(format!("{said}{space}{}", text(lang, &unit)));
    }
    page_head(
        lang,
        &PageHead {
            title: scope_name(actor, view, scope),
            aside: Some(aside.join(" · ")),
            below: Some(t_args(lang, "as-of", &[("date", day::format(scope.on).as_str().into())])),
            actions: html! {
                (area_pick(actor, view, scope))
                (actions(&[Action { name: t(lang, "open-bulletin").into_owned(), href: view.link("/bulletin"), first: true }]))
            },
            ..PageHead::default()
        },
    )
}

fn cards(actor: &Actor, view: &View, scope: &Scope) -> Vec<CoverageCard> {
    let lang = view.lang;
    (actor.mechanisms(scope).into_iter())
        .map(|reading| {
            let mechanism = actor.pack().mechanism(reading.mechanism);
            let requirement = actor.pack().requirement(reading.headline);
            let before = reading.trend.len().checked_sub(5).and_then(|at| reading.trend.get(at));
            let change = before.zip(percent(reading.counts)).map(|(before, now)| tenths(now) - tenths(*before));
            CoverageCard {
                title: text(lang, &mechanism.title).to_owned(),
                href: view.link(&format!("/mechanisms/{}", mechanism.id)),
                promise: text(lang, &requirement.title).to_owned(),
                share: share(reading.counts),
                delta: change.map(Delta),
                gap_href: view.link(&format!("/requirements/{}", requirement.id)),
                note: Some(t_args(lang, "all-gaps", &[("n", reading.gaps.into())])),
                trend: reading.trend,
            }
        })
        .collect()
}

#[expect(clippy::cast_possible_truncation, reason = "a percentage in tenths is at most 1000")]
fn tenths(percent: f64) -> i32 {
    (percent * 10.0).floor() as i32
}

fn picture(actor: &Actor, view: &View, scope: &Scope) -> Matrix {
    let sites = actor.sites(&scope.area);
    let requirements = actor.in_matrix();
    let cells = actor.matrix(scope, &requirements, &sites);
    let rows = requirements.iter().zip(cells).map(|(ix, cells)| row(actor, view, *ix, &sites, &cells)).collect();
    Matrix { towns: towns(actor, view, &sites), rows }
}

fn towns(actor: &Actor, view: &View, sites: &[String]) -> Vec<Town> {
    let mut towns: Vec<(String, Town)> = Vec::new();
    for code in sites {
        let town = code.get(..AreaLevel::Town.digits()).unwrap_or(code).to_owned();
        if towns.last().is_none_or(|(last, _)| *last != town) {
            let areas = actor.areas();
            let name = areas.name(&town);
            towns.push((
                town.clone(),
                Town { name: name.strip_suffix('镇').unwrap_or(name).to_owned(), sites: Vec::new() },
            ));
        }
        if let Some((_, last)) = towns.last_mut() {
            last.sites
                .push(anju_ui::Site { name: actor.areas().name(code).to_owned(), href: site_href(actor, view, code) });
        }
    }
    towns.into_iter().map(|(_, town)| town).collect()
}

fn row(actor: &Actor, view: &View, ix: RequirementIx, sites: &[String], cells: &[anju_app::Cell]) -> MatrixRow {
    let requirement = actor.pack().requirement(ix);
    let path = format!("/requirements/{}", requirement.id);
    let cells = sites.iter().zip(cells).map(|(site, cell)| {
        let (tone, count) = tone(*cell);
        let open = matches!(tone, Tone::Gap | Tone::Lapsing | Tone::Exempt);
        anju_ui::Cell {
            tone,
            count: count as u64,
            href: open.then(|| {
                if actor.holds_place(site) { view.link_with(&path, &[("area", site)]) } else { view.link(&path) }
            }),
        }
    });
    MatrixRow {
        name: text(view.lang, &requirement.short).to_owned(),
        title: text(view.lang, &requirement.title).to_owned(),
        href: view.link(&path),
        cells: cells.collect(),
    }
}

/// The worst that can be said of a cell, and of how many.
pub fn tone(cell: anju_app::Cell) -> (Tone, usize) {
    match cell.counts {
        counts if counts.gap > 0 => (Tone::Gap, counts.gap),
        _ if cell.lapsing > 0 => (Tone::Lapsing, cell.lapsing),
        counts if counts.met > 0 => (Tone::Met, 0),
        counts if counts.exempt > 0 => (Tone::Exempt, counts.exempt),
        _ => (Tone::NotApplicable, 0),
    }
}

fn lapsing_rows(actor: &Actor, view: &View, scope: &Scope) -> Vec<LapsingRow> {
    (actor.lapsing(scope).into_iter().take(8))
        .map(|row| {
            let requirement = actor.pack().requirement(row.requirement);
            LapsingRow {
                name: text(view.lang, &requirement.short).to_owned(),
                href: view.link_with(&format!("/requirements/{}", requirement.id), &[("show", "lapsing")]),
                owner: text(view.lang, &actor.owner_kind(row.requirement)).to_owned(),
                counts: row.counts.map(|count| count as u64),
            }
        })
        .collect()
}

fn worst(actor: &Actor, view: &View, scope: &Scope) -> Markup {
    let lang = view.lang;
    let rows = (actor.worst_sites(scope, 8).into_iter())
        .map(|site| {
            let most: Vec<_> = (site.most.iter().take(2))
                .map(|(ix, gaps)| format!("{} {}", text(lang, &actor.pack().requirement(*ix).short), grouped(*gaps)))
                .collect();
            Row::of(vec![
                html! { a.keep href=[site_href(actor, view, &site.area)] { (site_name(actor, &site.area)) } },
                html! { b.gap { (amount(site.gaps)) } },
                cell(&most.join(t(lang, "list-comma").as_ref())),
            ])
        })
        .collect();
    let list = Table {
        caption: t(lang, "worst-sites").into_owned(),
        columns: vec![
            Column::text(t(lang, "site")),
            Column::number(t(lang, "gap-count")),
            Column::text(t(lang, "mostly")),
        ],
        rows,
        ..Table::default()
    };
    panel(&Panel { title: t(lang, "worst-sites").into_owned(), body: table(lang, &list), ..Panel::default() })
}

fn opened(actor: &Actor, view: &View, scope: &Scope) -> Markup {
    let lang = view.lang;
    let rows = (actor.newly_opened(scope, 8).into_iter())
        .map(|(ix, opened)| {
            let requirement = actor.pack().requirement(ix);
            let href = view.link_with(&format!("/requirements/{}", requirement.id), &[("show", "new")]);
            Row::of(vec![html! { a href=(href) { (text(lang, &requirement.title)) } }, amount(opened)])
        })
        .collect();
    let list = Table {
        caption: t(lang, "newly-opened").into_owned(),
        columns: vec![Column::text(t(lang, "requirement")), Column::number(t(lang, "gap-count"))],
        rows,
        empty: Some(Empty { what: t(lang, "newly-opened-none").into_owned(), ..Empty::default() }),
        ..Table::default()
    };
    panel(&Panel {
        title: t(lang, "newly-opened").into_owned(),
        note: Some(t(lang, "newly-opened-note").into_owned()),
        body: table(lang, &list),
        ..Panel::default()
    })
}

#[cfg(test)]
mod tests {
    use anju_coverage::Counts;

    use anju_ui::Share;

    use super::*;

    fn cell(met: usize, gap: usize, exempt: usize, lapsing: usize) -> anju_app::Cell {
        anju_app::Cell { counts: Counts { met, gap, exempt, not_applicable: 0 }, lapsing }
    }

    #[test]
    fn a_gap_outweighs_everything_else_in_a_cell() {
        assert_eq!(tone(cell(5, 2, 1, 3)), (Tone::Gap, 2));
        assert_eq!(tone(cell(5, 0, 1, 3)), (Tone::Lapsing, 3));
        assert_eq!(tone(cell(5, 0, 1, 0)), (Tone::Met, 0));
        assert_eq!(tone(cell(0, 0, 1, 0)), (Tone::Exempt, 1));
        assert_eq!(tone(cell(0, 0, 0, 0)), (Tone::NotApplicable, 0));
    }

    #[test]
    fn a_share_of_nobody_says_so() {
        assert_eq!(Share::new(0, 0).tenths(), None);
    }
}
