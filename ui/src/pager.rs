//! Pages of a long list.

use maud::{Markup, html};

use crate::lang::{Lang, t, t_args};

/// Where in a list the reader is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pager {
    /// This page, from 1.
    pub page: u64,
    /// Rows on a page.
    pub size: u64,
    /// Rows in all.
    pub total: u64,
}

impl Pager {
    /// How many pages there are, at least one.
    pub fn pages(self) -> u64 {
        self.total.div_ceil(self.size.max(1)).max(1)
    }

    /// This page kept within the list.
    pub fn current(self) -> u64 {
        self.page.clamp(1, self.pages())
    }

    /// Rows before this page.
    pub fn offset(self) -> u64 {
        (self.current() - 1).saturating_mul(self.size)
    }

    /// First, last and the neighbours; `None` is a hole.
    fn shown(self) -> Vec<Option<u64>> {
        let (here, last) = (self.current(), self.pages());
        let mut shown = Vec::new();
        let mut before = 0;
        for page in (1..=last.min(2)).chain(here.saturating_sub(2).max(1)..=(here + 2).min(last)).chain([last]) {
            if page <= before {
                continue;
            }
            if page > before + 1 {
                shown.push(None);
            }
            shown.push(Some(page));
            before = page;
        }
        shown
    }
}

/// The pager; `href` gives the address of a page. Only the count is shown when one page holds all.
pub fn pager(lang: Lang, pager: Pager, href: impl Fn(u64) -> String) -> Markup {
    let (here, last) = (pager.current(), pager.pages());
    let from = (pager.offset() + 1).min(pager.total);
    let to = pager.offset().saturating_add(pager.size).min(pager.total);
    let range = t_args(lang, "pager-range", &[("from", from.into()), ("to", to.into()), ("total", pager.total.into())]);
    if pager.total == 0 {
        return html! {};
    }
    html! {
        nav.pager aria-label=(t(lang, "pager")) {
            span.quiet { (range) }
            @if last > 1 {
                @if here > 1 { a rel="prev" href=(href(here - 1)) { (t(lang, "pager-previous")) } }
                @for page in pager.shown() {
                    @match page {
                        None => span aria-hidden="true" { "…" },
                        Some(page) if page == here => b aria-current="page" { (page) },
                        Some(page) => a.second href=(href(page)) aria-label=(t_args(lang, "pager-page", &[("n", page.into())])) { (page) },
                    }
                }
                @if here < last { a rel="next" href=(href(here + 1)) { (t(lang, "pager-next")) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_outside_the_list_is_brought_back() {
        let list = Pager { page: 99, size: 50, total: 120 };
        assert_eq!((list.current(), list.offset(), list.pages()), (3, 100, 3));
        assert_eq!(Pager { page: 0, size: 0, total: 0 }.current(), 1);
        let _ = pager(Lang::Zh, Pager { page: u64::MAX, size: u64::MAX, total: u64::MAX }, |page| page.to_string());
    }

    #[test]
    fn long_lists_show_ends_and_neighbours() {
        let shown = Pager { page: 10, size: 1, total: 20 }.shown();
        let pages: Vec<u64> = shown.iter().map(|page| page.unwrap_or(0)).collect();
        assert_eq!(pages, [1, 2, 0, 8, 9, 10, 11, 12, 0, 20]);
    }
}
