//! B between its own points, at A's steps.
//!
//! Only between two finite points: nothing is invented beyond a side's ends or across a NaN.

use super::alignment::Alignment;
use crate::side::Side;

/// Pairs each row of A with the row of B at or before its step, and how far on towards the next
/// one it lies.
pub(super) fn interpolated(a: Side<'_>, b: Side<'_>) -> Alignment {
    let mut out = Alignment::default();
    let y = b.steps();
    let mut used = vec![false; y.len()];
    let mut left = 0_usize;
    for (i, &step) in a.steps().iter().enumerate() {
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
        let neighbours = used.iter_mut().skip(left);
        neighbours
            .take(1 + usize::from(fraction > 0.0))
            .for_each(|used| *used = true);
    }
    let unused = used.iter().enumerate().filter(|(_, used)| !**used);
    out.only_b = unused.map(|(row, _)| row as u32).collect();
    out
}

/// Where `step` lies between the points `left` and `left + 1`, if they bracket it.
fn fraction_at(b: Side<'_>, left: usize, step: i64) -> Option<f64> {
    let steps = b.steps();
    let low = *steps.get(left)?;
    if low == step {
        return Some(0.0);
    }
    let high = *steps.get(left + 1)?;
    let is_finite = b.number(left).is_finite() && b.number(left + 1).is_finite();
    let is_inside = low < step && step < high && is_finite;
    is_inside.then(|| (step as f64 - low as f64) / (high as f64 - low as f64))
}
