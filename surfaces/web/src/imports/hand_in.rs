//! Handing a sheet in, and the sheets that were.

use std::borrow::Cow;

use anju_app::{Actor, Error, ImportState, Reading, SheetFault, SheetLine, moment};
use anju_pack::{LedgerIx, Sheet};
use anju_ui::{
    Choice, Column, Empty, Input, Lang, PageHead, Panel, Row, Table, View, page_head, panel, select, t, t_args, table,
    text,
};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};

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
    let body = body(&actor, &view, &Upload::default(), Vec::new()).await;
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

/// `POST /imports`
pub async fn submit(Signed(actor): Signed, Asked(view): Asked, upload: Upload) -> Response {
    let lang = view.lang;
    let said = match &upload.file {
        None => vec![t(lang, "import-no-file").into_owned()],
        Some((name, bytes)) => {
            let area = if upload.get("area").is_empty() { actor.county_code() } else { upload.get("area") };
            match actor.hand_in(name, bytes, upload.get("sheet"), area, &Reading::default()).await {
                Ok(id) => return to(&format!("/imports/{id}")),
                Err(SheetFault::Refused(error)) => match faults(&view, error) {
                    Ok(said) => said,
                    Err(error) => return answer(&actor, &view, Err(error)),
                },
                Err(fault) => fault_in_words(lang, &fault),
            }
        }
    };
    let view = View { path: "/imports".into(), ..view };
    let body = body(&actor, &view, &upload, said).await;
    with_status(422, answer(&actor, &view, body))
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
        SheetFault::Given(faults) => faults.iter().map(|fault| fault.message(words)).collect(),
        SheetFault::Stopped => vec![t(lang, "import-stopped").into_owned()],
        SheetFault::Refused(error) => vec![error.to_string()],
    }
}

async fn body(actor: &Actor, view: &View, sent: &Upload, said: Vec<String>) -> Result<Body, Error> {
    let lang = view.lang;
    let title = t(lang, "import-title").into_owned();
    let markup = html! {
        (page_head(lang, &PageHead { title: title.clone(), aside: Some(t(lang, "import-aside").into_owned()), ..PageHead::default() }))
        (hand_in(actor, view, sent, &said))
        (handed_in(actor, view, &actor.sheet_lines().await?))
    };
    Ok(Body { title, part: Part::Ledgers, markup })
}

fn hand_in(actor: &Actor, view: &View, sent: &Upload, said: &[String]) -> Markup {
    let lang = view.lang;
    let sheets = actor.sheets_to_hand_in();
    if sheets.is_empty() {
        return panel(&Panel { body: html! { p { (t(lang, "import-none-to-write")) } }, ..Panel::default() });
    }
    let chosen = Some(sent.get("sheet")).filter(|id| !id.is_empty()).or_else(|| view.get("sheet"));
    let chosen = chosen.unwrap_or_else(|| sheets.iter().find(|sheet| !sheet.implicit).map_or("", |sheet| &sheet.id));
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
            @if !said.is_empty() { div class="notice bad" role="alert" { @for line in said { p { (line) } } } }
            form.form method="post" action="/imports" enctype="multipart/form-data" {
                (select(&field("sheet", "import-kind", chosen, None), &kinds(lang, &sheets)))
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

fn kinds(lang: Lang, sheets: &[Cow<'_, Sheet>]) -> Vec<Choice> {
    let mut sheets: Vec<&Sheet> = sheets.iter().map(|sheet| &**sheet).collect();
    sheets.sort_by_key(|sheet| sheet.implicit);
    let name = |sheet: &&Sheet| Choice {
        value: sheet.id.clone(),
        name: text(lang, &sheet.title).to_owned(),
        depth: u8::from(sheet.implicit),
    };
    sheets.iter().map(name).collect()
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
            html! { (state_in_words(lang, import.state)) },
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
