//! What this installation is: its rules, its clock, its size.

use anju_app::{Actor, Error};
use anju_record::day;
use anju_ui::{Fact, PageHead, Panel, View, facts, page_head, panel, t};
use axum::response::Response;
use maud::html;

use crate::answer::{Body, Part, answer};
use crate::request::Asked;
use crate::signed::Signed;

/// `GET /about`
pub async fn page(Signed(actor): Signed, Asked(view): Asked) -> Response {
    answer(&actor, &view, Ok::<_, Error>(body(&actor, &view)))
}

fn body(actor: &Actor, view: &View) -> Body {
    let lang = view.lang;
    let pack = actor.pack();
    let sizes = format!(
        "{} {} · {} {} · {} {}",
        pack.ledgers.len(),
        t(lang, "ledger"),
        pack.requirements.len(),
        t(lang, "requirement"),
        pack.figures.len(),
        t(lang, "figure")
    );
    let list = [
        Fact::text(t(lang, "about-clock"), &day::format(actor.today())),
        Fact::of(t(lang, "about-pack"), html! { code { (pack.hash.get(..16).unwrap_or(&pack.hash)) } }),
        Fact::text(t(lang, "about-counts"), &sizes),
    ];
    let title = t(lang, "about-title").into_owned();
    let markup = html! {
        (page_head(lang, &PageHead { title: title.clone(), ..PageHead::default() }))
        (panel(&Panel {
            title: t(lang, "product").into_owned(),
            body: html! {
                p { (t(lang, "about-what")) }
                p { (t(lang, "about-files")) }
                (facts(lang, false, &list))
            },
            ..Panel::default()
        }))
    };
    Body { title, part: Part::Elsewhere, markup }
}
