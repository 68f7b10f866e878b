//! `cargo xtask`: the project's own commands.
//!
//! `serve` goes from a fresh clone to a page with runs on it, `dev` rebuilds the page on each save,
//! `trunk` is the pinned Trunk, `test` checks everything, `bench` measures, `generate` writes large
//! runs.
#![forbid(unsafe_code)]

mod bench;
mod browser;
mod command;
mod compress;
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
    /// Serve run folders and a dashboard that is rebuilt on each save
    Dev(serve::Dev),
    /// Run the pinned Trunk with the right toolchain: `trunk build --release`, `trunk serve`, …
    Trunk(page::Trunk),
    /// Check everything, fast to slow: format, lints, tests, browser, end to end
    Test(test::Test),
    /// Measure speed and memory beside others, and write bench/RESULTS.md
    Bench(bench::Bench),
    /// Write large generated runs, the same each time, with spikes of one sample at known steps
    Generate(generate::Generate),
    /// Split and compress the built dashboard (Trunk calls it)
    PostBuild,
}

fn main() -> ExitCode {
    let result = match Cli::parse().task {
        Task::Serve(args) => serve::serve(&args),
        Task::Dev(args) => serve::dev(&args),
        Task::Trunk(args) => page::run(&args),
        Task::Test(args) => test::run(&args),
        Task::Bench(args) => bench::run(&args),
        Task::Generate(args) => generate::run(&args),
        Task::PostBuild => page::post_build(),
    };
    result.unwrap_or_else(|error| {
        eprintln!("failed: {error:#}");
        ExitCode::FAILURE
    })
}
