//! The head of a page: where it is, what it is, what can be done.

use maud::{Markup, html};

use crate::lang::{Lang, t, t_args};

/// A step of the way to this page.
#[derive(Debug, Clone, Default)]
pub struct Crumb {
    /// Its name.
    pub name: String,
    /// Its page; none for this one.
    pub href: Option<String>,
}

/// A link that looks like a button.
#[derive(Debug, Clone, Default)]
pub struct Action {
    /// Its name.
    pub name: String,
    /// Where it leads.
    pub href: String,
    /// The one main action of a page.
    pub first: bool,
}

/// The head.
#[derive(Debug, Clone)]
pub struct PageHead {
    /// The way here; empty for a top page.
    pub crumbs: Vec<Crumb>,
    /// The page's name.
    pub title: String,
    /// Quiet words beside it: "40 个安置点 · 8,113 户".
    pub aside: Option<String>,
    /// A small line below it: as of when, updated by what.
    pub below: Option<String>,
    /// Right: [`crate::pick`], [`actions`], [`download`], [`print_button`].
    pub actions: Markup,
}

impl Default for PageHead {
    fn default() -> PageHead {
        PageHead { crumbs: Vec::new(), title: String::new(), aside: None, below: None, actions: html! {} }
    }
}

/// The head of a page, with its only `h1`.
pub fn page_head(lang: Lang, head: &PageHead) -> Markup {
    html! {
        header {
            (breadcrumbs(lang, &head.crumbs))
            div.page-head {
                div {
                    h1 { (head.title) @if let Some(aside) = &head.aside { small.quiet { (aside) } } }
                    @if let Some(below) = &head.below { small.quiet { (below) } }
                }
                div.actions { (head.actions) }
            }
        }
    }
}

/// The way here.
pub fn breadcrumbs(lang: Lang, crumbs: &[Crumb]) -> Markup {
    html! {
        @if !crumbs.is_empty() {
            nav.crumbs aria-label=(t(lang, "breadcrumbs")) {
                ol { @for crumb in crumbs {
                    li { @match &crumb.href { Some(href) => a href=(href) { (crumb.name) }, None => span aria-current="page" { (crumb.name) } } }
                } }
            }
        }
    }
}

/// Links as buttons; at most one is `first`.
pub fn actions(actions: &[Action]) -> Markup {
    html! {
        @if !actions.is_empty() {
            div.actions { @for action in actions {
                a class={ "button" @if action.first { " first" } } href=(action.href) { (action.name) }
            } }
        }
    }
}

/// A link that saves a file; `format` is written as people call it (CSV, JSON).
pub fn download(lang: Lang, href: &str, format: &str) -> Markup {
    html! { a.button href=(href) download { (t_args(lang, "download", &[("name", format.into())])) } }
}

/// Prints the page; appears only where scripts run.
pub fn print_button(lang: Lang) -> Markup {
    html! { button.button type="button" data-print hidden { (t(lang, "print")) } }
}
