//! Money: yuan as written, whole fen as kept.

use super::number;
use crate::{Problem, Value, clean};

/// What stands for so many powers of ten before or instead of `元`.
const POWERS: [(&str, u8); 7] = [("亿", 8), ("千万", 7), ("百万", 6), ("十万", 5), ("万", 4), ("千", 3), ("百", 2)];

/// How many powers of ten a unit of money is beyond a yuan: 4 of `万元`, 0 of `元`; `None` when it is none.
///
/// ```
/// assert_eq!(anju_record::kind::money_unit("万元"), Some(4));
/// assert_eq!(anju_record::kind::money_unit("亩"), None);
/// ```
pub fn money_unit(unit: &str) -> Option<u8> {
    let unit = unit.trim_start_matches("人民币");
    match unit.strip_suffix('元') {
        Some("") => Some(0),
        Some(before) => POWERS.iter().find(|(word, _)| *word == before).map(|(_, power)| *power),
        None => match unit {
            "万" | "亿" => money_unit(&format!("{unit}元")),
            "yuan" | "rmb" | "cny" => Some(0),
            _ => None,
        },
    }
}

/// Reads an amount. `power` is of the unit in which plain numbers are written; an amount with a unit of its own keeps that.
pub(super) fn parse(raw: &str, power: u8) -> Result<Value, Problem> {
    let token = clean::tokenised(raw);
    let amount = token.trim_start_matches(['¥', '￥']);
    let (number, power) = with_unit(amount).unwrap_or((amount, power));
    let read = number::read(number, 2 + power);
    read.map(Value::Int).map_err(|problem| Problem { value: raw.to_owned(), ..problem })
}

/// An amount and the power of the unit behind it.
fn with_unit(amount: &str) -> Option<(&str, u8)> {
    let yuan = amount.strip_suffix('元');
    let before = yuan.unwrap_or(amount);
    let power = POWERS.iter().find_map(|(word, power)| Some((before.strip_suffix(word)?, *power)));
    power.or(yuan.map(|number| (number, 0)))
}
