//! Finds Trunk and wasm-bindgen in exactly the pinned versions, or builds them from the registry.
//!
//! A program on PATH serves when its version matches; else the one in the project's tool folder;
//! else it is built into that folder: unoptimised but for the crates that do wasm-bindgen's work,
//! which takes a third of the time and is fast enough.

use std::env;
use std::fs;
use std::path::PathBuf;

use crate::call::{Call, Failure};
use crate::project::{Project, which};
use crate::versions::{TRUNK, WASM_BINDGEN, locked};

/// A program from the registry.
struct Tool {
    /// Its crate.
    package: &'static str,
    version: &'static str,
    /// The programs that the crate makes and the build needs.
    programs: &'static [&'static str],
    /// Whether its own lock file is used.
    ///
    /// Not for wasm-bindgen-cli: its lock pins root certificates that registries withdraw, and
    /// what it does is fixed by exact versions in its manifest.
    locked: bool,
    /// Crates that are compiled with optimisation.
    hot: &'static [&'static str],
}

const TOOLS: [Tool; 2] = [
    Tool {
        package: "wasm-bindgen-cli",
        version: WASM_BINDGEN,
        programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
        locked: false,
        hot: &[
            "walrus",
            "wasmparser",
            "wasm-bindgen-cli-support",
            "wasm-bindgen-cli",
            "gimli",
            "wasm-encoder",
            "id-arena",
            "hashbrown",
            "indexmap",
            "leb128",
            "leb128fmt",
            "rayon",
        ],
    },
    Tool {
        package: "trunk",
        version: TRUNK,
        programs: &["trunk"],
        locked: true,
        hot: &[],
    },
];

/// A release profile that compiles fast.
const PROFILE: [(&str, &str); 6] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "256"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "0"),
    ("CARGO_PROFILE_RELEASE_STRIP", "debuginfo"),
    ("CARGO_PROFILE_RELEASE_PANIC", "unwind"),
];

/// Makes sure of all tools and says in a few words what was done.
pub(crate) fn ensure(project: &Project) -> Result<String, Failure> {
    check_lock(project)?;
    let mut built = Vec::new();
    for tool in &TOOLS {
        if !is_there(project, tool) {
            build(project, tool)?;
            built.push(tool.package);
        }
    }
    if built.is_empty() {
        return Ok("present".to_owned());
    }
    Ok(format!("built {}", built.join(", ")))
}

/// The folder that must come first on PATH for the tools to be found, `None` where PATH serves.
pub(crate) fn place(project: &Project) -> Option<PathBuf> {
    let all = TOOLS.iter().all(|tool| on_path(project, tool));
    (!all).then(|| folder(project))
}

/// A call of wasm-bindgen, wherever it is; it is built where it is missing.
pub(crate) fn wasm_bindgen(project: &Project) -> Result<Call, Failure> {
    const NAME: &str = "wasm-bindgen";
    let [tool, _] = &TOOLS;
    if on_path(project, tool) {
        return Ok(project.call(NAME));
    }
    if !in_folder(project, tool) {
        build(project, tool)?;
    }
    Ok(project.call(&folder(project).join(NAME).to_string_lossy()))
}

fn check_lock(project: &Project) -> Result<(), Failure> {
    let file = project.root.join("Cargo.lock");
    let lock = fs::read_to_string(&file).map_err(|error| Failure::file(&file, &error))?;
    match locked(&lock, "wasm-bindgen") {
        Some(version) if version != WASM_BINDGEN => Err(Failure::new(format!(
            "wasm-bindgen is {version} in Cargo.lock and {WASM_BINDGEN} in \
             crates/xtask/src/versions.rs: make them equal"
        ))),
        _ => Ok(()),
    }
}

fn is_there(project: &Project, tool: &Tool) -> bool {
    on_path(project, tool) || in_folder(project, tool)
}

fn on_path(project: &Project, tool: &Tool) -> bool {
    let found =
        |name: &&str| which(name).is_some_and(|file| is_version(project, file, name, tool.version));
    tool.programs.iter().all(found)
}

fn in_folder(project: &Project, tool: &Tool) -> bool {
    let found = |name: &&str| {
        let file = folder(project).join(name);
        file.is_file() && is_version(project, file, name, tool.version)
    };
    tool.programs.iter().all(found)
}

fn is_version(project: &Project, file: PathBuf, name: &str, version: &str) -> bool {
    let probe = project.call(&file.to_string_lossy()).words("--version");
    probe.probe().is_some_and(|text| {
        let mut words = text.split_whitespace();
        words.next() == Some(name) && words.next() == Some(version)
    })
}

fn folder(project: &Project) -> PathBuf {
    project.tools.join("bin")
}

fn build(project: &Project, tool: &Tool) -> Result<(), Failure> {
    let tools = &project.tools;
    fs::create_dir_all(tools).map_err(|error| Failure::file(tools, &error))?;
    let objects = tools.join("build");
    let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    // from the tool folder, so that the project's own cargo configuration does not apply
    let mut call = Call::new(cargo, tools)
        .words("install --force --no-default-features --root")
        .arg(tools.to_string_lossy())
        .env("CARGO_TARGET_DIR", objects.to_string_lossy());
    for (name, value) in PROFILE {
        call = call.env(name, value);
    }
    if tool.locked {
        call = call.arg("--locked");
    }
    for package in tool.hot {
        call = call
            .arg("--config")
            .arg(format!("profile.release.package.{package}.opt-level=1"));
    }
    call.arg(format!("{}@{}", tool.package, tool.version))
        .run(project.loud)?;
    // about a gigabyte that nobody needs again
    fs::remove_dir_all(&objects).map_err(|error| Failure::file(&objects, &error))
}
