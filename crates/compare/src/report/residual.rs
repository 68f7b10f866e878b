//! Δ as a series of its own, to be drawn under the chart.
//!
//! Δ is `b − a`, absolute or relative to the larger of both (see [`relative_delta`]), sign kept, one
//! point a pair in A's order, with A's step and time. Two equal non-finite values give 0, any other
//! pair with a non-finite value gives NaN. Decimation is the frame's business.

use crate::align::Alignment;
use crate::side::{Points, Side, same};
use crate::verdict::relative_delta;

/// Δ, and the points that only one side has.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Residual {
    /// Δ of each pair.
    pub delta: Points<'static>,
    /// What only A has.
    pub only_a: Points<'static>,
    /// What only B has.
    pub only_b: Points<'static>,
}

/// Makes the residual of aligned points.
pub fn residual(a: Side<'_>, b: Side<'_>, alignment: &Alignment, relative: bool) -> Residual {
    let difference = |x: f64, y: f64| match (same(x, y), relative) {
        (true, _) => 0.0,
        (_, true) if x.is_finite() && y.is_finite() => relative_delta(x, y),
        (_, false) if x.is_finite() && y.is_finite() => y - x,
        _ => f64::NAN,
    };
    let pairs = alignment.pairs(a, b);
    Residual {
        delta: Points {
            value: pairs.map(|pair| difference(pair.a, pair.b)).collect(),
            ..Points::gather(a, &alignment.a)
        },
        only_a: Points::gather(a, &alignment.only_a),
        only_b: Points::gather(b, &alignment.only_b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::align::{Method, align};

    #[test]
    fn sign_non_finite_and_lone_points() {
        let (nan, inf) = (f64::NAN, f64::INFINITY);
        let (x, y) = ([2.0, 1.0, nan, inf, 9.0], [1.0, 2.0, nan, 1.0, 9.0]);
        let a = Side::new(&[1, 2, 3, 4, 5], &[10, 20, 30, 40, 50], &x);
        let b = Side::new(&[1, 2, 3, 4, 6], &[11, 21, 31, 41, 61], &y);
        let alignment = align(a, b, Method::Exact);
        let got = residual(a, b, &alignment, false);
        assert_eq!(got.delta.value[..3], [-1.0, 1.0, 0.0]);
        assert!(got.delta.value[3].is_nan());
        assert_eq!(*got.only_a.iteration, [5]);
        assert_eq!(*got.only_b.timestamp_ms, [61]);
        assert_eq!(*got.delta.timestamp_ms, [10, 20, 30, 40]);
        let relative = residual(a, b, &alignment, true).delta;
        assert_eq!(relative.value[..2], [-0.5, 0.5]);
    }
}
