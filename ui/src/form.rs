//! Forms: a label above its field, the fault below it, said to screen readers too. Everything is sent without scripts.

mod control;

use maud::{Markup, html};

pub use control::{Control, Field, Theirs, field, summary};

use crate::area_pick::Choice;
use crate::lang::{Lang, t};

/// What is typed into a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// A line of text.
    #[default]
    Text,
    /// A password; never filled in again.
    Password,
    /// A whole number.
    Number,
    /// A day.
    Date,
    /// Digits of a one-time code.
    Code,
}

/// One field of a line.
#[derive(Debug, Clone, Default)]
pub struct Input {
    /// Sent under this name; also its anchor.
    pub name: &'static str,
    /// Shown above it.
    pub label: String,
    /// What is typed.
    pub kind: Kind,
    /// What stands in it.
    pub value: String,
    /// How to fill it in.
    pub hint: Option<String>,
    /// What is wrong with it.
    pub faults: Vec<String>,
    /// May not be left out.
    pub required: bool,
    /// Characters at most, where they are fewer than usual.
    pub most: Option<u32>,
    /// How browsers may help: `username`, `current-password`, `new-password`, `one-time-code`.
    pub autocomplete: Option<&'static str>,
}

/// Characters that a line or a text takes at most.
const MOST: u32 = 500;

/// A field of one line.
pub fn input(field: &Input) -> Markup {
    let kind = match field.kind {
        Kind::Text | Kind::Code => "text",
        Kind::Password => "password",
        Kind::Number => "number",
        Kind::Date => "date",
    };
    let plain = matches!(field.kind, Kind::Code | Kind::Password);
    framed(
        field,
        html! {
            input id=(field.name) name=(field.name) type=(kind) value=[(field.kind != Kind::Password).then_some(&field.value)]
                required[field.required] autocomplete=[field.autocomplete] maxlength=(field.most.unwrap_or(MOST))
                inputmode=[(field.kind == Kind::Code).then_some("numeric")]
                spellcheck=[plain.then_some("false")] autocapitalize=[plain.then_some("none")]
                aria-invalid=[(!field.faults.is_empty()).then_some("true")] aria-describedby=[described(field)];
        },
    )
}

/// A field of several lines.
pub fn area_input(field: &Input) -> Markup {
    framed(
        field,
        html! {
            textarea id=(field.name) name=(field.name) rows="3" required[field.required] maxlength=(field.most.unwrap_or(MOST))
                aria-invalid=[(!field.faults.is_empty()).then_some("true")] aria-describedby=[described(field)] { (field.value) }
        },
    )
}

/// A field with choices; `value` is the one in force.
pub fn select(field: &Input, choices: &[Choice]) -> Markup {
    framed(
        field,
        html! {
            select id=(field.name) name=(field.name) required[field.required]
                aria-invalid=[(!field.faults.is_empty()).then_some("true")] aria-describedby=[described(field)] {
                @for choice in choices { option value=(choice.value) selected[choice.value == field.value] {
                    @for _ in 0..choice.depth { "\u{3000}" }
                    (choice.name)
                } }
            }
        },
    )
}

fn described(field: &Input) -> Option<String> {
    (!field.faults.is_empty() || field.hint.is_some()).then(|| format!("{}-says", field.name))
}

fn framed(field: &Input, control: Markup) -> Markup {
    html! {
        div.field {
            label for=(field.name) { (field.label) }
            (control)
            @if described(field).is_some() {
                div id=(format!("{}-says", field.name)) {
                    @for fault in &field.faults { p.gap { (fault) } }
                    @if let Some(hint) = &field.hint { small.quiet { (hint) } }
                }
            }
        }
    }
}

/// A form that changes something, with its one main button.
pub fn form(action: &str, submit: &str, body: &Markup) -> Markup {
    html! {
        form.form method="post" action=(action) {
            (body)
            div.actions { button.button.first type="submit" { (submit) } }
        }
    }
}

/// A form that asks, its fields beside each other.
pub fn fields(lang: Lang, action: &str, body: &Markup) -> Markup {
    html! {
        form.form.across method="get" action=(action) {
            (body)
            div.actions { button.button type="submit" { (t(lang, "apply")) } a.button href=(action) { (t(lang, "search-clear")) } }
        }
    }
}

/// One button that sends a form of hidden values.
pub fn press(action: &str, name: &str, hidden: &[(&str, &str)], first: bool) -> Markup {
    html! {
        form.inline method="post" action=(action) {
            @for (key, value) in hidden { input type="hidden" name=(key) value=(value); }
            button class={ "button small" @if first { " first" } } type="submit" { (name) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_stands_beside_its_field_and_is_heard() {
        let field =
            Input { name: "new", label: "新密码".into(), faults: vec!["太短 <b>".into()], ..Input::default() };
        let page = input(&field).into_string();
        for part in [r#"for="new""#, r#"aria-invalid="true""#, r#"aria-describedby="new-says""#, "太短 &lt;b&gt;"] {
            assert!(page.contains(part), "{part}: {page}");
        }
    }

    #[test]
    fn a_password_is_never_filled_in_again() {
        let field = Input { name: "old", kind: Kind::Password, value: "secret".into(), ..Input::default() };
        assert!(!input(&field).into_string().contains("secret"));
    }
}
