//! The style sheets.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result};
use uvmscope_scene::svg;

use crate::run::root;

/// What all elements share inside their shadow roots.
pub(super) fn of_the_element() -> Result<String> {
    let parts = [
        for_hosts(&colours(".live", "[data-theme=auto]", ".live[data-theme=dark]")),
        set_by_the_reader(),
        svg::style().to_owned(),
        sheet("app.css")?,
        sheet("motion.css")?,
    ];
    Ok(parts.concat())
}

/// What the page has around its element.
pub(super) fn of_the_page() -> Result<String> {
    let colours = colours(":root", ":not([data-theme=light])", ":root[data-theme=dark]");
    Ok([colours, svg::style().to_owned(), sheet("page.css")?].concat())
}

fn sheet(name: &str) -> Result<String> {
    fs::read_to_string(root().join("web/styles").join(name)).with_context(|| format!("no {name}"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_of_the_element_can_be_a_host_s() {
        let sheet = for_hosts(&colours(".live", "[data-theme=auto]", ".live[data-theme=dark]"));
        let own = svg::light().matches("--").count() + 2 * svg::dark().matches("--").count();
        assert_eq!(sheet.matches("var(--uvm-").count(), own);
        assert!(sheet.contains("{color-scheme:light;--paper:var(--uvm-paper,#faf9f6);"), "{sheet}");
    }
}
