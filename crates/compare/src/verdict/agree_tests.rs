use super::*;
use crate::align::{Method, ValueMap, align};
use crate::verdict::Precision;

fn compare(a: &[f64], b: &[f64], rounding: Rounding) -> Agreement {
    let steps: Vec<i64> = (1..=a.len().max(b.len()) as i64).map(|i| i * 10).collect();
    let x = Side::new(&steps, &steps, a);
    let y = Side::new(&steps, &steps, b);
    let alignment = align(x, y, Method::Exact);
    agree(x, y, &alignment, rounding, Tolerance::default())
}

const PRINTED: Rounding = Rounding {
    a: Precision::Significant(4),
    b: Precision::Float64,
    map: ValueMap::Same,
};

#[test]
fn verdicts() {
    let nan = f64::NAN;
    let differs = |step, last, points, throughout| Verdict::DiffersFrom {
        step,
        last,
        points,
        throughout,
    };
    let rounded = Verdict::EqualWithinRounding {
        a: Precision::Significant(4),
        b: Precision::Float64,
    };
    let table: [(&[f64], &[f64], Verdict); 8] = [
        (&[], &[1.0], Verdict::NothingShared),
        (&[1.0, nan], &[1.0, nan], Verdict::Identical),
        (&[1.0], &[1.0, 2.0], Verdict::Identical),
        (&[4.289, 2.0], &[4.28911, 2.0], rounded),
        (&[1.0, 2.0], &[1.0009, 2.0], Verdict::WithinTolerance),
        (
            &[1.0, 2.0, 3.0],
            &[1.0, 2.2, 3.0],
            differs(20, 20, 1, false),
        ),
        (&[1.0, 2.0, 3.0], &[1.0, 2.2, 4.0], differs(20, 30, 2, true)),
        (&[1.0, nan], &[1.0, 2.0], differs(20, 20, 1, true)),
    ];
    for (a, b, verdict) in table {
        assert_eq!(compare(a, b, PRINTED).verdict, verdict, "{a:?} {b:?}");
    }
}

#[test]
fn other_metrics_are_recognised() {
    let falling: Vec<f64> = (0..50)
        .map(|i| 2.0 + 3.0 * (-f64::from(i) / 9.0).exp())
        .collect();
    let rising: Vec<f64> = falling.iter().map(|v| 1.0 - v / 6.0).collect();
    let noise: Vec<f64> = (0..50).map(|i| f64::from(i * 37 % 50)).collect();
    for other in [&rising, &noise] {
        assert_eq!(
            compare(&falling, other, PRINTED).verdict,
            Verdict::DifferentMetric
        );
    }
    // The same shape at another scale is a difference that a suggestion explains.
    let percent: Vec<f64> = falling.iter().map(|v| v * 100.0).collect();
    assert!(matches!(
        compare(&falling, &percent, PRINTED).verdict,
        Verdict::DiffersFrom { .. }
    ));
}

#[test]
fn figures_by_hand() {
    let got = compare(&[1.0, 2.0, -4.0, 0.0], &[2.0, 2.0, -5.0, 0.0], PRINTED);
    let f = got.figures.unwrap();
    assert_eq!((f.points, f.bias, f.mae), (4, 0.0, 0.5));
    assert_eq!((f.rmse, f.max_abs, f.max_abs_at), (0.5_f64.sqrt(), 1.0, 10));
    assert_eq!((f.max_relative, f.max_relative_at), (0.5, 10));
    assert_eq!(f.mean_relative, (0.5 + 0.2) / 4.0);
    assert_eq!(got.by_status, [2, 0, 0, 2, 0]);
    assert_eq!(
        compare(&[1.0; 9], &[2.0; 9], PRINTED)
            .figures
            .unwrap()
            .pearson,
        None
    );
}

#[test]
fn swapping_the_sides_turns_the_sign() {
    let (a, b) = ([1.0, 2.5, 3.0, 7.0], [1.5, 2.0, 3.25, 8.0]);
    let (there, back) = (compare(&a, &b, PRINTED), compare(&b, &a, PRINTED));
    let (f, g) = (there.figures.unwrap(), back.figures.unwrap());
    assert_eq!(
        (f.bias, f.mae, f.rmse, f.pearson),
        (-g.bias, g.mae, g.rmse, g.pearson)
    );
}

#[test]
fn a_mapped_side_keeps_its_own_rounding() {
    // 47.66 % printed with 2 decimals against the fraction 0.476_64.
    let rounding = Rounding {
        a: Precision::Float64,
        b: Precision::Decimals(2),
        map: ValueMap::Times(0.01),
    };
    let got = compare(&[0.476_64], &[47.66 * 0.01], rounding);
    assert!(
        matches!(got.verdict, Verdict::EqualWithinRounding { .. }),
        "{:?}",
        got.verdict
    );
    let got = compare(&[0.4768], &[47.66 * 0.01], rounding);
    assert_eq!(got.verdict, Verdict::WithinTolerance);
}

#[test]
fn crosses_a_worker_boundary() {
    let got = compare(&[1.0, 2.0], &[1.0, 2.2], PRINTED);
    let text = serde_json::to_string(&got).unwrap();
    assert_eq!(serde_json::from_str::<Agreement>(&text).unwrap(), got);
}
