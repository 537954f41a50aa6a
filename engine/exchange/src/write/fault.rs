//! Why a file could not be written.

/// The place written to broke off; what is wanted is always possible.
#[derive(Debug, thiserror::Error)]
pub enum WriteFault {
    /// Whoever takes the bytes refused them.
    #[error("the file cannot be written: {0}")]
    Io(#[from] std::io::Error),
    /// The parts of a workbook could not be put together.
    #[error("the workbook cannot be put together: {0}")]
    Package(String),
}

impl From<zip::result::ZipError> for WriteFault {
    fn from(error: zip::result::ZipError) -> Self {
        match error {
            zip::result::ZipError::Io(error) => Self::Io(error),
            other => Self::Package(other.to_string()),
        }
    }
}

impl From<csv::Error> for WriteFault {
    fn from(error: csv::Error) -> Self {
        match error.into_kind() {
            csv::ErrorKind::Io(error) => Self::Io(error),
            other => Self::Package(format!("{other:?}")),
        }
    }
}

impl From<rust_xlsxwriter::XlsxError> for WriteFault {
    fn from(error: rust_xlsxwriter::XlsxError) -> Self {
        match error {
            rust_xlsxwriter::XlsxError::IoError(error) => Self::Io(error),
            other => Self::Package(other.to_string()),
        }
    }
}
