//! Headings: what is left of one when blanks, widths, brackets and units are taken away, and which field that names.

use anju_pack::{FieldIx, Kind, LabelPart, Ledger, LedgerIx, Pack, Sheet, Text};
use anju_record::token;

use crate::recognise::Target;

/// A heading in the forms that are compared.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heading {
    /// Without blanks and marks, brackets included.
    pub whole: String,
    /// Without what stands in brackets.
    pub outer: String,
    /// What stands in brackets.
    pub inner: Vec<String>,
    /// A bit for each character of `outer`: what another has not tells that this is not within it.
    signs: u64,
}

impl Heading {
    pub fn of(text: &str) -> Self {
        let token = token(text).to_lowercase();
        let token = token.trim_start_matches(['*', '★', '※']).trim_end_matches(['*', ':', '：', '.', '、', '★']);
        let token = unnumbered(token);
        let (mut outer, mut inner, mut depth) = (String::new(), Vec::<String>::new(), 0_u32);
        for sign in token.chars() {
            match sign {
                '(' | '[' | '{' | '【' | '〔' | '「' | '<' | '《' => {
                    if depth == 0 {
                        inner.push(String::new());
                    }
                    depth += 1;
                }
                ')' | ']' | '}' | '】' | '〕' | '」' | '>' | '》' => depth = depth.saturating_sub(1),
                _ if depth == 0 => outer.push(sign),
                _ => inner.last_mut().expect("a bracket has opened").push(sign),
            }
        }
        inner.retain(|part| !part.is_empty());
        let signs = outer.chars().fold(0, |signs, sign| signs | 1_u64 << (u32::from(sign) % 64));
        Self { whole: token.to_owned(), outer, inner, signs }
    }

    pub fn is_empty(&self) -> bool {
        self.whole.is_empty()
    }

    /// The same words, brackets with units aside.
    pub fn same(&self, other: &Self) -> bool {
        !self.whole.is_empty() && (self.whole == other.whole || (!self.outer.is_empty() && self.outer == other.outer))
    }

    /// What is in its brackets are the other's words.
    pub fn explains(&self, other: &Self) -> bool {
        self.inner.iter().any(|part| *part == other.whole || *part == other.outer)
    }

    /// Characters that one has within the other, if that is at least half of the longer.
    pub fn overlap(&self, other: &Self) -> Option<usize> {
        let (long, short) = if self.outer.len() >= other.outer.len() { (self, other) } else { (other, self) };
        if short.signs & !long.signs != 0 || !long.outer.contains(short.outer.as_str()) {
            return None;
        }
        let (long, short) = (&long.outer, &short.outer);
        let (long_count, short_count) = (long.chars().count(), short.chars().count());
        (short_count >= 2 && short_count * 2 >= long_count).then_some(short_count)
    }
}

/// Without the number of a numbered heading: `3.` or `(三)` or `3、`.
fn unnumbered(token: &str) -> &str {
    let rest = token.trim_start_matches(|c: char| c.is_ascii_digit());
    match rest.strip_prefix(['.', '、']) {
        Some(rest) if rest.len() < token.len() - 1 && !rest.is_empty() => rest,
        _ => token,
    }
}

/// A name that a field goes by.
#[derive(Debug, Clone)]
pub(crate) struct Name {
    pub heading: Heading,
    /// Its title or id, and not just an alias.
    pub own: bool,
    pub target: Target,
}

/// Every name that headings of the sheet may use: the row's own fields first, then path by path.
pub(crate) fn names(pack: &Pack, sheet: &Sheet) -> Vec<Name> {
    let mut names = Vec::new();
    for path in sheet.path_numbers() {
        let Some(at) = sheet.ledger_of(path) else { continue };
        let ledger = pack.ledger(at);
        let whole = path == 0 || sheet.makes.contains(&at);
        let naming = pack.naming_fields(at);
        let dotted = path.checked_sub(1).map(|before| sheet.paths[usize::from(before)].name.as_str());
        for (field_at, field) in (0_u16..).zip(&ledger.fields) {
            let field_ix = anju_pack::FieldIx(field_at);
            if !writable(&field.kind) || !(whole || naming.contains(&field_ix)) {
                continue;
            }
            let target = Target { path, ledger: at, field: field_ix };
            let mut add = |text: &str, own| names.push(Name { heading: Heading::of(text), own, target });
            add(&field.title.zh, true);
            add(&field.title.en, true);
            match dotted {
                None => add(&field.id, true),
                Some(dotted) => {
                    add(&format!("{dotted}.{}", field.id), true);
                    add(&format!("{}{}", ledger.title.zh, field.title.zh), false);
                    if let Some(of) = reference_title(pack, sheet, path) {
                        let Text { zh, en } = joined(of, &field.title);
                        add(&zh, true);
                        add(&en, true);
                    }
                }
            }
            for alias in &field.aliases {
                add(alias, false);
            }
        }
        // The reference itself is a heading too: it holds what names the record.
        if let Some(target) = path.checked_sub(1).and_then(|before| spoken(pack, sheet, usize::from(before), at, path))
        {
            let step = &sheet.paths[usize::from(path) - 1];
            let from = sheet.ledger_of(step.from).map(|from| pack.ledger(from));
            if let (Some(from), Some(last)) = (from, step.fields.last()) {
                let field = from.field(*last);
                let words = [&field.title.zh, &field.title.en, &ledger.title.zh, &ledger.title.en];
                for text in words.into_iter().chain(&field.aliases) {
                    names.push(Name { heading: Heading::of(text), own: false, target });
                }
            }
        }
    }
    names.retain(|name| !name.heading.is_empty());
    names
}

/// The title of the reference that a path ends with.
pub(crate) fn reference_title<'p>(pack: &'p Pack, sheet: &Sheet, path: u16) -> Option<&'p Text> {
    let found = sheet.paths.get(usize::from(path).checked_sub(1)?)?;
    Some(&pack.ledger(sheet.ledger_of(found.from)?).field(*found.fields.last()?).title)
}

/// A field of the record that a reference names, as a heading: what both titles say at the seam is said once.
pub(crate) fn joined(of: &Text, field: &Text) -> Text {
    let mut outer = String::new();
    let mut depth = 0_u32;
    for sign in of.zh.chars() {
        match sign {
            '（' | '(' => depth += 1,
            '）' | ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => outer.push(sign),
            _ => {}
        }
    }
    let mut seam = field.zh.char_indices().map(|(at, sign)| at + sign.len_utf8());
    let seam = seam.rfind(|end| outer.ends_with(&field.zh[..*end])).unwrap_or(0);
    Text { zh: format!("{outer}{}", &field.zh[seam..]), en: format!("{}: {}", of.en, field.en) }
}

/// What people write to name a record of a path: the first field of its label, or of what is unique, that can be written.
fn spoken(pack: &Pack, sheet: &Sheet, _: usize, ledger: LedgerIx, path: u16) -> Option<Target> {
    let definition = pack.ledger(ledger);
    let label = definition.label.iter().filter_map(|part| match part {
        LabelPart::Field(field) => Some(*field),
        LabelPart::Owned { .. } => None,
    });
    let unique = definition.unique.iter().flat_map(|unique| unique.fields.iter().copied());
    let field = label.chain(unique).find(|field| writable(&definition.field(*field).kind))?;
    debug_assert!(usize::from(path) <= sheet.paths.len(), "a path of the sheet");
    Some(Target { path, ledger, field })
}

/// Fields of a ledger that a cell can hold and that each name one record by themselves.
pub(crate) fn keys(ledger: &Ledger) -> impl Iterator<Item = FieldIx> + '_ {
    let alone = ledger.unique.iter().filter(|unique| unique.fields.len() == 1).map(|unique| unique.fields[0]);
    alone.filter(|field| writable(&ledger.field(*field).kind))
}

/// Kinds that a cell can hold.
pub(crate) const fn writable(kind: &Kind) -> bool {
    !matches!(kind, Kind::Ref { .. } | Kind::Subject | Kind::Attachment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_is_the_same_in_any_dress() {
        let plain = Heading::of("月工资");
        for text in ["月工资（元）", " 月 工 资 (元)", "*月工资\n（元）", "３、月工资：", "月工资[元]"]
        {
            assert!(Heading::of(text).same(&plain), "{text}");
        }
        assert!(!Heading::of("月工资额").same(&plain));
        assert!(Heading::of("名单（编号）").explains(&Heading::of("编号")));
    }

    #[test]
    fn what_two_titles_say_at_their_seam_is_said_once() {
        let text = |zh: &str| Text { zh: zh.to_owned(), en: "One".to_owned() };
        for (of, field, heading) in [
            ("社区工厂", "工厂名称", "社区工厂名称"),
            ("输出批次", "输出批次", "输出批次"),
            ("楼栋（单元、院落）", "楼栋名称", "楼栋名称"),
            ("走访干部", "姓名", "走访干部姓名"),
        ] {
            assert_eq!(joined(&text(of), &text(field)), Text { zh: heading.to_owned(), en: "One: One".to_owned() });
        }
    }

    #[test]
    fn half_of_a_heading_is_enough_and_less_is_not() {
        assert_eq!(Heading::of("联系电话").overlap(&Heading::of("本人联系电话")), Some(4));
        assert_eq!(Heading::of("电话").overlap(&Heading::of("紧急联系人电话")), None);
        assert_eq!(Heading::of("名").overlap(&Heading::of("名字")), None);
    }
}
