//! The page's state; each piece has one accessor.
//!
//! `view` (what the user looks at; the URL), `run` (what the engine reports: the workload list, the
//! open workload, loads), `remote` (the state of data from the API), `charts` (the requests of all
//! charts) with `feed` (those of one), `selection` (the view's choices that exist in the workload),
//! `wanted`
//! (the metrics that the page shows), `lazy` (messages for the state of lazy modules: `comparison` and `points`), `theme`, `prefs`
//! (settings in the local storage), `engine` (the link to the worker). Rows are never here: they
//! stay in the engine.

pub mod charts;
pub mod comparison;
pub mod engine;
pub mod feed;
pub mod lazy;
pub mod points;
pub mod prefs;
pub mod remote;
pub mod run;
pub mod selection;
pub mod theme;
pub mod view;
pub mod wanted;
