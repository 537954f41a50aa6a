//! What would become of the rows of a sheet, row by row.

use anju_app::{Actor, RowChange, RowLine, RowState, SheetRead};
use anju_record::Lang;
use anju_ui::{t, t_args};
use serde_json::{Value, json};

use crate::args::Format;
use crate::ending::Ending;
use crate::print::{self, Sheet, say};

/// Rows of one state that are shown on the terminal, unless they are wrong.
const SHOWN: usize = 100;
/// Rows that are named for one that waits for them.
const NAMED: usize = 12;
const HEADS: &[&str] = &["row", "state", "name", "column", "weight", "kind", "what"];
/// What is wrong comes first. Of rows that stay the same only what is remarked is told.
const ORDER: [RowState; 5] = [RowState::Faulty, RowState::Held, RowState::Changed, RowState::New, RowState::Same];

fn word(state: RowState) -> &'static str {
    match state {
        RowState::New => "new",
        RowState::Changed => "changed",
        RowState::Same => "same",
        RowState::Faulty => "faulty",
        RowState::Held => "held",
    }
}

/// The heading of a column.
pub fn heading(read: &SheetRead, column: Option<u32>) -> &str {
    let of = |column: u32| read.recognised.columns.iter().find(|known| known.column == column);
    column.and_then(of).map_or("", |column| column.heading.as_str())
}

/// What must be told for all rows, as it is written on the command line.
pub fn asked_for(read: &SheetRead) -> String {
    let keys: Vec<_> = read.run.missing.iter().map(|missing| format!("--set {}=…", missing.key)).collect();
    keys.join(" ")
}

/// A row with what it would write; what is wrong is told apart.
pub fn body(actor: &Actor, read: &SheetRead, row: &RowLine, lang: Lang) -> Value {
    let changes = changes(actor, read, row, lang);
    let changes = changes.iter().map(|change| {
        let ledger = actor.pack().ledger(change.ledger);
        let field = ledger.field(change.field);
        json!({
            "ledger": ledger.id, "field": field.id, "title": lang.of(&field.title),
            "before": change.before, "after": change.after,
        })
    });
    json!({ "row": row.number, "state": word(row.state), "name": row.name, "changes": changes.collect::<Vec<_>>() })
}

/// Prints the rows as a table or CSV. On the terminal not every row is shown of many that go well; how many are not is said.
///
/// # Errors
/// When standard output cannot be written.
pub fn print(actor: &Actor, read: &SheetRead, format: Format, lang: Lang) -> Result<(), Ending> {
    let (mut rows, mut left) = (Vec::new(), Vec::new());
    for state in ORDER {
        let mut of_state: Vec<&RowLine> = read.run.rows.iter().filter(|row| row.state == state).collect();
        of_state.sort_by_key(|row| row.faults.is_empty());
        let is_short = format == Format::Table && ![RowState::Faulty, RowState::Same].contains(&state);
        let shown = if is_short { of_state.len().min(SHOWN) } else { of_state.len() };
        rows.extend(of_state.iter().take(shown).flat_map(|row| lines(actor, read, row, lang)));
        if shown < of_state.len() {
            left.push(format!("{} {}", word(state), of_state.len() - shown));
        }
    }
    if !rows.is_empty() || format == Format::Csv {
        print::print(format, &(), &Sheet { heads: HEADS, rows, figures: 0..1 })?;
    }
    if !left.is_empty() {
        say(format_args!("not shown: {}; --format csv or json has every row", left.join(" · ")));
    }
    Ok(())
}

/// What is wrong with a row, what it waits for, what it changes; one line at least, unless it stays the same.
fn lines(actor: &Actor, read: &SheetRead, row: &RowLine, lang: Lang) -> Vec<Vec<String>> {
    let line = |column: &str, weight: &str, kind: &str, what: String| {
        let cells = [word(row.state), row.name.as_str(), column, weight, kind].map(str::to_owned);
        [vec![row.number.to_string()], cells.to_vec(), vec![what]].concat()
    };
    let mut lines = Vec::new();
    for fault in &row.faults {
        let weight = if fault.warning { "warning" } else { "fault" };
        lines.push(line(heading(read, fault.column), weight, fault.kind.as_str(), fault.fault.message(lang)));
    }
    for change in changes(actor, read, row, lang) {
        // Of what is new the name is enough; what stands in a ledger is always told.
        if row.state == RowState::Changed || change.before.is_some() {
            let field = actor.pack().ledger(change.ledger).field(change.field);
            lines.push(line(lang.of(&field.title), "change", "", in_words(&change, lang)));
        }
    }
    if row.state == RowState::Held {
        lines.push(line("", "", "", waits_for(read, row, lang)));
    }
    if lines.is_empty() && row.state != RowState::Same {
        lines.push(line("", "", "", String::new()));
    }
    lines
}

/// What a row would write, if it can be taken.
fn changes(actor: &Actor, read: &SheetRead, row: &RowLine, lang: Lang) -> Vec<RowChange> {
    match row.state {
        RowState::New | RowState::Changed => read.run.changes(actor, row, lang),
        RowState::Same | RowState::Faulty | RowState::Held => Vec::new(),
    }
}

fn in_words(change: &RowChange, lang: Lang) -> String {
    let before = change.before.as_ref().map(|before| format!("{before} ")).unwrap_or_default();
    match &change.after {
        Some(after) => format!("{before}→ {after}"),
        None => format!("{before}→ {}", t(of_pages(lang), "import-emptied")),
    }
}

/// What a row waits for: what the options do not say yet, or rows that it hangs together with.
fn waits_for(read: &SheetRead, row: &RowLine, lang: Lang) -> String {
    if read.run.place.is_some() {
        return "--area CODE".to_owned();
    }
    let rows: Vec<String> = read.run.waits_for(row).iter().take(NAMED).map(u32::to_string).collect();
    if !rows.is_empty() {
        let comma = t(of_pages(lang), "list-comma");
        return t_args(of_pages(lang), "import-waits-for-rows", &[("rows", rows.join(&comma).into())]);
    }
    if !read.run.missing.is_empty() {
        return asked_for(read);
    }
    t(of_pages(lang), "import-waits-for-others").into_owned()
}

/// The language of the pages' words.
fn of_pages(lang: Lang) -> anju_ui::Lang {
    if lang == Lang::Zh { anju_ui::Lang::Zh } else { anju_ui::Lang::En }
}
