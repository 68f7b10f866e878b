//! What the page knows, each in one place with one accessor.
//!
//! `view` (what the user looks at; the URL), `run` (what the engine reports: the workload list, the
//! open workload, loads), `remote` (how data of the API is held), `charts` (what each chart draws)
//! with `feed` (one chart's line to the engine), `selection` (the view held against what exists),
//! `parts` (what is told to the pages that are loaded later: `comparison` and `points`), `hover`,
//! `theme`, `prefs` (what this browser remembers), `engine` (the link to the worker).
//! Points are never here: they live in the engine.

pub mod charts;
pub mod comparison;
pub mod engine;
pub mod feed;
pub mod hover;
pub mod parts;
pub mod points;
pub mod prefs;
pub mod remote;
pub mod run;
pub mod selection;
pub mod theme;
pub mod view;
