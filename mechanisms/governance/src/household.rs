//! What a household reported, and the disputes it had settled.

use anju_app::{Actor, Error, Scope, Stored};
use anju_base::{Entry, Rows, When, Which, mechanism_panel};
use anju_record::day;
use anju_ui::{Moment, Tone, View, due_cell, t, t_args, timeline};
use maud::{Markup, html};

/// Records of each kind shown.
const SHOWN: u64 = 8;

/// Reports and mediations of a household, the latest first; nothing where there are none. The parties of a dispute are not named.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn of_household(actor: &Actor, view: &View, scope: &Scope, stored: &Stored) -> Result<Markup, Error> {
    let of = Which::Of("household", stored.record.id);
    let latest = When::Latest(scope.on, SHOWN);
    let reports = Rows::read(actor, "resident_report", of, latest).await?;
    let mediations = Rows::read(actor, "mediation", of, latest).await?;
    if reports.is_empty() && mediations.is_empty() {
        return Ok(html! {});
    }
    let mut moments: Vec<_> =
        reports.iter().map(|entry| (entry.day("reported_on"), report(view, scope, entry))).collect();
    moments.extend(mediations.iter().map(|entry| (entry.day("accepted_on"), mediation(view, scope, entry))));
    moments.sort_by_key(|(day, _)| std::cmp::Reverse(*day));
    let moments: Vec<_> = moments.into_iter().map(|(_, moment)| moment).collect();
    Ok(mechanism_panel(actor, view, "governance", timeline(&moments)))
}

/// A record that asks for an answer: open ones show the deadline.
fn told(
    view: &View,
    scope: &Scope,
    entry: Entry<'_>,
    what: String,
    began: &str,
    done: Option<i32>,
    answer: &str,
) -> Moment {
    let lang = view.lang;
    let due = entry.day("due_on").filter(|_| done.is_none());
    let late = due.is_some_and(|due| due < scope.on);
    let body = html! {
        @if let Some(due) = due { div { (due_cell(lang, due - scope.on)) } }
        @if !answer.is_empty() { div { (answer) } }
        small { a href=(entry.href(view)) { (t(lang, "open-record")) } }
    };
    Moment {
        when: entry.words(began, lang),
        what,
        who: done.map(|done| t_args(lang, "settled-on", &[("date", day::format(done).into())])),
        tone: match (done, late) {
            (Some(_), _) => Tone::Met,
            (None, true) => Tone::Gap,
            (None, false) => Tone::Lapsing,
        },
        body: Some(body),
    }
}

fn report(view: &View, scope: &Scope, entry: Entry<'_>) -> Moment {
    let what =
        format!("{} · {} · {}", entry.words("kind", view.lang), entry.text("subject"), entry.words("state", view.lang));
    told(
        view,
        scope,
        entry,
        what,
        "reported_on",
        entry.day("answered_on").or(entry.day("closed_on")),
        entry.text("answer"),
    )
}

fn mediation(view: &View, scope: &Scope, entry: Entry<'_>) -> Moment {
    let what = format!("{} · {}", t(view.lang, "mediation"), entry.words("kind", view.lang));
    told(view, scope, entry, what, "accepted_on", entry.day("closed_on"), &entry.words("outcome", view.lang))
}
