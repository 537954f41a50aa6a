//! The catalogue of faults: every code with its words and its mend.

use std::fmt;

use serde::{Serialize, Serializer};

/// The words of a code, with `{0}`, `{1}`… where its arguments go.
#[derive(Debug, Clone, Copy)]
pub struct CodeWords {
    /// What is wrong, Chinese.
    pub zh: &'static str,
    /// What is wrong, English.
    pub en: &'static str,
    /// The mend, Chinese.
    pub mend_zh: &'static str,
    /// The mend, English.
    pub mend_en: &'static str,
}

macro_rules! codes {
    ($($name:ident = $code:literal: $zh:literal | $en:literal => $mend_zh:literal | $mend_en:literal;)*) => {
        /// What can be wrong with a pack.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = concat!($code, ": ", $en)] $name,)*
        }
        impl Code {
            /// Every code.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];
            /// `P001`…
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$name => $code,)* }
            }
            /// Its sentences.
            pub const fn words(self) -> CodeWords {
                match self { $(Code::$name => CodeWords { zh: $zh, en: $en, mend_zh: $mend_zh, mend_en: $mend_en },)* }
            }
        }
    };
}

codes! {
    NotToml = "P001": "不是合法的 TOML：{0}" | "not valid TOML: {0}"
        => "按 TOML 语法改正此处" | "correct the TOML here";
    UnknownKey = "P002": "{0}没有键 `{1}`" | "{0} has no key `{1}`"
        => "改为 {2}，或删去" | "write {2}, or remove it";
    MissingKey = "P003": "{0}缺少键 `{1}`" | "{0} lacks the key `{1}`"
        => "补上 `{1}`" | "add `{1}`";
    WrongType = "P004": "`{0}` 应为{1}，写的是{2}" | "`{0}` must be {1}, not {2}"
        => "改写为{1}" | "write {1}";
    BadId = "P005": "「{0}」不能作标识" | "`{0}` cannot be an id"
        => "用小写英文字母、数字和下划线，字母开头，不超过 48 字，且不用保留字（id、version、county、area、today 等）" | "use a-z, 0-9 and _, begin with a letter, at most 48 characters, and none of the reserved words (id, version, county, area, today …)";
    MissingLanguage = "P006": "`{0}` 缺少{1}" | "`{0}` lacks {1}"
        => "写成 {0} = { zh = \"…\", en = \"…\" }" | "write {0} = { zh = \"…\", en = \"…\" }";
    Duplicate = "P007": "{0} `{1}` 重复定义" | "{0} `{1}` is defined twice"
        => "前一处在 {2}，改名或删去一处" | "the first is at {2}; rename or remove one";
    UnknownName = "P008": "没有{0} `{1}`" | "there is no {0} `{1}`"
        => "改为 {2}，或先定义 `{1}`" | "write {2}, or define `{1}`";
    UnknownField = "P009": "台账 `{0}` 没有字段 `{1}`" | "ledger `{0}` has no field `{1}`"
        => "改为 {2}，或在 `{0}` 中定义 `{1}`" | "write {2}, or define `{1}` in `{0}`";
    BadValue = "P010": "`{0}` 不能取「{1}」" | "`{0}` cannot be `{1}`"
        => "改为 {2}" | "write {2}";
    OutOfRange = "P011": "`{0}` = {1} 超出范围" | "`{0}` = {1} is out of range"
        => "取 {2} 之间的值" | "choose a value within {2}";
    NoMechanism = "P012": "文件夹 `{0}` 没有 [mechanism]" | "the folder `{0}` has no [mechanism]"
        => "在其中一个文件里写 [mechanism]（id、order、title、promise、office）" | "write [mechanism] (id, order, title, promise, office) in one of its files";
    OwnerCycle = "P013": "归属成环：{0}" | "owners form a circle: {0}"
        => "删去其中一个 `of`" | "remove one `of`";
    BadOwnerField = "P014": "字段 `{0}` 与 `of` 冲突" | "the field `{0}` contradicts `of`"
        => "写成 { kind = \"ref\", to = \"{0}\", required = true }，或删去此字段" | "write { kind = \"ref\", to = \"{0}\", required = true }, or remove the field";
    BadPeriod = "P015": "`{0}` 不能作 `period`" | "`{0}` cannot stand in `period`"
        => "`period` 用一个或两个日期字段，第一个必填" | "`period` takes one or two date fields, the first required";
    BadArea = "P016": "`{0}` 不能作 `area`" | "`{0}` cannot be the `area`"
        => "用 kind = \"area\" 且必填的字段" | "use a required field of kind \"area\"";
    BadPath = "P017": "路径 `{0}` 走不通：{1}" | "the path `{0}` does not lead there: {1}"
        => "逐级写引用字段，最后到 `{2}`" | "name reference fields one after another, ending at `{2}`";
    NoJoin = "P018": "从 `{0}` 到不了 `{1}`" | "`{0}` does not reach `{1}`"
        => "写 through = \"…\"（`{0}` 的引用：{2}）或 match = { … }" | "write through = \"…\" (references of `{0}`: {2}) or match = { … }";
    AmbiguousJoin = "P019": "从 `{0}` 到 `{1}` 有几条路：{2}" | "`{0}` reaches `{1}` in several ways: {2}"
        => "用 through = \"…\" 说明走哪一条" | "say which with through = \"…\"";
    BadMatch = "P020": "`{0}`（{1}）与 `{2}`（{3}）不能相等" | "`{0}` ({1}) can never equal `{2}` ({3})"
        => "match 的两边要同类" | "both sides of match must be of one kind";
    BadBound = "P021": "`at_least` / `at_most` 写得不对" | "`at_least` / `at_most` is not right here"
        => "写且只写一个；`at_most` 只能用在 having 中" | "write exactly one; `at_most` only in having";
    BadWhen = "P022": "`current` / `within` 写得不对：{0}" | "`current` / `within` is not right here: {0}"
        => "二者只写一个，且台账要有 period" | "write at most one of them, on a ledger with a period";
    BadWithin = "P023": "`within` 不能取「{0}」" | "`within` cannot be `{0}`"
        => "写天数、this_year / this_quarter / this_month / last_quarter，或 kind = \"days\" 的参数：{1}" | "write a number of days, this_year / this_quarter / this_month / last_quarter, or a parameter of kind \"days\": {1}";
    RuleCount = "P024": "需求 `{0}` 应恰有 `needs`、`all_of`、`any_of` 之一" | "requirement `{0}` must have exactly one of `needs`, `all_of`, `any_of`"
        => "只留一个" | "keep one";
    PartCycle = "P025": "需求互相包含：{0}" | "requirements contain each other: {0}"
        => "删去其中一个 all_of / any_of 项" | "remove one part";
    PartOfOther = "P026": "`{0}` 的对象是 `{1}`，不是 `{2}`" | "`{0}` is for each `{1}`, not `{2}`"
        => "all_of / any_of 只列同一 `each` 的需求" | "name only requirements with the same `each`";
    MeasureCount = "P027": "指标 `{0}` 应恰有 `count`、`distinct`、`sum`、`met`、`fewest` 之一" | "figure `{0}` must have exactly one of `count`, `distinct`, `sum`, `met`, `fewest`"
        => "只留一个" | "keep one";
    BadMeasure = "P028": "`{0}` 不能用于 `{1}`" | "`{0}` cannot be used in `{1}`"
        => "distinct 用引用字段，sum 用数字字段，by 用代码字段；met 和 fewest 不带 where / having / current / within / by" | "distinct takes a ref, sum a number, by a code; met and fewest take no where / having / current / within / by";
    BadOwner = "P029": "从 `{0}` 找不到责任人 `{1}`" | "the owner `{1}` cannot be found from `{0}`"
        => "写成 台账.字段：该台账属于 `{0}` 或其上级，字段为引用或文本" | "write ledger.field: the ledger belongs to `{0}` or to one of its owners, the field is a ref or text";
    PredicateSyntax = "P030": "条件写法有误：{0}" | "the condition cannot be read: {0}"
        => "按 SQL 布尔表达式书写" | "write an SQL boolean expression";
    PredicateName = "P031": "条件中的 `{1}` 既不是 `{0}` 的字段也不是参数" | "`{1}` is neither a field of `{0}` nor a parameter"
        => "改为 {2}" | "write {2}";
    PredicateCode = "P032": "代码表 `{0}` 没有代码 '{1}'" | "code list `{0}` has no code '{1}'"
        => "改为 {2}" | "write {2}";
    PredicateType = "P033": "{0}不能与{1}比较" | "{0} cannot be compared with {1}"
        => "两边要同类：日期 '2020-05-16'，代码和文本加引号，金额为分" | "both sides must be of one kind: dates '2020-05-16', codes and text in quotes, money in fen";
    PredicateForm = "P034": "条件中不能用 `{0}`" | "`{0}` is not allowed in a condition"
        => "可用：AND OR NOT，= <> < <= > >=，IN，BETWEEN，IS NULL，LIKE '前缀%'，age(f)，months(a, b)，today ± 天数" | "allowed: AND OR NOT, = <> < <= > >=, IN, BETWEEN, IS NULL, LIKE 'prefix%', age(f), months(a, b), today ± days";
    DigitsInWords = "P035": "段落中直接写了数字「{0}」" | "digits are typed in the passage: `{0}`"
        => "用 {指标} 代替数字" | "put a {figure} in their place";
    BadBraces = "P036": "段落的花括号不成对" | "the braces of the passage do not match"
        => "写成 {指标} 或 {需求}" | "write {figure} or {requirement}";
    CountyChanges = "P037": "县包不能改动{0} `{1}`" | "a county cannot change {0} `{1}`"
        => "县包只能增加；换一个标识" | "a county only adds; choose another id";
    WrongPlace = "P038": "`{0}` 不能写在这个文件里" | "`{0}` cannot stand in this file"
        => "[mechanism] 只在机制包，[county] 与 [parameters] 只在县包" | "[mechanism] stands in mechanisms only, [county] and [parameters] in the county's file only";
    BuiltIn = "P039": "台账 `{0}` 是内置的" | "the ledger `{0}` is built in"
        => "删去，或换一个标识" | "remove it, or choose another id";
    ShortTooLong = "P040": "简称「{0}」超过 6 字" | "the short title `{0}` has more than 6 characters"
        => "缩到 6 字以内" | "keep it within 6 characters";
    BadDateBound = "P041": "日期界限「{0}」不是 today，也不是本台账的日期字段" | "the date bound `{0}` is neither today nor a date field of this ledger"
        => "改为 {1}" | "write {1}";
    Empty = "P042": "`{0}` 不能为空" | "`{0}` must not be empty"
        => "至少写一项" | "write at least one";
    StoryValue = "P043": "事例中 `{0}` 不能取「{1}」" | "in a story `{0}` cannot be `{1}`"
        => "应为{2}" | "it must be {2}";
    StoryOwner = "P044": "事例记录 `{0}` 没有填归属 `{1}`" | "the story's record `{0}` does not fill its owner `{1}`"
        => "在 with 中写 {1} = \"…\"（另一条记录的名字）" | "write {1} = \"…\" in with (the name of another record)";
    StorySubject = "P045": "`{0}` 的记录不是需求 `{1}` 的对象" | "a record of `{0}` is no subject of requirement `{1}`"
        => "用 `{2}` 的记录" | "name a record of `{2}`";
    ActorPlace = "P046": "`actor` 不能用在这里" | "`actor` cannot stand here"
        => "只在角色的 only 中写 字段 = actor（文本字段，不在 NOT 内）" | "write field = actor only in a role's only (a text field, not within NOT)";
    BeyondRead = "P047": "角色 `{0}` 的 `{1}` 含有它不能读的台账 `{2}`" | "`{1}` of role `{0}` names the ledger `{2}`, which it does not read"
        => "把 `{2}` 加入 read，或从 `{1}` 中删去" | "add `{2}` to read, or take it out of `{1}`";
    BadRelation = "P048": "`only` 不能用 `{0}`：{1}" | "`only` cannot use `{0}`: {1}"
        => "用有归属（of）的台账，条件中每种情形都要有 字段 = actor" | "name a ledger that has an owner (of), with field = actor in every alternative of the condition";
    BadHide = "P049": "角色不能隐去 `{0}`：{1}" | "a role cannot hide `{0}`: {1}"
        => "不隐去此字段，或去掉所说的用处" | "do not hide the field, or remove that use of it";
    AloneReads = "P050": "独占角色 `{0}` 不能有 `{1}`" | "the role `{0}` stands alone and cannot have `{1}`"
        => "删去 `{1}`，或删去 alone" | "remove `{1}`, or remove alone";
    BadApproval = "P051": "审批流程 `{0}` 写得不对：{1}" | "the approval process `{0}` is not right: {1}"
        => "恰写一个步骤，其 by 是能读该台账的角色，一个台账只写一个审批流程" | "write exactly one step whose by are roles that read the ledger, one approval process for a ledger";
    BadBorn = "P052": "`{0}` 不能作 `born`" | "`{0}` cannot stand in `born`"
        => "用日期字段" | "use a date field";
    NotAPath = "P053": "`{0}` 不是表样 `{1}` 的路径" | "`{0}` is no path of the sheet `{1}`"
        => "改为 {2}，或先写进 `paths`" | "write {2}, or add it to `paths` first";
    BadDefault = "P054": "`{0}` 的缺省值「{1}」不能用" | "`{1}` cannot be the default of `{0}`"
        => "改为 {2}" | "write {2}";
    BadAgrees = "P055": "`agrees` 不能用 `{0}`：{1}" | "`agrees` cannot name `{0}`: {1}"
        => "只写在 id_number 字段上；birth 用日期字段，sex 用含代码 1 和 2 的代码字段" | "write it on an id_number field; birth takes a date field, sex a code field with the codes 1 and 2";
    BadAlike = "P056": "`alike` 不能用 `{0}`：{1}" | "`alike` cannot name `{0}`: {1}"
        => "same 用不受保护的字段或 引用.字段，sounds 用本台账的文本字段" | "same takes unprotected fields or reference.field, sounds a text field of the ledger";
    BadShared = "P057": "`{0}` 的 `agrees` 不能用 `{1}`：{2}" | "`agrees` of `{0}` cannot name `{1}`: {2}"
        => "只在引用字段上这样写，列出两个台账都有的字段：标识相同、类型相同、不受保护" | "write it so on a reference only; name fields that both ledgers have, of one id and one kind, and not protected";
    BadDoubt = "P058": "`doubtful` 不能用 `{0}`：{1}" | "`doubtful` cannot use `{0}`: {1}"
        => "条件只用本台账不受保护的字段，at 是其中之一" | "the condition takes unprotected fields of the ledger, and at is one of them";
    NobodyWrites = "P059": "没有角色能填写县台账 `{0}`" | "no role writes the county's ledger `{0}`"
        => "写 of = \"…\" 归属一个有角色填写的台账，或增加一个 write 含 `{0}` 的角色" | "let it belong to a ledger that a role writes (of = \"…\"), or add a role whose write names `{0}`";
    BadExample = "P060": "`{0}` 的样例「{1}」不能用：{2}" | "`{1}` cannot be an example of `{0}`: {2}"
        => "写成 example = [\"…\", \"…\"]，代码字段写代码" | "write example = [\"…\", \"…\"], codes for a code field";
    OneHeading = "P061": "字段 `{0}` 与 `{1}` 的表头都是「{2}」，表格里分不清" | "the fields `{0}` and `{1}` are both headed `{2}`: no sheet tells them apart"
        => "给 `{0}` 换一个标题或别名" | "give `{0}` another title or alias";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
