//! What is shown of the open workload: the view's choices held against what exists.

use leptos::prelude::*;
use parallax_api::catalog::Catalog;
use parallax_model::key::SeriesKey;
use parallax_model::sorted::Sorted;
use parallax_model::source::Source;

use super::run::Run;
use super::view::ViewState;
use crate::chart::style::{COLOURS, SeriesStyle, Stroke};
use crate::protocol::ToEngine;
use crate::reactive::{Read, effect, memo};

/// The chosen metrics, sources and series.
#[derive(Clone, Copy)]
pub struct Selection {
    /// What exists; empty while nothing is known.
    pub catalog: Read<Catalog>,
    /// Chosen metrics that exist, in the order of the catalog.
    pub metrics: Read<Vec<String>>,
    /// Chosen metrics that do not exist (a link to another run's view).
    pub absent: Read<Vec<String>>,
    /// Sources that are shown.
    pub sources: Read<Vec<Source>>,
}

impl Selection {
    /// Derives it, and tells the engine which metrics are wanted.
    pub fn provide(run: Run, view: ViewState) -> Self {
        let catalog = memo(move || run.catalog().get().unwrap_or_default());
        let wanted = view.part(|v| v.metrics.clone());
        let preselected = memo(move || catalog.with(Catalog::preselected));
        let chosen = memo(move || {
            let chosen = wanted.get();
            chosen.unwrap_or_else(|| preselected.get().into_iter().collect())
        });
        let metrics = memo(move || {
            let chosen = chosen.get();
            let names =
                catalog.with(|c| c.metrics.iter().map(|m| m.name.clone()).collect::<Vec<_>>());
            names
                .into_iter()
                .filter(|name| chosen.contains(name))
                .collect::<Vec<_>>()
        });
        let absent = memo(move || {
            let missing = |name: &&str| catalog.with(|c| c.metric(name).is_none());
            let chosen = chosen.get();
            let absent = chosen.names().filter(missing).map(str::to_owned);
            absent.collect::<Vec<_>>()
        });
        let shown = view.part(|v| v.sources.clone());
        let sources = memo(move || {
            let keep = |s: &Source| {
                shown.with(|shown| shown.as_ref().is_none_or(|list| list.contains(&s.0)))
            };
            catalog.with(|c| {
                c.sources
                    .iter()
                    .filter(|s| keep(s))
                    .cloned()
                    .collect::<Vec<_>>()
            })
        });
        effect(move || {
            let metrics = metrics.get();
            if !metrics.is_empty() {
                run.send(ToEngine::Want { metrics });
            }
        });
        let selection = Self {
            catalog,
            metrics,
            absent,
            sources,
        };
        provide_context(selection);
        selection
    }

    /// The series of a metric over all its sources.
    pub fn series(self, metric: &str) -> Vec<SeriesKey> {
        let all = self
            .catalog
            .with(|c| c.metric(metric).map(|m| m.sources.clone()))
            .unwrap_or_default();
        all.into_iter()
            .map(|source| SeriesKey {
                metric: metric.to_owned(),
                source,
            })
            .collect()
    }

    /// The look of a series: colour by the metric's place in the catalog, dash by the source.
    pub fn style(self, key: &SeriesKey) -> SeriesStyle {
        SeriesStyle {
            colour: self.colour(&key.metric),
            stroke: Stroke::of(&key.source),
        }
    }

    /// The chosen metrics with their colours.
    pub fn colours(self) -> Sorted<String, usize> {
        self.metrics.with(|names| {
            names
                .iter()
                .map(|name| (name.clone(), self.colour(name)))
                .collect()
        })
    }

    fn colour(self, metric: &str) -> usize {
        let place = self
            .catalog
            .with(|c| c.metrics.iter().position(|m| m.name == metric));
        place.unwrap_or_default() % COLOURS
    }
}

/// What is shown, provided by the shell.
pub fn use_selection() -> Selection {
    use_context::<Selection>()
        .unwrap_or_else(|| Selection::provide(super::run::use_run(), super::view::use_view()))
}
