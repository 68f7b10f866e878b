//! Where an axis has its ticks, and what they say.
//!
//! Steps are 1, 2 or 5 times a power of ten on a linear axis, decades on a logarithmic one, and on
//! axes of time what a clock has (seconds, minutes, hours, days, months). Labels have as few digits
//! as tell neighbours apart. Every domain is (low, high), finite, low < high; for any other there
//! are no ticks. `target` is how many ticks fit; about as many come back.

mod time;

pub use time::{clock_ticks, duration_ticks};

use serde::{Deserialize, Serialize};

/// One tick.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tick {
    /// Where, in data units.
    pub at: f64,
    /// What it says; empty for a tick between labelled ones.
    pub label: String,
}

/// The most ticks that any axis gets, whatever it is asked for.
const MOST: usize = 100;

fn usable(domain: (f64, f64)) -> bool {
    domain.0 < domain.1 && (domain.1 - domain.0).is_finite()
}

/// The smallest of 1, 2 and 5 times a power of ten (as factor and exponent) that is not below
/// `least`.
fn nice_step(least: f64) -> (f64, i32) {
    let exponent = least.log10().floor() as i32;
    let factor = least / 10f64.powi(exponent);
    // Logarithm and power may be off by the last bit; a step too fine by that does no harm.
    let fits = |nice: f64| factor <= nice * (1.0 + 1e-9);
    match [1.0, 2.0, 5.0].into_iter().find(|&nice| fits(nice)) {
        Some(nice) => (nice, exponent),
        None => (1.0, exponent + 1),
    }
}

/// Ticks of a linear axis.
pub fn linear_ticks(domain: (f64, f64), target: usize) -> Vec<Tick> {
    linear(domain, target, i32::MIN)
}

/// Ticks of an axis of iterations: whole numbers only.
pub fn integer_ticks(domain: (f64, f64), target: usize) -> Vec<Tick> {
    linear(domain, target, 0)
}

fn linear(domain: (f64, f64), target: usize, least_exponent: i32) -> Vec<Tick> {
    if !usable(domain) {
        return Vec::new();
    }
    let target = target.clamp(1, MOST) as f64;
    let (mut factor, mut exponent) = nice_step((domain.1 - domain.0) / target);
    if exponent < least_exponent {
        (factor, exponent) = (1.0, least_exponent);
    }
    // Multiples are counted and then scaled, so that errors do not add up: 3 · 0.1 is 3 / 10.
    let scale = |count: f64| {
        let units = count * factor;
        if exponent < 0 {
            units / 10f64.powi(-exponent)
        } else {
            units * 10f64.powi(exponent)
        }
    };
    let step = scale(1.0);
    // A multiple that rounding has put a hair outside of the domain is its end.
    let (first, last) = (
        (domain.0 / step - 1e-9).ceil(),
        (domain.1 / step + 1e-9).floor(),
    );
    if !(step > 0.0 && first <= last && first.is_finite() && last.is_finite()) {
        return Vec::new();
    }
    let size = domain.0.abs().max(domain.1.abs());
    let count = (last - first) as usize;
    (0..=count.min(2 * MOST))
        .map(|i| scale(first + i as f64))
        .map(|at| Tick {
            at: at.clamp(domain.0, domain.1),
            label: decimal_label(at, exponent, size),
        })
        .collect()
}

/// A number with the decimals of `10^exponent`; in powers of ten, or with k, M, G, where plain
/// digits would be many. `size` is the largest number of the axis.
fn decimal_label(at: f64, exponent: i32, size: f64) -> String {
    if at == 0.0 {
        return "0".to_owned();
    }
    if !(1e-4..1e15).contains(&size) || exponent < -8 {
        let digits = (at.abs().log10().floor() as i32 - exponent).clamp(0, 17);
        return trim_exponent(&format!("{at:.*e}", digits as usize));
    }
    // 10k is read more easily than 10000, but 12.001k is not.
    for (unit, letter, decimals) in [(9, "G", 2), (6, "M", 2), (3, "k", 1)] {
        let large = size >= 10f64.powi(unit) && size >= 1e4;
        if large && exponent >= unit - decimals {
            let decimals = (unit - exponent).max(0) as usize;
            return format!("{:.decimals$}{letter}", at / 10f64.powi(unit));
        }
    }
    format!("{at:.*}", (-exponent).clamp(0, 17) as usize)
}

/// `1.50e-7` as `1.5e-7`.
fn trim_exponent(text: &str) -> String {
    match text.split_once('e') {
        Some((digits, exponent)) if digits.contains('.') => {
            let digits = digits.trim_end_matches('0').trim_end_matches('.');
            format!("{digits}e{exponent}")
        }
        _ => text.to_owned(),
    }
}

/// Ticks of a logarithmic axis: powers of ten, every n-th if they are many; with 2 and 5 times a
/// power of ten if they are few; linear ones if the axis spans less than that.
pub fn log_ticks(domain: (f64, f64), target: usize) -> Vec<Tick> {
    if !usable(domain) || domain.0 <= 0.0 {
        return Vec::new();
    }
    let target = target.clamp(1, MOST);
    let (low, high) = (domain.0.log10(), domain.1.log10());
    let decades = high - low;
    let multiples: &[f64] = if decades * 3.0 <= target as f64 {
        &[1.0, 2.0, 5.0]
    } else {
        &[1.0]
    };
    let every = ((decades / target as f64).ceil() as i32).max(1);
    let mut ticks = Vec::new();
    for exponent in low.floor() as i32..=high.ceil() as i32 {
        if exponent.rem_euclid(every) != 0 {
            continue;
        }
        for &multiple in multiples {
            // Read as text, 1e-7 is the float that 1e-7 means; a power may be off by a bit.
            let label = log_label(multiple, exponent);
            let at = format!("{multiple}e{exponent}").parse().unwrap_or(f64::NAN);
            if (domain.0..=domain.1).contains(&at) {
                ticks.push(Tick { at, label });
            }
        }
    }
    if ticks.len() < 3 && decades < 2.0 {
        return linear_ticks(domain, target);
    }
    ticks
}

fn log_label(multiple: f64, exponent: i32) -> String {
    match exponent {
        0..=3 => format!("{}", multiple * 10f64.powi(exponent)),
        -3..=-1 => format!(
            "{:.*}",
            exponent.unsigned_abs() as usize,
            multiple / 10f64.powi(-exponent)
        ),
        _ => format!("{multiple}e{exponent}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parallax_fixtures::random::Random;

    fn labels(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn linear_tables() {
        for (domain, target, expected) in [
            ((0.0, 1.0), 5, &["0", "0.2", "0.4", "0.6", "0.8", "1.0"][..]),
            ((0.0, 10.0), 5, &["0", "2", "4", "6", "8", "10"]),
            ((-1.0, 1.0), 4, &["-1.0", "-0.5", "0", "0.5", "1.0"]),
            ((2.30, 2.37), 4, &["2.30", "2.32", "2.34", "2.36"]),
            ((0.0, 40_000.0), 4, &["0", "10k", "20k", "30k", "40k"]),
            ((0.0, 3_000.0), 3, &["0", "1000", "2000", "3000"]),
            (
                (0.0, 2_500_000.0),
                5,
                &["0", "0.5M", "1.0M", "1.5M", "2.0M", "2.5M"],
            ),
            (
                (12_000.0, 12_004.0),
                4,
                &["12000", "12001", "12002", "12003", "12004"],
            ),
            ((0.0, 3e-5), 3, &["0", "1e-5", "2e-5", "3e-5"]),
            (
                (1e-5, 1.2e-5),
                4,
                &["1e-5", "1.05e-5", "1.1e-5", "1.15e-5", "1.2e-5"],
            ),
            ((0.0, 3e20), 3, &["0", "1e20", "2e20", "3e20"]),
        ] {
            let ticks = linear_ticks(domain, target);
            assert_eq!(labels(&ticks), expected, "{domain:?}");
        }
    }

    #[test]
    fn iterations_are_whole() {
        assert_eq!(labels(&integer_ticks((0.0, 2.0), 10)), ["0", "1", "2"]);
        assert!(integer_ticks((0.2, 0.8), 5).is_empty());
    }

    #[test]
    fn ticks_are_exact_multiples() {
        let at: Vec<f64> = linear_ticks((0.0, 1.0), 10).iter().map(|t| t.at).collect();
        assert_eq!(at, [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]);
    }

    #[test]
    fn logarithmic_tables() {
        for (domain, target, expected) in [
            (
                (0.001, 1000.0),
                7,
                &["0.001", "0.01", "0.1", "1", "10", "100", "1000"][..],
            ),
            (
                (1e-8, 1e4),
                6,
                &["1e-8", "1e-6", "1e-4", "0.01", "1", "100", "1e4"],
            ),
            ((0.05, 3.0), 8, &["0.05", "0.1", "0.2", "0.5", "1", "2"]),
            ((2.1, 2.9), 4, &["2.2", "2.4", "2.6", "2.8"]),
        ] {
            assert_eq!(labels(&log_ticks(domain, target)), expected, "{domain:?}");
        }
    }

    #[test]
    fn nothing_for_what_is_no_axis() {
        for domain in [
            (1.0, 1.0),
            (2.0, 1.0),
            (f64::NAN, 1.0),
            (f64::MIN, f64::MAX),
        ] {
            assert!(linear_ticks(domain, 5).is_empty());
            assert!(log_ticks(domain, 5).is_empty());
            assert!(duration_ticks(domain, 5).is_empty());
            assert!(clock_ticks(domain, 5, 0).is_empty());
        }
        assert!(log_ticks((0.0, 1.0), 5).is_empty());
    }

    #[test]
    fn any_domain_has_few_ticks_with_different_labels() {
        let mut random = Random::new(4);
        for _ in 0..20_000 {
            let low = (random.unit() - 0.5) * 10f64.powi(random.below(40) as i32 - 20);
            let size = low.abs().max(1e-30) * 10f64.powi(random.below(16) as i32 - 8);
            let domain = (low, low + size);
            for target in [2, 5, 9] {
                let ticks = linear_ticks(domain, target);
                assert!(ticks.len() <= target + 1, "{domain:?} {target} {ticks:?}");
                let labels = labels(&ticks);
                assert!(
                    labels.windows(2).all(|l| l[0] != l[1]),
                    "{domain:?} {labels:?}"
                );
                for tick in &ticks {
                    assert!((domain.0..=domain.1).contains(&tick.at));
                }
            }
        }
    }
}
