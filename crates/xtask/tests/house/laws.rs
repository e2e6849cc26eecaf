//! Whether the map of the house still names what exists.

use std::path::Path;

use crate::{architecture, files, root, section};

/// The words between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The laws, each from its number on.
fn laws(map: &str) -> Vec<&str> {
    let text = section(map, "The laws");
    text.split("\n\n")
        .filter(|law| law.trim_start().starts_with(|c: char| c.is_ascii_digit()))
        .collect()
}

/// What a law says of how it is held.
fn held_by(law: &str) -> &str {
    let (_, held) = law.split_once("Held by").unwrap_or_else(|| panic!("who holds this? {law}"));
    held
}

/// The text of every source that can hold a test.
fn sources() -> Vec<String> {
    let of_tests = |name: &str| {
        let extension = Path::new(name).extension();
        extension.is_some_and(|extension| extension == "rs" || extension == "mjs")
    };
    files(&["--cached", "--others", "--exclude-standard"])
        .into_iter()
        .filter(|(name, _)| of_tests(name))
        .map(|(_, text)| String::from_utf8_lossy(&text).into_owned())
        .collect()
}

/// Whether a source has a test of that name: a function in Rust, a title in JavaScript.
fn has_test(source: &str, name: &str) -> bool {
    let function = source.find(&format!("fn {name}("));
    let attribute = |at| source[..at].trim_end().trim_end_matches("async").trim_end();
    function.is_some_and(|at| attribute(at).ends_with("test]"))
        || source.contains(&format!("'{name}'"))
}

#[test]
fn every_law_is_held_by_tests_that_exist_or_says_that_it_is_not() {
    let map = architecture();
    let laws = laws(&map);
    assert!(laws.len() >= 12, "the laws were not found");
    let sources = sources();
    for law in laws {
        let held = held_by(law);
        let names: Vec<&str> = quoted(held).collect();
        assert!(!names.is_empty() || held.contains("review"), "nobody holds this: {law}");
        for name in names.into_iter().filter(|_| !sources.is_empty()) {
            let is_test = || sources.iter().any(|source| has_test(source, name));
            assert!(root().join(name).exists() || is_test(), "there is no test {name}");
        }
    }
}

#[test]
fn every_file_that_the_map_names_exists() {
    let map = architecture();
    for name in quoted(&map) {
        let is_path = name.contains('/') && !name.contains(|c: char| c.is_whitespace() || c == '<');
        let found = root().join(name).exists() || root().join("crates").join(name).exists();
        assert!(!is_path || found, "there is no {name}");
    }
}
