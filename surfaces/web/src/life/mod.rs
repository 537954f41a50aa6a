//! Pages of the life of a household: an event's form, what it would change, and the file afterwards with the way back.

mod controls;
mod events;

use anju_app::{Actor, CommitError, Error, Foreseen, Stored, UndoError, WriteError};
use anju_base::life::{self, LifeError, Plan};
use anju_record::day;

use anju_ui::{
    Action, Column, Crumb, Empty, PageHead, Panel, Row, Table, View, empty, form, page_head, panel, t, t_args, table,
    text,
};
use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use uuid::Uuid;

use crate::answer::{Body, Part, answer};
use crate::ledgers::record_lang;
use crate::reply::{id_of, with_status};
use crate::request::Asked;
use crate::sent::to;
use crate::signed::Signed;
use crate::touched::touched_in_words;
use controls::Sheet;
pub(crate) use controls::{Pairs, Wrong};
use events::EVENTS;

/// `GET /households/{id}/life`
pub async fn hub(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>) -> Response {
    let body = hub_body(&actor, &view, &id).await;
    answer(&actor, &view, body)
}

async fn hub_body(actor: &Actor, view: &View, id: &str) -> Result<Body, Error> {
    let stored = file_to_write(actor, id).await?;
    let lang = view.lang;
    let way = |event: &str| view.link(&format!("/households/{id}/life/{event}"));
    let markup = html! {
        (head(view, &stored, &t(lang, "life-title")))
        (panel(&Panel {
            title: t(lang, "life-what").into_owned(),
            body: html! { ul { @for event in EVENTS {
                li { a href=(way(event)) { (t(lang, &format!("life-{event}"))) } " " small.quiet { (t(lang, &format!("life-{event}-says"))) } }
            } } },
            ..Panel::default()
        }))
        (happened(actor, view, &stored).await?)
    };
    Ok(Body { title: t(lang, "life-title").into_owned(), part: Part::Households, markup })
}

/// A file that is theirs to write.
async fn file_to_write(actor: &Actor, id: &str) -> Result<Stored, Error> {
    let ledger = actor.ledger("household")?;
    let stored = actor.record(ledger, id).await.map_err(|error| match error {
        Error::NotFound { value, .. } => Error::NotFound { what: "household", value },
        other => other,
    })?;
    match actor.may_change(ledger, stored.record.id).await? {
        true => Ok(stored),
        false => Err(Error::denied("write", "household")),
    }
}

fn head(view: &View, stored: &Stored, title: &str) -> Markup {
    let file = view.link(&format!("/households/{}", stored.record.id));
    page_head(
        view.lang,
        &PageHead {
            crumbs: vec![Crumb { name: stored.name.clone(), href: Some(file) }],
            title: title.to_owned(),
            ..PageHead::default()
        },
    )
}

/// What happened so far, the latest first, each with the way back where there is one.
async fn happened(actor: &Actor, view: &View, stored: &Stored) -> Result<Markup, Error> {
    let lang = view.lang;
    let of = anju_base::Which::Of("household", stored.record.id);
    let events =
        anju_base::Rows::read(actor, "household_event", of, anju_base::When::Latest(actor.today(), 20)).await?;
    let mut rows = Vec::new();
    for event in events.iter() {
        let back = match life::can_be_undone(actor, event.record.id).await? {
            true => Some(view.link(&format!("/households/{}/undo/{}", stored.record.id, event.record.id))),
            false => None,
        };
        rows.push(Row::of(vec![
            html! { (event.words("happened_on", lang)) },
            html! { (event.words("kind", lang)) },
            html! { (event.words("details", lang)) },
            html! { @if let Some(back) = back { a href=(back) { (t(lang, "life-undo")) } } },
        ]));
    }
    let columns = ["life-on", "life-kind", "life-details", "life-undo"].map(|key| Column::text(t(lang, key))).into();
    let title = t(lang, "life-happened").into_owned();
    let none = Empty { what: t(lang, "life-nothing").into_owned(), next: None, action: None };
    let list = Table { caption: title.clone(), columns, rows, empty: Some(none), ..Table::default() };
    Ok(panel(&Panel { title, body: table(lang, &list), ..Panel::default() }))
}

/// What the household's own page says: what was just done, with the way back, and the way to what may be done.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn strip(actor: &Actor, view: &View, stored: &Stored) -> Result<Markup, Error> {
    let lang = view.lang;
    if !actor.may_change(stored.ledger, stored.record.id).await? {
        return Ok(html! {});
    }
    let done = view.get("done").and_then(|text| text.parse::<Uuid>().ok());
    let id = stored.record.id;
    Ok(html! {
        @if let Some(event) = done {
            p.notice role="status" { (t(lang, "life-done")) " " a href=(view.link(&format!("/households/{id}/undo/{event}"))) { (t(lang, "life-undo")) } }
        }
        p { a.button href=(view.link(&format!("/households/{id}/life"))) { (t(lang, "life-title")) } }
    })
}

/// `GET /households/{id}/life/{event}`
pub async fn page(Signed(actor): Signed, Asked(view): Asked, Path((id, event)): Path<(String, String)>) -> Response {
    let today = ("on".to_owned(), day::format(actor.today()));
    let body = event_body(&actor, &view, &id, &event, &Pairs(vec![today]), &Wrong::new()).await;
    answer(&actor, &view, body)
}

/// `POST /households/{id}/life/{event}`
pub async fn submit(
    Signed(actor): Signed,
    Asked(view): Asked,
    Path((id, event)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let sent = Pairs::of(&body);
    let found = match file_to_write(&actor, &id).await {
        Ok(stored) if EVENTS.contains(&event.as_str()) => Ok(stored.record.id),
        Ok(_) => Err(Error::NotFound { what: "page", value: event.clone() }),
        Err(error) => Err(error),
    };
    let household = match found {
        Ok(id) => id,
        Err(error) => return answer(&actor, &view, Err(error)),
    };
    let plan = events::plan(&actor, &event, household, &sent).await;
    let settled = settle(&actor, &view, plan, &sent, &format!("/households/{id}/life/{event}")).await;
    match settled {
        Ok(response) => response,
        Err(wrong) => {
            let body = event_body(&actor, &view, &id, &event, &sent, &wrong).await;
            with_status(422, answer(&actor, &view, body))
        }
    }
}

async fn event_body(
    actor: &Actor,
    view: &View,
    id: &str,
    event: &str,
    sent: &Pairs,
    wrong: &Wrong,
) -> Result<Body, Error> {
    let lang = view.lang;
    let stored = file_to_write(actor, id).await?;
    if !EVENTS.contains(&event) {
        return Err(Error::NotFound { what: "page", value: event.to_owned() });
    }
    let title = t(lang, &format!("life-{event}")).into_owned();
    let context = match events::context(actor, view, event, stored.record.id).await {
        Ok(context) => context,
        Err(LifeError::Write(WriteError::Refused(error))) => return Err(error),
        Err(error) => {
            let action =
                Some(Action { name: stored.name.clone(), href: view.link(&format!("/households/{id}")), first: true });
            let body = empty(&Empty { what: in_words(view, &error), next: None, action });
            let markup = html! { (head(view, &stored, &title)) (panel(&Panel { body, ..Panel::default() })) };
            return Ok(Body { title, part: Part::Households, markup });
        }
    };
    let sheet = Sheet { actor, view, sent, wrong };
    let fields = events::fields(&sheet, event, &context);
    let way = format!("/households/{id}/life/{event}");
    let markup = html! {
        (head(view, &stored, &title))
        (asked(view, &sheet, &fields, &way, &t(lang, &format!("life-{event}-says"))))
    };
    Ok(Body { title, part: Part::Households, markup })
}

fn asked(view: &View, sheet: &Sheet<'_>, fields: &Markup, way: &str, says: &str) -> Markup {
    let shown = fields.0.clone();
    let elsewhere = sheet.elsewhere(&shown);
    panel(&Panel {
        body: html! {
            p.quiet { (says) }
            @if !elsewhere.is_empty() { div class="notice bad" role="alert" { @for words in &elsewhere { p { (words) } } } }
            (form(way, &t(view.lang, "life-preview"), fields))
        },
        ..Panel::default()
    })
}

/// `GET /households/new`
pub async fn new_page(Signed(actor): Signed, Asked(view): Asked) -> Response {
    let today = ("moved_in_on".to_owned(), day::format(actor.today()));
    let body = new_body(&actor, &view, &Pairs(vec![today]), &Wrong::new());
    answer(&actor, &view, body)
}

/// `POST /households/new`
pub async fn new_submit(Signed(actor): Signed, Asked(view): Asked, body: Bytes) -> Response {
    let sent = Pairs::of(&body);
    let plan = match new_body(&actor, &view, &sent, &Wrong::new()) {
        Ok(_) => events::plan_new(&actor, &sent).await,
        Err(error) => return answer(&actor, &view, Err(error)),
    };
    match settle(&actor, &view, plan, &sent, "/households/new").await {
        Ok(response) => response,
        Err(wrong) => with_status(422, answer(&actor, &view, new_body(&actor, &view, &sent, &wrong))),
    }
}

fn new_body(actor: &Actor, view: &View, sent: &Pairs, wrong: &Wrong) -> Result<Body, Error> {
    if !actor.writes(actor.ledger("household")?) {
        return Err(Error::denied("write", "household"));
    }
    let title = t(view.lang, "life-new").into_owned();
    let sheet = Sheet { actor, view, sent, wrong };
    let fields = events::new_fields(&sheet);
    let markup = html! {
        (page_head(view.lang, &PageHead { title: title.clone(), ..PageHead::default() }))
        (asked(view, &sheet, &fields, "/households/new", &t(view.lang, "life-new-says")))
    };
    Ok(Body { title, part: Part::Households, markup })
}

/// Shows what a plan would change, or carries it out when that was seen; what is wrong stands beside its field.
pub(crate) async fn settle(
    actor: &Actor,
    view: &View,
    plan: Result<Plan, LifeError>,
    sent: &Pairs,
    way: &str,
) -> Result<Response, Wrong> {
    let plan = match plan {
        Ok(plan) => plan,
        Err(error) => return refused(actor, view, error),
    };
    let reason = Some(sent.get("reason").to_owned()).filter(|reason| !reason.is_empty());
    if sent.get("confirm") == "1" {
        return match plan.carry_out(actor, reason).await {
            Ok(_) => Ok(to(&format!("/households/{}?done={}", plan.household, plan.event))),
            Err(error) => refused(actor, view, error),
        };
    }
    match actor.foreseen(&plan.steps, record_lang(view.lang)).await {
        Ok(foreseen) => Ok(answer(actor, view, Ok(preview(actor, view, &foreseen, sent, way)))),
        Err(error) => refused(actor, view, error.into()),
    }
}

fn refused(actor: &Actor, view: &View, error: LifeError) -> Result<Response, Wrong> {
    let lang = record_lang(view.lang);
    let mut wrong = Wrong::new();
    match error {
        LifeError::Faults(faults) | LifeError::Write(WriteError::Commit(CommitError::Invalid { faults, .. })) => {
            for fault in faults {
                wrong.entry(fault.path.clone()).or_default().push(fault.message(lang));
            }
        }
        LifeError::Write(WriteError::Refused(Error::Refused(refusals))) => {
            wrong.insert("reason".into(), refusals.iter().map(|it| it.message(lang)).collect());
        }
        LifeError::Write(WriteError::Refused(error)) => return Ok(answer(actor, view, Err(error))),
        error @ LifeError::Write(WriteError::Commit(_)) => {
            wrong.insert(String::new(), vec![in_words(view, &error)]);
        }
    }
    Err(wrong)
}

fn in_words(view: &View, error: &LifeError) -> String {
    match error {
        LifeError::Faults(faults) => {
            faults.iter().map(|fault| fault.message(record_lang(view.lang))).collect::<Vec<_>>().join("；")
        }
        LifeError::Write(WriteError::Commit(CommitError::Stale { .. } | CommitError::NotFound { .. })) => {
            t(view.lang, "life-changed-meanwhile").into_owned()
        }
        other => other.to_string(),
    }
}

/// Each record, what stands and what would stand.
fn preview(actor: &Actor, view: &View, foreseen: &[Foreseen], sent: &Pairs, way: &str) -> Body {
    let lang = view.lang;
    let title = t(lang, "life-preview").into_owned();
    let hidden = sent.0.iter().filter(|(name, _)| name != "confirm");
    let markup = html! {
        (page_head(lang, &PageHead { title: title.clone(), ..PageHead::default() }))
        (panel(&Panel {
            title: t_args(lang, "life-records", &[("n", foreseen.len().into())]),
            body: html! {
                (table(lang, &changes(actor, view, foreseen)))
                form.form method="post" action=(way) {
                    @for (name, value) in hidden { input type="hidden" name=(name) value=(value); }
                    input type="hidden" name="confirm" value="1";
                    div.actions { button.button.first type="submit" { (t(lang, "life-confirm")) } a.button href=(view.link(way)) { (t(lang, "life-back")) } }
                }
            },
            ..Panel::default()
        }))
    };
    Body { title, part: Part::Households, markup }
}

fn changes(actor: &Actor, view: &View, foreseen: &[Foreseen]) -> Table {
    let lang = view.lang;
    let said = |side: &Option<String>| html! { @match side { Some(words) => (words), None => span.quiet { "—" } } };
    let mut rows = Vec::new();
    for one in foreseen {
        let ledger = text(lang, &actor.pack().ledger(one.ledger).title);
        let mark = match (one.made, one.removed) {
            (true, _) => t(lang, "life-made"),
            (_, true) => t(lang, "life-removed"),
            _ => "".into(),
        };
        let named = html! { (ledger) " " (one.name) " " small.quiet { (mark) } };
        if one.changes.is_empty() {
            rows.push(Row::of(vec![named, html! {}, html! {}, html! {}]));
            continue;
        }
        for (at, change) in one.changes.iter().enumerate() {
            let first = if at == 0 {
                named.clone()
            } else {
                html! {}
            };
            let field = html! { (text(lang, &change.title)) };
            rows.push(Row::of(vec![first, field, said(&change.before), said(&change.after)]));
        }
    }
    let columns = ["life-record", "life-field", "life-before", "life-after"];
    Table {
        caption: t(lang, "life-preview").into_owned(),
        columns: columns.map(|key| Column::text(t(lang, key))).into(),
        rows,
        ..Table::default()
    }
}

/// `GET /households/{id}/undo/{event}`
pub async fn undo_page(
    Signed(actor): Signed,
    Asked(view): Asked,
    Path((id, event)): Path<(String, String)>,
) -> Response {
    let body = undo_body(&actor, &view, &id, &event, None).await;
    answer(&actor, &view, body)
}

/// `POST /households/{id}/undo/{event}`
pub async fn undo_submit(
    Signed(actor): Signed,
    Asked(view): Asked,
    Path((id, event)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let sent = Pairs::of(&body);
    let event_id = match (file_to_write(&actor, &id).await, id_of("record", &event)) {
        (Ok(_), Ok(event)) => event,
        (Err(error), _) | (_, Err(error)) => return answer(&actor, &view, Err(error)),
    };
    let reason = Some(sent.get("reason").to_owned()).filter(|reason| !reason.is_empty());
    match life::undo(&actor, event_id, reason).await {
        Ok(_) => to("/households"),
        Err(UndoError::Write(WriteError::Refused(error))) => answer(&actor, &view, Err(error)),
        Err(error) => {
            let body = undo_body(&actor, &view, &id, &event, Some(error)).await;
            with_status(422, answer(&actor, &view, body))
        }
    }
}

async fn undo_body(actor: &Actor, view: &View, id: &str, event: &str, wrong: Option<UndoError>) -> Result<Body, Error> {
    let lang = view.lang;
    let stored = file_to_write(actor, id).await?;
    if !life::can_be_undone(actor, id_of("record", event)?).await? {
        return Err(Error::NotFound { what: "record", value: event.to_owned() });
    }
    let title = t(lang, "life-undo").into_owned();
    let (sent, none) = (Pairs::default(), Wrong::new());
    let sheet = Sheet { actor, view, sent: &sent, wrong: &none };
    let field = sheet.line("reason", &t(lang, "life-reason"), "text", true, None);
    let against = match &wrong {
        None => html! {},
        Some(UndoError::Touched(touched)) => html! {
            div class="notice bad" role="alert" {
                p { (t(lang, "life-touched")) }
                ul { @for one in touched {
                    li { (touched_in_words(actor, lang, one)) }
                } }
            }
        },
        Some(UndoError::Write(error)) => {
            html! { div class="notice bad" role="alert" { p { (in_words(view, &unread(error))) } } }
        }
    };
    let markup = html! {
        (head(view, &stored, &title))
        (panel(&Panel {
            body: html! { p { (t(lang, "life-undo-says")) } (against) (form(&format!("/households/{id}/undo/{event}"), &title, &field)) },
            ..Panel::default()
        }))
    };
    Ok(Body { title, part: Part::Households, markup })
}

fn unread(error: &WriteError) -> LifeError {
    match error {
        WriteError::Commit(CommitError::Invalid { faults, .. }) => LifeError::Faults(faults.clone()),
        WriteError::Commit(CommitError::Stale { ledger, id, expected, found }) => {
            let (ledger, id, expected, found) = (*ledger, *id, *expected, *found);
            LifeError::Write(CommitError::Stale { ledger, id, expected, found }.into())
        }
        other => LifeError::Write(Error::Unavailable(other.to_string()).into()),
    }
}
