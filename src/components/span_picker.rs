//! Which part of the run is shown: all, the newest part, or from–to.

use leptos::prelude::*;
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
    span: Signal<Span>,
    /// The unit of from–to.
    #[prop(into)]
    x: Signal<XChoice>,
    /// Called with the new span.
    #[prop(into)]
    on_change: Callback<Span>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let is_custom = move || !PRESETS.iter().any(|(_, preset)| *preset == span.get());
    let custom = move || {
        if is_custom() {
            describe(span.get())
        } else {
            "Custom…".to_owned()
        }
    };
    let presets = PRESETS.iter().map(|(name, preset)| {
        view! {
            <button
                aria-pressed=move || (span.get() == *preset).to_string()
                data-testid=format!("span-{}", name.to_ascii_lowercase().replace(' ', ""))
                on:click=move |_| on_change.run(*preset)
            >
                {*name}
            </button>
        }
    });
    view! {
        <div class="segments spans" role="group" aria-label="Part of the run">
            {presets.collect_view()}
            <button
                aria-pressed=move || is_custom().to_string()
                aria-expanded=move || open.get().to_string()
                data-testid="span-custom"
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {custom}
            </button>
        </div>
        <Show when=move || open.get()>
            <Custom span x on_change />
        </Show>
    }
}

#[component]
fn Custom(span: Signal<Span>, x: Signal<XChoice>, on_change: Callback<Span>) -> impl IntoView {
    let ends = move || match span.get() {
        Span::Range { from, to } => (from, to),
        _ => (None, None),
    };
    let set_from = move |event| on_change.run(range(number_in(&event), untrack(ends).1));
    let set_to = move |event| on_change.run(range(untrack(ends).0, number_in(&event)));
    let is_invalid = RwSignal::new(false);
    let set_last = move |event| {
        let last = Last::parse(&event_target_value(&event));
        is_invalid.set(last.is_none());
        if let Some(last) = last {
            on_change.run(Span::Last(last));
        }
    };
    let unit = move || match x.get() {
        XChoice::Iteration => "step",
        XChoice::Relative => "ms since start",
        XChoice::Wall => "ms since 1970",
    };
    let text = |end: Option<f64>| end.map(|n| n.to_string()).unwrap_or_default();
    let last = move || match span.get() {
        Span::Last(last) => last.to_string(),
        _ => String::new(),
    };
    let hint = move || {
        if is_invalid.get() {
            "Write 500, 2000steps, 15m, 1h or 7d."
        } else {
            "500 · 2000steps · 15m · 1h"
        }
    };
    view! {
        <div class="custom">
            <label class="labelled">
                "From " {unit}
                <input class="field short" inputmode="numeric" data-testid="span-from" prop:value=move || text(ends().0) on:change=set_from />
            </label>
            <label class="labelled">
                "to"
                <input class="field short" inputmode="numeric" data-testid="span-to" prop:value=move || text(ends().1) on:change=set_to />
            </label>
            <label class="labelled">
                "or last"
                <input
                    class="field short"
                    placeholder="2000steps"
                    data-testid="span-last"
                    aria-invalid=move || is_invalid.get().to_string()
                    prop:value=last
                    on:change=set_last
                />
            </label>
            <span class="hint">{hint}</span>
        </div>
    }
}

/// The finite number in a field, if there is one.
fn number_in(event: &leptos::ev::Event) -> Option<f64> {
    let number: f64 = event_target_value(event).trim().parse().ok()?;
    number.is_finite().then_some(number)
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
