//! Citizen ID number (公民身份号码), GB 11643-1999: 6 digits of place, 8 of birth, 3 of order, 1 check character.

use crate::{Code, Problem, Value, clean, day};

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: &[u8; 11] = b"10X98765432";

/// The check character (ISO 7064 MOD 11-2) of the first 17 digits; `None` if these are no digits.
pub fn checksum(number: &str) -> Option<char> {
    let digits = number.as_bytes().get(..17)?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    Some(char::from(CHECKS[(sum % 11) as usize]))
}

pub(super) fn parse(raw: &str) -> Result<Value, Problem> {
    let mut token = clean::token(raw);
    token.make_ascii_uppercase();
    check(&token).map_err(|problem| Problem { value: raw.to_owned(), ..problem })?;
    Ok(Value::Text(token.into()))
}

pub(super) fn check(number: &str) -> Result<(), Problem> {
    let shape = || Problem::new(Code::IdShape, number, []);
    if number.len() != 18 || number.starts_with('0') {
        return Err(shape());
    }
    let expected = checksum(number).ok_or_else(shape)?;
    if !number.ends_with(|c: char| c.is_ascii_digit() || c == 'X') {
        return Err(shape());
    }
    let birth = &number[6..14];
    if day::parse(birth).is_none_or(|_| !("18500101"..="21001231").contains(&birth)) {
        return Err(Problem::new(Code::IdBirthDate, number, [birth.to_owned()]));
    }
    if !number.ends_with(expected) {
        return Err(Problem::new(Code::IdChecksum, number, [expected.to_string()]));
    }
    Ok(())
}
