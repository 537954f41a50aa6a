//! Orders of all rows, each computed when it is first asked for, and pages of them.

use std::cmp::Ordering;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anju_pack::FieldIx;
use anju_shard::Bits;

use crate::column::{STRIDE, still_asked};
use crate::error::RollError;
use crate::roll::Roll;
use crate::texts::partition;

/// What a list is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Sort {
    /// Places, then ids.
    #[default]
    Places,
    /// A field, missing values last, then ids.
    By(FieldIx, bool),
}

/// Orders kept; each takes four bytes for a row.
const KEPT: usize = 8;

/// An order of all slots.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    /// Settled slots in this order; `None` while they stand in it.
    settled: Option<Arc<[u32]>>,
    /// Slots that came later: each before that position of the settled ones, in order.
    later: Arc<[(u32, u32)]>,
    /// How many slots there were.
    upto: usize,
}

impl Roll {
    fn compare(&self, sort: Sort, left: u32, right: u32) -> Ordering {
        let (a, b) = (left as usize, right as usize);
        let first = match sort {
            Sort::Places => self.area(a).cmp(self.area(b)),
            Sort::By(field, descending) => {
                self.column(field).map_or(Ordering::Equal, |column| column.compare(a, b, descending))
            }
        };
        first.then_with(|| self.ids[a].cmp(&self.ids[b]))
    }

    fn order(&self, sort: Sort, cancel: &AtomicBool) -> Result<Order, RollError> {
        if let Sort::By(field, _) = sort
            && !self.shape.is_sortable(field)
        {
            return Err(self.unfit(field));
        }
        let mut orders = self.orders.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let known = orders.get(&sort).cloned();
        if let Some(order) = known.as_ref().filter(|order| order.upto == self.ids.len()) {
            return Ok(order.clone());
        }
        let settled = match (sort, known) {
            (Sort::Places, _) => None,
            (_, Some(known)) => known.settled,
            (Sort::By(field, descending), None) => {
                still_asked(cancel)?;
                Some(self.sorted(field, descending))
            }
        };
        let mut later: Vec<u32> = (self.settled..self.ids.len()).filter_map(|slot| u32::try_from(slot).ok()).collect();
        later.sort_unstable_by(|left, right| self.compare(sort, *left, *right));
        let before = |slot: u32| {
            let earlier = |other: u32| self.compare(sort, other, slot).is_lt();
            match &settled {
                Some(settled) => settled.partition_point(|other| earlier(*other)),
                None => partition(self.settled, |other| earlier(u32::try_from(other).unwrap_or(u32::MAX))),
            }
        };
        let later = later.into_iter().map(|slot| (u32::try_from(before(slot)).unwrap_or(u32::MAX), slot)).collect();
        let order = Order { settled, later, upto: self.ids.len() };
        if orders.len() >= KEPT && !orders.contains_key(&sort) {
            orders.clear();
        }
        orders.insert(sort, order.clone());
        Ok(order)
    }

    /// Settled slots by a field, then by id.
    fn sorted(&self, field: FieldIx, descending: bool) -> Arc<[u32]> {
        let Some(column) = self.column(field) else { return Arc::default() };
        // One integer per row: the value's key, then the place of its id.
        let mut keys: Vec<u128> = (0_u32..)
            .zip(&self.by_id)
            .map(|(rank, slot)| u128::from(column.key(*slot as usize, descending)) << 32 | u128::from(rank))
            .collect();
        keys.sort_unstable();
        keys.into_iter().map(|key| self.by_id[(key & u128::from(u32::MAX)) as usize]).collect()
    }

    /// Some of the rows in an order: `size` of them after the first `from`.
    ///
    /// # Errors
    /// `Field` for one that orders nothing, `Cancelled`.
    pub(crate) fn page_of(
        &self,
        rows: &Bits,
        sort: Sort,
        from: u64,
        size: usize,
        cancel: &AtomicBool,
    ) -> Result<Vec<u32>, RollError> {
        let order = self.order(sort, cancel)?;
        let mut page = Page { rows, skip: usize::try_from(from).unwrap_or(usize::MAX), size, slots: Vec::new() };
        let mut at = 0;
        let here = order.later.iter().filter(|(_, slot)| rows.get(*slot as usize));
        for (before, slot) in here {
            let before = *before as usize;
            self.take(&mut page, &order, at..before, cancel)?;
            page.one(*slot);
            at = before;
            if page.is_full() {
                break;
            }
        }
        self.take(&mut page, &order, at..self.settled, cancel)?;
        Ok(page.slots)
    }

    fn take(
        &self,
        page: &mut Page<'_>,
        order: &Order,
        range: std::ops::Range<usize>,
        cancel: &AtomicBool,
    ) -> Result<(), RollError> {
        match &order.settled {
            None => page.stretch(range.start, range.end),
            Some(settled) => {
                for chunk in settled[range].chunks(STRIDE) {
                    still_asked(cancel)?;
                    page.listed(chunk);
                    if page.is_full() {
                        break;
                    }
                }
            }
        }
        Ok(())
    }
}

/// A page while it fills.
struct Page<'a> {
    rows: &'a Bits,
    skip: usize,
    size: usize,
    slots: Vec<u32>,
}

impl Page<'_> {
    fn is_full(&self) -> bool {
        self.slots.len() >= self.size
    }

    /// A row of the list.
    fn one(&mut self, slot: u32) {
        if self.skip > 0 {
            self.skip -= 1;
        } else if !self.is_full() {
            self.slots.push(slot);
        }
    }

    /// Those of some slots that are rows of the list.
    fn listed(&mut self, slots: &[u32]) {
        for slot in slots.iter().filter(|slot| self.rows.get(**slot as usize)) {
            self.one(*slot);
            if self.is_full() {
                return;
            }
        }
    }

    /// Those of neighbouring slots that are rows of the list.
    fn stretch(&mut self, start: usize, end: usize) {
        let mut at = start;
        while at < end && !self.is_full() {
            let next = end.min((at | 4095) + 1);
            let here = self.rows.count_in(at, next);
            if here <= self.skip {
                self.skip -= here;
            } else {
                for slot in (at..next).filter(|slot| self.rows.get(*slot)) {
                    self.one(u32::try_from(slot).unwrap_or(u32::MAX));
                    if self.is_full() {
                        return;
                    }
                }
            }
            at = next;
        }
    }
}
