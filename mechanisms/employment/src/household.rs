//! Work of a household's members: jobs and when their contracts end, who is away, who seeks work, who runs a business.

use anju_app::{Actor, Error, Scope, Stored};
use anju_base::{Entry, Rows, When, Which, mechanism_panel, months_later, standing};
use anju_record::day;
use anju_ui::{Column, Empty, Row, Table, Tone, View, due_cell, money_exact, t, t_args, table, tag};
use maud::{Markup, html};

/// A contract that ends within so many days is named.
const SOON: i32 = 90;

/// Jobs, dispatches, job seekers and businesses of a household's members.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn of_household(actor: &Actor, view: &View, scope: &Scope, stored: &Stored) -> Result<Markup, Error> {
    let lang = view.lang;
    let now = When::Current(scope.on);
    let persons = Rows::read(actor, "person", Which::Of("household", stored.record.id), now).await?;
    let ids = persons.ids();
    let of = Which::OfAny("person", &ids);
    let jobs = Rows::read(actor, "employment", of, When::Latest(scope.on, 60)).await?;
    let away = Rows::read(actor, "dispatch", of, now).await?;
    let seekers = Rows::read(actor, "job_seeker", of, now).await?;
    let businesses = Rows::read(actor, "startup", of, now).await?;
    let (held, past): (Vec<_>, Vec<_>) =
        jobs.iter().partition(|job| job.day("ended_on").is_none_or(|end| end >= scope.on));
    let stable =
        standing(actor, scope, "household_stable_job", stored.record.id).filter(|tone| *tone != Tone::NotApplicable);
    Ok(mechanism_panel(
        actor,
        view,
        "employment",
        html! {
            @if let Some(tone) = stable {
                p { a href=(view.link("/requirements/household_stable_job")) { (t(lang, "stable-job")) } " " (tag(tone, &tone.word(lang))) }
            }
            (job_table(view, scope, &held, &persons))
            @if !past.is_empty() { (past_jobs(view, &past, &persons)) }
            (lines(view, &persons, &away, "away", |entry| format!("{} {}", entry.text("destination"), entry.text("employer")), "departed_on"))
            (lines(view, &persons, &seekers, "seeking", |entry| seeking(view, entry), "registered_on"))
            (lines(view, &persons, &businesses, "businesses", |entry| format!("{} {}", entry.text("name"), entry.words("trade", lang)), "started_on"))
        },
    ))
}

fn whose<'a>(persons: &'a Rows<'_>, entry: Entry<'_>) -> &'a str {
    let person = entry.id("person").and_then(|id| persons.iter().find(|person| person.record.id == id));
    person.map_or("", |person| person.text("name"))
}

/// The day a contract ends: the day written down, else as many months after its start as were agreed.
fn contract_end(started: Option<i32>, ended: Option<i32>, months: Option<i64>) -> Option<i32> {
    let months = months.and_then(|months| i32::try_from(months).ok()).filter(|months| *months > 0);
    ended.or_else(|| Some(day::add(months_later(started?, months?), -1)))
}

fn job_table(view: &View, scope: &Scope, jobs: &[Entry<'_>], persons: &Rows<'_>) -> Markup {
    let lang = view.lang;
    let rows = jobs.iter().map(|job| {
        let end = contract_end(job.day("started_on"), job.day("ended_on"), job.number("contract_months"));
        Row::of(vec![
            html! { (whose(persons, *job)) },
            html! { a href=(job.href(view)) { (job.text("employer")) } " " small.quiet { (job.text("occupation")) } },
            html! { (job.words("kind", lang)) },
            html! { (job.words("started_on", lang)) },
            html! {
                @match end {
                    Some(end) => { (day::format(end)) @if end - scope.on <= SOON { " " (due_cell(lang, end - scope.on)) } },
                    None => span.quiet { (t(lang, "contract-open")) },
                }
            },
            html! { @if let Some(wage) = job.number("monthly_wage") { (money_exact(lang, wage)) } },
        ])
    });
    let columns = vec![
        Column::text(t(lang, "member-name")),
        Column::text(t(lang, "employer")),
        Column::text(t(lang, "job-kind")).second(),
        Column::text(t(lang, "job-since")).second(),
        Column::text(t(lang, "contract-ends")),
        Column::number(t(lang, "monthly-wage")),
    ];
    let title = t(lang, "jobs").into_owned();
    let none = Empty {
        what: t(lang, "home-jobs-none").into_owned(),
        next: Some(t(lang, "home-jobs-none-next").into_owned()),
        action: None,
    };
    table(lang, &Table { caption: title, columns, rows: rows.collect(), empty: Some(none), ..Table::default() })
}

fn past_jobs(view: &View, jobs: &[Entry<'_>], persons: &Rows<'_>) -> Markup {
    let lang = view.lang;
    html! {
        details {
            summary { (t_args(lang, "jobs-past", &[("n", jobs.len().into())])) }
            ul { @for job in jobs {
                li.quiet {
                    (whose(persons, *job)) " " a href=(job.href(view)) { (job.text("employer")) } " "
                    (job.words("started_on", lang)) " – " (job.words("ended_on", lang)) " " (job.words("end_reason", lang))
                }
            } }
        }
    }
}

fn seeking(view: &View, seeker: Entry<'_>) -> String {
    let lang = view.lang;
    let training = if seeker.holds("wants_training") { t(lang, "wants-training") } else { "".into() };
    [seeker.text("wish"), &seeker.words("place", lang), &training]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" · ")
}

/// A titled list of one line per record: who, what, since when.
fn lines(
    view: &View,
    persons: &Rows<'_>,
    entries: &Rows<'_>,
    key: &str,
    what: impl Fn(Entry<'_>) -> String,
    since: &str,
) -> Markup {
    let lang = view.lang;
    html! {
        @if !entries.is_empty() {
            h3 { (t(lang, key)) }
            ul { @for entry in entries.iter() {
                li {
                    (whose(persons, entry)) " " a href=(entry.href(view)) { (what(entry).trim()) } " "
                    small.quiet { (t_args(lang, "since-of", &[("date", entry.words(since, lang).into())])) }
                }
            } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(text: &str) -> Option<i32> {
        day::parse(text)
    }

    #[test]
    fn a_contract_ends_as_written_or_after_its_months() {
        assert_eq!(contract_end(on("2020-01-01"), on("2020-06-30"), Some(12)), on("2020-06-30"));
        assert_eq!(contract_end(on("2020-01-01"), None, Some(12)), on("2020-12-31"));
        assert_eq!(contract_end(on("2019-08-31"), None, Some(6)), on("2020-02-28"));
    }

    #[test]
    fn a_contract_without_a_length_is_open() {
        assert_eq!(contract_end(on("2020-01-01"), None, None), None);
        assert_eq!(contract_end(on("2020-01-01"), None, Some(0)), None);
        assert_eq!(contract_end(None, None, Some(6)), None);
        assert_eq!(contract_end(on("2020-01-01"), None, Some(i64::MAX)), None);
    }
}
