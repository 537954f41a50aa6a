//! A durable commit beside a raw append with fdatasync, by turns in one run: one client, then sixteen.

#![expect(clippy::disallowed_methods, reason = "a bench is an edge: ids are made here")]

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anju_pack::Pack;
use anju_record::{Valid, Value, validate_values};
use anju_store::{Batch, Store, Write};
use uuid::Uuid;

use crate::measure::{median, quantile, table};
use crate::nation::{TODAY, pack};

const COUNTY: &str = "610923";
const TURN: Duration = Duration::from_millis(700);

fn batch(changes: Vec<Write>) -> Batch {
    Batch {
        county: COUNTY.into(),
        actor: "bench".into(),
        origin: "cli".into(),
        reason: None,
        idempotency_key: None,
        at: 0,
        changes,
    }
}

fn valid(pack: &Pack, ledger: &str, id: Uuid, values: Vec<Value>) -> Result<Valid, String> {
    let ix = pack.ledger_by_id(ledger).ok_or_else(|| ledger.to_owned())?;
    validate_values(pack, ix, id, values, TODAY).map_err(|faults| format!("{faults:?}"))
}

fn visit(pack: &Pack, home: Uuid) -> Result<Write, String> {
    Ok(Write::Insert(valid(pack, "visit", Uuid::now_v7(), vec![Value::Id(home), Value::Date(TODAY - 3)])?))
}

async fn prepare(store: &Store, pack: &Arc<Pack>) -> Result<Uuid, String> {
    let told = |fault: anju_store::Error| fault.to_string();
    let plan = store.plan(pack).await.map_err(told)?;
    store.apply(plan, false).await.map_err(told)?;
    let (site, building, home) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
    let changes = [
        ("site", site, vec![Value::Text("610923100001001".into())]),
        ("building", building, vec![Value::Id(site), Value::Null]),
        ("household", home, vec![Value::Id(building), Value::Int(2)]),
    ];
    let changes: Result<Vec<Write>, String> =
        changes.into_iter().map(|(ledger, id, values)| Ok(Write::Insert(valid(pack, ledger, id, values)?))).collect();
    store.commit(pack, batch(changes?)).await.map_err(|fault| fault.to_string())?;
    Ok(home)
}

/// What one turn gave: commits in a second, and each one's time in µs.
#[derive(Default)]
struct Turn {
    rate: f64,
    micros: Vec<f64>,
}

fn raw(path: &Path) -> std::io::Result<Turn> {
    let mut file: File = OpenOptions::new().create(true).append(true).open(path)?;
    let block = [b'x'; 512];
    let (began, mut micros) = (Instant::now(), Vec::new());
    while began.elapsed() < TURN {
        let at = Instant::now();
        file.write_all(&block)?;
        file.sync_data()?;
        micros.push(at.elapsed().as_secs_f64() * 1e6);
    }
    Ok(Turn { rate: per_second(micros.len(), began), micros })
}

fn per_second(count: usize, began: Instant) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / began.elapsed().as_secs_f64()
}

async fn commits(store: &Arc<Store>, pack: &Arc<Pack>, home: Uuid, clients: usize) -> Result<Turn, String> {
    let began = Instant::now();
    let failed = Arc::new(AtomicU64::new(0));
    let client = || {
        let (store, pack, failed) = (Arc::clone(store), Arc::clone(pack), Arc::clone(&failed));
        async move {
            let mut micros = Vec::new();
            while began.elapsed() < TURN {
                let Ok(write) = visit(&pack, home) else { break };
                let at = Instant::now();
                if store.commit(&pack, batch(vec![write])).await.is_err() {
                    failed.fetch_add(1, Ordering::Relaxed);
                }
                micros.push(at.elapsed().as_secs_f64() * 1e6);
            }
            micros
        }
    };
    let tasks: Vec<_> = (0..clients).map(|_| tokio::spawn(client())).collect();
    let mut micros = Vec::new();
    for task in tasks {
        micros.extend(task.await.map_err(|fault| fault.to_string())?);
    }
    match failed.load(Ordering::Relaxed) {
        0 => Ok(Turn { rate: per_second(micros.len(), began), micros }),
        failed => Err(format!("{failed} commits failed")),
    }
}

/// Takes turns `times` times.
///
/// # Errors
/// A store that does not open, or a commit that fails.
pub fn run(folder: &Path, times: usize) -> Result<(), String> {
    let place = folder.join("data/commit");
    // Left over from an earlier run, if at all.
    let _ = std::fs::remove_dir_all(&place);
    std::fs::create_dir_all(&place).map_err(|fault| fault.to_string())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|fault| fault.to_string())?;
    let pack = Arc::new(pack()?);
    let turns = runtime.block_on(async {
        let url = format!("sqlite:{}", place.join("county.db").display());
        let store = Arc::new(Store::open(&url, anju_vault::Vault::testing()).await.map_err(|fault| fault.to_string())?);
        let home = prepare(&store, &pack).await?;
        let mut turns: [Vec<Turn>; 3] = Default::default();
        for _ in 0..times {
            turns[0].push(raw(&place.join("floor")).map_err(|fault| fault.to_string())?);
            turns[1].push(commits(&store, &pack, home, 1).await?);
            turns[2].push(commits(&store, &pack, home, 16).await?);
        }
        Ok::<_, String>(turns)
    })?;
    report(turns);
    Ok(())
}

fn report(turns: [Vec<Turn>; 3]) {
    let rate = |turns: &[Turn]| median(turns.iter().map(|turn| turn.rate));
    let half = |turns: &[Turn]| median(turns.iter().map(|turn| median(turn.micros.iter().copied())));
    let (floor_rate, floor_half) = (rate(&turns[0]), half(&turns[0]));
    let names = [
        "raw append of 512 B + fdatasync, one client",
        "durable commit (row + journal), one client",
        "durable commit (row + journal), sixteen clients",
    ];
    let rows: Vec<Vec<String>> = names
        .iter()
        .zip(&turns)
        .map(|(name, turns)| {
            let mut all: Vec<f64> = turns.iter().flat_map(|turn| turn.micros.iter().copied()).collect();
            vec![
                (*name).to_owned(),
                format!("{:.0}", rate(turns)),
                format!("{:.0}", half(turns)),
                format!("{:.0}", quantile(&mut all, 0.99)),
                format!("{:.2}", rate(turns) / floor_rate),
                format!("{:.2}", half(turns) / floor_half),
            ]
        })
        .collect();
    table("durable commits on SQLite", &["", "per second", "p50 µs", "p99 µs", "rate / raw", "p50 / raw"], &rows);
}
