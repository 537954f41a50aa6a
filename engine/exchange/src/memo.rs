//! What texts that many cells share were read as: most columns hold few different ones, and reading a code or a date is dear.

use std::sync::Arc;

use anju_record::Problem;

use crate::book::Cell;
use crate::rows::Given;

/// Texts remembered for one field.
const SLOTS: usize = 128;

/// A text by where it lies, and what it says once it has come twice.
type Slot = (usize, Option<Option<Given>>);

/// What was read, field by field. Good for cells of one page that stays as it is: a text is known by where it lies.
pub(crate) struct Memo(Vec<Vec<Slot>>);

impl Memo {
    /// For so many fields.
    pub fn new(fields: usize) -> Self {
        Self(vec![vec![(0, None); SLOTS]; fields])
    }

    /// What a cell says for a field; `read` when it is not remembered. Faults are not.
    pub fn read(
        &mut self,
        field: usize,
        cell: &Cell,
        read: impl FnOnce() -> Result<Option<Given>, Problem>,
    ) -> Result<Option<Given>, Problem> {
        let Cell::Text(text) = cell else { return read() };
        let place = Arc::as_ptr(text).cast::<u8>().addr();
        let slot = &mut self.0[field][(place >> 4) % SLOTS];
        if slot.0 != place {
            *slot = (place, None);
            return read();
        }
        if let Some(said) = &slot.1 {
            return Ok(said.clone());
        }
        let said = read()?;
        slot.1 = Some(said.clone());
        Ok(said)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_text_is_read_twice_at_most_and_another_of_the_same_words_by_itself() {
        let (shared, other) = (Cell::Text("汉族".into()), Cell::Text("汉族".into()));
        let mut memo = Memo::new(1);
        let mut times = 0;
        for _ in 0..5 {
            let said = memo.read(0, &shared, || {
                times += 1;
                Ok(Some(Given::Clear))
            });
            assert_eq!(said, Ok(Some(Given::Clear)));
        }
        assert_eq!(times, 2);
        assert_eq!(memo.read(0, &other, || Ok(None)), Ok(None));
    }

    #[test]
    fn a_fault_is_told_each_time() {
        let cell = Cell::Text("九十九".into());
        let mut memo = Memo::new(1);
        let fault = || Err(Problem::new(anju_record::Code::NotANumber, "九十九", []));
        for _ in 0..4 {
            assert_eq!(memo.read(0, &cell, fault), fault());
        }
    }
}
