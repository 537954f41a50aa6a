//! Party work at a site: the trinity side by side, who leads, and whether the three meet.

use std::collections::HashMap;

use anju_app::{Actor, Error, Scope, Stored};
use anju_base::{
    Entry, Rows, When, Which, figure_number, holds_until, mechanism_panel, name_of, names, parameter, standing,
};
use anju_record::day;
use anju_ui::{
    Empty, Fact, Mark, Moment, Pillar, Tone, View, due_cell, empty, facts, marks, money, t, t_args, tag, timeline,
    trinity,
};
use maud::{Markup, html};
use uuid::Uuid;

/// Joint meetings shown.
const MEETINGS: u64 = 3;
/// A term or contract that ends within so many days is named.
const SOON: i32 = 90;

/// What the parts of the panel read.
struct Read<'a> {
    leads: Rows<'a>,
    groups: Rows<'a>,
    instructors: Rows<'a>,
    committees: Rows<'a>,
    contracts: Rows<'a>,
    meetings: Rows<'a>,
    cadres: HashMap<Uuid, String>,
    branches: HashMap<Uuid, String>,
    companies: HashMap<Uuid, String>,
}

/// Party group or instructor, owners and property company of a site, its town lead and the joint meetings.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn at_site(actor: &Actor, view: &View, scope: &Scope, site: &Stored) -> Result<Markup, Error> {
    let read = read(actor, scope, site.record.id).await?;
    let lang = view.lang;
    let pillars = [
        party(actor, view, scope, site, &read),
        owners(actor, view, scope, site, &read),
        property(actor, view, scope, site, &read),
    ];
    Ok(mechanism_panel(
        actor,
        view,
        "party",
        html! {
            (trinity(lang, &pillars))
            div.grid {
                section { (lead(actor, view, scope, site, &read)) }
                section { (meetings(actor, view, scope, &read)) }
            }
        },
    ))
}

async fn read<'a>(actor: &'a Actor, scope: &Scope, site: Uuid) -> Result<Read<'a>, Error> {
    let of = Which::Of("site", site);
    let now = When::Current(scope.on);
    let leads = Rows::read(actor, "town_lead", of, now).await?;
    let groups = Rows::read(actor, "party_group", of, now).await?;
    let instructors = Rows::read(actor, "party_instructor", of, now).await?;
    let committees = Rows::read(actor, "owners_committee", of, now).await?;
    let contracts = Rows::read(actor, "property_contract", of, now).await?;
    let meetings = Rows::read(actor, "trinity_meeting", of, When::Latest(scope.on, MEETINGS)).await?;
    let mut cadres = leads.referred("cadre");
    cadres.extend(groups.referred("leader"));
    cadres.extend(instructors.referred("cadre"));
    cadres.sort_unstable();
    cadres.dedup();
    let cadres = names(actor, "cadre", &cadres).await?;
    let branches = names(actor, "party_branch", &groups.referred("party_branch")).await?;
    let companies = names(actor, "property_company", &contracts.referred("property_company")).await?;
    Ok(Read { leads, groups, instructors, committees, contracts, meetings, cadres, branches, companies })
}

fn state(actor: &Actor, view: &View, scope: &Scope, site: &Stored, requirement: &str) -> Option<(Tone, String)> {
    let tone = standing(actor, scope, requirement, site.record.id)?;
    Some((tone, tone.word(view.lang).into_owned()))
}

/// A fact with the field's own name; left out where there is nothing to say.
fn fact(view: &View, key: &str, words: &str) -> Option<Fact> {
    (!words.is_empty()).then(|| Fact::text(t(view.lang, key), words))
}

/// A last day with how near it is.
fn until(view: &View, scope: &Scope, key: &str, last: Option<i32>) -> Option<Fact> {
    let last = last?;
    let near = last - scope.on;
    Some(Fact::of(
        t(view.lang, key),
        html! { (day::format(last)) @if near <= SOON { " " (due_cell(view.lang, near)) } },
    ))
}

fn party(actor: &Actor, view: &View, scope: &Scope, site: &Stored, read: &Read<'_>) -> Pillar {
    let lang = view.lang;
    let state = state(actor, view, scope, site, "site_party_body");
    let members = figure_number(actor, scope, "party_member_count");
    let members = Some(Fact::text(t(lang, "party-members"), &members.to_string()));
    if let Some(group) = read.groups.first() {
        return Pillar {
            kind: t(lang, "party-group").into_owned(),
            name: Some(group.text("name").to_owned()),
            href: Some(group.href(view)),
            state,
            facts: [
                fact(view, "party-leader", name_of(&read.cadres, group.id("leader"))),
                fact(view, "party-branch", name_of(&read.branches, group.id("party_branch"))),
                members,
                fact(view, "since-day", &group.words("founded_on", lang)),
            ]
            .into_iter()
            .flatten()
            .collect(),
        };
    }
    let instructor = read.instructors.first();
    let since = instructor.map(|instructor| instructor.words("started_on", lang)).unwrap_or_default();
    let last = instructor.and_then(|instructor| instructor.day("ended_on"));
    Pillar {
        kind: t(lang, "party-instructor").into_owned(),
        name: instructor.map(|instructor| name_of(&read.cadres, instructor.id("cadre")).to_owned()),
        href: instructor.map(|instructor| instructor.href(view)),
        state,
        facts: [members, fact(view, "since-day", &since), until(view, scope, "until-day", last)]
            .into_iter()
            .flatten()
            .collect(),
    }
}

fn owners(actor: &Actor, view: &View, scope: &Scope, site: &Stored, read: &Read<'_>) -> Pillar {
    let lang = view.lang;
    let state = state(actor, view, scope, site, "site_self_governance");
    let Some(committee) = read.committees.first() else {
        return Pillar { kind: t(lang, "owners").into_owned(), name: None, href: None, state, facts: Vec::new() };
    };
    let members = match (committee.number("members"), committee.number("party_members")) {
        (Some(all), Some(party)) => t_args(lang, "owners-members", &[("n", all.into()), ("party", party.into())]),
        (Some(all), None) => all.to_string(),
        _ => String::new(),
    };
    Pillar {
        kind: committee.words("kind", lang),
        name: Some(committee.text("director").to_owned()),
        href: Some(committee.href(view)),
        state,
        facts: [
            fact(view, "owners-size", &members),
            fact(view, "owners-elected", &committee.words("elected_on", lang)),
            until(view, scope, "owners-term", committee.day("term_ends_on")),
        ]
        .into_iter()
        .flatten()
        .collect(),
    }
}

fn property(actor: &Actor, view: &View, scope: &Scope, site: &Stored, read: &Read<'_>) -> Pillar {
    let lang = view.lang;
    let contract = read.contracts.first();
    let staff = contract.and_then(|contract| {
        let all = contract.number("staff")?;
        let relocated = contract.number("relocated_staff").unwrap_or_default();
        Some(Fact::text(
            t(lang, "property-staff"),
            &t_args(lang, "property-staff-of", &[("n", all.into()), ("relocated", relocated.into())]),
        ))
    });
    let fee = contract
        .and_then(|contract| Some(Fact::of(t(lang, "property-fee"), money(lang, contract.number("fee_per_m2")?))));
    let since = contract.map(|contract| contract.words("started_on", lang)).unwrap_or_default();
    Pillar {
        kind: t(lang, "property").into_owned(),
        name: contract.map(|contract| name_of(&read.companies, contract.id("property_company")).to_owned()),
        href: contract.map(|contract| contract.href(view)),
        state: state(actor, view, scope, site, "site_property_service"),
        facts: [
            staff,
            fee,
            fact(view, "since-day", &since),
            until(view, scope, "until-day", contract.and_then(|contract| contract.day("ended_on"))),
        ]
        .into_iter()
        .flatten()
        .collect(),
    }
}

fn lead(actor: &Actor, view: &View, scope: &Scope, site: &Stored, read: &Read<'_>) -> Markup {
    let lang = view.lang;
    let leads = read.leads.iter().map(|lead| {
        let name = name_of(&read.cadres, lead.id("cadre"));
        Fact::of(
            t_args(lang, "since-of", &[("date", lead.words("started_on", lang).into())]),
            html! { a href=(lead.href(view)) { (name) } @if !lead.text("document").is_empty() { " " small.quiet { (lead.text("document")) } } },
        )
    });
    let leads: Vec<_> = leads.collect();
    let tone = standing(actor, scope, "site_town_lead", site.record.id);
    html! {
        h3 { (t(lang, "town-lead")) }
        @if leads.is_empty() {
            p { (tag(tone.unwrap_or_default(), &tone.unwrap_or(Tone::Gap).word(lang))) " " span.quiet { (t(lang, "town-lead-none")) } }
        } @else { (facts(lang, false, &leads)) }
    }
}

fn meetings(actor: &Actor, view: &View, scope: &Scope, read: &Read<'_>) -> Markup {
    let lang = view.lang;
    let interval = parameter(actor, "trinity_meeting_interval").and_then(|days| i32::try_from(days).ok());
    let full = read.meetings.iter().find(|meeting| all_present(*meeting)).and_then(|meeting| meeting.day("held_on"));
    let next = full.zip(interval).map(|(held, interval)| holds_until(held, interval));
    let moments: Vec<_> = read.meetings.iter().map(|meeting| met(view, meeting)).collect();
    html! {
        h3 { (t(lang, "trinity-meetings")) }
        @if let Some(next) = next { p { small.quiet { (t_args(lang, "next-by", &[("date", day::format(next).into())])) } " " (due_cell(lang, next - scope.on)) } }
        @if moments.is_empty() {
            (empty(&Empty { what: t(lang, "trinity-never-met").into_owned(), ..Empty::default() }))
        } @else { (timeline(&moments)) }
    }
}

const SIDES: [(&str, &str); 3] =
    [("party_present", "side-party"), ("owners_present", "side-owners"), ("property_present", "side-property")];

fn all_present(meeting: Entry<'_>) -> bool {
    SIDES.iter().all(|(field, _)| meeting.holds(field))
}

fn met(view: &View, meeting: Entry<'_>) -> Moment {
    let lang = view.lang;
    let sides = SIDES.map(|(field, key)| {
        let here = meeting.holds(field);
        Mark {
            name: t(lang, key).into_owned(),
            tone: if here { Tone::Met } else { Tone::Gap },
            word: t(lang, if here { "present" } else { "absent" }).into_owned(),
            ..Mark::default()
        }
    });
    let body = html! {
        @if !all_present(meeting) { (marks(&sides)) }
        small { a href=(meeting.href(view)) { (t(lang, "open-record")) } }
    };
    Moment {
        when: meeting.words("held_on", lang),
        what: meeting.text("topics").to_owned(),
        who: all_present(meeting).then(|| t(lang, "all-three-present").into_owned()),
        tone: if all_present(meeting) { Tone::Met } else { Tone::Gap },
        body: Some(body),
    }
}
