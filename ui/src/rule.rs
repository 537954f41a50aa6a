//! A requirement's rule in words, with the file and line it is written at.

use maud::{Markup, html};

use crate::lang::{Lang, t, t_args};

/// The rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// In words; mark what counts with `b`.
    pub words: Markup,
    /// `mechanisms/employment/pack/coverage.toml:12`.
    pub source: String,
    /// Who answers for a gap.
    pub owner: Option<String>,
    /// Days to close one.
    pub due_days: Option<u32>,
}

/// The box.
pub fn rule(lang: Lang, rule: &Rule) -> Markup {
    html! {
        div.rule {
            p { (rule.words) }
            p { small.quiet {
                span.hear { (t(lang, "rule-source")) " " }
                span.mono { (rule.source) }
                @if let Some(owner) = &rule.owner { " · " (t_args(lang, "rule-owner", &[("owner", owner.as_str().into())])) }
                @if let Some(days) = rule.due_days { " · " (t_args(lang, "rule-due", &[("n", days.into())])) }
            } }
        }
    }
}
