//! Tells the code whether it will be cut into parts, and the linker to keep what the cut needs.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-check-cfg=cfg(split)");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    let wanted = env::var_os("CARGO_FEATURE_SPLIT").is_some();
    // a debug build is not cut, so that it is quick
    if wanted && is("PROFILE", "release") && is("CARGO_CFG_TARGET_ARCH", "wasm32") {
        println!("cargo:rustc-cfg=split");
        println!("cargo:rustc-link-arg-bins=--emit-relocs");
    }
}
