//! The five states of the product, each with its word and its class.

use std::borrow::Cow;

use crate::lang::{Lang, t};

/// How something stands. Never shown by colour alone: use [`Tone::word`] or a shape beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// No judgement: ink on paper.
    #[default]
    Plain,
    /// 已覆盖, pine.
    Met,
    /// 将失效, amber.
    Lapsing,
    /// 缺口, brick.
    Gap,
    /// 豁免, slate with a ring.
    Exempt,
    /// 不适用, slate.
    NotApplicable,
}

impl Tone {
    /// The class in the style sheet; empty for [`Tone::Plain`].
    pub fn class(self) -> &'static str {
        match self {
            Tone::Plain => "",
            Tone::Met => "met",
            Tone::Lapsing => "lapsing",
            Tone::Gap => "gap",
            Tone::Exempt => "exempt",
            Tone::NotApplicable => "na",
        }
    }

    /// The one-letter class of a matrix cell.
    pub(crate) fn letter(self) -> &'static str {
        match self {
            Tone::Plain | Tone::NotApplicable => "n",
            Tone::Met => "m",
            Tone::Lapsing => "l",
            Tone::Gap => "g",
            Tone::Exempt => "e",
        }
    }

    /// The state in words.
    pub fn word(self, lang: Lang) -> Cow<'static, str> {
        match self {
            Tone::Plain => Cow::Borrowed(""),
            Tone::Met => t(lang, "tone-met"),
            Tone::Lapsing => t(lang, "tone-lapsing"),
            Tone::Gap => t(lang, "tone-gap"),
            Tone::Exempt => t(lang, "tone-exempt"),
            Tone::NotApplicable => t(lang, "tone-na"),
        }
    }
}
