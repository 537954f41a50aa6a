//! From grants to rights.

use std::sync::Arc;

use anju_pack::{LedgerIx, Pack, Relation, Role, RoleIx};
use uuid::Uuid;

use crate::grant::{Grant, is_area};
use crate::reach::{OwnedBy, Owners, Reach};
use crate::rights::{Action, Held, Place, Rights, Sight};

impl Rights {
    /// What the grants give today. Grants that are not in force, name no role of the pack or lie outside the county give nothing;
    /// a role that stands alone silences every other, and two such silence each other.
    ///
    /// `owners` finds the owners of a relation's rows within the grant's area, the login put in: it is asked once for each
    /// relation of each grant in force. It gives their ids, or [`Owners`] with their places where they have some.
    pub fn of<O: Into<Owners>>(
        pack: &Pack,
        county: &str,
        grants: &[Grant],
        mut owners: impl FnMut(&Grant, &Relation) -> O,
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
            let related: Vec<Related> = role
                .only
                .iter()
                .map(|relation| Related::of(relation.owner, owners(grant, relation).into(), area))
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

    fn add(&mut self, pack: &Pack, role: &Role, area: &str, lasting: bool, related: &[Related]) {
        let position = self.held.len();
        self.held.push(Held {
            role: role.id.as_str().into(),
            area: area.into(),
            lasting,
            passes_on: lasting && role.only.is_empty(),
            // For a few hours one looks, and does nothing else.
            duties: if lasting { role.may.clone() } else { Vec::new() },
            reveal: role.reveal.clone(),
            exempt: match (lasting, role.exempt_all) {
                (false, _) => Some(Vec::new()),
                (true, true) => None,
                (true, false) => Some(role.exempt.clone()),
            },
        });
        if role.reads_any() {
            // Who is bound to places is at home there, not in the whole area of the grant.
            let places: Vec<&str> =
                related.iter().flat_map(|related| related.places.iter().map(|place| &**place)).collect();
            match places.is_empty() {
                true => self.add_area(area),
                false => places.into_iter().for_each(|place| self.add_area(place)),
            }
        }
        for ledger in pack.ledger_ixs().filter(|ledger| role.reads(*ledger)) {
            let place = self.add_ledger(pack, role, ledger, area, related);
            let hide = role.hide.iter().filter(|(of, _)| *of == ledger).map(|(_, field)| *field).collect();
            if let Some(sights) = self.sight.get_mut(usize::from(ledger.0)) {
                sights.push(Sight { held: position, place, hide });
            }
        }
    }

    fn add_area(&mut self, area: &str) {
        if !self.areas.iter().any(|own| area.starts_with(&**own)) {
            self.areas.retain(|own| !own.starts_with(area));
            self.areas.push(area.into());
        }
    }

    /// Adds the rows of one ledger, and says how they are found.
    fn add_ledger(&mut self, pack: &Pack, role: &Role, ledger: LedgerIx, area: &str, related: &[Related]) -> Place {
        let everywhere = role.everywhere.contains(&ledger);
        let rows = Rows::of(pack, ledger, area, related);
        let lasting = self.held.last().is_none_or(|held| held.lasting);
        for action in Action::ALL {
            let allowed = match action {
                Action::Read => true,
                Action::Write => lasting && role.writes(ledger),
                Action::Export => lasting && role.exports(ledger),
            };
            let reach = self.reach[action.ix()].get_mut(usize::from(ledger.0));
            let Some(reach) = reach.filter(|_| allowed) else { continue };
            // A register is read in the whole county; what is written there is still that of the grant.
            if everywhere && action != Action::Write {
                reach.add_area(&self.county);
            } else {
                rows.places.iter().for_each(|place| reach.add_area(place));
                reach.owned.extend(rows.owned.iter().cloned());
            }
        }
        match rows {
            _ if everywhere => Place::Everywhere,
            Rows { related: false, .. } => Place::Granted,
            Rows { places, .. } if !places.is_empty() => Place::In(places.into_iter().map(Into::into).collect()),
            Rows { .. } => Place::Related,
        }
    }
}

/// A relation of a role, with the owners it finds.
struct Related {
    owner: LedgerIx,
    ids: Arc<[Uuid]>,
    /// Within the grant's area.
    places: Vec<Box<str>>,
}

impl Related {
    fn of(owner: LedgerIx, found: Owners, area: &str) -> Self {
        let by_place = !found.places.is_empty();
        let mut places = found.places;
        places.retain(|place| is_area(place) && place.starts_with(area));
        let ids = if by_place { [].into() } else { sorted(found.ids) };
        Self { owner, ids, places }
    }
}

/// The rows of one ledger that one grant reaches.
struct Rows<'a> {
    places: Vec<&'a str>,
    owned: Vec<OwnedBy>,
    /// The ledger stands in the ownership tree of a relation.
    related: bool,
}

impl<'a> Rows<'a> {
    fn of(pack: &Pack, ledger: LedgerIx, area: &'a str, related: &'a [Related]) -> Self {
        let mut rows = Self { places: Vec::new(), owned: Vec::new(), related: false };
        for one in related {
            let Some(chain) = pack.chain_to(ledger, one.owner) else { continue };
            rows.related = true;
            rows.places.extend(one.places.iter().map(|place| &**place));
            if !one.ids.is_empty() {
                rows.owned.push(OwnedBy { chain, owners: Arc::clone(&one.ids) });
            }
        }
        if !rows.related {
            rows.places.push(area);
        }
        rows
    }
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
