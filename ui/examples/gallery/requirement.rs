//! A requirement: rule, figures, by area, the named gap list.

use anju_ui::{
    AreaBar, Chip, Column, Crumb, Lang, PageHead, Pager, Panel, Row, Rule, Share, Stat, Table, Tone, bars, chips,
    count, download, due_cell, page_head, pager, panel, print_button, rule, stats, table,
};
use maud::{Markup, html};

use crate::say;

fn head(lang: Lang) -> PageHead {
    PageHead {
        crumbs: vec![
            Crumb { name: say(lang, "五项机制", "Mechanisms"), href: Some("#".into()) },
            Crumb { name: say(lang, "就业促进", "Employment"), href: Some("#".into()) },
            Crumb { name: "E1".into(), href: None },
        ],
        title: say(
            lang,
            "有劳动能力的户，至少一人稳定就业",
            "Each household able to work has one member in steady work",
        ),
        actions: html! { (print_button(lang)) (download(lang, "#", "CSV")) },
        ..PageHead::default()
    }
}

fn the_rule(lang: Lang) -> Rule {
    Rule {
        words: if lang == Lang::Zh {
            html! { "每" b { "一户" } "（有成员劳动能力不为「无」）需要至少 " b { "1 条在岗且稳定" } "的就业记录。稳定 = 合同满 6 个月，或连续 6 个月（县参数）。" }
        } else {
            html! { "Each " b { "household" } " with a member able to work needs " b { "1 current, steady" } " job: a contract of 6 months or more." }
        },
        source: "mechanisms/employment/pack/coverage.toml:12".into(),
        owner: Some(say(lang, "包联干部", "paired cadre")),
        due_days: Some(14),
    }
}

fn figures(lang: Lang) -> Markup {
    let stat = |zh: &str, en: &str, value: Markup, tone| Stat { name: say(lang, zh, en), value, tone, href: None };
    stats(&[
        stat("覆盖率", "coverage", html! { (Share::new(4_778, 6_692).text()) }, Tone::Plain),
        stat("已覆盖", "met", count(4_778), Tone::Met),
        Stat { href: Some("#".into()), ..stat("缺口", "gaps", count(1_914), Tone::Gap) },
        stat("豁免（3 个 30 天内到期）", "exempt (3 end within 30 days)", count(38), Tone::Exempt),
        stat("不适用", "not applicable", count(1_383), Tone::NotApplicable),
        stat("30 天内将失效", "lapse within 30 days", count(151), Tone::Lapsing),
    ])
}

fn areas(lang: Lang) -> Markup {
    let areas: Vec<AreaBar> = [
        ("江口镇", "Jiangkou", 707, 1_119),
        ("筒车湾镇", "Tongchewan", 559, 847),
        ("城关镇", "Chengguan", 1_233, 1_739),
        ("广货街镇", "Guanghuojie", 671, 902),
        ("皇冠镇", "Huangguan", 253, 317),
        ("新场镇", "Xinchang", 231, 231),
    ]
    .iter()
    .map(|(zh, en, met, of)| AreaBar {
        name: say(lang, zh, en),
        href: Some("#".into()),
        share: Share::new(*met, *of),
        gap_href: Some("#".into()),
    })
    .collect();
    panel(&Panel { title: say(lang, "分镇", "By town"), body: bars(lang, &areas), ..Panel::default() })
}

/// Household, site, number, hands, what is missing, owner, days left.
type Gap = (&'static str, &'static str, &'static str, &'static str, i64, &'static str, &'static str, &'static str, i32);

const GAPS: [Gap; 8] = [
    (
        "吴秀桂",
        "Wu Xiugui",
        "筒车湾镇 · 海棠园",
        "NS58490",
        3,
        "劳动合同 2020-05-02 到期",
        "Contract ended 2020-05-02",
        "吴建福 江口镇",
        -2,
    ),
    ("刘贵福", "Liu Guifu", "筒车湾镇 · 海棠园", "NS80906", 2, "从未登记就业", "No job on record", "刘德桂 县医院", -2),
    (
        "王德国",
        "Wang Deguo",
        "江口镇 · 河西",
        "NS30892",
        2,
        "劳动合同 2020-05-02 到期",
        "Contract ended 2020-05-02",
        "陈福英 江口镇",
        0,
    ),
    (
        "黄永贵",
        "Huang Yonggui",
        "筒车湾镇 · 海棠园",
        "NS85616",
        1,
        "返乡 41 天，未再就业",
        "Back home 41 days",
        "李建桂 江口镇",
        1,
    ),
    (
        "黄德明",
        "Huang Deming",
        "筒车湾镇 · 海棠园",
        "NS65200",
        3,
        "返乡 41 天，未再就业",
        "Back home 41 days",
        "周英永 县医院",
        1,
    ),
    (
        "王明英",
        "Wang Mingying",
        "城关镇 · 关二",
        "NS97985",
        3,
        "返乡 41 天，未再就业",
        "Back home 41 days",
        "周英英 县林业局",
        6,
    ),
    (
        "吴明明",
        "Wu Mingming",
        "江口镇 · 河西",
        "NS26309",
        2,
        "灵活就业，未满 6 个月",
        "Casual work, under 6 months",
        "李芳国 江口镇",
        9,
    ),
    (
        "陈永永",
        "Chen Yongyong",
        "江口镇 · 河西",
        "NS25586",
        3,
        "劳动合同 2020-05-02 到期",
        "Contract ended 2020-05-02",
        "黄贵英 江口镇",
        9,
    ),
];

fn list(lang: Lang) -> Markup {
    let filters = [
        ("全部", "All", 1_914, true),
        ("逾期", "Overdue", 233, false),
        ("合同到期", "Contract ended", 402, false),
        ("从未就业", "Never", 611, false),
    ]
    .map(|(zh, en, count, current)| Chip {
        name: say(lang, zh, en),
        count: Some(count),
        href: "#".into(),
        current,
    });
    let rows = GAPS
        .iter()
        .map(|(zh, en, site, id, hands, why_zh, why_en, owner, days)| {
            Row::of(vec![
                html! { a href="#" { (say(lang, &format!("{zh}户"), en)) } " " span.quiet { (id) } },
                html! { (site) },
                count(*hands),
                html! { (say(lang, why_zh, why_en)) },
                html! { (owner) },
                due_cell(lang, *days),
            ])
        })
        .collect();
    let body = html! {
        (chips(lang, &filters))
        (table(lang, &Table {
            caption: say(lang, "缺口名单", "Named gaps"),
            columns: vec![
                Column::text(say(lang, "户", "Household")),
                Column::text(say(lang, "安置点", "Site")).second(),
                Column::number(say(lang, "劳动力", "Hands")).second(),
                Column::text(say(lang, "缺的是什么", "What is missing")),
                Column::text(say(lang, "责任人", "Owner")).second(),
                Column::text(say(lang, "期限", "Due")),
            ],
            rows,
            ..Table::default()
        }))
        (pager(lang, Pager { page: 3, size: 50, total: 1_914 }, |_| "#".into()))
    };
    panel(&Panel {
        title: say(lang, "缺口名单", "Named gaps"),
        note: Some(say(lang, "1,914 户，逾期的在前", "1,914 households, overdue first")),
        body,
        ..Panel::default()
    })
}

/// The body of the page.
pub fn body(lang: Lang) -> Markup {
    html! {
        (page_head(lang, &head(lang)))
        (rule(lang, &the_rule(lang)))
        div.grid.wide-first {
            div.stack { (panel(&Panel { body: figures(lang), ..Panel::default() })) (list(lang)) }
            (areas(lang))
        }
    }
}
