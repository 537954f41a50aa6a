//! Ledgers: all of them, and what any page shows of one: its records as a table, its fields, a file.

use anju_app::{Actor, Error};
use anju_pack::{FieldIx, Kind, LedgerIx, unit_in_words};
use anju_record::Lang as RecordLang;
use anju_ui::{Column, Empty, Lang, PageHead, Pager, Panel, Row, Table, View, count, page_head, panel, t, table, text};
use axum::response::Response;
use maud::{Markup, html};

use crate::answer::{Body, Part, answer};
use crate::places::{area_pick, scope, scope_name, site_name};
use crate::request::Asked;
use crate::signed::Signed;

/// Rows of a page.
pub const PAGE: u64 = 50;

/// `GET /ledgers`
pub async fn list(Signed(actor): Signed, Asked(view): Asked) -> Response {
    let body = list_body(&actor, &view).await;
    answer(&actor, &view, body)
}

async fn list_body(actor: &Actor, view: &View) -> Result<Body, Error> {
    let lang = view.lang;
    let scope = scope(actor, view)?;
    let title = t(lang, "ledgers-title").into_owned();
    let sizes = actor.ledger_sizes(&scope).await?;
    let mut panels = Vec::new();
    for mechanism in &actor.pack().mechanisms {
        let mut rows = Vec::new();
        for ix in actor
            .pack()
            .ledger_ixs()
            .filter(|ix| actor.reads(*ix))
            .filter(|ix| actor.pack().mechanism(actor.pack().ledger(*ix).mechanism).id == mechanism.id)
        {
            let ledger = actor.pack().ledger(ix);
            let total = sizes.get(usize::from(ix.0)).copied().unwrap_or_default();
            rows.push(Row::of(vec![
                html! { a href=(view.link(&format!("/ledgers/{}", ledger.id))) { (text(lang, &ledger.title)) } },
                html! { span.quiet { (ledger.rows.join(" ")) } },
                count(i64::try_from(ledger.fields.len()).unwrap_or_default()),
                count(i64::try_from(total).unwrap_or_default()),
            ]));
        }
        if rows.is_empty() {
            continue;
        }
        let columns = vec![
            Column::text(t(lang, "ledger")),
            Column::text(t(lang, "row")).second(),
            Column::number(t(lang, "field-count")).second(),
            Column::number(t(lang, "records")),
        ];
        let name = text(lang, &mechanism.title).to_owned();
        let list = Table { caption: name.clone(), columns, rows, ..Table::default() };
        panels.push(panel(&Panel { title: name, body: table(lang, &list), ..Panel::default() }));
    }
    let markup = html! {
        (page_head(lang, &PageHead {
            title: title.clone(),
            aside: Some(scope_name(actor, view, &scope)),
            actions: area_pick(actor, view, &scope),
            ..PageHead::default()
        }))
        div.grid { @for panel in panels { (panel) } }
    };
    Ok(Body { title, part: Part::Ledgers, markup })
}

/// The page asked for; its total is not known yet.
pub fn pager_of(view: &View) -> Pager {
    let page: u64 = view.get("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    Pager { page: page.clamp(1, 1_000_000), size: PAGE, total: u64::MAX }
}

/// A search field that keeps the place.
pub fn search_form(view: &View, hint: &str) -> Markup {
    let hint = t(view.lang, hint);
    html! {
        form.pick role="search" aria-label=(hint) method="get" action=(view.path) {
            @if let Some(area) = &view.area { input type="hidden" name="area" value=(area); }
            input type="search" name="q" value=(view.get("q").unwrap_or_default()) placeholder=(hint) aria-label=(hint);
            button type="submit" { (t(view.lang, "search-submit")) }
        }
    }
}

/// The language of the record crate's words.
pub fn record_lang(lang: Lang) -> RecordLang {
    if lang == Lang::Zh { RecordLang::Zh } else { RecordLang::En }
}

/// Records as a table of their first fields without one that is the same in all of them; the first cell opens the record.
///
/// # Errors
/// When the database does not answer.
pub async fn record_table_without(
    actor: &Actor,
    view: &View,
    ix: LedgerIx,
    records: &[anju_record::Record],
    most: usize,
    without: Option<FieldIx>,
) -> Result<Markup, Error> {
    let beside = |_, _: &str| html! {};
    record_table_beside(actor, view, ix, records, (most, without), &beside).await
}

/// The same with something more to say beside what a record is called.
///
/// # Errors
/// When the database does not answer.
pub async fn record_table_beside(
    actor: &Actor,
    view: &View,
    ix: LedgerIx,
    records: &[anju_record::Record],
    (most, without): (usize, Option<FieldIx>),
    beside: &impl Fn(uuid::Uuid, &str) -> Markup,
) -> Result<Markup, Error> {
    let lang = view.lang;
    let ledger = actor.pack().ledger(ix);
    let ids: Vec<_> = records.iter().map(|record| record.id).collect();
    let names = actor.labels(ix, &ids).await?;
    let shown = actor.shown(ix, records, record_lang(lang)).await?;
    let long = |at: usize| {
        matches!(
            ledger.fields.get(at).map(|field| &field.kind),
            Some(Kind::LongText { .. } | Kind::Attachment | Kind::Point)
        )
    };
    let columns: Vec<usize> = (0..ledger.fields.len())
        .filter(|at| !long(*at) && without.is_none_or(|field| usize::from(field.0) != *at))
        .take(most)
        .collect();
    let mut heads = vec![Column::text(text(lang, &ledger.title))];
    heads.extend(columns.iter().map(|at| {
        let field = &ledger.fields[*at];
        let number = matches!(field.kind, Kind::Integer { .. } | Kind::Decimal { .. } | Kind::Money { .. });
        let column =
            if number { Column::number(text(lang, &field.title)) } else { Column::text(text(lang, &field.title)) };
        if *at > 1 { column.second() } else { column }
    }));
    heads.push(Column::text(t(lang, "place")).second());
    let rows =
        (records.iter().zip(&shown))
            .map(|(record, fields)| {
                let name = names
                    .get(&record.id)
                    .filter(|name| !name.trim().is_empty())
                    .cloned()
                    .unwrap_or_else(|| record.id.to_string());
                let href = record_link(actor, view, ix, record.id);
                let mut cells = vec![html! { a href=(href) { (name) } (beside(record.id, &name)) }];
                cells.extend(columns.iter().map(
                    |at| html! { (fields.get(*at).and_then(|shown| shown.value.as_deref()).unwrap_or_default()) },
                ));
                cells.push(html! { (site_name(actor, &record.area)) });
                Row::of(cells)
            })
            .collect();
    let nothing = Empty {
        what: t(lang, "ledger-empty").into_owned(),
        next: Some(t(lang, "list-empty-next").into_owned()),
        action: None,
    };
    Ok(table(
        lang,
        &Table {
            caption: text(lang, &ledger.title).to_owned(),
            columns: heads,
            rows,
            empty: Some(nothing),
            ..Table::default()
        },
    ))
}

/// A record's own page.
pub fn record_link(actor: &Actor, view: &View, ledger: LedgerIx, id: uuid::Uuid) -> String {
    match actor.pack().ledger(ledger).id.as_str() {
        "household" => view.link(&format!("/households/{id}")),
        other => view.link(&format!("/records/{other}/{id}")),
    }
}

/// The fields of a ledger, explained to whoever wants to know.
pub fn fields(actor: &Actor, lang: Lang, ix: LedgerIx) -> Markup {
    let ledger = actor.pack().ledger(ix);
    let rows = (ledger.fields.iter())
        .map(|field| {
            Row::of(vec![
                html! { (text(lang, &field.title)) },
                html! { code { (field.id) } },
                html! { (kind_in_words(actor, lang, &field.kind)) },
                html! { (t(lang, if field.required { "yes" } else { "no" })) },
            ])
        })
        .collect();
    let columns = vec![
        Column::text(t(lang, "field")),
        Column::text("id").second(),
        Column::text(t(lang, "kind")),
        Column::text(t(lang, "required")),
    ];
    let title = t(lang, "ledger-fields").into_owned();
    let list = Table { caption: title.clone(), columns, rows, ..Table::default() };
    let place = format!("{}:{}", ledger.origin.file, ledger.origin.line);
    let body = html! { details { summary { (title) } p.quiet { (place) } (table(lang, &list)) } };
    panel(&Panel { body, ..Panel::default() })
}

fn kind_in_words(actor: &Actor, lang: Lang, kind: &Kind) -> String {
    match kind {
        Kind::Code { list } => text(lang, &actor.pack().code_list(*list).title).to_owned(),
        Kind::Ref { to } => text(lang, &actor.pack().ledger(*to).title).to_owned(),
        Kind::Integer { unit, .. } | Kind::Decimal { unit, .. } => {
            let unit = unit.as_deref().map(unit_in_words).unwrap_or_default();
            [&*t(lang, "kind-number"), text(lang, &unit)].join(" ").trim_end().to_owned()
        }
        Kind::Money { .. } => t(lang, "kind-money").into_owned(),
        Kind::Text { .. } | Kind::LongText { .. } => t(lang, "kind-text").into_owned(),
        Kind::Bool => t(lang, "kind-bool").into_owned(),
        Kind::Date { .. } => t(lang, "kind-date").into_owned(),
        Kind::Time => t(lang, "kind-time").into_owned(),
        Kind::Area { .. } => t(lang, "kind-area").into_owned(),
        Kind::IdNumber => t(lang, "kind-id-number").into_owned(),
        Kind::Phone => t(lang, "kind-phone").into_owned(),
        Kind::Point => t(lang, "kind-point").into_owned(),
        Kind::Attachment => t(lang, "kind-attachment").into_owned(),
        Kind::Subject => t(lang, "kind-subject").into_owned(),
    }
}
