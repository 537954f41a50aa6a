//! The two languages. Texts live in `locales/<tag>/*.ftl` (Fluent); a pack's own texts come as [`anju_pack::Text`].

use std::borrow::Cow;
use std::sync::OnceLock;

use anju_pack::Text;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use rust_embed::RustEmbed;

use crate::figures::grouped;

/// A language of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Lang {
    /// 简体中文, the default.
    #[default]
    Zh,
    /// English.
    En,
}

/// Arguments of a message: `&[("n", 3.into()), ("name", name.into())]`.
pub type Args<'a> = [(&'static str, FluentValue<'a>)];

#[derive(RustEmbed)]
#[folder = "locales"]
struct Locales;

type Bundle = FluentBundle<FluentResource>;

impl Lang {
    /// Both, the default first.
    pub const ALL: [Lang; 2] = [Lang::Zh, Lang::En];

    /// The BCP 47 tag, also the folder under `locales/`.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::Zh => "zh-CN",
            Lang::En => "en",
        }
    }

    /// The value for the cookie or query: `zh` or `en`.
    pub fn short(self) -> &'static str {
        match self {
            Lang::Zh => "zh",
            Lang::En => "en",
        }
    }

    /// Reads a tag as browsers, cookies and queries write it (`zh`, `zh-CN`, `en-GB` …).
    pub fn parse(tag: &str) -> Option<Lang> {
        let head = tag.trim().split(['-', '_', ';', ',']).next()?.to_ascii_lowercase();
        match head.as_str() {
            "zh" => Some(Lang::Zh),
            "en" => Some(Lang::En),
            _ => None,
        }
    }

    /// The other language and the name it calls itself.
    pub fn other(self) -> (Lang, &'static str) {
        match self {
            Lang::Zh => (Lang::En, "English"),
            Lang::En => (Lang::Zh, "中文"),
        }
    }

    fn bundle(self) -> &'static Bundle {
        static BUNDLES: OnceLock<[Bundle; 2]> = OnceLock::new();
        let [zh, en] = BUNDLES.get_or_init(|| Lang::ALL.map(bundle));
        match self {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

fn bundle(lang: Lang) -> Bundle {
    let locale = lang.tag().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(|value, _| match value {
        FluentValue::Number(number) if number.value.fract() == 0.0 => Some(grouped(number.value as i64)),
        _ => None,
    }));
    for (_, source) in sources(lang) {
        // A message with a fault is left out; its key then shows, and the locale tests name it.
        let resource = FluentResource::try_new(source).unwrap_or_else(|(partial, _)| partial);
        let _ = bundle.add_resource(resource);
    }
    bundle
}

/// The files of one language: name and text.
fn sources(lang: Lang) -> Vec<(String, String)> {
    Locales::iter()
        .filter(|name| name.strip_prefix(lang.tag()).is_some_and(|rest| rest.starts_with('/')))
        .filter_map(|name| {
            let text = String::from_utf8(Locales::get(&name)?.data.into_owned()).ok()?;
            Some((name.into_owned(), text))
        })
        .collect()
}

/// The message `key`; an unknown key shows itself (a test forbids it in our own sources).
pub fn t(lang: Lang, key: &str) -> Cow<'static, str> {
    let bundle = lang.bundle();
    match bundle.get_message(key).and_then(|message| message.value()) {
        Some(pattern) => bundle.format_pattern(pattern, None, &mut Vec::new()),
        None => Cow::Owned(key.to_owned()),
    }
}

/// The message `key` with arguments. Whole numbers are grouped (1,914) and choose the English plural.
pub fn t_args(lang: Lang, key: &str, args: &Args) -> String {
    let bundle = lang.bundle();
    let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
        return key.to_owned();
    };
    let args: FluentArgs = args.iter().map(|(name, value)| (*name, value.clone())).collect();
    bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
}

/// The side of a bilingual text; the other language when this one is empty.
pub fn text(lang: Lang, text: &Text) -> &str {
    let (own, other) = match lang {
        Lang::Zh => (&text.zh, &text.en),
        Lang::En => (&text.en, &text.zh),
    };
    if own.is_empty() { other } else { own }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use super::*;

    fn keys(lang: Lang) -> BTreeSet<String> {
        let mut keys = BTreeSet::new();
        for (name, source) in sources(lang) {
            let parsed = fluent_bundle::FluentResource::try_new(source);
            let resource = parsed.unwrap_or_else(|(_, faults)| panic!("{name}: {faults:?}"));
            for entry in resource.entries() {
                if let fluent_syntax::ast::Entry::Message(message) = entry {
                    assert!(keys.insert(message.id.name.to_owned()), "{name}: {} stands twice", message.id.name);
                }
            }
        }
        keys
    }

    fn rust_files(folder: &Path, into: &mut Vec<PathBuf>) {
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                rust_files(&path, into);
            } else if path.extension().is_some_and(|end| end == "rs") {
                into.push(path);
            }
        }
    }

    /// Keys written literally as the second argument of `t(` or `t_args(`.
    fn used(source: &str) -> Vec<String> {
        let mut found = Vec::new();
        for call in ["t(", "t_args("] {
            for (at, _) in source.match_indices(call) {
                let before = source[..at].chars().next_back().unwrap_or(' ');
                if before.is_alphanumeric() || before == '_' || before == '.' {
                    continue;
                }
                let inside = &source[at + call.len()..];
                let Some((first, rest)) = inside.split_once(',') else { continue };
                if first.contains(['(', ')', '"', ';', '{']) {
                    continue;
                }
                if let Some(key) = rest.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next()) {
                    found.push(key.to_owned());
                }
            }
        }
        found
    }

    #[test]
    fn both_languages_have_the_same_keys() {
        let (zh, en) = (keys(Lang::Zh), keys(Lang::En));
        assert!(zh.len() > 40, "the Chinese texts are missing");
        assert_eq!(zh.difference(&en).collect::<Vec<_>>(), Vec::<&String>::new(), "missing in English");
        assert_eq!(en.difference(&zh).collect::<Vec<_>>(), Vec::<&String>::new(), "missing in Chinese");
    }

    /// Sources in some folders of the workspace, without their tests.
    fn rust_sources(folders: &[&str]) -> Vec<(PathBuf, String)> {
        let house = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("ui stands in the workspace");
        let mut files = Vec::new();
        folders.iter().for_each(|folder| rust_files(&house.join(folder), &mut files));
        let source = |file: PathBuf| {
            let text = std::fs::read_to_string(&file).unwrap();
            let source = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
            (file, source)
        };
        files.into_iter().map(source).collect()
    }

    #[test]
    fn every_key_used_in_the_sources_exists() {
        let known = keys(Lang::Zh);
        let mut missing = Vec::new();
        for (file, source) in rust_sources(&["ui/src", "mechanisms", "surfaces"]) {
            missing.extend(used(&source).into_iter().filter(|key| !known.contains(key)).map(|key| (file.clone(), key)));
        }
        assert!(missing.is_empty(), "keys without a text: {missing:#?}");
    }

    /// Keys of what errors speak of: a thing that is not here, cannot be read, or is not the reader's to do.
    fn things(source: &str) -> Vec<String> {
        let source = source.split_whitespace().collect::<Vec<_>>().join(" ").replace("( ", "(");
        let errors = ["NotFound { what: ", "Invalid { what: ", "Denied { what: ", "denied(", "id_of(", "unknown("];
        let named = |error: &str| source.split(error).skip(1).filter_map(quoted).collect::<Vec<_>>();
        errors.into_iter().flat_map(named).map(|what| format!("thing-{}", what.replace(' ', "-"))).collect()
    }

    /// What stands in quotes at the start.
    fn quoted(text: &str) -> Option<String> {
        text.strip_prefix('"')?.split('"').next().map(str::to_owned)
    }

    #[test]
    fn whatever_an_error_speaks_of_has_a_name() {
        let mut asked = BTreeSet::new();
        for (_, source) in rust_sources(&["app/src", "mechanisms", "surfaces/web/src"]) {
            asked.extend(things(&source));
        }
        assert!(asked.len() > 20, "the scan finds what errors speak of: {asked:?}");
        let known = keys(Lang::Zh);
        assert_eq!(asked.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new(), "things without a name");
    }

    #[test]
    fn a_scan_finds_keys_as_they_are_written() {
        assert_eq!(used(r#"t(lang, "a-b") t_args(page.lang, "c", &[]) print("x", "y") format(t, "z")"#), ["a-b", "c"]);
        let errors = "Error::NotFound { what: \"site\", value } Error::Invalid {\n what: \"hand over\" } denied(\n\"write\", id)";
        assert_eq!(things(errors), ["thing-site", "thing-hand-over", "thing-write"]);
    }

    #[test]
    fn english_counts_have_a_plural() {
        assert_eq!(t_args(Lang::En, "gaps", &[("n", 1.into())]), "1 gap");
        assert_eq!(t_args(Lang::En, "gaps", &[("n", 1914.into())]), "1,914 gaps");
        assert_eq!(t_args(Lang::Zh, "gaps", &[("n", 1914.into())]), "1,914 个缺口");
        assert_eq!(t_args(Lang::En, "ledger-rows", &[("n", 1.into())]), "1 record");
        assert_eq!(t_args(Lang::En, "ledger-rows", &[("n", 2.into())]), "2 records");
    }

    #[test]
    fn an_unknown_key_shows_itself() {
        assert_eq!(t(Lang::Zh, "no-such-key"), "no-such-key");
    }

    #[test]
    fn an_empty_side_falls_back_to_the_other() {
        let only_zh = Text { zh: "户".into(), en: String::new() };
        assert_eq!(text(Lang::En, &only_zh), "户");
    }

    #[test]
    fn tags_are_read_as_browsers_write_them() {
        assert_eq!(Lang::parse("zh-CN,zh;q=0.9"), Some(Lang::Zh));
        assert_eq!(Lang::parse(" EN_gb"), Some(Lang::En));
        assert_eq!(Lang::parse("fr"), None);
    }
}
