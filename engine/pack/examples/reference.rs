//! Prints the reference of the packs under a folder: `cargo run -p anju-pack --example reference -- DIR [county.toml]`.

use std::path::Path;

use anju_pack::{LoadError, Pack, reference};

fn main() -> Result<(), LoadError> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let dir = arguments.first().map_or(".", String::as_str);
    let pack = Pack::load(Path::new(dir), arguments.get(1).map(Path::new))?;
    for (name, page) in reference(&pack) {
        println!("<!-- {name} -->\n{page}");
    }
    Ok(())
}
