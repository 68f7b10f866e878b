//! The settings of a comparison: alignment, attempts, tolerance, absolute or relative differences.

use leptos::prelude::*;
use parallax_compare::align::Method;
use parallax_compare::attempts::Choice as Attempts;
use parallax_text::en;
use parallax_view::{Comparing, spell_tolerance};

use super::choice::Choice;

const METHODS: &[(&str, Method)] = &[
    ("same step", Method::Exact),
    ("nearest step (±5)", Method::Nearest { tolerance_steps: 5 }),
    (
        "nearest step (±100)",
        Method::Nearest {
            tolerance_steps: 100,
        },
    ),
    ("interpolated", Method::Interpolated),
    (
        "nearest time (±1 s)",
        Method::TimeNearest {
            tolerance_ms: 1_000,
        },
    ),
    (
        "nearest time (±1 min)",
        Method::TimeNearest {
            tolerance_ms: 60_000,
        },
    ),
    ("order of rows", Method::RowOrder),
];
const ATTEMPTS: &[(&str, Attempts)] = &[
    ("latest", Attempts::Latest),
    ("first", Attempts::First),
    ("all", Attempts::All),
    ("1st only", Attempts::One(1)),
    ("2nd only", Attempts::One(2)),
    ("3rd only", Attempts::One(3)),
];
const DELTAS: &[(&str, bool)] = &[("absolute", false), ("relative", true)];

/// The controls.
#[component]
pub fn CompareForm(
    /// The settings.
    #[prop(into)]
    comparing: Signal<Comparing>,
    /// Called with the new settings.
    #[prop(into)]
    on_change: Callback<Comparing>,
    /// Leaves out what only matters for a single pair.
    #[prop(optional)]
    short: bool,
) -> impl IntoView {
    let set = move |change: &dyn Fn(&mut Comparing)| {
        let mut new = comparing.get_untracked();
        change(&mut new);
        on_change.run(new);
    };
    view! {
        <div class="filters" role="group" aria-label="How they are compared">
            <Choice
                label="Match"
                options=METHODS
                value=move || comparing.with(|c| c.method)
                on_change=move |method| set(&|c| c.method = method)
                testid="align"
            />
            <Choice
                label="Attempts"
                options=ATTEMPTS
                value=move || comparing.with(|c| c.choice)
                on_change=move |choice| set(&|c| c.choice = choice)
                testid="attempts"
            />
            <ToleranceField comparing on_change />
            <Show when=move || !short>
                <Choice
                    label="Δ"
                    options=DELTAS
                    value=move || comparing.with(|c| c.relative)
                    on_change=move |relative| set(&|c| c.relative = relative)
                    testid="delta-kind"
                />
            </Show>
        </div>
    }
}

#[component]
fn ToleranceField(comparing: Signal<Comparing>, on_change: Callback<Comparing>) -> impl IntoView {
    let error = RwSignal::new(None::<String>);
    let change = move |event| {
        let text = event_target_value(&event);
        match text.trim().parse() {
            Ok(tolerance) => {
                error.set(None);
                on_change.run(Comparing {
                    tolerance,
                    ..comparing.get_untracked()
                });
            }
            Err(problem) => error.set(Some(en::parse_error(text.trim(), problem))),
        }
    };
    view! {
        <label class="labelled">
            "Tolerance"
            <input
                class="field short"
                title="A fraction (1e-3, 0.1%), an amount (abs:0.01) or both (abs:0.01+rel:1e-3)"
                data-testid="tolerance"
                aria-invalid=move || error.with(Option::is_some).to_string()
                prop:value=move || spell_tolerance(comparing.with(|c| c.tolerance))
                on:change=change
            />
        </label>
        <span class="hint" role="alert">{move || error.get()}</span>
    }
}
