//! The texts of a shard, each once.

use std::collections::HashMap;
use std::sync::Arc;

/// Texts by number. Numbers are given in order of arrival and never change.
#[derive(Debug, Clone, Default)]
pub struct Dictionary {
    numbers: HashMap<Arc<str>, i64>,
    texts: Vec<Arc<str>>,
}

impl Dictionary {
    /// The number of a text, if any row holds or held it.
    pub fn number(&self, text: &str) -> Option<i64> {
        self.numbers.get(text).copied()
    }

    /// The text of a number.
    pub fn text(&self, number: i64) -> Option<&str> {
        self.texts.get(usize::try_from(number).ok()?).map(|text| &**text)
    }

    pub(crate) fn intern(&mut self, text: &str) -> i64 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = i64::try_from(self.texts.len()).unwrap_or(i64::MAX - 1);
        let text: Arc<str> = text.into();
        self.texts.push(Arc::clone(&text));
        self.numbers.insert(text, number);
        number
    }

    /// Bytes held, about.
    pub fn memory(&self) -> usize {
        self.texts.iter().map(|text| text.len() + 16).sum::<usize>()
            + self.texts.capacity() * 16
            + self.numbers.capacity() * 25
    }
}
