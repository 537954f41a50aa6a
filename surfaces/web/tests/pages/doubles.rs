//! Who is there already, who has been there, and what became one: told before anything is written, and findable afterwards.

use anju_record::Value;
use anju_store::Query;
use uuid::Uuid;

use crate::asking::{OFFICE, Site};
use crate::forms::{form, stored, value};
use crate::lives::{Asked, apart, asked, compared, files_on, happens, homes, kin, number, undone};
use crate::prepared::{COUNTY, TODAY};

const NEW: &str = "/ledgers/person/new";

/// The form of somebody new in a file; what is given last stands.
fn somebody(home: Uuid, name: &str, born: &str, more: &[(&str, &str)]) -> Asked {
    let filled = asked(&[
        ("f.household", &home.to_string()),
        ("f.name", name),
        ("f.born_on", born),
        ("f.kinship", "99"),
        ("f.sex", "1"),
        ("f.work_ability", "none"),
        ("f.political_status", "13"),
        ("f.joined_on", "2020-05-16"),
    ]);
    [filled, asked(more)].concat()
}

fn words(site: &Site, person: &anju_record::Record, field: &str) -> String {
    anju_record::kind::plain(&value(site, person, "person", field))
}

/// Somebody who left and had no number is told of by name and birth.
pub async fn who_left_without_a_number_is_shown_too(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let (home, members) = homes(site, 3, 10).await.remove(0);
    let leaver = stored(site, "person", members[2].record.id).await;
    let gone = asked(&[("who", &leaver.id.to_string()), ("way", "returned"), ("on", "2020-05-16")]);
    let gone = [gone, kin(&members[..2])].concat();
    happens(site, &office, &format!("/households/{home}/life/leave"), &gone).await;
    let (name, born) = (words(site, &leaver, "name"), words(site, &leaver, "born_on"));
    let pairs = somebody(home, &name, &born, &[("key", "left without a number")]);
    let before = number(site, "person").await;
    let told = site.post_as(&office, NEW, &form(&pairs)).await.with(422);
    let shown = told.text().contains(&format!("/records/person/{}", leaver.id));
    assert!(shown && told.text().contains("减员日期 2020-05-16") && told.text().contains("离开后又回来"));
    assert_eq!(number(site, "person").await, before, "nothing is written unasked");
    let said = [pairs, asked(&[("apart", &apart(told.text()).unwrap())])].concat();
    site.post_as(&office, NEW, &form(&said)).await.with(303);
    assert_eq!(number(site, "person").await, before + 1);
}

/// A number that somebody in the files holds: nothing is offered to tick that could not help, and a preview refuses it as well.
pub async fn what_is_held_is_told_before_anything_is_ticked(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let (home, members) = homes(site, 3, 11).await.remove(0);
    let twin = stored(site, "person", members[1].record.id).await;
    let (name, born) = (words(site, &twin, "name"), words(site, &twin, "born_on"));
    let id_number = words(site, &twin, "id_number");
    assert!(!id_number.is_empty(), "the demo's members have numbers");
    // A daughter who is a man is asked about at once.
    let pairs = somebody(home, &name, &born, &[("f.id_number", &id_number), ("f.kinship", "30"), ("key", "held")]);
    let before = number(site, "person").await;
    let told = site.post_as(&office, NEW, &form(&pairs)).await.with(422);
    let link = format!("/records/person/{}", twin.id);
    assert!(told.text().contains(&link) && told.text().contains("href=\"#f.id_number\""), "who holds it");
    assert!(apart(told.text()).is_none() && compared(told.text()).is_some());
    let said = [pairs, asked(&[("compared", &compared(told.text()).unwrap())])].concat();
    let again = site.post_as(&office, NEW, &form(&said)).await.with(422);
    assert!(apart(again.text()).is_none() && again.text().contains(&link));
    let child = asked(&[("name", "王重号"), ("sex", "1"), ("born_on", "2020-05-10"), ("kinship", "20")]);
    let child = [child, asked(&[("id_number", &id_number)])].concat();
    let held = site.post_as(&office, &format!("/households/{home}/life/birth"), &form(&child)).await.with(422);
    assert!(held.text().contains(&link) && !held.text().contains("name=\"confirm\""));
    assert_eq!(number(site, "person").await, before);
}

/// Of what is held in another town a town's clerk is told that it is, and whom to ask; nothing else.
pub async fn what_is_held_out_of_reach_is_told_as_that(site: &Site) {
    let town = site.sign_in("zhenban").await;
    let list = site.get_as(&town, "/households").await.with(200);
    let (mut home, mut here) = (Uuid::nil(), String::new());
    for id in files_on(list.text()) {
        let file = stored(site, "household", id).await;
        if value(site, &file, "household", "ended_on") == Value::Null {
            (home, here) = (id, file.area.chars().take(9).collect());
        }
    }
    let people = site.app.select(&Query::of(COUNTY, site.app.ledger("person").unwrap(), TODAY)).await.unwrap();
    let outside = |person: &&anju_record::Record| {
        let of = |field: &str| value(site, person, "person", field);
        !person.area.starts_with(&here) && of("left_on") == Value::Null && of("id_number") != Value::Null
    };
    let id = people.iter().find(outside).unwrap().id;
    site.get_as(&town, &format!("/records/person/{id}")).await.with(404);
    let there = stored(site, "person", id).await;
    let [id_number, sex, born] = ["id_number", "sex", "born_on"].map(|field| words(site, &there, field));
    let pairs = somebody(home, "外镇有人", &born, &[("f.id_number", &id_number), ("f.sex", &sex), ("key", "beyond")]);
    let event = asked(&[("name", "外镇有人"), ("sex", &sex), ("born_on", &born), ("kinship", "99")]);
    let event = [event, asked(&[("id_number", &id_number), ("work_ability", "none"), ("on", "2020-05-16")])].concat();
    let event = [event, asked(&[("political_status", "13")])].concat();
    for (path, pairs) in [(NEW.to_owned(), pairs), (format!("/households/{home}/life/marry-in"), event)] {
        let told = site.post_as(&town, &path, &form(&pairs)).await.with(422);
        assert!(told.text().contains("登记在本人权限范围以外"), "{path}: {}", told.text());
        let silent = !told.text().contains(&id.to_string()) && !told.text().contains("编辑已有记录");
        assert!(silent && apart(told.text()).is_none(), "{path}: {}", told.text());
    }
}

/// Which of two entries stays is chosen, what is masked can be looked at, and whoever looks for the one that went finds the one that stays.
pub async fn what_became_one_is_found_from_both(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let (_, members) = homes(site, 3, 12).await.remove(0);
    let (keep, drop) = (&members[1], &members[2]);
    let path = format!("/duplicates/{}/{}", keep.record.id, drop.record.id);
    let page = site.get_as(&office, &path).await.with(200);
    assert!(page.text().contains(&format!("href=\"/duplicates/{}/{}\"", drop.record.id, keep.record.id)));
    let linked = |id: Uuid| page.text().contains(&format!("href=\"/records/person/{id}\""));
    assert!(page.text().contains("受保护") && linked(keep.record.id) && linked(drop.record.id));
    let household = site.app.ledger("household").unwrap();
    let Value::Id(home) = value(site, &stored(site, "person", drop.record.id).await, "person", "household") else {
        panic!("somebody lives somewhere")
    };
    let called = site.app.labels(household, &[home]).await.unwrap().remove(&home).unwrap();
    assert!(page.text().contains(&format!("href=\"/households/{home}\">{called}</a>")), "whose each is");
    let born = words(site, &stored(site, "person", drop.record.id).await, "born_on");
    assert!(page.text().contains(&format!("{born} 出生")), "and when they were born");
    let take = asked(&[("take-name", "one")]);
    let preview = site.post_as(&office, &path, &form(&take)).await.with(200);
    assert!(preview.text().contains(&format!("{} · {called}", drop.name)), "which of the two goes");
    let location = happens(site, &office, &path, &take).await;
    let stays = format!("/records/person/{}", keep.record.id);
    let gone = format!("/records/person/{}", drop.record.id);
    let page = site.get_as(&office, &stays).await.with(200);
    assert!(page.text().contains(&format!("并入“{}”", drop.name)), "what was merged into it");
    for address in [gone.clone(), format!("{gone}/edit")] {
        let led = site.get_as(&office, &address).await.with(303);
        assert_eq!(led.header("location"), format!("{stays}?done=joined"), "{address}");
    }
    let told = site.get_as(&office, &format!("{stays}?done=joined")).await.with(200);
    assert!(told.text().contains("已经并入这一条"));
    let restore = site.get_as(&office, &format!("{gone}/restore")).await.with(200);
    assert!(restore.text().contains(&format!("href=\"{stays}\"")), "the page that brings it back says so too");
    undone(site, &office, &location).await;
    site.get_as(&office, &gone).await.with(200);
}

/// A rule stands at the head of its pairs in words of its own, and a table of files is no table of people.
pub async fn the_review_speaks_plainly(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let english = site.get_as(&office, "/duplicates?lang=en").await.with(200);
    assert!(!english.text().contains("Same name and born on"));
    let two = homes(site, 3, 11).await;
    let page = site.get_as(&office, &format!("/duplicates/files/{}/{}", two[0].0, two[1].0)).await.with(200);
    assert!(page.text().contains("是不是同一户") && !page.text().contains("是不是同一人"));
}

/// Whether two entries stand in the review.
async fn is_reviewed(site: &Site, one: Uuid, other: Uuid) -> bool {
    let swept = anju_base::sweep(&site.app.actor, usize::MAX).await.unwrap();
    swept.pairs.iter().any(|pair| [(one, other), (other, one)].contains(&(pair.one.id, pair.other.id)))
}

/// Who was said to be another when they were entered, on a form or by an event, is not asked about in the review as well.
pub async fn what_was_said_on_entry_is_remembered(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let (home, members) = homes(site, 3, 15).await.remove(0);
    let twin = stored(site, "person", members[1].record.id).await;
    let (name, born) = (words(site, &twin, "name"), words(site, &twin, "born_on"));
    let pairs = somebody(home, &name, &born, &[("key", "remembered")]);
    let (people, findings) = (number(site, "person").await, number(site, "not_duplicate").await);
    let told = site.post_as(&office, NEW, &form(&pairs)).await.with(422);
    assert_eq!(number(site, "not_duplicate").await, findings, "nothing is found before it is said");
    let said = [pairs, asked(&[("apart", &apart(told.text()).unwrap())])].concat();
    let saved = site.post_as(&office, NEW, &form(&said)).await.with(303);
    let made: Uuid = saved.header("location").split("/records/person/").nth(1).unwrap()[..36].parse().unwrap();
    assert_eq!(number(site, "person").await, people + 1);
    let after = number(site, "not_duplicate").await;
    assert!(after > findings && !is_reviewed(site, made, twin.id).await, "the pair was told apart");
    site.post_as(&office, NEW, &form(&said)).await.with(303);
    assert_eq!(number(site, "not_duplicate").await, after, "sent twice it is found once");
    let child = asked(&[("name", "王重生"), ("sex", "1"), ("born_on", "2020-05-09"), ("kinship", "20")]);
    let path = format!("/households/{home}/life/birth");
    let first = happens(site, &office, &path, &child).await;
    assert_eq!(number(site, "not_duplicate").await, after, "like nobody");
    let second = happens(site, &office, &path, &child).await;
    assert_eq!(number(site, "not_duplicate").await, after + 1);
    undone(site, &office, &second).await;
    assert_eq!(number(site, "not_duplicate").await, after, "it goes with the entry");
    undone(site, &office, &first).await;
}

/// Who takes somebody's number after they left is not said to be another: they may have come back.
pub async fn who_may_have_come_back_is_told_apart_from_nobody(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let (home, members) = homes(site, 3, 16).await.remove(0);
    let leaver = stored(site, "person", members[2].record.id).await;
    let gone = asked(&[("who", &leaver.id.to_string()), ("way", "returned"), ("on", "2020-05-16")]);
    happens(site, &office, &format!("/households/{home}/life/leave"), &[gone, kin(&members[..2])].concat()).await;
    let findings = number(site, "not_duplicate").await;
    let sex = words(site, &leaver, "sex");
    let number_of = words(site, &leaver, "id_number");
    let again = [("f.id_number", number_of.as_str()), ("f.sex", &sex), ("key", "came back")];
    let pairs = somebody(home, "改名回来的", &words(site, &leaver, "born_on"), &again);
    let told = site.post_as(&office, NEW, &form(&pairs)).await.with(422);
    let said = [pairs, asked(&[("apart", &apart(told.text()).unwrap())])].concat();
    site.post_as(&office, NEW, &form(&said)).await.with(303);
    assert_eq!(number(site, "not_duplicate").await, findings);
}
