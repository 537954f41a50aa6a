//! Tidiness as a test: `cargo xtask tidy` and `cargo xtask docs`.
//!
//! Both read the files of the working tree (what git tracks or would track), print every fault at once, and end with 1 if there is one.

mod adr;
mod docs;
mod fault;
mod layers;
mod links;
mod mission;
mod nouns;
mod sizes;
mod tree;
mod words;

use std::process::ExitCode;

use fault::Fault;
use tree::Tree;

const USAGE: &str = "usage: cargo xtask tidy    layers, nouns, sizes, mission table, words, links, decisions
       cargo xtask docs    docs/reference says what the packs say";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let check = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["tidy"] => tidy,
        ["docs"] => docs::check,
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    let tree = match Tree::of_repository() {
        Ok(tree) => tree,
        Err(why) => {
            eprintln!("cannot read the working tree: {why}");
            return ExitCode::from(3);
        }
    };
    report(&check(&tree))
}

fn tidy(tree: &Tree) -> Vec<Fault> {
    println!("{}", sizes::distribution(tree));
    [
        layers::check(tree),
        nouns::check(tree),
        sizes::check(tree),
        mission::check(tree),
        words::check(tree),
        links::check(tree),
        adr::check(tree),
    ]
    .concat()
}

fn report(faults: &[Fault]) -> ExitCode {
    for fault in faults {
        eprintln!("{fault}");
    }
    if faults.is_empty() {
        println!("tidy");
        return ExitCode::SUCCESS;
    }
    eprintln!("{} fault{}", faults.len(), if faults.len() == 1 { "" } else { "s" });
    ExitCode::FAILURE
}
