//! Just enough XML for spreadsheets: tags, attributes and text, from a stream, with bounded memory. No entities but the five
//! of XML and numbers, no document types.

use std::borrow::Cow;
use std::io::{Empty, Read};

use memchr::memmem;

use crate::plain::Plain;

/// Bytes that one tag or one text may have.
const LONGEST: usize = 2 << 20;
const STEP: usize = 128 << 10;
/// Elements that one may stand in.
const DEEPEST: usize = 1_000;

/// A piece of a document.
#[derive(Debug)]
pub(crate) enum Token<'a> {
    /// `<name …>` or `<name …/>`; the name is without its prefix.
    Open { name: &'a [u8], attributes: &'a [u8], empty: bool },
    /// `</name>`.
    Close(&'a [u8]),
    /// Text as written, with its entities.
    Text(&'a [u8]),
    /// Text of a CDATA section.
    Data(&'a [u8]),
    /// Several of these at once.
    Plain(Plain<'a>),
    /// Nothing more.
    End,
}

/// A document that is read piece by piece.
pub(crate) struct Xml<R> {
    source: R,
    buffer: Vec<u8>,
    at: usize,
    ended: bool,
    begun: bool,
    /// Elements that are open, each by a mark of its name.
    open: Vec<u16>,
    plain: TellPlain,
}

/// What begins with these bytes and is told at once, and how many of them it takes.
pub(crate) type TellPlain = fn(&[u8]) -> Option<(usize, Plain<'_>)>;

impl Xml<Empty> {
    /// What stands in an element that is open already, up to its end; all of it is at hand.
    pub fn within(name: &[u8], bytes: Vec<u8>, plain: TellPlain) -> Self {
        let open = vec![mark_of(name)];
        Self { source: std::io::empty(), buffer: bytes, at: 0, ended: true, begun: true, open, plain }
    }

    /// The room that its bytes took.
    pub fn into_room(self) -> Vec<u8> {
        self.buffer
    }
}

impl<R: Read> Xml<R> {
    pub fn new(source: R) -> Self {
        let buffer = Vec::with_capacity(2 * STEP);
        Self { source, buffer, at: 0, ended: false, begun: false, open: Vec::new(), plain: |_| None }
    }

    /// Tells what is plain at once, where it stands in one piece.
    pub fn plainly(source: R, plain: TellPlain) -> Self {
        Self { plain, ..Self::new(source) }
    }

    /// Reads more; false at the end.
    fn fill(&mut self) -> Result<bool, String> {
        if self.ended {
            return Ok(false);
        }
        self.buffer.drain(..self.at);
        self.at = 0;
        if self.buffer.len() > LONGEST {
            return Err("a piece is too long".to_owned());
        }
        let old = self.buffer.len();
        self.buffer.resize(old + STEP, 0);
        let mut filled = old;
        while filled < self.buffer.len() {
            match self.source.read(&mut self.buffer[filled..]) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(count) => filled += count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.to_string()),
            }
        }
        self.buffer.truncate(filled);
        Ok(filled > old)
    }

    /// Where the needle is, seen from `at + skip`; reads on until it is found.
    fn find(&mut self, mut skip: usize, needle: &[u8]) -> Result<Option<usize>, String> {
        loop {
            let rest = self.buffer.get(self.at + skip..).unwrap_or_default();
            let found = if let [byte] = needle { memchr::memchr(*byte, rest) } else { memmem::find(rest, needle) };
            if let Some(found) = found {
                return Ok(Some(skip + found));
            }
            skip = (self.buffer.len() - self.at).saturating_sub(needle.len() - 1).max(skip);
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    fn take(&mut self, length: usize) -> (usize, usize) {
        let start = self.at;
        self.at += length;
        (start, start + length)
    }

    /// What is plain, if that comes next and is at hand.
    pub fn plain(&mut self) -> Option<Plain<'_>> {
        // It is an element with one in it.
        if self.open.len() + 2 > DEEPEST {
            return None;
        }
        let (length, plain) = (self.plain)(&self.buffer[self.at..])?;
        self.at += length;
        Some(plain)
    }

    /// The next piece. Comments and instructions are skipped.
    pub fn next(&mut self) -> Result<Token<'_>, String> {
        loop {
            if self.at >= self.buffer.len() && !self.fill()? {
                return if self.open.is_empty() { Ok(Token::End) } else { Err("it ends in the middle".to_owned()) };
            }
            if !self.begun {
                self.begin()?;
            }
            if self.buffer[self.at] != b'<' {
                let length = self.find(0, b"<")?.unwrap_or(self.buffer.len() - self.at);
                let (start, end) = self.take(length);
                return Ok(Token::Text(&self.buffer[start..end]));
            }
            while self.buffer.len() - self.at < 9 && self.fill()? {}
            let head = &self.buffer[self.at..];
            if head.starts_with(b"<!--") {
                self.skip(b"-->")?;
            } else if head.starts_with(b"<?") {
                let length = self.find(2, b"?>")?.ok_or("unfinished instruction")?;
                let (start, end) = self.take(length + 2);
                known_encoding(&self.buffer[start..end])?;
            } else if head.starts_with(b"<![CDATA[") {
                let length = self.find(9, b"]]>")?.ok_or("unfinished text")?;
                let (start, end) = self.take(length + 3);
                return Ok(Token::Data(&self.buffer[start + 9..end - 3]));
            } else if head.starts_with(b"<!") {
                return Err("a document type".to_owned());
            } else {
                return self.tag();
            }
        }
    }

    /// Only text of one byte a sign, or more where they begin with a high bit, is read.
    fn begin(&mut self) -> Result<(), String> {
        self.begun = true;
        if self.buffer[self.at..].starts_with(b"\xef\xbb\xbf") {
            self.at += 3;
        }
        let wide = self.buffer[self.at..].iter().take(4).any(|byte| matches!(byte, 0 | 0xfe | 0xff));
        if wide { Err("UTF-16".to_owned()) } else { Ok(()) }
    }

    fn skip(&mut self, end: &[u8]) -> Result<(), String> {
        let length = self.find(2, end)?.ok_or("unfinished comment")?;
        self.at += length + end.len();
        Ok(())
    }

    fn tag(&mut self) -> Result<Token<'_>, String> {
        let mut length = self.find(1, b">")?.ok_or("unfinished tag")?;
        // A `>` within quotes does not end the tag.
        let (mut counted, mut open) = (0, None);
        loop {
            open = unclosed(&self.buffer[self.at + counted..self.at + length], open);
            if open.is_none() {
                break;
            }
            counted = length;
            length = self.find(length + 1, b">")?.ok_or("unfinished tag")?;
        }
        let (start, end) = self.take(length + 1);
        let inner = &self.buffer[start + 1..end - 1];
        if let Some(name) = inner.strip_prefix(b"/") {
            let name = local(name.trim_ascii());
            if self.open.pop() != Some(mark_of(name)) {
                return Err("an end without its beginning".to_owned());
            }
            return Ok(Token::Close(name));
        }
        let (inner, empty) = inner.strip_suffix(b"/").map_or((inner, false), |inner| (inner, true));
        let name_end = inner.iter().position(u8::is_ascii_whitespace).unwrap_or(inner.len());
        let (name, attributes) = inner.split_at(name_end);
        let name = local(name);
        if !empty {
            if self.open.len() >= DEEPEST {
                return Err("elements within elements without end".to_owned());
            }
            self.open.push(mark_of(name));
        }
        Ok(Token::Open { name, attributes, empty })
    }
}

/// Enough of a name to tell it from those that it may be crossed with.
fn mark_of(name: &[u8]) -> u16 {
    let ends = name.first().zip(name.last()).map_or(0, |(first, last)| u16::from(*first) << 8 | u16::from(*last));
    ends.rotate_left(3) ^ (name.len() & 0xff) as u16
}

/// The quote that is open after these bytes, when `open` was open before them.
fn unclosed(mut bytes: &[u8], mut open: Option<u8>) -> Option<u8> {
    loop {
        let found = match open {
            Some(quote) => memchr::memchr(quote, bytes),
            None => memchr::memchr2(b'"', b'\'', bytes),
        };
        let Some(at) = found else { return open };
        open = if open.is_none() { Some(bytes[at]) } else { None };
        bytes = &bytes[at + 1..];
    }
}

/// An XML declaration may name another encoding than the one that is read.
fn known_encoding(instruction: &[u8]) -> Result<(), String> {
    let Some(attributes) = instruction.strip_prefix(b"<?xml ") else { return Ok(()) };
    let encoding = attribute(attributes, b"encoding").unwrap_or_default();
    let known = ["", "utf-8", "utf8", "us-ascii"].iter().any(|name| encoding.eq_ignore_ascii_case(name));
    if known { Ok(()) } else { Err(format!("in the encoding {}", encoding.chars().take(20).collect::<String>())) }
}

/// A name without its prefix.
fn local(name: &[u8]) -> &[u8] {
    name.iter().position(|byte| *byte == b':').map_or(name, |colon| &name[colon + 1..])
}

/// Attributes as (name without prefix, value as written).
pub(crate) struct Attributes<'a>(pub &'a [u8]);

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a [u8], &'a [u8]);
    fn next(&mut self) -> Option<Self::Item> {
        // Names and values are short: looking at each byte takes less than asking for many at once.
        let rest = self.0.trim_ascii_start();
        let equals = rest.iter().position(|byte| *byte == b'=')?;
        let value = rest[equals + 1..].trim_ascii_start();
        let quote = *value.first().filter(|quote| matches!(quote, b'"' | b'\''))?;
        let end = value[1..].iter().position(|byte| *byte == quote)?;
        self.0 = &value[end + 2..];
        Some((local(rest[..equals].trim_ascii()), &value[1..=end]))
    }
}

/// The value of an attribute, its entities resolved.
pub(crate) fn attribute<'a>(attributes: &'a [u8], name: &[u8]) -> Option<Cow<'a, str>> {
    Attributes(attributes).find(|(known, _)| *known == name).map(|(_, value)| text(value))
}

/// An attribute that is a number.
pub(crate) fn numeric<T: std::str::FromStr>(attributes: &[u8], name: &[u8]) -> Option<T> {
    attribute(attributes, name)?.trim().parse().ok()
}

/// Text with its entities resolved.
pub(crate) fn text(raw: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(raw);
    if memchr::memchr2(b'&', b'_', raw).is_none() {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(at) = rest.find(['&', '_']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match entity(rest).or_else(|| escape(rest)) {
            Some((sign, length)) => {
                out.push(sign);
                rest = &rest[length..];
            }
            None => {
                out.push_str(&rest[..1]);
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn entity(rest: &str) -> Option<(char, usize)> {
    let body = rest.strip_prefix('&')?;
    let end = body.bytes().take(10).position(|byte| byte == b';')?;
    let name = &body[..end];
    let sign = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let hex = number.strip_prefix(['x', 'X']);
            let code = hex.map_or_else(|| number.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok())?;
            char::from_u32(code)?
        }
    };
    Some((sign, end + 2))
}

/// `_x000D_`: how spreadsheets write what XML cannot hold.
fn escape(rest: &str) -> Option<(char, usize)> {
    let hex = rest.strip_prefix("_x")?.get(..5)?.strip_suffix('_')?;
    let code = u32::from_str_radix(hex, 16).ok()?;
    Some((char::from_u32(code)?, 7))
}
