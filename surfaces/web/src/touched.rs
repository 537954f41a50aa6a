//! What stands against undoing, in words.

use anju_app::{Actor, TouchedSince, moment};
use anju_ui::{View, t, text};
use maud::{Markup, html};

use crate::ledgers::record_link;

/// The record with the way to it, what of it was touched, by whom and when.
pub fn touched_since(actor: &Actor, view: &View, one: &TouchedSince) -> Markup {
    let lang = view.lang;
    let ledger = actor.pack().ledger(one.ledger);
    let fields: Vec<_> = one.fields.iter().map(|field| text(lang, &ledger.field(*field).title)).collect();
    let fields = if fields.is_empty() {
        t(lang, "touched-whole").into_owned()
    } else {
        format!("{}{}", t(lang, "colon"), fields.join(&t(lang, "list-comma")))
    };
    let named = format!("{} {}", text(lang, &ledger.title), one.name);
    html! {
        @match one.id { Some(id) => a href=(record_link(actor, view, one.ledger, id)) { (named) }, None => (named) }
        (fields) " · " (one.actor) " · " (moment(one.at_ms))
    }
}
