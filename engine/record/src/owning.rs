//! What is said of a record that does not own as many of something as it must.

use anju_pack::{LedgerIx, Pack, Text, predicate_in_words};

use crate::{Code, Problem};

impl Problem {
    /// A record of a ledger, by its name, that owns `count` of what one of the ledger's laws (`exactly`, by its position) says it owns one or none
    /// of: in the pack's own words if it has some.
    pub fn not_as_many(pack: &Pack, (ledger, law): (LedgerIx, usize), name: impl Into<String>, count: i64) -> Self {
        let one = &pack.ledger(ledger).exactly[law];
        let title = &pack.ledger(one.of).title;
        let Text { zh, en } = match one.predicate.as_ref().map(|counts| predicate_in_words(pack, one.of, counts)) {
            None => title.clone(),
            Some(words) => {
                Text { zh: format!("{}（{}）", title.zh, words.zh), en: format!("{} ({})", title.en, words.en) }
            }
        };
        let (code, words) = if one.number == 0 {
            let during = one.during.as_ref().map(|during| predicate_in_words(pack, ledger, during)).unwrap_or_default();
            let (Text { zh: during, en: whose }, of_zh, of_en) = (during, zh, en);
            let zh = format!("{during}，名下不能有“{of_zh}”，这样保存后会有 {count} 条；请先办结它们，或更正此项");
            let en = format!(
                ", whose {whose}, must have no “{of_en}” and would have {count}; settle that first, or correct this"
            );
            (Code::NotNone, Text { zh, en })
        } else {
            let of_zh = format!("应当恰有一条“{zh}”，这样保存后会有 {count} 条；请在同一次保存中补上或只留一条");
            let of_en = format!(
                " must have exactly one “{en}” and would have {count}; add it or keep only one in the same save"
            );
            (Code::NotExactlyOne, Text { zh: of_zh, en: of_en })
        };
        let own = one.says.as_ref().map(|says| Text { zh: format!("：{}", says.zh), en: format!(": {}", says.en) });
        let words = own.unwrap_or(words);
        Self::new(code, name, [words.zh, count.to_string(), words.en])
    }
}
