use super::*;

/// A noisy falling curve that no shift of itself resembles.
fn curve(n: usize) -> Vec<f64> {
    let mut state = 7_u64;
    (0..n)
        .map(|i| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            1.0 + 3.0 * (-(i as f64) / 50.0).exp() + (state >> 40) as f64 / f64::from(1 << 26)
        })
        .collect()
}

/// As a log prints it, `%.6E`.
fn printed(values: &[f64]) -> Vec<f64> {
    values
        .iter()
        .map(|v| format!("{v:.6e}").parse().unwrap())
        .collect()
}

fn every(k: i64, from: i64, n: usize) -> Vec<i64> {
    (0..n as i64).map(|i| from + i * k).collect()
}

fn ask(a: (&[i64], &[f64]), b: (&[i64], &[f64])) -> Vec<Suggestion> {
    let times = |steps: &[i64]| -> Vec<i64> { steps.iter().map(|s| 1_000_000 + s).collect() };
    let (t, u) = (times(a.0), times(b.0));
    let x = Side {
        iteration: a.0,
        timestamp_ms: &t,
        value: a.1,
    };
    let y = Side {
        iteration: b.0,
        timestamp_ms: &u,
        value: b.1,
    };
    suggest(x, y, ("log", "wandb"))
}

fn only(found: &[Suggestion]) -> (Kind, Transform, &str) {
    assert_eq!(found.len(), 1, "{found:#?}");
    (found[0].kind, found[0].transform, found[0].reason.as_str())
}

#[test]
fn steps() {
    let same = Transform::default();
    let (full, log) = (curve(200), printed(&curve(200)));
    let plus = |step_plus| Transform { step_plus, ..same };
    type Case = (Vec<i64>, Vec<i64>, Kind, Transform, &'static str);
    let table: [Case; 6] = [
        (
            every(1, 1, 200),
            every(1, 0, 200),
            Kind::StepOffset,
            plus(1),
            "wandb counts from 0, is 1 step behind log throughout.",
        ),
        (
            every(10, 10, 200),
            every(10, 9, 200),
            Kind::StepOffset,
            plus(1),
            "wandb is 1 step behind log throughout.",
        ),
        (
            every(10, 10, 200),
            every(10, 9010, 200),
            Kind::StepOffset,
            plus(-9000),
            "wandb is 9,000 steps ahead of log throughout.",
        ),
        (
            every(10, 10, 200),
            every(1, 0, 200),
            Kind::Stride,
            Transform {
                step_times: 10,
                step_plus: 10,
                ..same
            },
            "wandb counts in units of 10 steps of log (rows or epochs), 10 steps later.",
        ),
        (
            every(10, 10, 200),
            every(160, 160, 200),
            Kind::StepUnit,
            Transform {
                step_over: 16,
                ..same
            },
            "wandb counts 16 for each step of log (samples or tokens).",
        ),
        (
            every(1, 1, 200),
            every(8192, 8192, 200),
            Kind::StepUnit,
            Transform {
                step_over: 8192,
                ..same
            },
            "wandb counts 8,192 for each step of log (samples or tokens).",
        ),
    ];
    for (x, y, kind, transform, reason) in table {
        let found = ask((&x, &log), (&y, &full));
        assert_eq!(only(&found), (kind, transform, reason));
        assert_eq!(
            (found[0].evidence.matched.1, found[0].evidence.agreeing.1),
            (200, 200)
        );
    }
}

#[test]
fn a_row_late() {
    let (full, steps) = (curve(201), every(10, 10, 200));
    let found = ask((&steps, &printed(&full[1..])), (&steps, &full[..200]));
    let (kind, transform, reason) = only(&found);
    assert_eq!((kind, transform.step_plus), (Kind::ShiftedRow, -10));
    assert_eq!(
        reason,
        "wandb logs each value at the step after that of log (10 steps)."
    );
    assert_eq!(found[0].evidence.matched, (200, 199));
    let (before, after) = found[0].evidence.residual;
    assert!(before.unwrap() > 1000.0 * after.unwrap());
}

#[test]
fn steps_that_only_order_tells() {
    // HF's `_step` counts evaluation rows too: 0…24, 26…49, …
    let counted: Vec<i64> = (0..150).map(|i| i + i / 25).collect();
    let full = curve(150);
    let found = ask((&every(10, 10, 150), &printed(&full)), (&counted, &full));
    assert_eq!(
        (found[0].kind, found[0].method),
        (Kind::RowOrder, Method::RowOrder)
    );
    assert_eq!(found[0].evidence.agreeing.1, 150);
}

#[test]
fn values() {
    let (full, steps) = (curve(200), every(10, 10, 200));
    let log = printed(&full);
    let map = |f: fn(f64) -> f64| -> Vec<f64> { full.iter().map(|v| f(*v)).collect() };
    let table: [(Vec<f64>, Kind, &str); 11] = [
        (
            map(|v| v * 0.01),
            Kind::Percent,
            "wandb is a fraction where log has percent.",
        ),
        (
            map(|v| v * 100.0),
            Kind::Percent,
            "wandb is percent where log has a fraction.",
        ),
        (map(|v| -v), Kind::Negated, "wandb is of the opposite sign."),
        (
            map(|v| v * 8.0),
            Kind::MeanOrSum,
            "wandb is a sum over 8 where log has a mean.",
        ),
        (
            map(|v| v / 32.0),
            Kind::MeanOrSum,
            "wandb is a mean over 32 where log has a sum.",
        ),
        (
            map(|v| v * 1000.0),
            Kind::Scale,
            "wandb is 1,000 times larger (another unit prefix).",
        ),
        (
            map(|v| v * std::f64::consts::LOG2_E),
            Kind::Scale,
            "wandb is in bits where log has nats.",
        ),
        (
            map(|v| v * 1.25),
            Kind::Scale,
            "wandb is 1.25 times log throughout.",
        ),
        (
            map(f64::exp),
            Kind::Logarithm,
            "wandb is e to the power of log: a perplexity against a loss.",
        ),
        (
            map(f64::ln),
            Kind::Logarithm,
            "wandb is the natural logarithm of log.",
        ),
        (
            map(|v| 1.0 - v),
            Kind::OneMinus,
            "wandb is 1 minus log: an error against an accuracy.",
        ),
    ];
    for (values, kind, reason) in table {
        let found = ask((&steps, &log), (&steps, &values));
        let got = only(&found);
        assert_eq!((got.0, got.2), (kind, reason));
        assert!(found[0].evidence.agreeing.0 < 20 && found[0].evidence.agreeing.1 >= 190);
    }
}

#[test]
fn a_printed_percentage_against_a_fraction() {
    // "accuracy 47.66%" beside 0.4765625.
    let full: Vec<f64> = curve(200).iter().map(|v| v / 10.0).collect();
    let percent: Vec<f64> = full
        .iter()
        .map(|v| format!("{:.2}", v * 100.0).parse().unwrap())
        .collect();
    let steps = every(1, 1, 200);
    let found = ask((&steps, &full), (&steps, &percent));
    assert_eq!(only(&found).0, Kind::Percent);
    let found = ask((&steps, &percent), (&steps, &full));
    assert_eq!(only(&found).0, Kind::Percent);
}

#[test]
fn clocks_and_cadences() {
    let (full, steps) = (curve(200), every(10, 10, 200));
    let times: Vec<i64> = steps.iter().map(|s| 1_700_000_000_000 + s * 100).collect();
    let late: Vec<i64> = times.iter().map(|t| t + 3_600_000 + t % 700).collect();
    let a = Side {
        iteration: &steps,
        timestamp_ms: &times,
        value: &full,
    };
    let found = suggest(
        a,
        Side {
            timestamp_ms: &late,
            ..a
        },
        ("log", "wandb"),
    );
    let (kind, transform, reason) = only(&found);
    assert_eq!(
        (kind, transform.time_plus_ms),
        (Kind::ClockOffset, -3_600_000)
    );
    assert_eq!(
        reason,
        "The clock of wandb is 1 h ahead of log's, a difference of time zones."
    );

    let rare: Vec<i64> = steps.iter().copied().step_by(5).collect();
    let few: Vec<f64> = full.iter().copied().step_by(5).collect();
    let found = ask((&steps, &printed(&full)), (&rare, &few));
    let (kind, transform, reason) = only(&found);
    assert_eq!((kind, transform.is_identity()), (Kind::EveryKth, true));
    assert_eq!(
        reason,
        "wandb logs every 5th step of log; nothing needs to change."
    );
}

#[test]
fn nothing_where_nothing_helps() {
    let steps = every(10, 10, 200);
    let full = curve(200);
    assert_eq!(ask((&steps, &full), (&steps, &full)), []);
    let other: Vec<f64> = (0..200).map(|i| f64::from(i * 7919 % 200)).collect();
    assert_eq!(ask((&steps, &full), (&steps, &other)), []);
    let ones = vec![1.0; 200];
    assert_eq!(ask((&steps, &ones), (&every(10, 17, 200), &ones)), []);
    assert_eq!(ask((&[], &[]), (&steps, &full)), []);
    // A smooth schedule moved by a step is close to itself, yet not equal: not this one.
    let smooth: Vec<f64> = (0..200).map(|i| 1.0 + 1e-4 * f64::from(i).cos()).collect();
    assert_eq!(ask((&steps, &smooth), (&steps, &full)), []);
}
