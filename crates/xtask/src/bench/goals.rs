//! The project's goals, mostly as ratios within one run, and whether a run reaches them.

use super::measure::{Measurement, digits, figure};

/// A measurement by its work and side.
type Place = (&'static str, &'static str);

/// A goal that figures are compared with.
pub(crate) enum Goal {
    /// The second takes at least so many times as much (time, bytes) as the first.
    Less(Place, Place, f64),
    /// The figure is no more than this.
    AtMost(Place, f64),
    /// The figure is no less than this.
    AtLeast(Place, f64),
    /// No figure of a work whose name begins like this is less than this.
    Slowest(&'static str, f64),
}

/// A row of the table of goals.
pub(crate) struct Row {
    /// The work, as text.
    pub(crate) work: &'static str,
    /// The goal, as text.
    pub(crate) target: &'static str,
    goal: Goal,
}

/// Whether a run reaches a goal.
#[derive(Debug, PartialEq)]
pub(crate) struct Verdict {
    /// The figure, as text.
    pub(crate) figure: String,
    /// Whether the goal is reached; `None` where it was not measured.
    pub(crate) reached: Option<bool>,
}

const fn row(work: &'static str, target: &'static str, goal: Goal) -> Row {
    Row { work, target, goal }
}

const OURS: &str = "Parallax";
const ON_PAGE: &str = "Parallax, page";
const JSON: &str = "JSON 1M";
const JSON_MEMORY: &str = "JSON 1M, peak memory";
const JSON_TASK: &str = "JSON 1M, longest task of the main thread";
const SIXTEEN: &str = "redraw 16 × 62,500";
const START: &str = "cold start, 3 × 55,550";
const WARM: &str = "redraw 3 × 55,550";
const APPEND: &str = "append 1,000 to 1M";
const POLL: &str = "poll after 1,000 new rows";
const MOUSE: &str = "mouse over 1M, scripting";
const EVENTS: &str = "read an event file of 1M points";

/// All goals, in the order of the table.
pub(crate) const GOALS: [Row; 20] = [
    row(
        "1M rows of JSON → columns",
        "≥ 6× faster than `fetch().json()` and objects",
        Goal::Less((JSON, OURS), (JSON, "fetch().json()"), 6.0),
    ),
    row(
        "… peak memory",
        "≤ 1/8",
        Goal::Less((JSON_MEMORY, OURS), (JSON_MEMORY, "fetch().json()"), 8.0),
    ),
    row(
        "… longest task of the main thread",
        "≤ 50 ms",
        Goal::AtMost((JSON_TASK, OURS), 50.0),
    ),
    row(
        "redraw, 1M points",
        "≥ 5× faster than uPlot",
        Goal::Less(("redraw 1M", OURS), ("redraw 1M", "uPlot"), 5.0),
    ),
    row(
        "zoom, 1M points",
        "≥ 5× faster than uPlot",
        Goal::Less(("zoom 1M", OURS), ("zoom 1M", "uPlot"), 5.0),
    ),
    row(
        "redraw, 5M points",
        "≥ 25× faster than uPlot",
        Goal::Less(("redraw 5M", OURS), ("redraw 5M", "uPlot"), 25.0),
    ),
    row(
        "16 series × 62,500",
        "≥ 2× faster than uPlot",
        Goal::Less((SIXTEEN, OURS), (SIXTEEN, "uPlot"), 2.0),
    ),
    row(
        "16 series × 62,500",
        "≥ 3× faster than Chart.js",
        Goal::Less((SIXTEEN, OURS), (SIXTEEN, "Chart.js"), 3.0),
    ),
    row(
        "cold start to the first chart, 166,650 points",
        "≤ 1.0× uPlot",
        Goal::Less((START, OURS), (START, "uPlot"), 1.0),
    ),
    row(
        "… warm redraw",
        "≥ 3× faster than uPlot",
        Goal::Less((WARM, OURS), (WARM, "uPlot"), 3.0),
    ),
    row(
        "append 1,000 rows to 1M, main thread",
        "≥ 5× faster than uPlot `setData`",
        Goal::Less((APPEND, ON_PAGE), (APPEND, "uPlot"), 5.0),
    ),
    row(
        "… bytes of a poll",
        "≥ 100× fewer than everything again",
        Goal::Less((POLL, OURS), (POLL, "all again"), 100.0),
    ),
    row(
        "mouse over 1M points, scripting",
        "≤ uPlot",
        Goal::Less((MOUSE, OURS), (MOUSE, "uPlot"), 1.0),
    ),
    row(
        "mouse over 1M points, scripting",
        "≥ 5× less than Chart.js",
        Goal::Less((MOUSE, OURS), (MOUSE, "Chart.js"), 5.0),
    ),
    row(
        "first load, all files, brotli",
        "≤ 320 KB",
        Goal::AtMost(("first load, brotli", OURS), 320_000.0),
    ),
    row(
        "memory of the store a point, all told",
        "≤ 40 B",
        Goal::AtMost(("memory a point", "Parallax, all of WebAssembly"), 40.0),
    ),
    row(
        "server: `metrics/data` of 1M rows, one core",
        "≥ 300 MB/s of JSON",
        Goal::AtLeast(("metrics/data of 1M rows", "Parallax"), 300.0),
    ),
    row(
        "event files, 1M points",
        "≥ 2× TensorBoard's own loader",
        Goal::Less((EVENTS, OURS), (EVENTS, "tensorboard-data-server"), 2.0),
    ),
    row(
        "`.wandb`",
        "≥ 200 MB/s",
        Goal::AtLeast(("read/wandb", "native"), 200.0),
    ),
    row(
        "text logs, the slowest kind",
        "≥ 200 MB/s",
        Goal::Slowest("read/log/", 200.0),
    ),
];

impl Row {
    /// Compares a run with the goal.
    pub(crate) fn verdict(&self, run: &[Measurement]) -> Verdict {
        let find = |(work, side): Place| {
            let mut all = run.iter();
            all.find(|one| one.work == work && one.side == side)
        };
        let result = match self.goal {
            Goal::Less(ours, theirs, times) => find(ours)
                .zip(find(theirs))
                .map(|(ours, theirs)| compare(ours, theirs, times)),
            Goal::AtMost(place, limit) => {
                find(place).map(|one| (median(one), one.median() <= limit))
            }
            Goal::AtLeast(place, limit) => {
                find(place).map(|one| (median(one), one.median() >= limit))
            }
            Goal::Slowest(prefix, limit) => {
                let all = run.iter().filter(|one| one.work.starts_with(prefix));
                let slowest = all.min_by(|a, b| a.median().total_cmp(&b.median()));
                slowest.map(|one| {
                    let name = one.work.trim_start_matches(prefix);
                    (format!("{} ({name})", median(one)), one.median() >= limit)
                })
            }
        };
        match result {
            Some((figure, reached)) => Verdict {
                figure,
                reached: Some(reached),
            },
            None => Verdict {
                figure: "not measured".to_owned(),
                reached: None,
            },
        }
    }
}

fn median(one: &Measurement) -> String {
    figure(one.median(), one.unit)
}

fn compare(ours: &Measurement, theirs: &Measurement, times: f64) -> (String, bool) {
    let ratio = theirs.median() / ours.median();
    let figure = format!(
        "{}× ({} against {})",
        digits(ratio),
        median(ours),
        median(theirs)
    );
    (figure, ratio >= times)
}

#[cfg(test)]
mod tests {
    use super::super::measure::Unit;
    use super::*;

    #[test]
    fn a_ratio_is_of_medians_and_a_missing_side_is_not_measured() {
        let row = row(
            "redraw",
            "≥ 5×",
            Goal::Less(("a", OURS), ("a", "uPlot"), 5.0),
        );
        let of = |side, samples| Measurement::new("a", side, Unit::Milliseconds, samples);
        let ours = of(OURS, vec![2.0, 1.0, 90.0]);
        let verdict = row.verdict(&[ours.clone(), of("uPlot", vec![12.0])]);
        assert_eq!(verdict.figure, "6.00× (2.00 ms against 12.0 ms)");
        assert_eq!(verdict.reached, Some(true));
        let verdict = row.verdict(&[ours.clone(), of("uPlot", vec![9.0])]);
        assert_eq!(verdict.reached, Some(false));
        assert_eq!(row.verdict(&[ours]).reached, None);
    }
}
