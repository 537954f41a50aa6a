//! The grid tree with names: site, grids, grid heads, building heads.

use maud::{Markup, html};

use crate::badge::tag;
use crate::tone::Tone;

/// A place in the tree.
#[derive(Debug, Clone, Default)]
pub struct Node {
    /// What it is: "第 2 网格", "3 号楼".
    pub name: String,
    /// Its page.
    pub href: Option<String>,
    /// Who holds it; none is a vacancy, said by `state`.
    pub holder: Option<String>,
    /// Quiet remark: "86 户".
    pub note: Option<String>,
    /// A tag, when there is something to say.
    pub state: Option<(Tone, String)>,
    /// Below it.
    pub children: Vec<Node>,
}

/// The tree, all of it open: a site has a handful of grids.
pub fn tree(nodes: &[Node]) -> Markup {
    html! { div.tree { (branch(nodes)) } }
}

/// The same with each branch under the one before it, for branches too unlike in length to stand beside each other.
pub fn tree_down(nodes: &[Node]) -> Markup {
    html! { div class="tree down" { (branch(nodes)) } }
}

fn branch(nodes: &[Node]) -> Markup {
    html! {
        ul { @for node in nodes {
            li {
                (line(node))
                @if !node.children.is_empty() { (branch(&node.children)) }
            }
        } }
    }
}

fn line(node: &Node) -> Markup {
    html! {
        span.line {
            @match &node.href { Some(href) => a href=(href) { (node.name) }, None => span { (node.name) } }
            @if let Some(holder) = &node.holder { b { (holder) } }
            @if let Some(note) = &node.note { small.quiet { (note) } }
            @if let Some((tone, word)) = &node.state { (tag(*tone, word)) }
        }
    }
}
