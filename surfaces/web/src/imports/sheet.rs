//! One sheet: what would become of it, and what to do with it.

use anju_app::{
    Actor, Error, ImportState, SheetFault, SheetLine, SheetRead, Stage, TakeRefused, Taken, Took, UndoError,
    WriteError, Written, moment,
};
use anju_pack::Sheet;
use anju_ui::{Crumb, Lang, PageHead, Panel, View, page_head, panel, press, t, t_args, text};
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};

use super::hand_in::{fault_in_words, state_in_words};
use super::{columns, rows};
use crate::answer::{Body, Part, answer};
use crate::ledgers::record_lang;
use crate::places::full_name;
use crate::reply::{faults, id_of, with_status};
use crate::request::Asked;
use crate::sent::{Sent, to};
use crate::signed::Signed;
use crate::touched::touched_in_words;

/// `GET /imports/{id}`
pub async fn page(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>) -> Response {
    let line = match found(&actor, &id).await {
        Ok(line) => line,
        Err(error) => return answer(&actor, &view, Err(error)),
    };
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    match actor.taking_ended(&line) {
        Some(Ok(took)) => good.push(took_in_words(view.lang, &took)),
        Some(Err(refused)) => bad = refused_in_words(view.lang, &refused),
        None => {}
    }
    shown(&actor, &view, &line, &good, &bad).await
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
        Ok(()) => to(&format!("/imports/{}", line.import.id)),
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
            if let Some(running) = actor.taking(&line) {
                running.progress.stop();
            }
            to(&format!("/imports/{}", line.import.id))
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
        Ok(Written::Committed(_)) => to(&view.path),
        Ok(Written::Waiting(_)) => shown(&actor, &view, &line, &[t(view.lang, "import-waits").into_owned()], &[]).await,
        Err(UndoError::Touched(by)) => {
            let mut said = vec![t(view.lang, "import-undo-prevented").into_owned()];
            said.extend(by.iter().take(20).map(|one| touched_in_words(&actor, view.lang, one)));
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
            with_status(409, shown(&actor, &view, &line, &[], &said).await)
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
    with_status(422, shown(actor, &view, line, &[], &said).await)
}

async fn shown(actor: &Actor, view: &View, line: &SheetLine, good: &[String], bad: &[String]) -> Response {
    let running = actor.taking(line);
    let body = match &running {
        Some(running) => waiting(actor, view, line, running.progress.now()),
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

fn waiting(actor: &Actor, view: &View, line: &SheetLine, now: (Stage, u64, u64)) -> Result<Body, Error> {
    let lang = view.lang;
    let (stage, done, all) = now;
    let key = match stage {
        Stage::Reading => "import-stage-reading",
        Stage::Comparing => "import-stage-comparing",
        Stage::Writing => "import-stage-writing",
    };
    let words = t_args(lang, key, &[("done", done.into()), ("all", all.into())]);
    let bar = "progress";
    let markup = html! {
        (head(actor, view, line, html! {}))
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

async fn body(actor: &Actor, view: &View, line: &SheetLine, good: &[String], bad: &[String]) -> Result<Body, Error> {
    let lang = view.lang;
    let read = match line.import.state {
        ImportState::Open => match actor.sheet_as_it_stands(line).await {
            Ok(read) => Ok(Some(read)),
            Err(SheetFault::Refused(error)) => return Err(error),
            Err(fault) => Err(fault_in_words(lang, &fault)),
        },
        ImportState::Closed | ImportState::Undone => Ok(None),
    };
    let unread = read.as_ref().err().cloned().unwrap_or_default();
    let read = read.ok().flatten();
    let sheet = actor.pack().sheet_by_id(&line.import.sheet);
    let markup = html! {
        (head(actor, view, line, actions(view, line, read.as_deref())))
        @for line in good { p class="notice good" role="status" { (line) } }
        @if !bad.is_empty() || !unread.is_empty() { div class="notice bad" role="alert" { @for line in bad.iter().chain(&unread) { p { (line) } } } }
        @if let (Some(read), Some(sheet)) = (&read, &sheet) { (open(actor, view, line, read, sheet)) }
        (taken(lang, line))
    };
    Ok(Body { title: line.import.name.clone(), part: Part::Ledgers, markup })
}

fn open(actor: &Actor, view: &View, line: &SheetLine, read: &SheetRead, sheet: &Sheet) -> Markup {
    html! {
        (rows::figures(view, read))
        (columns::missing(actor, view, line, read))
        (made(actor, view, read))
        (rows::list(actor, view, read))
        (ignored(view.lang, read))
        (columns::columns(actor, view, line, read, sheet))
    }
}

fn actions(view: &View, line: &SheetLine, read: Option<&SheetRead>) -> Markup {
    let lang = view.lang;
    let taken = line.taken.iter().any(|taken| !taken.undone);
    html! {
        @if let Some(read) = read {
            @let counted = read.run.counted();
            @let marks = read.run.rows.iter().any(|row| !row.faults.is_empty());
            @if marks || counted.held > 0 { a.button href=(way(line, "marked")) { (t(lang, "import-marked")) } }
            (press(&way(line, "close"), &t(lang, "import-close"), &[], false))
            @if read.run.writes_anything() {
                (press(&way(line, "take"), &t_args(lang, "import-take", &[("n", (counted.new + counted.changed).into())]), &[], true))
            }
        }
        @if taken { (press(&way(line, "undo"), &t(lang, "import-undo"), &[], false)) }
    }
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
                    @if few(&names) && !names.is_empty() { " " small.quiet { (names.join("、")) } }
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
    html! { p.quiet { (t_args(lang, "import-ignored", &[("n", read.run.ignored.len().into())])) (t(lang, "colon")) (words.join("、")) } }
}

fn taken(lang: Lang, line: &SheetLine) -> Markup {
    if line.taken.is_empty() {
        return html! {};
    }
    panel(&Panel {
        title: t(lang, "import-taken").into_owned(),
        body: html! { ul { @for taken in &line.taken { li { (taken_in_words(lang, taken)) } } } },
        ..Panel::default()
    })
}

fn taken_in_words(lang: Lang, taken: &Taken) -> String {
    let key = if taken.undone { "import-taken-undone" } else { "import-taken-line" };
    t_args(
        lang,
        key,
        &[
            ("at", moment(taken.at).into()),
            ("who", taken.by.as_str().into()),
            ("n", taken.rows.into()),
            ("first", taken.first.into()),
            ("last", taken.last.into()),
        ],
    )
}

fn took_in_words(lang: Lang, took: &Took) -> String {
    match took {
        Took::Written(taken) => t_args(lang, "import-took", &[("n", taken.rows.into())]),
        Took::Nothing => t(lang, "import-took-nothing").into_owned(),
        Took::Waiting(_) => t(lang, "import-waits").into_owned(),
    }
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
