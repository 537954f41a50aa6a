//! Faults of pack files: where, what, and the mend, in both languages.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceSpan};
use serde::{Serialize, Serializer};

use crate::codes::Code;
use crate::model::Text;
use crate::source::{Source, Spot, line_column};

/// One fault of one file.
#[derive(Debug, Clone, Serialize)]
pub struct Fault {
    /// `P001`…
    pub code: Code,
    /// The file's path.
    pub file: String,
    /// 1-based; 0 when the fault belongs to no line.
    pub line: u32,
    /// 1-based, in characters.
    pub column: u32,
    /// What is wrong.
    pub message: Text,
    /// How to mend it.
    pub mend: Text,
    #[serde(skip)]
    span: SourceSpan,
    #[serde(skip)]
    source: Arc<NamedSource<String>>,
}

/// Every fault of every file, by file and line.
#[derive(Debug, Clone)]
pub struct Faults {
    faults: Vec<Fault>,
}

impl Faults {
    /// The faults in order of file and line.
    pub fn iter(&self) -> std::slice::Iter<'_, Fault> {
        self.faults.iter()
    }
    /// How many.
    pub fn len(&self) -> usize {
        self.faults.len()
    }
    /// Never true for what [`crate::compile`] returns.
    pub fn is_empty(&self) -> bool {
        self.faults.is_empty()
    }
}

impl<'a> IntoIterator for &'a Faults {
    type Item = &'a Fault;
    type IntoIter = std::slice::Iter<'a, Fault>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Serialize for Faults {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.faults.serialize(serializer)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}:{}: {} {} / {}",
            self.file, self.line, self.column, self.code, self.message.zh, self.message.en
        )
    }
}

impl std::error::Error for Fault {}

impl Diagnostic for Fault {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.code))
    }
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(format!("{} / {}", self.mend.zh, self.mend.en)))
    }
    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(&*self.source)
    }
    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(std::iter::once(LabeledSpan::new_with_span(None, self.span))))
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "业务包有{0}处错误 / the pack has {0} faults", self.faults.len())?;
        for fault in &self.faults {
            write!(f, "\n{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

impl Diagnostic for Faults {
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.faults.iter().map(|fault| fault as &dyn Diagnostic)))
    }
}

/// An argument of a fault's sentence: the same in both languages, or one for each.
#[derive(Debug, Clone)]
pub(crate) struct Arg(Text);

impl From<&str> for Arg {
    fn from(word: &str) -> Self {
        Self(Text { zh: word.into(), en: word.into() })
    }
}
impl From<String> for Arg {
    fn from(word: String) -> Self {
        Self(Text { zh: word.clone(), en: word })
    }
}
impl From<&String> for Arg {
    fn from(word: &String) -> Self {
        Self::from(word.as_str())
    }
}
impl From<(&str, &str)> for Arg {
    fn from((zh, en): (&str, &str)) -> Self {
        Self(Text { zh: zh.into(), en: en.into() })
    }
}
impl From<Text> for Arg {
    fn from(text: Text) -> Self {
        Self(text)
    }
}

/// Collects faults while the stages run.
#[derive(Debug)]
pub(crate) struct Bench<'a> {
    pub sources: &'a [Source],
    named: Vec<Arc<NamedSource<String>>>,
    faults: RefCell<Vec<Fault>>,
}

impl<'a> Bench<'a> {
    pub fn new(sources: &'a [Source]) -> Self {
        let named = sources.iter().map(|s| Arc::new(NamedSource::new(&s.path, s.text.clone()))).collect();
        Self { sources, named, faults: RefCell::default() }
    }

    /// Notes a fault; the words are the code's, with `{0}`, `{1}`… put in.
    pub fn fault(&self, code: Code, at: Spot, args: &[Arg]) {
        let words = code.words();
        let filled = |pick: fn(&Text) -> &String, template: &str| {
            args.iter()
                .enumerate()
                .fold(template.to_owned(), |text, (ix, arg)| text.replace(&format!("{{{ix}}}"), pick(&arg.0)))
        };
        let zh: fn(&Text) -> &String = |text| &text.zh;
        let en: fn(&Text) -> &String = |text| &text.en;
        let file = usize::from(at.file);
        let (path, text) = self.sources.get(file).map_or(("", ""), |s| (s.path.as_str(), s.text.as_str()));
        let (line, column) = line_column(text, at.start);
        let fault = Fault {
            code,
            file: path.to_owned(),
            line,
            column,
            message: Text { zh: filled(zh, words.zh), en: filled(en, words.en) },
            mend: Text { zh: filled(zh, words.mend_zh), en: filled(en, words.mend_en) },
            span: (at.start.min(text.len()), at.end.min(text.len()).saturating_sub(at.start.min(text.len()))).into(),
            source: self.named.get(file).cloned().unwrap_or_else(|| Arc::new(NamedSource::new("", String::new()))),
        };
        self.faults.borrow_mut().push(fault);
    }

    /// Something was found of this code.
    pub fn has(&self, code: Code) -> bool {
        self.faults.borrow().iter().any(|fault| fault.code == code)
    }

    /// All faults in order; `None` when there are none.
    pub fn take_faults(&self) -> Option<Faults> {
        let mut faults = self.faults.take();
        faults.sort_by(|a, b| (&a.file, a.line, a.column, a.code).cmp(&(&b.file, b.line, b.column, b.code)));
        faults.dedup_by(|a, b| {
            (a.code, &a.file, a.line, a.column, &a.message) == (b.code, &b.file, b.line, b.column, &b.message)
        });
        (!faults.is_empty()).then_some(Faults { faults })
    }
}

/// The known word that is probably meant by `word`.
pub(crate) fn meant<'n>(word: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let best = known.into_iter().map(|name| (strsim::damerau_levenshtein(word, name), name)).min();
    best.filter(|(distance, _)| *distance <= 2 || distance * 3 <= word.chars().count()).map(|(_, name)| name)
}

/// The known word most like `word`, else the first dozen known words.
pub(crate) fn nearest<'n>(word: &str, known: impl IntoIterator<Item = &'n str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match meant(word, known.iter().copied()) {
        Some(name) => format!("`{name}`"),
        None => match known.iter().find(|name| word.len() >= 3 && (name.contains(word) || word.contains(**name))) {
            Some(name) => format!("`{name}`"),
            None if known.is_empty() => "—".to_owned(),
            None => known.iter().take(12).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
        },
    }
}
