//! The fields of an event's form, drawn from the pack: names that vary with the people of a household.

use std::collections::BTreeMap;

use anju_app::Actor;
use anju_base::codes;
use anju_base::life::Member;
use anju_pack::{Kind, Text};
use anju_ui::{Lang, View, t, text};
use axum::extract::{FromRequest, Request};
use axum::response::Response;
use maud::{Markup, html};

use crate::sent::Sent;

/// What was sent: names and values, in order.
#[derive(Debug, Clone, Default)]
pub struct Pairs(pub Vec<(String, String)>);

impl<S: Send + Sync> FromRequest<S> for Pairs {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(Sent::from_request(request, state).await?.pairs().to_vec()))
    }
}

impl Pairs {
    /// A value without the space around it; empty when it was left out.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    /// Every value of a name: ticked boxes.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.trim())
    }
}

/// What is wrong, by field.
pub type Wrong = BTreeMap<String, Vec<String>>;

/// A line's label in both languages.
pub(super) fn label(key: &str) -> Text {
    let [zh, en] = [Lang::Zh, Lang::En].map(|lang| t(lang, key).into_owned());
    Text { zh, en }
}

/// A form being filled in.
pub struct Sheet<'a> {
    /// Who fills it in.
    pub actor: &'a Actor,
    /// How they read.
    pub view: &'a View,
    /// What they filled in.
    pub sent: &'a Pairs,
    /// What is wrong with it.
    pub wrong: &'a Wrong,
}

impl Sheet<'_> {
    /// What is wrong with no field that is shown.
    pub fn elsewhere(&self, shown: &str) -> Vec<&String> {
        let has = |name: &str| shown.contains(&format!("id=\"{name}\""));
        self.wrong.iter().filter(|(name, _)| !has(name)).flat_map(|(_, words)| words).collect()
    }

    fn framed(&self, name: &str, label: &str, hint: Option<&str>, control: &Markup) -> Markup {
        let wrong = self.wrong.get(name);
        html! {
            div.field {
                label for=(name) { (label) }
                (control)
                @if wrong.is_some() || hint.is_some() {
                    div id=(format!("{name}-says")) {
                        @for words in wrong.into_iter().flatten() { p.gap { (words) } }
                        @if let Some(hint) = hint { small.quiet { (hint) } }
                    }
                }
            }
        }
    }

    /// A line of text, or a day.
    pub fn line(&self, name: &str, label: &str, kind: &str, required: bool, hint: Option<&str>) -> Markup {
        let says = (self.wrong.contains_key(name) || hint.is_some()).then(|| format!("{name}-says"));
        let control = html! {
            input id=(name) name=(name) type=(kind) value=(self.sent.get(name)) required[required] maxlength="500"
                aria-invalid=[self.wrong.contains_key(name).then_some("true")] aria-describedby=[says];
        };
        self.framed(name, label, hint, &control)
    }

    /// A record of a ledger, by what it is called; looked up while it is typed.
    pub fn look_up(&self, name: &str, label: &str, ledger: &str, required: bool, hint: &str) -> Markup {
        let (says, list) = (format!("{name}-says"), format!("{name}-list"));
        let control = html! {
            input id=(name) name=(name) type="text" value=(self.sent.get(name)) list=(list) required[required] autocomplete="off" maxlength="500"
                data-choices=(format!("/records/{ledger}/choices"))
                aria-invalid=[self.wrong.contains_key(name).then_some("true")] aria-describedby=(says);
            datalist id=(list) {}
        };
        self.framed(name, label, Some(hint), &control)
    }

    /// One of some choices.
    pub fn choose(&self, name: &str, label: &str, choices: &[(&str, &str)], first: &str, required: bool) -> Markup {
        let sent = self.sent.get(name);
        let chosen = if sent.is_empty() { first } else { sent };
        let says = self.wrong.contains_key(name).then(|| format!("{name}-says"));
        let control = html! {
            select id=(name) name=(name) required[required]
                aria-invalid=[self.wrong.contains_key(name).then_some("true")] aria-describedby=[says] {
                @if chosen.is_empty() || !required { option value="" selected[chosen.is_empty()] { "—" } }
                @for (code, words) in choices { option value=(code) selected[*code == chosen] { (words) } }
            }
        };
        self.framed(name, label, None, &control)
    }

    /// A field of a ledger, with the control of its kind; references are looked for by their names.
    pub fn of_ledger(&self, ledger: &str, field: &str, prefix: &str) -> Markup {
        self.drawn(ledger, (field, prefix), false, "life-look-for")
    }

    /// The same where this event can do without it; `hint` is the key of what a reference says below its line.
    pub fn of_ledger_or_not(&self, ledger: &str, field: &str, hint: &str) -> Markup {
        self.drawn(ledger, (field, ""), true, hint)
    }

    fn drawn(&self, ledger: &str, (field, prefix): (&str, &str), optional: bool, hint: &str) -> Markup {
        let Ok(ix) = self.actor.ledger(ledger) else { return html! {} };
        let definition = self.actor.pack().ledger(ix);
        let Some(at) = definition.field_by_id(field).map(|at| definition.field(at)) else { return html! {} };
        let (name, lang) = (format!("{prefix}{field}"), self.view.lang);
        let label = text(lang, &at.title);
        let required = at.required && !optional;
        match &at.kind {
            Kind::Code { list } => {
                let list = &self.actor.pack().code_list(*list).id;
                self.choose(&name, label, &codes(self.actor, list, lang), "", required)
            }
            Kind::Bool => {
                let (yes, no) = (t(lang, "life-yes"), t(lang, "life-no"));
                self.choose(&name, label, &[("是", &yes), ("否", &no)], "", required)
            }
            Kind::Date { .. } => self.line(&name, label, "date", required, None),
            Kind::Ref { to } => self.look_up(&name, label, &self.actor.pack().ledger(*to).id, required, &t(lang, hint)),
            _ => self.line(&name, label, "text", required, None),
        }
    }

    /// Relation to the head, of each member; a box to tick for those whom the event is about.
    pub fn members(&self, members: &[Member], ticked: Option<&str>, relations: bool) -> Markup {
        let lang = self.view.lang;
        let list = codes(self.actor, "kinship", lang);
        html! {
            @for member in members {
                @let id = member.record.id.to_string();
                fieldset.fields {
                    legend { (member.name) }
                    @if let Some(label) = ticked {
                        label { input type="checkbox" name="who" value=(id) checked[self.sent.all("who").any(|it| it == id)]; " " (label) }
                    }
                    @if relations {
                        (self.choose(&format!("kin-{id}"), &t(lang, "life-kin"), &list, &member.kinship, true))
                    }
                }
            }
        }
    }
}
