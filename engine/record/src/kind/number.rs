//! Numbers with a fixed count of decimals, kept as scaled integers.

use anju_pack::{unit_named, unit_words};

use crate::{Code, Problem, clean};

/// Reads `1,234.50` at a scale, with the unit behind it or without.
pub(super) fn parse(raw: &str, scale: u8, unit: Option<&str>) -> Result<i64, Problem> {
    let token = clean::tokenised(raw);
    let is_plain = token.bytes().all(|byte| byte.is_ascii_digit() || b"+-.,".contains(&byte));
    let number = if is_plain { &token } else { without(&token, unit) };
    read(number, scale).map_err(|problem| Problem { value: raw.to_owned(), ..problem })
}

/// Reads a number without blanks at a scale. Digits beyond the scale must be zeros.
pub(super) fn read(number: &str, scale: u8) -> Result<i64, Problem> {
    let wrong = || Problem::new(Code::NotANumber, number, []);
    let (negative, rest) = match number.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, number.strip_prefix('+').unwrap_or(number)),
    };
    let (whole, part) = rest.split_once('.').unwrap_or((rest, ""));
    let whole: String = ungrouped(whole).ok_or_else(wrong)?;
    if whole.is_empty() && part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let keep = usize::from(scale).min(part.len());
    if part[keep..].bytes().any(|byte| byte != b'0') {
        return Err(match scale {
            0 => Problem::new(Code::NotWhole, number, []),
            _ => Problem::new(Code::TooPrecise, number, [scale.to_string()]),
        });
    }
    let mut sum: i128 = 0;
    let padding = usize::from(scale) - keep;
    for digit in whole.bytes().chain(part[..keep].bytes()).chain(std::iter::repeat_n(b'0', padding)) {
        sum = sum * 10 + i128::from(digit - b'0');
        if sum > i128::from(u64::MAX) {
            break;
        }
    }
    let signed = if negative { -sum } else { sum };
    i64::try_from(signed).map_err(|_| {
        let (code, end) = if negative { (Code::BelowMinimum, i64::MIN) } else { (Code::AboveMaximum, i64::MAX) };
        Problem::new(code, number, [format(end, scale)])
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

/// A number without what stands behind it: a word for its unit, or what people count in where that is not known.
fn without<'t>(number: &'t str, unit: Option<&str>) -> &'t str {
    const COUNTED: [&str; 3] = ["个", "人", "户"];
    let counted = COUNTED.into_iter().filter(|_| unit.is_none_or(|unit| unit_named(unit).is_none()));
    let mut words = unit.into_iter().flat_map(unit_words).chain(counted);
    words.find_map(|word| number.strip_suffix(word)).unwrap_or(number)
}
