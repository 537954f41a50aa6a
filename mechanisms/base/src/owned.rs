//! Records of a ledger as a table of chosen columns: names of what they refer to, an empty state, the way to all of them.

use std::collections::{BTreeMap, HashMap};

use anju_app::{App, Error};
use anju_pack::{Kind, LedgerIx};
use anju_record::Value;
use anju_ui::{Column, Empty, Panel, Row, Table, View, money, panel, t, t_args, table, text};
use maud::{Markup, html};
use uuid::Uuid;

use crate::rows::{Entry, Rows, When, Which, ledger_href, names, record_href};

/// What a panel of records shows.
#[derive(Debug, Clone, Copy)]
pub struct Owned<'a> {
    /// The ledger's id.
    pub ledger: &'a str,
    /// Which of its records.
    pub which: Which<'a>,
    /// As they stood when.
    pub when: When,
    /// Ids of the fields that are columns; the first opens the record.
    pub columns: &'a [&'a str],
    /// Rows at most.
    pub most: usize,
}

/// The panel; nothing at all where the pack has no such ledger.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn owned_panel(app: &App, view: &View, owned: Owned<'_>) -> Result<Markup, Error> {
    let rows = Rows::read(app, owned.ledger, owned.which, owned.when).await?;
    let Some(ledger) = rows.ledger() else { return Ok(html! {}) };
    let title = text(view.lang, &app.pack().ledger(ledger).title).to_owned();
    let all = rows.len() > owned.most;
    let note = t_args(view.lang, "shown-of", &[("shown", owned.most.into()), ("n", rows.len().into())]);
    let body = rows_table(app, view, &rows, owned.columns, owned.most).await?;
    let link = html! { a href=(ledger_href(view, owned.ledger)) { (t(view.lang, "open-ledger")) } };
    Ok(panel(&Panel { title, note: all.then_some(note), actions: all.then_some(link), body, ..Panel::default() }))
}

/// Records as a table of chosen columns, without a panel.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn rows_table(
    app: &App,
    view: &View,
    rows: &Rows<'_>,
    columns: &[&str],
    most: usize,
) -> Result<Markup, Error> {
    let lang = view.lang;
    let Some(ledger) = rows.ledger() else { return Ok(html! {}) };
    let definition = app.pack().ledger(ledger);
    let columns: Vec<&str> = columns.iter().copied().filter(|id| definition.field_by_id(id).is_some()).collect();
    let called = referred_names(app, rows, ledger, &columns).await?;
    let heads = columns.iter().enumerate().filter_map(|(at, id)| head(app, view, ledger, at, id)).collect();
    let lines = rows.iter().take(most).map(|entry| line(app, view, entry, &columns, &called)).collect();
    let none =
        Empty { what: t_args(lang, "none-of", &[("what", text(lang, &definition.title).into())]), ..Empty::default() };
    Ok(table(
        lang,
        &Table {
            caption: text(lang, &definition.title).to_owned(),
            columns: heads,
            rows: lines,
            empty: Some(none),
            ..Table::default()
        },
    ))
}

fn head(app: &App, view: &View, ledger: LedgerIx, at: usize, id: &str) -> Option<Column> {
    let definition = app.pack().ledger(ledger);
    let field = definition.field(definition.field_by_id(id)?);
    let title = text(view.lang, &field.title);
    let number = matches!(field.kind, Kind::Integer { .. } | Kind::Decimal { .. } | Kind::Money { .. });
    let column = if number { Column::number(title) } else { Column::text(title) };
    Some(if at > 2 { column.second() } else { column })
}

async fn referred_names(
    app: &App,
    rows: &Rows<'_>,
    ledger: LedgerIx,
    columns: &[&str],
) -> Result<HashMap<Uuid, String>, Error> {
    let definition = app.pack().ledger(ledger);
    let mut wanted: BTreeMap<LedgerIx, Vec<Uuid>> = BTreeMap::new();
    for id in columns {
        let kind = definition.field_by_id(id).map(|ix| &definition.field(ix).kind);
        if let Some(Kind::Ref { to }) = kind {
            wanted.entry(*to).or_default().extend(rows.referred(id));
        }
    }
    let mut called = HashMap::new();
    for (to, mut ids) in wanted {
        ids.sort_unstable();
        ids.dedup();
        called.extend(names(app, &app.pack().ledger(to).id, &ids).await?);
    }
    Ok(called)
}

fn line(app: &App, view: &View, entry: Entry<'_>, columns: &[&str], called: &HashMap<Uuid, String>) -> Row {
    let cells = columns.iter().enumerate().map(|(at, id)| {
        let cell = cell(app, view, entry, id, called);
        if at == 0 {
            html! { a href=(entry.href(view)) { (cell.0) } }
        } else {
            cell.1
        }
    });
    Row::of(cells.collect())
}

/// A cell as plain words, and as it stands in a column of its own.
fn cell(app: &App, view: &View, entry: Entry<'_>, id: &str, called: &HashMap<Uuid, String>) -> (String, Markup) {
    let definition = entry.definition();
    let kind = definition.field_by_id(id).map(|ix| &definition.field(ix).kind);
    match (kind, entry.value(id)) {
        (Some(Kind::Ref { to }), Value::Id(other)) => {
            let name = called.get(other).cloned().unwrap_or_default();
            let link = html! { a href=(record_href(app, view, *to, *other)) { (name) } };
            (name, link)
        }
        (Some(Kind::Money { .. }), Value::Int(fen)) => (entry.words(id, view.lang), money(view.lang, *fen)),
        _ => {
            let words = entry.words(id, view.lang);
            let markup = html! { (words) };
            (words, markup)
        }
    }
}
