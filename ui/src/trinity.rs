//! 三位一体: Party group, residents' side and property company, side by side.

use maud::{Markup, html};

use crate::badge::tag;
use crate::facts::{Fact, facts};
use crate::lang::{Lang, t};
use crate::tone::Tone;

/// One of the three.
#[derive(Debug, Clone)]
pub struct Pillar {
    /// What it is: 党小组, 业主委员会, 物业公司.
    pub kind: String,
    /// Its name, or none where it does not exist.
    pub name: Option<String>,
    /// Its page.
    pub href: Option<String>,
    /// How it stands.
    pub state: Option<(Tone, String)>,
    /// Who leads it, since when, how many.
    pub facts: Vec<Fact>,
}

/// The triptych; one below the other on a phone.
pub fn trinity(lang: Lang, pillars: &[Pillar; 3]) -> Markup {
    html! {
        div.trinity role="group" aria-label=(t(lang, "trinity")) {
            @for pillar in pillars {
                section {
                    h3 { (pillar.kind) }
                    p.name {
                        @match (&pillar.name, &pillar.href) {
                            (Some(name), Some(href)) => a href=(href) { (name) },
                            (Some(name), None) => (name),
                            (None, _) => span.quiet { (t(lang, "not-set")) },
                        }
                        @if let Some((tone, word)) = &pillar.state { " " (tag(*tone, word)) }
                    }
                    (facts(lang, false, &pillar.facts))
                }
            }
        }
    }
}
