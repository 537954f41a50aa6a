//! Columns of small integers, as narrow as their values allow.

use std::ops::Range;

use crate::table::slack;

/// What a column of one width holds. The greatest value stands for "missing" (and for the open end of a period).
pub trait Width: Copy + Ord + Send + Sync + 'static {
    /// Missing.
    const NULL: Self;
    /// The value, if the width can hold it.
    fn narrow(value: i64) -> Option<Self>;
    /// The value.
    fn wide(self) -> i64;
    /// The smallest value of this width that is not below `bound`; [`Width::NULL`] if there is none.
    fn at_least(bound: i64) -> Self;
}

macro_rules! unsigned_width {
    ($($kind:ty),*) => {$(
        impl Width for $kind {
            const NULL: Self = <$kind>::MAX;
            #[inline]
            fn narrow(value: i64) -> Option<Self> {
                Self::try_from(value).ok().filter(|narrow| *narrow != Self::NULL)
            }
            #[inline]
            fn wide(self) -> i64 {
                i64::from(self)
            }
            #[inline]
            fn at_least(bound: i64) -> Self {
                if bound <= 0 { 0 } else { Self::try_from(bound).unwrap_or(Self::NULL) }
            }
        }
    )*};
}
unsigned_width!(u8, u16, u32);

impl Width for i64 {
    const NULL: Self = Self::MAX;
    #[inline]
    fn narrow(value: i64) -> Option<Self> {
        Some(value)
    }
    #[inline]
    fn wide(self) -> i64 {
        self
    }
    #[inline]
    fn at_least(bound: i64) -> Self {
        bound
    }
}

/// A column of integers. Widens itself when a value does not fit.
#[derive(Debug, Clone)]
pub enum Ints {
    /// 0–254.
    U8(Vec<u8>),
    /// 0–65534.
    U16(Vec<u16>),
    /// 0–4294967294.
    U32(Vec<u32>),
    /// All but `i64::MAX`.
    I64(Vec<i64>),
}

/// Runs a generic body on whichever width the column has.
#[macro_export]
macro_rules! with_ints {
    ($ints:expr, $items:ident => $body:expr) => {
        match $ints {
            $crate::Ints::U8($items) => $body,
            $crate::Ints::U16($items) => $body,
            $crate::Ints::U32($items) => $body,
            $crate::Ints::I64($items) => $body,
        }
    };
}

fn to_null<T: Width>(value: Option<i64>) -> T {
    value.and_then(T::narrow).unwrap_or(T::NULL)
}

fn fits<T: Width>(value: Option<i64>) -> bool {
    value.is_none_or(|value| T::narrow(value).is_some())
}

impl Ints {
    /// The narrowest column that holds these values.
    pub fn collect(values: &[Option<i64>]) -> Self {
        if values.iter().all(|value| fits::<u8>(*value)) {
            Self::U8(values.iter().map(|value| to_null(*value)).collect())
        } else if values.iter().all(|value| fits::<u16>(*value)) {
            Self::U16(values.iter().map(|value| to_null(*value)).collect())
        } else if values.iter().all(|value| fits::<u32>(*value)) {
            Self::U32(values.iter().map(|value| to_null(*value)).collect())
        } else {
            Self::I64(values.iter().map(|value| to_null(*value)).collect())
        }
    }

    /// The value of a row.
    #[inline]
    pub fn get(&self, row: usize) -> Option<i64> {
        fn read<T: Width>(items: &[T], row: usize) -> Option<i64> {
            items.get(row).filter(|item| **item != T::NULL).map(|item| item.wide())
        }
        with_ints!(self, items => read(items, row))
    }

    /// Rows.
    pub fn len(&self) -> usize {
        with_ints!(self, items => items.len())
    }

    /// No rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        fn size<T>(items: &Vec<T>) -> usize {
            items.capacity() * size_of::<T>()
        }
        with_ints!(self, items => size(items))
    }

    fn holds(&self, value: Option<i64>) -> bool {
        match self {
            Self::U8(_) => fits::<u8>(value),
            Self::U16(_) => fits::<u16>(value),
            Self::U32(_) => fits::<u32>(value),
            Self::I64(_) => true,
        }
    }

    fn widen_for(&mut self, value: Option<i64>) {
        if self.holds(value) {
            return;
        }
        let values: Vec<Option<i64>> = (0..self.len()).map(|row| self.get(row)).collect();
        *self = if fits::<u16>(value) && !matches!(self, Self::U32(_)) {
            Self::U16(values.iter().map(|value| to_null(*value)).collect())
        } else if fits::<u32>(value) {
            Self::U32(values.iter().map(|value| to_null(*value)).collect())
        } else {
            Self::I64(values.iter().map(|value| to_null(*value)).collect())
        };
    }

    /// Writes a row.
    pub fn set(&mut self, row: usize, value: Option<i64>) {
        self.widen_for(value);
        with_ints!(self, items => items[row] = to_null(value));
    }

    /// Opens a row.
    pub fn insert(&mut self, row: usize, value: Option<i64>) {
        self.widen_for(value);
        with_ints!(self, items => { slack(items); items.insert(row, to_null(value)); });
    }

    /// Closes a row.
    pub fn remove(&mut self, row: usize) {
        with_ints!(self, items => { items.remove(row); });
    }

    /// Moves rows before the row `to`.
    pub fn move_range(&mut self, from: Range<usize>, to: usize) {
        with_ints!(self, items => rotate(items, from, to));
    }
}

/// Moves `from` so that it stands before the item `to` (counted before the move; not inside `from`).
pub fn rotate<T>(items: &mut [T], from: Range<usize>, to: usize) {
    if to <= from.start {
        items[to..from.end].rotate_right(from.len());
    } else {
        items[from.start..to].rotate_left(from.len());
    }
}
