//! What must never be committed.

use crate::files;

/// Beginnings of paths that exist on one machine only. They are put together here, so that this
/// file does not hold what it looks for.
fn machine_paths() -> Vec<String> {
    let folders = ["work", "root", "home", "tmp", "Users", "mnt", "var/folders"];
    let mut paths: Vec<String> = folders.map(|folder| format!("/{folder}/")).into();
    paths.push(["C:", "\\Users\\"].concat());
    paths
}

/// Words of addresses from which only some machines fetch packages.
fn mirrors() -> Vec<String> {
    let halves = [
        ["artifact", "ory"],
        ["jfr", "og"],
        ["nexus", "/repository"],
        ["verdac", "cio"],
        ["rspr", "oxy"],
        ["npmmir", "ror"],
        ["mirror", "s."],
        ["/mir", "ror/"],
        ["replace", "-with"],
        ["://10", "."],
        ["://192", ".168."],
        ["://172", ".16."],
        [".inter", "nal/"],
    ];
    halves.map(|halves| halves.concat()).into()
}

/// The lines of a text in which one of the words stands.
fn lines_with<'a>(text: &'a str, words: &'a [String]) -> impl Iterator<Item = (usize, &'a str)> {
    (1..).zip(text.lines()).filter(|(_, line)| {
        words.iter().any(|word| line.match_indices(word.as_str()).any(|(at, _)| begins(line, at)))
    })
}

/// Whether what begins at that byte does not merely go on from something before it, as the second
/// folder of a path does.
fn begins(line: &str, at: usize) -> bool {
    let before = line[..at].chars().next_back();
    !line[at..].starts_with('/')
        || before.is_none_or(|c| !c.is_alphanumeric() && !"._-*".contains(c))
}

fn check_tree(words: &[String]) {
    for (name, content) in files(&[]) {
        let text = String::from_utf8_lossy(&content);
        let found: Vec<_> = lines_with(&text, words).collect();
        assert!(found.is_empty(), "{name}: {found:?}");
    }
}

#[test]
fn no_path_of_a_single_machine_is_committed() {
    check_tree(&machine_paths());
}

#[test]
fn no_address_of_a_package_mirror_is_committed() {
    check_tree(&mirrors());
}

#[test]
fn the_lock_files_fetch_from_the_public_registries_only() {
    const CRATES_IO: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
    for (name, content) in files(&[]) {
        let text = String::from_utf8_lossy(&content);
        let mut lines = text.lines().map(str::trim);
        match name.rsplit('/').next() {
            Some("Cargo.lock") => {
                let other = lines.find(|line| line.starts_with("source = ") && *line != CRATES_IO);
                assert_eq!(other, None, "{name}");
            }
            Some("package-lock.json") => {
                let npm = |line: &str| line.contains("\"https://registry.npmjs.org/");
                let other = lines.find(|line| line.starts_with("\"resolved\":") && !npm(line));
                assert_eq!(other, None, "{name}");
            }
            _ => {}
        }
    }
}

#[test]
fn what_must_not_be_committed_is_noticed() {
    let paths = machine_paths();
    for folder in ["/ho", "/ro"] {
        let rest = if folder == "/ho" { "me/somebody/x" } else { "ot/.cargo" };
        let line = format!("see \"{folder}{rest}\"");
        assert_eq!(lines_with(&line, &paths).count(), 1, "{line}");
        let inside = format!("see docs{folder}{rest}");
        assert_eq!(lines_with(&inside, &paths).count(), 0, "{inside}");
    }
    let line = ["registry = https://npm.mirror", "s.example"].concat();
    assert_eq!(lines_with(&line, &mirrors()).count(), 1);
}
