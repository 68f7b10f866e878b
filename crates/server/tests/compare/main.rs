//! `parallax compare` as a user runs it: the built binary over real runs and over broken ones.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod command_line;
mod faults;
mod real_runs;
mod support;
