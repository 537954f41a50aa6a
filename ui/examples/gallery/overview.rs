//! The overview: cards, matrix, lapsing, worst sites, trend.

use anju_ui::{
    Action, Cell, Choice, Column, CoverageCard, Delta, Lang, LapsingRow, Matrix, MatrixRow, PageHead, Panel, Pick, Row,
    Series, Share, Site, Table, Tone, Town, TrendChart, actions, cell, coverage_cards, download, lapsing, matrix,
    number_cell, page_head, panel, pick, table, trend_chart,
};
use maud::{Markup, html};

use crate::say;

const CARDS: [(&str, &str, &str, &str, u64, u64, i32); 5] = [
    ("党建引领", "Party building", "党的组织和工作覆盖", "Organisations and their work reach every site", 237, 240, 6),
    ("就业促进", "Employment", "有劳动力户稳定就业", "Every household able to work has steady work", 4_778, 6_692, 12),
    ("产业增收", "Industry", "户有中长期产业", "Every household has a lasting industry", 5_441, 6_409, 4),
    ("社区治理", "Governance", "网格与群众工作", "Grids, and work among residents", 785, 816, -3),
    ("帮扶到户", "Assistance", "干部包联与按期走访", "A paired cadre, visits in time", 7_553, 8_113, 0),
];

const TOWNS: [(&str, &str, usize); 11] = [
    ("城关", "Chengguan", 9),
    ("四亩地", "Simudi", 4),
    ("江口", "Jiangkou", 6),
    ("广货街", "Guanghuojie", 4),
    ("龙王", "Longwang", 3),
    ("筒车湾", "Tongchewan", 4),
    ("金川", "Jinchuan", 2),
    ("皇冠", "Huangguan", 2),
    ("太山庙", "Taishanmiao", 2),
    ("梅子", "Meizi", 2),
    ("新场", "Xinchang", 2),
];

const NAMES: [(&str, &str); 8] = [
    ("关二", "Guan'er"),
    ("河西", "Hexi"),
    ("海棠园", "Haitangyuan"),
    ("沙坪", "Shaping"),
    ("寨沟口", "Zhaigoukou"),
    ("老城", "Laocheng"),
    ("月河坪", "Yueheping"),
    ("新街", "Xinjie"),
];

const ROWS: [(&str, &str); 24] = [
    ("镇领导包抓", "Town lead"),
    ("党小组", "Party group"),
    ("组织关系转接", "Party transfer"),
    ("业主委员会", "Owners' committee"),
    ("物业公司", "Property company"),
    ("无职党员设岗", "Posts held"),
    ("社区工厂", "Factory"),
    ("劳务公司", "Labour company"),
    ("稳定就业", "Steady work"),
    ("公益性岗位", "Welfare posts"),
    ("园区", "Park"),
    ("龙头企业", "Enterprise"),
    ("中长期产业", "Lasting industry"),
    ("网格长", "Grid head"),
    ("楼院长", "Building head"),
    ("视频监控", "Video"),
    ("警务室", "Police room"),
    ("调解室", "Mediation room"),
    ("道德评议", "Moral review"),
    ("包联干部", "Paired cadre"),
    ("入户走访", "Home visits"),
    ("五包核验", "Five packages"),
    ("配套设施", "Facilities"),
    ("安心菜园", "Garden plots"),
];

fn sample(row: usize, column: usize) -> Cell {
    let mixed = (row * 7_919 + column * 104_729 + row * column * 31) % 97;
    let (tone, count) = match (row, mixed) {
        (18..=23, 0..=9) => (Tone::Lapsing, mixed as u64),
        (_, 0..=3) => (Tone::Gap, mixed as u64 + 1),
        (10 | 11, 4..=9) => (Tone::NotApplicable, 0),
        (8, 10..=12) => (Tone::Exempt, 2),
        _ => (Tone::Met, 0),
    };
    Cell { tone, count, href: (tone != Tone::NotApplicable).then(|| "#".to_owned()) }
}

fn sites_by_requirements(lang: Lang) -> Matrix {
    let mut names = NAMES.iter().cycle();
    let towns = TOWNS
        .iter()
        .map(|(zh, en, count)| Town {
            name: say(lang, zh, en),
            sites: names
                .by_ref()
                .take(*count)
                .map(|(zh, en)| Site { name: say(lang, zh, en), href: Some("#".into()) })
                .collect(),
        })
        .collect();
    let rows = ROWS
        .iter()
        .enumerate()
        .map(|(row, (zh, en))| MatrixRow {
            name: say(lang, zh, en),
            title: say(lang, zh, en),
            href: "#".into(),
            cells: (0..40).map(|column| sample(row, column)).collect(),
        })
        .collect();
    Matrix { towns, rows }
}

fn head(lang: Lang) -> PageHead {
    let choices = [("宁陕县", "Ningshan", 0), ("江口镇", "Jiangkou", 1), ("河西安置点", "Hexi", 2)];
    let choices = choices
        .iter()
        .map(|(zh, en, depth)| Choice { value: (*en).into(), name: say(lang, zh, en), depth: *depth })
        .collect();
    PageHead {
        title: say(lang, "宁陕县", "Ningshan County"),
        aside: Some(say(lang, "40 个安置点 · 8,113 户 · 2.2万 人", "40 sites · 8,113 households · 22,000 people")),
        below: Some(say(
            lang,
            "截至 2020-05-16 09:41，刚刚随「江口镇 · 入户走访」更新",
            "As of 2020-05-16 09:41, updated with “Jiangkou · home visits”",
        )),
        actions: html! {
            (pick(lang, &Pick { action: "#".into(), name: "area".into(), choices, ..Pick::default() }))
            (download(lang, "#", "CSV"))
            (actions(&[Action { name: say(lang, "生成通报", "Bulletin"), href: "#".into(), first: true }]))
        },
        ..PageHead::default()
    }
}

fn cards(lang: Lang) -> Vec<CoverageCard> {
    CARDS
        .iter()
        .map(|(zh, en, promise_zh, promise_en, met, of, change)| CoverageCard {
            title: say(lang, zh, en),
            href: "#".into(),
            promise: say(lang, promise_zh, promise_en),
            share: Share::new(*met, *of),
            delta: Some(Delta(*change)),
            gap_href: "#".into(),
            trend: (0..12).map(|at| f64::from(*change * at + (at * 37 + *change * 5) % 11)).collect(),
            note: None,
        })
        .collect()
}

fn lapsing_rows(lang: Lang) -> Vec<LapsingRow> {
    [
        ("走访到期", "Visits", "包联干部", "Paired cadre", [212, 688, 2_140]),
        ("务工合同到期", "Work contracts", "劳务公司", "Labour company", [37, 151, 402]),
        ("季度道德评议", "Quarterly review", "安置点", "Site", [4, 19, 40]),
        ("楼长任期届满", "Building heads' terms", "网格长", "Grid head", [0, 6, 31]),
        ("视频设备巡检", "Video inspection", "物业公司", "Property company", [2, 8, 22]),
    ]
    .iter()
    .map(|(zh, en, owner_zh, owner_en, counts)| LapsingRow {
        name: say(lang, zh, en),
        href: "#".into(),
        owner: say(lang, owner_zh, owner_en),
        counts: *counts,
    })
    .collect()
}

fn worst(lang: Lang) -> Markup {
    let rows = [
        ("江口镇 · 河西", "Jiangkou · Hexi", 62, "稳定就业 41、走访 12、菜园 9", "steady work 41, visits 12, garden 9", 3),
        ("城关镇 · 关二", "Chengguan · Guan'er", 55, "稳定就业 38、产业 17", "steady work 38, industry 17", 1),
        ("广货街镇 · 沙坪", "Guanghuojie · Shaping", 43, "走访 29、设施 14", "visits 29, facilities 14", 5),
        ("筒车湾镇 · 海棠园", "Tongchewan · Haitangyuan", 31, "稳定就业 22、党员活动 9", "steady work 22, Party activity 9", 0),
    ]
    .iter()
    .map(|(zh, en, gaps, most_zh, most_en, overdue)| {
        Row::of(vec![
            html! { a href="#" { (say(lang, zh, en)) } },
            html! { b.gap { (number_cell(*gaps)) } },
            html! { span.quiet { (say(lang, most_zh, most_en)) } },
            html! { @if *overdue > 0 { span.gap { (overdue) (say(lang, " 逾期", " overdue")) } } @else { (cell(&say(lang, "无", "none"))) } },
        ])
    })
    .collect();
    let body = table(
        lang,
        &Table {
            caption: say(lang, "缺口最多的安置点", "Sites with most gaps"),
            columns: vec![
                Column::text(say(lang, "安置点", "Site")),
                Column::number(say(lang, "缺口", "Gaps")),
                Column::text(say(lang, "主要是", "Mostly")).second(),
                Column::number(say(lang, "事项", "Cases")),
            ],
            rows,
            ..Table::default()
        },
    );
    panel(&Panel { title: say(lang, "缺口最多的安置点", "Sites with most gaps"), body, ..Panel::default() })
}

fn trend(lang: Lang) -> Markup {
    let labels = (0..12).map(|at| format!("{}-{:02}", 2019 + (at + 5) / 12, (at + 5) % 12 + 1)).collect();
    let series = CARDS
        .iter()
        .enumerate()
        .map(|(line, (zh, en, .., met, of, change))| Series {
            name: say(lang, zh, en),
            points: (0..12)
                .map(|at| {
                    *met as f64 * 100.0 / *of as f64
                        - f64::from(11 - at) * f64::from(*change) / 10.0
                        - f64::from((at * 7 + line as i32) % 3) * 0.2
                })
                .collect(),
        })
        .collect();
    let chart =
        TrendChart { title: say(lang, "五项覆盖率", "The five coverages"), unit: "%".into(), labels, series };
    panel(&Panel {
        title: say(lang, "近一年走势", "Over the past year"),
        body: trend_chart(lang, &chart),
        ..Panel::default()
    })
}

/// The body of the page.
pub fn body(lang: Lang) -> Markup {
    html! {
        (page_head(lang, &head(lang)))
        (coverage_cards(lang, &cards(lang)))
        (matrix(lang, &sites_by_requirements(lang)))
        div.grid { (lapsing(lang, &lapsing_rows(lang))) (worst(lang)) }
        (trend(lang))
    }
}
