//! The rows of a sheet, by what would become of them.

use anju_app::{Actor, Counted, RowLine, RowState, SheetRead};
use anju_exchange::RowFault;
use anju_exchange::write::letters;
use anju_ui::{
    Column, Lang, Pager, Panel, Row, Stat, Table, Tone, View, count, pager, panel, stats, t, t_args, table, tag, text,
};
use maud::{Markup, html};

use crate::ledgers::record_lang;

/// Rows of a page.
const PAGE: u64 = 100;
/// Changes told of a row; its record has them all.
const CHANGES: usize = 12;

/// The states in the order in which they are worked through.
const STATES: [(RowState, &str, Tone); 5] = [
    (RowState::Faulty, "faulty", Tone::Gap),
    (RowState::Held, "held", Tone::Lapsing),
    (RowState::Changed, "changed", Tone::Plain),
    (RowState::New, "new", Tone::Met),
    (RowState::Same, "same", Tone::Plain),
];

fn number(counted: Counted, state: RowState) -> usize {
    match state {
        RowState::New => counted.new,
        RowState::Changed => counted.changed,
        RowState::Same => counted.same,
        RowState::Faulty => counted.faulty,
        RowState::Held => counted.held,
    }
}

/// How many rows there are of each; a press shows them.
pub fn figures(view: &View, read: &SheetRead) -> Markup {
    let lang = view.lang;
    let counted = read.run.counted();
    let one = |(state, id, tone): &(RowState, &str, Tone)| {
        let rows = number(counted, *state);
        Stat {
            name: t(lang, &format!("import-{id}")).into_owned(),
            value: count(i64::try_from(rows).unwrap_or(i64::MAX)),
            tone: if rows == 0 { Tone::Plain } else { *tone },
            href: (rows > 0).then(|| format!("{}#rows", view.here_with("show", id).replace("&page=", "&was="))),
        }
    };
    let mut all: Vec<Stat> = STATES.iter().map(one).collect();
    for (id, is_shown) in ACROSS {
        let rows = read.run.rows.iter().filter(|row| is_shown(row)).count();
        if rows > 0 {
            all.push(Stat {
                name: t(lang, &format!("import-{id}")).into_owned(),
                value: count(i64::try_from(rows).unwrap_or(i64::MAX)),
                tone: Tone::Lapsing,
                href: Some(format!("{}#rows", view.here_with("show", id).replace("&page=", "&was="))),
            });
        }
    }
    stats(&all)
}

/// Rows that are shown together whatever would become of them.
const ACROSS: [Across; 2] =
    [("partly", RowLine::is_partly_wrong), ("remarked", |row| row.faults.iter().any(|fault| fault.warning))];

/// The name of such rows, and which they are.
type Across = (&'static str, fn(&RowLine) -> bool);

/// The rows of the state asked for; what is wrong first.
pub fn list(actor: &Actor, view: &View, read: &SheetRead) -> Markup {
    let lang = view.lang;
    let counted = read.run.counted();
    let asked = view.get("show").and_then(|id| STATES.iter().find(|(_, known, _)| *known == id));
    let fullest = STATES.iter().find(|(state, ..)| number(counted, *state) > 0);
    let across = view.get("show").and_then(|id| ACROSS.iter().find(|(known, _)| *known == id));
    let Some((state, id, _)) = asked.or(fullest) else { return html! {} };
    let id = across.map_or(*id, |(id, _)| *id);
    let shown = |row: &&RowLine| across.map_or(row.state == *state, |(_, is_shown)| is_shown(row));
    let of_state: Vec<&RowLine> = read.run.rows.iter().filter(shown).collect();
    let page = view.get("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    let at = Pager { page, size: PAGE, total: of_state.len() as u64 };
    let shown = of_state.iter().skip(usize::try_from(at.offset()).unwrap_or(0)).take(PAGE as usize);
    let list = Table {
        caption: t(lang, &format!("import-{id}")).into_owned(),
        columns: vec![
            Column::number(t(lang, "import-row")),
            Column::text(t(lang, "import-name")),
            Column::text(t(lang, "import-what")),
        ],
        rows: shown.map(|row| line(actor, lang, read, row)).collect(),
        ..Table::default()
    };
    panel(&Panel {
        title: t(lang, &format!("import-{id}")).into_owned(),
        note: Some(t(lang, &format!("import-{id}-means")).into_owned()),
        id: Some("rows".into()),
        body: html! { (table(lang, &list)) (pager(lang, at, |page| format!("{}#rows", view.here_with("page", &page.to_string())))) },
        ..Panel::default()
    })
}

fn line(actor: &Actor, lang: Lang, read: &SheetRead, row: &RowLine) -> Row {
    let words = record_lang(lang);
    let changes = read.run.changes(actor, row, words);
    let more = changes.len().saturating_sub(CHANGES);
    Row::of(vec![
        html! { (row.number) },
        html! { (row.name) },
        html! {
            @for fault in &row.faults {
                div {
                    @if fault.warning { (tag(Tone::Lapsing, &t(lang, "import-remark"))) } @else { (tag(Tone::Gap, &t(lang, "import-fault"))) }
                    " " (cell(read, fault)) (fault.fault.message(words))
                }
            }
            @if row.state == RowState::Held { div { (waits_for(actor, lang, read, row)) } }
            @for change in changes.iter().take(CHANGES) {
                div {
                    small.quiet { (text(lang, &actor.pack().ledger(change.ledger).field(change.field).title)) (t(lang, "colon")) }
                    @if let Some(before) = &change.before { del { (before) } " → " }
                    @match &change.after { Some(after) => ins { (after) }, None => span.quiet { (t(lang, "import-emptied")) } }
                }
            }
            @if more > 0 { small.quiet { "… " (more) } }
        },
    ])
}

/// The cell that a fault is about, and its heading where the sheet has another than we.
fn cell(read: &SheetRead, fault: &RowFault) -> Markup {
    let Some(column) = fault.column else { return html! {} };
    let differs = |heading: &str| heading != fault.fault.place.zh && heading != fault.fault.place.en;
    let known = read.recognised.columns.iter().find(|known| known.column == column && differs(&known.heading));
    let (grid, row, at) = read.recognised.place_of(fault.row, column);
    let other = read.book.sheets.get(grid).filter(|_| grid != read.recognised.grid).map(|page| page.name.as_str());
    html! { small.quiet { b { @if let Some(page) = other { (page) " " } (letters(at)) (row) } " " @if let Some(known) = known { (known.heading) " " } } }
}

/// What a row waits for that has nothing wrong of its own: what is asked above, or the rows that it hangs together with.
fn waits_for(actor: &Actor, lang: Lang, read: &SheetRead, row: &RowLine) -> String {
    let pack = actor.pack();
    let comma = t(lang, "list-comma");
    if let Some(place) = read.run.place {
        return t_args(lang, "import-waits-for-place", &[("ledger", text(lang, &pack.ledger(place).title).into())]);
    }
    let rows: Vec<String> = read.run.waits_for(row).iter().take(CHANGES).map(u32::to_string).collect();
    if !rows.is_empty() {
        return t_args(lang, "import-waits-for-rows", &[("rows", rows.join(&comma).into())]);
    }
    let missing = read.run.missing.iter().map(|one| text(lang, &pack.ledger(one.ledger).field(one.field).title));
    let missing: Vec<&str> = missing.collect();
    if missing.is_empty() {
        return t(lang, "import-waits-for-others").into_owned();
    }
    t_args(lang, "import-waits-for-fields", &[("fields", missing.join(&comma).into())])
}
