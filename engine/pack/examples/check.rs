//! Checks the packs under a folder and prints every fault: `cargo run -p anju-pack --example check -- DIR [county.toml]`.

use std::path::Path;

use anju_pack::{LoadError, Pack};

fn main() -> miette::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let dir = arguments.first().map_or(".", String::as_str);
    match Pack::load(Path::new(dir), arguments.get(1).map(Path::new)) {
        Ok(pack) => {
            println!(
                "{} ledgers, {} requirements, {} figures, {} stories",
                pack.ledgers.len(),
                pack.requirements.len(),
                pack.figures.len(),
                pack.stories.len()
            );
            Ok(())
        }
        Err(LoadError::Faults(faults)) => Err(faults.into()),
        Err(other) => Err(miette::miette!("{other}")),
    }
}
