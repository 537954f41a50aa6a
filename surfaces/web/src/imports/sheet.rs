//! One sheet: what would become of it, and what to do with it.

use std::collections::BTreeMap;

use anju_app::{
    Actor, Error, GridLine, ImportState, SheetFault, SheetLine, SheetRead, Stage, TakeRefused, Taken, Took, UndoError,
    WriteError, Written, moment,
};
use anju_pack::Sheet;
use anju_ui::{Crumb, Lang, PageHead, Panel, View, page_head, panel, press, t, t_args, text, with_query};
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use uuid::Uuid;

use super::columns::Answer;
use super::hand_in::{fault_in_words, state_in_words};
use super::{columns, rows};
use crate::answer::{Body, Part, answer, answered};
use crate::ledgers::record_lang;
use crate::places::full_name;
use crate::reply::{faults, id_of, with_status};
use crate::request::Asked;
use crate::sent::{Sent, to};
use crate::signed::Signed;
use crate::touched::touched_since;

/// `GET /imports/{id}`
pub async fn page(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>) -> Response {
    let result = page_of(&actor, &view, &id).await;
    answered(&actor, &view, result)
}

async fn page_of(actor: &Actor, view: &View, id: &str) -> Result<Response, Error> {
    let line = found(actor, id).await?;
    let Some(outcome) = actor.taking_ended(&line) else {
        let good: Vec<String> = told(actor, view, &line).into_iter().collect();
        return Ok(shown(actor, view, &line, &good, &[]).await);
    };
    // The taking changed it meanwhile.
    let line = found(actor, id).await?;
    Ok(match outcome {
        Ok(took) => {
            let mut said = vec![took_in_words(actor, view.lang, &line, &took).await];
            said.extend(told(actor, view, &line));
            shown(actor, view, &line, &said, &[]).await
        }
        Err(refused) => shown(actor, view, &line, &[], &lines(refused_in_words(view.lang, &refused))).await,
    })
}

/// What was done just before this page was asked for, as far as the sheet bears it out.
fn told(actor: &Actor, view: &View, line: &SheetLine) -> Option<String> {
    let is_written = || actor.taking(line).is_some() || line.taken.iter().any(|taken| !taken.undone);
    let key = match (view.get("told")?, line.import.state) {
        ("same", ImportState::Closed) => "import-took-nothing",
        ("undone", ImportState::Undone) => "import-taken-back",
        ("late", _) if is_written() => "import-stop-late",
        _ => return None,
    };
    Some(t(view.lang, key).into_owned())
}

/// Leads to a sheet that was read. One that only says what is on file is done with; `take` takes one of which nothing is faulty or waits.
pub(super) async fn go_on(actor: &Actor, view: &View, id: Uuid, take: bool) -> Response {
    answered(actor, view, read_on(actor, id, take).await.map(|way| to(&way)))
}

async fn read_on(actor: &Actor, id: Uuid, take: bool) -> Result<String, Error> {
    let line = actor.sheet_line(id).await?;
    let page = format!("/imports/{id}");
    // Why it cannot be read stands on its page.
    let Ok(read) = actor.sheet_as_it_stands(&line).await else { return Ok(page) };
    let is_all = read.pages_left().all(|(_, page)| page.why.is_some());
    if is_all && says_nothing_new(&read) && read.run.rows.iter().all(|row| row.faults.is_empty()) {
        actor.close_sheet(&line).await?;
        return Ok(format!("{page}?told=same"));
    }
    if take && is_clean(&read) && read.run.writes_anything() {
        actor.start_taking(&line)?;
    }
    Ok(page)
}

/// Whether nothing of it is faulty, waits, or is asked for.
fn is_clean(read: &SheetRead) -> bool {
    read.run.left() == 0 && read.run.missing.is_empty() && read.run.place.is_none()
}

/// Whether all its rows say is in the ledgers already.
fn says_nothing_new(read: &SheetRead) -> bool {
    is_clean(read) && !read.run.writes_anything() && read.run.compares_anything()
}

async fn found(actor: &Actor, id: &str) -> Result<SheetLine, Error> {
    actor.sheet_line(id_of("import", id)?).await
}

fn way(line: &SheetLine, act: &str) -> String {
    format!("/imports/{}/{act}", line.import.id)
}

/// `POST /imports/{id}/reading`
pub async fn read_anew(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>, sent: Sent) -> Response {
    let line = match found(&actor, &id).await {
        Ok(line) => line,
        Err(error) => return answer(&actor, &view, Err(error)),
    };
    let known = match (actor.sheet_as_it_stands(&line).await, actor.pack().sheet_by_id(&line.import.sheet)) {
        (Ok(read), Some(sheet)) => columns::as_recognised(&actor, &sheet, &read),
        _ => Vec::new(),
    };
    let reading = columns::asked(&sent, &line, &known);
    let area = if sent.get("area").is_empty() { line.import.area.clone() } else { sent.get("area").to_owned() };
    match actor.read_anew(&line, &area, &reading).await {
        Ok(()) => go_on(&actor, &view, line.import.id, sent.get("then") == "take").await,
        Err(fault) => refused(&actor, view, &line, fault).await,
    }
}

/// `POST /imports/{id}/take`
pub async fn take(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>) -> Response {
    let line = match found(&actor, &id).await {
        Ok(line) => line,
        Err(error) => return answer(&actor, &view, Err(error)),
    };
    match actor.start_taking(&line) {
        Ok(()) => to(&format!("/imports/{}", line.import.id)),
        Err(error) => refused(&actor, view, &line, SheetFault::Refused(error)).await,
    }
}

/// `POST /imports/{id}/stop`
pub async fn stop(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>) -> Response {
    match found(&actor, &id).await {
        Ok(line) => {
            let is_late = actor.taking(&line).is_some_and(|running| !running.progress.stop());
            to(&format!("/imports/{}{}", line.import.id, if is_late { "?told=late" } else { "" }))
        }
        Err(error) => answer(&actor, &view, Err(error)),
    }
}

/// `POST /imports/{id}/close`
pub async fn close(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>) -> Response {
    let line = match found(&actor, &id).await {
        Ok(line) => line,
        Err(error) => return answer(&actor, &view, Err(error)),
    };
    match actor.close_sheet(&line).await {
        Ok(()) => to("/imports"),
        Err(error) => refused(&actor, view, &line, SheetFault::Refused(error)).await,
    }
}

/// `POST /imports/{id}/undo`
pub async fn undo(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>) -> Response {
    let line = match found(&actor, &id).await {
        Ok(line) => line,
        Err(error) => return answer(&actor, &view, Err(error)),
    };
    let view = View { path: format!("/imports/{}", line.import.id), ..view };
    match actor.undo_sheet(&line).await {
        Ok(Written::Committed(_)) => to(&format!("{}?told=undone", view.path)),
        Ok(Written::Waiting(_)) => shown(&actor, &view, &line, &[t(view.lang, "import-waits").into_owned()], &[]).await,
        Err(UndoError::Touched(by)) => {
            let mut said = lines(vec![t(view.lang, "import-undo-prevented").into_owned()]);
            said.extend(by.iter().take(20).map(|one| touched_since(&actor, &view, one)));
            with_status(409, shown(&actor, &view, &line, &[], &said).await)
        }
        Err(UndoError::Write(WriteError::Refused(error))) => {
            refused(&actor, view, &line, SheetFault::Refused(error)).await
        }
        Err(UndoError::Write(WriteError::Commit(error))) => {
            let said = match &error {
                anju_app::CommitError::Invalid { faults, .. } => {
                    faults.iter().map(|fault| fault.message(record_lang(view.lang))).collect()
                }
                other => vec![other.to_string()],
            };
            with_status(409, shown(&actor, &view, &line, &[], &lines(said)).await)
        }
    }
}

async fn refused(actor: &Actor, view: View, line: &SheetLine, fault: SheetFault) -> Response {
    let view = View { path: format!("/imports/{}", line.import.id), ..view };
    let said = match fault {
        SheetFault::Refused(error) => match faults(&view, error) {
            Ok(said) => said,
            Err(error) => return answer(actor, &view, Err(error)),
        },
        other => fault_in_words(view.lang, &other),
    };
    with_status(422, shown(actor, &view, line, &[], &lines(said)).await)
}

/// Lines of text, as they stand on a page.
fn lines(said: Vec<String>) -> Vec<Markup> {
    said.into_iter().map(|line| html! { (line) }).collect()
}

async fn shown(actor: &Actor, view: &View, line: &SheetLine, good: &[String], bad: &[Markup]) -> Response {
    let running = actor.taking(line);
    let body = match &running {
        Some(running) => waiting(actor, view, line, running.progress.now(), good),
        None => body(actor, view, line, good, bad).await,
    };
    let mut response = answer(actor, view, body);
    if running.is_some() {
        // Also for browsers without scripts.
        response.headers_mut().insert(header::REFRESH, header::HeaderValue::from_static("1"));
    }
    response
}

fn head(actor: &Actor, view: &View, line: &SheetLine, actions: Markup) -> Markup {
    let lang = view.lang;
    let kind = actor.pack().sheet_by_id(&line.import.sheet).map(|sheet| text(lang, &sheet.title).to_owned());
    page_head(
        lang,
        &PageHead {
            crumbs: vec![Crumb { name: t(lang, "import-title").into_owned(), href: Some("/imports".into()) }],
            title: line.import.name.clone(),
            aside: Some(format!(
                "{} · {} · {}",
                kind.unwrap_or_else(|| line.import.sheet.clone()),
                full_name(actor, view, &line.import.area),
                state_in_words(lang, line.import.state)
            )),
            actions,
            ..PageHead::default()
        },
    )
}

fn waiting(
    actor: &Actor,
    view: &View,
    line: &SheetLine,
    (stage, done, all): (Stage, u64, u64),
    said: &[String],
) -> Result<Body, Error> {
    let lang = view.lang;
    let key = match stage {
        Stage::Reading => "import-stage-reading",
        Stage::Comparing => "import-stage-comparing",
        Stage::Writing => "import-stage-writing",
    };
    let words = t_args(lang, key, &[("done", done.into()), ("all", all.into())]);
    let bar = "progress";
    let markup = html! {
        (head(actor, view, line, html! {}))
        @for line in said { p class="notice" role="status" { (line) } }
        (panel(&Panel {
            body: html! {
                p role="status" { label for=(bar) { (words) } }
                progress id=(bar) max=(all.max(1)) value=[(stage == Stage::Comparing).then_some(done)] {}
                @if stage != Stage::Writing { p { (press(&way(line, "stop"), &t(lang, "import-stop"), &[], false)) } }
                p { a href=(format!("/imports/{}", line.import.id)) { (t(lang, "import-look-again")) } }
            },
            ..Panel::default()
        }))
    };
    Ok(Body { title: line.import.name.clone(), part: Part::Ledgers, markup })
}

async fn body(actor: &Actor, view: &View, line: &SheetLine, good: &[String], bad: &[Markup]) -> Result<Body, Error> {
    let lang = view.lang;
    let read = match line.import.state {
        ImportState::Open => match actor.sheet_as_it_stands(line).await {
            Ok(read) => Ok(Some(read)),
            Err(SheetFault::Refused(error)) => return Err(error),
            Err(fault) => Err(fault_in_words(lang, &fault)),
        },
        ImportState::Closed | ImportState::Undone => Ok(None),
    };
    let unread = lines(read.as_ref().err().cloned().unwrap_or_default());
    let read = read.ok().flatten();
    let sheet = actor.pack().sheet_by_id(&line.import.sheet);
    let offered = match &read {
        Some(read) => columns::offered(actor, line, read).await?,
        None => BTreeMap::new(),
    };
    let markup = html! {
        (head(actor, view, line, actions(lang, line, read.as_deref())))
        @for line in good { p class="notice good" role="status" { (line) } }
        @if !bad.is_empty() || !unread.is_empty() { div class="notice bad" role="alert" { @for line in bad.iter().chain(&unread) { p { (line) } } } }
        @if let (Some(read), Some(sheet)) = (&read, &sheet) { (open(actor, view, line, read, sheet, &offered)) }
        (taken(actor, lang, line).await?)
        (kept_no_more(lang, line))
        @if read.is_some() || !unread.is_empty() { (set_aside(lang, line)) }
    };
    Ok(Body { title: line.import.name.clone(), part: Part::Ledgers, markup })
}

fn open(
    actor: &Actor,
    view: &View,
    line: &SheetLine,
    read: &SheetRead,
    sheet: &Sheet,
    offered: &BTreeMap<String, Answer>,
) -> Markup {
    html! {
        @if says_nothing_new(read) { p class="notice good" role="status" { (t(view.lang, "import-took-nothing")) } }
        @if is_clean(read) && !read.run.compares_anything() { p class="notice" role="status" { (t(view.lang, "import-nothing-compared")) } }
        (pages_left(view.lang, line, read))
        (rows::figures(view, read))
        (beside(view.lang, read))
        (part_or_whole(view.lang, line, read))
        (columns::missing(actor, view, line, read, sheet, offered))
        (made(actor, view, read))
        (rows::list(actor, view, read))
        (ignored(view.lang, read))
        (columns::columns(actor, view, line, read, sheet))
    }
}

fn actions(lang: Lang, line: &SheetLine, read: Option<&SheetRead>) -> Markup {
    let Some(read) = read else { return html! {} };
    let counted = read.run.counted();
    let marks = counted.held > 0 || read.run.rows.iter().any(|row| !row.faults.is_empty());
    html! {
        @if marks { a.button href=(way(line, "marked")) { (t(lang, "import-marked")) } }
        @if read.run.writes_anything() && !(line.reading.whole && read.run.left() > 0) {
            (press(&way(line, "take"), &t_args(lang, "import-take", &[("n", (counted.new + counted.changed).into())]), &[], true))
        }
    }
}

/// Pages of the workbook that hold rows and are not read, each with the way to read it instead, or why it cannot be.
fn pages_left(lang: Lang, line: &SheetLine, read: &SheetRead) -> Markup {
    let said = |page: &GridLine| match &page.why {
        None => t_args(lang, "import-page-left", &[("page", page.name.as_str().into()), ("n", page.rows.into())]),
        Some(why) => {
            let why = why.message(record_lang(lang));
            t_args(lang, "import-page-unread", &[("page", page.name.as_str().into()), ("why", why.into())])
        }
    };
    html! {
        @for (at, page) in read.pages_left() {
            div.notice {
                (said(page)) " "
                @if page.why.is_none() { (press(&way(line, "reading"), &t(lang, "import-page-read"), &[("grid", &at.to_string())], false)) }
            }
        }
    }
}

/// The page that is read beside the rows, and which of its rows nobody names.
fn beside(lang: Lang, read: &SheetRead) -> Markup {
    let Some(joined) = &read.recognised.joined else { return html! {} };
    let name = |at: usize| read.book.sheets.get(at).map(|page| page.name.clone()).unwrap_or_default();
    let (page, rows) = (name(joined.grid), name(read.recognised.grid));
    html! {
        p.quiet { (t_args(lang, "import-beside", &[("page", page.as_str().into()), ("rows", rows.as_str().into())])) }
        @if !joined.alone.is_empty() {
            @let numbers: Vec<String> = joined.alone.iter().take(50).map(u32::to_string).collect();
            p class="notice bad" role="alert" {
                (t_args(lang, "import-alone", &[
                    ("page", page.as_str().into()), ("rows", rows.as_str().into()), ("n", joined.alone.len().into()),
                    ("numbers", numbers.join(&t(lang, "list-comma")).into()),
                ]))
            }
        }
    }
}

/// Beside rows that are faulty or wait: whether the others may go first, and the way to have it otherwise.
fn part_or_whole(lang: Lang, line: &SheetLine, read: &SheetRead) -> Markup {
    let left = read.run.left();
    if left == 0 || !read.run.writes_anything() {
        return html! {};
    }
    let (says, asks, whole) = match line.reading.whole {
        true => ("import-whole", "import-whole-part", "0"),
        false => ("import-part", "import-part-whole", "1"),
    };
    html! {
        div.quiet {
            (t_args(lang, says, &[("n", left.into())])) " "
            (press(&way(line, "reading"), &t(lang, asks), &[("whole", whole)], false))
        }
    }
}

/// What cannot be called back by the next press stands behind a sentence that says what it does.
fn thought_over(lang: Lang, act: &str, action: &str) -> Markup {
    html! {
        details {
            summary { (t(lang, &format!("import-{act}"))) }
            p { (t(lang, &format!("import-{act}-means"))) }
            (press(action, &t(lang, &format!("import-{act}-sure")), &[], false))
        }
    }
}

/// The way to leave the rest of a sheet.
fn set_aside(lang: Lang, line: &SheetLine) -> Markup {
    panel(&Panel { body: thought_over(lang, "close", &way(line, "close")), ..Panel::default() })
}

/// A sheet that is done with and of which nothing was taken.
fn kept_no_more(lang: Lang, line: &SheetLine) -> Markup {
    if line.import.state != ImportState::Closed || !line.taken.is_empty() {
        return html! {};
    }
    let again = [("sheet", line.import.sheet.as_str()), ("area", line.import.area.as_str())];
    panel(&Panel {
        body: html! {
            p { (t(lang, "import-kept-no-more")) " " a href=(with_query("/imports", again.into_iter())) { (t(lang, "import-again")) } }
        },
        ..Panel::default()
    })
}

/// Records that would be made and changed; those that only a slip of the pen would make, by name.
fn made(actor: &Actor, view: &View, read: &SheetRead) -> Markup {
    let lang = view.lang;
    if read.run.made.is_empty() {
        return html! {};
    }
    let few = |names: &[String]| names.len() <= 12;
    panel(&Panel {
        title: t(lang, "import-made").into_owned(),
        body: html! {
            ul { @for (ledger, new, changed) in &read.run.made {
                li {
                    (text(lang, &actor.pack().ledger(*ledger).title)) (t(lang, "colon"))
                    (t_args(lang, "import-made-of", &[("new", (*new).into()), ("changed", (*changed).into())]))
                    @let names = read.run.names_made(actor, *ledger);
                    @if few(&names) && !names.is_empty() { " " small.quiet { (names.join(&t(lang, "list-comma"))) } }
                }
            } }
        },
        ..Panel::default()
    })
}

fn ignored(lang: Lang, read: &SheetRead) -> Markup {
    if read.run.ignored.is_empty() {
        return html! {};
    }
    let words: Vec<String> = read
        .run
        .ignored
        .iter()
        .take(50)
        .map(|(row, why)| format!("{row} {}", why.message(record_lang(lang))))
        .collect();
    let said = t_args(lang, "import-ignored", &[("n", read.run.ignored.len().into())]);
    html! { p.quiet { (said) (t(lang, "colon")) (words.join(&t(lang, "list-comma"))) } }
}

async fn taken(actor: &Actor, lang: Lang, line: &SheetLine) -> Result<Markup, Error> {
    if line.taken.is_empty() {
        return Ok(html! {});
    }
    let mut told = Vec::new();
    for taken in &line.taken {
        told.push(taken_in_words(lang, taken, &actor.person_of(&taken.by).await?));
    }
    Ok(panel(&Panel {
        title: t(lang, "import-taken").into_owned(),
        body: html! {
            ul { @for words in told { li { (words) } } }
            @if line.taken.iter().any(|taken| !taken.undone) { (thought_over(lang, "undo", &way(line, "undo"))) }
        },
        ..Panel::default()
    }))
}

fn taken_in_words(lang: Lang, taken: &Taken, who: &str) -> String {
    let key = if taken.undone { "import-taken-undone" } else { "import-taken-line" };
    t_args(lang, key, &[("at", moment(taken.at).into()), ("who", who.into()), ("n", taken.rows.into())])
}

async fn took_in_words(actor: &Actor, lang: Lang, line: &SheetLine, took: &Took) -> String {
    match took {
        Took::Written(taken) => match left_in_words(actor, lang, line).await {
            Some(left) => t_args(lang, "import-took-part", &[("n", taken.rows.into()), ("left", left.into())]),
            None => t_args(lang, "import-took", &[("n", taken.rows.into())]),
        },
        Took::Nothing => match left_in_words(actor, lang, line).await {
            Some(left) => t_args(lang, "import-took-none", &[("left", left.into())]),
            None => t(lang, "import-took-nothing").into_owned(),
        },
        Took::Waiting(_) => t(lang, "import-waits").into_owned(),
    }
}

/// What remains of a sheet of which a part was taken.
async fn left_in_words(actor: &Actor, lang: Lang, line: &SheetLine) -> Option<String> {
    if line.import.state != ImportState::Open {
        return None;
    }
    let counted = actor.sheet_as_it_stands(line).await.ok()?.run.counted();
    let left = [
        ("import-left-faulty", counted.faulty),
        ("import-left-partly", counted.partly),
        ("import-left-held", counted.held),
    ];
    let left = left.into_iter().filter(|(_, rows)| *rows > 0);
    let left: Vec<String> = left.map(|(key, rows)| t_args(lang, key, &[("n", rows.into())])).collect();
    (!left.is_empty()).then(|| left.join(&t(lang, "list-comma")))
}

fn refused_in_words(lang: Lang, refused: &TakeRefused) -> Vec<String> {
    match refused {
        TakeRefused::Sheet(fault) => fault_in_words(lang, fault),
        TakeRefused::NotWhole(rows) => vec![t_args(lang, "import-not-whole", &[("n", (*rows).into())])],
        TakeRefused::Rows(faults) => {
            let mut said = vec![t(lang, "import-refused").into_owned()];
            said.extend(faults.iter().map(|fault| {
                format!(
                    "{} {}",
                    t_args(lang, "import-row-n", &[("n", fault.row.into())]),
                    fault.fault.message(record_lang(lang))
                )
            }));
            said
        }
    }
}

/// `GET /imports/{id}/marked`: the same workbook, each fault at its cell.
pub async fn marked(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>) -> Response {
    let line = match found(&actor, &id).await {
        Ok(line) => line,
        Err(error) => return answer(&actor, &view, Err(error)),
    };
    let read = match actor.sheet_as_it_stands(&line).await {
        Ok(read) => read,
        Err(fault) => return refused(&actor, view, &line, fault).await,
    };
    match actor.marked_sheet(&line, &read, record_lang(view.lang)).await {
        Ok(bytes) => {
            let name = line.import.name.rsplit_once('.').map_or(line.import.name.as_str(), |(name, _)| name);
            let disposition =
                crate::gap_list::attachment(&format!("{name}-{}.xlsx", t(view.lang, "import-marked-name")));
            let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes)
                .into_response()
        }
        Err(error) => answer(&actor, &view, Err(error)),
    }
}
