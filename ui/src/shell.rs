//! The page around every body: head, navigation, banner, foot.

use maud::{DOCTYPE, Markup, html};

use crate::assets;
use crate::lang::{Lang, t};

/// One entry of the navigation.
#[derive(Debug, Clone, Default)]
pub struct NavItem {
    /// Its name.
    pub name: String,
    /// Its page.
    pub href: String,
    /// The reader is in this part.
    pub active: bool,
    /// What waits there; 0 shows nothing.
    pub count: u64,
}

/// The search field of the head.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// Where it goes, with `q` in the query.
    pub action: String,
    /// What can be typed: "姓名、拼音首字母、证件后四位".
    pub hint: String,
    /// What was typed.
    pub value: String,
}

/// What somebody who has signed in always finds at the head.
#[derive(Debug, Clone, Default)]
pub struct Own {
    /// Their own page.
    pub href: String,
    /// Where the sign-out button sends its form.
    pub out: String,
}

/// Everything around and in a page.
#[derive(Debug, Clone)]
pub struct Page {
    /// Language of the page.
    pub lang: Lang,
    /// Large type, from the cookie.
    pub large: bool,
    /// Title without the product's name.
    pub title: String,
    /// Navigation; on a phone the first four stay below and the rest is under "more".
    pub nav: Vec<NavItem>,
    /// Quiet words after the brand on narrow heads, for example the county.
    pub area: String,
    /// One line below the head: demo data, a clock that stands.
    pub banner: Option<String>,
    /// Who is here: "县搬迁办 · 县级".
    pub actor: Option<String>,
    /// Their own page and the way out, for somebody who has signed in.
    pub own: Option<Own>,
    /// The search field, if the page offers one.
    pub search: Option<Search>,
    /// This page in the other language.
    pub lang_href: String,
    /// This page in the other type size.
    pub large_href: Option<String>,
    /// What stands at the foot and on print: as of when, from where.
    pub foot: Vec<String>,
    /// The page itself.
    pub body: Markup,
}

impl Default for Page {
    fn default() -> Page {
        Page {
            lang: Lang::Zh,
            large: false,
            title: String::new(),
            nav: Vec::new(),
            area: String::new(),
            banner: None,
            actor: None,
            own: None,
            search: None,
            lang_href: "?lang=en".to_owned(),
            large_href: None,
            foot: Vec::new(),
            body: html! {},
        }
    }
}

/// How many entries stay in the bar at the foot of a phone.
const ON_PHONE: usize = 4;

/// The whole document.
pub fn shell(page: &Page) -> Markup {
    let lang = page.lang;
    html! {
        (DOCTYPE)
        html lang=(lang.tag()) class=[page.large.then_some("large")] {
            head {
                meta charset="utf-8";
                title { (page.title) " · " (t(lang, "product")) }
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="theme-color" content="#18382d";
                meta name="htmx-config" content=r#"{"includeIndicatorCSS":false}"#;
                link rel="icon" href=(assets::url("icon.svg"));
                link rel="stylesheet" href=(assets::url("app.css"));
                script src=(assets::url("app.js")) defer {}
                script src=(assets::url("htmx.js")) defer {}
            }
            body {
                a.skip href="#main" { (t(lang, "skip-to-content")) }
                header {
                    (top(page))
                    @if !assets::present() { p.banner { (t(lang, "assets-missing")) } }
                    @if let Some(banner) = &page.banner { p.banner { (banner) } }
                }
                main id="main" tabindex="-1" { (page.body) }
                @if !page.foot.is_empty() {
                    footer.foot { @for line in &page.foot { span { (line) } } }
                    p.print { (t(lang, "product")) " · " (page.title) @for line in &page.foot { " · " (line) } }
                }
            }
        }
    }
}

fn top(page: &Page) -> Markup {
    let lang = page.lang;
    let (other, name) = lang.other();
    html! {
        div.top { div.top-in {
            a.brand href="/" { (t(lang, "product")) }
            (navigation(lang, &page.nav))
            @if let Some(search) = &page.search { (find(lang, search)) }
            div.top-end {
                @if let Some(actor) = &page.actor { (who(lang, actor, page.own.as_ref())) }
                @else if !page.area.is_empty() { span.who { (page.area) } }
                @if let Some(href) = &page.large_href {
                    a.size href=(href) { (t(lang, if page.large { "large-text-off" } else { "large-text-on" })) }
                }
                a href=(page.lang_href) lang=(other.tag()) hreflang=(other.tag()) { (name) }
            }
        } }
    }
}

fn who(lang: Lang, actor: &str, own: Option<&Own>) -> Markup {
    html! {
        @match own {
            Some(own) => {
                a.who href=(own.href) title=(t(lang, "own-account")) { (actor) }
                form method="post" action=(own.out) { button.link type="submit" { (t(lang, "sign-out")) } }
            },
            None => span.who { (actor) },
        }
    }
}

fn find(lang: Lang, search: &Search) -> Markup {
    html! {
        form.find role="search" method="get" action=(search.action) {
            input type="search" name="q" value=(search.value) placeholder=(search.hint) title=(search.hint) aria-label=(t(lang, "search-label"));
        }
    }
}

fn navigation(lang: Lang, items: &[NavItem]) -> Markup {
    // Five fit below without a "more".
    let kept = if items.len() > ON_PHONE + 1 { ON_PHONE } else { items.len() };
    html! {
        @if !items.is_empty() {
            nav aria-label=(t(lang, "main-navigation")) { ul.nav {
                @for (at, item) in items.iter().enumerate() { li class=[(at >= kept).then_some("rest")] { (entry(item)) } }
                @if kept < items.len() {
                    li.more { details {
                        summary { (t(lang, "nav-more")) }
                        ul { @for item in &items[kept..] { li { (entry(item)) } } }
                    } }
                }
            } }
        }
    }
}

fn entry(item: &NavItem) -> Markup {
    html! {
        a href=(item.href) aria-current=[item.active.then_some("page")] {
            (item.name) @if item.count > 0 { " " span.count { (item.count) } }
        }
    }
}
