//! Keeps a chart up to date: requests it from the engine whenever something changed.

use leptos::prelude::*;

use super::charts::Feed;
use super::run::Run;
use crate::protocol::ChartSpec;

/// Requests a chart until the current owner is dropped: when `spec` changes or one of its metrics
/// grows, and for the points under the pointer when it first moves over what is drawn. `None`: the
/// chart is not in sight.
pub fn use_chart(run: Run, spec: Memo<Option<ChartSpec>>) -> Feed {
    let charts = run.charts;
    let (chart, feed) = charts.add();
    on_cleanup(move || charts.remove(chart));
    let grown = Memo::new(move |_| {
        let metrics = spec.with(|spec| spec.as_ref().map(ChartSpec::metrics));
        run.growth_of(&metrics.unwrap_or_default())
    });
    Effect::new(move || {
        // `spec` is read before `grown`, which reads it too: else this effect would see it as
        // unchanged.
        let spec = spec.get();
        let _ = grown.get();
        if let Some(spec) = spec
            && let Some(message) = charts.request(chart, spec)
        {
            run.send(message);
        }
    });
    Effect::new(move || {
        if let Some(message) = charts.move_pointer(chart, charts.hover.get()) {
            run.send(message);
        }
    });
    feed
}
