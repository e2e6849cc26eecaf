//! Which crate may depend on which.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::{architecture, root, section};

const PREFIX: &str = "uvmscope-";

/// A row of the table in the map.
struct Row {
    /// Crates of this house that it may depend on.
    ours: BTreeSet<String>,
    /// Packages from elsewhere that it may depend on; `None` is any.
    elsewhere: Option<BTreeSet<String>>,
    /// What its source must not mention.
    without: Vec<String>,
    /// The crate is planned and does not exist yet.
    to_come: bool,
}

/// The table, by the names of the crates.
fn table() -> BTreeMap<String, Row> {
    let map = architecture();
    let rows = section(&map, "Who may depend on whom").lines().filter(|l| l.starts_with('|'));
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [name, ours, elsewhere, without] = cells[..] else {
            panic!("a row of four cells: {line}");
        };
        let list = |cell: &str| -> BTreeSet<String> {
            let words = cell.split(',').map(str::trim).filter(|word| *word != "-");
            words.map(str::to_owned).collect()
        };
        let to_come = name.ends_with(" (to come)");
        let (without, _prose) = without.split_once(';').unwrap_or((without, ""));
        let row = Row {
            ours: list(ours),
            elsewhere: (elsewhere != "any").then(|| list(elsewhere)),
            without: list(without).into_iter().collect(),
            to_come,
        };
        (name.trim_end_matches(" (to come)").to_owned(), row)
    };
    // Below the head and the line under it.
    rows.skip(2).map(row).collect()
}

/// The packages of the workspace, as Cargo sees them.
fn packages() -> Vec<Value> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(root())
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    metadata["packages"].as_array().expect("a list").clone()
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

/// Every arrow that the table does not have.
fn forbidden(packages: &[Value], table: &BTreeMap<String, Row>) -> Vec<String> {
    let mut found = Vec::new();
    for package in packages {
        let Some(name) = text(package, "name").strip_prefix(PREFIX) else {
            found.push(format!("{} is not named {PREFIX}…", text(package, "name")));
            continue;
        };
        let Some(row) = table.get(name).filter(|row| !row.to_come) else {
            found.push(format!("{name} has no row in the table, or one that says it is to come"));
            continue;
        };
        for dependency in package["dependencies"].as_array().expect("a list") {
            let on = text(dependency, "name");
            let for_tests = text(dependency, "kind") == "dev";
            let may = match (on.strip_prefix(PREFIX), &row.elsewhere) {
                (Some(ours), _) => row.ours.contains(ours),
                (None, Some(list)) => for_tests || list.contains(on),
                (None, None) => true,
            };
            if !may {
                found.push(format!("{name} depends on {on}"));
            }
        }
    }
    found
}

#[test]
fn no_crate_depends_on_what_the_table_does_not_allow() {
    let (packages, table) = (packages(), table());
    assert_eq!(forbidden(&packages, &table), [""; 0]);
    let names: BTreeSet<&str> =
        packages.iter().filter_map(|p| text(p, "name").strip_prefix(PREFIX)).collect();
    let rows: BTreeSet<&str> =
        table.iter().filter(|(_, row)| !row.to_come).map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, rows, "crates, and rows of the table");
}

/// Folders of `crates` that stand outside the workspace, and that the map has to tell of.
const OUTSIDE: [&str; 1] = ["fuzz"];

#[test]
fn every_folder_of_crates_is_a_row_of_the_table_or_is_known_to_stand_outside() {
    let table = table();
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("the workspace");
    for folder in std::fs::read_dir(root().join("crates")).expect("a folder") {
        let path = folder.expect("an entry of it").path();
        let name = path.file_name().expect("a name").to_string_lossy();
        if !path.is_dir() || table.contains_key(&*name) {
            continue;
        }
        assert!(OUTSIDE.contains(&&*name), "crates/{name} has no row in the table");
        assert!(manifest.contains(&format!("\"crates/{name}\"")), "{name} is not left out");
        assert!(architecture().contains(&format!("`crates/{name}`")), "the map lacks {name}");
    }
}

#[test]
fn a_forbidden_arrow_is_noticed() {
    let depends = |name: &str, on: &str, kind: Option<&str>| serde_json::json!({ "name": name, "dependencies": [{ "name": on, "kind": kind }] });
    let found = [
        depends("uvmscope-uvm", "uvmscope-replay", None),
        depends("uvmscope-uvm", "uvmscope-replay", Some("dev")),
        depends("uvmscope-uvm", "serde", None),
        depends("uvmscope-uvm", "proptest", Some("dev")),
        depends("uvmscope-replay", "wasm-bindgen", Some("build")),
        depends("uvmscope-replay", "uvmscope-uvm", None),
        depends("uvmscope-cli", "uvmscope-web", None),
        depends("uvmscope-new", "uvmscope-uvm", None),
        depends("other", "uvmscope-uvm", None),
    ];
    assert_eq!(
        forbidden(&found, &table()),
        [
            "uvm depends on uvmscope-replay",
            "uvm depends on uvmscope-replay",
            "uvm depends on serde",
            "replay depends on wasm-bindgen",
            "cli depends on uvmscope-web",
            "new has no row in the table, or one that says it is to come",
            "other is not named uvmscope-…",
        ]
    );
}

/// The words by which a source would give away that it has one of these.
fn traces(of: &str) -> &'static [&'static str] {
    match of {
        "clocks" => &["Instant", "SystemTime"],
        "threads" => &["thread", "rayon"],
        "files" => &["fs", "net", "stdin", "stdout", "stderr", "println", "eprintln"],
        "floats" => &["f32", "f64"],
        "hash order" => &["HashMap", "HashSet", "RandomState"],
        other => panic!("the table forbids {other}, and nobody knows how to look for that"),
    }
}

/// The words of a line of Rust, without its comment.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let code = line.split("//").next().unwrap_or_default();
    code.split(|c: char| !c.is_alphanumeric() && c != '_')
}

#[test]
fn no_source_mentions_what_its_crate_must_not_contain() {
    for (name, row) in table() {
        let folder = root().join(if name == "web" { name } else { format!("crates/{name}") });
        let forbidden: Vec<&str> = row.without.iter().flat_map(|of| traces(of)).copied().collect();
        if row.to_come || forbidden.is_empty() {
            continue;
        }
        for_each_source(&folder.join("src"), &mut |path, source| {
            for (number, line) in (1..).zip(source.lines()) {
                let found = words(line).find(|word| forbidden.contains(word));
                assert_eq!(found, None, "{}:{number}", path.display());
            }
        });
    }
}

fn for_each_source(folder: &Path, look: &mut impl FnMut(&Path, &str)) {
    for file in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = file.expect("an entry of it").path();
        if path.is_dir() {
            for_each_source(&path, look);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            look(&path, &std::fs::read_to_string(&path).expect("a source file"));
        }
    }
}
