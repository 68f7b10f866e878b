//! What one side of a comparison has and the other lacks, and the attempts of both.

use leptos::prelude::*;
use parallax_compare::attempts::Attempt;
use parallax_compare::cadence;
use parallax_compare::gaps::{GapReport, SideGaps};
use parallax_model::format::count;

/// The contents of the card.
#[derive(Clone, Debug, PartialEq)]
pub struct Gaps {
    /// Steps, cadences, clocks.
    pub report: GapReport,
    /// Attempts of A and B.
    pub attempts: (Vec<Attempt>, Vec<Attempt>),
    /// The names of the two sides.
    pub names: (String, String),
}

/// The card.
#[component]
pub fn GapCard(
    /// Its contents; `None` while they are computed.
    #[prop(into)]
    gaps: Signal<Option<Gaps>>,
) -> impl IntoView {
    move || {
        let Gaps {
            report,
            attempts,
            names,
        } = gaps.get()?;
        let nothing = report.findings.is_empty().then(|| {
            view! { <p class="hint">"No gaps, duplicates or late starts on either side."</p> }
        });
        let finding = |text: String| view! { <li data-testid="finding">{text}</li> };
        let findings = report.findings.into_iter().map(finding).collect_view();
        let sides = [
            (names.0, side_text(&report.a, &attempts.0)),
            (names.1, side_text(&report.b, &attempts.1)),
        ];
        let sides = sides.map(|(name, text)| {
            view! { <div class="wide"><dt>{name}</dt><dd class="small">{text}</dd></div> }
        });
        Some(view! {
            <section class="card" data-testid="gaps" aria-label="Gaps">
                <h2>"Gaps, duplicates, clocks"</h2>
                {nothing}
                <ul class="findings">{findings}</ul>
                <dl class="facts">{sides.collect_view()}</dl>
            </section>
        })
    }
}

fn side_text(gaps: &SideGaps, attempts: &[Attempt]) -> String {
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
        let labels: Vec<&str> = attempts.iter().map(|a| a.label.as_str()).collect();
        parts.push(labels.join(", "));
    }
    parts.join(" · ")
}
