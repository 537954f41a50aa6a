//! Writes every component with sample data to static pages: `cargo run --release -p anju-ui --example gallery -- OUTDIR`.
//!
//! For looking at in a browser and for axe. The names are invented.

use std::error::Error;
use std::path::Path;

use anju_ui::{Lang, NavItem, Own, Page, Search, assets, shell};
use maud::Markup;

mod overview;
mod pages;
mod requirement;

type Body = fn(Lang) -> Markup;

const PAGES: [(&str, Body); 5] = [
    ("overview", overview::body),
    ("requirement", requirement::body),
    ("site", pages::site),
    ("bulletin", pages::bulletin_page),
    ("error", pages::error),
];

/// The sample's two languages side by side.
fn say(lang: Lang, zh: &str, en: &str) -> String {
    if lang == Lang::Zh { zh } else { en }.to_owned()
}

fn main() -> Result<(), Box<dyn Error>> {
    let out = std::env::args().nth(1).ok_or("usage: gallery OUTDIR")?;
    let out = Path::new(&out);
    std::fs::create_dir_all(out.join("assets"))?;
    for name in ["app.css", "app.js", "htmx.js", "icon.svg"] {
        let path = assets::url(name).replacen(assets::PREFIX, "", 1);
        match assets::get(&path, false) {
            Some(asset) => std::fs::write(out.join("assets").join(path), asset.bytes)?,
            None => eprintln!("{name} is not built: run `make assets`"),
        }
    }
    for lang in Lang::ALL {
        for large in [false, true] {
            for (name, body) in PAGES {
                let html = shell(&page(lang, large, name, body(lang))).into_string();
                // Relative addresses, so that the pages open from the disk.
                let html = html.replace(assets::PREFIX, "assets/");
                let size = if large { "-large" } else { "" };
                std::fs::write(out.join(format!("{name}-{}{size}.html", lang.short())), html)?;
            }
        }
    }
    println!("{} pages in {}", PAGES.len() * 4, out.display());
    Ok(())
}

fn page(lang: Lang, large: bool, name: &str, body: Markup) -> Page {
    let nav = [
        ("总览", "Overview", 0),
        ("五项机制", "Mechanisms", 0),
        ("安置点", "Sites", 0),
        ("一户一档", "Households", 0),
        ("事项", "Cases", 27),
        ("台账", "Ledgers", 0),
        ("通报", "Bulletin", 0),
    ];
    let here = ["overview", "requirement", "site", "", "", "", "bulletin"];
    Page {
        lang,
        large,
        title: say(lang, "样张", "Gallery"),
        nav: nav
            .iter()
            .zip(here)
            .map(|((zh, en, count), at)| NavItem {
                name: say(lang, zh, en),
                href: "#".into(),
                active: at == name,
                count: *count,
            })
            .collect(),
        area: say(lang, "宁陕县", "Ningshan"),
        banner: Some(say(
            lang,
            "演示数据：除区划名称外均为合成，系统日期停在 2020-05-16；本演示未设登录。",
            "Demo data: all but the names of areas is synthetic; the clock stands at 2020-05-16; this demo has no sign-in.",
        )),
        actor: Some(say(lang, "县搬迁办 · 县级", "County office")),
        own: Some(Own { href: "#".into(), out: "#".into() }),
        search: Some(Search {
            action: "#".into(),
            hint: say(lang, "姓名、拼音首字母、证件后四位", "Name, pinyin initials, last four of ID"),
            value: String::new(),
        }),
        lang_href: format!("{name}-{}.html", lang.other().0.short()),
        large_href: Some(format!("{name}-{}{}.html", lang.short(), if large { "" } else { "-large" })),
        foot: vec![say(lang, "截至 2020-05-16", "As of 2020-05-16"), "anju 0.1.0".into()],
        body,
    }
}
