//! How fast commits and loads are here: `cargo run --release -p anju-store --features testing --example rates -- sqlite:rates.db`,
//! or `postgres` for a throw-away cluster.

#![expect(clippy::disallowed_methods, reason = "a program at the edge makes its ids")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use anju_pack::{Pack, Source};
use anju_record::{Valid, Value, validate_values};
use anju_store::{Batch, Query, Store, Write};
use uuid::Uuid;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;
const COUNTY: &str = "610923";
const TODAY: i32 = 20_663;

fn batch(changes: Vec<Write>) -> Batch {
    Batch {
        county: COUNTY.into(),
        actor: "rates".into(),
        origin: "cli".into(),
        reason: None,
        idempotency_key: None,
        at: 0,
        changes,
    }
}

fn made(pack: &Pack, name: &str, id: Uuid, fields: &[(&str, Value)]) -> Outcome<Valid> {
    let ix = pack.ledger_by_id(name).ok_or("no ledger")?;
    let value = |id: &str| fields.iter().find(|field| field.0 == id).map(|field| field.1.clone()).unwrap_or_default();
    let values = pack.ledger(ix).fields.iter().map(|field| value(&field.id)).collect();
    validate_values(pack, ix, id, values, TODAY).map_err(|faults| format!("{faults:?}").into())
}

fn reader(pack: &Pack, home: Uuid, n: i64) -> Outcome<Valid> {
    let text = |text: String| Value::Text(text.into());
    let fields = [
        ("branch", Value::Id(home)),
        ("name", text(format!("读者{n}"))),
        ("number", text(n.to_string())),
        ("standing", text("member".into())),
        ("born_on", Value::Date(7_000)),
        ("active", Value::Bool(true)),
        ("balance", Value::Int(n)),
        ("level", Value::Int(3)),
    ];
    made(pack, "reader", Uuid::now_v7(), &fields)
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let url = std::env::args().nth(1).ok_or("which database?")?;
    let cluster = if url == "postgres" { Some(anju_store::testing::Cluster::start()?) } else { None };
    let url = match &cluster {
        Some(cluster) => cluster.database("rates").await?,
        None => url,
    };
    let words = include_str!("../tests/conformance/library.toml");
    let pack = Arc::new(
        anju_pack::compile(&[Source {
            path: "library.toml".into(),
            text: words.into(),
            mechanism: Some("lending".into()),
        }])
        .map_err(|faults| format!("{faults:?}"))?,
    );
    let store = Store::open(&url, anju_vault::Vault::testing()).await?;
    store.apply(store.plan(&pack).await?, false).await?;

    let home = Uuid::now_v7();
    let at = Instant::now();
    let mut records = vec![made(
        &pack,
        "branch",
        home,
        &[
            ("code", Value::Text("610923100001001".into())),
            ("name", Value::Text("馆".into())),
            ("opened_on", Value::Date(18_000)),
        ],
    )?];
    for n in 0..150_000 {
        records.push(reader(&pack, home, n)?);
    }
    println!("150,001 records checked in {:?}", at.elapsed());
    let at = Instant::now();
    store.import(&pack, batch(Vec::new()), records).await?;
    println!("imported in {:?}", at.elapsed());
    let at = Instant::now();
    let ix = pack.ledger_by_id("reader").ok_or("no ledger")?;
    let mut count = 0;
    let all: Vec<_> =
        (0..pack.ledger(ix).fields.len()).filter_map(|n| u16::try_from(n).ok()).map(anju_pack::FieldIx).collect();
    store.load(&pack, COUNTY, ix, &all, |_| count += 1).await?;
    println!("{count} records loaded in {:?}", at.elapsed());
    let at = Instant::now();
    let page = store.select(&pack, &Query { limit: Some(50), ..Query::of(COUNTY, ix, TODAY) }).await?;
    println!("a page of {} in {:?}", page.len(), at.elapsed());
    let at = Instant::now();
    println!(
        "journal verified ({:?}) in {:?}",
        store.verify(COUNTY).await?.map(|verified| verified.rows),
        at.elapsed()
    );

    let mut next = 1_000_000;
    for clients in [1, 4, 16, 64] {
        next += 1_000_000;
        rate(&store, &pack, home, clients, next).await?;
    }
    Ok(())
}

async fn rate(store: &Store, pack: &Arc<Pack>, home: Uuid, clients: i64, first: i64) -> Outcome<()> {
    let end = Instant::now() + Duration::from_secs(2);
    let tasks: Vec<_> = (0..clients)
        .map(|client| {
            let (store, pack) = (store.clone(), Arc::clone(pack));
            tokio::spawn(async move {
                let mut times = Vec::new();
                let mut n = first + client * 10_000;
                while Instant::now() < end {
                    let write = vec![Write::Insert(reader(&pack, home, n)?)];
                    let at = Instant::now();
                    store.commit(&pack, batch(write)).await?;
                    times.push(at.elapsed());
                    n += 1;
                }
                Outcome::Ok(times)
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await??);
    }
    times.sort();
    println!(
        "{clients} clients: {} commits/s, p50 {:?}, p99 {:?}",
        times.len() / 2,
        times[times.len() / 2],
        times[times.len() * 99 / 100]
    );
    Ok(())
}
