//! What happened to a record, as a line of events.

use anju_app::{FieldChange, HistoryEntry};
use anju_ui::{Empty, Moment, Panel, Tone, View, empty, panel, t, t_args, text, timeline};
use maud::{Markup, html};

/// Events shown before the rest is folded.
const SHOWN: usize = 10;

/// The record's history, the latest first.
pub fn history(view: &View, entries: &[HistoryEntry]) -> Markup {
    let lang = view.lang;
    let moments: Vec<_> = entries.iter().map(|entry| told(view, entry)).collect();
    let (shown, rest) = moments.split_at(moments.len().min(SHOWN));
    let body = html! {
        @if shown.is_empty() {
            (empty(&Empty { what: t(lang, "history-none").into_owned(), ..Empty::default() }))
        } @else {
            (timeline(shown))
            @if !rest.is_empty() {
                details { summary { (t_args(lang, "more-events", &[("n", rest.len().into())])) } (timeline(rest)) }
            }
        }
    };
    panel(&Panel { title: t(lang, "history").into_owned(), id: Some("history".into()), body, ..Panel::default() })
}

fn told(view: &View, entry: &HistoryEntry) -> Moment {
    let lang = view.lang;
    let what = if entry.created {
        "history-created"
    } else if entry.restored {
        "history-restored"
    } else if entry.deleted {
        "history-deleted"
    } else {
        "history-changed"
    };
    let by =
        [("actor", named(view, "actor", &entry.actor).into()), ("origin", named(view, "origin", &entry.origin).into())];
    let reason = entry.reason.as_deref().filter(|reason| !reason.is_empty());
    let body = (!entry.changes.is_empty() || reason.is_some()).then(|| {
        html! {
            @if let Some(event) = &entry.part_of { p { b { (event) } } }
            @if let Some(reason) = reason { p { (reason) } }
            @for change in &entry.changes { div { (changed(view, change)) } }
        }
    });
    Moment {
        when: anju_app::moment(entry.at_ms),
        what: t(lang, what).into_owned(),
        who: Some(t_args(lang, "history-by", &by)),
        tone: if entry.deleted { Tone::Gap } else { Tone::Plain },
        body,
    }
}

/// The word for a name that the system itself gives; other names as they are.
fn named(view: &View, kind: &str, name: &str) -> String {
    match (kind, name) {
        ("origin", "import") => t(view.lang, "origin-import").into_owned(),
        ("origin", "approval") => t(view.lang, "origin-approval").into_owned(),
        ("origin", "cli") => t(view.lang, "origin-cli").into_owned(),
        ("origin", "web") => t(view.lang, "origin-web").into_owned(),
        ("actor", "demo") => t(view.lang, "actor-demo").into_owned(),
        _ => name.to_owned(),
    }
}

fn changed(view: &View, change: &FieldChange) -> Markup {
    let lang = view.lang;
    let side = |value: &Option<String>| value.clone().unwrap_or_else(|| t(lang, "not-set").into_owned());
    html! {
        span.quiet { (text(lang, &change.title)) } " "
        del { (side(&change.before)) } " → " ins { (side(&change.after)) }
    }
}

#[cfg(test)]
mod tests {
    use anju_pack::Text;
    use anju_ui::Lang;

    use super::*;

    fn view() -> View {
        View { lang: Lang::Zh, large: false, path: "/".into(), query: Vec::new(), area: None, on: None }
    }

    #[test]
    fn a_change_is_told_with_both_values_and_escaped() {
        let change = FieldChange {
            title: Text { zh: "电话".into(), en: "Telephone".into() },
            before: None,
            after: Some("<b>".into()),
        };
        let entry = HistoryEntry {
            at_ms: 0,
            actor: "王".into(),
            origin: "web".into(),
            reason: Some("更正".into()),
            changes: vec![change],
            created: false,
            deleted: false,
            restored: false,
            seq: 1,
            part_of: Some("分户 2020-05-16".into()),
        };
        let page = history(&view(), &[entry]).into_string();
        assert!(
            page.contains("未填")
                && page.contains("&lt;b&gt;")
                && page.contains("更正")
                && page.contains("<b>分户 2020-05-16</b>")
                && page.contains("1970-01-01 08:00"),
            "{page}"
        );
    }

    #[test]
    fn a_long_history_is_folded() {
        let entry = HistoryEntry {
            at_ms: 0,
            actor: String::new(),
            origin: String::new(),
            reason: None,
            changes: Vec::new(),
            created: true,
            deleted: false,
            restored: false,
            seq: 1,
            part_of: None,
        };
        let page = history(&view(), &vec![entry; SHOWN + 3]).into_string();
        assert!(page.contains("<details>"), "{page}");
    }
}
