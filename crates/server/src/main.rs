//! `parallax`: serves run folders as the Training Performance API, with the dashboard beside it, and
//! compares what the sources of a run say.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::Parser;
use parallax_server::cli::{Cli, Command};
use parallax_server::{compare, serve};

/// Nothing could be compared: apart from 1, which says that something differs.
const UNUSABLE: u8 = 2;

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Serve(options) => match serve::run(options) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failed(&error, ExitCode::FAILURE),
        },
        Command::Compare(options) => match compare::run(&options) {
            Ok(outcome) if outcome.differs => ExitCode::FAILURE,
            Ok(_) => ExitCode::SUCCESS,
            Err(error) => failed(&error, ExitCode::from(UNUSABLE)),
        },
    }
}

fn failed(error: &dyn std::error::Error, code: ExitCode) -> ExitCode {
    eprintln!("parallax: {error}");
    code
}
