//! How a sheet is read: which sheet of the workbook, which column is which field, and what is the same for all rows.

use std::collections::BTreeMap;

use anju_app::{Actor, Error, Missing, Reading, SheetLine, SheetRead};
use anju_exchange::{Role, Target};
use anju_pack::{AreaLevel, Kind, LedgerIx, Sheet};
use anju_record::Value;
use anju_ui::{Choice, Lang, Panel, View, panel, t, t_args, text};
use maud::{Markup, html};

use crate::ledgers::record_lang;
use crate::places::site_name;
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
    targets.first().map(|target| key_of(actor, sheet, *target))
}

/// `name`, `household.number`: a field as a reading calls it.
fn key_of(actor: &Actor, sheet: &Sheet, target: Target) -> String {
    let field = &actor.pack().ledger(target.ledger).field(target.field).id;
    match usize::from(target.path).checked_sub(1).and_then(|at| sheet.paths.get(at)) {
        Some(path) => format!("{}.{field}", path.name),
        None => field.clone(),
    }
}

/// What a place's record says of something that is asked for all rows.
pub struct Answer {
    /// The code.
    code: String,
    /// The record's name.
    of: String,
}

/// Answers to what is asked, by its key: from the place that was named, where a record that owns the rows' records has a field of the same name
/// and code list. They are offered, and written only when they are sent.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn offered(actor: &Actor, line: &SheetLine, read: &SheetRead) -> Result<BTreeMap<String, Answer>, Error> {
    let mut answers = BTreeMap::new();
    for missing in &read.run.missing {
        if let Some(answer) = of_place(actor, &line.import.area, missing).await? {
            answers.insert(missing.key.clone(), answer);
        }
    }
    Ok(answers)
}

/// What the record of a place, or of one that holds it, says: the nearest owner first.
async fn of_place(actor: &Actor, area: &str, missing: &Missing) -> Result<Option<Answer>, Error> {
    let pack = actor.pack();
    let asked = pack.ledger(missing.ledger).field(missing.field);
    let mut below = missing.ledger;
    while let Some(owner) = pack.ledger(below).of.map(|owner| owner.ledger).filter(|owner| *owner != below) {
        below = owner;
        let definition = pack.ledger(owner);
        let same = definition.field_by_id(&asked.id).filter(|field| definition.field(*field).kind == asked.kind);
        let level = definition.area.map(|field| &definition.field(field).kind);
        let (Some(field), Kind::Code { .. }, Some(Kind::Area { level })) = (same, &asked.kind, level) else { continue };
        let Some(place) = area.get(..level.digits()) else { continue };
        let Some(stored) = actor.place_record(place).await?.filter(|stored| stored.ledger == owner) else { continue };
        if let Some(Value::Text(code)) = stored.record.values.get(usize::from(field.0)) {
            return Ok(Some(Answer { code: code.to_string(), of: stored.name }));
        }
    }
    Ok(None)
}

/// What must be told for all rows before they can be taken, in one form.
pub fn missing(
    actor: &Actor,
    view: &View,
    line: &SheetLine,
    read: &SheetRead,
    sheet: &Sheet,
    offered: &BTreeMap<String, Answer>,
) -> Markup {
    let lang = view.lang;
    let (missing, place) = (asked_for_all(actor, read, sheet), read.run.place);
    if missing.is_empty() && place.is_none() {
        return html! {};
    }
    panel(&Panel {
        title: t(lang, "import-missing").into_owned(),
        note: Some(t(lang, "import-missing-note").into_owned()),
        body: html! {
            form.form method="post" action=(format!("/imports/{}/reading", line.import.id)) {
                @if let Some(ledger) = place { (place_asked(actor, lang, ledger, &line.import.area)) }
                @for one in &missing { (given(actor, lang, one, &line.reading, offered.get(&one.key))) }
                div.actions {
                    button.button type="submit" { (t(lang, "import-go-on")) }
                    button.button.first type="submit" name="then" value="take" { (t(lang, "import-go-on-and-take")) }
                }
            }
        },
        ..Panel::default()
    })
}

/// Fields to tell for all rows. Before the rows' place is named nobody knows which records they make: then every field that no column tells.
fn asked_for_all(actor: &Actor, read: &SheetRead, sheet: &Sheet) -> Vec<Missing> {
    let mut asked = read.run.missing.clone();
    let untold = read.recognised.missing.iter().filter(|_| read.run.place.is_some());
    for target in untold {
        let kind = &actor.pack().ledger(target.ledger).field(target.field).kind;
        let key = key_of(actor, sheet, *target);
        let known = asked.iter().any(|missing| missing.key == key);
        if !known && !matches!(kind, Kind::Ref { .. } | Kind::Area { .. }) {
            asked.push(Missing { key, ledger: target.ledger, field: target.field, rows: read.run.counted().held });
        }
    }
    asked
}

/// Asks in which place of the sheet's the rows belong: only places in which a record of the ledger stands, by what holds them.
fn place_asked(actor: &Actor, lang: Lang, ledger: LedgerIx, of: &str) -> Markup {
    let area = "area";
    html! {
        div.field {
            label for=(area) { (t_args(lang, "import-which", &[("ledger", text(lang, &actor.pack().ledger(ledger).title).into())])) }
            select id=(area) name=(area) required {
                option value="" { (t(lang, "choose")) }
                @for (above, places) in places(actor, ledger, of) {
                    optgroup label=(above) { @for (code, name) in places { option value=(code) { (name) } } }
                }
            }
        }
    }
}

/// Places of a ledger's own level in a place that are theirs: the name of what holds them, and each with its code.
fn places(actor: &Actor, ledger: LedgerIx, of: &str) -> Vec<(String, Vec<(String, String)>)> {
    let definition = actor.pack().ledger(ledger);
    let level = match definition.area.map(|field| &definition.field(field).kind) {
        Some(Kind::Area { level }) => *level,
        _ => AreaLevel::Site,
    };
    let above = match level {
        AreaLevel::Building => AreaLevel::Site,
        AreaLevel::Village | AreaLevel::Site => AreaLevel::Town,
        _ => AreaLevel::County,
    };
    let (county, areas) = (actor.county_code(), actor.areas());
    let is_own =
        |code: &str| code.starts_with(of) && actor.rights().areas().iter().any(|held| code.starts_with(&**held));
    let mut holders: Vec<&str> = areas.within(county, above).map(|area| area.code.as_str()).collect();
    if above == AreaLevel::County {
        holders.push(county);
    }
    let held = |holder: &str| {
        let own = areas.within(holder, level).filter(|area| is_own(&area.code));
        own.map(|area| (area.code.clone(), area.name.clone())).collect::<Vec<_>>()
    };
    let groups = holders.into_iter().map(|holder| (site_name(actor, holder), held(holder)));
    groups.filter(|(_, places)| !places.is_empty()).collect()
}

fn given(actor: &Actor, lang: Lang, missing: &Missing, reading: &Reading, offered: Option<&Answer>) -> Markup {
    let pack = actor.pack();
    let definition = pack.ledger(missing.ledger);
    let field = definition.field(missing.field);
    let name = format!("given.{}", missing.key);
    let told = reading.given.get(&missing.key).map(String::as_str);
    let offered = offered.filter(|_| told.is_none());
    let value = told.or(offered.map(|answer| answer.code.as_str())).unwrap_or_default();
    let says = format!("{name}-says");
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
                select id=(name) name=(name) required aria-describedby=[offered.map(|_| &says)] {
                    option value="" { (t(lang, "choose")) }
                    @for (code, title) in &choices { option value=(code) selected[code == value] { (title) } }
                }
            }
            @if let Some(answer) = offered {
                small.quiet id=(says) { (t_args(lang, "import-offered", &[("name", answer.of.as_str().into())])) }
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
            form.form.across.wide method="post" action=(format!("/imports/{}/reading", line.import.id)) {
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
        Role::Record => "import-role-record",
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
    if sent.has("whole") {
        reading.whole = sent.get("whole") == "1";
    }
    reading
}

/// What each heading was recognised as.
pub fn as_recognised(actor: &Actor, sheet: &Sheet, read: &SheetRead) -> Vec<(String, Option<String>)> {
    let columns = read.recognised.columns.iter();
    columns.map(|column| (column.heading.clone(), recognised(actor, sheet, &column.role))).collect()
}
