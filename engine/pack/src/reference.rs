//! The reference of a pack as Markdown: one page per mechanism, Chinese and English side by side.

use std::fmt::Write;

use crate::describe::{
    alike_in_words, exactly_words, figure_in_words, label_words, predicate_as_sql, requirement_in_words, shares_words,
};
use crate::model::{Field, FigureIx, Kind, LedgerIx, MechanismIx, Origin, Pack, RequirementIx, Text};

/// Pages as (file name, Markdown): `index.md`, one per mechanism, `roles.md`, `codes.md`.
pub fn reference(pack: &Pack) -> Vec<(String, String)> {
    let mut pages = vec![("index.md".to_owned(), index(pack))];
    for at in 0..pack.mechanisms.len() {
        let ix = MechanismIx(u16::try_from(at).unwrap_or(u16::MAX));
        pages.push((format!("{}.md", pack.mechanism(ix).id), mechanism(pack, ix)));
    }
    pages.push(("roles.md".to_owned(), roles(pack)));
    pages.push(("codes.md".to_owned(), codes(pack)));
    pages
}

/// Appends a line; writing to a string cannot fail.
macro_rules! line {
    ($page:expr, $($words:tt)*) => { let _ = writeln!($page, $($words)*); };
}

fn cell(words: &str) -> String {
    words.replace('|', "\\|").replace('\n', "<br>")
}

fn both(text: &Text) -> String {
    format!("{} / {}", cell(&text.zh), cell(&text.en))
}

fn written(origin: &Origin) -> String {
    if origin.file.is_empty() { "内置 / built in".to_owned() } else { format!("`{}:{}`", origin.file, origin.line) }
}

fn index(pack: &Pack) -> String {
    let mut page = String::from(
        "# 业务包参考 / Reference of the pack\n\n| 机制 / Mechanism | 承诺 / Promise | 台账 / Ledgers | 需求 / Requirements | 指标 / Figures |\n|---|---|---|---|---|\n",
    );
    for (at, mechanism) in pack.mechanisms.iter().enumerate() {
        let of = |ix: MechanismIx| usize::from(ix.0) == at;
        line!(
            page,
            "| [{}]({}.md) | {} | {} | {} | {} |",
            both(&mechanism.title),
            mechanism.id,
            both(&mechanism.promise),
            pack.ledgers.iter().filter(|ledger| of(ledger.mechanism)).count(),
            pack.requirements.iter().filter(|requirement| of(requirement.mechanism)).count(),
            pack.figures.iter().filter(|figure| of(figure.mechanism)).count()
        );
    }
    line!(
        page,
        "\n## 参数 / Parameters\n\n| id | 名称 / Name | 值 / Value | 默认 / Default | 范围 / Range |\n|---|---|---|---|---|"
    );
    for parameter in &pack.parameters {
        let range = crate::parse::entries::range_words(parameter.min, parameter.max);
        line!(
            page,
            "| `{}` | {} | {} | {} | {range} |",
            parameter.id,
            both(&parameter.title),
            parameter.value,
            parameter.default
        );
    }
    line!(page, "\n[角色 / Roles](roles.md) · [代码表 / Code lists](codes.md)");
    page
}

fn mechanism(pack: &Pack, ix: MechanismIx) -> String {
    let mechanism = pack.mechanism(ix);
    let mut page = format!(
        "# {}\n\n{}\n\n责任单位 / Office: {}\n",
        both(&mechanism.title),
        both(&mechanism.promise),
        both(&mechanism.office)
    );
    requirements(pack, ix, &mut page);
    figures(pack, ix, &mut page);
    line!(page, "\n## 台账 / Ledgers");
    for ledger in pack.ledger_ixs().filter(|ledger| pack.ledger(*ledger).mechanism == ix) {
        ledger_section(pack, ledger, &mut page);
    }
    processes(pack, ix, &mut page);
    page
}

fn requirements(pack: &Pack, ix: MechanismIx, page: &mut String) {
    line!(
        page,
        "\n## 需求 / Requirements\n\n| 行 / Row | id | 需求 / Requirement | 规则 / Rule | 出处 / Written in |\n|---|---|---|---|---|"
    );
    for at in pack.requirement_ixs().filter(|at| pack.requirement(*at).mechanism == ix) {
        let requirement = pack.requirement(at);
        let rule = rule(pack, at);
        line!(
            page,
            "| {} | `{}` | {} | {rule} | {} |",
            requirement.row,
            requirement.id,
            both(&requirement.title),
            written(&requirement.origin)
        );
    }
}

fn rule(pack: &Pack, at: RequirementIx) -> String {
    let words = requirement_in_words(pack, at);
    format!("{}<br>{}", cell(&words.zh), cell(&words.en))
}

fn figures(pack: &Pack, ix: MechanismIx, page: &mut String) {
    line!(
        page,
        "\n## 指标 / Figures\n\n| 行 / Row | id | 指标 / Figure | 单位 / Unit | 事实 / Fact | 含义 / Meaning |\n|---|---|---|---|---|---|"
    );
    for (at, figure) in pack.figures.iter().enumerate().filter(|(_, figure)| figure.mechanism == ix) {
        let words = figure_in_words(pack, FigureIx(u16::try_from(at).unwrap_or(u16::MAX)));
        let fact = figure.fact.as_ref().map_or_else(|| "—".to_owned(), |fact| format!("`{fact}`"));
        let meaning = format!("{}<br>{}", cell(&words.zh), cell(&words.en));
        line!(
            page,
            "| {} | `{}` | {} | {} | {fact} | {meaning} |",
            figure.row,
            figure.id,
            both(&figure.title),
            both(&figure.unit)
        );
    }
}

fn ledger_section(pack: &Pack, at: LedgerIx, page: &mut String) {
    let ledger = pack.ledger(at);
    line!(page, "\n### `{}` {}\n", ledger.id, both(&ledger.title));
    if !ledger.rows.is_empty() {
        line!(page, "- 行 / Rows: {}", ledger.rows.join(", "));
    }
    if let Some(owner) = ledger.of {
        line!(page, "- 归属 / Owner: `{}`", pack.ledger(owner.ledger).id);
    }
    if let Some(period) = ledger.period {
        let days = [Some(period.start), period.end];
        let names: Vec<String> = days.iter().flatten().map(|field| format!("`{}`", ledger.field(*field).id)).collect();
        line!(page, "- 期间 / Period: {}", names.join(" – "));
    }
    if let Some(born) = ledger.born {
        line!(page, "- 出生日期 / Born: `{}`", ledger.field(born).id);
    }
    line!(page, "- 显示名 / Label: {}", label_words(pack, at));
    for unique in &ledger.unique {
        let names: Vec<String> = unique.fields.iter().map(|field| format!("`{}`", ledger.field(*field).id)).collect();
        let among =
            unique.predicate.as_ref().map(|predicate| format!(" (`{}`)", predicate_as_sql(pack, at, predicate)));
        line!(page, "- 唯一 / Unique: {}{}", names.join(", "), among.unwrap_or_default());
    }
    for one in exactly_words(pack, at) {
        line!(page, "- 恰有 / Exactly: {one}");
    }
    for one in shares_words(pack, at) {
        line!(page, "- 与所引用的记录一致 / Agrees with what it names: {one}");
    }
    for alike in &ledger.alike {
        line!(page, "- 疑似重复 / Likely the same: {}", both(&alike_in_words(pack, at, alike)));
    }
    for doubt in &ledger.doubtful {
        let condition = predicate_as_sql(pack, at, &doubt.predicate);
        line!(page, "- 存疑 / Doubtful: {} (`{}`: `{condition}`)", both(&doubt.says), ledger.field(doubt.at).id);
    }
    line!(page, "- 出处 / Written in: {}\n", written(&ledger.origin));
    line!(
        page,
        "| 字段 / Field | 名称 / Name | 类型 / Kind | 必填 / Required | 保护 / Sensitive |\n|---|---|---|---|---|"
    );
    for field in &ledger.fields {
        let protection = field.sensitive.map_or_else(|| "—".to_owned(), |why| format!("{why:?}").to_lowercase());
        let required = if field.required { "✓" } else { "" };
        line!(page, "| `{}` | {} | {} | {required} | {protection} |", field.id, both(&field.title), kind(pack, field));
    }
}

fn kind(pack: &Pack, field: &Field) -> String {
    let name = field.kind.name();
    match &field.kind {
        Kind::Text { max } | Kind::LongText { max } => format!("{name} ≤ {max}"),
        Kind::Integer { unit: Some(unit), .. } => format!("{name} ({unit})"),
        Kind::Decimal { scale, unit, .. } => {
            format!("{name}.{scale}{}", unit.as_ref().map(|unit| format!(" ({unit})")).unwrap_or_default())
        }
        Kind::Code { list } => {
            let list = &pack.code_list(*list).id;
            format!("[{list}](codes.md#{list})")
        }
        Kind::Ref { to } => format!("→ `{}`", pack.ledger(*to).id),
        Kind::Area { level } => format!("{name} ({})", format!("{level:?}").to_lowercase()),
        _ => name.to_owned(),
    }
}

fn processes(pack: &Pack, ix: MechanismIx, page: &mut String) {
    for process in pack.processes.iter().filter(|process| process.mechanism == ix) {
        line!(page, "\n## 流程 / Process `{}` {}\n", process.id, both(&process.title));
        if process.approval {
            let of = &pack.ledger(process.of).id;
            line!(
                page,
                "- 审批 / Approval: `{of}` 的每次改动须另一人确认 / each change of `{of}` is confirmed by a different user\n"
            );
        }
        line!(page, "| 步骤 / Step | 从 / From | 到 / To | 角色 / Roles | 天数 / Days |\n|---|---|---|---|---|");
        let state = |at: u16| process.states.get(usize::from(at)).map_or("", String::as_str);
        for step in &process.steps {
            let from: Vec<&str> = step.from.iter().map(|at| state(*at)).collect();
            let days = step.days.map_or_else(|| "—".to_owned(), |days| days.to_string());
            line!(
                page,
                "| {} | {} | {} | {} | {days} |",
                both(&step.title),
                from.join(", "),
                state(step.to),
                step.by.join(", ")
            );
        }
    }
}

fn roles(pack: &Pack) -> String {
    let mut page = String::from("# 角色 / Roles\n");
    for role in &pack.roles {
        line!(page, "\n## `{}` {}\n\n| 键 / Key | 值 / Value |\n|---|---|", role.id, both(&role.title));
        for (key, value) in crate::roles::role_by_keys(pack, role) {
            line!(page, "| `{key}` | {} |", cell(&value));
        }
        line!(page, "\n出处 / Written in: {}", written(&role.origin));
    }
    page
}

fn codes(pack: &Pack) -> String {
    let mut page = String::from("# 代码表 / Code lists\n");
    for list in &pack.codes {
        line!(
            page,
            "\n## {}\n\n{}{}\n",
            list.id,
            both(&list.title),
            list.standard.as_ref().map(|s| format!(" — {s}")).unwrap_or_default()
        );
        line!(page, "| 代码 / Code | 名称 / Name | 表中写法 / Aliases |\n|---|---|---|");
        for value in &list.values {
            line!(page, "| `{}` | {} | {} |", value.code, both(&value.title), cell(&value.aliases.join("、")));
        }
    }
    page
}
