//! What is shown of the open workload: the view's choices, limited to what exists.

use std::collections::BTreeMap;

use leptos::prelude::*;
use parallax_api::catalog::Catalog;
use parallax_model::key::SeriesKey;
use parallax_model::source::Source;

use super::run::Run;
use super::view::ViewState;
use crate::chart::style::{COLOURS, SeriesStyle, Stroke};

/// The chosen metrics, sources and series.
#[derive(Clone, Copy)]
pub struct Selection {
    /// What exists; empty while nothing is known.
    pub catalog: Memo<Catalog>,
    /// Chosen metrics that exist, in the order of the catalog.
    pub metrics: Memo<Vec<String>>,
    /// Chosen metrics that do not exist (a link to another run's view).
    pub absent: Memo<Vec<String>>,
    /// Sources that are shown.
    pub sources: Memo<Vec<Source>>,
    /// Positions of the metrics in the catalog.
    positions: Memo<BTreeMap<String, usize>>,
}

impl Selection {
    /// Provides the selection as a context.
    pub fn provide(run: Run, view: ViewState) -> Self {
        let catalog = Memo::new({
            let catalog = run.catalog();
            move |_| catalog.get().unwrap_or_default()
        });
        let from_view = view.part(|v| v.metrics.clone());
        let preselected = Memo::new(move |_| catalog.with(Catalog::preselected));
        let chosen = Memo::new(move |_| {
            let chosen = from_view.get();
            chosen.unwrap_or_else(|| preselected.get().into_iter().collect())
        });
        let metrics = Memo::new(move |_| {
            let chosen = chosen.get();
            catalog.with(|catalog| {
                let names = catalog.metrics.iter().map(|metric| metric.name.clone());
                names
                    .filter(|name| chosen.contains(name))
                    .collect::<Vec<_>>()
            })
        });
        let positions = Memo::new(move |_| {
            catalog.with(|catalog| {
                let names = catalog.metrics.iter().map(|metric| metric.name.clone());
                names.zip(0..).collect::<BTreeMap<String, usize>>()
            })
        });
        let absent = Memo::new(move |_| {
            let chosen = chosen.get();
            positions.with(|positions| {
                let absent = chosen.names().filter(|name| !positions.contains_key(*name));
                absent.map(str::to_owned).collect::<Vec<_>>()
            })
        });
        let shown = view.part(|v| v.sources.clone());
        let sources = Memo::new(move |_| {
            let mut sources = catalog.with(|catalog| catalog.sources.clone());
            if let Some(shown) = shown.get() {
                sources.retain(|source| shown.contains(&source.0));
            }
            sources
        });
        let selection = Self {
            catalog,
            metrics,
            absent,
            sources,
            positions,
        };
        provide_context(selection);
        selection
    }

    /// The series of a metric over all its sources.
    pub fn series(self, metric: &str) -> Vec<SeriesKey> {
        let position = self
            .positions
            .with(|positions| positions.get(metric).copied());
        let sources = self.catalog.with(|catalog| {
            let metric = catalog.metrics.get(position?)?;
            Some(metric.sources.clone())
        });
        let key = |source| SeriesKey {
            metric: metric.to_owned(),
            source,
        };
        sources.into_iter().flatten().map(key).collect()
    }

    /// The style of a series: colour by the metric's position in the catalog, dash by the source.
    pub fn style(self, key: &SeriesKey) -> SeriesStyle {
        SeriesStyle {
            colour: self.colour(&key.metric),
            stroke: Stroke::of(&key.source),
        }
    }

    /// The chosen metrics with their colours.
    pub fn colours(self) -> BTreeMap<String, usize> {
        let names = self.metrics.get();
        let with_colour = |name: String| {
            let colour = self.colour(&name);
            (name, colour)
        };
        names.into_iter().map(with_colour).collect()
    }

    fn colour(self, metric: &str) -> usize {
        let position = self
            .positions
            .with(|positions| positions.get(metric).copied());
        position.unwrap_or_default() % COLOURS
    }
}

/// What is shown, as the app provides it.
pub fn use_selection() -> Selection {
    use_context::<Selection>()
        .unwrap_or_else(|| Selection::provide(super::run::use_run(), super::view::use_view()))
}
