//! Handing a sheet in, and the sheets that were.

use std::borrow::Cow;

use anju_app::{Actor, Error, ImportState, Reading, SheetFault, SheetLine, moment};
use anju_exchange::Limits;
use anju_pack::{LedgerIx, Sheet};
use anju_ui::{
    Choice, Column, Empty, Input, Lang, PageHead, Panel, Row, Table, View, page_head, panel, select, t, t_args, table,
    text, with_query,
};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use uuid::Uuid;

use super::sheet::go_on;
use super::upload::Upload;
use crate::answer::{Body, Part, answer};
use crate::ledgers::record_lang;
use crate::places::{full_name, own_places};
use crate::reply::{faults, with_status};
use crate::request::Asked;
use crate::sent::to;
use crate::signed::Signed;

/// `GET /imports`
pub async fn page(Signed(actor): Signed, Asked(view): Asked) -> Response {
    let body = body(&actor, &view, &Upload::default(), &Said::default()).await;
    answer(&actor, &view, body)
}

/// The sheet by which a ledger is filled, if it is theirs to hand in: one that was written for it before the one that follows from it.
pub fn sheet_for(actor: &Actor, ledger: LedgerIx) -> Option<String> {
    let of = |sheet: &Cow<'_, Sheet>| sheet.rows == ledger || sheet.makes.contains(&ledger);
    let sheets = actor.sheets_to_hand_in();
    let fits = sheets.iter().filter(|sheet| of(sheet));
    fits.min_by_key(|sheet| (sheet.implicit, sheet.rows != ledger)).map(|sheet| sheet.id.clone())
}

/// `GET /ledgers/{ledger}/import`: the same, for the sheet of a ledger.
pub async fn of_ledger(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>) -> Response {
    let sheet = actor.ledger(&id).map(|ledger| sheet_for(&actor, ledger));
    match sheet {
        Ok(Some(sheet)) => to(&view.link_with("/imports", &[("sheet", &sheet)])),
        Ok(None) => answer(&actor, &view, Err(Error::Denied { what: "write", value: id })),
        Err(error) => answer(&actor, &view, Err(error)),
    }
}

/// A file's name and what is in it.
type File = (String, Vec<u8>);

/// Why a file was not handed in.
enum Unread {
    /// None came.
    NoFile,
    /// It cannot be read, or not as somebody with their rights.
    Fault(SheetFault),
    /// It fits no kind of sheet; what its first row says.
    NoKind(String),
    /// It does not fit the kind that was chosen, but this one.
    Other(String),
}

/// What is said above the form.
#[derive(Default)]
struct Said {
    lines: Vec<String>,
    /// The kind that the file looks like.
    kind: Option<String>,
    /// The templates are wanted.
    templates: bool,
}

/// `POST /imports`
pub async fn submit(Signed(actor): Signed, Asked(view): Asked, upload: Upload) -> Response {
    let unread = match &upload.file {
        None => Unread::NoFile,
        Some(file) => match handed(&actor, &upload, file).await {
            Ok(id) => return go_on(&actor, &view, id, false).await,
            Err(unread) => unread,
        },
    };
    let view = View { path: "/imports".into(), ..view };
    let body = match said(&actor, &view, &upload, unread) {
        Ok(said) => body(&actor, &view, &upload, &said).await,
        Err(error) => Err(error),
    };
    with_status(422, answer(&actor, &view, body))
}

/// Keeps the file as the kind that was chosen, else as the one that it fits.
async fn handed(actor: &Actor, upload: &Upload, file: &File) -> Result<Uuid, Unread> {
    let chosen = upload.get("sheet");
    let area = if upload.get("area").is_empty() { actor.county_code() } else { upload.get("area") };
    let kind = if chosen.is_empty() {
        kind_of(actor, file).await.map_err(Unread::Fault)?.map_err(Unread::NoKind)?
    } else {
        chosen.to_owned()
    };
    let fault = match actor.hand_in(&file.0, &file.1, &kind, area, &Reading::default()).await {
        Ok(id) => return Ok(id),
        Err(fault) => fault,
    };
    if matches!(fault, SheetFault::None(_))
        && let Ok(Ok(other)) = kind_of(actor, file).await
        && other != kind
    {
        return Err(Unread::Other(other));
    }
    Err(Unread::Fault(fault))
}

/// The kind that a file fits, else its first row; asked beside the pages, for a large file takes a while.
async fn kind_of(actor: &Actor, file: &File) -> Result<Result<String, String>, SheetFault> {
    let (actor, (name, bytes)) = (actor.clone(), file.clone());
    let asked = move || Ok(actor.sheet_that_fits(&name, &bytes)?.ok_or_else(|| first_row(&name, &bytes)));
    let unread = |error: tokio::task::JoinError| SheetFault::Refused(Error::Unavailable(error.to_string()));
    tokio::task::spawn_blocking(asked).await.map_err(unread)?
}

/// What the first row of a file says.
fn first_row(name: &str, bytes: &[u8]) -> String {
    let book = anju_exchange::open(bytes, name, &Limits::default()).ok();
    let row = book.and_then(|book| book.sheets.into_iter().find_map(|grid| grid.rows.into_iter().next()));
    let cells = row.map(|row| row.cells).unwrap_or_default();
    let said = cells.iter().map(|cell| cell.text().trim().to_owned()).filter(|text| !text.is_empty());
    said.take(12).collect::<Vec<_>>().join(" | ").chars().take(200).collect()
}

fn said(actor: &Actor, view: &View, sent: &Upload, unread: Unread) -> Result<Said, Error> {
    let lang = view.lang;
    let title = |id: &str| actor.pack().sheet_by_id(id).map(|sheet| text(lang, &sheet.title).to_owned());
    let lines = match unread {
        Unread::NoFile => vec![t(lang, "import-no-file").into_owned()],
        Unread::NoKind(first) => {
            let lines = vec![t_args(lang, "import-no-kind", &[("first", first.into())])];
            return Ok(Said { lines, templates: true, kind: None });
        }
        Unread::Other(kind) => {
            let chosen = title(sent.get("sheet")).unwrap_or_default();
            let other = title(&kind).unwrap_or_default();
            let lines = vec![t_args(lang, "import-other-kind", &[("chosen", chosen.into()), ("kind", other.into())])];
            return Ok(Said { lines, kind: Some(kind), templates: false });
        }
        Unread::Fault(SheetFault::Refused(error)) => faults(view, error)?,
        Unread::Fault(fault) => fault_in_words(lang, &fault),
    };
    Ok(Said { lines, ..Said::default() })
}

/// What is wrong with a file, and how to mend it.
pub(super) fn fault_in_words(lang: Lang, fault: &SheetFault) -> Vec<String> {
    let words = record_lang(lang);
    match fault {
        SheetFault::Book(fault) => vec![fault.message(words)],
        SheetFault::None(grids) => {
            let mut said = vec![t(lang, "import-no-sheet").into_owned()];
            said.extend(grids.iter().map(|(name, why)| format!("{name}{}{}", t(lang, "colon"), why.message(words))));
            said
        }
        SheetFault::NotTheirs(kind) => vec![t_args(lang, "import-not-theirs", &[("kind", text(lang, kind).into())])],
        SheetFault::Given(faults) => faults.iter().map(|fault| fault.message(words)).collect(),
        SheetFault::Stopped => vec![t(lang, "import-stopped").into_owned()],
        SheetFault::Refused(error) => vec![error.to_string()],
    }
}

async fn body(actor: &Actor, view: &View, sent: &Upload, said: &Said) -> Result<Body, Error> {
    let lang = view.lang;
    let title = t(lang, "import-title").into_owned();
    let markup = html! {
        (page_head(lang, &PageHead { title: title.clone(), aside: Some(t(lang, "import-aside").into_owned()), ..PageHead::default() }))
        (hand_in(actor, view, sent, said))
        (handed_in(actor, view, &actor.sheet_lines().await?))
    };
    Ok(Body { title, part: Part::Ledgers, markup })
}

fn hand_in(actor: &Actor, view: &View, sent: &Upload, said: &Said) -> Markup {
    let lang = view.lang;
    let sheets = sheets(actor);
    if sheets.is_empty() {
        return panel(&Panel { body: html! { p { (t(lang, "import-none-to-write")) } }, ..Panel::default() });
    }
    let chosen = said.kind.as_deref().or_else(|| Some(sent.get("sheet")).filter(|id| !id.is_empty()));
    let chosen = chosen.or_else(|| view.get("sheet")).unwrap_or_default();
    let area = Some(sent.get("area")).filter(|code| !code.is_empty()).or(view.area.as_deref()).unwrap_or_default();
    let field = |name, label: &str, value: &str, hint: Option<&str>| Input {
        name,
        label: t(lang, label).into_owned(),
        value: value.to_owned(),
        hint: hint.map(|key| t(lang, key).into_owned()),
        ..Input::default()
    };
    let file = "file";
    panel(&Panel {
        title: t(lang, "import-hand-in").into_owned(),
        body: html! {
            @if !said.lines.is_empty() { div class="notice bad" role="alert" { @for line in &said.lines { p { (line) } } } }
            form.form method="post" action="/imports" enctype="multipart/form-data" {
                (select(&field("sheet", "import-kind", chosen, None), &kinds(lang, &sheets)))
                (templates(actor, lang, &sheets, chosen, said.templates))
                (select(&field("area", "import-place", area, Some("import-place-hint")), &own_places(actor, view)))
                div.field {
                    label for=(file) { (t(lang, "import-file")) }
                    input id=(file) name=(file) type="file" required accept=".xlsx,.xls,.csv,.txt" aria-describedby="file-says";
                    div id="file-says" { small.quiet { (t(lang, "import-file-hint")) } }
                }
                div.actions { button.button.first type="submit" { (t(lang, "import-read")) } }
            }
        },
        ..Panel::default()
    })
}

/// Sheets that are theirs to hand in, those that were written before those that follow from a ledger.
fn sheets(actor: &Actor) -> Vec<Cow<'_, Sheet>> {
    let mut sheets = actor.sheets_to_hand_in();
    sheets.sort_by_key(|sheet| sheet.implicit);
    sheets
}

fn kinds(lang: Lang, sheets: &[Cow<'_, Sheet>]) -> Vec<Choice> {
    let by_file = Choice { value: String::new(), name: t(lang, "import-kind-by-file").into_owned(), depth: 0 };
    let kind = |sheet: &Cow<'_, Sheet>| Choice {
        value: sheet.id.clone(),
        name: text(lang, &sheet.title).to_owned(),
        depth: u8::from(sheet.implicit),
    };
    std::iter::once(by_file).chain(sheets.iter().map(kind)).collect()
}

/// The workbook to fill in, of the kind that is chosen; else of every kind.
fn templates(actor: &Actor, lang: Lang, sheets: &[Cow<'_, Sheet>], chosen: &str, open: bool) -> Markup {
    let href = |sheet: &Sheet| {
        let way = format!("/ledgers/{}/template", actor.pack().ledger(sheet.rows).id);
        with_query(&way, [("sheet", sheet.id.as_str())].into_iter())
    };
    match sheets.iter().find(|sheet| sheet.id == chosen) {
        Some(sheet) => html! { small {
            a href=(href(sheet)) { (t(lang, "import-template")) }
            @if !sheet.carry.is_empty() { " " a href=(format!("{}&pages=1", href(sheet))) { (t(lang, "import-template-pages")) } }
        } },
        None => html! {
            details open[open] {
                summary { (t(lang, "import-template")) }
                ul.chips { @for sheet in sheets {
                    li { a href=(href(sheet)) { (text(lang, &sheet.title)) } }
                    @if !sheet.carry.is_empty() {
                        li { a href=(format!("{}&pages=1", href(sheet))) { (text(lang, &sheet.title)) (t(lang, "import-template-split")) } }
                    }
                } }
            }
        },
    }
}

fn handed_in(actor: &Actor, view: &View, lines: &[SheetLine]) -> Markup {
    let lang = view.lang;
    let rows = lines.iter().map(|line| {
        let import = &line.import;
        let taken: u32 = line.taken.iter().filter(|taken| !taken.undone).map(|taken| taken.rows).sum();
        let kind = actor.pack().sheet_by_id(&import.sheet).map(|sheet| text(lang, &sheet.title).to_owned());
        Row::of(vec![
            html! { a href=(format!("/imports/{}", import.id)) { (import.name) } },
            html! { (kind.unwrap_or_else(|| import.sheet.clone())) },
            html! { (full_name(actor, view, &import.area)) },
            html! { time { (moment(import.made_at)) } },
            html! { span.whole { (state_in_words(lang, import.state)) } },
            html! { (taken) },
        ])
    });
    let list = Table {
        caption: t(lang, "import-handed-in").into_owned(),
        columns: vec![
            Column::text(t(lang, "import-file")),
            Column::text(t(lang, "import-kind")).second(),
            Column::text(t(lang, "area")).second(),
            Column::text(t(lang, "event-when")).second(),
            Column::text(t(lang, "import-state")),
            Column::number(t(lang, "import-rows-taken")),
        ],
        rows: rows.collect(),
        empty: Some(Empty {
            what: t(lang, "import-none").into_owned(),
            next: Some(t(lang, "import-none-next").into_owned()),
            action: None,
        }),
        ..Table::default()
    };
    panel(&Panel {
        title: t(lang, "import-handed-in").into_owned(),
        note: (!lines.is_empty()).then(|| t_args(lang, "import-count", &[("n", lines.len().into())])),
        body: table(lang, &list),
        ..Panel::default()
    })
}

pub(super) fn state_in_words(lang: Lang, state: ImportState) -> String {
    let key = match state {
        ImportState::Open => "import-open",
        ImportState::Closed => "import-closed",
        ImportState::Undone => "import-undone",
    };
    t(lang, key).into_owned()
}
