//! Places, households and people: pack, household file, site page.
