//! The sheet as it was handed in, with what is wrong said at its cells.

use anju_exchange::FaultKind;
use anju_exchange::write::{Mark, Summary, mark};
use anju_record::Lang;

use super::{SheetLine, SheetRead};
use crate::Actor;
use crate::error::Result;
use crate::records::unavailable;

impl Actor {
    /// The workbook of a kept sheet, marked.
    ///
    /// # Errors
    /// `NotFound` when its file is kept no more.
    pub async fn marked_sheet(&self, line: &SheetLine, read: &SheetRead, lang: Lang) -> Result<Vec<u8>> {
        self.marked_file(&self.sheet_file(line).await?, read, lang)
    }

    /// A workbook, marked by what was read of it.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be written.
    pub fn marked_file(&self, original: &[u8], read: &SheetRead, lang: Lang) -> Result<Vec<u8>> {
        let heading = |column: Option<u32>| {
            let known = read.recognised.columns.iter().find(|known| Some(known.column) == column);
            known.map(|known| known.heading.clone()).unwrap_or_default()
        };
        let faults = read.run.rows.iter().flat_map(|row| &row.faults);
        let marks: Vec<Mark> = faults
            .map(|fault| (fault, fault.column.map(|column| read.recognised.place_of(fault.row, column))))
            .map(|(fault, place)| Mark {
                grid: place.map_or(read.recognised.grid, |(grid, ..)| grid),
                row: place.map_or(fault.row, |(_, row, _)| row),
                column: place.map(|(.., column)| column),
                heading: heading(fault.column),
                kind: kind_in_words(fault.kind, lang).to_owned(),
                text: fault.fault.message(lang),
                warning: fault.warning,
            })
            .collect();
        let counted = read.run.counted();
        let lines = [
            (("可新增", "New"), counted.new),
            (("可修改", "Changed"), counted.changed),
            (("与台账相同", "The same"), counted.same),
            (("有误", "Faulty"), counted.faulty),
            (("部分有误", "Faulty in part"), counted.partly),
            (("等待同户或所引用的记录", "Waiting for what they belong with"), counted.held),
        ];
        let word = |(zh, en): (&str, &str)| if lang == Lang::Zh { zh.to_owned() } else { en.to_owned() };
        let summary = Summary {
            file: read.book.name.clone(),
            lines: lines.into_iter().map(|(words, rows)| (word(words), rows.to_string())).collect(),
        };
        mark(&read.book, original, &marks, &summary, lang, Vec::new()).map_err(unavailable)
    }
}

/// A kind of fault, as a summary counts it.
fn kind_in_words(kind: FaultKind, lang: Lang) -> &'static str {
    let (zh, en) = match kind {
        FaultKind::IdChecksum => ("身份证号校验位不对", "check character of an ID number"),
        FaultKind::IdPrecisionLost => ("身份证号被表格软件改动", "ID number rounded by the spreadsheet"),
        FaultKind::IdShape => ("不是身份证号", "no ID number"),
        FaultKind::IdBirthMismatch => ("出生日期与身份证号不符", "birth date differs from the ID number"),
        FaultKind::IdSexMismatch => ("性别与身份证号不符", "sex differs from the ID number"),
        FaultKind::DuplicateId => ("身份证号重复", "ID number twice"),
        FaultKind::BadDate => ("不是日期", "no date"),
        FaultKind::DateInFuture => ("日期太晚", "date too late"),
        FaultKind::BadNumber => ("不是数字或超出范围", "no number, or out of bounds"),
        FaultKind::UnknownCode => ("不在代码表中", "not in the code list"),
        FaultKind::UnknownReference => ("所引用的记录不存在", "names nothing that exists"),
        FaultKind::RepeatedReference => ("同一记录出现两次", "the same record twice"),
        FaultKind::CountMismatch => ("合计数不符", "count differs"),
        FaultKind::TwoOf => ("只能有一个的有了两个", "two where one may be"),
        FaultKind::NoneOf => ("应有一个的一个也没有", "none where one must be"),
        FaultKind::MissingKey => ("没有写明属于哪一条", "does not say which record"),
        FaultKind::Required => ("必填项空着", "required field blank"),
        FaultKind::Masked => ("遮盖过的内容", "masked"),
        FaultKind::LikeAnother => ("疑似重复", "may be there already"),
        FaultKind::Doubtful => ("存疑，请核对", "doubtful"),
        FaultKind::Other => ("其他", "other"),
    };
    if lang == Lang::Zh { zh } else { en }
}
