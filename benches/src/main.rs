//! `anju-bench county|nation|shard|commit|pages|rights|roll|sheets|hot|reading|all [--times N] [--rows N] [--no-peers]`

use std::path::Path;
use std::process::ExitCode;

use anju_benches::{commit, county, nation, pages, rights, roll, sheets};

/// As in the product's own binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const USAGE: &str = "anju-bench county|nation|shard|commit|pages|rights|roll|sheets|hot|reading|all [--times N] [--rows N] [--no-peers]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = folder.parent().unwrap_or(folder);
    let number = |name: &str| {
        let at = arguments.iter().position(|word| word == name)?;
        arguments.get(at + 1)?.parse::<usize>().ok()
    };
    let (times, rows) = (number("--times").unwrap_or(7), number("--rows").unwrap_or(1_000_000));
    let peers = !arguments.iter().any(|word| word == "--no-peers");
    let run = |what: &str| match what {
        "county" => county::evaluate(root),
        "hot" => county::hot(root),
        "reading" => sheets::reading(root, folder, number("--times").unwrap_or(20)),
        "nation" => nation::run(folder, times, peers),
        "shard" => county::shard(root),
        "commit" => commit::run(folder, times),
        "pages" => pages::run(root, folder),
        "rights" => rights::run(root),
        "roll" => roll::run(folder, rows),
        "sheets" => sheets::run(root, folder, number("--times").unwrap_or(5), peers),
        _ => Err(USAGE.to_owned()),
    };
    let asked = arguments.first().map_or("all", String::as_str);
    let all = ["county", "shard", "nation", "commit", "pages", "rights", "roll", "sheets"];
    let asked: Vec<&str> = if asked == "all" { all.to_vec() } else { vec![asked] };
    let mut code = ExitCode::SUCCESS;
    for what in asked {
        if let Err(fault) = run(what) {
            eprintln!("{what}: {fault}");
            code = ExitCode::from(if fault == USAGE { 2 } else { 3 });
        }
    }
    code
}
