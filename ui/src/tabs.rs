//! Sections of a subject as a row of links.

use maud::{Markup, html};

use crate::figures::grouped;
use crate::lang::{Lang, t};

/// One section.
#[derive(Debug, Clone, Default)]
pub struct Tab {
    /// Its name.
    pub name: String,
    /// Its page or anchor.
    pub href: String,
    /// The one open now.
    pub current: bool,
    /// How many it holds, if that helps.
    pub count: Option<u64>,
}

/// The row; scrolls sideways by itself on a phone.
pub fn tabs(lang: Lang, tabs: &[Tab]) -> Markup {
    html! {
        nav.tabs aria-label=(t(lang, "sections")) {
            @for tab in tabs {
                a href=(tab.href) aria-current=[tab.current.then_some("page")] {
                    (tab.name)
                    @if let Some(count) = tab.count { " " small { (grouped(i64::try_from(count).unwrap_or(i64::MAX))) } }
                }
            }
        }
    }
}
