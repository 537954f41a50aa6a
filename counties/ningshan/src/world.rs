//! Everything that the chapters share: the book, the places, the people, the cadres.

use std::collections::BTreeSet;

use anju_pack::Pack;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use crate::book::{Book, chance, pick};
use crate::ids::{TODAY, day};
use crate::names;
use crate::people::{House, Person, Stay, settle};
use crate::places::{Division, Site, divisions, sites};
use crate::work;

/// Cadres in a current pairing (包帮干部).
pub const CADRES: usize = 1_363;
/// County offices that send cadres.
const OFFICES: [&str; 36] = [
    "县人社局",
    "县农业农村局",
    "县住建局",
    "县教体科技局",
    "县卫健局",
    "县民政局",
    "县水利局",
    "县交通局",
    "县林业局",
    "县财政局",
    "县自然资源局",
    "县发改局",
    "县文旅广电局",
    "县市场监管局",
    "县审计局",
    "县统计局",
    "县医保局",
    "县应急管理局",
    "县税务局",
    "县公安局",
    "县法院",
    "县检察院",
    "县司法局",
    "县总工会",
    "县妇联",
    "团县委",
    "县残联",
    "县供电公司",
    "县气象局",
    "县档案馆",
    "县融媒体中心",
    "县职教中心",
    "县医院",
    "县供销社",
    "县公路管理段",
    "县国有林场",
];

/// A cadre.
#[derive(Debug, Clone)]
pub struct Cadre {
    /// Record id, once written.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Unit.
    pub unit: String,
    /// Code of the list `cadre_level`.
    pub level: &'static str,
    /// Male.
    pub male: bool,
    /// Phone.
    pub phone: String,
    /// In service since.
    pub from: i32,
    /// In service until, if it ended.
    pub to: Option<i32>,
    /// Position of the site where they work.
    pub site: usize,
}

/// The county as it is written down.
pub struct World<'p> {
    /// The book.
    pub book: Book<'p>,
    /// Official divisions.
    pub divisions: Vec<Division>,
    /// The forty sites.
    pub sites: Vec<Site>,
    /// The households.
    pub houses: Vec<House>,
    /// The people in them.
    pub persons: Vec<Person>,
    /// Paired cadres, site by site; then those who left.
    pub cadres: Vec<Cadre>,
    /// One town lead for each site (包抓领导), and nobody twice.
    pub leads: Vec<Cadre>,
    /// Site staff: grid heads in the order of the sites.
    pub staff: Vec<Cadre>,
    /// The market entity of each site, once written.
    pub entities: Vec<Uuid>,
    /// Village branch of each site, once written.
    pub branches: Vec<Uuid>,
    /// Households with a warning that has not been lifted.
    pub watched: BTreeSet<Uuid>,
}

impl<'p> World<'p> {
    /// Plans the county; nothing is written yet.
    pub fn new(pack: &'p Pack) -> Self {
        let mut book = Book::new(pack);
        let rng = &mut chance(1);
        let divisions = divisions();
        let sites = sites(&divisions, rng);
        let (mut houses, mut persons) = settle(&sites, &mut book.registry, rng);
        work::plan(&houses, &mut persons, rng);
        for house in &mut houses {
            if persons[house.members.clone()].iter().all(|person| person.work.away()) {
                house.stay = Stay::Away;
            }
        }
        let mut world = Self {
            cadres: Vec::with_capacity(CADRES + 90),
            leads: Vec::new(),
            staff: Vec::new(),
            entities: Vec::new(),
            branches: Vec::new(),
            watched: BTreeSet::new(),
            book,
            divisions,
            houses: Vec::new(),
            persons,
            sites,
        };
        world.appoint(&mut houses, rng);
        world.houses = houses;
        world
    }

    /// Pairs every household with a cadre of its site and names leads and staff.
    fn appoint(&mut self, houses: &mut [House], rng: &mut ChaCha8Rng) {
        let shares = cadre_shares(&self.sites);
        let mut first = 0;
        for (site, share) in shares.into_iter().enumerate() {
            for _ in 0..share {
                let mut cadre = self.cadre(site, rng);
                // A few are known to leave within the quarter.
                cadre.to = rng.random_bool(0.011).then(|| TODAY + rng.random_range(4..88));
                self.cadres.push(cadre);
            }
            let count = self.sites[site].households;
            for (order, house) in houses.iter_mut().filter(|house| house.site == site).enumerate() {
                house.cadre = first + order * share / count;
            }
            first += share;
            let mut lead = self.cadre(site, rng);
            (lead.unit, lead.level) = (format!("{}党委", self.sites[site].town_name), "town");
            self.leads.push(lead);
            let mut head = self.cadre(site, rng);
            (head.unit, head.level) = (self.sites[site].village_name.clone(), "community");
            self.staff.push(head);
        }
        for _ in 0..90 {
            let site = rng.random_range(0..self.sites.len());
            let mut gone = self.cadre(site, rng);
            gone.from = day(2017, 3, 1) + rng.random_range(0..500);
            gone.to = Some(TODAY - rng.random_range(5..500));
            self.cadres.push(gone);
        }
    }

    fn cadre(&mut self, site: usize, rng: &mut ChaCha8Rng) -> Cadre {
        let male = rng.random_bool(0.64);
        let year = 1_963 + rng.random_range(0..34);
        let name = names::name(rng, male, year);
        let place = &self.sites[site];
        let (unit, level) = match rng.random_range(0..100) {
            ..58 => (pick(rng, &OFFICES).to_owned(), "county"),
            58..82 => (format!("{}人民政府", place.town_name), "town"),
            82..93 => (place.village_name.clone(), "village"),
            _ => (format!("{}驻村工作队", place.stem), "team"),
        };
        Cadre {
            id: Uuid::nil(),
            name,
            unit,
            level,
            male,
            phone: self.book.registry.phone(),
            from: day(2017, 2, 1) + rng.random_range(0..900),
            to: None,
            site,
        }
    }

    /// Positions of the households of a site.
    pub fn houses_of(&self, site: usize) -> Vec<usize> {
        (0..self.houses.len()).filter(|&ix| self.houses[ix].site == site).collect()
    }

    /// The head's position and name.
    pub fn head(&self, house: usize) -> &Person {
        &self.persons[self.houses[house].members.start]
    }
}

/// 1,363 cadres over the sites in proportion to their households (largest remainders).
fn cadre_shares(sites: &[Site]) -> Vec<usize> {
    let households: usize = sites.iter().map(|site| site.households).sum();
    let mut shares: Vec<usize> = sites.iter().map(|site| site.households * CADRES / households).collect();
    let mut order: Vec<usize> = (0..sites.len()).collect();
    order.sort_by_key(|&ix| std::cmp::Reverse(sites[ix].households * CADRES % households));
    let missing = CADRES - shares.iter().sum::<usize>();
    for &ix in order.iter().take(missing) {
        shares[ix] += 1;
    }
    shares
}
