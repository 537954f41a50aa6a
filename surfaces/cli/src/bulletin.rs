//! `anju bulletin`: every published figure, or the text around them.

use std::fmt::Write as _;
use std::path::Path;

use anju_app::{App, Scope};
use anju_pack::{Passage, Piece};
use anju_ui::Lang;

use crate::args::{BulletinArgs, ProseFormat};
use crate::ending::Ending;
use crate::{opening, print};

/// The bulletin of a place and period.
///
/// # Errors
/// `Usage` for an unknown area, date or language, `Cannot` when there is no county.
pub async fn run(dir: Option<&Path>, args: BulletinArgs) -> Result<(), Ending> {
    let lang =
        Lang::parse(&args.lang).ok_or_else(|| Ending::Usage(format!("language “{}”: write zh-CN or en", args.lang)))?;
    let app = opening::county(dir, &args.place).await?;
    let period = app.period(args.from.as_deref(), args.to.as_deref())?;
    let mut scope = app.scope(args.area.as_deref(), None)?;
    if let Some((_, to)) = period {
        scope.on = to;
    }
    match args.format {
        ProseFormat::Json => print::json(&app.facts(&scope, period)),
        ProseFormat::Text => print::all(prose(&app, lang, &scope, period).as_bytes()),
    }
}

fn prose(app: &App, lang: Lang, scope: &Scope, period: Option<(i32, i32)>) -> String {
    let mut text = String::new();
    let mut heading = None;
    for passage in &app.pack().passages {
        let mechanism = app.pack().mechanism(passage.mechanism);
        let title = passage.title.as_ref().unwrap_or(&mechanism.title);
        if mechanism.order > 0 && heading != Some(title) {
            let _ = writeln!(text, "\n{}", anju_ui::text(lang, title));
        }
        heading = Some(title);
        let _ = writeln!(text, "{}", words(app, lang, scope, period, passage));
    }
    text
}

fn words(app: &App, lang: Lang, scope: &Scope, period: Option<(i32, i32)>, passage: &Passage) -> String {
    let pieces = if lang == Lang::Zh { &passage.zh } else { &passage.en };
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Words(words) => words.clone(),
            Piece::Figure(ix) => anju_web::figure_in_words(app.pack().figure(*ix), &app.figure(*ix, scope, period)),
            Piece::Met(ix) => {
                anju_ui::grouped(i64::try_from(app.outcome(scope.on).counts(*ix, &scope.area).met).unwrap_or(i64::MAX))
            }
        })
        .collect()
}
