//! What cannot be: a relation that contradicts somebody's sex, an event before a birth, an ID number that says otherwise, a dwelling in another
//! building than its file.

use anju_app::Error;
use anju_pack::Text;
use anju_record::{Code, Fault, Record, Valid, day};
use uuid::Uuid;

use super::book::{Book, Member};
use super::{at, said, text};
use crate::rows::{Entry, Rows, When, Which, name_of, names};

/// Codes of `sex`.
const MALE: &str = "1";
const FEMALE: &str = "2";
/// Relations that only men have (GB/T 4761-2008).
const OF_MEN: [&str; 33] = [
    "11", "20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "41", "43", "46", "47", "51", "53", "55", "57",
    "61", "63", "66", "71", "73", "76", "78", "81", "83", "85", "87", "89", "93", "95",
];
/// Relations that only women have.
const OF_WOMEN: [&str; 33] = [
    "12", "30", "31", "32", "33", "34", "35", "36", "37", "38", "39", "42", "44", "45", "48", "52", "54", "56", "58",
    "62", "64", "67", "72", "74", "75", "77", "82", "84", "86", "88", "90", "94", "96",
];

/// A relation that somebody of this sex cannot have; the code list says of many, not of all.
pub(super) fn unfit(
    book: &Book<'_>,
    (path, place): (&str, &Text),
    kinship: &str,
    (name, sex): (&str, &str),
) -> Option<Fault> {
    let against = if OF_MEN.contains(&kinship) { FEMALE } else { MALE };
    if sex != against || !OF_MEN.contains(&kinship) && !OF_WOMEN.contains(&kinship) {
        return None;
    }
    let (kin, sex) = (book.title("kinship", kinship), book.title("sex", sex));
    let zh = format!("“{}”与{name}的性别“{}”不符，请更正", kin.zh, sex.zh);
    let en = format!("“{}” does not fit {name}, whose sex is “{}”; correct one of them", kin.en, sex.en);
    Some(said(path, place, zh, en))
}

/// Those of some people who were not born on the day of an event.
pub(super) fn unborn<'a>(on: i32, people: impl IntoIterator<Item = &'a Member>) -> Vec<Fault> {
    let early = people.into_iter().filter(|member| on < member.born_on);
    let fault = |member: &Member| {
        let (name, on, born) = (&member.name, day::format(on), day::format(member.born_on));
        let zh = format!("{on} 早于{name}的出生日期 {born}，请更正");
        said("on", &text("发生日期", "Happened on"), zh, format!("{on} is before {name} was born, {born}; correct it"))
    };
    early.map(fault).collect()
}

/// What contradicts itself in a new person.
pub(super) fn of_person(book: &Book<'_>, valid: &Valid) -> Vec<Fault> {
    let record = as_record(valid);
    let person = Entry::of(book.actor, book.person, &record);
    let mut faults = against_number(book, person);
    let whose = (person.text("name"), person.text("sex"));
    faults.extend(unfit(book, ("kinship", &book.field(book.person, "kinship")), person.text("kinship"), whose));
    let days = person.day("born_on").zip(person.day("joined_on"));
    if let Some((born, joined)) = days.filter(|(born, joined)| joined < born) {
        let (born, joined) = (day::format(born), day::format(joined));
        let en = format!("{born} is after {joined}, when they became a member; correct one of them");
        let zh = format!("{born} 晚于入户日期 {joined}，请更正其中之一");
        faults.push(said("born_on", &book.field(book.person, "born_on"), zh, en));
    }
    faults
}

/// An ID number says the day of birth and the sex too.
fn against_number(book: &Book<'_>, person: Entry<'_>) -> Vec<Fault> {
    let number = person.text("id_number");
    let mut faults = Vec::new();
    let days = person.day("born_on").zip(number.get(6..14).and_then(day::parse));
    if let Some((typed, born)) = days.filter(|(typed, born)| typed != born) {
        let place = book.field(book.person, "born_on");
        faults.push(at("born_on", &place, Code::IdBirthMismatch, day::format(typed), &[&day::format(born)]));
    }
    let sex = number.as_bytes().get(16).map(|digit| if digit % 2 == 1 { MALE } else { FEMALE });
    if let Some(sex) = sex.filter(|sex| *sex != person.text("sex")) {
        let (typed, sex) = (book.title("sex", person.text("sex")), book.title("sex", sex));
        let zh = format!("“{}”与身份证号所示的“{}”不一致，请核对", typed.zh, sex.zh);
        let en = format!("“{}” is not “{}”, which the ID number says; compare them", typed.en, sex.en);
        faults.push(said("sex", &book.field(book.person, "sex"), zh, en));
    }
    faults
}

/// A dwelling that stands in another building than its new file.
pub(super) async fn unhoused(book: &Book<'_>, file: &Valid) -> Result<Option<Fault>, Error> {
    let record = as_record(file);
    let file = Entry::of(book.actor, book.household, &record);
    match file.id("dwelling").zip(file.id("building")) {
        Some((dwelling, building)) => elsewhere(book, dwelling, building).await,
        None => Ok(None),
    }
}

/// A dwelling that stands in another building than this.
pub(super) async fn elsewhere(book: &Book<'_>, dwelling: Uuid, building: Uuid) -> Result<Option<Fault>, Error> {
    let found = Rows::read(book.actor, "dwelling", Which::These(&[dwelling]), When::Always).await?;
    let Some(stands) = found.first().and_then(|it| it.id("building")).filter(|it| *it != building) else {
        return Ok(None);
    };
    let names = names(book.actor, "building", &[stands, building]).await?;
    let (there, here) = (name_of(&names, Some(stands)), name_of(&names, Some(building)));
    let zh = format!("这套住房在“{there}”，所填楼栋是“{here}”，请改为一致");
    let en = format!("the dwelling stands in “{there}”, the building given is “{here}”; make them agree");
    Ok(Some(said("dwelling", &book.field(book.household, "dwelling"), zh, en)))
}

fn as_record(valid: &Valid) -> Record {
    Record { id: valid.id(), version: 0, area: "".into(), values: valid.values().to_vec() }
}
