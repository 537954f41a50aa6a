//! Filters of a list: one control for each kind of field, and what is in force as chips that take it back.

use anju_app::MISSING;
use anju_pack::{Field, Kind};
use anju_ui::{Chip, chips, t, t_args, text, with_query};
use maud::{Markup, html};

use super::Listing;
use crate::ledgers::record_lang;

/// How a key of the address narrows.
const WAYS: [&str; 4] = ["is", "from", "to", "has"];

/// The filters, folded away; opened while any is in force.
pub fn form(listing: &Listing<'_>) -> Markup {
    let lang = listing.view.lang;
    let definition = listing.actor.pack().ledger(listing.ledger);
    let columns = listing.actor.roll_shape(listing.ledger).columns;
    let controls: Vec<Markup> =
        columns.iter().filter_map(|column| control(listing, definition.field(column.field))).collect();
    if controls.is_empty() {
        return html! {};
    }
    let narrowed = in_query(listing).count() + usize::from(super::standing::is_asked(listing));
    html! {
        details open[!listing.wrong.is_empty()] {
            summary { (t_args(lang, "list-filters", &[("n", narrowed.into())])) }
            div.form.across { @for control in controls { (control) } }
            div.actions { button.button type="submit" { (t(lang, "apply")) } }
        }
    }
}

/// Parts of the query that narrow by a field: way, field's id, value.
fn in_query<'a>(listing: &'a Listing<'_>) -> impl Iterator<Item = (&'a str, &'a str, &'a str)> {
    let filled = listing.view.query.iter().filter(|(_, value)| !value.trim().is_empty());
    filled.filter_map(|(key, value)| {
        let (way, field) = key.split_once('.')?;
        WAYS.contains(&way).then_some((way, field, value.as_str()))
    })
}

/// What is in force, each leading to the list without it.
pub fn in_force(listing: &Listing<'_>) -> Markup {
    let lang = listing.view.lang;
    let definition = listing.actor.pack().ledger(listing.ledger);
    let chip = |(way, id, value): (&str, &str, &str)| {
        let field = definition.field(definition.field_by_id(id)?);
        let key = match way {
            "from" => "list-chip-from",
            "to" => "list-chip-to",
            "has" => "list-chip-has",
            _ => "list-chip-is",
        };
        let words = in_words(listing, field, value);
        let gone = format!("{way}.{id}");
        let kept = listing.view.query.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let kept = kept.filter(|(key, other)| !(other.is_empty() || *key == "page" || *key == gone && *other == value));
        Some(Chip {
            name: t_args(lang, key, &[("field", text(lang, &field.title).into()), ("value", words.as_str().into())]),
            href: with_query(&listing.view.path, kept),
            current: true,
            count: None,
        })
    };
    let read = |(way, id, value): &(&str, &str, &str)| {
        let wrong = |fault: &anju_record::Fault| fault.path == format!("{way}.{id}") && fault.value == value.trim();
        !listing.wrong.iter().any(wrong)
    };
    let in_force: Vec<Chip> = in_query(listing).filter(read).filter_map(chip).collect();
    if in_force.is_empty() {
        html! {}
    } else {
        chips(lang, &in_force)
    }
}

fn in_words(listing: &Listing<'_>, field: &Field, value: &str) -> String {
    let lang = listing.view.lang;
    match &field.kind {
        _ if value == MISSING => t(lang, "list-missing").into_owned(),
        Kind::Code { list } => {
            let values = &listing.actor.pack().code_list(*list).values;
            let known = values.iter().find(|known| known.code == value);
            known.map_or_else(|| value.to_owned(), |known| text(lang, &known.title).to_owned())
        }
        Kind::Bool => t(lang, if value == "true" { "yes" } else { "no" }).into_owned(),
        _ => value.to_owned(),
    }
}

/// The control of one field; none where a list cannot be narrowed so.
fn control(listing: &Listing<'_>, field: &Field) -> Option<Markup> {
    let lang = listing.view.lang;
    let value = |way: &str| listing.view.get(&format!("{way}.{}", field.id)).unwrap_or_default().to_owned();
    let line = |way: &str, label: String, kind: &str| {
        let name = format!("{way}.{}", field.id);
        let says = format!("{name}-says");
        let faults: Vec<String> = (listing.wrong.iter())
            .filter(|fault| fault.path == name)
            .map(|fault| fault.message(record_lang(lang)))
            .collect();
        let wrong = !faults.is_empty();
        html! { div.field {
            label for=(name) { (label) }
            input id=(name) name=(name) type=(kind) value=(value(way)) maxlength="60" inputmode=[(way != "has" && kind == "text").then_some("decimal")]
                aria-invalid=[wrong.then_some("true")] aria-describedby=[wrong.then_some(&says)];
            @if wrong { div id=(says) { @for fault in &faults { p.gap { (fault) } } } }
        } }
    };
    let titled = |key: &str| t_args(lang, key, &[("field", text(lang, &field.title).into())]);
    let range = |kind: &str| html! { (line("from", titled("list-from"), kind)) (line("to", titled("list-to"), kind)) };
    Some(match &field.kind {
        Kind::Code { list } => codes(listing, field, &listing.actor.pack().code_list(*list).values),
        Kind::Bool => yes_or_no(listing, field),
        Kind::Date { .. } => html! { (range("date")) (missing(listing, field)) },
        Kind::Integer { .. } | Kind::Decimal { .. } | Kind::Money { .. } => html! { (range("text")) },
        Kind::Text { .. } | Kind::LongText { .. } => line("has", titled("list-has"), "text"),
        Kind::Ref { to } if listing.actor.reads(*to) => {
            html! { (line("has", titled("list-named"), "text")) (missing(listing, field)) }
        }
        _ => return None,
    })
}

fn ticked(listing: &Listing<'_>, field: &Field, value: &str) -> bool {
    in_query(listing).any(|(way, id, held)| way == "is" && id == field.id && held == value)
}

fn tick(listing: &Listing<'_>, field: &Field, value: &str, label: &str) -> Markup {
    html! { label.field.tick {
        input type="checkbox" name=(format!("is.{}", field.id)) value=(value) checked[ticked(listing, field, value)];
        span { (label) }
    } }
}

/// Asks for records in which the field is not filled, where that may be.
fn missing(listing: &Listing<'_>, field: &Field) -> Markup {
    let lang = listing.view.lang;
    let label = t_args(lang, "list-missing-of", &[("field", text(lang, &field.title).into())]);
    html! { @if !field.required { (tick(listing, field, MISSING, &label)) } }
}

/// Several codes at once.
fn codes(listing: &Listing<'_>, field: &Field, values: &[anju_pack::CodeValue]) -> Markup {
    let lang = listing.view.lang;
    let chosen = in_query(listing).filter(|(way, id, _)| *way == "is" && *id == field.id).count();
    let title = text(lang, &field.title);
    html! {
        details.field open[chosen > 0] {
            summary { (title) @if chosen > 0 { " (" (chosen) ")" } }
            div role="group" aria-label=(title) {
                @for value in values { (tick(listing, field, &value.code, text(lang, &value.title))) }
                @if !field.required { (tick(listing, field, MISSING, &t(lang, "list-missing"))) }
            }
        }
    }
}

fn yes_or_no(listing: &Listing<'_>, field: &Field) -> Markup {
    let lang = listing.view.lang;
    let name = format!("is.{}", field.id);
    let choices = [("", "list-any"), ("true", "yes"), ("false", "no"), (MISSING, "list-missing")];
    html! { div.field {
        label for=(name) { (text(lang, &field.title)) }
        select id=(name) name=(name) {
            @for (value, key) in choices.into_iter().filter(|(value, _)| *value != MISSING || !field.required) {
                option value=(value) selected[!value.is_empty() && ticked(listing, field, value)] { (t(lang, key)) }
            }
        }
    } }
}
