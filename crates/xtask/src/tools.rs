//! Finds Trunk and wasm-bindgen in exactly the pinned versions, or builds them from the registry.
//!
//! A program on PATH is used when its version matches; else the one in the project's tool folder;
//! else it is built into that folder: unoptimised but for the crates that do wasm-bindgen's work,
//! which takes a third of the time and is fast enough.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

use crate::command::Command;
use crate::project::Project;
use crate::steps::Step;
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

/// The step that finds or builds the tools.
pub(crate) fn step<C: AsMut<Project>>() -> Step<C> {
    Step::new(
        "Trunk and wasm-bindgen",
        "5 min when they are missing",
        |context| ensure_tools(context.as_mut()),
    )
}

/// Finds all tools or builds them, and says which were built.
pub(crate) fn ensure_tools(project: &Project) -> Result<String> {
    check_lock(project)?;
    let mut built = Vec::new();
    for tool in &TOOLS {
        if !is_on_path(project, tool) && !is_in_folder(project, tool) {
            build(project, tool)?;
            built.push(tool.package);
        }
    }
    if built.is_empty() {
        return Ok("present".to_owned());
    }
    Ok(format!("built {}", built.join(", ")))
}

/// The folder that has to come first on PATH for the tools to be found; `None` where PATH has them.
pub(crate) fn folder_for_path(project: &Project) -> Option<PathBuf> {
    let all = TOOLS.iter().all(|tool| is_on_path(project, tool));
    (!all).then(|| folder(project))
}

fn check_lock(project: &Project) -> Result<()> {
    let lock = fs_err::read_to_string(project.root.join("Cargo.lock"))?;
    if let Some(version) = locked(&lock, "wasm-bindgen") {
        ensure!(
            version == WASM_BINDGEN,
            "wasm-bindgen is {version} in Cargo.lock and {WASM_BINDGEN} in \
             crates/xtask/src/versions.rs: make them equal"
        );
    }
    Ok(())
}

fn is_on_path(project: &Project, tool: &Tool) -> bool {
    let mut programs = tool.programs.iter();
    programs.all(|name| is_version(project, Path::new(name), name, tool.version))
}

fn is_in_folder(project: &Project, tool: &Tool) -> bool {
    let mut programs = tool.programs.iter();
    programs.all(|name| is_version(project, &folder(project).join(name), name, tool.version))
}

fn is_version(project: &Project, program: &Path, name: &str, version: &str) -> bool {
    let printed = project.command(program).words("--version").probe();
    printed.is_some_and(|text| text.split_whitespace().take(2).eq([name, version]))
}

fn folder(project: &Project) -> PathBuf {
    project.tools.join("bin")
}

fn build(project: &Project, tool: &Tool) -> Result<()> {
    fs_err::create_dir_all(&project.tools)?;
    let objects = project.tools.join("build");
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // from the tool folder, so that the project's own cargo configuration does not apply
    let mut command = Command::new(cargo, &project.tools)
        .words("install --force --no-default-features --root")
        .arg(&project.tools)
        .env("CARGO_TARGET_DIR", &objects);
    for (name, value) in PROFILE {
        command = command.env(name, value);
    }
    if tool.locked {
        command = command.arg("--locked");
    }
    for package in tool.hot {
        let setting = format!("profile.release.package.{package}.opt-level=1");
        command = command.arg("--config").arg(setting);
    }
    project.run(&command.arg(format!("{}@{}", tool.package, tool.version)))?;
    // about a gigabyte that nobody needs again
    Ok(fs_err::remove_dir_all(&objects)?)
}
