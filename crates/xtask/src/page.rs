//! The page: building it with Trunk, and serving it to a person.

use std::fs;
use std::io::{BufRead, stdin};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::run::{program, root, run, shown, target_dir};
use crate::server::Server;
use crate::{setup, tools};

/// Which build of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// What is published.
    Optimised,
    /// What a developer waits for.
    Quick,
    /// What is published, and knows scripts of any length besides: for measuring.
    Measured,
}

impl Flavour {
    pub(crate) fn quick(quick: bool) -> Self {
        if quick { Self::Quick } else { Self::Optimised }
    }

    /// Where the site of this flavour lies. Only the optimised one may be found in dist/.
    pub(crate) fn site(self) -> PathBuf {
        match self {
            Self::Optimised => root().join("dist"),
            Self::Quick => target_dir().join("quick-site"),
            Self::Measured => target_dir().join("bench-site"),
        }
    }
}

/// Builds the page and returns the folder of the site.
pub(crate) fn build(flavour: Flavour) -> Result<PathBuf> {
    let options: &[&str] = match flavour {
        Flavour::Optimised => &["--release"],
        Flavour::Quick => &[],
        Flavour::Measured => &["--release", "--features", "bench"],
    };
    trunk(&root(), flavour.site(), options)
}

/// Builds the page that ours is measured against, in the same way.
pub(crate) fn build_bare() -> Result<PathBuf> {
    trunk(&root().join("web/bench"), target_dir().join("bare-site"), &["--release"])
}

/// Lets Trunk build what its settings in `folder` say.
fn trunk(folder: &Path, site: PathBuf, options: &[&str]) -> Result<PathBuf> {
    setup::wasm_target()?;
    setup::node_packages()?;
    let mut folders = tools::ensure()?;
    folders.push(root().join("web/node_modules/.bin"));

    fs::create_dir_all(&site).with_context(|| format!("could not make {}", shown(&site)))?;
    let mut trunk = program("trunk");
    // Offline: what is on the search path is what we chose, and nothing else is fetched.
    trunk.current_dir(folder).args(["build", "--offline", "--log", "warn"]).args(options);
    trunk.arg("--dist").arg(&site);
    // Trunk takes any value of NO_COLOR but "true" and "false" for a mistake.
    trunk.env_remove("NO_COLOR");
    run(trunk.env("PATH", tools::path_with(&folders)))?;
    Ok(site)
}

/// Builds and serves until interrupted; Enter builds again.
pub(crate) fn serve(port: u16, flavour: Flavour) -> Result<()> {
    let site = build(flavour)?;
    let server = Server::start(&site, port)?;
    println!("Serving http://{}/ (Enter builds again, Ctrl-C ends)", server.address());
    for line in stdin().lock().lines() {
        line?;
        // A mistake in the source is what one builds again for.
        match build(flavour) {
            Ok(_) => println!("Built; reload the page"),
            Err(error) => println!("{error:#}"),
        }
    }
    // Nobody is at the keyboard: serve until the process is ended.
    server.wait();
    Ok(())
}

/// The content policy that the page states, so that servers can send the same.
pub(crate) fn policy(site: &Path) -> Result<String> {
    let file = site.join("index.html");
    let html = fs::read_to_string(&file).with_context(|| format!("no {}", shown(&file)))?;
    let policy = policy_in(&html).context("index.html states no content policy")?;
    Ok(policy.to_owned())
}

fn policy_in(html: &str) -> Option<&str> {
    let (_, rest) = html.split_once("http-equiv=\"Content-Security-Policy\"")?;
    let (_, rest) = rest.split_once("content=\"")?;
    rest.split_once('"').map(|(policy, _)| policy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_states_a_strict_policy() {
        let html = fs::read_to_string(root().join("index.html")).expect("index.html");
        let policy = policy_in(&html).expect("a policy");
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert!(!policy.contains("unsafe-inline"), "{policy}");
        assert!(!policy.contains("'unsafe-eval'"), "{policy}");
    }

    #[test]
    fn the_page_has_nothing_that_its_policy_forbids() {
        let html = fs::read_to_string(root().join("index.html")).expect("index.html");
        assert!(!html.contains(" style="), "a style attribute");
        assert!(!html.contains("<style"), "an inline style");
        for tag in html.split("<script").skip(1) {
            assert!(tag.contains("></script>"), "an inline script: {tag}");
        }
    }

    #[test]
    fn no_component_sets_a_style_attribute() {
        let mut folders = vec![root().join("web/src")];
        while let Some(folder) = folders.pop() {
            for file in fs::read_dir(folder).expect("a folder") {
                let path = file.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = fs::read_to_string(&path).expect("a source file");
                for (number, line) in text.lines().enumerate() {
                    // The policy lets it do nothing, silently; `~style=` sets the property.
                    let bad = line.contains(" style=") || line.trim_start().starts_with("style=");
                    assert!(!bad, "{}:{}: {line}", shown(&path), number + 1);
                }
            }
        }
    }
}
