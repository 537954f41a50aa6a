//! A position as "lng,lat" in degrees.

use crate::{Code, Problem, Value, clean};

pub(super) fn parse(raw: &str) -> Result<Value, Problem> {
    let token = clean::token(raw).replace(['、', ';'], ",");
    check(&token).map_err(|problem| Problem { value: raw.to_owned(), ..problem })?;
    Ok(Value::Text(token.into()))
}

pub(super) fn check(point: &str) -> Result<(), Problem> {
    let fits = point.split_once(',').is_some_and(|(lng, lat)| degrees(lng, 180.0) && degrees(lat, 90.0));
    if fits { Ok(()) } else { Err(Problem::new(Code::NotAPoint, point, [])) }
}

fn degrees(text: &str, most: f64) -> bool {
    let plain = text.len() <= 20
        && text.bytes().enumerate().all(|(at, byte)| byte.is_ascii_digit() || byte == b'.' || at == 0 && byte == b'-');
    plain && text.parse::<f64>().is_ok_and(|degrees| degrees.abs() <= most)
}
