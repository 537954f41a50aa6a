//! A site, a bulletin, an error.

use anju_ui::{
    Action, Bulletin, Empty, ErrorPage, Fact, Lang, Moment, Node, PageHead, Panel, Part, Piece, Pillar, Tab, Tone,
    bulletin, empty, error_page, facts, figure, money, page_head, panel, print_button, tabs, timeline, tree, trinity,
};
use maud::{Markup, html};

use crate::say;

fn pillars(lang: Lang) -> [Pillar; 3] {
    let lead = |name: &str| {
        vec![
            Fact::text(say(lang, "负责人", "Lead"), name),
            Fact::text(say(lang, "成立", "Since"), "2019-03-01"),
            Fact::text(say(lang, "电话", "Phone"), ""),
        ]
    };
    let met = || Some((Tone::Met, Tone::Met.word(lang).into_owned()));
    [
        Pillar {
            kind: say(lang, "党小组", "Party group"),
            name: Some(say(lang, "河西党小组", "Hexi Party group")),
            href: Some("#".into()),
            state: met(),
            facts: lead("陈永福"),
        },
        Pillar {
            kind: say(lang, "业主委员会", "Owners' committee"),
            name: Some(say(lang, "河西业委会", "Hexi committee")),
            href: Some("#".into()),
            state: met(),
            facts: lead("李桂英"),
        },
        Pillar {
            kind: say(lang, "物业公司", "Property company"),
            name: None,
            href: None,
            state: Some((Tone::Gap, Tone::Gap.word(lang).into_owned())),
            facts: vec![],
        },
    ]
}

fn grids(lang: Lang) -> Vec<Node> {
    let building = |n: u32, holder: Option<&str>| Node {
        name: say(lang, &format!("{n} 号楼"), &format!("Building {n}")),
        href: Some("#".into()),
        holder: holder.map(str::to_owned),
        note: Some(say(lang, "48 户", "48 households")),
        state: holder.is_none().then(|| (Tone::Gap, say(lang, "缺楼长", "no building head"))),
        children: vec![],
    };
    let grid = |n: u32, holder: &str, children| Node {
        name: say(lang, &format!("第 {n} 网格"), &format!("Grid {n}")),
        href: Some("#".into()),
        holder: Some(holder.into()),
        note: Some(say(lang, "96 户 271 人", "96 households, 271 people")),
        state: None,
        children,
    };
    vec![
        grid(1, "王建国", vec![building(1, Some("刘桂芳")), building(2, None)]),
        grid(2, "周德明", vec![building(3, Some("吴秀英")), building(4, Some("黄贵福"))]),
    ]
}

/// A site's page.
#[expect(clippy::too_many_lines, reason = "one page of samples")]
pub fn site(lang: Lang) -> Markup {
    let names = [
        ("概况", "About", None),
        ("要求", "Requirements", Some(24)),
        ("户", "Households", Some(192)),
        ("设施", "Facilities", Some(17)),
    ];
    let sections: Vec<Tab> = names
        .iter()
        .enumerate()
        .map(|(at, (zh, en, count))| Tab { name: say(lang, zh, en), href: "#".into(), current: at == 0, count: *count })
        .collect();
    let about = facts(
        lang,
        true,
        &[
            Fact::text(say(lang, "类别", "Kind"), &say(lang, "跨村安置", "cross-village")),
            Fact::text(say(lang, "形式", "Layout"), &say(lang, "楼栋", "apartments")),
            Fact::of(say(lang, "人口", "People"), figure(lang, 22_000)),
            Fact::of(say(lang, "投资", "Invested"), money(lang, 1_000_000_000)),
            Fact::text(say(lang, "交付", "Handed over"), "2018-11-30"),
            Fact::text(say(lang, "物业电话", "Property phone"), ""),
        ],
    );
    let past = [
        Moment {
            when: "2020-05-14".into(),
            what: say(lang, "楼道照明修复", "Stair light mended"),
            who: Some("王建国".into()),
            tone: Tone::Met,
            body: None,
        },
        Moment {
            when: "2020-05-09".into(),
            what: say(lang, "季度评议逾期", "Quarterly review overdue"),
            who: None,
            tone: Tone::Gap,
            body: Some(html! { small { (say(lang, "应于 2020-05-08 前完成", "was due by 2020-05-08")) } }),
        },
    ];
    html! {
        (page_head(lang, &PageHead {
            title: say(lang, "河西安置点", "Hexi site"),
            aside: Some(say(lang, "江口镇 · 192 户 · 542 人", "Jiangkou · 192 households · 542 people")),
            actions: print_button(lang),
            ..PageHead::default()
        }))
        (tabs(lang, &sections))
        (panel(&Panel { title: say(lang, "三位一体", "Trinity"), body: trinity(lang, &pillars(lang)), ..Panel::default() }))
        div.grid {
            (panel(&Panel { title: say(lang, "网格", "Grids"), body: tree(&grids(lang)), ..Panel::default() }))
            div.stack {
                (panel(&Panel { title: say(lang, "概况", "About"), body: about, ..Panel::default() }))
                (panel(&Panel { title: say(lang, "近况", "Lately"), body: timeline(&past), ..Panel::default() }))
                (panel(&Panel { title: say(lang, "设备", "Equipment"), body: empty(&Empty {
                    what: say(lang, "还没有登记设备", "No equipment on record"),
                    next: Some(say(lang, "先在台账里登记，这里便会列出", "Enter it in the ledger and it is listed here")),
                    action: Some(Action { name: say(lang, "打开设备台账", "Open the ledger"), href: "#".into(), first: false }),
                }), ..Panel::default() }))
            }
        }
    }
}

/// A bulletin.
pub fn bulletin_page(lang: Lang) -> Markup {
    let words = |zh: &str, en: &str| Piece::Text(say(lang, zh, en));
    let figure = |zh: &str, en: &str, exact: &str| Piece::Figure {
        said: say(lang, zh, en),
        exact: exact.into(),
        href: "#".into(),
    };
    let passage = vec![
        words("全县建成安置点 ", "The county has built "),
        figure("40", "40", "40"),
        words(" 个，安置 ", " sites for "),
        figure("8113", "8,113", "8,113"),
        words(" 户 ", " households, "),
        figure("2.2万", "22,000", "22,013"),
        words(
            " 人。各镇领导班子成员逐点包抓，党小组、业主委员会和物业公司三位一体，网格长、楼院长到岗到户。",
            " people. A member of each town's leadership answers for each site.",
        ),
    ];
    let part = |zh: &str, en: &str| Part { title: say(lang, zh, en), passages: vec![passage.clone(), passage.clone()] };
    bulletin(
        lang,
        &Bulletin {
            masthead: say(lang, "宁陕县易地扶贫搬迁工作通报", "Ningshan County Relocation Bulletin"),
            number: say(lang, "第 20 期", "No. 20"),
            period: say(lang, "2020-01-01 至 2020-05-16", "2020-01-01 to 2020-05-16"),
            title: say(lang, "五项机制推进后续扶持情况", "How the five mechanisms stand"),
            lead: vec![passage.clone()],
            parts: vec![part("一、党建引领全覆盖", "1. Party building"), part("二、就业促进全覆盖", "2. Employment")],
            sign: vec![say(lang, "县搬迁办", "County office"), "2020-05-16".into()],
        },
    )
}

/// An error.
pub fn error(lang: Lang) -> Markup {
    error_page(
        lang,
        &ErrorPage {
            status: 404,
            what: say(lang, "没有这一户", "There is no such household"),
            value: Some("NS99999<script>".into()),
            mend: say(
                lang,
                "请核对户编号，或在上方按姓名查找。",
                "Check the number, or find the household by name above.",
            ),
            ways: vec![
                Action { name: say(lang, "回到总览", "Overview"), href: "#".into(), first: true },
                Action { name: say(lang, "全部住户", "All households"), href: "#".into(), first: false },
            ],
        },
    )
}
