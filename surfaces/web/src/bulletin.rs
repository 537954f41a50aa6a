//! The bulletin: the five parts in the project's own words, every number opening the records behind it.

use anju_app::{Actor, Error, Told};
use anju_pack::Text;
use anju_record::day;
use anju_ui::{
    Bulletin, PageHead, Part as BulletinPart, View, bulletin, exact, page_head, print_button, t, t_args, text,
};
use axum::response::Response;
use maud::html;

use crate::answer::{Body, Part, answer};
use crate::ledgers::record_lang;
use crate::places::{area_pick, grouped, scope, scope_name};
use crate::request::Asked;
use crate::signed::Signed;

/// `GET /bulletin`
pub async fn page(Signed(actor): Signed, Asked(view): Asked) -> Response {
    answer(&actor, &view, body(&actor, &view))
}

fn body(actor: &Actor, view: &View) -> Result<Body, Error> {
    let lang = view.lang;
    let mut scope = scope(actor, view)?;
    let period = actor.period(view.get("from"), view.get("to"))?;
    if let Some((_, to)) = period {
        scope.on = to;
    }
    let place = scope_name(actor, view, &scope);
    let mut document = Bulletin {
        masthead: t_args(lang, "bulletin-masthead", &[("place", place.as_str().into())]),
        period: period_words(lang, scope.on, period),
        title: t_args(lang, "bulletin-title", &[("place", place.as_str().into())]),
        sign: vec![place.clone(), day::format(scope.on)],
        ..Bulletin::default()
    };
    for passage in actor.passages(&scope, period, record_lang(lang)) {
        let mechanism = actor.pack().mechanism(passage.mechanism);
        let words: Vec<_> = passage.pieces.iter().map(|piece| told(actor, view, piece)).collect();
        if mechanism.order == 0 {
            document.lead.push(words);
            continue;
        }
        let title = passage.title.as_ref().unwrap_or(&mechanism.title);
        let title = heading(lang, mechanism.order, title);
        match document.parts.last_mut() {
            Some(last) if passage.title.is_none() && last.title == title => last.passages.push(words),
            _ => document.parts.push(BulletinPart { title, passages: vec![words] }),
        }
    }
    let title = t(lang, "nav-bulletin").into_owned();
    let markup = html! {
        (page_head(lang, &PageHead {
            title: title.clone(),
            aside: Some(place),
            actions: html! { (area_pick(actor, view, &scope)) (period_pick(view, scope.on)) (print_button(lang)) },
            ..PageHead::default()
        }))
        (bulletin(lang, &document))
    };
    Ok(Body { title, part: Part::Bulletin, markup })
}

fn period_pick(view: &View, on: i32) -> maud::Markup {
    let lang = view.lang;
    let from = view.get("from").map_or_else(|| day::format(day::year_start(on)), str::to_owned);
    let to = view.get("to").map_or_else(|| day::format(on), str::to_owned);
    html! {
        form.pick method="get" action="/bulletin" {
            @if let Some(area) = &view.area { input type="hidden" name="area" value=(area); }
            label { span { (t(lang, "from-day")) } " " input type="date" name="from" value=(from); }
            label { span { (t(lang, "to-day")) } " " input type="date" name="to" value=(to); }
            button type="submit" { (t(lang, "apply")) }
        }
    }
}

fn period_words(lang: anju_ui::Lang, on: i32, period: Option<(i32, i32)>) -> String {
    match period {
        Some((from, to)) => t_args(
            lang,
            "bulletin-period",
            &[("from", day::format(from).as_str().into()), ("to", day::format(to).as_str().into())],
        ),
        None => t_args(lang, "as-of", &[("date", day::format(on).as_str().into())]),
    }
}

fn heading(lang: anju_ui::Lang, order: u16, title: &Text) -> String {
    const NUMERALS: [&str; 10] = ["〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    match (lang, NUMERALS.get(usize::from(order))) {
        (anju_ui::Lang::Zh, Some(numeral)) => format!("{numeral}、{}", title.zh),
        (lang, _) => format!("{order}. {}", text(lang, title)),
    }
}

fn told(actor: &Actor, view: &View, piece: &Told) -> anju_ui::Piece {
    let kept: Vec<(&str, &str)> = ["from", "to"].into_iter().filter_map(|key| Some((key, view.get(key)?))).collect();
    match piece {
        Told::Words(words) => anju_ui::Piece::Text(words.clone()),
        Told::Figure(ix, value) => {
            let figure = actor.pack().figure(*ix);
            let said = exact(value.value, figure.scale.into());
            anju_ui::Piece::Figure {
                exact: format!("{said} {}", text(view.lang, &figure.unit)),
                said,
                href: view.link_with(&format!("/figures/{}", figure.id), &kept),
            }
        }
        Told::Met(ix, met) => {
            let requirement = actor.pack().requirement(*ix);
            let met = grouped(*met);
            let href = view.link_with(&format!("/requirements/{}", requirement.id), &[("show", "met")]);
            anju_ui::Piece::Figure { said: met.clone(), exact: met, href }
        }
    }
}
