//! A list as a file: as it is seen, in the columns it can be handed in again by, or laid out to be filed.
//!
//! Beside the list's own query: `columns` is left out for those of the page, `all` or `sheet`; `report=1` puts `title`, `unit`, `period`
//! and `sign` around it; `encoding=gb18030` is for older office programs. A file is written page by page while it is sent.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use anju_access::Action as Access;
use anju_app::{Actor, Columns, Error, Report, Table};
use anju_exchange::write::{TableFormat, TableWriter, templates as write_templates};
use anju_pack::{FieldIx, LedgerIx, Pack, Sheet};
use anju_record::day;
use anju_ui::{
    Choice, Crumb, Input, Lang, PageHead, Panel, View, area_input, input, page_head, panel, select, t, t_args, text,
    with_query,
};
use axum::body::{Body as Sent, Bytes};
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use maud::{Markup, html};

use super::Listing;
use crate::answer::{Body, Part, answer, problem};
use crate::gap_list::attachment;
use crate::imports::sheet_for;
use crate::ledgers::record_lang;
use crate::places::{scope, scope_name};
use crate::reply::with_status;
use crate::request::Asked;
use crate::sent::to;
use crate::signed::Signed;

/// What a query says of a file beside what it asks of the list.
const OF_FILES: [&str; 8] = ["format", "columns", "report", "title", "unit", "period", "sign", "encoding"];

/// Files that are offered, each with its name.
const FORMATS: [(&str, &str); 3] = [("xlsx", "export-xlsx"), ("csv", "export-csv"), ("gb18030", "export-gb18030")];
/// Columns that are offered, each with its name.
const COLUMNS: [(&str, &str); 3] =
    [("", "export-columns-seen"), ("all", "export-columns-all"), ("sheet", "export-columns-sheet")];
/// The most signs of a line of a report.
const LONGEST: usize = 500;

/// What is wrong with what was asked, each with its field.
type Faults = [(&'static str, String)];

/// `GET /ledgers/{ledger}/export.xlsx`
pub async fn xlsx(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>) -> Response {
    file(actor, &view, &id, TableFormat::Xlsx).await
}

/// `GET /ledgers/{ledger}/export.csv`
pub async fn csv(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>) -> Response {
    let format = TableFormat::parse(view.get("encoding").unwrap_or("csv"));
    match format.filter(|format| format.ending() == "csv") {
        Some(format) => file(actor, &view, &id, format).await,
        None => {
            let value = view.get("encoding").unwrap_or_default().to_owned();
            let mend = "write gb18030, or leave it out for UTF-8".to_owned();
            problem(&actor, &view, &Error::Invalid { what: "encoding", value, mend })
        }
    }
}

async fn file(actor: Actor, view: &View, id: &str, format: TableFormat) -> Response {
    match begun(&actor, view, id, format).await {
        Ok((name, going)) => {
            let heads = [
                (header::CONTENT_TYPE, format.media_type().to_owned()),
                (header::CONTENT_DISPOSITION, attachment(&name)),
            ];
            (heads, Sent::from_stream(stream::try_unfold((actor, going), step))).into_response()
        }
        Err(error) => problem(&actor, view, &error),
    }
}

/// The file's name, and its writing up to the first row.
async fn begun(actor: &Actor, view: &View, id: &str, format: TableFormat) -> Result<(String, Going), Error> {
    let ledger = actor.ledger(id)?;
    let listing = Listing { actor, view, ledger, ask: actor.roll_ask(ledger, &view.query).await?, wrong: Vec::new() };
    let columns = match view.get("columns") {
        Some("sheet") => Columns::Sheet,
        Some("all") => Columns::Fields((0_u16..).map(FieldIx).take(actor.pack().ledger(ledger).fields.len()).collect()),
        None => Columns::Fields(listing.columns(actor.saved_lists(ledger).await?.1)),
        Some(other) => {
            let mend = "write all or sheet, or leave it out for the columns of the list".to_owned();
            return Err(Error::Invalid { what: "columns", value: other.to_owned(), mend });
        }
    };
    let report = view.get("report").map(|_| report(view));
    let table = actor.table(&listing.ask, &columns, report, record_lang(view.lang)).await?;
    let name = format!("{}.{}", text(view.lang, &actor.pack().ledger(ledger).title), format.ending());
    let spool = Spool::default();
    let writer = TableWriter::new(spool.clone(), table.head.clone(), format).map_err(unwritten)?;
    Ok((name, Going { table, spool, writer: Some(writer) }))
}

/// What stands around a list, as it was asked for.
fn report(view: &View) -> Report {
    let said = |key: &str| view.get(key).unwrap_or_default().to_owned();
    let unit = view.get("unit").map(|unit| t_args(view.lang, "export-unit", &[("unit", unit.into())]));
    Report {
        title: said("title"),
        unit: unit.unwrap_or_default(),
        period: said("period"),
        // Lines of the field, one of the sheet.
        signature: said("sign").lines().collect::<Vec<_>>().join("　　"),
    }
}

/// A file on its way.
struct Going {
    table: Table,
    spool: Spool,
    /// None when all of it is written.
    writer: Option<TableWriter<Spool>>,
}

/// Writes the next rows. What cannot be read breaks the file off, so that nobody takes a part for the whole.
async fn step((actor, mut going): (Actor, Going)) -> io::Result<Option<(Bytes, (Actor, Going))>> {
    let Some(mut writer) = going.writer.take() else { return Ok(None) };
    let rows = going.table.next(&actor).await.map_err(io::Error::other)?;
    for row in &rows {
        writer.row(row).map_err(io::Error::other)?;
    }
    if rows.is_empty() {
        writer.finish().map_err(io::Error::other)?;
    } else {
        going.writer = Some(writer);
    }
    Ok(Some((going.spool.taken(), (actor, going))))
}

/// What is written and not yet sent.
#[derive(Clone, Default)]
struct Spool(Arc<Mutex<Vec<u8>>>);

impl Spool {
    fn taken(&self) -> Bytes {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn unwritten(error: impl std::fmt::Display) -> Error {
    Error::Unavailable(error.to_string())
}

/// `GET /ledgers/{ledger}/template`: a workbook to fill in, of the `sheet` that is asked for if it fills the ledger; with `pages`, a page for each
/// of the ledgers that its rows are put together by.
pub async fn template(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>) -> Response {
    let written = (|| {
        let ledger = actor.ledger(&id)?;
        let pack = actor.pack();
        let sheet = match view.get("sheet") {
            Some(asked) => {
                let known = pack.sheet_by_id(asked).filter(|sheet| sheet.rows == ledger);
                known.ok_or_else(|| Error::NotFound { what: "sheet", value: asked.to_owned() })?
            }
            None => {
                let fits = sheet_for(&actor, ledger).and_then(|sheet| pack.sheet_by_id(&sheet));
                fits.unwrap_or_else(|| pack.sheet_of(ledger))
            }
        };
        let pages = if view.get("pages").is_some() { pages_of(pack, &sheet) } else { vec![Cow::Borrowed(&*sheet)] };
        let pages: Vec<&Sheet> = pages.iter().map(|page| &**page).collect();
        let bytes = write_templates(pack, &pages, record_lang(view.lang), io::Cursor::new(Vec::new()));
        Ok((text(view.lang, &sheet.title).to_owned(), bytes.map_err(unwritten)?.into_inner()))
    })();
    match written {
        Ok((title, bytes)) => workbook(&title, bytes),
        Err(error) => problem(&actor, &view, &error),
    }
}

/// The sheets of what a sheet's rows are put together by, and of the rows themselves: read together, they say what it says.
fn pages_of<'a>(pack: &'a Pack, sheet: &Sheet) -> Vec<Cow<'a, Sheet>> {
    let carried = sheet.carry.iter().filter_map(|path| sheet.ledger_of(*path));
    carried.chain([sheet.rows]).filter_map(|ledger| pack.sheet_by_id(&pack.ledger(ledger).id)).collect()
}

/// A whole workbook to keep.
pub fn workbook(title: &str, bytes: Vec<u8>) -> Response {
    let heads = [
        (header::CONTENT_TYPE, TableFormat::Xlsx.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, attachment(&format!("{title}.xlsx"))),
    ];
    (heads, bytes).into_response()
}

/// `GET /ledgers/{ledger}/export`: which file is wanted; with a `format` in its query it leads to that file.
pub async fn page(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>) -> Response {
    let faults = faults(&view);
    if let Some(format) = view.get("format").filter(|_| faults.is_empty()) {
        let ending = if format == "xlsx" { "xlsx" } else { "csv" };
        let kept = view.query.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let kept = kept.filter(|(key, value)| !value.is_empty() && !matches!(*key, "format" | "encoding"));
        let encoding = (format == "gb18030").then_some(("encoding", format));
        return to(&with_query(&format!("/ledgers/{id}/export.{ending}"), kept.chain(encoding)));
    }
    let body = page_body(&actor, &view, &id, &faults).await;
    let status = if faults.is_empty() { 200 } else { 422 };
    with_status(status, answer(&actor, &view, body))
}

/// What is wrong with what was asked of the file, each with its field.
fn faults(view: &View) -> Vec<(&'static str, String)> {
    let lang = view.lang;
    let mut faults = Vec::new();
    for (name, known) in [("format", FORMATS.map(|(value, _)| value)), ("columns", COLUMNS.map(|(value, _)| value))] {
        if let Some(value) = view.get(name).filter(|value| !known.contains(value)) {
            let value: String = value.chars().take(60).collect();
            faults.push((name, t_args(lang, "export-no-choice", &[("value", value.into())])));
        }
    }
    if view.get("report").is_some() && view.get("format").is_some_and(|format| format != "xlsx") {
        faults.push(("report", t(lang, "export-report-needs-xlsx").into_owned()));
    }
    for name in ["title", "unit", "period", "sign"] {
        let signs = view.get(name).map_or(0, |text| text.chars().count());
        if signs > LONGEST {
            faults.push((name, t_args(lang, "export-too-long", &[("n", signs.into()), ("most", LONGEST.into())])));
        }
    }
    faults
}

async fn page_body(actor: &Actor, view: &View, id: &str, faults: &Faults) -> Result<Body, Error> {
    let lang = view.lang;
    let ledger = actor.ledger(id)?;
    if actor.rights().reach(Access::Export, ledger).is_empty() {
        return Err(Error::Denied { what: "export", value: id.to_owned() });
    }
    let total = actor.roll(&actor.roll_ask(ledger, &view.query).await?).await?.total;
    let title = t(lang, "export-title").into_owned();
    let ledger_title = text(lang, &actor.pack().ledger(ledger).title).to_owned();
    let markup = html! {
        (page_head(lang, &PageHead {
            crumbs: vec![Crumb { name: ledger_title, href: Some(with_query(&format!("/ledgers/{id}"), asked(view))) }],
            title: title.clone(),
            aside: Some(t_args(lang, "export-rows", &[("n", total.into())])),
            ..PageHead::default()
        }))
        (panel(&Panel { body: choices(actor, view, ledger, faults)?, ..Panel::default() }))
    };
    Ok(Body { title, part: Part::Ledgers, markup })
}

/// What is asked of the list, without what is asked of the file.
fn asked(view: &View) -> impl Iterator<Item = (&str, &str)> {
    let query = view.query.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    query.filter(|(key, value)| {
        !value.is_empty() && !OF_FILES.contains(key) && !matches!(*key, "lang" | "text" | "page")
    })
}

fn choices(actor: &Actor, view: &View, ledger: LedgerIx, faults: &Faults) -> Result<Markup, Error> {
    let lang = view.lang;
    let scope = scope(actor, view)?;
    let title = text(lang, &actor.pack().ledger(ledger).title);
    let faults_of = |name: &str| faults.iter().filter(|(of, _)| *of == name).map(|(_, said)| said.clone()).collect();
    // What was asked for stands, also where it was left blank.
    let stands = |name: &str, value: &str| match faults.is_empty() {
        true => value.to_owned(),
        false => view.get(name).unwrap_or_default().to_owned(),
    };
    let field = |name: &'static str, label: &str, value: &str| Input {
        name,
        label: t(lang, label).into_owned(),
        value: stands(name, value),
        faults: faults_of(name),
        ..Input::default()
    };
    let hinted = |hint: &str, field: Input| Input { hint: Some(t(lang, hint).into_owned()), ..field };
    let choice = |value: &str, key: &str| Choice { value: value.to_owned(), name: t(lang, key).into_owned(), depth: 0 };
    let of = |choices: [(&str, &str); 3]| choices.map(|(value, key)| choice(value, key));
    let unreported: Vec<String> = faults_of("report");
    Ok(html! {
        form.form method="get" action=(view.path) {
            @for (key, value) in asked(view) { input type="hidden" name=(key) value=(value); }
            (select(&field("format", "export-format", "xlsx"), &of(FORMATS)))
            (select(&hinted("export-columns-hint", field("columns", "export-columns", "")), &of(COLUMNS)))
            label.field.tick {
                input type="checkbox" name="report" value="1" checked[view.get("report").is_some()]
                    aria-invalid=[(!unreported.is_empty()).then_some("true")]
                    aria-describedby=[(!unreported.is_empty()).then_some("report-says")];
                span { (t(lang, "export-report-wanted")) }
            }
            @if !unreported.is_empty() { div.field id="report-says" { @for fault in &unreported { p.gap { (fault) } } } }
            fieldset.field.fields {
                legend { (t(lang, "export-report")) }
                (input(&field("title", "export-report-title", title)))
                (input(&field("unit", "export-report-unit", &scope_name(actor, view, &scope))))
                (input(&field("period", "export-report-period", &period(lang, scope.on))))
                (area_input(&field("sign", "export-report-sign", &t(lang, "export-signature"))))
            }
            div.actions { button.button.first type="submit" { (t(lang, "export-get")) } }
        }
    })
}

fn unit(actor: &Actor, view: &View, scope: &anju_app::Scope) -> String {
    t_args(view.lang, "export-unit", &[("unit", scope_name(actor, view, scope).as_str().into())])
}

fn period(lang: Lang, on: i32) -> String {
    t_args(lang, "as-of", &[("date", day::format(on).as_str().into())])
}

/// What stands around a list that is filed as it is.
pub fn plain_report(actor: &Actor, view: &View, scope: &anju_app::Scope) -> Report {
    Report {
        title: String::new(),
        unit: unit(actor, view, scope),
        period: period(view.lang, scope.on),
        signature: t(view.lang, "export-signature").into_owned(),
    }
}
