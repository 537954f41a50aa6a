//! The bulletin: the five parts in the project's own words, every number opening the records behind it.

use anju_app::{App, Error};
use anju_pack::{Piece, Text};
use anju_record::day;
use anju_ui::{Bulletin, PageHead, Part as BulletinPart, View, bulletin, page_head, print_button, t, t_args, text};
use axum::extract::State;
use axum::response::Response;
use maud::html;

use crate::Shared;
use crate::answer::{Body, Part, answer};
use crate::figure::value_in_words;
use crate::places::{area_pick, grouped, scope, scope_name};
use crate::request::Asked;

/// `GET /bulletin`
pub async fn page(State(app): Shared, Asked(view): Asked) -> Response {
    answer(&app, &view, body(&app, &view))
}

fn body(app: &App, view: &View) -> Result<Body, Error> {
    let lang = view.lang;
    let mut scope = scope(app, view)?;
    let period = app.period(view.get("from"), view.get("to"))?;
    if let Some((_, to)) = period {
        scope.on = to;
    }
    let place = scope_name(app, view, &scope);
    let pieces =
        |pieces: &[Piece]| pieces.iter().map(|piece| told(app, view, &scope, period, piece)).collect::<Vec<_>>();
    let mut document = Bulletin {
        masthead: t_args(lang, "bulletin-masthead", &[("place", place.as_str().into())]),
        period: period_words(lang, scope.on, period),
        title: t_args(lang, "bulletin-title", &[("place", place.as_str().into())]),
        sign: vec![place.clone(), day::format(scope.on)],
        ..Bulletin::default()
    };
    for passage in &app.pack().passages {
        let mechanism = app.pack().mechanism(passage.mechanism);
        let words = pieces(if lang == anju_ui::Lang::Zh { &passage.zh } else { &passage.en });
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
            actions: html! { (area_pick(app, view, &scope)) (period_pick(view, scope.on)) (print_button(lang)) },
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

fn told(app: &App, view: &View, scope: &anju_app::Scope, period: Option<(i32, i32)>, piece: &Piece) -> anju_ui::Piece {
    let kept: Vec<(&str, &str)> = ["from", "to"].into_iter().filter_map(|key| Some((key, view.get(key)?))).collect();
    match piece {
        Piece::Words(words) => anju_ui::Piece::Text(words.clone()),
        Piece::Figure(ix) => {
            let figure = app.pack().figure(*ix);
            let exact = value_in_words(figure, &app.figure(*ix, scope, period));
            let href = view.link_with(&format!("/figures/{}", figure.id), &kept);
            anju_ui::Piece::Figure {
                said: exact.clone(),
                exact: format!("{exact} {}", text(view.lang, &figure.unit)),
                href,
            }
        }
        Piece::Met(ix) => {
            let requirement = app.pack().requirement(*ix);
            let met = grouped(app.outcome(scope.on).counts(*ix, &scope.area).met);
            let href = view.link_with(&format!("/requirements/{}", requirement.id), &[("show", "met")]);
            anju_ui::Piece::Figure { said: met.clone(), exact: met, href }
        }
    }
}
