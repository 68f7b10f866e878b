//! `cargo xtask test`: every check of the project, fast to slow.

use std::env;
use std::io;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::browser;
use crate::command::Command;
use crate::project::Project;
use crate::steps::{self, Step};
use crate::toolchain::{self, TARGET};
use crate::{page, serve, tools};

/// Checks everything, fast to slow, up to the first failure
#[derive(Debug, Args)]
pub(crate) struct Test {
    /// Only what needs neither the built page nor a browser
    #[arg(long)]
    fast: bool,
    /// Show what the called programs print
    #[arg(long)]
    verbose: bool,
}

fn fast_steps() -> Vec<Step<Project>> {
    vec![
        Step::new("format", "1 s", |project| {
            quiet(cargo(project, "fmt --all --check"))
        }),
        Step::new("clippy", "60 s the first time", |project| {
            quiet(cargo(
                project,
                "clippy --locked --workspace --all-targets -- -D warnings",
            ))
        }),
        Step::new("layering", "5 s", |project| {
            counted(cargo(
                project,
                "test --locked -p parallax-web --test layering",
            ))
        }),
        Step::new("native tests", "90 s the first time", |project| {
            counted(cargo(project, "test --locked --workspace"))
        }),
        Step::new("documentation", "30 s the first time", |project| {
            let doc = project.cargo("doc --locked --workspace --no-deps");
            quiet(project.run(&doc.env("RUSTDOCFLAGS", "-D warnings")))
        }),
        toolchain::step(),
        Step::new("clippy for wasm32", "60 s the first time", clippy_for_wasm),
        Step::new(
            "documentation for wasm32",
            "20 s the first time",
            document_for_wasm,
        ),
    ]
}

fn slow_steps() -> Vec<Step<Project>> {
    vec![
        tools::step(),
        Step::new(
            "xtask trunk build, in debug mode",
            "60 s the first time",
            page::debug_build,
        ),
        page::build_step(),
        Step::new("contents and size of the page", "1 s", page::check),
        browser::step(),
        Step::new("browser tests", "60 s the first time", browser_tests),
        serve::server_step(),
        Step::new("end-to-end tests", "60 s", end_to_end),
    ]
}

/// Runs the command; a step that failed has printed why.
pub(crate) fn run(args: &Test) -> Result<ExitCode> {
    let mut project = Project::find(args.verbose)?;
    toolchain::check_installable(&project)?;
    let mut steps = fast_steps();
    if !args.fast {
        browser::check_installable(&project)?;
        steps.extend(slow_steps());
    }
    if !project.root.join("../shared/data").is_dir() {
        println!("../shared/data is not here: the tests that read it skip");
    }
    let reports = steps::run(&steps, &mut project, &mut io::stdout());
    println!("\n{}", steps::summary(&reports, steps.len()).trim_end());
    Ok(steps::exit_code(&reports))
}

fn cargo(project: &Project, words: &str) -> Result<String> {
    project.run(&project.cargo(words))
}

fn clippy_for_wasm(project: &mut Project) -> Result<String> {
    let words = format!("clippy --locked --target {TARGET} -p parallax-bench -p parallax-web");
    let clippy = toolchain::cargo(project, &words).words("--all-targets -- -D warnings");
    quiet(project.run(&clippy))
}

fn document_for_wasm(project: &mut Project) -> Result<String> {
    let words = format!("doc --locked --target {TARGET} -p parallax-web --no-deps");
    let doc = toolchain::cargo(project, &words);
    quiet(project.run(&doc.env("RUSTDOCFLAGS", "-D warnings")))
}

fn browser_tests(project: &mut Project) -> Result<String> {
    let browser = project.browser()?;
    let words = format!("test --locked -p parallax-web --test web --target {TARGET}");
    let test = toolchain::cargo(project, &words)
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
            "wasm-bindgen-test-runner",
        )
        .env("CHROMEDRIVER", &browser.driver)
        .env(
            "WASM_BINDGEN_TEST_WEBDRIVER_JSON",
            browser::webdriver_file(project, browser)?,
        )
        .env("WASM_BINDGEN_TEST_TIMEOUT", "120");
    counted(project.run(&test))
}

fn end_to_end(project: &mut Project) -> Result<String> {
    let test = Command::new("node", &project.root.join("tests/e2e"))
        .words("node_modules/@playwright/test/cli.js test")
        .env("CHROME", &project.browser()?.chrome)
        .env("PARALLAX", serve::server(project))
        .env("PARALLAX_DIST", project.dist())
        .env("XTASK", env::current_exe()?);
    Ok(playwright_count(&project.run(&test)?))
}

fn quiet(outcome: Result<String>) -> Result<String> {
    outcome.map(|_| String::new())
}

fn counted(outcome: Result<String>) -> Result<String> {
    outcome.map(|text| cargo_count(&text))
}

/// "12 tests" from the result lines of `cargo test`: one a test binary.
fn cargo_count(text: &str) -> String {
    let results = text.lines().filter(|line| line.starts_with("test result:"));
    let sum = |word: &str| -> u32 {
        results
            .clone()
            .filter_map(|line| number_before(line, word))
            .sum()
    };
    let (passed, ignored) = (sum(" passed"), sum(" ignored"));
    match ignored {
        0 => format!("{passed} tests"),
        _ => format!("{passed} tests, {ignored} ignored"),
    }
}

/// "12 tests" from Playwright's last lines.
fn playwright_count(text: &str) -> String {
    let find = |word: &str| -> u32 {
        let mut numbers = text.lines().filter_map(|line| number_before(line, word));
        numbers.next_back().unwrap_or(0)
    };
    let (passed, skipped) = (find(" passed"), find(" skipped"));
    match skipped {
        0 => format!("{passed} tests"),
        _ => format!("{passed} tests, {skipped} skipped"),
    }
}

/// The number right before `word`.
fn number_before(line: &str, word: &str) -> Option<u32> {
    let (before, _) = line.split_once(word)?;
    before.rsplit([' ', '\u{1b}', 'm']).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_counted_in_what_the_runners_print() {
        let cargo = "running 2 tests\ntest result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n\
                     test result: ok. 40 passed; 0 failed; 3 ignored; 0 measured; 0 filtered out\n";
        assert_eq!(cargo_count(cargo), "42 tests, 3 ignored");
        assert_eq!(cargo_count("nothing"), "0 tests");
        assert_eq!(
            playwright_count("  1 skipped\n  7 passed (4.1s)\n"),
            "7 tests, 1 skipped"
        );
    }
}
