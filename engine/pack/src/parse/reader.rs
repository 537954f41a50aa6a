//! Takes a table apart key by key; what nobody asked for is a fault.

use std::cell::RefCell;

use super::node::{Key, Node, Value};
use crate::codes::Code;
use crate::fault::{Bench, nearest};
use crate::model::Text;
use crate::source::Spot;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said<T> {
    pub value: T,
    pub at: Spot,
}

/// A word of the file.
pub(crate) type Word = Said<String>;

/// A table under reading.
pub(crate) struct Reader<'a> {
    pub bench: &'a Bench<'a>,
    /// The entry's header.
    pub at: Spot,
    entries: &'a [(Key, Node)],
    what: (&'static str, &'static str),
    asked: RefCell<Vec<&'static str>>,
}

/// Ids that mean something else in tables or conditions.
const RESERVED: [&str; 11] =
    ["id", "version", "county", "area", "today", "actor", "true", "false", "null", "not", "deleted_at"];

impl<'a> Reader<'a> {
    /// Reads `node` as a table; a fault when it is none.
    pub fn of(bench: &'a Bench<'a>, node: &'a Node, what: (&'static str, &'static str), at: Spot) -> Option<Self> {
        let Value::Table(entries) = &node.value else {
            bench.fault(Code::WrongType, node.at, &[what.into(), ("表", "a table").into(), node.value.called().into()]);
            return None;
        };
        Some(Self { bench, at, entries, what, asked: RefCell::default() })
    }

    fn entry(&self, key: &'static str) -> Option<&'a (Key, Node)> {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(&key) {
            asked.push(key);
        }
        self.entries.iter().find(|(name, _)| name.name == key)
    }

    /// The value of a key.
    pub fn get(&self, key: &'static str) -> Option<&'a Node> {
        self.entry(key).map(|(_, node)| node)
    }

    /// Where a key stands.
    pub fn key_at(&self, key: &'static str) -> Option<Spot> {
        self.entry(key).map(|(key, _)| key.at)
    }

    /// Notes a missing key.
    pub fn missing(&self, key: &'static str) {
        self.bench.fault(Code::MissingKey, self.at, &[self.what.into(), key.into()]);
    }

    fn wrong(&self, key: &str, node: &Node, expected: (&'static str, &'static str)) {
        self.bench.fault(Code::WrongType, node.at, &[key.into(), expected.into(), node.value.called().into()]);
    }

    /// A text.
    pub fn word(&self, key: &'static str) -> Option<Word> {
        let node = self.get(key)?;
        self.as_word(key, node)
    }

    fn as_word(&self, key: &str, node: &Node) -> Option<Word> {
        if let Value::Text(value) = &node.value {
            return Some(Said { value: value.clone(), at: node.at });
        }
        self.wrong(key, node, ("文本", "text"));
        None
    }

    /// A text that must be there.
    pub fn need_word(&self, key: &'static str) -> Option<Word> {
        if self.get(key).is_none() {
            self.missing(key);
        }
        self.word(key)
    }

    /// An id that must be there.
    pub fn need_id(&self, key: &'static str) -> Option<Word> {
        let id = self.need_word(key)?;
        check_id(self.bench, &id.value, id.at);
        Some(id)
    }

    /// A text or a list of texts.
    pub fn words(&self, key: &'static str) -> Vec<Word> {
        let Some(node) = self.get(key) else { return Vec::new() };
        match &node.value {
            Value::List(items) => items.iter().filter_map(|item| self.as_word(key, item)).collect(),
            _ => self.as_word(key, node).into_iter().collect(),
        }
    }

    /// Like [`Self::words`], without places.
    pub fn strings(&self, key: &'static str) -> Vec<String> {
        self.words(key).into_iter().map(|word| word.value).collect()
    }

    /// A whole number.
    pub fn int(&self, key: &'static str) -> Option<Said<i64>> {
        let node = self.get(key)?;
        if let Value::Int(value) = node.value {
            return Some(Said { value, at: node.at });
        }
        self.wrong(key, node, ("整数", "an integer"));
        None
    }

    /// A whole number within bounds; outside is a fault.
    pub fn int_within(&self, key: &'static str, low: i64, high: i64) -> Option<i64> {
        let said = self.int(key)?;
        if (low..=high).contains(&said.value) {
            return Some(said.value);
        }
        self.bench.fault(
            Code::OutOfRange,
            said.at,
            &[key.into(), said.value.to_string().into(), format!("{low} – {high}").into()],
        );
        None
    }

    /// `true` or `false`; false when left out.
    pub fn flag(&self, key: &'static str) -> bool {
        self.flag_or(key, false)
    }

    /// `true` or `false`.
    pub fn flag_or(&self, key: &'static str, otherwise: bool) -> bool {
        match self.get(key) {
            None => otherwise,
            Some(Node { value: Value::Bool(value), .. }) => *value,
            Some(node) => {
                self.wrong(key, node, ("true / false", "true / false"));
                otherwise
            }
        }
    }

    /// A day, written `"2020-05-16"` or as a TOML date.
    pub fn day(&self, key: &'static str) -> Option<Said<i32>> {
        let node = self.get(key)?;
        match &node.value {
            Value::Text(text) | Value::Date(text) => match parse_day(text) {
                Some(value) => return Some(Said { value, at: node.at }),
                None => self.bench.fault(Code::BadValue, node.at, &[key.into(), text.into(), "\"2020-05-16\"".into()]),
            },
            _ => self.wrong(key, node, ("日期", "a date")),
        }
        None
    }

    /// A bilingual text.
    pub fn text(&self, key: &'static str) -> Option<Said<Text>> {
        let (name, node) = self.entry(key)?;
        let Value::Table(_) = node.value else {
            self.bench.fault(Code::MissingLanguage, node.at, &[key.into(), ("中文或英文", "a language").into()]);
            return None;
        };
        let inner = Reader::of(self.bench, node, ("双语文本", "a bilingual text"), name.at)?;
        let part = |language: &'static str, called: (&'static str, &'static str)| match inner.word(language) {
            Some(word) if !word.value.trim().is_empty() => word.value,
            _ => {
                self.bench.fault(Code::MissingLanguage, name.at, &[key.into(), called.into()]);
                String::new()
            }
        };
        let text = Text { zh: part("zh", ("中文 zh", "zh")), en: part("en", ("英文 en", "en")) };
        inner.done();
        Some(Said { value: text, at: node.at })
    }

    /// A bilingual text that must be there.
    pub fn need_text(&self, key: &'static str) -> Text {
        if self.get(key).is_none() {
            self.missing(key);
        }
        self.text(key).map(|said| said.value).unwrap_or_default()
    }

    /// A table.
    pub fn table(&self, key: &'static str, what: (&'static str, &'static str)) -> Option<Reader<'a>> {
        let (name, node) = self.entry(key)?;
        Reader::of(self.bench, node, what, name.at)
    }

    /// A list of tables.
    pub fn tables(&self, key: &'static str, what: (&'static str, &'static str)) -> Vec<Reader<'a>> {
        let Some(node) = self.get(key) else { return Vec::new() };
        let Value::List(items) = &node.value else {
            self.wrong(key, node, ("列表", "a list"));
            return Vec::new();
        };
        items.iter().filter_map(|item| Reader::of(self.bench, item, what, item.at)).collect()
    }

    /// A list of anything.
    pub fn list(&self, key: &'static str) -> &'a [Node] {
        match self.get(key) {
            None => &[],
            Some(Node { value: Value::List(items), .. }) => items,
            Some(node) => {
                self.wrong(key, node, ("列表", "a list"));
                &[]
            }
        }
    }

    /// The named tables of a table, such as the ledgers of `[ledger.…]`; their ids are checked.
    pub fn named(&self, key: &'static str, what: (&'static str, &'static str)) -> Vec<(Word, Reader<'a>)> {
        self.pairs(key)
            .into_iter()
            .filter_map(|(name, node)| {
                check_id(self.bench, &name.value, name.at);
                let reader = Reader::of(self.bench, node, what, name.at)?;
                Some((name, reader))
            })
            .collect()
    }

    /// Keys and values of a table whose keys are free.
    pub fn pairs(&self, key: &'static str) -> Vec<(Word, &'a Node)> {
        match self.get(key) {
            None => Vec::new(),
            Some(Node { value: Value::Table(entries), .. }) => {
                entries.iter().map(|(name, node)| (Said { value: name.name.clone(), at: name.at }, node)).collect()
            }
            Some(node) => {
                self.wrong(key, node, ("表", "a table"));
                Vec::new()
            }
        }
    }

    /// What the file says for these keys, one per line.
    pub fn as_written(&self, keys: &[&'static str]) -> String {
        let text = self.bench.sources.get(usize::from(self.at.file)).map_or("", |source| source.text.as_str());
        let mut found: Vec<(usize, usize)> =
            keys.iter().filter_map(|key| self.entry(key)).map(|(key, node)| (key.at.start, node.at.end)).collect();
        found.sort_unstable();
        found.iter().filter_map(|(start, end)| text.get(*start..*end)).collect::<Vec<_>>().join("\n")
    }

    /// Every key has been read: the others are faults.
    pub fn done(&self) {
        let asked = self.asked.borrow();
        for (key, _) in self.entries.iter().filter(|(key, _)| !asked.contains(&key.name.as_str())) {
            let near = nearest(&key.name, asked.iter().copied());
            self.bench.fault(Code::UnknownKey, key.at, &[self.what.into(), key.name.as_str().into(), near.into()]);
        }
    }
}

/// Days since 1970-01-01 of `2020-05-16`.
pub(crate) fn parse_day(text: &str) -> Option<i32> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if year.len() != 4 || month.len() != 2 || day.len() != 2 {
        return None;
    }
    let month = time::Month::try_from(month.parse::<u8>().ok()?).ok()?;
    let date = time::Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()?;
    Some(date.to_julian_day() - EPOCH)
}

/// Julian day of 1970-01-01.
pub(crate) const EPOCH: i32 = 2_440_588;

fn check_id(bench: &Bench<'_>, id: &str, at: Spot) {
    let shaped = id.len() <= 48
        && id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !shaped || RESERVED.contains(&id) {
        bench.fault(Code::BadId, at, &[id.into()]);
    }
}
