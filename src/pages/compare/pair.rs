//! Two series over each other, the strip of their differences under them, and the figures.

use leptos::prelude::*;
use parallax_compare::PairReport;
use parallax_compare::explain::Suggestion;
use parallax_model::key::SeriesKey;
use parallax_text::en;
use parallax_view::{Pair, Side, Span, XChoice, around};

use super::Both;
use crate::chart::style::{SeriesStyle, Stroke};
use crate::components::agreement::AgreementCard;
use crate::components::compare_form::CompareForm;
use crate::components::flow::When;
use crate::components::gap_report::{GapCard, Gaps};
use crate::components::offers::Offers;
use crate::components::side_picker::SidePicker;
use crate::hooks::download;
use crate::pages::panel::{Panel, PanelSeries};
use crate::protocol::compare::ToCompare;
use crate::protocol::{PairPart, PairSpec, ToEngine};
use crate::reactive::{Read, State, effect, memo, on};
use crate::state::comparison::{Comparison, use_comparison};
use crate::state::run::{Run, use_run};
use crate::state::view::{ViewState, use_view};

/// Colours of A, of B and of their difference.
const COLOURS: (usize, usize, usize) = (0, 1, 4);

/// One pair.
#[component]
pub fn PairPage(
    /// What exists on both sides.
    both: Both,
) -> impl IntoView {
    let (run, view, comparison) = (use_run(), use_view(), use_comparison());
    let looked_at = view.part(|v| (v.compare.clone(), v.comparing.clone(), v.span, v.x));
    let spec = memo(move || {
        let (pair, comparing, span, x) = looked_at.get();
        Some(PairSpec {
            pair: pair?,
            comparing,
            span,
            x,
        })
    });
    request(run, comparison, both, spec);
    let report = memo(move || {
        comparison.pair.with(|last| {
            let (of, report) = last.as_ref()?;
            spec.with(|spec| spec.as_ref() == Some(of))
                .then(|| report.clone())?
        })
    });
    let names = memo(move || spec.with(|s| s.as_ref().map(names_of)).unwrap_or_default());
    let title =
        memo(move || spec.with(|s| s.as_ref().map(|s| title_of(&s.pair)).unwrap_or_default()));
    let curves = memo(move || spec.with(|s| s.as_ref().map(curves_of).unwrap_or_default()));
    let strip = memo(move || {
        let relative = spec.with(|s| s.as_ref().is_some_and(|s| s.comparing.relative));
        strip_of(&names.get(), relative)
    });
    let strip_title = memo(move || {
        let (a, b) = names.get();
        format!("Δ = {b} − {a}")
    });
    let embed = view.part(|v| v.embed);
    let state = move || {
        if report.with(Option::is_some) {
            "ready"
        } else {
            "waiting"
        }
    };
    view! {
        <div class="stack" data-testid="pair-page" data-state=state>
            <When on=memo(move || !embed.get())><Head both spec /></When>
            <div class="pair">
                <div class="stack">
                    <Panel title series=curves tall=true pair=(spec, PairPart::Curves) on_toggle=|_| () />
                    <Panel title=strip_title series=strip low=true pair=(spec, PairPart::Strip) on_toggle=|_| () />
                </div>
                <Results report names view />
            </div>
        </div>
    }
}

/// Wants both metrics, and asks again when they grew or the choice changed.
fn request(run: Run, comparison: Comparison, both: Both, spec: Read<Option<PairSpec>>) {
    let sides = memo(move || spec.with(|s| s.as_ref().map(|s| s.pair.clone())));
    let baseline =
        memo(move || spec.with(|s| s.as_ref().is_some_and(|s| s.comparing.baseline.is_some())));
    effect(move || {
        let Some(Pair { a, b }) = sides.get() else {
            return;
        };
        if baseline.get() {
            if both.a.with(|catalog| !catalog.metrics.is_empty()) {
                comparison.ask(&ToCompare::WantBaseline {
                    metrics: vec![a.metric],
                });
            }
            run.send(ToEngine::Want {
                metrics: vec![b.metric],
            });
        } else {
            run.send(ToEngine::Want {
                metrics: vec![a.metric, b.metric],
            });
        }
    });
    let grown = memo(move || {
        let pair = sides.get();
        let names = pair.iter().flat_map(|p| [&p.a.metric, &p.b.metric]);
        let of_run: u64 = run
            .grown
            .with(|grown| names.filter_map(|name| grown.get(name)).sum());
        of_run + run.baseline_grown.get()
    });
    effect(move || {
        // `spec` first: `grown` reads it too, and would leave it looking unchanged.
        let spec = spec.get();
        let _ = grown.get();
        if let Some(spec) = spec {
            comparison.ask(&ToCompare::Pair(spec));
        }
    });
}

/// Which pair, and how it is compared.
#[component]
fn Head(both: Both, spec: Read<Option<PairSpec>>) -> impl IntoView {
    let view = use_view();
    let comparing = view.part(|v| v.comparing.clone());
    view! {
        <div class="filters">
            <button class="button" data-testid="all-pairs" on:click=on(move |_| view.push(|v| v.compare = None))>"‹ All pairs"</button>
            <Sides both />
            <span class="grow"></span>
            <Export spec />
        </div>
        <CompareForm comparing on_change=move |new| view.push(|v| v.comparing = new) />
    }
}

#[component]
fn Sides(both: Both) -> impl IntoView {
    let view = use_view();
    let pair = view.part(|v| v.compare.clone());
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
            <SidePicker name="A" catalog=both.a side=side(|p| &p.a) on_change=move |side| change(Box::new(|p| p.a = side)) />
            <button
                class="button plain"
                title="Swap A and B"
                data-testid="swap"
                on:click=on(move |_| change(Box::new(|p| std::mem::swap(&mut p.a, &mut p.b))))
            >
                "⇄" <span class="sr">"Swap A and B"</span>
            </button>
            <SidePicker name="B" catalog=both.b side=side(|p| &p.b) on_change=move |side| change(Box::new(|p| p.b = side)) />
        </div>
    }
}

/// The aligned pair as a file.
#[component]
fn Export(spec: Read<Option<PairSpec>>) -> impl IntoView {
    let (run, comparison) = (use_run(), use_comparison());
    let failed = State::new(false);
    effect(move || {
        let Some((json, text)) = comparison.exported.get() else {
            return;
        };
        comparison.exported.set(None);
        let (ending, media_type) = if json {
            ("json", "application/json")
        } else {
            ("csv", "text/csv")
        };
        let name = format!("{}-compare.{ending}", run.uid.peek().unwrap_or_default());
        failed.set(download::save(&name, media_type, &text).is_err());
    });
    let export = move |json: bool| {
        if let Some(spec) = spec.peek() {
            comparison.ask(&ToCompare::Export { spec, json });
        }
    };
    view! {
        <button class="button" data-testid="export-csv" on:click=on(move |_| export(false))>"CSV"</button>
        <button class="button" data-testid="export-json" on:click=on(move |_| export(true))>"JSON"</button>
        <When on=failed.into()><span class="hint" role="alert">"The browser refused the download."</span></When>
    }
}

/// The figures, the offers and the gaps.
#[component]
fn Results(
    report: Read<Option<PairReport>>,
    names: Read<(String, String)>,
    view: ViewState,
) -> impl IntoView {
    let agreement = memo(move || report.with(|r| r.as_ref().map(|r| r.agreement.clone())));
    let gaps = memo(move || {
        report.with(|r| {
            r.as_ref().map(|r| Gaps {
                report: r.gaps.clone(),
                attempts: r.attempts.clone(),
                names: names.get(),
            })
        })
    });
    let offers =
        memo(move || report.with(|r| r.as_ref().map_or_else(Vec::new, |r| r.offers.clone())));
    let accepted = view.part(|v| !v.comparing.transform.is_identity());
    let look_at = move |step: i64| {
        let spans = report.with(|r| {
            let r = r.as_ref()?;
            let (a, b) = (r.gaps.a.span?, r.gaps.b.span?);
            Some((a.0.min(b.0), a.1.max(b.1)))
        });
        let Some(all) = spans else { return };
        let (from, to) = around(step, all);
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
    let part = view.part(|v| v.span != Span::All);
    view! {
        <div class="stack said">
            <When on=part>
                <p class="bar" data-testid="part">
                    "Figures are of the shown part. "
                    <button class="button" data-testid="show-all" on:click=on(move |_| view.push(|v| v.span = Span::All))>"Show all"</button>
                </p>
            </When>
            <AgreementCard agreement names on_step=look_at />
            <Offers offers names accepted on_accept=accept on_undo=undo />
            <GapCard gaps />
        </div>
    }
}

/// The names of the sides: by source, by metric where that is the same, by run where there is a
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
        // One series on both sides, or one name in two runs: the legend needs two rows.
        key_b.source.0.push_str(" (B)");
    }
    vec![
        panel_series(key_of(a), label_a, COLOURS.0, Stroke::Solid),
        panel_series(key_b, label_b, COLOURS.1, Stroke::Dashed),
    ]
}

/// Δ, and a rail for each side's own steps.
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
