//! What an axis spans when the user has not said.
//!
//! From the finite values in view, with room above and below so that the extremes do not lie on
//! the frame. The result always has low < high, both finite, and both positive on a logarithmic
//! axis, whatever the data.

use crate::scale::Scale;

/// Room on each side, as a part of the extent.
const PADDING: f64 = 0.04;

/// The shares of values that count as outliers on each side, as TensorBoard's scalars page has it.
const OUTLIERS: f64 = 0.05;

/// The y domain for values with this extent; for none, a unit.
pub fn y_domain(scale: Scale, extent: Option<(f64, f64)>) -> (f64, f64) {
    let Some((low, high)) = extent else {
        return match scale {
            Scale::Linear => (0.0, 1.0),
            Scale::Log => (0.1, 10.0),
        };
    };
    match scale {
        Scale::Linear => pad_linear(low, high),
        Scale::Log => pad_log(low, high),
    }
}

fn pad_linear(low: f64, high: f64) -> (f64, f64) {
    // The largest floats have no room around them, and their difference is no float.
    let limit = f64::MAX / 8.0;
    let (low, high) = (low.clamp(-limit, limit), high.clamp(-limit, limit));
    let extent = high - low;
    let size = low.abs().max(high.abs());
    let room = if extent > size * 1e-12 {
        extent * PADDING
    } else if size > 0.0 {
        size * 0.05
    } else {
        1.0
    };
    let (padded_low, padded_high) = (low - room, high + room);
    if padded_low < padded_high {
        (padded_low, padded_high)
    } else {
        (low - 1.0, high + 1.0)
    }
}

fn pad_log(low: f64, high: f64) -> (f64, f64) {
    let low = low.max(f64::MIN_POSITIVE).log10();
    let high = high.max(f64::MIN_POSITIVE).log10();
    let room = ((high - low) * PADDING).max(if high - low < 1e-9 { 0.1 } else { 0.0 });
    let low = 10f64.powf((low - room).max(-307.0));
    (low, 10f64.powf((high + room).min(308.0)).max(low * 1.01))
}

/// A domain that the user asked for, if an axis can have it.
pub fn usable(scale: Scale, domain: (f64, f64)) -> Option<(f64, f64)> {
    let finite = domain.0.is_finite() && domain.1.is_finite() && (domain.1 - domain.0).is_finite();
    let shown = scale == Scale::Linear || domain.0 > 0.0;
    (finite && shown && domain.0 < domain.1).then_some(domain)
}

/// An x domain that can be divided by: a single place gets room on both sides.
pub fn x_domain(extent: Option<(f64, f64)>, room: f64) -> (f64, f64) {
    match extent {
        Some((low, high)) if low < high && (high - low).is_finite() => (low, high),
        Some((low, _)) if (low - room) < (low + room) => (low - room, low + room),
        _ => (0.0, 2.0 * room),
    }
}

/// The extent of a sample without its outliers: what lies between the 5th and the 95th percentile.
/// Sorts the sample.
pub fn without_outliers(sample: &mut [f64]) -> Option<(f64, f64)> {
    sample.sort_by(f64::total_cmp);
    let last = sample.len().checked_sub(1)? as f64;
    let low = *sample.get((last * OUTLIERS).ceil() as usize)?;
    let high = *sample.get((last * (1.0 - OUTLIERS)).floor() as usize)?;
    Some(if low <= high {
        (low, high)
    } else {
        (high, low)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_domain_has_room() {
        for extent in [
            None,
            Some((0.0, 0.0)),
            Some((-0.0, 0.0)),
            Some((2.5, 2.5)),
            Some((-1e-320, 1e-320)),
            Some((5e-324, 5e-324)),
            Some((f64::MIN, f64::MAX)),
            Some((f64::MAX, f64::MAX)),
            Some((1.0, 1.0 + f64::EPSILON)),
            Some((0.0, 10.0)),
            Some((1e-300, 1e300)),
        ] {
            for scale in [Scale::Linear, Scale::Log] {
                let (low, high) = y_domain(scale, extent);
                assert!(
                    low < high && (high - low).is_finite(),
                    "{extent:?} {low} {high}"
                );
                assert!(scale == Scale::Linear || low > 0.0, "{extent:?}");
                assert_eq!(usable(scale, (low, high)), Some((low, high)));
                if let (Scale::Linear, Some((a, b))) = (scale, extent)
                    && b.abs() < 1e300
                {
                    assert!(low <= a && b <= high);
                }
            }
        }
        assert_eq!(y_domain(Scale::Linear, Some((0.0, 10.0))), (-0.4, 10.4));
    }

    #[test]
    fn what_an_axis_cannot_have() {
        for domain in [
            (1.0, 1.0),
            (2.0, 1.0),
            (f64::NAN, 1.0),
            (0.0, f64::INFINITY),
        ] {
            assert_eq!(usable(Scale::Linear, domain), None);
        }
        assert_eq!(usable(Scale::Log, (0.0, 1.0)), None);
    }

    #[test]
    fn x_domains() {
        assert_eq!(x_domain(Some((1.0, 5.0)), 0.5), (1.0, 5.0));
        assert_eq!(x_domain(Some((7.0, 7.0)), 0.5), (6.5, 7.5));
        assert_eq!(x_domain(None, 0.5), (0.0, 1.0));
    }

    #[test]
    fn outliers_are_left_out() {
        let mut sample: Vec<f64> = (0..=100).map(f64::from).collect();
        sample[50] = 1e9;
        assert_eq!(without_outliers(&mut sample), Some((5.0, 96.0)));
        assert_eq!(without_outliers(&mut vec![3.0]), Some((3.0, 3.0)));
        assert_eq!(without_outliers(&mut Vec::new()), None);
    }
}
