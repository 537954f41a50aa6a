//! How requirements stand with one record: a word, a tone and the way to the requirement.

use anju_app::{AHEAD, Actor, Scope, Stored};
use anju_coverage::Status;
use anju_pack::{LedgerIx, RequirementIx};
use anju_record::Value;
use anju_ui::{Mark, Panel, Tone, View, marks, panel, t, text};
use maud::{Markup, html};
use uuid::Uuid;

/// How a requirement stands with a subject on the day; met now and a gap within 30 days is lapsing. `None` where there is no such
/// requirement, or no such subject on the day.
pub fn standing(actor: &Actor, scope: &Scope, requirement: &str, subject: Uuid) -> Option<Tone> {
    standing_of(actor, scope, actor.pack().requirement_by_id(requirement)?, subject)
}

fn standing_of(actor: &Actor, scope: &Scope, requirement: RequirementIx, subject: Uuid) -> Option<Tone> {
    let [now, later] = actor.statuses(requirement, subject, [scope.on, scope.on + AHEAD[1]]);
    Some(match now? {
        Status::Met if later == Some(Status::Gap) => Tone::Lapsing,
        Status::Met => Tone::Met,
        Status::Gap => Tone::Gap,
        Status::Exempt => Tone::Exempt,
        Status::NotApplicable => Tone::NotApplicable,
    })
}

/// A requirement and a subject as a mark with its short name, for a picture of several.
pub fn requirement_mark(actor: &Actor, view: &View, scope: &Scope, requirement: &str, subject: Uuid) -> Option<Mark> {
    let ix = actor.pack().requirement_by_id(requirement)?;
    let tone = standing_of(actor, scope, ix, subject)?;
    Some(mark(actor, view, ix, tone))
}

fn mark(actor: &Actor, view: &View, ix: RequirementIx, tone: Tone) -> Mark {
    let requirement = actor.pack().requirement(ix);
    Mark {
        name: text(view.lang, &requirement.short).to_owned(),
        href: Some(view.link(&format!("/requirements/{}", requirement.id))),
        tone,
        word: tone.word(view.lang).into_owned(),
        note: None,
    }
}

/// How many subjects of a requirement stand how in a place; nobody where there is no such requirement.
pub fn counts(actor: &Actor, scope: &Scope, requirement: &str) -> anju_coverage::Counts {
    let ix = actor.pack().requirement_by_id(requirement);
    ix.map(|ix| actor.counts(ix, scope)).unwrap_or_default()
}

/// Every listed requirement of a record's ledger, as it stands with the record: open ones first, those that do not concern it last. Nothing of a
/// record that ends on the day or has ended: its last day counts still, and nobody can close a gap of it any more.
pub fn coverage_of(actor: &Actor, view: &View, scope: &Scope, stored: &Stored) -> Markup {
    let lang = view.lang;
    if ends_by(actor, stored, scope.on) {
        return html! {};
    }
    let mut standings: Vec<_> = requirements_of(actor, stored.ledger)
        .into_iter()
        .filter_map(|ix| Some((ix, standing_of(actor, scope, ix, stored.record.id)?)))
        .collect();
    if standings.is_empty() {
        return html! {};
    }
    standings.sort_by_key(|(_, tone)| rank(*tone));
    let (idle, live): (Vec<_>, Vec<_>) = standings.into_iter().partition(|(_, tone)| *tone == Tone::NotApplicable);
    let list: Vec<_> = live.iter().map(|(ix, tone)| mark(actor, view, *ix, *tone)).collect();
    let open = live.iter().filter(|(_, tone)| *tone == Tone::Gap).count();
    let note =
        if open == 0 { t(lang, "no-gaps").into_owned() } else { anju_ui::t_args(lang, "gaps", &[("n", open.into())]) };
    panel(&Panel {
        title: t(lang, "record-requirements").into_owned(),
        note: Some(note),
        id: Some("requirements".into()),
        body: html! {
            (marks(&list))
            @if !idle.is_empty() {
                p.quiet { small {
                    (t(lang, "tone-na")) ": "
                    @for (at, (ix, _)) in idle.iter().enumerate() {
                        @if at > 0 { (t(lang, "list-comma")) }
                        (text(lang, &actor.pack().requirement(*ix).short))
                    }
                } }
            }
        },
        ..Panel::default()
    })
}

/// Whether the period of a record has its last day on this day or before.
fn ends_by(actor: &Actor, stored: &Stored, day: i32) -> bool {
    let end = actor.pack().ledger(stored.ledger).period.and_then(|period| period.end);
    let last = end.and_then(|end| stored.record.values.get(usize::from(end.0)));
    matches!(last, Some(Value::Date(last)) if *last <= day)
}

fn requirements_of(actor: &Actor, ledger: LedgerIx) -> Vec<RequirementIx> {
    actor.listed().into_iter().filter(|ix| actor.pack().requirement(*ix).each == ledger).collect()
}

fn rank(tone: Tone) -> u8 {
    match tone {
        Tone::Gap => 0,
        Tone::Lapsing => 1,
        Tone::Exempt => 2,
        Tone::Met | Tone::Plain => 3,
        Tone::NotApplicable => 4,
    }
}
