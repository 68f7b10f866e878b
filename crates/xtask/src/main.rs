//! `cargo xtask`: the project's own commands.
//!
//! `serve` goes from a fresh clone to a page with runs on it, `test` checks everything, `generate`
//! makes large runs, `split` is a step of Trunk's.
#![forbid(unsafe_code)]

mod bench;
mod browser;
mod call;
mod generate;
mod page;
mod project;
mod serve;
mod split;
mod steps;
mod test;
mod toolchain;
mod tools;
mod versions;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The project's own commands.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Build the dashboard and the server, and serve run folders on 127.0.0.1
    Serve(serve::Serve),
    /// Check everything, fast to slow: format, lints, tests, browser, end to end
    Test(test::Test),
    /// Measure speed and memory beside others, and write bench/RESULTS.md
    Bench(bench::Bench),
    /// Write large made-up runs, the same each time, with spikes of one sample at known steps
    Generate(generate::Generate),
    /// Cut the built dashboard into what a first visit loads and the rest (Trunk calls it)
    Split,
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().task {
        Task::Serve(args) => serve::run(&args),
        Task::Test(args) => test::run(&args),
        Task::Bench(args) => bench::run(&args),
        Task::Generate(args) => generate::run(&args),
        Task::Split => split::run(),
    };
    match outcome {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
