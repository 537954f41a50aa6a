//! The frame that each mechanism's part of a page stands in, and its figures.

use anju_app::{Actor, Scope};
use anju_coverage::FigureValue;
use anju_pack::Measure;
use anju_ui::{AreaBar, Empty, Lang, Panel, Portion, Share, Stat, Tone, View, bars, count, empty, panel, t, text};
use maud::{Markup, html};

use crate::rows::code_name;
use crate::standing::counts;

/// A panel named as the mechanism is, with the way to the mechanism's page.
pub fn mechanism_panel(actor: &Actor, view: &View, mechanism: &str, body: Markup) -> Markup {
    let known = actor.pack().index.mechanisms.get(mechanism).map(|ix| actor.pack().mechanism(*ix));
    let title = known.map_or_else(|| mechanism.to_owned(), |known| text(view.lang, &known.title).to_owned());
    let link = html! { a href=(view.link(&format!("/mechanisms/{mechanism}"))) { (t(view.lang, "open-mechanism")) } };
    panel(&Panel { title, actions: known.map(|_| link), id: Some(mechanism.to_owned()), body, ..Panel::default() })
}

/// A figure's whole number; 0 where the pack has no such figure, or it is not the actor's to know.
pub fn figure_number(actor: &Actor, scope: &Scope, figure: &str) -> i64 {
    value(actor, scope, figure).map_or(0, |value| whole(&value, value.value))
}

fn value(actor: &Actor, scope: &Scope, figure: &str) -> Option<FigureValue> {
    actor.figure(actor.figure_by_id(figure)?, scope, None)
}

/// A figure's value without its decimals.
pub fn whole(value: &FigureValue, number: i128) -> i64 {
    i64::try_from(number / 10_i128.pow(u32::from(value.scale))).unwrap_or(i64::MAX)
}

/// A figure with the records behind it; `None` where the pack has no such figure, or it is not the actor's to know.
pub fn figure_stat(actor: &Actor, view: &View, scope: &Scope, figure: &str, tone: Tone) -> Option<Stat> {
    let known = actor.pack().figure(actor.figure_by_id(figure)?);
    let value = value(actor, scope, figure)?;
    Some(Stat {
        name: text(view.lang, &known.title).to_owned(),
        value: count(whole(&value, value.value)),
        tone,
        href: Some(view.link(&format!("/figures/{figure}"))),
    })
}

/// A figure split by its codes, the largest first; parts of nothing are left out.
pub fn figure_parts(actor: &Actor, view: &View, scope: &Scope, figure: &str) -> Vec<Portion> {
    let Some((ix, value)) = actor.figure_by_id(figure).zip(value(actor, scope, figure)) else { return Vec::new() };
    let known = actor.pack().figure(ix);
    let list = match known.measure {
        Measure::Count(ledger) | Measure::Distinct(ledger, _) | Measure::Sum(ledger, _) => {
            known.by.and_then(|field| match actor.pack().ledger(ledger).field(field).kind {
                anju_pack::Kind::Code { list } => Some(actor.pack().code_list(list).id.as_str()),
                _ => None,
            })
        }
        Measure::Met(_) | Measure::Fewest { .. } => None,
    };
    let mut parts: Vec<_> = value.by.iter().filter(|(_, part)| *part > 0).collect();
    parts.sort_by_key(|(_, part)| std::cmp::Reverse(*part));
    let sum: i128 = parts.iter().map(|(_, part)| *part).sum();
    (parts.into_iter())
        .map(|(code, part)| Portion {
            name: if code.is_empty() {
                t(view.lang, "not-set").into_owned()
            } else {
                code_name(actor, list.unwrap_or_default(), code, view.lang)
            },
            href: Some(view.link(&format!("/figures/{figure}"))),
            share: Share::new(u64::try_from(*part).unwrap_or_default(), u64::try_from(sum).unwrap_or_default()),
            said: match (anju_ui::grouped(whole(&value, *part)), view.lang) {
                (number, Lang::Zh) => format!("{number} {}", known.unit.zh),
                (number, Lang::En) => number,
            },
        })
        .collect()
}

/// Coverage of some requirements in a place, one bar each with the way to its gaps; those that concern nobody there are left out.
pub fn coverage_bars(actor: &Actor, view: &View, scope: &Scope, requirements: &[&str]) -> Markup {
    let lines: Vec<_> = requirements
        .iter()
        .filter_map(|id| {
            let requirement = actor.pack().requirement(actor.pack().requirement_by_id(id)?);
            let share = share_of(actor, scope, id);
            let href = view.link(&format!("/requirements/{id}"));
            let name = text(view.lang, &requirement.short).to_owned();
            let gap_href = (share.part < share.whole).then(|| href.clone());
            (share.whole > 0).then_some(AreaBar { name, href: Some(href), share, gap_href })
        })
        .collect();
    if lines.is_empty() {
        return empty(&Empty { what: t(view.lang, "nobody-applies").into_owned(), ..Empty::default() });
    }
    bars(view.lang, &lines)
}

/// Met of those a requirement applies to in a place.
pub fn share_of(actor: &Actor, scope: &Scope, requirement: &str) -> Share {
    let counts = counts(actor, scope, requirement);
    Share::new(counts.met as u64, (counts.met + counts.gap) as u64)
}
