//! B between its own points, at A's steps.
//!
//! Only between two finite points: nothing is invented beyond a side's ends or across a NaN.

use super::align::{Alignment, columns};
use super::side::Side;

/// The number at a fraction of the way.
pub(crate) fn between(left: f64, right: f64, fraction: f64) -> f64 {
    let way = right - left;
    if way.is_finite() {
        left + way * fraction
    } else {
        left * (1.0 - fraction) + right * fraction
    }
}

/// Pairs each row of A with a row of B and how far B goes on from there to its next.
pub(crate) fn interpolated(a: Side<'_>, b: Side<'_>) -> Alignment {
    let mut out = Alignment::default();
    let (x, y) = (columns(a.iteration, a), columns(b.iteration, b));
    let mut used = vec![false; y.len()];
    let mut left = 0_usize;
    for (i, &step) in x.iter().enumerate() {
        while y.get(left + 1).is_some_and(|&next| next <= step) {
            left += 1;
        }
        let Some(fraction) = fraction_at(b, left, step) else {
            out.only_a.push(i as u32);
            continue;
        };
        out.a.push(i as u32);
        out.b.push(left as u32);
        out.fraction.push(fraction);
        used.iter_mut()
            .skip(left)
            .take(1 + usize::from(fraction > 0.0))
            .for_each(|u| *u = true);
    }
    let unused = used.iter().enumerate().filter(|(_, used)| !**used);
    out.only_b = unused.map(|(row, _)| row as u32).collect();
    out
}

/// Where `step` lies between the points `left` and `left + 1`, if they bracket it.
fn fraction_at(b: Side<'_>, left: usize, step: i64) -> Option<f64> {
    if left >= b.len() {
        return None;
    }
    let low = b.step(left);
    if low == step {
        return Some(0.0);
    }
    let high = b
        .iteration
        .get(left + 1)
        .copied()
        .filter(|_| left + 1 < b.len())?;
    let finite = b.number(left).is_finite() && b.number(left + 1).is_finite();
    let inside = low < step && step < high && finite;
    inside.then(|| (step as f64 - low as f64) / (high as f64 - low as f64))
}
