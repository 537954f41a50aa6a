//! The white surface everything stands on.

use maud::{Markup, html};

/// A titled surface.
#[derive(Debug, Clone)]
pub struct Panel {
    /// Heading; empty for none.
    pub title: String,
    /// Quiet words after the heading.
    pub note: Option<String>,
    /// Right of the heading: buttons, a legend.
    pub actions: Option<Markup>,
    /// Anchor for section links.
    pub id: Option<String>,
    /// What stands on it.
    pub body: Markup,
}

impl Default for Panel {
    fn default() -> Panel {
        Panel { title: String::new(), note: None, actions: None, id: None, body: html! {} }
    }
}

/// A panel.
pub fn panel(panel: &Panel) -> Markup {
    html! {
        section class="panel long" id=[panel.id.as_deref()] {
            @if !panel.title.is_empty() || panel.actions.is_some() {
                div.panel-head {
                    @if !panel.title.is_empty() { h2 { (panel.title) } }
                    @if let Some(note) = &panel.note { small.quiet { (note) } }
                    @if let Some(actions) = &panel.actions { div.actions { (actions) } }
                }
            }
            (panel.body)
        }
    }
}
