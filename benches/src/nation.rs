//! Ten reference rules over a nation: tuned DuckDB, a hand-written kernel and the engine, by turns in one run.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anju_coverage::{Plan, Status, fold};
use anju_pack::{LedgerIx, Pack, RequirementIx, Source};
use anju_record::{Record, Value};
use anju_shard::{Shape, Shard};
use serde::Deserialize;
use uuid::Uuid;

use crate::measure::{Lap, Laps, lap, resident_mb, table};

/// The date of evaluation: 2020-11-30.
pub const TODAY: i32 = 18_596;
const NULL: u16 = u16::MAX;
const LONG_AGO: i32 = 10_957;

/// What a peer answers: per rule applicable, met, uncovered, sum of the uncovered ids.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Answer {
    /// Wall time.
    pub ms: f64,
    /// Processor time.
    pub cpu_ms: f64,
    /// Most resident memory.
    pub rss_mb: f64,
    /// Per rule.
    pub rules: Vec<[u64; 4]>,
}

/// A peer that answers a line with a line.
pub struct Peer {
    child: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    /// Starts it in the folder of the benches.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(program: &str, arguments: &[&str], folder: &Path) -> std::io::Result<Self> {
        let mut child = Command::new(folder.join(program))
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (Some(ask), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(std::io::Error::other("a peer without pipes"));
        };
        Ok(Self { child, ask, answers: BufReader::new(answers) })
    }

    /// Lets it run once.
    ///
    /// # Errors
    /// If it has ended or does not answer as agreed.
    pub fn run(&mut self) -> std::io::Result<Answer> {
        writeln!(self.ask)?;
        self.ask.flush()?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        serde_json::from_str(&line).map_err(std::io::Error::other)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The pack of the ten rules.
///
/// # Errors
/// Its faults.
pub fn pack() -> Result<Pack, String> {
    let source = Source {
        path: "benches/nation/pack.toml".into(),
        text: include_str!("../nation/pack.toml").into(),
        mechanism: Some("nation".into()),
    };
    anju_pack::compile(&[source]).map_err(|faults| format!("{faults:?}"))
}

/// Where a column of all counties lies, and where each county's part of it begins.
struct Columns {
    folder: PathBuf,
}

/// One table of one county.
struct Part {
    first: u64,
    rows: usize,
}

impl Columns {
    fn part(&self, table: &str, county: usize) -> std::io::Result<Part> {
        let bytes = std::fs::read(self.folder.join(format!("{table}.rows")))?;
        let rows: Vec<u32> = bytes.as_chunks::<4>().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect();
        let first = rows.iter().take(county).map(|rows| u64::from(*rows)).sum();
        Ok(Part { first, rows: rows.get(county).map_or(0, |rows| *rows as usize) })
    }

    fn bytes(&self, table: &str, column: &str, part: &Part, width: usize) -> std::io::Result<Vec<u8>> {
        let file = File::open(self.folder.join(format!("{table}.{column}")))?;
        let mut bytes = vec![0; part.rows * width];
        file.read_exact_at(&mut bytes, part.first * width as u64)?;
        Ok(bytes)
    }

    fn u32s(&self, table: &str, column: &str, part: &Part) -> std::io::Result<Vec<u32>> {
        Ok(self
            .bytes(table, column, part, 4)?
            .as_chunks::<4>()
            .0
            .iter()
            .map(|bytes| u32::from_le_bytes(*bytes))
            .collect())
    }

    fn days(&self, table: &str, column: &str, part: &Part) -> std::io::Result<Vec<u16>> {
        Ok(self
            .bytes(table, column, part, 2)?
            .as_chunks::<2>()
            .0
            .iter()
            .map(|bytes| u16::from_le_bytes(*bytes))
            .collect())
    }
}

fn id(number: u32) -> Value {
    Value::Id(Uuid::from_u128(number.into()))
}

/// There, `ended` is the first day that no longer counts; here, the last that does.
fn last_day(ended: u16) -> Value {
    if ended == NULL { Value::Null } else { Value::Date(i32::from(ended) - 1) }
}

/// Reads the records of one county as a store would give them.
struct Reader<'a> {
    pack: &'a Pack,
    columns: &'a Columns,
    county: usize,
    records: Vec<(LedgerIx, Record)>,
}

impl Reader<'_> {
    fn add(
        &mut self,
        table: &str,
        place: &str,
        values: impl Fn(&Columns, &Part) -> std::io::Result<Vec<(u32, Vec<Value>)>>,
    ) -> std::io::Result<()> {
        let ledger = self.pack.ledger_by_id(table).ok_or_else(|| std::io::Error::other(table.to_owned()))?;
        let part = self.columns.part(table, self.county)?;
        let rows = values(self.columns, &part)?;
        self.records.extend(rows.into_iter().map(|(id, values)| {
            (ledger, Record { id: Uuid::from_u128(id.into()), version: 1, area: place.into(), values })
        }));
        Ok(())
    }

    fn plain(&mut self, table: &str, place: &str) -> std::io::Result<()> {
        self.add(table, place, |columns, part| {
            let owners = columns.u32s(table, "ref", part)?;
            Ok((1u32..).zip(owners).map(|(at, owner)| (at, vec![id(owner), Value::Null])).collect())
        })
    }

    fn spells(&mut self, table: &str, place: &str, extra: Option<&str>) -> std::io::Result<()> {
        self.add(table, place, |columns, part| {
            let owners = columns.u32s(table, "ref", part)?;
            let ended = columns.days(table, "ended", part)?;
            let started = if table == "industry" { Vec::new() } else { columns.days(table, "started", part)? };
            let extra = extra.map(|extra| columns.bytes(table, extra, part, 1)).transpose()?;
            let rows = owners.iter().zip(&ended).enumerate().map(|(at, (owner, ended))| {
                let started = started.get(at).map_or(LONG_AGO, |day| i32::from(*day));
                let more = extra.as_ref().map(|extra| match (table, extra[at]) {
                    ("industry", term) => Value::Text(["short", "medium", "long"][usize::from(term)].into()),
                    (_, yes) => Value::Bool(yes == 1),
                });
                (
                    u32::try_from(at).unwrap_or(0) + 1,
                    [id(*owner), Value::Date(started), last_day(*ended)].into_iter().chain(more).collect(),
                )
            });
            Ok(rows.collect())
        })
    }

    fn on_days(&mut self, table: &str, day: &str, place: &str) -> std::io::Result<()> {
        self.add(table, place, |columns, part| {
            let (owners, days) = (columns.u32s(table, "ref", part)?, columns.days(table, day, part)?);
            let rows = (1u32..).zip(owners.iter().zip(&days));
            Ok(rows.map(|(at, (owner, day))| (at, vec![id(*owner), Value::Date(i32::from(*day))])).collect())
        })
    }

    fn read(mut self, place: &str) -> std::io::Result<Vec<(LedgerIx, Record)>> {
        self.add("site", place, |columns, part| {
            Ok(columns
                .u32s("site", "ref", part)?
                .into_iter()
                .map(|site| (site, vec![Value::Text(format!("{place}{site:09}").into())]))
                .collect())
        })?;
        for (_, record) in &mut self.records {
            if let Value::Text(code) = &record.values[0] {
                record.area = code.clone();
            }
        }
        self.add("building", place, |columns, part| {
            let (ids, owners) = (columns.u32s("building", "id", part)?, columns.u32s("building", "ref", part)?);
            Ok(ids.into_iter().zip(owners).map(|(at, owner)| (at, vec![id(owner), Value::Null])).collect())
        })?;
        for (table, extra) in [("household", "labour_count"), ("person", "party_member")] {
            self.add(table, place, |columns, part| {
                let (ids, owners) = (columns.u32s(table, "id", part)?, columns.u32s(table, "ref", part)?);
                let extra = columns.bytes(table, extra, part, 1)?;
                let value = |byte: u8| if table == "person" { Value::Bool(byte == 1) } else { Value::Int(byte.into()) };
                Ok(ids
                    .into_iter()
                    .zip(owners)
                    .zip(extra)
                    .map(|((at, owner), byte)| (at, vec![id(owner), value(byte)]))
                    .collect())
            })?;
        }
        self.spells("employment", place, Some("stable"))?;
        self.spells("industry", place, Some("term"))?;
        self.spells("pairing", place, None)?;
        self.on_days("visit", "visited_on", place)?;
        self.on_days("moral_review", "held_on", place)?;
        ["party_group", "camera", "grid_head", "building_head"]
            .into_iter()
            .try_for_each(|table| self.plain(table, place))?;
        Ok(self.records)
    }
}

/// Loads every county, one after the other on each thread.
///
/// # Errors
/// Missing files, or a record that cannot be kept.
pub fn load(pack: &Pack, shape: &Arc<Shape>, folder: &Path, threads: usize) -> std::io::Result<Vec<Shard>> {
    let columns = Columns { folder: folder.to_owned() };
    let counties = std::fs::metadata(folder.join("site.rows"))?.len() / 4;
    let counties = usize::try_from(counties).unwrap_or(0);
    let next = AtomicUsize::new(0);
    let work = || -> std::io::Result<Vec<Shard>> {
        let mut shards = Vec::new();
        loop {
            let county = next.fetch_add(1, Ordering::Relaxed);
            if county >= counties {
                return Ok(shards);
            }
            let code = format!("{:06}", county + 1);
            let records = Reader { pack, columns: &columns, county, records: Vec::new() }.read(&code)?;
            shards.push(Shard::load(shape, &code, records).map_err(std::io::Error::other)?);
        }
    };
    let mut shards = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut shards = work()?;
        for other in others {
            shards.extend(other.join().map_err(|_| std::io::Error::other("a loading thread panicked"))??);
        }
        Ok::<_, std::io::Error>(shards)
    })?;
    shards.sort_by(|left, right| left.county().cmp(right.county()));
    Ok(shards)
}

/// The ten rules over all counties: counts of each county and the ids of the uncovered.
fn evaluate(plan: &Plan, shards: &[Shard], threads: usize) -> Vec<Vec<(usize, usize, Vec<u32>)>> {
    let rules: Vec<RequirementIx> = (0..u16::try_from(plan.len()).unwrap_or(0)).map(RequirementIx).collect();
    fold(plan, shards, TODAY, threads, |shard, outcome| {
        let rule = |rule: &RequirementIx| {
            let counts = outcome.counts(*rule, "");
            let mut uncovered = Vec::with_capacity(counts.gap);
            if let Some(ids) = shard.table(plan.subjects_of(*rule)).and_then(anju_shard::Table::ids) {
                let gaps = outcome.rows(*rule, Status::Gap);
                uncovered.extend(gaps.iter().map(|row| u32::try_from(ids.key(row)).unwrap_or(0)));
            }
            (counts.met + counts.gap, counts.met, uncovered)
        };
        rules.iter().map(rule).collect()
    })
}

fn answer(lap: Lap, counties: &[Vec<(usize, usize, Vec<u32>)>]) -> Answer {
    let mut rules = vec![[0u64; 4]; counties.first().map_or(0, Vec::len)];
    for county in counties {
        for (total, (applicable, met, uncovered)) in rules.iter_mut().zip(county) {
            let ids: u64 = uncovered.iter().map(|id| u64::from(*id)).sum();
            let mine = [*applicable as u64, *met as u64, uncovered.len() as u64, ids];
            total.iter_mut().zip(mine).for_each(|(total, mine)| *total += mine);
        }
    }
    Answer { ms: lap.wall_ms, cpu_ms: lap.cpu_ms, rss_mb: resident_mb(), rules }
}

/// Runs all of them by turns; `folder` is that of the benches.
///
/// # Errors
/// Missing data or peers, or answers that differ.
pub fn run(folder: &Path, times: usize, peers: bool) -> Result<(), String> {
    let told = |error: std::io::Error| error.to_string();
    let pack = pack()?;
    let shape = Arc::new(Shape::of(&pack));
    let plan = Plan::compile(&pack, &shape);
    let before = resident_mb();
    let (loading, shards) = lap(|| load(&pack, &shape, &folder.join("data/national.shards"), 2));
    let shards = shards.map_err(told)?;
    let held: usize = shards.iter().map(Shard::memory).sum();
    println!(
        "nation: {} counties loaded in {:.1} s, columns {} MB, resident {:.0} MB (peak while loading {:.0})",
        shards.len(),
        loading.wall_ms / 1e3,
        held / 1_000_000,
        resident_mb() - before,
        crate::measure::peak_mb()
    );
    let mut duckdb = peers
        .then(|| Peer::start(".venv/bin/python", &["peers/duckdb_tuned.py", "national"], folder))
        .transpose()
        .map_err(told)?;
    let mut floor =
        peers.then(|| Peer::start("data/floor", &["data/national.raw"], folder)).transpose().map_err(told)?;
    let mut laps: [Vec<Answer>; 4] = Default::default();
    for _ in 0..times {
        for (peer, laps) in [&mut duckdb, &mut floor].into_iter().zip(&mut laps) {
            laps.extend(peer.as_mut().map(Peer::run).transpose().map_err(told)?);
        }
        for (threads, at) in [(1, 2), (2, 3)] {
            let (lap, counties) = lap(|| evaluate(&plan, &shards, threads));
            laps[at].push(answer(lap, &counties));
        }
    }
    report(&laps)
}

fn report(laps: &[Vec<Answer>; 4]) -> Result<(), String> {
    let names = ["DuckDB tuned, 2 threads", "hand-written C, 1 thread", "anju, 1 thread", "anju, 2 threads"];
    let middle = |answers: &[Answer], of: fn(&Answer) -> f64| {
        Laps(answers.iter().map(|answer| Lap { wall_ms: of(answer), cpu_ms: answer.cpu_ms }).collect())
    };
    let base = middle(&laps[0], |answer| answer.ms).wall();
    let rows = names.iter().zip(laps).filter(|(_, answers)| !answers.is_empty()).map(|(name, answers)| {
        let time = middle(answers, |answer| answer.ms);
        let memory = answers.iter().map(|answer| answer.rss_mb).fold(0.0, f64::max);
        vec![
            (*name).to_owned(),
            format!("{:.1}", time.wall()),
            format!("{:.1}", time.least()),
            format!("{:.1}", time.cpu()),
            format!("{memory:.0}"),
            format!("{:.4}", time.wall() / base),
        ]
    });
    table(
        "ten rules over a nation (2.66 M households, 9.6 M people, 21.3 M visits), counts per county and every uncovered id",
        &["", "median ms", "least ms", "cpu ms", "MB", "ratio"],
        &rows.collect::<Vec<_>>(),
    );
    let wanted = laps.iter().find_map(|answers| answers.first()).map(|answer| answer.rules.clone());
    let same = laps.iter().flatten().all(|answer| Some(&answer.rules) == wanted.as_ref());
    println!(
        "  answers of all: {}",
        if same { "the same (applicable, met, uncovered, sum of uncovered ids, each rule)" } else { "DIFFER" }
    );
    if same {
        Ok(())
    } else {
        Err(format!(
            "answers differ: {:?}",
            laps.iter().map(|answers| answers.first().map(|answer| &answer.rules)).collect::<Vec<_>>()
        ))
    }
}
