//! What happened, newest or oldest first as given.

use maud::{Markup, html};

use crate::tone::Tone;

/// One event.
#[derive(Debug, Clone)]
pub struct Moment {
    /// When, as text (a date, or date and time).
    pub when: String,
    /// What, in a few words.
    pub what: String,
    /// Who.
    pub who: Option<String>,
    /// How it is judged; `what` must say it too.
    pub tone: Tone,
    /// Anything below.
    pub body: Option<Markup>,
}

/// The line of events.
pub fn timeline(moments: &[Moment]) -> Markup {
    html! {
        ol.timeline { @for moment in moments {
            li class=(moment.tone.class()) {
                div.what { b { (moment.what) } }
                small.quiet { time { (moment.when) } @if let Some(who) = &moment.who { " · " (who) } }
                @if let Some(body) = &moment.body { div.what { (body) } }
            }
        } }
    }
}
