//! Programs that Cargo installs: Trunk and wasm-bindgen, which build the page, and mdBook.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::run::{cargo, find, output_of, program, root, run};

const TRUNK: &str = "0.21.14";
const MDBOOK: &str = "0.5.4";

/// A program that `cargo install` gets.
struct Tool {
    /// The package that has it.
    package: &'static str,
    /// What is run; some packages have more than one.
    programs: &'static [&'static str],
    version: String,
    /// Whether the package only builds with the dependencies it was published with.
    locked: bool,
    /// Whether it is wanted with all that it can do.
    whole: bool,
}

/// Makes sure of both tools and returns the folders they are in, to go before the search path.
pub(crate) fn ensure() -> Result<Vec<PathBuf>> {
    let lock = root().join("Cargo.lock");
    let lock = fs::read_to_string(lock).context("could not read Cargo.lock")?;
    let bindgen = locked_version(&lock, "wasm-bindgen").context("Cargo.lock lacks wasm-bindgen")?;
    let tools = [
        Tool {
            package: "wasm-bindgen-cli",
            programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
            version: bindgen.to_owned(),
            locked: false,
            whole: true,
        },
        Tool {
            package: "trunk",
            programs: &["trunk"],
            version: TRUNK.to_owned(),
            locked: true,
            whole: true,
        },
    ];
    tools.iter().map(Tool::ensure).collect()
}

/// Makes sure of what builds books, and returns the folder it is in.
pub(crate) fn mdbook() -> Result<PathBuf> {
    // Books are only built here: nothing serves them or watches them.
    let tool = Tool {
        package: "mdbook",
        programs: &["mdbook"],
        version: MDBOOK.to_owned(),
        locked: true,
        whole: false,
    };
    tool.ensure()
}

/// The search path with `folders` before it.
pub(crate) fn path_with(folders: &[PathBuf]) -> OsString {
    let former = env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().cloned().chain(env::split_paths(&former));
    // Only a folder with a colon in its name cannot be joined; then the old path must do.
    env::join_paths(all).unwrap_or(former)
}

impl Tool {
    /// The folder with this tool in it, after installing it if need be.
    fn ensure(&self) -> Result<PathBuf> {
        if let Some(folder) = self.on_path() {
            return Ok(folder);
        }
        let cache = cache()?;
        let folder = cache.join("bin");
        if !self.stands_in(&folder) {
            println!(
                "Installing {} {} into the tools folder (once, some minutes)",
                self.package, self.version
            );
            self.install(&cache)?;
        }
        Ok(folder)
    }

    fn on_path(&self) -> Option<PathBuf> {
        let folder = find(self.programs.first()?)?.parent()?.to_path_buf();
        self.stands_in(&folder).then_some(folder)
    }

    /// Whether every program is there, in the right version.
    fn stands_in(&self, folder: &Path) -> bool {
        self.programs.iter().all(|name| {
            output_of(program(folder.join(name)).arg("--version")).is_some_and(|text| {
                let mut words = text.split_whitespace();
                words.any(|word| word.trim_start_matches('v') == self.version)
            })
        })
    }

    fn install(&self, cache: &Path) -> Result<()> {
        let mut install = cargo();
        install.args(["install", self.package, "--version", &self.version]);
        if self.locked {
            install.arg("--locked");
        }
        if !self.whole {
            install.arg("--no-default-features");
        }
        install.arg("--force").arg("--root").arg(cache);
        // They are built once and work for seconds: building them quickly is what counts. A build
        // folder of their own lets the two share what they have in common.
        install
            .env("CARGO_TARGET_DIR", cache.join("build"))
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
            .env("CARGO_PROFILE_RELEASE_LTO", "false")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "256");
        run(&mut install)?;
        // It is large and of no use any more; a failure to remove it harms nobody.
        let _ = fs::remove_dir_all(cache.join("build"));
        Ok(())
    }
}

/// The folder for tools: outside the tree, so that all checkouts share it.
fn cache() -> Result<PathBuf> {
    if let Some(folder) = env::var_os("UVMSCOPE_TOOLS") {
        return Ok(PathBuf::from(folder));
    }
    let base = env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cache")))
        .context("neither UVMSCOPE_TOOLS nor HOME is set, so there is no place for tools")?;
    Ok(base.join("uvmscope").join("tools"))
}

/// The version of a package in the text of a Cargo.lock.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let version = lines.nth(1)?.strip_prefix("version = \"")?;
    version.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_comes_from_the_lock_file() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.1.0\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(lock, "trunk"), None);
    }
}
