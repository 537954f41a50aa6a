//! Clocks, memory and tables.

use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};

/// Wall and processor time of one repetition, in milliseconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Lap {
    /// On the wall.
    pub wall_ms: f64,
    /// On all processors of this process.
    pub cpu_ms: f64,
}

/// Repetitions of one thing.
#[derive(Debug, Clone, Default)]
pub struct Laps(pub Vec<Lap>);

/// Processor time of this process so far, in milliseconds.
pub fn cpu_ms() -> f64 {
    let time = |time: nix::sys::time::TimeVal| {
        let seconds = f64::from(i32::try_from(time.tv_sec()).unwrap_or(i32::MAX));
        seconds * 1e3 + f64::from(i32::try_from(time.tv_usec()).unwrap_or(0)) / 1e3
    };
    getrusage(UsageWho::RUSAGE_SELF).map_or(0.0, |usage| time(usage.user_time()) + time(usage.system_time()))
}

/// Times one run.
pub fn lap<T>(work: impl FnOnce() -> T) -> (Lap, T) {
    let (cpu, wall) = (cpu_ms(), Instant::now());
    let result = work();
    (Lap { wall_ms: wall.elapsed().as_secs_f64() * 1e3, cpu_ms: cpu_ms() - cpu }, result)
}

fn status_mb(key: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(key));
    let kilobytes = line.and_then(|line| line.split_whitespace().find_map(|word| word.parse::<f64>().ok()));
    kilobytes.unwrap_or(0.0) / 1024.0
}

/// Resident memory now, MB.
pub fn resident_mb() -> f64 {
    status_mb("VmRSS:")
}

/// Most resident memory so far, MB.
pub fn peak_mb() -> f64 {
    status_mb("VmHWM:")
}

/// The middle value.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The value that a share of all does not exceed.
pub fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a position in a short list"
    )]
    let at = ((values.len() as f64 - 1.0) * share).ceil() as usize;
    values.get(at).copied().unwrap_or(f64::NAN)
}

impl Laps {
    /// Repeats so many times.
    pub fn of(times: usize, mut work: impl FnMut()) -> Self {
        Self((0..times).map(|_| lap(&mut work).0).collect())
    }

    /// Median on the wall.
    pub fn wall(&self) -> f64 {
        median(self.0.iter().map(|lap| lap.wall_ms))
    }

    /// Least on the wall.
    pub fn least(&self) -> f64 {
        self.0.iter().map(|lap| lap.wall_ms).fold(f64::INFINITY, f64::min)
    }

    /// Median of processor time.
    pub fn cpu(&self) -> f64 {
        median(self.0.iter().map(|lap| lap.cpu_ms))
    }
}

/// Prints a table with aligned columns.
pub fn table(title: &str, head: &[&str], rows: &[Vec<String>]) {
    let width =
        |at: usize| rows.iter().map(|row| row[at].chars().count()).chain([head[at].chars().count()]).max().unwrap_or(0);
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded: Vec<String> = cells
            .enumerate()
            .map(|(at, cell)| {
                if at == 0 {
                    format!("{cell:<width$}", width = width(at))
                } else {
                    format!("{cell:>width$}", width = width(at))
                }
            })
            .collect();
        println!("  {}", padded.join("  "));
    };
    println!("\n{title}");
    line(&mut head.iter().copied());
    rows.iter().for_each(|row| line(&mut row.iter().map(String::as_str)));
}
