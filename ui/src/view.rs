//! What a page is asked for besides its own address: language, type size, place and day.

use std::fmt::Write as _;

use crate::lang::Lang;

/// How the reader looks at the county.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Language of the page.
    pub lang: Lang,
    /// Large type.
    pub large: bool,
    /// The page's path, without its query.
    pub path: String,
    /// The query as given, decoded, in order.
    pub query: Vec<(String, String)>,
    /// Code of the place asked for; `None` is the whole county.
    pub area: Option<String>,
    /// The day asked for, as typed; `None` is today.
    pub on: Option<String>,
}

impl View {
    /// A value of the query.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// A link that keeps the place and the day.
    pub fn link(&self, path: &str) -> String {
        self.link_with(path, &[])
    }

    /// A link that keeps the place and the day, with more in its query. A given `area` or `on` wins over the kept one.
    pub fn link_with(&self, path: &str, more: &[(&str, &str)]) -> String {
        let kept = [("area", self.area.as_deref()), ("on", self.on.as_deref())];
        let kept = kept.into_iter().filter_map(|(key, value)| Some((key, value?)));
        let pairs = kept.filter(|(key, _)| !more.iter().any(|(other, _)| other == key)).chain(more.iter().copied());
        with_query(path, pairs)
    }

    /// This very page with one value of its query changed, or left out when empty.
    pub fn here_with(&self, name: &str, value: &str) -> String {
        let others =
            self.query.iter().map(|(key, value)| (key.as_str(), value.as_str())).filter(|(key, _)| *key != name);
        with_query(&self.path, others.chain((!value.is_empty()).then_some((name, value))))
    }
}

/// A path with a query, every value percent-encoded.
pub fn with_query<'a>(path: &str, pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut link = path.to_owned();
    for (at, (key, value)) in pairs.enumerate() {
        link.push(if at == 0 { '?' } else { '&' });
        link.push_str(key);
        link.push('=');
        for byte in value.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => link.push(char::from(byte)),
                _ => {
                    let _ = write!(link, "%{byte:02X}");
                }
            }
        }
    }
    link
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view() -> View {
        View {
            lang: Lang::Zh,
            large: false,
            path: "/ledgers/visit".into(),
            query: vec![("q".into(), "王&b".into()), ("page".into(), "2".into())],
            area: Some("610923100".into()),
            on: None,
        }
    }

    #[test]
    fn a_link_keeps_the_place() {
        assert_eq!(view().link("/sites"), "/sites?area=610923100");
        assert_eq!(view().link_with("/sites", &[("area", "61"), ("status", "gap")]), "/sites?area=61&status=gap");
    }

    #[test]
    fn a_changed_value_keeps_the_others_and_is_encoded() {
        assert_eq!(view().here_with("page", "3"), "/ledgers/visit?q=%E7%8E%8B%26b&page=3");
        assert_eq!(view().here_with("page", ""), "/ledgers/visit?q=%E7%8E%8B%26b");
    }
}
