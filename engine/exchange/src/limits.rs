//! How much a file may hold before it is refused.

/// Bounds of one file. They keep what reading it needs below 200 MB beside the file itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub file: u64,
    /// Bytes that its parts inflate to, counted as they are inflated.
    pub inflated: u64,
    /// Rows that are not empty, over all pages.
    pub rows: u32,
    /// Columns of a page.
    pub columns: u32,
    /// Characters of a cell; one with more is named, and its row kept out.
    pub cell: usize,
    /// Cells that are kept, over all pages.
    pub cells: usize,
    /// Bytes of text that are kept, over all pages: with what is kept beside each, and once more for every cell that shares one.
    pub text: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file: 50 << 20,
            inflated: 180 << 20,
            rows: 200_000,
            columns: 500,
            cell: 32_767,
            cells: 1_200_000,
            text: 48 << 20,
        }
    }
}
