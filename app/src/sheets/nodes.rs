//! The records that one row of a sheet speaks of, and in which order they are settled: what is referred to before what refers.

use anju_exchange::Recognised;
use anju_pack::{FieldIx, LedgerIx, Pack, Sheet};

/// One record of a row: the row's own (node 0), or one that it refers to.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub ledger: LedgerIx,
    /// The node that refers to it, and the field by which it does.
    pub from: Option<(usize, FieldIx)>,
    /// Made when it is not there; else it must be.
    pub makes: bool,
    /// `household.dwelling`; empty for the row's own.
    pub path: String,
}

/// The nodes of a sheet; node `n` is path number `n`.
pub(super) fn nodes(sheet: &Sheet) -> Vec<Node> {
    let own = Node { ledger: sheet.rows, from: None, makes: true, path: String::new() };
    let others = sheet.paths.iter().map(|path| Node {
        ledger: path.ledger,
        from: path.fields.last().map(|field| (usize::from(path.from), *field)),
        makes: sheet.makes.contains(&path.ledger),
        path: path.name.clone(),
    });
    std::iter::once(own).chain(others).collect()
}

/// The node whose record owns that of another: one beside it, of the owner's ledger.
pub(super) fn owner_beside(pack: &Pack, nodes: &[Node], at: usize) -> Option<usize> {
    let owner = pack.ledger(nodes[at].ledger).of?;
    let linked = nodes.iter().any(|node| node.from == Some((at, owner.field)));
    if linked {
        return None;
    }
    (1..nodes.len()).find(|other| *other != at && nodes[*other].ledger == owner.ledger)
}

/// Every node after those it needs.
pub(super) fn order(pack: &Pack, nodes: &[Node]) -> Vec<usize> {
    let needs = |at: usize| {
        let linked = (0..nodes.len()).filter(move |other| nodes[*other].from.is_some_and(|(parent, _)| parent == at));
        linked.chain(owner_beside(pack, nodes, at)).collect::<Vec<_>>()
    };
    let mut order: Vec<usize> = Vec::with_capacity(nodes.len());
    while order.len() < nodes.len() {
        let next =
            (0..nodes.len()).find(|at| !order.contains(at) && needs(*at).iter().all(|needed| order.contains(needed)));
        // A ring of references is broken where it is met first.
        let next = next.or_else(|| (0..nodes.len()).rev().find(|at| !order.contains(at)));
        order.extend(next);
    }
    order
}

/// The column that tells a field of a node: its own, else the first of what the field names.
pub(super) fn column_of(nodes: &[Node], recognised: &Recognised, node: usize, field: FieldIx) -> Option<u32> {
    let own = u16::try_from(node).ok().and_then(|path| recognised.column_of(path, field));
    let through = || {
        let named = nodes.iter().position(|it| it.from == Some((node, field)))?;
        recognised.columns_of(u16::try_from(named).ok()?).next()
    };
    own.or_else(through).map(|column| column.column)
}
