//! Figures of the comparison against numpy and pandas (`figures/compare_figures.py`, run once with
//! numpy 2.4.6, pandas 3.1.1, wandb 0.18.7 and tensorboard 2.18.0; its table is beside it).

#[cfg(test)]
mod compare_support;

use compare_support::{columns, figures};
use parallax_compare::{AlignedPair, Options};

/// Relative distance allowed to numpy's figure.
const CLOSE: f64 = 1e-12;

#[test]
fn figures_equal_numpy() {
    let mut checked = 0;
    for row in figures() {
        let case = row.text("case");
        let file = if case.starts_with("random") {
            "random.tsv".to_owned()
        } else {
            format!("twin/{case}.tsv")
        };
        if ["kwt_3ojed7lz", "nanogpt_cyzc1wxt"].contains(&case) {
            continue; // third-party columns are not committed: see compare_third_party.rs
        }
        let all = columns(&file);
        let find = |source: &str, metric: &str| {
            all.iter()
                .find(|c| c.source == source && c.metric == metric)
                .unwrap()
        };
        let a = find(row.text("source_a"), row.text("metric_a"));
        let b = find(row.text("source_b"), row.text("metric_b"));
        let got = AlignedPair::new(a.side(), b.side(), &Options::default()).agreement();
        let f = got.figures.unwrap();
        let counts = [
            ("rows_a", got.points.0),
            ("rows_b", got.points.1),
            ("matched", got.matched),
            ("only_a", got.only.0),
            ("only_b", got.only.1),
            ("finite", f.points),
            ("nan_both", got.both_non_finite),
            ("nan_one", got.by_status[4]),
            ("max_at", f.max_abs_at as u64),
        ];
        for (name, count) in counts {
            assert_eq!(count.to_string(), row.text(name), "{case} {name}");
        }
        let numbers = [
            ("bias", f.bias),
            ("mae", f.mae),
            ("rmse", f.rmse),
            ("max_abs", f.max_abs),
            ("mean_relative", f.mean_relative),
            ("max_relative", f.max_relative),
            ("pearson", f.pearson.unwrap_or(f64::NAN)),
        ];
        for (name, number) in numbers {
            let expected = row.number(name);
            let off = (number - expected).abs();
            assert!(
                off <= CLOSE * expected.abs(),
                "{case} {name}: {number:e}, numpy {expected:e}"
            );
        }
        checked += 1;
    }
    assert_eq!(checked, 27);
}
