//! Household files, and any record with what belongs to it.

use std::collections::BTreeMap;
use std::sync::Arc;

use anju_app::{Actor, Error, Found, Scope, Stored};
use anju_pack::{Duty, Kind};
use anju_record::{Value, day, kind};
use anju_ui::{
    Action, Crumb, Empty, PageHead, Pager, Panel, View, actions, empty, page_head, pager, panel, print_button, t,
    t_args, text,
};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use uuid::Uuid;

use crate::answer::{Body, Part, answer};
use crate::form::{done_notice, gone, own_page};
use crate::ledgers::{PAGE, pager_of, record_lang, record_table_beside, record_table_without, search_form};
use crate::places::{area_pick, scope, scope_name, site_href, site_name};
use crate::request::Asked;
use crate::routes::Opened;
use crate::sent::to;
use crate::signed::Signed;

/// Related records shown before "see all".
const SHOWN: u64 = 10;

/// `GET /households`: the list; the file itself where words find only one.
pub async fn households(Signed(actor): Signed, Asked(view): Asked) -> Response {
    let found = async {
        let scope = scope(&actor, &view)?;
        let found = anju_base::find_households(&actor, &scope, view.get("q"), pager_of(&view).offset(), PAGE).await?;
        Ok((scope, found))
    };
    match found.await {
        Ok((_, Found { records, total: 1 })) if view.get("q").is_some() && records.len() == 1 => {
            to(&view.link(&format!("/households/{}", records[0].id)))
        }
        Ok((scope, found)) => {
            let body = households_body(&actor, &view, &scope, found).await;
            answer(&actor, &view, body)
        }
        Err(error) => answer(&actor, &view, Err(error)),
    }
}

async fn households_body(actor: &Actor, view: &View, scope: &Scope, found: Found) -> Result<Body, Error> {
    let lang = view.lang;
    let ledger = actor.ledger("household")?;
    let at = pager_of(view);
    let at = Pager { total: found.total, ..at };
    let title = t(lang, "households-title").into_owned();
    let list = if found.records.is_empty() {
        empty(&Empty {
            what: t(lang, "households-none").into_owned(),
            next: Some(t(lang, "households-none-next").into_owned()),
            action: Some(Action {
                name: t(lang, "search-clear").into_owned(),
                href: "/households".into(),
                first: false,
            }),
        })
    } else {
        let homes: Vec<_> = found.records.iter().map(|record| record.id).collect();
        let members = anju_base::members_found(actor, scope, view.get("q"), &homes).await?;
        let beside = |home: Uuid, called: &str| {
            let found = members.get(&home).into_iter().flatten();
            by_members(view, found.filter(|(_, name)| !called.contains(name.as_str())))
        };
        record_table_beside(actor, view, ledger, &found.records, (7, None), &beside).await?
    };
    let markup = html! {
        (page_head(lang, &PageHead {
            title: title.clone(),
            aside: Some(scope_name(actor, view, scope)),
            actions: html! { (area_pick(actor, view, scope)) (search_form(view, "search-hint")) (actions(&ways(actor, view))) },
            ..PageHead::default()
        }))
        (crate::life::undone_notice(view))
        (panel(&Panel {
            title: t_args(lang, "households-found", &[("n", found.total.into())]),
            body: html! { (list) (pager(lang, at, |page| view.here_with("page", &page.to_string()))) },
            ..Panel::default()
        }))
    };
    Ok(Body { title, part: Part::Households, markup })
}

/// The members by whom a household was found.
fn by_members<'a>(view: &View, members: impl Iterator<Item = &'a (Uuid, String)>) -> Markup {
    let lang = view.lang;
    html! {
        @for (at, (id, name)) in members.enumerate() {
            @let before = if at == 0 { format!(" {}{}", t(lang, "households-by"), t(lang, "colon")) } else { t(lang, "list-comma").into_owned() };
            small.quiet { (before) a href=(view.link(&format!("/records/person/{id}"))) { (name) } }
        }
    }
}

/// Ways from the list: a new file, the review of doubles, a roster; those that open.
fn ways(actor: &Actor, view: &View) -> Vec<Action> {
    let way = |key: &str, href: String, first: bool| Action { name: t(view.lang, key).into_owned(), href, first };
    let new = crate::life::may_record(actor).is_ok().then(|| way("life-new", view.link("/households/new"), true));
    let review = crate::duplicates::decides(actor).is_ok().then(|| way("double-way", view.link("/duplicates"), false));
    let person = actor.pack().ledger_by_id("person");
    let roster = person.and_then(|person| crate::imports::sheet_for(actor, person));
    let import = roster.map(|sheet| way("life-import", view.link_with("/imports", &[("sheet", &sheet)]), false));
    [new, review, import].into_iter().flatten().collect()
}

/// `GET /households/{id}`
pub async fn household(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>) -> Response {
    match household_body(&actor, &view, &id).await {
        Err(error) => gone::instead(&actor, &view, ("household", &id), error).await,
        opened => shown(&actor, &view, opened),
    }
}

/// A file's page, which says whose file it shows.
fn shown(actor: &Actor, view: &View, opened: Result<(Body, Stored), Error>) -> Response {
    match opened {
        Ok((body, stored)) => {
            let mut response = answer(actor, view, Ok(body));
            response.extensions_mut().insert(Opened(Arc::new(stored)));
            response
        }
        Err(error) => answer(actor, view, Err(error)),
    }
}

async fn household_body(actor: &Actor, view: &View, id: &str) -> Result<(Body, Stored), Error> {
    let lang = view.lang;
    let ledger = actor.ledger("household")?;
    let stored = actor.read_file(ledger, id).await.map_err(|error| match error {
        Error::NotFound { value, .. } => Error::NotFound { what: "household", value },
        other => other,
    })?;
    let scope = actor.scope(None, view.on.as_deref())?;
    let markup = html! {
        (page_head(lang, &PageHead {
            crumbs: vec![
                Crumb { name: t(lang, "nav-households").into_owned(), href: Some("/households".into()) },
                Crumb { name: site_name(actor, &stored.record.area), href: site_href(actor, view, &stored.record.area) },
            ],
            title: stored.name.clone(),
            aside: Some(anju_base::door(actor, &stored).await?),
            below: Some(t_args(lang, "as-of", &[("date", day::format(scope.on).as_str().into())])),
            actions: html! { (way_in(actor, view, &stored).await?) (who_looked(actor, view, "household", &stored)) (print_button(lang)) },
        }))
        (done_notice(view))
        (told_wrong(actor, view, &stored).await?)
        (crate::life::strip(actor, view, &stored).await?)
        (anju_base::coverage_of(actor, view, &scope, &stored))
        (known(actor, view, &stored).await?)
        (adding(actor, view, &stored))
        (anju_base::of_household(actor, view, &scope, &stored).await?)
        @if actor.reads_part("assistance", ledger) { (anju_assistance::of_household(actor, view, &scope, &stored).await?) }
        @if actor.reads_part("employment", ledger) { (anju_employment::of_household(actor, view, &scope, &stored).await?) }
        @if actor.reads_part("industry", ledger) { (anju_industry::of_household(actor, view, &scope, &stored).await?) }
        @if actor.reads_part("party", ledger) { (anju_party::of_household(actor, view, &scope, &stored).await?) }
        @if actor.reads_part("governance", ledger) { (anju_governance::of_household(actor, view, &scope, &stored).await?) }
        (history(actor, view, &stored).await?)
    };
    Ok((Body { title: stored.name.clone(), part: Part::Households, markup }, stored))
}

/// The record's own fields, and the way to those that are masked.
async fn known(actor: &Actor, view: &View, stored: &Stored) -> Result<Markup, Error> {
    Ok(panel(&Panel {
        title: t(view.lang, "record-facts").into_owned(),
        body: html! { (anju_base::facts_of(actor, view, stored).await?) (crate::reveal::links(actor, view, stored)) },
        ..Panel::default()
    }))
}

fn who_looked(actor: &Actor, view: &View, ledger: &str, stored: &Stored) -> Markup {
    if !actor.has_duty(Duty::CheckFile) {
        return html! {};
    }
    let folder = if ledger == "household" { "/households".to_owned() } else { format!("/records/{ledger}") };
    html! { a.button href=(format!("{folder}/{}/who-looked", stored.record.id)) { (t(view.lang, "looked-title")) } }
}

/// `GET /records/{ledger}/{id}`
pub async fn page(Signed(actor): Signed, Asked(view): Asked, Path((ledger, id)): Path<(String, String)>) -> Response {
    match body(&actor, &view, &ledger, &id).await {
        Err(error) => gone::instead(&actor, &view, (&ledger, &id), error).await,
        opened => shown(&actor, &view, opened),
    }
}

async fn body(actor: &Actor, view: &View, ledger: &str, id: &str) -> Result<(Body, Stored), Error> {
    let lang = view.lang;
    let ix = actor.ledger(ledger)?;
    let stored = actor.read_file(ix, id).await?;
    let scope = actor.scope(None, view.on.as_deref())?;
    let title = if stored.name.trim().is_empty() {
        text(lang, &actor.pack().ledger(ix).title).to_owned()
    } else {
        stored.name.clone()
    };
    let markup = html! {
        (page_head(lang, &PageHead {
            crumbs: vec![
                Crumb { name: t(lang, "nav-ledgers").into_owned(), href: Some(view.link("/ledgers")) },
                Crumb { name: text(lang, &actor.pack().ledger(ix).title).to_owned(), href: Some(view.link(&format!("/ledgers/{ledger}"))) },
            ],
            title: title.clone(),
            aside: Some(site_name(actor, &stored.record.area)),
            actions: html! { (way_in(actor, view, &stored).await?) (who_looked(actor, view, ledger, &stored)) (print_button(lang)) },
            ..PageHead::default()
        }))
        (done_notice(view))
        (told_wrong(actor, view, &stored).await?)
        (anju_base::coverage_of(actor, view, &scope, &stored))
        (known(actor, view, &stored).await?)
        (adding(actor, view, &stored))
        (related(actor, view, &stored).await?)
        (history(actor, view, &stored).await?)
    };
    Ok((Body { title, part: Part::Ledgers, markup }, stored))
}

/// What may be done with the record: changed, deleted, and told to be wrong.
async fn way_in(actor: &Actor, view: &View, stored: &Stored) -> Result<Markup, Error> {
    let ledger = &actor.pack().ledger(stored.ledger).id;
    let way = |act: &str| format!("/records/{ledger}/{}/{act}", stored.record.id);
    let may = actor.may_change(stored.ledger, stored.record.id).await?;
    let lang = view.lang;
    Ok(html! {
        @if may {
            a class="button first" href=(way("edit")) { (t(lang, "record-edit")) }
            a.button href=(way("delete")) { (t(lang, "record-delete")) }
        }
        @if actor.takes_corrections() { a.button href=(way("correct")) { (t(lang, "record-wrong")) } }
    })
}

/// What others say is wrong with it, for whoever may mend it.
async fn told_wrong(actor: &Actor, view: &View, stored: &Stored) -> Result<Markup, Error> {
    let open = actor.corrections_of(stored.ledger, stored.record.id).await?;
    let open = open.iter().filter(|line| line.to_answer).count();
    Ok(html! {
        @if open > 0 { p.notice { a href="/corrections" { (t_args(view.lang, "correction-here", &[("n", open.into())])) } } }
    })
}

/// New records that refer to this one, of the ledgers that the reader writes.
fn adding(actor: &Actor, view: &View, stored: &Stored) -> Markup {
    let (pack, lang) = (actor.pack(), view.lang);
    let home = pack.ledger(stored.ledger).of.and_then(|owner| {
        let id = stored.record.values.get(usize::from(owner.field.0))?;
        matches!(id, Value::Id(_)).then(|| (owner.ledger, kind::plain(id)))
    });
    let mut ways = Vec::new();
    for other in pack.ledger_ixs().filter(|other| actor.writes(*other)) {
        let ledger = pack.ledger(other);
        let refers = ledger.fields.iter().filter(|field| field.kind == Kind::Ref { to: stored.ledger });
        let owner = ledger.of.map(|owner| ledger.field(owner.field).id.as_str());
        // A ledger that refers twice is entered by its owner.
        let field = refers.min_by_key(|field| Some(field.id.as_str()) != owner);
        ways.extend(field.and_then(|field| {
            let mut given = BTreeMap::from([(field.id.clone(), stored.record.id.to_string())]);
            // What belongs to the owner of this record as well is entered there.
            let both = ledger.of.zip(home.as_ref()).filter(|(owner, (of, _))| owner.ledger == *of);
            given.extend(both.map(|(owner, (_, id))| (ledger.field(owner.field).id.clone(), id.clone())));
            let href = match own_page(actor, view, &ledger.id, &given) {
                Some(own) => Some(own).filter(|_| crate::life::may_record(actor).is_ok()),
                None => Some(format!("/ledgers/{}/new?{}={}", ledger.id, field.id, stored.record.id)),
            };
            Some((text(lang, &ledger.title).to_owned(), href?))
        }));
    }
    html! {
        @if !ways.is_empty() {
            details.keep-form {
                summary { (t(lang, "record-add")) }
                ul.chips { @for (name, href) in ways { li { a href=(href) { (name) } } } }
            }
        }
    }
}

async fn related(actor: &Actor, view: &View, stored: &Stored) -> Result<Markup, Error> {
    let lang = view.lang;
    let mut panels = Vec::new();
    for related in actor.related(stored.ledger, stored.record.id, SHOWN).await? {
        let ledger = actor.pack().ledger(related.ledger);
        let note = (related.total > SHOWN)
            .then(|| t_args(lang, "shown-of", &[("shown", SHOWN.into()), ("n", related.total.into())]));
        panels.push(panel(&Panel {
            title: format!("{} · {}", text(lang, &ledger.title), text(lang, &ledger.field(related.field).title)),
            note,
            body: record_table_without(actor, view, related.ledger, &related.records, 6, Some(related.field)).await?,
            ..Panel::default()
        }));
    }
    Ok(html! { @for panel in panels { (panel) } })
}

async fn history(actor: &Actor, view: &View, stored: &Stored) -> Result<Markup, Error> {
    let mut moments = actor.history(stored, record_lang(view.lang)).await?;
    if let Ok(events) = actor.ledger("household_event") {
        actor.name_events(stored.ledger, &mut moments, events).await?;
    }
    Ok(anju_base::history(view, &moments))
}
