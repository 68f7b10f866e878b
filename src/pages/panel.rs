//! One chart with its title, legend and states.

use std::sync::Arc;

use leptos::prelude::*;
use parallax_api::error::ApiError;
use parallax_model::format::{count, exact, number, utc};
use parallax_model::key::SeriesKey;
use parallax_model::sorted::Sorted;
use parallax_view::{Span, View, XChoice, YChoice};

use crate::chart::plot::{Plot, PlotData, PlotSize};
use crate::chart::style::SeriesStyle;
use crate::components::legend::{Entry, Figure, Legend};
use crate::protocol::{ChartReply, ChartSpec, MetricState, PairPart, PairSpec, Reading, ToEngine};
use crate::reactive::{Handler, Read, State, live, memo, on, text};
use crate::state::feed::use_chart;
use crate::state::hover::use_hover;
use crate::state::run::use_run;
use crate::state::theme::use_theme_version;
use crate::state::view::use_view;

/// A series of a panel: what it is, how it looks, what it is called there.
#[derive(Clone, Debug, PartialEq)]
pub struct PanelSeries {
    /// The series.
    pub key: SeriesKey,
    /// Its look.
    pub style: SeriesStyle,
    /// Its name in the legend.
    pub label: String,
    /// Whether it is drawn.
    pub shown: bool,
}

/// The id that the view and the legend have for a series.
pub fn series_id(key: &SeriesKey) -> String {
    format!("{}@{}", key.metric, key.source.as_str())
}

/// A chart of some series.
#[component]
pub fn Panel(
    /// The title.
    #[prop(into)]
    title: Read<String>,
    /// Its series.
    #[prop(into)]
    series: Read<Vec<PanelSeries>>,
    /// Called with the id of a series whose legend row was clicked.
    #[prop(into)]
    on_toggle: Handler<String>,
    /// A taller plot.
    #[prop(optional)]
    tall: bool,
    /// A lower plot.
    #[prop(optional)]
    low: bool,
    /// On the compare page: what of a pair is drawn.
    #[prop(optional)]
    pair: Option<(Read<Option<PairSpec>>, PairPart)>,
) -> impl IntoView {
    let (run, view, hover) = (use_run(), use_view(), use_hover());
    let size = State::<Option<PlotSize>>::new(None);
    let shown =
        memo(move || series.with(|s| s.iter().filter(|s| s.shown).cloned().collect::<Vec<_>>()));
    let looked_at = view.part(|v| View {
        metrics: None,
        ..v.clone()
    });
    let spec = memo(move || {
        let size = size.get()?;
        let keys = shown.with(|s| s.iter().map(|s| s.key.clone()).collect());
        let spec = looked_at.with(|v| spec_of(v, size, keys));
        Some(match pair {
            Some((pair, part)) => of_pair(spec, pair.get()?, part),
            None => spec,
        })
    });
    let feed = use_chart(run, spec, hover.into());
    let (reply, readings) = (feed.reply, feed.readings);
    let data = PlotData {
        reply,
        readings,
        styles: memo(move || shown.with(|s| s.iter().map(|s| s.style).collect())),
        theme: use_theme_version(),
    };
    let entries = memo(move || series.with(|s| s.iter().map(entry).collect::<Vec<_>>()));
    let figures = memo(move || {
        let x = looked_at.with(|v| v.x);
        let (all, reply) = (series.get(), reply.get());
        readings.with(|readings| figures(&all, reply.as_deref(), readings.as_deref(), x))
    });
    let state = memo(move || {
        run.states
            .with(|states| state_of(&shown.get(), reply.get().as_deref(), states))
    });
    view! {
        <figure class="chart" class:tall=tall class:low=low data-testid="chart" data-title=text(move || title.get()) data-state=text(move || state.with(PanelState::name))>
            <header><h2 class="grow clip" title=text(move || title.get())>{text(move || title.get())}</h2></header>
            <Plot
                data
                label=title
                hover
                on_size=move |new| size.set(Some(new))
                on_range=move |range| view.push(|v| v.span = zoomed(range))
            />
            <Over state />
            <Legend entries figures on_toggle />
            <Foot reply=reply state />
        </figure>
    }
}

/// A strip is of differences: it has no logarithm and is not smoothed.
fn of_pair(spec: ChartSpec, pair: PairSpec, part: PairPart) -> ChartSpec {
    let is_strip = part == PairPart::Strip;
    ChartSpec {
        y: if is_strip { YChoice::Linear } else { spec.y },
        smooth: if is_strip { 0.0 } else { spec.smooth },
        pair: Some(Box::new((pair, part))),
        ..spec
    }
}

fn spec_of(view: &View, size: PlotSize, series: Vec<SeriesKey>) -> ChartSpec {
    ChartSpec {
        series,
        pair: None,
        width_px: size.width_px,
        height_px: size.height_px,
        line_width_px: size.line_width_px,
        x: view.x,
        span: view.span,
        y: view.scale,
        smooth: view.smooth,
    }
}

/// The span of a range that was dragged over: whole steps and milliseconds.
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

/// How a panel stands.
#[derive(Clone, Debug, PartialEq)]
enum PanelState {
    Loading,
    Ready,
    /// No points at all, or none in the window.
    Empty {
        held: bool,
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
    states: &Sorted<String, MetricState>,
) -> PanelState {
    if shown.is_empty() {
        return PanelState::Hidden;
    }
    let of_series = || shown.iter().map(|s| states.get(&s.key.metric));
    if let Some(MetricState::Partial(error)) = of_series()
        .flatten()
        .find(|s| matches!(s, MetricState::Partial(_)))
    {
        return PanelState::Partial(error.clone());
    }
    let points: u64 = reply.map_or(0, |r| r.frame.lines.iter().map(|l| l.points).sum());
    if points > 0 {
        return PanelState::Ready;
    }
    if reply.is_none() || of_series().any(|s| s.is_none_or(|s| *s == MetricState::Loading)) {
        return PanelState::Loading;
    }
    PanelState::Empty {
        held: reply.is_some_and(|r| r.held_points > 0),
    }
}

/// What stands over the plot when there is nothing to draw.
#[component]
fn Over(state: Read<PanelState>) -> impl IntoView {
    let (run, view) = (use_run(), use_view());
    live(move || {
        match state.get() {
        PanelState::Ready => ().into_any(),
        PanelState::Loading => view! { <p class="hint foot" role="status">"Loading…"</p> }.into_any(),
        PanelState::Hidden => view! { <p class="hint foot">"All series are hidden. Click one below to show it."</p> }.into_any(),
        PanelState::Empty { held: false } => view! { <p class="hint foot" data-testid="empty">"No points recorded yet."</p> }.into_any(),
        PanelState::Empty { held: true } => view! {
            <p class="hint foot" data-testid="empty">
                "No points in this part of the run."
                <button class="button" data-testid="widen" on:click=on(move |_| view.push(|v| v.span = Span::All))>"Show all"</button>
            </p>
        }.into_any(),
        PanelState::Partial(error) => view! {
            <div class="bar" data-tone="bad" role="alert" data-testid="partial">
                <strong>{error.headline()}</strong>
                <span>{error.detail()} " " {error.advice()}</span>
                <button class="button" data-testid="retry" on:click=on(move |_| run.send(ToEngine::Retry))>"Retry"</button>
            </div>
        }.into_any(),
    }
    })
}

/// How many points there are and what of them can't be seen as a line.
#[component]
fn Foot(reply: State<Option<Arc<ChartReply>>>, state: Read<PanelState>) -> impl IntoView {
    let said = move || {
        let reply = reply
            .get()
            .filter(|_| state.with(|s| *s != PanelState::Loading))?;
        Some(foot(&reply))
    };
    view! { <p class="foot" data-testid="foot"><span class="clip">{text(move || said().unwrap_or_default())}</span></p> }
}

fn foot(reply: &ChartReply) -> String {
    // In a strip only the first series has values; the others are steps of one side.
    let last = if reply.spec.is_strip() { 0 } else { usize::MAX };
    let lines = || {
        let lines = reply.frame.lines.iter();
        lines.filter(move |line| !line.ghost && line.series <= last)
    };
    let (points, drawn): (u64, u64) = lines().fold((0, 0), |(p, d), l| (p + l.points, d + l.drawn));
    let what = if last == 0 { "pairs" } else { "points" };
    let mut parts = vec![format!("{} {what}", count(points))];
    let sum = |of: fn(&parallax_series::Statistics) -> u64| {
        let all = reply.statistics.iter().take(last.saturating_add(1));
        all.flatten().map(of).sum::<u64>()
    };
    let odd = sum(|s| s.count - s.finite);
    if drawn + odd < points {
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

fn figures(
    all: &[PanelSeries],
    reply: Option<&ChartReply>,
    readings: Option<&[Option<Reading>]>,
    x: XChoice,
) -> Vec<Figure> {
    let place = |key: &SeriesKey| reply.and_then(|r| r.spec.series.iter().position(|k| k == key));
    let figure = |series: &PanelSeries| {
        let index = place(&series.key).filter(|_| series.shown);
        let reading = index.and_then(|i| readings?.get(i).copied().flatten());
        let newest = index.and_then(|i| reply?.newest.get(i).copied().flatten());
        let is_rail = reply.is_some_and(|r| r.spec.is_strip()) && index.is_some_and(|i| i > 0);
        let (value, at) = match (reading, newest) {
            _ if is_rail => (steps_alone(index, reply), String::new()),
            (Some(reading), _) => (exact(reading.value), at(reading, x)),
            (None, Some(newest)) => (exact(newest.value), String::new()),
            (None, None) => Default::default(),
        };
        Figure { value, at }
    };
    all.iter().map(figure).collect()
}

/// How many steps of one side alone are in view.
fn steps_alone(index: Option<usize>, reply: Option<&ChartReply>) -> String {
    let statistics = index.and_then(|i| reply?.statistics.get(i).copied().flatten());
    count(statistics.map_or(0, |s| s.count))
}

fn at(reading: Reading, x: XChoice) -> String {
    match x {
        XChoice::Iteration => format!("step {}", number(reading.iteration as f64, 15)),
        XChoice::Relative | XChoice::Wall => utc(reading.timestamp_ms),
    }
}
