//! Places by code: the official divisions, and the places that the county's own ledgers add below them.

use std::collections::BTreeMap;

use anju_pack::AreaLevel;

/// A place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// Its code; begins with the code of the place above it.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its level, which the length of the code says too.
    pub level: AreaLevel,
}

/// Every place of the counties served, in order of code: a place stands before what lies in it.
#[derive(Debug, Clone, Default)]
pub struct Areas {
    by_code: BTreeMap<String, Area>,
}

impl Areas {
    /// Adds a place, or names it anew. A code of no level's length is left out.
    pub fn insert(&mut self, code: &str, name: &str) {
        if let Some(level) = AreaLevel::of_digits(code.len()) {
            self.by_code.insert(code.to_owned(), Area { code: code.to_owned(), name: name.to_owned(), level });
        }
    }

    /// The place of that code.
    pub fn get(&self, code: &str) -> Option<&Area> {
        self.by_code.get(code)
    }

    /// Its name, or the code where it has none.
    pub fn name<'a>(&'a self, code: &'a str) -> &'a str {
        self.by_code.get(code).map_or(code, |area| area.name.as_str())
    }

    /// The names from one level down to the place itself, for example "城关镇·关二社区·安置点".
    pub fn path_name(&self, code: &str, from: AreaLevel) -> String {
        self.path(code)
            .iter()
            .filter(|area| area.level >= from)
            .map(|area| area.name.as_str())
            .collect::<Vec<_>>()
            .join("·")
    }

    /// The place and those it lies in, the widest first.
    pub fn path(&self, code: &str) -> Vec<&Area> {
        (1..=code.len()).filter_map(|len| code.get(..len)).filter_map(|prefix| self.by_code.get(prefix)).collect()
    }

    /// Every place in `code` (itself left out) of one level.
    pub fn within<'a>(&'a self, code: &'a str, level: AreaLevel) -> impl Iterator<Item = &'a Area> + 'a {
        self.by_code
            .range(code.to_owned()..)
            .map(|(_, area)| area)
            .take_while(move |area| area.code.starts_with(code))
            .filter(move |area| area.level == level && area.code.len() > code.len())
    }

    /// The next level below `code` that has places in it, and those places.
    pub fn children<'a>(&'a self, code: &'a str) -> Vec<&'a Area> {
        let next = self
            .by_code
            .range(code.to_owned()..)
            .map(|(_, area)| area)
            .take_while(|area| area.code.starts_with(code))
            .filter(|area| area.code.len() > code.len())
            .map(|area| area.level)
            .min();
        next.map(|level| self.within(code, level).collect()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn areas() -> Areas {
        let mut areas = Areas::default();
        for (code, name) in [
            ("610923", "宁陕县"),
            ("610923100", "城关镇"),
            ("610923100001", "城南社区"),
            ("610923100001001", "城南安置点"),
            ("610923101", "四亩地镇"),
        ] {
            areas.insert(code, name);
        }
        areas
    }

    #[test]
    fn a_path_leads_from_the_widest_place_down() {
        assert_eq!(areas().path_name("610923100001001", AreaLevel::Town), "城关镇·城南社区·城南安置点");
    }

    #[test]
    fn children_are_the_next_level_only() {
        let areas = areas();
        let names: Vec<_> = areas.children("610923").iter().map(|area| area.name.as_str()).collect();
        assert_eq!(names, ["城关镇", "四亩地镇"]);
    }

    #[test]
    fn a_code_of_no_level_is_no_place() {
        let mut areas = areas();
        areas.insert("6109231", "nowhere");
        assert!(areas.get("6109231").is_none());
    }
}
