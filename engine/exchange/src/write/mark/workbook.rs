//! The list of sheets: where each stands, and one more in front of them.

use super::super::fault::WriteFault;
use super::super::place::sheet_name;
use super::super::xml::escaped;
use super::package::{Package, RELATION};
use super::tags::{Edits, Tags, What, odd};

const SHEET_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml";

/// The sheets of a workbook and the part of each.
pub(super) struct Workbook {
    /// Its part.
    pub part: String,
    /// Name and part, in their order.
    pub sheets: Vec<(String, String)>,
    /// The part of the styles.
    pub styles: String,
}

impl Workbook {
    /// # Errors
    /// When it is built otherwise than expected.
    pub fn read(package: &mut Package<'_>) -> Result<Self, WriteFault> {
        let of = |relations: Vec<super::package::Relation>, kind: &str| {
            let found = relations.into_iter().find(|relation| relation.kind == kind);
            found.map(|relation| relation.target).ok_or_else(|| odd(&format!("no {kind}")))
        };
        let part = of(package.relations("")?, "officeDocument")?;
        let relations = package.relations(&part)?;
        let source = package.read(&part)?;
        let (mut tags, mut sheets) = (Tags::of(&source), Vec::new());
        while let Some(tag) = tags.next()? {
            if tag.depth == 2 && tag.name == "sheet" && tag.what != What::End {
                let id = tag.relation();
                let target = relations.iter().find(|relation| Some(&relation.id) == id.as_ref());
                let name = tag.get("name").ok_or_else(|| odd("a sheet without a name"))?;
                sheets.push((
                    name,
                    target.map(|relation| relation.target.clone()).ok_or_else(|| odd("a sheet without a part"))?,
                ));
            }
        }
        let styles = of(relations, "styles")?;
        Ok(Self { part, sheets, styles })
    }

    /// A name that no sheet has.
    pub fn free_name(&self, wanted: &str) -> String {
        let taken: Vec<String> = self.sheets.iter().map(|(name, _)| name.clone()).collect();
        sheet_name(wanted, &taken)
    }

    /// Puts a sheet in front of all others and opens the workbook there.
    ///
    /// # Errors
    /// When it is built otherwise than expected.
    pub fn put_first(&self, package: &mut Package<'_>, name: &str, xml: String) -> Result<(), WriteFault> {
        let folder = self.part.rsplit_once('/').map(|(folder, _)| format!("{folder}/")).unwrap_or_default();
        let part = package.free_name(&format!("{folder}worksheets/summary"), ".xml");
        package.put(&part, xml);
        package.declare("PartName", &part, SHEET_TYPE)?;
        let relation = package.relate(&self.part, "worksheet", &part)?;
        let source = package.read(&self.part)?;
        let text = with_first(&source, name, &relation)?;
        package.put(&self.part, text);
        Ok(())
    }
}

fn with_first(source: &str, name: &str, relation: &str) -> Result<String, WriteFault> {
    let (mut tags, mut edits) = (Tags::of(source), Edits::default());
    let (mut place, mut next) = (None, 1_u32);
    while let Some(tag) = tags.next()? {
        if tag.what == What::End {
            continue;
        }
        match tag.name.as_str() {
            "sheets" => place = Some((tag.range.end, tag.prefix())),
            "sheet" => next = next.max(tag.number::<u32>("sheetId").unwrap_or(0).saturating_add(1)),
            "workbookView" => {
                let first = [("activeTab", Some("0".to_owned())), ("firstSheet", Some("0".to_owned()))];
                edits.replace(tag.range.clone(), tag.with(&first, tag.what == What::Empty));
            }
            // Names of one sheet know it by its place, which is one further now.
            "definedName" => {
                if let Some(at) = tag.number::<u32>("localSheetId") {
                    let further = [("localSheetId", Some(at.saturating_add(1).to_string()))];
                    edits.replace(tag.range.clone(), tag.with(&further, tag.what == What::Empty));
                }
            }
            _ => {}
        }
    }
    let (at, prefix) = place.ok_or_else(|| odd("a workbook without sheets"))?;
    let name = escaped(name);
    edits.insert(
        at,
        format!(r#"<{prefix}sheet name="{name}" sheetId="{next}" xmlns:r="{RELATION}" r:id="{relation}"/>"#),
    );
    edits.apply(source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_sheet_still_mean_it() {
        let source = concat!(
            r#"<workbook><bookViews><workbookView activeTab="2"/></bookViews><sheets><sheet name="a" sheetId="4" r:id="rId1"/></sheets>"#,
            r#"<definedNames><definedName name="_xlnm.Print_Titles" localSheetId="0">a!$1:$2</definedName></definedNames></workbook>"#,
        );
        let text = with_first(source, "核对", "rId7").unwrap();
        assert!(text.contains(r#"<sheets><sheet name="核对" sheetId="5""#), "{text}");
        assert!(text.contains(r#"localSheetId="1">a!$1:$2<"#) && text.contains(r#"activeTab="0""#));
        assert!(with_first("<workbook/>", "核对", "rId7").is_err());
    }
}
