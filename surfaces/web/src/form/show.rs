//! A form of the application as components: the right control for each kind.

use anju_app::{Actor, Entry, EntryField, RefChoice, moment};
use anju_pack::{AreaLevel, CodeList, Field, Kind, Ledger, unit_in_words};
use anju_record::kind as record_kind;
use anju_ui::{Choice, Control, FormField, Lang, Theirs, View, form_field, t, t_args, text};
use maud::{Markup, html};

use crate::ledgers::record_lang;

/// Codes shown all at once; more are searched.
const CHOSEN: usize = 12;
/// Places shown as a list; more are searched.
const PLACES: usize = 400;

/// Every field of a form, the first that is wrong with the focus.
pub fn fields(actor: &Actor, view: &View, entry: &Entry) -> Vec<FormField> {
    let mut focus = true;
    let field = |shown: &EntryField| {
        let mut field = field(actor, view, entry, shown);
        field.focus = std::mem::take(&mut focus) && (!field.faults.is_empty() || field.theirs.is_some());
        if !field.focus && field.faults.is_empty() && field.theirs.is_none() {
            focus = true;
        }
        field
    };
    let mut fields: Vec<FormField> = entry.fields.iter().map(field).collect();
    let first = fields.iter().position(|field| field.focus);
    fields.iter_mut().enumerate().for_each(|(at, field)| field.focus = Some(at) == first);
    fields
}

fn field(actor: &Actor, view: &View, entry: &Entry, shown: &EntryField) -> FormField {
    let (lang, pack) = (view.lang, actor.pack());
    let definition = pack.ledger(entry.ledger).field(shown.field);
    let sensitive = definition.sensitive.is_some();
    let mut control = if shown.fixed { Control::Fixed } else { control(actor, view, entry, shown, definition) };
    let stands = shown.said.is_some();
    let kept = sensitive || matches!(definition.kind, Kind::Attachment);
    if sensitive {
        blank_keeps(lang, &mut control, shown);
    }
    let hint = hint(actor, lang, definition, entry, shown)
        .or_else(|| is_told(actor, entry, shown).then(|| t(lang, "form-hint-told").into_owned()));
    let hints: Vec<String> = proposal(lang, shown, sensitive).into_iter().chain(hint).collect();
    let value = match (&control, &definition.kind) {
        (Control::Photo { .. }, _) => String::new(),
        (Control::Suggest(_), Kind::Code { list }) => title_of(pack.code_list(*list), lang, &shown.typed),
        (Control::Choose(choices), Kind::Code { .. } | Kind::Bool) => chosen(actor, definition, choices, &shown.typed),
        _ => shown.typed.clone(),
    };
    FormField {
        id: definition.id.clone(),
        label: text(lang, &definition.title).to_owned(),
        was: shown.refers.map(|id| format!("{id} {}", shown.typed)),
        hint: (!hints.is_empty()).then(|| hints.join(" ")),
        faults: (shown.faults.iter().map(|fault| fault.message(record_lang(lang))))
            .map(|message| unclear(lang, shown, message))
            .collect(),
        // What stands masked need not be typed again, and what an ID number tells not at all.
        required: definition.required
            && !(kept && (stands || shown.proposed.is_some()))
            && !is_told(actor, entry, shown),
        focus: false,
        clear: (kept && stands && !definition.required && !shown.fixed).then_some(shown.cleared),
        theirs: shown.conflict.as_ref().map(|conflict| Theirs {
            value: conflict.theirs.clone().unwrap_or_default(),
            by: format!("{} {}", conflict.who, moment(conflict.at_ms)),
        }),
        said: shown.said.clone().filter(|_| shown.fixed || sensitive && shown.proposed.is_none()),
        control,
        value,
    }
}

/// What a choice that is left blank comes to where the value is masked: what stands, or what a correction proposes.
fn blank_keeps(lang: Lang, control: &mut Control, shown: &EntryField) {
    let key = match (&shown.proposed, &shown.said) {
        (Some(_), _) => "form-as-proposed",
        (None, Some(_)) => "form-unchanged",
        (None, None) => return,
    };
    if let Control::Choose(choices) = control
        && let Some(blank) = choices.iter_mut().find(|choice| choice.value.is_empty())
    {
        blank.name = t(lang, key).into_owned();
    }
}

/// What stands beside what a correction proposes, and which of them is saved.
fn proposal(lang: Lang, shown: &EntryField, sensitive: bool) -> Option<String> {
    let key = if sensitive { "form-proposed-kept" } else { "form-proposed" };
    let now = shown.said.clone().unwrap_or_else(|| t(lang, "form-unknown").into_owned());
    Some(t_args(lang, key, &[("now", now.into()), ("value", shown.proposed.as_deref()?.into())]))
}

/// Whether the ID number of the same new record tells it (`agrees` in the pack).
fn is_told(actor: &Actor, entry: &Entry, shown: &EntryField) -> bool {
    let told = actor.told_by_number(entry.ledger);
    entry.id.is_none() && told.iter().any(|(field, by)| *field == shown.field && entry.field(*by).is_some())
}

fn unclear(lang: Lang, shown: &EntryField, message: String) -> String {
    if shown.candidates.is_empty() { message } else { several(lang, &shown.typed, &shown.candidates) }
}

/// That what was typed means several records, and truly how many.
pub fn several(lang: Lang, typed: &str, near: &[RefChoice]) -> String {
    let key = if near.len() > RefChoice::SHOWN { "form-several-more" } else { "form-several" };
    let n = near.len().min(RefChoice::SHOWN);
    t_args(lang, key, &[("value", typed.into()), ("n", n.into())])
}

/// The records that what was typed may mean, below the line in which it stands: one of them may be chosen, and the choice wins over the line.
pub fn pick(lang: Lang, name: &str, near: &[RefChoice]) -> Markup {
    let id = format!("pick.{name}");
    html! {
        @if !near.is_empty() {
            div.field {
                label for=(id) { (t(lang, "form-pick")) }
                select id=(id) name=(id) {
                    option value="" { (t(lang, "form-choose")) }
                    @for choice in near.iter().take(RefChoice::SHOWN) { option value=(choice.id) {
                        (choice.text) @if !choice.known_by.is_empty() { " · " (choice.known_by) }
                    } }
                }
            }
        }
    }
}

/// A field of a record's form; below a reference that may mean several, these.
pub fn drawn(lang: Lang, field: &FormField, entry: &Entry, ledger: &Ledger) -> Markup {
    let shown = ledger.field_by_id(&field.id).and_then(|at| entry.field(at));
    let near = shown.map(|shown| shown.candidates.as_slice()).unwrap_or_default();
    html! {
        @if near.is_empty() { (form_field(lang, field)) } @else {
            div.unclear { (form_field(lang, field)) (pick(lang, &field.id, near)) }
        }
    }
}

/// The choice that means what was typed: a page that was filled in elsewhere may hold a title.
fn chosen(actor: &Actor, field: &Field, choices: &[Choice], typed: &str) -> String {
    let known = choices.iter().any(|choice| choice.value == typed);
    match record_kind::parse(actor.pack(), &field.kind, typed) {
        Ok(value) if !known => record_kind::plain(&value),
        _ => typed.to_owned(),
    }
}

/// What a code is called; other words as they are.
pub fn title_of(list: &CodeList, lang: Lang, typed: &str) -> String {
    let value = list.values.iter().find(|value| value.code == typed);
    value.map_or_else(|| typed.to_owned(), |value| text(lang, &value.title).to_owned())
}

fn control(actor: &Actor, view: &View, entry: &Entry, shown: &EntryField, field: &Field) -> Control {
    let (lang, pack) = (view.lang, actor.pack());
    let line = |kind, mode, most| Control::Line { kind, mode, most };
    // What a picker cannot hold is shown as it was typed.
    let iso = |typed: &str, length: usize| typed.is_empty() || typed.len() == length && typed.is_ascii();
    match &field.kind {
        Kind::Text { max } => line("text", None, Some(*max)),
        Kind::LongText { max } => Control::Lines { most: *max },
        Kind::Integer { .. } => line("text", Some("numeric"), Some(40)),
        Kind::Decimal { .. } | Kind::Money { .. } => line("text", Some("decimal"), Some(40)),
        Kind::Bool => Control::Choose(yes_or_no(lang, field, shown)),
        Kind::Date { .. } => line(if iso(&shown.typed, 10) { "date" } else { "text" }, None, Some(40)),
        Kind::Time => line(if iso(&shown.typed, 5) { "time" } else { "text" }, None, Some(40)),
        Kind::Code { list } => codes(lang, pack.code_list(*list), field.required, odd_in(shown)),
        Kind::Ref { to } => Control::Search(format!("/records/{}/choices", pack.ledger(*to).id)),
        Kind::Area { level } if actor.place_ledgers().contains(&(entry.ledger, shown.field)) => {
            line("text", Some("numeric"), u32::try_from(level.digits()).ok())
        }
        Kind::Area { level } => places(actor, lang, *level, &shown.typed),
        Kind::IdNumber => line("text", None, Some(40)),
        Kind::Phone => line("tel", Some("tel"), Some(40)),
        Kind::Point | Kind::Subject => line("text", None, Some(60)),
        Kind::Attachment => photo(actor, entry, shown, field),
    }
}

fn none(lang: Lang, required: bool) -> Choice {
    let key = if required { "form-choose" } else { "form-unknown" };
    Choice { value: String::new(), name: t(lang, key).into_owned(), depth: 0 }
}

fn yes_or_no(lang: Lang, field: &Field, shown: &EntryField) -> Vec<Choice> {
    let choice = |value: &str, key| Choice { value: value.to_owned(), name: t(lang, key).into_owned(), depth: 0 };
    let mut choices = vec![none(lang, field.required), choice("true", "yes"), choice("false", "no")];
    keep(&mut choices, odd_in(shown));
    choices
}

/// What was typed elsewhere and may be none of the choices; empty where nothing is wrong.
fn odd_in(shown: &EntryField) -> &str {
    if shown.faults.is_empty() { "" } else { &shown.typed }
}

/// What was typed and is none of the choices stays seen.
fn keep(choices: &mut Vec<Choice>, typed: &str) {
    if !typed.is_empty() && !choices.iter().any(|choice| choice.value == typed) {
        choices.push(Choice { value: typed.to_owned(), name: typed.to_owned(), depth: 0 });
    }
}

/// A few codes to choose from, many to search in; `odd` stays seen, also where it is none of them.
pub fn codes(lang: Lang, list: &CodeList, required: bool, odd: &str) -> Control {
    let title = |value: &anju_pack::CodeValue| text(lang, &value.title).to_owned();
    let mut titles: Vec<String> = list.values.iter().map(title).collect();
    titles.sort_unstable();
    titles.dedup();
    let many = list.values.len() > CHOSEN && titles.len() == list.values.len();
    let choice = |value: &anju_pack::CodeValue| Choice {
        value: if many { title(value) } else { value.code.clone() },
        name: title(value),
        depth: 0,
    };
    let mut choices: Vec<Choice> = list.values.iter().map(choice).collect();
    if many {
        return Control::Suggest(choices);
    }
    choices.insert(0, none(lang, required));
    keep(&mut choices, odd);
    Control::Choose(choices)
}

/// Places of a level, each below the one it lies in; what was typed stays seen.
pub fn places(actor: &Actor, lang: Lang, level: AreaLevel, typed: &str) -> Control {
    let areas = actor.areas();
    let mut found: Vec<_> = areas.within(actor.county_code(), level).collect();
    found.sort_by(|left, right| left.code.cmp(&right.code));
    if found.len() > PLACES {
        let all = found.iter().map(|area| Choice {
            value: area.code.clone(),
            name: areas.path_name(&area.code, AreaLevel::Town),
            depth: 0,
        });
        return Control::Suggest(all.collect());
    }
    let mut choices = vec![Choice { value: String::new(), name: t(lang, "form-choose").into_owned(), depth: 0 }];
    let mut town = String::new();
    for area in found {
        let above = area.code.get(..AreaLevel::Town.digits()).unwrap_or_default();
        if level > AreaLevel::Town && above != town {
            above.clone_into(&mut town);
        }
        let name =
            if level > AreaLevel::Town { format!("{} · {}", areas.name(above), area.name) } else { area.name.clone() };
        choices.push(Choice { value: area.code.clone(), name, depth: 0 });
    }
    keep(&mut choices, typed);
    Control::Choose(choices)
}

fn photo(actor: &Actor, entry: &Entry, shown: &EntryField, field: &Field) -> Control {
    let ledger = &actor.pack().ledger(entry.ledger).id;
    let stands = shown.said.as_ref().zip(entry.id);
    let held = uuid::Uuid::try_parse(&shown.typed).ok().filter(|_| shown.said.as_ref() != Some(&shown.typed));
    Control::Photo {
        shown: stands.map(|(_, id)| format!("/records/{ledger}/{id}/files/{}", field.id)),
        brought: held.map(|key| key.to_string()),
    }
}

fn hint(actor: &Actor, lang: Lang, field: &Field, entry: &Entry, shown: &EntryField) -> Option<String> {
    let key = match &field.kind {
        Kind::Money { .. } => "form-hint-money",
        Kind::Integer { unit: Some(unit), .. } | Kind::Decimal { unit: Some(unit), .. } => {
            return Some(t_args(lang, "form-hint-unit", &[("unit", text(lang, &unit_in_words(unit)).into())]));
        }
        Kind::IdNumber => "form-hint-id",
        Kind::Phone => "form-hint-phone",
        Kind::Point => "form-hint-point",
        Kind::Ref { .. } => "form-hint-ref",
        Kind::Attachment => "form-hint-photo",
        Kind::Area { level } if actor.place_ledgers().contains(&(entry.ledger, shown.field)) => {
            return Some(t_args(lang, "form-hint-place", &[("n", level.digits().into())]));
        }
        Kind::Code { list } if actor.pack().code_list(*list).values.len() > CHOSEN => "form-hint-code",
        _ => return None,
    };
    Some(t(lang, key).into_owned())
}
