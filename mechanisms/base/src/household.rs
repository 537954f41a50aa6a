//! The household's own part of its file: members, dwelling, income, the watch for falling back.

use std::collections::HashMap;

use anju_app::{Actor, Error, Scope, Stored};
use anju_record::day;
use anju_ui::{
    Column, Empty, Fact, Lang, Mark, Moment, Panel, Row, Series, Share, Table, Tone, TrendChart, View, empty, facts,
    marks, money_exact, panel, portion_bar, t, t_args, table, timeline, trend_chart,
};
use maud::{Markup, html};
use uuid::Uuid;

use crate::calendar::holds_until;
use crate::rows::{Entry, Rows, When, Which, parameter};

/// Years of income shown.
const YEARS: u64 = 8;
/// Risks shown.
const RISKS: u64 = 10;

/// Members, dwelling, income and risks of a household, as they stand on the day.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn of_household(actor: &Actor, view: &View, scope: &Scope, stored: &Stored) -> Result<Markup, Error> {
    let id = stored.record.id;
    Ok(html! {
        (members(actor, view, scope, stored).await?)
        // What somebody may not read is not there for them; it is never told as missing.
        div.grid {
            @if reads(actor, &["dwelling"]) { (dwelling(actor, view, stored).await?) }
            @if reads(actor, &["household_income"]) { (income(actor, view, scope, id).await?) }
        }
        @if reads(actor, &["risk_check", "risk_warning", "risk_measure", "risk_follow_up"]) { (risks(actor, view, scope, id).await?) }
    })
}

fn reads(actor: &Actor, ledgers: &[&str]) -> bool {
    ledgers.iter().all(|ledger| actor.pack().ledger_by_id(ledger).is_some_and(|ix| actor.reads(ix)))
}

async fn members(actor: &Actor, view: &View, scope: &Scope, stored: &Stored) -> Result<Markup, Error> {
    let lang = view.lang;
    let of = Which::Of("household", stored.record.id);
    let persons = Rows::read(actor, "person", of, When::Latest(scope.on, 100)).await?;
    // Whoever leaves on the day itself is a member no more: another may be the head already.
    let (mut now, former): (Vec<_>, Vec<_>) =
        persons.iter().partition(|person| person.day("left_on").is_none_or(|left| left > scope.on));
    now.sort_by_key(|person| (person.text("kinship"), person.day("born_on")));
    let ids: Vec<_> = now.iter().map(|person| person.record.id).collect();
    let jobs = Rows::read(actor, "employment", Which::OfAny("person", &ids), When::Current(scope.on)).await?;
    let job_of: HashMap<Uuid, Entry<'_>> = jobs.iter().filter_map(|job| Some((job.id("person")?, job))).collect();
    let works = reads(actor, &["employment"]);
    let job = |person: &Entry<'_>| works.then(|| job_of.get(&person.record.id).copied());
    let rows = now.iter().map(|person| member(view, scope, *person, job(person))).collect();
    let mut columns = vec![
        Column::text(t(lang, "member-name")),
        Column::text(t(lang, "member-kinship")),
        Column::number(t(lang, "member-age")),
        Column::text(t(lang, "member-ability")).second(),
        Column::text(t(lang, "member-school")).second(),
    ];
    columns.extend(works.then(|| Column::text(t(lang, "member-job"))));
    let title = t(lang, "members").into_owned();
    // Into a closed file nobody is entered any more.
    let open = Entry::of(actor, stored.ledger, &stored.record).day("ended_on").is_none();
    let nobody = Empty {
        what: t(lang, "members-none").into_owned(),
        next: open.then(|| t(lang, "members-none-next").into_owned()),
        action: None,
    };
    let list = Table { caption: title.clone(), columns, rows, empty: Some(nobody), ..Table::default() };
    let body = html! {
        (table(lang, &list))
        @if !former.is_empty() {
            details {
                summary { (t_args(lang, "members-former", &[("n", former.len().into())])) }
                ul { @for person in &former {
                    li.quiet {
                        a href=(person.href(view)) { (person.text("name")) } " " (person.words("kinship", lang)) " "
                        (person.words("left_on", lang)) " " (person.words("left_reason", lang))
                    }
                } }
            }
        }
    };
    Ok(panel(&Panel {
        title,
        note: Some(t_args(lang, "people", &[("n", ids.len().into())])),
        id: Some("members".into()),
        body,
        ..Panel::default()
    }))
}

fn member(view: &View, scope: &Scope, person: Entry<'_>, job: Option<Option<Entry<'_>>>) -> Row {
    let lang = view.lang;
    let age = person.day("born_on").map(|born| day::age(born, scope.on));
    let school = if person.text("schooling") == "not" { String::new() } else { person.words("schooling", lang) };
    let sex = person.words("sex", lang);
    let mut cells = vec![
        html! { a href=(person.href(view)) { (person.text("name")) } @if !sex.is_empty() { " " small.quiet { (sex) } } },
        html! { (person.words("kinship", lang)) },
        html! { @if let Some(age) = age { (age) } },
        html! { (person.words("work_ability", lang)) },
        html! { (school) },
    ];
    cells.extend(job.map(|job| html! { @if let Some(job) = job { a href=(job.href(view)) { (job.text("employer")) } " " small.quiet { (job.words("kind", lang)) } } }));
    Row::of(cells)
}

async fn dwelling(actor: &Actor, view: &View, stored: &Stored) -> Result<Markup, Error> {
    let lang = view.lang;
    let household = Entry::of(actor, stored.ledger, &stored.record);
    let id: Vec<_> = household.id("dwelling").into_iter().collect();
    let dwellings = Rows::read(actor, "dwelling", Which::These(&id), When::Always).await?;
    let title = t(lang, "dwelling").into_owned();
    let Some(dwelling) = dwellings.first() else {
        let what = t(lang, "dwelling-none").into_owned();
        return Ok(panel(&Panel {
            title,
            body: empty(&Empty { what, next: Some(t(lang, "dwelling-none-next").into_owned()), action: None }),
            ..Panel::default()
        }));
    };
    let definition = dwelling.definition();
    let lines: Vec<_> = ["door", "floor", "area_m2", "rooms", "state", "title_deed", "deed_given_on"]
        .iter()
        .filter_map(|id| Some((definition.field(definition.field_by_id(id)?), dwelling.words(id, lang))))
        .filter(|(_, words)| !words.is_empty())
        .map(|(field, words)| Fact::text(anju_ui::text(lang, &field.title), &words))
        .collect();
    let link = html! { a href=(dwelling.href(view)) { (t(lang, "open-record")) } };
    Ok(panel(&Panel { title, actions: Some(link), body: facts(lang, false, &lines), ..Panel::default() }))
}

async fn income(actor: &Actor, view: &View, scope: &Scope, household: Uuid) -> Result<Markup, Error> {
    let lang = view.lang;
    let years =
        Rows::read(actor, "household_income", Which::Of("household", household), When::Latest(scope.on, YEARS)).await?;
    let title = t(lang, "income").into_owned();
    let Some(last) = years.first() else {
        let none = Empty {
            what: t(lang, "income-none").into_owned(),
            next: Some(t(lang, "income-none-next").into_owned()),
            action: None,
        };
        return Ok(panel(&Panel { title, body: empty(&none), ..Panel::default() }));
    };
    let watched = parameter(actor, "risk_income_line")
        .zip(last.number("per_head"))
        .is_some_and(|(line, per_head)| per_head < line);
    let body = html! {
        p {
            (t(lang, "income-per-head")) " " b { (money_exact(lang, last.number("per_head").unwrap_or_default())) }
            @if watched { " " (anju_ui::tag(Tone::Gap, &t(lang, "income-below-line"))) }
        }
        (sources(lang, last))
        @if years.len() > 1 { (trend_chart(lang, &chart(lang, &years))) }
    };
    let note = Some(t_args(lang, "income-of", &[("year", last.words("year", lang).into())]));
    let link = html! { a href=(last.href(view)) { (t(lang, "open-record")) } };
    Ok(panel(&Panel { title, note, actions: Some(link), body, ..Panel::default() }))
}

/// The year's income in its four parts.
fn sources(lang: Lang, year: Entry<'_>) -> Markup {
    let parts = ["wage", "production", "property", "transfer"].map(|id| (id, year.number(id)));
    let whole: u64 = parts.iter().filter_map(|(_, fen)| u64::try_from((*fen)?).ok()).sum();
    let definition = year.definition();
    let rows: Vec<_> = (parts.into_iter())
        .filter_map(|(id, fen)| Some((definition.field(definition.field_by_id(id)?), fen?)))
        .map(|(field, fen)| {
            Row::of(vec![
                html! { (anju_ui::text(lang, &field.title)) },
                html! { (portion_bar(Share::new(u64::try_from(fen).unwrap_or_default(), whole))) },
                money_exact(lang, fen),
            ])
        })
        .collect();
    if rows.is_empty() {
        return html! {};
    }
    let columns = vec![
        Column::text(t(lang, "income-source")),
        Column::text(t(lang, "share-bar")).second(),
        Column::number(t(lang, "amount")),
    ];
    let foot = vec![
        html! { (t(lang, "income-net")) },
        html! {},
        money_exact(lang, year.number("net_income").unwrap_or_default()),
    ];
    table(lang, &Table { caption: t(lang, "income").into_owned(), columns, rows, foot, ..Table::default() })
}

fn chart(lang: Lang, years: &Rows<'_>) -> TrendChart {
    let labels = years.iter().rev().map(|year| year.words("year", lang)).collect();
    #[expect(clippy::cast_precision_loss, reason = "a line on a chart; the table under it is in whole yuan too")]
    let points =
        years.iter().rev().map(|year| year.number("per_head").map_or(f64::NAN, |fen| (fen / 100) as f64)).collect();
    let name = t(lang, "income-per-head").into_owned();
    TrendChart {
        title: name.clone(),
        unit: t(lang, "yuan").into_owned(),
        labels,
        series: vec![Series { name, points }],
    }
}

async fn risks(actor: &Actor, view: &View, scope: &Scope, household: Uuid) -> Result<Markup, Error> {
    let lang = view.lang;
    let checks = Rows::read(actor, "risk_check", Which::Of("household", household), When::Latest(scope.on, 1)).await?;
    let warnings =
        Rows::read(actor, "risk_warning", Which::Of("household", household), When::Latest(scope.on, RISKS)).await?;
    let ids = warnings.ids();
    let measures =
        Rows::read(actor, "risk_measure", Which::OfAny("risk_warning", &ids), When::Latest(scope.on, 100)).await?;
    let calls =
        Rows::read(actor, "risk_follow_up", Which::OfAny("risk_warning", &ids), When::Latest(scope.on, 100)).await?;
    let moments: Vec<_> = warnings.iter().map(|warning| risk(view, scope, warning, &measures, &calls)).collect();
    let body = html! {
        @match checks.first() {
            Some(check) => (checked(actor, view, scope, check)),
            None => (empty(&Empty { what: t(lang, "risk-unchecked").into_owned(), ..Empty::default() })),
        }
        @if moments.is_empty() { p.quiet { (t(lang, "risk-none")) } } @else { h3 { (t(lang, "risk-warnings")) } (timeline(&moments)) }
    };
    Ok(panel(&Panel { title: t(lang, "risk").into_owned(), id: Some("risk".into()), body, ..Panel::default() }))
}

/// The last check, assurance by assurance, and how long it holds.
fn checked(actor: &Actor, view: &View, scope: &Scope, check: Entry<'_>) -> Markup {
    let lang = view.lang;
    let definition = check.definition();
    let ok = ["housing_ok", "water_ok", "school_ok", "medical_ok"].iter().filter_map(|id| {
        let field = definition.field(definition.field_by_id(id)?);
        let (tone, word) = match check.value(id) {
            anju_record::Value::Bool(true) => (Tone::Met, "state-yes"),
            anju_record::Value::Bool(false) => (Tone::Gap, "state-no"),
            _ => (Tone::NotApplicable, "not-set"),
        };
        Some(Mark {
            name: anju_ui::text(lang, &field.title).to_owned(),
            tone,
            word: t(lang, word).into_owned(),
            ..Mark::default()
        })
    });
    let on = check.day("checked_on").unwrap_or(scope.on);
    let until = parameter(actor, "risk_check_interval")
        .and_then(|days| i32::try_from(days).ok())
        .map(|days| holds_until(on, days));
    let found = if check.holds("found_risk") { "risk-found" } else { "risk-not-found" };
    html! {
        p {
            a href=(check.href(view)) { (t_args(lang, "risk-checked", &[("date", day::format(on).into())])) } " "
            (anju_ui::tag(if check.holds("found_risk") { Tone::Gap } else { Tone::Met }, &t(lang, found)))
            @if let Some(until) = until { " " small.quiet { (t_args(lang, "next-by", &[("date", day::format(until).into())])) " " (anju_ui::due_cell(lang, until - scope.on)) } }
        }
        (marks(&ok.collect::<Vec<_>>()))
    }
}

fn risk(view: &View, scope: &Scope, warning: Entry<'_>, measures: &Rows<'_>, calls: &Rows<'_>) -> Moment {
    let lang = view.lang;
    let id = warning.record.id;
    let lifted = warning.day("lifted_on").filter(|lifted| *lifted < scope.on);
    let state = if lifted.is_some() { "risk-lifted" } else { "risk-open" };
    let of = |entry: &Entry<'_>| entry.id("risk_warning") == Some(id);
    let when = match lifted {
        Some(lifted) => format!("{} – {}", warning.words("raised_on", lang), day::format(lifted)),
        None => warning.words("raised_on", lang),
    };
    let taken: Vec<_> = measures.iter().filter(of).collect();
    let last = calls.iter().find(of);
    let body = html! {
        div { a href=(warning.href(view)) { (warning.words("level", lang)) } }
        @if taken.is_empty() && lifted.is_none() { div { (anju_ui::tag(Tone::Gap, &t(lang, "risk-no-measure"))) } }
        @for measure in &taken {
            div { a href=(measure.href(view)) { (measure.words("kind", lang)) } " " small.quiet { (measure.words("started_on", lang)) " " (measure.text("unit")) } }
        }
        @if let Some(call) = last {
            div { small.quiet { (t(lang, "risk-last-call")) " " (call.words("visited_on", lang)) " " (call.words("outcome", lang)) } }
        }
    };
    Moment {
        when,
        what: format!("{} · {}", warning.words("reason", lang), t(lang, state)),
        who: None,
        tone: if lifted.is_some() { Tone::Met } else { Tone::Gap },
        body: Some(body),
    }
}
