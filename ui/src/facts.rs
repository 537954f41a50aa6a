//! A list of names and values.

use maud::{Markup, html};

use crate::lang::{Lang, t};

/// One line.
#[derive(Debug, Clone)]
pub struct Fact {
    /// The field's name.
    pub name: String,
    /// Its value; none is said in words ("未填").
    pub value: Option<Markup>,
}

impl Fact {
    /// A line of text; an empty text counts as none.
    pub fn text(name: impl Into<String>, value: &str) -> Fact {
        Fact { name: name.into(), value: (!value.is_empty()).then(|| html! { (value) }) }
    }

    /// A line of anything.
    pub fn of(name: impl Into<String>, value: Markup) -> Fact {
        Fact { name: name.into(), value: Some(value) }
    }
}

/// The list, `across` in two columns on wide screens.
pub fn facts(lang: Lang, across: bool, facts: &[Fact]) -> Markup {
    html! {
        dl class={ "facts" @if across { " across" } } {
            @for fact in facts {
                dt { (fact.name) }
                dd { @match &fact.value { Some(value) => (value), None => span.quiet { (t(lang, "not-set")) } } }
            }
        }
    }
}
