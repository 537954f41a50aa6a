//! Why an act on accounts, rights and approvals is refused, as data: stable codes, localised at the edge.

use anju_record::Lang;

macro_rules! refusals {
    ($($name:ident = $code:literal, $zh:literal, $en:literal;)*) => {
        /// Stable codes of refusals; `{0}` … are the arguments.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum RefusalCode { $(#[doc = $en] $name,)* }
        impl RefusalCode {
            /// All codes, in order.
            pub const ALL: &[Self] = &[$(Self::$name),*];
            /// The stable code, `R001` ….
            pub const fn as_str(self) -> &'static str { match self { $(Self::$name => $code,)* } }
            const fn template(self, lang: Lang) -> &'static str {
                match (self, lang) { $((Self::$name, Lang::Zh) => $zh, (Self::$name, Lang::En) => $en,)* }
            }
        }
    };
}

refusals! {
    PasswordShort = "R001", "密码至少 {0} 个字符", "A password has at least {0} characters";
    PasswordLong = "R002", "密码最多 {0} 个字符", "A password has at most {0} characters";
    PasswordClasses = "R003", "密码须包含大写字母、小写字母、数字、符号中的至少 {0} 类", "A password mixes at least {0} of capitals, small letters, digits and signs";
    PasswordHoldsLogin = "R004", "密码不能包含登录名或姓名", "A password does not hold the login or the name";
    PasswordCommon = "R005", "密码太常见或太有规律，请换一个", "The password is too common or too regular; choose another";
    PasswordUsed = "R006", "不能使用最近 {0} 次用过的密码", "The last {0} passwords may not be used again";
    PasswordWrong = "R007", "当前密码不正确", "The present password is wrong";
    LoginShape = "R010", "登录名“{0}”须为 2 至 40 个小写字母、数字、点、横线或下划线", "The login “{0}” has 2 to 40 small letters, digits, dots, hyphens or underscores";
    LoginTaken = "R011", "登录名“{0}”已存在", "The login “{0}” is taken";
    NameShape = "R012", "姓名须为 1 至 60 个字符", "A name has 1 to 60 characters";
    NotOnOneself = "R013", "不能对自己的账号这样做", "This cannot be done to one's own account";
    AccountUnknown = "R014", "没有账号“{0}”", "There is no account “{0}”";
    AccountInactive = "R015", "账号“{0}”已停用", "The account “{0}” is disabled";
    AdministratorReset = "R016", "“{0}”是三员之一：只能在服务器上用 anju account 命令处理", "“{0}” is one of the three administrators: only `anju account` at the machine does this";
    RoleUnknown = "R020", "没有角色“{0}”", "There is no role “{0}”";
    AreaUnknown = "R021", "没有地点“{0}”", "There is no place “{0}”";
    GrantOneself = "R022", "不能给自己授权", "Nobody grants to themselves";
    GrantBeyond = "R023", "超出本人权限：不能在此地授予“{0}”", "Beyond one's own rights: “{0}” cannot be granted there";
    GrantAlone = "R024", "角色“{0}”须单独持有，该账号还有或将有其他角色", "The role “{0}” is held alone; the account has or would have another";
    GrantPeriod = "R025", "授权期限不对：结束不能早于开始或今天", "The period is wrong: it cannot end before it begins, or before today";
    GrantHeld = "R026", "该账号已有此授权", "The account holds this grant already";
    GrantUnknown = "R027", "没有这项授权，或已结束", "There is no such grant, or it has ended";
    ReasonShape = "R030", "请写明理由，2 至 200 字", "Give a reason of 2 to 200 characters";
    MakerChecks = "R031", "提出人不能自己确认", "Whoever proposes does not confirm";
    ConcernsChecker = "R032", "不能确认涉及本人账号的事项", "Nobody confirms what concerns their own account";
    NotWaiting = "R033", "该事项已被处理", "This was settled already";
    OutOfDate = "R034", "提出后数据或权限已变化，不能照此确认：{0}", "Data or rights have changed since it was proposed: {0}";
    NotTheMaker = "R035", "只有提出人可以撤回", "Only whoever proposed can withdraw";
    ReasonNumber = "R036", "理由中不要写身份证号或电话号码", "Write no ID or telephone number into a reason";
    SettingUnknown = "R040", "没有设置项“{0}”", "There is no setting “{0}”";
    SettingBounds = "R041", "“{0}”须为 {1} 至 {2} 的整数", "“{0}” is a whole number from {1} to {2}";
    SettingShape = "R042", "“{0}”的值不能用：{1}", "The value of “{0}” cannot be used: {1}";
    SettingProposed = "R043", "“{0}”须由另一人确认，请提出更改", "“{0}” needs a second person: propose the change";
    CodeWrong = "R050", "验证码不正确或已用过", "The code is wrong or was used";
    SecondFactorOn = "R051", "两步验证已开启", "The second factor is on already";
    SecondFactorOff = "R052", "两步验证未开启", "The second factor is not on";
    SecondFactorNeeded = "R053", "本账号的角色要求两步验证，不能关闭", "A role of this account asks for the second factor; it stays on";
    ScopeUnknown = "R060", "没有权限范围“{0}”，可选：{1}", "There is no scope “{0}”; choose of: {1}";
    TokenDays = "R061", "令牌有效期为 1 至 {0} 天", "A token is valid for 1 to {0} days";
    TokenName = "R062", "令牌名称须为 1 至 60 个字符", "A token's name has 1 to 60 characters";
    TokenMany = "R063", "有效令牌最多 {0} 个，请先作废一个", "At most {0} tokens are valid at once; end one first";
    GlassHours = "R070", "应急查看最长 {0} 小时", "Emergency access lasts at most {0} hours";
    GlassOwn = "R071", "该地点已在本人权限内", "This place is within one's rights already";
    GlassNothing = "R072", "本人没有可用于应急查看的角色", "There is no role of one's own to look with";
    SubjectTaken = "R080", "该统一身份已关联其他账号", "This identity is linked to another account";
    ListName = "R085", "查询的名称须为 1 至 {0} 个字", "The name of a list has 1 to {0} characters";
    ListLong = "R086", "筛选条件太多，请减少几项再保存", "There are too many filters to keep; choose fewer";
    ListMany = "R087", "最多保存 {0} 个查询，请先删除一个", "At most {0} lists are kept; remove one first";
    Unkept = "R090", "写入未成功：{0}", "It was not written: {0}";
}

/// One reason why an act is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Which.
    pub code: RefusalCode,
    /// What its words name.
    pub args: Vec<String>,
}

impl Refusal {
    /// In words.
    pub fn message(&self, lang: Lang) -> String {
        let mut text = self.code.template(lang).to_owned();
        for (at, arg) in self.args.iter().enumerate() {
            text = text.replace(&format!("{{{at}}}"), arg);
        }
        text
    }
}

impl RefusalCode {
    /// The refusal with what its words name.
    pub fn with(self, args: &[&str]) -> Refusal {
        Refusal { code: self, args: args.iter().map(|arg| (*arg).to_owned()).collect() }
    }
}

impl From<RefusalCode> for Refusal {
    fn from(code: RefusalCode) -> Self {
        Self { code, args: Vec::new() }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.code.as_str(), self.message(Lang::En))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_name_the_same_arguments() {
        for code in RefusalCode::ALL {
            for place in ["{0}", "{1}", "{2}"] {
                let (zh, en) = (code.template(Lang::Zh), code.template(Lang::En));
                assert_eq!(zh.contains(place), en.contains(place), "{}", code.as_str());
            }
        }
    }

    #[test]
    fn a_refusal_says_its_arguments() {
        let refusal = RefusalCode::SettingBounds.with(&["days", "0", "365"]);
        assert_eq!(refusal.to_string(), "R041 “days” is a whole number from 0 to 365");
    }
}
