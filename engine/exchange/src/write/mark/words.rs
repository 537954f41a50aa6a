//! The words of marked workbooks.

use anju_record::Lang;

/// Words in one language.
pub(super) struct Words {
    pub sheet: &'static str,
    pub author: &'static str,
    pub title: &'static str,
    pub by_kind: &'static str,
    pub heads: [&'static str; 7],
    pub fault: &'static str,
    pub warning: &'static str,
    pub whole_row: &'static str,
    pub uncommented: &'static str,
    pub unmarked: &'static str,
}

/// The words of a language.
pub(super) const fn of(lang: Lang) -> &'static Words {
    match lang {
        Lang::Zh => &ZH,
        Lang::En => &EN,
    }
}

const ZH: Words = Words {
    sheet: "核对结果",
    author: "安居",
    title: "核对结果",
    by_kind: "按问题分类",
    heads: ["级别", "工作表", "单元格（点击前往）", "列", "所填内容", "问题", "怎样改"],
    fault: "错误",
    warning: "提醒",
    whole_row: "（整行）",
    uncommented: "问题太多，后面的单元格只填了颜色，没有批注；说明见下表。",
    unmarked: "问题太多，只标出了前面的（先标错误，后标提醒）；改正后请再上传一次，其余的会接着标出。",
};

const EN: Words = Words {
    sheet: "Check",
    author: "Anju",
    title: "Result of the check",
    by_kind: "By kind",
    heads: ["Level", "Sheet", "Cell (press to go there)", "Column", "Value", "What is wrong", "How to mend it"],
    fault: "Error",
    warning: "Warning",
    whole_row: "(whole row)",
    uncommented: "There are very many: later cells are filled but have no comment; the list below explains them.",
    unmarked: "There are too many: only the first are marked, errors before warnings. Mend those and hand it in again; the others will follow.",
};
