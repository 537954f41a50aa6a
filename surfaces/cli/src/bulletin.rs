//! `anju bulletin`: every published figure, or the text around them.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use anju_app::{App, Scope};
use anju_pack::{Passage, Piece};
use anju_ui::Lang;

use crate::args::{BulletinArgs, ProseFormat};
use crate::ending::Ending;
use crate::opening;

/// The bulletin of a place and period.
///
/// # Errors
/// `Usage` for an unknown area, date or language, `Cannot` when there is no county.
pub async fn run(dir: Option<&Path>, args: BulletinArgs) -> Result<(), Ending> {
    let app = opening::county(dir, &args.place).await?;
    let period = app.period(args.from.as_deref(), args.to.as_deref())?;
    let mut scope = app.scope(args.area.as_deref(), None)?;
    if let Some((_, to)) = period {
        scope.on = to;
    }
    let mut out = std::io::stdout().lock();
    match args.format {
        ProseFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &app.facts(&scope, period)).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        ProseFormat::Text => {
            let lang = Lang::parse(&args.lang).ok_or_else(|| Ending::Usage(format!("language “{}”: write zh-CN or en", args.lang)))?;
            write!(out, "{}", prose(&app, lang, &scope, period))?;
        }
    }
    Ok(())
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
            Piece::Met(ix) => app.outcome(scope.on).counts(*ix, &scope.area).met.to_string(),
        })
        .collect()
}
