//! What rights cost: computed from the grants of a paired cadre and of offices, then asked as every request asks them.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anju_access::{Action, Grant, Owners, Rights};
use anju_pack::{Duty, Pack};
use uuid::Uuid;

use crate::measure::{median, table};

const COUNTY: &str = "610923";
/// What a request's rights may cost, in microseconds.
const LIMIT_US: f64 = 50.0;
const ROUNDS: usize = 401;

/// # Errors
/// If the packs are at fault, or a request's rights cost more than 50 µs.
pub fn run(root: &Path) -> Result<(), String> {
    let pack =
        Pack::load(root, Some(&root.join("counties/ningshan/county.toml"))).map_err(|error| error.to_string())?;
    let kinds: [(&str, &[(&str, &str)]); 4] = [
        ("paired cadre, 12 households", &[("paired_cadre", COUNTY)]),
        ("paired cadre who heads a grid", &[("paired_cadre", COUNTY), ("grid_head", COUNTY)]),
        ("town office", &[("town_office", "610923101")]),
        ("county office", &[("county_office", COUNTY)]),
    ];
    let mut lines = Vec::new();
    let mut worst = 0.0_f64;
    for (name, held) in kinds {
        let grants: Vec<Grant> = held.iter().map(|(role, area)| grant(role, area)).collect();
        let made = microseconds(|| rights(&pack, &grants));
        let rights = rights(&pack, &grants);
        let asked = microseconds(|| request(&pack, &rights));
        worst = worst.max(made + asked);
        lines.push(vec![name.to_owned(), format!("{made:.1}"), format!("{asked:.2}"), format!("{:.1}", made + asked)]);
    }
    table("rights of one request", &["", "computed µs", "asked µs", "both µs"], &lines);
    if worst > LIMIT_US {
        return Err(format!("rights of a request cost {worst:.1} µs; at most {LIMIT_US} µs are allowed"));
    }
    Ok(())
}

fn grant(role: &str, area: &str) -> Grant {
    Grant { id: Uuid::nil(), role: role.into(), area: area.into(), from: 0, until: None, expires_at: None }
}

fn rights(pack: &Pack, grants: &[Grant]) -> Rights {
    let homes: Arc<[Uuid]> = (0..12_u128).map(Uuid::from_u128).collect();
    let owners = |_: &Grant, relation: &anju_pack::Relation| match pack.ledger(relation.owner).area {
        Some(_) => Owners { ids: [].into(), places: vec!["610923101001001".into()] },
        None => Owners { ids: Arc::clone(&homes), places: Vec::new() },
    };
    Rights::of(pack, COUNTY, grants, owners, 18_400, 0)
}

/// A page: every ledger's reach and hidden fields, every requirement and figure, a row, a duty.
fn request(pack: &Pack, rights: &Rights) -> usize {
    let area = "610923101001001";
    let ledgers = pack.ledger_ixs().filter(|ledger| {
        let reach = rights.reach(Action::Read, *ledger);
        reach.holds(area, Uuid::nil(), |_| Some(Uuid::nil())) && rights.hidden(*ledger, area).is_empty()
    });
    let requirements = pack.requirement_ixs().filter(|ix| rights.sees_requirement(pack, *ix, area));
    let figures = pack.figure_ixs().filter(|ix| rights.sees_figure(pack, *ix, area));
    ledgers.count() + requirements.count() + figures.count() + usize::from(rights.may_in(Duty::Grants, area))
}

fn microseconds<T>(mut work: impl FnMut() -> T) -> f64 {
    median((0..ROUNDS).map(|_| {
        let start = Instant::now();
        std::hint::black_box(work());
        start.elapsed().as_secs_f64() * 1e6
    }))
}
