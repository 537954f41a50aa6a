//! A page that two threads read piece by piece is the page that one would read.

use std::fmt::Write as _;

use anju_record::{Value, kind};

use crate::{PACK, take};

#[test]
fn rows_stand_in_their_order_and_each_is_read_as_itself() {
    for count in [1_u32, 160, 2_000, 20_000] {
        let mut text = "户编号,姓名,与户主关系,联系电话,备注\n".to_owned();
        for row in 0..count {
            // Most phones are right; every hundredth is not one.
            let phone = if row % 100 == 99 { "甲".to_owned() } else { format!("100{row:08}") };
            let _ = writeln!(text, "H{row:06},甲{row},户主,{phone},{}", "长".repeat((row % 50) as usize));
        }
        let taken = take(text.as_bytes(), "花名册.csv", "household_roster");
        let person = PACK.ledger(PACK.ledger_by_id("person").expect("a ledger"));
        let name = person.field_by_id("name").expect("a field");
        assert_eq!(taken.reading.rows.len(), count as usize);
        for (at, row) in (0_u32..).zip(&taken.reading.rows) {
            let told = row.part(0).and_then(|part| part.value(name));
            assert_eq!((row.number, told), (at + 2, Some(&Value::Text(format!("甲{at}").into()))));
            assert_eq!(row.faults.len(), usize::from(at % 100 == 99), "row {}: {:?}", row.number, row.faults);
            assert_eq!(row.group.as_deref(), Some(kind::plain(&Value::Text(format!("H{at:06}").into())).as_ref()));
        }
    }
}
