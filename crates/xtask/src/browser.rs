//! Finds Chromium, its driver, Node.js and the end-to-end tests' packages, or installs them.
//!
//! Debian as root: from Debian's packages. Anywhere else one line says how to get what is missing.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::call::{Call, Failure};
use crate::project::{Project, digest, which};
use crate::versions::NODE_MAJOR;

/// How Chromium is started: without a window, also as root, without calls of its own.
const FLAGS: [&str; 8] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

const CHROMIUM_HINT: &str = "no Chromium with its driver found: install Chromium and chromedriver \
     (Debian: sudo apt-get install chromium chromium-driver), or set CHROME and CHROMEDRIVER";

/// The browser and the program that tests drive it by.
#[derive(Clone, Debug)]
pub(crate) struct Browser {
    /// Chromium or Chrome.
    pub(crate) chrome: PathBuf,
    /// ChromeDriver of the same version.
    pub(crate) driver: PathBuf,
}

/// The browser if it is there already.
pub(crate) fn present() -> Option<Browser> {
    Some(Browser {
        chrome: find(
            "CHROME",
            &[
                "chromium",
                "chromium-browser",
                "google-chrome",
                "google-chrome-stable",
            ],
            &[
                "/Applications/Chromium.app/Contents/MacOS/Chromium",
                "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
            ],
        )?,
        driver: find(
            "CHROMEDRIVER",
            &["chromedriver"],
            &[
                "/usr/lib/chromium/chromedriver",
                "/usr/lib/chromium-browser/chromedriver",
            ],
        )?,
    })
}

/// What is missing and cannot be installed, `None` where the tests can run.
pub(crate) fn obstacle(project: &Project) -> Option<Failure> {
    if may_install() {
        return None;
    }
    if present().is_none() {
        return Some(Failure::new(CHROMIUM_HINT));
    }
    node(project).err()
}

/// Makes sure of the browser, Node.js and the packages of the end-to-end tests.
pub(crate) fn ensure(project: &Project) -> Result<(Browser, String), Failure> {
    let mut packages = Vec::new();
    if present().is_none() {
        packages.extend(["chromium", "chromium-driver"]);
    }
    if node(project).is_err() {
        packages.extend(["nodejs", "npm"]);
    }
    if !packages.is_empty() && may_install() {
        apt_install(project, &packages)?;
    }
    let browser = present().ok_or_else(|| Failure::new(CHROMIUM_HINT))?;
    let node = node(project)?;
    npm_packages(project, "tests/e2e")?;
    let chrome = project
        .call(&browser.chrome.to_string_lossy())
        .words("--version");
    let version = chrome.probe().unwrap_or_else(|| "Chromium".to_owned());
    Ok((browser, format!("{version}, Node.js {node}")))
}

/// Writes what wasm-bindgen's test runner tells the driver, and returns the file's path.
pub(crate) fn webdriver_file(project: &Project, browser: &Browser) -> Result<PathBuf, Failure> {
    let args: Vec<String> = FLAGS.iter().map(|flag| format!("{flag:?}")).collect();
    let text = format!(
        "{{\"goog:chromeOptions\": {{\"binary\": {:?}, \"args\": [{}]}}}}\n",
        browser.chrome.to_string_lossy(),
        args.join(", ")
    );
    let file = project.note("webdriver.json")?;
    fs::write(&file, text).map_err(|error| Failure::file(&file, &error))?;
    Ok(file)
}

/// Whether Debian's packages can be installed: apt-get is there and the user is root.
pub(crate) fn may_install() -> bool {
    let id = Call::new("id", Path::new("/")).words("-u");
    which("apt-get").is_some() && id.probe().is_some_and(|user| user == "0")
}

fn find(variable: &str, names: &[&str], places: &[&str]) -> Option<PathBuf> {
    if let Some(set) = env::var_os(variable).map(PathBuf::from) {
        return set.is_file().then_some(set);
    }
    let on_path = names.iter().find_map(|name| which(name));
    on_path.or_else(|| places.iter().map(PathBuf::from).find(|file| file.is_file()))
}

/// The version of Node.js, with npm beside it.
fn node(project: &Project) -> Result<String, Failure> {
    let version = project.call("node").words("--version").probe();
    let major = version.as_deref().and_then(|text| {
        let number = text.trim_start_matches('v').split('.').next()?;
        number.parse::<u32>().ok()
    });
    match version {
        Some(version) if major >= Some(NODE_MAJOR) && which("npm").is_some() => Ok(version),
        _ => Err(Failure::new(format!(
            "no Node.js {NODE_MAJOR} or newer with npm found: install it \
             (Debian: sudo apt-get install nodejs npm)"
        ))),
    }
}

fn apt_install(project: &Project, packages: &[&str]) -> Result<(), Failure> {
    let apt = |words: &str| {
        project
            .call("apt-get")
            .words("-q -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300")
            .words(words)
            .env("DEBIAN_FRONTEND", "noninteractive")
    };
    apt("update").run(project.loud)?;
    apt("install -y --no-install-recommends")
        .words(&packages.join(" "))
        .run(project.loud)?;
    Ok(())
}

/// `npm ci` in a folder of the checkout, unless it ran for this lock file.
pub(crate) fn npm_packages(project: &Project, folder: &str) -> Result<(), Failure> {
    let folder = project.root.join(folder);
    let lock = digest(&folder, &["package.json", "package-lock.json"])?;
    let wanted = format!("{lock:016x}\n");
    let note = folder.join("node_modules/.installed-for");
    if fs::read_to_string(&note).is_ok_and(|text| text == wanted) {
        return Ok(());
    }
    Call::new("npm", &folder)
        .words("ci --no-audit --no-fund")
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .run(project.loud)?;
    fs::write(&note, wanted).map_err(|error| Failure::file(&note, &error))
}
