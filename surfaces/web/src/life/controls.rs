//! The fields of an event's form, drawn from the pack: names that vary with the people of a household.

use std::collections::BTreeMap;

use anju_app::{Actor, Like, RefChoice};
use anju_base::life::Member;
use anju_pack::{CodeList, FieldIx, Kind, LedgerIx, Text};
use anju_ui::{Control, Lang, View, t, text};
use axum::extract::{FromRequest, Request};
use axum::response::Response;
use maud::{Markup, html};

use crate::form::{codes, left, pick, places, several, title_of};
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

    /// Puts one value of a name in the place of any other.
    pub(super) fn put(&mut self, name: &str, value: String) {
        self.0.retain(|(key, _)| key != name);
        self.0.push((name.to_owned(), value));
    }

    /// The id of the record that a line shows, where its words were left as they were shown.
    pub(super) fn shown(&self, name: &str) -> Option<&str> {
        left(self.get(&format!("was.{name}")), self.get(name))
    }

    /// Every value of a name: ticked boxes.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.trim())
    }
}

/// The records that a line may mean, by field.
pub(super) type Near = BTreeMap<String, Vec<RefChoice>>;

/// What is wrong, by field, and the records to choose from where a line may mean several.
#[derive(Debug, Default)]
pub struct Wrong {
    words: BTreeMap<String, Vec<String>>,
    near: Near,
    /// Records that hold what may not repeat.
    pub held: Vec<Like>,
}

impl Wrong {
    /// Nothing is.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// What is said, field by field.
    pub fn values(&self) -> impl Iterator<Item = &Vec<String>> {
        self.words.values()
    }

    /// Says it beside a field.
    pub(super) fn say(&mut self, name: &str, words: String) {
        self.words.entry(name.to_owned()).or_default().push(words);
    }

    /// Offers what the lines that are wrong may mean.
    pub(super) fn offering(mut self, lang: Lang, sent: &Pairs, near: Near) -> Self {
        for (name, near) in near {
            if let Some(words) = self.words.get_mut(&name) {
                *words = vec![several(lang, sent.get(&name), &near)];
                self.near.insert(name, near);
            }
        }
        self
    }
}

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
        self.wrong.words.iter().filter(|(name, _)| !has(name)).flat_map(|(_, words)| words).collect()
    }

    /// Typed in, and not yet kept.
    pub(super) fn unsaved(&self) -> bool {
        !self.wrong.is_empty() || self.sent.get("back") == "1"
    }

    fn is_wrong(&self, name: &str) -> bool {
        self.wrong.words.contains_key(name)
    }

    fn framed(&self, name: &str, (label, required): (&str, bool), hint: Option<&str>, control: &Markup) -> Markup {
        let wrong = self.wrong.words.get(name);
        html! {
            div.field {
                label for=(name) { (label) @if required { span.gap aria-hidden="true" { " *" } } }
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
        let says = (self.is_wrong(name) || hint.is_some()).then(|| format!("{name}-says"));
        let control = html! {
            input id=(name) name=(name) type=(kind) value=(self.sent.get(name)) required[required] maxlength="500"
                aria-invalid=[self.is_wrong(name).then_some("true")] aria-describedby=[says];
        };
        self.framed(name, (label, required), hint, &control)
    }

    /// A record of a ledger, by what it is called; looked up while it is typed, and chosen below where it may be several.
    pub fn look_up(&self, name: &str, label: &str, ledger: &str, required: bool, hint: &str) -> Markup {
        let (says, list) = (format!("{name}-says"), format!("{name}-list"));
        let control = html! {
            input id=(name) name=(name) type="text" value=(self.sent.get(name)) list=(list) required[required] autocomplete="off" maxlength="500"
                data-choices=(format!("/records/{ledger}/choices"))
                aria-invalid=[self.is_wrong(name).then_some("true")] aria-describedby=(says);
            datalist id=(list) {}
            @if self.sent.shown(name).is_some() {
                @let was = format!("was.{name}");
                input type="hidden" name=(was) value=(self.sent.get(&was));
            }
        };
        let near = self.wrong.near.get(name).map(Vec::as_slice).unwrap_or_default();
        html! { (self.framed(name, (label, required), Some(hint), &control)) (pick(self.view.lang, name, near)) }
    }

    /// One of some choices.
    pub fn choose(&self, name: &str, label: &str, choices: &[(&str, &str)], first: &str, required: bool) -> Markup {
        self.select((name, label), choices, first, required, None)
    }

    fn select(
        &self,
        (name, label): (&str, &str),
        choices: &[(&str, &str)],
        first: &str,
        required: bool,
        hint: Option<&str>,
    ) -> Markup {
        let sent = self.sent.get(name);
        let chosen = if sent.is_empty() { first } else { sent };
        let says = (self.is_wrong(name) || hint.is_some()).then(|| format!("{name}-says"));
        let control = html! {
            select id=(name) name=(name) required[required]
                aria-invalid=[self.is_wrong(name).then_some("true")] aria-describedby=[says] {
                @if chosen.is_empty() || !required { option value="" selected[chosen.is_empty()] { "—" } }
                @for (code, words) in choices { option value=(code) selected[*code == chosen] { (words) } }
            }
        };
        self.framed(name, (label, required), hint, &control)
    }

    /// One of some choices, or of many: typed, with those that the list `held` holds to search in; `stands` is what the line says then.
    fn offered(
        &self,
        (name, label): (&str, &str),
        (control, held): (&Control, &str),
        (first, stands): (&str, &str),
        required: bool,
        hint: Option<&str>,
    ) -> Markup {
        if let Control::Choose(choices) = control {
            let choices = choices.iter().filter(|choice| !choice.value.is_empty());
            let choices: Vec<_> = choices.map(|choice| (choice.value.as_str(), choice.name.as_str())).collect();
            return self.select((name, label), &choices, first, required, hint);
        }
        let says = (self.is_wrong(name) || hint.is_some()).then(|| format!("{name}-says"));
        let control = html! {
            input id=(name) name=(name) type="text" value=(stands) list=(held) required[required] autocomplete="off" maxlength="500"
                aria-invalid=[self.is_wrong(name).then_some("true")] aria-describedby=[says];
        };
        self.framed(name, (label, required), hint, &control)
    }

    /// A code of a list: what was sent of it, else the first.
    fn coded(
        &self,
        named: (&str, &str),
        (list, held): (&CodeList, &str),
        first: &str,
        required: bool,
        hint: Option<&str>,
    ) -> Markup {
        let (lang, sent) = (self.view.lang, self.sent.get(named.0));
        let control = codes(lang, list, required, "");
        let stands = title_of(list, lang, if sent.is_empty() { first } else { sent });
        self.offered(named, (&control, held), (first, &stands), required, hint)
    }

    /// A field of a ledger, with the control of its kind; references are looked for by their names.
    pub fn of_ledger(&self, ledger: &str, field: &str, prefix: &str) -> Markup {
        self.drawn(ledger, (field, prefix), false, "life-look-for")
    }

    /// The same where this event can do without it; `hint` is the key of what a reference says below its line.
    pub fn of_ledger_or_not(&self, ledger: &str, field: &str, hint: &str) -> Markup {
        self.drawn(ledger, (field, ""), true, hint)
    }

    /// The control of a field; what `optional` says may stay blank.
    pub(super) fn drawn(&self, ledger: &str, (field, prefix): (&str, &str), optional: bool, hint: &str) -> Markup {
        let Ok(ix) = self.actor.ledger(ledger) else { return html! {} };
        let definition = self.actor.pack().ledger(ix);
        let Some((ix_at, at)) = definition.field_by_id(field).map(|at| (at, definition.field(at))) else {
            return html! {};
        };
        let (name, lang) = (format!("{prefix}{field}"), self.view.lang);
        let label = text(lang, &at.title);
        let is_told = at.required && !optional && self.is_told(ix, ix_at);
        let required = at.required && !optional && !is_told;
        let told = is_told.then(|| t(lang, "form-hint-told"));
        match &at.kind {
            Kind::Code { list } => {
                let (list, held) = (self.actor.pack().code_list(*list), format!("{name}-list"));
                let options = options(&held, &codes(lang, list, required, ""));
                let search = options.as_ref().map(|_| t(lang, "form-hint-code"));
                let hint = told.as_deref().or(search.as_deref());
                html! { (self.coded((&name, label), (list, &held), "", required, hint)) @if let Some(options) = options { (options) } }
            }
            Kind::Area { level } => {
                let (sent, held) = (self.sent.get(&name), format!("{name}-list"));
                let control = places(self.actor, lang, *level, sent);
                html! {
                    (self.offered((&name, label), (&control, &held), ("", sent), required, None))
                    @if let Some(options) = options(&held, &control) { (options) }
                }
            }
            Kind::Bool => {
                let (yes, no) = (t(lang, "life-yes"), t(lang, "life-no"));
                self.choose(&name, label, &[("是", &yes), ("否", &no)], "", required)
            }
            Kind::Date { .. } => self.line(&name, label, "date", required, told.as_deref()),
            Kind::Ref { to } => self.look_up(&name, label, &self.actor.pack().ledger(*to).id, required, &t(lang, hint)),
            _ => self.line(&name, label, "text", required, None),
        }
    }

    /// Whether an ID number tells it: every form of a person asks for the number too.
    fn is_told(&self, ledger: LedgerIx, field: FieldIx) -> bool {
        self.actor.told_by_number(ledger).iter().any(|(told, _)| *told == field)
    }

    /// Relation to the head, of each member; a box to tick for those whom the event is about.
    pub fn members(&self, members: &[Member], ticked: Option<&str>, relations: bool) -> Markup {
        let (lang, pack) = (self.view.lang, self.actor.pack());
        let list = pack.index.codes.get("kinship").map(|ix| pack.code_list(*ix)).filter(|_| relations);
        let search = list.and_then(|list| options("kin-list", &codes(lang, list, true, "")));
        let hint = search.as_ref().map(|_| t(lang, "form-hint-code"));
        html! {
            @for member in members {
                @let id = member.record.id.to_string();
                fieldset.fields {
                    legend { (member.name) }
                    @if let Some(label) = ticked {
                        label { input type="checkbox" name="who" value=(id) checked[self.sent.all("who").any(|it| it == id)]; " " (label) }
                    }
                    @if let Some(list) = list {
                        (self.coded((&format!("kin-{id}"), &t(lang, "life-kin")), (list, "kin-list"), &member.kinship, true, hint.as_deref()))
                    }
                }
            }
            @if let Some(search) = search { (search) }
        }
    }
}

/// What a line may be searched in, where its control is one of many.
fn options(id: &str, control: &Control) -> Option<Markup> {
    let Control::Suggest(choices) = control else { return None };
    Some(html! {
        datalist id=(id) {
            @for choice in choices { option value=(choice.value) { @if choice.name != choice.value { (choice.name) } } }
        }
    })
}
