//! The tags of an XML part with their places, and changes that leave everything else as it was.

use std::fmt::Write as _;
use std::ops::Range;

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::super::fault::WriteFault;
use super::super::xml::escaped;

/// How a tag stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Start,
    Empty,
    End,
}

/// A tag and where it stands.
pub(super) struct Tag<'a> {
    pub what: What,
    /// Name without prefix.
    pub name: String,
    /// With its attributes, unless it is an end.
    pub start: BytesStart<'a>,
    pub range: Range<usize>,
    /// How many elements it stands in.
    pub depth: usize,
}

impl Tag<'_> {
    /// An attribute, by its name with the prefix.
    pub fn get(&self, name: &str) -> Option<String> {
        let found = self.start.attributes().with_checks(false).flatten().find(|attribute| attribute.key.0 == name)?;
        Some(unescaped(&found.value))
    }

    /// A number of an attribute.
    pub fn number<N: std::str::FromStr>(&self, name: &str) -> Option<N> {
        self.get(name)?.trim().parse().ok()
    }

    /// The relation it names: the attribute `id` with any prefix.
    pub fn relation(&self) -> Option<String> {
        let found =
            self.start.attributes().with_checks(false).flatten().find(|attribute| {
                attribute.key.prefix().is_some() && attribute.key.local_name().into_inner() == "id"
            })?;
        Some(unescaped(&found.value))
    }

    /// `x:` or nothing.
    pub fn prefix(&self) -> String {
        self.start.name().prefix().map(|prefix| format!("{}:", prefix.as_ref())).unwrap_or_default()
    }

    /// The same tag with other attributes; `None` takes one away.
    pub fn with(&self, set: &[(&str, Option<String>)], empty: bool) -> String {
        let mut tag = format!("<{}", self.start.name().0);
        for attribute in self.start.attributes().with_checks(false).flatten() {
            if !set.iter().any(|(name, _)| *name == attribute.key.0) {
                let _ = write!(tag, " {}=\"{}\"", attribute.key.0, attribute.value.replace('"', "&quot;"));
            }
        }
        for (name, value) in set.iter().filter_map(|(name, value)| Some((name, value.as_ref()?))) {
            let _ = write!(tag, " {name}=\"{}\"", escaped(value));
        }
        tag.push_str(if empty { "/>" } else { ">" });
        tag
    }
}

fn unescaped(raw: &str) -> String {
    quick_xml::escape::unescape(raw).map_or_else(|_| raw.to_owned(), std::borrow::Cow::into_owned)
}

/// Reads tag after tag.
pub(super) struct Tags<'a> {
    reader: Reader<&'a [u8]>,
    depth: usize,
}

impl<'a> Tags<'a> {
    pub fn of(source: &'a str) -> Self {
        Self { reader: Reader::from_str(source), depth: 0 }
    }

    /// The next tag; text and comments are passed over.
    ///
    /// # Errors
    /// When the part is no XML.
    pub fn next(&mut self) -> Result<Option<Tag<'a>>, WriteFault> {
        loop {
            let begin = place(self.reader.buffer_position());
            let event = self.reader.read_event().map_err(|error| odd(&error.to_string()))?;
            let range = begin..place(self.reader.buffer_position());
            let (what, start) = match event {
                Event::Eof => return Ok(None),
                Event::Start(start) => (What::Start, start),
                Event::Empty(start) => (What::Empty, start),
                Event::End(end) => {
                    self.depth = self.depth.saturating_sub(1);
                    (What::End, BytesStart::new(end.name().0.to_owned()))
                }
                _ => continue,
            };
            let depth = self.depth;
            self.depth += usize::from(what == What::Start);
            return Ok(Some(Tag { what, name: start.local_name().into_inner().to_owned(), start, range, depth }));
        }
    }
}

fn place(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

/// A package that is built otherwise than expected.
pub(super) fn odd(what: &str) -> WriteFault {
    WriteFault::Package(what.to_owned())
}

/// Changes of a part, from its beginning to its end.
#[derive(Debug, Default)]
pub(super) struct Edits(Vec<(Range<usize>, String)>);

impl Edits {
    /// Puts text in the place of other text.
    pub fn replace(&mut self, range: Range<usize>, with: String) {
        self.0.push((range, with));
    }

    /// Puts text before a place.
    pub fn insert(&mut self, at: usize, text: String) {
        if !text.is_empty() {
            self.0.push((at..at, text));
        }
    }

    /// The part with the changes made.
    ///
    /// # Errors
    /// When they do not fit the part.
    pub fn apply(mut self, source: &str) -> Result<String, WriteFault> {
        // Insertions are noted when their place is known, which may be after a later one's.
        self.0.sort_by_key(|(range, _)| (range.start, range.end));
        let longer: usize = self.0.iter().map(|(_, text)| text.len()).sum();
        let mut out = String::with_capacity(source.len() + longer);
        let mut done = 0;
        for (range, text) in self.0 {
            out.push_str(source.get(done..range.start).ok_or_else(|| odd("changes overlap"))?);
            out.push_str(&text);
            done = range.end;
        }
        out.push_str(source.get(done..).ok_or_else(|| odd("changes overlap"))?);
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_know_their_places_and_attributes() {
        let source = "<?xml version='1.0'?><x:a r:id='rId1' b='1 &quot;2&quot;'><!-- <no/> --><c/>text</x:a>";
        let mut tags = Tags::of(source);
        let a = tags.next().unwrap().unwrap();
        assert_eq!((a.name.as_str(), a.prefix().as_str(), a.depth), ("a", "x:", 0));
        assert_eq!((a.relation().unwrap(), a.get("b").unwrap()), ("rId1".into(), "1 \"2\"".into()));
        assert_eq!(a.with(&[("r:id", None), ("d", Some("<".into()))], true), "<x:a b=\"1 &quot;2&quot;\" d=\"&lt;\"/>");
        let c = tags.next().unwrap().unwrap();
        assert_eq!((c.what, c.depth, &source[c.range]), (What::Empty, 1, "<c/>"));
        let end = tags.next().unwrap().unwrap();
        assert_eq!((end.what, end.depth, &source[end.range]), (What::End, 0, "</x:a>"));
        assert!(tags.next().unwrap().is_none());
    }

    #[test]
    fn changes_leave_the_rest_as_it_was() {
        let mut edits = Edits::default();
        edits.insert(5, "c".into());
        edits.replace(0..2, "A".into());
        edits.insert(2, "b".into());
        assert_eq!(edits.apply("aa  d").unwrap(), "Ab  dc");
        let mut edits = Edits::default();
        edits.replace(0..3, "x".into());
        edits.replace(2..4, "y".into());
        assert!(edits.apply("abcdef").is_err());
    }
}
