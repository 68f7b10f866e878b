//! Where things are: the checkout, its build folder, and the folder of tools outside it.

use std::collections::hash_map::DefaultHasher;
use std::env;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::call::{Call, Failure};

/// The folders that the commands work in.
#[derive(Debug)]
pub(crate) struct Project {
    /// The checkout: the folder of the workspace's Cargo.toml.
    pub(crate) root: PathBuf,
    /// Cargo's build folder.
    pub(crate) target: PathBuf,
    /// Tools that the project installs for itself, shared by all checkouts of a user.
    pub(crate) tools: PathBuf,
    /// Shows what the called programs print while they run.
    pub(crate) loud: bool,
}

impl Project {
    /// Finds the folders from the environment that cargo gives.
    pub(crate) fn find(loud: bool) -> Result<Self, Failure> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest
            .ancestors()
            .nth(2)
            .ok_or_else(|| Failure::new("no checkout above crates/xtask: run `cargo xtask`"))?
            .to_owned();
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(
            || root.join("target"),
            |folder| root.join(PathBuf::from(folder)),
        );
        let data = env::var_os("XDG_DATA_HOME")
            .map(PathBuf::from)
            .filter(|folder| folder.is_absolute())
            .or_else(|| Some(env::home_dir()?.join(".local/share")))
            .ok_or_else(|| Failure::new("no home folder: set HOME or XDG_DATA_HOME"))?;
        Ok(Self {
            root,
            target,
            tools: data.join("parallax-tools"),
            loud,
        })
    }

    /// A call of `program` in the checkout.
    pub(crate) fn call(&self, program: &str) -> Call {
        Call::new(program, &self.root)
    }

    /// A call of the cargo that called this program.
    pub(crate) fn cargo(&self, words: &str) -> Call {
        let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        self.call(&cargo).words(words)
    }

    /// Where `trunk build` puts the dashboard.
    pub(crate) fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// A file that the commands keep for themselves between runs.
    pub(crate) fn note(&self, name: &str) -> Result<PathBuf, Failure> {
        let folder = self.target.join("xtask");
        fs::create_dir_all(&folder).map_err(|error| Failure::file(&folder, &error))?;
        Ok(folder.join(name))
    }
}

/// The path of a program on PATH.
pub(crate) fn which(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(format!("{name}{}", env::consts::EXE_SUFFIX)))
        .find(|file| file.is_file())
}

/// All files below `folder`, sorted; a file stands for itself, a missing path for nothing.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    if folder.is_file() {
        return vec![folder.to_owned()];
    }
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .flat_map(|entry| files_below(&entry.path()))
        .collect();
    files.sort();
    files
}

/// A fingerprint of the names and the contents of all files below the given paths.
pub(crate) fn digest(root: &Path, paths: &[&str]) -> Result<u64, Failure> {
    let mut hasher = DefaultHasher::new();
    for file in paths.iter().flat_map(|path| files_below(&root.join(path))) {
        let bytes = fs::read(&file).map_err(|error| Failure::file(&file, &error))?;
        file.strip_prefix(root).unwrap_or(&file).hash(&mut hasher);
        bytes.hash(&mut hasher);
    }
    Ok(hasher.finish())
}
