//! What is reported to be wrong, where it is mended: who says what, what is on file, and which of the two is saved.

use anju_record::{Record, Value};
use anju_store::Query;

use crate::asking::{OFFICE, Site};
use crate::forms::{controls, form, stored, value, with};
use crate::prepared::{COUNTY, TODAY};

/// A record in which a field is filled, or is not.
async fn some(site: &Site, ledger: &str, field: &str, filled: bool) -> Record {
    let all = site.app.select(&Query::of(COUNTY, site.app.ledger(ledger).unwrap(), TODAY)).await.unwrap();
    let fits = |record: &Record| (value(site, record, ledger, field) != Value::Null) == filled;
    all.into_iter().find(fits).unwrap()
}

/// Reports a field of a file as the office; gives the address of the form that mends it.
async fn report(site: &Site, office: &str, file: &Record, told: &[(&str, &str)]) -> String {
    let path = format!("/records/household/{}", file.id);
    site.post_as(office, &format!("{path}/correct"), &with(Vec::new(), told)).await.with(303);
    let list = site.get_as(office, "/corrections").await.with(200);
    let (_, wrong) = told.iter().find(|(name, _)| *name == "wrong").unwrap();
    let (_, line) = list.text().split_once(wrong).unwrap();
    let way = line.split("href=\"").find(|part| part.contains("/edit?correction=")).unwrap();
    way.split('"').next().unwrap().to_owned()
}

/// What is on file stands masked beside what is reported; left alone the field becomes what was reported, which no page shows in clear.
pub async fn a_masked_report_is_saved_when_its_field_is_left_alone(site: &Site) {
    let (office, said) = (site.sign_in(OFFICE).await, "10011114321");
    let file = some(site, "household", "phone", true).await;
    let Value::Text(now) = value(site, &stored(site, "household", file.id).await, "household", "phone") else {
        panic!("it has a number")
    };
    let now = format!("{}****{}", &now[..3], &now[now.len() - 4..]);
    let told = [("field", "phone"), ("wrong", "换了号码"), ("suggested", said)];
    let way = report(site, &office, &file, &told).await;
    let page = site.get_as(&office, &way).await.with(200);
    let both = format!("现为 {now}，反映应为 100****4321；留空保存，即改为反映的内容");
    for part in ["反映的内容", "换了号码", "周启航 于", &both] {
        assert!(page.text().contains(part), "{part}: {}", page.text());
    }
    assert!(!page.text().contains(said) && !page.text().contains("现为 100****4321"), "{}", page.text());
    let (path, _) = way.split_once('?').unwrap();
    let sent = controls(page.text());
    let wrong = with(sent.clone(), &[("f.moved_in_on", "2099-13-01")]);
    let again = site.post_as(&office, path, &wrong).await.with(422);
    assert!(again.text().contains(&both) && !again.text().contains(said), "it stays so when something else is wrong");
    site.post_as(&office, path, &form(&sent)).await.with(303);
    let after = stored(site, "household", file.id).await;
    assert_eq!(value(site, &after, "household", "phone"), Value::Text(said.into()));
    let twice = site.post_as(&office, path, &form(&sent)).await.with(303);
    assert!(twice.header("location").starts_with(&format!("/households/{}?", file.id)), "sent twice it leads there");
    assert_eq!(stored(site, "household", file.id).await.version, after.version, "and is saved once");
}

/// What was answered while the form that mends it stood open is not saved as if it were still asked for: it is said who answered.
pub async fn a_report_that_was_answered_meanwhile_is_not_mended(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let file = some(site, "household", "phone", true).await;
    let told = [("field", "phone"), ("wrong", "号码又换了"), ("suggested", "10011114322")];
    let way = report(site, &office, &file, &told).await;
    let sent = controls(site.get_as(&office, &way).await.with(200).text());
    let (path, id) = way.split_once("?correction=").unwrap();
    let no = with(Vec::new(), &[("answer", "本人说没有换")]);
    site.post_as(&office, &format!("/corrections/{id}/decline"), &no).await.with(303);
    let before = stored(site, "household", file.id).await.version;
    let late = site.post_as(&office, path, &form(&sent)).await.with(409);
    assert!(late.text().contains("本人说没有换") && late.text().contains("周启航"), "{}", late.text());
    assert_eq!(stored(site, "household", file.id).await.version, before);
}

/// What is not protected stands in its box, with what it replaces below; a report is mended in its own record only.
pub async fn a_report_stands_in_its_box_beside_what_is_on_file(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let file = some(site, "household", "moved_in_on", true).await;
    let now = anju_record::kind::plain(&value(site, &file, "household", "moved_in_on"));
    let told = [("field", "moved_in_on"), ("wrong", "入住日期写早了"), ("suggested", "2018-03-04")];
    let way = report(site, &office, &file, &told).await;
    let page = site.get_as(&office, &way).await.with(200);
    assert!(
        page.text().contains(&format!("现为 {now}，反映应为 2018-03-04；保存后以框内填写的为准")),
        "{}",
        page.text()
    );
    let sent = controls(page.text());
    assert!(sent.contains(&("f.moved_in_on".into(), "2018-03-04".into())));
    let all = site.app.select(&Query::of(COUNTY, site.app.ledger("household").unwrap(), TODAY)).await.unwrap();
    let other = all.iter().find(|record| record.id != file.id).unwrap();
    let elsewhere = format!("/records/household/{}/edit", other.id);
    site.post_as(&office, &elsewhere, &form(&sent)).await.with(404);
    assert_eq!(stored(site, "household", other.id).await.version, other.version, "and nothing of another is changed");
}

/// The first choice of a protected code says that it stays, where there is one.
pub async fn a_masked_choice_says_that_it_stays(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    for (filled, lang, says, never) in [
        (true, "zh-CN", ">不改<", ">未填<"),
        (true, "en", ">Unchanged<", ">Not known<"),
        (false, "zh-CN", ">未填<", ">不改<"),
    ] {
        let person = some(site, "person", "health", filled).await;
        let page = site.get_as(&office, &format!("/records/person/{}/edit?lang={lang}", person.id)).await.with(200);
        let choices = page.text().split("id=\"f.health\"").nth(1).unwrap().split("</select>").next().unwrap();
        assert!(choices.contains(says) && !choices.contains(never), "{choices}");
    }
}
