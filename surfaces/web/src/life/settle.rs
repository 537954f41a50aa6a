//! From a plan to a preview, and from a preview that was confirmed to what is written: once, however often it is sent.

use anju_app::{Actor, CommitError, Doubted, Error, Foreseen, Like, WriteError, Written, apart_key, compared_key};
use anju_base::life::{self, LifeError, Plan};
use anju_record::{Code, Fault, Problem};
use anju_ui::{Column, Crumb, PageHead, Panel, Row, Table, View, page_head, panel, t, t_args, table, text};
use axum::response::Response;
use maud::{Markup, html};
use uuid::Uuid;

use super::controls::{Pairs, Wrong, label};
use super::events::together;
use crate::alike::{self, Ticked};
use crate::answer::{Body, Part, answer};
use crate::ledgers::record_lang;
use crate::sent::to;

/// Names of the preview's own: what was asked, and never part of the answers.
const OWN: [&str; 5] = ["confirm", "event", "apart", "compared", "back"];
/// Characters of a reason at most.
const MOST: usize = 500;

/// What is settled.
pub(crate) struct Heading<'a> {
    /// Where its form is sent.
    pub way: &'a str,
    /// What happens.
    pub title: String,
    /// The way to whom it happens.
    pub crumbs: Vec<Crumb>,
}

/// What a plan would do, and what stands against it.
struct Seen {
    foreseen: Vec<Foreseen>,
    unsure: Unsure,
}

/// What somebody must have compared before it is carried out.
struct Unsure {
    /// Records that hold what may not repeat: nothing is shown or carried out.
    holders: Vec<Like>,
    /// Who the new ones may be.
    likes: Vec<Like>,
    /// What is probably a slip.
    doubts: Vec<Doubted>,
}

impl Unsure {
    async fn of(actor: &Actor, plan: &Plan) -> Result<Self, WriteError> {
        Ok(Self {
            holders: actor.holders_of(&plan.steps).await?,
            likes: actor.likes_of(&plan.steps).await?,
            doubts: actor.doubts_of(&plan.steps).await?,
        })
    }

    /// Whether it was said of exactly these.
    fn was_told(&self, sent: &Pairs) -> bool {
        (self.likes.is_empty() || sent.get("apart") == apart_key(&self.likes))
            && (self.doubts.is_empty() || sent.get("compared") == compared_key(&self.doubts))
    }
}

/// Shows what a plan would change, or carries it out when that was seen; what is wrong stands beside its field, and nothing is where they go
/// back to the form. The preview names the event that it would write: sent twice it is written once, and both answers lead to the same page.
pub(crate) async fn settle(
    actor: &Actor,
    view: &View,
    plan: Result<Plan, LifeError>,
    sent: &Pairs,
    heading: &Heading<'_>,
) -> Result<Response, Wrong> {
    if sent.get("back") == "1" {
        return Err(Wrong::new());
    }
    let mut event = confirmed(sent);
    if let Some(id) = event {
        match life::sent(actor, id).await {
            Ok(life::Sent::Stands(whose)) => return Ok(done(whose.household, id)),
            Ok(life::Sent::Not) => {}
            // What was undone since is another event, and shown again first.
            Ok(life::Sent::Undone(_)) => event = None,
            Ok(life::Sent::Unseen) => {
                let gone = Error::NotFound { what: "record", value: id.to_string() };
                return Ok(answer(actor, view, Err(gone)));
            }
            Err(error) => return Ok(answer(actor, view, Err(error))),
        }
    }
    let plan = match together(faults_of_reason(sent, false), plan) {
        Ok(plan) => plan,
        Err(error) => return refused(actor, view, error),
    };
    let unsure = match Unsure::of(actor, &plan).await {
        Ok(unsure) => unsure,
        Err(error) => return refused(actor, view, error.into()),
    };
    if !unsure.holders.is_empty() {
        return held(actor, view, unsure.holders, sent).await;
    }
    if let Some(id) = event.filter(|_| unsure.was_told(sent)) {
        return match actor.remembering(plan.steps, &unsure.likes, anju_base::told_apart_on_entry).await {
            Ok(steps) => carry_out(actor, view, Plan { steps, ..plan }, id, sent).await,
            Err(error) => refused(actor, view, error.into()),
        };
    }
    match seen(actor, view, &plan, unsure).await {
        Ok(seen) => Ok(answer(actor, view, Ok(preview(actor, view, &seen, sent, heading)))),
        Err(error) => refused(actor, view, error.into()),
    }
}

/// What others hold and may not repeat, each at its line, with the way to them.
async fn held(actor: &Actor, view: &View, holders: Vec<Like>, sent: &Pairs) -> Result<Response, Wrong> {
    let faults = match actor.held(&holders).await {
        Ok(faults) => faults,
        Err(error) => return Ok(answer(actor, view, Err(error))),
    };
    let mut wrong = Wrong::new();
    wrong.held = holders;
    for fault in faults {
        wrong.say(line_of(sent, &fault.path), fault.message(record_lang(view.lang)));
    }
    Err(wrong)
}

/// The line of a field: where a form asks for two records at once, their lines are told apart by what stands before the field.
fn line_of<'a>(sent: &'a Pairs, field: &'a str) -> &'a str {
    let names = || sent.0.iter().map(|(name, _)| name.as_str());
    let prefixed = |name: &&str| name.strip_suffix(field).is_some_and(|before| before.ends_with('-'));
    names().find(|name| *name == field).or_else(|| names().find(prefixed)).unwrap_or(field)
}

async fn seen(actor: &Actor, view: &View, plan: &Plan, unsure: Unsure) -> Result<Seen, WriteError> {
    let faults = actor.disagreements(&plan.steps).await?;
    if !faults.is_empty() {
        return Err(CommitError::Invalid { write: 0, faults }.into());
    }
    let foreseen = actor.foreseen(&plan.steps, record_lang(view.lang)).await?;
    Ok(Seen { foreseen, unsure })
}

/// What is wrong with the reason as typed.
pub(super) fn faults_of_reason(sent: &Pairs, required: bool) -> Vec<Fault> {
    let problem = match sent.get("reason").chars().count() {
        0 if required => Problem::new(Code::Required, "", []),
        length if length > MOST => Problem::new(Code::TooLong, "", [length.to_string(), MOST.to_string()]),
        _ => return Vec::new(),
    };
    vec![problem.at("reason", &label("life-reason"))]
}

/// The event that was confirmed: an id that a preview made.
fn confirmed(sent: &Pairs) -> Option<Uuid> {
    let id: Uuid = sent.get("event").parse().ok()?;
    (sent.get("confirm") == "1" && id.get_version_num() == 7).then_some(id)
}

fn done(household: Uuid, event: Uuid) -> Response {
    to(&format!("/households/{household}?done={event}"))
}

async fn carry_out(actor: &Actor, view: &View, plan: Plan, event: Uuid, sent: &Pairs) -> Result<Response, Wrong> {
    let reason = Some(sent.get("reason").to_owned()).filter(|reason| !reason.is_empty());
    let household = plan.household;
    let written = match plan.under(actor, event, reason.as_deref()) {
        Ok(plan) => plan.carry_out(actor, reason).await,
        Err(error) => Err(error),
    };
    // Also where another sending was quicker: it tells what was made, this one would have made other records.
    match (written, life::sent(actor, event).await) {
        (Ok(Written::Waiting(_)), _) => Ok(to("/approvals")),
        (_, Ok(life::Sent::Stands(whose))) => Ok(done(whose.household, event)),
        (Ok(_), _) => Ok(done(household, event)),
        (Err(error), _) => refused(actor, view, error),
    }
}

/// What kept it from being written, beside its field; a page of its own where no form helps.
pub(super) fn refused(actor: &Actor, view: &View, error: LifeError) -> Result<Response, Wrong> {
    let lang = record_lang(view.lang);
    let mut wrong = Wrong::new();
    match error {
        LifeError::Faults(faults) | LifeError::Write(WriteError::Commit(CommitError::Invalid { faults, .. })) => {
            for fault in faults {
                wrong.say(&fault.path, fault.message(lang));
            }
        }
        LifeError::Write(WriteError::Refused(Error::Refused(refusals))) => {
            refusals.iter().for_each(|refusal| wrong.say("reason", refusal.message(lang)));
        }
        LifeError::Write(WriteError::Refused(error)) => return Ok(answer(actor, view, Err(error))),
        error @ LifeError::Write(WriteError::Commit(_)) => {
            wrong.say("", in_words(view, &error));
        }
    }
    Err(wrong)
}

/// What kept an event from being written.
pub(super) fn in_words(view: &View, error: &LifeError) -> String {
    match error {
        LifeError::Faults(faults) => {
            faults.iter().map(|fault| fault.message(record_lang(view.lang))).collect::<Vec<_>>().join("；")
        }
        LifeError::Write(WriteError::Commit(CommitError::Stale { .. } | CommitError::NotFound { .. })) => {
            t(view.lang, "life-changed-meanwhile").into_owned()
        }
        other => other.to_string(),
    }
}

/// Each record, what stands and what would stand; who the new ones may be, and what is doubtful.
fn preview(actor: &Actor, view: &View, seen: &Seen, sent: &Pairs, heading: &Heading<'_>) -> Body {
    let lang = view.lang;
    let title = t_args(lang, "life-preview-of", &[("event", heading.title.as_str().into())]);
    let reason = sent.get("reason");
    let markup = html! {
        (page_head(lang, &PageHead { crumbs: heading.crumbs.clone(), title: title.clone(), ..PageHead::default() }))
        (panel(&Panel {
            title: t_args(lang, "life-records", &[("n", seen.foreseen.len().into())]),
            body: html! {
                (table(lang, &changes(actor, view, &seen.foreseen, "life-after")))
                @if !reason.is_empty() { p { (t(lang, "life-reason")) (t(lang, "colon")) (reason) } }
                (confirmation(actor, view, seen, sent, heading.way))
            },
            ..Panel::default()
        }))
    };
    Body { title, part: Part::Households, markup }
}

/// The answers once more, to be confirmed or gone back to.
fn confirmation(actor: &Actor, view: &View, seen: &Seen, sent: &Pairs, way: &str) -> Markup {
    let lang = view.lang;
    let answers = sent.0.iter().filter(|(name, _)| !OWN.contains(&name.as_str()));
    let mut back: Vec<(&str, &str)> = answers.map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let ticked = Ticked { apart: sent.get("apart"), compared: sent.get("compared") };
    let confirmed = html! {
        form.form method="post" action=(way) data-guard="changed" {
            @for (name, value) in &back { input type="hidden" name=(name) value=(value); }
            input type="hidden" name="event" value=(actor.new_id());
            input type="hidden" name="confirm" value="1";
            (alike::unsure(actor, view, &seen.unsure.likes, &seen.unsure.doubts, ticked))
            div.actions { button.button.first type="submit" { (t(lang, "life-confirm")) } }
        }
    };
    back.push(("back", "1"));
    html! {
        (confirmed)
        form.inline method="post" action=(way) data-guard="" {
            @for (name, value) in &back { input type="hidden" name=(name) value=(value); }
            button class="button small" type="submit" { (t(lang, "life-back")) }
        }
    }
}

/// Record by record what stands and what would stand, under a heading of its own.
pub(super) fn changes(actor: &Actor, view: &View, foreseen: &[Foreseen], after: &str) -> Table {
    let lang = view.lang;
    let said = |side: &Option<String>| html! { @match side { Some(words) => (words), None => span.quiet { "—" } } };
    let mut rows = Vec::new();
    for one in foreseen {
        let ledger = text(lang, &actor.pack().ledger(one.ledger).title);
        let mark = match (one.made, one.removed, one.restored) {
            (true, ..) => t(lang, "life-made"),
            (_, true, _) => t(lang, "life-removed"),
            (_, _, true) => t(lang, "life-restored"),
            _ => "".into(),
        };
        // Of two of one name the one that goes is told by whose it is.
        let of = Some(&one.owner).filter(|owner| one.removed && !owner.is_empty());
        let named = html! { (ledger) " " (one.name) @if let Some(of) = of { " · " (of) } " " small.quiet { (mark) } };
        if one.changes.is_empty() {
            rows.push(Row::of(vec![named, html! {}, html! {}, html! {}]));
            continue;
        }
        for (at, change) in one.changes.iter().enumerate() {
            // Every row is headed by its record; a header may not be blank.
            let first = if at == 0 {
                named.clone()
            } else {
                html! { small.quiet { (ledger) " " (one.name) } }
            };
            let field = html! { (text(lang, &change.title)) };
            rows.push(Row::of(vec![first, field, said(&change.before), said(&change.after)]));
        }
    }
    let columns = ["life-record", "life-field", "life-before", after];
    Table {
        caption: t(lang, "life-preview").into_owned(),
        columns: columns.map(|key| Column::text(t(lang, key))).into(),
        rows,
        ..Table::default()
    }
}
