//! Two series over each other, the strip of their differences below, and the figures beside them.

use leptos::prelude::*;
use parallax_compare::PairReport;
use parallax_compare::explain::Suggestion;
use parallax_model::key::SeriesKey;
use parallax_text::en;
use parallax_view::{Pair, Side, Span, XChoice, around};

use super::Sides;
use crate::chart::style::{SeriesStyle, Stroke};
use crate::components::agreement::AgreementCard;
use crate::components::compare_form::CompareForm;
use crate::components::gap_report::{GapCard, Gaps};
use crate::components::offers::Offers;
use crate::components::side_picker::SidePicker;
use crate::pages::panel::{Panel, PanelSeries};
use crate::protocol::compare::ToCompare;
use crate::protocol::{PairPart, PairSpec};
use crate::state::comparison::{Comparison, use_comparison};
use crate::state::run::{Run, use_run};
use crate::state::view::use_view;
use crate::state::wanted::use_metrics;

/// Colours of A, of B and of their difference.
const COLOURS: (usize, usize, usize) = (0, 1, 4);

/// One pair.
#[component]
pub fn PairPage(
    /// What exists on both sides.
    sides: Sides,
) -> impl IntoView {
    let (run, view, comparison) = (use_run(), use_view(), use_comparison());
    let settings = view.part(|v| (v.compare.clone(), v.comparing.clone(), v.span, v.x));
    let spec = Memo::new(move |_| {
        let (pair, comparing, span, x) = settings.get();
        Some(PairSpec {
            pair: pair?,
            comparing,
            span,
            x,
        })
    });
    load_metrics(run, comparison, sides, spec);
    request_report(run, comparison, spec);
    let report = Memo::new(move |_| {
        let (of, report) = comparison.pair.get()?;
        report.filter(|_| spec.read().as_ref() == Some(&of))
    });
    let names = Memo::new(move |_| spec.read().as_ref().map(names_of).unwrap_or_default());
    let title = move || {
        spec.read()
            .as_ref()
            .map(|s| title_of(&s.pair))
            .unwrap_or_default()
    };
    let curves = Memo::new(move |_| spec.read().as_ref().map(curves_of).unwrap_or_default());
    let strip = Memo::new(move |_| {
        let spec = spec.read();
        let is_relative = spec.as_ref().is_some_and(|s| s.comparing.relative);
        strip_of(&names.read(), is_relative)
    });
    let strip_title = move || {
        let (a, b) = names.get();
        format!("Δ = {b} − {a}")
    };
    let is_embedded = view.part(|v| v.embed);
    let state = move || match &*report.read() {
        Some(_) => "ready",
        None => "waiting",
    };
    view! {
        <div class="stack" data-testid="pair-page" data-state=state>
            <Show when=move || !is_embedded.get()><Head sides spec /></Show>
            <div class="pair">
                <div class="stack">
                    <Panel title series=curves tall=true pair=(spec, PairPart::Curves) on_toggle=|_| () />
                    <Panel title=strip_title series=strip low=true pair=(spec, PairPart::Strip) on_toggle=|_| () />
                </div>
                <Report report names />
            </div>
        </div>
    }
}

/// Loads the metrics of both sides.
fn load_metrics(run: Run, comparison: Comparison, sides: Sides, spec: Memo<Option<PairSpec>>) {
    let metrics = Memo::new(move |_| {
        let PairSpec {
            pair, comparing, ..
        } = spec.get()?;
        Some((pair.a.metric, pair.b.metric, comparing.baseline.is_some()))
    });
    use_metrics(move || match metrics.get() {
        Some((a, b, false)) => vec![a, b],
        Some((_, b, true)) => vec![b],
        None => Vec::new(),
    });
    Effect::new(move || {
        run.starts.track();
        let Some((a, _, has_baseline)) = metrics.get() else {
            return;
        };
        if has_baseline && !sides.a.read().metrics.is_empty() {
            comparison.send(&ToCompare::WantBaseline { metrics: vec![a] });
        }
    });
}

/// Requests the report, again when a setting changes or a metric grows.
fn request_report(run: Run, comparison: Comparison, spec: Memo<Option<PairSpec>>) {
    let grown = Memo::new(move |_| match &*spec.read() {
        Some(PairSpec { pair, .. }) => {
            run.growth_of(&[pair.a.metric.clone(), pair.b.metric.clone()])
        }
        None => 0,
    });
    Effect::new(move || {
        // `spec` is read before `grown`, which reads it too: else this effect would see it as
        // unchanged.
        let spec = spec.get();
        let _ = grown.get();
        if let Some(spec) = spec {
            comparison.send(&ToCompare::Pair(spec));
        }
    });
}

/// The choice of the pair, its export and its settings.
#[component]
fn Head(sides: Sides, spec: Memo<Option<PairSpec>>) -> impl IntoView {
    let (view, comparison) = (use_view(), use_comparison());
    let comparing = view.part(|v| v.comparing.clone());
    let export = move |json: bool| {
        if let Some(spec) = spec.get_untracked() {
            comparison.send(&ToCompare::Export { spec, json });
        }
    };
    view! {
        <div class="filters">
            <button class="button" data-testid="all-pairs" on:click=move |_| view.push(|v| v.compare = None)>"‹ All pairs"</button>
            <SidesPicker sides />
            <span class="grow"></span>
            <button class="button" data-testid="export-csv" on:click=move |_| export(false)>"CSV"</button>
            <button class="button" data-testid="export-json" on:click=move |_| export(true)>"JSON"</button>
            <Show when=move || comparison.export_failed.get()><span class="hint" role="alert">"The browser refused the download."</span></Show>
        </div>
        <CompareForm comparing on_change=move |new| view.push(|v| v.comparing = new) />
    }
}

#[component]
fn SidesPicker(sides: Sides) -> impl IntoView {
    let view = use_view();
    let pair = view.part(|v| v.compare.clone());
    let side = move |side: fn(&Pair) -> &Side| {
        Memo::new(move |_| pair.read().as_ref().map(|pair| side(pair).clone()))
    };
    let change = move |change: &dyn Fn(&mut Pair)| {
        view.push(|v| {
            if let Some(pair) = &mut v.compare {
                change(pair);
            }
        });
    };
    view! {
        <div class="sides" role="group" aria-label="What is compared">
            <SidePicker name="A" catalog=sides.a side=side(|p| &p.a) on_change=move |side: Side| change(&|p| p.a = side.clone()) />
            <button
                class="button plain"
                title="Swap A and B"
                data-testid="swap"
                on:click=move |_| change(&|p| std::mem::swap(&mut p.a, &mut p.b))
            >
                "⇄" <span class="sr">"Swap A and B"</span>
            </button>
            <SidePicker name="B" catalog=sides.b side=side(|p| &p.b) on_change=move |side: Side| change(&|p| p.b = side.clone()) />
        </div>
    }
}

/// The figures, the suggestions and the gaps.
#[component]
fn Report(report: Memo<Option<PairReport>>, names: Memo<(String, String)>) -> impl IntoView {
    let view = use_view();
    let agreement = Memo::new(move |_| Some(report.read().as_ref()?.agreement.clone()));
    let gaps = Memo::new(move |_| {
        let report = report.get()?;
        Some(Gaps {
            report: report.gaps,
            attempts: report.attempts,
            names: names.get(),
        })
    });
    let offers = Memo::new(move |_| report.get().map(|r| r.offers).unwrap_or_default());
    let is_transformed = view.part(|v| !v.comparing.transform.is_identity());
    let zoom_to = move |step: i64| {
        let steps = report.with_untracked(|report| {
            let gaps = &report.as_ref()?.gaps;
            let (a, b) = (gaps.a.span?, gaps.b.span?);
            Some((a.0.min(b.0), a.1.max(b.1)))
        });
        let Some(steps) = steps else { return };
        let (from, to) = around(step, steps);
        view.push(|v| {
            v.x = XChoice::Iteration;
            v.span = Span::Range {
                from: Some(from),
                to: Some(to),
            };
        });
    };
    let accept = move |offer: Suggestion| {
        view.push(|v| {
            let before = v.comparing.transform;
            v.comparing.transform = before.then(offer.transform).unwrap_or(offer.transform);
            v.comparing.method = offer.method;
        });
    };
    let undo = move |()| {
        view.push(|v| {
            v.comparing.transform = Default::default();
            v.comparing.method = Default::default();
        });
    };
    let is_partial = view.part(|v| v.span != Span::All);
    view! {
        <div class="stack report">
            <Show when=move || is_partial.get()>
                <p class="bar" data-testid="partial-span">
                    "Figures are of the shown part. "
                    <button class="button" data-testid="show-all" on:click=move |_| view.push(|v| v.span = Span::All)>"Show all"</button>
                </p>
            </Show>
            <AgreementCard agreement names on_step=zoom_to />
            <Offers offers names accepted=is_transformed on_accept=accept on_undo=undo />
            <GapCard gaps />
        </div>
    }
}

/// What the sides are called: by source, by metric where that is the same, by run where there is a
/// baseline.
fn names_of(spec: &PairSpec) -> (String, String) {
    let Pair { a, b } = &spec.pair;
    match &spec.comparing.baseline {
        Some(uid) => (format!("{} {uid}", en::BASELINE), en::THIS_RUN.to_owned()),
        None if a.source == b.source => (a.metric.clone(), b.metric.clone()),
        None => (a.source.clone(), b.source.clone()),
    }
}

fn key_of(side: &Side) -> SeriesKey {
    SeriesKey {
        metric: side.metric.clone(),
        source: side.source.as_str().into(),
    }
}

fn panel_series(key: SeriesKey, label: String, colour: usize, stroke: Stroke) -> PanelSeries {
    PanelSeries {
        key,
        style: SeriesStyle { colour, stroke },
        label,
        shown: true,
    }
}

fn curves_of(spec: &PairSpec) -> Vec<PanelSeries> {
    let label = |side: &Side, is_a: bool| {
        let changed = !is_a && !spec.comparing.transform.is_identity();
        let run = match &spec.comparing.baseline {
            Some(baseline) if is_a => format!(" · {baseline}"),
            _ => String::new(),
        };
        let note = if changed { " (changed)" } else { "" };
        format!("{} · {}{run}{note}", side.metric, side.source)
    };
    let Pair { a, b } = &spec.pair;
    let (label_a, label_b) = (label(a, true), label(b, false));
    let mut key_b = key_of(b);
    if spec.comparing.baseline.is_some() || key_of(a) == key_b {
        // One series on both sides, or the same name in two runs: the legend needs distinct keys.
        key_b.source.0.push_str(" (B)");
    }
    vec![
        panel_series(key_of(a), label_a, COLOURS.0, Stroke::Solid),
        panel_series(key_b, label_b, COLOURS.1, Stroke::Dashed),
    ]
}

/// Δ, and the steps of one side alone.
fn strip_of((a, b): &(String, String), relative: bool) -> Vec<PanelSeries> {
    let key = |metric: &str| SeriesKey {
        metric: metric.to_owned(),
        source: "Δ".into(),
    };
    let delta = if relative { "relative Δ" } else { "Δ" };
    vec![
        panel_series(key("Δ"), delta.to_owned(), COLOURS.2, Stroke::Solid),
        panel_series(
            key("only A"),
            format!("steps only in {a}"),
            COLOURS.0,
            Stroke::Solid,
        ),
        panel_series(
            key("only B"),
            format!("steps only in {b}"),
            COLOURS.1,
            Stroke::Solid,
        ),
    ]
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
