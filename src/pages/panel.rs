//! One chart with its title, legend and states.

use std::collections::BTreeMap;

use leptos::prelude::*;
use parallax_api::error::ApiError;
use parallax_model::format::{count, exact, number, utc};
use parallax_model::key::SeriesKey;
use parallax_series::Statistics;
use parallax_view::{Span, XChoice, YChoice};

use crate::chart::plot::{Plot, PlotSize};
use crate::chart::style::SeriesStyle;
use crate::components::legend::{Entry, Figure, Legend};
use crate::hooks::in_sight::use_in_sight;
use crate::protocol::{ChartReply, ChartSpec, MetricState, PairPart, PairSpec, Reading, ToEngine};
use crate::state::feed::use_chart;
use crate::state::run::use_run;
use crate::state::theme::use_theme_version;
use crate::state::view::use_view;
use crate::state::wanted::use_metrics;

/// A series of a panel.
#[derive(Clone, Debug, PartialEq)]
pub struct PanelSeries {
    /// The series.
    pub key: SeriesKey,
    /// Its style.
    pub style: SeriesStyle,
    /// Its name in the legend.
    pub label: String,
    /// Whether it is drawn.
    pub shown: bool,
}

/// The id of a series in the view and in the legend.
pub fn series_id(key: &SeriesKey) -> String {
    format!("{}@{}", key.metric, key.source.as_str())
}

/// A chart of some series.
#[component]
pub fn Panel(
    /// The title.
    #[prop(into)]
    title: Signal<String>,
    /// Its series.
    #[prop(into)]
    series: Signal<Vec<PanelSeries>>,
    /// Called with the id of a series whose legend row was clicked.
    #[prop(into)]
    on_toggle: Callback<String>,
    /// A taller plot.
    #[prop(optional)]
    tall: bool,
    /// A lower plot.
    #[prop(optional)]
    low: bool,
    /// On the compare page: the pair, and what of it is drawn.
    #[prop(optional)]
    pair: Option<(Memo<Option<PairSpec>>, PairPart)>,
) -> impl IntoView {
    let (run, view) = (use_run(), use_view());
    let figure = NodeRef::new();
    let in_sight = use_in_sight(figure);
    let size = RwSignal::new(None::<PlotSize>);
    let shown = Memo::new(move |_| {
        let mut shown = series.get();
        shown.retain(|series| series.shown);
        shown
    });
    let axes = view.part(|v| (v.x, v.span, v.scale, v.smooth));
    let spec = Memo::new(move |_| {
        let size = size.get().filter(|_| in_sight.get())?;
        let (x, span, y, smooth) = axes.get();
        let spec = ChartSpec {
            series: shown.read().iter().map(|s| s.key.clone()).collect(),
            pair: None,
            width_px: size.width_px,
            height_px: size.height_px,
            line_width_px: size.line_width_px,
            x,
            span,
            y,
            smooth,
        };
        Some(match pair {
            Some((pair, part)) => of_pair(spec, pair.get()?, part),
            None => spec,
        })
    });
    if pair.is_none() {
        use_metrics(move || match in_sight.get() {
            true => shown.read().iter().map(|s| s.key.metric.clone()).collect(),
            false => Vec::new(),
        });
    }
    let feed = use_chart(run, spec);
    let entries = move || series.read().iter().map(entry).collect::<Vec<_>>();
    let figures = Memo::new(move |_| {
        let (reply, readings) = (feed.reply.get(), feed.readings.read());
        figures(
            &series.read(),
            reply.as_deref(),
            readings.as_deref(),
            axes.get().0,
        )
    });
    let state = Memo::new(move |_| {
        let reply = feed.reply.get();
        state_of(&shown.read(), reply.as_deref(), &run.states.read())
    });
    let summary = move || {
        let reply = feed.reply.get()?;
        (*state.read() != PanelState::Loading).then(|| summary(&reply))
    };
    view! {
        <figure node_ref=figure class="chart" class:tall=tall class:low=low data-testid="chart" data-title=title data-state=move || state.read().name()>
            <header><h2 class="grow clip" title=title>{title}</h2></header>
            <Plot
                reply=feed.reply
                readings=feed.readings
                styles=move || shown.read().iter().map(|s| s.style).collect()
                theme=use_theme_version()
                label=title
                hover=run.charts.hover
                on_size=move |new| size.set(Some(new))
                on_range=move |range| view.push(|v| v.span = zoomed(range))
            />
            <Message state />
            <Legend entries=Signal::derive(entries) figures on_toggle />
            <p class="foot" data-testid="foot"><span class="clip">{summary}</span></p>
        </figure>
    }
}

/// The spec of a chart of a pair. Differences have no logarithm and are not smoothed.
fn of_pair(spec: ChartSpec, pair: PairSpec, part: PairPart) -> ChartSpec {
    let is_strip = part == PairPart::Strip;
    ChartSpec {
        y: if is_strip { YChoice::Linear } else { spec.y },
        smooth: if is_strip { 0.0 } else { spec.smooth },
        pair: Some(Box::new((pair, part))),
        ..spec
    }
}

/// The span of a range that was dragged over: whole steps or milliseconds inside it, or around it
/// where it contains none.
fn zoomed(range: Option<(f64, f64)>) -> Span {
    match range {
        Some((from, to)) if to.floor() > from.ceil() => Span::Range {
            from: Some(from.ceil()),
            to: Some(to.floor()),
        },
        Some((from, to)) => Span::Range {
            from: Some(from.floor()),
            to: Some(to.ceil().max(from.floor() + 1.0)),
        },
        None => Span::All,
    }
}

/// What a panel currently shows.
#[derive(Clone, Debug, PartialEq)]
enum PanelState {
    Loading,
    Ready,
    Empty {
        /// Whether there are points outside the shown part of the run.
        has_others: bool,
    },
    Hidden,
    Partial(ApiError),
}

impl PanelState {
    fn name(&self) -> &'static str {
        match self {
            Self::Loading => "loading",
            Self::Ready => "ready",
            Self::Empty { .. } => "empty",
            Self::Hidden => "hidden",
            Self::Partial(_) => "partial",
        }
    }
}

fn state_of(
    shown: &[PanelSeries],
    reply: Option<&ChartReply>,
    states: &BTreeMap<String, MetricState>,
) -> PanelState {
    if shown.is_empty() {
        return PanelState::Hidden;
    }
    let metrics = || shown.iter().map(|series| states.get(&series.key.metric));
    let error = metrics().find_map(|state| match state {
        Some(MetricState::Partial(error)) => Some(error.clone()),
        _ => None,
    });
    if let Some(error) = error {
        return PanelState::Partial(error);
    }
    let points: u64 = reply.map_or(0, |r| r.frame.lines.iter().map(|l| l.points).sum());
    if points > 0 {
        return PanelState::Ready;
    }
    let is_loading = metrics().any(|state| matches!(state, None | Some(MetricState::Loading)));
    match reply {
        Some(reply) if !is_loading => PanelState::Empty {
            has_others: reply.held_points > 0,
        },
        _ => PanelState::Loading,
    }
}

/// Says under the plot why it shows no points, or not all.
#[component]
fn Message(state: Memo<PanelState>) -> impl IntoView {
    let (run, view) = (use_run(), use_view());
    move || {
        match state.get() {
        PanelState::Ready => ().into_any(),
        PanelState::Loading => view! { <p class="hint foot" role="status">"Loading…"</p> }.into_any(),
        PanelState::Hidden => view! { <p class="hint foot">"All series are hidden. Click one below to show it."</p> }.into_any(),
        PanelState::Empty { has_others: false } => view! { <p class="hint foot" data-testid="empty">"No points recorded yet."</p> }.into_any(),
        PanelState::Empty { has_others: true } => view! {
            <p class="hint foot" data-testid="empty">
                "No points in this part of the run."
                <button class="button" data-testid="widen" on:click=move |_| view.push(|v| v.span = Span::All)>"Show all"</button>
            </p>
        }
        .into_any(),
        PanelState::Partial(error) => view! {
            <div class="bar" data-tone="bad" role="alert" data-testid="partial">
                <strong>{error.headline()}</strong>
                <span>{error.detail()} " " {error.advice()}</span>
                <button class="button" data-testid="retry" on:click=move |_| run.send(ToEngine::Retry)>"Retry"</button>
            </div>
        }
        .into_any(),
    }
    }
}

/// How many points there are, and which of them are not part of a line.
fn summary(reply: &ChartReply) -> String {
    // In a strip only the first series has values; the others are steps of one side.
    let is_strip = reply.spec.is_strip();
    let series = if is_strip { 1 } else { usize::MAX };
    let lines = || {
        let lines = reply.frame.lines.iter();
        lines.filter(|line| !line.ghost && line.series < series)
    };
    let points: u64 = lines().map(|line| line.points).sum();
    let drawn: u64 = lines().map(|line| line.drawn).sum();
    let unit = if is_strip { "pairs" } else { "points" };
    let mut parts = vec![format!("{} {unit}", count(points))];
    let sum = |of: fn(&Statistics) -> u64| {
        let statistics = reply.statistics.iter().take(series).flatten();
        statistics.map(of).sum::<u64>()
    };
    let non_finite = sum(|s| s.count - s.finite);
    if drawn + non_finite < points {
        parts.push("extremes kept".into());
    }
    for (n, name) in [
        (sum(|s| s.nan), "NaN"),
        (sum(|s| s.pos_inf), "∞"),
        (sum(|s| s.neg_inf), "−∞"),
        (sum(|s| s.missing), "without a value"),
    ] {
        if n > 0 {
            parts.push(format!("{} {name}", count(n)));
        }
    }
    let attempts = lines().map(|line| line.attempt).max().unwrap_or(1);
    if attempts > 1 {
        parts.push(format!("{attempts} attempts"));
    }
    parts.join(" · ")
}

fn entry(series: &PanelSeries) -> Entry {
    Entry {
        id: series_id(&series.key),
        label: series.label.clone(),
        style: series.style,
        shown: series.shown,
    }
}

/// The legend's figures: the point under the pointer, else the newest one. In the strip of a pair
/// the series after the first have counts of steps instead.
fn figures(
    all: &[PanelSeries],
    reply: Option<&ChartReply>,
    readings: Option<&[Option<Reading>]>,
    x: XChoice,
) -> Vec<Figure> {
    let figure = |series: &PanelSeries| {
        let reply = reply.filter(|_| series.shown)?;
        let index = reply
            .spec
            .series
            .iter()
            .position(|key| *key == series.key)?;
        if reply.spec.is_strip() && index > 0 {
            let statistics = reply.statistics.get(index).copied().flatten();
            return Some(Figure {
                value: count(statistics.map_or(0, |s| s.count)),
                at: String::new(),
            });
        }
        if let Some(reading) = readings.and_then(|r| r.get(index).copied().flatten()) {
            return Some(Figure {
                value: exact(reading.value),
                at: position(reading, x),
            });
        }
        let newest = reply.newest.get(index).copied().flatten()?;
        Some(Figure {
            value: exact(newest.value),
            at: String::new(),
        })
    };
    all.iter()
        .map(|series| figure(series).unwrap_or_default())
        .collect()
}

fn position(reading: Reading, x: XChoice) -> String {
    match x {
        XChoice::Iteration => format!("step {}", number(reading.step as f64, 15)),
        XChoice::Relative | XChoice::Wall => reading.time_ms.map(utc).unwrap_or_default(),
    }
}
