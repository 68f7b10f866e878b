//! All pairs of a workload, one row each, worst first.

use leptos::prelude::*;
use parallax_compare::matrix::{Matrix, MatrixRow};
use parallax_model::format::{count, number};
use parallax_view::{Pair, Side};

use super::verdict::VerdictMark;

/// The table; a click opens a pair.
#[component]
pub fn MatrixTable(
    /// The compared pairs.
    matrix: Matrix,
    /// Called with the chosen pair.
    #[prop(into)]
    on_pick: Callback<Pair>,
) -> impl IntoView {
    let summary = summary(&matrix);
    let rows = matrix.rows.into_iter();
    let rows = rows.map(|row| view! { <PairRow row on_pick /> });
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

fn summary(matrix: &Matrix) -> String {
    let number_of = |is: fn(&&MatrixRow) -> bool| matrix.rows.iter().filter(is).count() as u64;
    let differ = number_of(|row| row.agreement.verdict.is_difference());
    let unshared = number_of(|row| row.agreement.matched == 0);
    let all = matrix.rows.len() as u64;
    let mut text = format!(
        "{} pairs: {} agree, {} differ",
        count(all),
        count(all - differ - unshared),
        count(differ)
    );
    if unshared > 0 {
        text += &format!(", {} share no step", count(unshared));
    }
    text
}

#[component]
fn PairRow(row: MatrixRow, on_pick: Callback<Pair>) -> impl IntoView {
    let (a, b) = row.metrics;
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
        <tr data-testid="matrix-row" title=agreement.sentence>
            <td><button class="pick" data-testid=testid on:click=move |_| on_pick.run(pair.clone())>{name}</button></td>
            <td><VerdictMark verdict=agreement.verdict /></td>
            <td class="hint">{format!("{} · {}", row.sources.0, row.sources.1)}</td>
            <td class="num">{count(agreement.matched)}</td>
            <td class="num">{percent(covered_a)} " · " {percent(covered_b)}</td>
            <td class="num">{largest}</td>
            <td class="hint">{row.pairing} {row.hint.map(|hint| format!(" · {}", hint.reason))}</td>
        </tr>
    }
}
