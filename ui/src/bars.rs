//! Coverage as a bar, alone or as a list by area.

use maud::{Markup, html};

use crate::figures::{Share, gaps, grouped};
use crate::lang::Lang;

/// A bar; decoration only, the figure must stand beside it.
pub fn bar(share: Share) -> Markup {
    html! {
        @match share.tenths() {
            Some(tenths) => svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" {
                rect width=(tenths) height="10" {}
            },
            None => svg class="bar empty" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" {},
        }
    }
}

/// One area of [`bars`].
#[derive(Debug, Clone, Default)]
pub struct AreaBar {
    /// The area's name.
    pub name: String,
    /// Its page, if it has one.
    pub href: Option<String>,
    /// Met of met + gap.
    pub share: Share,
    /// The gap list of this area.
    pub gap_href: Option<String>,
}

/// Coverage by area, one line each: name, bar, percent, gaps. Give the worst first.
pub fn bars(lang: Lang, areas: &[AreaBar]) -> Markup {
    html! {
        ul.bars {
            @for area in areas {
                @let open = area.share.whole - area.share.part;
                li {
                    span { @match &area.href { Some(href) => a href=(href) { (area.name) }, None => (area.name) } }
                    span aria-hidden="true" { (bar(area.share)) }
                    span.num { (area.share.text()) }
                    span class={ "num" @if open > 0 { " gap" } } {
                        @match (&area.gap_href, open) {
                            (Some(href), 1..) => a.gap href=(href) aria-label={ (area.name) " · " (gaps(lang, open)) } { (number(open)) },
                            _ => span { (number(open)) span.hear { " " (gaps(lang, open)) } },
                        }
                    }
                }
            }
        }
    }
}

fn number(number: u64) -> String {
    grouped(i64::try_from(number).unwrap_or(i64::MAX))
}
