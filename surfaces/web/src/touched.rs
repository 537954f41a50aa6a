//! What stands against undoing, in words.

use anju_app::{Actor, TouchedSince, moment};
use anju_ui::{Lang, t, text};

/// The record, what of it was touched, by whom and when.
pub fn touched_in_words(actor: &Actor, lang: Lang, one: &TouchedSince) -> String {
    let ledger = actor.pack().ledger(one.ledger);
    let fields: Vec<_> = one.fields.iter().map(|field| text(lang, &ledger.field(*field).title)).collect();
    let fields = if fields.is_empty() {
        t(lang, "touched-whole").into_owned()
    } else {
        format!("{}{}", t(lang, "colon"), fields.join(&t(lang, "list-comma")))
    };
    format!("{} {}{fields} · {} · {}", text(lang, &ledger.title), one.name, one.actor, moment(one.at_ms))
}
