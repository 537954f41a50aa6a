//! The `anju` binary: one program runs a county.
//!
//! Exit codes: 0 fine, 1 the answer is "no" (faults found), 2 wrong usage, 3 cannot (and what to do).

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Command};
use crate::ending::Ending;

/// Records are many small texts: with the system's allocator a quarter of an import's time goes into it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod account;
mod args;
mod backup;
mod bulletin;
mod checkpoint;
mod coverage;
mod definitions;
mod demo;
mod doctor;
mod ending;
mod export;
mod files;
mod keys;
mod opening;
mod pack;
mod print;
mod serve;
mod sheet;
mod verify;

fn main() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_env("ANJU_LOG").unwrap_or_else(|_| "warn".into()))
        .with_writer(std::io::stderr)
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let ending = match runtime {
        Ok(runtime) => runtime.block_on(run(cli)),
        Err(error) => Err(Ending::Cannot(format!("the operating system gives no threads: {error}"))),
    };
    ending::finish(ending)
}

async fn run(cli: Cli) -> Result<(), Ending> {
    let pack = cli.pack.as_deref();
    match cli.command {
        Command::Demo(args) => demo::run(pack, args).await,
        Command::Serve(args) => serve::run(pack, args).await,
        Command::Pack { command } => pack::run(pack, command).await,
        Command::Coverage(args) => coverage::coverage(pack, args).await,
        Command::Gaps(args) => coverage::gaps(pack, args).await,
        Command::Bulletin(args) => bulletin::run(pack, args).await,
        Command::Export(args) => export::run(pack, args).await,
        Command::Sheet { command } => sheet::run(pack, command).await,
        Command::Verify(args) => verify::run(pack, args).await,
        Command::Checkpoint(args) => checkpoint::make(pack, args).await,
        Command::Account { command } => account::run(pack, command).await,
        Command::Keys { command } => keys::run(pack, command).await,
        Command::Backup(args) => backup::run(args).await,
        Command::Doctor(args) => doctor::run(pack, args).await,
    }
}
