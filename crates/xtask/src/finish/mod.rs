//! The last step of building the page, called by Trunk.
//!
//! Trunk names the module and its glue by their content. The element's script keeps one stable
//! name, so that pages elsewhere can refer to it; it is written here, with the names of this build
//! in it. A copy of it that a browser still has asks for its own pair of files and no other.
//!
//! Beside it stand a script with everything in it, for frames that may fetch nothing; the page for
//! such frames; a picture of each scenario, for where no script runs; and the page as one file.

mod pages;
mod scripts;
mod style;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail, ensure};

use crate::run::{cargo, program, root, run, target_dir};

use scripts::Parts;

/// The page as one file, in the folder of the site.
pub(crate) const SINGLE_FILE: &str = "uvmscope.html";

pub(crate) fn finish() -> Result<()> {
    let staging = env::var_os("TRUNK_STAGING_DIR")
        .map(PathBuf::from)
        .context("this is called by Trunk: use `cargo xtask build`")?;
    let parts = parts_in(&staging)?;
    let sheet = style::of_the_page()?;
    let inline = scripts::inline(&parts)?;
    let write = |name: &str, text: &str| {
        let file = staging.join(name);
        fs::write(&file, text).with_context(|| format!("could not write {name}"))
    };
    write("uvmscope.js", &scripts::split(&parts)?)?;
    write("uvmscope-inline.js", &inline)?;
    write("uvmscope-worker.js", &scripts::source("worker.js")?)?;
    write("uvmscope.d.ts", &scripts::source("uvmscope.d.ts")?)?;
    write("page.css", &sheet)?;

    let scenarios = scenarios()?;
    for page in ["embed.html", "embedding.html"] {
        write(page, &fs::read_to_string(root().join("web").join(page))?)?;
    }
    write("embedding.js", &scripts::source("embedding.js")?)?;
    write("embed.js", &scripts::embed(&scenarios)?)?;

    let html = fs::read_to_string(staging.join("index.html"))?;
    let html = pages::without_marks(&html)?;
    write("index.html", &pages::with_preloads(&html, &parts)?)?;
    write(SINGLE_FILE, &pages::single(&html, &sheet, &inline)?)?;
    draw(&scenarios, &staging.join("pictures"))?;
    // Lets Node of any version import the script.
    write("package.json", "{ \"type\": \"module\" }\n")
}

/// Finds the pair that Trunk wrote.
fn parts_in(folder: &Path) -> Result<Parts> {
    let mut modules = Vec::new();
    for file in fs::read_dir(folder)? {
        let name = file?.file_name().to_string_lossy().into_owned();
        modules.extend(name.strip_suffix("_bg.wasm").map(ToOwned::to_owned));
    }
    let [stem] = modules.as_slice() else {
        bail!("expected one module of wasm-bindgen, found {modules:?}");
    };
    let (glue, module) = (format!("{stem}.js"), format!("{stem}_bg.wasm"));
    ensure!(folder.join(&glue).is_file(), "{glue} is missing");
    Ok(Parts {
        glue_text: fs::read_to_string(folder.join(&glue))?,
        module_bytes: fs::read(folder.join(&module))?,
        style: style::of_the_element()?,
        glue,
        module,
    })
}

/// The names of the scenarios that come along.
fn scenarios() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for file in fs::read_dir(root().join("crates/format/scenarios"))? {
        let name = file?.file_name().to_string_lossy().into_owned();
        names.extend(name.strip_suffix(".uvm").map(ToOwned::to_owned));
    }
    names.sort();
    Ok(names)
}

/// Draws each scenario at its telling step, and as a run that plays by itself.
fn draw(scenarios: &[String], folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    run(cargo().args(["build", "--quiet", "-p", "uvmscope-cli"]))?;
    let uvmscope = target_dir().join("debug").join("uvmscope");
    for name in scenarios {
        for (how, ending) in [("--caption", ".svg"), ("--animate", "-film.svg")] {
            let file = folder.join(format!("{name}{ending}"));
            let mut render = program(&uvmscope);
            render.args(["render", "--scenario", name, how, "-o"]).arg(file);
            // What a long run leaves out is said to whoever asks for one.
            run(render.stderr(Stdio::null()))?;
        }
    }
    Ok(())
}
