//! The sentences of the page and the command line, word by word.

use std::f64::consts::{LN_2, LOG2_E};

use parallax_compare::align::{Cadence, Method, Transform, ValueMap, align};
use parallax_compare::attempts::{Attempt, Cause};
use parallax_compare::explain::{
    Evidence, Finding, GapReport, Kind, RowKind, SideGaps, SideId, Suggestion, findings,
};
use parallax_compare::matrix::{Basis, NamedSeries, pair};
use parallax_compare::verdict::{Agreement, Precision, Rounding, Tolerance, Verdict, agree};
use parallax_compare::{ParseError, Side, StepRange};
use parallax_text::en;

const NAMES: (&str, &str) = ("log", "wandb");

fn compare(a: &[f64], b: &[f64]) -> Agreement {
    let steps: Vec<i64> = (1..=a.len().max(b.len()) as i64).map(|i| i * 10).collect();
    let side = |value| Side::new(&steps, &steps, value);
    let rounding = Rounding {
        a: Precision::Significant(4),
        b: Precision::Float64,
        map: ValueMap::Same,
    };
    let (a, b) = (side(a), side(b));
    let alignment = align(a, b, Method::Exact);
    agree(a, b, &alignment, rounding, Tolerance::default())
}

#[test]
fn agreements() {
    let nan = f64::NAN;
    let table: [(&[f64], &[f64], &str); 9] = [
        (
            &[],
            &[1.0],
            "No step is in both: log has 0 steps, wandb has 1 step.",
        ),
        (
            &[1.0, nan],
            &[1.0, nan],
            "All 2 shared steps are identical. Both are NaN or infinite at 1 step.",
        ),
        (
            &[1.0],
            &[1.0, 2.0],
            "The only shared step is identical. 1 step is only in wandb.",
        ),
        (
            &[4.289, 2.0],
            &[4.28911, 2.0],
            "All 2 shared steps are equal within rounding (log prints 4 significant digits); \
             the largest difference is 1.1e-4 at step 10.",
        ),
        (
            &[1.0, 2.0],
            &[1.0009, 2.0],
            "All 2 shared steps are within the tolerance of 0.1 %; the largest difference is 9e-4 \
             at step 10.",
        ),
        (
            &[1.0, 2.0, 3.0],
            &[1.0, 2.2, 3.0],
            "1 of 3 shared steps differs, step 20; the largest difference is 0.2 at step 20, \
             the largest relative one 9.091 %.",
        ),
        (
            &[1.0, 2.0, 3.0],
            &[1.0, 2.2, 4.0],
            "From step 20 on all 2 shared steps differ (3 are shared); the largest difference is \
             1 at step 30, the largest relative one 25 %.",
        ),
        (
            &[1.0, nan],
            &[1.0, 2.0],
            "1 of 2 shared steps differs, step 20. At 1 step one side alone is NaN or infinite.",
        ),
        (
            &[1.0; 9],
            &[2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0],
            "These look like different metrics: 9 of 9 shared steps differ and one side is \
             constant.",
        ),
    ];
    for (a, b, sentence) in table {
        assert_eq!(en::agreement(&compare(a, b), NAMES), sentence);
    }
}

#[test]
fn verdicts() {
    let differs = |points| Verdict::DiffersFrom {
        step: 1510,
        last: 2000,
        points,
        throughout: false,
    };
    for (verdict, text) in [
        (Verdict::Identical, "identical"),
        (Verdict::WithinTolerance, "within tolerance"),
        (differs(1), "differs at 1,510"),
        (differs(2), "differs from 1,510 on"),
        (Verdict::DifferentMetric, "different metric?"),
        (Verdict::NothingShared, "nothing shared"),
    ] {
        assert_eq!(en::verdict(&verdict), text);
    }
    for (absolute, relative, text) in [
        (0.0, 1e-3, "0.1 %"),
        (0.01, 0.0, "0.01"),
        (0.01, 1e-3, "0.01 plus 0.1 %"),
    ] {
        assert_eq!(en::tolerance(Tolerance { absolute, relative }), text);
    }
}

fn range(first: i64, last: i64, count: u64) -> StepRange {
    StepRange { first, last, count }
}

#[test]
fn what_is_notable() {
    let (a, b) = (SideId::A, SideId::B);
    let many: Vec<StepRange> = (1..=6).map(|i| range(i * 1000, i * 1000 + 1, 2)).collect();
    let cadence = |steps, first| Cadence {
        steps,
        first,
        last: first,
    };
    let table: [(Finding<'_>, &str); 15] = [
        (Finding::Empty(a), "log has no points."),
        (
            Finding::EarlyEnd {
                side: b,
                last: 860,
                other: range(870, 3000, 214),
            },
            "wandb stops at step 860; log goes on to 3,000 (214 steps more).",
        ),
        (
            Finding::LateStart {
                side: b,
                first: 31,
                other: range(1, 30, 30),
            },
            "wandb starts at step 31; log at 1 (30 steps before).",
        ),
        (
            Finding::Missing(b, &[range(500, 600, 11), range(1000, 1000, 1)]),
            "wandb lacks steps that log has: 500–600 (11 steps), 1,000.",
        ),
        (
            Finding::OffCadence(a, &many),
            "log lacks steps of its own cadence: 1,000–1,001 (2 steps), 2,000–2,001 (2 steps), \
             3,000–3,001 (2 steps), 4,000–4,001 (2 steps), and 4 steps in 2 more places.",
        ),
        (
            Finding::NonFinite(a, &[range(1, 50, 50)]),
            "Only log is NaN or infinite at 1–50 (50 steps).",
        ),
        (
            Finding::NonFinite(b, &[range(80, 80, 1)]),
            "Only wandb is NaN or infinite at 80.",
        ),
        (
            Finding::CadenceChanges(b, &[cadence(1, 0), cadence(10, 1000)]),
            "wandb changes its cadence: every 1 step from step 0, every 10 steps from step 1,000.",
        ),
        (
            Finding::OneStep(b, 1200),
            "All 1,200 rows of wandb carry one step: align by time instead.",
        ),
        (
            Finding::Rows(a, RowKind::OtherAttempt, 5),
            "log: rows that belong to attempts that are not shown: 5.",
        ),
        (
            Finding::FrozenClock(b),
            "wandb has no usable clock: all of its points have one time.",
        ),
        (
            Finding::ClockOffset { ms: 3_600_000 },
            "The clock of wandb is 1 h ahead of log's.",
        ),
        (
            Finding::ClockOffset { ms: -7_200_000 },
            "The clock of wandb is 2 h behind log's.",
        ),
        (
            Finding::ClockDrift { ms: 36_000 },
            "The clocks drift apart by 36 s an hour.",
        ),
        (
            Finding::ClockDrift { ms: -1_500 },
            "The clocks drift apart by -1.5 s an hour.",
        ),
    ];
    for (finding, text) in table {
        assert_eq!(en::finding(&finding, NAMES), text);
    }
    let report = GapReport {
        a: SideGaps::default(),
        b: SideGaps::default(),
        clock: None,
    };
    let texts: Vec<String> = findings(&report)
        .iter()
        .map(|finding| en::finding(finding, NAMES))
        .collect();
    assert_eq!(texts, ["log has no points.", "wandb has no points."]);
}

#[test]
fn cadences_and_attempts() {
    let cadence = |steps, first, last| Cadence { steps, first, last };
    for (cadences, text) in [
        (vec![], "at no regular distance"),
        (vec![cadence(10, 10, 3000)], "every 10 steps"),
        (
            vec![cadence(1, 0, 1000), cadence(10, 1000, 2000)],
            "every step up to 1,000, then every 10 steps",
        ),
    ] {
        assert_eq!(en::cadences(&cadences), text);
    }
    let attempt = Attempt {
        number: 2,
        label: String::new(),
        first_row: 95,
        end_row: 155,
        first_iteration: 910,
        last_iteration: 1500,
        cause: Cause::WentBack { from: 950, to: 910 },
    };
    assert_eq!(en::attempt(&attempt), "attempt 2 (from step 910)");
    let mut gaps = SideGaps {
        span: Some((10, 1500)),
        cadences: vec![cadence(10, 10, 1500)],
        ..SideGaps::default()
    };
    gaps.cleaned.overlapped = 5;
    let first = Attempt {
        number: 1,
        first_iteration: 10,
        cause: Cause::Start,
        ..attempt.clone()
    };
    assert_eq!(
        en::side_facts(&gaps, &[first, attempt]),
        "steps 10 to 1500 · every 10 steps · 5 rows of other attempts · attempt 1 (from step 10), \
         attempt 2 (from step 910)"
    );
}

fn suggestion(kind: Kind, transform: Transform) -> String {
    let offer = Suggestion {
        kind,
        transform,
        method: Method::Exact,
        evidence: Evidence::default(),
    };
    en::suggestion(&offer, NAMES)
}

#[test]
fn offers_of_steps_and_clocks() {
    let offset = |counts_from| Kind::StepOffset { counts_from };
    let side = SideId::B;
    let every_kth = Kind::EveryKth { side, k: 5 };
    let table = [
        (
            offset(Some(0)),
            (1, 1, 1),
            "wandb counts from 0, is 1 step behind log throughout.",
        ),
        (
            offset(None),
            (1, 1, 1),
            "wandb is 1 step behind log throughout.",
        ),
        (
            offset(None),
            (1, 1, -9000),
            "wandb is 9,000 steps ahead of log throughout.",
        ),
        (
            Kind::Stride,
            (10, 1, 10),
            "wandb counts in units of 10 steps of log (rows or epochs), 10 steps later.",
        ),
        (
            Kind::StepUnit,
            (1, 16, 0),
            "wandb counts 16 for each step of log (samples or tokens).",
        ),
        (
            Kind::StepUnit,
            (1, 8192, 0),
            "wandb counts 8,192 for each step of log (samples or tokens).",
        ),
        (
            Kind::StepUnit,
            (3, 2, -4),
            "2 steps of wandb are 3 steps of log, 4 steps earlier.",
        ),
        (
            Kind::ShiftedRow,
            (1, 1, -10),
            "wandb logs each value at the step after that of log (10 steps).",
        ),
        (
            Kind::RowOrder,
            (1, 1, 0),
            "The steps of log and wandb don't correspond, but row by row the values do.",
        ),
        (
            every_kth,
            (1, 1, 0),
            "wandb logs every 5th step of log; nothing needs to change.",
        ),
    ];
    for (kind, (step_times, step_over, step_plus), text) in table {
        let transform = Transform {
            step_times,
            step_over,
            step_plus,
            ..Transform::default()
        };
        assert_eq!(suggestion(kind, transform), text);
    }
    for (time_plus_ms, text) in [
        (
            -3_600_000,
            "The clock of wandb is 1 h ahead of log's, a difference of time zones.",
        ),
        (
            3_600_000,
            "The clock of wandb is 1 h behind log's, a difference of time zones.",
        ),
        (
            -19_800_000,
            "The clock of wandb is 5.5 h ahead of log's, a difference of time zones.",
        ),
        (-420_000, "The clock of wandb is 7 min ahead of log's."),
    ] {
        let transform = Transform {
            time_plus_ms,
            ..Transform::default()
        };
        assert_eq!(suggestion(Kind::ClockOffset, transform), text);
    }
}

#[test]
fn offers_of_values() {
    let times = ValueMap::Times;
    let table = [
        (
            Kind::Percent,
            times(100.0),
            "wandb is a fraction where log has percent.",
        ),
        (
            Kind::Percent,
            times(0.01),
            "wandb is percent where log has a fraction.",
        ),
        (Kind::Negated, times(-1.0), "wandb is of the opposite sign."),
        (
            Kind::MeanOrSum,
            times(1.0 / 8.0),
            "wandb is a sum over 8 where log has a mean.",
        ),
        (
            Kind::MeanOrSum,
            times(32.0),
            "wandb is a mean over 32 where log has a sum.",
        ),
        (
            Kind::Scale,
            times(0.001),
            "wandb is 1,000 times larger (another unit prefix).",
        ),
        (
            Kind::Scale,
            times(LN_2),
            "wandb is in bits where log has nats.",
        ),
        (
            Kind::Scale,
            times(LOG2_E),
            "wandb is in nats where log has bits.",
        ),
        (
            Kind::Scale,
            times(0.8),
            "wandb is 1.25 times log throughout.",
        ),
        (
            Kind::Logarithm,
            ValueMap::Ln,
            "wandb is e to the power of log: a perplexity against a loss.",
        ),
        (
            Kind::Logarithm,
            ValueMap::Exp,
            "wandb is the natural logarithm of log.",
        ),
        (
            Kind::OneMinus,
            ValueMap::OneMinus,
            "wandb is 1 minus log: an error against an accuracy.",
        ),
    ];
    for (kind, value, text) in table {
        let transform = Transform {
            value,
            ..Transform::default()
        };
        assert_eq!(suggestion(kind, transform), text);
    }
}

#[test]
fn pairings() {
    let steps: Vec<i64> = (0..40).map(|i| i * 10).collect();
    let wave = |seed: f64| -> Vec<f64> {
        (0..40)
            .map(|i| seed + (f64::from(i) * seed * 0.37).sin())
            .collect()
    };
    let (loss, norm) = (wave(3.0), wave(1.0));
    let named = |metric, value| NamedSeries {
        metric,
        source: "",
        side: Side::new(&steps, &steps, value),
    };
    let a = [named("loss", &loss), named("grad_norm", &norm)];
    let swapped = [named("train/loss", &norm), named("train/grad_norm", &loss)];
    assert_eq!(
        en::pairing(&pair(&a, &swapped)[0]),
        "similar names, but values agree at only 0 of 40 steps; those of loss are in \
         train/grad_norm: swapped?"
    );
    assert_eq!(
        en::pairing(&pair(&a, &a)[0]),
        "same name; values agree at 40 of 40 steps"
    );
    let mut asked = pair(&a, &a).remove(0);
    asked.basis = Basis::Asked;
    assert_eq!(en::pairing(&asked), "as asked for");
}

#[test]
fn choices_that_can_not_be_read() {
    for (error, text) in [
        (
            ParseError::Attempts,
            "`x` is no choice of attempts; expected latest, first, all or a number from 1",
        ),
        (
            ParseError::MetricPair,
            "`x` names no metric; expected a name, or two as in lm_loss=train/loss",
        ),
        (
            ParseError::ToleranceTooLarge(3.0),
            "a relative tolerance of 3 accepts any two numbers; expected less than 2",
        ),
    ] {
        assert_eq!(en::parse_error("x", error), text);
    }
}
