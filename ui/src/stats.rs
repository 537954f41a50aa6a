//! A row of large figures with their names.

use maud::{Markup, html};

use crate::tone::Tone;

/// One figure.
#[derive(Debug, Clone)]
pub struct Stat {
    /// What it counts; holds the word for the tone's colour.
    pub name: String,
    /// The figure, for example from [`crate::figure`].
    pub value: Markup,
    /// Its colour.
    pub tone: Tone,
    /// The list behind it.
    pub href: Option<String>,
}

/// The row; wraps on a phone.
pub fn stats(stats: &[Stat]) -> Markup {
    html! {
        dl.stats {
            @for stat in stats {
                div {
                    dt { (stat.name) }
                    dd class=(stat.tone.class()) {
                        @match &stat.href { Some(href) => a class=(stat.tone.class()) href=(href) { (stat.value) }, None => (stat.value) }
                    }
                }
            }
        }
    }
}
