//! Places to choose from and their names in full, also for those who see no rows in them: divisions are public.

use anju_app::App;
use anju_pack::AreaLevel;
use anju_ui::{Choice, View, t, text};

/// The county, its towns, and their sites.
pub fn place_choices(app: &App, view: &View) -> Vec<Choice> {
    let county = app.county_code();
    let areas = app.areas();
    let whole = format!("{} · {}", text(view.lang, &app.county_name()), t(view.lang, "whole-county"));
    let mut choices = vec![Choice { value: county.to_owned(), name: whole, depth: 0 }];
    for town in areas.within(county, AreaLevel::Town) {
        choices.push(Choice { value: town.code.clone(), name: town.name.clone(), depth: 1 });
        for site in areas.within(&town.code, AreaLevel::Site) {
            choices.push(Choice { value: site.code.clone(), name: site.name.clone(), depth: 2 });
        }
    }
    choices
}

/// A place from its town down; the county by its own name.
pub fn full_name(app: &App, view: &View, code: &str) -> String {
    if code == app.county_code() { text(view.lang, &app.county_name()).to_owned() } else { below(app, code) }
}

fn below(app: &App, code: &str) -> String {
    let name = app.areas().path_name(code, AreaLevel::Town);
    if name.is_empty() { app.areas().name(code).to_owned() } else { name }
}
