//! The tables: goals with their figures, then everything that was measured.

use super::goals::GOALS;
use super::measure::{Measurement, digits, figure};

/// What was measured in one part of the run.
pub(crate) struct Section {
    /// Its heading.
    pub(crate) title: &'static str,
    /// A remark; may be empty.
    pub(crate) note: String,
    /// Its figures; sides of one work follow each other.
    pub(crate) measured: Vec<Measurement>,
}

/// The table of goals. What was not measured is a row without a figure.
pub(crate) fn goals(run: &[Measurement]) -> String {
    let mut text = String::from("| Work | Goal | Figure | Reached |\n|---|---|---|---|\n");
    for row in &GOALS {
        let verdict = row.verdict(run);
        let reached = match verdict.reached {
            Some(true) => "yes",
            Some(false) => "**no**",
            None => "–",
        };
        let (work, target) = (row.work, row.target);
        text.push_str(&format!(
            "| {work} | {target} | {} | {reached} |\n",
            verdict.figure
        ));
    }
    text
}

/// All figures of a part: medians, the best, and how many times the first side each other needs.
pub(crate) fn figures(section: &Section) -> String {
    let mut text = format!("### {}\n\n", section.title);
    if !section.note.is_empty() {
        text.push_str(&format!("{}\n\n", section.note));
    }
    text.push_str("| Work | Side | Median | Best | Times the first | Repetitions |\n|---|---|---|---|---|---|\n");
    let mut first: Option<&Measurement> = None;
    for one in &section.measured {
        let base = first.filter(|base| base.work == one.work);
        let (work, ratio) = match base {
            Some(base) => ("", format!("{}×", digits(one.median() / base.median()))),
            None => (one.work.as_str(), String::new()),
        };
        if base.is_none() {
            first = Some(one);
        }
        text.push_str(&format!(
            "| {work} | {} | {} | {} | {ratio} | {} |\n",
            one.side,
            figure(one.median(), one.unit),
            figure(one.best(), one.unit),
            one.samples.len()
        ));
    }
    text
}

/// The whole of RESULTS.md.
pub(crate) fn results(machine: &str, sections: &[Section], notes: &str) -> String {
    let run: Vec<Measurement> = sections
        .iter()
        .flat_map(|one| one.measured.clone())
        .collect();
    let all: Vec<String> = sections.iter().map(figures).collect();
    format!(
        "# Results\n\nOne run of `cargo xtask bench`, which writes this file. {machine}\n\n\
         Ratios are of medians within this run; times on another machine differ, ratios less so.\n\n\
         ## Goals\n\n{}\n{}\n\n## All figures\n\n{}",
        goals(&run),
        notes.trim(),
        all.join("\n")
    )
}

#[cfg(test)]
mod tests {
    use super::super::measure::Unit;
    use super::*;

    #[test]
    fn sides_of_one_work_are_compared_with_its_first() {
        let of = |work: &str, side: &str, ms| {
            Measurement::new(work, side, Unit::Milliseconds, vec![ms, ms])
        };
        let section = Section {
            title: "Page",
            note: "On one page.".to_owned(),
            measured: vec![
                of("a", "Parallax", 2.0),
                of("a", "uPlot", 9.0),
                of("b", "Parallax", 1.0),
            ],
        };
        let text = figures(&section);
        assert!(
            text.starts_with("### Page\n\nOn one page.\n\n| Work "),
            "{text}"
        );
        assert!(
            text.contains("\n|  | uPlot | 9.00 ms | 9.00 ms | 4.50× | 2 |\n"),
            "{text}"
        );
        assert!(
            text.ends_with("\n| b | Parallax | 1.00 ms | 1.00 ms |  | 2 |\n"),
            "{text}"
        );
        let text = results("On a machine.", &[section], "## Notes\n\nWhy.\n");
        assert!(
            text.contains("\n\n## Notes\n\nWhy.\n\n## All figures\n"),
            "{text}"
        );
    }
}
