//! How much may be said of the rows of one page before the rest of it is left for another time.

use std::mem::size_of;
use std::sync::Arc;

use anju_pack::FieldIx;
use anju_record::{Code, Problem, Value};

use crate::ignored::Ignored;
use crate::rows::{FaultKind, Given, Part, Reading, RowFault, SheetRow};

/// Bytes that the rows of a page may take. With the page itself they stay below 200 MB.
const ROOM: usize = 80 << 20;
/// Bytes of it that are left for what rows say together.
const TOGETHER: usize = 16 << 20;
/// What the system keeps beside every piece of memory.
const PIECE: usize = 24;

/// What is left of it. Where it runs out the last rows make room, so that the first ones are always read to their end.
pub(crate) struct Room {
    left: usize,
}

impl Room {
    pub const fn new() -> Self {
        Self { left: ROOM }
    }

    /// Bytes that rows may say by themselves.
    pub const fn for_rows(&self) -> usize {
        self.left.saturating_sub(TOGETHER)
    }

    /// Takes room for a row of so many bytes; false when it and those after it must wait.
    pub fn row(&mut self, bytes: usize) -> bool {
        match self.left.checked_sub(bytes) {
            Some(left) if left >= TOGETHER => {
                self.left = left;
                true
            }
            _ => false,
        }
    }

    /// Takes room for what is added to the row at that position; false when that row and those after it had to go.
    pub fn take(&mut self, rows: &mut Vec<SheetRow>, at: usize, bytes: usize) -> bool {
        match self.left.checked_sub(bytes) {
            Some(left) => {
                self.left = left;
                true
            }
            None => {
                self.left += rows.drain(at..).map(|row| row_bytes(&row)).sum::<usize>();
                false
            }
        }
    }

    /// Adds a fault to the row at that position, if it is still there.
    pub fn fault(&mut self, rows: &mut Vec<SheetRow>, at: usize, fault: RowFault) {
        if at < rows.len() && self.take(rows, at, fault_bytes(&fault)) {
            rows[at].faults.push(fault);
        }
    }
}

/// Names the rows that had to wait: the first of them says so, with a fault.
pub(crate) fn name_unread(reading: &mut Reading, mut unread: impl Iterator<Item = u32> + Clone) {
    let Some(last) = unread.clone().last() else { return };
    let Some(first) = unread.next() else { return };
    let problem = Problem::new(Code::RowsNotRead, first.to_string(), [last.to_string()]);
    let fault = RowFault {
        row: first,
        column: None,
        kind: FaultKind::Other,
        fault: problem.at("", &anju_pack::Text::default()),
        warning: false,
        group: None,
        item: None,
    };
    let parts = vec![Arc::new(Part { path: 0, item: 0, values: Vec::new() })];
    reading.rows.push(SheetRow { number: first, parts, record: None, faults: vec![fault], group: None, out: true });
    reading.ignored.extend(unread.map(|number| (number, Ignored::NotRead)));
    reading.ignored.sort_unstable_by_key(|(number, _)| *number);
}

/// Bytes of a row with all that is said of it.
pub(crate) fn row_bytes(row: &SheetRow) -> usize {
    let parts: usize = row.parts.iter().map(|part| part_bytes(part)).sum();
    let faults: usize = row.faults.iter().map(fault_bytes).sum();
    size_of::<SheetRow>() + 2 * PIECE + row.parts.capacity() * size_of::<Arc<Part>>() + parts + faults
}

fn part_bytes(part: &Part) -> usize {
    let texts: usize = part.values.iter().map(|(_, given)| text_bytes(given)).sum();
    let values = part.values.capacity() * size_of::<(FieldIx, Given)>();
    size_of::<Part>() + values + 2 * PIECE + texts
}

/// Bytes of a field's value.
pub(crate) fn given_bytes(given: &Given) -> usize {
    size_of::<(FieldIx, Given)>() + text_bytes(given)
}

fn text_bytes(given: &Given) -> usize {
    match given {
        // Short texts lie in the value.
        Given::Value(Value::Text(text)) if text.is_heap_allocated() => text.len() + PIECE,
        _ => 0,
    }
}

fn fault_bytes(fault: &RowFault) -> usize {
    let told = &fault.fault;
    let words = told.path.len() + told.place.zh.len() + told.place.en.len() + told.value.len();
    let args: usize = told.args.iter().map(|arg| arg.len() + size_of::<String>() + PIECE).sum();
    // Lists of faults grow by doubling.
    size_of::<RowFault>() * 3 / 2 + words + 5 * PIECE + args
}
