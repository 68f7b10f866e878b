//! `cargo xtask test`: every check of the project, fast to slow.

use std::env;
use std::io;
use std::process::ExitCode;

use clap::Args;

use crate::browser::{self, Browser};
use crate::call::{Call, Failure};
use crate::project::Project;
use crate::steps::{self, Done, Step};
use crate::toolchain::{self, TARGET, Wasm};
use crate::{page, serve, tools};

/// Checks everything, fast to slow, up to the first failure.
#[derive(Debug, Args)]
pub(crate) struct Test {
    /// Only what needs neither the built page nor a browser
    #[arg(long)]
    fast: bool,
    /// Show what the called programs print
    #[arg(long)]
    verbose: bool,
}

struct Session {
    project: Project,
    wasm: Wasm,
    browser: Option<Browser>,
}

impl Session {
    fn cargo(&self, words: &str) -> Result<String, Failure> {
        self.project.cargo(words).run(self.project.loud)
    }

    fn browser(&self) -> Result<&Browser, Failure> {
        let missing = || Failure::new("the step that finds the browser did not run");
        self.browser.as_ref().ok_or_else(missing)
    }
}

/// How many of the steps `--fast` runs.
const FAST: usize = 8;

const STEPS: [Step<Session>; 15] = [
    Step {
        name: "format",
        usual: "1 s",
        work: |session| quiet(session.cargo("fmt --all --check")),
    },
    Step {
        name: "clippy",
        usual: "60 s the first time",
        work: |session| {
            quiet(session.cargo("clippy --locked --workspace --all-targets -- -D warnings"))
        },
    },
    Step {
        name: "layering",
        usual: "5 s",
        work: |session| counted(session.cargo("test --locked -p parallax-web --test layering")),
    },
    Step {
        name: "native tests",
        usual: "90 s the first time",
        work: |session| counted(session.cargo("test --locked --workspace")),
    },
    Step {
        name: "documentation",
        usual: "30 s the first time",
        work: document,
    },
    Step {
        name: "wasm32 target of Rust",
        usual: "60 s when it is missing",
        work: |session| {
            let (wasm, note) = toolchain::ensure(&session.project)?;
            session.wasm = wasm;
            Ok(Done::Ran(note))
        },
    },
    Step {
        name: "clippy for wasm32",
        usual: "60 s the first time",
        work: clippy_for_wasm,
    },
    Step {
        name: "documentation for wasm32",
        usual: "20 s the first time",
        work: document_for_wasm,
    },
    Step {
        name: "Trunk and wasm-bindgen",
        usual: "5 min when they are missing",
        work: |session| tools::ensure(&session.project).map(Done::Ran),
    },
    Step {
        name: "dashboard, in release mode",
        usual: "2 min the first time",
        work: |session| page::build(&session.project, &session.wasm).map(Done::Ran),
    },
    Step {
        name: "size of the first load",
        usual: "1 s",
        work: |session| page::weigh(&session.project).map(Done::Ran),
    },
    Step {
        name: "Chromium, Node.js, Playwright",
        usual: "30 s when they are missing",
        work: |session| {
            let (browser, note) = browser::ensure(&session.project)?;
            session.browser = Some(browser);
            Ok(Done::Ran(note))
        },
    },
    Step {
        name: "browser tests",
        usual: "60 s the first time",
        work: browser_tests,
    },
    Step {
        name: "server, with the dashboard inside",
        usual: "90 s the first time",
        work: |session| quiet(serve::build_server(&session.project)),
    },
    Step {
        name: "end-to-end tests",
        usual: "60 s",
        work: end_to_end,
    },
];

/// Runs the command; a step that failed has said so already.
pub(crate) fn run(args: &Test) -> Result<ExitCode, Failure> {
    let project = Project::find(args.verbose)?;
    let missing = match toolchain::present(&project) {
        Some(_) => None,
        None => toolchain::obstacle(),
    };
    let missing = missing.or_else(|| (!args.fast).then(|| browser::obstacle(&project)).flatten());
    if let Some(failure) = missing {
        return Err(failure);
    }
    if !project.root.join("../shared/data").is_dir() {
        println!("../shared/data is not here: the tests that read it skip");
    }
    let mut session = Session {
        project,
        wasm: Wasm::Same,
        browser: None,
    };
    let count = if args.fast { FAST } else { STEPS.len() };
    let steps = STEPS.get(..count).unwrap_or(&STEPS);
    let records = steps::run(steps, &mut session, &mut io::stdout());
    println!("\n{}", steps::summary(&records, steps.len()).trim_end());
    Ok(steps::exit_code(&records))
}

fn document(session: &mut Session) -> Result<Done, Failure> {
    let project = &session.project;
    let call = project.cargo("doc --locked --workspace --no-deps");
    quiet(call.env("RUSTDOCFLAGS", "-D warnings").run(project.loud))
}

fn clippy_for_wasm(session: &mut Session) -> Result<Done, Failure> {
    let Session { project, wasm, .. } = session;
    let clippy = |what: &str| {
        let words = format!("clippy --locked --target {TARGET} {what} -- -D warnings");
        wasm.cargo(project, &words, None).run(project.loud)
    };
    clippy("-p parallax-view -p parallax-frame -p parallax-api --lib")?;
    clippy("-p parallax-bench")?;
    quiet(clippy("-p parallax-web --all-targets"))
}

fn document_for_wasm(session: &mut Session) -> Result<Done, Failure> {
    let Session { project, wasm, .. } = session;
    let words = format!("doc --locked --target {TARGET} -p parallax-web --no-deps");
    let call = wasm.cargo(project, &words, None);
    quiet(call.env("RUSTDOCFLAGS", "-D warnings").run(project.loud))
}

fn browser_tests(session: &mut Session) -> Result<Done, Failure> {
    let project = &session.project;
    if !project.root.join("tests/web.rs").is_file() {
        return Ok(Done::Skipped("there is no tests/web.rs".to_owned()));
    }
    let browser = session.browser()?;
    let options = browser::webdriver_file(project, browser)?;
    let words = format!("test --locked -p parallax-web --test web --target {TARGET}");
    let wasm = &session.wasm;
    let call = wasm
        .cargo(project, &words, tools::place(project))
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
            "wasm-bindgen-test-runner",
        )
        .env("CHROMEDRIVER", browser.driver.to_string_lossy())
        .env(
            "WASM_BINDGEN_TEST_WEBDRIVER_JSON",
            options.to_string_lossy(),
        )
        .env("WASM_BINDGEN_TEST_TIMEOUT", "120");
    counted(call.run(project.loud))
}

fn end_to_end(session: &mut Session) -> Result<Done, Failure> {
    let project = &session.project;
    let call = Call::new("node", &project.root.join("tests/e2e"))
        .words("node_modules/@playwright/test/cli.js test")
        .env("CHROME", session.browser()?.chrome.to_string_lossy())
        .env("PARALLAX", serve::server(project).to_string_lossy())
        .env("PARALLAX_DIST", project.dist().to_string_lossy());
    let call = match env::current_exe() {
        Ok(xtask) => call.env("XTASK", xtask.to_string_lossy()),
        Err(_) => call,
    };
    let text = call.run(project.loud)?;
    Ok(Done::Ran(playwright_count(&text)))
}

fn quiet<T>(outcome: Result<T, Failure>) -> Result<Done, Failure> {
    outcome.map(|_| Done::Ran(String::new()))
}

fn counted(outcome: Result<String, Failure>) -> Result<Done, Failure> {
    outcome.map(|text| Done::Ran(cargo_count(&text)))
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

/// The number that stands right before `word`.
fn number_before(line: &str, word: &str) -> Option<u32> {
    let (before, _) = line.split_once(word)?;
    before.rsplit([' ', '\u{1b}', 'm']).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_the_runners_print() {
        let cargo = "running 2 tests\ntest result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n\
                     test result: ok. 40 passed; 0 failed; 3 ignored; 0 measured; 0 filtered out\n";
        assert_eq!(cargo_count(cargo), "42 tests, 3 ignored");
        assert_eq!(cargo_count("nothing"), "0 tests");
        assert_eq!(
            playwright_count("  1 skipped\n  7 passed (4.1s)\n"),
            "7 tests, 1 skipped"
        );
    }

    #[test]
    fn fast_ends_before_the_first_slow_step() {
        assert_eq!(STEPS[FAST].name, "Trunk and wasm-bindgen");
    }
}
