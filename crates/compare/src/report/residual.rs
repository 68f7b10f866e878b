//! Δ as a series of its own, to be drawn under the chart.
//!
//! Δ is `b − a`, absolute or relative to the larger of both (see [`relative_delta`]),
//! sign kept, one point a pair in A's order, with A's step and time. Two equal non-finite values
//! give 0, any other pair with a non-finite value gives NaN. Decimation is the frame's business.

use serde::{Deserialize, Serialize};

use crate::align::Alignment;
use crate::side::{Side, same};
use crate::verdict::relative_delta;

/// What the strip and its rails show.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Residual {
    /// Step of each pair.
    pub iteration: Vec<i64>,
    /// Time of each pair, by A's clock.
    pub timestamp_ms: Vec<i64>,
    /// Δ of each pair.
    pub delta: Vec<f64>,
    /// True if Δ is relative.
    pub relative: bool,
    /// Steps that only A has.
    pub only_a: Rail,
    /// Steps that only B has.
    pub only_b: Rail,
}

/// Ticks of one side.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rail {
    /// Their steps.
    pub iteration: Vec<i64>,
    /// Their times, by that side's clock.
    pub timestamp_ms: Vec<i64>,
}

/// Makes the strip of aligned points.
pub fn residual(a: Side<'_>, b: Side<'_>, alignment: &Alignment, relative: bool) -> Residual {
    let delta = |x: f64, y: f64| match (same(x, y), relative) {
        (true, _) => 0.0,
        (_, true) if x.is_finite() && y.is_finite() => relative_delta(x, y),
        (_, false) if x.is_finite() && y.is_finite() => y - x,
        _ => f64::NAN,
    };
    let Rail {
        iteration,
        timestamp_ms,
    } = rail(a, &alignment.a);
    let deltas = alignment.pairs(a, b).map(|pair| delta(pair.a, pair.b));
    Residual {
        iteration,
        timestamp_ms,
        delta: deltas.collect(),
        relative,
        only_a: rail(a, &alignment.only_a),
        only_b: rail(b, &alignment.only_b),
    }
}

/// Steps and times of rows.
fn rail(side: Side<'_>, rows: &[u32]) -> Rail {
    let rows = || rows.iter().map(|&row| row as usize);
    Rail {
        iteration: rows().map(|row| side.step(row)).collect(),
        timestamp_ms: rows().map(|row| side.time_ms(row)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::align::{Method, align};

    #[test]
    fn sign_non_finite_and_rails() {
        let (nan, inf) = (f64::NAN, f64::INFINITY);
        let a = Side::new(
            &[1, 2, 3, 4, 5],
            &[10, 20, 30, 40, 50],
            &[2.0, 1.0, nan, inf, 9.0],
        );
        let b = Side::new(
            &[1, 2, 3, 4, 6],
            &[11, 21, 31, 41, 61],
            &[1.0, 2.0, nan, 1.0, 9.0],
        );
        let alignment = align(a, b, Method::Exact);
        let got = residual(a, b, &alignment, false);
        assert_eq!(&got.delta[..3], &[-1.0, 1.0, 0.0]);
        assert!(got.delta[3].is_nan());
        assert_eq!(
            (got.only_a.iteration, got.only_b.timestamp_ms),
            (vec![5], vec![61])
        );
        assert_eq!(got.timestamp_ms, [10, 20, 30, 40]);
        assert_eq!(&residual(a, b, &alignment, true).delta[..2], &[-0.5, 0.5]);
    }
}
