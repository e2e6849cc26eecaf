//! The projects of `web/examples`, each built by its own tool.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::dist;
use crate::run::{cargo, program, root, run, target_dir};
use crate::tools;

/// Where they are built.
pub(crate) fn folder() -> PathBuf {
    target_dir().join("hosts")
}

/// Builds all of them with the element of a site.
pub(crate) fn build(site: &Path) -> Result<()> {
    let package = target_dir().join("tested-dist");
    dist::lay_out(site, &package, None)?;
    let package = package.join("npm");
    run(cargo().args(["build", "--quiet", "-p", "uvmscope-cli"]))?;
    // The books call the program by its name.
    let path = tools::path_with(&[tools::mdbook()?, target_dir().join("debug")]);

    lay("plain", &package, "uvmscope")?;

    let book = lay("mdbook", &package, "src/uvmscope")?;
    run(at(&book, "mdbook", &path).arg("build"))?;
    let broken = wrong("mdbook", "src/after.md", "# A\n\n```uvmscope\nmlok(0, 0)\n```\n")?;
    refused(at(&broken, "mdbook", &path).arg("build"), "after.md:4: expected a call, read `mlok`")?;

    let manual = lay("sphinx", &package, "_static/uvmscope")?;
    let python = python(&manual)?;
    let sphinx = |project: &Path, builder: &str, to: &str| {
        let mut command = at(project, &python, &path);
        command.args(["-m", "sphinx", "--quiet", "-W", "-b", builder, ".", to]);
        command
    };
    for (builder, to) in [("html", "_build"), ("latex", "_latex"), ("text", "_text")] {
        run(&mut sphinx(&manual, builder, to))?;
    }
    let broken = wrong("sphinx", "index.rst", "A\n=\n\n.. uvmscope::\n\n   mlok(0, 0)\n")?;
    let words = "index.rst:6: ERROR: uvmscope: expected a call, read `mlok`";
    refused(&mut sphinx(&broken, "html", "_build"), words)?;

    let deck = lay("reveal", &package, "uvmscope")?;
    npm_packages(&deck)?;

    let pages = lay("docusaurus", &package, "static/uvmscope")?;
    npm_packages(&pages)?;
    // It would ask for the number of its users, and for newer versions of itself.
    run(at(&pages, "npm", &path)
        .args(["run", "--silent", "build"])
        .env("DOCUSAURUS_NO_PERSISTENT_CACHE", "true")
        .env("NO_UPDATE_NOTIFIER", "1"))
}

/// Copies a project, with the package where it wants it; what its tools have installed stays.
fn lay(name: &str, package: &Path, place: &str) -> Result<PathBuf> {
    let project = folder().join(name);
    dist::copy(&root().join("web/examples").join(name), &project)?;
    let element = project.join(place);
    if element.exists() {
        fs::remove_dir_all(&element)?;
    }
    dist::copy(package, &element)?;
    Ok(project)
}

/// A copy of a project in which one page makes no sense.
fn wrong(name: &str, page: &str, text: &str) -> Result<PathBuf> {
    let project = folder().join(format!("{name}-wrong"));
    dist::copy(&root().join("web/examples").join(name), &project)?;
    fs::write(project.join(page), text)?;
    Ok(project)
}

/// Runs a tool that has to fail, and to say where and why.
fn refused(command: &mut Command, words: &str) -> Result<()> {
    let output = command.output().context("could not build a project that makes no sense")?;
    let told = [output.stdout, output.stderr].concat();
    let told = String::from_utf8_lossy(&told);
    if output.status.success() || !told.contains(words) {
        bail!("a build should have failed with `{words}`, but: {}\n{told}", output.status);
    }
    Ok(())
}

fn at(project: &Path, name: impl AsRef<std::ffi::OsStr>, path: &OsString) -> Command {
    let mut command = program(name);
    command.current_dir(project).env("PATH", path);
    command
}

/// A Python with what the project asks for, in a folder of its own.
fn python(project: &Path) -> Result<PathBuf> {
    let wanted = fs::read(project.join("requirements.txt"))?;
    let home = target_dir().join("sphinx");
    let python = home.join("bin/python");
    let stamp = home.join("installed-requirements.txt");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    println!("Installing Sphinx for the example that needs it");
    run(program("python3").args(["-m", "venv"]).arg(&home))?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
    run(program(&python).args(pip).arg(project.join("requirements.txt")))?;
    fs::write(stamp, wanted)?;
    Ok(python)
}

/// The npm packages of a project, as its lock file names them.
fn npm_packages(project: &Path) -> Result<()> {
    let lock = fs::read(project.join("package-lock.json"))?;
    let stamp = project.join("node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let name = project.file_name().unwrap_or_default().to_string_lossy();
    println!("Installing the npm packages of the example {name}");
    run(program("npm").current_dir(project).args(["ci", "--no-audit", "--no-fund", "--silent"]))?;
    fs::write(stamp, lock)?;
    Ok(())
}
