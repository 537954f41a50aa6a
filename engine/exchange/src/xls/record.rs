//! Records: kind, length, bytes. What does not fit into one goes on in those that follow.

use encoding_rs::Encoding;

use super::ole::number;
use crate::fault::BookFault;

/// Goes on with the record before it.
pub(super) const CONTINUE: u32 = 0x003c;

/// A record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    pub kind: u32,
    pub data: &'a [u8],
}

impl Record<'_> {
    pub fn short(&self, at: usize) -> Option<u32> {
        number(self.data, at, 2)
    }

    pub fn byte(&self, at: usize) -> Option<u8> {
        self.data.get(at).copied()
    }

    pub fn float(&self, at: usize) -> Option<f64> {
        Some(f64::from_le_bytes(self.data.get(at..at + 8)?.try_into().ok()?))
    }
}

/// Records one after the other.
#[derive(Debug)]
pub(super) struct Records<'a> {
    stream: &'a [u8],
    at: usize,
}

impl<'a> Records<'a> {
    pub fn from(stream: &'a [u8], at: usize) -> Self {
        Self { stream, at: at.min(stream.len()) }
    }

    /// How far it has been read.
    pub const fn position(&self) -> usize {
        self.at
    }

    /// The next record.
    ///
    /// # Errors
    /// Where the stream ends within one: whatever would have followed is lost.
    pub fn next(&mut self) -> Result<Record<'a>, BookFault> {
        let cut = || BookFault::broken("xls: it ends in the middle");
        let kind = number(self.stream, self.at, 2).ok_or_else(cut)?;
        let length = number(self.stream, self.at + 2, 2).ok_or_else(cut)? as usize;
        let data = self.stream.get(self.at + 4..self.at + 4 + length).ok_or_else(cut)?;
        self.at += 4 + length;
        Ok(Record { kind, data })
    }

    /// What goes on with the record before, if the next one does.
    fn more(&mut self) -> Option<&'a [u8]> {
        if number(self.stream, self.at, 2) != Some(CONTINUE) {
            return None;
        }
        self.next().ok().map(|record| record.data)
    }
}

/// How a workbook writes its texts.
#[derive(Debug, Clone, Copy)]
pub(super) enum Script {
    /// Each text says whether it takes one or two bytes a character.
    Unicode,
    /// Bytes in the encoding of the machine it was written on.
    Bytes(&'static Encoding),
}

/// The bytes of a record and of those that go on with it.
pub(super) struct Long<'r, 'a> {
    records: &'r mut Records<'a>,
    rest: &'a [u8],
}

impl<'r, 'a> Long<'r, 'a> {
    pub fn of(records: &'r mut Records<'a>, data: &'a [u8]) -> Self {
        Self { records, rest: data }
    }

    /// Goes to the next record where this one is used up; false at the end.
    fn fill(&mut self) -> bool {
        while self.rest.is_empty() {
            match self.records.more() {
                Some(more) => self.rest = more,
                None => return false,
            }
        }
        true
    }

    fn number(&mut self, width: u32) -> Option<u32> {
        (0..width).try_fold(0, |sum, nth| {
            let byte = *self.rest.first().or_else(|| {
                self.rest = self.records.more()?;
                self.rest.first()
            })?;
            self.rest = &self.rest[1..];
            Some(sum | u32::from(byte) << (8 * nth))
        })
    }

    fn skip(&mut self, mut count: usize) {
        while count > 0 && self.fill() {
            let step = count.min(self.rest.len());
            self.rest = &self.rest[step..];
            count -= step;
        }
    }

    /// A text whose length takes so many bytes; none where the records end before it.
    pub fn text(&mut self, length: u32, script: Script) -> Option<String> {
        let count = self.number(length)? as usize;
        let encoding = match script {
            Script::Bytes(encoding) => encoding,
            Script::Unicode => return self.unicode(count),
        };
        let mut bytes = Vec::new();
        while bytes.len() < count {
            if !self.fill() {
                return None;
            }
            let step = (count - bytes.len()).min(self.rest.len());
            bytes.extend_from_slice(&self.rest[..step]);
            self.rest = &self.rest[step..];
        }
        Some(encoding.decode_without_bom_handling(&bytes).0.into_owned())
    }

    fn unicode(&mut self, count: usize) -> Option<String> {
        let mut flags = self.number(1)?;
        let runs = if flags & 8 == 0 { 0 } else { self.number(2)? as usize };
        let sounds = if flags & 4 == 0 { 0 } else { self.number(4)? as usize };
        let mut units: Vec<u16> = Vec::new();
        while units.len() < count {
            if self.rest.is_empty() {
                // A text that goes on in another record says again how wide it is.
                if !self.fill() {
                    return None;
                }
                flags = self.number(1)?;
                continue;
            }
            let wide = flags & 1 == 1;
            let step = (count - units.len()).min(if wide { self.rest.len() / 2 } else { self.rest.len() });
            if step == 0 {
                return None;
            }
            let (taken, rest) = self.rest.split_at(if wide { step * 2 } else { step });
            if wide {
                units.extend(taken.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])));
            } else {
                units.extend(taken.iter().map(|byte| u16::from(*byte)));
            }
            self.rest = rest;
        }
        self.skip(runs * 4 + sounds);
        Some(String::from_utf16_lossy(&units))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u8, data: &[u8]) -> Vec<u8> {
        [&[kind, 0, u8::try_from(data.len()).expect("short"), 0][..], data].concat()
    }

    #[test]
    fn a_text_goes_on_in_another_record_in_another_width() {
        let stream =
            [record(0xfc, &[5, 0, 1, 0x37, 0x62, 0x3b, 0x4e]), record(0x3c, &[0, b'a', b'b', b'c']), record(0x0a, &[])]
                .concat();
        let mut records = Records::from(&stream, 0);
        let first = records.next().expect("a record");
        assert_eq!(Long::of(&mut records, first.data).text(2, Script::Unicode).as_deref(), Some("户主abc"));
        assert_eq!(records.next().expect("the last").kind, 0x0a);
    }

    #[test]
    fn a_text_that_is_longer_than_its_records_is_none() {
        for data in [&[9, 0, 0, b'a'][..], &[2, 0, 1, 0x37, 0x62, 0x3b], &[1, 0], &[0xff, 0xff, 0x0c, 0xff, 0xff]] {
            let stream = record(0xfc, data);
            let mut records = Records::from(&stream, 0);
            let first = records.next().expect("a record");
            assert_eq!(Long::of(&mut records, first.data).text(2, Script::Unicode), None, "{data:?}");
        }
    }
}
