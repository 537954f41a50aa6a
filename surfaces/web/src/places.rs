//! Parts that every page about a place and a day has: the switchers, the names of places, requirement links.

use anju_access::Action as Access;
use anju_app::{Actor, App, Areas, Error, Scope};
use anju_pack::{AreaLevel, LedgerIx};
use anju_ui::{Action, Choice, Empty, Panel, Pick, Share, View, empty, panel, pick, t, text};
use maud::Markup;

/// The place and day a page is about, as its query says.
pub fn scope(actor: &Actor, view: &View) -> Result<Scope, Error> {
    actor.scope(view.area.as_deref(), view.on.as_deref())
}

/// The switcher of areas: what the actor sees, from the widest places down to sites.
pub fn area_pick(actor: &Actor, view: &View, scope: &Scope) -> Markup {
    let county = actor.county_code();
    let areas = actor.areas();
    let mut choices = Vec::new();
    for root in actor.rights().areas() {
        if **root == *county {
            choices.push(Choice { value: String::new(), name: t(view.lang, "whole-county").into_owned(), depth: 0 });
        } else {
            choices.push(Choice { value: root.to_string(), name: site_name(actor, root), depth: 0 });
        }
        for town in areas.within(root, AreaLevel::Town) {
            let sites = sites_of(&areas, &town.code, 2);
            if !sites.is_empty() {
                choices.push(Choice { value: town.code.clone(), name: town.name.clone(), depth: 1 });
            }
            choices.extend(sites);
        }
        if root.len() >= AreaLevel::Town.digits() {
            choices.extend(sites_of(&areas, root, 1));
        }
    }
    let current = if scope.area == county { String::new() } else { scope.area.clone() };
    if !current.is_empty() && !choices.iter().any(|choice| choice.value == current) {
        let name = actor.areas().name(&current).to_owned();
        choices.push(Choice { value: current.clone(), name, depth: 1 });
    }
    let keep = view
        .query
        .iter()
        .filter(|(key, _)| !matches!(key.as_str(), "area" | "page" | "lang" | "text" | "done"))
        .cloned()
        .collect();
    pick(
        view.lang,
        &Pick { action: view.path.clone(), name: "area".into(), label: String::new(), choices, current, keep },
    )
}

/// The places that the actor has rights in, the widest first, with the towns and sites in them.
pub fn own_places(actor: &Actor, view: &View) -> Vec<Choice> {
    let own = |choice: &Choice| actor.rights().areas().iter().any(|area| choice.value.starts_with(&**area));
    let mut choices = place_choices(actor, view);
    choices.retain(own);
    for area in actor.rights().areas() {
        if !choices.iter().any(|choice| choice.value == **area) {
            choices.insert(0, Choice { value: area.to_string(), name: place_name(actor, area), depth: 0 });
        }
    }
    choices
}

/// The county, its towns, and their sites: to choose from, also for those who see no rows in them. Divisions are public.
pub fn place_choices(app: &App, view: &View) -> Vec<Choice> {
    let (county, areas) = (app.county_code(), app.areas());
    let whole = format!("{} · {}", text(view.lang, &app.county_name()), t(view.lang, "whole-county"));
    let mut choices = vec![Choice { value: county.to_owned(), name: whole, depth: 0 }];
    for town in areas.within(county, AreaLevel::Town) {
        choices.push(Choice { value: town.code.clone(), name: town.name.clone(), depth: 1 });
        choices.extend(sites_of(&areas, &town.code, 2));
    }
    choices
}

fn sites_of(areas: &Areas, code: &str, depth: u8) -> Vec<Choice> {
    let choice = |site: &anju_app::Area| Choice { value: site.code.clone(), name: site.name.clone(), depth };
    areas.within(code, AreaLevel::Site).map(choice).collect()
}

/// Said where an area has no resettlement site; leads to the same page for the whole county.
pub fn no_sites(view: &View, path: &str) -> Markup {
    let lang = view.lang;
    let all = Action { name: t(lang, "whole-county").into_owned(), href: path.to_owned(), first: false };
    let nothing = Empty {
        what: t(lang, "sites-none").into_owned(),
        next: Some(t(lang, "sites-none-next").into_owned()),
        action: Some(all),
    };
    panel(&Panel { title: t(lang, "nav-sites").into_owned(), body: empty(&nothing), ..Panel::default() })
}

/// The name of a place as a page says it: town and site.
pub fn place_name(app: &App, code: &str) -> String {
    let name = app.areas().path_name(code, AreaLevel::Town);
    if name.is_empty() { app.areas().name(code).to_owned() } else { name }
}

/// A place from its town down; the county by its own name.
pub fn full_name(app: &App, view: &View, code: &str) -> String {
    if code == app.county_code() { text(view.lang, &app.county_name()).to_owned() } else { place_name(app, code) }
}

/// The site's name with its town, without the village between them.
pub fn site_name(actor: &Actor, code: &str) -> String {
    let areas = actor.areas();
    let town = code.get(..AreaLevel::Town.digits()).map(|town| areas.name(town));
    let site = code.get(..AreaLevel::Site.digits().min(code.len())).map(|site| areas.name(site));
    match (town, site) {
        (Some(town), Some(site)) if code.len() >= AreaLevel::Site.digits() => format!("{town}·{site}"),
        _ => place_name(actor, code),
    }
}

/// The name of the place a page is about.
pub fn scope_name(actor: &Actor, view: &View, scope: &Scope) -> String {
    if scope.area == actor.county_code() {
        text(view.lang, &actor.county_name()).to_owned()
    } else {
        site_name(actor, &scope.area)
    }
}

/// The page of a site that a place lies in, where the reader opens it.
pub fn site_href(actor: &Actor, view: &View, code: &str) -> Option<String> {
    let site = code.get(..AreaLevel::Site.digits())?;
    let reads = actor.ledger("site").is_ok_and(|ix| actor.reads(ix));
    (reads && actor.holds_place(site)).then(|| view.link(&format!("/sites/{site}")))
}

/// Whether the reader may take away all that a page shows of a ledger in a place; nobody is offered a file that is then refused.
pub fn takes_away(actor: &Actor, ledger: LedgerIx, area: &str) -> bool {
    let export = actor.rights().reach(Access::Export, ledger);
    export.covers(area) || !export.is_empty() && export == actor.rights().reach(Access::Read, ledger)
}

/// Met of those it applies to.
pub fn share(counts: anju_coverage::Counts) -> Share {
    Share::new(counts.met as u64, (counts.met + counts.gap) as u64)
}

/// An exact count, to the right of its column.
pub fn amount(number: usize) -> Markup {
    anju_ui::count(i64::try_from(number).unwrap_or(i64::MAX))
}

/// An exact count as text.
pub fn grouped(number: usize) -> String {
    anju_ui::grouped(i64::try_from(number).unwrap_or(i64::MAX))
}
