//! The pages that the scripts stand in.

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::scripts::Parts;

/// The page without Trunk's own marks.
pub(super) fn without_marks(html: &str) -> Result<String> {
    let is_mark =
        |line: &str| line.contains("data-trunk") && line.trim_start().starts_with("<link");
    let kept: Vec<_> = html.lines().filter(|line| !is_mark(line)).collect();
    let html = kept.join("\n") + "\n";
    ensure!(!html.contains("data-trunk"), "a mark of Trunk's is left in index.html");
    Ok(html)
}

/// The page, asking early for what the script will want.
pub(super) fn with_preloads(html: &str, parts: &Parts) -> Result<String> {
    let preload = format!(
        "<link rel=\"modulepreload\" href=\"./{}\">\n\
         <link rel=\"preload\" href=\"./{}\" as=\"fetch\" type=\"application/wasm\" crossorigin>\n\
         </head>",
        parts.glue, parts.module
    );
    replaced(html, "</head>", &preload)
}

/// The page as one file: style and script stand in it, and its policy allows these two and nothing
/// else.
pub(super) fn single(html: &str, style: &str, script: &str) -> Result<String> {
    let html = replaced(
        html,
        "<link rel=\"stylesheet\" href=\"./page.css\">",
        &format!("<style>{style}</style>"),
    )?;
    let html = replaced(&html, "<script type=\"module\" src=\"./uvmscope.js\"></script>\n", "")?;
    // Last, so that all of the element is there before it starts.
    let html = replaced(&html, "</body>", &format!("<script>{script}</script>\n</body>"))?;
    let policy = format!(
        "default-src 'none'; script-src '{}' 'wasm-unsafe-eval'; style-src '{}'; img-src data:; \
         worker-src blob:",
        hash(script),
        hash(style)
    );
    with_policy(&html, &policy)
}

/// How a policy names a text that it allows.
fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

fn with_policy(html: &str, policy: &str) -> Result<String> {
    let begin = "http-equiv=\"Content-Security-Policy\" content=\"";
    let (before, rest) = html.split_once(begin).context("the page states no policy")?;
    let (_, after) = rest.split_once('"').context("the policy does not end")?;
    Ok(format!("{before}{begin}{policy}\"{after}"))
}

fn replaced(html: &str, from: &str, to: &str) -> Result<String> {
    ensure!(html.matches(from).count() == 1, "index.html has not one {from}");
    Ok(html.replacen(from, to, 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::root;

    fn index() -> String {
        let html = std::fs::read_to_string(root().join("index.html")).expect("index.html");
        without_marks(&html).expect("no marks")
    }

    #[test]
    fn the_page_loses_trunks_marks_and_gains_preloads() {
        let html = "<head>\n<link data-trunk rel=\"rust\" data-trunk-id=\"0\">\n</head>\n<p>\n";
        let html = without_marks(html).expect("no marks");
        let parts = Parts {
            glue: "core-1.js".into(),
            module: "core-1_bg.wasm".into(),
            glue_text: String::new(),
            module_bytes: Vec::new(),
            style: String::new(),
        };
        assert_eq!(
            with_preloads(&html, &parts).expect("a whole page"),
            "<head>\n<link rel=\"modulepreload\" href=\"./core-1.js\">\n\
             <link rel=\"preload\" href=\"./core-1_bg.wasm\" as=\"fetch\" type=\"application/wasm\" \
             crossorigin>\n</head>\n<p>\n"
        );
    }

    #[test]
    fn the_one_file_asks_for_no_other_and_allows_what_it_has() {
        let html = single(&index(), "p{}", "let x;").expect("a whole page");
        assert!(!html.contains("href=\"./") && !html.contains("src=\""), "it asks for a file");
        // The digest of no text at all is well known.
        assert_eq!(hash(""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert!(html.contains(&hash("let x;")) && html.contains(&hash("p{}")));
        assert!(html.contains("<script>let x;</script>") && html.contains("<style>p{}</style>"));
    }
}
