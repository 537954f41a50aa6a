//! Zip archives, read with suspicion: only what the central directory names, each part once, every inflated byte counted.

use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::DeflateDecoder;

use crate::fault::{BookCode, BookFault};
use crate::limits::Limits;

/// Parts that an archive may have.
const PARTS: usize = 5_000;
const END: &[u8] = b"PK\x05\x06";
const ENTRY: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";

/// A part of an archive.
struct Part<'a> {
    name: String,
    deflated: bool,
    crc: u32,
    packed: &'a [u8],
}

/// An archive whose directory has been read.
pub(crate) struct Archive<'a> {
    parts: Vec<Part<'a>>,
    inflated: AtomicU64,
    limit: u64,
}

fn number(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(width)?)?;
    Some(bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

impl<'a> Archive<'a> {
    /// Reads the directory.
    pub fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, BookFault> {
        let end = memchr::memmem::rfind(bytes, END).ok_or_else(|| BookFault::broken("zip: no directory"))?;
        let field = |at, width| number(bytes, end + at, width).ok_or_else(|| BookFault::broken("zip: directory"));
        let count = usize::try_from(field(10, 2)?).unwrap_or(usize::MAX);
        let start = usize::try_from(field(16, 4)?).unwrap_or(usize::MAX);
        // What stands last is the length of a remark: without it the file was cut off.
        field(20, 2)?;
        if count > PARTS {
            return Err(BookFault::broken(format!("zip: {count} parts")));
        }
        let (mut parts, mut places) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let mut at = start;
        for _ in 0..count {
            let (part, place, next) = entry(bytes, at)?;
            parts.push(part);
            places.push(place);
            at = next;
        }
        places.sort_unstable();
        if places.windows(2).any(|pair| pair[0].1 > pair[1].0) {
            return Err(BookFault::broken("zip: parts overlap"));
        }
        let mut names: Vec<String> = parts.iter().map(|part| part.name.to_ascii_lowercase()).collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(BookFault::broken(format!("zip: {} twice", pair[0].chars().take(60).collect::<String>())));
        }
        Ok(Self { parts, inflated: AtomicU64::new(0), limit: limits.inflated })
    }

    fn part(&self, name: &str) -> Option<&Part<'a>> {
        self.parts.iter().find(|part| part.name.eq_ignore_ascii_case(name.trim_start_matches('/')))
    }

    /// Whether there is such a part.
    pub fn has(&self, name: &str) -> bool {
        self.part(name).is_some()
    }

    /// Bytes that have been inflated.
    pub fn inflated(&self) -> u64 {
        self.inflated.load(Ordering::Relaxed)
    }

    /// Counts on from `inflated`, what [`Archive::inflated`] told: what came since is read again.
    pub fn forget(&self, inflated: u64) {
        self.inflated.store(inflated, Ordering::Relaxed);
    }

    /// Bytes that a part takes in the archive.
    pub fn packed(&self, name: &str) -> usize {
        self.part(name).map_or(0, |part| part.packed.len())
    }

    /// A part, inflated as it is read.
    pub fn read(&self, name: &str) -> Option<Inflated<'_>> {
        let part = self.part(name)?;
        let source = if part.deflated {
            Source::Deflated(Box::new(DeflateDecoder::new(part.packed)))
        } else {
            Source::Stored(part.packed)
        };
        Some(Inflated {
            source,
            crc: crc32fast::Hasher::new(),
            expected: part.crc,
            counted: &self.inflated,
            limit: self.limit,
        })
    }

    /// The fault that a failed read means.
    pub fn fault(&self, name: &str, why: &str) -> BookFault {
        if self.inflated.load(Ordering::Relaxed) > self.limit {
            BookFault::megabytes(BookCode::Bomb, self.limit)
        } else {
            BookFault::broken(format!("{name}: {why}"))
        }
    }
}

/// A part of the directory: the part, where it stands in the file, and where the next one is.
fn entry(bytes: &[u8], at: usize) -> Result<(Part<'_>, (usize, usize), usize), BookFault> {
    let wrong = || BookFault::broken("zip: directory");
    if bytes.get(at..at.saturating_add(4)) != Some(ENTRY) {
        return Err(wrong());
    }
    let field = |offset, width| number(bytes, at + offset, width).ok_or_else(wrong);
    let length = |offset, width| field(offset, width).map(|value| usize::try_from(value).unwrap_or(usize::MAX));
    let (flags, method) = (field(8, 2)?, field(10, 2)?);
    let (name, extra, comment) = (length(28, 2)?, length(30, 2)?, length(32, 2)?);
    let (mut size, local) = (length(20, 4)?, length(42, 4)?);
    let text = bytes.get(at + 46..at + 46 + name).ok_or_else(wrong)?;
    if size == 0xffff_ffff {
        let extra = bytes.get(at + 46 + name..at + 46 + name + extra).ok_or_else(wrong)?;
        size = wide_size(extra, field(24, 4)? == 0xffff_ffff).ok_or_else(wrong)?;
    }
    if flags & 1 == 1 {
        return Err(BookFault::new(BookCode::Protected, []));
    }
    if bytes.get(local..local.saturating_add(4)) != Some(LOCAL) || !matches!(method, 0 | 8) {
        return Err(wrong());
    }
    let skip =
        |offset| number(bytes, local + offset, 2).and_then(|value| usize::try_from(value).ok()).ok_or_else(wrong);
    let start = local + 30 + skip(26)? + skip(28)?;
    let end = start.checked_add(size).filter(|end| *end <= bytes.len()).ok_or_else(wrong)?;
    let part = Part {
        name: String::from_utf8_lossy(text).replace('\\', "/"),
        deflated: method == 8,
        crc: u32::try_from(field(16, 4)?).unwrap_or_default(),
        packed: &bytes[start..end],
    };
    Ok((part, (local, end), at + 46 + name + extra + comment))
}

/// The packed size in a zip64 field, which the inflated size precedes.
fn wide_size(mut extra: &[u8], after_inflated: bool) -> Option<usize> {
    while extra.len() >= 4 {
        let length = usize::try_from(number(extra, 2, 2)?).ok()?;
        if number(extra, 0, 2)? == 1 {
            return usize::try_from(number(extra, if after_inflated { 12 } else { 4 }, 8)?).ok();
        }
        extra = extra.get(4 + length..)?;
    }
    None
}

enum Source<'a> {
    Stored(&'a [u8]),
    Deflated(Box<DeflateDecoder<&'a [u8]>>),
}

/// A part as it comes out.
pub(crate) struct Inflated<'a> {
    source: Source<'a>,
    crc: crc32fast::Hasher,
    expected: u32,
    counted: &'a AtomicU64,
    limit: u64,
}

impl Read for Inflated<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = match &mut self.source {
            Source::Stored(rest) => rest.read(into)?,
            Source::Deflated(decoder) => decoder.read(into)?,
        };
        if count == 0 && !into.is_empty() {
            let whole = self.crc.clone().finalize() == self.expected;
            return if whole { Ok(0) } else { Err(io::Error::other("checksum")) };
        }
        self.crc.update(&into[..count]);
        let counted = self.counted.fetch_add(count as u64, Ordering::Relaxed) + count as u64;
        if counted > self.limit { Err(io::Error::other("too large")) } else { Ok(count) }
    }
}
