//! Tables, templates and marked workbooks, written.

mod cell;
mod csv;
mod fault;
mod mark;
mod place;
pub(crate) use place::cell_name;
mod sheet_xml;
mod styles;
mod table;
mod template;
mod xlsx;
mod xml;

pub(crate) use cell::unneutral;
pub use cell::{CellOut, ColumnKind, TableColumn, TableHead, neutral};
pub use csv::{CsvEncoding, CsvWriter};
pub use fault::WriteFault;
pub use mark::{Mark, Summary, mark};
pub use place::letters;
pub use table::{TableFormat, TableWriter};
pub(crate) use template::{MADE_UP, NOWHERE, sample_values};
pub use template::{SheetColumn, sheet_columns, template, templates};
pub use xlsx::XlsxWriter;
