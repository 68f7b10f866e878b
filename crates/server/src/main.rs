//! `parallax`: serves run folders as the Training Performance API, with the dashboard beside it.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::Parser;
use parallax_server::cli::{Cli, Command};
use parallax_server::serve;

fn main() -> ExitCode {
    let Command::Serve(options) = Cli::parse().command;
    match serve::run(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("parallax: {error}");
            ExitCode::FAILURE
        }
    }
}
