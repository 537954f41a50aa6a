//! What another record holds is told at the line that would repeat it: what it is, and who has it.

use anju_record::Value;
use uuid::Uuid;

use crate::asking::{Answer, OFFICE, Site};
use crate::forms::{form, stored, value};
use crate::lives::{Asked, asked, homes, number};

/// What is said at a line of a form.
fn said_at<'a>(page: &'a str, line: &str) -> &'a str {
    page.split(&format!("id=\"{line}\""))
        .nth(1)
        .unwrap_or_else(|| panic!("nothing is said at {line}"))
        .split("</div>")
        .next()
        .unwrap()
}

/// Sends a form that is refused because of what a file holds; gives the page, which leads there and confirms nothing.
async fn refused(site: &Site, office: &str, path: &str, pairs: &Asked, holder: &str) -> Answer {
    let page = site.post_as(office, path, &form(pairs)).await.with(422);
    let text = page.text();
    assert!(text.contains(&format!("href=\"{holder}\"")) && !text.contains("name=\"confirm\""), "{path}: {text}");
    page
}

/// A dwelling that others live in, and the number of another file: in events, in a new file and in the form of any ledger.
pub async fn what_is_taken_is_told_at_its_line(site: &Site) {
    let office = site.sign_in(OFFICE).await;
    let two = homes(site, 3, 2).await;
    let [(holder, people), (other, _)] = [&two[0], &two[1]];
    let file = stored(site, "household", *holder).await;
    let Value::Id(dwelling) = value(site, &file, "household", "dwelling") else { panic!("it has a dwelling") };
    let Value::Text(taken) = value(site, &file, "household", "number") else { panic!("it has a number") };
    let (household, dwellings) = (site.app.ledger("household").unwrap(), site.app.ledger("dwelling").unwrap());
    let called = site.app.labels(household, &[*holder]).await.unwrap().remove(holder).unwrap();
    let door = site.app.labels(dwellings, &[dwelling]).await.unwrap().remove(&dwelling).unwrap();
    let (way, held) = (format!("/households/{holder}"), format!("已由“{called}”占用"));
    let before = number(site, "household_event").await;
    let moves = asked(&[("dwelling", &dwelling.to_string()), ("on", "2020-05-16")]);
    let page = refused(site, &office, &format!("/households/{other}/life/move"), &moves, &way).await;
    let said = said_at(page.text(), "dwelling-says");
    assert!(said.contains(&format!("住房：“{door}”{held}")), "{said}");
    let page = refused(site, &office, "/households/new", &new_file(&file, site, &taken), &way).await;
    let said = said_at(page.text(), "number-says");
    assert!(said.contains(&format!("户编号：“{taken}”{held}")), "{said}");
    let version = stored(site, "household", *other).await.version.to_string();
    let edit = asked(&[("version", &version), ("f.number", &taken)]);
    let page = refused(site, &office, &format!("/records/household/{other}/edit"), &edit, &way).await;
    let said = said_at(page.text(), "s.number");
    assert!(said.contains(&format!("户编号：“{taken}”{held}")), "{said}");
    assert_eq!(number(site, "household_event").await, before, "nothing happened");
    holds_a_number(site, &office, *other, people[1].record.id).await;
}

/// The ID number of somebody in the files is told masked, also at the line of a new head.
async fn holds_a_number(site: &Site, office: &str, home: Uuid, twin: Uuid) {
    let there = stored(site, "person", twin).await;
    let [id_number, name] =
        ["id_number", "name"].map(|field| anju_record::kind::plain(&value(site, &there, "person", field)));
    let way = format!("/records/person/{twin}");
    let child = asked(&[("name", "王重号"), ("sex", "1"), ("born_on", "2020-05-10"), ("kinship", "20")]);
    let child = [child, asked(&[("id_number", &id_number)])].concat();
    let page = refused(site, office, &format!("/households/{home}/life/birth"), &child, &way).await;
    let said = said_at(page.text(), "id_number-says");
    assert!(said.contains(&format!("****”已由“{name}”占用")) && !said.contains(&id_number), "{said}");
    let file = stored(site, "household", home).await;
    let new = [new_file(&file, site, "占用试001"), asked(&[("head-id_number", &id_number)])].concat();
    let page = refused(site, office, "/households/new", &new, &way).await;
    assert!(said_at(page.text(), "head-id_number-says").contains("占用"), "at the head's own line");
}

/// The form of a new file in the building of another, with its head.
fn new_file(file: &anju_record::Record, site: &Site, number: &str) -> Asked {
    let building = anju_record::kind::plain(&value(site, file, "household", "building"));
    asked(&[
        ("number", number),
        ("building", &building),
        ("batch", "fyp12"),
        ("registered_poor", "是"),
        ("moved_in_on", "2020-05-10"),
        ("head-name", "赵占用"),
        ("head-sex", "1"),
        ("head-born_on", "1980-03-04"),
        ("head-work_ability", "ordinary"),
        ("head-political_status", "群众"),
    ])
}
