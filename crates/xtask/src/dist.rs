//! `cargo xtask dist`: what is given to others, laid out from a built site.
//!
//! - the site below the number of its version, so that what refers to it never changes under its
//!   feet; with an address to stand at, also what others ask of a page before they show it: a page,
//!   a picture and an oEmbed answer for each scenario
//! - a folder for npm
//! - the page as one file

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use uvmscope_format::scenarios::{self, Scenario};
use uvmscope_scene::svg::escaped;

use crate::finish::SINGLE_FILE;
use crate::page::{self, Flavour};
use crate::run::{cargo, program, root, run, shown, target_dir};

/// The number under which everything is given out.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// An address for tests, at which nothing stands.
pub(crate) const SOMEWHERE: &str = "https://uvmscope.example/";

/// Builds the site and lays everything out, or only the one file.
pub(crate) fn dist(single_file: bool, base: Option<&str>) -> Result<()> {
    let base = base.map(checked).transpose()?;
    let site = page::build(Flavour::Optimised)?;
    if single_file {
        println!("The page as one file: {}", shown(&site.join(SINGLE_FILE)));
        return Ok(());
    }
    let folder = target_dir().join("dist");
    lay_out(&site, &folder, base.as_deref())?;
    println!("The site, for any static server: {}", shown(&folder.join("site")));
    println!("The package, for `npm publish`: {}", shown(&folder.join("npm")));
    println!("The page as one file: {}", shown(&folder.join(format!("uvmscope-{VERSION}.html"))));
    if base.is_none() {
        println!(
            "Without --base no page says at which address it stands, so there are no oEmbed answers \
             and no pictures for previews of links"
        );
    }
    Ok(())
}

/// An address that others can be told, with a slash at its end.
fn checked(base: &str) -> Result<String> {
    let plain = base.starts_with("https://") || base.starts_with("http://");
    let odd = |c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | '#' | '?');
    ensure!(
        plain && !base.contains(odd),
        "--base: expected an address such as https://example.org/uvmscope/, read {base}"
    );
    Ok(format!("{}/", base.trim_end_matches('/')))
}

/// Lays out everything anew below a folder.
pub(crate) fn lay_out(site: &Path, folder: &Path, base: Option<&str>) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("could not clear {}", shown(folder)))?;
    }
    let versioned = folder.join("site").join(VERSION);
    copy(site, &versioned)?;
    write(&folder.join("site/index.html"), &forward(&format!("./{VERSION}/")))?;
    fs::copy(site.join(SINGLE_FILE), folder.join(format!("uvmscope-{VERSION}.html")))?;
    package(site, &folder.join("npm"))?;
    if let Some(base) = base {
        announce(&versioned, &format!("{base}{VERSION}/"))?;
    }
    Ok(())
}

// ---- the package ----

/// What of the site is in the package: all that the element needs, and nothing of the pages.
fn is_of_the_element(name: &str) -> bool {
    name.starts_with("uvmscope") && name != SINGLE_FILE
}

fn package(site: &Path, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    for file in fs::read_dir(site)? {
        let file = file?;
        let name = file.file_name().to_string_lossy().into_owned();
        if is_of_the_element(&name) {
            fs::copy(file.path(), folder.join(name))?;
        }
    }
    copy(&site.join("pictures"), &folder.join("pictures"))?;
    for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
        fs::copy(root().join(licence), folder.join(licence))?;
    }
    fs::copy(root().join("web/package.md"), folder.join("README.md"))?;
    write(&folder.join("package.json"), &serde_json::to_string_pretty(&manifest())?)
}

fn manifest() -> Value {
    json!({
        "name": "uvmscope",
        "version": VERSION,
        "description": "An element that shows how a kernel's memory map splits, wires and breaks",
        "license": "MIT OR Apache-2.0",
        "type": "module",
        "main": "./uvmscope.js",
        "types": "./uvmscope.d.ts",
        "exports": {
            ".": { "types": "./uvmscope.d.ts", "default": "./uvmscope.js" },
            "./inline": "./uvmscope-inline.js",
            "./*": "./*",
        },
        // Importing it defines the element.
        "sideEffects": true,
        "files": ["uvmscope*", "pictures", "LICENSE-*"],
        "keywords": ["web-component", "custom-element", "kernel", "virtual-memory", "mlock", "netbsd"],
    })
}

// ---- what others ask of a page ----

/// A page, a picture and an oEmbed answer for each scenario.
fn announce(site: &Path, base: &str) -> Result<()> {
    run(cargo().args(["build", "--quiet", "-p", "uvmscope-cli"]))?;
    let uvmscope = target_dir().join("debug").join("uvmscope");
    for scenario in scenarios::ALL {
        let name = scenario.name;
        let picture = site.join("pictures").join(format!("{name}.png"));
        let how = ["--caption", "--png", "--scale", "1", "--theme", "light", "-o"];
        run(program(&uvmscope).args(["render", "--scenario", name]).args(how).arg(picture))?;
        let answer = serde_json::to_string_pretty(&oembed(&scenario, base))?;
        write(&site.join("oembed").join(format!("{name}.json")), &answer)?;
        write(&site.join("s").join(name).join("index.html"), &preview(&scenario, base))?;
    }
    Ok(())
}

/// The frame that shows a scenario, in pixels.
const FRAME: (u32, u32) = (772, 720);

/// What a page that shows others' pages asks for, as oEmbed has it.
fn oembed(scenario: &Scenario, base: &str) -> Value {
    let Scenario { name, .. } = scenario;
    let title = scenario.title();
    let (width, height) = FRAME;
    json!({
        "version": "1.0",
        "type": "rich",
        "provider_name": "uvmscope",
        "provider_url": base,
        "title": title,
        "width": width,
        "height": height,
        "thumbnail_url": format!("{base}pictures/{name}.png"),
        "html": format!(
            "<iframe src=\"{base}embed.html?scenario={name}\" title=\"uvmscope: {}\" \
             width=\"{width}\" height=\"{height}\" loading=\"lazy\" \
             sandbox=\"allow-scripts allow-popups\" referrerpolicy=\"no-referrer\" \
             frameborder=\"0\"></iframe>",
            escaped(title)
        ),
    })
}

/// A page that tells what it is about to those that show a link, and leads readers on.
fn preview(scenario: &Scenario, base: &str) -> String {
    let Scenario { name, .. } = scenario;
    let title = escaped(scenario.title());
    let about = escaped(&scenario.about());
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src 'self' data:\">\n\
         <title>{title}: uvmscope</title>\n\
         <meta name=\"description\" content=\"{about}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <link rel=\"icon\" href=\"data:,\">\n\
         <link rel=\"canonical\" href=\"{base}s/{name}/\">\n\
         <link rel=\"alternate\" type=\"application/json+oembed\" href=\"{base}oembed/{name}.json\" \
         title=\"{title}\">\n\
         <meta property=\"og:type\" content=\"website\">\n\
         <meta property=\"og:site_name\" content=\"uvmscope\">\n\
         <meta property=\"og:title\" content=\"{title}\">\n\
         <meta property=\"og:description\" content=\"{about}\">\n\
         <meta property=\"og:url\" content=\"{base}s/{name}/\">\n\
         <meta property=\"og:image\" content=\"{base}pictures/{name}.png\">\n\
         <meta property=\"og:image:alt\" content=\"The memory map at the telling step\">\n\
         <meta name=\"twitter:card\" content=\"summary_large_image\">\n\
         <meta http-equiv=\"refresh\" content=\"0; url=../../#{name}\">\n\
         </head>\n<body>\n<h1>{title}</h1>\n<p>{about}</p>\n\
         <p><a href=\"../../#{name}\"><img src=\"../../pictures/{name}.svg\" alt=\"Open it\"></a></p>\n\
         </body>\n</html>\n"
    )
}

/// A page that leads on at once.
fn forward(to: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>uvmscope</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n\
         <meta http-equiv=\"refresh\" content=\"0; url={to}\">\n</head>\n<body>\n\
         <p><a href=\"{to}\">uvmscope</a></p>\n</body>\n</html>\n"
    )
}

// ---- files ----

fn write(file: &Path, text: &str) -> Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(file, text).with_context(|| format!("could not write {}", shown(file)))
}

/// Copies a folder with all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for file in fs::read_dir(from).with_context(|| format!("no {}", shown(from)))? {
        let file = file?;
        let target: PathBuf = to.join(file.file_name());
        if file.file_type()?.is_dir() {
            copy(&file.path(), &target)?;
        } else {
            fs::copy(file.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_others_can_be_told_ends_in_one_slash() {
        assert_eq!(checked("https://a.example/x").expect("fine"), "https://a.example/x/");
        assert_eq!(checked("http://a.example//").expect("fine"), "http://a.example/");
        for odd in ["a.example", "ftp://a.example", "https://a.example/\"><b>", "https://a b"] {
            assert!(checked(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn the_package_has_the_element_and_no_page() {
        for name in ["uvmscope.js", "uvmscope-web-1_bg.wasm", "uvmscope.d.ts", "uvmscope-inline.js"]
        {
            assert!(is_of_the_element(name), "{name}");
        }
        for name in ["index.html", "uvmscope.html", "embed.html", "page.css", "package.json"] {
            assert!(!is_of_the_element(name), "{name}");
        }
    }

    #[test]
    fn every_scenario_says_what_it_is_about_to_those_that_show_a_link() {
        for scenario in scenarios::ALL {
            let page = preview(&scenario, "https://a.example/1/");
            let name = scenario.name;
            assert!(!page.contains("content=\"\""), "{name} says nothing of itself");
            let answer = oembed(&scenario, "https://a.example/1/");
            let html = answer["html"].as_str().expect("a text");
            assert!(html.contains(&format!("https://a.example/1/embed.html?scenario={name}\"")));
        }
    }
}
