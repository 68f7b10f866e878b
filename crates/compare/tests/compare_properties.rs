//! Whatever the rows are, a comparison answers: no panic, no row lost, none counted twice.

use parallax_compare::align::{Alignment, Method, align};
use parallax_compare::attempts::{Choice, SplitRule};
use parallax_compare::report::{to_csv, to_json};
use parallax_compare::{AlignedPair, Options, Side};
use parallax_model::value::MISSING;

struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn step(&mut self) -> i64 {
        match self.below(40) {
            0 => i64::MAX,
            1 => i64::MIN,
            2 => -1,
            n => n as i64,
        }
    }

    fn value(&mut self) -> f64 {
        const SPECIAL: [f64; 9] = [
            0.0,
            -0.0,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            MISSING,
            f64::MAX,
            -f64::MAX,
            5e-324,
        ];
        match self.below(30) as usize {
            n if n < SPECIAL.len() => SPECIAL[n],
            n => n as f64 / 8.0,
        }
    }

    fn columns(&mut self) -> (Vec<i64>, Vec<i64>, Vec<f64>) {
        let n = self.below(40);
        let (mut steps, mut times, mut values) = (Vec::new(), Vec::new(), Vec::new());
        let orderly = self.below(2) == 0;
        for row in 0..n {
            steps.push(if orderly { row as i64 * 3 } else { self.step() });
            times.push(self.step());
            values.push(self.value());
        }
        (steps, times, values)
    }
}

const METHODS: [Method; 6] = [
    Method::Exact,
    Method::Nearest { tolerance_steps: 2 },
    Method::Nearest {
        tolerance_steps: i64::MAX,
    },
    Method::Interpolated,
    Method::TimeNearest { tolerance_ms: 3 },
    Method::RowOrder,
];

/// Each number below `n` exactly once.
fn covers(n: usize, parts: [&[u32]; 2]) -> bool {
    let mut all: Vec<u32> = parts.concat();
    all.sort_unstable();
    all.iter().copied().eq(0..n as u32)
}

fn holds(a: Side<'_>, b: Side<'_>, got: &Alignment) -> bool {
    let sorted = got.a.is_sorted() && got.only_a.is_sorted() && got.only_b.is_sorted();
    let used_once = got.method == Method::Interpolated || covers(b.len(), [&got.b, &got.only_b]);
    sorted && used_once && got.a.len() == got.b.len() && covers(a.len(), [&got.a, &got.only_a])
}

#[test]
fn every_row_is_accounted_for() {
    let mut random = Random(1);
    for _ in 0..3000 {
        let (x, y) = (random.columns(), random.columns());
        let a = Side::new(&x.0, &x.1, &x.2);
        let b = Side::new(&y.0, &y.1, &y.2);
        let method = METHODS[random.below(6) as usize];
        let choice =
            [Choice::Latest, Choice::First, Choice::All, Choice::One(2)][random.below(4) as usize];
        let boundaries = vec![random.below(20) as usize, 25];
        let split_a = SplitRule {
            late_steps: random.below(5) as i64,
            boundaries,
        };
        let options = Options {
            split_a,
            choice,
            method,
            ..Options::default()
        };
        let got = AlignedPair::new(a, b, &options);
        let (p, q) = (got.a.side(), got.b.side());
        assert!(p.iteration.is_sorted() && q.iteration.is_sorted());
        let strict = |side: Side<'_>| side.iteration.windows(2).all(|w| w[0] < w[1]);
        assert!(choice == Choice::All || (strict(p) && strict(q)));
        let left_out = got.cleaned.0;
        let sum = left_out.missing + left_out.collapsed + left_out.replaced + left_out.overlapped;
        assert_eq!(sum + p.len() as u64, a.len() as u64, "{left_out:?}");
        assert!(holds(p, q, &got.alignment), "{:?}", got.alignment);

        let agreement = got.agreement();
        assert_eq!(agreement.by_status.iter().sum::<u64>(), agreement.matched);
        let rows = got.rows();
        assert_eq!(
            rows.len() as u64,
            agreement.matched + agreement.only.0 + agreement.only.1
        );
        assert_eq!(to_csv(&rows).lines().count(), rows.len() + 1);
        let json: Vec<serde_json::Value> = serde_json::from_str(&to_json(&rows)).unwrap();
        assert_eq!(json.len(), rows.len());
        assert_eq!(
            got.residual(true).delta.value.len() as u64,
            agreement.matched
        );
        got.gaps();
        for offer in got.suggestions() {
            assert!(offer.evidence.agreeing.1 >= offer.evidence.agreeing.0);
        }
    }
}

#[test]
fn a_side_agrees_with_itself_by_every_method() {
    let steps: Vec<i64> = (0..500).map(|i| i * 10).collect();
    // 0 would be an unknown time.
    let times_ms: Vec<i64> = (1..=500).collect();
    let values: Vec<f64> = (0..500).map(|i| f64::from(i).sin()).collect();
    let side = Side::new(&steps, &times_ms, &values);
    for method in METHODS {
        let got = align(side, side, method);
        assert_eq!((got.matched(), got.a == got.b), (500, true), "{method:?}");
    }
}
