//! The scripts: templates in `web/script`, with the parts of this build put in.

use std::fs;

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use miniz_oxide::deflate::compress_to_vec;

use crate::run::root;

/// What one build of the page consists of.
pub(super) struct Parts {
    /// The name of the glue's file.
    pub(super) glue: String,
    /// The name of the module's file.
    pub(super) module: String,
    pub(super) glue_text: String,
    pub(super) module_bytes: Vec<u8>,
    pub(super) style: String,
}

/// A file of `web/script` as it is.
pub(super) fn source(name: &str) -> Result<String> {
    fs::read_to_string(root().join("web/script").join(name)).with_context(|| format!("no {name}"))
}

/// The element as a module that loads the rest.
pub(super) fn split(parts: &Parts) -> Result<String> {
    let script = source("split.js")?;
    let script = put(&script, "STYLE", &text(&parts.style)?)?;
    let script = put(&script, "GLUE", &text(&format!("./{}", parts.glue))?)?;
    let script = put(&script, "WASM", &text(&format!("./{}", parts.module))?)?;
    put_code(&script, "ELEMENT", &source("element.js")?)
}

/// The element as one classic script with everything in it.
pub(super) fn inline(parts: &Parts) -> Result<String> {
    let script = source("inline.js")?;
    let script = put(&script, "STYLE", &text(&parts.style)?)?;
    let script = put(&script, "PACKED", &text(&packed(&parts.module_bytes))?)?;
    let script = put(&script, "WORKER", &text(&source("worker.js")?)?)?;
    let script = put_code(&script, "GLUE_BODY", &factory(&parts.glue_text)?)?;
    let script = put_code(&script, "ELEMENT", &source("element.js")?)?;
    // So that it can stand in a page as it is.
    for end in ["</script", "<!--"] {
        ensure!(!script.contains(end), "the inlined script has a {end:?} in it");
    }
    Ok(script)
}

/// What the page for frames does.
pub(super) fn embed(scenarios: &[String]) -> Result<String> {
    put(&source("embed.js")?, "SCENARIOS", &text(&scenarios.join(" "))?)
}

/// How hard to try, of 10. The last steps cost many times what they save.
const EFFORT: u8 = 9;

fn packed(module: &[u8]) -> String {
    STANDARD.encode(compress_to_vec(module, EFFORT))
}

/// The glue as the body of a function that returns what the glue exports, so that one copy of it
/// serves the page, its worker, and a second start.
fn factory(glue: &str) -> Result<String> {
    let mut body = String::new();
    let mut names = Vec::new();
    for line in glue.lines() {
        if let Some(function) = line.strip_prefix("export function ") {
            let name = function.split('(').next().unwrap_or_default();
            names.push(name.to_owned());
            body.push_str(&line["export ".len()..]);
        } else if line.starts_with("export {") {
            // The two that load a module; the second is the default.
            ensure!(line.contains("__wbg_init as default"), "the glue exports {line}");
            names.push("default: __wbg_init".to_owned());
        } else {
            ensure!(!line.starts_with("export "), "the glue exports {line}");
            ensure!(!line.starts_with("import "), "the glue imports {line}");
            // Only where no module is given, which does not happen here.
            body.push_str(&line.replace("import.meta.url", "location.href"));
        }
        body.push('\n');
    }
    ensure!(names.iter().any(|it| it.starts_with("default")), "the glue has no way to start");
    Ok(format!("{body}return {{ {} }};", names.join(", ")))
}

/// A text as a string of JavaScript that may stand in a page.
fn text(text: &str) -> Result<String> {
    Ok(serde_json::to_string(text)?.replace('<', "\\u003c"))
}

/// Puts a string in place of one of the template, which is a mark in quotes.
fn put(template: &str, mark: &str, string: &str) -> Result<String> {
    replaced(template, &format!("'__UVMSCOPE_{mark}__'"), string)
}

/// Puts code in place of a mark of the template.
fn put_code(template: &str, mark: &str, code: &str) -> Result<String> {
    replaced(template, &format!("__UVMSCOPE_{mark}__"), code.trim_end())
}

fn replaced(template: &str, mark: &str, value: &str) -> Result<String> {
    ensure!(template.matches(mark).count() == 1, "the template lacks {mark}");
    Ok(template.replacen(mark, value, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str = "let wasm;\nexport function next(seat) {\n    return 1;\n}\n\
        const url = new URL('x.wasm', import.meta.url);\n\
        export { initSync, __wbg_init as default };\n";

    fn parts() -> Parts {
        Parts {
            glue: "core-1.js".into(),
            module: "core-1_bg.wasm".into(),
            glue_text: GLUE.into(),
            module_bytes: b"\0asm".repeat(100),
            style: "p { content: \"'\\n</script>\" }\n".into(),
        }
    }

    #[test]
    fn the_templates_have_every_mark_and_no_other() {
        for script in [split(&parts()), inline(&parts()), embed(&["one".into(), "two".into()])] {
            let script = script.expect("all marks are there");
            assert!(!script.contains("__UVMSCOPE_"), "{script}");
        }
    }

    #[test]
    fn names_and_style_stand_as_strings() {
        let script = split(&parts()).expect("all marks are there");
        assert!(script.contains("const GLUE = \"./core-1.js\";"), "{script}");
        assert!(script.contains(r#"const STYLE = "p { content: \"'\\n\u003c/script>\" }\n";"#));
    }

    #[test]
    fn the_glue_becomes_a_function() {
        let body = factory(GLUE).expect("a glue");
        assert_eq!(
            body,
            "let wasm;\nfunction next(seat) {\n    return 1;\n}\n\
             const url = new URL('x.wasm', location.href);\n\nreturn { next, default: __wbg_init };"
        );
        assert!(factory("import { x } from './snippets/y.js';").is_err());
        assert!(factory("export const x = 1;").is_err());
        assert!(factory("export function x() {}").is_err());
    }

    #[test]
    fn the_module_is_packed_so_that_browsers_unpack_it() {
        let bytes = b"\0asm".repeat(100);
        let text = packed(&bytes);
        assert!(text.len() < 100, "{text}");
        let back = STANDARD.decode(text).expect("base 64");
        assert_eq!(miniz_oxide::inflate::decompress_to_vec(&back).expect("deflated"), bytes);
    }
}
