//! Makes sure that Rust code compiles for wasm32, in the way that the machine allows:
//!
//! 1. The toolchain in use has the target: nothing to do.
//! 2. rustup may download: `rustup target add`.
//! 3. rustup may not download (`RUSTUP_AUTO_INSTALL=0`), Debian as root: Debian's own rustc, with a
//!    standard library for wasm32 built once from the source that Debian ships
//!    (`debian-wasm.sh`), laid out as a toolchain folder. Only wasm32 builds use it.
//! 4. Otherwise an error says what to run.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};

use crate::browser::may_install;
use crate::command::Command;
use crate::project::Project;
use crate::steps::Step;
use crate::tools;

/// The target triple of the dashboard.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

const SCRIPT: &str = include_str!("debian-wasm.sh");

/// The step that finds or installs the toolchain for wasm32.
pub(crate) fn step<C: AsMut<Project>>() -> Step<C> {
    Step::new(
        "wasm32 target of Rust",
        "60 s when it is missing",
        |context| ensure_target(context.as_mut()),
    )
}

/// An error where the target is missing and can't be installed.
pub(crate) fn check_installable(project: &Project) -> Result<()> {
    let is_possible = rustup_may_download() || (may_install() && cfg!(target_arch = "x86_64"));
    ensure!(
        is_possible || has_target(project) || has_debian(project),
        "the Rust in use can't compile for {TARGET}: run `rustup target add {TARGET}`"
    );
    Ok(())
}

/// Finds the toolchain or installs it, and says which one it is.
pub(crate) fn ensure_target(project: &mut Project) -> Result<String> {
    if has_target(project) {
        return Ok("present".to_owned());
    }
    let is_built = has_debian(project);
    if !is_built {
        check_installable(project)?;
        if rustup_may_download() {
            let add = project.command("rustup").words("target add").arg(TARGET);
            let added = project.run(&add);
            if has_target(project) {
                return Ok("added by rustup".to_owned());
            }
            if !may_install() {
                added?;
                bail!("rustup added {TARGET}, but `rustc` on PATH lacks it: is it rustup's?");
            }
        }
        project.run(&debian(project, "build"))?;
    }
    project.wasm_toolchain = Some(debian_folder(project));
    let remark = if is_built {
        "present"
    } else {
        "built from Debian's source"
    };
    Ok(remark.to_owned())
}

/// A cargo command that compiles for wasm32.
pub(crate) fn cargo(project: &Project, words: &str) -> Command {
    let command = match project.wasm_toolchain {
        None => project.cargo(words),
        Some(_) => project.command("cargo").words(words),
    };
    for_wasm(project, command)
}

/// Makes a command, or what it calls, compile for wasm32 with the right toolchain, find
/// wasm-bindgen and Trunk, and keep the folders of this machine out of what it compiles.
pub(crate) fn for_wasm(project: &Project, command: Command) -> Command {
    let mut command = command
        // cargo adds these flags to those in .cargo/config.toml, but RUSTFLAGS would replace both
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
            remap_flags(project),
        )
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    if let Some(folder) = tools::folder_for_path(project) {
        command = command.path(folder);
    }
    if let Some(folder) = &project.wasm_toolchain {
        // a cargo that called this program sets CARGO and RUSTC to its own toolchain
        command = command.env_remove("CARGO").env_remove("RUSTC");
        command = command.env("RUSTUP_TOOLCHAIN", folder);
        // rustup's cargo obeys that variable; where there is no rustup, PATH decides
        if which::which("rustup").is_err() {
            command = command.path(folder.join("bin"));
        }
    }
    command
}

/// Folders of this machine that the compiler writes into panic messages, each with what is written
/// instead. Of several that fit, rustc takes the last.
pub(crate) fn builder_folders(project: &Project) -> Vec<(PathBuf, &'static str)> {
    let home = env::home_dir();
    let cargo = env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo = cargo.or_else(|| Some(home.as_ref()?.join(".cargo")));
    [
        (home, "~"),
        (cargo, "cargo"),
        (Some(project.root.clone()), "parallax"),
    ]
    .into_iter()
    .filter_map(|(folder, name)| Some((folder?, name)))
    // `/` would be replaced everywhere
    .filter(|(folder, _)| folder.parent().is_some())
    .collect()
}

fn remap_flags(project: &Project) -> String {
    let flags = builder_folders(project)
        .into_iter()
        .map(|(folder, name)| format!("--remap-path-prefix={}={name}", folder.display()));
    // cargo splits the variable at blanks
    let flags = flags.filter(|flag| !flag.contains(char::is_whitespace));
    flags.collect::<Vec<_>>().join(" ")
}

/// Whether the standard library that `rustc` would use is there for wasm32.
fn has_target(project: &Project) -> bool {
    let print = project
        .command("rustc")
        .words("--print target-libdir --target");
    let Some(libraries) = print.arg(TARGET).probe() else {
        return false;
    };
    let names: Vec<String> = fs_err::read_dir(libraries)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    ["libstd-", "libcore-"].iter().all(|start| {
        let mut names = names.iter();
        names.any(|name| name.starts_with(start) && name.ends_with(".rlib"))
    })
}

fn rustup_may_download() -> bool {
    let is_forbidden = env::var("RUSTUP_AUTO_INSTALL").is_ok_and(|value| value == "0");
    !is_forbidden && which::which("rustup").is_ok()
}

fn debian_folder(project: &Project) -> PathBuf {
    project.tools.join("rust-wasm32")
}

fn has_debian(project: &Project) -> bool {
    debian(project, "check").probe().is_some()
}

fn debian(project: &Project, verb: &str) -> Command {
    Command::new("bash", Path::new("/"))
        .arg("-c")
        .arg(SCRIPT)
        .arg("debian-wasm.sh")
        .arg(verb)
        .arg(debian_folder(project))
}
