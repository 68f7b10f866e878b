//! Has the binary rebuilt when the built dashboard changes; an empty folder stands in for it until
//! it is built for the first time.

use std::fs;

fn main() {
    const DIST: &str = "../../dist";
    // Where it can't be made, the binary simply has no dashboard in it.
    let _ = fs::create_dir_all(DIST);
    println!("cargo:rerun-if-changed={DIST}");
    println!("cargo:rerun-if-changed=build.rs");
}
