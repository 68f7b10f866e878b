//! Builds the dashboard with Trunk, and checks what the release build holds and weighs.

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use crate::command::Command;
use crate::compress::{compress_files, originals, sent_bytes};
use crate::project::{Project, files_below, hash_files};
use crate::split::{is_lazy, split};
use crate::steps::Step;
use crate::toolchain::{self, TARGET, builder_folders, for_wasm};
use crate::tools;
use crate::versions::{TRUNK, WASM_BINDGEN};

/// The largest first load: all files of a visit up to the first chart, in bytes as they are sent
/// with each encoding.
const BUDGETS: [(&str, u64); 2] = [("br", 320_000), ("gz", 400_000)];

/// What the check lets a first load weigh above its budget, in percent: what it weighs now and a
/// little more, so that it does not grow unseen. The goal is 5, see bench/NOTES.md.
const ROOM_PERCENT: u64 = 28;

/// What the dashboard is made of, besides its crates.
const INPUTS: [&str; 12] = [
    ".cargo",
    "Cargo.toml",
    "Cargo.lock",
    "Trunk.toml",
    "build.rs",
    "index.html",
    "public",
    "src",
    "style",
    "crates/xtask/src/compress.rs",
    "crates/xtask/src/page.rs",
    "crates/xtask/src/split.rs",
];

/// Runs Trunk in the pinned version, with the toolchain that compiles for wasm32
#[derive(Debug, Args)]
pub(crate) struct Trunk {
    /// What Trunk gets, such as `build --release` or `serve --open`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    args: Vec<String>,
}

/// Runs `cargo xtask trunk`; returns only where Trunk does not start.
pub(crate) fn run(args: &Trunk) -> Result<ExitCode> {
    let mut project = Project::find(true)?;
    toolchain::ensure_target(&mut project)?;
    tools::ensure_tools(&project)?;
    let trunk = args.args.iter().fold(trunk(&project)?, Command::arg);
    trunk.exec()?;
    Ok(ExitCode::SUCCESS)
}

/// Trunk as Trunk.toml has it.
pub(crate) fn trunk(project: &Project) -> Result<Command> {
    // Trunk is told to be offline, so that it looks for no tools; cargo gets the crates before that
    project.run(&project.cargo("fetch --locked"))?;
    let command = for_wasm(project, project.command("trunk"))
        .env("TRUNK_OFFLINE", "true")
        .env("TRUNK_SKIP_VERSION_CHECK", "true")
        // this Trunk takes no other value than true or false for it
        .env_remove("NO_COLOR");
    Ok(match env::current_exe() {
        Ok(program) => command.env("XTASK", program),
        Err(_) => command,
    })
}

/// The step that builds the dashboard in release mode.
pub(crate) fn build_step<C: AsMut<Project>>() -> Step<C> {
    Step::new(
        "dashboard, in release mode",
        "2 min the first time",
        |context| build(context.as_mut()),
    )
}

/// Builds `dist/`, unless it is what the present files and tools make.
fn build(project: &Project) -> Result<String> {
    let inputs = fingerprint(project)?;
    let state = project.state_file("dashboard.stamp")?;
    let dist = project.dist();
    let stamp = |output: u64| format!("{inputs}\noutput {output:016x}\n");
    let known = fs_err::read_to_string(&state).unwrap_or_default();
    if dist.join("index.html").is_file() && known == stamp(hash_files(&dist, &["."])?) {
        return Ok("unchanged since the last build".to_owned());
    }
    let build = trunk(project)?.words("build --release --dist").arg(&dist);
    project.run(&build)?;
    fs_err::write(&state, stamp(hash_files(&dist, &["."])?))?;
    Ok(String::new())
}

fn fingerprint(project: &Project) -> Result<String> {
    let words = format!("tree --locked -p parallax-web --target {TARGET} --prefix none");
    let tree = project.run(&project.cargo(&words).words("-e normal,build --format {p}"))?;
    let mut inputs: Vec<PathBuf> = INPUTS.iter().map(PathBuf::from).collect();
    // the line of a crate of this workspace ends with its folder in parentheses
    inputs.extend(tree.lines().filter_map(|line| {
        let (_, folder) = line.trim_end_matches(')').split_once(" (")?;
        let inside = Path::new(folder).strip_prefix(&project.root).ok()?;
        (!inside.as_os_str().is_empty()).then(|| inside.to_owned())
    }));
    let files = hash_files(&project.root, &inputs)?;
    let rustc = for_wasm(project, project.command("rustc")).words("-vV");
    let compiler = rustc.probe().unwrap_or_default();
    Ok(format!(
        "trunk {TRUNK}, wasm-bindgen {WASM_BINDGEN}\n{compiler}\ninput {files:016x}"
    ))
}

/// Where debug builds of the dashboard go, so that the release build stays.
pub(crate) fn debug_dist(project: &Project) -> Result<PathBuf> {
    project.state_file("debug-dist")
}

/// Builds the dashboard in debug mode as `cargo xtask trunk build` does.
pub(crate) fn debug_build(project: &mut Project) -> Result<String> {
    let dist = debug_dist(project)?;
    let build = trunk(project)?.words("build --dist").arg(&dist);
    project.run(&build)?;
    let files = files_below(&dist);
    let has = |end: &str| {
        files
            .iter()
            .any(|file| file.to_string_lossy().ends_with(end))
    };
    ensure!(
        has("index.html") && has("_bg.wasm"),
        "{}: expected index.html and a WASM file",
        dist.display()
    );
    Ok(String::new())
}

/// Trunk's last step (a hook in Trunk.toml): in release mode splits the program and compresses all
/// files.
pub(crate) fn post_build() -> Result<ExitCode> {
    if env::var("TRUNK_PROFILE").is_ok_and(|profile| profile == "debug") {
        return Ok(ExitCode::SUCCESS);
    }
    let staging = env::var_os("TRUNK_STAGING_DIR").map(PathBuf::from);
    let staging = staging.context("this is a step of `trunk build --release`: run that")?;
    let project = Project::find(false)?;
    tools::ensure_tools(&project)?;
    split(&project, &staging)?;
    compress_files(&staging)?;
    Ok(ExitCode::SUCCESS)
}

/// The size of what a first visit loads, file by file, in bytes as sent with the encodings of
/// [`BUDGETS`].
pub(crate) fn first_load(dist: &Path) -> Result<Vec<(String, [u64; 2])>> {
    let mut sizes = Vec::new();
    for file in originals(dist).filter(|file| !is_lazy(file)) {
        let name = file.strip_prefix(dist).unwrap_or(&file);
        let [brotli, gzip] = BUDGETS.map(|(extension, _)| sent_bytes(&file, extension));
        sizes.push((name.display().to_string(), [brotli?, gzip?]));
    }
    sizes.sort_by_key(|(_, [brotli, _])| std::cmp::Reverse(*brotli));
    Ok(sizes)
}

/// Checks that the first load is within its budgets, and that no file names a folder of this
/// machine; says what the first load weighs.
pub(crate) fn check(project: &mut Project) -> Result<String> {
    for file in originals(&project.dist()) {
        let text = fs_err::read(&file)?;
        let text = String::from_utf8_lossy(&text);
        for (folder, _) in builder_folders(project) {
            ensure!(
                !text.contains(&format!("{}/", folder.display())),
                "{} names a folder of this machine, {}",
                file.display(),
                folder.display()
            );
        }
    }
    let sizes = first_load(&project.dist())?;
    let mut summary = Vec::new();
    for (index, (name, budget)) in BUDGETS.into_iter().enumerate() {
        let sum: u64 = sizes.iter().filter_map(|(_, sizes)| sizes.get(index)).sum();
        summary.push(format!("{} {name} of {}", in_kb(sum), in_kb(budget)));
        if sum > budget + budget * ROOM_PERCENT / 100 {
            let table: String = sizes
                .iter()
                .map(|(name, [br, gz])| format!("{:>10} {:>10}  {name}\n", in_kb(*br), in_kb(*gz)))
                .collect();
            bail!(
                "{table}the first load is too large: {} {name}, the budget is {} and {ROOM_PERCENT} %",
                in_kb(sum),
                in_kb(budget)
            );
        }
    }
    Ok(format!("{} in {} files", summary.join(", "), sizes.len()))
}

fn in_kb(bytes: u64) -> String {
    format!("{}.{} KB", bytes / 1_000, bytes % 1_000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(root: &Path) -> Project {
        Project {
            root: root.to_owned(),
            target: root.join("target"),
            tools: root.join("tools"),
            verbose: false,
            wasm_toolchain: None,
            browser: None,
        }
    }

    #[test]
    fn the_check_measures_what_is_sent_and_finds_folders() {
        let root = tempfile::tempdir().expect("a folder");
        let mut project = project(root.path());
        let write = |name: &str, bytes: &[u8]| {
            let file = project.dist().join(name);
            fs_err::create_dir_all(file.parent().expect("a folder")).expect("made");
            fs_err::write(file, bytes).expect("written");
        };
        write("app/split_data.wasm", &[0; 900_000]);
        write("app/main.wasm", &[0; 900_000]);
        write("app/main.wasm.br", &[0; 300_000]);
        write("app/main.wasm.gz", &[0; 390_000]);
        write("index.html", &[b' '; 1_500]);
        assert_eq!(
            check(&mut project).expect("within the budgets"),
            "301.5 KB br of 320.0 KB, 391.5 KB gz of 400.0 KB in 2 files"
        );

        let write = |name: &str, bytes: &[u8]| {
            fs_err::write(root.path().join("dist").join(name), bytes).expect("written");
        };
        write("app/main.wasm.br", &[0; 408_100]);
        assert!(check(&mut project).is_ok(), "28 % are allowed");
        write("app/main.wasm.br", &[0; 408_101]);
        let error = check(&mut project).expect_err("too large").to_string();
        assert!(error.contains("409.6 KB br"), "{error}");

        write("app/main.wasm.br", &[0; 300_000]);
        let inside = root.path().join("src/app.rs");
        write("app/split_data.wasm", inside.to_string_lossy().as_bytes());
        let error = check(&mut project).expect_err("names a folder").to_string();
        assert!(error.contains("split_data.wasm names a folder"), "{error}");
    }
}
