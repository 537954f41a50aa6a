//! The bulletin as an official document; every number opens the list behind it.

use maud::{Markup, html};

use crate::lang::{Lang, t};

/// A piece of a passage.
#[derive(Debug, Clone)]
pub enum Piece {
    /// Words.
    Text(String),
    /// A number computed from the ledgers.
    Figure {
        /// As the document says it: "2.2万".
        said: String,
        /// The exact one, on hover.
        exact: String,
        /// The list behind it.
        href: String,
    },
}

/// A part: "一、党建引领".
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// Heading with its numeral.
    pub title: String,
    /// Paragraphs.
    pub passages: Vec<Vec<Piece>>,
}

/// The document.
#[derive(Debug, Clone, Default)]
pub struct Bulletin {
    /// Who speaks: "宁陕县易地扶贫搬迁工作通报".
    pub masthead: String,
    /// Left under it: an issue number.
    pub number: String,
    /// Right under it: the period.
    pub period: String,
    /// The document's title.
    pub title: String,
    /// Opening passages.
    pub lead: Vec<Vec<Piece>>,
    /// The parts in order.
    pub parts: Vec<Part>,
    /// Lines of the signature: office, date.
    pub sign: Vec<String>,
}

/// The document on its sheet; print it as it stands.
pub fn bulletin(lang: Lang, bulletin: &Bulletin) -> Markup {
    html! {
        article class="panel long bulletin" {
            p.masthead { (bulletin.masthead) }
            div.number { span { (bulletin.number) } span { (bulletin.period) } }
            h1 { (bulletin.title) }
            @for passage in &bulletin.lead { (paragraph(passage)) }
            @for part in &bulletin.parts {
                h2 { (part.title) }
                @for passage in &part.passages { (paragraph(passage)) }
            }
            p.sign { @for (at, line) in bulletin.sign.iter().enumerate() { @if at > 0 { br; } (line) } }
        }
        p.quiet.actions { small { (t(lang, "bulletin-follow")) } }
    }
}

fn paragraph(pieces: &[Piece]) -> Markup {
    html! {
        p { @for piece in pieces {
            @match piece {
                Piece::Text(words) => (words),
                Piece::Figure { said, exact, href } => a href=(href) title=(exact) { (said) },
            }
        } }
    }
}
