//! What changes when one pack takes another's place, and whether stored data survives it unasked.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::model::Text;
use crate::snapshot::{CodeShape, FieldShape, LedgerShape, RuleShape, Snapshot};

/// What a difference means for what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Room is added: applied by itself.
    Expansion,
    /// Something stored may no longer fit: needs consent, and archives first.
    Contraction,
    /// Nothing stored is touched.
    Neutral,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// What it means.
    pub effect: Effect,
    /// Where: `ledger`, `ledger.field`, `code.list`, `requirement.id`, …
    pub path: String,
    /// One sentence.
    pub sentence: Text,
}

use Effect::{Contraction, Expansion, Neutral};

/// All differences, in order: code lists, ledgers, parameters, requirements, figures, roles, processes.
pub fn diff(old: &Snapshot, new: &Snapshot) -> Vec<Difference> {
    let mut found = Found::default();
    found.codes(&old.codes, &new.codes);
    found.ledgers(&old.ledgers, &new.ledgers);
    found.parameters(&old.parameters, &new.parameters);
    found.rules("requirement", ("需求", "Requirement"), &old.requirements, &new.requirements);
    found.rules("figure", ("指标", "Figure"), &old.figures, &new.figures);
    found.rules("role", ("角色", "Role"), &old.roles, &new.roles);
    found.rules("process", ("流程", "Process"), &old.processes, &new.processes);
    found.0
}

#[derive(Default)]
struct Found(Vec<Difference>);

/// Pairs of old and new with the same key: what left, then what stayed or came in the new order.
fn paired<'s, T>(old: &'s [T], new: &'s [T], key: fn(&T) -> &str) -> Vec<(Option<&'s T>, Option<&'s T>)> {
    let before: HashMap<&str, &T> = old.iter().map(|entry| (key(entry), entry)).collect();
    let after: HashMap<&str, &T> = new.iter().map(|entry| (key(entry), entry)).collect();
    let left = old.iter().filter(|entry| !after.contains_key(key(entry))).map(|entry| (Some(entry), None));
    left.chain(new.iter().map(|entry| (before.get(key(entry)).copied(), Some(entry)))).collect()
}

impl Found {
    fn note(&mut self, effect: Effect, path: impl Into<String>, zh: String, en: String) {
        self.0.push(Difference { effect, path: path.into(), sentence: Text { zh, en } });
    }

    fn codes(&mut self, old: &[CodeShape], new: &[CodeShape]) {
        for pair in paired(old, new, |list| &list.id) {
            match pair {
                (Some(list), None) => {
                    self.note(
                        Contraction,
                        format!("code.{}", list.id),
                        format!("删去代码表 {}", list.id),
                        format!("Code list {} is removed", list.id),
                    );
                }
                (None, Some(list)) => {
                    self.note(
                        Expansion,
                        format!("code.{}", list.id),
                        format!("新增代码表 {}", list.id),
                        format!("Code list {} is added", list.id),
                    );
                }
                (Some(before), Some(after)) => self.values(before, after),
                (None, None) => {}
            }
        }
    }

    fn values(&mut self, old: &CodeShape, new: &CodeShape) {
        let path = format!("code.{}", new.id);
        for code in old.values.iter().filter(|code| !new.values.contains(code)) {
            let (zh, en) =
                (format!("代码表 {} 删去代码 {code}", new.id), format!("Code list {} loses the code {code}", new.id));
            self.note(Contraction, &path, zh, en);
        }
        for code in new.values.iter().filter(|code| !old.values.contains(code)) {
            let (zh, en) =
                (format!("代码表 {} 新增代码 {code}", new.id), format!("Code list {} gains the code {code}", new.id));
            self.note(Expansion, &path, zh, en);
        }
    }

    fn ledgers(&mut self, old: &[LedgerShape], new: &[LedgerShape]) {
        for pair in paired(old, new, |ledger| &ledger.id) {
            match pair {
                (Some(ledger), None) => {
                    let (zh, en) = (
                        format!("删去台账「{}」", ledger.title.zh),
                        format!("Ledger “{}” is removed", ledger.title.en),
                    );
                    self.note(Contraction, &ledger.id, zh, en);
                }
                (None, Some(ledger)) => {
                    let (zh, en) =
                        (format!("新增台账「{}」", ledger.title.zh), format!("Ledger “{}” is added", ledger.title.en));
                    self.note(Expansion, &ledger.id, zh, en);
                }
                (Some(before), Some(after)) => self.ledger(before, after),
                (None, None) => {}
            }
        }
    }

    fn ledger(&mut self, old: &LedgerShape, new: &LedgerShape) {
        let title = &new.title;
        let said = |zh: &str, en: &str| (format!("台账「{}」{zh}", title.zh), format!("Ledger “{}”: {en}", title.en));
        let mut note = |changed: bool, effect, (zh, en): (String, String)| {
            if changed {
                self.note(effect, &new.id, zh, en);
            }
        };
        note(old.title != new.title, Neutral, said("改名", "renamed"));
        note(old.of != new.of, Contraction, said("改变归属", "another owner"));
        note(old.period != new.period, Contraction, said("改变期间", "another period"));
        note(old.area != new.area, Contraction, said("改变区划字段", "another area field"));
        note(old.label != new.label, Neutral, said("改变显示名", "another label"));
        self.laws(old, new);
        for pair in paired(&old.fields, &new.fields, |field| &field.id) {
            match pair {
                (Some(field), None) => self.came_or_went(new, field, Contraction, ("删去字段", "loses the field")),
                // Rows that exist have nothing to put into it.
                (None, Some(field)) if field.required => {
                    self.came_or_went(new, field, Contraction, ("新增必填字段", "gains the required field"));
                }
                (None, Some(field)) => self.came_or_went(new, field, Expansion, ("新增字段", "gains the field")),
                (Some(before), Some(after)) => self.field(new, before, after),
                (None, None) => {}
            }
        }
    }

    /// What is asked of records beyond the kind of each field: what is asked no more, and what is asked now.
    fn laws(&mut self, old: &LedgerShape, new: &LedgerShape) {
        let laws = [
            (&old.unique, &new.unique, ("不再要求唯一", "no longer unique"), ("要求唯一", "must now be unique")),
            (
                &old.exactly,
                &new.exactly,
                ("不再要求恰有几条", "no longer exactly so many"),
                ("要求恰有一条（none of：没有）", "must now have exactly one, or none"),
            ),
            (&old.agrees, &new.agrees, ("不再要求一致", "need no longer agree"), ("要求一致", "must now agree")),
        ];
        for (before, after, went, came) in laws {
            let gone = before.iter().filter(|law| !after.contains(law)).map(|law| (Expansion, went, law));
            let added = after.iter().filter(|law| !before.contains(law)).map(|law| (Contraction, came, law));
            for (effect, (zh, en), law) in gone.chain(added) {
                let zh = format!("台账「{}」{zh}：{law}", new.title.zh);
                self.note(effect, &new.id, zh, format!("Ledger “{}”: {en}: {law}", new.title.en));
            }
        }
    }

    fn came_or_went(&mut self, ledger: &LedgerShape, field: &FieldShape, effect: Effect, (zh, en): (&str, &str)) {
        let zh = format!("台账「{}」{zh}「{}」", ledger.title.zh, field.title.zh);
        let en = format!("Ledger “{}” {en} “{}”", ledger.title.en, field.title.en);
        self.note(effect, format!("{}.{}", ledger.id, field.id), zh, en);
    }

    fn field(&mut self, ledger: &LedgerShape, old: &FieldShape, new: &FieldShape) {
        let path = format!("{}.{}", ledger.id, new.id);
        let mut note = |effect, zh: &str, en: &str| {
            let zh = format!("「{}·{}」{zh}", ledger.title.zh, new.title.zh);
            let en = format!("“{} · {}” {en}", ledger.title.en, new.title.en);
            self.note(effect, &path, zh, en);
        };
        if old.title != new.title {
            note(Neutral, "改名", "is renamed");
        }
        if (&old.kind, &old.target) != (&new.kind, &new.target) {
            let widened = old.kind == "text" && new.kind == "long_text";
            let effect = if widened { Expansion } else { Contraction };
            note(
                effect,
                &format!("由 {} 改为 {}", kind(old), kind(new)),
                &format!("changes from {} to {}", kind(old), kind(new)),
            );
        } else if old.size != new.size {
            let widened = new.kind != "area" && new.kind != "decimal" && new.size > old.size;
            let effect = if widened { Expansion } else { Contraction };
            note(effect, "改变长度或位数", "changes its size");
        }
        match (old.required, new.required) {
            (false, true) => note(Contraction, "改为必填", "becomes required"),
            (true, false) => note(Expansion, "不再必填", "is no longer required"),
            _ => {}
        }
        let narrower = new.min.is_some_and(|min| old.min.is_none_or(|before| min > before))
            || new.max.is_some_and(|max| old.max.is_none_or(|before| max < before));
        if narrower {
            note(Contraction, "收窄取值范围", "narrows its range");
        } else if (old.min, old.max) != (new.min, new.max) {
            note(Expansion, "放宽取值范围", "widens its range");
        }
        if old.sensitive != new.sensitive {
            note(Contraction, "改变保护方式，需重写存量", "changes its protection; stored values are rewritten");
        }
        if old.search != new.search {
            note(Neutral, "改变检索索引", "changes its search index");
        }
    }

    fn parameters(&mut self, old: &[(String, i64)], new: &[(String, i64)]) {
        for pair in paired(old, new, |parameter| &parameter.0) {
            let (id, zh, en) = match pair {
                (Some((id, _)), None) => (id, format!("删去参数 {id}"), format!("Parameter {id} is removed")),
                (None, Some((id, value))) => {
                    (id, format!("新增参数 {id} = {value}"), format!("Parameter {id} = {value} is added"))
                }
                (Some((_, before)), Some((id, after))) if before != after => (
                    id,
                    format!("参数 {id} 由 {before} 改为 {after}"),
                    format!("Parameter {id} changes from {before} to {after}"),
                ),
                _ => continue,
            };
            self.note(Neutral, format!("parameter.{id}"), zh, en);
        }
    }

    fn rules(&mut self, prefix: &str, what: (&str, &str), old: &[RuleShape], new: &[RuleShape]) {
        for pair in paired(old, new, |rule| &rule.id) {
            let (rule, zh, en) = match pair {
                (Some(rule), None) => (rule, "删去", "is removed"),
                (None, Some(rule)) => (rule, "新增", "is added"),
                (Some(before), Some(after)) if before.source != after.source => (after, "改变规则", "changes its rule"),
                (Some(before), Some(after)) if before.title != after.title => (after, "改名", "is renamed"),
                _ => continue,
            };
            let zh = format!("{zh}{}「{}」", what.0, rule.title.zh);
            self.note(Neutral, format!("{prefix}.{}", rule.id), zh, format!("{} “{}” {en}", what.1, rule.title.en));
        }
    }
}

fn kind(field: &FieldShape) -> String {
    field.target.as_ref().map_or_else(|| field.kind.clone(), |target| format!("{}({target})", field.kind))
}
