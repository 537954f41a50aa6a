//! Governance of a site: who heads which grid and building, what works, what is open, and when people met.

use std::collections::HashMap;

use anju_app::{Actor, Error, Scope, Stored};
use anju_base::{Entry, Rows, When, Which, figure_parts, mechanism_panel, requirement_mark, standing};
use anju_pack::AreaLevel;
use anju_record::day;
use anju_ui::{
    Column, Empty, Fact, Mark, Moment, Node, Row, Share, Table, Tone, View, due_cell, empty, facts, marks, portions, t,
    t_args, table, timeline, tree,
};
use maud::{Markup, html};
use uuid::Uuid;

/// Open incidents shown; the rest is a link.
const INCIDENTS: usize = 8;
/// Activities shown.
const ACTIVITIES: u64 = 4;
/// What a governed site has, in the order of the mission's row.
const PARTS: [&str; 6] =
    ["site_grid_head", "site_patrolled", "site_video", "site_police_room", "site_mediation_room", "site_moral_review"];

/// Grid tree, equipment, open incidents, moral review, survey and activities of a site.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn at_site(actor: &Actor, view: &View, scope: &Scope, site: &Stored) -> Result<Markup, Error> {
    let parts: Vec<_> =
        PARTS.iter().filter_map(|id| requirement_mark(actor, view, scope, id, site.record.id)).collect();
    let members = Rows::read(actor, "grid_member", Which::Of("site", site.record.id), When::Current(scope.on)).await?;
    let serving: HashMap<Uuid, &str> = members.iter().map(|member| (member.record.id, member.text("name"))).collect();
    Ok(mechanism_panel(
        actor,
        view,
        "governance",
        html! {
            (marks(&parts))
            div.grid {
                section { (grid(actor, view, scope, site, &serving).await?) }
                section {
                    (equipment(actor, view, scope, site).await?)
                    (sessions(actor, view, scope, site).await?)
                    (survey(actor, view, scope, site).await?)
                }
            }
            (incidents(actor, view, scope, site, &serving).await?)
            (activities(actor, view, scope, site).await?)
        },
    ))
}

async fn grid(
    actor: &Actor,
    view: &View,
    scope: &Scope,
    site: &Stored,
    serving: &HashMap<Uuid, &str>,
) -> Result<Markup, Error> {
    let lang = view.lang;
    let now = When::Current(scope.on);
    let buildings = Rows::read(actor, "building", Which::Of("site", site.record.id), now).await?;
    let heads = Rows::read(actor, "grid_head", Which::Of("site", site.record.id), now).await?;
    let building_heads = Rows::read(actor, "building_head", Which::OfAny("building", &buildings.ids()), now).await?;
    let mut children: Vec<_> = buildings.iter().map(|building| (building.text("code"), building)).collect();
    children.sort_by_key(|(code, _)| *code);
    let children = children
        .into_iter()
        .map(|(_, building)| {
            let head = building_heads.iter().find(|head| head.id("building") == Some(building.record.id));
            building_node(actor, view, scope, building, head, serving)
        })
        .collect();
    let (holder, state) = held(view, heads.first(), serving);
    let root = Node {
        name: actor.areas().name(&site.record.area).to_owned(),
        href: heads.first().map(|head| head.href(view)),
        holder,
        note: Some(t(lang, "grid-head").into_owned()),
        state,
        children,
    };
    Ok(html! { h3 { (t(lang, "grid-tree")) } (tree(&[root])) })
}

/// Who holds an office; a gap where nobody does, or whoever did has left.
fn held(
    view: &View,
    head: Option<Entry<'_>>,
    serving: &HashMap<Uuid, &str>,
) -> (Option<String>, Option<(Tone, String)>) {
    let gap = |key: &str| (None, Some((Tone::Gap, t(view.lang, key).into_owned())));
    match head.map(|head| head.id("member").and_then(|member| serving.get(&member))) {
        Some(Some(name)) => (Some((*name).to_owned()), None),
        Some(None) => gap("head-left"),
        None => gap("head-vacant"),
    }
}

fn building_node(
    actor: &Actor,
    view: &View,
    scope: &Scope,
    building: Entry<'_>,
    head: Option<Entry<'_>>,
    serving: &HashMap<Uuid, &str>,
) -> Node {
    let lang = view.lang;
    let (holder, vacant) = held(view, head, serving);
    let unpatrolled = standing(actor, scope, "building_patrolled", building.record.id) == Some(Tone::Gap);
    let late = unpatrolled.then(|| (Tone::Lapsing, t(lang, "building-unpatrolled").into_owned()));
    let here = Scope { area: building.record.area.to_string(), on: scope.on };
    let homes = anju_base::counts(actor, &here, "household_head");
    let homes = homes.met + homes.gap + homes.exempt + homes.not_applicable;
    Node {
        name: building.text("name").to_owned(),
        href: Some(building.href(view)),
        holder,
        note: (here.area.len() == AreaLevel::Building.digits()).then(|| t_args(lang, "homes", &[("n", homes.into())])),
        state: vacant.or(late),
        children: Vec::new(),
    }
}

async fn equipment(actor: &Actor, view: &View, scope: &Scope, site: &Stored) -> Result<Markup, Error> {
    let lang = view.lang;
    let all = Rows::read(actor, "equipment", Which::Of("site", site.record.id), When::Current(scope.on)).await?;
    let mut kinds: Vec<(&str, Vec<Entry<'_>>)> = Vec::new();
    for entry in all.iter() {
        match kinds.iter_mut().find(|(kind, _)| *kind == entry.text("kind")) {
            Some((_, entries)) => entries.push(entry),
            None => kinds.push((entry.text("kind"), vec![entry])),
        }
    }
    kinds.sort_by_key(|(kind, _)| *kind);
    let list: Vec<_> = kinds.iter().filter_map(|(_, entries)| kind_mark(view, entries)).collect();
    Ok(html! {
        h3 { (t(lang, "equipment")) }
        @if list.is_empty() {
            (empty(&Empty { what: t(lang, "equipment-none").into_owned(), next: Some(t(lang, "equipment-none-next").into_owned()), action: None }))
        } @else { (marks(&list)) }
    })
}

/// One kind of equipment: how many of it work, and which do not.
fn kind_mark(view: &View, entries: &[Entry<'_>]) -> Option<Mark> {
    let lang = view.lang;
    let broken: Vec<_> = entries.iter().filter(|entry| !entry.holds("working")).collect();
    let first = broken.first().copied().or(entries.first())?;
    let whole = (entries.len() - broken.len(), entries.len());
    let note = broken.iter().map(|entry| entry.text("name")).collect::<Vec<_>>().join(&t(lang, "list-comma"));
    Some(Mark {
        name: first.words("kind", lang),
        href: Some(first.href(view)),
        tone: if broken.is_empty() { Tone::Met } else { Tone::Gap },
        word: t_args(lang, "working-of", &[("n", whole.0.into()), ("all", whole.1.into())]),
        note: (!note.is_empty()).then(|| t_args(lang, "broken", &[("what", note.into())])),
    })
}

async fn sessions(actor: &Actor, view: &View, scope: &Scope, site: &Stored) -> Result<Markup, Error> {
    let lang = view.lang;
    let from = day::quarter_start(scope.on);
    let held =
        Rows::read(actor, "moral_review", Which::Of("site", site.record.id), When::Between(from, scope.on)).await?;
    let moments: Vec<_> = held
        .iter()
        .map(|review| Moment {
            when: review.words("held_on", lang),
            what: review.text("topics").to_owned(),
            who: review.number("attendance").map(|n| t_args(lang, "came", &[("n", n.into())])),
            tone: Tone::Met,
            body: Some(html! { small { a href=(review.href(view)) { (t(lang, "open-record")) } } }),
        })
        .collect();
    Ok(html! {
        h3 { (t(lang, "moral-review-quarter")) }
        @if moments.is_empty() {
            (empty(&Empty { what: t(lang, "moral-review-none").into_owned(), ..Empty::default() }))
        } @else { (timeline(&moments)) }
    })
}

async fn survey(actor: &Actor, view: &View, scope: &Scope, site: &Stored) -> Result<Markup, Error> {
    let lang = view.lang;
    let surveys = Rows::read(actor, "survey", Which::Of("site", site.record.id), When::Latest(scope.on, 1)).await?;
    let Some(survey) = surveys.first() else { return Ok(html! {}) };
    let responses = whole(survey, "responses");
    let share = |field: &str| Share::new(whole(survey, field), responses).text();
    let lines = [
        Fact::of(t(lang, "survey-held"), html! { a href=(survey.href(view)) { (survey.words("held_on", lang)) } }),
        Fact::text(t(lang, "survey-responses"), &responses.to_string()),
        Fact::text(t(lang, "survey-safe"), &share("feeling_safe")),
        Fact::text(t(lang, "survey-satisfied"), &share("satisfied")),
    ];
    Ok(html! { h3 { (t(lang, "survey")) } (facts(lang, false, &lines)) })
}

fn whole(entry: Entry<'_>, field: &str) -> u64 {
    entry.number(field).and_then(|number| u64::try_from(number).ok()).unwrap_or_default()
}

async fn incidents(
    actor: &Actor,
    view: &View,
    scope: &Scope,
    site: &Stored,
    serving: &HashMap<Uuid, &str>,
) -> Result<Markup, Error> {
    let lang = view.lang;
    let open = Rows::read(actor, "incident", Which::Of("site", site.record.id), When::Current(scope.on)).await?;
    let mut list: Vec<_> = open.iter().filter(|incident| incident.text("state") != "closed").collect();
    list.sort_by_key(|incident| incident.day("due_on"));
    let rows = list.iter().take(INCIDENTS).map(|incident| {
        let handler = incident.id("handler").and_then(|id| serving.get(&id)).copied();
        let due = incident.day("due_on").map(|due| due - scope.on);
        let resolved = incident.day("resolved_on").is_some();
        Row::of(vec![
            html! { a href=(incident.href(view)) { (incident.text("subject")) } },
            html! { (incident.words("category", lang)) },
            html! { (incident.words("state", lang)) },
            html! { @match handler { Some(name) => (name), None => span.gap { (t(lang, "nobody")) } } },
            html! { (incident.words("reported_on", lang)) },
            html! { @if let Some(due) = due.filter(|_| !resolved) { (due_cell(lang, due)) } },
        ])
    });
    let columns = vec![
        Column::text(t(lang, "incident")),
        Column::text(t(lang, "incident-category")).second(),
        Column::text(t(lang, "state")),
        Column::text(t(lang, "handler")),
        Column::text(t(lang, "reported-on")).second(),
        Column::text(t(lang, "deadline")),
    ];
    let title = t(lang, "incidents-open").into_owned();
    let none = Empty { what: t(lang, "incidents-none").into_owned(), ..Empty::default() };
    let table_of =
        Table { caption: title.clone(), columns, rows: rows.collect(), empty: Some(none), ..Table::default() };
    Ok(html! {
        h3 { (title) @if !list.is_empty() { " " (list.len()) } }
        (table(lang, &table_of))
        @if list.len() > INCIDENTS {
            p { small { a href=(anju_base::ledger_href(view, "incident")) { (t_args(lang, "more-of", &[("n", list.len().into())])) } } }
        }
    })
}

async fn activities(actor: &Actor, view: &View, scope: &Scope, site: &Stored) -> Result<Markup, Error> {
    let lang = view.lang;
    let latest =
        Rows::read(actor, "activity", Which::Of("site", site.record.id), When::Latest(scope.on, ACTIVITIES)).await?;
    let year = figure_parts(actor, view, scope, "activities_this_year");
    if latest.is_empty() && year.is_empty() {
        return Ok(html! {});
    }
    let moments: Vec<_> = latest
        .iter()
        .map(|activity| {
            let cancelled = activity.holds("cancelled");
            let came = activity.number("attendance").map(|n| t_args(lang, "came", &[("n", n.into())]));
            Moment {
                when: activity.words("held_on", lang),
                what: format!("{} · {}", activity.words("kind", lang), activity.text("name")),
                who: if cancelled { Some(t(lang, "cancelled").into_owned()) } else { came },
                tone: if cancelled { Tone::NotApplicable } else { Tone::Plain },
                body: None,
            }
        })
        .collect();
    Ok(html! {
        div.grid {
            section { h3 { (t(lang, "activities-year")) } (portions(&year)) }
            section { h3 { (t(lang, "activities-latest")) } (timeline(&moments)) }
        }
    })
}
