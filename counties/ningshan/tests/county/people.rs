//! The demo's people are linked to records that are theirs.

use anju_ningshan::accounts::{PEOPLE, links};
use anju_record::Value;

use crate::book::pack;

#[test]
fn whoever_sees_rows_of_their_own_bears_the_name_of_the_record() {
    let pack = pack();
    let rows = anju_ningshan::generate(&pack).unwrap();
    let links = links(&pack, &rows);
    assert_eq!(links.len(), 4);
    for (ledger, id, login) in links {
        let definition = pack.ledger(ledger);
        let record = rows.iter().find(|(of, row)| *of == ledger && row.id == id).map(|(_, row)| row).unwrap();
        let value = |field: &str| &record.values[usize::from(definition.field_by_id(field).unwrap().0)];
        let person = PEOPLE.iter().find(|person| person.login == login).unwrap();
        assert_eq!(*value("account"), Value::Text(login.into()));
        assert_eq!(*value("name"), Value::Text(person.name.into()), "{login} in {}", record.area);
        let of_the_county = ["cadre"].contains(&definition.id.as_str());
        assert!(of_the_county || record.area.starts_with(person.area), "{login}: {} in {}", record.area, person.area);
    }
}

#[test]
fn every_role_of_the_people_is_in_the_packs_and_logins_differ() {
    let pack = pack();
    for person in PEOPLE {
        assert!(pack.role_by_id(person.role).is_some(), "{}", person.role);
        assert_eq!(PEOPLE.iter().filter(|other| other.login == person.login).count(), 1, "{}", person.login);
    }
}
