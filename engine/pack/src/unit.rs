//! What units are called: in the pack language, in either language, and as people write them.

use crate::model::Text;

/// A unit that is known beyond its name in a pack.
struct Unit {
    /// Its name in the pack language.
    id: &'static str,
    zh: &'static str,
    en: &'static str,
    /// How people write it besides. None of its words ends with another of them.
    besides: &'static [&'static str],
}

const UNITS: [Unit; 10] = [
    Unit { id: "m2", zh: "平方米", en: "m²", besides: &["㎡", "平米"] },
    Unit { id: "km2", zh: "平方公里", en: "km²", besides: &["平方千米"] },
    Unit { id: "hectare", zh: "公顷", en: "hectares", besides: &["ha"] },
    Unit { id: "mu", zh: "亩", en: "mu", besides: &[] },
    Unit { id: "m", zh: "米", en: "m", besides: &[] },
    Unit { id: "km", zh: "公里", en: "km", besides: &["千米"] },
    Unit { id: "kg", zh: "公斤", en: "kg", besides: &["千克"] },
    Unit { id: "jin", zh: "斤", en: "jin", besides: &[] },
    Unit { id: "tonne", zh: "吨", en: "tonnes", besides: &["t"] },
    Unit { id: "%", zh: "%", en: "%", besides: &[] },
];

impl Unit {
    fn words<'w>(&self) -> impl Iterator<Item = &'w str> + use<'w> {
        [self.id, self.zh, self.en].into_iter().chain(self.besides.iter().copied())
    }

    fn of(word: &str) -> Option<&'static Self> {
        UNITS.iter().find(|unit| unit.words().any(|known| known.eq_ignore_ascii_case(word)))
    }
}

/// What a unit of the pack language is called; one that is not known is its own name.
///
/// ```
/// assert_eq!(anju_pack::unit_in_words("mu").zh, "亩");
/// assert_eq!(anju_pack::unit_in_words("m2").en, "m²");
/// ```
pub fn unit_in_words(unit: &str) -> Text {
    let [zh, en] = Unit::of(unit).map_or([unit, unit], |known| [known.zh, known.en]).map(str::to_owned);
    Text { zh, en }
}

/// The unit of the pack language that a word means, however it is written; `None` when it is not known.
///
/// ```
/// assert_eq!(anju_pack::unit_named("㎡"), Some("m2"));
/// assert_eq!(anju_pack::unit_named("户"), None);
/// ```
pub fn unit_named(word: &str) -> Option<&'static str> {
    Unit::of(word).map(|unit| unit.id)
}

/// How people write a unit behind a number: its own name, and what else it is called.
pub fn unit_words(unit: &str) -> impl Iterator<Item = &str> {
    std::iter::once(unit).chain(Unit::of(unit).into_iter().flat_map(Unit::words))
}
