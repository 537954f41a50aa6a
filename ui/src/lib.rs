//! The visual language: components over plain structs, figures as people say them, two languages, and the assets.
//!
//! Place in the way of data: a surface or mechanism asks the application for results, turns them into these structs, and gets
//! [`maud::Markup`] back. Nothing here knows a database, a pack's meaning beyond its [`anju_pack::Text`], or today's date.
//!
//! Invariants: no `style` attribute and no inline script (the policy is `style-src 'self'`); a colour never stands without a word or a
//! shape; every page reads without JavaScript; every text of our own comes from `locales/`, in both languages.
//!
//! ```
//! use anju_ui::{Column, Lang, Row, Table, table, cell, number_cell};
//! let page = table(Lang::Zh, &Table {
//!     caption: "缺口最多的安置点".into(),
//!     columns: vec![Column::text("安置点"), Column::number("缺口")],
//!     rows: vec![Row::of(vec![cell("河西 <b>"), number_cell(62)])],
//!     ..Table::default()
//! }).into_string();
//! assert!(page.contains("河西 &lt;b&gt;"));
//! ```

pub mod assets;
mod badge;
mod bars;
mod bulletin;
mod chart;
mod chips;
mod coverage_card;
mod empty;
mod facts;
mod figures;
mod form;
mod heading;
mod lang;
mod lapsing;
mod marks;
mod matrix;
mod pager;
mod panel;
mod rule;
mod shell;
mod spark;
mod stats;
mod table;
mod tabs;
mod timeline;
mod tone;
mod tree;
mod trinity;
mod view;

pub use badge::{due, due_cell, tag};
pub use bars::{AreaBar, bar, bars};
pub use bulletin::{Bulletin, Part, Piece, bulletin};
pub use chart::{Series, TrendChart, trend_chart};
pub use chips::{Chip, chips};
pub use coverage_card::{CoverageCard, coverage_card, coverage_cards};
pub use empty::{Empty, ErrorPage, empty, error_page};
pub use facts::{Fact, facts};
pub use figures::{Share, count, date, exact, figure, grouped, money, money_exact, money_said, said};
pub use form::{
    Control, Field as FormField, Input, Kind as InputKind, Theirs, area_input, field as form_field, fields, form,
    input, press, select, summary,
};
pub use heading::{Action, Crumb, PageHead, actions, breadcrumbs, download, page_head, print_button};
pub use lang::{Args, Lang, t, t_args, text};
pub use lapsing::{LapsingRow, lapsing};
pub use marks::{Mark, Portion, marks, portion_bar, portions};
pub use matrix::{Cell, Matrix, MatrixRow, Site, Town, legend, matrix};
pub use pager::{Pager, pager};
pub use panel::{Panel, panel};
pub use rule::{Rule, rule};
pub use shell::{NavItem, Own, Page, Search, shell};
pub use spark::{Delta, delta, spark};
pub use stats::{Stat, stats};
pub use table::{Align, Column, Row, Sort, Table, cell, number_cell, table};
pub use tabs::{Tab, tabs};
pub use timeline::{Moment, timeline};
pub use tone::Tone;
pub use tree::{Node, tree, tree_down};
pub use trinity::{Pillar, trinity};
pub use view::{View, with_query};

mod area_pick;
pub use area_pick::{Choice, Pick, pick};
