//! Which part of the run is shown: all, the newest part, or from–to.

use super::flow::When;
use crate::reactive::{Handler, Read, State, on, text};
use leptos::prelude::*;
use parallax_model::decimal;
use parallax_view::{Last, Span, XChoice};

const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 60 * MINUTE_MS;

const PRESETS: &[(&str, Span)] = &[
    ("All", Span::All),
    ("15 min", Span::Last(Last::Duration { ms: 15 * MINUTE_MS })),
    ("1 h", Span::Last(Last::Duration { ms: HOUR_MS })),
    ("6 h", Span::Last(Last::Duration { ms: 6 * HOUR_MS })),
    ("24 h", Span::Last(Last::Duration { ms: 24 * HOUR_MS })),
    ("Last 500", Span::Last(Last::Points(500))),
];

/// Presets, and a form for everything else.
#[component]
pub fn SpanPicker(
    /// What is shown.
    #[prop(into)]
    span: Read<Span>,
    /// The unit of from–to.
    #[prop(into)]
    x: Read<XChoice>,
    /// Called with the new span.
    #[prop(into)]
    on_change: Handler<Span>,
) -> impl IntoView {
    let open = State::new(false);
    let is_custom = move || !PRESETS.iter().any(|(_, preset)| *preset == span.get());
    let presets = PRESETS.iter().map(|(name, preset)| {
        view! {
            <button
                aria-pressed=text(move || (span.get() == *preset).to_string())
                data-testid=format!("span-{}", name.to_ascii_lowercase().replace(' ', ""))
                on:click=on(move |_| on_change.run(*preset))
            >
                {*name}
            </button>
        }
    });
    view! {
        <div class="segments spans" role="group" aria-label="Part of the run">
            {presets.collect_view()}
            <button
                aria-pressed=text(move || is_custom().to_string())
                aria-expanded=text(move || open.get().to_string())
                data-testid="span-custom"
                on:click=on(move |_| open.update(|open| *open = !*open))
            >
                {text(move || if is_custom() { describe(span.get()) } else { "Custom…".to_owned() })}
            </button>
        </div>
        <When on=open.into()>
            <Custom span x on_change />
        </When>
    }
}

#[component]
fn Custom(span: Read<Span>, x: Read<XChoice>, on_change: Handler<Span>) -> impl IntoView {
    let ends = move || match span.get() {
        Span::Range { from, to } => (from, to),
        _ => (None, None),
    };
    let number = |text: String| decimal::parse(text.trim()).filter(|n| n.is_finite());
    let set_from = move |event| on_change.run(range(number(event_target_value(&event)), ends().1));
    let set_to = move |event| on_change.run(range(ends().0, number(event_target_value(&event))));
    let bad = State::new(false);
    let set_last = move |event| match Last::parse(&event_target_value(&event)) {
        Some(last) => {
            bad.set(false);
            on_change.run(Span::Last(last));
        }
        None => bad.set(true),
    };
    let unit = move || match x.get() {
        XChoice::Iteration => "step",
        XChoice::Relative => "ms since start",
        XChoice::Wall => "ms since 1970",
    };
    let shown = |end: Option<f64>| end.map(|n| n.to_string()).unwrap_or_default();
    let last = move || match span.get() {
        Span::Last(last) => last.to_string(),
        _ => String::new(),
    };
    view! {
        <div class="custom">
            <label class="labelled">
                "From " {text(unit)}
                <input class="field short" inputmode="numeric" data-testid="span-from" prop:value=text(move || shown(ends().0)) on:change=on(set_from) />
            </label>
            <label class="labelled">
                "to"
                <input class="field short" inputmode="numeric" data-testid="span-to" prop:value=text(move || shown(ends().1)) on:change=on(set_to) />
            </label>
            <label class="labelled">
                "or last"
                <input
                    class="field short"
                    placeholder="2000steps"
                    data-testid="span-last"
                    aria-invalid=text(move || bad.get().to_string())
                    prop:value=text(last)
                    on:change=on(set_last)
                />
            </label>
            <span class="hint">{text(move || if bad.get() { "Write 500, 2000steps, 15m, 1h or 7d." } else { "500 · 2000steps · 15m · 1h" })}</span>
        </div>
    }
}

fn range(from: Option<f64>, to: Option<f64>) -> Span {
    if from.is_none() && to.is_none() {
        Span::All
    } else {
        Span::Range { from, to }
    }
}

fn describe(span: Span) -> String {
    let end = |end: Option<f64>| end.map_or("…".to_owned(), |n| n.to_string());
    match span {
        Span::All => "All".into(),
        Span::Range { from, to } => format!("{} – {}", end(from), end(to)),
        Span::Last(last) => format!("last {last}"),
    }
}
