//! Households and the people in them: who lives with whom, how old, able to do what. Exactly 8,113 and 22,000.

use rand::Rng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use crate::book::weighted;
use crate::ids::{Registry, TODAY, age, calendar, day};
use crate::names;
use crate::places::Site;
use crate::work::Work;

/// Households relocated by both Five-Year batches together.
pub const HOUSEHOLDS: usize = 8_113;
/// People living in them.
pub const PERSONS: usize = 22_000;

/// What somebody is to the head of the household.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kin {
    /// 户主
    Head,
    /// 配偶
    Spouse,
    /// 子
    Son,
    /// 女
    Daughter,
    /// 儿媳
    DaughterInLaw,
    /// 孙子女
    Grandchild,
    /// 父
    Father,
    /// 母
    Mother,
}

/// Ability to work (劳动能力).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ability {
    /// 技能
    Skilled,
    /// 普通
    Ordinary,
    /// 弱
    Weak,
    /// 丧失
    Lost,
    /// 无: children, students and the very old
    None,
}

/// One person.
#[derive(Debug, Clone)]
pub struct Person {
    /// Record id, once written.
    pub id: Uuid,
    /// Position of the household.
    pub house: usize,
    /// What they are to the head.
    pub kin: Kin,
    /// Name.
    pub name: String,
    /// Male.
    pub male: bool,
    /// Birthday.
    pub born: i32,
    /// Citizen ID number.
    pub number: String,
    /// Ability to work.
    pub ability: Ability,
    /// Goes to school.
    pub student: bool,
    /// Has a disability certificate.
    pub disabled: bool,
    /// Long illness.
    pub ill: bool,
    /// Party member.
    pub member: bool,
    /// What work they have at the demo day.
    pub work: Work,
}

impl Person {
    /// Whole years at the demo day.
    pub fn age(&self) -> i32 {
        age(self.born)
    }
    /// Can work: skilled or ordinary.
    pub fn able(&self) -> bool {
        matches!(self.ability, Ability::Skilled | Ability::Ordinary)
    }
}

/// One household.
#[derive(Debug, Clone)]
pub struct House {
    /// Record id, once written.
    pub id: Uuid,
    /// Number of the file, county-wide.
    pub number: String,
    /// Position of the site.
    pub site: usize,
    /// Position among the site's buildings.
    pub building: usize,
    /// Door, "2-301" or "6号".
    pub door: String,
    /// Thirteenth Five-Year batch, else twelfth.
    pub thirteenth: bool,
    /// Village it came from, 12 digits.
    pub origin: String,
    /// Day it moved in.
    pub moved_on: i32,
    /// Registered poor.
    pub poor: bool,
    /// Lives at the site; else away, or back at the place of origin.
    pub stay: Stay,
    /// Position of the paired cadre.
    pub cadre: usize,
    /// Positions of its members; the head first.
    pub members: std::ops::Range<usize>,
}

/// Where a household lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stay {
    /// At the site.
    Resident,
    /// All of it away for work.
    Away,
    /// Back at the place of origin.
    Returned,
}

/// Settles the sites.
pub fn settle(sites: &[Site], registry: &mut Registry, rng: &mut ChaCha8Rng) -> (Vec<House>, Vec<Person>) {
    let sizes = sizes(rng);
    let (mut houses, mut persons) = (Vec::with_capacity(HOUSEHOLDS), Vec::with_capacity(PERSONS));
    for (site_ix, site) in sites.iter().enumerate() {
        for order in 0..site.households {
            let number = houses.len();
            let first = persons.len();
            family(number, sizes.get(number).copied().unwrap_or(1), &mut persons, registry, rng);
            houses.push(house(site_ix, site, order, first..persons.len(), number, rng));
        }
    }
    admit_members(sites, &houses, &mut persons, rng);
    (houses, persons)
}

fn house(
    site_ix: usize,
    site: &Site,
    order: usize,
    members: std::ops::Range<usize>,
    number: usize,
    rng: &mut ChaCha8Rng,
) -> House {
    let building = order * site.buildings.len() / site.households;
    let first = (building * site.households).div_ceil(site.buildings.len());
    let place = order - first;
    let door = if site.apartments {
        format!("{}-{}{:02}", place / 24 + 1, place % 24 / 4 + 1, place % 4 + 1)
    } else {
        format!("{}号", place + 1)
    };
    let thirteenth = if site.thirteenth { rng.random_bool(0.94) } else { rng.random_bool(0.05) };
    let moved_on = (site.built_on + rng.random_range(20..300)).min(day(2019, 10, 30));
    House {
        id: Uuid::nil(),
        number: format!("NS{:05}", number + 1),
        site: site_ix,
        building,
        door,
        thirteenth,
        origin: site.origins[rng.random_range(0..site.origins.len())].code.clone(),
        moved_on,
        poor: rng.random_bool(if thirteenth { 0.88 } else { 0.42 }),
        stay: weighted_stay(rng),
        cadre: 0,
        members,
    }
}

fn weighted_stay(rng: &mut ChaCha8Rng) -> Stay {
    match rng.random_range(0..1000) {
        ..962 => Stay::Resident,
        962..992 => Stay::Away,
        _ => Stay::Returned,
    }
}

/// Sizes of the households, 22,000 people together.
fn sizes(rng: &mut ChaCha8Rng) -> Vec<usize> {
    const SHARES: [(u32, &usize); 6] = [(15, &1), (32, &2), (30, &3), (15, &4), (6, &5), (2, &6)];
    let mut sizes: Vec<usize> = (0..HOUSEHOLDS).map(|_| *weighted(rng, &SHARES)).collect();
    let mut sum: usize = sizes.iter().sum();
    while sum != PERSONS {
        let size = &mut sizes[rng.random_range(0..HOUSEHOLDS)];
        if sum < PERSONS && *size < 6 {
            *size += 1;
            sum += 1;
        } else if sum > PERSONS && *size > 1 {
            *size -= 1;
            sum -= 1;
        }
    }
    sizes
}

/// One family of that size, the head first.
fn family(house: usize, size: usize, persons: &mut Vec<Person>, registry: &mut Registry, rng: &mut ChaCha8Rng) {
    let mut cast = Cast { house, surname: names::surname(rng), registry, rng, persons };
    let old_head = match size {
        1 => cast.rng.random_bool(0.55),
        2 => cast.rng.random_bool(0.45),
        3 => cast.rng.random_bool(0.2),
        _ => cast.rng.random_bool(0.35),
    };
    let head_age = if old_head { cast.rng.random_range(56..80) } else { cast.rng.random_range(26..56) };
    let male = cast.rng.random_bool(0.86);
    let head_born = cast.person(Kin::Head, male, head_age);
    let head_year = calendar(head_born).0;
    let mut left = size - 1;
    let couple = left > 0 && (size > 2 && cast.rng.random_bool(0.93) || size == 2 && cast.rng.random_bool(0.72));
    if couple {
        let years = cast.rng.random_range(-1..5);
        cast.person(Kin::Spouse, !male, (head_age - if male { years } else { -years }).max(22));
        left -= 1;
    }
    if old_head && left >= 2 {
        left -= cast.young_family(head_age, left);
    }
    while left > 0 {
        let parent_age = head_age + cast.rng.random_range(21..32);
        let parents = cast
            .persons
            .iter()
            .rev()
            .take_while(|person| person.house == house && matches!(person.kin, Kin::Father | Kin::Mother))
            .count();
        if parents < 2 && parent_age < 93 && cast.rng.random_bool(0.3) {
            let father = parents == 0 && cast.rng.random_bool(0.4);
            let kin =
                if father || cast.persons.last().is_some_and(|last| last.kin == Kin::Mother && last.house == house) {
                    Kin::Father
                } else {
                    Kin::Mother
                };
            cast.person(kin, kin == Kin::Father, parent_age);
        } else {
            cast.child(head_age, head_year);
        }
        left -= 1;
    }
}

/// Puts people into one household.
struct Cast<'a> {
    house: usize,
    surname: &'static str,
    registry: &'a mut Registry,
    rng: &'a mut ChaCha8Rng,
    persons: &'a mut Vec<Person>,
}

impl Cast<'_> {
    fn person(&mut self, kin: Kin, male: bool, years: i32) -> i32 {
        let rng = &mut *self.rng;
        let born = (TODAY - years * 36_525 / 100 - rng.random_range(1..364)).min(TODAY - 20);
        let year = calendar(born).0;
        let married_in = matches!(kin, Kin::Spouse | Kin::DaughterInLaw | Kin::Mother);
        let surname = if married_in { names::surname(rng) } else { self.surname };
        let years = age(born);
        let student = (4..16).contains(&years) || (16..23).contains(&years) && rng.random_bool(0.62);
        let disabled = rng.random_bool(if years >= 60 { 0.09 } else { 0.025 });
        let ill = years >= 18 && rng.random_bool(if years >= 60 { 0.22 } else { 0.05 });
        let ability = ability(rng, years, student, disabled || ill);
        let name = format!("{surname}{}", names::given(rng, male, year));
        let number = self.registry.id_number(born, male);
        self.persons.push(Person {
            id: Uuid::nil(),
            house: self.house,
            kin,
            name,
            male,
            born,
            number,
            ability,
            student,
            disabled,
            ill,
            member: false,
            work: Work::None,
        });
        born
    }

    fn child(&mut self, head_age: i32, head_year: i32) {
        let years = (head_age - self.rng.random_range(21..31)).clamp(0, 38);
        let male = self.rng.random_bool(if head_year < 1965 { 0.72 } else { 0.53 });
        self.person(if male { Kin::Son } else { Kin::Daughter }, male, years);
    }

    /// A grown son with his wife and children, as far as there is room; gives how many came.
    fn young_family(&mut self, head_age: i32, room: usize) -> usize {
        let years = (head_age - self.rng.random_range(22..29)).clamp(24, 50);
        self.person(Kin::Son, true, years);
        let wife = years - self.rng.random_range(-1..4);
        self.person(Kin::DaughterInLaw, false, wife.max(22));
        let children = (room - 2).min(2);
        for order in 0..children {
            let child = (years - 24 - 3 * i32::try_from(order).unwrap_or(0)).clamp(0, 20);
            let male = self.rng.random_bool(0.53);
            self.person(Kin::Grandchild, male, child);
        }
        2 + children
    }
}

fn ability(rng: &mut ChaCha8Rng, years: i32, student: bool, poorly: bool) -> Ability {
    let roll = rng.random_range(0..100);
    match years {
        ..16 => Ability::None,
        _ if student => Ability::None,
        16..60 if poorly => {
            if roll < 45 {
                Ability::Weak
            } else if roll < 80 {
                Ability::Lost
            } else {
                Ability::Ordinary
            }
        }
        16..60 => {
            if roll < 21 {
                Ability::Skilled
            } else if roll < 89 {
                Ability::Ordinary
            } else {
                Ability::Weak
            }
        }
        60..70 if !poorly => {
            if roll < 18 {
                Ability::Ordinary
            } else {
                Ability::Weak
            }
        }
        60..75 => {
            if roll < 40 {
                Ability::Weak
            } else {
                Ability::Lost
            }
        }
        _ => Ability::None,
    }
}

/// Party members: three or more where there is a group, none to two elsewhere.
fn admit_members(sites: &[Site], houses: &[House], persons: &mut [Person], rng: &mut ChaCha8Rng) {
    for (site_ix, site) in sites.iter().enumerate() {
        let wanted =
            if site.has_group() { site.households / 16 + rng.random_range(0..4) } else { rng.random_range(0..3) };
        let mut grown: Vec<usize> = houses
            .iter()
            .filter(|house| house.site == site_ix)
            .flat_map(|house| house.members.clone())
            .filter(|&ix| (24..82).contains(&persons[ix].age()))
            .collect();
        // Men of middle age and older are the likelier members in the villages that moved.
        grown.shuffle(rng);
        grown.sort_by_cached_key(|&ix| {
            u8::from(!persons[ix].male) + u8::from(persons[ix].age() < 40) + u8::from(rng.random_bool(0.4))
        });
        for ix in grown.into_iter().take(wanted) {
            persons[ix].member = true;
        }
    }
}
