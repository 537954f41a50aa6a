//! Records that are there and may be the one that is being written, and what of it is doubtful: with the word that it is another, or is so.

use anju_app::{Actor, Alikeness, Doubted, Like, apart_key, compared_key};
use anju_pack::FieldIx;
use anju_record::{Value, kind};
use anju_ui::{Lang, View, t, t_args, text};
use maud::{Markup, html};

use crate::ledgers::{record_lang, record_link};
use crate::places::site_name;

/// What was ticked already, as it was sent: a box stays ticked as long as what it speaks of is the same.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ticked<'a> {
    /// Of records that the new one may be.
    pub apart: &'a str,
    /// Of what is doubtful.
    pub compared: &'a str,
}

/// What stands in a form before its buttons: who the new one may be, and what is doubtful.
pub fn unsure(actor: &Actor, view: &View, like: &[Like], doubtful: &[Doubted], ticked: Ticked<'_>) -> Markup {
    html! { (likes(actor, view, like, ticked)) (doubts(view, doubtful, ticked)) }
}

/// Records that the new one may be, with the box to tick where it is another.
pub fn likes(actor: &Actor, view: &View, likes: &[Like], ticked: Ticked<'_>) -> Markup {
    let lang = view.lang;
    if likes.is_empty() {
        return html! {};
    }
    let has_ended = |like: &Like| like.has_ended(actor.pack());
    let (repeated, ended) = (likes.iter().all(is_repeated), likes.iter().all(has_ended));
    let key = match (repeated, ended) {
        (true, _) => "alike-holds",
        (_, true) => "alike-ended",
        _ => "alike-found",
    };
    let apart = if likes.iter().any(has_ended) { "alike-back" } else { "alike-apart" };
    html! {
        div class="notice bad" role="alert" {
            p { b { (t_args(lang, key, &[("n", likes.len().into())])) } }
            ul { @for like in likes { li { (one(actor, view, like)) } } }
            @if !repeated {
                @let key = apart_key(likes);
                p { label { input type="checkbox" name="apart" value=(key) checked[ticked.apart == key]; " " (t(lang, apart)) } }
            }
        }
    }
}

/// What is doubtful, with the box to tick where it is so.
fn doubts(view: &View, doubts: &[Doubted], ticked: Ticked<'_>) -> Markup {
    let lang = view.lang;
    if doubts.is_empty() {
        return html! {};
    }
    html! {
        div class="notice bad" role="alert" {
            p { b { (t_args(lang, "alike-doubtful", &[("n", doubts.len().into())])) } }
            ul { @for doubt in doubts {
                @let says = doubt.fault.message(record_lang(lang));
                li { @if doubt.name.is_empty() { a href=(format!("#f.{}", doubt.fault.path)) { (says) } } @else { b { (doubt.name) } " · " (says) } }
            } }
            @let key = compared_key(doubts);
            p { label { input type="checkbox" name="compared" value=(key) checked[ticked.compared == key]; " " (t(lang, "alike-compared")) } }
        }
    }
}

/// Whether it holds what may not repeat: nothing to tick helps against it.
pub fn is_repeated(like: &Like) -> bool {
    matches!(like.why, Alikeness::Repeated(_))
}

fn one(actor: &Actor, view: &View, like: &Like) -> Markup {
    let lang = view.lang;
    let reason = like.reason(actor.pack());
    let reason = text(lang, &reason);
    match &like.there {
        None if is_repeated(like) => html! { (t(lang, "alike-held-elsewhere")) },
        None => html! { (t(lang, "alike-elsewhere")) @if !reason.is_empty() { " " small.quiet { (reason) } } },
        Some(stored) => html! {
            @if let Alikeness::Repeated(field) = like.why { (text(lang, &actor.pack().ledger(like.ledger).field(field).title)) (t(lang, "colon")) }
            a href=(record_link(actor, view, stored.ledger, stored.record.id)) { (stored.name) }
            @for words in known_by(actor, lang, stored) { " · " (words) }
            @if !reason.is_empty() { " " small.quiet { (reason) } }
        },
    }
}

/// Place, masked number, day of birth and day of the end: enough to tell two of one name apart.
fn known_by(actor: &Actor, lang: Lang, stored: &anju_app::Stored) -> Vec<String> {
    let ledger = actor.pack().ledger(stored.ledger);
    let day = |field: FieldIx| {
        let value = stored.record.values.get(usize::from(field.0)).filter(|value| **value != Value::Null)?;
        Some((text(lang, &ledger.field(field).title).to_owned(), kind::plain(value)))
    };
    let ended = ledger.period.and_then(|period| period.end).and_then(day);
    let words = [
        Some(site_name(actor, &stored.record.area)),
        actor.number_of(stored),
        ledger.born.and_then(day).map(|(_, born)| t_args(lang, "alike-born", &[("day", born.into())])),
        ended.map(|(title, day)| format!("{title} {day}")),
    ];
    words.into_iter().flatten().filter(|words| !words.is_empty()).collect()
}
