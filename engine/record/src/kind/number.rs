//! Numbers with a fixed count of decimals, kept as scaled integers.

use crate::{Code, Problem, clean};

/// Reads `1,234.50` at a scale. Digits beyond the scale must be zeros.
pub(super) fn parse(raw: &str, scale: u8, units: &[&str]) -> Result<i64, Problem> {
    let token = clean::token(raw);
    let mut rest = token.as_str();
    for unit in units {
        rest = rest.strip_suffix(unit).unwrap_or(rest);
    }
    let wrong = || Problem::new(Code::NotANumber, raw, []);
    let (negative, rest) = match rest.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, rest.strip_prefix('+').unwrap_or(rest)),
    };
    let (whole, part) = rest.split_once('.').unwrap_or((rest, ""));
    let whole: String = ungrouped(whole).ok_or_else(wrong)?;
    if whole.is_empty() && part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let keep = usize::from(scale).min(part.len());
    if part[keep..].bytes().any(|byte| byte != b'0') {
        return Err(match scale {
            0 => Problem::new(Code::NotWhole, raw, []),
            _ => Problem::new(Code::TooPrecise, raw, [scale.to_string()]),
        });
    }
    let mut number: i128 = 0;
    let padding = usize::from(scale) - keep;
    for digit in whole.bytes().chain(part[..keep].bytes()).chain(std::iter::repeat_n(b'0', padding)) {
        number = number * 10 + i128::from(digit - b'0');
        if number > i128::from(u64::MAX) {
            break;
        }
    }
    let signed = if negative { -number } else { number };
    i64::try_from(signed).map_err(|_| {
        let (code, end) = if negative { (Code::BelowMinimum, i64::MIN) } else { (Code::AboveMaximum, i64::MAX) };
        Problem::new(code, raw, [format(end, scale)])
    })
}

/// Without thousands separators, if these stand where they belong.
fn ungrouped(whole: &str) -> Option<String> {
    let groups: Vec<&str> = whole.split(',').collect();
    let digits = groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_digit()));
    let grouped =
        groups.len() == 1 || (1..=3).contains(&groups[0].len()) && groups[1..].iter().all(|group| group.len() == 3);
    (digits && grouped).then(|| groups.concat())
}

pub(super) fn format(number: i64, scale: u8) -> String {
    if scale == 0 {
        return number.to_string();
    }
    let width = usize::from(scale) + 1;
    let mut digits = format!("{:0>width$}", number.unsigned_abs());
    digits.insert(digits.len() - usize::from(scale), '.');
    if number < 0 {
        digits.insert(0, '-');
    }
    digits
}

pub(super) fn bounds(number: i64, scale: u8, min: Option<i64>, max: Option<i64>) -> Result<(), Problem> {
    if let Some(min) = min.filter(|min| number < *min) {
        return Err(Problem::new(Code::BelowMinimum, format(number, scale), [format(min, scale)]));
    }
    if let Some(max) = max.filter(|max| number > *max) {
        return Err(Problem::new(Code::AboveMaximum, format(number, scale), [format(max, scale)]));
    }
    Ok(())
}

/// How people write a unit of the pack language behind a number.
pub(super) fn written(unit: Option<&str>) -> Vec<&str> {
    let mut units: Vec<&str> = unit.into_iter().collect();
    units.extend(match unit {
        Some("mu") => ["亩"].as_slice(),
        Some("m2") => &["平方米", "㎡", "平米"],
        Some("tonne") => &["吨"],
        _ => &["个", "人", "户"],
    });
    units
}
