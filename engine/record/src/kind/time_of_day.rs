//! A time of day, kept as minutes since midnight.

use crate::{Code, Problem, Value, clean};

pub(super) fn parse(raw: &str) -> Result<Value, Problem> {
    minutes(raw).map(Value::Int).ok_or_else(|| Problem::new(Code::NotATime, raw, []))
}

fn minutes(raw: &str) -> Option<i64> {
    let token = clean::token(raw);
    let token = token.strip_suffix('分').unwrap_or(&token);
    let mut parts = token.split([':', '点', '时']);
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next().unwrap_or("0"));
    let plain = |part: &str| part.len() <= 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if parts.next().is_some()
        || hour.is_empty()
        || ![hour, minute, second].into_iter().all(plain)
        || !matches!(second, "0" | "00")
    {
        return None;
    }
    let minute = if minute.is_empty() { 0 } else { minute.parse::<i64>().ok()? };
    let hour = hour.parse::<i64>().ok()?;
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

pub(super) fn check(minutes: i64) -> Result<(), Problem> {
    if (0..1440).contains(&minutes) { Ok(()) } else { Err(Problem::new(Code::NotATime, minutes.to_string(), [])) }
}

pub(super) fn format(minutes: i64) -> String {
    format!("{:02}:{:02}", minutes.div_euclid(60), minutes.rem_euclid(60))
}
