//! The switcher of areas (or dates, or anything chosen from a list): a form that works without JavaScript.

use maud::{Markup, html};

use crate::lang::{Lang, t};

/// One choice.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// Sent.
    pub value: String,
    /// Shown.
    pub name: String,
    /// Depth in the tree of areas: 0 county, 1 town, 2 site.
    pub depth: u8,
}

/// The form.
#[derive(Debug, Clone, Default)]
pub struct Pick {
    /// Where it goes.
    pub action: String,
    /// The query's name, for example `area`.
    pub name: String,
    /// The label, heard; "区域" when empty.
    pub label: String,
    /// Choices in order.
    pub choices: Vec<Choice>,
    /// The value in force.
    pub current: String,
    /// Other parts of the query to keep.
    pub keep: Vec<(String, String)>,
}

/// A select in a GET form; sends itself on change where scripts run, with a button where not.
pub fn pick(lang: Lang, pick: &Pick) -> Markup {
    let label = if pick.label.is_empty() { t(lang, "area").into_owned() } else { pick.label.clone() };
    html! {
        form.pick method="get" action=(pick.action) data-now {
            @for (name, value) in &pick.keep { input type="hidden" name=(name) value=(value); }
            select name=(pick.name) aria-label=(label) {
                @for choice in &pick.choices {
                    option value=(choice.value) selected[choice.value == pick.current] {
                        @for _ in 0..choice.depth { "\u{3000}" }
                        (choice.name)
                    }
                }
            }
            noscript { button type="submit" { (t(lang, "apply")) } }
        }
    }
}
