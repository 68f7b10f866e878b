//! Ticks of the two axes of time.
//!
//! Domains are in milliseconds. The calendar is the Gregorian one; the offset from UTC is the
//! caller's and does not change along the axis.

use super::{MOST, Tick, linear, usable};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Steps of less than a month.
const STEPS: [i64; 26] = [
    1,
    2,
    5,
    10,
    20,
    50,
    100,
    200,
    500,
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
];

/// Times that a calendar and an `i64` can have; some 3,000 years on either side of now.
const FARTHEST_MS: f64 = 1e14;

/// The step for about `target` ticks; `None` if that would be longer than a week.
fn step_for(domain: (f64, f64), target: usize) -> Option<i64> {
    let least = (domain.1 - domain.0) / target.clamp(1, MOST) as f64;
    STEPS.into_iter().find(|&step| step as f64 >= least)
}

fn has_ticks(domain: (f64, f64)) -> bool {
    usable(domain) && domain.0 >= -FARTHEST_MS && domain.1 <= FARTHEST_MS
}

/// Multiples of `step` in the domain.
fn multiples(domain: (f64, f64), step: i64) -> impl Iterator<Item = i64> {
    let first = (domain.0 / step as f64).ceil() as i64;
    let last = (domain.1 / step as f64).floor() as i64;
    (first..=last).take(2 * MOST).map(move |count| count * step)
}

/// Ticks of elapsed time: `90 s` as `1:30`, in days above two of them.
pub fn duration_ticks(domain_ms: (f64, f64), target: usize) -> Vec<Tick> {
    if !has_ticks(domain_ms) {
        return Vec::new();
    }
    let span = domain_ms.1.abs().max(domain_ms.0.abs());
    let Some(step) = step_for(domain_ms, target).filter(|&step| step < DAY) else {
        let days = (domain_ms.0 / DAY as f64, domain_ms.1 / DAY as f64);
        let ticks = linear(days, target, 0).into_iter().map(|tick| Tick {
            at: tick.at * DAY as f64,
            label: if tick.at == 0.0 {
                tick.label
            } else {
                tick.label + "d"
            },
        });
        return ticks.collect();
    };
    multiples(domain_ms, step)
        .map(|ms| Tick {
            at: ms as f64,
            label: duration_label(ms, step, span),
        })
        .collect()
}

fn duration_label(ms: i64, step: i64, span: f64) -> String {
    let sign = if ms < 0 { "-" } else { "" };
    let size = ms.abs();
    let (days, hours) = (size / DAY, size / HOUR % 24);
    let (minutes, seconds) = (size / MINUTE % 60, size / SECOND % 60);
    if ms == 0 {
        "0".to_owned()
    } else if span < MINUTE as f64 {
        let decimals = decimals_of(step);
        format!("{sign}{:.decimals$}s", size as f64 / SECOND as f64)
    } else if span < HOUR as f64 {
        let fraction = fraction_label(size, step);
        format!("{sign}{}:{seconds:02}{fraction}", size / MINUTE)
    } else if span < 2.0 * DAY as f64 && step >= MINUTE {
        format!("{sign}{}h{minutes:02}", size / HOUR)
    } else if step >= HOUR {
        match hours {
            0 => format!("{sign}{days}d"),
            _ => format!("{sign}{days}d{hours:02}h"),
        }
    } else {
        let fraction = fraction_label(size, step);
        format!("{sign}{}:{minutes:02}:{seconds:02}{fraction}", size / HOUR)
    }
}

/// Decimals of a second that multiples of `step` need.
fn decimals_of(step: i64) -> usize {
    match step {
        ..10 => 3,
        10..100 => 2,
        100..SECOND => 1,
        _ => 0,
    }
}

fn fraction_label(ms: i64, step: i64) -> String {
    match decimals_of(step) {
        0 => String::new(),
        decimals => {
            let scale = 10i64.pow(3 - decimals as u32);
            format!(".{:0decimals$}", ms.rem_euclid(SECOND) / scale)
        }
    }
}

/// Ticks of wall-clock time in a zone `utc_offset_min` east of Greenwich: times of day, and the
/// date where a day begins.
pub fn clock_ticks(domain_ms: (f64, f64), target: usize, utc_offset_min: i32) -> Vec<Tick> {
    if !has_ticks(domain_ms) {
        return Vec::new();
    }
    let offset = i64::from(utc_offset_min.clamp(-24 * 60, 24 * 60)) * MINUTE;
    let local = (domain_ms.0 + offset as f64, domain_ms.1 + offset as f64);
    let Some(step) = step_for(local, target) else {
        return month_ticks(local, target, offset);
    };
    multiples(local, step)
        .map(|ms| Tick {
            at: (ms - offset) as f64,
            label: clock_label(ms, step),
        })
        .collect()
}

fn clock_label(local_ms: i64, step: i64) -> String {
    let (_, month, day) = date_of(local_ms.div_euclid(DAY));
    let of_day = local_ms.rem_euclid(DAY);
    if of_day == 0 {
        return format!("{} {day}", month_name(month));
    }
    let (hours, minutes) = (of_day / HOUR, of_day / MINUTE % 60);
    if step >= MINUTE {
        return format!("{hours:02}:{minutes:02}");
    }
    let seconds = of_day / SECOND % 60;
    let fraction = fraction_label(local_ms, step);
    format!("{hours:02}:{minutes:02}:{seconds:02}{fraction}")
}

/// Ticks at the first of a month, every 1, 3, 6, 12, … months.
fn month_ticks(local: (f64, f64), target: usize, offset: i64) -> Vec<Tick> {
    let months = (local.1 - local.0) / (30.44 * DAY as f64);
    let least = months / target.clamp(1, MOST) as f64;
    let steps = [1, 3, 6, 12, 24, 60, 120, 240, 600, 1_200, 6_000, 12_000];
    let Some(step) = steps.into_iter().find(|&step| f64::from(step) >= least) else {
        return Vec::new();
    };
    let (year, month, _) = date_of((local.0 as i64).div_euclid(DAY));
    let first = (year * 12 + month - 1).div_euclid(i64::from(step));
    let months = (first..)
        .take(2 * MOST)
        .map(|count| count * i64::from(step));
    months
        .map(|month| (month, day_of_month(month) * DAY))
        .skip_while(|&(_, ms)| (ms as f64) < local.0)
        .take_while(|&(_, ms)| ms as f64 <= local.1)
        .map(|(month, ms)| Tick {
            at: (ms - offset) as f64,
            label: match month.rem_euclid(12) {
                0 => format!("{}", month.div_euclid(12)),
                other => month_name(other + 1).to_owned(),
            },
        })
        .collect()
}

fn month_name(month: i64) -> &'static str {
    const NAMES: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let index = usize::try_from(month - 1).unwrap_or(0);
    NAMES.get(index).copied().unwrap_or("")
}

/// Days before a month's first, from a March on: leap days come last.
fn days_before_month(from_march: i64) -> i64 {
    (153 * from_march + 2) / 5
}

/// The days since 1970-01-01 of the first of a month, counted in months since year 0.
fn day_of_month(month: i64) -> i64 {
    // Years that begin in March.
    let (year, from_march) = ((month - 2).div_euclid(12), (month - 2).rem_euclid(12));
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    365 * year + leap_days + days_before_month(from_march) - 719_468
}

/// (year, month, day) of a day since 1970-01-01 in the Gregorian calendar.
pub(crate) fn date_of(day: i64) -> (i64, i64, i64) {
    // Eras of 400 years, 146,097 days, from 0000-03-01 on.
    let days = day + 719_468;
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = (from_march + 2) % 12 + 1;
    let year = year_of_era + days.div_euclid(146_097) * 400 + i64::from(month <= 2);
    (year, month, of_year - days_before_month(from_march) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn durations() {
        let (s, m, h, d) = (1e3, 6e4, 3.6e6, 8.64e7);
        for (domain, target, expected) in [
            (
                (0.0, 1.0 * s),
                5,
                &["0", "0.2s", "0.4s", "0.6s", "0.8s", "1.0s"][..],
            ),
            ((0.0, 40.0 * s), 4, &["0", "10s", "20s", "30s", "40s"]),
            ((0.0, 2.0 * m), 4, &["0", "0:30", "1:00", "1:30", "2:00"]),
            ((0.0, 3.0 * h), 4, &["0", "1h00", "2h00", "3h00"]),
            ((0.0, 1.0 * h), 2, &["0", "0h30", "1h00"]),
            ((0.0, 10.0 * d), 5, &["0", "2d", "4d", "6d", "8d", "10d"]),
            (
                (0.0, 3.0 * d),
                6,
                &["0", "0d12h", "1d", "1d12h", "2d", "2d12h", "3d"],
            ),
            (
                (2.0 * h, 2.0 * h + 4.0 * s),
                4,
                &["2:00:00", "2:00:01", "2:00:02", "2:00:03", "2:00:04"],
            ),
            ((-30.0 * s, 30.0 * s), 2, &["-30s", "0", "30s"]),
        ] {
            assert_eq!(
                labels(&duration_ticks(domain, target)),
                expected,
                "{domain:?}"
            );
        }
    }

    /// 2025-11-21 12:10:29 UTC is 1763727029 (GNU date).
    #[test]
    fn clocks() {
        let start = 1_763_727_029_000.0;
        let (m, h, d) = (6e4, 3.6e6, 8.64e7);
        for (size, target, offset, expected) in [
            (30.0 * m, 3, 0, &["12:20", "12:30", "12:40"][..]),
            (30.0 * m, 3, 330, &["17:50", "18:00", "18:10"]),
            (24.0 * h, 4, 0, &["18:00", "Nov 22", "06:00", "12:00"]),
            (24.0 * h, 4, -60, &["12:00", "18:00", "Nov 22", "06:00"]),
            (
                4_000.0,
                4,
                0,
                &["12:10:29", "12:10:30", "12:10:31", "12:10:32", "12:10:33"],
            ),
            (100.0 * d, 4, 0, &["Dec", "2026", "Feb", "Mar"]),
            (3.0 * 365.0 * d, 3, 0, &["2026", "2027", "2028"]),
        ] {
            let ticks = clock_ticks((start, start + size), target, offset);
            assert_eq!(labels(&ticks), expected, "{size}");
        }
    }

    #[test]
    fn dates_of_the_calendar() {
        // GNU date -u -d @$((day * 86400)).
        for (day, date) in [
            (0, (1970, 1, 1)),
            (-1, (1969, 12, 31)),
            (11_016, (2000, 2, 29)),
            (11_017, (2000, 3, 1)),
            (19_782, (2024, 2, 29)),
            (20_413, (2025, 11, 21)),
            (47_540, (2100, 2, 28)),
            (47_541, (2100, 3, 1)),
            (-719_468, (0, 3, 1)),
        ] {
            assert_eq!(date_of(day), date);
        }
        for month in -12_000..48_000 {
            let (year, of_year, day) = date_of(day_of_month(month));
            assert_eq!((year * 12 + of_year - 1, day), (month, 1));
        }
    }
}
