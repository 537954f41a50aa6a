//! Fields of the county's own, and others that must be filled, in the forms of events that make a record.

use anju_record::Value;
use anju_store::Query;
use uuid::Uuid;

use crate::asking::{OFFICE, Site};
use crate::forms::{form, stored, value};
use crate::lives::{Asked, asked, happens, homes, kin, undone};
use crate::prepared::{COUNTY, TODAY};

/// What the county adds: to households and to what happens to them also something that must be filled.
pub const FIELDS: &str = r#"
[ledger.household.fields]
req = { kind = "text", required = true, title = { zh = "必填新项", en = "Needed" } }
reason = { kind = "text", title = { zh = "搬迁缘由", en = "Why they moved" } }
[ledger.person.fields]
dialect = { kind = "text", title = { zh = "方言", en = "Dialect" } }
[ledger.household_event.fields]
paper = { kind = "text", required = true, title = { zh = "文号", en = "Paper" } }
witness = { kind = "ref", to = "cadre", title = { zh = "见证干部", en = "Witness" } }
[ledger.pairing.fields]
wish = { kind = "text", title = { zh = "帮扶意愿", en = "Wish" } }
"#;

fn text(words: &str) -> Value {
    Value::Text(words.into())
}

/// The file and the event of where an answer leads.
fn ids(location: &str) -> [Uuid; 2] {
    let (file, event) = location.split_once("?done=").unwrap();
    [file.rsplit('/').next().unwrap(), event].map(|id| id.parse().unwrap())
}

/// Every line stands in the form; left blank, what must be filled is told at its line and nowhere else.
async fn shows_and_asks(site: &Site, path: &str, sent: &Asked, (needed, free): (&[&str], &[&str])) {
    let office = site.sign_in(OFFICE).await;
    let page = site.get_as(&office, path).await.with(200);
    for line in needed.iter().chain(free) {
        let (_, control) =
            page.text().split_once(&format!("id=\"{line}\"")).unwrap_or_else(|| panic!("{path}: no {line}"));
        let control = control.split('>').next().unwrap();
        assert_eq!(control.contains(" required"), needed.contains(line), "{path}: {line}");
    }
    let wrong = site.post_as(&office, path, &form(sent)).await.with(422);
    for line in needed {
        assert!(wrong.text().contains(&format!("id=\"{line}-says\"")), "{path}: {line} is not told");
    }
    let faults = wrong.text().matches("<p class=\"gap\">").count();
    assert_eq!(faults, needed.len(), "{path}: nothing else is wrong");
    assert!(!wrong.text().contains("class=\"notice bad\""), "{path}: nothing is told of no line");
}

pub async fn a_new_file_has_what_the_county_adds(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let (home, _) = homes(site, 3, 2).await.remove(0);
    let file = stored(site, "household", home).await;
    let Value::Id(building) = value(site, &file, "household", "building") else { panic!("it stands in a building") };
    let sent = asked(&[
        ("number", "新立试901"),
        ("building", &building.to_string()),
        ("batch", "fyp12"),
        ("registered_poor", "是"),
        ("moved_in_on", "2020-05-10"),
        ("head-name", "赵新增"),
        ("head-sex", "1"),
        ("head-born_on", "1980-03-04"),
        ("head-work_ability", "ordinary"),
        ("head-political_status", "13"),
    ]);
    let needed = ["household-req", "household_event-paper"];
    let free = ["household-reason", "head-dialect", "household_event-witness"];
    shows_and_asks(site, "/households/new", &sent, (&needed, &free)).await;
    let more = asked(&[
        ("household-req", "已填"),
        ("household-reason", "避险"),
        ("head-dialect", "秦语"),
        ("household_event-paper", "宁搬〔2020〕1号"),
        ("reason", "补登"),
    ]);
    let location = happens(site, &office, "/households/new", &[sent, more].concat()).await;
    let [file, event] = ids(&location);
    let record = stored(site, "household", file).await;
    assert_eq!(value(site, &record, "household", "req"), text("已填"));
    assert_eq!(value(site, &record, "household", "reason"), text("避险"), "not the reason of the event");
    let record = stored(site, "household_event", event).await;
    assert_eq!(value(site, &record, "household_event", "paper"), text("宁搬〔2020〕1号"));
    let Value::Id(head) = value(site, &record, "household_event", "person") else { panic!("it is about the head") };
    assert_eq!(value(site, &stored(site, "person", head).await, "person", "dialect"), text("秦语"));
    undone(site, &office, &location).await;
}

pub async fn a_child_and_a_part_have_what_the_county_adds(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let (home, _) = homes(site, 3, 5).await.remove(0);
    let path = format!("/households/{home}/life/birth");
    let child = asked(&[("name", "王新增"), ("sex", "1"), ("born_on", "2020-05-10"), ("kinship", "20")]);
    let needed = ["household_event-paper"];
    shows_and_asks(site, &path, &child, (&needed, &["person-dialect"])).await;
    let more = asked(&[("person-dialect", "秦语"), ("household_event-paper", "证1")]);
    let location = happens(site, &office, &path, &[child, more].concat()).await;
    let event = stored(site, "household_event", ids(&location)[1]).await;
    let Value::Id(child) = value(site, &event, "household_event", "person") else { panic!("it is about the child") };
    assert_eq!(value(site, &stored(site, "person", child).await, "person", "dialect"), text("秦语"));
    undone(site, &office, &location).await;

    let (home, members) = homes(site, 4, 1).await.remove(0);
    let path = format!("/households/{home}/life/split");
    let (go, stay) = members.split_at(2);
    let mut pairs = [kin(go), kin(stay)].concat();
    pairs.extend(go.iter().map(|it| ("who".to_owned(), it.record.id.to_string())));
    pairs.extend(asked(&[("number", "分户试901"), ("on", "2020-05-16")]));
    let needed = ["household-req", "household_event-paper"];
    shows_and_asks(site, &path, &pairs, (&needed, &["household-reason", "pairing-wish"])).await;
    let more = asked(&[("household-req", "另立"), ("household_event-paper", "证2"), ("pairing-wish", "就业")]);
    let location = happens(site, &office, &path, &[pairs, more].concat()).await;
    let part = stored(site, "household", ids(&location)[0]).await;
    assert_eq!(value(site, &part, "household", "req"), text("另立"));
    let pairings = site.app.select(&Query::of(COUNTY, site.app.ledger("pairing").unwrap(), TODAY)).await.unwrap();
    let own = pairings.iter().filter(|it| value(site, it, "pairing", "household") == Value::Id(part.id));
    own.for_each(|it| assert_eq!(value(site, it, "pairing", "wish"), text("就业")));
    undone(site, &office, &location).await;
}

/// What is written down of an event has fields too; a reference is looked for by its name.
pub async fn an_event_that_makes_nobody_has_its_own(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let (home, members) = homes(site, 3, 9).await.remove(0);
    let path = format!("/households/{home}/life/change-head");
    let mut turned = members.clone();
    turned.rotate_left(1);
    let sent = [kin(&turned), asked(&[("on", "2020-05-16")])].concat();
    shows_and_asks(site, &path, &sent, (&["household_event-paper"], &["household_event-witness"])).await;
    let sent = [sent, asked(&[("household_event-paper", "证3")])].concat();
    let nobody = [sent.clone(), asked(&[("household_event-witness", "查无此人甲")])].concat();
    let page = site.post_as(&office, &path, &form(&nobody)).await.with(422);
    let (_, line) = page.text().split_once("id=\"household_event-witness\"").unwrap();
    assert!(line.split('>').next().unwrap().contains("aria-invalid=\"true\""), "told at its line");
    let location = happens(site, &office, &path, &sent).await;
    let event = stored(site, "household_event", ids(&location)[1]).await;
    assert_eq!(value(site, &event, "household_event", "paper"), text("证3"));
    undone(site, &office, &location).await;
}
