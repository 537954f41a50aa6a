//! Compound files: a small file system within a file, read with suspicion. Every chain of sectors ends, and none is followed
//! further than the file has sectors.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::fault::BookFault;

pub(super) const MAGIC: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
const HEADER: usize = 512;
const ENTRY: usize = 128;
/// Sector numbers from here on mean something else.
const NO_SECTOR: u32 = 0xffff_fffa;
const NO_ENTRY: u32 = 0xffff_ffff;
/// Entries of the top folder that are looked at.
const ENTRIES: usize = 10_000;

/// A compound file whose tables have been read.
pub(super) struct Ole<'a> {
    bytes: &'a [u8],
    /// A sector has two to the power of this many bytes.
    shift: u32,
    /// Streams shorter than this are packed together.
    cutoff: u32,
    next: Vec<u32>,
    next_small: Vec<u32>,
    small: Cow<'a, [u8]>,
    entries: Vec<Entry>,
}

/// A stream of the top folder.
struct Entry {
    name: String,
    start: u32,
    size: u32,
}

/// A number of two or four bytes, the lowest first.
pub(super) fn number(bytes: &[u8], at: usize, width: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(width)?)?;
    Some(bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
}

fn wrong(what: &str) -> BookFault {
    BookFault::broken(format!("ole: {what}"))
}

impl<'a> Ole<'a> {
    /// Reads the tables and the top folder.
    pub fn open(bytes: &'a [u8]) -> Result<Self, BookFault> {
        let field = |at, width| number(bytes, at, width).ok_or_else(|| wrong("header"));
        let shift = field(30, 2)?;
        if !bytes.starts_with(MAGIC) || !matches!(shift, 9 | 12) || field(32, 2)? != 6 {
            return Err(wrong("header"));
        }
        let mut file = Self {
            bytes,
            shift,
            cutoff: field(56, 4)?.min(1 << 16),
            next: Vec::new(),
            next_small: Vec::new(),
            small: Cow::Borrowed(&[]),
            entries: Vec::new(),
        };
        file.next = file.table()?;
        let (small, directory) = (field(60, 4)?, field(48, 4)?);
        let numbers = |bytes: &[u8]| bytes.chunks_exact(4).filter_map(|four| number(four, 0, 4)).collect();
        if small < NO_SECTOR {
            file.next_small = numbers(&file.chain(small)?);
        }
        let directory = file.chain(directory)?.into_owned();
        let start = number(&directory, 116, 4).ok_or_else(|| wrong("folder"))?;
        if start < NO_SECTOR {
            file.small = file.chain(start)?;
        }
        file.entries = top_folder(&directory);
        Ok(file)
    }

    fn sectors(&self) -> usize {
        self.bytes.len().saturating_sub(HEADER) >> self.shift
    }

    /// The last sector may be cut short.
    fn sector(&self, at: u32) -> Result<&'a [u8], BookFault> {
        let from = (at as usize + 1) << self.shift;
        let to = (from + (1 << self.shift)).min(self.bytes.len());
        self.bytes.get(from..to).filter(|sector| !sector.is_empty()).ok_or_else(|| wrong("a sector is missing"))
    }

    /// Which sector follows which.
    fn table(&self) -> Result<Vec<u32>, BookFault> {
        let field = |at| number(self.bytes, at, 4).unwrap_or(NO_ENTRY);
        let per_sector = (1_usize << self.shift) / 4;
        // As many as are needed to name every sector of the file.
        let most = self.sectors() / per_sector + 2;
        let mut places: Vec<u32> = (0..109).map(|nth| field(76 + nth * 4)).filter(|place| *place < NO_SECTOR).collect();
        let (mut more, mut read) = (field(68), 0);
        while more < NO_SECTOR && places.len() < most && read <= most {
            let sector = self.sector(more)?;
            let (list, last) = sector.split_at(sector.len().saturating_sub(4));
            places
                .extend(list.chunks_exact(4).filter_map(|four| number(four, 0, 4)).filter(|place| *place < NO_SECTOR));
            more = number(last, 0, 4).unwrap_or(NO_ENTRY);
            read += 1;
        }
        places.truncate(most);
        let mut next = Vec::with_capacity(places.len() * per_sector);
        for place in places {
            next.extend(self.sector(place)?.chunks_exact(4).filter_map(|four| number(four, 0, 4)));
        }
        Ok(next)
    }

    /// The sectors of a chain, one after the other; as they stand in the file where they follow one another.
    fn chain(&self, start: u32) -> Result<Cow<'a, [u8]>, BookFault> {
        let mut chain = Vec::new();
        let mut at = start;
        while at < NO_SECTOR {
            if chain.len() > self.sectors() {
                return Err(wrong("a chain has no end"));
            }
            chain.push(at);
            at = *self.next.get(at as usize).ok_or_else(|| wrong("a chain leads nowhere"))?;
        }
        if chain.is_empty() {
            return Ok(Cow::Borrowed(&[]));
        }
        if chain.windows(2).all(|pair| pair[0] + 1 == pair[1]) {
            let from = (start as usize + 1) << self.shift;
            let to = (from + (chain.len() << self.shift)).min(self.bytes.len());
            return self.bytes.get(from..to).map(Cow::Borrowed).ok_or_else(|| wrong("a sector is missing"));
        }
        let mut all = Vec::with_capacity(chain.len() << self.shift);
        for sector in chain {
            all.extend_from_slice(self.sector(sector)?);
        }
        Ok(Cow::Owned(all))
    }

    /// Whether the top folder has such a stream or folder.
    pub fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.name == name)
    }

    /// A stream of the top folder; none if there is no such stream.
    pub fn stream(&self, name: &str) -> Option<Result<Cow<'a, [u8]>, BookFault>> {
        let entry = self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name))?;
        let size = entry.size as usize;
        let whole =
            if entry.size < self.cutoff { self.small_chain(entry.start, size) } else { self.chain(entry.start) };
        Some(whole.and_then(|whole| match whole {
            _ if whole.len() < size => Err(wrong("a stream is cut short")),
            Cow::Borrowed(whole) => Ok(Cow::Borrowed(&whole[..size])),
            Cow::Owned(mut whole) => {
                whole.truncate(size);
                Ok(Cow::Owned(whole))
            }
        }))
    }

    fn small_chain(&self, start: u32, size: usize) -> Result<Cow<'a, [u8]>, BookFault> {
        let mut all = Vec::with_capacity(size);
        let mut at = start;
        while at < NO_SECTOR && all.len() < size {
            let from = at as usize * 64;
            let to = (from + 64).min(self.small.len());
            let sector = self.small.get(from..to).filter(|sector| !sector.is_empty());
            all.extend_from_slice(sector.ok_or_else(|| wrong("a sector is missing"))?);
            at = *self.next_small.get(at as usize).ok_or_else(|| wrong("a chain leads nowhere"))?;
        }
        Ok(Cow::Owned(all))
    }
}

/// What stands directly under the root; what other documents bring along stands deeper.
fn top_folder(directory: &[u8]) -> Vec<Entry> {
    let field = |entry: u32, at: usize| number(directory, (entry as usize).checked_mul(ENTRY)? + at, 4);
    let mut seen = HashSet::new();
    let mut open: Vec<u32> = field(0, 76).into_iter().collect();
    let mut entries = Vec::new();
    while let Some(at) = open.pop() {
        if at == NO_ENTRY || seen.len() >= ENTRIES || !seen.insert(at) {
            continue;
        }
        let place = at as usize * ENTRY;
        let Some(entry) = directory.get(place..place + ENTRY) else { continue };
        open.extend([field(at, 68), field(at, 72)].into_iter().flatten());
        let length = number(entry, 64, 2).unwrap_or(0).min(64) as usize / 2;
        let units: Vec<u16> = entry[..length.saturating_sub(1) * 2]
            .chunks_exact(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
            .collect();
        entries.push(Entry {
            name: String::from_utf16_lossy(&units),
            start: number(entry, 116, 4).unwrap_or(NO_ENTRY),
            size: number(entry, 120, 4).unwrap_or(0),
        });
    }
    entries
}
