//! What is met today and will not be if nobody acts: in 7, 30 and 90 days.

use maud::{Markup, html};

use crate::empty::{Empty, empty};
use crate::figures::grouped;
use crate::lang::{Lang, t, t_args};
use crate::panel::{Panel, panel};

/// One matter.
#[derive(Debug, Clone, Default)]
pub struct LapsingRow {
    /// What lapses.
    pub name: String,
    /// Its list.
    pub href: String,
    /// Who keeps it.
    pub owner: String,
    /// How many within 7, 30 and 90 days (each includes the earlier).
    pub counts: [u64; 3],
}

/// The table in a panel of its own; says so when nothing lapses.
pub fn lapsing(lang: Lang, rows: &[LapsingRow]) -> Markup {
    let title = t(lang, "lapsing-title").into_owned();
    let body = html! {
        @if rows.is_empty() { (empty(&Empty { what: t(lang, "lapsing-none").into_owned(), ..Empty::default() })) }
        @else {
            table {
                thead { tr {
                    th scope="col" { (t(lang, "lapsing-what")) }
                    th.second scope="col" { (t(lang, "lapsing-owner")) }
                    @for days in [7, 30, 90] { th.num scope="col" { (t_args(lang, "lapsing-days", &[("n", days.into())])) } }
                } }
                tbody { @for row in rows {
                    tr {
                        th scope="row" { a href=(row.href) { (row.name) } }
                        td.second.quiet { (row.owner) }
                        @for (at, count) in row.counts.iter().enumerate() {
                            td class={ "num" @if at == 0 && *count > 0 { " lapsing" } @else if *count == 0 { " quiet" } } {
                                (grouped(i64::try_from(*count).unwrap_or(i64::MAX)))
                            }
                        }
                    }
                } }
            }
        }
    };
    panel(&Panel { title, body, ..Panel::default() })
}
