//! `cargo xtask`: the project's own commands.
#![forbid(unsafe_code)]

fn main() {}
