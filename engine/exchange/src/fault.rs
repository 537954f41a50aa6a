//! What is wrong with a file as a whole, as data: stable codes, localised at the edge.

use anju_record::Lang;

macro_rules! codes {
    ($($name:ident = $code:literal, $zh:literal, $en:literal;)*) => {
        /// Stable codes of faults of a file. `{0}` … are the arguments.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum BookCode { $(#[doc = $en] $name,)* }
        impl BookCode {
            /// All codes, in order.
            pub const ALL: &[Self] = &[$(Self::$name),*];
            /// The stable code, `S001` ….
            pub const fn as_str(self) -> &'static str { match self { $(Self::$name => $code,)* } }
            const fn template(self, lang: Lang) -> &'static str {
                match (self, lang) { $((Self::$name, Lang::Zh) => $zh, (Self::$name, Lang::En) => $en,)* }
            }
        }
    };
}

codes! {
    Empty = "S001", "文件是空的，请选择有内容的表格", "the file is empty; choose one that holds a table";
    TooLarge = "S002", "文件太大（超过 {0} MB），请拆成几个文件", "the file is too large (more than {0} MB); split it";
    Bomb = "S003", "文件解压后超过 {0} MB，已停止读取；请另存为新的工作簿，或拆成几个文件", "the file inflates to more than {0} MB and was not read on; save it as a new workbook or split it";
    TooManyRows = "S004", "有内容的行超过 {0} 行，请拆成几个文件", "more than {0} rows hold something; split the file";
    TooManyColumns = "S005", "工作表“{0}”第 {1} 行的内容超出第 {2} 列，请删去远处的内容", "row {1} of the page “{0}” goes beyond column {2}; remove what stands far away";
    TooManyCells = "S006", "内容太多（超过 {0} 个单元格或 {1} MB 文字），请拆成几个文件", "the file holds too much (more than {0} cells or {1} MB of text); split it";
    Protected = "S007", "文件加了密码，请在表格软件中取消密码后再上传", "the file is protected by a password; take the password off first";
    Broken = "S008", "文件已损坏，无法读取（{0}）；请用表格软件打开并另存后再上传", "the file is damaged and cannot be read ({0}); open it in a spreadsheet program, save it again and try with that";
    NotATable = "S009", "这不是 xlsx、xls 或 csv 表格，请另存为其中一种再上传", "this is no table in xlsx, xls or csv; save it as one of these";
    Picture = "S016", "不是表格文件（像是图片），请上传 xlsx、xls 或 csv", "this is no table but a picture; choose an xlsx, xls or csv";
    WebPage = "S010", "这是改了扩展名的网页，不是真正的表格；请用表格软件打开并另存为 xlsx", "this is a web page under the name of a table; open it in a spreadsheet program and save it as xlsx";
    Encoding = "S011", "文字编码无法识别（不是 UTF-8、GB18030 或 UTF-16）；请另存为 UTF-8 的 csv 或 xlsx", "the encoding of the text is not known (neither UTF-8, GB18030 nor UTF-16); save it as UTF-8 csv or as xlsx";
    Twice = "S013", "工作表“{0}”的单元格 {1} 写了两次，内容不同，不知以哪一个为准；请用表格软件打开并另存后再上传", "the cell {1} of the page “{0}” stands there twice and says different things; open the file in a spreadsheet program, save it again and try with that";
    TooManyPages = "S014", "工作表超过 {0} 个，请拆成几个文件", "the workbook has more than {0} pages; split it";
    OtherTable = "S015", "这是 {0} 格式的表格，请用表格软件打开并另存为 xlsx 再上传", "this is a table in the format {0}; open it in a spreadsheet program and save it as xlsx";
    NoPages = "S012", "工作簿里没有可读的工作表", "the workbook has no page that can be read";
}

/// Why a file was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookFault {
    /// What.
    pub code: BookCode,
    /// Arguments of the message.
    pub args: Vec<String>,
}

impl BookFault {
    pub(crate) fn new(code: BookCode, args: impl IntoIterator<Item = String>) -> Self {
        Self { code, args: args.into_iter().collect() }
    }

    pub(crate) fn broken(why: impl Into<String>) -> Self {
        Self::new(BookCode::Broken, [why.into()])
    }

    pub(crate) fn megabytes(code: BookCode, bytes: u64) -> Self {
        Self::new(code, [(bytes >> 20).max(1).to_string()])
    }

    /// One sentence: what is wrong, and the mend.
    pub fn message(&self, lang: Lang) -> String {
        let mut text = self.code.template(lang).to_owned();
        for (at, arg) in self.args.iter().enumerate() {
            text = text.replace(&format!("{{{at}}}"), arg);
        }
        text
    }
}

impl std::fmt::Display for BookFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.code.as_str(), self.message(Lang::En))
    }
}

impl std::error::Error for BookFault {}
