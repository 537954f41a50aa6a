//! What texts that come again and again were read as: most columns hold few different ones, and reading a code or a date is dear.

use std::hash::BuildHasher;

use anju_record::{Problem, SmolStr};
use hashbrown::DefaultHashBuilder;

use crate::book::Cell;
use crate::rows::Given;

/// Texts remembered for one field.
const SLOTS: usize = 64;
/// Texts after which it is known whether they come again.
const TRIAL: u32 = 256;

/// What was read, field by field.
pub(crate) struct Memo {
    fields: Vec<Texts>,
    hashing: DefaultHashBuilder,
}

/// A text, and what it says; by its hash.
type Slot = Option<(SmolStr, Option<Given>)>;

/// Texts of one field.
#[derive(Clone)]
struct Texts {
    slots: Vec<Slot>,
    asked: u32,
    known: u32,
}

impl Memo {
    /// For so many fields.
    pub fn new(fields: usize) -> Self {
        let texts = Texts { slots: vec![None; SLOTS], asked: 0, known: 0 };
        Self { fields: vec![texts; fields], hashing: DefaultHashBuilder::default() }
    }

    /// What a cell says for a field; `read` when it is not remembered. Faults are not.
    pub fn read(
        &mut self,
        field: usize,
        cell: &Cell,
        read: impl FnOnce() -> Result<Option<Given>, Problem>,
    ) -> Result<Option<Given>, Problem> {
        let Cell::Text(text) = cell else { return read() };
        let Texts { slots, asked, known } = &mut self.fields[field];
        // Names and numbers are all different: they are not looked for.
        if *asked >= TRIAL && *known < *asked / 2 {
            return read();
        }
        *asked += 1;
        #[expect(clippy::cast_possible_truncation, reason = "any bits of a hash will do")]
        let slot = &mut slots[self.hashing.hash_one(text.as_str()) as usize % SLOTS];
        if let Some((_, said)) = slot.as_ref().filter(|(of, _)| of == text) {
            *known += 1;
            return Ok(said.clone());
        }
        let said = read()?;
        *slot = Some((text.clone(), said.clone()));
        Ok(said)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.into())
    }

    #[test]
    fn a_text_is_read_once_and_told_again() {
        let mut memo = Memo::new(2);
        let mut times = 0;
        for _ in 0..5 {
            let said = memo.read(0, &text("汉族"), || {
                times += 1;
                Ok(Some(Given::Clear))
            });
            assert_eq!(said, Ok(Some(Given::Clear)));
        }
        assert_eq!(times, 1);
        assert_eq!(memo.read(0, &text("回族"), || Ok(None)), Ok(None));
        assert_eq!(
            memo.read(1, &text("汉族"), || Ok(None)),
            Ok(None),
            "what it says for one field it need not say for another"
        );
    }

    #[test]
    fn a_fault_is_told_each_time() {
        let mut memo = Memo::new(1);
        let fault = || Err(Problem::new(anju_record::Code::NotANumber, "九十九", []));
        for _ in 0..4 {
            assert_eq!(memo.read(0, &text("九十九"), fault), fault());
        }
    }

    #[test]
    fn texts_that_do_not_come_again_are_not_looked_for() {
        let mut memo = Memo::new(1);
        for at in 0..TRIAL {
            assert_eq!(memo.read(0, &text(&at.to_string()), || Ok(None)), Ok(None));
        }
        for says in [None, Some(Given::Clear)] {
            assert_eq!(memo.read(0, &text("0"), || Ok(says.clone())), Ok(says), "asked anew each time");
        }
    }
}
