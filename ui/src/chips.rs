//! Filters as chips: one row of links, the one in force marked.

use maud::{Markup, html};

use crate::figures::grouped;
use crate::lang::{Lang, t};

/// One filter.
#[derive(Debug, Clone, Default)]
pub struct Chip {
    /// Its name.
    pub name: String,
    /// How many it leaves, if known.
    pub count: Option<u64>,
    /// Where it leads.
    pub href: String,
    /// In force.
    pub current: bool,
}

/// The row of filters.
pub fn chips(lang: Lang, chips: &[Chip]) -> Markup {
    html! {
        ul.chips aria-label=(t(lang, "filters")) {
            @for chip in chips {
                li { a href=(chip.href) aria-current=[chip.current.then_some("true")] {
                    (chip.name)
                    @if let Some(count) = chip.count { " " (grouped(i64::try_from(count).unwrap_or(i64::MAX))) }
                } }
            }
        }
    }
}
