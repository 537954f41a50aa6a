//! Nothing here, and something went wrong: both say what to do next.

use maud::{Markup, html};

use crate::heading::{Action, actions};
use crate::lang::{Lang, t, t_args};

/// An empty list.
#[derive(Debug, Clone, Default)]
pub struct Empty {
    /// What there is none of.
    pub what: String,
    /// Why, or what to do next.
    pub next: Option<String>,
    /// The way to do it.
    pub action: Option<Action>,
}

/// The empty state.
pub fn empty(empty: &Empty) -> Markup {
    html! {
        div.empty {
            b { (empty.what) }
            @if let Some(next) = &empty.next { p { (next) } }
            @if let Some(action) = &empty.action { p { a href=(action.href) { (action.name) } } }
        }
    }
}

/// An error as a page.
#[derive(Debug, Clone, Default)]
pub struct ErrorPage {
    /// HTTP status.
    pub status: u16,
    /// What happened, one sentence.
    pub what: String,
    /// The value concerned, if there is one.
    pub value: Option<String>,
    /// How to mend it.
    pub mend: String,
    /// Ways on; the first is the main one.
    pub ways: Vec<Action>,
}

/// The body of an error page; put it in a [`crate::shell`].
pub fn error_page(lang: Lang, error: &ErrorPage) -> Markup {
    html! {
        section class="panel error" {
            p.status { (t_args(lang, "error-status", &[("code", error.status.to_string().into())])) }
            h1 { (error.what) }
            @if let Some(value) = &error.value { p.value.mono { span.hear { (t(lang, "error-value")) " " } (value) } }
            p { b { (t(lang, "error-mend")) } " " (error.mend) }
            (actions(&error.ways))
        }
    }
}
