//! One change of many records: which field, what value, what would become of each, then all at once.

use anju_app::{
    Actor, BULK_MOST, BulkChange, BulkDone, BulkError, BulkLine, BulkPlan, BulkState, CommitError, Doubted, Error,
    UndoError, WriteError, Written, compared_key,
};
use anju_pack::{FieldIx, Kind, LabelPart, LedgerIx, Text};
use anju_ui::{
    Choice, Column, Control, Crumb, FormField, Input, InputKind, PageHead, Panel, Row, Table, Tone, View, area_input,
    input, page_head, panel, select, summary, t, t_args, table, tag, text,
};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use uuid::Uuid;

use super::removal::reason;
use super::show;
use crate::answer::{Body, Part, answer};
use crate::form::Filled;
use crate::ledgers::{record_lang, record_link};
use crate::places::site_name;
use crate::reply::{faults, with_status};
use crate::request::Asked;
use crate::sent::{Sent, to};
use crate::signed::Signed;
use crate::touched::touched_since;

/// Lines of a preview shown, but for the doubtful ones; the rest is counted.
const SHOWN: usize = 200;
/// Records shown that stand against taking a change back.
const TOUCHED: usize = 20;

/// What was said of the value.
#[derive(Default)]
struct Said {
    /// As typed.
    typed: String,
    /// It is to be emptied.
    cleared: bool,
}

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
    let filling = filled.filling();
    let asks = Asks { actor: &actor, view: &view, ledger, ids, sent: &filled.sent };
    if asks.sent.get("step") == "undo" {
        return asks.undo().await;
    }
    let Some(field) = asks.field().filter(|_| asks.sent.get("step") != "choose") else {
        return answer(&actor, &view, Ok(asks.choose()));
    };
    if asks.hands_over() && !actor.may_hand_over(ledger, field) {
        return with_status(422, answer(&actor, &view, Ok(asks.choose())));
    }
    let name = &actor.pack().ledger(ledger).field(field).id;
    let value = filling.typed.get(name).map(|typed| typed.trim().to_owned());
    let said = Said {
        typed: value.clone().unwrap_or_default(),
        cleared: asks.may_clear(field) && filling.cleared.contains(name),
    };
    if value.is_none() && !said.cleared || asks.sent.has("back") {
        return answer(&actor, &view, asks.value(field, &said, None, None).await);
    }
    let unclear = match (said.typed.is_empty(), said.cleared) {
        (true, false) => Some("bulk-unsaid"),
        (false, true) => Some("bulk-both"),
        _ => None,
    };
    if unclear.is_some() {
        return with_status(422, answer(&actor, &view, asks.value(field, &said, None, unclear).await));
    }
    let typed = said.typed.clone();
    let change = match (said.cleared, asks.hands_over()) {
        (true, _) => BulkChange::Clear { field },
        (_, false) => BulkChange::Set { field, typed },
        (_, true) => BulkChange::HandOver { field, typed, from: asks.sent.get("from").to_owned() },
    };
    if asks.sent.get("step") == "do" {
        return asks.done(&change).await;
    }
    match actor.bulk_plan(ledger, &asks.ids, &change).await {
        Ok(plan) if plan.faults.is_empty() => answer(&actor, &view, Ok(asks.preview(&plan, &[], false))),
        Ok(plan) => with_status(422, answer(&actor, &view, asks.value(field, &said, Some(&plan), None).await)),
        Err(error) => answer(&actor, &view, Err(error)),
    }
}

impl Asks<'_> {
    fn way(&self) -> String {
        format!("/ledgers/{}/bulk", self.actor.pack().ledger(self.ledger).id)
    }

    fn field(&self) -> Option<FieldIx> {
        let at = self.actor.pack().ledger(self.ledger).field_by_id(self.sent.get("field"))?;
        self.offered().contains(&at).then_some(at)
    }

    /// Fields that many records may share a value of: not a text by which a record is told from the others.
    fn offered(&self) -> Vec<FieldIx> {
        let ledger = self.actor.pack().ledger(self.ledger);
        let names = |at: &FieldIx| {
            let is_named = |part: &LabelPart| matches!(part, LabelPart::Field(named) if named == at);
            matches!(ledger.field(*at).kind, Kind::Text { .. }) && ledger.label.iter().any(is_named)
        };
        let mut fields = self.actor.bulk_fields(self.ledger);
        fields.retain(|at| !names(at));
        fields
    }

    fn hands_over(&self) -> bool {
        self.sent.get("how") == "hand-over"
    }

    /// Whether the field may be emptied: on purpose, by a tick of its own.
    fn may_clear(&self, field: FieldIx) -> bool {
        !self.hands_over() && !self.actor.pack().ledger(self.ledger).field(field).required
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
        let (shown, reason, compared) = (self.sent.get("shown"), self.sent.get("reason"), self.sent.get("compared"));
        let plan = match actor.bulk_do(self.ledger, &self.ids, change, shown, reason, compared).await {
            Ok(done) if matches!(done.written, Some(Written::Waiting(_))) => return to("/approvals"),
            Ok(done) => return answer(actor, view, Ok(self.told(&done))),
            Err(BulkError::Changed(plan)) => {
                return with_status(409, answer(actor, view, Ok(self.preview(&plan, &[], true))));
            }
            Err(BulkError::Doubtful(plan)) => Ok((*plan, Vec::new())),
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
        let fields = self.offered();
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

    /// The value, in the field's own control, as far as it was said; with what is wrong with it, or the key of what is unclear.
    async fn value(
        &self,
        field: FieldIx,
        said: &Said,
        wrong: Option<&BulkPlan>,
        unclear: Option<&str>,
    ) -> Result<Body, Error> {
        let lang = self.view.lang;
        let ledger = self.actor.pack().ledger(self.ledger);
        let entry = self.actor.bulk_entry(self.ledger, field, &said.typed, wrong).await?;
        let mut controls = show::fields(self.actor, self.view, &entry);
        controls.iter_mut().for_each(|control| self.to_be_said(field, said, unclear, control));
        let today = anju_record::day::format(self.actor.today());
        let lines = wrong.iter().flat_map(|plan| &plan.faults).filter(|fault| fault.path == "from");
        let from = Input {
            name: "from",
            label: t(lang, "bulk-from").into_owned(),
            kind: InputKind::Date,
            value: if self.sent.has("from") { self.sent.get("from").to_owned() } else { today },
            hint: Some(t(lang, "bulk-from-hint").into_owned()),
            faults: lines.map(|fault| fault.message(record_lang(lang))).collect(),
            required: true,
            ..Input::default()
        };
        Ok(self.page(html! {
            (summary(lang, &from.faults, &controls))
            (panel(&Panel {
                body: html! {
                    form.form method="post" action=(self.way()) {
                        (self.hidden(&["field", "how", "reason"]))
                        @for control in &controls { (show::drawn(lang, control, &entry, ledger)) }
                        @if self.hands_over() { (input(&from)) }
                        @else if self.may_clear(field) { small.quiet { (t(lang, "bulk-empty-hint")) } }
                        div.actions { button.button.first type="submit" { (t(lang, "bulk-preview")) } }
                    }
                },
                ..Panel::default()
            }))
        }))
    }

    /// A control in which nothing stands for nothing: a value is chosen, or the tick that empties the field.
    fn to_be_said(&self, field: FieldIx, said: &Said, unclear: Option<&str>, control: &mut FormField) {
        let lang = self.view.lang;
        if let Control::Choose(choices) = &mut control.control
            && let Some(none) = choices.iter_mut().find(|choice| choice.value.is_empty())
        {
            none.name = t(lang, "form-choose").into_owned();
        }
        let clears = self.may_clear(field);
        control.required = !clears;
        control.clear = clears.then_some(said.cleared);
        control.focus = control.focus || unclear.is_some();
        control.faults.extend(unclear.map(|key| t(lang, key).into_owned()));
    }

    /// What would become of each record.
    fn preview(&self, plan: &BulkPlan, lines: &[String], moved: bool) -> Body {
        let lang = self.view.lang;
        let changing = plan.changing();
        let (change, rest): (Vec<&BulkLine>, Vec<&BulkLine>) =
            plan.lines.iter().partition(|line| line.state == BulkState::Changes);
        let (doubtful, change): (Vec<&BulkLine>, Vec<&BulkLine>) =
            change.into_iter().partition(|line| !line.doubts.is_empty());
        let back = html! {
            button.button type="submit" form="bulk-do" name="back" value="1" formnovalidate { (t(lang, "life-back")) }
        };
        self.page(html! {
            @if moved { p class="notice bad" role="alert" { (t(lang, "bulk-moved")) } }
            @if plan.missing > 0 { p.notice { (t_args(lang, "bulk-missing", &[("n", plan.missing.into())])) } }
            // Nobody says of what they were not shown that they compared it.
            (self.group(plan, "bulk-doubtful", &doubtful, doubtful.len()))
            (self.group(plan, "bulk-changes", &change, SHOWN))
            (self.group(plan, "bulk-stays", &rest, SHOWN))
            @if changing == 0 {
                form.inline id="bulk-do" method="post" action=(self.way()) { (self.kept(&plan.change)) (back) }
            } @else {
                (panel(&Panel {
                    body: html! {
                        form.form id="bulk-do" method="post" action=(self.way()) {
                            (self.kept(&plan.change))
                            input type="hidden" name="step" value="do";
                            input type="hidden" name="shown" value=(plan.digest);
                            (area_input(&reason(self.view, self.sent.get("reason"), lines)))
                            (self.compare(&plan.doubts()))
                            div.actions { button.button.first type="submit" { (t_args(lang, "bulk-do", &[("n", changing.into())])) } }
                        }
                        p { (back) }
                    },
                    ..Panel::default()
                }))
            }
        })
    }

    /// What was said of the change so far, sent on unseen.
    fn kept(&self, change: &BulkChange) -> Markup {
        let name = &self.actor.pack().ledger(self.ledger).field(change.field()).id;
        html! {
            (self.hidden(&["field", "how"]))
            @if self.hands_over() { input type="hidden" name="from" value=(self.sent.get("from")); }
            input type="hidden" name=(format!("f.{name}")) value=(change.typed());
            @if matches!(change, BulkChange::Clear { .. }) { input type="hidden" name=(format!("clear.{name}")) value="on"; }
        }
    }

    /// The box to tick where what is doubtful is so, as in a form of one record.
    fn compare(&self, doubts: &[Doubted]) -> Markup {
        let lang = self.view.lang;
        if doubts.is_empty() {
            return html! {};
        }
        let key = compared_key(doubts);
        let ticked = self.sent.get("compared") == key;
        let unsaid = self.sent.get("step") == "do" && !ticked;
        html! {
            div class="notice bad" role="alert" {
                p { b { (t_args(lang, "bulk-doubts", &[("n", doubts.len().into())])) } }
                @if unsaid { p.gap id="compared-says" { (t(lang, "bulk-uncompared")) } }
                p { label {
                    input type="checkbox" name="compared" value=(key) checked[ticked] autofocus[unsaid]
                        aria-invalid=[unsaid.then_some("true")] aria-describedby=[unsaid.then_some("compared-says")];
                    " " (t(lang, "alike-compared"))
                } }
            }
        }
    }

    fn group(&self, plan: &BulkPlan, key: &str, lines: &[&BulkLine], most: usize) -> Markup {
        let lang = self.view.lang;
        if lines.is_empty() {
            return html! {};
        }
        let field = self.actor.pack().ledger(self.ledger).field(plan.change.field());
        let said = |value: &Option<Text>, key: &str, day: Option<i32>| {
            html! {
                @match value { Some(value) => (text(lang, value)), None => span.quiet { (t(lang, "form-empty")) } }
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
                self.state(line),
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
        let rest = lines.len().saturating_sub(most);
        let list = Table {
            caption: title.clone(),
            columns,
            rows: lines.iter().take(most).map(row).collect(),
            ..Table::default()
        };
        let note = (rest > 0).then(|| t_args(lang, "shown-of", &[("shown", most.into()), ("n", lines.len().into())]));
        panel(&Panel { title, note, body: table(lang, &list), ..Panel::default() })
    }

    fn state(&self, line: &BulkLine) -> Markup {
        let lang = self.view.lang;
        match &line.state {
            BulkState::Changes if !line.doubts.is_empty() => {
                html! { @for doubt in &line.doubts { span.gap { (doubt.fault.message(record_lang(lang))) } " " } }
            }
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
            false => t_args(lang, "bulk-done", &[("n", done.changed.len().into())]),
        };
        let written = matches!(done.written, Some(Written::Committed(_)));
        self.page(html! {
            p class="notice good" role="status" { (words) }
            @if !done.changed.is_empty() { (self.changed(&done.changed)) }
            @if written { (self.undo_form(&[], &html! {})) }
            (self.back())
        })
    }

    fn back(&self) -> Markup {
        let ledger = &self.actor.pack().ledger(self.ledger).id;
        html! { p { a.button href=(format!("/ledgers/{ledger}")) { (t(self.view.lang, "bulk-back")) } } }
    }

    /// What was changed, each leading to its record.
    fn changed(&self, changed: &[(Uuid, String)]) -> Markup {
        let lang = self.view.lang;
        let n = changed.len();
        let link = |id: Uuid| record_link(self.actor, self.view, self.ledger, id);
        panel(&Panel {
            title: t(lang, "bulk-changed").into_owned(),
            note: (n > SHOWN).then(|| t_args(lang, "shown-of", &[("shown", SHOWN.into()), ("n", n.into())])),
            body: html! { ul { @for (id, name) in changed.iter().take(SHOWN) {
                li { a href=(link(*id)) { @if name.trim().is_empty() { (id) } @else { (name) } } }
            } } },
            ..Panel::default()
        })
    }

    /// Takes back what was just done; what stands against it at its reason, and the records that do.
    fn undo_form(&self, lines: &[String], touched: &Markup) -> Markup {
        let lang = self.view.lang;
        panel(&Panel {
            title: t(lang, "bulk-undo").into_owned(),
            body: html! {
                form.form method="post" action=(self.way()) {
                    p.quiet { (t(lang, "bulk-undo-says")) }
                    (self.hidden(&["shown"]))
                    input type="hidden" name="step" value="undo";
                    (area_input(&reason(self.view, if lines.is_empty() { "" } else { self.sent.get("reason") }, lines)))
                    (touched)
                    div.actions { button.button type="submit" { (t(lang, "bulk-undo")) } }
                }
            },
            ..Panel::default()
        })
    }

    async fn undo(&self) -> Response {
        let (actor, view) = (self.actor, self.view);
        let told = |key: &str| html! { p class="notice good" role="status" { (t(view.lang, key)) } (self.back()) };
        let said = match actor.bulk_undo(self.sent.get("shown"), self.sent.get("reason")).await {
            Ok(Some(Written::Waiting(_))) => return to("/approvals"),
            Ok(Some(Written::Committed(_))) => return answer(actor, view, Ok(self.page(told("bulk-undone")))),
            Ok(None) => return answer(actor, view, Ok(self.page(told("bulk-undone-before")))),
            Err(error) => self.against(error),
        };
        match said {
            Ok((lines, touched)) => {
                let body = html! { (self.undo_form(&lines, &touched)) (self.back()) };
                with_status(422, answer(actor, view, Ok(self.page(body))))
            }
            Err(error) => answer(actor, view, Err(error)),
        }
    }

    /// What stands against taking a change back, in words, and the records that do.
    fn against(&self, error: UndoError) -> Result<(Vec<String>, Markup), Error> {
        let lang = self.view.lang;
        let lines = match error {
            UndoError::Touched(touched) => {
                let touched = touched.iter().take(TOUCHED);
                let records =
                    html! { ul { @for one in touched { li { (touched_since(self.actor, self.view, one)) } } } };
                return Ok((vec![t(lang, "life-touched").into_owned()], records));
            }
            UndoError::Write(WriteError::Refused(error)) => faults(self.view, error)?,
            UndoError::Write(WriteError::Commit(CommitError::Invalid { faults, .. })) => {
                faults.iter().map(|fault| fault.message(record_lang(lang))).collect()
            }
            UndoError::Write(WriteError::Commit(error)) => vec![error.to_string()],
        };
        Ok((lines, html! {}))
    }
}
