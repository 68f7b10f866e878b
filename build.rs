//! Sets `cfg(split)` in release builds that are split into lazy modules, and has the linker keep what
//! splitting needs: relocations and symbols, but no names of functions.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-check-cfg=cfg(split)");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    let wanted = env::var_os("CARGO_FEATURE_SPLIT").is_some();
    // a debug build is not split, so that it is quick
    if wanted && is("PROFILE", "release") && is("CARGO_CFG_TARGET_ARCH", "wasm32") {
        println!("cargo:rustc-cfg=split");
        // wasm-bindgen reads what the target features allow
        for flag in [
            "--emit-relocs",
            "--strip-all",
            "--keep-section=target_features",
        ] {
            println!("cargo:rustc-link-arg-bins={flag}");
        }
    }
}
