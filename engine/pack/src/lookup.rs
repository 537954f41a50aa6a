//! From an index or an id to the entry.

use crate::model::{
    CodeList, CodeListIx, Field, FieldIx, Figure, FigureIx, Ledger, LedgerIx, Mechanism, MechanismIx, Pack,
    Requirement, RequirementIx,
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
