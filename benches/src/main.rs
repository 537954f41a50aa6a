//! `anju-bench nation [--times N] [--no-peers]`

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let times = arguments.iter().position(|word| word == "--times").and_then(|at| arguments.get(at + 1)?.parse().ok()).unwrap_or(7);
    let peers = !arguments.iter().any(|word| word == "--no-peers");
    match anju_benches::nation::run(folder, times, peers) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::from(3)
        }
    }
}
