//! A coverage at a glance: what it promises, how far it holds, how it moved, how many are missing.

use maud::{Markup, html};

use crate::bars::bar;
use crate::figures::{Share, gaps};
use crate::lang::{Lang, t};
use crate::spark::{Delta, delta, spark};

/// One coverage.
#[derive(Debug, Clone, Default)]
pub struct CoverageCard {
    /// The mechanism's or requirement's name.
    pub title: String,
    /// Its page.
    pub href: String,
    /// What it promises, at most two lines (the whole on hover).
    pub promise: String,
    /// Met of met + gap.
    pub share: Share,
    /// Change since the earlier reading.
    pub delta: Option<Delta>,
    /// Where the list of gaps is.
    pub gap_href: String,
    /// Percentages, oldest first; fewer than two draw nothing.
    pub trend: Vec<f64>,
    /// A short remark at the lower right, for example "30 天内 151".
    pub note: Option<String>,
}

/// One card.
pub fn coverage_card(lang: Lang, card: &CoverageCard) -> Markup {
    let open = card.share.whole - card.share.part;
    html! {
        section class="panel card" {
            h2 { a href=(card.href) { (card.title) } }
            p.promise title=(card.promise) { (card.promise) }
            p.big { (card.share.figure()) @if card.share.whole > 0 { small { "%" } } }
            div.side {
                (spark(lang, &card.trend))
                @if let Some(change) = card.delta { (delta(lang, change)) }
            }
            (bar(card.share))
            p.below {
                @if card.share.whole == 0 { span.quiet { (t(lang, "nobody-applies")) } }
                @else if open == 0 { span.met { (t(lang, "no-gaps")) } }
                @else { a.gap href=(card.gap_href) { b { (gaps(lang, open)) } } }
                @if let Some(note) = &card.note { span.quiet { (note) } }
            }
        }
    }
}

/// The cards side by side; five fill a county desk's screen, one column on a phone.
pub fn coverage_cards(lang: Lang, cards: &[CoverageCard]) -> Markup {
    html! { div.cards { @for card in cards { (coverage_card(lang, card)) } } }
}
