//! Pictures that records hold: only pictures, not large, and without what a telephone writes into them: where and when they were taken.

use anju_pack::{FieldIx, Kind, LedgerIx};
use anju_record::{Code, Value};
use anju_store::{Blob, Query};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use uuid::Uuid;

use crate::Actor;
use crate::accounts::chance;
use crate::error::{Error, Result};
use crate::records::unavailable;

/// Bytes of a picture at most.
pub const PHOTO_MOST: usize = 5 << 20;

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhotoFault {
    /// It is neither JPEG nor PNG nor WebP, or it is broken.
    NoPicture,
    /// It is larger than [`PHOTO_MOST`].
    TooLarge,
}

impl PhotoFault {
    /// What is said of it.
    pub(crate) const fn code(self) -> Code {
        match self {
            Self::NoPicture => Code::NoPicture,
            Self::TooLarge => Code::FileTooLarge,
        }
    }
}

/// A picture as it goes out.
#[derive(Clone)]
pub struct Photo {
    /// `image/jpeg` …
    pub mime: String,
    /// The picture.
    pub bytes: Vec<u8>,
}

impl Actor {
    /// Keeps a picture that was brought for a field, and gives the key that a form of the same person may hold.
    ///
    /// # Errors
    /// The inner one where it is no picture that is taken; `Denied` for a ledger that is not theirs to write.
    pub async fn bring_photo(&self, ledger: LedgerIx, bytes: &[u8]) -> Result<Result<Uuid, PhotoFault>> {
        if !self.writes(ledger) {
            return Err(Error::denied("write", &self.pack().ledger(ledger).id));
        }
        if bytes.len() > PHOTO_MOST {
            return Ok(Err(PhotoFault::TooLarge));
        }
        let Some((mime, bare)) = bare(bytes) else { return Ok(Err(PhotoFault::NoPicture)) };
        let blob = Blob {
            // Whoever guesses keys guesses ten random bytes.
            id: chance::id(self.now()),
            county: self.county_code().to_owned(),
            at: self.now(),
            maker: self.who().login.clone(),
            mime: mime.to_owned(),
            body: BASE64_STANDARD.encode(bare),
        };
        self.store().put_blob(&blob).await.map_err(unavailable)?;
        Ok(Ok(blob.id))
    }

    /// The picture in a field of a record that the person sees.
    ///
    /// # Errors
    /// `NotFound` where there is none, or none that they see.
    pub async fn photo(&self, ledger: LedgerIx, id: &str, field: &str) -> Result<Photo> {
        let missing = || Error::NotFound { what: "file", value: field.to_owned() };
        let at = self.pack().ledger(ledger).field_by_id(field).ok_or_else(missing)?;
        if self.pack().ledger(ledger).field(at).kind != Kind::Attachment {
            return Err(missing());
        }
        let stored = self.record(ledger, id).await?;
        let key = self.key_in(ledger, stored.record.id, at).await?.ok_or_else(missing)?;
        let blob = self.store().blob(self.county_code(), key).await.map_err(unavailable)?.ok_or_else(missing)?;
        let bytes = BASE64_STANDARD.decode(&blob.body).map_err(unavailable)?;
        Ok(Photo { mime: blob.mime, bytes })
    }

    /// The key in a field that is not hidden; the veil would mask one of a sensitive field.
    async fn key_in(&self, ledger: LedgerIx, id: Uuid, at: FieldIx) -> Result<Option<Uuid>> {
        let mut query = Query::of(self.county_code(), ledger, self.today());
        query.ids = Some(vec![id]);
        let record = self.select(&query).await?.pop();
        let value = record.and_then(|record| record.values.into_iter().nth(usize::from(at.0)));
        Ok(match value {
            Some(Value::Text(key)) => Uuid::try_parse(&key).ok(),
            _ => None,
        })
    }
}

/// The kind of a picture and the picture without what was written into it besides.
fn bare(bytes: &[u8]) -> Option<(&'static str, Vec<u8>)> {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some(("image/jpeg", bare_jpeg(bytes)?)),
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some(("image/png", bare_png(bytes)?)),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(("image/webp", bare_webp(bytes)?)),
        _ => None,
    }
}

fn be16(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

/// Segments up to the scan: those of the picture itself stay, those of applications and comments go. Which way up it is stays known.
fn bare_jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = vec![0xff, 0xd8];
    let (mut at, mut turned) = (2, None);
    let mut kept = Vec::with_capacity(bytes.len());
    loop {
        let marker = *bytes.get(at..at + 2)?.strip_prefix(&[0xff])?.first()?;
        if marker == 0xff {
            at += 1;
            continue;
        }
        let length = be16(bytes, at + 2)?;
        let end = at.checked_add(2)?.checked_add(length.max(2))?;
        let segment = bytes.get(at..end)?;
        match marker {
            0xda => break,
            0xe1 => turned = turned.or_else(|| orientation(segment.get(4..)?)),
            // JFIF, colour profile and Adobe's colour transform belong to the picture.
            0xe3..=0xed | 0xef | 0xfe => {}
            _ => kept.extend_from_slice(segment),
        }
        at = end;
    }
    // Behind the end of the picture telephones hang films and other pictures.
    let end = at + bytes.get(at..)?.windows(2).position(|pair| pair == [0xff, 0xd9])? + 2;
    out.extend(turned.filter(|turned| (2..=8).contains(turned)).map(turned_segment).unwrap_or_default());
    out.extend(kept);
    out.extend_from_slice(bytes.get(at..end)?);
    Some(out)
}

/// Which way up a picture is, from its EXIF.
fn orientation(exif: &[u8]) -> Option<u16> {
    let tiff = exif.strip_prefix(b"Exif\0\0")?;
    let big = match tiff.get(..4)? {
        [b'M', b'M', 0, 42] => true,
        [b'I', b'I', 42, 0] => false,
        _ => return None,
    };
    let short = |at: usize| {
        let pair: [u8; 2] = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) })
    };
    let long = |at: usize| {
        let four: [u8; 4] = tiff.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) })
    };
    let first = usize::try_from(long(4)?).ok()?;
    let entries = usize::from(short(first)?);
    (0..entries.min(200)).find_map(|entry| {
        let at = first.checked_add(2 + entry * 12)?;
        (short(at)? == 0x0112).then(|| short(at + 8)).flatten()
    })
}

/// An EXIF segment that says nothing but which way up.
fn turned_segment(orientation: u16) -> Vec<u8> {
    let mut segment = vec![0xff, 0xe1, 0, 34];
    segment.extend(b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01");
    segment.extend(orientation.to_be_bytes());
    segment.extend([0; 6]);
    segment
}

/// Chunks of the picture itself stay.
fn bare_png(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = bytes.get(..8)?.to_vec();
    let mut at = 8_usize;
    loop {
        let length = usize::try_from(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?)).ok()?;
        let end = at.checked_add(length)?.checked_add(12)?;
        let chunk = bytes.get(at..end)?;
        let name = chunk.get(4..8)?;
        if !matches!(name, b"eXIf" | b"tEXt" | b"iTXt" | b"zTXt" | b"tIME") {
            out.extend_from_slice(chunk);
        }
        if name == b"IEND" {
            return Some(out);
        }
        at = end;
    }
}

/// Chunks of the picture itself stay, and the head no longer promises the others.
fn bare_webp(bytes: &[u8]) -> Option<Vec<u8>> {
    let told = usize::try_from(u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?)).ok()?;
    let all = bytes.get(..told.checked_add(8)?)?;
    let mut out = all.get(..12)?.to_vec();
    let mut at = 12_usize;
    while at < all.len() {
        let length = usize::try_from(u32::from_le_bytes(all.get(at + 4..at + 8)?.try_into().ok()?)).ok()?;
        let end = at.checked_add(8)?.checked_add(length)?.checked_add(length % 2)?;
        let mut chunk = all.get(at..end)?.to_vec();
        if chunk.get(..4)? == b"VP8X" {
            // Bits of EXIF and XMP.
            *chunk.get_mut(8)? &= !0b0000_1100;
        }
        if !matches!(chunk.get(..4)?, b"EXIF" | b"XMP ") {
            out.extend(chunk);
        }
        at = end;
    }
    let length = u32::try_from(out.len() - 8).ok()?.to_le_bytes();
    out.get_mut(4..8)?.copy_from_slice(&length);
    (out.len() > 12).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpeg(exif: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0, 0, 6, b'J', b'F', b'I', b'F'];
        bytes.extend([0xff, 0xe1]);
        bytes.extend(u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
        bytes.extend(exif);
        bytes.extend([0xff, 0xfe, 0, 7, b'h', b'o', b'm', b'e', b'!']);
        bytes.extend([0xff, 0xda, 0, 4, 1, 2, 9, 9, 9, 0xff, 0xd9]);
        bytes.extend(b"a film");
        bytes
    }

    #[test]
    fn a_photograph_forgets_where_it_was_taken_and_keeps_which_way_up() {
        let exif = b"Exif\0\0II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0GPS 108.31,33.31";
        let (mime, bare) = bare(&jpeg(exif)).unwrap();
        assert_eq!(mime, "image/jpeg");
        let holds = |words: &[u8]| bare.windows(words.len()).any(|part| part == words);
        assert!(!holds(b"GPS") && !holds(b"home!") && !holds(b"a film"));
        assert!(holds(b"JFIF") && bare.ends_with(&[9, 9, 9, 0xff, 0xd9]));
        let at = bare.windows(4).position(|part| part == b"Exif").unwrap();
        assert_eq!(orientation(&bare[at..]), Some(6));
    }

    #[test]
    fn chunks_of_words_and_places_are_dropped_from_other_pictures() {
        let chunk = |name: &[u8], body: &[u8]| {
            let mut chunk = u32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
            chunk.extend(name);
            chunk.extend(body);
            chunk.extend([0; 4]);
            chunk
        };
        let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
        let parts: [(&[u8], &[u8]); 5] =
            [(b"IHDR", b"head"), (b"eXIf", b"gps!"), (b"tEXt", b"name"), (b"IDAT", b"data"), (b"IEND", b"")];
        for (name, body) in parts {
            png.extend(chunk(name, body));
        }
        let (_, bare_png) = bare(&png).unwrap();
        assert!(!bare_png.windows(4).any(|part| part == b"gps!" || part == b"name"));
        assert!(bare_png.windows(4).any(|part| part == b"data"));

        let mut webp = b"RIFF\0\0\0\0WEBP".to_vec();
        for (name, body) in [(b"VP8X", [0b1100, 0, 0, 0]), (b"VP8 ", *b"data"), (b"EXIF", *b"gps!")] {
            webp.extend(name);
            webp.extend(4_u32.to_le_bytes());
            webp.extend(body);
        }
        let length = u32::try_from(webp.len() - 8).unwrap().to_le_bytes();
        webp[4..8].copy_from_slice(&length);
        let (_, bare_webp) = bare(&webp).unwrap();
        assert!(!bare_webp.windows(4).any(|part| part == b"gps!"));
        assert_eq!(bare_webp[20], 0, "the head promises nothing that is gone");
        assert_eq!(u32::from_le_bytes(bare_webp[4..8].try_into().unwrap()) as usize, bare_webp.len() - 8);
    }

    #[test]
    fn what_is_no_whole_picture_is_not_taken() {
        let whole = jpeg(b"Exif\0\0");
        for end in 0..whole.len() - 8 {
            assert!(bare(&whole[..end]).is_none(), "{end}");
        }
        for other in [
            &b"%PDF-1.7"[..],
            b"<svg onload=alert(1)>",
            b"\x89PNG\r\n\x1a\n\xff\xff\xff\xff",
            b"RIFF\xff\xff\xff\xffWEBPVP8 ",
        ] {
            assert!(bare(other).is_none());
        }
    }
}
