//! From grants to rights.

use std::sync::Arc;

use anju_pack::{LedgerIx, Pack, Relation, Role, RoleIx};
use uuid::Uuid;

use crate::grant::Grant;
use crate::reach::{OwnedBy, Reach};
use crate::rights::{Action, Held, Place, Rights, Sight};

impl Rights {
    /// What the grants give today. Grants that are not in force, name no role of the pack or lie outside the county give nothing;
    /// a role that stands alone silences every other, and two such silence each other.
    ///
    /// `owners` finds the owners of a relation's rows within the grant's area, the login put in: it is asked once for each
    /// relation of each grant in force.
    pub fn of(
        pack: &Pack,
        county: &str,
        grants: &[Grant],
        mut owners: impl FnMut(&Grant, &Relation) -> Arc<[Uuid]>,
        today: i32,
        now: i64,
    ) -> Self {
        let mut rights = Self::nobody(pack);
        rights.county = county.into();
        let in_force = grants.iter().filter(|grant| grant.in_force(today, now));
        let found = in_force.filter_map(|grant| {
            let area = grant.area_in(county).or_else(|| grant.holds_county(county).then_some(county))?;
            Some((grant, pack.role_by_id(&grant.role)?, area))
        });
        let mut found: Vec<(&Grant, RoleIx, &str)> = found.collect();
        leave_alone(pack, &mut found);
        for (grant, role, area) in found {
            let role = pack.role(role);
            let related: Vec<Related<'_>> = role
                .only
                .iter()
                .map(|relation| Related { relation, owners: sorted(owners(grant, relation)) })
                .collect();
            rights.add(pack, role, area, grant.expires_at.is_none(), &related);
        }
        rights.areas.sort_unstable();
        rights
    }

    /// The keeper of the machine: everything in the county.
    pub fn operator(pack: &Pack, county: &str) -> Self {
        let whole = vec![Reach::of_area(county); pack.ledgers.len()];
        Self {
            county: county.into(),
            operator: true,
            reach: [whole.clone(), whole.clone(), whole],
            areas: vec![county.into()],
            ..Self::nobody(pack)
        }
    }

    /// Nothing at all.
    pub fn nobody(pack: &Pack) -> Self {
        let none = || vec![Reach::default(); pack.ledgers.len()];
        let mut protected = Vec::new();
        for ledger in pack.ledger_ixs() {
            for (field, at) in pack.ledger(ledger).fields.iter().zip(0_u16..) {
                protected.extend(field.sensitive.map(|class| (ledger, anju_pack::FieldIx(at), class)));
            }
        }
        Self {
            county: "".into(),
            operator: false,
            reach: [none(), none(), none()],
            held: Vec::new(),
            sight: vec![Vec::new(); pack.ledgers.len()],
            protected,
            areas: Vec::new(),
        }
    }

    fn add(&mut self, pack: &Pack, role: &Role, area: &str, lasting: bool, related: &[Related<'_>]) {
        let position = self.held.len();
        self.held.push(Held {
            role: role.id.as_str().into(),
            area: area.into(),
            passes_on: lasting && role.only.is_empty(),
            duties: role.may.clone(),
            reveal: role.reveal.clone(),
            exempt: (!role.exempt_all).then(|| role.exempt.clone()),
        });
        if role.reads_any() && !self.areas.iter().any(|own| area.starts_with(&**own)) {
            self.areas.retain(|own| !own.starts_with(area));
            self.areas.push(area.into());
        }
        for ledger in pack.ledger_ixs().filter(|ledger| role.reads(*ledger)) {
            let place = self.add_ledger(pack, role, ledger, area, related);
            let hide = role.hide.iter().filter(|(of, _)| *of == ledger).map(|(_, field)| *field).collect();
            if let Some(sights) = self.sight.get_mut(usize::from(ledger.0)) {
                sights.push(Sight { held: position, place, hide });
            }
        }
    }

    /// Adds the rows of one ledger, and says how they are found.
    fn add_ledger(&mut self, pack: &Pack, role: &Role, ledger: LedgerIx, area: &str, related: &[Related<'_>]) -> Place {
        let owned: Vec<(&Related<'_>, Vec<_>)> = related
            .iter()
            .filter_map(|related| Some((related, pack.chain_to(ledger, related.relation.owner)?)))
            .collect();
        let everywhere = role.everywhere.contains(&ledger);
        let place = match (everywhere, owned.is_empty()) {
            (true, _) => Place::Everywhere,
            (false, true) => Place::Granted,
            (false, false) => Place::Related,
        };
        let at = usize::from(ledger.0);
        for action in Action::ALL {
            let allowed = match action {
                Action::Read => true,
                Action::Write => role.writes(ledger),
                Action::Export => role.exports(ledger),
            };
            let Some(reach) = self.reach[action.ix()].get_mut(at).filter(|_| allowed) else { continue };
            // A register is read in the whole county; what is written there is still that of the grant.
            if everywhere && action != Action::Write {
                reach.add_area(&self.county);
            } else if owned.is_empty() {
                reach.add_area(area);
            } else {
                let rows = owned.iter().filter(|(related, _)| !related.owners.is_empty());
                reach.owned.extend(
                    rows.map(|(related, chain)| OwnedBy { chain: chain.clone(), owners: Arc::clone(&related.owners) }),
                );
            }
        }
        place
    }
}

/// A relation of a role, with the owners it finds.
struct Related<'a> {
    relation: &'a Relation,
    owners: Arc<[Uuid]>,
}

fn sorted(owners: Arc<[Uuid]>) -> Arc<[Uuid]> {
    if owners.is_sorted() {
        return owners;
    }
    let mut owners = owners.to_vec();
    owners.sort_unstable();
    owners.dedup();
    owners.into()
}

/// A role that stands alone silences the others; two different ones silence each other.
fn leave_alone(pack: &Pack, found: &mut Vec<(&Grant, RoleIx, &str)>) {
    let mut alone = found.iter().map(|(_, role, _)| *role).filter(|role| pack.role(*role).alone);
    let Some(first) = alone.next() else { return };
    if alone.any(|other| other != first) {
        found.clear();
    } else {
        found.retain(|(_, role, _)| *role == first);
    }
}
