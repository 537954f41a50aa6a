//! A record's fields in words, and where a household's door is.

use anju_app::{Actor, Error, Shown, Stored};
use anju_pack::{AreaLevel, Kind};
use anju_record::Value;
use anju_ui::{Fact, View, facts, money_exact, t_args, text};
use maud::{Markup, html};

use crate::rows::{Entry, Rows, When, Which, record_href, record_lang};

/// What is filled, as a list of names and values; what is not stands folded below it, without what is kept from the reader.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn facts_of(actor: &Actor, view: &View, stored: &Stored) -> Result<Markup, Error> {
    let lang = view.lang;
    let hidden = actor.rights().hidden(stored.ledger, &stored.record.area);
    let mut rows = actor.shown(stored.ledger, std::slice::from_ref(&stored.record), record_lang(lang)).await?;
    let (filled, empty): (Vec<_>, Vec<_>) = rows
        .pop()
        .unwrap_or_default()
        .into_iter()
        .filter(|shown| !hidden.contains(&shown.field))
        .partition(|shown| shown.value.is_some());
    let list: Vec<_> = filled.iter().map(|shown| fact(actor, view, stored, shown)).collect();
    Ok(html! {
        (facts(lang, true, &list))
        @if !empty.is_empty() {
            details {
                summary { (t_args(lang, "fields-empty", &[("n", empty.len().into())])) }
                p.quiet { small {
                    @for (at, shown) in empty.iter().enumerate() {
                        @if at > 0 { (anju_ui::t(lang, "list-comma")) }
                        (text(lang, &shown.title))
                    }
                } }
            }
        }
    })
}

fn fact(actor: &Actor, view: &View, stored: &Stored, shown: &Shown) -> Fact {
    let lang = view.lang;
    let name = text(lang, &shown.title);
    let words = shown.value.as_deref().unwrap_or_default();
    let field = actor.pack().ledger(stored.ledger).field(shown.field);
    let value = stored.record.values.get(usize::from(shown.field.0));
    match (&shown.link, &field.kind, value) {
        (Some((ledger, id)), _, _) => {
            Fact::of(name, html! { a href=(record_href(actor, view, *ledger, *id)) { (words) } })
        }
        (None, Kind::Attachment, Some(Value::Text(key))) if uuid::Uuid::try_parse(key).is_ok() => {
            let ledger = actor.pack().ledger(stored.ledger);
            let href = format!("/records/{}/{}/files/{}", ledger.id, stored.record.id, field.id);
            Fact::of(name, html! { a href=(href) { (anju_ui::t(lang, "photo-open")) } })
        }
        (None, Kind::Money { .. }, Some(Value::Int(fen))) if field.sensitive.is_none() => {
            Fact::of(name, money_exact(lang, *fen))
        }
        _ => Fact::text(name, words),
    }
}

/// Where a household lives: site, building and door.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn door(actor: &Actor, stored: &Stored) -> Result<String, Error> {
    let areas = actor.areas();
    let code = &*stored.record.area;
    let mut way: Vec<String> = [AreaLevel::Site, AreaLevel::Building]
        .into_iter()
        .filter_map(|level| Some(areas.get(code.get(..level.digits())?)?.name.clone()))
        .collect();
    if let Some(dwelling) = Entry::of(actor, stored.ledger, &stored.record).id("dwelling") {
        let dwelling = Rows::read(actor, "dwelling", Which::These(&[dwelling]), When::Always).await?;
        way.extend(dwelling.first().map(|dwelling| dwelling.text("door").to_owned()).filter(|door| !door.is_empty()));
    }
    Ok(way.join(" · "))
}
