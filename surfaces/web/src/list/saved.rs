//! Lists that people keep under a name, and the columns they choose.

use anju_app::{Actor, Error, ListKept, SavedList};
use anju_pack::FieldIx;
use anju_ui::{Chip, View, chips, press, t, t_args, text};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};

use super::Listing;
use crate::answer::{answer, problem};
use crate::places::full_name;
use crate::reply::{faults, with_status};
use crate::request::Asked;
use crate::sent::{Sent, to};
use crate::signed::Signed;

/// Says on the list that no column was ticked.
const ALL_GONE: &str = "columns";
/// Says that it is kept.
const KEPT: &str = "kept";
/// Says that it was kept before.
const KEPT_BEFORE: &str = "kept-before";

/// What was just done with the list.
pub fn done_notice(view: &View) -> Markup {
    let (key, class) = match view.get("done") {
        Some(ALL_GONE) => ("list-columns-none", "notice"),
        Some(KEPT) => ("list-kept", "notice good"),
        Some(KEPT_BEFORE) => ("list-kept-before", "notice"),
        _ => return html! {},
    };
    html! { p class=(class) role="status" { (t(view.lang, key)) } }
}

/// A list that was to be kept, and what is wrong with it.
#[derive(Default)]
pub struct Keeping {
    name: String,
    area: String,
    faults: Vec<String>,
    /// They keep another list under that name.
    taken: bool,
}

/// The kept lists as links, and how to keep this one.
pub fn lists(listing: &Listing<'_>, lists: &[SavedList], keeping: &Keeping) -> Markup {
    let (lang, view) = (listing.view.lang, listing.view);
    let path = |query: &str| if query.is_empty() { view.path.clone() } else { format!("{}?{query}", view.path) };
    let here = listing.asked();
    let chip = |list: &SavedList| Chip {
        name: match &list.area {
            Some(area) => t_args(
                lang,
                "list-saved-shared",
                &[("name", list.name.as_str().into()), ("area", full_name(listing.actor, view, area).as_str().into())],
            ),
            None => list.name.clone(),
        },
        href: path(&list.query),
        current: list.query == here,
        count: None,
    };
    let keeps = listing.actor.who().account.is_some() && listing.actor.who().origin != "view" && !listing.ask.deleted;
    html! {
        @if !lists.is_empty() { (chips(lang, &lists.iter().map(chip).collect::<Vec<_>>())) }
        @if keeps { (keep(listing, lists, &here, keeping)) }
    }
}

fn keep(listing: &Listing<'_>, lists: &[SavedList], here: &str, keeping: &Keeping) -> Markup {
    let (lang, view) = (listing.view.lang, listing.view);
    let id = &listing.actor.pack().ledger(listing.ledger).id;
    let areas = listing.actor.rights().areas();
    let own = lists.iter().filter(|list| list.own);
    let wrong = !keeping.faults.is_empty();
    let name = &keeping.name;
    html! {
        details open[wrong] {
            summary { (t(lang, "list-saved")) }
            @if wrong { div class="notice bad" id="name-says" role="alert" { @for line in &keeping.faults { p { (line) } } } }
            form.pick method="post" action=(format!("/ledgers/{id}/lists")) {
                input type="hidden" name="query" value=(here);
                input type="text" name="name" value=(keeping.name) required maxlength="30" placeholder=(t(lang, "list-save-name")) aria-label=(t(lang, "list-save-name"))
                    aria-invalid=[wrong.then_some("true")] aria-describedby=[wrong.then_some("name-says")] autofocus[wrong];
                select name="area" aria-label=(t(lang, "list-save-for")) {
                    option value="" { (t(lang, "list-save-own")) }
                    @for area in areas {
                        option value=(area) selected[**area == *keeping.area] { (t_args(lang, "list-save-share", &[("area", full_name(listing.actor, view, area).as_str().into())])) }
                    }
                }
                // It speaks of that name only: whoever writes another is asked again.
                @if keeping.taken { label { input type="checkbox" name="replace" value=(name); " " (t_args(lang, "list-saved-replace", &[("name", name.as_str().into())])) } }
                button type="submit" { (t(lang, "list-save")) }
            }
            @for list in own {
                (press(&format!("/ledgers/{id}/lists/remove"), &t_args(lang, "list-saved-remove", &[("name", list.name.as_str().into())]), &[("name", &list.name)], false))
            }
        }
    }
}

/// Which columns the reader wants to see from now on.
pub fn column_choice(listing: &Listing<'_>, columns: &[FieldIx]) -> Markup {
    let lang = listing.view.lang;
    let definition = listing.actor.pack().ledger(listing.ledger);
    if listing.actor.who().account.is_none() || listing.actor.who().origin == "view" {
        return html! {};
    }
    html! {
        details {
            summary { (t(lang, "list-columns")) }
            form method="post" action=(format!("/ledgers/{}/columns", definition.id)) {
                input type="hidden" name="query" value=(listing.asked());
                div.presses role="group" aria-label=(t(lang, "list-columns")) {
                    @for ix in listing.fit_columns() {
                        label.field.tick {
                            input type="checkbox" name="field" value=(definition.field(ix).id) checked[columns.contains(&ix)];
                            span { (text(lang, &definition.field(ix).title)) }
                        }
                    }
                }
                div.actions { button.button type="submit" { (t(lang, "list-columns-keep")) } }
            }
        }
    }
}

/// Back to the list that was looked at, as its own form said.
fn back(ledger: &str, query: &str, leave: &str, told: Option<(&str, &str)>) -> Response {
    let pairs = asked(query);
    let pairs = pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())).filter(|(key, _)| *key != leave);
    to(&anju_ui::with_query(&format!("/ledgers/{ledger}"), pairs.chain(told)))
}

fn asked(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes()).map(|(key, value)| (key.into_owned(), value.into_owned())).collect()
}

fn done(actor: &Actor, view: &View, done: Result<Response, Error>) -> Response {
    done.unwrap_or_else(|error| problem(actor, view, &error))
}

/// `POST /ledgers/{ledger}/columns`
pub async fn choose(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>, sent: Sent) -> Response {
    let chosen = async {
        let ledger = actor.ledger(&id)?;
        let definition = actor.pack().ledger(ledger);
        let fields: Vec<FieldIx> = sent.all("field").iter().filter_map(|id| definition.field_by_id(id)).collect();
        actor.choose_columns(ledger, &fields).await?;
        let none = if fields.is_empty() { Some(("done", ALL_GONE)) } else { None };
        Ok(back(&definition.id, sent.get("query"), "cols", none))
    };
    done(&actor, &view, chosen.await)
}

/// `POST /ledgers/{ledger}/lists`
pub async fn save(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>, sent: Sent) -> Response {
    let saved = async {
        let ledger = actor.ledger(&id)?;
        let area = Some(sent.get("area")).filter(|area| !area.is_empty());
        let (name, query) = (sent.get("name"), sent.get("query"));
        let replace = !name.is_empty() && sent.get("replace") == name;
        let (status, faults) = match actor.save_list(ledger, name, query, area, replace).await {
            Ok(kept @ (ListKept::Kept | ListKept::Before)) => {
                let told = if kept == ListKept::Kept { KEPT } else { KEPT_BEFORE };
                return Ok(back(&actor.pack().ledger(ledger).id, query, "", Some(("done", told))));
            }
            Ok(ListKept::Taken) => (409, vec![t_args(view.lang, "list-saved-taken", &[("name", name.into())])]),
            Err(error) => (400, faults(&view, error)?),
        };
        let area = sent.get("area").to_owned();
        let keeping = Keeping { name: name.to_owned(), area, faults, taken: status == 409 };
        unsaved(&actor, &view, &id, query, status, keeping).await
    };
    done(&actor, &view, saved.await)
}

/// The list that was looked at, with what keeps it from being saved beside its name.
async fn unsaved(
    actor: &Actor,
    view: &View,
    id: &str,
    query: &str,
    status: u16,
    keeping: Keeping,
) -> Result<Response, Error> {
    let query = asked(query);
    let named = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let area = named("area").filter(|area| !area.is_empty());
    let view = View { path: format!("/ledgers/{id}"), query, area, ..view.clone() };
    let (body, _) = super::body(actor, &view, id, &keeping).await?;
    Ok(with_status(status, answer(actor, &view, Ok(body))))
}

/// `POST /ledgers/{ledger}/lists/remove`
pub async fn forget(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>, sent: Sent) -> Response {
    let forgotten = async {
        let ledger = actor.ledger(&id)?;
        if !sent.get("name").is_empty() {
            actor.drop_list(ledger, sent.get("name")).await?;
        }
        Ok(back(&actor.pack().ledger(ledger).id, "", "", None))
    };
    done(&actor, &view, forgotten.await)
}
