//! Components, charts, assets and languages.
