//! Records that rows name by less than tells them apart: nobody guesses, and what was taken away comes back to where it was.

use anju_app::{Actor, Columns, Progress, Reading, RollAsk, RowState, SheetRead, Took};
use anju_exchange::FaultKind;
use anju_exchange::write::TableFormat;
use anju_pack::Kind;
use anju_record::{Code, Draft, Lang, Record, Value, validate};
use anju_store::Write;
use uuid::Uuid;

use crate::desk::{Desk, SITE, TODAY, told};
use crate::rosters::{csv, people};

const ROSTER: &str = "household_roster";

/// Codes of a field and what they are called.
fn values(desk: &Desk, ledger: &str, field: &str) -> Vec<(String, String)> {
    let definition = desk.pack().ledger(desk.ix(ledger));
    let Kind::Code { list } = definition.field(definition.field_by_id(field).unwrap()).kind else { panic!("{field}") };
    desk.pack().code_list(list).values.iter().map(|value| (value.code.clone(), value.title.zh.clone())).collect()
}

fn states(read: &SheetRead) -> Vec<RowState> {
    read.run.rows.iter().map(|row| row.state).collect()
}

fn codes(read: &SheetRead) -> Vec<Code> {
    read.run.rows.iter().flat_map(|row| &row.faults).map(|fault| fault.fault.code).collect()
}

async fn roster(desk: &Desk, first: u32, sizes: &[usize]) -> Vec<crate::rosters::Told> {
    let people = people(first, sizes);
    let line = desk.keep("在册.csv", &csv(&people), ROSTER, &told()).await;
    desk.take(&line).await;
    people
}

async fn take(desk: &Desk, text: &str, sheet: &str) {
    let line = desk.keep("手写.csv", text.as_bytes(), sheet, &Reading::default()).await;
    let (took, _) = desk.take(&line).await;
    let Took::Written(taken) = took else { panic!("{took:?}") };
    assert_eq!(taken.rows, 1);
}

async fn change(desk: &Desk, ledger: &str, record: &Record, fields: &[(&str, &str)]) {
    let ix = desk.ix(ledger);
    let draft =
        fields.iter().fold(Draft::edit(desk.pack(), ix, record), |draft, (field, text)| draft.set(*field, *text));
    let valid = validate(desk.pack(), ix, draft, TODAY).unwrap();
    desk.write_all(vec![Write::Update { valid, expected_version: record.version }]).await;
}

async fn person(desk: &Desk, id_number: &str) -> Record {
    let number = Value::Text(id_number.into());
    desk.all("person").await.into_iter().find(|it| desk.field("person", "id_number", it) == number).unwrap()
}

/// Warnings of one household with one reason and one day: the ledger tells them apart by nothing.
pub async fn what_is_called_the_same_is_not_taken_for_one_another(desk: &Desk) {
    let people = roster(desk, 78_000, &[1]).await;
    let household = &people[0].household;
    let reasons = values(desk, "risk_warning", "reason");
    let [reason, another] = [&reasons[0].1, &reasons[1].1];
    let sheet = |rows: &[(&str, &str)]| {
        let mut text = "户编号,风险原因,风险等级,预警日期,情况说明\n".to_owned();
        for (level, details) in rows {
            text.push_str(&format!("{household},{reason},{level},2020-03-01,{details}\n"));
        }
        text.into_bytes()
    };
    let levels = values(desk, "risk_warning", "level");
    let [low, high] = [&levels[0].1, &levels[1].1];
    let two = sheet(&[(low, "甲"), (high, "乙")]);
    let read = desk.check("预警.csv", &two, "risk_warning", &Reading::default()).await;
    assert_eq!(states(&read), [RowState::New; 2], "{:?}", codes(&read));
    let line = desk.keep("预警.csv", &two, "risk_warning", &Reading::default()).await;
    let (took, _) = desk.take(&line).await;
    let Took::Written(taken) = took else { panic!("{took:?}") };
    assert_eq!(taken.rows, 2, "two of one name are two");
    let read = desk.check("预警.csv", &sheet(&[(high, "乙"), (low, "甲")]), "risk_warning", &Reading::default()).await;
    assert_eq!(states(&read), [RowState::Same; 2], "in any order: {:?}", codes(&read));
    let read = desk.check("预警.csv", &sheet(&[(low, "丙")]), "risk_warning", &Reading::default()).await;
    assert_eq!((states(&read), codes(&read)), (vec![RowState::Faulty], vec![Code::CalledAlike]), "either may be meant");
    let before = desk.contents(&["risk_warning"]).await;
    // One of a kind is changed, unless another row of the sheet says all of what stands.
    let one = sheet(&[(low, "甲")]).into_iter().collect::<Vec<_>>();
    let text = String::from_utf8(one).unwrap().replace(reason, another);
    let line = desk.keep("因残.csv", text.as_bytes(), "risk_warning", &Reading::default()).await;
    desk.take(&line).await;
    let changed = text.replace("甲", "丁");
    let read = desk.check("因残.csv", changed.as_bytes(), "risk_warning", &Reading::default()).await;
    assert_eq!(states(&read), [RowState::Changed]);
    let both = format!("{changed}{}", text.lines().nth(1).unwrap());
    let read = desk.check("因残.csv", both.as_bytes(), "risk_warning", &Reading::default()).await;
    assert_eq!(states(&read), [RowState::Faulty; 2], "which of them is the one that stands is not guessed");
    let others = format!("{changed}{}", changed.lines().nth(1).unwrap().replace("丁", "戊"));
    let read = desk.check("因残.csv", others.as_bytes(), "risk_warning", &Reading::default()).await;
    assert_eq!(states(&read), [RowState::Faulty; 2], "nor where both say something else");
    assert_eq!(before["risk_warning"].len() + 1, desk.contents(&["risk_warning"]).await["risk_warning"].len());
}

/// A measure belongs to a warning, and a warning to a household: the sheet says all of it.
pub async fn what_belongs_to_something_without_a_number_is_found_by_whose_it_is(desk: &Desk) {
    let people = roster(desk, 78_100, &[1, 1]).await;
    let number = Value::Text(people[0].household.as_str().into());
    let all = desk.all("household").await;
    let one = all.iter().find(|it| desk.field("household", "number", it) == number).unwrap();
    let own = [("household", one.id.to_string()), ("reason", "disability".into()), ("raised_on", "2020-02-01".into())];
    let level = values(desk, "risk_warning", "level")[0].0.clone();
    let mut fields: Vec<(&str, &str)> = own.iter().map(|(field, text)| (*field, text.as_str())).collect();
    fields.push(("level", &level));
    let warning = desk.make("risk_warning", &fields).await;
    let kinds = values(desk, "risk_measure", "kind");
    let sheet = |household: &str| {
        format!("户编号,风险原因,预警日期,措施类别,落实日期\n{household},因残,2020-02-01,{},2020-03-01\n", kinds[0].1)
    };
    let read =
        desk.check("措施.csv", sheet(&people[0].household).as_bytes(), "risk_measure", &Reading::default()).await;
    assert_eq!(states(&read), [RowState::New], "{:?}", codes(&read));
    take(desk, &sheet(&people[0].household), "risk_measure").await;
    let made = desk.all("risk_measure").await;
    assert!(made.iter().any(|it| desk.field("risk_measure", "risk_warning", it) == Value::Id(warning)));
    let read =
        desk.check("措施.csv", sheet(&people[1].household).as_bytes(), "risk_measure", &Reading::default()).await;
    assert_eq!(codes(&read), [Code::NoSuchRecord], "the other household was not warned of");
    let said = read.run.rows[0].faults[0].fault.message(Lang::Zh);
    assert!(said.contains("因残 · 2020-02-01"), "as it is written: {said}");
}

/// Two of one name, each with what belongs to it: taken away and handed in again, each stays with its own.
pub async fn what_names_one_of_two_stays_with_its_own(desk: &Desk) {
    let people = roster(desk, 78_600, &[1]).await;
    let number = Value::Text(people[0].household.as_str().into());
    let all = desk.all("household").await;
    let one = all.iter().find(|it| desk.field("household", "number", it) == number).unwrap();
    let (household, level) = (one.id.to_string(), values(desk, "risk_warning", "level")[0].0.clone());
    let kind = values(desk, "risk_measure", "kind")[0].0.clone();
    for _ in 0..2 {
        let warning = [("household", household.as_str()), ("reason", "disability"), ("raised_on", "2020-02-01")];
        let warning = desk.make("risk_warning", &[&warning[..], &[("level", level.as_str())]].concat()).await;
        let own = [("risk_warning", warning.to_string()), ("started_on", "2020-03-01".into()), ("kind", kind.clone())];
        let own: Vec<(&str, &str)> = own.iter().map(|(field, text)| (*field, text.as_str())).collect();
        desk.make("risk_measure", &own).await;
    }
    let bytes = taken_away(&desk.actor, "risk_measure", "xlsx").await;
    let read = desk.check("措施.xlsx", &bytes, "risk_measure", &Reading::default()).await;
    assert_eq!(states(&read), vec![RowState::Same; read.run.rows.len()], "{:?}", codes(&read));
}

async fn taken_away(actor: &Actor, ledger: &str, format: &str) -> Vec<u8> {
    let ask = RollAsk::of(actor.ledger(ledger).unwrap());
    let table = actor.table(&ask, &Columns::Sheet, None, Lang::Zh).await.unwrap();
    table.write(actor, TableFormat::parse(format).unwrap(), Vec::new()).await.unwrap()
}

/// Without the column that says which record a row is.
fn without_ids(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let cut = |line: &str| line.rsplit_once(',').map_or(line.to_owned(), |(rest, _)| rest.to_owned());
    text.trim_start_matches('\u{feff}').lines().map(|line| cut(line) + "\n").collect::<String>().into_bytes()
}

/// Two of one name in one household, whose numbers the clerk sees masked: neither is taken for the other.
pub async fn two_of_one_name_stay_two(desk: &Desk) {
    let people = roster(desk, 78_200, &[3]).await;
    let other = person(desk, &people[2].id_number).await;
    change(desk, "person", &other, &[("name", &people[1].name)]).await;
    let clerk = desk.clerk("county_office");
    let bytes = taken_away(&clerk, "person", "csv").await;
    for (bytes, how) in [(bytes.clone(), "by their ids"), (without_ids(&bytes), "by all that is said of them")] {
        let read = clerk
            .check_sheet("同名.csv", &bytes, ROSTER, SITE, &Reading::default(), &Progress::default())
            .await
            .unwrap();
        let counted = read.run.counted();
        assert_eq!((counted.same, counted.faulty), (read.run.rows.len(), 0), "{how}: {counted:?}");
    }
}

/// What a clerk sees of jobs is masked numbers: they come back by the ids of their records, and nobody else's come with them.
pub async fn masked_rows_find_their_records(desk: &Desk) {
    let people = roster(desk, 78_300, &[2]).await;
    let one = person(desk, &people[0].id_number).await;
    let fields = [("person", one.id.to_string()), ("kind", "migrant".into()), ("started_on", "2020-01-01".into())];
    let mut fields: Vec<(&str, &str)> = fields.iter().map(|(field, text)| (*field, text.as_str())).collect();
    fields.push(("employer", "某厂"));
    let job = desk.make("employment", &fields).await;
    let clerk = desk.clerk("employment_lead");
    let bytes = taken_away(&clerk, "employment", "csv").await;
    let check = async |bytes: &[u8]| {
        let (reading, progress) = (Reading::default(), Progress::default());
        clerk.check_sheet("就业.csv", bytes, "employment_roster", SITE, &reading, &progress).await.unwrap()
    };
    let read = check(&bytes).await;
    assert_eq!(states(&read), vec![RowState::Same; read.run.rows.len()], "{:?}", codes(&read));
    let text = String::from_utf8(bytes).unwrap();
    let changed = check(text.replace("某厂", "另一厂").as_bytes()).await;
    assert!(states(&changed).contains(&RowState::Changed), "also where what tells it apart changes");
    let foreign = check(text.replace(&job.to_string(), &Uuid::now_v7().to_string()).as_bytes()).await;
    assert_eq!(codes(&foreign).iter().filter(|code| **code == Code::NoSuchRecord).count(), 1);
    let wrong = check(text.replace(&job.to_string(), "第一条").as_bytes()).await;
    assert!(codes(&wrong).contains(&Code::NotAReference));
}

/// A visit names who visited: the name is enough where one is called so.
pub async fn a_name_is_enough_where_one_is_called_so(desk: &Desk) {
    let people = roster(desk, 78_400, &[1]).await;
    let cadre = |unit: &'static str, phone: &'static str| {
        [("name", "高远"), ("unit", unit), ("phone", phone), ("serving_from", "2019-01-01")]
    };
    let first = desk.make("cadre", &cadre("县林业局", "10000078401")).await;
    let way = &values(desk, "visit", "way")[0].1;
    let household = &people[0].household;
    let sheet = |[heading, unit]: [&str; 2], day: u32| {
        format!("户编号,走访干部姓名{heading},走访日期,走访方式\n{household},高远{unit},2020-05-0{day},{way}\n")
    };
    let paid = async |by: Uuid| {
        let visits = desk.all("visit").await;
        visits.iter().filter(|it| desk.field("visit", "cadre", it) == Value::Id(by)).count()
    };
    take(desk, &sheet(["", ""], 1), "visit").await;
    assert_eq!(paid(first).await, 1);
    let second = desk.make("cadre", &cadre("县水利局", "10000078402")).await;
    let read = desk.check("走访.csv", sheet(["", ""], 2).as_bytes(), "visit", &Reading::default()).await;
    assert_eq!((states(&read), codes(&read)), (vec![RowState::Faulty], vec![Code::CalledAlike]));
    take(desk, &sheet([",走访干部工作单位", ",县水利局"], 2), "visit").await;
    assert_eq!((paid(first).await, paid(second).await), (1, 1));
}

/// A list of households in a cell names each once, whatever stands between; two cadres whom nothing tells apart are not guessed at.
pub async fn what_a_cell_lists_is_found_one_by_one(desk: &Desk) {
    let people = roster(desk, 78_700, &[1, 1]).await;
    for phone in ["10000078701", "10000078702"] {
        let cadre = [("name", "白桦"), ("unit", "县交通局"), ("phone", phone), ("serving_from", "2019-01-01")];
        desk.make("cadre", &cadre).await;
    }
    let [first, second] = [&people[0].household, &people[1].household];
    let sheet = |phone: &str, list: &str| {
        format!("户编号,姓名,工作单位,联系电话,开始日期\n{list},白桦,县交通局,{phone},2020-01-01\n")
    };
    for list in [format!("{first}、无、{second}"), format!("{first}、{first}、{second}")] {
        let text = sheet("10000078701", &list);
        let read = desk.check("包联.csv", text.as_bytes(), "pairing_roster", &Reading::default()).await;
        let wrong: Vec<_> = read.run.rows[0].faults.iter().filter(|fault| !fault.warning).collect();
        assert_eq!((states(&read), wrong.len()), (vec![RowState::New], 0), "{list}: {wrong:?}");
        let pairing = desk.ix("pairing");
        assert!(read.run.made.contains(&(pairing, 2, 0)), "{list}: {:?}", read.run.made);
    }
    let text = sheet("", first);
    let read = desk.check("包联.csv", text.as_bytes(), "pairing_roster", &Reading::default()).await;
    assert!(codes(&read).contains(&Code::CalledAlike), "{:?}", codes(&read));
}

/// What only follows from the number changes nothing that stands; whoever has left is found, and a job after that is remarked.
pub async fn what_follows_from_a_number_and_who_has_left(desk: &Desk) {
    let people = roster(desk, 78_500, &[2]).await;
    let (head, other) = (person(desk, &people[0].id_number).await, person(desk, &people[1].id_number).await);
    let sex = if desk.field("person", "sex", &head) == Value::Text("1".into()) { "2" } else { "1" };
    change(desk, "person", &head, &[("sex", sex)]).await;
    let text = format!(
        "户编号,姓名,身份证号,与户主关系\n{},{},{},户主\n",
        people[0].household, people[0].name, people[0].id_number
    );
    let read = desk.check("核对.csv", text.as_bytes(), "person", &Reading::default()).await;
    assert_eq!(states(&read), [RowState::Same], "the card may be wrong");
    change(desk, "person", &other, &[("left_on", "2020-02-01"), ("left_reason", "died")]).await;
    let text = |day: &str| {
        format!(
            "身份证号,姓名,就业类型,用人单位,到岗日期\n{},{},县外务工,某厂,{day}\n",
            people[1].id_number, people[1].name
        )
    };
    for (day, remarks) in [("2019-03-01", vec![]), ("2020-03-01", vec![Code::AfterEnd])] {
        let read = desk.check("离开.csv", text(day).as_bytes(), "employment_roster", &Reading::default()).await;
        let faults = read.run.rows.iter().flat_map(|row| &row.faults);
        let told: Vec<Code> = faults
            .filter(|fault| fault.kind == FaultKind::Doubtful && fault.warning)
            .map(|fault| fault.fault.code)
            .collect();
        assert_eq!((states(&read), told), (vec![RowState::New], remarks), "{day}: {:?}", codes(&read));
    }
}
