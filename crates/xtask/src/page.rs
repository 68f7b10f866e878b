//! Builds the dashboard in release mode, and weighs what a first visit loads.

use std::env;
use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::call::{Call, Failure};
use crate::project::{Project, digest, files_below};
use crate::toolchain::Wasm;
use crate::versions::{TRUNK, WASM_BINDGEN};
use crate::{split, tools};

/// What the dashboard is made of.
const INPUTS: [&str; 18] = [
    ".cargo",
    "Cargo.toml",
    "Cargo.lock",
    "build.rs",
    "crates/xtask/src/split.rs",
    "crates/xtask/src/split",
    "Trunk.toml",
    "index.html",
    "src",
    "style",
    "public",
    "crates/api",
    "crates/compare",
    "crates/frame",
    "crates/model",
    "crates/series",
    "crates/text",
    "crates/view",
];

/// Parts of names of the files that a visit of the list and of charts does not load: what is cut
/// off and loaded later (`tests/e2e/parts.spec.mjs` looks at what a browser asks for).
const NOT_FIRST_LOAD: [&str; 3] = ["-compare.wasm", "-data.wasm", "-chunk_"];

/// The size of a first load that fails the check, in bytes after gzip. It is what the dashboard
/// weighs now and a little more, so that it does not grow unseen; the goal is far below it.
pub(crate) const LIMIT_BYTES: usize = 299_000;

/// The size of a first load to stay under, in bytes after gzip.
pub(crate) const GOAL_BYTES: usize = 200_000;

/// Builds `dist/`, unless it is what the present files and tools make.
pub(crate) fn build(project: &Project, wasm: &Wasm) -> Result<String, Failure> {
    let inputs = fingerprint(project, wasm)?;
    let note = project.note("dashboard.stamp")?;
    let stamp = |output: u64| format!("{inputs}\noutput {output:016x}\n");
    let is_built = project.dist().join("index.html").is_file();
    let known = fs::read_to_string(&note).unwrap_or_default();
    if is_built && known == stamp(digest(&project.dist(), &["."])?) {
        return Ok("unchanged since the last build".to_owned());
    }
    // Trunk works offline here, so that it looks for no tools: the crates come first
    project.cargo("fetch --locked").run(project.loud)?;
    trunk(project, wasm)?.run(project.loud)?;
    split::apply(project, &project.dist())?;
    let output = digest(&project.dist(), &["."])?;
    fs::write(&note, stamp(output)).map_err(|error| Failure::file(&note, &error))?;
    Ok(String::new())
}

/// Trunk as Trunk.toml has it, but for the hook: this program is there already and cuts the page
/// itself, while the hook's cargo would build it again where wasm32 has a toolchain of its own.
fn trunk(project: &Project, wasm: &Wasm) -> Result<Call, Failure> {
    let settings = project.note("Trunk.toml")?;
    fs::write(&settings, "").map_err(|error| Failure::file(&settings, &error))?;
    let call = wasm.apply(project.call("trunk"), tools::place(project));
    Ok(call
        .arg("--config")
        .arg(settings.to_string_lossy())
        .words("build --release --offline=true --skip-version-check --color=never")
        .words("--public-url ./ --dist")
        .arg(project.dist().to_string_lossy())
        .arg(project.root.join("index.html").to_string_lossy())
        // this Trunk takes no other value than true or false for it
        .without("NO_COLOR"))
}

fn fingerprint(project: &Project, wasm: &Wasm) -> Result<String, Failure> {
    let files = digest(&project.root, &INPUTS)?;
    let rustc = wasm.apply(project.call("rustc"), None).words("-vV");
    let compiler = rustc.probe().unwrap_or_default();
    let flags = env::var("RUSTFLAGS").unwrap_or_default();
    Ok(format!(
        "trunk {TRUNK}, wasm-bindgen {WASM_BINDGEN}, flags {flags:?}\n{compiler}\ninput {files:016x}"
    ))
}

/// The size of what a first visit loads, in bytes after gzip, file by file.
pub(crate) fn first_load(dist: &Path) -> Result<Vec<(String, usize)>, Failure> {
    let mut sizes = Vec::new();
    for file in files_below(dist) {
        let name = file.strip_prefix(dist).unwrap_or(&file);
        let name = name.to_string_lossy().into_owned();
        if NOT_FIRST_LOAD.iter().any(|part| name.contains(part)) {
            continue;
        }
        let bytes = fs::read(&file).map_err(|error| Failure::file(&file, &error))?;
        let size = gzip_bytes(&bytes).map_err(|error| Failure::file(&file, &error))?;
        sizes.push((name, size));
    }
    sizes.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    Ok(sizes)
}

/// Weighs the bundle; fails above the limit, with the sizes as its output.
pub(crate) fn weigh(project: &Project) -> Result<String, Failure> {
    let sizes = first_load(&project.dist())?;
    let total: usize = sizes.iter().map(|(_, size)| size).sum();
    let in_kb = |bytes: usize| format!("{}.{} KB", bytes / 1_000, bytes % 1_000 / 100);
    let table: String = sizes
        .iter()
        .map(|(name, size)| format!("{:>10}  {name}\n", in_kb(*size)))
        .collect();
    let verdict = format!(
        "{} gzip in {} files (goal {}, limit {})",
        in_kb(total),
        sizes.len(),
        in_kb(GOAL_BYTES),
        in_kb(LIMIT_BYTES)
    );
    if total <= LIMIT_BYTES {
        return Ok(verdict);
    }
    Err(Failure {
        message: format!("the first load is too large: {verdict}"),
        output: table,
        repeat: None,
    })
}

fn gzip_bytes(bytes: &[u8]) -> std::io::Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weighs_as_gzip_does() {
        // `head -c 100000 /dev/zero | gzip -6 | wc -c` prints 132; deflate encoders differ by a few
        let zeros = gzip_bytes(&vec![0; 100_000]).expect("in memory");
        assert!((100..160).contains(&zeros), "{zeros}");
        // an empty file: 10 bytes of header, 2 of an empty block, 8 of trailer
        assert_eq!(gzip_bytes(&[]).expect("in memory"), 20);
    }
}
