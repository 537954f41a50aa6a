//! One change of many records: which field, what value, what would become of each, then all at once.

use anju_app::{Actor, BULK_MOST, BulkChange, BulkDone, BulkError, BulkLine, BulkPlan, BulkState, Error, Written};
use anju_pack::{FieldIx, LedgerIx};
use anju_ui::{
    Choice, Column, Crumb, Input, InputKind, PageHead, Panel, Row, Table, Tone, View, area_input, form_field, input,
    page_head, panel, select, summary, t, t_args, table, tag, text,
};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use uuid::Uuid;

use super::show;
use crate::answer::{Body, Part, answer};
use crate::form::Filled;
use crate::ledgers::{record_lang, record_link};
use crate::places::site_name;
use crate::reply::{faults, with_status};
use crate::request::Asked;
use crate::sent::{Sent, to};
use crate::signed::Signed;

/// Lines of a preview shown; the rest is counted.
const SHOWN: usize = 200;

/// Which records, and what was said of the change so far.
struct Asks<'a> {
    actor: &'a Actor,
    view: &'a View,
    ledger: LedgerIx,
    ids: Vec<Uuid>,
    sent: &'a Sent,
}

/// `GET /ledgers/{id}/bulk`: all that a list found, by the list's own query.
pub async fn all_found(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>) -> Response {
    let body = found_body(&actor, &view, &id).await;
    answer(&actor, &view, body)
}

async fn found_body(actor: &Actor, view: &View, id: &str) -> Result<Body, Error> {
    let ledger = actor.ledger(id)?;
    if !actor.writes(ledger) {
        return Err(Error::denied("write", id));
    }
    // The very list that was looked at, with its filters; one too many, so that too many are told.
    let mut ids = actor.roll_ids(&actor.roll_ask(ledger, &view.query).await?).await?;
    ids.truncate(BULK_MOST + 1);
    let sent = Sent::default();
    Ok(Asks { actor, view, ledger, ids, sent: &sent }.choose())
}

/// `POST /ledgers/{id}/bulk`: the next step with the records ticked: which field, which value, a preview, and the change itself.
pub async fn step(Signed(actor): Signed, Asked(view): Asked, Path(id): Path<String>, filled: Filled) -> Response {
    let ledger = match actor.ledger(&id) {
        Ok(ledger) if actor.writes(ledger) => ledger,
        Ok(_) => return answer(&actor, &view, Err(Error::denied("write", &id))),
        Err(error) => return answer(&actor, &view, Err(error)),
    };
    let sent = filled.sent.all("ids");
    let ids = sent.iter().flat_map(|ids| ids.split_whitespace()).filter_map(|id| Uuid::try_parse(id).ok()).collect();
    let typed = filled.filling().typed;
    let asks = Asks { actor: &actor, view: &view, ledger, ids, sent: &filled.sent };
    let Some(field) = asks.field().filter(|_| asks.sent.get("step") != "choose") else {
        return answer(&actor, &view, Ok(asks.choose()));
    };
    if asks.hands_over() && !actor.may_hand_over(ledger, field) {
        return with_status(422, answer(&actor, &view, Ok(asks.choose())));
    }
    let name = &actor.pack().ledger(ledger).field(field).id;
    let value = typed.get(name).map(|typed| typed.trim().to_owned());
    let change = match (&value, asks.hands_over()) {
        (None, _) => return answer(&actor, &view, Ok(asks.value(field, None))),
        (Some(typed), false) => BulkChange::Set { field, typed: typed.clone() },
        (Some(typed), true) => {
            BulkChange::HandOver { field, typed: typed.clone(), from: asks.sent.get("from").to_owned() }
        }
    };
    if asks.sent.get("step") == "do" {
        return asks.done(&change).await;
    }
    match actor.bulk_plan(ledger, &asks.ids, &change).await {
        Ok(plan) if plan.faults.is_empty() => answer(&actor, &view, Ok(asks.preview(&plan, &[], false))),
        Ok(plan) => with_status(422, answer(&actor, &view, Ok(asks.value(field, Some(&plan))))),
        Err(error) => answer(&actor, &view, Err(error)),
    }
}

impl Asks<'_> {
    fn way(&self) -> String {
        format!("/ledgers/{}/bulk", self.actor.pack().ledger(self.ledger).id)
    }

    fn field(&self) -> Option<FieldIx> {
        let at = self.actor.pack().ledger(self.ledger).field_by_id(self.sent.get("field"))?;
        self.actor.bulk_fields(self.ledger).contains(&at).then_some(at)
    }

    fn hands_over(&self) -> bool {
        self.sent.get("how") == "hand-over"
    }

    /// Titles of the fields by which records of the ledger are handed over.
    fn handed_over(&self) -> Vec<&str> {
        let ledger = self.actor.pack().ledger(self.ledger);
        let mut fields = self.actor.bulk_fields(self.ledger);
        fields.retain(|field| self.actor.may_hand_over(self.ledger, *field));
        fields.into_iter().map(|field| text(self.view.lang, &ledger.field(field).title)).collect()
    }

    async fn done(&self, change: &BulkChange) -> Response {
        let (actor, view) = (self.actor, self.view);
        let shown = self.sent.get("shown");
        let plan = match actor.bulk_do(self.ledger, &self.ids, change, shown, self.sent.get("reason")).await {
            Ok(done) if matches!(done.written, Some(Written::Waiting(_))) => return to("/approvals"),
            Ok(done) => return answer(actor, view, Ok(self.told(&done))),
            Err(BulkError::Changed(plan)) => {
                return with_status(409, answer(actor, view, Ok(self.preview(&plan, &[], true))));
            }
            Err(BulkError::Other(error)) => match faults(view, error) {
                Ok(lines) => actor.bulk_plan(self.ledger, &self.ids, change).await.map(|plan| (plan, lines)),
                Err(error) => Err(error),
            },
        };
        match plan {
            Ok((plan, lines)) => with_status(422, answer(actor, view, Ok(self.preview(&plan, &lines, false)))),
            Err(error) => answer(actor, view, Err(error)),
        }
    }

    fn page(&self, body: Markup) -> Body {
        let lang = self.view.lang;
        let ledger = self.actor.pack().ledger(self.ledger);
        let title = t(lang, "bulk-title").into_owned();
        let name = text(lang, &ledger.title).to_owned();
        let head = PageHead {
            crumbs: vec![Crumb { name: name.clone(), href: Some(format!("/ledgers/{}", ledger.id)) }],
            title: title.clone(),
            aside: Some(t_args(lang, "bulk-count", &[("n", self.ids.len().into())])),
            ..PageHead::default()
        };
        Body {
            title: format!("{title} · {name}"),
            part: Part::Ledgers,
            markup: html! { (page_head(lang, &head)) (body) },
        }
    }

    fn hidden(&self, keep: &[&str]) -> Markup {
        let ids = self.ids.iter().map(|id| id.simple().to_string()).collect::<Vec<_>>().join(" ");
        html! {
            input type="hidden" name="ids" value=(ids);
            @for name in keep { input type="hidden" name=(name) value=(self.sent.get(name)); }
        }
    }

    /// Which field, and whether it is a hand-over.
    fn choose(&self) -> Body {
        let lang = self.view.lang;
        let ledger = self.actor.pack().ledger(self.ledger);
        if self.ids.is_empty() || self.ids.len() > BULK_MOST {
            let key = if self.ids.is_empty() { "bulk-none" } else { "bulk-many" };
            let words = t_args(lang, key, &[("most", BULK_MOST.into())]);
            let back = format!("/ledgers/{}", ledger.id);
            return self.page(html! { p class="notice bad" role="alert" { (words) } p { a.button href=(back) { (t(lang, "bulk-back")) } } });
        }
        let fields = self.actor.bulk_fields(self.ledger);
        let choice = |at: &FieldIx| {
            let field = ledger.field(*at);
            Choice { value: field.id.clone(), name: text(lang, &field.title).to_owned(), depth: 0 }
        };
        let choices: Vec<Choice> = fields.iter().map(choice).collect();
        let way = |value: &str, key| Choice { value: value.to_owned(), name: t(lang, key).into_owned(), depth: 0 };
        let (over, comma) = (self.handed_over(), t(lang, "list-comma"));
        let mut ways = vec![way("set", "bulk-set")];
        ways.extend((!over.is_empty()).then(|| way("hand-over", "bulk-hand-over")));
        let told = |key: &str| t_args(lang, key, &[("fields", over.join(&comma).into())]);
        let refused = self.field().is_some_and(|at| self.hands_over() && !self.actor.may_hand_over(self.ledger, at));
        let field = Input {
            name: "field",
            label: t(lang, "bulk-field").into_owned(),
            value: self.sent.get("field").to_owned(),
            required: true,
            ..Input::default()
        };
        let how = Input {
            name: "how",
            label: t(lang, "bulk-how").into_owned(),
            value: self.sent.get("how").to_owned(),
            hint: (!over.is_empty()).then(|| told("bulk-hand-over-hint")),
            faults: refused
                .then(|| {
                    if over.is_empty() { t(lang, "bulk-no-hand-over").into_owned() } else { told("bulk-hand-over-by") }
                })
                .into_iter()
                .collect(),
            ..Input::default()
        };
        self.page(panel(&Panel {
            body: html! {
                form.form method="post" action=(self.way()) {
                    (self.hidden(&[]))
                    (select(&field, &choices))
                    (select(&how, &ways))
                    div.actions { button.button.first type="submit" { (t(lang, "bulk-next")) } }
                }
            },
            ..Panel::default()
        }))
    }

    /// The value, in the field's own control.
    fn value(&self, field: FieldIx, wrong: Option<&BulkPlan>) -> Body {
        let lang = self.view.lang;
        let entry = self.actor.bulk_entry(self.ledger, field, wrong);
        let controls = show::fields(self.actor, self.view, &entry);
        let today = anju_record::day::format(self.actor.today());
        let lines = wrong.iter().flat_map(|plan| &plan.faults).filter(|fault| fault.path == "from");
        let from = Input {
            name: "from",
            label: t(lang, "bulk-from").into_owned(),
            kind: InputKind::Date,
            value: if wrong.is_some() { self.sent.get("from").to_owned() } else { today },
            hint: Some(t(lang, "bulk-from-hint").into_owned()),
            faults: lines.map(|fault| fault.message(record_lang(lang))).collect(),
            required: true,
            ..Input::default()
        };
        self.page(html! {
            (summary(lang, &from.faults, &controls))
            (panel(&Panel {
                body: html! {
                    form.form method="post" action=(self.way()) {
                        (self.hidden(&["field", "how"]))
                        @for control in &controls { (form_field(lang, control)) }
                        @if self.hands_over() { (input(&from)) }
                        @else if !self.actor.pack().ledger(self.ledger).field(field).required { small.quiet { (t(lang, "bulk-empty-hint")) } }
                        div.actions { button.button.first type="submit" { (t(lang, "bulk-preview")) } }
                    }
                },
                ..Panel::default()
            }))
        })
    }

    /// What would become of each record.
    fn preview(&self, plan: &BulkPlan, lines: &[String], moved: bool) -> Body {
        let lang = self.view.lang;
        let changing = plan.changing();
        let (change, rest): (Vec<&BulkLine>, Vec<&BulkLine>) =
            plan.lines.iter().partition(|line| line.state == BulkState::Changes);
        let reason = Input {
            name: "reason",
            label: t(lang, "reason").into_owned(),
            faults: lines.to_vec(),
            value: self.sent.get("reason").to_owned(),
            required: true,
            ..Input::default()
        };
        let name = &self.actor.pack().ledger(self.ledger).field(plan.change.field()).id;
        let (BulkChange::Set { typed, .. } | BulkChange::HandOver { typed, .. }) = &plan.change;
        self.page(html! {
            @if moved { p class="notice bad" role="alert" { (t(lang, "bulk-moved")) } }
            @if plan.missing > 0 { p.notice { (t_args(lang, "bulk-missing", &[("n", plan.missing.into())])) } }
            (self.group(plan, "bulk-changes", &change))
            (self.group(plan, "bulk-stays", &rest))
            @if changing == 0 {
                form.inline method="post" action=(self.way()) {
                    (self.hidden(&["field", "how"]))
                    button.button type="submit" { (t(lang, "life-back")) }
                }
            } @else {
                (panel(&Panel {
                    body: html! {
                        form.form method="post" action=(self.way()) {
                            (self.hidden(&["field", "how", "from"]))
                            input type="hidden" name="step" value="do";
                            input type="hidden" name=(format!("f.{name}")) value=(typed);
                            input type="hidden" name="shown" value=(plan.digest);
                            (area_input(&reason))
                            div.actions { button.button.first type="submit" { (t_args(lang, "bulk-do", &[("n", changing.into())])) } }
                        }
                    },
                    ..Panel::default()
                }))
            }
        })
    }

    fn group(&self, plan: &BulkPlan, key: &str, lines: &[&BulkLine]) -> Markup {
        let lang = self.view.lang;
        if lines.is_empty() {
            return html! {};
        }
        let field = self.actor.pack().ledger(self.ledger).field(plan.change.field());
        let said = |value: &Option<String>, key: &str, day: Option<i32>| {
            html! {
                @match value { Some(value) => (value), None => span.quiet { (t(lang, "form-empty")) } }
                @if let Some(day) = day { " " small.quiet { (t_args(lang, key, &[("date", anju_record::day::format(day).into())])) } }
            }
        };
        let row = |line: &&BulkLine| {
            let begins = plan.begins.filter(|_| line.state == BulkState::Changes);
            Row::of(vec![
                html! { a href=(record_link(self.actor, self.view, self.ledger, line.id)) { (line.name) } },
                html! { (site_name(self.actor, &line.area)) },
                said(&line.before, "bulk-ends", begins.map(|day| day - 1)),
                said(&line.after, "bulk-begins", begins),
                self.state(&line.state),
            ])
        };
        let title = t_args(lang, key, &[("n", lines.len().into())]);
        let columns = vec![
            Column::text(text(lang, &self.actor.pack().ledger(self.ledger).title)),
            Column::text(t(lang, "place")).second(),
            Column::text(format!("{}{}", text(lang, &field.title), t(lang, "bulk-before"))),
            Column::text(t(lang, "approval-after")),
            Column::text(t(lang, "bulk-outcome")),
        ];
        let rest = lines.len().saturating_sub(SHOWN);
        let list = Table {
            caption: title.clone(),
            columns,
            rows: lines.iter().take(SHOWN).map(row).collect(),
            ..Table::default()
        };
        let note = (rest > 0).then(|| t_args(lang, "shown-of", &[("shown", SHOWN.into()), ("n", lines.len().into())]));
        panel(&Panel { title, note, body: table(lang, &list), ..Panel::default() })
    }

    fn state(&self, state: &BulkState) -> Markup {
        let lang = self.view.lang;
        match state {
            BulkState::Changes => tag(Tone::Met, &t(lang, "bulk-will-change")),
            BulkState::Same => tag(Tone::NotApplicable, &t(lang, "bulk-same")),
            BulkState::Denied => tag(Tone::Gap, &t(lang, "bulk-denied")),
            BulkState::Faulty(faults) => {
                html! { @for fault in faults { span.gap { (fault.message(record_lang(lang))) } " " } }
            }
        }
    }

    fn told(&self, done: &BulkDone) -> Body {
        let lang = self.view.lang;
        let words = match done.before {
            true => t(lang, "bulk-done-before").into_owned(),
            false => t_args(lang, "bulk-done", &[("n", done.changed.into())]),
        };
        let back = format!("/ledgers/{}", self.actor.pack().ledger(self.ledger).id);
        self.page(html! {
            p class="notice good" role="status" { (words) }
            p { a.button href=(back) { (t(lang, "bulk-back")) } }
        })
    }
}
