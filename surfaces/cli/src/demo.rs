//! `anju demo`: the county is built once, in one transaction, and then served.

use std::io::Write as _;
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
use crate::print::say;
use crate::{definitions, opening, serve};

/// Builds the county if need be, then serves it.
///
/// # Errors
/// `Cannot` with what to do.
pub async fn run(dir: Option<&Path>, args: DemoArgs) -> Result<(), Ending> {
    let pack = Arc::new(definitions::pack(dir)?);
    let clock = opening::clock(&args.place, &pack)?;
    opening::make_folder(&args.place)?;
    let store = opening::reach(&args.place).await?;
    prepare(&store, &pack, clock.now_ms()).await.map_err(|ending| match ending {
        Ending::Cannot(why) => opening::cannot(&args.place, &why),
        other => other,
    })?;
    if args.prepare_only {
        say(opening::shown(&args.place));
        return Ok(());
    }
    let app =
        App::open(store, pack, clock, true).await.map_err(|error| opening::cannot(&args.place, &error.to_string()))?;
    serve::listen(Arc::new(app), args.serving).await
}

/// The demo's mark while its records are written, and once they are there.
const BEGUN: &str = "begun";
const MADE: &str = "1";

/// Makes the tables and the records, unless they are there.
async fn prepare(store: &Store, pack: &Arc<Pack>, at: i64) -> Result<(), Ending> {
    match store.ready(pack).await {
        Ok(()) => {}
        Err(NotReady::Empty | NotReady::Older { .. }) => follow(store, pack).await?,
        Err(other) => return Err(Ending::Cannot(anju_app::not_ready_in_words(&other))),
    }
    let mark = store.meta(opening::DEMO).await?;
    if mark.as_deref() == Some(MADE) {
        return Ok(());
    }
    let county = pack.county.as_ref().map(|county| county.code.clone()).unwrap_or_default();
    let empty = store.head(&county).await?.0 == 0;
    match mark.as_deref() {
        _ if empty => store.set_meta(opening::DEMO, BEGUN).await?,
        // The records come in one transaction: they are there, only the mark did not follow any more.
        Some(BEGUN) => return Ok(store.set_meta(opening::DEMO, MADE).await?),
        _ => {
            let why = format!(
                "the database already holds records of county {county} that are no demo; choose another with --data"
            );
            return Err(Ending::Cannot(why));
        }
    }
    fill(store, pack, county, at).await?;
    Ok(store.set_meta(opening::DEMO, MADE).await?)
}

/// Makes the tables, or brings those of an older demo up to these definitions.
async fn follow(store: &Store, pack: &Pack) -> Result<(), Ending> {
    let plan = store.plan(pack).await?;
    store.apply(plan, false).await.map_err(|error| {
        let why = if let anju_store::Error::Contraction(lost) = &error {
            format!("these definitions lack what it holds ({lost})")
        } else {
            error.to_string()
        };
        Ending::Cannot(format!(
            "the demo here was made by another version: {why}; choose another folder with --data, or delete this one"
        ))
    })?;
    if store.meta(opening::DEMO).await?.is_some() {
        let _ = writeln!(
            std::io::stderr(),
            "anju: the demo here was made for earlier definitions; its tables follow these now, and what is new has no records. \
             For a fresh demo choose another folder with --data, or delete this one"
        );
    }
    Ok(())
}

/// Writes every record of the demo county, in one transaction.
async fn fill(store: &Store, pack: &Arc<Pack>, county: String, at: i64) -> Result<(), Ending> {
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
    bar.finish_and_clear();
    Ok(())
}

fn divisions() -> Vec<Division> {
    let place = |place: anju_ningshan::places::Division| Division {
        code: place.code,
        name: place.name,
        parent: Some(place.parent).filter(|code| !code.is_empty()),
    };
    anju_ningshan::places::divisions().into_iter().map(place).collect()
}

fn progress() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    let style =
        ProgressStyle::with_template("{spinner} {msg} {elapsed}").unwrap_or_else(|_| ProgressStyle::default_spinner());
    bar.set_style(style);
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
