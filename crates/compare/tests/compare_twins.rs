//! The verdicts of the project's own twin runs: one training run, three loggers.
//!
//! Columns as the vendors' readers give them (`figures/compare_figures.py`). What is expected comes
//! from how the runs were made: the scripts log the same Python float to every sink.

#[cfg(test)]
mod compare_support;

use compare_support::{columns, series};
use parallax_compare::StepRange;
use parallax_compare::attempts::{Cause, Choice, SplitRule, split};
use parallax_compare::explain::{Finding, Kind, RowKind, SideId, findings};
use parallax_compare::matrix::NamedSeries;
use parallax_compare::matrix::matrix;
use parallax_compare::verdict::Precision;
use parallax_compare::verdict::{Status, Tolerance, Verdict};
use parallax_compare::{AlignedPair, Options};

#[test]
fn clean_is_equal_within_rounding_and_identical_in_float32() {
    let file = "twin/charlm-clean.tsv";
    let log = series(file, "log", "lm_loss");
    let wandb = series(file, "wandb", "train/lm_loss");
    let tensorflow = series(file, "tensorflow", "train/lm_loss");
    let options = Options::default();

    let got = AlignedPair::new(log.side(), wandb.side(), &options);
    let agreement = got.agreement();
    let verdict = Verdict::EqualWithinRounding {
        a: Precision::Significant(7),
        b: Precision::Float32,
    };
    assert_eq!(agreement.verdict, verdict);
    assert_eq!((agreement.matched, agreement.coverage), (300, (1.0, 1.0)));
    assert_eq!(findings(&got.gaps()), []);
    assert_eq!(got.suggestions(), []);

    let got = AlignedPair::new(wandb.side(), tensorflow.side(), &options);
    assert_eq!(got.agreement().verdict, Verdict::Identical);
    // The learning rate is a Python float: float32 in TensorBoard rounds it.
    let wandb = series(file, "wandb", "train/learning_rate");
    let tensorflow = series(file, "tensorflow", "train/learning_rate");
    let got = AlignedPair::new(wandb.side(), tensorflow.side(), &options);
    let verdict = Verdict::EqualWithinRounding {
        a: Precision::Float64,
        b: Precision::Float32,
    };
    assert_eq!(got.agreement().verdict, verdict);
    // 3 decimals in the log.
    let log = series(file, "log", "grad_norm");
    let wandb = series(file, "wandb", "train/grad_norm");
    let got = AlignedPair::new(log.side(), wandb.side(), &options);
    let verdict = Verdict::EqualWithinRounding {
        a: Precision::Decimals(3),
        b: Precision::Float32,
    };
    assert_eq!(got.agreement().verdict, verdict);
}

#[test]
fn resume_repeats_steps_and_wandb_lost_some() {
    let file = "twin/charlm-resume.tsv";
    let log = series(file, "log", "lm_loss");
    let wandb = series(file, "wandb", "train/lm_loss");
    let tensorflow = series(file, "tensorflow", "train/lm_loss");
    for side in [&log, &tensorflow] {
        let attempts = split(side.side(), &SplitRule::default());
        assert_eq!(attempts.len(), 2, "{}", side.source);
        assert_eq!(attempts[1].cause, Cause::WentBack { from: 950, to: 910 });
        assert_eq!(
            (attempts[0].last_iteration, attempts[1].first_iteration),
            (950, 910)
        );
        assert_eq!(side.clean().1.overlapped, 5, "910–950 were logged twice");
    }
    assert_eq!(split(wandb.side(), &SplitRule::default()).len(), 1);

    let got = AlignedPair::new(log.side(), wandb.side(), &Options::default());
    let agreement = got.agreement();
    assert!(matches!(
        agreement.verdict,
        Verdict::EqualWithinRounding { .. }
    ));
    assert_eq!((agreement.matched, agreement.only), (146, (4, 0)));
    let gaps = got.gaps();
    assert_eq!(
        gaps.b.missing_here,
        [StepRange {
            first: 870,
            last: 900,
            count: 4
        }]
    );
    assert_eq!(
        findings(&gaps),
        [
            Finding::Missing(SideId::B, &gaps.b.missing_here),
            Finding::Rows(SideId::A, RowKind::OtherAttempt, 5),
        ]
    );
    // The first attempt's values are others: the data are drawn with another seed after a resume.
    let first = Options {
        choice: Choice::First,
        ..Options::default()
    };
    let got = AlignedPair::new(log.side(), wandb.side(), &first).agreement();
    let verdict = Verdict::DiffersFrom {
        step: 910,
        last: 950,
        points: 5,
        throughout: false,
    };
    assert_eq!(got.verdict, verdict);
    // Log and TensorBoard hold both attempts.
    let all = Options {
        choice: Choice::All,
        ..Options::default()
    };
    let got = AlignedPair::new(log.side(), tensorflow.side(), &all).agreement();
    assert_eq!(got.matched, 155);
    assert!(matches!(got.verdict, Verdict::EqualWithinRounding { .. }));
}

#[test]
fn diverge_spikes_at_510_and_is_nan_from_1110_everywhere() {
    let all = columns("twin/charlm-diverge.tsv");
    for side in &all {
        let (points, _) = side.clean();
        let finite = points
            .iteration
            .iter()
            .zip(points.value.iter())
            .filter(|(_, v)| v.is_finite());
        let peak = finite
            .max_by(|p, q| p.1.total_cmp(q.1))
            .map(|(step, _)| *step);
        assert_eq!(peak, Some(510), "{}", side.source);
        let nan = points
            .iteration
            .iter()
            .zip(points.value.iter())
            .find(|(_, v)| v.is_nan());
        assert_eq!(nan.map(|(step, _)| *step), Some(1110), "{}", side.source);
    }
    for (a, b) in [(0, 1), (0, 2), (1, 2)] {
        let got = AlignedPair::new(all[a].side(), all[b].side(), &Options::default());
        let agreement = got.agreement();
        assert!(agreement.verdict.rank() <= 1, "{:?}", agreement.verdict);
        assert_eq!(
            (
                agreement.both_non_finite,
                agreement.by_status[Status::NonFinite as usize]
            ),
            (10, 0)
        );
        assert_eq!(got.gaps().b.non_finite_only_here, []);
    }
}

#[test]
fn hf_trainer_is_equal_within_four_printed_digits() {
    let file = "twin/hf-trainer.tsv";
    for (metric, other) in [("loss", "train/loss"), ("grad_norm", "train/grad_norm")] {
        let log = series(file, "log", metric);
        let wandb = series(file, "wandb", other);
        let agreement = AlignedPair::new(log.side(), wandb.side(), &Options::default()).agreement();
        let Verdict::EqualWithinRounding { a, .. } = agreement.verdict else {
            panic!("{:?}", agreement.verdict)
        };
        assert_eq!((a, agreement.matched), (Precision::Significant(4), 150));
    }
    // W&B's own step counts evaluation rows too; the order of rows still tells.
    let log = series(file, "log", "loss");
    let counted = series(file, "wandb by _step", "train/loss");
    let got = AlignedPair::new(log.side(), counted.side(), &Options::default());
    assert!(got.agreement().matched < 20);
    let found = got.suggestions();
    assert_eq!(
        (found[0].kind, found[0].evidence.agreeing.1),
        (Kind::RowOrder, 150)
    );
}

#[test]
fn the_matrix_of_a_clean_run_pairs_everything() {
    let all = columns("twin/charlm-clean.tsv");
    let named: Vec<NamedSeries<'_>> = all
        .iter()
        .map(|c| NamedSeries {
            metric: &c.metric,
            source: &c.source,
            side: c.side(),
        })
        .collect();
    let got = matrix(&named, Choice::Latest, Tolerance::default());
    let rows: Vec<String> = got
        .rows
        .iter()
        .map(|r| {
            format!(
                "{}:{}={}:{}",
                r.sources.0, r.pairing.metrics.0, r.sources.1, r.pairing.metrics.1
            )
        })
        .collect();
    assert_eq!(rows.len(), 3 * 3 + 1, "{rows:#?}");
    for pair in [
        "log:lm_loss=wandb:train/lm_loss",
        "log:learning_rate=tensorflow:train/learning_rate",
        "wandb:train/grad_norm=tensorflow:train/grad_norm",
        "wandb:valid/lm_loss=tensorflow:valid/lm_loss",
    ] {
        assert!(rows.iter().any(|row| row == pair), "{pair} in {rows:#?}");
    }
    assert!(!got.differs() && got.unpaired.is_empty());
    let ranks: Vec<u8> = got
        .rows
        .iter()
        .map(|r| r.agreement.verdict.rank())
        .collect();
    assert!(ranks.is_sorted_by(|p, q| p >= q), "{ranks:?}");
    let text = serde_json::to_string(&got).unwrap();
    assert_eq!(
        serde_json::from_str::<parallax_compare::matrix::Matrix>(&text).unwrap(),
        got
    );
}
