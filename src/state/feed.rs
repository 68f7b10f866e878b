//! A chart's line to the engine: asks when something changed, for as long as the chart is there.

use leptos::prelude::*;

use super::charts::Feed;
use super::run::Run;
use crate::protocol::ChartSpec;
use crate::reactive::{Read, effect, memo};

/// Asks the engine for a chart as long as the owner lives: again when `spec` changes or one of its
/// metrics grew, and for the points under the pointer when it is first over what is drawn.
pub fn use_chart(run: Run, spec: Read<Option<ChartSpec>>, hover: Read<Option<f64>>) -> Feed {
    let charts = run.charts;
    let (chart, feed) = charts.add();
    on_cleanup(move || {
        charts.remove(chart);
    });
    let grown = memo(move || {
        let metrics = spec
            .with(|s| s.as_ref().map(ChartSpec::metrics))
            .unwrap_or_default();
        let of_run = run.grown.with(|grown| {
            let counts = metrics.iter().filter_map(|metric| grown.get(metric));
            counts.sum::<u64>()
        });
        of_run + run.baseline_grown.get()
    });
    effect(move || {
        // `spec` first: `grown` reads it too, and would leave it looking unchanged.
        let spec = spec.get();
        let _ = grown.get();
        if let Some(spec) = spec
            && let Some(message) = charts.request(chart, spec)
        {
            run.send(message);
        }
    });
    effect(move || {
        if let Some(message) = charts.hover(chart, hover.get()) {
            run.send(message);
        }
    });
    feed
}
