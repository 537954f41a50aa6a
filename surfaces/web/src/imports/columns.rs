//! How a sheet is read: which sheet of the workbook, which column is which field, and what is the same for all rows.

use anju_app::{Actor, Missing, Reading, SheetLine, SheetRead};
use anju_exchange::Role;
use anju_pack::{Kind, LedgerIx, Sheet};
use anju_ui::{Choice, Lang, Panel, View, panel, t, t_args, text};
use maud::{Markup, html};

use crate::ledgers::record_lang;
use crate::places::own_places;
use crate::sent::Sent;

/// What stands for "leave this column out".
const OUT: &str = "-";

/// The fields that the sheet may tell, `household.number` and its name.
fn targets(actor: &Actor, lang: Lang, sheet: &Sheet) -> Vec<Choice> {
    let pack = actor.pack();
    let mut choices = Vec::new();
    let mut of = |path: &str, ledger: LedgerIx| {
        let definition = pack.ledger(ledger);
        for field in definition.fields.iter().filter(|field| !matches!(field.kind, Kind::Ref { .. })) {
            let value = if path.is_empty() { field.id.clone() } else { format!("{path}.{}", field.id) };
            let name = format!("{} · {}", text(lang, &definition.title), text(lang, &field.title));
            choices.push(Choice { value, name, depth: 0 });
        }
    };
    of("", sheet.rows);
    sheet.paths.iter().for_each(|path| of(&path.name, path.ledger));
    choices
}

/// What a column was recognised as: the first of its fields.
fn recognised(actor: &Actor, sheet: &Sheet, role: &Role) -> Option<String> {
    let Role::Fields(targets) = role else { return None };
    let target = targets.first()?;
    let field = &actor.pack().ledger(target.ledger).field(target.field).id;
    match usize::from(target.path).checked_sub(1).and_then(|at| sheet.paths.get(at)) {
        Some(path) => Some(format!("{}.{field}", path.name)),
        None => Some(field.clone()),
    }
}

/// What must be told for all rows before they can be taken.
pub fn missing(actor: &Actor, view: &View, line: &SheetLine, read: &SheetRead) -> Markup {
    let lang = view.lang;
    let (missing, place) = (&read.run.missing, read.run.place);
    if missing.is_empty() && place.is_none() {
        return html! {};
    }
    panel(&Panel {
        title: t(lang, "import-missing").into_owned(),
        note: Some(t(lang, "import-missing-note").into_owned()),
        body: html! {
            form.form method="post" action=(format!("/imports/{}/reading", line.import.id)) {
                @if let Some(ledger) = place {
                    div.field {
                        label for="area" { (t_args(lang, "import-which", &[("ledger", text(lang, &actor.pack().ledger(ledger).title).into())])) }
                        select id="area" name="area" required { @for choice in own_places(actor, view) {
                            option value=(choice.value) selected[choice.value == line.import.area] { @for _ in 0..choice.depth { "\u{3000}" } (choice.name) }
                        } }
                    }
                }
                @for one in missing { (given(actor, lang, one, &line.reading)) }
                div.actions { button.button.first type="submit" { (t(lang, "import-go-on")) } }
            }
        },
        ..Panel::default()
    })
}

fn given(actor: &Actor, lang: Lang, missing: &Missing, reading: &Reading) -> Markup {
    let pack = actor.pack();
    let definition = pack.ledger(missing.ledger);
    let field = definition.field(missing.field);
    let name = format!("given.{}", missing.key);
    let value = reading.given.get(&missing.key).map(String::as_str).unwrap_or_default();
    let choices: Vec<(String, String)> = match &field.kind {
        Kind::Code { list } => {
            let values = &pack.codes[usize::from(list.0)].values;
            values.iter().map(|value| (value.code.clone(), text(lang, &value.title).to_owned())).collect()
        }
        Kind::Bool => ["是", "否"]
            .map(|word| (word.to_owned(), t(lang, if word == "是" { "yes" } else { "no" }).into_owned()))
            .into(),
        _ => Vec::new(),
    };
    html! {
        div.field {
            label for=(name) { (text(lang, &definition.title)) " · " (text(lang, &field.title)) }
            @if choices.is_empty() {
                input id=(name) name=(name) value=(value) required type=(if matches!(field.kind, Kind::Date { .. }) { "date" } else { "text" });
            } @else {
                select id=(name) name=(name) required {
                    option value="" { (t(lang, "choose")) }
                    @for (code, title) in &choices { option value=(code) selected[code == value] { (title) } }
                }
            }
        }
    }
}

/// Sheets of the workbook, columns and their fields: to look at, and to put right.
pub fn columns(actor: &Actor, view: &View, line: &SheetLine, read: &SheetRead, sheet: &Sheet) -> Markup {
    let lang = view.lang;
    let choices = targets(actor, lang, sheet);
    let unknown = read.recognised.columns.iter().filter(|column| column.role == Role::Unknown).count();
    let body = html! {
        details {
            summary {
                (t_args(lang, "import-columns-read", &[("n", read.recognised.columns.len().into()), ("unknown", unknown.into())]))
            }
            form.form method="post" action=(format!("/imports/{}/reading", line.import.id)) {
                input type="hidden" name="columns" value="1";
                @if read.grids.len() > 1 { (grids(lang, read)) }
                @for column in &read.recognised.columns {
                    @let name = format!("column.{}", column.heading);
                    @let known = recognised(actor, sheet, &column.role);
                    div.field {
                        label for=(name) { (column.heading) }
                        select id=(name) name=(name) {
                            option value=(OUT) selected[known.is_none()] { (role_in_words(lang, &column.role)) }
                            @for choice in &choices { option value=(choice.value) selected[known.as_ref() == Some(&choice.value)] { (choice.name) } }
                        }
                    }
                }
                label.field.tick { input type="checkbox" name="whole" value="1" checked[line.reading.whole]; span { (t(lang, "import-whole")) } }
                div.actions { button.button type="submit" { (t(lang, "import-read-anew")) } }
            }
        }
    };
    panel(&Panel { title: t(lang, "import-reading").into_owned(), body, ..Panel::default() })
}

fn role_in_words(lang: Lang, role: &Role) -> String {
    let key = match role {
        Role::Count => "import-role-count",
        Role::Serial => "import-role-serial",
        Role::Fields(_) | Role::Unknown => "import-role-out",
    };
    t(lang, key).into_owned()
}

fn grids(lang: Lang, read: &SheetRead) -> Markup {
    html! {
        div.field {
            label for="grid" { (t(lang, "import-grid")) }
            select id="grid" name="grid" {
                @for (at, grid) in read.grids.iter().enumerate() {
                    option value=(at) selected[grid.read] {
                        (grid.name)
                        @if let Some(why) = &grid.why { " — " (why.message(record_lang(lang))) }
                    }
                }
            }
        }
    }
}

/// The reading that a form asks for: what it does not speak of stays.
pub fn asked(sent: &Sent, line: &SheetLine, recognised: &[(String, Option<String>)]) -> Reading {
    let mut reading = line.reading.clone();
    for (name, value) in sent.pairs() {
        if let Some(key) = name.strip_prefix("given.") {
            reading.given.insert(key.to_owned(), value.trim().to_owned());
        }
        if let Some(heading) = name.strip_prefix("column.") {
            let target = (value != OUT).then(|| value.to_owned());
            // What was recognised so is not pinned: a heading that means several fields keeps them all.
            let same = recognised.iter().any(|(known, was)| known == heading && *was == target);
            if !same {
                reading.columns.insert(heading.to_owned(), target);
            }
        }
    }
    if sent.has("grid") {
        reading.grid = sent.number("grid");
    }
    if sent.has("columns") {
        reading.whole = !sent.get("whole").is_empty();
    }
    reading
}

/// What each heading was recognised as.
pub fn as_recognised(actor: &Actor, sheet: &Sheet, read: &SheetRead) -> Vec<(String, Option<String>)> {
    let columns = read.recognised.columns.iter();
    columns.map(|column| (column.heading.clone(), recognised(actor, sheet, &column.role))).collect()
}
