//! What is asked of a file: which kind of sheet it is and what its columns mean, looked at before anything is done with it.

use anju_app::{Actor, Error, Reading, SheetFault};
use anju_exchange::{
    Book, ColumnMap, Limits, NotTaken, Recognised, open, read_rows, recognise, target_named, target_names,
};
use anju_pack::{Pack, Sheet};
use anju_record::Lang;

use super::args::FileArgs;
use crate::ending::Ending;
use crate::files;
use crate::print::say;

/// Fields or headings that are named to choose from.
const NAMED: usize = 20;

/// A file, and how it is to be read.
pub struct Asked {
    pub name: String,
    pub bytes: Vec<u8>,
    pub sheet: String,
    /// A kind of sheet of the same ledger that the file clearly fits better than the one that was named.
    pub better: Option<String>,
    pub area: String,
    pub reading: Reading,
}

impl Asked {
    /// Says so if the file fits another kind of sheet better.
    pub fn say_better(&self) {
        if let Some(other) = &self.better {
            say(format_args!("these columns are those of {other}: --sheet {other}"));
        }
    }
}

/// Reads the file and the options.
///
/// # Errors
/// `Usage` when the options do not fit the file, `Empty` when no row of it is filled in, `Cannot` when it cannot be read.
pub fn asked(actor: &Actor, args: &FileArgs) -> Result<Asked, Ending> {
    let bytes = files::read(&args.file)?;
    let name = args.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let book = open(&bytes, &name, &Limits::default()).map_err(|fault| faulty(SheetFault::Book(fault), args.lang))?;
    let sheet = match &args.sheet {
        Some(id) => id.clone(),
        None => fitting(actor, &name, &bytes, &book, args.lang)?,
    };
    let grid = args.page.as_deref().map(|page| page_named(&book, page)).transpose()?;
    let columns = args.column.iter().cloned();
    let columns = ColumnMap(columns.map(|(name, to)| (name, Some(to).filter(|to| !to.is_empty()))).collect());
    let mut better = None;
    // That there is no such sheet is told by whoever reads the file.
    if let Some(kind) = actor.pack().sheet_by_id(&sheet) {
        look(actor, &kind, &name, (&book, grid), &columns)?;
        better = args.sheet.as_ref().and_then(|_| actor.sheet_that_fits_better(&book, &kind));
    }
    Ok(Asked {
        name,
        bytes,
        sheet,
        better,
        area: args.area.clone().unwrap_or_else(|| actor.county_code().to_owned()),
        reading: Reading { columns: columns.0, given: args.set.iter().cloned().collect(), grid, whole: false },
    })
}

/// The kind of sheet that fits best.
fn fitting(actor: &Actor, name: &str, bytes: &[u8], book: &Book, lang: Lang) -> Result<String, Ending> {
    if let Some(id) = actor.sheet_that_fits(name, bytes).map_err(|fault| faulty(fault, lang))? {
        return Ok(id);
    }
    let sheets = actor.sheets_to_hand_in();
    let columns = ColumnMap::default();
    let without_rows = sheets.iter().find_map(|sheet| page_without_rows(actor.pack(), sheet, book, &columns));
    if let Some(page) = without_rows {
        return Err(unfilled(name, &page));
    }
    let known: Vec<&str> = sheets.iter().filter(|sheet| !sheet.implicit).map(|sheet| sheet.id.as_str()).collect();
    let known = known.join(", ");
    Err(Ending::Usage(format!("{name} fits no kind of sheet; name one with --sheet: {known}, or a ledger's id")))
}

/// The page of that name.
fn page_named(book: &Book, name: &str) -> Result<usize, Ending> {
    let there: Vec<String> = book.sheets.iter().map(|page| page.name.clone()).collect();
    let missing = || Ending::Usage(format!("--page {name}: {} Pages: {}", none("page", name, &there), some_of(&there)));
    there.iter().position(|page| page.trim() == name.trim()).ok_or_else(missing)
}

/// Looks whether the columns are as the options say, and whether anybody filled the sheet in.
fn look(
    actor: &Actor,
    sheet: &Sheet,
    name: &str,
    (book, grid): (&Book, Option<usize>),
    columns: &ColumnMap,
) -> Result<(), Ending> {
    let pack = actor.pack();
    let fits = recognise(pack, sheet, book, columns);
    let asked = fits.iter().find(|(at, _)| grid.is_none_or(|grid| grid == *at));
    let page = asked.and_then(|(at, fit)| Some((book.sheets.get(*at)?, fit.as_ref().ok()?)));
    let wrong = wrong_columns(pack, sheet, page.map(|(_, found)| found), columns);
    if !wrong.is_empty() {
        let wrong = wrong.join("\n  ");
        return Err(Ending::Usage(format!("--column does not fit, and nothing was read\n  {wrong}")));
    }
    let empty = match page {
        Some((page, found)) => {
            let filled = !read_rows(pack, sheet, page, found, actor.today()).rows.is_empty();
            (!filled).then(|| page.name.clone())
        }
        None => page_without_rows(pack, sheet, book, columns).filter(|_| grid.is_none()),
    };
    empty.map_or(Ok(()), |page| Err(unfilled(name, &page)))
}

/// The page that has the header of a sheet and nothing below it, when no page has more.
fn page_without_rows(pack: &Pack, sheet: &Sheet, book: &Book, columns: &ColumnMap) -> Option<String> {
    let fits = recognise(pack, sheet, book, columns);
    let (at, _) = fits.iter().find(|(_, fit)| matches!(fit, Err(NotTaken::NoRows)))?;
    book.sheets.get(*at).map(|page| page.name.clone())
}

fn unfilled(name: &str, page: &str) -> Ending {
    Ending::Empty(format!(
        "{name}: no row was filled in on the page “{page}”; write below its headings (samples are not read), save it and try again"
    ))
}

/// What `--column` says of fields that there are not, and of headings that the page does not have.
fn wrong_columns(pack: &Pack, sheet: &Sheet, page: Option<&Recognised>, columns: &ColumnMap) -> Vec<String> {
    let mut wrong = Vec::new();
    for (heading, field) in &columns.0 {
        let said = format!("{heading}={}", field.as_deref().unwrap_or_default());
        if let Some(page) = page.filter(|page| !page.has_heading(heading)) {
            let there: Vec<String> = page.columns.iter().map(|column| column.heading.clone()).collect();
            wrong.push(format!("{said}: {} Headings: {}", none("heading", heading, &there), some_of(&there)));
        }
        if let Some(field) = field.as_deref().filter(|field| target_named(pack, sheet, field).is_none()) {
            let there = target_names(pack, sheet);
            wrong.push(format!("{said}: {} Fields: {}", none("field", field, &there), some_of(&there)));
        }
    }
    wrong
}

/// That there is none of that name, and the nearest one that there is.
fn none(what: &'static str, name: &str, there: &[String]) -> String {
    match Error::unknown(what, name, there.iter().map(String::as_str)) {
        Error::Invalid { mend, .. } => mend,
        _ => format!("there is no such {what}."),
    }
}

/// The first of them, and how many more there are.
fn some_of(there: &[String]) -> String {
    let shown = there.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match there.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Why a file cannot be read, for the terminal.
pub fn faulty(fault: SheetFault, lang: Lang) -> Ending {
    match fault {
        SheetFault::Book(fault) => Ending::Cannot(fault.message(lang)),
        SheetFault::None(grids) => {
            let why: Vec<_> = grids.iter().map(|(name, why)| format!("{name}: {}", why.message(lang))).collect();
            Ending::Cannot(format!("no sheet of the file can be read so\n  {}", why.join("\n  ")))
        }
        SheetFault::NotTheirs(kind) => Ending::Cannot(format!(
            "this is a sheet “{}”, which you may not write; nothing was read: name another kind with --sheet if it was mistaken",
            lang.of(&kind)
        )),
        SheetFault::Given(faults) => {
            Ending::Usage(faults.iter().map(|fault| fault.message(lang)).collect::<Vec<_>>().join("; "))
        }
        SheetFault::Stopped => Ending::Cannot("stopped; nothing was written".into()),
        SheetFault::Refused(error) => error.into(),
    }
}
