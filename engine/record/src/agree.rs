//! In what a record agrees with the one that a reference of it names (`agrees` in the pack).

use anju_pack::{Field, FieldIx};

use crate::{Code, Fault, Problem, Value};

/// Whether a write raises the question: the record says something else than before by the reference or in the field, or its period, which had
/// an end, has none any more. `after` tells what it says.
pub fn is_asked_anew<'v>(
    before: Option<&[Value]>,
    after: impl Fn(FieldIx) -> &'v Value,
    [reference, field]: [FieldIx; 2],
    end: Option<FieldIx>,
) -> bool {
    let Some(before) = before else { return true };
    let before = |at: FieldIx| before.get(usize::from(at.0)).unwrap_or(&Value::Null);
    let differs = |at| before(at) != after(at);
    let opened = end.is_some_and(|end| *before(end) != Value::Null && *after(end) == Value::Null);
    differs(reference) || differs(field) || opened
}

/// The record holds another value in a field than the one that its reference names. Neither value is told: whoever writes the one may not read
/// the other.
pub fn disagreement(reference: &Field, shared: &Field) -> Fault {
    let titles = [shared.title.zh.clone(), shared.title.en.clone()];
    Problem::new(Code::Disagrees, "", titles).at(reference.id.as_str(), &reference.title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_nothing_else_and_stays_as_it_was_is_not_asked_about() {
        let record = |named: i64, held: i64, end: Option<i32>| {
            vec![Value::Int(named), Value::Int(held), end.map_or(Value::Null, Value::Date)]
        };
        let is_asked = |before: Option<Vec<Value>>, after: Vec<Value>| {
            let after = |at: FieldIx| &after[usize::from(at.0)];
            is_asked_anew(before.as_deref(), after, [FieldIx(0), FieldIx(1)], Some(FieldIx(2)))
        };
        let open = || Some(record(1, 1, None));
        assert!(is_asked(None, record(1, 1, None)), "it is new");
        assert!(is_asked(open(), record(2, 1, None)) && is_asked(open(), record(1, 2, None)), "it says something else");
        assert!(is_asked(Some(record(1, 1, Some(9))), record(1, 1, None)), "it is opened again");
        assert!(!is_asked(open(), record(1, 1, None)) && !is_asked(open(), record(1, 1, Some(9))));
        assert!(!is_asked(Some(record(1, 1, Some(9))), record(1, 1, Some(8))));
    }
}
