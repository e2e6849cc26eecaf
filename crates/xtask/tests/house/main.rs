//! Whether the tree is as `crates/ARCHITECTURE.md` says, and holds nothing that does not belong
//! into it.

mod dependencies;
mod laws;
mod tree;

use std::path::{Path, PathBuf};
use std::process::Command;

/// The top of the source tree.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("this crate lies two folders down").to_path_buf()
}

/// The map of the house.
fn architecture() -> String {
    std::fs::read_to_string(root().join("crates/ARCHITECTURE.md")).expect("the map is there")
}

/// The part of the map below a heading.
fn section<'a>(text: &'a str, heading: &str) -> &'a str {
    let (_, rest) = text.split_once(&format!("\n## {heading}\n")).expect(heading);
    rest.split("\n## ").next().unwrap_or(rest)
}

/// Files of the tree with their content, as Git lists them; a copy of the tree without Git has
/// none. Links and files that were just removed are passed over.
fn files(which: &[&str]) -> Vec<(String, Vec<u8>)> {
    if !root().join(".git").exists() {
        return Vec::new();
    }
    // Whoever owns the folder: only names are asked for.
    let listing = Command::new("git")
        .current_dir(root())
        .args(["-c", "safe.directory=*", "ls-files", "-z"])
        .args(which)
        .output()
        .expect("git runs");
    assert!(listing.status.success(), "{}", String::from_utf8_lossy(&listing.stderr));
    let names = String::from_utf8(listing.stdout).expect("file names are UTF-8");
    let names = names.split_terminator('\0').map(str::to_owned);
    names.filter_map(|name| Some((name.clone(), std::fs::read(root().join(&name)).ok()?))).collect()
}
