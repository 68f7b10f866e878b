//! The matrix of a workload: its steps, pairs that are asked for, two workloads, and names that
//! only look alike.

use parallax_compare::align::Transform;
use parallax_compare::attempts::Choice;
use parallax_compare::matrix::MatrixBuilder;
use parallax_compare::matrix::{Basis, NamedSeries};
use parallax_compare::matrix::{Matrix, matrix};
use parallax_compare::verdict::{Tolerance, Verdict};
use parallax_compare::{Options, Side};

const STEPS: [i64; 40] = {
    let mut steps = [0; 40];
    let mut at = 0;
    while at < 40 {
        steps[at] = at as i64 * 10;
        at += 1;
    }
    steps
};

fn wave(seed: f64) -> Vec<f64> {
    (0..40)
        .map(|i| seed + (f64::from(i) * seed * 0.37).sin())
        .collect()
}

fn named<'a>(source: &'a str, metric: &'a str, values: &'a [f64]) -> NamedSeries<'a> {
    NamedSeries {
        metric,
        source,
        side: Side::new(&STEPS, &STEPS, values),
    }
}

fn pairs(got: &Matrix) -> Vec<String> {
    let pair =
        |m: &(String, String), s: &(String, String)| format!("{}:{}={}:{}", s.0, m.0, s.1, m.1);
    let mut out: Vec<String> = got
        .rows
        .iter()
        .map(|r| pair(&r.pairing.metrics, &r.sources))
        .collect();
    out.sort();
    out
}

#[test]
fn step_by_step_is_the_same_as_at_once() {
    let (loss, lr) = (wave(3.0), wave(0.5));
    let all = [
        named("log", "lm_loss", &loss),
        named("log", "lr", &lr),
        named("wandb", "train/loss", &loss),
        named("tensorflow", "loss", &loss),
    ];
    let mut builder = MatrixBuilder::new(&all, Options::default());
    let mut progress = Vec::new();
    while let Some(step) = builder.step() {
        progress.push((step.done, step.of));
    }
    // 4 series, 3 pairs of sources, 3 pairs of metrics.
    assert_eq!(progress.len(), 10);
    assert_eq!((progress[0], progress[9]), ((1, 7), (10, 10)));
    assert!(
        progress
            .iter()
            .enumerate()
            .all(|(at, (done, of))| *done == at + 1 && done <= of)
    );
    let whole = matrix(&all, Choice::Latest, Tolerance::default());
    assert_eq!(builder.finish(), whole);
    assert_eq!(whole.unpaired, [1]);
}

#[test]
fn names_that_only_look_alike_are_no_difference() {
    let (loss, val, one, two) = (wave(3.0), wave(2.0), wave(1.0), wave(0.7));
    let all = [
        named("log", "loss", &loss),
        named("log", "layer.1.norm", &one),
        named("wandb", "val/loss", &val),
        named("wandb", "layer.2.norm", &two),
    ];
    let got = matrix(&all, Choice::Latest, Tolerance::default());
    assert!(got.rows.is_empty() && !got.differs());
    assert_eq!(got.unpaired, [0, 1, 2, 3]);
    // The doubt is listed, with what was looked at; numbers in names leave none.
    assert_eq!(got.doubtful.len(), 1);
    assert_eq!(got.doubtful[0].index, (0, 2));
    // Where the values agree after all, it is a pair.
    let all = [named("log", "loss", &val), named("wandb", "val/loss", &val)];
    let got = matrix(&all, Choice::Latest, Tolerance::default());
    assert_eq!(got.rows[0].pairing.basis, Basis::NamesAndValues);
}

#[test]
fn what_is_asked_for_is_compared_whatever_the_names_say() {
    let (loss, cost) = (wave(3.0), wave(2.0));
    let all = [
        named("log", "loss", &loss),
        named("log", "lr", &loss),
        named("wandb", "train/loss", &loss),
        named("wandb", "cost", &cost),
    ];
    let only = |asked: &[&str]| {
        let asked: Vec<_> = asked.iter().map(|text| text.parse().unwrap()).collect();
        MatrixBuilder::new(&all, Options::default())
            .only(&asked)
            .finish()
    };
    let got = only(&["loss=cost"]);
    assert_eq!(pairs(&got), ["log:loss=wandb:cost"]);
    assert!(got.differs() && got.unpaired.is_empty());
    assert_eq!(got.rows[0].pairing.basis, Basis::Asked);
    // One name: the metric that it is paired with, where the other source has none of that name.
    assert_eq!(pairs(&only(&["loss"])), ["log:loss=wandb:train/loss"]);
    assert_eq!(pairs(&only(&["cost", "nowhere"])), Vec::<String>::new());
    assert_eq!(only(&["loss", "lr=cost"]).rows.len(), 2);
}

#[test]
fn two_workloads_meet_kind_by_kind() {
    let (loss, worse) = (wave(3.0), wave(2.9));
    let all = [
        named("old:log", "loss", &loss),
        named("old:wandb", "loss", &loss),
        named("new:log", "loss", &worse),
        named("new:wandb", "loss", &loss),
    ];
    let between = |all, kinds: &'static [&'static str]| {
        let kind_of = |index: usize| kinds.get(index).copied().unwrap_or_default();
        MatrixBuilder::between(all, 2, kind_of, Options::default()).finish()
    };
    let got = between(&all[..], &["log", "wandb", "log", "wandb"]);
    assert_eq!(
        pairs(&got),
        ["old:log:loss=new:log:loss", "old:wandb:loss=new:wandb:loss"]
    );
    assert!(got.rows[0].agreement.verdict.is_difference(), "worst first");
    assert_eq!(got.rows[1].agreement.verdict, Verdict::Identical);
    // No kind in common: each with each.
    let got = between(&all[..], &["log", "wandb", "csv", "jsonl"]);
    assert_eq!(got.rows.len(), 4);
}

#[test]
fn pairs_are_confirmed_by_what_is_compared() {
    let loss = wave(3.0);
    let shifted: Vec<i64> = STEPS.iter().map(|step| step + 7).collect();
    let mut moved = named("wandb", "loss", &loss);
    moved.side.iteration = &shifted;
    let all = [named("log", "loss", &loss), moved];
    let options = Options {
        transform: Transform {
            step_plus: -7,
            ..Transform::default()
        },
        ..Options::default()
    };
    let got = MatrixBuilder::new(&all, options).finish();
    assert_eq!(got.rows[0].agreement.verdict, Verdict::Identical);
    let pairing = &got.rows[0].pairing;
    assert_eq!(pairing.basis, Basis::NamesAndValues);
    assert_eq!((pairing.agreeing, pairing.probed), (40, 40));
    // Without the change nothing meets, and the change is offered.
    let got = matrix(&all, Choice::Latest, Tolerance::default());
    assert_eq!(got.rows[0].agreement.verdict, Verdict::NothingShared);
    let hint = got.rows[0].hint.as_ref().unwrap();
    assert_eq!(hint.transform.step_plus, -7);
    assert!(!got.has_shared_steps());
}
