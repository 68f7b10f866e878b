//! How two series are held against each other: what the user chose on the compare page.
//!
//! In the URL each choice is a parameter of its own, spelled as on the command line
//! ([`parallax_compare`]'s `FromStr` and `Display`); what was not chosen is left out. An accepted
//! offer is `adjust`, its parts joined by `;`: `steps:2/1`, `offset:-1`, `clock:3600000`,
//! `times:100` (or another change of values).

use serde::{Deserialize, Serialize};

use parallax_compare::Options;
use parallax_compare::align::{Method, Transform, ValueMap};
use parallax_compare::attempts::Choice;
use parallax_compare::verdict::Tolerance;

/// The choices.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Comparing {
    /// The workload that side A is taken from, if it is another one than the open one.
    pub baseline: Option<String>,
    /// How points are matched.
    pub method: Method,
    /// Which attempts count.
    pub choice: Choice,
    /// What counts as agreement.
    pub tolerance: Tolerance,
    /// What B goes through first: an offer that the user accepted.
    pub transform: Transform,
    /// Whether the strip shows relative differences.
    pub relative: bool,
}

impl Comparing {
    /// As the comparison takes it.
    pub fn options(&self) -> Options {
        Options {
            choice: self.choice,
            method: self.method,
            transform: self.transform,
            tolerance: self.tolerance,
            ..Options::default()
        }
    }

    /// Takes a parameter of the URL; false if it is none of these. What makes no sense counts as
    /// absent.
    pub(super) fn read(&mut self, key: &str, value: &str) -> bool {
        match key {
            "baseline" => self.baseline = (!value.is_empty()).then(|| value.to_owned()),
            "align" => self.method = value.parse().unwrap_or_default(),
            "attempts" => self.choice = value.parse().unwrap_or_default(),
            "tolerance" => self.tolerance = value.parse().unwrap_or_default(),
            "adjust" => self.transform = read_transform(value).unwrap_or_default(),
            "delta" => self.relative = value == "relative",
            _ => return false,
        }
        true
    }

    /// The parameters of the URL.
    pub(super) fn write(&self, mut put: impl FnMut(&str, &str)) {
        let default = Self::default();
        if let Some(baseline) = &self.baseline {
            put("baseline", baseline);
        }
        if self.method != default.method {
            put("align", &self.method.to_string());
        }
        if self.choice != default.choice {
            put("attempts", &self.choice.to_string());
        }
        if self.tolerance != default.tolerance {
            put("tolerance", &spell_tolerance(self.tolerance));
        }
        if !self.transform.is_identity() {
            put("adjust", &spell_transform(&self.transform));
        }
        if self.relative {
            put("delta", "relative");
        }
    }
}

/// A tolerance as its `FromStr` reads it.
pub fn spell_tolerance(tolerance: Tolerance) -> String {
    match (tolerance.absolute > 0.0, tolerance.relative > 0.0) {
        (false, _) => tolerance.relative.to_string(),
        (true, false) => format!("abs:{}", tolerance.absolute),
        (true, true) => format!("abs:{}+rel:{}", tolerance.absolute, tolerance.relative),
    }
}

fn spell_transform(transform: &Transform) -> String {
    let mut parts = Vec::new();
    if (transform.step_times, transform.step_over) != (1, 1) {
        let (times, over) = (transform.step_times, transform.step_over);
        parts.push(format!("steps:{times}/{over}"));
    }
    if transform.step_plus != 0 {
        parts.push(format!("offset:{}", transform.step_plus));
    }
    if transform.time_plus_ms != 0 {
        parts.push(format!("clock:{}", transform.time_plus_ms));
    }
    if transform.value != ValueMap::Same {
        parts.push(transform.value.to_string());
    }
    parts.join(";")
}

fn read_transform(text: &str) -> Option<Transform> {
    let mut transform = Transform::default();
    for part in text.split(';') {
        match part.split_once(':') {
            Some(("steps", ratio)) => {
                let (times, over) = ratio.split_once('/')?;
                let positive = |text: &str| text.parse().ok().filter(|n: &i64| *n > 0);
                transform.step_times = positive(times)?;
                transform.step_over = positive(over)?;
            }
            Some(("offset", steps)) => transform.step_plus = steps.parse().ok()?,
            Some(("clock", ms)) => transform.time_plus_ms = ms.parse().ok()?,
            _ => transform.value = part.parse().ok()?,
        }
    }
    Some(transform)
}

/// A span of steps around one step, for a closer look: a fortieth of all steps to each side, and
/// at least ten.
pub fn around(step: i64, (first, last): (i64, i64)) -> (f64, f64) {
    let reach = (last.saturating_sub(first) / 40).max(10);
    let from = step.saturating_sub(reach).max(first.min(step));
    let to = step.saturating_add(reach).min(last.max(step));
    (from as f64, to as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn back(comparing: &Comparing) -> (Comparing, Vec<String>) {
        let mut read = Comparing::default();
        let mut spelled = Vec::new();
        comparing.write(|key, value| {
            assert!(read.read(key, value));
            spelled.push(format!("{key}={value}"));
        });
        (read, spelled)
    }

    #[test]
    fn what_is_spelled_reads_back() {
        let full = Comparing {
            baseline: Some("run a".into()),
            method: Method::Nearest { tolerance_steps: 5 },
            choice: Choice::One(2),
            tolerance: Tolerance {
                absolute: 0.01,
                relative: 0.002,
            },
            transform: Transform {
                step_times: 250,
                step_over: 3,
                step_plus: -1,
                time_plus_ms: 3_600_000,
                value: ValueMap::Times(-0.01),
            },
            relative: true,
        };
        let (read, spelled) = back(&full);
        assert_eq!(read, full);
        assert_eq!(
            spelled,
            [
                "baseline=run a",
                "align=nearest:5",
                "attempts=2",
                "tolerance=abs:0.01+rel:0.002",
                "adjust=steps:250/3;offset:-1;clock:3600000;times:-0.01",
                "delta=relative",
            ]
        );
        assert_eq!(back(&Comparing::default()), (Comparing::default(), vec![]));
        let one = Comparing {
            tolerance: Tolerance {
                absolute: 0.0,
                relative: 0.0,
            },
            transform: Transform {
                value: ValueMap::OneMinus,
                ..Transform::default()
            },
            ..Comparing::default()
        };
        assert_eq!(back(&one).0, one);
    }

    #[test]
    fn nonsense_counts_as_absent() {
        let mut read = Comparing::default();
        for (key, value) in [
            ("align", "sideways"),
            ("attempts", "0"),
            ("tolerance", "-1"),
            ("adjust", "steps:0/1"),
            ("adjust", "offset:x"),
            ("delta", "huge"),
            ("baseline", ""),
        ] {
            assert!(read.read(key, value));
        }
        assert_eq!(read, Comparing::default());
        assert!(!read.read("metrics", "loss"));
    }

    #[test]
    fn a_closer_look_stays_inside() {
        assert_eq!(around(2_880, (10, 3_000)), (2_806.0, 2_954.0));
        assert_eq!(around(10, (10, 100)), (10.0, 20.0));
        assert_eq!(around(3_000, (10, 3_000)), (2_926.0, 3_000.0));
    }
}
