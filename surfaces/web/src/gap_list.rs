//! A requirement's list as a file for a spreadsheet.

use anju_app::{Actor, Error, Named, Report, Scope, Show};
use anju_pack::RequirementIx;
use anju_ui::{View, t, text};
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::answer::problem;
use crate::ledgers::record_lang;
use crate::list::{plain_report, workbook};
use crate::places::scope;
use crate::request::Asked;
use crate::signed::Signed;

/// `GET /requirements/{id}/gaps.csv`
pub async fn csv(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>) -> Response {
    match lines(&actor, &view, &id).await {
        Ok(csv) => file(&format!("{id}.csv"), csv),
        Err(error) => problem(&actor, &view, &error),
    }
}

/// `GET /requirements/{id}/gaps.xlsx`: laid out to be filed.
pub async fn xlsx(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>) -> Response {
    match filed(&actor, &view, &id).await {
        Ok((title, bytes)) => workbook(&title, bytes),
        Err(error) => problem(&actor, &view, &error),
    }
}

/// A CSV file to keep; the mark at its head lets spreadsheets read Chinese.
pub fn file(name: &str, csv: String) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    (
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, disposition)],
        format!("\u{feff}{csv}"),
    )
        .into_response()
}

/// A file to keep, under a name that may be Chinese (RFC 6266).
pub fn attachment(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect();
    let mut encoded = String::with_capacity(name.len() * 3);
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

async fn lines(actor: &Actor, view: &View, id: &str) -> Result<String, Error> {
    let (scope, ix, named) = named(actor, view, id).await?;
    let file = anju_app::gap_csv(actor, ix, &named)?;
    actor.note_export(actor.pack().requirement(ix).each, &scope.area, named.len()).await?;
    Ok(file)
}

async fn filed(actor: &Actor, view: &View, id: &str) -> Result<(String, Vec<u8>), Error> {
    let (scope, ix, named) = named(actor, view, id).await?;
    let requirement = actor.pack().requirement(ix);
    let show = Show::parse(view.get("show").unwrap_or_default());
    let title = format!("{} {}", text(view.lang, &requirement.title), t(view.lang, show.title_key()));
    let report = Report { title: title.clone(), ..plain_report(actor, view, &scope) };
    let bytes = anju_app::gap_workbook(actor, ix, &named, report, record_lang(view.lang))?;
    actor.note_export(requirement.each, &scope.area, named.len()).await?;
    Ok((title, bytes))
}

async fn named(actor: &Actor, view: &View, id: &str) -> Result<(Scope, RequirementIx, Vec<Named>), Error> {
    let scope = scope(actor, view)?;
    let ix = actor.requirement(id)?;
    let listed = actor.list(ix, &scope, Show::parse(view.get("show").unwrap_or_default()));
    let named = actor.named(ix, &listed).await?;
    Ok((scope, ix, named))
}
