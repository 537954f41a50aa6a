//! The small trend of a card: a line without axes, and the change in words.

use std::fmt::Write;

use maud::{Markup, html};

use crate::lang::{Lang, t, t_args};

/// A change of coverage in tenths of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delta(pub i32);

/// The change with an arrow; screen readers hear the whole sentence.
pub fn delta(lang: Lang, Delta(tenths): Delta) -> Markup {
    let points = format!("{}.{}", tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
    let (class, path, words) = match tenths {
        1.. => ("met", "M5 0 10 8H0z", t_args(lang, "delta-up", &[("points", points.as_str().into())])),
        0 => ("quiet", "M0 3h10v2H0z", t(lang, "delta-same").into_owned()),
        _ => ("gap", "M5 8 10 0H0z", t_args(lang, "delta-down", &[("points", points.as_str().into())])),
    };
    html! {
        span class={ "delta " (class) } title=(words) {
            svg viewBox="0 0 10 8" aria-hidden="true" { path d=(path) {} }
            @if tenths == 0 { (words) } @else { span aria-hidden="true" { (points) } span.hear { (words) } }
        }
    }
}

/// Lowest and highest of the numbers, widened when they are the same; none when nothing can be drawn.
pub(crate) fn range(numbers: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let finite = numbers.filter(|number| number.is_finite());
    let (low, high) = finite.fold((f64::MAX, f64::MIN), |(low, high), number| (low.min(number), high.max(number)));
    match low.partial_cmp(&high)? {
        std::cmp::Ordering::Less => Some((low, high)),
        std::cmp::Ordering::Equal => Some((low - 1.0, high + 1.0)),
        std::cmp::Ordering::Greater => None,
    }
}

/// A path through the numbers in a box of `width` × `height`; numbers that are not finite break the line.
pub(crate) fn path(numbers: &[f64], (low, high): (f64, f64), width: f64, height: f64) -> String {
    let step = width / (numbers.len().max(2) - 1) as f64;
    let mut d = String::new();
    let mut pen = 'M';
    for (at, number) in numbers.iter().enumerate() {
        if !number.is_finite() {
            pen = 'M';
            continue;
        }
        let y = height - (number - low) / (high - low) * height;
        let _ = write!(d, "{pen}{:.1} {y:.1}", at as f64 * step);
        pen = 'L';
    }
    d
}

/// A sparkline of percentages, oldest first; nothing with fewer than two points.
pub fn spark(lang: Lang, points: &[f64]) -> Markup {
    let Some(range) = range(points.iter().copied()).filter(|_| points.len() > 1) else { return html! {} };
    let shown = |number: Option<&f64>| format!("{:.1}%", number.copied().unwrap_or_default());
    let words = t_args(
        lang,
        "trend-says",
        &[("n", points.len().into()), ("first", shown(points.first()).into()), ("last", shown(points.last()).into())],
    );
    html! {
        svg class="spark" viewBox="0 0 96 24" preserveAspectRatio="none" role="img" aria-label=(words) {
            path d=(path(points, range, 96.0, 22.0)) vector-effect="non-scaling-stroke" {}
        }
    }
}
