//! The life of households under random sequences of events, in both databases: every law holds after each, and undoing brings back what was.
#![expect(clippy::unwrap_used, reason = "tests")]

mod entries;
#[path = "../county/prepared.rs"]
mod prepared;
mod since;
mod weddings;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anju_base::life::{self, Kin, LifeError, Member, Plan, Splitting, Texts, Way};
use anju_pack::LedgerIx;
use anju_record::{Code, Lang, Record, Value};
use anju_store::Query;
use prepared::{COUNTY, County, TODAY};
use uuid::Uuid;

/// Numbers that look random and are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

async fn all(county: &County, ledger: &str) -> Vec<Record> {
    let ix = county.ledger(ledger).unwrap();
    county.store.select(county.pack(), &Query::of(COUNTY, ix, TODAY)).await.unwrap()
}

fn value(county: &County, ledger: &str, record: &Record, field: &str) -> Value {
    let ledger = county.pack().ledger(county.ledger(ledger).unwrap());
    record.values[usize::from(ledger.field_by_id(field).unwrap().0)].clone()
}

fn text(words: impl AsRef<str>) -> String {
    words.as_ref().to_owned()
}

async fn living(county: &County) -> Vec<Uuid> {
    let open = |it: &Record| value(county, "household", it, "ended_on") == Value::Null;
    all(county, "household").await.into_iter().filter(open).map(|it| it.id).collect()
}

/// What stands of some files and their dwellings, with everything that refers to them and to their members.
async fn state(county: &County, homes: &[Uuid]) -> BTreeMap<(LedgerIx, Uuid), Vec<Value>> {
    let [household, person, dwelling] = ["household", "person", "dwelling"].map(|id| county.ledger(id).unwrap());
    let mut state = BTreeMap::new();
    for home in homes {
        let Some(file) = county.store.get(county.pack(), COUNTY, household, *home).await.unwrap() else { continue };
        if let Value::Id(door) = value(county, "household", &file, "dwelling") {
            state.insert((dwelling, door), county.stored(dwelling, door).await.values);
        }
        state.insert((household, *home), file.values);
        for at in county.attached(household, *home).await.unwrap() {
            let whole = county.stored(at.ledger, at.record.id).await;
            state.insert((at.ledger, at.record.id), whole.values);
            if at.ledger == person {
                for of in county.attached(person, at.record.id).await.unwrap() {
                    let whole = county.stored(of.ledger, of.record.id).await;
                    state.insert((of.ledger, of.record.id), whole.values);
                }
            }
        }
    }
    state
}

/// Everything that must hold of all files. `people` is how many living members there must be.
async fn laws(county: &County, people: usize) {
    let files = all(county, "household").await;
    let open: BTreeSet<Uuid> =
        (files.iter()).filter(|it| value(county, "household", it, "ended_on") == Value::Null).map(|it| it.id).collect();
    let numbers: BTreeSet<String> =
        files.iter().map(|it| format!("{:?}", value(county, "household", it, "number"))).collect();
    assert_eq!(numbers.len(), files.len(), "two files have one number");
    let (mut heads, mut members): (BTreeMap<Uuid, usize>, BTreeMap<Uuid, usize>) = Default::default();
    let mut number = 0;
    let mut identities = BTreeSet::new();
    for person in all(county, "person").await {
        if value(county, "person", &person, "left_on") != Value::Null {
            continue;
        }
        number += 1;
        let Value::Id(home) = value(county, "person", &person, "household") else { panic!("nowhere") };
        *members.entry(home).or_default() += 1;
        if value(county, "person", &person, "kinship") == Value::Text("02".into()) {
            *heads.entry(home).or_default() += 1;
        }
        if let Value::Text(id) = value(county, "person", &person, "id_number") {
            assert!(identities.insert(id.to_string()), "somebody stands in two files");
        }
    }
    for home in &open {
        assert_eq!(heads.get(home), Some(&1), "one head in {home}");
        assert!(members.get(home).is_some_and(|count| *count >= 1), "an empty file is open: {home}");
    }
    assert!(members.keys().all(|home| open.contains(home)), "somebody was left behind in a closed file");
    assert_eq!(number, people, "born + formed − dead − left");
    for pairing in all(county, "pairing").await {
        if value(county, "pairing", &pairing, "ended_on") == Value::Null {
            let Value::Id(home) = value(county, "pairing", &pairing, "household") else { panic!("nobody's") };
            assert!(open.contains(&home), "a closed file is cared for");
        }
    }
}

/// The first is the head, the others are relatives.
fn kin<'a>(members: impl IntoIterator<Item = &'a Member>) -> Kin {
    let code = |at: usize| if at == 0 { "02" } else { "99" };
    members.into_iter().enumerate().map(|(at, member)| (member.record.id, text(code(at)))).collect()
}

fn person_texts(name: &str, born: &str, kinship: &str) -> Texts {
    let fields = [
        ("name", name),
        ("born_on", born),
        ("kinship", kinship),
        ("sex", "1"),
        ("joined_on", "2020-05-01"),
        ("work_ability", "ordinary"),
        ("political_status", "13"),
    ];
    fields.map(|(field, words)| (text(field), text(words))).into()
}

struct Story {
    plan: Result<Plan, LifeError>,
    /// By how much the number of people changes.
    more: isize,
    homes: Vec<Uuid>,
    can_be_undone: bool,
}

/// The building that a file stands in.
async fn place_of(county: &County, home: Uuid) -> Option<Uuid> {
    let file = county.stored(county.ledger("household").unwrap(), home).await;
    match value(county, "household", &file, "building") {
        Value::Id(id) => Some(id),
        _ => None,
    }
}

/// A new file in the building of another.
async fn formed_texts(county: &County, beside: Uuid, turn: usize) -> Texts {
    let building = place_of(county, beside).await.unwrap().to_string();
    let fields = [
        ("number", format!("新{turn}")),
        ("building", building),
        ("batch", text("fyp12")),
        ("registered_poor", text("是")),
        ("moved_in_on", text("2020-05-10")),
    ];
    fields.map(|(field, words)| (text(field), words)).into()
}

/// Somebody from elsewhere, or out of another file, comes into one.
async fn married_in(
    county: &County,
    chance: &mut Chance,
    (home, other): (Uuid, Option<Uuid>),
    turn: usize,
) -> Result<Plan, LifeError> {
    let Some(other) = other else {
        let texts = person_texts(&format!("外来{turn}"), "1990-05-10", "10");
        return life::marry_in(county, home, None, &texts, TODAY).await;
    };
    let (_, people) = life::standing_file(county, other).await.unwrap();
    let who = people[chance.below(people.len())].record.id;
    life::marry_in(county, home, Some(who), &person_texts("", "", "10"), TODAY).await
}

async fn event(county: &County, chance: &mut Chance, homes: &[Uuid], turn: usize) -> Story {
    let home = homes[chance.below(homes.len())];
    let (_, members) = life::standing_file(county, home).await.unwrap();
    let mut story =
        Story { plan: Err(LifeError::Faults(Vec::new())), more: 0, homes: vec![home], can_be_undone: false };
    match chance.below(11) {
        0 | 1 => {
            let (go, stay) = members.split_at(chance.below(members.len()).max(1));
            let asked = Splitting {
                go: kin(go),
                stay: kin(stay),
                file: [(text("number"), format!("分{turn}"))].into(),
                on: TODAY,
                ..Splitting::default()
            };
            (story.plan, story.can_be_undone) = (life::split(county, home, &asked).await, true);
        }
        2 | 3 => {
            let other = homes[chance.below(homes.len())];
            let (_, people) = life::standing_file(county, other).await.unwrap();
            let relatives: Kin = people.iter().map(|member| (member.record.id, text("99"))).collect();
            story.plan = life::merge(county, home, other, &relatives, TODAY).await;
            (story.homes, story.can_be_undone) = (vec![home, other], true);
        }
        4 => {
            story.more = 1;
            story.plan = life::birth(county, home, &person_texts("新生", "2020-05-10", "40")).await;
        }
        5 => {
            let who = &members[chance.below(members.len())];
            let way = Way::ALL[chance.below(Way::ALL.len())];
            let stay = members.iter().filter(|member| member.record.id != who.record.id);
            story.more = -1;
            story.plan = life::depart(county, home, &[who.record.id], (way, TODAY), &kin(stay)).await;
        }
        6 => {
            let mut turned: Vec<&Member> = members.iter().collect();
            turned.rotate_left(1);
            story.plan = life::change_head(county, home, &kin(turned), TODAY).await;
        }
        7 => {
            let texts = formed_texts(county, home, turn).await;
            story.plan = life::form(county, &texts, &person_texts(&format!("新户主{turn}"), "1980-05-10", "02")).await;
            (story.more, story.homes) = (1, Vec::new());
        }
        8 => {
            let other = homes[chance.below(homes.len())];
            let building = place_of(county, other).await;
            story.plan = life::relocate(county, home, building, None, TODAY).await;
            story.can_be_undone = true;
        }
        marriage => {
            let from = (marriage == 10).then(|| homes[chance.below(homes.len())]);
            (story.more, story.can_be_undone) = (isize::from(from.is_none()), from.is_some());
            story.homes.extend(from);
            story.plan = married_in(county, chance, (home, from), turn).await;
        }
    }
    story
}

async fn random_lives(county: &Arc<County>) {
    let mut chance = Chance(20_200_516);
    let left = |it: &Record| value(county, "person", it, "left_on") != Value::Null;
    let mut people = all(county, "person").await.iter().filter(|it| !left(it)).count();
    laws(county, people).await;
    let mut among: Vec<Uuid> = living(county).await.into_iter().step_by(97).take(24).collect();
    let (mut done, mut undone) = (0, 0);
    for turn in 0..160 {
        let story = event(county, &mut chance, &among, turn).await;
        // What is refused writes nothing; the laws are looked at below.
        let Ok(plan) = story.plan else { continue };
        let mut homes = story.homes;
        let before = state(county, &homes).await;
        plan.carry_out(county, Some(text("随机测试"))).await.unwrap();
        done += 1;
        homes.push(plan.household);
        if story.can_be_undone && chance.below(2) == 0 {
            life::undo(county, plan.event, Some(text("随机撤销"))).await.unwrap();
            let after = state(county, &homes).await;
            assert_eq!(after, before, "undone to exactly what was");
            undone += 1;
        } else {
            people = people.checked_add_signed(story.more).unwrap();
            among.push(plan.household);
        }
        let open: BTreeSet<Uuid> = living(county).await.into_iter().collect();
        among.retain(|home| open.contains(home));
        among.sort_unstable();
        among.dedup();
        if turn % 16 == 0 {
            laws(county, people).await;
        }
    }
    laws(county, people).await;
    assert!(done > 60 && undone > 15, "{done} done, {undone} undone");
}

async fn what_was_touched_stands_against_undoing(county: &Arc<County>) {
    let homes: Vec<Uuid> = living(county).await.into_iter().step_by(211).take(8).collect();
    for home in homes {
        let (_, members) = life::standing_file(county, home).await.unwrap();
        if members.len() < 3 {
            continue;
        }
        let (go, stay) = members.split_at(1);
        let asked = Splitting {
            go: kin(go),
            stay: kin(stay),
            file: [(text("number"), text("分后再改"))].into(),
            on: TODAY,
            ..Splitting::default()
        };
        let plan = life::split(county, home, &asked).await.unwrap();
        plan.carry_out(county, None).await.unwrap();
        let birth = life::birth(county, plan.household, &person_texts("后生", "2020-05-16", "20")).await.unwrap();
        birth.carry_out(county, None).await.unwrap();
        let error = life::undo(county, plan.event, None).await.unwrap_err();
        let anju_app::UndoError::Touched(touched) = error else { panic!("{error}") };
        let names: Vec<&str> = touched.iter().map(|it| it.name.as_str()).collect();
        assert!(names.contains(&"后生"), "{names:?}");
        assert!(touched.iter().all(|it| it.actor == "operator"));
        life::undo(county, birth.event, None).await.unwrap();
        life::undo(county, plan.event, None).await.unwrap();
        return;
    }
    panic!("no household of three");
}

/// Those who were paired at the old site have left the household; undone, everything stands as before.
async fn a_move_to_another_site_is_undone(county: &Arc<County>) {
    let [household, person] = ["household", "person"].map(|id| county.ledger(id).unwrap());
    let mut undone = 0;
    let homes: Vec<Uuid> = living(county).await.into_iter().step_by(811).collect();
    for pair in homes.windows(2) {
        let [home, other] = [county.stored(household, pair[0]).await, county.stored(household, pair[1]).await];
        let Value::Id(building) = value(county, "household", &other, "building") else { continue };
        if home.area == other.area {
            continue;
        }
        let before = state(county, &[home.id]).await;
        let plan = life::relocate(county, home.id, Some(building), None, TODAY).await.unwrap();
        plan.carry_out(county, None).await.unwrap();
        assert_eq!(county.stored(household, home.id).await.area, other.area);
        let (_, members) = life::standing_file(county, home.id).await.unwrap();
        let member = county.seen_record(person, members[0].record.id).await.unwrap().unwrap();
        let told = county.history(&member, Lang::Zh).await.unwrap().remove(0).changes;
        assert!(told.iter().any(|change| change.title.zh == "所在地"), "who went along is told to lie elsewhere");
        assert_ne!(state(county, &[home.id]).await, before);
        life::undo(county, plan.event, None).await.unwrap();
        assert_eq!(state(county, &[home.id]).await, before);
        assert_eq!(county.stored(household, home.id).await.area, home.area);
        undone += 1;
    }
    assert!(undone > 3, "{undone} undone");
}

/// The file says why it is closed, before and after; undone, everything stands as before.
async fn the_last_to_leave_say_why_a_file_is_closed(county: &Arc<County>) {
    let said = [
        (Way::Died, "died", "人员自然消亡", None),
        (Way::Returned, "returned", "退出搬迁返回原籍", Some("returned")),
        (Way::MarriedOut, "left", "成员全部离户", None),
        (Way::MovedOut, "moved_on", "整户迁出", Some("moved_on")),
        (Way::Conscripted, "left", "成员全部离户", None),
    ];
    let (household, pairing) = (county.ledger("household").unwrap(), county.ledger("pairing").unwrap());
    let mut pairings = 0;
    let homes: Vec<Uuid> = living(county).await.into_iter().skip(7).step_by(131).take(said.len()).collect();
    assert_eq!(homes.len(), said.len());
    for ((way, reason, words, status), home) in said.into_iter().zip(homes) {
        let (_, members) = life::standing_file(county, home).await.unwrap();
        let who: Vec<Uuid> = members.iter().map(|member| member.record.id).collect();
        let before = state(county, &[home]).await;
        let stood = value(county, "household", &county.stored(household, home).await, "status");
        let plan = life::depart(county, home, &who, (way, TODAY), &Kin::new()).await.unwrap();
        let foreseen = county.foreseen(&plan.steps, Lang::Zh).await.unwrap();
        let file = foreseen.iter().find(|it| it.ledger == household).unwrap();
        assert!(file.changes.iter().any(|it| it.after.as_deref() == Some(words)), "{way:?} is foreseen as {words}");
        let why = if status.is_some() { "户搬离" } else { "销户或并户" };
        for ended in foreseen.iter().filter(|it| it.ledger == pairing) {
            assert!(
                ended.changes.iter().any(|it| it.after.as_deref() == Some(why)),
                "{way:?}: the pairing ends as {why}"
            );
            pairings += 1;
        }
        plan.carry_out(county, None).await.unwrap();
        let event = county.stored(county.ledger("household_event").unwrap(), plan.event).await;
        let kind = match way {
            Way::Died => "died",
            Way::Returned => "returned",
            Way::MarriedOut | Way::MovedOut | Way::Conscripted => "left",
        };
        assert_eq!(value(county, "household_event", &event, "kind"), Value::Text(kind.into()), "{way:?}");
        assert_eq!(
            life::concerned(county, plan.event).await.unwrap().unwrap().len(),
            who.len(),
            "{way:?}: all are told"
        );
        let file = county.stored(household, home).await;
        if let Value::Id(door) = value(county, "household", &file, "dwelling") {
            assert_ne!(state_of(county, door).await, Value::Text("lived_in".into()), "{way:?}: nobody lives there");
        }
        let now = [value(county, "household", &file, "end_reason"), value(county, "household", &file, "status")];
        let status = status.map_or(stood, |code: &str| Value::Text(code.into()));
        assert_eq!(now, [Value::Text(reason.into()), status], "{way:?}");
        life::undo(county, plan.event, None).await.unwrap();
        assert_eq!(state(county, &[home]).await, before, "{way:?}");
    }
    assert!(pairings > 0, "households have cadres");
}

/// Whoever marries into another file out of one of their own leaves it without members, and nobody is merged.
async fn who_marries_away_last_leaves_an_empty_file(county: &Arc<County>) {
    let household = county.ledger("household").unwrap();
    let homes = living(county).await;
    for pair in homes.windows(2).skip(5).step_by(7) {
        let (_, members) = life::standing_file(county, pair[0]).await.unwrap();
        let [alone] = members.as_slice() else { continue };
        let before = state(county, pair).await;
        let who = Some(alone.record.id);
        let plan = life::marry_in(county, pair[1], who, &person_texts("", "", "10"), TODAY).await.unwrap();
        plan.carry_out(county, None).await.unwrap();
        let file = county.stored(household, pair[0]).await;
        assert_eq!(value(county, "household", &file, "end_reason"), Value::Text("left".into()));
        life::undo(county, plan.event, None).await.unwrap();
        assert_eq!(state(county, pair).await, before);
        return;
    }
    panic!("nobody lives alone");
}

/// The state of a dwelling.
async fn state_of(county: &County, dwelling: Uuid) -> Value {
    value(county, "dwelling", &county.stored(county.ledger("dwelling").unwrap(), dwelling).await, "state")
}

/// Writes the state of a dwelling.
async fn is_now(county: &County, dwelling: Uuid, state: &str) {
    let ledger = county.ledger("dwelling").unwrap();
    let field = county.pack().ledger(ledger).field_by_id("state").unwrap();
    let mut steps = anju_app::Steps::default();
    let set = vec![(field, anju_app::Set::To(Value::Text(state.into())))];
    steps.amend(ledger, &county.stored(ledger, dwelling).await, set);
    county.carry_out(&steps, None, None).await.unwrap();
}

/// Two open files in dwellings that are lived in, each with its dwelling.
async fn lived_in(county: &County) -> [(Uuid, Uuid); 2] {
    let household = county.ledger("household").unwrap();
    let mut found = Vec::new();
    for home in living(county).await.into_iter().skip(13).step_by(59) {
        let file = county.stored(household, home).await;
        let Value::Id(door) = value(county, "household", &file, "dwelling") else { continue };
        if state_of(county, door).await == Value::Text("lived_in".into()) {
            found.push((home, door));
        }
    }
    [found[0], found[1]]
}

/// Whoever leaves a dwelling leaves it empty, and whoever comes lives in it; one that is let stays so. Undone, all is as before.
async fn a_dwelling_says_whether_it_is_lived_in(county: &Arc<County>) {
    let [lived, vacant, rented] = ["lived_in", "vacant", "let"].map(|code| Value::Text(code.into()));
    let [(one, left), (other, own)] = lived_in(county).await;
    let before = state(county, &[one, other]).await;
    let building = place_of(county, one).await;
    let out = life::relocate(county, one, building, None, TODAY).await.unwrap();
    let foreseen = county.foreseen(&out.steps, Lang::Zh).await.unwrap();
    let door = foreseen.iter().find(|it| it.id == Some(left)).expect("the dwelling is in the preview");
    assert_eq!(door.changes[0].after.as_deref(), Some("空置"));
    out.carry_out(county, None).await.unwrap();
    assert_eq!(state_of(county, left).await, vacant);
    let into = life::relocate(county, other, None, Some(left), TODAY).await.unwrap();
    into.carry_out(county, None).await.unwrap();
    assert_eq!([state_of(county, left).await, state_of(county, own).await], [lived, vacant]);
    life::undo(county, into.event, None).await.unwrap();
    life::undo(county, out.event, None).await.unwrap();
    assert_eq!(state(county, &[one, other]).await, before);
    is_now(county, left, "let").await;
    let out = life::relocate(county, one, building, None, TODAY).await.unwrap();
    out.carry_out(county, None).await.unwrap();
    assert_eq!(state_of(county, left).await, rented, "whoever rents it is still there");
    life::undo(county, out.event, None).await.unwrap();
    is_now(county, left, "lived_in").await;
}

async fn faults_are_told_at_once(county: &Arc<County>) {
    let home = living(county).await[5];
    let (number, members) = life::standing_file(county, home).await.unwrap();
    let everybody = Splitting {
        go: members.iter().map(|member| (member.record.id, text("99"))).collect(),
        on: TODAY + 1,
        ..Splitting::default()
    };
    let Err(LifeError::Faults(faults)) = life::split(county, home, &everybody).await else { panic!("taken") };
    let told: Vec<(&str, Code)> = faults.iter().map(|fault| (fault.path.as_str(), fault.code)).collect();
    for wanted in [("on", Code::TooLate), ("head", Code::NotExactlyOne), ("number", Code::Required)] {
        assert!(told.contains(&wanted), "{wanted:?}: {told:?}");
    }
    let taken = Splitting {
        go: kin(&members[..1]),
        stay: kin(&members[1..]),
        file: [(text("number"), number)].into(),
        on: TODAY,
        ..Splitting::default()
    };
    if members.len() > 1 {
        let plan = life::split(county, home, &taken).await.unwrap();
        let error = plan.carry_out(county, None).await.unwrap_err().to_string();
        assert!(error.contains("F023"), "a number is had by one file: {error}");
    }
}

async fn doubles_are_found_and_made_one(county: &Arc<County>) {
    let person = county.ledger("person").unwrap();
    let homes: Vec<Uuid> = living(county).await.into_iter().step_by(301).take(2).collect();
    let first = life::birth(county, homes[0], &person_texts("欧阳重名", "2020-05-02", "20")).await.unwrap();
    first.carry_out(county, None).await.unwrap();
    let second = life::birth(county, homes[1], &person_texts("欧阳重名", "2020-05-02", "20")).await.unwrap();
    second.carry_out(county, None).await.unwrap();
    let begun = std::time::Instant::now();
    let anju_base::Swept { pairs, number, .. } = anju_base::sweep(county, 1_000_000).await.unwrap();
    let took = begun.elapsed();
    println!("{number} pairs among all entries in {took:?}");
    assert!(took.as_millis() < 1_000, "the sweep took {took:?}");
    let name = |record: &Record| value(county, "person", record, "name");
    let of = Value::Text("欧阳重名".into());
    let pair = pairs.iter().find(|pair| name(&pair.one) == of && name(&pair.other) == of).expect("a pair");
    assert_eq!(pair.rule, 0, "the same name and day of birth");
    let (one, other) = (pair.one.id, pair.other.id);
    let third = life::birth(county, homes[1], &person_texts("欧阳重明", "2020-05-02", "20")).await.unwrap();
    let sounding = county.likes_of(&third.steps).await.unwrap();
    assert!(sounding.iter().all(|like| like.why == anju_app::Alikeness::Rule(1)), "another name, the same sound");
    let third = life::birth(county, homes[1], &person_texts("欧阳重名", "2020-05-02", "20")).await.unwrap();
    let likes = county.likes_of(&third.steps).await.unwrap();
    let seen = likes.iter().filter(|like| like.there.is_some()).count();
    assert_eq!((likes.len(), seen), (2, 2), "on entry both are told of");
    let phone = county.pack().ledger(person).field_by_id("phone").unwrap();
    let before = state(county, &homes).await;
    let plan = anju_base::merge_persons(county, one, other, &[phone]).await.unwrap();
    plan.carry_out(county, None).await.unwrap();
    assert!(county.store.get(county.pack(), COUNTY, person, other).await.unwrap().is_none(), "one entry is left");
    let events = county.attached(person, one).await.unwrap();
    assert_eq!(events.len(), 3, "both births and the merging speak of the one that stays");
    life::undo(county, plan.event, None).await.unwrap();
    assert_eq!(state(county, &homes).await, before);
    anju_base::tell_apart(county, one, other).await.unwrap();
    let anju_base::Swept { pairs, number: fewer, .. } = anju_base::sweep(county, 1_000_000).await.unwrap();
    assert_eq!(fewer, number - 1);
    assert!(pairs.iter().all(|pair| (pair.one.id, pair.other.id) != (one, other)), "what was told apart stays apart");
}

async fn two_files_of_one_household_become_one(county: &Arc<County>) {
    let homes: Vec<Uuid> = living(county).await.into_iter().step_by(173).skip(3).take(2).collect();
    let (keep, gone) = (homes[0], homes[1]);
    let (_, kept) = life::standing_file(county, keep).await.unwrap();
    let (_, double) = life::standing_file(county, gone).await.unwrap();
    let before = state(county, &homes).await;
    let same = [(double[0].record.id, kept[0].record.id)];
    let rest: Kin = double[1..].iter().map(|member| (member.record.id, text("99"))).collect();
    let field = |id: &str| county.pack().ledger(county.ledger("household").unwrap()).field_by_id(id).unwrap();
    let joining = life::Joining { same: same.into(), kin: rest, take: vec![field("number"), field("origin_group")] };
    let plan = life::merge_files(county, keep, gone, &joining).await.unwrap();
    plan.carry_out(county, None).await.unwrap();
    let (_, together) = life::standing_file(county, keep).await.unwrap();
    assert_eq!(together.len(), kept.len() + double.len() - 1);
    let household = county.ledger("household").unwrap();
    assert!(county.store.get(county.pack(), COUNTY, household, gone).await.unwrap().is_none());
    life::undo(county, plan.event, None).await.unwrap();
    assert_eq!(state(county, &homes).await, before);
}

async fn tell(county: Arc<County>) {
    doubles_are_found_and_made_one(&county).await;
    two_files_of_one_household_become_one(&county).await;
    faults_are_told_at_once(&county).await;
    what_was_touched_stands_against_undoing(&county).await;
    a_move_to_another_site_is_undone(&county).await;
    the_last_to_leave_say_why_a_file_is_closed(&county).await;
    who_marries_away_last_leaves_an_empty_file(&county).await;
    a_dwelling_says_whether_it_is_lived_in(&county).await;
    since::a_death_since_a_merge_stands_against_undoing_it(&county).await;
    entries::two_are_told_apart_once(&county).await;
    entries::a_change_is_part_of_its_own_event(&county).await;
    weddings::who_marries_is_married(&county).await;
    weddings::who_marries_again_is_married_again(&county).await;
    weddings::who_stays_of_a_couple_is_widowed(&county).await;
    random_lives(&county).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lives_in_sqlite_keep_every_law() {
    let folder = tempfile::tempdir().unwrap();
    tell(prepared::in_sqlite(folder.path()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lives_in_postgres_keep_every_law() {
    let cluster = anju_store::testing::Cluster::start().unwrap_or_else(|words| panic!("{words}"));
    let database = cluster.database("anju_lives").await.unwrap();
    let store = anju_store::Store::open(&database, anju_vault::Vault::testing()).await.unwrap();
    tell(prepared::open(store).await).await;
}
