//! The last step of building the page, called by Trunk.
//!
//! Trunk names the module and its glue by their content. The element's script keeps one stable
//! name, so that pages elsewhere can refer to it; it is written here, with the names of this build
//! in it. A copy of it that a browser still has asks for its own pair of files and no other.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use uvmscope_scene::svg;

use crate::run::root;

/// What one build of the page consists of.
struct Names {
    glue: String,
    module: String,
}

pub(crate) fn finish() -> Result<()> {
    let staging = env::var_os("TRUNK_STAGING_DIR")
        .map(PathBuf::from)
        .context("this is called by Trunk: use `cargo xtask build`")?;
    let names = names_in(&staging)?;

    let web = root().join("web");
    let template = fs::read_to_string(web.join("uvmscope.js"))?;
    let sheet = |name: &str| fs::read_to_string(web.join("styles").join(name));
    let style = [
        for_hosts(&colours(".live", "[data-theme=auto]", ".live[data-theme=dark]")),
        set_by_the_reader(),
        svg::style().to_owned(),
        sheet("app.css")?,
        sheet("motion.css")?,
    ];
    fs::write(staging.join("uvmscope.js"), element_script(&template, &names, &style.concat())?)?;
    let style = [colours(":root", "", ""), svg::style().to_owned(), sheet("page.css")?];
    fs::write(staging.join("page.css"), style.concat())?;

    for file in ["uvmscope.d.ts", "uvmscope-worker.js"] {
        fs::copy(web.join(file), staging.join(file))?;
    }

    let index = staging.join("index.html");
    let html = fs::read_to_string(&index)?;
    fs::write(&index, page(&html, &names)?)?;
    // Lets Node of any version import the script.
    fs::write(staging.join("package.json"), "{ \"type\": \"module\" }\n")?;
    Ok(())
}

/// The colours that the reader has set against the system's and the host's.
fn set_by_the_reader() -> String {
    let (light, dark, contrast) = (svg::light().trim(), svg::dark().trim(), svg::contrast().trim());
    let has = |look: &str| format!(".live:has(.app[data-look={look}])");
    format!(
        "{}{{color-scheme:light;{light}}}\n{}{{color-scheme:dark;{dark}}}\n\
         {}{{color-scheme:light;{light}{contrast}}}\n\
         @media(prefers-contrast:more){{.live{{--dim:var(--ink);--line:var(--ink)}}}}\n",
        has("light"),
        has("dark"),
        has("contrast"),
    )
}

/// The colours: light, dark where the system is and `auto` holds, dark where `always` holds.
fn colours(holder: &str, auto: &str, always: &str) -> String {
    let (light, dark) = (svg::light().trim(), svg::dark().trim());
    let system = format!(
        "{holder}{{color-scheme:light;{light}}}\n\
         @media(prefers-color-scheme:dark){{{holder}{auto}{{color-scheme:dark;{dark}}}}}\n"
    );
    if always.is_empty() {
        return system;
    }
    format!("{system}{always}{{color-scheme:dark;{dark}}}\n")
}

/// Lets a host page set each of these by a property of its own, `--uvm-paper` for `--paper`.
fn for_hosts(sheet: &str) -> String {
    let mut told = String::new();
    for piece in sheet.split_inclusive(['{', ';', '}']) {
        match piece.strip_prefix("--").and_then(|it| it.strip_suffix(';')?.split_once(':')) {
            // Writing to a string cannot fail.
            Some((name, value)) => drop(write!(told, "--{name}:var(--uvm-{name},{value});")),
            None => told.push_str(piece),
        }
    }
    told
}

/// Finds the pair that Trunk wrote.
fn names_in(folder: &Path) -> Result<Names> {
    let mut modules = Vec::new();
    for file in fs::read_dir(folder)? {
        let name = file?.file_name().to_string_lossy().into_owned();
        modules.extend(name.strip_suffix("_bg.wasm").map(ToOwned::to_owned));
    }
    let [stem] = modules.as_slice() else {
        bail!("expected one module of wasm-bindgen, found {modules:?}");
    };
    let glue = format!("{stem}.js");
    ensure!(folder.join(&glue).is_file(), "{glue} is missing");
    Ok(Names { glue, module: format!("{stem}_bg.wasm") })
}

/// The element's script with this build's names and style in it.
fn element_script(template: &str, names: &Names, style: &str) -> Result<String> {
    let mut script = template.to_owned();
    for (mark, value) in [
        ("__UVMSCOPE_GLUE__", format!("./{}", names.glue)),
        ("__UVMSCOPE_WASM__", format!("./{}", names.module)),
        ("__UVMSCOPE_STYLE__", style.to_owned()),
    ] {
        let mark = format!("'{mark}'");
        ensure!(script.matches(&mark).count() == 1, "uvmscope.js lacks {mark}");
        // A JSON string is a string of JavaScript too.
        script = script.replace(&mark, &serde_json::to_string(&value)?);
    }
    Ok(script)
}

/// The page without Trunk's own marks, asking early for what the script will want.
fn page(html: &str, names: &Names) -> Result<String> {
    let is_mark =
        |line: &str| line.contains("data-trunk") && line.trim_start().starts_with("<link");
    let kept: Vec<_> = html.lines().filter(|line| !is_mark(line)).collect();
    let html = kept.join("\n") + "\n";
    ensure!(!html.contains("data-trunk"), "a mark of Trunk's is left in index.html");
    ensure!(html.contains("</head>"), "index.html has no head");
    let preload = format!(
        "<link rel=\"modulepreload\" href=\"./{}\">\n\
         <link rel=\"preload\" href=\"./{}\" as=\"fetch\" type=\"application/wasm\" crossorigin>\n\
         </head>",
        names.glue, names.module
    );
    Ok(html.replacen("</head>", &preload, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names { glue: "core-1.js".into(), module: "core-1_bg.wasm".into() }
    }

    #[test]
    fn the_script_gets_names_and_style_as_strings() {
        let template = "a='__UVMSCOPE_GLUE__';b='__UVMSCOPE_WASM__';c='__UVMSCOPE_STYLE__';";
        let script = element_script(template, &names(), "p { content: \"'\\n\" }\n");
        assert_eq!(
            script.expect("all marks are there"),
            r#"a="./core-1.js";b="./core-1_bg.wasm";c="p { content: \"'\\n\" }\n";"#
        );
        assert!(element_script("nothing", &names(), "").is_err());
    }

    #[test]
    fn every_colour_of_the_element_can_be_a_host_s() {
        let sheet = for_hosts(&colours(".live", "[data-theme=auto]", ".live[data-theme=dark]"));
        let own = svg::light().matches("--").count() + 2 * svg::dark().matches("--").count();
        assert_eq!(sheet.matches("var(--uvm-").count(), own);
        assert!(sheet.contains("{color-scheme:light;--paper:var(--uvm-paper,#faf9f6);"), "{sheet}");
    }

    #[test]
    fn the_script_of_the_page_has_every_mark() {
        let template = fs::read_to_string(root().join("web/uvmscope.js")).expect("the template");
        assert!(element_script(&template, &names(), "").is_ok());
    }

    #[test]
    fn the_page_loses_trunks_marks_and_gains_preloads() {
        let html = "<head>\n<link data-trunk rel=\"rust\" data-trunk-id=\"0\">\n</head>\n<p>\n";
        assert_eq!(
            page(html, &names()).expect("a whole page"),
            "<head>\n<link rel=\"modulepreload\" href=\"./core-1.js\">\n\
             <link rel=\"preload\" href=\"./core-1_bg.wasm\" as=\"fetch\" type=\"application/wasm\" \
             crossorigin>\n</head>\n<p>\n"
        );
    }
}
