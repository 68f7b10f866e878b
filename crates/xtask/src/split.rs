//! Splits the release build into what a first visit loads and lazily loaded modules.
//!
//! Trunk has put the program into its staging folder as one WASM file and its script. They are
//! replaced by a folder that is named after the hash of its contents: the main module, its script,
//! the loader, and the lazy modules, which name each other by relative paths.

use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};
use wasm_split_cli_support::{Options, transform};

use crate::project::{Project, files_below, hash_files};
use crate::toolchain::{self, TARGET};

/// The name of the program, of its WASM file and of its script.
const PROGRAM: &str = "parallax-web";

/// Replaces the program in Trunk's staging folder by the split one.
pub(crate) fn split(project: &Project, staging: &Path) -> Result<()> {
    let built = project.target.join(TARGET).join("web");
    let built = built.join(PROGRAM).with_extension("wasm");
    let work = project.target.join("xtask/split");
    if work.exists() {
        fs_err::remove_dir_all(&work)?;
    }
    let modules = work.join("modules");
    fs_err::create_dir_all(&modules)?;
    let main = work.join("main.wasm");
    let program = fs_err::read(&built)?;
    let mut options = Options::new(&program);
    options.output_dir = &modules;
    options.main_out_path = &main;
    options.link_name = "./loader.js";
    let script = format!("./{PROGRAM}.js");
    options.main_module = &script;
    transform(options).map_err(|error| anyhow!("{} can't be split: {error:#}", built.display()))?;
    let bind = toolchain::for_wasm(project, project.command("wasm-bindgen"))
        .words("--target web --no-typescript --keep-lld-exports --no-demangle")
        .words("--remove-name-section --remove-producers-section --out-name")
        .arg(PROGRAM)
        .arg("--out-dir")
        .arg(&modules)
        .arg(&main);
    project.run(&bind)?;
    replace(staging, &modules)
}

/// Moves the modules to their place in the staging folder and names them in the page.
fn replace(staging: &Path, modules: &Path) -> Result<()> {
    let old = old_name(staging)?;
    for end in [".js", "_bg.wasm"] {
        fs_err::remove_file(staging.join(format!("{old}{end}")))?;
    }
    let folder = format!("{PROGRAM}-{:016x}", hash_files(modules, &["."])?);
    fs_err::rename(modules, staging.join(&folder))?;
    let page = staging.join("index.html");
    let text = fs_err::read_to_string(&page)?;
    let loader = format!("<link rel=\"modulepreload\" href=\"./{folder}/loader.js\"></head>");
    let new = text
        .replace(&old, &format!("{folder}/{PROGRAM}"))
        .replace("</head>", &loader);
    ensure!(
        new != text,
        "{}: expected {old} and </head>",
        page.display()
    );
    Ok(fs_err::write(&page, new)?)
}

/// The name without extension that Trunk gave the program.
fn old_name(staging: &Path) -> Result<String> {
    let mut names = files_below(staging).into_iter().filter_map(|file| {
        let name = file.strip_prefix(staging).ok()?.to_str()?;
        let stem = name.strip_suffix("_bg.wasm")?;
        stem.starts_with(PROGRAM).then(|| stem.to_owned())
    });
    names
        .next()
        .with_context(|| format!("no {PROGRAM} in {}", staging.display()))
}

/// True for files that a visit of the list and of charts does not load: the lazy modules and what
/// they share. `tests/e2e/parts.spec.mjs` checks it in a browser.
pub(crate) fn is_lazy(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("split_") || name.starts_with("chunk_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_the_folder_of_modules() {
        let staging = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            let file = staging.path().join(name);
            fs_err::create_dir_all(file.parent().expect("a folder")).expect("made");
            fs_err::write(file, text).expect("written");
        };
        write("parallax-web-12ab_bg.wasm", "");
        write("parallax-web-12ab.js", "");
        write("config.json", "{}");
        let page = "<head></head><script>import('./parallax-web-12ab.js')</script>";
        write("index.html", page);
        write("modules/parallax-web.js", "new");
        write("modules/split_data.wasm", "new");
        replace(staging.path(), &staging.path().join("modules")).expect("replaced");

        let files = files_below(staging.path());
        let files: Vec<_> = files
            .iter()
            .filter_map(|file| file.strip_prefix(staging.path()).ok()?.to_str())
            .collect();
        let [config, index, script, lazy] = files.as_slice() else {
            panic!("{files:?}");
        };
        assert_eq!((*config, *index), ("config.json", "index.html"));
        let folder = script.strip_suffix("/parallax-web.js").expect("a folder");
        assert_eq!(folder.len(), "parallax-web-0123456789abcdef".len());
        assert_eq!(*lazy, format!("{folder}/split_data.wasm"));
        assert_eq!(
            fs_err::read_to_string(staging.path().join("index.html")).expect("a page"),
            format!(
                "<head><link rel=\"modulepreload\" href=\"./{folder}/loader.js\"></head>\
                 <script>import('./{folder}/parallax-web.js')</script>"
            )
        );
        assert!(is_lazy(Path::new(lazy)) && !is_lazy(Path::new(script)));
    }
}
