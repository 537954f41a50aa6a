//! A county with one site and nobody in it, and a clerk of its office.

use std::path::Path;
use std::sync::Arc;

use anju_access::{Grant, Rights};
use anju_app::{Account, Actor, App, Clock, Columns, Intent, Progress, Reading, RollAsk, Took, Who};
use anju_pack::{FieldIx, Pack};
use anju_record::{Draft, Lang, validate};
use anju_store::{Division, Store, Write};
use uuid::Uuid;

use super::roster::{ROWS, SITE, SITE_NAME};

const COUNTY: &str = "610923";
/// 2020-05-16.
pub const TODAY: i32 = 18_398;
const SHEET: &str = "household_roster";

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

/// Writes the list of all persons as the clerk sees it, page by page, to a place that only takes bytes.
///
/// # Errors
/// A database that does not answer, or rows that are not there.
pub async fn export(
    actor: &Actor,
    format: anju_exchange::write::TableFormat,
    out: impl std::io::Write + Send,
) -> Result<(), String> {
    let columns = Columns::Fields(fields(actor.pack())?);
    let ledger = actor.ledger("person").map_err(told)?;
    let table = actor.table(&RollAsk::of(ledger), &columns, None, Lang::Zh).await.map_err(told)?;
    if table.len() != ROWS as usize {
        return Err(format!("{} rows were found", table.len()));
    }
    table.write(actor, format, out).await.map_err(told).map(drop)
}
