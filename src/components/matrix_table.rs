//! All pairs of a workload, one row each, worst first.

use leptos::prelude::*;
use parallax_compare::matrix::{Matrix, MatrixRow};
use parallax_model::format::{count, number};
use parallax_text::en;
use parallax_view::{Pair, Side};

use super::verdict::VerdictMark;

/// The table; a click opens a pair.
#[component]
pub fn MatrixTable(
    /// The compared pairs.
    matrix: Matrix,
    /// The names of the two sides in sentences; `None` for their sources.
    names: Option<(String, String)>,
    /// Called with the chosen pair.
    #[prop(into)]
    on_pick: Callback<Pair>,
) -> impl IntoView {
    let summary = en::matrix_summary(&matrix);
    let rows = matrix.rows.into_iter();
    let rows = rows.map(|row| view! { <PairRow row names=names.clone() on_pick /> });
    view! {
        <p class="hint" data-testid="matrix-summary">{summary}</p>
        <div class="frame">
            <table class="table matrix" data-testid="matrix">
                <thead>
                    <tr>
                        <th>"A and B"</th>
                        <th>"Verdict"</th>
                        <th>"Sources"</th>
                        <th class="num">"Matched"</th>
                        <th class="num">"Covered A · B"</th>
                        <th class="num">"Largest |Δ|"</th>
                        <th>"Paired by"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}

#[component]
fn PairRow(
    row: MatrixRow,
    names: Option<(String, String)>,
    on_pick: Callback<Pair>,
) -> impl IntoView {
    let (names_a, names_b) = names.unwrap_or_else(|| row.sources.clone());
    let names = (names_a.as_str(), names_b.as_str());
    let sentence = en::agreement(&row.agreement, names);
    let hint = row.hint.map(|hint| en::suggestion(&hint, names));
    let why = en::pairing(&row.pairing);
    let (a, b) = row.pairing.metrics;
    let name = if a == b {
        a.clone()
    } else {
        format!("{a} ↔ {b}")
    };
    let side = |metric: String, source: &str| Side {
        metric,
        source: source.to_owned(),
    };
    let pair = Pair {
        a: side(a, &row.sources.0),
        b: side(b, &row.sources.1),
    };
    let agreement = row.agreement;
    let percent = |share: f64| format!("{} %", number(share * 100.0, 3));
    let (covered_a, covered_b) = agreement.coverage;
    let largest = agreement.figures.map(|figures| {
        let largest = number(figures.max_abs, 4);
        format!("{largest} at step {}", figures.max_abs_at)
    });
    let testid = format!(
        "pair-{}@{}~{}@{}",
        pair.a.metric, pair.a.source, pair.b.metric, pair.b.source
    );
    view! {
        <tr data-testid="matrix-row" title=sentence>
            <td><button class="pick" data-testid=testid on:click=move |_| on_pick.run(pair.clone())>{name}</button></td>
            <td><VerdictMark verdict=agreement.verdict /></td>
            <td class="hint">{format!("{} · {}", row.sources.0, row.sources.1)}</td>
            <td class="num">{count(agreement.matched)}</td>
            <td class="num">{percent(covered_a)} " · " {percent(covered_b)}</td>
            <td class="num">{largest}</td>
            <td class="hint">{why} {hint.map(|hint| format!(" · {hint}"))}</td>
        </tr>
    }
}
