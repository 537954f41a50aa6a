//! What each kind of user may see and do, on the real packs: nothing that their work does not need, nothing missing that it does.

use anju_access::{Action, Grant, Owners, Rights, compatible};
use anju_pack::{Duty, Pack, Sensitive};
use uuid::Uuid;

use crate::book::pack;

const COUNTY: &str = "610923";
const TOWN: &str = "610923101";
const SITE: &str = "610923101001001";

fn grant(role: &str, area: &str) -> Grant {
    Grant { id: Uuid::nil(), role: role.into(), area: area.into(), from: 0, until: None, expires_at: None }
}

fn rights(pack: &Pack, role: &str, area: &str) -> Rights {
    assert!(pack.role_by_id(role).is_some(), "no role {role}");
    let site = Owners { ids: [].into(), places: vec![SITE.into()] };
    let home = Owners { ids: [Uuid::from_u128(7)].into(), places: Vec::new() };
    let owners = |_: &Grant, relation: &anju_pack::Relation| match pack.ledger(relation.owner).area {
        Some(_) => site.clone(),
        None => home.clone(),
    };
    Rights::of(pack, COUNTY, &[grant(role, area)], owners, 18_000, 0)
}

fn unseen(pack: &Pack, rights: &Rights, area: &str, mechanism: Option<&str>) -> Vec<String> {
    let wanted = |at: anju_pack::MechanismIx| mechanism.is_none_or(|id| pack.mechanism(at).id == id);
    let requirements = pack.requirement_ixs().filter(|ix| wanted(pack.requirement(*ix).mechanism));
    let figures = pack.figure_ixs().filter(|ix| wanted(pack.figure(*ix).mechanism));
    let requirements = requirements
        .filter(|ix| !rights.sees_requirement(pack, *ix, area))
        .map(|ix| pack.requirement(ix).id.clone())
        .collect::<Vec<_>>();
    let figures =
        figures.filter(|ix| !rights.sees_figure(pack, *ix, area)).map(|ix| pack.figure(ix).id.clone()).collect();
    [requirements, figures].concat()
}

#[test]
fn offices_see_every_requirement_and_figure_of_their_area() {
    let pack = pack();
    for (role, area) in [("county_office", COUNTY), ("town_office", TOWN), ("town_leader", TOWN)] {
        let rights = rights(&pack, role, area);
        assert_eq!(unseen(&pack, &rights, area, None), Vec::<String>::new(), "{role}");
        assert!(area == COUNTY || !rights.covers(pack.ledger_by_id("site").expect("defined"), COUNTY));
    }
}

#[test]
fn each_lead_sees_exempts_and_keeps_the_own_mechanism() {
    let pack = pack();
    for mechanism in ["party", "employment", "industry", "governance", "assistance"] {
        let rights = rights(&pack, &format!("{mechanism}_lead"), COUNTY);
        assert_eq!(unseen(&pack, &rights, COUNTY, Some(mechanism)), Vec::<String>::new(), "{mechanism}");
        for ix in pack.requirement_ixs() {
            let own = pack.mechanism(pack.requirement(ix).mechanism).id == mechanism;
            assert_eq!(rights.may_exempt(ix, COUNTY), own, "{mechanism} {}", pack.requirement(ix).id);
        }
    }
}

#[test]
fn heads_are_at_home_in_their_place_and_cadres_with_their_households() {
    let pack = pack();
    let ledger = |id| pack.ledger_by_id(id).expect("defined");
    let head = rights(&pack, "grid_head", COUNTY);
    assert_eq!(head.areas(), [SITE.into()]);
    assert!(head.covers(ledger("household"), SITE) && !head.covers(ledger("household"), TOWN));
    let dark = unseen(&pack, &head, SITE, Some("governance"));
    assert!(dark.iter().all(|id| id.contains("moral") || id.contains("mediat")), "{dark:?}");
    let cadre = rights(&pack, "paired_cadre", COUNTY);
    let reach = cadre.reach(Action::Read, ledger("visit"));
    assert!(reach.areas.is_empty() && !reach.is_empty());
    for (requirement, reads) in [("household_visited", true), ("household_cared_for", true), ("site_patrolled", false)]
    {
        let ix = pack.requirement_by_id(requirement).expect("defined");
        assert_eq!(cadre.reads_requirement(&pack, ix), reads, "{requirement}");
        assert!(!cadre.sees_requirement(&pack, ix, TOWN));
    }
    let resident = rights(&pack, "resident", COUNTY);
    for other in ["moral_note", "risk_warning", "cadre", "incident", "site"] {
        assert!(resident.reach(Action::Read, ledger(other)).is_empty(), "{other}");
    }
    for at in pack.ledger_ixs() {
        assert!(resident.reach(Action::Read, at).areas.is_empty(), "{}", pack.ledger(at).id);
        assert!(resident.reach(Action::Write, at).is_empty() && resident.reach(Action::Export, at).is_empty());
    }
}

#[test]
fn health_is_seen_only_where_the_work_needs_it() {
    let pack = pack();
    let person = pack.ledger_by_id("person").expect("defined");
    let health: Vec<_> = ["health", "disability", "disability_rank"]
        .map(|id| pack.ledger(person).field_by_id(id).expect("defined"))
        .into();
    let knows = ["county_office", "town_office", "paired_cadre"];
    for role in pack.roles.iter().filter(|role| role.reads(person)) {
        let hides = health.iter().all(|field| !role.shows(person, *field));
        assert_eq!(!hides, knows.contains(&role.id.as_str()), "{}", role.id);
        assert_eq!(role.reveal.contains(&Sensitive::Health), !hides, "{}", role.id);
    }
}

#[test]
fn bank_accounts_are_shown_to_whom_they_are_paid_by_and_minors_to_offices_only() {
    let pack = pack();
    let holding = |class| {
        let roles = pack.roles.iter().filter(|role| role.reveal.contains(&class));
        roles.map(|role| role.id.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(holding(Sensitive::Bank), ["resident", "loan_cashier", "service_clerk"]);
    assert_eq!(holding(Sensitive::Minor), ["county_office", "town_office"]);
    let person = pack.ledger_by_id("person").expect("defined");
    let id_number = pack.ledger(person).field_by_id("id_number").expect("defined");
    assert!(rights(&pack, "town_office", TOWN).may_reveal_minor(person, id_number, TOWN));
    for role in ["mediator", "loan_reviewer", "resident"] {
        let rights = rights(&pack, role, TOWN);
        assert!(rights.may_reveal(person, id_number, TOWN), "{role}");
        assert!(!rights.may_reveal_minor(person, id_number, TOWN), "{role}");
    }
    assert!(!rights(&pack, "labour_company_clerk", COUNTY).may_reveal(person, id_number, TOWN));
}

#[test]
fn the_three_administrators_see_no_file_and_go_with_nothing() {
    let pack = pack();
    let held = ["system_admin", "security_admin", "audit_admin"];
    for role in held {
        assert!(rights(&pack, role, COUNTY).reads_nothing(), "{role}");
        for other in pack.roles.iter().filter(|other| other.id != role) {
            assert!(!compatible(&pack, [role], &other.id) && !compatible(&pack, [other.id.as_str()], role));
        }
    }
    for (name, duty) in Duty::ALL {
        let who: Vec<&str> =
            pack.roles.iter().filter(|role| role.may.contains(&duty)).map(|role| role.id.as_str()).collect();
        let alone = who.iter().filter(|id| held.contains(id)).count();
        let right = match duty {
            Duty::BreakGlass => alone == 0 && !who.is_empty(),
            // People of a household see who looked at their own file; nobody else but the auditor at any.
            Duty::CheckFile => alone == 1 && who.iter().all(|id| held.contains(id) || *id == "resident"),
            _ => alone == 1 && who.len() == 1,
        };
        assert!(right, "{name}");
    }
    let [system, security] = [rights(&pack, "system_admin", COUNTY), rights(&pack, "security_admin", COUNTY)];
    assert!(!(system.may(Duty::Grants) || security.may(Duty::ConfirmGrants)));
}

#[test]
fn payments_and_dividends_wait_for_a_second_person_who_did_not_have_to_write_them() {
    let pack = pack();
    for ledger in ["loan_payout", "dividend_run", "linkage_payment"] {
        let ix = pack.ledger_by_id(ledger).expect("defined");
        let process = pack.approval(ix).unwrap_or_else(|| panic!("{ledger} is not approved"));
        let writers = pack.roles.iter().filter(|role| role.writes(ix));
        for writer in writers {
            let others = process.steps[0].by.iter().filter(|role| **role != writer.id).count();
            assert!(others > 0, "{ledger}: only {} itself could confirm", writer.id);
        }
    }
}

#[test]
fn what_decides_about_rights_is_known() {
    let pack = pack();
    let fields: Vec<String> = pack
        .account_fields()
        .into_iter()
        .map(|(ledger, field)| format!("{}.{}", pack.ledger(ledger).id, pack.ledger(ledger).field(field).id))
        .collect();
    let mut fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["cadre.account", "grid_member.account", "person.account"]);
}
