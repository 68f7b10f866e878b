//! `cargo xtask split`, Trunk's last step in release mode (a hook in Trunk.toml): cuts the program
//! into what a first visit loads and the parts that are loaded later.
//!
//! What Trunk has put into its staging folder is one WASM file and its script. They are replaced by
//! the main part, its script, the script that loads the other parts, and those parts. All names
//! carry one fingerprint of all their contents: they belong together.

mod compact;
mod order;

use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use wasm_split_cli_support::{Options, transform};

use crate::call::Failure;
use crate::project::{Project, files_below};
use crate::toolchain::TARGET;
use crate::tools;

/// The name of the program, of its WASM file and of its script.
const PROGRAM: &str = "parallax-web";
/// Stands for the fingerprint until the contents are final; as long as that, because in a WASM file
/// lengths are written down.
const UNKNOWN: &str = "__fingerprint___";

/// Runs the command in the environment that Trunk gives its hooks.
pub(crate) fn run() -> Result<ExitCode, Failure> {
    if env::var("TRUNK_PROFILE").is_ok_and(|profile| profile == "debug") {
        return Ok(ExitCode::SUCCESS);
    }
    let staging = env::var_os("TRUNK_STAGING_DIR")
        .map(PathBuf::from)
        .ok_or_else(|| Failure::new("this is a step of `trunk build --release`: run that"))?;
    apply(&Project::find(false)?, &staging)?;
    Ok(ExitCode::SUCCESS)
}

/// Cuts the program that was built last, in the folder where Trunk has put it.
pub(crate) fn apply(project: &Project, staging: &Path) -> Result<(), Failure> {
    let folder = project.target.join("xtask/split");
    let built = project
        .target
        .join(TARGET)
        .join("web")
        .join(format!("{PROGRAM}.wasm"));
    replace(staging, cut(project, &built, &folder)?)
}

/// A file of the cut program: its name with [`UNKNOWN`] in it, and its contents.
type Part = (String, Vec<u8>);

/// Cuts the program and binds its main part.
fn cut(project: &Project, built: &Path, folder: &Path) -> Result<Vec<Part>, Failure> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| Failure::file(folder, &error))?;
    }
    let bound = folder.join("bound");
    fs::create_dir_all(&bound).map_err(|error| Failure::file(&bound, &error))?;
    let program = compact::without_streams(read(built)?);
    let main = folder.join("main.wasm");
    let loader = format!("./{PROGRAM}-{UNKNOWN}-parts.js");
    let script = format!("./{PROGRAM}-{UNKNOWN}.js");
    let mut options = Options::new(&program);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.link_name = &loader;
    options.main_module = &script;
    let found = transform(options)
        .map_err(|error| Failure::new(format!("{} is not cut: {error:#}", built.display())))?;
    tools::wasm_bindgen(project)?
        .words("--target web --no-typescript --keep-lld-exports --no-demangle")
        .words("--remove-name-section --remove-producers-section --out-name")
        .arg(format!("{PROGRAM}-{UNKNOWN}"))
        .arg("--out-dir")
        .arg(bound.to_string_lossy())
        .arg(main.to_string_lossy())
        .run(project.loud)?;
    let mut parts = Vec::new();
    for file in files_below(&bound) {
        let name = file.strip_prefix(&bound).unwrap_or(&file).to_string_lossy();
        parts.push((name.into_owned(), read(&file)?));
    }
    shorten(&mut parts)?;
    let mut links = read_text(&folder.join(&loader))?;
    for file in &found.split_modules {
        let old = file.file_name().unwrap_or_default().to_string_lossy();
        let new = format!("{PROGRAM}-{UNKNOWN}-{}", old.trim_start_matches("split_"));
        links = links.replace(&format!("\"./{old}\""), &format!("\"./{new}\""));
        parts.push((new, ordered(&compact::without_names(read(file)?))?));
    }
    let links = compact::script(&robust(&links)?);
    parts.push((
        loader.trim_start_matches("./").to_owned(),
        links.into_bytes(),
    ));
    Ok(parts)
}

/// Shortens the names between the main part and its script, and the script.
fn shorten(parts: &mut [Part]) -> Result<(), Failure> {
    let name = format!("{PROGRAM}-{UNKNOWN}");
    let find = |ending: &str| {
        let named = |(file, _): &Part| *file == format!("{name}{ending}");
        parts.iter().position(named)
    };
    let different = || Failure::new("wasm-bindgen's files look different in this version");
    let (wasm, script) = find("_bg.wasm").zip(find(".js")).ok_or_else(different)?;
    let text = |index: usize| String::from_utf8(parts[index].1.clone()).ok();
    let module = format!("./{name}_bg.js");
    let (short, text) = text(script)
        .and_then(|text| compact::with_short_imports(&parts[wasm].1, &text, &module))
        .ok_or_else(different)?;
    parts[wasm].1 = ordered(&compact::without_names(short))?;
    parts[script].1 = compact::script(&text).into_bytes();
    Ok(())
}

fn ordered(wasm: &[u8]) -> Result<Vec<u8>, Failure> {
    order::by_likeness(wasm).map_err(|error| Failure::new(format!("a part is no WASM: {error}")))
}

/// Lets the loader take a part from any static host, also from one that does not know the type of
/// WASM files, and say which answer it did not like: as a warning, since the page tells the user.
fn robust(links: &str) -> Result<String, Failure> {
    const GIVEN: &str = "WebAssembly.instantiateStreaming(src, imports)";
    const BETTER: &str = "instantiate(await src, imports)";
    const HELPER: &str = "async function instantiate(answer, imports) {
    if (!answer.ok) throw new Error(`${answer.url}: ${answer.status}`);
    return WebAssembly.instantiate(await answer.arrayBuffer(), imports);
}
";
    const SAYS: &str = "console.error(e)";
    if !links.contains(GIVEN) || !links.contains(SAYS) {
        return Err(Failure::new(
            "the loader of the parts looks different in this version of wasm_split_cli_support",
        ));
    }
    let links = links.replace(GIVEN, BETTER);
    Ok(links.replace(SAYS, "console.warn(e)") + HELPER)
}

/// Puts the parts into the place of Trunk's files, under their final names.
fn replace(staging: &Path, parts: Vec<Part>) -> Result<(), Failure> {
    let page = staging.join("index.html");
    let text = read_text(&page)?;
    let old = old_name(staging)?;
    for file in [format!("{old}.js"), format!("{old}_bg.wasm")] {
        let file = staging.join(file);
        fs::remove_file(&file).map_err(|error| Failure::file(&file, &error))?;
    }
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    let fingerprint = format!("{:016x}", hasher.finish());
    for (name, bytes) in parts {
        let file = staging.join(name.replace(UNKNOWN, &fingerprint));
        write(&file, &named(bytes, &fingerprint))?;
    }
    let new = format!("{PROGRAM}-{fingerprint}");
    let loader = format!("<link rel=\"modulepreload\" href=\"./{new}-parts.js\">");
    let text = compact::page(&text).replace(&old, &new);
    write(
        &page,
        text.replace("</head>", &format!("{loader}</head>"))
            .as_bytes(),
    )
}

/// The name without ending that Trunk gave the program.
fn old_name(staging: &Path) -> Result<String, Failure> {
    let mut names = files_below(staging).into_iter().filter_map(|file| {
        let name = file.file_name()?.to_string_lossy().into_owned();
        let stem = name.strip_suffix("_bg.wasm")?;
        stem.starts_with(PROGRAM).then(|| stem.to_owned())
    });
    names
        .next()
        .ok_or_else(|| Failure::new(format!("no {PROGRAM} in {}", staging.display())))
}

/// The contents with the fingerprint in its places.
fn named(mut bytes: Vec<u8>, fingerprint: &str) -> Vec<u8> {
    let mut at = 0;
    while let Some(rest) = bytes.get_mut(at..) {
        let found = rest
            .windows(UNKNOWN.len())
            .position(|part| part == UNKNOWN.as_bytes());
        let Some(found) = found else { break };
        let places = rest.iter_mut().skip(found);
        places
            .zip(fingerprint.bytes())
            .for_each(|(old, new)| *old = new);
        at += found + UNKNOWN.len();
    }
    bytes
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(file).map_err(|error| Failure::file(file, &error))
}

fn read_text(file: &Path) -> Result<String, Failure> {
    fs::read_to_string(file).map_err(|error| Failure::file(file, &error))
}

fn write(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(|error| Failure::file(folder, &error))?;
    }
    fs::write(file, bytes).map_err(|error| Failure::file(file, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_takes_its_place_in_names_and_contents() {
        let bytes = format!("a {UNKNOWN}.js b{UNKNOWN}").into_bytes();
        let named = named(bytes, "0123456789abcdef");
        assert_eq!(named, b"a 0123456789abcdef.js b0123456789abcdef");
    }

    #[test]
    fn an_unknown_loader_is_refused() {
        let links = "x = WebAssembly.instantiateStreaming(src, imports); console.error(e)";
        let better = robust(links).expect("known");
        assert!(better.starts_with("x = instantiate(await src, imports);"));
        assert!(robust("something else").is_err());
    }
}
