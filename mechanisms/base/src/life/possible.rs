//! What cannot be: an event before a birth. What is only doubtful stands in the pack.

use anju_record::{Fault, day};

use super::book::Member;
use super::{said, text};

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
