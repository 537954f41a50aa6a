//! What is wrong with a draft, as data: stable codes, localised at the edge.

use std::borrow::Cow;

use anju_pack::Text;
use serde::Serialize;

/// Languages of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Simplified Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The text in this language.
    pub fn of(self, text: &Text) -> &str {
        match self {
            Self::Zh => &text.zh,
            Self::En => &text.en,
        }
    }
}

macro_rules! codes {
    ($($name:ident = $code:literal, $zh:literal, $en:literal;)*) => {
        /// Stable codes of faults. `{value}` is what was given, `{0}` … are the arguments.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $(#[doc = $en] $name,)* }
        impl Code {
            /// All codes, in order.
            pub const ALL: &[Self] = &[$(Self::$name),*];
            /// The stable code, `F001` ….
            pub const fn as_str(self) -> &'static str { match self { $(Self::$name => $code,)* } }
            const fn template(self, lang: Lang) -> &'static str {
                match (self, lang) { $((Self::$name, Lang::Zh) => $zh, (Self::$name, Lang::En) => $en,)* }
            }
        }
    };
}

codes! {
    Required = "F001", "必填，请填写", "is required; fill it in";
    NotANumber = "F002", "“{value}”不是数字，请填数字，例如 12", "“{value}” is not a number; write digits, for example 12";
    TooPrecise = "F003", "“{value}”的小数位太多，最多保留 {0} 位", "“{value}” has too many decimals; keep at most {0}";
    BelowMinimum = "F004", "“{value}”太小，不能小于 {0}", "“{value}” is too small; {0} is the least";
    AboveMaximum = "F005", "“{value}”太大，不能大于 {0}", "“{value}” is too large; {0} is the most";
    TooLong = "F006", "共 {0} 个字，请缩短到 {1} 个字以内", "has {0} characters; shorten it to {1}";
    NotADate = "F007", "“{value}”不是日期，请按 2020-05-16 填写", "“{value}” is not a date; write it as 2020-05-16";
    TooLate = "F008", "“{value}”太晚，不能晚于 {0}", "“{value}” is too late; {0} is the latest";
    TooEarly = "F009", "“{value}”太早，不能早于 {0}", "“{value}” is too early; {0} is the earliest";
    NotABool = "F010", "“{value}”不是“是”或“否”，请填其中之一", "“{value}” is neither yes nor no; write one of them";
    UnknownCode = "F011", "“{value}”不在“{0}”中，可填：{1}", "“{value}” is not in “{2}”; choose one of: {3}";
    NotAReference = "F012", "“{value}”不是记录编号，请从列表中选择", "“{value}” is not a record's id; choose it from the list";
    NoSuchRecord = "F013", "“{value}”在台账“{0}”中不存在或已删除，请重新选择", "“{value}” is not in the ledger “{1}” or was deleted; choose again";
    NotAnArea = "F014", "“{value}”不是{0}位区划代码，请检查", "“{value}” is not a place code of {0} digits; check it";
    OutsideCounty = "F015", "“{value}”不在本县（{0}）范围内，请改为本县代码", "“{value}” is outside this county ({0}); use a code of this county";
    IdShape = "F016", "“{value}”不是18位身份证号，请检查位数", "“{value}” is not an 18-character ID number; check its length";
    IdChecksum = "F017", "“{value}”校验位应为 {0}，请核对证件", "“{value}” should end in {0}; compare it with the card";
    IdBirthDate = "F018", "“{value}”中的出生日期 {0} 无效，请核对证件", "“{value}” holds an impossible birth date {0}; compare it with the card";
    NotAPhone = "F019", "“{value}”不是电话号码，请核对位数：手机 11 位，固定电话连区号", "“{value}” is not a telephone number; count its digits: a mobile has 11, a fixed line its area code before it";
    NotAPoint = "F020", "“{value}”不是坐标，请按“经度,纬度”填写，例如 108.31,33.31", "“{value}” is not a position; write longitude,latitude, for example 108.31,33.31";
    NotATime = "F021", "“{value}”不是时间，请按 08:30 填写", "“{value}” is not a time; write it as 08:30";
    Unprintable = "F022", "含有不可见字符（{0}），请重新输入", "holds an unprintable character ({0}); type it again";
    NotUnique = "F023", "{2}（{0}）{4}", "{3} ({1}){5}";
    UnknownField = "F024", "没有这个字段，请删除或更正名称", "there is no such field; remove it or correct its name";
    StillReferred = "F025", "仍被台账“{0}”的 {1} 条记录引用，请先处理它们", "is still referred to by {3} of the ledger “{2}”; settle that first";
    WrongType = "F026", "“{value}”类型不对，应为{0}", "“{value}” has the wrong type; {0} is expected";
    EndsBeforeStart = "F027", "“{value}”早于开始日期 {0}，请更正", "“{value}” is before the start {0}; correct one of them";
    NotAKey = "F028", "“{value}”不是附件编号，请重新上传", "“{value}” is not a stored file; upload it again";
    Refused = "F029", "“{value}”不符合数据库约束 {0}，请检查", "“{value}” breaks the constraint {0}; check it";
    IdPrecisionLost = "F030", "“{value}”已被表格软件舍入，末几位丢失；请按证件重填，并把单元格设为文本", "“{value}” was rounded by the spreadsheet and has lost its last digits; type it again from the card, in a cell of text";
    IdBirthMismatch = "F031", "“{value}”与身份证号中的出生日期 {0} 不一致，请核对", "“{value}” is not the birth date {0} in the ID number; compare them";
    IdSexMismatch = "F032", "“{value}”与身份证号所示的“{0}”不一致，请核对", "“{1}” is not “{2}”, which the ID number says; compare them";
    MissingKey = "F033", "空着，且本行不属于上一行那一组；请填写", "is blank, and this row does not go with the one above; fill it in";
    CountMismatch = "F034", "写的是 {value}，实际列出 {0} 个；请更正其中之一", "says {value}, but the number listed is {0}; correct one of them";
    Repeated = "F035", "“{value}”重复，第 {0} 行已经写过；请只留一处", "“{value}” is repeated; row {0} has it already; keep one of them";
    TwoOf = "F036", "“{value}”：{0}“{1}”中第 {2} 行已是如此，只能有一行；请更正其中之一", "“{value}”: row {2} of the {3} “{1}” already says so, and only one may; correct one of them";
    NoneOf = "F037", "{0}“{1}”的各行都不满足“{2}”，应当恰有一行；请补正", "no row of the {3} “{1}” satisfies “{4}”, and exactly one must; correct one of them";
    CellError = "F038", "“{value}”是公式出错的结果；请改正公式，或直接填写", "“{value}” is the result of a faulty formula; correct it or write the value";
    NoResult = "F039", "公式没有存下结果，不知是多少；请用表格软件打开并另存后再上传，或直接填写", "the formula holds no result; open the file in a spreadsheet program and save it again, or write the value";
    SameRow = "F040", "与第 {value} 行是同一条记录，请删去一行", "is the same record as row {value}; remove one of them";
    RowsDiffer = "F041", "“{value}”与第 {0} 行的“{1}”不一致，请改为一致", "“{value}” differs from “{1}” in row {0}; make them agree";
    OtherThanThere = "F042", "“{value}”与档案中的“{0}”不同，请核对（档案不改）", "“{value}” is not what the record says, “{0}”; compare them (the record is not changed)";
    BelongsElsewhere = "F043", "“{value}”已登记在别处，请先办理迁转，或更正此行", "“{value}” is registered elsewhere; record the move first, or correct this row";
    CellDamaged = "F044", "文件没有说清这个单元格的内容；请重新填写", "the file does not say what this cell holds; write it again";
    RowsNotRead = "F045", "前面的问题或内容太多，从第 {value} 行到第 {0} 行没有读取；请先改正前面的，或拆成几个文件再上传", "too much stands or is wrong above: the rows from {value} to {0} were not read; mend what stands above first, or split the file";
    LikeAnother = "F046", "“{value}”可能就是已有的“{0}”，请核对；确实不是同一个的，照常保留", "“{value}” may be “{0}”, which is there already; compare them, and keep it if it is another";
    LikeOneElsewhere = "F047", "“{value}”可能已登记在本人权限范围以外，请有权限的人核对；确实不是同一个的，照常保留", "“{value}” may be registered already beyond what you may see; ask somebody who may see it, and keep it if it is another";
    LikeRow = "F048", "“{value}”可能与第 {0} 行的“{1}”是同一个，请核对；确实不是的，照常保留", "“{value}” may be “{1}” of row {0}; compare them, and keep it if it is another";
    Masked = "F049", "“{value}”是遮盖过的内容，不予采用，原有内容保留不变；要更正，请填写完整内容", "“{value}” is masked and not taken: what is on file stays; write it in full to correct it";
    Disagrees = "F050", "所指记录的“{0}”与这里填的不同，请改为一致", "the record that it names has another “{1}” than is given here; make them agree";
    StillAgreed = "F051", "台账“{0}”还有记录引用本记录，它们的“{2}”会与此不符；请先更正那些记录，再改这里", "the ledger “{1}” still refers to it, and its “{3}” would not agree; correct those records first, then this one";
    Doubtful = "F052", "{0}", "{1}";
    LikeOneEnded = "F053", "“{value}”可能就是已经离开的“{0}”，请核对；没有离开的，改正那条记录；离开后又回来的，照常保留", "“{value}” may be “{0}”, who is recorded as having left; correct that record if that is wrong, and keep this one if they have come back";
    NotWhole = "F054", "“{value}”应为整数，请去掉小数", "“{value}” is not a whole number; write it without decimals";
    OtherUnit = "F055", "“{value}”的表头写明单位是{0}，这里要填的单位是{1}；请换算，并改正表头", "“{value}” stands under a heading in {2}, and {3} is wanted; convert it and correct the heading";
    CalledAlike = "F056", "“{value}”有 {0} 条，分不清是哪一条；请补上能区分的内容，或在页面上办理", "“{value}” fits {0} records, and which one is not clear; add what tells them apart, or do it on their page";
    AfterEnd = "F057", "“{value}”的记录止于 {0}，本行从 {1} 开始，请核对", "the record “{value}” ended on {0}, and this row begins on {1}; compare them";
    NotExactlyOne = "F060", "“{value}”{0}", "“{value}”{2}";
    Several = "F061", "“{value}”有多条，请选择：{0}", "“{value}” fits several; choose one: {0}";
    Said = "F062", "{0}", "{1}";
    NotNone = "F063", "“{value}”{0}", "“{value}”{2}";
    NoPicture = "F070", "不是完整的图片，请上传 JPEG、PNG 或 WebP 图片", "is no whole picture; choose a JPEG, PNG or WebP";
    FileTooLarge = "F071", "图片超过 5 MB，请压缩后再上传", "is larger than 5 MB; make it smaller first";
}

/// The mend of what repeats a record.
const MEND_REPEATED: [&str; 2] = ["，请修改，或编辑已有记录", "; change it or edit that record"];

/// What is wrong with one value, before its place is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What.
    pub code: Code,
    /// What was given.
    pub value: String,
    /// Arguments of the message.
    pub args: Vec<String>,
}

impl Problem {
    /// A problem with a value.
    pub fn new(code: Code, value: impl Into<String>, args: impl IntoIterator<Item = String>) -> Self {
        Self { code, value: value.into(), args: args.into_iter().collect() }
    }

    /// A value that another record has already: of which fields, or whose that record is.
    pub fn repeats(value: impl Into<String>, of: Text) -> Self {
        let what = ["与已有记录重复".to_owned(), "repeats an existing record".to_owned()];
        Self::new(
            Code::NotUnique,
            value,
            [of.zh, of.en].into_iter().chain(what).chain(MEND_REPEATED.map(str::to_owned)),
        )
    }

    /// A record that would be the second where, as `only` says, one may exist.
    pub fn second(value: impl Into<String>, only: Text) -> Self {
        let there = ["已有一条".to_owned(), "there is one already".to_owned()];
        let told = there.into_iter().chain([only.zh, only.en]).chain(MEND_REPEATED.map(str::to_owned));
        Self::new(Code::NotUnique, value, told)
    }

    /// A record that repeats another, in the pack's own words.
    pub fn repeats_so(value: impl Into<String>, says: Text) -> Self {
        Self::new(Code::NotUnique, value, [String::new(), String::new(), says.zh, says.en])
    }

    /// … at its place.
    pub fn at(self, path: impl Into<String>, place: &Text) -> Fault {
        Fault { path: path.into(), place: place.clone(), code: self.code, value: self.value, args: self.args }
    }
}

/// One thing wrong with a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The field's id; empty for the record as a whole.
    pub path: String,
    /// The field's name.
    pub place: Text,
    /// What.
    #[serde(serialize_with = "code_as_text")]
    pub code: Code,
    /// What was given.
    pub value: String,
    /// Arguments of the message.
    pub args: Vec<String>,
}

fn code_as_text<S: serde::Serializer>(code: &Code, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(code.as_str())
}

impl Fault {
    /// One sentence: the place, the value, the mend.
    pub fn message(&self, lang: Lang) -> String {
        let (place, mark) = match lang {
            Lang::Zh => (&self.place.zh, "："),
            Lang::En => (&self.place.en, ": "),
        };
        let place = if place.is_empty() { &self.path } else { place };
        let mut text = String::with_capacity(80);
        text.push_str(place);
        if !place.is_empty() {
            text.push_str(mark);
        }
        let template = self.template(lang);
        let mut rest = template.as_ref();
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            text.push_str(before);
            match name.parse::<usize>() {
                Ok(position) => text.push_str(self.args.get(position).map_or("", String::as_str)),
                Err(_) => text.extend(self.value.chars().take(60)),
            }
            rest = after;
        }
        text.push_str(rest);
        text
    }
}

impl Fault {
    /// Of what repeats a record nothing stands in brackets where it is not told whose that is.
    fn template(&self, lang: Lang) -> Cow<'static, str> {
        let template = self.code.template(lang);
        match self.code == Code::NotUnique && self.args.first().is_some_and(String::is_empty) {
            true => template.replace("（{0}）", "").replace(" ({1})", "").into(),
            false => template.into(),
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.code.as_str(), self.message(Lang::En))
    }
}
