//! Party members of a household, as far as each agreed to be known as one.

use anju_app::{Actor, Error, Scope, Stored};
use anju_base::{Rows, When, Which, mechanism_panel, names, standing};
use anju_ui::{Column, Row, Table, Tone, View, t, table, tag};
use maud::{Markup, html};

/// Branch, post and part taken of the members who agreed to show their membership; nothing, not even a number, of any other.
///
/// # Errors
/// `Unavailable` when the database does not answer.
pub async fn of_household(actor: &Actor, view: &View, scope: &Scope, stored: &Stored) -> Result<Markup, Error> {
    let now = When::Current(scope.on);
    let persons = Rows::read(actor, "person", Which::Of("household", stored.record.id), now).await?;
    let memberships = Rows::read(actor, "party_membership", Which::OfAny("person", &persons.ids()), now).await?;
    let agreed: Vec<_> = memberships.iter().filter(|membership| membership.holds("shows_identity")).collect();
    if agreed.is_empty() {
        return Ok(html! {});
    }
    let members: Vec<_> = agreed.iter().filter_map(|membership| membership.id("person")).collect();
    let posts = Rows::read(actor, "party_post", Which::OfAny("person", &members), now).await?;
    let branches = names(actor, "party_branch", &memberships.referred("party_branch")).await?;
    let lang = view.lang;
    let rows = agreed.iter().filter_map(|membership| {
        let person = persons.find(membership.id("person")?)?;
        let post = posts.iter().find(|post| post.id("person") == Some(person.record.id));
        let takes_part = standing(actor, scope, "member_takes_part", person.record.id);
        let branch = membership.id("party_branch").and_then(|id| branches.get(&id));
        Some(Row::of(vec![
            html! { a href=(person.href(view)) { (person.text("name")) } },
            html! { a href=(membership.href(view)) { @if let Some(branch) = branch { (branch) } } },
            html! {
                @match post {
                    Some(post) => a href=(post.href(view)) { (post.words("kind", lang)) },
                    None => span.quiet { (t(lang, "not-set")) },
                }
            },
            html! { @if let Some(tone) = takes_part.filter(|tone| *tone != Tone::NotApplicable) { (tag(tone, &tone.word(lang))) } },
        ]))
    });
    let columns = vec![
        Column::text(t(lang, "member-name")),
        Column::text(t(lang, "party-branch")),
        Column::text(t(lang, "party-post")),
        Column::text(t(lang, "party-life")).second(),
    ];
    let list =
        Table { caption: t(lang, "party-members").into_owned(), columns, rows: rows.collect(), ..Table::default() };
    Ok(mechanism_panel(
        actor,
        view,
        "party",
        html! { (table(lang, &list)) p.quiet { small { (t(lang, "party-consent")) } } },
    ))
}
