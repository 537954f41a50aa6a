//! What is recorded on pages of its own, how it is filled in there, and what is told of it afterwards.

use anju_record::Value;
use uuid::Uuid;

use crate::asking::{OFFICE, Site};
use crate::forms::{form, stored, value};
use crate::lives::{asked, happens, homes, kin, number, undone};

/// A household comes with its head and an event with its effect: the forms of any ledger lead to the pages that make both, and write neither.
pub async fn what_is_not_made_alone_has_a_page_of_its_own(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let (home, members) = homes(site, 3, 2).await.remove(0);
    let file = stored(site, "household", home).await;
    let Value::Id(dwelling) = value(site, &file, "household", "dwelling") else { panic!("it has a dwelling") };
    let before = [number(site, "household").await, number(site, "household_event").await];
    let typed = form(&asked(&[("f.dwelling", &dwelling.to_string()), ("f.number", "单独新建001"), ("key", "own1")]));
    let with_dwelling = format!("/households/new?dwelling={dwelling}");
    let asks = site.get_as(&office, &format!("/ledgers/household/new?dwelling={dwelling}")).await.with(303);
    let sends = site.post_as(&office, "/ledgers/household/new", &typed).await.with(303);
    assert_eq!([asks.header("location"), sends.header("location")], [&with_dwelling, &with_dwelling]);
    let page = site.get_as(&office, &with_dwelling).await.with(200);
    assert!(page.text().contains(&format!("name=\"was.dwelling\" value=\"{dwelling} ")), "the dwelling is filled in");
    let died = asked(&[("f.household", &home.to_string()), ("f.kind", "died"), ("f.happened_on", "2020-05-16")]);
    let life = format!("/households/{home}/life");
    let asks = site.get_as(&office, &format!("/ledgers/household_event/new?household={home}")).await.with(303);
    let sends = site.post_as(&office, "/ledgers/household_event/new", &form(&died)).await.with(303);
    assert_eq!([asks.header("location"), sends.header("location")], [&life, &life]);
    let bare = site.get_as(&office, "/ledgers/household_event/new").await.with(303);
    assert_eq!(bare.header("location"), "/households");
    assert_eq!([number(site, "household").await, number(site, "household_event").await], before, "nothing is written");
    let person = members[0].record.id;
    for path in [format!("/records/household/{home}/edit"), format!("/records/person/{person}/edit")] {
        let page = site.get_as(&office, &path).await.with(200);
        assert!(page.text().contains("这里只更正") && page.text().contains(&format!("href=\"{life}\"")), "{path}");
    }
    let page = site.get_as(&office, &format!("/records/person/{person}")).await.with(200);
    let (_, adding) = page.text().split_once("新增相关记录").unwrap();
    let (adding, _) = adding.split_once("</ul>").unwrap();
    assert!(
        adding.contains(&format!("href=\"{life}\"")),
        "what happened to somebody happened to their household: {adding}"
    );
    let page = site.get_as(&office, &format!("/records/dwelling/{dwelling}/edit")).await.with(200);
    assert!(!page.text().contains("这里只更正"));
}

/// Places are chosen, long lists searched by name or code, and a form can be left.
pub async fn a_new_file_is_filled_in_by_names(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let (home, members) = homes(site, 3, 2).await.remove(0);
    let page = site.get_as(&office, "/households/new").await.with(200);
    let parts =
        ["<select id=\"origin_village\"", "name=\"origin_group\"", "list=\"head-nationality-list\"", ">取消</a>"];
    for part in parts {
        assert!(page.text().contains(part), "{part}");
    }
    let village = page.text().split("<select id=\"origin_village\"").nth(1).unwrap();
    let village = village.split("<option value=\"").find(|part| part.starts_with("6109")).unwrap()[..12].to_owned();
    let Value::Id(building) = value(site, &stored(site, "household", home).await, "household", "building") else {
        panic!("it stands in a building")
    };
    let pairs = asked(&[
        ("number", "按名新立001"),
        ("building", &building.to_string()),
        ("batch", "fyp12"),
        ("registered_poor", "是"),
        ("moved_in_on", "2020-05-10"),
        ("origin_village", &village),
        ("origin_group", "三组"),
        ("head-name", "赵按名"),
        ("head-sex", "1"),
        ("head-born_on", "1980-03-04"),
        ("head-nationality", "回族"),
        ("head-work_ability", "ordinary"),
        ("head-political_status", "群众"),
    ]);
    let location = happens(site, &office, "/households/new", &pairs).await;
    let made = location.split("?done=").next().unwrap().rsplit('/').next().unwrap().parse().unwrap();
    let file = stored(site, "household", made).await;
    assert_eq!(value(site, &file, "household", "origin_village"), Value::Text(village.into()));
    assert_eq!(value(site, &file, "household", "origin_group"), Value::Text("三组".into()));
    undone(site, &office, &location).await;
    let mut turned = members.clone();
    turned.rotate_left(1);
    let named = |code: &str| if code == "02" { "户主" } else { "非亲属" }.to_owned();
    let relations = kin(&turned).into_iter().map(|(name, code)| (name, named(&code)));
    let relations = [relations.collect(), asked(&[("on", "2020-05-16")])].concat();
    let path = format!("/households/{home}/life/change-head");
    let page = site.get_as(&office, &path).await.with(200);
    assert!(page.text().contains("list=\"kin-list\"") && page.text().contains(&format!("href=\"/households/{home}\"")));
    let location = happens(site, &office, &path, &relations).await;
    let head = stored(site, "person", turned[0].record.id).await;
    assert_eq!(value(site, &head, "person", "kinship"), Value::Text("02".into()), "a name is as good as a code");
    undone(site, &office, &location).await;
}

/// Of what happened it is told what was said and of whom it was true; going back to the place of origin is an event of its own.
pub async fn what_happened_is_told_with_everybody_and_why(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let (home, members) = homes(site, 4, 1).await.remove(0);
    let (go, stay) = members.split_at(2);
    let who = |people: &[anju_base::life::Member]| -> Vec<(String, String)> {
        people.iter().map(|it| ("who".to_owned(), it.record.id.to_string())).collect()
    };
    for event in ["death", "split"] {
        let nobody =
            site.post_as(&office, &format!("/households/{home}/life/{event}"), "on=2020-05-16").await.with(422);
        assert!(nobody.text().contains("请至少选择一位"), "{event}: boxes are ticked, not filled in");
    }
    let said = asked(&[("on", "2020-05-16"), ("number", "说明试001"), ("reason", "分家另过")]);
    let split = [kin(go), kin(stay), who(go), said].concat();
    let location = happens(site, &office, &format!("/households/{home}/life/split"), &split).await;
    let hub = site.get_as(&office, &format!("/households/{home}/life")).await.with(200);
    assert!(hub.text().contains("分家另过"), "why");
    assert!(go.iter().all(|it| hub.text().contains(&it.name)), "everybody who went");
    // The first of those who stay heads the file, and the page is called by them.
    assert!(!hub.text().contains(&stay[1].name), "and nobody who stayed");
    let event = location.split_once("?done=").unwrap().1.parse().unwrap();
    let event = stored(site, "household_event", event).await;
    let details = anju_record::kind::plain(&value(site, &event, "household_event", "details"));
    assert!(details.starts_with("共2人：") && go.iter().all(|it| details.contains(&it.name)), "{details}");
    assert!(details.ends_with("分家另过"), "{details}");
    let page = site.get_as(&office, &format!("/records/person/{}", go[1].record.id)).await.with(200);
    let history = page.text().split("id=\"history\"").nth(1).unwrap();
    assert!(history.contains("<b>分户 2020-05-16</b>") && history.contains("分家另过"), "what it was part of, and why");
    undone(site, &office, &location).await;
    let left = [kin(stay), who(go), asked(&[("on", "2020-05-16"), ("way", "returned")])].concat();
    let location = happens(site, &office, &format!("/households/{home}/life/leave"), &left).await;
    let event = location.split_once("?done=").unwrap().1.parse().unwrap();
    let event = stored(site, "household_event", event).await;
    assert_eq!(value(site, &event, "household_event", "kind"), Value::Text("returned".into()));
    let hub = site.get_as(&office, &format!("/households/{home}/life")).await.with(200);
    assert!(go.iter().all(|it| hub.text().contains(&it.name)), "of several everybody is told");
    undone(site, &office, &location).await;
}

/// The state of a dwelling.
async fn state(site: &Site, dwelling: Uuid) -> String {
    anju_record::kind::plain(&value(site, &stored(site, "dwelling", dwelling).await, "dwelling", "state"))
}

/// What undoing brings back is shown before; where another household lives in the dwelling by now, that one is linked.
pub async fn what_undoing_brings_back_is_shown_first(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let (mut one, mut other) = (None, None);
    for (home, _) in homes(site, 2, 3).await.into_iter().chain(homes(site, 3, 3).await) {
        let file = stored(site, "household", home).await;
        let [building, dwelling] = ["building", "dwelling"].map(|field| value(site, &file, "household", field));
        match (building, dwelling) {
            (Value::Id(building), Value::Id(dwelling))
                if one.is_none() && state(site, dwelling).await == "lived_in" =>
            {
                one = Some((home, building, dwelling));
            }
            _ => other = Some(home),
        }
    }
    let ((home, building, dwelling), other) = one.zip(other).expect("two households, one of them in its dwelling");
    let out = asked(&[("building", &building.to_string()), ("on", "2020-05-16")]);
    let out = happens(site, &office, &format!("/households/{home}/life/move"), &out).await;
    assert_eq!(state(site, dwelling).await, "vacant", "whoever moves away leaves it empty");
    let (_, event) = out.split_once("?done=").unwrap();
    let path = format!("/households/{home}/undo/{event}");
    let page = site.get_as(&office, &path).await.with(200);
    for part in ["撤销后", "住房状况"] {
        assert!(page.text().contains(part), "{part}");
    }
    let into = asked(&[("dwelling", &dwelling.to_string()), ("on", "2020-05-16")]);
    let into = happens(site, &office, &format!("/households/{other}/life/move"), &into).await;
    assert_eq!(state(site, dwelling).await, "lived_in", "and whoever comes lives in it");
    let held = site.post_as(&office, &path, "reason=%E5%8A%9E%E9%94%99%E4%BA%86").await.with(422);
    assert!(held.text().contains("现由下列户居住") && held.text().contains(&format!("href=\"/households/{other}\"")));
    undone(site, &office, &into).await;
    undone(site, &office, &out).await;
    assert_eq!(state(site, dwelling).await, "lived_in", "and all is as before");
}
