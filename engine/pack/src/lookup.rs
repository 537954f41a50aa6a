//! From an index or an id to the entry.

use crate::model::{
    CodeList, CodeListIx, Field, FieldIx, Figure, FigureIx, Ledger, LedgerIx, Mechanism, MechanismIx, Pack, Process,
    Requirement, RequirementIx, Role, RoleIx,
};

impl Pack {
    /// The ledger at an index.
    pub fn ledger(&self, ix: LedgerIx) -> &Ledger {
        &self.ledgers[usize::from(ix.0)]
    }
    /// The ledger of that id.
    pub fn ledger_by_id(&self, id: &str) -> Option<LedgerIx> {
        self.index.ledgers.get(id).copied()
    }
    /// The code list at an index.
    pub fn code_list(&self, ix: CodeListIx) -> &CodeList {
        &self.codes[usize::from(ix.0)]
    }
    /// The requirement at an index.
    pub fn requirement(&self, ix: RequirementIx) -> &Requirement {
        &self.requirements[usize::from(ix.0)]
    }
    /// The requirement of that id.
    pub fn requirement_by_id(&self, id: &str) -> Option<RequirementIx> {
        self.index.requirements.get(id).copied()
    }
    /// The figure at an index.
    pub fn figure(&self, ix: FigureIx) -> &Figure {
        &self.figures[usize::from(ix.0)]
    }
    /// The mechanism at an index.
    pub fn mechanism(&self, ix: MechanismIx) -> &Mechanism {
        &self.mechanisms[usize::from(ix.0)]
    }
    /// The role at an index.
    pub fn role(&self, ix: RoleIx) -> &Role {
        &self.roles[usize::from(ix.0)]
    }
    /// The role of that id.
    pub fn role_by_id(&self, id: &str) -> Option<RoleIx> {
        self.index.roles.get(id).copied()
    }
    /// Fields compared with the actor's login in a role's relations: who writes them gives rights away.
    pub fn account_fields(&self) -> Vec<(LedgerIx, FieldIx)> {
        let mut fields: Vec<_> =
            self.roles.iter().flat_map(|role| &role.only).flat_map(|relation| relation.accounts()).collect();
        fields.sort_unstable();
        fields.dedup();
        fields
    }
    /// The process by which a second person confirms each write of the ledger, if there is one.
    pub fn approval(&self, ledger: LedgerIx) -> Option<&Process> {
        self.processes.iter().find(|process| process.approval && process.of == ledger)
    }
    /// Reference fields from a ledger up to an owner of it; empty for the ledger itself, `None` for another tree.
    pub fn chain_to(&self, ledger: LedgerIx, owner: LedgerIx) -> Option<Vec<(LedgerIx, FieldIx)>> {
        let mut chain = Vec::new();
        let mut here = ledger;
        while here != owner {
            let up = self.ledger(here).of?;
            chain.push((here, up.field));
            here = up.ledger;
        }
        Some(chain)
    }
    /// All role indices.
    pub fn role_ixs(&self) -> impl Iterator<Item = RoleIx> + use<> {
        (0..u16::try_from(self.roles.len()).unwrap_or(u16::MAX)).map(RoleIx)
    }
    /// All ledger indices, owners first.
    pub fn ledger_ixs(&self) -> impl Iterator<Item = LedgerIx> + use<> {
        (0..u16::try_from(self.ledgers.len()).unwrap_or(u16::MAX)).map(LedgerIx)
    }
    /// All requirement indices, parts first.
    pub fn requirement_ixs(&self) -> impl Iterator<Item = RequirementIx> + use<> {
        (0..u16::try_from(self.requirements.len()).unwrap_or(u16::MAX)).map(RequirementIx)
    }
    /// All figure indices.
    pub fn figure_ixs(&self) -> impl Iterator<Item = FigureIx> + use<> {
        (0..u16::try_from(self.figures.len()).unwrap_or(u16::MAX)).map(FigureIx)
    }
}

impl Ledger {
    /// The field at an index.
    pub fn field(&self, ix: FieldIx) -> &Field {
        &self.fields[usize::from(ix.0)]
    }
    /// The field of that id.
    pub fn field_by_id(&self, id: &str) -> Option<FieldIx> {
        self.fields.iter().position(|field| field.id == id).and_then(|ix| u16::try_from(ix).ok()).map(FieldIx)
    }
}

impl CodeList {
    /// The position of a code.
    pub fn position(&self, code: &str) -> Option<usize> {
        self.values.iter().position(|value| value.code == code)
    }
}
