//! The filling instructions of a template, and what is said of each heading.

use anju_pack::{Kind, Pack, Sheet, unit_in_words};
use anju_record::Lang;

use super::columns::SheetColumn;

/// Codes that a heading's comment lists; more stand in the drop-down.
const LISTED: usize = 12;

/// The numbered instructions: the sheet's own, then what follows from its columns.
pub(super) fn instructions(pack: &Pack, sheet: &Sheet, columns: &[SheetColumn], lang: Lang) -> Vec<String> {
    let zh = lang == Lang::Zh;
    let mut notes: Vec<String> = sheet.notes.iter().map(|note| lang.of(note).to_owned()).collect();
    let kind = |column: &SheetColumn| &pack.ledger(column.ledger).field(column.field).kind;
    let named = |wanted: &dyn Fn(&SheetColumn) -> bool| {
        let names: Vec<&str> =
            columns.iter().filter(|column| wanted(column)).map(|column| lang.of(&column.heading)).collect();
        names.join(if zh { "、" } else { ", " })
    };
    let required = named(&|column| column.required);
    if !required.is_empty() {
        notes.push(if zh {
            format!("必填（底色较深的列）：{required}。")
        } else {
            format!("Must be filled (the darker headings): {required}.")
        });
    }
    let codes = named(&|column| matches!(kind(column), Kind::Code { .. } | Kind::Bool));
    if !codes.is_empty() {
        notes.push(if zh {
            format!("从下拉列表中选择：{codes}。")
        } else {
            format!("Choose from the list: {codes}.")
        });
    }
    if sheet.notes.is_empty() {
        if columns.iter().any(|column| matches!(kind(column), Kind::Date { .. })) {
            notes.push(if zh { "日期按 2020-05-16 填写。" } else { "Write dates as 2020-05-16." }.to_owned());
        }
        notes.push(
            if zh {
                "空着的格子不改动已有内容，要清除时写“清空”。"
            } else {
                "A blank cell changes nothing; write “清空” to clear what is on file."
            }
            .to_owned(),
        );
    }
    notes.push(
        if zh {
            "以“示例”开头的两行是样例，没有改动过的，导入时不读。"
        } else {
            "The two rows that begin with “Example” are samples and are not read as long as nothing is written over them."
        }
        .to_owned(),
    );
    (1..).zip(notes).map(|(nth, note)| format!("{nth}. {note}")).collect()
}

/// What is said of a heading.
pub(super) fn comment(pack: &Pack, sheet: &Sheet, column: &SheetColumn, lang: Lang) -> String {
    let zh = lang == Lang::Zh;
    let field = pack.ledger(column.ledger).field(column.field);
    let mut lines = vec![must(column, lang).to_owned(), form(pack, &field.kind, lang)];
    if column.path != 0 {
        let title = lang.of(&pack.ledger(column.ledger).title);
        lines.push(match (sheet.makes.contains(&column.ledger), zh) {
            (true, true) => format!("属于“{title}”；没有的会新建。"),
            (true, false) => format!("Belongs to “{title}”; one that is not on file is made."),
            (false, true) => format!("用来查找“{title}”，须已在台账中。"),
            (false, false) => format!("Finds the “{title}”, which must be on file."),
        });
    }
    if sheet.carry.contains(&column.path) {
        lines.push(if zh { "空着表示同上一行。" } else { "Blank means: as in the row above." }.to_owned());
    }
    if sheet.many == Some(column.path) {
        lines.push(
            if zh { "可填多个，用顿号隔开。" } else { "Several may stand here, separated by commas." }.to_owned(),
        );
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

const fn must(column: &SheetColumn, lang: Lang) -> &'static str {
    match (column.required, lang) {
        (true, Lang::Zh) => "必填。",
        (true, Lang::En) => "Must be filled.",
        (false, Lang::Zh) => "选填。",
        (false, Lang::En) => "May be left blank.",
    }
}

/// How a value is written.
fn form(pack: &Pack, kind: &Kind, lang: Lang) -> String {
    let zh = lang == Lang::Zh;
    match kind {
        Kind::Code { list } => {
            let list = pack.code_list(*list);
            let mut titles: Vec<&str> = list.values.iter().take(LISTED).map(|value| lang.of(&value.title)).collect();
            if list.values.len() > LISTED {
                titles.push("…");
            }
            let (name, titles) = (lang.of(&list.title), titles.join(if zh { "、" } else { ", " }));
            if zh { format!("{name}：{titles}") } else { format!("{name}: {titles}") }
        }
        Kind::Date { .. } => if zh { "日期，例如 2020-05-16。" } else { "A day, for example 2020-05-16." }.to_owned(),
        Kind::Money { .. } => {
            if zh { "金额，单位元，例如 1200.00。" } else { "Money in yuan, for example 1200.00." }.to_owned()
        }
        Kind::IdNumber => {
            if zh { "18 位身份证号，单元格为文本。" } else { "18 characters, in a cell of text." }.to_owned()
        }
        Kind::Phone => {
            if zh { "电话号码，单元格为文本。" } else { "A telephone number, in a cell of text." }.to_owned()
        }
        Kind::Bool => if zh { "填“是”或“否”。" } else { "yes or no." }.to_owned(),
        Kind::Time => if zh { "时刻，例如 09:30。" } else { "A time of day, for example 09:30." }.to_owned(),
        Kind::Area { level } => {
            if zh {
                format!("地名，或 {} 位区划代码。", level.digits())
            } else {
                format!("A place by name, or by its code of {} digits.", level.digits())
            }
        }
        Kind::Point => {
            if zh { "经度,纬度，例如 108.31,33.31。" } else { "Longitude,latitude, for example 108.31,33.31." }
                .to_owned()
        }
        Kind::Integer { unit, .. } | Kind::Decimal { unit, .. } => {
            let unit = unit.as_deref().map(unit_in_words).unwrap_or_default();
            match (zh, lang.of(&unit)) {
                (true, "") => "数字。".to_owned(),
                (true, unit) => format!("数字，单位{unit}。"),
                (false, "") => "A number.".to_owned(),
                (false, unit) => format!("A number in {unit}."),
            }
        }
        Kind::Text { max } | Kind::LongText { max } => {
            if zh {
                format!("文字，不超过 {max} 个字。")
            } else {
                format!("Words, at most {max} characters.")
            }
        }
        Kind::Ref { .. } | Kind::Subject | Kind::Attachment => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_told_in_words() {
        let text = r#"
            [mechanism]
            id = "library"
            order = 0
            title = { zh = "图书馆", en = "Library" }
            promise = { zh = "书有人读", en = "Books are read" }
            office = { zh = "馆长", en = "Librarian" }
        "#;
        let source =
            anju_pack::Source { path: "library.toml".into(), text: text.into(), mechanism: Some("library".into()) };
        let pack = anju_pack::compile(&[source]).expect("no faults");
        let told = |unit: Option<&str>, lang| {
            form(&pack, &Kind::Decimal { scale: 2, min: None, max: None, unit: unit.map(str::to_owned) }, lang)
        };
        for (unit, zh, en) in
            [("m2", "平方米", "m²"), ("mu", "亩", "mu"), ("tonne", "吨", "tonnes"), ("本", "本", "本")]
        {
            assert_eq!(told(Some(unit), Lang::Zh), format!("数字，单位{zh}。"));
            assert_eq!(told(Some(unit), Lang::En), format!("A number in {en}."));
        }
        assert_eq!((told(None, Lang::Zh), told(None, Lang::En)), ("数字。".to_owned(), "A number.".to_owned()));
    }
}
