//! Tags with a word, and the tag for a deadline.

use maud::{Markup, html};

use crate::lang::{Lang, t, t_args};
use crate::tone::Tone;

/// A tag in the colour of its tone; `word` must say the state by itself.
pub fn tag(tone: Tone, word: &str) -> Markup {
    html! { span class={ "tag " (tone.class()) } { (word) } }
}

/// A deadline in words and how urgent it is: "逾期 6 年多" (two years or more), "逾期 2 天", "今天到期", "1 天内" (a week or less), "9 天".
pub fn due(lang: Lang, days_left: i32) -> (Tone, String) {
    match days_left {
        i32::MIN..=-730 => {
            (Tone::Gap, t_args(lang, "due-overdue-years", &[("n", (days_left.unsigned_abs() / 365).into())]))
        }
        -729..=-1 => (Tone::Gap, t_args(lang, "due-overdue", &[("n", days_left.unsigned_abs().into())])),
        0 => (Tone::Lapsing, t(lang, "due-today").into_owned()),
        1..=7 => (Tone::Lapsing, t_args(lang, "due-within", &[("n", days_left.into())])),
        _ => (Tone::Plain, t_args(lang, "due-in", &[("n", days_left.into())])),
    }
}

/// [`due`] as it stands in a table: a tag when urgent, quiet text when there is time.
pub fn due_cell(lang: Lang, days_left: i32) -> Markup {
    let (tone, words) = due(lang, days_left);
    html! {
        @if tone == Tone::Plain { small.quiet { (words) } }
        @else { (tag(tone, &words)) }
    }
}
