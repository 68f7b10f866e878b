//! Makes sure that Rust code compiles for wasm32, in the way that the machine allows:
//!
//! 1. The toolchain in use has the target: nothing to do.
//! 2. rustup may download: `rustup target add`.
//! 3. rustup may not download (`RUSTUP_AUTO_INSTALL=0`), Debian as root: Debian's own rustc, with a
//!    standard library for wasm32 built once from the source that Debian ships
//!    (`debian-wasm.sh`), laid out as a toolchain folder. Only wasm32 builds use it.
//! 4. Otherwise one line says what to run.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::browser::may_install;
use crate::call::{Call, Failure};
use crate::project::{Project, which};

/// The target triple of the dashboard.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

const SCRIPT: &str = include_str!("debian-wasm.sh");

/// The toolchain that compiles for wasm32.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wasm {
    /// The one that everything else is compiled with.
    Same,
    /// A toolchain folder of its own.
    Folder(PathBuf),
}

impl Wasm {
    /// Makes `call` use this toolchain, whichever cargo called this program, and find the
    /// programs in the folder `more` first.
    pub(crate) fn apply(&self, call: Call, more: Option<PathBuf>) -> Call {
        let mut path: Vec<PathBuf> = more.into_iter().collect();
        let mut call = call;
        if let Self::Folder(folder) = self {
            call = call.without("CARGO").without("RUSTC");
            call = call.env("RUSTUP_TOOLCHAIN", folder.to_string_lossy());
            // rustup's cargo obeys that variable; where there is no rustup, PATH decides
            if which("rustup").is_none() {
                path.push(folder.join("bin"));
            }
        }
        if path.is_empty() {
            return call;
        }
        path.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
        match env::join_paths(path) {
            Ok(path) => call.env("PATH", path.to_string_lossy()),
            Err(_) => call, // a folder's name holds the separator: PATH stays as it is
        }
    }

    /// A cargo call with this toolchain, which finds the programs in the folder `more` first.
    pub(crate) fn cargo(&self, project: &Project, words: &str, more: Option<PathBuf>) -> Call {
        let call = match self {
            Self::Same => project.cargo(words),
            Self::Folder(_) => project.call("cargo").words(words),
        };
        self.apply(call, more)
    }
}

/// The toolchain for wasm32 if it is there already.
pub(crate) fn present(project: &Project) -> Option<Wasm> {
    let folder = folder(project);
    if has_target(&project.call("rustc")) {
        return Some(Wasm::Same);
    }
    let current = debian(project, "check").probe().is_some();
    current.then_some(Wasm::Folder(folder))
}

/// The line for a machine on which no way is open, `None` where one is.
pub(crate) fn obstacle() -> Option<Failure> {
    let open = rustup_may_download() || (may_install() && cfg!(target_arch = "x86_64"));
    (!open).then(|| {
        Failure::new(format!(
            "the Rust in use cannot compile for {TARGET}: run `rustup target add {TARGET}`"
        ))
    })
}

/// Finds the toolchain or installs it, and says in a few words which one it is.
pub(crate) fn ensure(project: &Project) -> Result<(Wasm, String), Failure> {
    if let Some(wasm) = present(project) {
        return Ok((wasm, "present".to_owned()));
    }
    if let Some(failure) = obstacle() {
        return Err(failure);
    }
    if rustup_may_download() {
        let add = project.call("rustup").words("target add").arg(TARGET);
        let added = add.run(project.loud);
        if has_target(&project.call("rustc")) {
            return Ok((Wasm::Same, "added by rustup".to_owned()));
        }
        if !may_install() {
            added?;
            return Err(Failure::new(format!(
                "rustup added {TARGET}, but `rustc` on PATH does not know it: is it rustup's?"
            )));
        }
    }
    debian(project, "build").run(project.loud)?;
    let note = "built from Debian's source".to_owned();
    Ok((Wasm::Folder(folder(project)), note))
}

/// Whether the standard library that `rustc` would use is there for wasm32.
fn has_target(rustc: &Call) -> bool {
    let print = rustc
        .clone()
        .words("--print target-libdir --target")
        .arg(TARGET);
    let Some(libraries) = print.probe() else {
        return false;
    };
    let has = |name: &str| {
        let entries = fs::read_dir(Path::new(&libraries)).into_iter().flatten();
        entries.flatten().any(|entry| {
            let file = entry.file_name().to_string_lossy().into_owned();
            file.starts_with(name) && file.ends_with(".rlib")
        })
    };
    has("libstd-") && has("libcore-")
}

fn rustup_may_download() -> bool {
    let forbidden = env::var("RUSTUP_AUTO_INSTALL").is_ok_and(|value| value == "0");
    !forbidden && which("rustup").is_some()
}

fn folder(project: &Project) -> PathBuf {
    project.tools.join("rust-wasm32")
}

fn debian(project: &Project, verb: &str) -> Call {
    Call::new("bash", Path::new("/"))
        .arg("-c")
        .arg(SCRIPT)
        .arg("debian-wasm.sh")
        .arg(verb)
        .arg(folder(project).to_string_lossy())
}
