//! What an account may do today.

use anju_pack::{Duty, FieldIx, FigureIx, LedgerIx, Pack, RequirementIx, Sensitive};
use anju_record::Record;

use crate::grant::{Refusal, is_area};
use crate::minor::is_minor;
use crate::reach::Reach;
use crate::reads;

/// What is done with the rows of a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Seen.
    Read,
    /// Made, changed, removed.
    Write,
    /// Taken away as a file.
    Export,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Export];

    pub(crate) const fn ix(self) -> usize {
        match self {
            Self::Read => 0,
            Self::Write => 1,
            Self::Export => 2,
        }
    }
}

/// What an account may do today: computed once from its grants, then asked by index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights {
    pub(crate) county: Box<str>,
    /// The keeper of the machine: everything.
    pub(crate) operator: bool,
    /// By action and ledger.
    pub(crate) reach: [Vec<Reach>; 3],
    /// The grants in force.
    pub(crate) held: Vec<Held>,
    /// Who reads each ledger, and what of it.
    pub(crate) sight: Vec<Vec<Sight>>,
    /// Protected fields, by ledger and field.
    pub(crate) protected: Vec<(LedgerIx, FieldIx, Sensitive)>,
    /// Widest places of the reading grants.
    pub(crate) areas: Vec<Box<str>>,
}

/// A grant in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held {
    pub role: Box<str>,
    pub area: Box<str>,
    /// Not for a few hours only.
    pub lasting: bool,
    /// Given for good, not for a few hours; and not bound to who holds it.
    pub passes_on: bool,
    pub duties: Vec<Duty>,
    pub reveal: Vec<Sensitive>,
    /// `None`: every requirement.
    pub exempt: Option<Vec<RequirementIx>>,
}

/// How a grant reads a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sight {
    /// Position in [`Rights::held`].
    pub held: usize,
    pub place: Place,
    pub hide: Vec<FieldIx>,
}

/// Where a grant reads a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the grant's area.
    Granted,
    /// In the whole county.
    Everywhere,
    /// In the places related to the actor.
    In(Vec<Box<str>>),
    /// Rows related to the actor only.
    Related,
}

static NOTHING: Reach = Reach { areas: Vec::new(), owned: Vec::new() };

impl Rights {
    /// Which rows of a ledger the action may touch.
    pub fn reach(&self, action: Action, ledger: LedgerIx) -> &Reach {
        self.reach[action.ix()].get(usize::from(ledger.0)).unwrap_or(&NOTHING)
    }

    /// Every row of the ledger in the area is readable by place.
    pub fn covers(&self, ledger: LedgerIx, area: &str) -> bool {
        self.reach(Action::Read, ledger).covers(area)
    }

    /// Covers every ledger that the requirement's rule reads, and none of the fields it reads is hidden.
    pub fn sees_requirement(&self, pack: &Pack, ix: RequirementIx, area: &str) -> bool {
        reads::requirement(pack, ix, &mut |ledger, field| self.sees(ledger, field, area))
    }

    /// Covers every ledger that the figure reads, and none of the fields it reads is hidden.
    pub fn sees_figure(&self, pack: &Pack, ix: FigureIx, area: &str) -> bool {
        reads::figure(pack, ix, &mut |ledger, field| self.sees(ledger, field, area))
    }

    /// Reads some rows of every ledger of the requirement's rule, and all the fields it reads: it can be told of the
    /// subjects within reach, though not of a whole area.
    pub fn reads_requirement(&self, pack: &Pack, ix: RequirementIx) -> bool {
        reads::requirement(pack, ix, &mut |ledger, field| {
            !self.reach(Action::Read, ledger).is_empty() && field.is_none_or(|field| !self.ever_hides(ledger, field))
        })
    }

    fn sees(&self, ledger: LedgerIx, field: Option<FieldIx>, area: &str) -> bool {
        self.covers(ledger, area) && field.is_none_or(|field| !self.hides(ledger, field, area))
    }

    /// Holds the duty somewhere.
    pub fn may(&self, duty: Duty) -> bool {
        self.operator || self.held.iter().any(|held| held.duties.contains(&duty))
    }

    /// Holds the duty in the whole area.
    pub fn may_in(&self, duty: Duty, area: &str) -> bool {
        self.operator && area.starts_with(&*self.county) || self.held_at(area).any(|held| held.duties.contains(&duty))
    }

    /// Fields of the ledger not shown, not even masked, for rows of the area: those hidden by every grant that reads the row
    /// by its place; where none does, those hidden by any grant that reads it as related to the actor.
    pub fn hidden(&self, ledger: LedgerIx, area: &str) -> Vec<FieldIx> {
        let Some(sights) = self.sight.get(usize::from(ledger.0)) else { return Vec::new() };
        if sights.iter().all(|sight| sight.hide.is_empty()) {
            return Vec::new();
        }
        let mut fields: Vec<FieldIx> = sights.iter().flat_map(|sight| sight.hide.iter().copied()).collect();
        fields.sort_unstable();
        fields.dedup();
        fields.retain(|field| self.hides(ledger, *field, area));
        fields
    }

    fn hides(&self, ledger: LedgerIx, field: FieldIx, area: &str) -> bool {
        let Some(sights) = self.sight.get(usize::from(ledger.0)) else { return false };
        let mut by_place = sights.iter().filter(|sight| self.by_place(sight, area)).peekable();
        if by_place.peek().is_some() {
            return by_place.all(|sight| sight.hide.contains(&field));
        }
        sights.iter().any(|sight| sight.place == Place::Related && sight.hide.contains(&field))
    }

    /// Fields of the ledger that are hidden from them somewhere: what is not to be looked for in.
    pub fn hidden_anywhere(&self, ledger: LedgerIx) -> Vec<FieldIx> {
        let sights = self.sight.get(usize::from(ledger.0)).into_iter().flatten();
        let mut fields: Vec<FieldIx> = sights.flat_map(|sight| sight.hide.iter().copied()).collect();
        fields.sort_unstable();
        fields.dedup();
        fields
    }

    fn ever_hides(&self, ledger: LedgerIx, field: FieldIx) -> bool {
        self.sight.get(usize::from(ledger.0)).is_some_and(|all| all.iter().any(|sight| sight.hide.contains(&field)))
    }

    fn by_place(&self, sight: &Sight, area: &str) -> bool {
        match &sight.place {
            Place::In(places) => places.iter().any(|place| area.starts_with(&**place)),
            Place::Granted => self.held.get(sight.held).is_some_and(|held| area.starts_with(&*held.area)),
            Place::Everywhere => area.starts_with(&*self.county),
            Place::Related => false,
        }
    }

    /// May see the field of a row in the area unmasked, with a reason. The row must be within reach; where it is about a
    /// minor ask [`Self::may_reveal_minor`].
    pub fn may_reveal(&self, ledger: LedgerIx, field: FieldIx, area: &str) -> bool {
        let class = self.protected.binary_search_by_key(&(ledger, field), |(ledger, field, _)| (*ledger, *field));
        match class.ok().and_then(|at| self.protected.get(at)) {
            Some((_, _, class)) => self.reveals(ledger, field, &[*class], area),
            None => false,
        }
    }

    /// May see the field of a row about a person under 14 unmasked: needs the class `minor` beside the field's own.
    pub fn may_reveal_minor(&self, ledger: LedgerIx, field: FieldIx, area: &str) -> bool {
        let class = self.protected.binary_search_by_key(&(ledger, field), |(ledger, field, _)| (*ledger, *field));
        match class.ok().and_then(|at| self.protected.get(at)) {
            Some((_, _, class)) => self.reveals(ledger, field, &[*class, Sensitive::Minor], area),
            None => false,
        }
    }

    /// May see the field of this record unmasked, whoever it is about. The record must be within reach.
    pub fn may_reveal_of(&self, pack: &Pack, ledger: LedgerIx, field: FieldIx, record: &Record, today: i32) -> bool {
        if is_minor(pack, ledger, record, today) {
            self.may_reveal_minor(ledger, field, &record.area)
        } else {
            self.may_reveal(ledger, field, &record.area)
        }
    }

    /// One grant that reads the row by its place shows all the classes; where none reads it so, every grant that reads it as
    /// related, because without the row's owner it is not known which of them does.
    fn reveals(&self, ledger: LedgerIx, field: FieldIx, classes: &[Sensitive], area: &str) -> bool {
        if self.operator {
            return area.starts_with(&*self.county);
        }
        let Some(sights) = self.sight.get(usize::from(ledger.0)) else { return false };
        if self.hides(ledger, field, area) {
            // Also by a grant for related rows of another place: what is not shown is not unmasked.
            return false;
        }
        let shows = |sight: &Sight| {
            let held = self.held.get(sight.held);
            !sight.hide.contains(&field)
                && held.is_some_and(|held| classes.iter().all(|class| held.reveal.contains(class)))
        };
        let mut by_place = sights.iter().filter(|sight| self.by_place(sight, area)).peekable();
        if by_place.peek().is_some() {
            return by_place.any(shows);
        }
        let here = |sight: &&Sight| {
            sight.place == Place::Related && self.held.get(sight.held).is_some_and(|held| area.starts_with(&*held.area))
        };
        let mut related = sights.iter().filter(here).peekable();
        related.peek().is_some() && related.all(shows)
    }

    /// May exempt gaps of the requirement in the area.
    pub fn may_exempt(&self, requirement: RequirementIx, area: &str) -> bool {
        self.operator && area.starts_with(&*self.county)
            || self
                .held_at(area)
                .any(|held| held.exempt.as_ref().is_none_or(|requirements| requirements.contains(&requirement)))
    }

    /// Holds one of a step's roles in the area, not only for a few hours. The row that the step is about must be within reach besides.
    pub fn may_step(&self, roles: &[String], area: &str) -> bool {
        self.operator && area.starts_with(&*self.county)
            || self.held_at(area).any(|held| held.lasting && roles.iter().any(|role| **role == *held.role))
    }

    /// The same rights for these actions only, without duties, exemptions and unmasked fields: what a program with a token may do.
    /// Without reading nothing is left.
    #[must_use]
    pub fn only(mut self, actions: &[Action]) -> Self {
        self.operator = false;
        let reads = actions.contains(&Action::Read);
        for action in Action::ALL.into_iter().filter(|action| !reads || !actions.contains(action)) {
            self.reach[action.ix()].fill(Reach::default());
        }
        for held in &mut self.held {
            (held.lasting, held.passes_on) = (false, false);
            held.duties.clear();
            held.reveal.clear();
            held.exempt = Some(Vec::new());
        }
        if !reads {
            self.areas.clear();
        }
        self
    }

    /// Widest places of the reading grants, sorted; none lies within another.
    pub fn areas(&self) -> &[Box<str>] {
        &self.areas
    }

    /// Roles held now, each with its area.
    pub fn roles(&self) -> impl Iterator<Item = (&str, &str)> {
        self.held.iter().map(|held| (&*held.role, &*held.area))
    }

    /// The six digits that nothing reaches beyond.
    pub fn county(&self) -> &str {
        &self.county
    }

    /// The keeper of the machine, who holds no grants and may do everything.
    pub fn is_operator(&self) -> bool {
        self.operator
    }

    /// Reads no row of any ledger.
    pub fn reads_nothing(&self) -> bool {
        self.reach[Action::Read.ix()].iter().all(Reach::is_empty)
    }

    /// Whether this role may be given to another account there.
    ///
    /// # Errors
    /// Why not: who grants by duty grants within the own area, and roles that stand alone only at the county itself; anybody
    /// else grants only what is held there for good.
    pub fn may_grant(&self, pack: &Pack, role: &str, area: &str) -> Result<(), Refusal> {
        let role = pack.role_by_id(role).map(|ix| pack.role(ix)).ok_or(Refusal::UnknownRole)?;
        if !is_area(area) || !area.starts_with(&*self.county) {
            return Err(Refusal::UnknownArea);
        }
        // What such a role does has no place: held in one, it would act in all.
        if role.alone && area != &*self.county {
            return Err(Refusal::StandsAlone);
        }
        if self.may_in(Duty::Grants, area) {
            return Ok(());
        }
        if role.alone {
            return Err(Refusal::StandsAlone);
        }
        if self.held_at(area).any(|held| held.passes_on && *held.role == *role.id) {
            return Ok(());
        }
        let elsewhere = |held: &Held| held.duties.contains(&Duty::Grants) || held.passes_on && *held.role == *role.id;
        Err(if self.held.iter().any(elsewhere) { Refusal::BeyondArea } else { Refusal::NotHeld })
    }

    /// Grants that hold in the whole area.
    fn held_at(&self, area: &str) -> impl Iterator<Item = &Held> {
        self.held.iter().filter(move |held| area.starts_with(&*held.area))
    }
}
