//! `parallax`: serves run folders as the Training Performance API.
#![forbid(unsafe_code)]

fn main() {}
