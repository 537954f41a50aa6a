//! States side by side, and a whole in its parts: what people would rather look at than read.

use maud::{Markup, html};

use crate::badge::tag;
use crate::figures::Share;
use crate::tone::Tone;

/// One thing and how it stands.
#[derive(Debug, Clone, Default)]
pub struct Mark {
    /// What it is.
    pub name: String,
    /// The list or record behind it.
    pub href: Option<String>,
    /// How it stands.
    pub tone: Tone,
    /// The state in words.
    pub word: String,
    /// A quiet line below.
    pub note: Option<String>,
}

/// The marks, as many beside each other as there is room for.
pub fn marks(marks: &[Mark]) -> Markup {
    html! {
        ul.marks { @for mark in marks {
            li class=(mark.tone.class()) {
                div.line {
                    @match &mark.href { Some(href) => a href=(href) { (mark.name) }, None => span { (mark.name) } }
                    @if !mark.word.is_empty() { (tag(mark.tone, &mark.word)) }
                }
                @if let Some(note) = &mark.note { small.quiet { (note) } }
            }
        } }
    }
}

/// One part of a whole.
#[derive(Debug, Clone, Default)]
pub struct Portion {
    /// What it is.
    pub name: String,
    /// The list behind it.
    pub href: Option<String>,
    /// Of the whole.
    pub share: Share,
    /// The part as people say it: "34 户".
    pub said: String,
}

/// The parts, one line each with a neutral bar. Give the largest first.
pub fn portions(portions: &[Portion]) -> Markup {
    html! {
        ul class="bars portions" { @for portion in portions {
            li {
                span { @match &portion.href { Some(href) => a href=(href) { (portion.name) }, None => (portion.name) } }
                span aria-hidden="true" { (portion_bar(portion.share)) }
                span.num { (portion.said) }
            }
        } }
    }
}

/// A neutral bar: what is missing of the whole is nobody's gap. Decoration only, the figure must stand beside it.
pub fn portion_bar(share: Share) -> Markup {
    html! {
        svg class="bar portion" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" {
            rect width=(share.tenths().unwrap_or_default()) height="10" {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_says_its_state_in_words_and_escapes_them() {
        let mark = Mark { name: "<b>".into(), tone: Tone::Gap, word: "缺".into(), note: Some("&".into()), href: None };
        let page = marks(&[mark]).into_string();
        assert!(page.contains("&lt;b&gt;") && page.contains("缺") && page.contains("&amp;"), "{page}");
    }

    #[test]
    fn a_part_of_nothing_is_an_empty_bar() {
        assert!(portion_bar(Share::default()).into_string().contains(r#"width="0""#));
    }
}
