//! What a list's words are looked for in, told from the definitions, and by whom records were found.

use anju_app::{ColumnKind, Roll, Whose};
use anju_pack::{FieldIx, Kind, LedgerIx};
use anju_ui::{t, t_args, text};
use maud::{Markup, html};

use super::Listing;

/// What words are looked for in, as people call it, and what is protected and so not among it.
pub fn hint(listing: &Listing<'_>) -> String {
    let (lang, comma) = (listing.view.lang, t(listing.view.lang, "list-comma"));
    let (fields, kept) = (searched(listing).join(&comma), protected(listing).join(&comma));
    match kept.is_empty() {
        true => t_args(lang, "list-search-hint", &[("fields", fields.into())]),
        false => t_args(lang, "list-search-hint-but", &[("fields", fields.into()), ("kept", kept.into())]),
    }
}

fn searched(listing: &Listing<'_>) -> Vec<String> {
    let (lang, actor) = (listing.view.lang, listing.actor);
    let definition = actor.pack().ledger(listing.ledger);
    let (sealed, clear): (Vec<FieldIx>, Vec<FieldIx>) =
        actor.searched(listing.ledger).into_iter().partition(|ix| definition.field(*ix).sensitive.is_some());
    let mut parts: Vec<String> = clear.iter().map(|ix| text(lang, &definition.field(*ix).title).to_owned()).collect();
    let after = if listing.ask.deleted { Vec::new() } else { actor.named_after(listing.ledger) };
    parts.extend(after.iter().map(|(ledger, field)| named_after(listing, *ledger, *field)));
    if !clear.is_empty() || !after.is_empty() {
        parts.push(t(lang, "list-initials").into_owned());
    }
    let tail = |ix: &FieldIx| {
        let field = definition.field(*ix);
        let key = if matches!(field.kind, Kind::IdNumber | Kind::Phone) { "list-tail" } else { "list-whole" };
        t_args(lang, key, &[("field", text(lang, &field.title).into())])
    };
    parts.extend(sealed.iter().map(tail));
    let is_code = |kind: &ColumnKind| matches!(kind, ColumnKind::Code(_));
    if actor.roll_shape(listing.ledger).columns.iter().any(|column| is_code(&column.kind)) {
        parts.push(t(lang, "list-codes").into_owned());
    }
    parts.extend(owner(listing).map(|owner| t_args(lang, "list-owner", &[("owner", owner.into())])));
    parts
}

/// Fields that they see and would look for, were they not protected.
fn protected(listing: &Listing<'_>) -> Vec<String> {
    let definition = listing.actor.pack().ledger(listing.ledger);
    let hidden = listing.actor.rights().hidden_anywhere(listing.ledger);
    let searched = listing.actor.searched(listing.ledger);
    let kept = (0_u16..).map(FieldIx).zip(&definition.fields).filter(|(ix, field)| {
        field.sensitive.is_some()
            && !matches!(field.kind, Kind::Attachment | Kind::Point)
            && !hidden.contains(ix)
            && !searched.contains(ix)
    });
    kept.map(|(_, field)| text(listing.view.lang, &field.title).to_owned()).collect()
}

/// A field of another record by which these are called, with the ledger that it stands in.
fn named_after(listing: &Listing<'_>, ledger: LedgerIx, field: FieldIx) -> String {
    let (lang, definition) = (listing.view.lang, listing.actor.pack().ledger(ledger));
    let field = text(lang, &definition.field(field).title);
    if ledger == listing.ledger { field.to_owned() } else { format!("{} · {field}", text(lang, &definition.title)) }
}

/// What the records belong to, where they may be searched by it and are not called after it anyhow.
fn owner<'a>(listing: &Listing<'a>) -> Option<&'a str> {
    let owner = listing.actor.searched_owner(listing.ledger).filter(|_| !listing.ask.deleted)?;
    let named = listing.actor.named_after(listing.ledger).contains(&(listing.ledger, owner.field));
    (!named).then(|| text(listing.view.lang, &listing.actor.pack().ledger(owner.ledger).title))
}

/// Says that the words were found by whom the records belong to, or leads to a list that is searched so.
pub fn by_owner(listing: &Listing<'_>, roll: &Roll) -> Markup {
    let lang = listing.view.lang;
    let Some(owner) = owner(listing).filter(|_| listing.ask.words.is_some() && roll.total > 0) else {
        return html! {};
    };
    let said = |key: &str| t_args(lang, key, &[("owner", owner.into())]);
    html! {
        @match (roll.by_owner, listing.ask.whose) {
            (true, Whose::Also) => p.quiet role="status" { (said("list-found-also")) },
            (true, _) => p.notice role="status" { (said("list-found-by-owner")) },
            (false, _) => p { a href=(listing.with(&[("whose", "1")])) { (said("list-by-owner")) } },
        }
    }
}
