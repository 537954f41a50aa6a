//! Controls of a record's form: the right one for each kind of field, with what stands, what is wrong, and what another wrote meanwhile.

use maud::{Markup, html};

use crate::area_pick::Choice;
use crate::lang::{Lang, t, t_args};

/// How a field is filled in.
#[derive(Debug, Clone, Default)]
pub enum Control {
    /// One line; `kind` and `mode` are HTML's.
    Line {
        /// `text`, `date`, `time`.
        kind: &'static str,
        /// Which keys a phone shows.
        mode: Option<&'static str>,
        /// Characters at most.
        most: Option<u32>,
    },
    /// Several lines.
    Lines {
        /// Characters at most.
        most: u32,
    },
    /// One of a few.
    Choose(Vec<Choice>),
    /// One of many: typed, with all of them to search in.
    Suggest(Vec<Choice>),
    /// One of very many: typed, and looked up at an address while typing.
    Search(String),
    /// A picture; the address of the one that stands, the key of one that was just brought.
    Photo {
        /// Where the present one is shown.
        shown: Option<String>,
        /// A new one that the form holds already.
        brought: Option<String>,
    },
    /// Not to be changed here.
    #[default]
    Fixed,
}

/// What another wrote into the same field.
#[derive(Debug, Clone, Default)]
pub struct Theirs {
    /// In words; empty where they emptied it.
    pub value: String,
    /// Who and when.
    pub by: String,
}

/// A field of a record's form.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// The field's id; sent as `f.ID`, and its anchor.
    pub id: String,
    /// Shown above it.
    pub label: String,
    /// How it is filled in.
    pub control: Control,
    /// What stands in the control.
    pub value: String,
    /// What stands in the record where the control does not show it: masked, or not to be changed.
    pub said: Option<String>,
    /// What the form showed, to tell what was typed from what was left.
    pub was: Option<String>,
    /// How to fill it in.
    pub hint: Option<String>,
    /// What is wrong with it.
    pub faults: Vec<String>,
    /// May not be left out.
    pub required: bool,
    /// It takes the focus: the first that is wrong.
    pub focus: bool,
    /// May be emptied by a tick; ticked.
    pub clear: Option<bool>,
    /// What another wrote meanwhile.
    pub theirs: Option<Theirs>,
}

impl Field {
    fn name(&self) -> String {
        format!("f.{}", self.id)
    }

    fn says(&self) -> Option<String> {
        let spoken = !self.faults.is_empty() || self.hint.is_some() || self.said.is_some();
        spoken.then(|| format!("s.{}", self.id))
    }
}

/// A field with its label, its control, and what is to be said of it.
pub fn field(lang: Lang, field: &Field) -> Markup {
    let fixed = matches!(field.control, Control::Fixed);
    html! {
        div.field {
            @if fixed {
                div.quiet { (field.label) }
                div id=(field.name()) { (field.said.as_deref().unwrap_or("—")) " " small.quiet { (t(lang, "form-fixed")) } }
            } @else {
                label for=(field.name()) {
                    (field.label)
                    @if field.required { span.gap aria-hidden="true" { " *" } }
                }
                (control(lang, field))
            }
            @if let Some(was) = &field.was { input type="hidden" name=(format!("was.{}", field.id)) value=(was); }
            @if let Some(says) = field.says().filter(|_| !fixed) {
                div id=(says) {
                    @for fault in &field.faults { p.gap { (fault) } }
                    @if let Some(said) = &field.said { small.quiet { (t_args(lang, "form-stands", &[("value", said.as_str().into())])) " " } }
                    @if let Some(hint) = &field.hint { small.quiet { (hint) } }
                }
            }
            @if let Some(ticked) = field.clear { (tick(&format!("clear.{}", field.id), "on", ticked, "checkbox", &t(lang, "form-clear"))) }
            @if let Some(theirs) = &field.theirs { (both(lang, field, theirs)) }
        }
    }
}

/// A box or a point with its words beside it.
fn tick(name: &str, value: &str, ticked: bool, kind: &str, words: &str) -> Markup {
    let id = format!("{name}.{value}");
    html! {
        div.field.tick {
            input type=(kind) id=(id) name=(name) value=(value) checked[ticked];
            label for=(id) { (words) }
        }
    }
}

fn both(lang: Lang, field: &Field, theirs: &Theirs) -> Markup {
    let name = format!("choice.{}", field.id);
    let empty = t(lang, "form-empty");
    let value = if theirs.value.is_empty() { empty.as_ref() } else { theirs.value.as_str() };
    html! {
        fieldset.notice {
            legend { (t_args(lang, "form-both", &[("field", field.label.as_str().into())])) }
            input type="hidden" name="disputed" value=(field.id);
            (tick(&name, "mine", false, "radio", &t(lang, "form-mine")))
            (tick(&name, "theirs", false, "radio", &t_args(lang, "form-theirs", &[("value", value.into()), ("by", theirs.by.as_str().into())])))
        }
    }
}

fn control(lang: Lang, field: &Field) -> Markup {
    let (name, says) = (field.name(), field.says());
    let wrong = (!field.faults.is_empty()).then_some("true");
    match &field.control {
        Control::Line { kind, mode, most } => html! {
            input id=(name) name=(name) type=(kind) value=(field.value) inputmode=[*mode] maxlength=[*most] required[field.required]
                autocomplete="off" autofocus[field.focus] aria-invalid=[wrong] aria-describedby=[says];
        },
        Control::Lines { most } => html! {
            textarea id=(name) name=(name) rows="3" maxlength=(most) required[field.required] autofocus[field.focus]
                aria-invalid=[wrong] aria-describedby=[says] { (field.value) }
        },
        Control::Choose(choices) => html! {
            select id=(name) name=(name) required[field.required] autofocus[field.focus] aria-invalid=[wrong] aria-describedby=[says] {
                @for choice in choices { option value=(choice.value) selected[choice.value == field.value] {
                    @for _ in 0..choice.depth { "\u{3000}" }
                    (choice.name)
                } }
            }
        },
        Control::Suggest(choices) => html! {
            (listed(field, html! {}))
            datalist id=(format!("l.{}", field.id)) {
                @for choice in choices { option value=(choice.value) { @if choice.name != choice.value { (choice.name) } } }
            }
        },
        Control::Search(address) => html! {
            (listed(field, html! { (address) }))
            datalist id=(format!("l.{}", field.id)) {}
        },
        Control::Photo { shown, brought } => html! {
            @if let Some(key) = brought { input type="hidden" name=(format!("held.{}", field.id)) value=(key); p.lapsing { (t(lang, "form-photo-held")) } }
            @if let Some(shown) = shown { a href=(shown) { (t(lang, "photo-open")) } }
            input id=(name) name=(name) type="file" accept="image/*" capture="environment" autofocus[field.focus] aria-invalid=[wrong] aria-describedby=[says];
        },
        Control::Fixed => html! {},
    }
}

/// A line with a list of what it may hold; looked up while typing where it has an address.
fn listed(field: &Field, address: Markup) -> Markup {
    let (name, says, list) = (field.name(), field.says(), format!("l.{}", field.id));
    let wrong = (!field.faults.is_empty()).then_some("true");
    let address = Some(address.into_string()).filter(|address| !address.is_empty());
    html! {
        input id=(name) name=(name) type="text" value=(field.value) list=(list) required[field.required] autocomplete="off" maxlength="500"
            autofocus[field.focus] aria-invalid=[wrong] aria-describedby=[says] data-choices=[address];
    }
}

/// What is wrong with a form, at its head: each leads to its field.
pub fn summary(lang: Lang, whole: &[String], fields: &[Field]) -> Markup {
    let faulty = fields.iter().filter(|field| !field.faults.is_empty() || field.theirs.is_some());
    let count = whole.len() + faulty.clone().count();
    html! {
        @if count > 0 {
            div class="notice bad" role="alert" {
                p { b { (t_args(lang, "form-faulty", &[("n", count.into())])) } }
                ul {
                    @for fault in whole { li { (fault) } }
                    @for field in faulty { li { a href=(format!("#{}", field.name())) {
                        @match field.faults.first() {
                            Some(fault) => (fault),
                            None => (t_args(lang, "form-both", &[("field", field.label.as_str().into())])),
                        }
                    } } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: &str) -> Field {
        Field {
            id: id.into(),
            label: "姓名".into(),
            control: Control::Line { kind: "text", mode: None, most: Some(50) },
            ..Field::default()
        }
    }

    #[test]
    fn what_is_wrong_stands_beside_its_field_and_at_the_head() {
        let wrong = Field { faults: vec!["姓名：<太长>".into()], focus: true, ..line("name") };
        let page = field(Lang::Zh, &wrong).into_string();
        for part in
            [r#"for="f.name""#, r#"aria-invalid="true""#, r#"aria-describedby="s.name""#, "autofocus", "&lt;太长&gt;"]
        {
            assert!(page.contains(part), "{part}: {page}");
        }
        let head = summary(Lang::Zh, &[], &[wrong, line("other")]).into_string();
        assert!(head.contains(r##"href="#f.name""##) && head.contains(r#"role="alert""#) && !head.contains("f.other"));
        assert_eq!(summary(Lang::Zh, &[], &[line("name")]).into_string(), "");
    }

    #[test]
    fn both_values_of_a_dispute_are_offered_and_neither_is_chosen() {
        let theirs = Theirs { value: "李明".into(), by: "王 2020-05-16".into() };
        let page =
            field(Lang::Zh, &Field { theirs: Some(theirs), value: "李小明".into(), ..line("name") }).into_string();
        for part in ["李明", "李小明", r#"name="choice.name" value="mine""#, r#"name="disputed" value="name""#] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(!page.contains("checked"));
    }
}
