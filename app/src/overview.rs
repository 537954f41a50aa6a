//! The county at a glance: five coverages and how they moved, what will lapse, where it is worst.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use anju_coverage::{Counts, Outcome, Status};
use anju_pack::{AreaLevel, MechanismIx, RequirementIx, Rule};

use anju_shard::{Bits, Shard};

use crate::actor::Seen;
use crate::{Actor, Area, Scope};

/// Days ahead that foresight looks.
pub const AHEAD: [i32; 3] = [7, 30, 90];
/// Weekly readings of a trend, the last one being the day itself.
pub const WEEKS: i32 = 12;

/// One mechanism's coverage.
#[derive(Debug, Clone)]
pub struct MechanismReading {
    /// The mechanism.
    pub mechanism: MechanismIx,
    /// The requirement that stands for it.
    pub headline: RequirementIx,
    /// Its coverage.
    pub counts: Counts,
    /// Gaps of all requirements of the mechanism; combined ones are not counted again.
    pub gaps: usize,
    /// Percent met, weekly, the oldest first; weeks with nobody to cover are left out.
    pub trend: Vec<f64>,
}

/// How one requirement stands at one site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// Its coverage.
    pub counts: Counts,
    /// Met now, and a gap in 30 days if nobody acts.
    pub lapsing: usize,
}

/// What lapses of one requirement.
#[derive(Debug, Clone)]
pub struct Lapsing {
    /// The requirement.
    pub requirement: RequirementIx,
    /// Subjects met now and a gap in 7, 30, 90 days if nobody acts.
    pub counts: [usize; 3],
}

/// A site and its gaps.
#[derive(Debug, Clone)]
pub struct SiteGaps {
    /// Code of the site.
    pub area: String,
    /// All its gaps.
    pub gaps: usize,
    /// The requirements with most of them.
    pub most: Vec<(RequirementIx, usize)>,
}

impl Actor {
    /// Requirements that pages list: those that are not merely a part of another, in the order of mechanisms and rows.
    pub fn listed(&self) -> Vec<RequirementIx> {
        let parts: HashSet<_> = (self.pack().requirements.iter())
            .flat_map(|requirement| match &requirement.rule {
                Rule::AllOf(parts) | Rule::AnyOf(parts) => parts.as_slice(),
                Rule::Needs(_) => &[],
            })
            .copied()
            .collect();
        let mut listed: Vec<_> =
            self.pack().requirement_ixs().filter(|ix| !parts.contains(ix) && self.sees(*ix)).collect();
        listed.sort_by_key(|ix| self.place_on_pages(*ix));
        listed
    }

    /// Requirements that ask for records themselves. Their gaps are what people work on; those of combined ones only repeat them.
    pub fn plain(&self) -> Vec<RequirementIx> {
        let mut plain: Vec<_> = self
            .pack()
            .requirement_ixs()
            .filter(|ix| matches!(self.pack().requirement(*ix).rule, Rule::Needs(_)) && self.sees(*ix))
            .collect();
        plain.sort_by_key(|ix| self.place_on_pages(*ix));
        plain
    }

    /// Every requirement of a mechanism, as its files have them.
    pub fn requirements_of(&self, mechanism: MechanismIx) -> Vec<RequirementIx> {
        let mut all: Vec<_> = (self.pack().requirement_ixs())
            .filter(|ix| self.pack().requirement(*ix).mechanism == mechanism && self.sees(*ix))
            .collect();
        all.sort_by_key(|ix| self.place_on_pages(*ix));
        all
    }

    /// Rows of the matrix: what is asked of sites and buildings themselves, and each mechanism's headline.
    pub fn in_matrix(&self) -> Vec<RequirementIx> {
        let places: HashSet<_> = self.place_ledgers().into_iter().map(|(ledger, _)| ledger).collect();
        let headlines: HashSet<_> = self.pack().mechanisms.iter().filter_map(|mechanism| mechanism.headline).collect();
        let shown = |ix: &RequirementIx| headlines.contains(ix) || places.contains(&self.pack().requirement(*ix).each);
        self.listed().into_iter().filter(|ix| shown(ix)).collect()
    }

    /// The places one level below another that lie within what the actor sees, villages left out where the county's own places lie in them.
    pub fn parts_of(&self, area: &str) -> Vec<Area> {
        let areas = self.areas();
        let own = areas.within(area, AreaLevel::Site).cloned().collect::<Vec<_>>();
        let parts = if area.len() == AreaLevel::Town.digits() && !own.is_empty() {
            own
        } else {
            areas.children(area).into_iter().cloned().collect()
        };
        parts.into_iter().filter(|part| self.holds_place(&part.code)).collect()
    }

    /// The mechanisms with a headline but for the base, each with its coverage and trend.
    pub fn mechanisms(&self, scope: &Scope) -> Vec<MechanismReading> {
        let plain = self.plain();
        (self.pack().mechanisms.iter().enumerate())
            .filter(|(_, mechanism)| mechanism.order > 0)
            .filter_map(|(at, mechanism)| Some((MechanismIx(u16::try_from(at).ok()?), mechanism.headline?)))
            .filter(|(_, headline)| self.sees(*headline))
            .map(|(mechanism, headline)| MechanismReading {
                mechanism,
                headline,
                counts: self.counts(headline, scope),
                gaps: plain
                    .iter()
                    .filter(|ix| self.pack().requirement(**ix).mechanism == mechanism)
                    .map(|ix| self.counts(*ix, scope).gap)
                    .sum(),
                trend: self.trend(headline, scope).into_iter().filter_map(|(_, counts)| percent(counts)).collect(),
            })
            .collect()
    }

    /// One requirement's percent met, weekly, the oldest first, with the day of each reading.
    pub fn trend(&self, ix: RequirementIx, scope: &Scope) -> Vec<(i32, Counts)> {
        (0..WEEKS)
            .rev()
            .map(|week| scope.on - week * 7)
            .map(|day| (day, self.counts(ix, &Scope { area: scope.area.clone(), on: day })))
            .collect()
    }

    /// Sites of a place against requirements: one row per requirement, one cell per site, both in order.
    pub fn matrix(&self, scope: &Scope, requirements: &[RequirementIx], sites: &[String]) -> Vec<Vec<Cell>> {
        let row = |shard: &Shard, [now, later]: [&Outcome; 2], ix: RequirementIx| -> Vec<Cell> {
            let seen = self.seen(shard, ix, &scope.area);
            let counts = by_site(&seen, now, ix, sites);
            let lost = seen.within(lapsed(now, later, ix));
            let places = now.areas(ix).filter(|_| !lost.none());
            let cell = |site: &String| Cell {
                counts: counts.get(site).copied().unwrap_or_default(),
                lapsing: places.map_or(0, |places| places.count(&lost, site)),
            };
            sites.iter().map(cell).collect()
        };
        self.evaluated([scope.on, scope.on + AHEAD[1]], |shard, outcomes| {
            requirements.iter().map(|ix| row(shard, outcomes, *ix)).collect()
        })
    }

    /// What lapses if nobody acts, most first.
    pub fn lapsing(&self, scope: &Scope) -> Vec<Lapsing> {
        let mut rows: Vec<_> = (self.plain().into_iter())
            .map(|ix| Lapsing { requirement: ix, counts: self.lapsing_of(ix, scope) })
            .filter(|row| row.counts.iter().any(|count| *count > 0))
            .collect();
        rows.sort_by_key(|row| (Reverse(row.counts[1]), Reverse(row.counts[2])));
        rows
    }

    /// Subjects that the actor sees in a place, which meet a requirement on one day and are a gap on a later one.
    pub(crate) fn lapsed_between(&self, ix: RequirementIx, scope: &Scope, on: i32, later: i32) -> usize {
        self.evaluated([on, later], |shard, [now, later]| match self.seen(shard, ix, &scope.area) {
            Seen::Nothing => 0,
            Seen::Whole => lapsed_in(now, later, ix, &scope.area),
            seen @ Seen::Rows(_) => seen.within(lapsed(now, later, ix)).count(),
        })
    }

    /// Codes of the sites in a place that the actor sees; the place itself when it is one, or lies in one.
    pub fn sites(&self, area: &str) -> Vec<String> {
        let digits = AreaLevel::Site.digits();
        if area.len() >= digits {
            return area.get(..digits).map(str::to_owned).into_iter().collect();
        }
        let areas = self.areas();
        let sites = areas.within(area, AreaLevel::Site).map(|site| site.code.clone());
        sites.filter(|code| self.holds_place(code)).collect()
    }

    /// The sites with most gaps, at most `limit`.
    pub fn worst_sites(&self, scope: &Scope, limit: usize) -> Vec<SiteGaps> {
        let codes = self.sites(&scope.area);
        let by_site: Vec<_> = self.evaluated([scope.on], |shard, [now]| {
            let counts = |ix| (ix, by_site(&self.seen(shard, ix, &scope.area), now, ix, &codes));
            self.plain().into_iter().map(counts).collect()
        });
        let mut sites: Vec<_> = (codes.into_iter())
            .map(|area| {
                let gaps_of = |counts: &BTreeMap<String, Counts>| counts.get(&area).map_or(0, |counts| counts.gap);
                let mut most: Vec<_> =
                    by_site.iter().map(|(ix, counts)| (*ix, gaps_of(counts))).filter(|(_, gaps)| *gaps > 0).collect();
                most.sort_by_key(|(_, gaps)| Reverse(*gaps));
                let gaps = most.iter().map(|(_, gaps)| gaps).sum();
                most.truncate(3);
                SiteGaps { area, gaps, most }
            })
            .filter(|site| site.gaps > 0)
            .collect();
        sites.sort_by(|a, b| b.gaps.cmp(&a.gaps).then_with(|| a.area.cmp(&b.area)));
        sites.truncate(limit);
        sites
    }

    /// Gaps that were none a week before, per requirement, most first.
    pub fn newly_opened(&self, scope: &Scope, limit: usize) -> Vec<(RequirementIx, usize)> {
        let mut rows: Vec<_> = (self.plain().into_iter())
            .map(|ix| (ix, self.lapsed_between(ix, scope, scope.on - 7, scope.on)))
            .filter(|(_, opened)| *opened > 0)
            .collect();
        rows.sort_by_key(|(_, opened)| Reverse(*opened));
        rows.truncate(limit);
        rows
    }
}

/// Percent met of those it applies to, exemptions left out; `None` when it applies to nobody.
pub fn percent(counts: Counts) -> Option<f64> {
    let whole = counts.met + counts.gap;
    #[expect(clippy::cast_precision_loss, reason = "no county has 2^52 people")]
    (whole > 0).then(|| counts.met as f64 * 100.0 / whole as f64)
}

/// How the seen subjects stand at each of some sites.
fn by_site(seen: &Seen, outcome: &Outcome, ix: RequirementIx, sites: &[String]) -> BTreeMap<String, Counts> {
    match seen {
        Seen::Nothing => BTreeMap::new(),
        Seen::Whole => outcome.counts_by(ix, AreaLevel::Site).into_iter().collect(),
        Seen::Rows(rows) => {
            let of = |status| {
                let mut bits = outcome.rows(ix, status);
                bits.and(rows);
                bits
            };
            let [met, gap, exempt, not_applicable] =
                [Status::Met, Status::Gap, Status::Exempt, Status::NotApplicable].map(of);
            let at = |bits: &Bits, site: &str| outcome.areas(ix).map_or(0, |places| places.count(bits, site));
            let counts = |site: &String| Counts {
                met: at(&met, site),
                gap: at(&gap, site),
                exempt: at(&exempt, site),
                not_applicable: at(&not_applicable, site),
            };
            sites.iter().map(|site| (site.clone(), counts(site))).collect()
        }
    }
}

/// Subjects that meet a requirement in one outcome and are a gap in another of the same state of the shard.
pub(crate) fn lapsed(now: &Outcome, later: &Outcome, ix: RequirementIx) -> Bits {
    let mut lost = now.rows(ix, Status::Met);
    lost.and(&later.rows(ix, Status::Gap));
    lost
}

/// How many of them there are in a place.
pub(crate) fn lapsed_in(now: &Outcome, later: &Outcome, ix: RequirementIx, area: &str) -> usize {
    let lost = lapsed(now, later, ix);
    if now.county().starts_with(area) {
        lost.count()
    } else {
        now.areas(ix).map_or(0, |places| places.count(&lost, area))
    }
}
