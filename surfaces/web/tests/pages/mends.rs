//! What a form of a member may not leave behind: said in the words of whoever keeps the files, beside the line that mends it.

use anju_record::Value;
use uuid::Uuid;

use crate::asking::{OFFICE, Site};
use crate::forms::{form, stored, value};
use crate::lives::{Asked, apart, asked, compared, homes, number};
use crate::prepared::{COUNTY, TODAY};

const NEW: &str = "/ledgers/person/new";

/// The form of somebody new in a file.
fn somebody(home: Uuid, kinship: &str) -> Asked {
    asked(&[
        ("f.household", &home.to_string()),
        ("f.name", "欧阳新来"),
        ("f.born_on", "1990-01-02"),
        ("f.kinship", kinship),
        ("f.sex", "1"),
        ("f.work_ability", "ordinary"),
        ("f.political_status", "13"),
        ("f.joined_on", "2020-05-16"),
    ])
}

/// The number of a file.
async fn called(site: &Site, home: Uuid) -> String {
    anju_record::kind::plain(&value(site, &stored(site, "household", home).await, "household", "number"))
}

/// A head is not ended by a form: it says whose file would have none, at the file, and what is to be done.
pub async fn a_file_keeps_its_head(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let (home, members) = homes(site, 3, 14).await.remove(0);
    let head = stored(site, "person", members[0].record.id).await;
    let ended =
        asked(&[("version", &head.version.to_string()), ("f.left_on", "2020-05-16"), ("f.left_reason", "died")]);
    let path = format!("/records/person/{}/edit", head.id);
    let told = site.post_as(&office, &path, &form(&ended)).await.with(422);
    let says = format!("“{}”：本户须有且只有一位在册户主", called(site, home).await);
    assert!(told.text().contains(&says) && told.text().contains("href=\"#f.household\""), "{}", told.text());
    assert!(!told.text().contains("“****”") && !told.text().contains("恰有一条"));
    let second = site.post_as(&office, NEW, &form(&somebody(home, "02"))).await.with(422);
    assert!(second.text().contains("该户已有在册户主") && second.text().contains("href=\"#f.household\""));
    assert!(!second.text().contains("只能有一条"), "and not in the words of whoever wrote the rule");
}

/// Nobody comes into a file that is closed: it is said at the file, which is the line that mends it.
pub async fn nobody_comes_into_a_closed_file(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let query = anju_store::Query::of(COUNTY, site.app.ledger("household").unwrap(), TODAY);
    let all = site.app.select(&query).await.unwrap();
    let closed = all.iter().find(|it| value(site, it, "household", "ended_on") != Value::Null).unwrap();
    let told = site.post_as(&office, NEW, &form(&somebody(closed.id, "99"))).await.with(422);
    let says = format!("“{}”：已销户，名下不能有在册成员", called(site, closed.id).await);
    assert!(told.text().contains(&says) && told.text().contains("href=\"#f.household\""), "{}", told.text());
}

/// The head's entry is not deleted, and it is said where another head is named.
pub async fn a_head_is_not_deleted(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let person = site.app.ledger("person").unwrap();
    let mut alone = None;
    for turn in 0..24 {
        for (home, members) in homes(site, 1 + turn % 3, turn).await {
            let head = members[0].record.id;
            if alone.is_none() && site.app.attached(person, head).await.unwrap().is_empty() {
                alone = Some((home, head));
            }
        }
    }
    let (home, head) = alone.expect("a head to whom nothing refers");
    let before = number(site, "person").await;
    let version = stored(site, "person", head).await.version.to_string();
    let gone = asked(&[("version", &version), ("reason", "重复建档")]);
    let told = site.post_as(&office, &format!("/records/person/{head}/delete"), &form(&gone)).await.with(409);
    assert!(told.text().contains("本户须有且只有一位在册户主") && !told.text().contains("还有记录引用它"));
    assert!(told.text().contains(&format!("href=\"/households/{home}/life\"")), "the way to name another");
    assert_eq!(number(site, "person").await, before);
}

/// Somebody goes to another household by a form only when it was said to be so: what happened to them is recorded elsewhere.
pub async fn whose_somebody_is_changes_only_when_compared(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let found = homes(site, 3, 17).await;
    let ((from, members), (to, _)) = (&found[0], &found[1]);
    let person = stored(site, "person", members[1].record.id).await;
    let path = format!("/records/person/{}/edit", person.id);
    let moved = |more: &[(&str, &str)]| {
        let pairs = asked(&[("version", &person.version.to_string()), ("f.household", &to.to_string())]);
        form(&[pairs, asked(more)].concat())
    };
    let told = site.post_as(&office, &path, &moved(&[])).await.with(422);
    let text = told.text();
    assert!(text.contains("归属由“") && text.contains(&called(site, *from).await) && text.contains("请核对"), "{text}");
    assert!(text.contains("/life\""), "the page leads to where it is recorded");
    let home = || async { value(site, &stored(site, "person", person.id).await, "person", "household") };
    assert_eq!(home().await, Value::Id(*from), "nothing is written unasked");
    // Namesakes from the village of the other household may be asked about as well.
    let (key, apart) = (compared(text).unwrap(), apart(text).unwrap_or_default());
    site.post_as(&office, &path, &moved(&[("compared", &key), ("apart", &apart)])).await.with(303);
    assert_eq!(home().await, Value::Id(*to));
}

/// Whoever is not on file marries in from wherever they come; they are married then.
pub async fn somebody_not_on_file_marries_in(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let (home, _) = homes(site, 3, 18).await.remove(0);
    let path = format!("/households/{home}/life/marry-in");
    let page = site.get_as(&office, &path).await.with(200);
    assert!(page.text().contains("不在册的人") && !page.text().contains("从县外来的"));
    let bride = asked(&[
        ("name", "欧阳新娘"),
        ("sex", "2"),
        ("born_on", "1990-01-02"),
        ("kinship", "38"),
        ("work_ability", "ordinary"),
        ("political_status", "13"),
        ("on", "2020-05-16"),
    ]);
    let preview = site.post_as(&office, &path, &form(&bride)).await.with(200);
    assert!(preview.text().contains("婚姻状况") && preview.text().contains("已婚"), "it is shown before");
    let late =
        bride.into_iter().map(|(name, value)| if name == "on" { (name, "2020-05-17".into()) } else { (name, value) });
    let told = site.post_as(&office, &path, &form(&late.collect::<Asked>())).await.with(422);
    assert!(told.text().contains("id=\"on-says\""), "nobody joins tomorrow, and it is said at the day");
}
