//! A county with one site and nobody in it, and a clerk of its office.

use std::path::Path;
use std::sync::Arc;

use anju_access::{Grant, Rights};
use anju_app::{Account, Actor, App, Clock, Intent, Progress, Reading, RollAsk, Took, Who};
use anju_exchange::write::{CellOut, ColumnKind, TableColumn, TableHead, TableWriter};
use anju_pack::{FieldIx, Pack};
use anju_record::{Draft, Lang, Value, validate};
use anju_store::{Division, Store, Write};
use uuid::Uuid;

use super::roster::{ROWS, SITE, SITE_NAME};

const COUNTY: &str = "610923";
/// 2020-05-16.
pub const TODAY: i32 = 18_398;
const SHEET: &str = "household_roster";
/// Rows that are fetched at once while a list is written.
const PAGE: u32 = 1_000;

fn told(fault: impl std::fmt::Display) -> String {
    fault.to_string()
}

/// The packs of the demo county.
///
/// # Errors
/// Their faults.
pub fn pack(root: &Path) -> Result<Arc<Pack>, String> {
    Pack::load(root, Some(&root.join("counties/ningshan/county.toml"))).map(Arc::new).map_err(told)
}

/// Makes a county in an empty database.
///
/// # Errors
/// A database that does not do as it is asked.
pub async fn clerk(url: &str, pack: &Arc<Pack>) -> Result<Actor, String> {
    let store = Store::open(url, anju_vault::Vault::testing()).await.map_err(told)?;
    let plan = store.plan(pack).await.map_err(told)?;
    store.apply(plan, false).await.map_err(told)?;
    let division = |it: anju_ningshan::places::Division| Division {
        code: it.code,
        name: it.name,
        parent: Some(it.parent).filter(|code| !code.is_empty()),
    };
    let places: Vec<Division> = anju_ningshan::places::divisions().into_iter().map(division).collect();
    store.put_areas(&places).await.map_err(told)?;
    let app = Arc::new(App::open(store, Arc::clone(pack), Clock::Fixed(TODAY), false).await.map_err(told)?);
    let ledger = pack.ledger_by_id("site").ok_or("no site")?;
    let fields = [
        ("code", SITE),
        ("name", SITE_NAME),
        ("kind", "in_village"),
        ("batch", "fyp13"),
        ("layout", "apartment"),
        ("destination_village", "610923100001"),
        ("opened_on", "2017-01-01"),
    ];
    let draft = fields.iter().fold(Draft::new(ledger), |draft, (field, text)| draft.set(*field, *text));
    let site = validate(pack, ledger, draft, TODAY).map_err(|faults| format!("{faults:?}"))?;
    let intent = Intent { changes: vec![Write::Insert(site)], ..Intent::default() };
    app.operator().write(intent).await.map_err(told)?;
    let grant = Grant {
        id: Uuid::nil(),
        role: "county_office".into(),
        area: COUNTY.into(),
        from: 0,
        until: None,
        expires_at: None,
    };
    let rights = Rights::of(pack, COUNTY, &[grant], |_, _| Arc::<[Uuid]>::from([]), TODAY, 0);
    let account = Account {
        id: Uuid::from_u128(1),
        login: "clerk".into(),
        name: "干事".into(),
        active: true,
        must_change: false,
        made_at: 0,
    };
    Ok(Actor::new(&app, Arc::new(rights), Who::of(&account, "10.0.0.7", "web")))
}

/// What would become of a file: read, recognised, checked, compared with the ledgers.
///
/// # Errors
/// A file that is not what it should be.
pub async fn check(actor: &Actor, name: &str, bytes: &[u8]) -> Result<(), String> {
    let read = actor
        .check_sheet(name, bytes, SHEET, SITE, &Reading::default(), &Progress::default())
        .await
        .map_err(|fault| format!("{fault:?}"))?;
    let counted = read.run.counted();
    if counted.new != ROWS as usize {
        let faults: Vec<_> = read.run.rows.iter().flat_map(|row| &row.faults).take(3).collect();
        return Err(format!("{counted:?} {:?} {faults:?}", read.run.missing));
    }
    Ok(())
}

/// Hands a file in.
///
/// # Errors
/// A file that is not what it should be.
pub async fn hand_in(actor: &Actor, name: &str, bytes: &[u8]) -> Result<Uuid, String> {
    actor.hand_in(name, bytes, SHEET, SITE, &Reading::default()).await.map_err(|fault| format!("{fault:?}"))
}

/// Takes every row of a file that was handed in.
///
/// # Errors
/// When not all of it is written.
pub async fn take(actor: &Actor, id: Uuid) -> Result<(), String> {
    let line = actor.sheet_line(id).await.map_err(told)?;
    match actor.take_sheet(&line, &Progress::default()).await {
        Ok(Took::Written(taken)) if taken.rows == ROWS => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

/// Fields of the list that is written: twenty of a person's.
fn fields(pack: &Pack) -> Result<Vec<FieldIx>, String> {
    let left_out = ["left_on", "left_reason", "photo", "account", "remark"];
    let person = pack.ledger_by_id("person").ok_or("no person")?;
    let fields = (0_u16..).map(FieldIx).zip(&pack.ledger(person).fields);
    Ok(fields.filter(|(_, field)| !left_out.contains(&field.id.as_str())).map(|(ix, _)| ix).take(20).collect())
}

fn cell<'a>(kind: ColumnKind, value: &Value, shown: Option<&'a str>) -> CellOut<'a> {
    match (kind, value) {
        (ColumnKind::Number { .. } | ColumnKind::Money, Value::Int(number)) => CellOut::Number(*number),
        (ColumnKind::Date, Value::Date(day)) => CellOut::Date(*day),
        _ => shown.map_or(CellOut::Empty, CellOut::from),
    }
}

/// Writes the list of all persons as the clerk sees it, page by page, to a place that only takes bytes.
///
/// # Errors
/// A database that does not answer, or rows that are not there.
pub async fn export(
    actor: &Actor,
    format: anju_exchange::write::TableFormat,
    out: impl std::io::Write,
) -> Result<(), String> {
    let pack = actor.pack();
    let ledger = actor.ledger("person").map_err(told)?;
    let fields = fields(pack)?;
    let column = |ix: &FieldIx| TableColumn::of(pack.ledger(ledger).field(*ix), Lang::Zh);
    let columns: Vec<TableColumn> = fields.iter().map(column).collect();
    let kinds: Vec<ColumnKind> = columns.iter().map(|column| column.kind).collect();
    let head = TableHead { name: "成员".into(), columns, ..TableHead::default() };
    let mut writer = TableWriter::new(out, head, format).map_err(told)?;
    let mut rows = 0;
    for page in 1.. {
        let roll = actor.roll(&RollAsk { page, size: PAGE, ..RollAsk::of(ledger) }).await.map_err(told)?;
        let words = actor.words(ledger, &roll.records, &fields, Lang::Zh).await.map_err(told)?;
        for (record, words) in roll.records.iter().zip(&words) {
            let value = |ix: &FieldIx| &record.values[usize::from(ix.0)];
            let cells: Vec<CellOut<'_>> = (fields.iter().zip(&kinds).zip(words))
                .map(|((ix, kind), words)| cell(*kind, value(ix), words.as_deref()))
                .collect();
            writer.row(&cells).map_err(told)?;
            rows += 1;
        }
        if roll.records.len() < PAGE as usize {
            break;
        }
    }
    writer.finish().map_err(told)?;
    if rows == ROWS { Ok(()) } else { Err(format!("{rows} rows were written")) }
}
