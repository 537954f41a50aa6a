//! `anju bulletin`: every published figure, or the text around them.

use std::fmt::Write as _;
use std::path::Path;

use anju_app::{Actor, Scope, Told};
use anju_ui::Lang;

use crate::args::{BulletinArgs, ProseFormat, words};
use crate::ending::Ending;
use crate::{opening, print};

/// The bulletin of a place and period.
///
/// # Errors
/// `Usage` for an unknown area, date or language, `Cannot` when there is no county.
pub async fn run(dir: Option<&Path>, args: BulletinArgs) -> Result<(), Ending> {
    let lang =
        Lang::parse(&args.lang).ok_or_else(|| Ending::Usage(format!("language “{}”: write zh-CN or en", args.lang)))?;
    let actor = opening::county(dir, &args.place).await?;
    let period = actor.period(args.from.as_deref(), args.to.as_deref())?;
    let mut scope = actor.scope(args.area.as_deref(), None)?;
    if let Some((_, to)) = period {
        scope.on = to;
    }
    match args.format {
        ProseFormat::Json => print::json(&actor.facts(&scope, period)),
        ProseFormat::Text => print::all(prose(&actor, lang, &scope, period).as_bytes()),
    }
}

fn prose(actor: &Actor, lang: Lang, scope: &Scope, period: Option<(i32, i32)>) -> String {
    let mut text = String::new();
    let mut heading = None;
    for passage in actor.passages(scope, period, words(lang)) {
        let mechanism = actor.pack().mechanism(passage.mechanism);
        let title = passage.title.as_ref().unwrap_or(&mechanism.title).clone();
        if mechanism.order > 0 && heading.as_ref() != Some(&title) {
            let _ = writeln!(text, "\n{}", anju_ui::text(lang, &title));
        }
        heading = Some(title);
        let line: String = passage.pieces.iter().map(|piece| in_words(actor, piece)).collect();
        let _ = writeln!(text, "{line}");
    }
    text
}

fn in_words(actor: &Actor, piece: &Told) -> String {
    match piece {
        Told::Words(words) => words.clone(),
        Told::Figure(ix, value) => anju_ui::exact(value.value, actor.pack().figure(*ix).scale.into()),
        Told::Met(_, met) => anju_ui::grouped(i64::try_from(*met).unwrap_or(i64::MAX)),
    }
}
