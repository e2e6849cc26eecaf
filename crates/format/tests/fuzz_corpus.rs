//! What the fuzzer was started from, and what it once fell over, as an ordinary test.

#[path = "../../fuzz/checks.rs"]
mod checks;

use std::fs;
use std::path::Path;

/// Holds every file of a corpus to a check.
fn walk(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let mut files = 0;
    for file in fs::read_dir(&folder).expect("a folder of inputs") {
        let path = file.expect("an entry of it").path();
        let bytes = fs::read(&path).expect("an input");
        check(&bytes);
        // Cut anywhere, it is an input, too.
        for end in (0..bytes.len()).step_by(1 + bytes.len() / 64) {
            check(&bytes[..end]);
        }
        files += 1;
    }
    assert!(files >= 8, "{files} inputs in {}", folder.display());
}

#[test]
fn every_input_of_the_script_corpus_is_read_and_printed_again() {
    walk("script", checks::script);
}

#[test]
fn every_input_of_the_import_corpus_is_a_script_or_refused() {
    walk("import", checks::imported);
}

#[test]
fn every_input_of_the_link_corpus_is_a_link_or_refused() {
    walk("link", checks::link);
}
