//! Every story that ships with the packs comes out as it says.

use std::error::Error;
use std::path::Path;

use anju_coverage::tell_stories;
use anju_pack::{compile, read_dir};

#[test]
fn every_story_comes_out_as_it_says() -> Result<(), Box<dyn Error>> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let pack = compile(&read_dir(root)?).map_err(|faults| faults.to_string())?;
    let told = tell_stories(&pack);
    let faults: Vec<_> =
        told.iter().flat_map(|story| story.faults.iter().map(|fault| format!("{}: {fault}", story.id))).collect();
    assert!(told.iter().map(|story| story.expected).sum::<usize>() > 20, "hardly any expectations");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}
