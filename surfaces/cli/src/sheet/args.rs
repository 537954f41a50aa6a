//! `anju sheet …`

use std::path::PathBuf;

use anju_record::Lang;
use clap::{Args, Subcommand};
use uuid::Uuid;

use crate::args::{Format, Place, words};

/// What to do with a spreadsheet.
#[derive(Debug, Subcommand)]
pub enum SheetCommand {
    /// Say what would become of every row of a file, and write nothing. Rows that stay as they are, are only counted.
    Check {
        /// The file and how it is read.
        #[command(flatten)]
        file: FileArgs,
        /// Write the same workbook with every fault marked at its cell.
        #[arg(long, value_name = "FILE")]
        marked: Option<PathBuf>,
        /// Overwrite the file of --marked if it is there already.
        #[arg(long, requires = "marked")]
        force: bool,
        /// How to print.
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Take the good rows of a file; the others wait, by name.
    Import {
        /// The file and how it is read.
        #[command(flatten)]
        file: FileArgs,
        /// Take nothing as long as any row is wrong.
        #[arg(long)]
        whole: bool,
    },
    /// Write a workbook to fill in: instructions, headings that explain themselves, samples, lists to choose from.
    Template {
        /// A sheet's id, such as household_roster, or a ledger's; several become sheets of one workbook.
        #[arg(required = true)]
        ids: Vec<String>,
        /// Where to write it; the first id with .xlsx if left out.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Overwrite it if it is there already.
        #[arg(long)]
        force: bool,
        /// The language of headings and instructions: zh or en.
        #[arg(long, value_parser = lang, default_value = "zh")]
        lang: Lang,
    },
    /// Sheets that were handed in, the newest first.
    List {
        /// Where the data are.
        #[command(flatten)]
        place: Place,
    },
    /// Take what can be taken by now of a sheet that was handed in.
    Take {
        /// Where the data are.
        #[command(flatten)]
        place: Place,
        /// The sheet's id, as `anju sheet list` shows it.
        #[arg(value_parser = id)]
        id: Uuid,
        /// The language of faults: zh or en.
        #[arg(long, value_parser = lang, default_value = "zh")]
        lang: Lang,
    },
    /// Take back what a sheet wrote, as long as nothing later touched the same fields.
    Undo {
        /// Where the data are.
        #[command(flatten)]
        place: Place,
        /// The sheet's id, as `anju sheet list` shows it.
        #[arg(value_parser = id)]
        id: Uuid,
        /// The language of faults: zh or en.
        #[arg(long, value_parser = lang, default_value = "zh")]
        lang: Lang,
    },
}

/// A file and how it is read.
#[derive(Debug, Args)]
pub struct FileArgs {
    /// Where the data are.
    #[command(flatten)]
    pub place: Place,
    /// The file: xlsx, xls or csv.
    pub file: PathBuf,
    /// How it is read: a sheet's id, such as household_roster, or a ledger's. Left out, the one that fits best.
    #[arg(long, value_name = "ID")]
    pub sheet: Option<String>,
    /// Which page of a workbook is read, by its name. Left out, the one that fits best.
    #[arg(long, value_name = "NAME")]
    pub page: Option<String>,
    /// The place that its rows belong to, by code; a roster needs its site's.
    #[arg(long, value_name = "CODE")]
    pub area: Option<String>,
    /// What holds for every row where the file has no such column: household.batch=fyp13. May be repeated.
    #[arg(long = "set", value_name = "FIELD=VALUE", value_parser = pair)]
    pub set: Vec<(String, String)>,
    /// Which field a heading is: 家庭编号=household.number; nothing after the sign leaves the column out. May be repeated.
    #[arg(long = "column", value_name = "HEADING=FIELD", value_parser = pair)]
    pub column: Vec<(String, String)>,
    /// The language of faults, fields and values: zh or en.
    #[arg(long, value_parser = lang, default_value = "zh")]
    pub lang: Lang,
}

fn lang(text: &str) -> Result<Lang, String> {
    Ok(words(anju_ui::Lang::parse(text).ok_or("write zh or en")?))
}

fn id(text: &str) -> Result<Uuid, String> {
    text.parse().map_err(|_| "write the id of a sheet that was handed in, as `anju sheet list` shows it".to_owned())
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}
