//! `cargo xtask test`: everything, one stage after the other.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::dist;
use crate::hosts;
use crate::page::{self, Flavour};
use crate::run::{cargo, on_ci, program, root, run, target_dir};
use crate::setup::{self, Browser};
use crate::tools;

const WASM: &str = "wasm32-unknown-unknown";

/// The stages, in the order in which they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Stage {
    /// The layout of the source
    Fmt,
    /// The lints, for this machine and for the page
    Clippy,
    /// The tests that need no browser
    Native,
    /// The tests in Rust that need a browser
    Wasm,
    /// Building the page
    Page,
    /// The page in a browser
    E2e,
    /// The projects of web/examples, built by their tools, in a browser
    Hosts,
}

impl Stage {
    fn title(self) -> &'static str {
        match self {
            Self::Fmt => "layout",
            Self::Clippy => "lints",
            Self::Native => "native tests",
            Self::Wasm => "tests in the browser",
            Self::Page => "building the page",
            Self::E2e => "end-to-end tests",
            Self::Hosts => "other people's pages",
        }
    }

    fn needs_browser(self) -> bool {
        matches!(self, Self::Wasm | Self::E2e | Self::Hosts)
    }
}

/// Runs the stages asked for, or all; the first failure ends it.
pub(crate) fn test(only: &[Stage], flavour: Flavour, files: &[String]) -> Result<()> {
    let begin = Instant::now();
    let mut skipped = Vec::new();
    for &stage in Stage::value_variants() {
        let asked = only.is_empty() || only.contains(&stage);
        // The end-to-end tests are of the page as the source has it now.
        let needed = [Stage::E2e, Stage::Hosts].iter().any(|it| only.contains(it));
        let implied = stage == Stage::Page && needed;
        if !asked && !implied {
            continue;
        }
        println!("== {}", stage.title());
        let start = Instant::now();
        if perform(stage, flavour, files)? {
            println!("== {}: {:.1} s", stage.title(), start.elapsed().as_secs_f64());
        } else {
            skipped.push(stage.title());
        }
    }
    let seconds = begin.elapsed().as_secs_f64();
    if skipped.is_empty() {
        println!("All passed in {seconds:.0} s");
    } else {
        let left_out = skipped.join(", ");
        println!("Passed in {seconds:.0} s, without what is not here for them: {left_out}");
    }
    Ok(())
}

/// Runs one stage; `false` if it was left out because this machine has no browser, or no Python for
/// the one that needs it.
fn perform(stage: Stage, flavour: Flavour, files: &[String]) -> Result<bool> {
    let browser = match stage.needs_browser().then(setup::browser) {
        Some(Err(missing)) if !on_ci() => {
            println!("{missing}");
            return Ok(false);
        }
        Some(found) => Some(found?),
        None => None,
    };
    let python = if stage == Stage::Hosts { setup::python() } else { Ok(()) };
    match python {
        Err(missing) if !on_ci() => {
            println!("{missing}");
            return Ok(false);
        }
        there => there?,
    }
    match (stage, browser) {
        (Stage::Fmt, _) => run(cargo().args(["fmt", "--all", "--check"]))?,
        (Stage::Clippy, _) => clippy()?,
        (Stage::Native, _) => native()?,
        (Stage::Page, _) => drop(page::build(flavour)?),
        (Stage::Wasm, Some(browser)) => wasm(&browser)?,
        (Stage::E2e, Some(browser)) => end_to_end(&browser, flavour, files)?,
        (Stage::Hosts, Some(browser)) => hosts(&browser, flavour)?,
        (Stage::Wasm | Stage::E2e | Stage::Hosts, None) => bail!("no browser"),
    }
    Ok(true)
}

fn native() -> Result<()> {
    setup::fonts()?;
    // On other machines the tests that trace programs say that they did not.
    match setup::traced_programs() {
        Err(missing) if !on_ci() => println!("{missing:#}"),
        there => there?,
    }
    run(cargo().args(["test", "--workspace", "--quiet"]))
}

fn clippy() -> Result<()> {
    let all = ["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"];
    run(cargo().args(all))?;
    setup::wasm_target()?;
    // With all that is ever built of the page: what it is measured with, and against.
    let page = ["-p", "uvmscope-web", "-p", "uvmscope-bare", "--features", "uvmscope-web/bench"];
    run(cargo()
        .args(["clippy", "--quiet", "--all-targets", "--target", WASM])
        .args(page)
        .args(["--", "-D", "warnings"]))
}

fn wasm(browser: &Browser) -> Result<()> {
    setup::wasm_target()?;
    let folders = tools::ensure()?;
    let settings = driver_settings(browser)?;
    // Not --quiet: Cargo would hand it on to the runner, which does not know it.
    run(cargo()
        .args(["test", "-p", "uvmscope-web", "--target", WASM])
        .env("PATH", tools::path_with(&folders))
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner")
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", settings)
        .env("CHROMEDRIVER", &browser.driver))
}

/// Writes down how chromedriver is to start the browser, and returns the file.
fn driver_settings(browser: &Browser) -> Result<PathBuf> {
    let settings = serde_json::json!({
        "goog:chromeOptions": { "binary": browser.program, "args": BROWSER_ARGS },
    });
    let folder = target_dir();
    fs::create_dir_all(&folder)?;
    let file = folder.join("webdriver.json");
    fs::write(&file, settings.to_string()).context("could not write webdriver.json")?;
    Ok(file)
}

/// A browser for tests: without a window, as any user, and without errands of its own.
const BROWSER_ARGS: [&str; 8] = [
    "--no-sandbox",
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

fn end_to_end(browser: &Browser, flavour: Flavour, files: &[String]) -> Result<()> {
    let folder = root().join("web/e2e");
    let mut tests = Vec::new();
    if files.is_empty() {
        tests = tests_in(&folder)?;
    } else {
        // A path as typed, or a bare name of a file in the folder.
        let here = env::current_dir()?;
        for file in files {
            let typed = here.join(file);
            tests.push(if typed.is_file() { typed } else { folder.join(file) });
        }
    }
    let given_out = target_dir().join("tested-dist");
    dist::lay_out(&flavour.site(), &given_out, Some(dist::SOMEWHERE))?;
    in_browser(browser, flavour, &tests, ("UVMSCOPE_DIST", &given_out))
}

fn hosts(browser: &Browser, flavour: Flavour) -> Result<()> {
    // The manual on paper has pictures drawn as points.
    setup::fonts()?;
    hosts::build(&flavour.site())?;
    let tests = tests_in(&root().join("web/e2e/hosts"))?;
    in_browser(browser, flavour, &tests, ("UVMSCOPE_HOSTS", &hosts::folder()))
}

/// The tests of a folder, by their names.
fn tests_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut tests = Vec::new();
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        tests.extend(path.to_string_lossy().ends_with(".test.mjs").then_some(path));
    }
    tests.sort();
    Ok(tests)
}

/// Runs tests of Node's own test runner, and tells them of one more folder.
fn in_browser(
    browser: &Browser,
    flavour: Flavour,
    tests: &[PathBuf],
    (name, folder): (&str, &Path),
) -> Result<()> {
    setup::node_packages()?;
    run(program("node")
        .args(["--test", "--test-reporter=spec"])
        .args(tests)
        .env("UVMSCOPE_SITE", flavour.site())
        .env(name, folder)
        .env("CHROME", &browser.program))
}
