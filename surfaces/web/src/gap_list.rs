//! A requirement's list as a file for a spreadsheet.

use anju_app::{App, Error, Show};
use anju_ui::View;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::Shared;
use crate::answer::problem;
use crate::places::scope;
use crate::request::Asked;

/// `GET /requirements/{id}/gaps.csv`
pub async fn csv(State(app): Shared, Asked(view): Asked, Path(id): Path<String>) -> Response {
    match lines(&app, &view, &id).await {
        Ok(csv) => file(&format!("{id}.csv"), csv),
        Err(error) => problem(&app, &view, &error),
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

async fn lines(app: &App, view: &View, id: &str) -> Result<String, Error> {
    let scope = scope(app, view)?;
    let ix = app.requirement(id)?;
    let show = Show::parse(view.get("show").unwrap_or_default());
    let listed = app.list(ix, &scope, show);
    let named = app.named(ix, &listed).await?;
    anju_app::gap_csv(app, &named)
}
