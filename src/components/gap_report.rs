//! What one side of a comparison has and the other lacks, in sentences, and the attempts.

use leptos::prelude::*;
use parallax_compare::attempts::Attempt;
use parallax_compare::cadence;
use parallax_compare::gaps::{GapReport, SideGaps};
use parallax_model::format::count;

use crate::reactive::Read;

/// What is reported.
#[derive(Clone, Debug, PartialEq)]
pub struct Gaps {
    /// Steps, cadences, clocks.
    pub report: GapReport,
    /// Attempts of A and B.
    pub attempts: (Vec<Attempt>, Vec<Attempt>),
    /// What the sides are called.
    pub names: (String, String),
}

/// The report.
#[component]
pub fn GapCard(
    /// What is reported; `None` while it is made.
    #[prop(into)]
    gaps: Read<Option<Gaps>>,
) -> impl IntoView {
    move || {
        let Some(Gaps {
            report,
            attempts,
            names,
        }) = gaps.get()
        else {
            return ().into_any();
        };
        let findings: Vec<AnyView> = report
            .findings
            .iter()
            .map(|finding| view! { <li data-testid="finding">{finding.clone()}</li> }.into_any())
            .collect();
        let nothing = findings.is_empty().then(|| {
            view! { <p class="hint">"No gaps, duplicates or late starts on either side."</p> }
                .into_any()
        });
        view! {
            <section class="card" data-testid="gaps" aria-label="Gaps">
                <h2>"Gaps, duplicates, clocks"</h2>
                {nothing}
                <ul class="findings">{findings}</ul>
                <dl class="facts">
                    {side(&names.0, &report.a, &attempts.0)}
                    {side(&names.1, &report.b, &attempts.1)}
                </dl>
            </section>
        }
        .into_any()
    }
}

fn side(name: &str, gaps: &SideGaps, attempts: &[Attempt]) -> AnyView {
    let span = gaps.span.map_or_else(
        || "no steps".to_owned(),
        |(first, last)| format!("steps {first} to {last}"),
    );
    let cleaned = gaps.cleaned;
    let mut parts = vec![span, cadence::describe(&gaps.cadences)];
    for (number, what) in [
        (cleaned.missing, "rows without a value"),
        (cleaned.collapsed, "copies of a row"),
        (cleaned.replaced, "rows replaced by a later one"),
        (cleaned.overlapped, "rows of other attempts"),
        (gaps.non_finite, "points NaN or infinite"),
    ] {
        if number > 0 {
            parts.push(format!("{} {what}", count(number)));
        }
    }
    if gaps.frozen_clock {
        parts.push("every time is the same one".to_owned());
    }
    if attempts.len() > 1 {
        let labels: Vec<&str> = attempts.iter().map(|one| one.label.as_str()).collect();
        parts.push(labels.join(", "));
    }
    let (name, text) = (name.to_owned(), parts.join(" · "));
    view! { <div class="wide"><dt>{name}</dt><dd class="small">{text}</dd></div> }.into_any()
}
