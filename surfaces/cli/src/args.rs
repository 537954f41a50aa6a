//! The command line, as promised in the reference: names here are fixed.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Anju (安居): looks after the people a county has resettled.
///
/// Enter once; every coverage is live; every gap has a name, an owner and a deadline.
#[derive(Debug, Parser)]
#[command(name = "anju", version, arg_required_else_help = true, after_help = EXIT_CODES)]
pub struct Cli {
    /// Read the definitions from this folder instead of the ones built in: one with mechanisms/ and counties/, or a county's own
    /// folder, which is joined to the built-in mechanisms.
    #[arg(long, global = true, value_name = "DIR")]
    pub pack: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str =
    "Exit codes: 0 fine · 1 the answer is no (faults found) · 2 wrong usage · 3 cannot (and what to do)";

/// Everything the binary does.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Build the demo county if it is not there yet, and serve it.
    Demo(DemoArgs),
    /// Serve a county from its database.
    Serve(ServeArgs),
    /// Check, show, apply and document the definitions.
    Pack {
        /// What to do with them.
        #[command(subcommand)]
        command: PackCommand,
    },
    /// Every requirement: met, gap, exempt, not applicable.
    Coverage(CoverageArgs),
    /// The gaps of one requirement, by name, with owner and deadline.
    Gaps(GapsArgs),
    /// The bulletin with every published figure.
    Bulletin(BulletinArgs),
    /// Write a ledger, or all of them, as CSV with raw codes and ids.
    Export(ExportArgs),
    /// Read spreadsheets into the ledgers, row by row, and take them back.
    Sheet {
        /// What to do with them.
        #[command(subcommand)]
        command: crate::sheet::SheetCommand,
    },
    /// Prove the chains of journal and events and their signed checkpoints, the shard against the rows, and coverage against the reference
    /// evaluator.
    Verify(VerifyArgs),
    /// Sign how far journal and events reach now. Kept outside the database, it shows later whether anything was cut off or written anew.
    Checkpoint(CheckpointArgs),
    /// Make, show and rotate the keys that sensitive fields are sealed with.
    Keys {
        /// What to do with them.
        #[command(subcommand)]
        command: KeysCommand,
    },
    /// Make, reset and unlock accounts, for the operator at the machine.
    Account {
        /// What to do with them.
        #[command(subcommand)]
        command: AccountCommand,
    },
    /// Copy the database into a file, beside a running server. The keys are not in it: keep them apart.
    Backup(BackupArgs),
    /// Say what is wrong with this installation and how to mend it.
    Doctor(DoctorArgs),
}

/// Where the data are.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// Folder of the county's database.
    #[arg(long, value_name = "DIR", default_value = "./data/demo")]
    pub data: PathBuf,
    /// Database instead of a folder: postgres://… or sqlite:FILE.
    #[arg(long, value_name = "URL", conflicts_with = "data")]
    pub database: Option<String>,
    /// File of the keys that sensitive fields are sealed with. Left out: the text in ANJU_KEYS, the file that ANJU_KEYS_FILE names, or
    /// keys.toml beside the database.
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,
    /// The county's day: `system`, or a date such as 2020-05-16. Left out, the county's own clock.
    #[arg(long, value_name = "system|DATE")]
    pub clock: Option<String>,
}

/// An address as people write it; a name such as localhost is looked up.
fn address(text: &str) -> Result<SocketAddr, String> {
    let found = text.to_socket_addrs().ok().and_then(|mut all| all.next());
    found.ok_or_else(|| "write an address and a port, such as 127.0.0.1:8080 or localhost:8081".to_owned())
}

/// `anju demo`
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Where the data are.
    #[command(flatten)]
    pub place: Place,
    /// How it is reached.
    #[command(flatten)]
    pub serving: Serving,
    /// Build the county and stop.
    #[arg(long)]
    pub prepare_only: bool,
}

/// `anju serve`
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Where the data are.
    #[command(flatten)]
    pub place: Place,
    /// How it is reached.
    #[command(flatten)]
    pub serving: Serving,
}

/// How a server is reached.
#[derive(Debug, Args)]
pub struct Serving {
    /// Address to serve on.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080", value_parser = address)]
    pub listen: SocketAddr,
    /// Its address as browsers write it, such as https://anju.example.gov.cn; cookies are then kept to HTTPS.
    #[arg(long, value_name = "URL")]
    pub origin: Option<String>,
    /// A proxy of your own stands in front and names the visitor in X-Forwarded-For.
    #[arg(long)]
    pub proxied: bool,
    /// Count no requests: for measuring, or behind a proxy that counts them.
    #[arg(long)]
    pub no_limits: bool,
}

/// `anju pack …`
#[derive(Debug, Subcommand)]
pub enum PackCommand {
    /// Report every fault of the definitions at its line.
    Check {
        /// Folder of the definitions, as for --pack; the built-in ones if left out.
        dir: Option<PathBuf>,
        /// How to print the faults.
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Show what would change in the database.
    Plan {
        /// Where the data are.
        #[command(flatten)]
        place: Place,
    },
    /// Change the database to fit the definitions.
    Apply {
        /// Where the data are.
        #[command(flatten)]
        place: Place,
        /// Also remove what the definitions no longer have; archived first.
        #[arg(long)]
        allow_contraction: bool,
    },
    /// Write the reference.
    Doc {
        /// Folder to write to.
        #[arg(default_value = "docs/reference")]
        dir: PathBuf,
        /// Only say whether the files are up to date.
        #[arg(long)]
        check: bool,
    },
    /// Run the stories shipped with the definitions.
    Test,
}

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
}

/// How to print prose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProseFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// `anju coverage`
#[derive(Debug, Args)]
pub struct CoverageArgs {
    /// Where the data are.
    #[command(flatten)]
    pub place: Place,
    /// Only this area: a division code, a site's or a building's.
    #[arg(long, value_name = "CODE")]
    pub area: Option<String>,
    /// As of this date.
    #[arg(long, value_name = "DATE")]
    pub on: Option<String>,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// `anju gaps`
#[derive(Debug, Args)]
pub struct GapsArgs {
    /// Id of the requirement, for example household_visited.
    pub requirement: String,
    /// The rest is as for coverage.
    #[command(flatten)]
    pub coverage: CoverageArgs,
}

/// `anju bulletin`
#[derive(Debug, Args)]
pub struct BulletinArgs {
    /// Where the data are.
    #[command(flatten)]
    pub place: Place,
    /// Only this area.
    #[arg(long, value_name = "CODE")]
    pub area: Option<String>,
    /// First day of the period; needs --to.
    #[arg(long, value_name = "DATE", requires = "to")]
    pub from: Option<String>,
    /// Last day of the period; needs --from.
    #[arg(long, value_name = "DATE", requires = "from")]
    pub to: Option<String>,
    /// Language of the text.
    #[arg(long, default_value = "zh-CN")]
    pub lang: String,
    /// How to print.
    #[arg(long, value_enum, default_value_t = ProseFormat::Text)]
    pub format: ProseFormat,
}

/// `anju export`
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Id of the ledger; written to standard output.
    #[arg(required_unless_present = "all")]
    pub ledger: Option<String>,
    /// Every ledger into this folder, one file each.
    #[arg(long, value_name = "DIR", conflicts_with = "ledger")]
    pub all: Option<PathBuf>,
    /// `csv`: raw codes and ids, to recompute from. `xlsx` and `gb18030` (text for older office programs): the columns of the ledger's
    /// import template, in words, to be edited and handed in again. Left out: `xlsx` where --out names a workbook, else `csv`.
    #[arg(long, value_parser = ["csv", "xlsx", "gb18030"])]
    pub format: Option<String>,
    /// Only this place and what lies in it, by its code.
    #[arg(long)]
    pub area: Option<String>,
    /// Write here instead of to standard output.
    #[arg(long, value_name = "FILE", conflicts_with = "all")]
    pub out: Option<PathBuf>,
    /// Overwrite files that are there already.
    #[arg(long)]
    pub force: bool,
    /// Where the data are.
    #[command(flatten)]
    pub place: Place,
}

/// `anju verify`
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Where the data are.
    #[command(flatten)]
    pub place: Place,
    /// What to prove; everything if left out.
    #[arg(value_enum)]
    pub what: Vec<Proof>,
    /// Check an exported checkpoint instead: its signature, and the county's chains against it if there is a county here.
    #[arg(long, value_name = "FILE", conflicts_with = "what")]
    pub checkpoint: Option<PathBuf>,
    /// The public key that must have signed it, as `anju keys show` prints it; for where the county is not.
    #[arg(long, value_name = "KEY", requires = "checkpoint")]
    pub public_key: Option<String>,
}

/// `anju checkpoint`
#[derive(Debug, Args)]
pub struct CheckpointArgs {
    /// Where the data are.
    #[command(flatten)]
    pub place: Place,
    /// Write it to this file, which must not exist yet; to standard output if left out.
    #[arg(long, value_name = "FILE")]
    pub export: Option<PathBuf>,
}

/// What `verify` can prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Proof {
    /// The hash chain of the journal.
    Journal,
    /// The hash chain of the events: sign-ins, readings, exports, grants.
    Events,
    /// Both chains against the signed checkpoints.
    Checkpoints,
    /// The shard against the rows.
    Shard,
    /// Coverage and figures against the reference evaluator.
    Coverage,
}

/// `anju keys …`
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Make a key file; one that exists is never overwritten.
    Init {
        /// Where the data are.
        #[command(flatten)]
        place: Place,
        /// Which algorithms.
        #[arg(long, value_enum, default_value_t = Algorithms::International)]
        suite: Algorithms,
    },
    /// Show where the keys are, their ids and the public key; never a key.
    Show {
        /// Where the data are.
        #[command(flatten)]
        place: Place,
    },
    /// Make a new encryption key and seal everything with it, beside a running server. The earlier keys stay in the file: backups need them.
    Rotate {
        /// Where the data are.
        #[command(flatten)]
        place: Place,
        /// Make no key; only go on with an earlier rotation that was cut off.
        #[arg(long)]
        resume: bool,
    },
}

/// `anju account …`
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// List every account and how it stands.
    List {
        /// Where the data are.
        #[command(flatten)]
        place: Place,
    },
    /// Make an account; its password for the first sign-in is shown once. Rights are granted by the security administrator.
    Add {
        /// What they sign in with.
        login: String,
        /// What they are called.
        name: String,
        /// Where the data are.
        #[command(flatten)]
        place: Place,
    },
    /// Give an account a password for one sign-in; its sessions and tokens end.
    ResetPassword {
        /// Whose.
        login: String,
        /// Where the data are.
        #[command(flatten)]
        place: Place,
    },
    /// Take the second factor off an account whose authenticator is lost.
    ResetSecondFactor {
        /// Whose.
        login: String,
        /// Where the data are.
        #[command(flatten)]
        place: Place,
    },
    /// Let an account be tried again at once.
    Unlock {
        /// Whose.
        login: String,
        /// Where the data are.
        #[command(flatten)]
        place: Place,
    },
}

impl AccountCommand {
    /// Where the data are.
    pub fn place(&self) -> &Place {
        match self {
            Self::List { place }
            | Self::Add { place, .. }
            | Self::ResetPassword { place, .. }
            | Self::ResetSecondFactor { place, .. }
            | Self::Unlock { place, .. } => place,
        }
    }
}

/// Suites of algorithms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Algorithms {
    /// AES-256-GCM and HMAC-SHA-256.
    International,
    /// SM4-GCM and HMAC-SM3.
    Commercial,
}

/// `anju backup`
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// File to write; one that exists is never overwritten.
    pub file: PathBuf,
    /// Where the data are.
    #[command(flatten)]
    pub place: Place,
}

/// `anju doctor`
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Where the data are.
    #[command(flatten)]
    pub place: Place,
}

/// The language of the record crate's words.
pub fn words(lang: anju_ui::Lang) -> anju_record::Lang {
    if lang == anju_ui::Lang::Zh { anju_record::Lang::Zh } else { anju_record::Lang::En }
}
