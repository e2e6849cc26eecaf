//! What a fresh machine lacks: found, or installed, with one line said about each.
//!
//! Everything here looks first and acts only if something is missing, so that it costs next to
//! nothing the second time.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::run::{find, output_of, program, root, run};

const BROWSERS: [&str; 4] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Chromium, and the program that drives it for the tests in Rust.
pub(crate) struct Browser {
    pub(crate) program: PathBuf,
    pub(crate) driver: PathBuf,
}

/// The compiler's target for the page.
pub(crate) fn wasm_target() -> Result<()> {
    const TARGET: &str = "wasm32-unknown-unknown";
    let folder = output_of(program("rustc").args(["--print", "target-libdir", "--target", TARGET]));
    if folder.is_some_and(|folder| PathBuf::from(folder).is_dir()) {
        return Ok(());
    }
    println!("Adding the Rust target {TARGET}");
    run(program("rustup").args(["target", "add", TARGET]))
}

/// The npm packages of web/, as its lock file names them.
pub(crate) fn node_packages() -> Result<()> {
    let node = output_of(program("node").arg("--version"))
        .context("Node is missing: install Node 20 or newer, with npm")?;
    let major = node.trim_start_matches('v').split('.').next();
    if major.and_then(|major| major.parse().ok()).is_none_or(|major: u32| major < 20) {
        bail!("Node is {node}: install Node 20 or newer");
    }
    let web = root().join("web");
    let lock = fs::read(web.join("package-lock.json"))?;
    let stamp = web.join("node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    println!("Installing the npm packages of web/");
    run(program("npm").current_dir(&web).args(["ci", "--no-audit", "--no-fund"]))?;
    fs::write(stamp, lock)?;
    Ok(())
}

/// Programs that the tests of imports trace, and what traces them, with Debian's packages.
const TRACED: [(&str, &str); 4] =
    [("strace", "strace"), ("cc", "gcc"), ("memtester", "memtester"), ("cyclictest", "rt-tests")];

/// What the tests of imports trace with, and programs to trace; installed where apt can do that,
/// else an error that says what to do.
pub(crate) fn traced_programs() -> Result<()> {
    let missing = || -> Vec<&str> {
        let missing = TRACED.into_iter().filter(|(name, _)| !is_there(name));
        missing.map(|(_, package)| package).collect()
    };
    let packages = missing();
    if packages.is_empty() {
        return Ok(());
    }
    if let Some(apt) = apt() {
        println!("Installing {} for the tests of imports", packages.join(", "));
        run(apt().arg("update"))?;
        run(apt().args(["install", "-y", "--no-install-recommends"]).args(&packages))?;
    }
    let packages = missing();
    if packages.is_empty() {
        return Ok(());
    }
    bail!(
        "the tests of imports trace real programs, and not all of them are here. On Debian: \
         apt-get install {}",
        packages.join(" ")
    )
}

/// Python with what makes a folder of its own for its packages; installed where apt can do that,
/// else an error that says what to do.
pub(crate) fn python() -> Result<()> {
    let is_there =
        || output_of(program("python3").args(["-m", "ensurepip", "--version"])).is_some();
    if is_there() {
        return Ok(());
    }
    if let Some(apt) = apt() {
        println!("Installing python3-venv for the example that Sphinx builds");
        run(apt().arg("update"))?;
        run(apt().args(["install", "-y", "--no-install-recommends", "python3-venv"]))?;
    }
    if is_there() {
        return Ok(());
    }
    bail!(
        "the example that Sphinx builds needs Python 3.11 or newer, with venv. On Debian: apt-get \
         install python3-venv"
    )
}

/// Letters for pictures that are drawn as points; installed where apt can do that, else an error
/// that says what to do.
pub(crate) fn fonts() -> Result<()> {
    const PACKAGE: &str = "fonts-dejavu-core";
    if has_fonts() {
        return Ok(());
    }
    if let Some(apt) = apt() {
        println!("Installing {PACKAGE} for pictures drawn as points");
        run(apt().arg("update"))?;
        run(apt().args(["install", "-y", "--no-install-recommends", PACKAGE]))?;
    }
    if has_fonts() {
        return Ok(());
    }
    bail!(
        "pictures drawn as points need fonts, and there are none. On Debian: apt-get install {PACKAGE}"
    )
}

/// Whether there is a font where programs look for them.
fn has_fonts() -> bool {
    let home = env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share/fonts"));
    let folders =
        ["/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts"].map(PathBuf::from);
    folders.into_iter().chain(home).any(|folder| has_font(&folder))
}

fn has_font(folder: &Path) -> bool {
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path());
    files.into_iter().any(|path| {
        let ending = path.extension().and_then(|it| it.to_str());
        matches!(ending, Some("ttf" | "otf" | "ttc")) || (path.is_dir() && has_font(&path))
    })
}

/// Whether a program is there; those for the administrator are not on everybody's search path.
fn is_there(name: &str) -> bool {
    let folders = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    find(name).is_some() || folders.iter().any(|folder| folder.join(name).is_file())
}

/// Chromium with its driver; installed where apt can do that, else an error that says what to do.
pub(crate) fn browser() -> Result<Browser> {
    if let Some(browser) = find_browser() {
        return Ok(browser);
    }
    if let Some(apt) = apt() {
        println!("Installing Debian's chromium and chromium-driver");
        run(apt().arg("update"))?;
        run(apt().args(["install", "-y", "chromium", "chromium-driver"]))?;
    }
    find_browser().context(
        "no Chromium with its chromedriver was found, and it could not be installed from here. \
         On Debian: apt-get install chromium chromium-driver. Elsewhere: install Chromium or \
         Chrome and the chromedriver of the same version, and set CHROME and CHROMEDRIVER to the \
         two programs if they are not on the search path.",
    )
}

fn find_browser() -> Option<Browser> {
    let named = |variable: &str| env::var_os(variable).map(PathBuf::from).filter(|p| p.is_file());
    Some(Browser {
        program: named("CHROME").or_else(|| BROWSERS.iter().find_map(|name| find(name)))?,
        driver: named("CHROMEDRIVER").or_else(|| find("chromedriver"))?,
    })
}

/// How to call apt-get with the rights to install; `None` where that cannot be done unasked.
fn apt() -> Option<impl Fn() -> std::process::Command> {
    find("apt-get")?;
    let root = output_of(program("id").arg("-u")).is_some_and(|id| id == "0");
    let sudo = !root && output_of(program("sudo").args(["-n", "true"])).is_some();
    (root || sudo).then_some(move || {
        let mut command = program(if root { "apt-get" } else { "sudo" });
        if sudo {
            command.args(["-n", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        }
        // A package that asks for its configuration would wait for ever.
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command.arg("-q").stdout(Stdio::null());
        command
    })
}
