//! Lists of ledgers: what their addresses say is what they show, for everybody within their rights.

use anju_app::{Actor, BULK_MOST, Columns, RollAsk};
use anju_pack::LedgerIx;
use anju_record::{Lang, Record, Value};

use crate::asking::{OFFICE, Site};
use crate::forms::{stored, value};

fn encoded(words: &str) -> String {
    words.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn counted(page: &str) -> u64 {
    let (before, _) = page.split_once("</h2>").unwrap();
    let digits: String = before.rsplit("<h2>").next().unwrap().chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}

pub async fn a_list_is_what_its_address_says(site: &Site) {
    let actor = &site.app.actor;
    let person = actor.ledger("person").unwrap();
    for query in [
        "q=wxy",
        "is.sex=2&from.born_on=1960-01-01&to.born_on=1969-12-31",
        "is.left_on=-",
        "q=",
        "is.sex=1&is.sex=2&order=-born_on",
    ] {
        let pairs: Vec<(String, String)> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        let total = actor.roll(&actor.roll_ask(person, &pairs).await.unwrap()).await.unwrap().total;
        let page = site.get(&format!("/ledgers/person?{query}")).await.with(200);
        assert_eq!(counted(page.text()), total, "{query}");
    }
    let sorted = site.get("/ledgers/person?order=-born_on").await.with(200);
    assert!(sorted.text().contains("aria-sort=\"descending\""));
    let first = site.get("/ledgers/person").await.with(200);
    let at = |part: &str| first.text().find(part).unwrap();
    assert!(at("选择显示的列") < at("<table"), "columns are chosen above the rows");
    assert_eq!(first.text().matches("order=name\"").count(), 1, "the name is no column beside what a record is called");
    let wide = site.get("/ledgers/person?size=200&cols=name,sex").await.with(200);
    assert_eq!(wide.text().matches("<tr").count(), 200 + 1 + actor.pack().ledger(person).fields.len() + 1);
    // Columns and filters of fields that are sealed or none are told, not guessed.
    for (query, status) in
        [("is.id_number=-", 403), ("order=phone", 403), ("has.nonsense=1", 400), ("from.born_on=soon", 400)]
    {
        site.get(&format!("/ledgers/person?{query}")).await.with(status);
    }
    site.get("/ledgers/person?page=99999999999999&size=7&order=").await.with(200);
    site.get(&format!("/ledgers/person?q={}", encoded("没有这个人的"))).await.with(200);
}

pub async fn a_list_is_kept_and_shared(site: &Site) {
    let cookie = site.sign_in("zhenban").await;
    let keep = |area: &str| format!("name={}&query=is.sex%3D2&area={area}", encoded("本镇妇女"));
    for (done, told) in [("kept", "查询已保存"), ("kept-before", "已经保存过")] {
        let saved = site.post_as(&cookie, "/ledgers/person/lists", &keep("")).await.with(303);
        assert!(saved.header("location").ends_with(&format!("done={done}")), "{}", saved.header("location"));
        let page = site.get_as(&cookie, saved.header("location")).await.with(200);
        assert!(page.text().contains(told), "{told}");
    }
    let own = site.get_as(&cookie, "/ledgers/person").await.with(200);
    assert!(own.text().contains("本镇妇女"));
    let office = |page: String| page.contains("本镇妇女");
    assert!(
        !office(site.get("/ledgers/person").await.with(200).text().to_owned()),
        "what is kept for oneself is not shared"
    );
    let area = site
        .app
        .actor
        .areas()
        .within("610923", anju_pack::AreaLevel::Town)
        .map(|it| it.code.clone())
        .collect::<Vec<_>>();
    let theirs = area.iter().find(|code| own.text().contains(&format!("value=\"{code}\""))).unwrap();
    // Another list under the same name is asked about, and says of that name only that it is replaced.
    let asked = site.post_as(&cookie, "/ledgers/person/lists", &keep(theirs)).await.with(409);
    assert!(asked.text().contains("已有同名查询") && asked.text().contains("name=\"replace\" value=\"本镇妇女\""));
    let other = format!("{}&replace={}", keep(theirs), encoded("另一个"));
    site.post_as(&cookie, "/ledgers/person/lists", &other).await.with(409);
    assert!(!office(site.get("/ledgers/person").await.with(200).text().to_owned()), "the earlier one stands");
    let replace = format!("{}&replace={}", keep(theirs), encoded("本镇妇女"));
    site.post_as(&cookie, "/ledgers/person/lists", &replace).await.with(303);
    site.post_as(&cookie, "/ledgers/person/lists", &keep(theirs)).await.with(303);
    assert!(office(site.get("/ledgers/person").await.with(200).text().to_owned()));
    let elsewhere = area.iter().find(|code| *code != theirs).unwrap();
    site.post_as(&cookie, "/ledgers/person/lists", &keep(elsewhere)).await.with(404);
    site.post_as(&cookie, "/ledgers/person/lists", "name=&query=").await.with(400);
    let form = format!("name={}", encoded("本镇妇女"));
    site.post_as(&cookie, "/ledgers/person/lists/remove", &form).await.with(303);
    assert!(!office(site.get("/ledgers/person").await.with(200).text().to_owned()));
    site.post_as(&cookie, "/ledgers/person/columns", "field=name&field=education&query=cols%3Dsex%26q%3Dw")
        .await
        .with(303);
    let columns = site.get_as(&cookie, "/ledgers/person").await.with(200);
    assert!(columns.text().contains("order=education") && !columns.text().contains("order=work_ability"));
}

pub async fn a_filter_that_cannot_be_read_is_told_and_left_out(site: &Site) {
    let all = counted(site.get("/ledgers/person").await.with(200).text());
    for (query, told) in [
        ("is.sex=zz", "“zz”不在"),
        ("from.born_on=2020-13-45", "“2020-13-45”不是日期"),
        ("to.born_on=2020-02-30", "“2020-02-30”不是日期"),
    ] {
        let page = site.get(&format!("/ledgers/person?{query}")).await.with(400);
        assert!(page.text().contains(told) && !page.text().contains("是不是"), "{query}");
        assert_eq!(counted(page.text()), all, "{query}: the list is not narrowed by it");
        site.get(&format!("/ledgers/person/bulk?{query}")).await.with(400);
    }
    let since = counted(site.get("/ledgers/person?from.born_on=2001-01-01").await.with(200).text());
    let turned = site.get("/ledgers/person?from.born_on=2001-01-01&to.born_on=2000-01-01").await.with(400);
    assert!(turned.text().contains("id=\"to.born_on-says\"") && turned.text().contains("不能早于 2001-01-01"));
    assert_eq!(counted(turned.text()), since, "an end before its beginning is left out");
    let actor = &site.app.actor;
    let household = actor.ledger("household").unwrap();
    let some = actor.roll(&RollAsk::of(household)).await.unwrap().records.remove(3);
    let name = actor.labels(household, &[some.id]).await.unwrap().remove(&some.id).unwrap();
    assert!(name.contains(' '), "{name}: number and head");
    let members = |query: String| async move { counted(site.get(&query).await.with(200).text()) };
    let number = name.split(' ').next().unwrap();
    let by_name = members(format!("/ledgers/person?has.household={}", encoded(&name))).await;
    assert!(by_name > 0);
    assert_eq!(by_name, members(format!("/ledgers/person?has.household={}", encoded(number))).await, "{name}");
    let cookie = site.sign_in("zhenban").await;
    let unnamed = site.post_as(&cookie, "/ledgers/person/lists", "name=&query=is.sex%3D2").await.with(400);
    assert!(unnamed.text().contains("名称须为 1 至 30 个字") && unnamed.text().contains("value=\"is.sex=2\""));
    let none = site.post_as(&cookie, "/ledgers/person/columns", "query=").await.with(303);
    let list = site.get_as(&cookie, none.header("location")).await.with(200);
    assert!(list.text().contains("没有勾选任何列"));
}

/// Whatever stands in the first column is found, also where it is the name of another record.
pub async fn a_record_is_found_by_what_it_is_called(site: &Site) {
    let actor = &site.app.actor;
    let household = actor.ledger("household").unwrap();
    let some = actor.roll(&RollAsk::of(household)).await.unwrap().records.remove(3);
    let name = actor.labels(household, &[some.id]).await.unwrap().remove(&some.id).unwrap();
    let (_, head) = name.split_once(' ').unwrap();
    for words in [head, &name] {
        let page = site.get(&format!("/ledgers/household?q={}", encoded(words))).await.with(200);
        assert!(page.text().contains(&format!("/households/{}", some.id)), "{words}");
    }
    let initials = site.get("/ledgers/household?q=wx").await.with(200);
    assert!(counted(initials.text()) > 0 && initials.text().contains("家庭成员 · 姓名"), "and says so");
    assert!(actor.named_after(actor.ledger("person").unwrap()).is_empty(), "its own fields say all of it");
}

/// Six keys from anywhere: the slash, a few letters or digits, Enter.
pub async fn the_only_household_found_is_opened(site: &Site) {
    let actor = &site.app.actor;
    let household = actor.ledger("household").unwrap();
    let number = actor.pack().ledger(household).field_by_id("number").unwrap();
    let some = actor.roll(&RollAsk::of(household)).await.unwrap().records.remove(7);
    let anju_record::Value::Text(number) = &some.values[usize::from(number.0)] else {
        panic!("a household has a number")
    };
    let answer = site.get(&format!("/households?q={}", encoded(number))).await.with(303);
    assert_eq!(answer.header("location"), format!("/households/{}", some.id));
    let list = site.get("/households?q=wx").await.with(200);
    assert!(counted(list.text()) > 1);
}

/// Found by the end of a member's number, a household is shown with the member whose it is.
pub async fn who_was_found_stands_beside_their_household(site: &Site) {
    let actor = &site.app.actor;
    let (person, household) = (actor.ledger("person").unwrap(), actor.ledger("household").unwrap());
    let mut met = 0;
    for some in actor.roll(&RollAsk::of(person)).await.unwrap().records {
        let member = stored(site, "person", some.id).await;
        let of = |field: &str| value(site, &member, "person", field);
        let (Value::Text(number), Value::Id(home), Value::Text(name)) = (of("id_number"), of("household"), of("name"))
        else {
            continue;
        };
        let called = actor.labels(household, &[home]).await.unwrap().remove(&home).unwrap();
        if of("left_on") != Value::Null || called.contains(&*name) {
            continue;
        }
        let answer = site.get(&format!("/households?q={}", &number[14..])).await;
        if answer.status == 303 {
            continue;
        }
        let page = answer.with(200);
        let row = page.text().split("<tr").find(|row| row.contains(&format!("href=\"/households/{home}\""))).unwrap();
        let link = format!("href=\"/records/person/{}\">{name}</a>", member.id);
        assert!(row.contains("找到的成员") && row.contains(&link), "{number}: {row}");
        met += 1;
    }
    assert!(met > 0, "somebody shares the end of a number with others");
}

/// The number of the household that a record belongs to, however far up.
async fn household_number(actor: &Actor, ledger: LedgerIx, record: &Record) -> String {
    let (mut at, mut id) = (ledger, record.id);
    while actor.pack().ledger(at).id != "household" {
        let owner = actor.pack().ledger(at).of.unwrap();
        let record = actor.record(at, &id.to_string()).await.unwrap().record;
        let Value::Id(above) = record.values[usize::from(owner.field.0)] else { panic!("it belongs to nothing") };
        (at, id) = (owner.ledger, above);
    }
    let name = actor.labels(at, &[id]).await.unwrap().remove(&id).unwrap();
    name.split(' ').next().unwrap().to_owned()
}

/// A ledger about people is searched by whose its records are: its page, its count, its file and a change of all hold the same.
pub async fn a_record_is_found_by_whose_it_is(site: &Site) {
    let actor = &site.app.actor;
    for id in ["employment", "pairing", "visit", "person"] {
        let ledger = actor.ledger(id).unwrap();
        let some = actor.roll(&RollAsk::of(ledger)).await.unwrap().records.remove(5);
        let number = household_number(actor, ledger, &some).await;
        let asked = |query: &[(&str, &str)]| {
            query.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect::<Vec<_>>()
        };
        let ask = actor.roll_ask(ledger, &asked(&[("q", &number)])).await.unwrap();
        let (roll, ids) = (actor.roll(&ask).await.unwrap(), actor.roll_ids(&ask).await.unwrap());
        assert!(roll.by_owner && ids.contains(&some.id), "{id} {number}");
        assert_eq!(roll.total, ids.len() as u64, "{id} {number}");
        assert_eq!(roll.by_area.iter().map(|(_, count)| count).sum::<u64>(), roll.total, "{id} {number}");
        let table = actor.table(&ask, &Columns::Fields(Vec::new()), None, Lang::Zh).await.unwrap();
        assert_eq!(table.len(), ids.len(), "{id} {number}");
        let path = format!("/ledgers/{id}?q={}", encoded(&number));
        let page = site.get(&path).await.with(200);
        assert_eq!(counted(page.text()), roll.total, "{path}");
        assert!(page.text().contains("以下是按所属的"), "{path}: and says so");
        let wide: String = number.chars().map(|sign| char::from_u32(u32::from(sign) + 0xFEE0).unwrap()).collect();
        let wide = site.get(&format!("/ledgers/{id}?q={}", encoded(&wide))).await.with(200);
        assert_eq!(counted(wide.text()), roll.total, "{path}: in full-width signs");
        let nobody = format!("{number} 没有这个人的");
        assert_eq!(counted(site.get(&format!("/ledgers/{id}?q={}", encoded(&nobody))).await.with(200).text()), 0);
    }
    let pairing = actor.ledger("pairing").unwrap();
    let some = actor.roll(&RollAsk::of(pairing)).await.unwrap().records.remove(5);
    let number = household_number(actor, pairing, &some).await;
    let ask = actor.roll_ask(pairing, &[("q".to_owned(), number.clone())]).await.unwrap();
    let all = site.get(&format!("/ledgers/pairing/bulk?q={number}")).await.with(200);
    for id in actor.roll_ids(&ask).await.unwrap() {
        assert!(all.text().contains(&id.simple().to_string()), "a change of all holds {id}");
    }
    // What its own fields hold is looked for there alone, unless it is asked for otherwise; a filter only narrows.
    let own = site.get("/ledgers/person?q=wx").await.with(200);
    assert!(!own.text().contains("以下是按所属的") && own.text().contains("whose=1"));
    let also = site.get("/ledgers/person?q=wx&whose=1").await.with(200);
    assert!(counted(also.text()) >= counted(own.text()));
    let nowhere = site.get("/ledgers/person?q=wx&from.born_on=2020-05-16").await.with(200);
    assert!(!nowhere.text().contains("以下是按所属的") && counted(nowhere.text()) <= counted(own.text()));
}

/// Who has left is told from who is there, and each may be seen alone.
pub async fn what_has_ended_is_marked_and_may_be_seen_alone(site: &Site) {
    let actor = &site.app.actor;
    let person = actor.ledger("person").unwrap();
    let all = counted(site.get("/ledgers/person").await.with(200).text());
    let stands = site.get("/ledgers/person?stands=yes").await.with(200);
    let ended = site.get("/ledgers/person?stands=no").await.with(200);
    assert_eq!(counted(stands.text()) + counted(ended.text()), all);
    for part in ["只看在册的", "只看已有“减员日期”的", "筛选（1 项）"] {
        assert!(stands.text().contains(part), "{part}");
    }
    let mark = "\">减员日期 20";
    assert!(counted(ended.text()) > 0 && ended.text().contains(mark) && !stands.text().contains(mark));
    let ask = actor.roll_ask(person, &[("stands".to_owned(), "no".to_owned())]).await.unwrap();
    assert_eq!(actor.roll_ids(&ask).await.unwrap().len() as u64, counted(ended.text()));
    let table = actor.table(&ask, &Columns::Fields(Vec::new()), None, Lang::Zh).await.unwrap();
    assert_eq!(table.len() as u64, counted(ended.text()), "a file holds the same");
    site.get("/ledgers/person?stands=maybe").await.with(400);
    site.get("/ledgers/visit?stands=yes").await.with(400);
}

/// What a page promises is so: what is protected is said to be, too many are not offered, a name is no value for many.
pub async fn a_list_promises_only_what_it_does(site: &Site) {
    let actor = &site.app.actor;
    let person = actor.ledger("person").unwrap();
    let page = site.get("/ledgers/person").await.with(200);
    let hint = page.text().split("id=\"list-finds\">").nth(1).unwrap().split("</small>").next().unwrap();
    let (_, kept) = hint.split_once('。').unwrap();
    assert!(kept.contains("健康状况") && kept.contains("残疾类别") && kept.contains("受保护"), "{hint}");
    let roll = actor.roll(&RollAsk::of(person)).await.unwrap();
    assert!(roll.total > BULK_MOST as u64);
    assert!(page.text().contains("一次最多修改") && !page.text().contains("/ledgers/person/bulk?"));
    assert!(page.text().contains("data-all=\"选择本页全部\""), "a script puts a box there");
    let few = site.get("/ledgers/person?q=NS00005").await.with(200);
    assert!(few.text().contains("/ledgers/person/bulk?q=NS00005"));
    let office = site.sign_in(OFFICE).await;
    let form = format!("step=choose&ids={}", roll.records[0].id);
    let choose = site.post_as(&office, "/ledgers/person/bulk", &form).await.with(200);
    assert!(choose.text().contains("value=\"marital\"") && !choose.text().contains("value=\"name\""));
    let households = site.get("/ledgers/household").await.with(200);
    assert!(households.text().contains("href=\"/imports\""), "the file tells which sheet it is");
    let pairings = site.get("/ledgers/pairing").await.with(200);
    assert!(pairings.text().contains("/imports?sheet=pairing_roster"));
}
