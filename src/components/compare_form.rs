//! How a pair is compared: alignment, attempts, tolerance, absolute or relative differences.

use leptos::prelude::*;
use parallax_compare::align::Method;
use parallax_compare::attempts::Choice as Attempts;
use parallax_text::en;
use parallax_view::{Comparing, spell_tolerance};

use super::choice::Choice;
use crate::reactive::{Handler, Read, State, memo, on};

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
    /// What is chosen.
    #[prop(into)]
    comparing: Read<Comparing>,
    /// Called with the new choice.
    #[prop(into)]
    on_change: Handler<Comparing>,
    /// Only what also matters for a whole matrix.
    #[prop(optional)]
    short: bool,
) -> impl IntoView {
    let set = move |change: &dyn Fn(&mut Comparing)| {
        let mut new = comparing.peek();
        change(&mut new);
        on_change.run(new);
    };
    let of_pair = (!short).then(|| {
        view! {
            <Choice
                label="Δ"
                options=DELTAS
                value=memo(move || comparing.with(|c| c.relative))
                on_change=move |relative| set(&|c| c.relative = relative)
                testid="delta-kind"
            />
        }
        .into_any()
    });
    view! {
        <div class="filters" role="group" aria-label="How they are compared">
            <Choice
                label="Match"
                options=METHODS
                value=memo(move || comparing.with(|c| c.method))
                on_change=move |method| set(&|c| c.method = method)
                testid="align"
            />
            <Choice
                label="Attempts"
                options=ATTEMPTS
                value=memo(move || comparing.with(|c| c.choice))
                on_change=move |choice| set(&|c| c.choice = choice)
                testid="attempts"
            />
            <ToleranceField comparing on_change />
            {of_pair}
        </div>
    }
}

#[component]
fn ToleranceField(comparing: Read<Comparing>, on_change: Handler<Comparing>) -> impl IntoView {
    let wrong = State::new(None::<String>);
    let change = move |event| {
        let text = event_target_value(&event);
        match text.trim().parse() {
            Ok(tolerance) => {
                wrong.set(None);
                let new = Comparing {
                    tolerance,
                    ..comparing.peek()
                };
                on_change.run(new);
            }
            Err(error) => wrong.set(Some(en::parse_error(text.trim(), error))),
        }
    };
    view! {
        <label class="labelled">
            "Tolerance"
            <input
                class="field short"
                title="A fraction (1e-3, 0.1%), an amount (abs:0.01) or both (abs:0.01+rel:1e-3)"
                data-testid="tolerance"
                aria-invalid=move || wrong.with(Option::is_some).to_string()
                prop:value=move || spell_tolerance(comparing.with(|c| c.tolerance))
                on:change=on(change)
            />
        </label>
        <span class="hint" role="alert">{move || wrong.get().unwrap_or_default()}</span>
    }
}
