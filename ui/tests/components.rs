//! Each component as markup, and what no component may ever let through.

use anju_ui::*;
use maud::{Markup, html};

const HOSTILE: &str = "\"><script>alert('x')</script>&<img src=x onerror=1>";

fn hostile_matrix() -> Matrix {
    let cell = |tone, count| Cell { tone, count, href: (tone != Tone::NotApplicable).then(|| HOSTILE.to_owned()) };
    Matrix {
        towns: vec![
            Town { name: HOSTILE.into(), sites: vec![Site { name: HOSTILE.into(), href: Some(HOSTILE.into()) }; 3] },
            Town::default(),
        ],
        rows: vec![MatrixRow {
            name: HOSTILE.into(),
            title: HOSTILE.into(),
            href: HOSTILE.into(),
            cells: vec![cell(Tone::Gap, 2), cell(Tone::Met, 0)],
        }],
    }
}

fn action() -> Action {
    Action { name: HOSTILE.into(), href: HOSTILE.into(), first: true }
}

fn lists(lang: Lang) -> Vec<Markup> {
    let h = || HOSTILE.to_owned();
    let rows = vec![Row { cells: vec![cell(HOSTILE), number_cell(-5)], tone: Tone::Gap, id: Some(h()) }];
    let sort = Sort { href: h(), ascending: Some(true) };
    let columns = vec![Column::text(h()).sorted(sort), Column::number(h()).second()];
    vec![
        table(lang, &Table { caption: h(), columns, rows, foot: vec![cell(HOSTILE), cell("1")], empty: None }),
        table(
            lang,
            &Table { empty: Some(Empty { what: h(), next: Some(h()), action: Some(action()) }), ..Table::default() },
        ),
        bars(lang, &[AreaBar { name: h(), href: Some(h()), share: Share::new(1, 3), gap_href: Some(h()) }]),
        chips(lang, &[Chip { name: h(), count: Some(3), href: h(), current: true }]),
        tabs(lang, &[Tab { name: h(), href: h(), current: true, count: Some(2_000) }]),
        pager(lang, Pager { page: 2, size: 10, total: 95 }, |_| h()),
        facts(lang, true, &[Fact::text(h(), HOSTILE), Fact::text("x", "")]),
        stats(&[Stat { name: h(), value: count(7), tone: Tone::Gap, href: Some(h()) }]),
        lapsing(lang, &[LapsingRow { name: h(), href: h(), owner: h(), counts: [1, 20, 3_000] }]),
        lapsing(lang, &[]),
        tree(&[Node {
            name: h(),
            href: Some(h()),
            holder: Some(h()),
            note: Some(h()),
            state: Some((Tone::Gap, h())),
            children: vec![Node::default()],
        }]),
        timeline(&[Moment { when: h(), what: h(), who: Some(h()), tone: Tone::Gap, body: Some(html! { (HOSTILE) }) }]),
    ]
}

#[expect(clippy::too_many_lines, reason = "one sample of each component")]
fn pieces(lang: Lang) -> Vec<Markup> {
    let h = || HOSTILE.to_owned();
    let pillar =
        || Pillar { kind: h(), name: Some(h()), href: Some(h()), state: Some((Tone::Met, h())), facts: vec![] };
    let figure = Piece::Figure { said: h(), exact: h(), href: h() };
    let part = Part { title: h(), passages: vec![vec![Piece::Text(h()), figure]] };
    vec![
        coverage_card(
            lang,
            &CoverageCard {
                title: h(),
                href: h(),
                promise: h(),
                share: Share::new(2, 3),
                delta: Some(Delta(-3)),
                gap_href: h(),
                trend: vec![1.0, 2.0],
                note: Some(h()),
            },
        ),
        matrix(lang, &hostile_matrix()),
        trinity(lang, &[pillar(), pillar(), Pillar { name: None, ..pillar() }]),
        rule(lang, &Rule { words: html! { (HOSTILE) }, source: h(), owner: Some(h()), due_days: Some(1) }),
        error_page(lang, &ErrorPage { status: 422, what: h(), value: Some(h()), mend: h(), ways: vec![action()] }),
        bulletin(
            lang,
            &Bulletin {
                masthead: h(),
                number: h(),
                period: h(),
                title: h(),
                lead: vec![],
                parts: vec![part],
                sign: vec![h(), h()],
            },
        ),
        trend_chart(
            lang,
            &TrendChart {
                title: h(),
                unit: h(),
                labels: vec![h(), h()],
                series: vec![Series { name: h(), points: vec![1.0, f64::NAN] }],
            },
        ),
        pick(
            lang,
            &Pick {
                action: h(),
                name: h(),
                label: h(),
                choices: vec![Choice { value: h(), name: h(), depth: 1 }],
                current: h(),
                keep: vec![(h(), h())],
            },
        ),
        page_head(
            lang,
            &PageHead {
                crumbs: vec![Crumb { name: h(), href: Some(h()) }],
                title: h(),
                aside: Some(h()),
                below: Some(h()),
                actions: download(lang, HOSTILE, HOSTILE),
            },
        ),
        panel(&Panel {
            title: h(),
            note: Some(h()),
            actions: Some(print_button(lang)),
            id: Some(h()),
            body: due_cell(lang, -2),
        }),
    ]
}

fn whole(lang: Lang) -> Markup {
    let h = || HOSTILE.to_owned();
    let item = NavItem { name: h(), href: h(), active: true, count: 2 };
    shell(&Page {
        lang,
        title: h(),
        nav: vec![item; 7],
        area: h(),
        banner: Some(h()),
        actor: Some(h()),
        search: Some(Search { action: h(), hint: h(), value: h() }),
        lang_href: h(),
        large_href: Some(h()),
        foot: vec![h()],
        body: html! { @for part in lists(lang).into_iter().chain(pieces(lang)) { (part) } },
        ..Page::default()
    })
}

#[test]
fn hostile_text_stays_text() {
    for lang in Lang::ALL {
        let page = whole(lang).into_string();
        assert!(page.contains("&lt;script&gt;alert("), "the hostile text is not even shown");
        for forbidden in ["<script>", "<img", "\"><script>"] {
            assert!(!page.contains(forbidden), "{forbidden} got through in {lang:?}");
        }
    }
}

#[test]
fn the_content_policy_holds() {
    let page = whole(Lang::Zh).into_string();
    assert!(!page.contains(" style="), "a style attribute is refused by style-src 'self'");
    assert!(!page.contains("<style"), "so is an inline sheet");
    for script in page.split("<script").skip(1) {
        assert!(script.starts_with(" src=\""), "an inline script: {}", &script[..script.len().min(60)]);
    }
    assert_eq!(page.matches("<h1").count(), 3, "shell adds no heading; error, bulletin and page head one each");
}

#[test]
fn every_cell_of_the_matrix_says_itself() {
    let sites = vec![
        Site { name: "河西".into(), href: Some("/s/1".into()) },
        Site { name: "关二".into(), href: Some("/s/2".into()) },
    ];
    let cells = vec![Cell { tone: Tone::Gap, count: 12, href: Some("/g".into()) }];
    let picture = Matrix {
        towns: vec![Town { name: "江口".into(), sites }],
        rows: vec![MatrixRow {
            name: "警务室".into(), title: "每个安置点有警务室".into(), href: "/r".into(), cells
        }],
    };
    let zh = matrix(Lang::Zh, &picture).into_string();
    assert!(zh.contains("河西 · 警务室：缺口，12 个对象"), "{zh}");
    assert!(zh.contains("关二 · 警务室：不适用"), "a missing cell is not applicable");
    let en = matrix(Lang::En, &picture).into_string();
    assert!(en.contains("河西 · 警务室: Gap, 12 subjects"), "{en}");
}

#[test]
fn a_deadline_is_said_and_coloured() {
    let said = |days| due(Lang::Zh, days);
    assert_eq!(said(-2), (Tone::Gap, "逾期 2 天".into()));
    assert_eq!(said(0), (Tone::Lapsing, "今天到期".into()));
    assert_eq!(said(1), (Tone::Lapsing, "1 天内".into()));
    assert_eq!(said(9), (Tone::Plain, "还有 9 天".into()));
    assert_eq!(said(-729).1, "逾期 729 天");
    assert_eq!(said(-2_320).1, "逾期 6 年多");
    assert_eq!(due(Lang::En, -1).1, "1 day overdue");
    let _ = (said(i32::MIN), said(i32::MAX));
}

#[test]
fn charts_bear_empty_and_odd_numbers() {
    for points in [vec![], vec![f64::NAN], vec![f64::INFINITY, 1.0], vec![5.0], vec![5.0, 5.0]] {
        let labels = (0..points.len()).map(|at| format!("2020-0{at}")).collect();
        let chart = TrendChart {
            labels,
            series: vec![Series { name: "a".into(), points: points.clone() }],
            ..TrendChart::default()
        };
        let drawn = trend_chart(Lang::En, &chart).into_string() + &spark(Lang::En, &points).into_string();
        assert!(!drawn.contains("NaN") && !drawn.contains("inf "), "{points:?}: {drawn}");
    }
}

#[test]
fn components_look_as_agreed() {
    let card = CoverageCard {
        title: "就业促进".into(),
        href: "/m/employment".into(),
        promise: "有劳动力户稳定就业".into(),
        share: Share::new(4_778, 6_692),
        delta: Some(Delta(12)),
        gap_href: "/r/e1".into(),
        trend: vec![70.0, 70.5, 71.4],
        note: None,
    };
    insta::assert_snapshot!("coverage_card", coverage_card(Lang::Zh, &card).into_string());
    let full = CoverageCard { share: Share::new(5, 5), delta: Some(Delta(0)), ..CoverageCard::default() };
    insta::assert_snapshot!("coverage_card_full", coverage_card(Lang::En, &full).into_string());
    insta::assert_snapshot!("due", due_cell(Lang::Zh, -2).into_string() + &due_cell(Lang::En, 9).into_string());
    let row =
        LapsingRow {
            name: "走访到期".into(), href: "/l".into(), owner: "包联干部".into(), counts: [212, 688, 2_140]
        };
    insta::assert_snapshot!("lapsing", lapsing(Lang::Zh, &[row]).into_string());
    insta::assert_snapshot!(
        "pager",
        pager(Lang::Zh, Pager { page: 3, size: 50, total: 1_914 }, |page| format!("?page={page}")).into_string()
    );
    let choice = Choice { value: "610923".into(), name: "宁陕县".into(), depth: 0 };
    let pick_area = Pick {
        action: "/".into(),
        name: "area".into(),
        current: "610923".into(),
        choices: vec![choice],
        ..Pick::default()
    };
    insta::assert_snapshot!("pick", pick(Lang::Zh, &pick_area).into_string());
}
