//! What happens to a household, over HTTP: each event with good and bad input, twice sent once written, and doubles told before they are entered.

use anju_base::life;
use anju_record::Value;
use anju_store::Query;
use uuid::Uuid;

use crate::asking::{Answer, OFFICE, Site};
use crate::forms::{form, stored, value};
use crate::prepared::{COUNTY, TODAY};

pub type Asked = Vec<(String, String)>;

pub fn asked(pairs: &[(&str, &str)]) -> Asked {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Hidden pairs of a preview.
fn hidden(page: &str) -> Asked {
    let form = page.split("<main").nth(1).unwrap().split("<form").find(|part| part.contains("name=\"event\"")).unwrap();
    let tags = form.split("<input type=\"hidden\" ").skip(1);
    let word = |tag: &str, name: &str| {
        let value = tag.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap();
        value.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
    };
    tags.map(|tag| (word(tag, "name"), word(tag, "value"))).collect()
}

/// The word of the box that says that it is another.
pub fn apart(page: &str) -> Option<String> {
    let tag = page.split("name=\"apart\" value=\"").nth(1)?;
    Some(tag.split('"').next()?.to_owned())
}

/// The word of the box that says that what is doubtful was compared.
pub fn compared(page: &str) -> Option<String> {
    let tag = page.split("name=\"compared\" value=\"").nth(1)?;
    Some(tag.split('"').next()?.to_owned())
}

/// Open files with so many members, spread over the county.
pub async fn homes(site: &Site, members: usize, skip: usize) -> Vec<(Uuid, Vec<life::Member>)> {
    let mut query = Query::of(COUNTY, site.app.ledger("household").unwrap(), TODAY);
    let field = site.app.pack().ledger(query.ledger).field_by_id("ended_on").unwrap();
    query.equals.push((field, Value::Null));
    let all = site.app.select(&query).await.unwrap();
    let mut found = Vec::new();
    for file in all.iter().skip(skip).step_by(13) {
        let (_, people) = life::standing_file(&site.app.actor, file.id).await.unwrap();
        if people.len() == members {
            found.push((file.id, people));
        }
        if found.len() == 3 {
            break;
        }
    }
    found
}

pub async fn number(site: &Site, ledger: &str) -> u64 {
    site.app.number(&Query::of(COUNTY, site.app.ledger(ledger).unwrap(), TODAY)).await.unwrap()
}

/// Previews, and confirms it twice: both answers lead to one page. Gives that page's address.
pub async fn happens(site: &Site, cookie: &str, path: &str, pairs: &Asked) -> String {
    let before = number(site, "household_event").await;
    let preview = site.post_as(cookie, path, &form(pairs)).await.with(200);
    assert_eq!(number(site, "household_event").await, before, "a preview writes nothing");
    let mut all = hidden(preview.text());
    all.extend(apart(preview.text()).map(|key| ("apart".to_owned(), key)));
    all.extend(compared(preview.text()).map(|key| ("compared".to_owned(), key)));
    let first = site.post_as(cookie, path, &form(&all)).await.with(303);
    let second = site.post_as(cookie, path, &form(&all)).await.with(303);
    assert_eq!(first.header("location"), second.header("location"), "{path}");
    assert_eq!(number(site, "household_event").await, before + 1, "twice sent is once written: {path}");
    first.header("location").to_owned()
}

async fn refuses(site: &Site, cookie: &str, path: &str, pairs: &Asked, says: &str) -> Answer {
    let answer = site.post_as(cookie, path, &form(pairs)).await.with(422);
    assert!(answer.text().contains(says), "{path} does not say “{says}”");
    answer
}

pub fn kin(members: &[life::Member]) -> Asked {
    let code = |at: usize| if at == 0 { "02" } else { "99" };
    members.iter().enumerate().map(|(at, it)| (format!("kin-{}", it.record.id), code(at).to_owned())).collect()
}

/// Undoes what an address says was done, twice: the second time nothing is left to undo, and it leads to the same page. It asks why.
pub async fn undone(site: &Site, cookie: &str, location: &str) {
    let (file, event) = location.split_once("?done=").unwrap();
    let path = format!("{file}/undo/{event}");
    site.get_as(cookie, &path).await.with(200);
    for reason in [String::new(), "x".repeat(501)] {
        let unsaid = site.post_as(cookie, &path, &format!("reason={reason}")).await.with(422);
        assert!(unsaid.text().contains("id=\"reason-says\"") && unsaid.text().contains(&format!("value=\"{reason}\"")));
    }
    let first = site.post_as(cookie, &path, "reason=%E5%8A%9E%E9%94%99%E4%BA%86").await.with(303);
    let second = site.post_as(cookie, &path, "reason=%E5%8A%9E%E9%94%99%E4%BA%86").await.with(303);
    assert_eq!(first.header("location"), second.header("location"));
    let after = site.get_as(cookie, first.header("location")).await.with(200);
    assert!(after.text().contains("已撤销"), "{path}");
}

pub async fn a_birth_confirmed_twice_is_one_child(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let (home, _) = homes(site, 3, 5).await.remove(0);
    let path = format!("/households/{home}/life/birth");
    site.get_as(&office, &path).await.with(200);
    let bad = asked(&[("name", "王初生"), ("sex", "1"), ("born_on", "2020-13-40"), ("kinship", "20")]);
    let page = refuses(site, &office, &path, &bad, "2020-13-40").await;
    assert!(page.text().contains("王初生"), "what was typed stays");
    refuses(
        site,
        &office,
        &path,
        &asked(&[("name", "王初生"), ("sex", "1"), ("born_on", "2020-05-10"), ("kinship", "02")]),
        "户主",
    )
    .await;
    let good = asked(&[("name", "王初生"), ("sex", "1"), ("born_on", "2020-05-10"), ("kinship", "20")]);
    let long = [good.clone(), vec![("reason".to_owned(), "长".repeat(501))]].concat();
    refuses(site, &office, &path, &long, "id=\"reason-says\"").await;
    let preview = site.post_as(&office, &path, &form(&good)).await.with(200);
    let back = [hidden(preview.text()), asked(&[("back", "1")])].concat();
    let page = site.post_as(&office, &path, &form(&back)).await.with(200);
    assert!(page.text().contains("value=\"王初生\""), "nothing is lost on the way back");
    let before = number(site, "person").await;
    let location = happens(site, &office, &path, &good).await;
    assert_eq!(number(site, "person").await, before + 1, "one child");
    // The same child once more is told of, and another of that name is entered when it is said to be another.
    let again = site.post_as(&office, &path, &form(&good)).await.with(200);
    assert!(
        again.text().contains("role=\"alert\"") && again.text().contains("/records/person/"),
        "who is like it is shown"
    );
    let unsaid = hidden(again.text());
    let still = site.post_as(&office, &path, &form(&unsaid)).await.with(200);
    assert!(apart(still.text()).is_some() && number(site, "person").await == before + 1, "nothing is written unasked");
    undone(site, &office, &location).await;
    assert_eq!(number(site, "person").await, before);
}

/// A relation that does not fit the sex, and an ID number that says another birth and sex: asked about in the preview, and written when they were compared.
pub async fn what_is_doubtful_in_an_event_is_compared_first(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let (home, _) = homes(site, 3, 5).await.remove(0);
    let path = format!("/households/{home}/life/birth");
    let child = asked(&[("name", "王存疑"), ("sex", "1"), ("born_on", "2020-05-10"), ("kinship", "30")]);
    let before = number(site, "person").await;
    let preview = site.post_as(&office, &path, &form(&child)).await.with(200);
    assert!(preview.text().contains("不符") && preview.text().contains("<b>王存疑</b>"), "what, and of whom");
    let unsaid = hidden(preview.text());
    let still = site.post_as(&office, &path, &form(&unsaid)).await.with(200);
    assert_eq!(number(site, "person").await, before, "nothing is written unasked");
    let numbered = asked(&[("name", "王存疑"), ("sex", "1"), ("born_on", "2020-05-10"), ("kinship", "20")]);
    let numbered = [numbered, asked(&[("id_number", "11010519491231002X")])].concat();
    let preview = site.post_as(&office, &path, &form(&numbered)).await.with(200);
    assert!(preview.text().contains("1949-12-31") && preview.text().contains("所示的“女”"), "the birth and the sex");
    let said_of_other = [hidden(preview.text()), asked(&[("compared", &compared(still.text()).unwrap())])].concat();
    site.post_as(&office, &path, &form(&said_of_other)).await.with(200);
    assert_eq!(number(site, "person").await, before, "what was compared is not the same");
    let location = happens(site, &office, &path, &child).await;
    assert_eq!(number(site, "person").await, before + 1);
    undone(site, &office, &location).await;
}

/// The generic form: what is doubtful is asked once, and leads to its field; an unrelated edit is not asked about it again.
pub async fn what_is_doubtful_in_a_form_is_compared_first(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let (home, _) = homes(site, 3, 7).await.remove(0);
    let mut pairs = asked(&[
        ("f.household", &home.to_string()),
        ("f.name", "欧阳存疑"),
        ("f.born_on", "1990-01-02"),
        ("f.kinship", "30"),
        ("f.sex", "1"),
        ("f.work_ability", "ordinary"),
        ("f.political_status", "13"),
        ("f.joined_on", "2020-05-10"),
        ("key", "doubt"),
    ]);
    let before = number(site, "person").await;
    let told = site.post_as(&office, "/ledgers/person/new", &form(&pairs)).await.with(422);
    assert!(told.text().contains("href=\"#f.kinship\"") && told.text().contains("不符"), "it leads to its field");
    assert!(!told.text().contains("请先处理以下"), "what is asked is no fault as well");
    asks_at_the_head(told.text());
    let key = compared(told.text()).unwrap();
    pairs.push(("compared".to_owned(), key.clone()));
    let (_, other) = (pairs[3].1.replace_range(.., "31"), form(&pairs));
    let again = site.post_as(&office, "/ledgers/person/new", &other).await.with(422);
    assert_ne!(compared(again.text()).unwrap(), key, "another value was not compared");
    assert_eq!(number(site, "person").await, before);
    pairs[3].1.replace_range(.., "30");
    let first = site.post_as(&office, "/ledgers/person/new", &form(&pairs)).await.with(303);
    let second = site.post_as(&office, "/ledgers/person/new", &form(&pairs)).await.with(303);
    assert_eq!((first.header("location"), number(site, "person").await), (second.header("location"), before + 1));
    let id = first.header("location").split("/records/person/").nth(1).unwrap()[..36].to_owned();
    let way = format!("/records/person/{id}/edit");
    let edit = |version: &str, field: &str, value: &str| form(&asked(&[("version", version), (field, value)]));
    site.post_as(&office, &way, &edit("1", "f.remark", "已核对")).await.with(303);
    let wrong = site.post_as(&office, &way, &edit("2", "f.kinship", "32")).await.with(422);
    assert!(compared(wrong.text()).is_some(), "what changes is asked about");
    site.post_as(&office, &way, &edit("2", "f.sex", "2")).await.with(303);
}

pub async fn a_household_splits_and_is_whole_again(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let (home, members) = homes(site, 4, 1).await.remove(0);
    let path = format!("/households/{home}/life/split");
    site.get_as(&office, &path).await.with(200);
    let (go, stay) = members.split_at(2);
    let mut pairs = [kin(go), kin(stay)].concat();
    refuses(site, &office, &path, &[pairs.clone(), asked(&[("on", "2020-05-16")])].concat(), "role=\"alert\"").await;
    pairs.extend(go.iter().map(|it| ("who".to_owned(), it.record.id.to_string())));
    pairs.extend(asked(&[("number", "分户试001"), ("on", "2020-05-16")]));
    let late = [&asked(&[("on", "2020-06-16")])[..], &pairs[..pairs.len() - 1]].concat();
    refuses(site, &office, &path, &late, "2020-05-16").await;
    let location = happens(site, &office, &path, &pairs).await;
    assert!(!location.contains(&home.to_string()), "the new file is shown");
    assert!(site.get_as(&office, &location).await.with(200).text().contains("/undo/"), "with the way back");
    undone(site, &office, &location).await;
    assert_eq!(life::standing_file(&site.app.actor, home).await.unwrap().1.len(), 4);
}

/// A dwelling that a file left when it was closed, in another building than this.
async fn empty_dwelling(site: &Site, building: Uuid) -> Uuid {
    let all = site.app.select(&Query::of(COUNTY, site.app.ledger("dwelling").unwrap(), TODAY)).await.unwrap();
    let of = |record: &anju_record::Record, field: &str| value(site, record, "dwelling", field);
    let left = |record: &&anju_record::Record| {
        of(record, "rooms") == Value::Null && of(record, "building") != Value::Id(building)
    };
    all.iter().find(left).unwrap().id
}

pub async fn files_move_and_merge(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let two = homes(site, 2, 3).await;
    let [(kept, _), (gone, people)] = [&two[0], &two[1]];
    let file = stored(site, "household", *kept).await;
    let (Value::Text(name), Value::Id(building)) =
        (value(site, &file, "household", "number"), value(site, &file, "household", "building"))
    else {
        panic!("a file has a number and a building")
    };
    let path = format!("/households/{gone}/life/move");
    refuses(site, &office, &path, &asked(&[("on", "2020-05-16")]), "id=\"dwelling-says\"").await;
    let empty = empty_dwelling(site, building).await.to_string();
    let parted = asked(&[("building", &building.to_string()), ("dwelling", &empty), ("on", "2020-05-16")]);
    let page = refuses(site, &office, &path, &parted, "id=\"dwelling-says\"").await;
    assert!(page.text().contains("请改为一致"), "the dwelling stands in another building");
    let to = |building: Uuid| asked(&[("building", &building.to_string()), ("on", "2020-05-16")]);
    let Value::Id(before) = value(site, &stored(site, "household", *gone).await, "household", "building") else {
        panic!("it stands in a building")
    };
    let location = happens(site, &office, &path, &to(building)).await;
    let back = happens(site, &office, &path, &to(before)).await;
    let (file, event) = location.split_once("?done=").unwrap();
    let touched = site.post_as(&office, &format!("{file}/undo/{event}"), "reason=x").await.with(422);
    assert!(touched.text().contains("· 周启航") && !touched.text().contains("· xianban"), "people have names");
    undone(site, &office, &back).await;
    undone(site, &office, &location).await;
    let path = format!("/households/{gone}/life/merge");
    let relatives: Asked = people.iter().map(|it| (format!("kin-{}", it.record.id), "99".to_owned())).collect();
    refuses(site, &office, &path, &[relatives.clone(), asked(&[("on", "2020-05-16")])].concat(), "id=\"kept-says\"")
        .await;
    let pairs = [relatives, asked(&[("kept", &name), ("on", "2020-05-16")])].concat();
    let location = happens(site, &office, &path, &pairs).await;
    assert!(location.contains(&kept.to_string()));
    let (_, event) = location.split_once("?done=").unwrap();
    let event = stored(site, "household_event", event.parse().unwrap()).await;
    let head = people.iter().find(|it| it.kinship == "02").unwrap().record.id;
    assert_eq!(value(site, &event, "household_event", "person"), Value::Id(head), "it is about who came");
    let hub = site.get_as(&office, &format!("/households/{gone}/life")).await.with(200);
    assert!(hub.text().contains("销户") && !hub.text().contains("/life/birth"), "a closed file offers nothing new");
    assert!(hub.text().contains(&format!("/households/{kept}/undo/")), "and the way back");
    let birth = site.get_as(&office, &format!("/households/{gone}/life/birth")).await.with(200);
    assert!(birth.text().contains("销户") && !birth.text().contains("name=\"born_on\""));
    let closed = site.get_as(&office, &format!("/households/{gone}")).await.with(200);
    assert!(closed.text().contains(&format!("href=\"/households/{kept}\"")), "where it went is linked");
    assert!(!closed.text().contains("id=\"requirements\""), "what has ended has no gaps to close");
    undone(site, &office, &location).await;
}

pub async fn people_come_and_go(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let (home, members) = homes(site, 3, 9).await.remove(0);
    let way = |event: &str| format!("/households/{home}/life/{event}");
    let outside = asked(&[
        ("name", "外来新人"),
        ("sex", "2"),
        ("born_on", "1990-01-02"),
        ("kinship", "10"),
        ("work_ability", "ordinary"),
        ("political_status", "13"),
        ("on", "2020-05-16"),
    ]);
    refuses(site, &office, &way("marry-in"), &asked(&[("kinship", "10"), ("on", "2020-05-16")]), "id=\"name-says\"")
        .await;
    undone(site, &office, &happens(site, &office, &way("marry-in"), &outside).await).await;
    let mut turned = members.clone();
    turned.rotate_left(1);
    let on = asked(&[("on", "2020-05-16")]);
    refuses(site, &office, &way("change-head"), &[kin(&members), on.clone()].concat(), "role=\"alert\"").await;
    undone(site, &office, &happens(site, &office, &way("change-head"), &[kin(&turned), on.clone()].concat()).await)
        .await;
    let own = asked(&[("who", &members[0].record.id.to_string()), ("kinship", "10")]);
    let page = refuses(site, &office, &way("marry-in"), &[own, on.clone()].concat(), "已是本户成员").await;
    assert_eq!(page.text().matches("<p class=\"gap\">").count(), 1, "and nothing besides");
    let dead = [asked(&[("who", &members[0].record.id.to_string())]), kin(&members[1..]), on.clone()].concat();
    refuses(site, &office, &way("death"), &on, "role=\"alert\"").await;
    let location = happens(site, &office, &way("death"), &dead).await;
    let (elsewhere, _) = homes(site, 2, 6).await.remove(0);
    let path = format!("/households/{elsewhere}/life/marry-in");
    let id = members[0].record.id.to_string();
    let late = [asked(&[("who", &id), ("kinship", "10")]), on.clone()].concat();
    let page = refuses(site, &office, &path, &late, "减员").await;
    assert!(page.text().contains("id=\"who-says\"") && page.text().contains(&members[0].name));
    undone(site, &office, &location).await;
    let back = [dead, asked(&[("way", "returned")])].concat();
    undone(site, &office, &happens(site, &office, &way("leave"), &back).await).await;
    site.get_as(&office, &way("nothing")).await.with(404);
    // A leader of the town reads the file and writes none; to another town's leader there is no such file.
    let leader = site.sign_in("zhenling").await;
    let theirs = site.get_as(&leader, &format!("/households/{home}")).await.status;
    site.post_as(&leader, &way("birth"), "name=x").await.with(if theirs == 200 { 403 } else { 404 });
}

pub async fn a_file_is_opened_once_with_its_head(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let (home, _) = homes(site, 3, 2).await.remove(0);
    let file = stored(site, "household", home).await;
    let Value::Id(building) = value(site, &file, "household", "building") else { panic!("it stands in a building") };
    let building = building.to_string();
    let pairs = asked(&[
        ("number", "新立试001"),
        ("building", &building),
        ("batch", "fyp12"),
        ("registered_poor", "是"),
        ("moved_in_on", "2020-05-10"),
        ("head-name", "赵新立"),
        ("head-sex", "1"),
        ("head-born_on", "1980-03-04"),
        ("head-work_ability", "ordinary"),
        ("head-political_status", "13"),
    ]);
    refuses(site, &office, "/households/new", &pairs[1..].to_vec(), "id=\"number-says\"").await;
    let before = number(site, "person").await;
    let location = happens(site, &office, "/households/new", &pairs).await;
    assert_eq!(number(site, "person").await, before + 1);
    // The number is had: whoever has it is linked, and there is nothing to confirm.
    let held = site.post_as(&office, "/households/new", &form(&pairs)).await.with(422);
    let (file, _) = location.split_once("?done=").unwrap();
    assert!(held.text().contains(&format!("href=\"{file}\"")) && !held.text().contains("name=\"confirm\""));
    undone(site, &office, &location).await;
}

/// Addresses of files on a page.
pub fn files_on(page: &str) -> Vec<Uuid> {
    page.split("href=\"/households/").filter_map(|rest| rest.get(..36)?.parse().ok()).collect()
}

pub async fn events_are_recorded_and_undone_by_who_may_in_their_own_file(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let list = site.get_as(&office, "/households").await.with(200);
    for way in ["/households/new", "/duplicates", "/imports?sheet="] {
        assert!(list.text().contains(&format!("href=\"{way}")), "the list leads to {way}");
    }
    let paired = site.sign_in("bangfuganbu").await;
    let list = site.get_as(&paired, "/households").await.with(200);
    assert!(!list.text().contains("href=\"/households/new"));
    let theirs = *files_on(list.text()).first().expect("a cadre has households");
    for path in ["life", "life/birth"] {
        site.get_as(&paired, &format!("/households/{theirs}/{path}")).await.with(403);
    }
    let file = site.get_as(&paired, &format!("/households/{theirs}")).await.with(200);
    assert!(!file.text().contains(&format!("/households/{theirs}/life")));
    let born = asked(&[("name", "他户初生"), ("sex", "1"), ("born_on", "2020-05-10"), ("kinship", "20")]);
    let location = happens(site, &office, &format!("/households/{theirs}/life/birth"), &born).await;
    let (_, event) = location.split_once("?done=").unwrap();
    let own = format!("/households/{theirs}/undo/{event}");
    site.get_as(&paired, &own).await.with(403);
    site.post_as(&paired, &own, "reason=%E5%8A%9E%E9%94%99%E4%BA%86").await.with(403);
    let other = homes(site, 3, 8).await.into_iter().map(|(id, _)| id).find(|id| *id != theirs).unwrap();
    let foreign = format!("/households/{other}/undo/{event}");
    site.get_as(&office, &foreign).await.with(404);
    site.post_as(&office, &foreign, "reason=%E5%8A%9E%E9%94%99%E4%BA%86").await.with(404);
    undone(site, &office, &location).await;
    let again = site.get_as(&office, &own).await.with(200);
    assert!(again.text().contains("此前已撤销"), "what was undone is said to be");
}

pub async fn two_files_of_one_household_are_merged_on_a_page(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let two = homes(site, 2, 4).await;
    let [(keep, kept), (gone, people)] = [&two[0], &two[1]];
    let path = format!("/duplicates/files/{keep}/{gone}");
    let page = site.get_as(&office, &path).await.with(200);
    assert!(people.iter().all(|it| page.text().contains(&it.name)) && page.text().contains("take-number"));
    let twice: Asked =
        people.iter().map(|it| (format!("same-{}", it.record.id), kept[0].record.id.to_string())).collect();
    refuses(site, &office, &path, &twice, "role=\"alert\"").await;
    let same: Asked = (people.iter().zip(kept))
        .map(|(it, to)| (format!("same-{}", it.record.id), to.record.id.to_string()))
        .collect();
    let same = [same, asked(&[("take-dwelling", "other")])].concat();
    let there = value(site, &stored(site, "household", *gone).await, "household", "building");
    let files = number(site, "household").await;
    let location = happens(site, &office, &path, &same).await;
    assert!(location.starts_with(&format!("/households/{keep}?done=")) && number(site, "household").await == files - 1);
    let file = stored(site, "household", *keep).await;
    assert_eq!(value(site, &file, "household", "building"), there, "the building goes with the dwelling");
    undone(site, &office, &location).await;
    assert_eq!(number(site, "household").await, files, "both stand again");
    site.get_as(&office, "/duplicates").await.with(200);
}

/// What is to be compared is the first of a form, has the focus, and its box and a button stand with it.
fn asks_at_the_head(page: &str) {
    assert_eq!(page.matches(" autofocus").count(), 1, "one thing has the focus");
    let head = page.split("id=\"unsure\"").nth(1).unwrap().split("name=\"f.household\"").next().unwrap();
    assert!(head.split('>').next().unwrap().contains("tabindex=\"-1\" autofocus"), "{head}");
    for part in ["没有保存", "role=\"alert\"", "type=\"checkbox\"", "type=\"submit\""] {
        assert!(head.contains(part), "{part} stands before the first field");
    }
}

/// Words that mean many: one of them is chosen below the line, by the same control as in any form, and stays chosen on the way back.
pub async fn one_of_several_is_chosen_in_an_event_too(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let two = homes(site, 2, 3).await;
    let [(kept, _), (gone, people)] = [&two[0], &two[1]];
    let path = format!("/households/{gone}/life/merge");
    let relatives: Asked = people.iter().map(|it| (format!("kin-{}", it.record.id), "99".to_owned())).collect();
    let many = [relatives, asked(&[("kept", "王"), ("on", "2020-05-16")])].concat();
    let page = refuses(site, &office, &path, &many, "超过 20 条").await;
    let line = page.text().split("<input id=\"kept\"").nth(1).unwrap().split('>').next().unwrap();
    assert!(line.contains("value=\"王\"") && page.text().contains("name=\"pick.kept\""), "{line}");
    let kept = kept.to_string();
    let chosen = [many, asked(&[("pick.kept", &kept)])].concat();
    let back = site.post_as(&office, &path, &form(&[chosen.clone(), asked(&[("back", "1")])].concat())).await.with(200);
    assert!(back.text().contains(&format!("name=\"was.kept\" value=\"{kept} ")), "it stays chosen");
    let location = happens(site, &office, &path, &chosen).await;
    assert!(location.contains(&kept));
    undone(site, &office, &location).await;
    // Of what is not there nothing is told, and the words ask again.
    let foreign = [chosen[..chosen.len() - 1].to_vec(), asked(&[("pick.kept", &Uuid::nil().to_string())])].concat();
    refuses(site, &office, &path, &foreign, "name=\"pick.kept\"").await;
}

/// Events, new files and what is said to be wrong: whoever leaves what was typed is asked, and required lines are marked.
pub async fn what_is_typed_is_not_left_unasked(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let (home, _) = homes(site, 3, 5).await.remove(0);
    let birth = format!("/households/{home}/life/birth");
    let correct = format!("/records/household/{home}/correct");
    for path in [&birth, &correct, "/households/new"] {
        let page = site.get_as(&office, path).await.with(200);
        assert!(page.text().contains("data-guard=\"\""), "{path} asks once something is typed");
        let again = site.post_as(&office, path, "name=x&field=remark").await.with(422);
        assert!(again.text().contains("data-guard=\"changed\""), "{path} holds what was typed");
    }
    let page = site.get_as(&office, &birth).await.with(200);
    let label = page.text().split("<label for=\"name\">").nth(1).unwrap().split("</label>").next().unwrap();
    assert!(label.contains("aria-hidden=\"true\"> *"), "{label}");
}

/// The generic form: a double is shown beside it, kept out until it is said to be another, and sent twice it is one record.
pub async fn a_double_is_told_before_it_is_entered(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let (home, members) = homes(site, 3, 7).await.remove(0);
    let twin = stored(site, "person", members[1].record.id).await;
    let words = |field: &str| anju_record::kind::plain(&value(site, &twin, "person", field));
    let (name, born) = (words("name"), words("born_on"));
    let pairs = asked(&[
        ("f.household", &home.to_string()),
        ("f.name", &name),
        ("f.born_on", &born),
        ("f.kinship", "99"),
        ("f.sex", "1"),
        ("f.work_ability", "none"),
        ("f.political_status", "13"),
        ("f.joined_on", "2020-05-10"),
        ("key", "k1"),
    ]);
    let before = number(site, "person").await;
    let told = site.post_as(&office, "/ledgers/person/new", &form(&pairs)).await.with(422);
    assert!(told.text().contains(&format!("/records/person/{}", twin.id)), "the entry that is there is linked");
    asks_at_the_head(told.text());
    assert_eq!(number(site, "person").await, before);
    let said = [pairs, vec![("apart".to_owned(), apart(told.text()).unwrap())]].concat();
    let first = site.post_as(&office, "/ledgers/person/new", &form(&said)).await.with(303);
    let second = site.post_as(&office, "/ledgers/person/new", &form(&said)).await.with(303);
    assert_eq!((first.header("location"), number(site, "person").await), (second.header("location"), before + 1));
    // The same ID number cannot be kept: whoever has it is linked, and there is nothing to tick.
    let Value::Text(id_number) = value(site, &twin, "person", "id_number") else { return };
    let same = [said, asked(&[("f.id_number", &id_number), ("key", "k2")])].concat();
    let mut same: Asked = same.into_iter().filter(|(name, value)| name != "key" || value == "k2").collect();
    if let Some(pair) = same.iter_mut().find(|(name, _)| name == "f.name") {
        pair.1 = "另名之人".to_owned();
    }
    let refused = site.post_as(&office, "/ledgers/person/new", &form(&same)).await.with(422);
    assert!(refused.text().contains(&format!("/records/person/{}", twin.id)) && apart(refused.text()).is_none());
}

/// Somebody with the number of one who left may have come back, or the leaving was a slip: whoever enters them is shown the one who left.
pub async fn who_left_is_shown_when_they_come_back(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let of_file = homes(site, 3, 7).await;
    let (home, members) = &of_file[0];
    let leaver = stored(site, "person", members[2].record.id).await;
    let words = |field: &str| anju_record::kind::plain(&value(site, &leaver, "person", field));
    let gone = asked(&[("who", &leaver.id.to_string()), ("way", "returned"), ("on", "2020-05-16")]);
    let gone = [gone, kin(&[members[0].clone(), members[1].clone()])].concat();
    let location = happens(site, &office, &format!("/households/{home}/life/leave"), &gone).await;
    let (elsewhere, id_number) = (of_file[1].0.to_string(), words("id_number"));
    assert!(!id_number.is_empty(), "the demo's members have numbers");
    let pairs = asked(&[
        ("f.household", &elsewhere),
        ("f.name", "改了名的人"),
        ("f.id_number", &id_number),
        ("f.born_on", &words("born_on")),
        ("f.kinship", "99"),
        ("f.sex", &words("sex")),
        ("f.work_ability", "none"),
        ("f.political_status", "13"),
        ("f.joined_on", "2020-05-16"),
        ("key", "k4"),
    ]);
    let before = number(site, "person").await;
    let told = site.post_as(&office, "/ledgers/person/new", &form(&pairs)).await.with(422);
    let shown = told.text().contains(&format!("/records/person/{}", leaver.id));
    assert!(shown && told.text().contains("减员日期 2020-05-16") && told.text().contains("离开后又回来"));
    assert_eq!(number(site, "person").await, before, "nothing is written unasked");
    let said = [pairs, asked(&[("apart", &apart(told.text()).unwrap())])].concat();
    site.post_as(&office, "/ledgers/person/new", &form(&said)).await.with(303);
    assert_eq!(number(site, "person").await, before + 1);
    // Whoever stands holds the number now: the leaving cannot be undone beside them.
    let (file, event) = location.split_once("?done=").unwrap();
    let path = format!("{file}/undo/{event}");
    site.post_as(&office, &path, "reason=%E5%8A%9E%E9%94%99%E4%BA%86").await.with(422);
}

/// Two questions at once: who ticks one of them need not tick it again when the other is asked.
pub async fn a_tick_stays_while_what_it_speaks_of_is_the_same(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let (home, members) = homes(site, 3, 7).await.remove(0);
    let twin = stored(site, "person", members[1].record.id).await;
    let words = |field: &str| anju_record::kind::plain(&value(site, &twin, "person", field));
    // A son who is a woman, of the name and birth of somebody who is there.
    let pairs = asked(&[
        ("f.household", &home.to_string()),
        ("f.name", &words("name")),
        ("f.born_on", &words("born_on")),
        ("f.kinship", "20"),
        ("f.sex", "2"),
        ("f.work_ability", "none"),
        ("f.political_status", "13"),
        ("f.joined_on", "2020-05-10"),
        ("key", "k3"),
    ]);
    let path = "/ledgers/person/new";
    let told = site.post_as(&office, path, &form(&pairs)).await.with(422);
    assert_eq!(told.text().matches(" checked").count(), 0, "nothing is ticked for them");
    for (ticked, key) in [("apart", apart(told.text()).unwrap()), ("compared", compared(told.text()).unwrap())] {
        let half = [pairs.clone(), vec![(ticked.to_owned(), key.clone())]].concat();
        let again = site.post_as(&office, path, &form(&half)).await.with(422);
        let (_, box_of) = again.text().split_once(&format!("name=\"{ticked}\" value=\"{key}\"")).unwrap();
        assert!(box_of.starts_with(" checked"), "{ticked} stays");
        assert_eq!(again.text().matches(" checked").count(), 1, "and the other waits");
    }
    let wrong = [pairs, vec![("compared".to_owned(), "of something else".to_owned())]].concat();
    let again = site.post_as(&office, path, &form(&wrong)).await.with(422);
    assert_eq!(again.text().matches(" checked").count(), 0, "what speaks of something else is no tick");
}

/// The head stays the head, whichever entry is kept, also beside an entry of another file: the relation is told and not asked.
pub async fn two_entries_of_the_head_are_the_head(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let found = homes(site, 3, 9).await;
    let of = |home: usize, heads: bool| {
        found[home].1.iter().find(|it| (it.kinship == "02") == heads).map(|it| it.record.id).unwrap()
    };
    let (head, other, elsewhere) = (of(0, true), of(0, false), of(1, false));
    for (keep, drop) in [(other, head), (head, other), (head, elsewhere)] {
        let path = format!("/duplicates/{keep}/{drop}");
        let page = site.get_as(&office, &path).await.with(200);
        assert!(page.text().contains("户主身份不变") && !page.text().contains("take-kinship"));
        for side in ["one", "other"] {
            let location = happens(site, &office, &path, &asked(&[("take-kinship", side)])).await;
            let stays = stored(site, "person", keep).await;
            assert_eq!(value(site, &stays, "person", "kinship"), Value::Text("02".into()), "{side}");
            undone(site, &office, &location).await;
        }
    }
}
