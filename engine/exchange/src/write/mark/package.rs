//! The parts of a workbook: read, changed, added; all that is not touched is copied as it is packed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::super::fault::WriteFault;
use super::super::xml::escaped;
use super::tags::{Edits, Tags, What, odd};
use crate::xml::{Token, Xml};

const CONTENT_TYPES: &str = "[Content_Types].xml";
/// Kinds of relations, after the common beginning.
pub(super) const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
/// Bytes of a part that is read whole, and changed while it is held twice.
const MOST: u64 = 32 << 20;

/// A workbook as a package.
pub(super) struct Package<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// Names as the package has them, by their names in small letters.
    names: BTreeMap<String, String>,
    changed: BTreeMap<String, Vec<u8>>,
}

/// What a part is joined to.
pub(super) struct Relation {
    pub id: String,
    /// The last word of its kind: `worksheet`, `comments`.
    pub kind: String,
    /// The other part.
    pub target: String,
}

impl<'a> Package<'a> {
    pub fn open(bytes: &'a [u8]) -> Result<Self, WriteFault> {
        let zip = ZipArchive::new(Cursor::new(bytes))?;
        let mut names = BTreeMap::new();
        for name in zip.file_names() {
            let name = name?.into_owned();
            if name.contains('\\') || names.insert(name.to_ascii_lowercase(), name).is_some() {
                return Err(odd("parts that share a name"));
            }
        }
        Ok(Self { zip, names, changed: BTreeMap::new() })
    }

    pub fn has(&self, name: &str) -> bool {
        self.names.contains_key(&name.to_ascii_lowercase())
    }

    /// A part as it stands now.
    pub fn read(&mut self, name: &str) -> Result<String, WriteFault> {
        let key = name.to_ascii_lowercase();
        let bytes = match self.changed.get(&key) {
            Some(bytes) => bytes.clone(),
            None => {
                let name = self.names.get(&key).ok_or_else(|| odd(&format!("{name} is not in the package")))?;
                let mut bytes = Vec::new();
                self.zip.by_name(name)?.take(MOST + 1).read_to_end(&mut bytes)?;
                if bytes.len() as u64 > MOST {
                    return Err(odd(&format!("{name} is too large")));
                }
                bytes
            }
        };
        let text = String::from_utf8(bytes).map_err(|_| odd(&format!("{name} is not UTF-8")))?;
        Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
    }

    /// Changes or adds a part.
    pub fn put(&mut self, name: &str, text: String) {
        let key = name.to_ascii_lowercase();
        self.names.entry(key.clone()).or_insert_with(|| name.to_owned());
        self.changed.insert(key, text.into_bytes());
    }

    /// A name `…N.…` that no part has.
    pub fn free_name(&self, before: &str, after: &str) -> String {
        let names = (1_u32..).map(|nth| format!("{before}{nth}{after}"));
        names.into_iter().find(|name| !self.has(name)).unwrap_or_else(|| format!("{before}{after}"))
    }

    /// What a part is joined to, inside the package.
    pub fn relations(&mut self, part: &str) -> Result<Vec<Relation>, WriteFault> {
        let place = relations_of(part);
        if !self.has(&place) {
            return Ok(Vec::new());
        }
        let source = self.read(&place)?;
        let (mut tags, mut found) = (Tags::of(&source), Vec::new());
        while let Some(tag) = tags.next()? {
            let outside = tag.get("TargetMode").is_some_and(|mode| mode == "External");
            if tag.name != "Relationship" || tag.what == What::End || outside {
                continue;
            }
            let (Some(id), Some(kind), Some(target)) = (tag.get("Id"), tag.get("Type"), tag.get("Target")) else {
                return Err(odd("a relation without an end"));
            };
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            found.push(Relation { id, kind, target: resolved(part, &target) });
        }
        Ok(found)
    }

    /// Joins a part to another one and says by which id.
    pub fn relate(&mut self, part: &str, kind: &str, target: &str) -> Result<String, WriteFault> {
        let place = relations_of(part);
        let source = if self.has(&place) { self.read(&place)? } else { EMPTY_RELATIONS.to_owned() };
        let (mut tags, mut edits, mut ids) = (Tags::of(&source), Edits::default(), Vec::new());
        let mut end = None;
        while let Some(tag) = tags.next()? {
            match (tag.name.as_str(), tag.what) {
                ("Relationship", What::Start | What::Empty) => ids.extend(tag.get("Id")),
                ("Relationships", What::End) => end = Some((tag.range.clone(), tag.prefix(), String::new())),
                ("Relationships", What::Empty) => {
                    end = Some((tag.range.clone(), tag.prefix(), tag.with(&[], false)));
                }
                _ => {}
            }
        }
        let (range, prefix, open) = end.ok_or_else(|| odd("relations without an end"))?;
        let free = (1_u32..).map(|nth| format!("rIdAnju{nth}")).find(|id| !ids.contains(id));
        let id = free.ok_or_else(|| odd("no relation is free"))?;
        let mut xml = open;
        let _ = write!(
            xml,
            r#"<{prefix}Relationship Id="{id}" Type="{RELATION}/{kind}" Target="/{}"/></{prefix}Relationships>"#,
            escaped(target)
        );
        edits.replace(range, xml);
        let text = edits.apply(&source)?;
        self.put(&place, text);
        Ok(id)
    }

    /// Says what a part is; a part whose ending is declared needs no more.
    pub fn declare(&mut self, attribute: &str, name: &str, media: &str) -> Result<(), WriteFault> {
        let source = self.read(CONTENT_TYPES)?;
        let (element, value) =
            if attribute == "Extension" { ("Default", name.to_owned()) } else { ("Override", format!("/{name}")) };
        let (mut tags, mut edits) = (Tags::of(&source), Edits::default());
        while let Some(tag) = tags.next()? {
            if tag.name == element && tag.get(attribute).is_some_and(|known| known.eq_ignore_ascii_case(&value)) {
                return Ok(());
            }
            if tag.name == "Types" && tag.what == What::End {
                let prefix = tag.prefix();
                edits.insert(
                    tag.range.start,
                    format!(r#"<{prefix}{element} {attribute}="{}" ContentType="{media}"/>"#, escaped(&value)),
                );
            }
        }
        let text = edits.apply(&source)?;
        self.put(CONTENT_TYPES, text);
        Ok(())
    }

    /// Makes sure that every changed part can be read: what stood in it may have been odder than was seen.
    ///
    /// # Errors
    /// When one cannot.
    pub fn check(&self) -> Result<(), WriteFault> {
        for (name, bytes) in &self.changed {
            let mut xml = Xml::new(bytes.as_slice());
            while !matches!(xml.next().map_err(|why| odd(&format!("{name}: {why}")))?, Token::End) {}
        }
        Ok(())
    }

    /// Packs it all anew.
    pub fn write<W: Write>(mut self, out: W) -> Result<W, WriteFault> {
        let mut to = ZipWriter::new_stream(out);
        let options =
            SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).compression_level(Some(1));
        for at in 0..self.zip.len() {
            let file = self.zip.by_index_raw(at)?;
            if file.is_dir() {
                continue;
            }
            let key = file.name()?.to_ascii_lowercase();
            match self.changed.remove(&key) {
                None => to.raw_copy_file(file)?,
                Some(bytes) => {
                    drop(file);
                    to.start_file(self.names.get(&key).unwrap_or(&key).as_str(), options)?;
                    to.write_all(&bytes)?;
                }
            }
        }
        for (key, bytes) in &self.changed {
            to.start_file(self.names.get(key).unwrap_or(key).as_str(), options)?;
            to.write_all(bytes)?;
        }
        let mut out = to.finish()?.into_inner();
        out.flush()?;
        Ok(out)
    }
}

const EMPTY_RELATIONS: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    "\n",
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>"#,
);

/// The part that holds a part's relations; the package's own for no part.
fn relations_of(part: &str) -> String {
    match part.rsplit_once('/') {
        Some((folder, name)) => format!("{folder}/_rels/{name}.rels"),
        None => format!("_rels/{part}.rels"),
    }
}

/// A relation's target as a part's name.
fn resolved(part: &str, target: &str) -> String {
    let mut steps: Vec<&str> = match target.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => part.rsplit_once('/').map(|(folder, _)| folder.split('/').collect()).unwrap_or_default(),
    };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relations_are_followed_from_where_they_stand() {
        assert_eq!(resolved("xl/worksheets/sheet1.xml", "../comments1.xml"), "xl/comments1.xml");
        assert_eq!(resolved("xl/workbook.xml", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolved("xl/workbook.xml", "/xl/styles.xml"), "xl/styles.xml");
        assert_eq!(resolved("", "xl/workbook.xml"), "xl/workbook.xml");
        assert_eq!(resolved("a/b", "../../../../x"), "x");
        assert_eq!(relations_of("xl/workbook.xml"), "xl/_rels/workbook.xml.rels");
        assert_eq!(relations_of(""), "_rels/.rels");
    }
}
