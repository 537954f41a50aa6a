//! The journals, for the audit administrator: what was done and what was changed, by whom, when, where; and that none of it was altered.

use std::collections::HashMap;

use anju_app::{Actor, Error, Event, EventQuery, JournalAsk, begin_of, moment};
use anju_pack::Duty;
use anju_ui::{
    Choice, Column, Empty, Fact, Input, InputKind, Lang, PageHead, Panel, Row, Tab, Table, Tone, View, download, facts,
    fields, input, page_head, panel, press, select, t, t_args, table, tabs, tag, text,
};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use uuid::Uuid;

use crate::answer::{Body, Part, answer, problem};
use crate::gap_list::file;
use crate::places::full_name;
use crate::request::Asked;
use crate::signed::Signed;

/// Rows of a page.
const PAGE: u32 = 100;

/// What an event is, in words; an act that has none yet stands as it is.
pub fn act_in_words(lang: Lang, act: &str) -> String {
    let key = format!("act-{act}");
    let words = t(lang, &key);
    if words == key { act.to_owned() } else { words.into_owned() }
}

/// Acts that can be asked for, in the order of the choice.
pub const ACTS: [&str; 30] = [
    "sign_in",
    "refused",
    "sign_out",
    "read",
    "reveal",
    "export",
    "break_glass",
    "propose",
    "confirm",
    "refuse",
    "withdraw",
    "grant",
    "grant_end",
    "policy",
    "setting",
    "account",
    "account_disable",
    "account_enable",
    "password",
    "password_reset",
    "second_factor",
    "second_factor_off",
    "token",
    "token_end",
    "session_end",
    "view_as",
    "checkpoint",
    "verify",
    "first_start",
    "lock",
];

/// `GET /journal`
pub async fn page(Signed(actor): Signed, Asked(view): Asked) -> Response {
    let body = body(&actor, &view, None).await;
    answer(&actor, &view, body)
}

/// `POST /journal/verify`: both chains from their beginning to their end.
pub async fn verify(Signed(actor): Signed, Asked(view): Asked) -> Response {
    let view = View { path: "/journal".into(), ..view };
    let found = match actor.verify_journals().await {
        Ok(found) => found,
        Err(error) => return problem(&actor, &view, &error),
    };
    let body = body(&actor, &view, Some(found)).await;
    answer(&actor, &view, body)
}

/// `GET /journal/export.csv`
pub async fn csv(Signed(actor): Signed, Asked(view): Asked) -> Response {
    let csv = match ask(&view) {
        Ok(ask) => actor.events_csv(ask).await,
        Err(error) => Err(error),
    };
    match csv {
        Ok(csv) => file("journal.csv", String::from_utf8_lossy(&csv).trim_start_matches('\u{feff}').to_owned()),
        Err(error) => problem(&actor, &view, &error),
    }
}

/// `GET /journal/checkpoint.txt`: the newest, to keep outside, so that a cut-off end is noticed. `anju verify --checkpoint` reads it.
pub async fn checkpoint(Signed(actor): Signed, Asked(view): Asked) -> Response {
    let newest = match actor.checkpoints().await {
        Ok(mut all) => all.pop().ok_or_else(|| Error::NotFound { what: "checkpoint", value: String::new() }),
        Err(error) => Err(error),
    };
    match newest {
        Ok(newest) => {
            let head = [
                (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"checkpoint.txt\""),
            ];
            (head, newest.export()).into_response()
        }
        Err(error) => problem(&actor, &view, &error),
    }
}

fn ask(view: &View) -> Result<EventQuery, Error> {
    let day = |name| view.get(name).map(anju_app::parse_day).transpose();
    let owned = |name| view.get(name).map(str::to_owned);
    Ok(EventQuery {
        actor: owned("who"),
        acts: owned("act").into_iter().collect(),
        ledger: owned("ledger"),
        from: day("from")?.map(begin_of),
        until: day("to")?.map(|day| begin_of(day.saturating_add(1))),
        areas: view.area.clone().map(|area| vec![area]),
        before_seq: view.get("before").and_then(|seq| seq.parse().ok()),
        limit: PAGE,
        ..EventQuery::default()
    })
}

async fn body(actor: &Actor, view: &View, verified: Option<Vec<String>>) -> Result<Body, Error> {
    let lang = view.lang;
    let title = t(lang, "journal-title").into_owned();
    let events = actor.events(ask(view)?).await?;
    let people = actor.journalled_people().await?;
    let oldest = events.last().filter(|_| events.len() >= PAGE as usize).map(|event| event.seq);
    let markup = html! {
        (head(view, &title))
        (parts(view, false))
        (crate::home::notices(actor, view).await)
        (standing(actor, view, verified).await?)
        (panel(&Panel { body: filters(actor, view, "/journal", true), ..Panel::default() }))
        (panel(&Panel {
            title: t(lang, "journal-events").into_owned(),
            body: html! {
                (table(lang, &event_table(actor, view, &events, &people)))
                @if let Some(oldest) = oldest { p { a.button href=(view.here_with("before", &oldest.to_string())) { (t(lang, "journal-older")) } } }
            },
            ..Panel::default()
        }))
    };
    Ok(Body { title, part: Part::Journal, markup })
}

fn head(view: &View, title: &str) -> Markup {
    let kept = view.query.iter().filter(|(key, _)| key != "before").map(|(key, value)| (key.as_str(), value.as_str()));
    let csv = anju_ui::with_query("/journal/export.csv", kept);
    let lang = view.lang;
    page_head(
        lang,
        &PageHead {
            title: title.to_owned(),
            aside: Some(t(lang, "journal-aside").into_owned()),
            actions: download(lang, &csv, "CSV"),
            ..PageHead::default()
        },
    )
}

fn parts(view: &View, changes: bool) -> Markup {
    let lang = view.lang;
    tabs(
        lang,
        &[
            Tab {
                name: t(lang, "journal-events").into_owned(),
                href: "/journal".into(),
                current: !changes,
                count: None,
            },
            Tab {
                name: t(lang, "journal-changes").into_owned(),
                href: "/journal/changes".into(),
                current: changes,
                count: None,
            },
        ],
    )
}

async fn standing(actor: &Actor, view: &View, verified: Option<Vec<String>>) -> Result<Markup, Error> {
    let lang = view.lang;
    let checkpoints = actor.checkpoints().await?;
    let last = checkpoints.last();
    let told = html! { @match &verified {
        None => span.quiet { (t(lang, "journal-unverified")) },
        Some(faults) if faults.is_empty() => (tag(Tone::Met, &t(lang, "journal-whole"))),
        Some(faults) => { (tag(Tone::Gap, &t(lang, "journal-altered"))) ul { @for fault in faults { li.gap { (fault) } } } },
    } };
    let lines = [
        Fact::of(t(lang, "journal-state").into_owned(), html! {
            (told) " " (press("/journal/verify", &t(lang, "journal-verify"), &[], false))
        }),
        Fact {
            name: t(lang, "journal-checkpoint").into_owned(),
            value: last.map(|last| html! {
                (moment(last.at)) " · "
                (t_args(lang, "journal-checkpoint-at", &[("journal", last.journal_seq.into()), ("events", last.event_seq.into())]))
                " " a href="/journal/checkpoint.txt" download { (t(lang, "journal-checkpoint-export")) }
            }),
        },
    ];
    Ok(panel(&Panel {
        title: t(lang, "journal-standing").into_owned(),
        body: facts(lang, false, &lines),
        ..Panel::default()
    }))
}

fn filters(actor: &Actor, view: &View, action: &str, acts: bool) -> Markup {
    let lang = view.lang;
    let any = || Choice { value: String::new(), name: t(lang, "any").into_owned(), depth: 0 };
    let field = |name: &'static str, key: &str, kind| Input {
        name,
        label: t(lang, key).into_owned(),
        kind,
        value: view.get(name).unwrap_or_default().to_owned(),
        ..Input::default()
    };
    let act_choices: Vec<_> = std::iter::once(any())
        .chain(ACTS.iter().map(|act| Choice { value: (*act).to_owned(), name: act_in_words(lang, act), depth: 0 }))
        .collect();
    let ledgers: Vec<_> = std::iter::once(any())
        .chain(actor.pack().ledgers.iter().map(|ledger| Choice {
            value: ledger.id.clone(),
            name: text(lang, &ledger.title).to_owned(),
            depth: 0,
        }))
        .collect();
    let mut places = vec![any()];
    places.extend(crate::places::place_choices(actor, view));
    fields(
        lang,
        action,
        &html! {
            (input(&field("who", "event-who", InputKind::Text)))
            @if acts { (select(&field("act", "event-act", InputKind::Text), &act_choices)) }
            (select(&field("ledger", "ledger", InputKind::Text), &ledgers))
            (select(&field("area", "area", InputKind::Text), &places))
            (input(&field("from", "journal-from", InputKind::Date)))
            (input(&field("to", "journal-to", InputKind::Date)))
        },
    )
}

fn event_table(actor: &Actor, view: &View, events: &[Event], people: &People) -> Table {
    let lang = view.lang;
    let rows = (events.iter())
        .map(|event| {
            Row::of(vec![
                html! { time { (moment(event.at)) } },
                html! { (event.actor) },
                html! { (act_in_words(lang, &event.act)) },
                html! { (about(actor, people, view, event.ledger.as_deref(), event.id)) },
                html! { @if let Some(area) = &event.area { (full_name(actor, view, area)) } },
                html! { (event.reason.as_deref().unwrap_or_default()) },
                html! { (event.address) },
                html! { span.mono { (event.seq) } },
            ])
        })
        .collect();
    Table {
        caption: t(lang, "journal-events").into_owned(),
        columns: vec![
            Column::text(t(lang, "event-when")),
            Column::text(t(lang, "event-who")),
            Column::text(t(lang, "event-act")),
            Column::text(t(lang, "event-about")),
            Column::text(t(lang, "area")).second(),
            Column::text(t(lang, "event-reason")).second(),
            Column::text(t(lang, "event-address")).second(),
            Column::number(t(lang, "event-seq")).second(),
        ],
        rows,
        empty: Some(nothing(lang)),
        ..Table::default()
    }
}

fn nothing(lang: Lang) -> Empty {
    Empty {
        what: t(lang, "journal-none").into_owned(),
        next: Some(t(lang, "journal-none-next").into_owned()),
        action: None,
    }
}

/// Login and name by the id of an account, or of a grant that it holds.
type People = HashMap<Uuid, (String, String)>;

/// The end of an id: ids made about the same time begin alike.
fn tail(id: Uuid) -> String {
    let id = id.simple().to_string();
    id.get(id.len().saturating_sub(8)..).unwrap_or_default().to_owned()
}

/// The ledger in words and the record, opened where the reader may; whoever audits sees no record, and opens who looked at it.
/// Without a ledger it is about an account.
fn about(actor: &Actor, people: &People, view: &View, ledger: Option<&str>, id: Option<Uuid>) -> Markup {
    let Some(ledger) = ledger else {
        return html! { @if let Some(id) = id { @match people.get(&id) {
            Some((login, name)) => { (name) " " span.quiet { (login) } },
            None => span.mono { (tail(id)) },
        } } };
    };
    let known = actor.pack().ledger_by_id(ledger);
    let title = known.map_or(ledger, |ix| text(view.lang, &actor.pack().ledger(ix).title)).to_owned();
    let opens = known.is_some_and(|ix| actor.reads(ix));
    let checks = known.is_some() && actor.has_duty(Duty::CheckFile);
    html! {
        (title)
        @if let Some(id) = id {
            " "
            @if opens { a.mono href=(format!("/records/{ledger}/{id}")) { (tail(id)) } }
            @else if checks { a.mono href=(format!("/records/{ledger}/{id}/who-looked")) { (tail(id)) } }
            @else { span.mono { (tail(id)) } }
        }
    }
}

/// `GET /journal/changes`
pub async fn changes(Signed(actor): Signed, Asked(view): Asked) -> Response {
    let body = changes_body(&actor, &view).await;
    answer(&actor, &view, body)
}

async fn changes_body(actor: &Actor, view: &View) -> Result<Body, Error> {
    let lang = view.lang;
    let title = t(lang, "journal-title").into_owned();
    let day = |name| view.get(name).map(anju_app::parse_day).transpose();
    let rows = actor
        .journal(JournalAsk {
            actor: view.get("who").map(str::to_owned),
            ledger: view.get("ledger").map(str::to_owned),
            area: view.area.clone(),
            from: day("from")?.map(begin_of),
            until: day("to")?.map(|day| begin_of(day.saturating_add(1))),
            before_seq: view.get("before").and_then(|seq| seq.parse().ok()),
            limit: PAGE.into(),
        })
        .await?;
    let oldest = rows.last().filter(|_| rows.len() >= PAGE as usize).map(|row| row.seq);
    let lines = (rows.iter())
        .map(|row| {
            Row::of(vec![
                html! { time { (moment(row.at)) } },
                html! { (row.actor) },
                html! { (t(lang, match (row.before.is_some(), row.after.is_some()) { (false, true) => "change-added", (true, false) => "change-removed", _ => "change-changed" })) },
                html! { (about(actor, &People::new(), view, Some(&row.ledger), Some(row.id))) },
                html! { (row.reason.as_deref().unwrap_or_default()) },
                html! { (row.origin) },
                html! { span.mono { (row.seq) } },
                html! { span.mono { (row.hash.get(..8).unwrap_or_default()) } },
            ])
        })
        .collect();
    let keys = ["event-when", "event-who", "event-act", "event-about"];
    let more = ["event-reason", "event-address", "event-seq", "event-hash"];
    let columns = keys
        .map(|key| Column::text(t(lang, key)))
        .into_iter()
        .chain(more.map(|key| Column::text(t(lang, key)).second()));
    let list = Table {
        caption: t(lang, "journal-changes").into_owned(),
        columns: columns.collect(),
        rows: lines,
        empty: Some(nothing(lang)),
        ..Table::default()
    };
    let markup = html! {
        (head(view, &title))
        (parts(view, true))
        (panel(&Panel { body: filters(actor, view, "/journal/changes", false), ..Panel::default() }))
        (panel(&Panel {
            title: t(lang, "journal-changes").into_owned(),
            body: html! {
                (table(lang, &list))
                @if let Some(oldest) = oldest { p { a.button href=(view.here_with("before", &oldest.to_string())) { (t(lang, "journal-older")) } } }
            },
            ..Panel::default()
        }))
    };
    Ok(Body { title, part: Part::Journal, markup })
}
