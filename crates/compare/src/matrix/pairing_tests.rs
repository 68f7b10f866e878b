use super::*;

const STEPS: [i64; 40] = {
    let mut steps = [0; 40];
    let mut at = 0;
    while at < 40 {
        steps[at] = at as i64 * 10;
        at += 1;
    }
    steps
};

fn curve(seed: f64) -> Vec<f64> {
    (0..40)
        .map(|i| seed + (f64::from(i) * seed * 0.37).sin())
        .collect()
}

fn named<'a>(metric: &'a str, values: &'a [f64]) -> NamedSeries<'a> {
    let side = Side::new(&STEPS, &STEPS, values);
    NamedSeries {
        metric,
        source: "",
        side,
    }
}

fn chosen(a: &[NamedSeries<'_>], b: &[NamedSeries<'_>]) -> Vec<(String, String, Basis)> {
    let pairs = pair(a, b).into_iter().filter(|pair| pair.chosen);
    pairs.map(|p| (p.metrics.0, p.metrics.1, p.basis)).collect()
}

#[test]
fn names_and_values_choose() {
    let (loss, val, lr, norm) = (curve(3.0), curve(2.0), curve(0.5), curve(1.0));
    let a = [
        named("lm_loss", &loss),
        named("learning_rate", &lr),
        named("grad_norm", &norm),
    ];
    let b = [
        named("val/loss", &val),
        named("train/gradNorm", &norm),
        named("train/lr", &lr),
        named("train/loss", &loss),
    ];
    let got = chosen(&a, &b);
    let pairs = [
        ("lm_loss", "train/loss"),
        ("learning_rate", "train/lr"),
        ("grad_norm", "train/gradNorm"),
    ];
    for ((a, b, basis), want) in got.iter().zip(pairs) {
        assert_eq!(
            (a.as_str(), b.as_str(), *basis),
            (want.0, want.1, Basis::NamesAndValues)
        );
    }
    assert_eq!(got.len(), 3);
}

#[test]
fn training_never_pairs_with_validation_by_name() {
    let (loss, val) = (curve(3.0), curve(2.0));
    assert_eq!(
        chosen(&[named("train/loss", &loss)], &[named("val/loss", &val)]),
        []
    );
}

#[test]
fn unknown_names_pair_by_values() {
    let (x, y) = (curve(3.0), curve(2.0));
    let got = chosen(
        &[named("objective", &x), named("b", &y)],
        &[named("c", &y), named("cost", &x)],
    );
    let want = [("objective", "cost"), ("b", "c")];
    assert_eq!(
        got,
        want.map(|(a, b)| (a.to_owned(), b.to_owned(), Basis::Values))
    );
    // Constants agree with every constant and prove nothing.
    let ones = [1.0; 40];
    assert_eq!(
        chosen(&[named("loss_scale", &ones)], &[named("epoch", &ones)]),
        []
    );
}

#[test]
fn swapped_sources_are_named() {
    let (loss, norm) = (curve(3.0), curve(1.0));
    let a = [named("loss", &loss), named("grad_norm", &norm)];
    let b = [named("train/loss", &norm), named("train/grad_norm", &loss)];
    let pairs = pair(&a, &b);
    assert_eq!(
        (pairs[0].metrics.1.as_str(), pairs[0].chosen),
        ("train/loss", true)
    );
    assert_eq!(pairs[0].basis, Basis::NamesAgainstValues);
    assert_eq!((pairs[0].agreeing, pairs[0].probed), (0, 40));
    assert_eq!(pairs[0].rival.as_deref(), Some("train/grad_norm"));
}

#[test]
fn another_cadence_still_confirms() {
    let steps: Vec<i64> = (0..4000).map(|i| i * 7).collect();
    let values: Vec<f64> = (0..4000).map(|i| (f64::from(i) * 0.1).sin()).collect();
    let few: Vec<usize> = (3..4000).step_by(97).collect();
    let (s, v): (Vec<i64>, Vec<f64>) = few.iter().map(|&i| (steps[i], values[i])).unzip();
    let dense = Side::new(&steps, &steps, &values);
    let sparse = Side::new(&s, &s, &v);
    let of = |side| {
        [NamedSeries {
            metric: "loss",
            source: "",
            side,
        }]
    };
    let got = pair(&of(dense), &of(sparse));
    assert_eq!((got[0].probed, got[0].agreeing), (42, 42));
}
