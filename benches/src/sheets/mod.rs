//! A roster of 22,000 rows and 20 columns, read, checked, taken and written out, beside what people use instead, by turns in one run.

mod desk;
mod roster;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anju_app::Actor;
use anju_exchange::write::{CsvEncoding, TableFormat};
use anju_exchange::{ColumnMap, Limits, open, read_rows, recognise};
use anju_pack::Pack;
use anju_store::testing::Cluster;
use tokio::runtime::Runtime;

use self::roster::Files;
use crate::measure::{Lap, Laps, lap, peak_mb, resident_mb, table};
use crate::nation::Peer;

/// What is measured, each beside the one that it is compared with and the most that the ratio may be.
const LINES: [(&str, Option<(usize, f64)>); 18] = [
    ("polars, workbook read only", None),
    ("anju, workbook opened", Some((0, f64::NAN))),
    ("anju, opened, recognised, typed and checked", Some((0, 1.0))),
    ("anju, the same and compared with the ledgers", Some((0, 1.0))),
    ("openpyxl, workbook read only", None),
    ("anju, whole import into SQLite", Some((4, 1.0))),
    ("  of it writing and journal", Some((4, f64::NAN))),
    ("anju, whole import into PostgreSQL", Some((4, 1.0))),
    ("  of it writing and journal", Some((4, f64::NAN))),
    ("xlsxwriter, workbook written", None),
    ("xlsxwriter with constant memory", Some((9, f64::NAN))),
    ("anju, list written as workbook, SQLite", Some((9, 0.15))),
    ("anju, list written as workbook, PostgreSQL", Some((9, 0.15))),
    ("polars, text read only", None),
    ("anju, text opened, recognised, typed and checked", Some((13, f64::NAN))),
    ("csv of Python, text written", None),
    ("anju, list written as text, SQLite", Some((15, f64::NAN))),
    ("anju, list written as text, PostgreSQL", Some((15, f64::NAN))),
];

/// Peers by their line.
const PEERS: [(usize, &str); 6] = [
    (0, "polars"),
    (4, "openpyxl"),
    (9, "xlsxwriter"),
    (10, "xlsxwriter constant memory"),
    (13, "polars csv"),
    (15, "csv write"),
];

/// What the databases still do after a round is not to be counted to the next one's first lines.
const QUIET: Duration = Duration::from_secs(3);

/// Repetitions of one line, and the most memory beyond what stood before.
#[derive(Default)]
struct Line {
    laps: Laps,
    mb: f64,
}

impl Line {
    fn add(&mut self, lap: Lap, mb: f64) {
        self.laps.0.push(lap);
        self.mb = self.mb.max(mb);
    }
}

/// Times one run; memory is what it needed at most beyond what was resident before.
fn measured<T>(work: impl FnOnce() -> T) -> (Lap, f64, T) {
    // Linux counts the most from here on; elsewhere the figure is that of the process.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let before = resident_mb();
    let (lap, result) = lap(work);
    (lap, peak_mb() - before, result)
}

/// The bench at work.
struct Bench<'a> {
    runtime: Runtime,
    pack: Arc<Pack>,
    files: Files,
    cluster: Option<&'a Cluster>,
    lines: [Line; LINES.len()],
}

impl Bench<'_> {
    fn note<T>(&mut self, line: usize, work: impl FnOnce(&Self) -> Result<T, String>) -> Result<T, String> {
        let (lap, mb, result) = measured(|| work(self));
        self.lines[line].add(lap, mb);
        result
    }

    fn read(&self, name: &str, bytes: &[u8]) -> Result<(), String> {
        let sheet = self.pack.sheet_by_id("household_roster").ok_or("the pack has no such sheet")?;
        let book = open(bytes, name, &Limits::default()).map_err(|fault| format!("{fault:?}"))?;
        let pages = recognise(&self.pack, &sheet, &book, &ColumnMap::default());
        let page = pages.iter().find_map(|(_, page)| page.as_ref().ok()).ok_or("no page is taken")?;
        let reading = read_rows(&self.pack, &sheet, &book.sheets[page.grid], page, desk::TODAY);
        match (reading.rows.len(), reading.faults().next()) {
            (rows, None) if rows == roster::ROWS as usize => Ok(()),
            (rows, fault) => Err(format!("{rows} rows, {fault:?}")),
        }
    }

    fn readings(&mut self, clerk: &Actor) -> Result<(), String> {
        self.note(1, |it| {
            open(&it.files.xlsx, "roster.xlsx", &Limits::default()).map(drop).map_err(|fault| format!("{fault:?}"))
        })?;
        self.note(2, |it| it.read("roster.xlsx", &it.files.xlsx))?;
        self.note(3, |it| it.runtime.block_on(desk::check(clerk, "roster.xlsx", &it.files.xlsx)))?;
        self.note(14, |it| it.read("roster.csv", &it.files.csv))
    }

    /// Imports into an empty county, then writes its list out.
    fn county(&mut self, clerk: &Actor, [whole, writing, xlsx, csv]: [usize; 4]) -> Result<(), String> {
        let id = self.note(whole, |it| it.runtime.block_on(desk::hand_in(clerk, "roster.xlsx", &it.files.xlsx)))?;
        self.note(writing, |it| it.runtime.block_on(desk::take(clerk, id)))?;
        let taken = self.lines[writing].laps.0.last().copied().unwrap_or_default();
        if let Some(handed) = self.lines[whole].laps.0.last_mut() {
            handed.wall_ms += taken.wall_ms;
            handed.cpu_ms += taken.cpu_ms;
        }
        self.lines[whole].mb = self.lines[whole].mb.max(self.lines[writing].mb);
        for (line, format) in [(xlsx, TableFormat::Xlsx), (csv, TableFormat::Csv(CsvEncoding::Utf8))] {
            let path = self.files.folder.join("list.out");
            self.note(line, |it| {
                let out = std::fs::File::create(&path).map_err(|fault| fault.to_string())?;
                let out = std::io::BufWriter::new(out);
                it.runtime.block_on(desk::export(clerk, format, out))
            })?;
        }
        Ok(())
    }

    fn round(&mut self, round: usize, peers: &mut [(usize, Peer)]) -> Result<(), String> {
        // Made before anything is measured, so that all that reads the roster follows one another.
        let file = self.files.folder.join(format!("county{round}.db"));
        let clerk = self.runtime.block_on(desk::clerk(&format!("sqlite:{}", file.display()), &self.pack))?;
        std::thread::sleep(QUIET);
        for (line, peer) in peers.iter_mut() {
            let answer = peer.run().map_err(|fault| fault.to_string())?;
            if answer.rules.first().map(|counts| counts[0]) != Some(u64::from(roster::ROWS)) {
                return Err(format!("{} read {:?} rows", LINES[*line].0, answer.rules));
            }
            self.lines[*line].add(Lap { wall_ms: answer.ms, cpu_ms: answer.cpu_ms }, answer.rss_mb);
            // The one that a line is compared with runs right before it.
            match *line {
                0 => self.readings(&clerk)?,
                4 => self.imports(&clerk, round)?,
                _ => {}
            }
        }
        if peers.is_empty() {
            self.readings(&clerk)?;
            self.imports(&clerk, round)?;
        }
        // The next round's is another: what this one leaves behind is of no use.
        drop(clerk);
        let _ = std::fs::remove_file(&file);
        Ok(())
    }

    fn imports(&mut self, clerk: &Actor, round: usize) -> Result<(), String> {
        self.county(clerk, [5, 6, 11, 16])?;
        let Some(cluster) = self.cluster else { return Ok(()) };
        let url = self.runtime.block_on(cluster.database(&format!("anju_bench_{round}")))?;
        let clerk = self.runtime.block_on(desk::clerk(&url, &self.pack))?;
        self.county(&clerk, [7, 8, 12, 17])
    }

    fn report(&self) -> Result<(), String> {
        let mut over = 0;
        let mut rows = Vec::new();
        for ((name, beside), line) in LINES.iter().zip(&self.lines).filter(|(_, line)| !line.laps.0.is_empty()) {
            let base = beside.map(|(at, most)| (&self.lines[at].laps, most)).filter(|(base, _)| !base.0.is_empty());
            let ratio = base.map(|(base, most)| (line.laps.wall() / base.wall(), line.laps.cpu() / base.cpu(), most));
            let most = ratio.map(|(.., most)| most).filter(|most| most.is_finite());
            let within = ratio.zip(most).map(|((wall, ..), most)| wall <= most);
            over += usize::from(within == Some(false));
            rows.push(vec![
                (*name).to_owned(),
                format!("{:.0}", line.laps.wall()),
                format!("{:.0}", line.laps.least()),
                format!("{:.2}", line.laps.cpu() / 1e3),
                format!("{:.0}", line.mb),
                ratio.map_or_else(String::new, |(wall, ..)| format!("{wall:.2}")),
                ratio.map_or_else(String::new, |(_, cpu, _)| format!("{cpu:.2}")),
                most.map_or_else(String::new, |most| format!("{most:.2}")),
                within.map_or("", |within| if within { "yes" } else { "NO" }).to_owned(),
            ]);
        }
        table(
            "a roster of 22,000 rows and 20 columns; memory of peers with their interpreter, of anju beyond what stood before",
            &["", "median ms", "least ms", "cpu s", "MB", "ratio", "cpu ratio", "at most", "within"],
            &rows,
        );
        match over {
            0 => Ok(()),
            over => Err(format!("{over} of them take longer than they may")),
        }
    }
}

/// Every peer, started and warm; without them their lines are left out, and that is said.
fn peers(folder: &Path, files: &Files) -> Vec<(usize, Peer)> {
    let place = files.folder.display().to_string();
    let mut started = Vec::new();
    for (line, what) in PEERS {
        let peer = Peer::start(".venv/bin/python", &["peers/sheets.py", what, &place], folder);
        match peer.and_then(|mut peer| peer.run().map(|_| peer)) {
            Ok(peer) => started.push((line, peer)),
            Err(fault) => println!("  {what}: not there ({fault}); `benches/run.sh sheets` makes the peers"),
        }
    }
    started
}

/// Takes turns `times` times.
///
/// # Errors
/// A database that does not start, or a ratio beyond what it may be.
pub fn run(root: &Path, folder: &Path, times: usize, with_peers: bool) -> Result<(), String> {
    let place = folder.join("data/sheets");
    // Left over from an earlier run, if at all.
    let _ = std::fs::remove_dir_all(&place);
    let files = roster::make(&place)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|fault| fault.to_string())?;
    let cluster = Cluster::start().map_err(|fault| println!("  PostgreSQL: not there ({fault})")).ok();
    let mut peers = if with_peers { peers(folder, &files) } else { Vec::new() };
    let pack = desk::pack(root)?;
    let lines = std::array::from_fn(|_| Line::default());
    let mut bench = Bench { runtime, pack, files, cluster: cluster.as_ref(), lines };
    for round in 0..times {
        bench.round(round, &mut peers)?;
    }
    bench.report()
}

/// Reads the roster, and compares it with a county's ledgers, over and over and tells each time, for a profiler and for changes to what does so.
///
/// # Errors
/// A roster that is not read as it should be.
pub fn reading(root: &Path, folder: &Path, times: usize) -> Result<(), String> {
    let files = roster::make(&folder.join("data/sheets"))?;
    let runtime = tokio::runtime::Runtime::new().map_err(|fault| fault.to_string())?;
    let county = files.folder.join("reading.db");
    let _ = std::fs::remove_file(&county);
    let pack = desk::pack(root)?;
    let clerk = runtime.block_on(desk::clerk(&format!("sqlite:{}", county.display()), &pack))?;
    let lines = std::array::from_fn(|_| Line::default());
    let mut bench = Bench { runtime, pack, files, cluster: None, lines };
    for _ in 0..times {
        bench.readings(&clerk)?;
    }
    bench.report()
}
