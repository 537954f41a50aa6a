//! `anju demo`: the county is built once, in one transaction, and then served.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anju_app::App;
use anju_pack::Pack;
use anju_record::validate_values;
use anju_store::{Batch, Division, NotReady, Store};
use indicatif::{ProgressBar, ProgressStyle};

use crate::args::DemoArgs;
use crate::ending::Ending;
use crate::{definitions, opening, serve};

/// Builds the county if need be, then serves it.
///
/// # Errors
/// `Cannot` with what to do.
pub async fn run(dir: Option<&Path>, args: DemoArgs) -> Result<(), Ending> {
    let pack = Arc::new(definitions::pack(dir)?);
    let clock = opening::clock(&args.place, &pack)?;
    if args.place.database.is_none() {
        let data = &args.place.data;
        std::fs::create_dir_all(data)
            .map_err(|error| Ending::Cannot(format!("{}: {error}; choose a folder you can write to with --data", data.display())))?;
    }
    let store = Store::open(&opening::url(&args.place)).await?;
    prepare(&store, &pack, clock.now_ms()).await?;
    if args.prepare_only {
        println!("{}", opening::url(&args.place));
        return Ok(());
    }
    let app = App::open(store, pack, clock, true).await?;
    serve::listen(app, args.listen).await
}

/// Makes the tables and the records, unless they are there.
async fn prepare(store: &Store, pack: &Arc<Pack>, at: i64) -> Result<(), Ending> {
    match store.ready(pack).await {
        Ok(()) => {}
        Err(NotReady::Empty | NotReady::Older { .. }) => {
            let plan = store.plan(pack).await?;
            store.apply(plan, false).await.map_err(|error| {
                Ending::Cannot(format!("{error}; the demo was built by another version: choose another folder with --data, or delete this one"))
            })?;
        }
        Err(other) => return Err(Ending::Cannot(other.to_string())),
    }
    if store.meta(opening::DEMO).await?.is_some() {
        return Ok(());
    }
    let county = pack.county.as_ref().map(|county| county.code.clone()).unwrap_or_default();
    if store.head(&county).await?.0 > 0 {
        return Err(Ending::Cannot(format!("the database already holds records of county {county} that are no demo; choose another with --data")));
    }
    let bar = progress();
    bar.set_message("正在生成演示县 · making the demo county");
    let records = anju_ningshan::generate(pack).map_err(|faults| Ending::Cannot(faults.join("\n")))?;
    tracing::info!(records = records.len(), "generated");
    bar.set_message("正在写入台账 · writing the ledgers");
    store.put_areas(&divisions()).await?;
    let today = pack.county.as_ref().and_then(|county| county.clock).unwrap_or(i32::MAX);
    let mut valid = Vec::with_capacity(records.len());
    for (ledger, record) in records {
        let id = &pack.ledger(ledger).id;
        let checked = validate_values(pack, ledger, record.id, record.values, today);
        valid.push(checked.map_err(|faults| Ending::Cannot(format!("{id}: {faults:?}")))?);
    }
    tracing::info!("validated");
    let batch = Batch {
        county,
        actor: "demo".into(),
        origin: "import".into(),
        reason: Some("演示数据 · demo data".into()),
        idempotency_key: Some("demo".into()),
        at,
        changes: Vec::new(),
    };
    store.import(pack, batch, valid).await.map_err(|error| Ending::Cannot(error.to_string()))?;
    tracing::info!("imported");
    store.set_meta(opening::DEMO, "1").await?;
    bar.finish_and_clear();
    Ok(())
}

fn divisions() -> Vec<Division> {
    let place = |place: anju_ningshan::places::Division| Division { code: place.code, name: place.name, parent: Some(place.parent).filter(|code| !code.is_empty()) };
    anju_ningshan::places::divisions().into_iter().map(place).collect()
}

fn progress() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    let style = ProgressStyle::with_template("{spinner} {msg} {elapsed}").unwrap_or_else(|_| ProgressStyle::default_spinner());
    bar.set_style(style);
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
