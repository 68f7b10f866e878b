//! Two series of one metric over each other, and how far they agree.

use leptos::prelude::*;
use parallax_core::columns::SeriesKey;
use parallax_core::view::{Pair, Side};

use super::panel::{Panel, PanelSeries, series_id};
use crate::chart::style::{SeriesStyle, Stroke};
use crate::components::agreement::AgreementCard;
use crate::components::flow::When;
use crate::components::side_picker::SidePicker;
use crate::protocol::ToEngine;
use crate::reactive::{Read, effect, memo, on};
use crate::state::run::{Run, use_run};
use crate::state::selection::use_selection;
use crate::state::view::{ViewState, use_view};

/// Colours of the two sides.
const COLOURS: (usize, usize) = (0, 1);

/// The compare page.
#[component]
pub fn Compare() -> impl IntoView {
    let (run, view) = (use_run(), use_view());
    let chosen = view.part(|v| v.compare.clone());
    let pair = memo(move || {
        chosen.get().or_else(|| {
            run.opened
                .with(|o| o.value().and_then(|o| o.first_pair.clone()))
        })
    });
    request(run, view, pair);
    let report = memo(move || {
        let pair = pair.get()?;
        run.compared.with(|c| {
            c.as_ref()
                .filter(|c| c.pair == pair)
                .and_then(|c| c.report.clone())
        })
    });
    let series = memo(move || pair.with(|p| p.as_ref().map(panel_series).unwrap_or_default()));
    let title = memo(move || pair.with(|p| p.as_ref().map(title_of).unwrap_or_default()));
    let embed = view.part(|v| v.embed);
    view! {
        <div class="page" data-testid="compare" data-state=move || if report.with(Option::is_some) { "ready" } else { "waiting" }>
            <When on=memo(move || !embed.get())>
                <Sides pair />
            </When>
            <When on=memo(move || pair.with(Option::is_some)) fallback=move || view! { <NothingToCompare /> }
            >
                <div class="grid one">
                    <Panel title series tall=true on_toggle=move |id| super::explore::toggle_hidden(view, id) />
                </div>
                <AgreementCard report pair=memo(move || pair.get()) />
            </When>
        </div>
    }
}

/// Wants both metrics, and asks again when they grew or the span changed.
fn request(run: Run, view: ViewState, pair: Read<Option<Pair>>) {
    let span = view.part(|v| v.span);
    let x = view.part(|v| v.x);
    effect(move || {
        if let Some(pair) = pair.get() {
            run.send(ToEngine::Want {
                metrics: vec![pair.a.metric, pair.b.metric],
            });
        }
    });
    let grown = memo(move || {
        let metrics = pair.with(|p| p.as_ref().map(|p| [p.a.metric.clone(), p.b.metric.clone()]));
        run.grown.with(|grown| {
            metrics
                .iter()
                .flatten()
                .filter_map(|m| grown.get(m))
                .sum::<u64>()
        })
    });
    effect(move || {
        // `pair` first: `grown` reads it too, and would leave it looking unchanged.
        let (pair, span, x) = (pair.get(), span.get(), x.get());
        let _ = grown.get();
        if let Some(pair) = pair {
            run.send(ToEngine::Compare { pair, span, x });
        }
    });
}

#[component]
fn Sides(pair: Read<Option<Pair>>) -> impl IntoView {
    let (view, selection) = (use_view(), use_selection());
    let side = move |pick: fn(&Pair) -> &Side| {
        memo(move || pair.with(|p| p.as_ref().map(|p| pick(p).clone())))
    };
    let change = move |change: Box<dyn FnOnce(&mut Pair)>| {
        if let Some(mut new) = pair.peek() {
            change(&mut new);
            view.push(|v| v.compare = Some(new));
        }
    };
    view! {
        <div class="sides" role="group" aria-label="What is compared">
            <SidePicker name="A" catalog=selection.catalog side=side(|p| &p.a) on_change=move |side| change(Box::new(|p| p.a = side)) />
            <button
                class="button plain"
                title="Swap A and B"
                data-testid="swap"
                on:click=on(move |_| change(Box::new(|p| std::mem::swap(&mut p.a, &mut p.b))))
            >
                "⇄" <span class="sr">"Swap A and B"</span>
            </button>
            <SidePicker name="B" catalog=selection.catalog side=side(|p| &p.b) on_change=move |side| change(Box::new(|p| p.b = side)) />
        </div>
    }
}

#[component]
fn NothingToCompare() -> impl IntoView {
    let selection = use_selection();
    view! {
        <When on=memo(move || !selection.catalog.with(|c| c.metrics.is_empty()))>
            <div class="notice" data-testid="no-pair">
                <h2>"Nothing to compare"</h2>
                <p>"All metrics of this workload come from one source. A second one (a log beside a W&B run file, say) in the same folder can be held against it."</p>
            </div>
        </When>
    }
}

fn panel_series(pair: &Pair) -> Vec<PanelSeries> {
    let series = |side: &Side, colour: usize, stroke: Stroke| {
        let key = SeriesKey {
            metric: side.metric.clone(),
            source: side.source.as_str().into(),
        };
        let label = format!("{} · {}", side.metric, side.source);
        PanelSeries {
            style: SeriesStyle { colour, stroke },
            label,
            shown: true,
            key,
        }
    };
    let (a, b) = (
        series(&pair.a, COLOURS.0, Stroke::Solid),
        series(&pair.b, COLOURS.1, Stroke::Dashed),
    );
    if series_id(&a.key) == series_id(&b.key) {
        vec![a]
    } else {
        vec![a, b]
    }
}

fn title_of(pair: &Pair) -> String {
    if pair.a.metric == pair.b.metric {
        format!("{}: {} and {}", pair.a.metric, pair.a.source, pair.b.source)
    } else {
        format!(
            "{} ({}) and {} ({})",
            pair.a.metric, pair.a.source, pair.b.metric, pair.b.source
        )
    }
}
