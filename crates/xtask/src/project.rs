//! The folders that the commands work in, and the tools that they found.

use std::env;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use walkdir::WalkDir;

use crate::browser::Browser;
use crate::command::Command;

/// The folders that the commands work in, and the tools that earlier steps found.
#[derive(Debug)]
pub(crate) struct Project {
    /// The checkout: the folder of the workspace's Cargo.toml.
    pub(crate) root: PathBuf,
    /// Cargo's build folder.
    pub(crate) target: PathBuf,
    /// Tools that the project installs for itself, shared by all checkouts of a user.
    pub(crate) tools: PathBuf,
    /// Show what the called programs print while they run.
    pub(crate) verbose: bool,
    /// The toolchain folder for wasm32; `None` where the toolchain in use has that target.
    pub(crate) wasm_toolchain: Option<PathBuf>,
    /// The browser for tests and benchmarks, once its step has run.
    pub(crate) browser: Option<Browser>,
}

impl Project {
    /// Finds the folders from the environment that cargo gives.
    pub(crate) fn find(verbose: bool) -> Result<Self> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest.ancestors().nth(2);
        let root = root.context("no checkout above crates/xtask: run `cargo xtask`")?;
        let target = env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        let data = env::var_os("XDG_DATA_HOME")
            .map(PathBuf::from)
            .filter(|folder| folder.is_absolute())
            .or_else(|| Some(env::home_dir()?.join(".local/share")))
            .context("no home folder: set HOME or XDG_DATA_HOME")?;
        Ok(Self {
            root: root.to_owned(),
            target: root.join(target),
            tools: data.join("parallax-tools"),
            verbose,
            wasm_toolchain: None,
            browser: None,
        })
    }

    /// A call of `program` in the checkout.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        Command::new(program.as_ref(), &self.root)
    }

    /// A call of the cargo that called this program.
    pub(crate) fn cargo(&self, words: &str) -> Command {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        self.command(cargo.as_ref() as &Path).words(words)
    }

    /// Runs a command quietly, or with its output shown where the user asked for that.
    pub(crate) fn run(&self, command: &Command) -> Result<String> {
        command.run(self.verbose)
    }

    /// The browser that its step found.
    pub(crate) fn browser(&self) -> Result<&Browser> {
        let browser = self.browser.as_ref();
        browser.context("the step that finds the browser did not run")
    }

    /// Where the release build of the dashboard is.
    pub(crate) fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// A file that the commands keep between runs.
    pub(crate) fn state_file(&self, name: &str) -> Result<PathBuf> {
        let folder = self.target.join("xtask");
        fs_err::create_dir_all(&folder)?;
        Ok(folder.join(name))
    }
}

impl AsMut<Self> for Project {
    fn as_mut(&mut self) -> &mut Self {
        self
    }
}

/// All files below `folder`, sorted; a file gives itself, a missing path nothing.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter();
    let files = entries
        .flatten()
        .filter(|entry| entry.file_type().is_file());
    files.map(walkdir::DirEntry::into_path).collect()
}

/// A hash of the names and the contents of all files below the given paths.
pub(crate) fn hash_files(root: &Path, paths: &[impl AsRef<Path>]) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    for file in paths.iter().flat_map(|path| files_below(&root.join(path))) {
        file.strip_prefix(root).unwrap_or(&file).hash(&mut hasher);
        fs_err::read(&file)?.hash(&mut hasher);
    }
    Ok(hasher.finish())
}
