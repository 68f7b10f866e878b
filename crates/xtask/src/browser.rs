//! Finds Chromium, its driver, Node.js and the end-to-end tests' packages, or installs them.
//!
//! Debian as root: from Debian's packages. Anywhere else one line says how to get what is missing.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::command::Command;
use crate::project::{Project, hash_files};
use crate::steps::Step;
use crate::versions::NODE_MAJOR;

/// How Chromium is started: without a window, also as root, without requests of its own.
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

/// The browser and its WebDriver server.
#[derive(Clone, Debug)]
pub(crate) struct Browser {
    /// Chromium or Chrome.
    pub(crate) chrome: PathBuf,
    /// ChromeDriver of the same version.
    pub(crate) driver: PathBuf,
}

/// The browser if it is installed.
fn present() -> Option<Browser> {
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

/// An error where the browser or Node.js is missing and can't be installed.
pub(crate) fn check_installable(project: &Project) -> Result<()> {
    if !may_install() {
        present().context(CHROMIUM_HINT)?;
        node(project)?;
    }
    Ok(())
}

/// The step that finds or installs the browser, Node.js and the packages of the end-to-end tests.
pub(crate) fn step<C: AsMut<Project>>() -> Step<C> {
    Step::new(
        "Chromium, Node.js, Playwright",
        "30 s when they are missing",
        |context| ensure_browser(context.as_mut()),
    )
}

/// Finds the browser, Node.js and the packages of the end-to-end tests, or installs them; gives
/// their versions.
pub(crate) fn ensure_browser(project: &mut Project) -> Result<String> {
    let mut packages = Vec::new();
    if present().is_none() {
        packages.push("chromium chromium-driver");
    }
    if node(project).is_err() {
        packages.push("nodejs npm");
    }
    if !packages.is_empty() && may_install() {
        apt_install(project, &packages.join(" "))?;
    }
    let browser = present().context(CHROMIUM_HINT)?;
    let node = node(project)?;
    npm_packages(project, "tests/e2e")?;
    let version = project.command(&browser.chrome).words("--version").probe();
    project.browser = Some(browser);
    let version = version.unwrap_or_else(|| "Chromium".to_owned());
    Ok(format!("{version}, Node.js {node}"))
}

/// Writes the options with which wasm-bindgen's test runner starts the browser; gives the path.
pub(crate) fn webdriver_file(project: &Project, browser: &Browser) -> Result<PathBuf> {
    let options = serde_json::json!({
        "goog:chromeOptions": { "binary": browser.chrome, "args": FLAGS }
    });
    let file = project.state_file("webdriver.json")?;
    fs_err::write(&file, options.to_string())?;
    Ok(file)
}

/// Whether Debian's packages can be installed: apt-get is there and the user is root.
pub(crate) fn may_install() -> bool {
    let id = Command::new("id", Path::new("/")).words("-u");
    which::which("apt-get").is_ok() && id.probe().as_deref() == Some("0")
}

fn find(variable: &str, names: &[&str], places: &[&str]) -> Option<PathBuf> {
    if let Some(set) = env::var_os(variable).map(PathBuf::from) {
        return set.is_file().then_some(set);
    }
    let on_path = names.iter().find_map(|name| which::which(name).ok());
    on_path.or_else(|| places.iter().map(PathBuf::from).find(|file| file.is_file()))
}

/// The version of Node.js, with npm beside it.
fn node(project: &Project) -> Result<String> {
    let version = project.command("node").words("--version").probe();
    let major = version.as_deref().and_then(|text| {
        let number = text.trim_start_matches('v').split('.').next()?;
        number.parse::<u32>().ok()
    });
    ensure!(
        major >= Some(NODE_MAJOR) && which::which("npm").is_ok(),
        "no Node.js {NODE_MAJOR} or newer with npm found: install it \
         (Debian: sudo apt-get install nodejs npm)"
    );
    Ok(version.unwrap_or_default())
}

fn apt_install(project: &Project, packages: &str) -> Result<()> {
    let apt = |words: &str| {
        let apt_get = project
            .command("apt-get")
            .words("-q -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300")
            .words(words)
            .env("DEBIAN_FRONTEND", "noninteractive");
        project.run(&apt_get)
    };
    apt("update")?;
    apt(&format!("install -y --no-install-recommends {packages}"))?;
    Ok(())
}

/// `npm ci` in a folder of the checkout, unless it ran for this lock file.
pub(crate) fn npm_packages(project: &Project, folder: &str) -> Result<()> {
    let folder = project.root.join(folder);
    let lock = hash_files(&folder, &["package.json", "package-lock.json"])?;
    let wanted = format!("{lock:016x}\n");
    let state = folder.join("node_modules/.installed-for");
    if fs_err::read_to_string(&state).is_ok_and(|text| text == wanted) {
        return Ok(());
    }
    let npm = Command::new("npm", &folder)
        .words("ci --no-audit --no-fund")
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    project.run(&npm)?;
    Ok(fs_err::write(&state, wanted)?)
}
