//! A column of texts, each distinct one kept once: searching and ordering look at the distinct ones, and each knows its rows.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::OnceLock;

use anju_shard::Bits;
use memchr::memmem::Finder;

use crate::initials::initials;
use crate::sound::collated;

/// The number of a missing text.
pub(crate) const MISSING: u32 = u32::MAX;

/// Where more than one text in so many is asked for, a look at each row costs less than the rows of each text.
const MANY: usize = 4;

/// Texts one behind the other.
#[derive(Debug, Clone, Default)]
struct Arena {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// A sign of more than one byte stands somewhere.
    wide: bool,
}

impl Arena {
    fn get(&self, at: usize) -> &[u8] {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[at]]
    }

    fn push(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len());
        self.wide |= !text.is_ascii();
    }

    fn holding(&self, needle: &[u8], hits: &mut Bits) {
        holding(&self.bytes, &self.ends, needle, hits);
    }
}

/// The slots of each text, one text after the other.
#[derive(Debug, Clone, Default)]
struct Slots {
    slots: Vec<u32>,
    /// Behind the last slot of each text.
    ends: Vec<u32>,
    /// How many slots there were.
    upto: usize,
}

impl Slots {
    fn of(ids: &[u32], distinct: usize) -> Self {
        let mut ends = vec![0; distinct];
        let held = || (0_u32..).zip(ids).filter(|(_, id)| **id != MISSING);
        held().for_each(|(_, id)| ends[*id as usize] += 1);
        let mut before = 0;
        for end in &mut ends {
            // Where a text begins, until its slots are put down.
            before += std::mem::replace(end, before);
        }
        let mut slots = vec![0; before as usize];
        for (slot, id) in held() {
            let next = &mut ends[*id as usize];
            slots[*next as usize] = slot;
            *next += 1;
        }
        Self { slots, ends, upto: ids.len() }
    }

    fn get(&self, text: usize) -> &[u32] {
        let start = text.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.slots[start as usize..self.ends[text] as usize]
    }
}

/// The texts of a column.
#[derive(Debug, Clone, Default)]
pub(crate) struct Texts {
    /// Per slot; [`MISSING`] for none.
    pub ids: Vec<u32>,
    texts: Arena,
    /// In lower case; left out while that changes nothing.
    folded: Option<Vec<u8>>,
    /// Initials, each after a line feed; kept for columns that words are looked for in.
    initials: Option<Arena>,
    /// Those of each text, but for what came later; these texts are in the order of their bytes.
    settled: Slots,
    /// Where each settled text stands by its sound, once somebody orders by it; empty where that is the order of their bytes.
    ranks: OnceLock<Box<[u32]>>,
    /// Finds equal texts while many are added.
    known: HashMap<u64, u32>,
    hasher: std::hash::RandomState,
}

impl Texts {
    /// No texts yet; with initials if words are looked for in them.
    pub fn new(words: bool) -> Self {
        Self { initials: words.then(Arena::default), ..Self::default() }
    }

    /// How many distinct texts there are.
    pub fn distinct(&self) -> usize {
        self.texts.ends.len()
    }

    /// The text of a slot.
    pub fn get(&self, slot: usize) -> Option<&str> {
        let id = self.ids[slot];
        if id == MISSING { None } else { std::str::from_utf8(self.texts.get(id as usize)).ok() }
    }

    /// Adds a slot.
    pub fn push(&mut self, text: Option<&str>) {
        let id = text.map_or(MISSING, |text| self.number(text));
        self.ids.push(id);
    }

    fn number(&mut self, text: &str) -> u32 {
        let hash = self.hasher.hash_one(text);
        if let Some(known) = self.known.get(&hash).filter(|known| self.texts.get(**known as usize) == text.as_bytes()) {
            return *known;
        }
        let spelt =
            self.initials.is_some().then(|| initials(text).iter().fold(String::new(), |all, one| all + "\n" + one));
        let id = self.add(text.as_bytes(), spelt.as_deref().map(str::as_bytes));
        self.known.insert(hash, id);
        id
    }

    fn add(&mut self, text: &[u8], spelt: Option<&[u8]>) -> u32 {
        let id = u32::try_from(self.distinct()).unwrap_or(MISSING);
        let changes = text.iter().any(u8::is_ascii_uppercase);
        if changes && self.folded.is_none() {
            self.folded = Some(self.texts.bytes.clone());
        }
        if let Some(folded) = &mut self.folded {
            folded.extend(text.iter().map(u8::to_ascii_lowercase));
        }
        self.texts.push(text);
        if let (Some(initials), Some(spelt)) = (&mut self.initials, spelt) {
            initials.push(spelt);
        }
        id
    }

    /// Distinct texts that are this one.
    pub fn equal_to(&self, text: &str, hits: &mut Bits) {
        let (text, settled) = (text.as_bytes(), self.settled.ends.len());
        let at = partition(settled, |at| self.texts.get(at) < text);
        let later = settled..self.distinct();
        later
            .chain((at < settled).then_some(at))
            .filter(|at| self.texts.get(*at) == text)
            .for_each(|at| hits.put(at, true));
    }

    /// Distinct texts in which a word stands; with `spelt`, also those whose initials begin so. Letters count the same in either case.
    pub fn holding(&self, word: &str, spelt: bool) -> Bits {
        let mut hits = Bits::zeros(self.distinct());
        if !word.is_ascii() && !self.texts.wide {
            // Numbers hold no name: nothing of them is read.
            return hits;
        }
        let word = word.to_ascii_lowercase();
        match &self.folded {
            None => self.texts.holding(word.as_bytes(), &mut hits),
            Some(folded) => holding(folded, &self.texts.ends, word.as_bytes(), &mut hits),
        }
        let letters = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if let Some(initials) = self.initials.as_ref().filter(|_| spelt && letters) {
            initials.holding(format!("\n{word}").as_bytes(), &mut hits);
        }
        hits
    }

    /// The same slots in another order, with the distinct texts in the order of their bytes.
    pub fn gathered(&self, slots: &[u32]) -> Self {
        let mut used = Bits::zeros(self.distinct());
        slots.iter().for_each(|slot| used.put(self.ids[*slot as usize] as usize, true));
        let mut sorted: Vec<(u128, usize)> = used.iter().map(|id| (prefix(self.texts.get(id)), id)).collect();
        sorted.sort_unstable_by(|left, right| {
            left.0.cmp(&right.0).then_with(|| self.texts.get(left.1).cmp(self.texts.get(right.1)))
        });
        let mut gathered = Self::new(self.initials.is_some());
        let mut numbers = vec![MISSING; self.distinct()];
        let mut last: Option<usize> = None;
        for (_, id) in sorted {
            numbers[id] = match last.filter(|last| self.texts.get(*last) == self.texts.get(id)) {
                Some(equal) => numbers[equal],
                None => gathered.add(self.texts.get(id), self.initials.as_ref().map(|initials| initials.get(id))),
            };
            last = Some(id);
        }
        let number = |slot: &u32| numbers.get(self.ids[*slot as usize] as usize).copied().unwrap_or(MISSING);
        gathered.ids = slots.iter().map(number).collect();
        gathered.settled = Slots::of(&gathered.ids, gathered.distinct());
        gathered
    }

    /// What people look for by its initials is listed as it sounds.
    fn ranked(&self) -> Box<[u32]> {
        if self.initials.is_none() || !self.texts.wide {
            return Box::default();
        }
        let heard = |text| collated(std::str::from_utf8(self.texts.get(text)).unwrap_or_default()).collect();
        let mut heard: Vec<(String, usize)> = (0..self.settled.ends.len()).map(|text| (heard(text), text)).collect();
        heard.sort_unstable();
        let mut ranks = vec![0; heard.len()];
        (0..).zip(heard).for_each(|(rank, (_, text))| ranks[text] = rank);
        ranks.into_boxed_slice()
    }

    /// A number of a settled slot that stands to those of others as its text does.
    pub fn rank(&self, slot: usize) -> u32 {
        let text = self.ids[slot];
        self.ranks.get_or_init(|| self.ranked()).get(text as usize).copied().unwrap_or(text)
    }

    /// How the texts of two slots stand to each other: by their sound where people look for them so, then by their bytes.
    pub fn compare(&self, left: usize, right: usize) -> Ordering {
        if self.ids[left] == self.ids[right] {
            return Ordering::Equal;
        }
        let heard = |slot: usize| collated(self.get(slot).unwrap_or_default());
        let by_sound = if self.initials.is_some() { heard(left).cmp(heard(right)) } else { Ordering::Equal };
        by_sound.then_with(|| self.get(left).cmp(&self.get(right)))
    }

    /// The rows in which one of these texts stands.
    pub fn rows_of(&self, texts: &Bits) -> Bits {
        if texts.count() > self.distinct() / MANY {
            return Bits::select(&self.ids, |id| texts.get(id as usize));
        }
        let mut rows = Bits::zeros(self.ids.len());
        for text in texts.iter().take_while(|text| *text < self.settled.ends.len()) {
            self.settled.get(text).iter().for_each(|slot| rows.put(*slot as usize, true));
        }
        let later = (self.settled.upto..self.ids.len()).filter(|slot| texts.get(self.ids[*slot] as usize));
        later.for_each(|slot| rows.put(slot, true));
        rows
    }
}

/// The first bytes of a text, and how long it is; two long texts that begin alike are equal here.
fn prefix(text: &[u8]) -> u128 {
    let mut key = [0; 16];
    let kept = text.len().min(15);
    key[..kept].copy_from_slice(&text[..kept]);
    key[15] = if text.len() > 15 { u8::MAX } else { u8::try_from(text.len()).unwrap_or(u8::MAX) };
    u128::from_be_bytes(key)
}

/// Texts of an arena that a needle stands in, wholly.
fn holding(bytes: &[u8], ends: &[usize], needle: &[u8], hits: &mut Bits) {
    if needle.is_empty() {
        hits.fill(0, ends.len());
        return;
    }
    let finder = Finder::new(needle);
    let (mut from, mut text) = (0, 0);
    while let Some(at) = finder.find(&bytes[from..]) {
        let hit = from + at;
        text = text_at(ends, text, hit);
        if hit + needle.len() <= ends[text] {
            hits.put(text, true);
        }
        // What reaches over the end is the last in it.
        from = ends[text];
        text += 1;
    }
}

/// The text in which a byte stands, looked for from one that is not behind it, in strides that double: hits are near, or far apart.
fn text_at(ends: &[usize], from: usize, byte: usize) -> usize {
    let (mut text, mut stride) = (from, 1);
    while ends.get(text + stride - 1).is_some_and(|end| *end <= byte) {
        text += stride;
        stride *= 2;
    }
    let upto = ends.len().min(text + stride);
    text + ends[text..upto].partition_point(|end| *end <= byte)
}

/// How many of `0..len` come before.
pub(crate) fn partition(len: usize, before: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, len);
    while low < high {
        let middle = usize::midpoint(low, high);
        if before(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::*;

    fn texts(all: &[&str]) -> Texts {
        let mut texts = Texts::new(true);
        all.iter().for_each(|text| texts.push(Some(text)));
        texts
    }

    fn found(texts: &Texts, word: &str) -> Vec<usize> {
        texts.holding(word, true).iter().collect()
    }

    #[test]
    fn a_word_does_not_reach_from_one_text_into_the_next() {
        let texts = texts(&["ba", "aab", "NS01"]);
        assert_eq!(found(&texts, "aa"), [1]);
        assert_eq!(found(&texts, "bns"), [] as [usize; 0]);
        assert_eq!(found(&texts, "ns0"), [2]);
    }

    #[test]
    fn a_wide_word_is_found_wherever_one_stands() {
        let mut all = texts(&["NS01", "ns02"]);
        assert_eq!(found(&all, "王"), [] as [usize; 0]);
        all.push(Some("NS王"));
        assert_eq!(found(&all, "王"), [2]);
        assert_eq!(found(&all.gathered(&[2, 0, 1]), "王"), [1], "also in another order");
    }

    #[test]
    fn initials_are_found_from_their_beginning() {
        let texts = texts(&["王秀英", "秀英", "李小燕"]);
        assert_eq!(found(&texts, "wx"), [0]);
        assert_eq!(found(&texts, "XY"), [1]);
        assert_eq!(found(&texts, "xyw"), [] as [usize; 0]);
    }

    proptest! {
        #[test]
        fn rows_are_found_whether_many_or_few_and_early_or_late(
            settled in vec(option::of("[ab]{0,3}|c{9}"), 0..200),
            later in vec(option::of("[ab]{0,3}"), 0..9),
            word in "[abc]{1,3}",
        ) {
            let (mut all, mut texts) = (settled.clone(), Texts::new(false));
            settled.iter().for_each(|text| texts.push(text.as_deref()));
            texts = texts.gathered(&(0..).take(settled.len()).collect::<Vec<_>>());
            later.iter().for_each(|text| texts.push(text.as_deref()));
            all.extend(later);
            let wanted: Vec<usize> = (0..all.len()).filter(|at| all[*at].as_ref().is_some_and(|text| text.contains(&word))).collect();
            prop_assert_eq!(texts.rows_of(&texts.holding(&word, false)).iter().collect::<Vec<_>>(), wanted);
            let mut equal = Bits::zeros(texts.distinct());
            texts.equal_to(&word, &mut equal);
            let wanted: Vec<usize> = (0..all.len()).filter(|at| all[*at].as_ref() == Some(&word)).collect();
            prop_assert_eq!(texts.rows_of(&equal).iter().collect::<Vec<_>>(), wanted);
        }

        #[test]
        fn the_text_of_a_byte_is_the_one_that_ends_behind_it(sizes in vec(0..4_usize, 1..300), from: Index, byte: Index) {
            let ends: Vec<usize> = sizes.iter().scan(0, |end, size| { *end += size; Some(*end) }).collect();
            prop_assume!(ends[ends.len() - 1] > 0);
            let byte = byte.index(ends[ends.len() - 1]);
            let wanted = ends.partition_point(|end| *end <= byte);
            prop_assert_eq!(text_at(&ends, from.index(wanted + 1), byte), wanted);
        }
    }

    #[test]
    fn names_are_listed_as_they_sound() {
        let families = texts(&["蒋文", "姜艳", "蒋安"]).gathered(&[0, 1, 2]);
        let mut slots = [0, 1, 2];
        slots.sort_by(|left, right| families.compare(*left, *right));
        assert_eq!(slots, [1, 2, 0], "one family after another");
        let all = texts(&["叶贤", "丁香", "NS02", "姚远", "冯春"]);
        let gathered = all.gathered(&[0, 1, 2, 3, 4]);
        let mut slots = [0, 1, 2, 3, 4];
        slots.sort_by_key(|slot| gathered.rank(*slot));
        assert_eq!(slots, [2, 1, 4, 3, 0]);
        slots.sort_by(|left, right| gathered.compare(*right, *left));
        assert_eq!(slots, [0, 3, 4, 1, 2]);
    }

    #[test]
    fn gathering_orders_the_distinct_texts_by_their_bytes() {
        let mut all = texts(&["b", "", "a long text that goes on", "a long text that goes further", "b"]);
        all.push(None);
        let gathered = all.gathered(&[0, 1, 2, 3, 4, 5]);
        assert_eq!(gathered.ids, [3, 0, 2, 1, 3, MISSING]);
        assert_eq!(gathered.get(2), Some("a long text that goes on"));
    }
}
