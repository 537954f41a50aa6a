//! What of a list has ended, and the ways to see only that, or only the rest.

use anju_app::{ENDED, STANDS};
use anju_record::{Record, Value, day};
use anju_ui::{Chip, Tone, chips, t_args, tag, text};
use maud::{Markup, html};

use super::Listing;

/// Said behind a record's name once its last day has come: which day that was.
pub fn ended(listing: &Listing<'_>, record: &Record) -> Markup {
    let definition = listing.actor.pack().ledger(listing.ledger);
    let end = definition.period.and_then(|period| period.end);
    match end.and_then(|end| Some((end, record.values.get(usize::from(end.0))?))) {
        Some((end, Value::Date(last))) if *last <= listing.actor.today() => {
            let title = text(listing.view.lang, &definition.field(end).title);
            html! { " " (tag(Tone::NotApplicable, &format!("{title} {}", day::format(*last)))) }
        }
        _ => html! {},
    }
}

/// All, only what stands, or only what has ended: as a filter in the address.
pub fn choice(listing: &Listing<'_>) -> Markup {
    let lang = listing.view.lang;
    let Some(end) = listing.actor.end_of(listing.ledger).filter(|_| !listing.ask.deleted) else { return html! {} };
    let asked = listing.view.get("stands").unwrap_or_default();
    let field = text(lang, &listing.actor.pack().ledger(listing.ledger).field(end).title);
    let chip = |(value, key): (&str, &str)| Chip {
        name: t_args(lang, key, &[("field", field.into())]),
        count: None,
        href: listing.with(&[("stands", value)]),
        current: asked == value,
    };
    chips(lang, &[("", "list-all"), (STANDS, "list-stands"), (ENDED, "list-ended")].map(chip))
}

/// Whether the list is narrowed to what stands, or to what has ended.
pub fn is_asked(listing: &Listing<'_>) -> bool {
    listing.view.get("stands").is_some_and(|asked| !asked.trim().is_empty())
}
