//! Two processes on one database.

use std::sync::Arc;
use std::time::Duration;

use anju_app::{App, Intent};
use anju_record::Value;
use anju_store::{Query, Write};

use crate::desk::{COUNTY, Desk, HERE, TODAY, is_missing, text};

/// Nothing here takes so long, unless it waits for what never comes.
const LONG: Duration = Duration::from_secs(60);

async fn write(app: &Arc<App>, write: Write) {
    let intent = Intent { changes: vec![write], ..Intent::default() };
    let written = tokio::time::timeout(LONG, app.operator().write(intent)).await;
    written.expect("it waits for rows that another process wrote").unwrap();
}

pub async fn whoever_asks_next_finds_what_another_process_wrote(desk: Desk) {
    desk.account("li", &[("paired", COUNTY)]).await;
    let token = desk.session("li").await.token;
    let (household, own) = (desk.ledger("household"), desk.households[0].to_string());
    let beside = desk.on(TODAY).await;
    let li = desk.app.session(&token, HERE, desk.app.now()).await.unwrap().unwrap();
    assert!(li.record(household, &own).await.is_ok());

    // Each writes behind what the other wrote.
    for (at, app) in [&beside, &desk.app, &beside, &beside, &desk.app].into_iter().enumerate() {
        write(app, desk.changed("person", desk.person, "name", text(&format!("王{at}"))).await).await;
        assert_eq!(app.seq(), desk.store.head(COUNTY).await.unwrap().0, "whoever wrote has followed all before it");
    }
    let query = Query::of(COUNTY, desk.ledger("pairing"), TODAY);
    let pairing = desk.store.select(&desk.pack, &query).await.unwrap()[0].id;
    write(&beside, desk.changed("pairing", pairing, "ended_on", Value::Date(TODAY - 1)).await).await;
    let li = desk.app.session(&token, HERE, desk.app.now()).await.unwrap().unwrap();
    assert_eq!(li.seq(), beside.seq());
    assert!(is_missing(li.record(household, &own).await), "the pairing was ended by another process");
}
