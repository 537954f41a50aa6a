//! What is written about the binary says what the binary says: the reference of the packs, and the commands that both READMEs tell.

use std::io;
use std::path::PathBuf;
use std::process::{Command, Output};

use crate::fault::Fault;
use crate::tree::{Tree, root};

const CHECK: &str = "docs";
const REFERENCE: &str = "docs/reference";
const READMES: &[&str] = &["README.md", "README.zh-CN.md"];

/// A reference that is not fresh; commands that a README leaves out.
pub fn check(tree: &Tree) -> Vec<Fault> {
    let cannot = |why: io::Error| {
        vec![Fault::new(CHECK, "target/release/anju", 0, format!("cannot run it ({why}): make build"))]
    };
    let reference = anju(&["pack", "doc", "--check"]);
    let help = anju(&["--help"]);
    match (reference, help) {
        (Err(why), _) | (_, Err(why)) => cannot(why),
        (Ok(reference), Ok(help)) => {
            let mut faults = stale(&reference);
            faults.extend(untold(tree, &commands(&String::from_utf8_lossy(&help.stdout))));
            faults
        }
    }
}

fn anju(arguments: &[&str]) -> io::Result<Output> {
    let binary: PathBuf = root().join("target/release/anju");
    Command::new(binary).args(arguments).current_dir(root()).output()
}

fn stale(output: &Output) -> Vec<Fault> {
    if output.status.success() {
        return Vec::new();
    }
    let said =
        [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).trim().to_owned()).join("\n");
    vec![Fault::new(
        CHECK,
        REFERENCE,
        0,
        format!("not what the packs say; run `make docs` and commit it\n{}", said.trim()),
    )]
}

/// The names under "Commands:" of a clap help.
fn commands(help: &str) -> Vec<String> {
    let listed =
        help.lines().skip_while(|line| line.trim() != "Commands:").skip(1).take_while(|line| !line.trim().is_empty());
    let names = listed
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

fn untold(tree: &Tree, commands: &[String]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for readme in READMES {
        let text = tree.texts.get(*readme).map_or("", String::as_str);
        let words: Vec<&str> = text.split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '-').collect();
        let left_out = commands.iter().filter(|command| !words.contains(&command.as_str()));
        faults.extend(left_out.map(|command| Fault::new(CHECK, readme, 0, format!("does not tell `anju {command}`"))));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::of;

    const HELP: &str = "Anju\n\nUsage: anju\n\nCommands:\n  demo    Build\n  verify  Prove\n          and more\n  help    Print\n\nOptions:\n  -h\n";

    #[test]
    fn commands_are_read_from_the_help() {
        assert_eq!(commands(HELP), ["demo", "verify"]);
    }

    #[test]
    fn a_command_that_a_readme_leaves_out_is_told() {
        let tree = of(&[("README.md", "anju demo · verify"), ("README.zh-CN.md", "anju demo")]);
        let found: Vec<String> = untold(&tree, &commands(HELP)).into_iter().map(|fault| fault.file).collect();
        assert_eq!(found, ["README.zh-CN.md"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_reference_that_is_not_fresh_is_told_with_what_the_binary_said() {
        use std::os::unix::process::ExitStatusExt;
        let output = |code: i32| Output {
            status: std::process::ExitStatus::from_raw(code << 8),
            stdout: b"visit.md differs\n".to_vec(),
            stderr: Vec::new(),
        };
        assert!(stale(&output(1))[0].says.ends_with("visit.md differs"));
        assert_eq!(stale(&output(0)), []);
    }
}
