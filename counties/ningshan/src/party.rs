//! Party-building leadership: committees, branches, groups, instructors, members and their life; owners and property companies.

use anju_record::Value;
use rand::Rng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use crate::base::YUAN;
use crate::book::{chance, id, int, on, only, pick, text, until, yes};
use crate::ids::{TODAY, day};
use crate::names;
use crate::people::Stay;
use crate::world::World;

/// What a chapter knows of one site's organisations.
struct Body {
    branch: Uuid,
    group: Option<Uuid>,
    secretary: Uuid,
    /// The group leader's position among the persons.
    leader: Option<usize>,
    members: Vec<usize>,
}

/// Writes the chapter.
pub fn write(world: &mut World<'_>) {
    let rng = &mut chance(3);
    let bodies = organisations(world, rng);
    leads(world, rng);
    for (site, body) in bodies.iter().enumerate() {
        if body.group.is_none() {
            instructor(world, site, rng);
        }
        members(world, body, rng);
        life(world, body, rng);
    }
    transfers(world, &bodies, rng);
    self_governance(world, rng);
    property(world, rng);
    fees(world, rng);
    trinity(world, &bodies, rng);
    world.branches = bodies.iter().map(|body| body.branch).collect();
}

/// A cadre written by this chapter: an officer of a village branch.
fn officer(world: &mut World<'_>, site: usize, duty: &str, rng: &mut ChaCha8Rng) -> Uuid {
    let male = rng.random_bool(0.7);
    let since = day(2018, 1, 10) + rng.random_range(0..300);
    let year = rng.random_range(1962..1992);
    let phone = world.book.registry.phone();
    let unit = world.sites[site].village_name.clone();
    world.book.row(
        "cadre",
        since,
        [
            ("name", text(names::name(rng, male, year))),
            ("unit", text(unit)),
            ("duty", text(duty)),
            ("level", text("village")),
            ("sex", text(if male { "1" } else { "2" })),
            ("phone", text(phone)),
            ("serving_from", on(since)),
        ],
    )
}

fn organisations(world: &mut World<'_>, rng: &mut ChaCha8Rng) -> Vec<Body> {
    let mut committees: Vec<(String, Uuid)> = Vec::new();
    let mut bodies = Vec::with_capacity(world.sites.len());
    for site in 0..world.sites.len() {
        let (town, town_name) = (world.sites[site].town().to_owned(), world.sites[site].town_name.clone());
        let known = committees.iter().find(|(code, _)| *code == town).map(|(_, committee)| *committee);
        let committee = known.unwrap_or_else(|| {
            let contact = world.leads[site].id;
            let made = world.book.row(
                "party_committee",
                day(2016, 1, 1),
                [("town", text(&town)), ("name", text(format!("中共{town_name}委员会"))), ("contact", id(contact))],
            );
            committees.push((town, made));
            made
        });
        bodies.push(branch(world, site, committee, rng));
    }
    bodies
}

/// The village branch of a site, its officers, and the site's group under it.
fn branch(world: &mut World<'_>, site: usize, committee: Uuid, rng: &mut ChaCha8Rng) -> Body {
    let name = stem_with_kind(&world.sites[site].village_name);
    let stem = world.sites[site].stem.clone();
    let branch = world.book.row(
        "party_branch",
        day(2015, 6, 1),
        [
            ("village", text(&world.sites[site].village)),
            ("party_committee", id(committee)),
            ("name", text(format!("{name}党支部（{}）", world.sites[site].town_name))),
            ("receives_relocated", yes(true)),
            ("founded_on", on(day(2015, 6, 1))),
        ],
    );
    let elected = day(2018, 3, 1) + rng.random_range(0..60);
    let mut secretary = Uuid::nil();
    for (office, duty) in [("secretary", "党支部书记"), ("organisation", "组织委员"), ("discipline", "纪检委员")]
    {
        let cadre = officer(world, site, duty, rng);
        if office == "secretary" {
            secretary = cadre;
        }
        hold_office(world, branch, cadre, office, elected, None);
    }
    if rng.random_bool(0.4) {
        let former = officer(world, site, "原党支部委员", rng);
        hold_office(world, branch, former, "publicity", elected, Some(TODAY - rng.random_range(30..400)));
    }
    let members: Vec<usize> = (0..world.persons.len())
        .filter(|&ix| world.persons[ix].member && world.houses[world.persons[ix].house].site == site)
        .collect();
    let mut body = Body { branch, group: None, secretary, leader: None, members };
    if world.sites[site].has_group() {
        group(world, site, &stem, &mut body, elected, rng);
    }
    body
}

fn hold_office(world: &mut World<'_>, branch: Uuid, cadre: Uuid, office: &str, elected: i32, ended: Option<i32>) {
    world.book.row(
        "party_office",
        elected,
        [
            ("party_branch", id(branch)),
            ("cadre", id(cadre)),
            ("office", text(office)),
            ("elected_on", on(elected)),
            ("ended_on", until(ended)),
        ],
    );
}

/// The site's group; its leader is a relocated member who also sits on the branch committee.
fn group(world: &mut World<'_>, site: usize, stem: &str, body: &mut Body, elected: i32, rng: &mut ChaCha8Rng) {
    let founded = (world.sites[site].built_on + rng.random_range(60..200)).max(elected + 20);
    let here = |ix: &&usize| {
        world.houses[world.persons[**ix].house].stay == Stay::Resident && (30..66).contains(&world.persons[**ix].age())
    };
    let Some(leader) = body.members.iter().find(here).or_else(|| body.members.first()).copied() else { return };
    let person = &world.persons[leader];
    let (name, male, person_id) = (person.name.clone(), person.male, person.id);
    let phone = world.book.registry.phone();
    let unit = world.sites[site].village_name.clone();
    let cadre = world.book.row(
        "cadre",
        founded,
        [
            ("name", text(name)),
            ("unit", text(unit)),
            ("duty", text("党小组组长")),
            ("level", text("community")),
            ("sex", text(if male { "1" } else { "2" })),
            ("phone", text(phone)),
            ("person", id(person_id)),
            ("serving_from", on(founded)),
        ],
    );
    hold_office(world, body.branch, cadre, "member", founded, None);
    body.leader = Some(leader);
    body.group = Some(world.book.row(
        "party_group",
        founded,
        [
            ("site", id(world.sites[site].id)),
            ("name", text(format!("{stem}安置社区党小组"))),
            ("party_branch", id(body.branch)),
            ("leader", id(cadre)),
            ("founded_on", on(founded)),
        ],
    ));
}

fn leads(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    for site in 0..world.sites.len() {
        let place = world.sites[site].id;
        let since = day(2019, 3, 1) + rng.random_range(0..330);
        if rng.random_bool(0.4) {
            let former = officer(world, site, "原镇党委委员", rng);
            world.book.row(
                "town_lead",
                since - 400,
                [
                    ("site", id(place)),
                    ("cadre", id(former)),
                    ("started_on", on(since - 400)),
                    ("ended_on", on(since - 1)),
                ],
            );
        }
        let lead = world.leads[site].id;
        world.book.row(
            "town_lead",
            since,
            [
                ("site", id(place)),
                ("cadre", id(lead)),
                ("document", text(format!("镇党发〔2019〕{}号", rng.random_range(8..70)))),
                ("started_on", on(since)),
            ],
        );
    }
}

fn instructor(world: &mut World<'_>, site: usize, rng: &mut ChaCha8Rng) {
    let since = day(2019, 6, 1) + rng.random_range(0..200);
    let place = world.sites[site].id;
    if rng.random_bool(0.3) {
        let former = officer(world, site, "原党建指导员", rng);
        world.book.row(
            "party_instructor",
            since - 200,
            [("site", id(place)), ("cadre", id(former)), ("started_on", on(since - 200)), ("ended_on", on(since - 8))],
        );
    }
    let cadre = officer(world, site, "党建指导员", rng);
    // A few appointments are for a year and soon over.
    let ends = rng.random_bool(0.2).then(|| TODAY + rng.random_range(5..85));
    world.book.row(
        "party_instructor",
        since,
        [
            ("site", id(place)),
            ("cadre", id(cadre)),
            ("started_on", on(since)),
            ("ended_on", until(ends)),
            ("document", text(format!("镇党发〔2019〕{}号", rng.random_range(70..120)))),
        ],
    );
}

fn members(world: &mut World<'_>, body: &Body, rng: &mut ChaCha8Rng) {
    for &ix in &body.members {
        let person = world.persons[ix].id;
        let since = world.houses[world.persons[ix].house].moved_on + rng.random_range(15..90);
        let joined = world.persons[ix].born + 365 * rng.random_range(20..24);
        let agreed = rng.random_bool(0.86).then_some(since + 20);
        world.book.row(
            "party_membership",
            since,
            [
                ("person", id(person)),
                ("party_branch", id(body.branch)),
                ("party_group", body.group.map_or(Value::Null, id)),
                ("joined_party_on", on(joined.min(TODAY - 100))),
                ("since", on(since)),
                ("shows_identity", yes(agreed.is_some())),
                ("identity_agreed_on", until(agreed)),
                ("mobile", yes(world.persons[ix].work.away())),
            ],
        );
        if body.leader != Some(ix) {
            post(world, person, since, rng);
        }
    }
}

/// The post of a member without office, and what was done in it; some posts have lapsed, some soon will.
fn post(world: &mut World<'_>, person: Uuid, since: i32, rng: &mut ChaCha8Rng) {
    const POSTS: &str = "policy employment safety mediation hygiene civility care opinion supervision culture";
    const DEEDS: [&str; 5] =
        ["入户宣讲医保政策", "巡查楼道安全隐患", "调解邻里纠纷", "打扫公共区域卫生", "帮独居老人代购生活用品"];
    let kinds: Vec<&str> = POSTS.split(' ').collect();
    let started = (since + rng.random_range(20..200)).min(TODAY - 100);
    let ended = rng.random_bool(0.045).then(|| TODAY - rng.random_range(4..80));
    let ends_soon = rng.random_bool(0.05).then(|| TODAY + rng.random_range(3..89));
    let post = world.book.row(
        "party_post",
        started,
        [
            ("person", id(person)),
            ("kind", text(pick(rng, &kinds))),
            ("pledge", text("发挥先锋作用，服务左邻右舍")),
            ("started_on", on(started)),
            ("ended_on", until(ended.or(ends_soon))),
        ],
    );
    for back in [rng.random_range(2..86), rng.random_range(92..180)] {
        if rng.random_bool(0.86) && TODAY - back >= started && ended.is_none_or(|ended| TODAY - back <= ended) {
            world.book.row(
                "party_post_service",
                TODAY - back,
                [("party_post", id(post)), ("done_on", on(TODAY - back)), ("deed", text(pick(rng, &DEEDS)))],
            );
        }
    }
}

/// A year of branch life; who came to the last four occasions.
fn life(world: &mut World<'_>, body: &Body, rng: &mut ChaCha8Rng) {
    const TOPICS: [&str; 6] = [
        "学习易地搬迁后续扶持政策",
        "重温入党誓词",
        "疫情防控志愿服务",
        "通报党费收缴情况",
        "讨论无职党员设岗定责",
        "人居环境整治主题党日",
    ];
    let absent: Vec<usize> = body.members.iter().copied().filter(|_| rng.random_bool(0.08)).collect();
    for month in (0..12).rev() {
        let held = TODAY - 9 - month * 30 - rng.random_range(0..6);
        let with_group = body.group.is_some() && month % 3 == 1;
        let kind = match month {
            _ if with_group => "group",
            2 | 8 => "assembly",
            5 => "lecture",
            4 => "criticism",
            _ => "theme_day",
        };
        let meeting = world.book.row(
            "party_life",
            held,
            [
                ("party_branch", id(body.branch)),
                ("held_on", on(held)),
                ("kind", text(kind)),
                ("party_group", body.group.filter(|_| with_group).map_or(Value::Null, id)),
                ("topic", text(pick(rng, &TOPICS))),
                ("chair", id(body.secretary)),
            ],
        );
        if month > 3 {
            continue;
        }
        for ix in body.members.iter().filter(|&ix| month == 3 || !absent.contains(ix)) {
            let away = world.persons[*ix].work.away();
            let state = match rng.random_range(0..100) {
                ..78 if away => "online",
                ..82 => "present",
                82..94 => "leave",
                _ => "absent",
            };
            world.book.row(
                "party_life_attendance",
                held,
                [
                    ("person", id(world.persons[*ix].id)),
                    ("party_life", id(meeting)),
                    ("attended_on", on(held)),
                    ("state", text(state)),
                ],
            );
        }
    }
}

fn transfers(world: &mut World<'_>, bodies: &[Body], rng: &mut ChaCha8Rng) {
    let mut all: Vec<(usize, Uuid)> =
        bodies.iter().flat_map(|body| body.members.iter().map(|&ix| (ix, body.branch))).collect();
    all.shuffle(rng);
    for (order, (ix, branch)) in all.into_iter().take(150).enumerate() {
        let house = &world.houses[world.persons[ix].house];
        let from = world
            .divisions
            .iter()
            .find(|place| place.code == house.origin)
            .map_or_else(String::new, |place| place.name.clone());
        let open = order < 9;
        let refused = order == 9;
        let started =
            if open || refused { TODAY - rng.random_range(4..70) } else { house.moved_on + rng.random_range(1..12) };
        let sent = (!open || order % 3 > 0).then_some((started + 6).min(TODAY - 1));
        let received = (!open || order % 3 > 1).then_some((started + 13).min(TODAY));
        let state = match (open, received, sent) {
            _ if refused => "refused",
            (false, ..) => "done",
            (true, Some(_), _) => "received",
            (true, None, Some(_)) => "sent",
            _ => "started",
        };
        world.book.row(
            "membership_transfer",
            started,
            [
                ("person", id(world.persons[ix].id)),
                ("kind", text(if open && order % 2 == 0 { "in_province" } else { "in_county" })),
                ("from_branch", text(format!("{from}党支部"))),
                ("to_branch", id(branch)),
                ("letter_no", text(format!("NS-{:04}", order + 1))),
                ("state", text(state)),
                ("started_on", on(started)),
                ("sent_on", until(sent)),
                ("received_on", until(received.filter(|_| !refused))),
                ("done_on", until((state == "done").then_some(started + 15))),
            ],
        );
    }
}

fn self_governance(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    for site in 0..world.sites.len() {
        let place = &world.sites[site];
        let (place_id, owners) = (place.id, place.apartments);
        let kind = if owners { "owners_committee" } else { "residents_group" };
        // Three-year terms; a few end within the next quarter.
        let elected = TODAY - rng.random_range(100..900);
        let elected = elected.max(place.built_on + 30);
        let director = world.houses_of(site)[rng.random_range(0..20)];
        let director = world.head(director).name.clone();
        let phone = world.book.registry.phone();
        world.book.row(
            "owners_committee",
            elected,
            [
                ("site", id(place_id)),
                ("kind", text(kind)),
                ("director", text(director)),
                ("phone", text(phone)),
                ("members", int(if owners { 7 } else { 5 })),
                ("party_members", int(if owners { rng.random_range(2i64..5) } else { 1 })),
                ("elected_on", on(elected)),
                ("term_ends_on", on(if site % 9 == 4 { TODAY + rng.random_range(4..80) } else { elected + 3 * 365 })),
                ("filed_on", on(elected + 15)),
            ],
        );
    }
}

fn property(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    let towns: Vec<String> =
        world.divisions.iter().filter(|place| place.level == "town").map(|place| place.code.clone()).collect();
    let mut companies = Vec::new();
    for (order, town) in towns.iter().enumerate() {
        let name = world
            .divisions
            .iter()
            .find(|place| place.code == *town)
            .map_or_else(String::new, |place| place.name.clone());
        let founded = day(2018, 2, 1) + rng.random_range(0..400);
        let phone = world.book.registry.phone();
        companies.push(world.book.row(
            "property_company",
            founded,
            [
                ("name", text(format!("宁陕县{}安居物业服务有限公司", name.trim_end_matches('镇')))),
                ("credit_code", text(credit_code(500 + order))),
                ("kind", text(["village_owned", "contracted", "town_owned"][order % 3])),
                ("head", text(names::name(rng, true, 1975))),
                ("phone", text(phone)),
                ("founded_on", on(founded)),
            ],
        ));
    }
    for site in 0..world.sites.len() {
        let company =
            towns.iter().position(|town| town == world.sites[site].town()).map_or(companies[0], |ix| companies[ix]);
        let started = day(2019, 7, 1) + rng.random_range(0..150);
        let ends = if site % 7 == 3 { TODAY + rng.random_range(6..80) } else { started + 730 };
        let place = world.sites[site].id;
        let staff = (world.sites[site].households as i64 / 60).max(1);
        world.book.row(
            "property_contract",
            started,
            [
                ("site", id(place)),
                ("property_company", id(company)),
                ("started_on", on(started)),
                ("ended_on", on(ends)),
                ("fee_per_m2", int(rng.random_range(20i64..45))),
                ("staff", int(staff)),
                ("relocated_staff", int((staff * 2 / 3).max(1))),
            ],
        );
        repairs(world, site, rng);
    }
}

fn repairs(world: &mut World<'_>, site: usize, rng: &mut ChaCha8Rng) {
    const KINDS: [&str; 7] = ["water", "electric", "roof", "road", "refuse", "fire", "other"];
    let houses = world.houses_of(site);
    for _ in 0..(houses.len() / 28).max(2) {
        let house = &world.houses[houses[rng.random_range(0..houses.len())]];
        let reported = TODAY - rng.random_range(1..330);
        let open = reported > TODAY - 40 && rng.random_bool(0.4);
        let repaired = (!open).then(|| (reported + rng.random_range(0..9)).min(TODAY));
        let place = &world.sites[site];
        let values = [
            ("site", id(place.id)),
            ("kind", text(pick(rng, &KINDS))),
            ("building", id(place.buildings[house.building].id)),
            ("household", id(house.id)),
            ("reported_on", on(reported)),
            ("repaired_on", until(repaired)),
            ("cost", only(!open, int(YUAN * rng.random_range(20..800)))),
        ];
        world.book.row("property_repair", reported, values);
    }
}

/// Fees of this year in the apartment sites of two towns: enough to see who is behind.
fn fees(world: &mut World<'_>, rng: &mut ChaCha8Rng) {
    for ix in 0..world.houses.len() {
        let site = &world.sites[world.houses[ix].site];
        if !site.apartments || site.households > 330 || ix % 6 > 0 {
            continue;
        }
        let amount = YUAN * rng.random_range(120..360);
        let waived = if world.houses[ix].poor { amount / 2 } else { 0 };
        let paid_on = rng.random_bool(0.84).then(|| day(2020, 1, 5) + rng.random_range(0..120));
        world.book.row(
            "property_fee",
            day(2020, 1, 2),
            [
                ("household", id(world.houses[ix].id)),
                ("from_on", on(day(2020, 1, 1))),
                ("to_on", on(day(2020, 12, 31))),
                ("amount", int(amount)),
                ("waived", int(waived)),
                ("paid", int(if paid_on.is_some() { amount - waived } else { 0 })),
                ("paid_on", until(paid_on)),
            ],
        );
    }
}

fn trinity(world: &mut World<'_>, bodies: &[Body], rng: &mut ChaCha8Rng) {
    const TOPICS: [&str; 4] =
        ["楼道杂物清理与电动车停放", "物业费收缴与公共收益公开", "安心菜园地块调整", "疫情防控值守与夏季防汛"];
    for (site, body) in bodies.iter().enumerate() {
        let late = site % 8 == 5;
        for quarter in 0..4 {
            let held = TODAY - if late { 96 } else { 3 } - quarter * 91 - rng.random_range(0..70);
            let all = quarter > 0 || rng.random_bool(0.94);
            world.book.row(
                "trinity_meeting",
                held,
                [
                    ("site", id(world.sites[site].id)),
                    ("held_on", on(held)),
                    ("chair", id(body.secretary)),
                    ("party_present", yes(true)),
                    ("owners_present", yes(true)),
                    ("property_present", yes(all)),
                    ("topics", text(pick(rng, &TOPICS))),
                    ("decisions", text("明确责任人和完成时限，下次会议通报。")),
                ],
            );
        }
    }
}

/// A village's name without its committee: 汤坪社区, 寨沟村.
fn stem_with_kind(name: &str) -> String {
    ["居委会", "社区村委会"].iter().find_map(|body| name.strip_suffix(body)).map_or_else(
        || name.trim_end_matches("委会").to_owned(),
        |stem| stem.to_owned() + if name.contains("社区村") { "社区" } else { "" },
    )
}

/// A social credit code of a division that does not exist.
pub fn credit_code(order: usize) -> String {
    format!("91990923MA{order:07}X")
}
